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
