//! Storing meetings.

use jiff::Timestamp;
use rusqlite::params;

use super::{MeetingsMut, Origin};
use crate::domain::id::MeetingId;
use crate::domain::meeting::{Cue, HeldAt, Item, Meeting};
use crate::store::rows::{due_columns, formatted, kind_word};
use crate::store::{Error, index, removed};

impl MeetingsMut<'_> {
    /// Stores a meeting that is not there yet.
    pub fn insert(&self, meeting: &Meeting, origin: &Origin) -> Result<(), Error> {
        let (moment, day) = match meeting.held_at {
            Some(HeldAt::Moment(at)) => (Some(at.as_millisecond()), None),
            Some(HeldAt::Day(day)) => (None, Some(day.to_string())),
            None => (None, None),
        };
        let seq = index::free_position(self.0, origin.sort_at)?;
        self.0
            .prepare_cached(
                "INSERT INTO meetings (id, title, held_at, held_on, sort_at, minutes, participants, recording,
                                       source, source_key, sample, imported_at, seq)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    meeting.id.0,
                    meeting.title,
                    moment,
                    day,
                    origin.sort_at.map(Timestamp::as_millisecond),
                    meeting.minutes,
                    serde_json::Value::from(meeting.participants.clone()).to_string(),
                    meeting.recording,
                    meeting.source,
                    origin.source_key,
                    origin.sample,
                    origin.imported_at.as_millisecond(),
                    seq,
                ])
            })
            .map_err(Error::of)?;
        if let Some(key) = &origin.source_key {
            removed::forget_meeting(self.0, key)?;
        }
        self.append_items(meeting.id, 0, &meeting.items, origin.name.as_deref())?;
        self.put_transcript(meeting.id, &meeting.transcript)?;
        index::index(self.0, meeting.id)
    }

    pub(in crate::store) fn append_items(
        &self,
        meeting: MeetingId,
        after: usize,
        items: &[Item],
        origin: Option<&str>,
    ) -> Result<(), Error> {
        let mut insert = self
            .0
            .prepare_cached(
                "INSERT INTO items (id, meeting_id, position, kind, text, owner, due_text, due_date, done, at_ms,
                                    formatted, source_kind, source_text, origin)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for (position, item) in items.iter().enumerate() {
            let (due, date) = due_columns(item);
            insert
                .execute(params![
                    item.id.0,
                    meeting.0,
                    after + position,
                    kind_word(item.kind),
                    item.text,
                    item.owner,
                    due,
                    date,
                    item.done,
                    item.at_ms,
                    formatted(item.formatted.clone()),
                    kind_word(item.kind),
                    item.text,
                    origin,
                ])
                .map_err(Error::of)?;
        }
        Ok(())
    }

    pub(super) fn put_transcript(&self, meeting: MeetingId, cues: &[Cue]) -> Result<(), Error> {
        let mut insert = self
            .0
            .prepare_cached(
                "INSERT INTO cues (meeting_id, position, start_ms, end_ms, speaker, text) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for (position, cue) in cues.iter().enumerate() {
            insert
                .execute(params![meeting.0, position, cue.start_ms, cue.end_ms, cue.speaker, cue.text])
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Deletes the sample meetings. Their deliveries stay.
    pub fn delete_samples(&self) -> Result<(), Error> {
        let samples: Vec<MeetingId> = self
            .0
            .prepare("SELECT id FROM meetings WHERE sample")
            .and_then(|mut query| query.query_map([], |row| row.get(0).map(MeetingId))?.collect())
            .map_err(Error::of)?;
        samples.into_iter().try_for_each(|id| index::unindex(self.0, id))?;
        self.0.execute("DELETE FROM meetings WHERE sample", []).map(|_| ()).map_err(Error::of)
    }
}
