//! Files that were imported, by the digest of their bytes.

use rusqlite::{Connection, params};

use super::{Error, removed};
use crate::domain::id::MeetingId;

/// Reads.
#[derive(Debug)]
pub struct Imports<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct ImportsMut<'a>(pub(super) &'a Connection);

impl Imports<'_> {
    /// The meetings that a file brought, if all of them are still there.
    pub fn meetings_of(&self, digest: &str) -> Result<Option<Vec<MeetingId>>, Error> {
        let mut query = self
            .0
            .prepare_cached("SELECT meeting_id, parts FROM imports WHERE digest = ? ORDER BY part")
            .map_err(Error::of)?;
        let rows = query
            .query_map([digest], |row| Ok((MeetingId(row.get(0)?), row.get::<_, usize>(1)?)))
            .map_err(Error::of)?
            .collect::<Result<Vec<_>, _>>()
            .map_err(Error::of)?;
        let complete = rows.first().is_some_and(|(_, parts)| *parts == rows.len());
        Ok(complete.then(|| rows.into_iter().map(|(id, _)| id).collect()))
    }

    /// Whether a person deleted a meeting that came in this file.
    pub fn was_removed(&self, digest: &str) -> Result<bool, Error> {
        removed::has_import(self.0, digest)
    }
}

impl ImportsMut<'_> {
    /// Records that a file brings nothing any more.
    pub fn leave_out(&self, digest: &str) -> Result<(), Error> {
        removed::note_import(self.0, digest)
    }

    /// Records what a file brought.
    pub fn record(&self, digest: &str, meetings: &[MeetingId]) -> Result<(), Error> {
        removed::forget_import(self.0, digest)?;
        for (part, meeting) in meetings.iter().enumerate() {
            self.0
                .prepare_cached(
                    "INSERT OR REPLACE INTO imports (digest, part, parts, meeting_id) VALUES (?, ?, ?, ?)",
                )
                .and_then(|mut insert| insert.execute(params![digest, part, meetings.len(), meeting.0]))
                .map_err(Error::of)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, meeting};
    use super::super::scratch;

    #[tokio::test]
    async fn a_file_is_known_for_as_long_as_all_that_it_brought_is_there() {
        let (_folder, store) = scratch();
        let all = ["One", "Two"].map(|title| meeting(title, None, &["Item"]));
        let ids = all.clone().map(|(meeting, _)| meeting.id);
        filled(&store, all.to_vec()).await;
        let known = |digest: &'static str| {
            store.read(move |db| Ok((db.imports().meetings_of(digest)?, db.imports().was_removed(digest)?)))
        };
        assert_eq!(known("a").await.unwrap(), (None, false), "it was never imported");
        store.write(move |tx| tx.imports_mut().record("a", &ids)).await.unwrap();
        assert_eq!(known("a").await.unwrap(), (Some(ids.to_vec()), false), "in the order of the file");
        store.write(move |tx| tx.meetings_mut().delete(ids[1])).await.unwrap();
        assert_eq!(known("a").await.unwrap(), (None, true), "a part of it was deleted by a person");
        store.write(move |tx| tx.imports_mut().record("a", &ids[..1])).await.unwrap();
        assert!(!known("a").await.unwrap().1, "who imports it again wants it");
    }

    #[tokio::test]
    async fn a_file_can_be_left_out_for_good() {
        let (_folder, store) = scratch();
        let left_out = store
            .write(|tx| {
                tx.imports_mut().leave_out("a")?;
                tx.imports_mut().leave_out("a")?;
                Ok((tx.imports().was_removed("a")?, tx.imports().was_removed("b")?))
            })
            .await
            .unwrap();
        assert_eq!(left_out, (true, false));
    }
}
