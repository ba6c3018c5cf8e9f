//! Notes of meetings: what a source wrote and nothing understood, as it came.

use rusqlite::{Connection, OptionalExtension, params};

use super::{Error, index};
use crate::domain::id::MeetingId;

/// Reads.
#[derive(Debug)]
pub struct Notes<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct NotesMut<'a>(pub(super) &'a Connection);

impl Notes<'_> {
    /// The notes of a meeting.
    pub fn of(&self, meeting: MeetingId) -> Result<Option<String>, Error> {
        self.0
            .query_row("SELECT text FROM notes WHERE meeting_id = ?", [meeting.0], |row| row.get(0))
            .optional()
            .map_err(Error::of)
    }
}

impl NotesMut<'_> {
    /// Keeps the notes of a meeting in the place of those before, or (`None`) has none. Answers whether that changed
    /// anything.
    pub fn put(&self, meeting: MeetingId, text: Option<&str>) -> Result<bool, Error> {
        if Notes(self.0).of(meeting)?.as_deref() == text {
            return Ok(false);
        }
        index::changing(self.0, meeting, || {
            let changed = match text {
                Some(text) => self.0.execute(
                    "INSERT OR REPLACE INTO notes (meeting_id, text) VALUES (?, ?)",
                    params![meeting.0, text],
                ),
                None => self.0.execute("DELETE FROM notes WHERE meeting_id = ?", [meeting.0]),
            };
            changed.map(|_| ()).map_err(Error::of)
        })?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, found, meeting};
    use super::super::scratch;

    #[tokio::test]
    async fn notes_are_found_by_their_words_for_as_long_as_they_are_there() {
        let (_folder, store) = scratch();
        let (weekly, origin) = meeting("Weekly", None, &[]);
        let id = weekly.id;
        filled(&store, vec![(weekly, origin)]).await;
        let put = |text: Option<&'static str>| store.write(move |tx| tx.notes_mut().put(id, text));
        assert!(put(Some("About the lighthouse")).await.unwrap());
        assert!(!put(Some("About the lighthouse")).await.unwrap(), "nothing is new");
        let there = store.read(move |db| db.notes().of(id)).await.unwrap();
        assert_eq!(there.as_deref(), Some("About the lighthouse"));
        assert_eq!(found(&store, "lighthouse").await.len(), 1);
        assert!(put(Some("About the harbour")).await.unwrap());
        assert!(found(&store, "lighthouse").await.is_empty(), "what it says no more finds it no more");
        assert!(put(None).await.unwrap() && !put(None).await.unwrap());
        assert_eq!(store.read(move |db| db.notes().of(id)).await.unwrap(), None);
        assert!(found(&store, "harbour").await.is_empty());
    }
}
