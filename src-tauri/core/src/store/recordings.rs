//! What the servers that meetings come from have: which of it was read, and which waits to be.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Error;
use crate::domain::id::{MeetingId, ServerId};

/// Reads.
#[derive(Debug)]
pub struct Recordings<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct RecordingsMut<'a>(pub(super) &'a Connection);

/// A recording, as a server's list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The server's identifier.
    pub key: String,
    /// Of what the list says.
    pub digest: String,
    /// What the list says, as JSON.
    pub entry: String,
    /// When it was held.
    pub held: Option<Timestamp>,
}

impl Recordings<'_> {
    /// What waits to be read from a server, newest first.
    pub fn waiting(&self, server: ServerId) -> Result<Vec<Recording>, Error> {
        self.0
            .prepare_cached(
                "SELECT key, digest, entry, held_at FROM recordings WHERE server = ? AND state = 'waiting'
                 ORDER BY held_at DESC, key",
            )
            .and_then(|mut query| {
                query
                    .query_map([server.0], |row| {
                        let held: Option<i64> = row.get(3)?;
                        Ok(Recording {
                            key: row.get(0)?,
                            digest: row.get(1)?,
                            entry: row.get(2)?,
                            held: held.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                        })
                    })?
                    .collect()
            })
            .map_err(Error::of)
    }
}

impl RecordingsMut<'_> {
    /// Records what the list of a server at an address has. What is new, changed, or was read without a summary and held
    /// since `thin`, waits to be read; a meeting that was deleted does not come back, and what the list says of it is not
    /// kept. Answers how many of them wait now.
    pub fn seen(
        &self,
        server: ServerId,
        address: &str,
        listed: &[Recording],
        thin: Timestamp,
    ) -> Result<u32, Error> {
        let mut known = self
            .0
            .prepare_cached(
                "SELECT r.digest, r.state, r.meeting_id IS NOT NULL AND m.id IS NULL
                 FROM recordings r LEFT JOIN meetings m ON m.id = r.meeting_id WHERE r.address = ? AND r.key = ?",
            )
            .map_err(Error::of)?;
        let mut put = self
            .0
            .prepare_cached(
                "INSERT INTO recordings (address, key, digest, entry, held_at, state, server)
                 VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET digest = excluded.digest, entry = excluded.entry,
                                           held_at = excluded.held_at, state = excluded.state,
                                           server = excluded.server",
            )
            .map_err(Error::of)?;
        let mut waiting = 0;
        for one in listed {
            let row: Option<(String, String, bool)> = known
                .query_row([address, &one.key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
                .map_err(Error::of)?;
            let state = match row {
                Some((_, _, true)) => continue,
                Some((digest, state, false)) if digest == one.digest => match state.as_str() {
                    "read" => continue,
                    "thin" if one.held.is_none_or(|held| held < thin) => continue,
                    _ => "waiting",
                },
                _ => "waiting",
            };
            waiting += u32::from(state == "waiting");
            let held = one.held.map(Timestamp::as_millisecond);
            put.execute(params![address, one.key, one.digest, one.entry, held, state, server.0])
                .map_err(Error::of)?;
        }
        Ok(waiting)
    }

    /// Records which meeting a recording became.
    pub fn read(&self, address: &str, key: &str, meeting: MeetingId, thin: bool) -> Result<(), Error> {
        let state = if thin { "thin" } else { "read" };
        self.0
            .prepare_cached("UPDATE recordings SET state = ?, meeting_id = ? WHERE address = ? AND key = ?")
            .and_then(|mut update| update.execute(params![state, meeting.0, address, key]))
            .map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    fn recording(key: &str, digest: &str, held: i64) -> Recording {
        Recording {
            key: key.to_owned(),
            digest: digest.to_owned(),
            entry: "{}".to_owned(),
            held: Timestamp::from_second(held).ok(),
        }
    }

    #[tokio::test]
    async fn what_is_new_or_changed_waits_and_what_was_read_does_not() {
        let (_folder, store) = scratch();
        let waiting = store
            .write(|tx| {
                let (server, other) = (ServerId::new(), ServerId::new());
                let thin = Timestamp::from_second(50).unwrap();
                let list = |digest| [recording("old", "1", 10), recording("new", digest, 100)];
                let seen = |list: &[Recording]| tx.recordings_mut().seen(server, "a", list, thin);
                let keys = || -> Result<Vec<String>, Error> {
                    Ok(tx.recordings().waiting(server)?.into_iter().map(|one| one.key).collect())
                };
                assert_eq!(seen(&list("1"))?, 2, "both are new");
                assert_eq!(keys()?, ["new", "old"], "newest first");
                let meeting = meeting(tx)?;
                tx.recordings_mut().read("a", "old", meeting, false)?;
                tx.recordings_mut().read("a", "new", meeting, true)?;
                assert_eq!(seen(&[recording("old", "1", 10)])?, 0, "nothing new");
                assert_eq!(seen(&list("1"))?, 1, "what had no summary may have one now");
                tx.recordings_mut().read("a", "new", meeting, false)?;
                assert_eq!(seen(&list("2"))?, 1, "the list says something else");
                assert_eq!(
                    tx.recordings_mut().seen(other, "b", &list("1"), thin)?,
                    2,
                    "another server's are its own"
                );
                tx.recordings_mut().read("a", "new", MeetingId::new(), false)?;
                assert_eq!(seen(&list("3"))?, 0, "its meeting was deleted, so it does not come back");
                keys()
            })
            .await
            .unwrap();
        assert!(waiting.is_empty(), "{waiting:?}");
    }

    fn meeting(tx: &super::super::WriteTx<'_>) -> Result<MeetingId, Error> {
        use crate::domain::meeting::Meeting;
        let meeting = Meeting {
            id: MeetingId::new(),
            title: "Weekly".to_owned(),
            held_at: None,
            minutes: None,
            participants: Vec::new(),
            recording: None,
            items: Vec::new(),
            transcript: Vec::new(),
            source: "Sally".to_owned(),
        };
        let origin = super::super::Origin {
            source_key: None,
            name: None,
            sample: false,
            sort_at: None,
            imported_at: Timestamp::UNIX_EPOCH,
        };
        tx.meetings_mut().insert(&meeting, &origin)?;
        Ok(meeting.id)
    }

    #[tokio::test]
    async fn another_server_at_the_same_address_takes_over_what_waits() {
        let (_folder, store) = scratch();
        let (server, again) = (ServerId::new(), ServerId::new());
        let (before, after) = store
            .write(move |tx| {
                let list = [recording("one", "1", 10)];
                let seen = |by| tx.recordings_mut().seen(by, "a", &list, Timestamp::UNIX_EPOCH);
                seen(server)?;
                let waiting = |of| Ok::<_, Error>(tx.recordings().waiting(of)?.len());
                let before = (waiting(server)?, waiting(again)?);
                seen(again)?;
                Ok((before, (waiting(server)?, waiting(again)?)))
            })
            .await
            .unwrap();
        assert_eq!((before, after), ((1, 0), (0, 1)), "it is read with the token that is there");
    }
}
