//! Meetings with their items and transcripts: what is read of them here, what is stored in `write`, and what a source brings
//! to a meeting that is there in `extend`.

mod merge;
mod write;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Error;
use super::rows::{ITEM, held_at, item};
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Cue, Item, Meeting};

/// Reads.
#[derive(Debug)]
pub struct Meetings<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct MeetingsMut<'a>(pub(super) &'a Connection);

/// Where a meeting came from, as far as the store keeps it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// How the same meeting is known again in another file.
    pub source_key: Option<String>,
    /// The name of the file or the server, for people.
    pub name: Option<String>,
    /// Whether it is one of the samples that come with the app.
    pub sample: bool,
    /// Its position in the list; `None` for a meeting without a date.
    pub sort_at: Option<Timestamp>,
    /// Now.
    pub imported_at: Timestamp,
}

impl Meetings<'_> {
    /// One meeting, whole.
    pub fn get(&self, id: MeetingId) -> Result<Option<Meeting>, Error> {
        let Some(mut meeting) = self.without_transcript(id)? else { return Ok(None) };
        meeting.transcript = self.transcript(id, 0, u32::MAX)?;
        Ok(Some(meeting))
    }

    /// A meeting with its items.
    pub fn without_transcript(&self, id: MeetingId) -> Result<Option<Meeting>, Error> {
        let Some(mut meeting) = self.head(id)? else { return Ok(None) };
        meeting.items = self.items(id)?;
        Ok(Some(meeting))
    }

    /// Some lines of the transcript of a meeting.
    pub fn transcript(&self, id: MeetingId, offset: u32, limit: u32) -> Result<Vec<Cue>, Error> {
        self.0
            .prepare_cached(
                "SELECT start_ms, end_ms, speaker, text FROM cues WHERE meeting_id = ? AND position >= ?
                 ORDER BY position LIMIT ?",
            )
            .and_then(|mut cues| {
                let cue = |row: &Row<'_>| {
                    let (start_ms, end_ms) = (row.get(0)?, row.get(1)?);
                    Ok(Cue { start_ms, end_ms, speaker: row.get(2)?, text: row.get(3)? })
                };
                cues.query_map(params![id.0, offset, limit], cue)?.collect()
            })
            .map_err(Error::of)
    }

    /// How many lines the transcript of a meeting has. Their positions are without gaps.
    pub fn transcript_lines(&self, id: MeetingId) -> Result<u32, Error> {
        self.0
            .query_row(
                "SELECT coalesce(max(position) + 1, 0) FROM cues WHERE meeting_id = ?",
                [id.0],
                |row| row.get(0),
            )
            .map_err(Error::of)
    }

    fn items(&self, meeting: MeetingId) -> Result<Vec<Item>, Error> {
        self.0
            .prepare_cached(&format!("SELECT {ITEM} FROM items WHERE meeting_id = ? ORDER BY position"))
            .and_then(|mut query| query.query_map([meeting.0], item)?.collect())
            .map_err(Error::of)
    }

    /// The file or the server that each item of a meeting came from, where that is known.
    pub fn origins(&self, meeting: MeetingId) -> Result<HashMap<ItemId, String>, Error> {
        self.0
            .prepare_cached("SELECT id, origin FROM items WHERE meeting_id = ? AND origin IS NOT NULL")
            .and_then(|mut query| {
                query.query_map([meeting.0], |row| Ok((ItemId(row.get(0)?), row.get(1)?)))?.collect()
            })
            .map_err(Error::of)
    }

    /// A meeting without its items and transcript.
    pub fn head(&self, id: MeetingId) -> Result<Option<Meeting>, Error> {
        let found = self
            .0
            .prepare_cached(
                "SELECT title, held_at, held_on, minutes, participants, recording, source
                 FROM meetings WHERE id = ?",
            )
            .and_then(|mut query| {
                query
                    .query_row([id.0], |row| {
                        let participants: String = row.get(4)?;
                        let meeting = Meeting {
                            id,
                            title: row.get(0)?,
                            held_at: held_at(row.get(1)?, row.get::<_, Option<String>>(2)?.as_deref()),
                            minutes: row.get(3)?,
                            participants: Vec::new(),
                            recording: row.get(5)?,
                            items: Vec::new(),
                            transcript: Vec::new(),
                            source: row.get(6)?,
                        };
                        Ok((meeting, participants))
                    })
                    .optional()
            })
            .map_err(Error::of)?;
        found
            .map(|(meeting, participants)| {
                Ok(Meeting { participants: serde_json::from_str(&participants)?, ..meeting })
            })
            .transpose()
    }

    /// An item, and the meeting that it belongs to.
    pub fn item(&self, id: ItemId) -> Result<Option<(MeetingId, Item)>, Error> {
        self.0
            .prepare_cached(&format!("SELECT {ITEM}, meeting_id FROM items WHERE id = ?"))
            .and_then(|mut query| {
                query.query_row([id.0], |row| Ok((MeetingId(row.get("meeting_id")?), item(row)?))).optional()
            })
            .map_err(Error::of)
    }

    /// A meeting with those of its items that were asked for, in the meeting's order, and without its transcript. Items
    /// of other meetings are left out.
    pub fn with_items(&self, items: &[ItemId]) -> Result<Option<Meeting>, Error> {
        let Some((id, _)) = items.first().map(|first| self.item(*first)).transpose()?.flatten() else {
            return Ok(None);
        };
        let Some(mut meeting) = self.without_transcript(id)? else { return Ok(None) };
        let wanted: HashSet<&ItemId> = items.iter().collect();
        meeting.items.retain(|item| wanted.contains(&item.id));
        Ok(Some(meeting))
    }

    /// The meeting that a source knows by this key.
    pub fn by_source_key(&self, key: &str) -> Result<Option<MeetingId>, Error> {
        self.0
            .query_row("SELECT id FROM meetings WHERE source_key = ?", [key], |row| row.get(0).map(MeetingId))
            .optional()
            .map_err(Error::of)
    }

    /// Whether any sample meeting is there.
    pub fn has_samples(&self) -> Result<bool, Error> {
        self.0
            .query_row("SELECT EXISTS (SELECT 1 FROM meetings WHERE sample)", [], |row| row.get(0))
            .map_err(Error::of)
    }
}

#[cfg(test)]
pub(super) mod tests;
