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
