//! What another file or a sync tells of a meeting that is there already.

use rusqlite::params;

use super::{Meetings, MeetingsMut};
use crate::domain::id::MeetingId;
use crate::domain::meeting::{Cue, Item, Meeting};
use crate::store::rows::{due_columns, kind_word};
use crate::store::{Error, index, removed};

/// Unedited items whose source now has an owner, due date or completion that the row lacks. All seven parameters are named, so
/// that the query and the update take the same list.
const LACKING: &str = "meeting_id = ?1 AND source_kind = ?2 AND source_text = ?3 AND edited_at IS NULL
    AND (owner IS NULL AND ?4 IS NOT NULL OR due_text IS NULL AND coalesce(?5, ?6) IS NOT NULL OR NOT done AND ?7)";

impl MeetingsMut<'_> {
    /// Brings in what another file or a sync tells of a meeting that is there already: the one place that decides what of
    /// it is taken. Answers whether there was anything new.
    ///
    /// - An item is known again by its kind and words in the source, whatever a person made of it since.
    /// - One that is not known is added, unless a person removed it or merged it into another.
    /// - One that is known gets an owner and a due date that were missing, and is done once the source says so. One that a
    ///   person changed stays as it is.
    /// - A transcript and participants are taken if there are none.
    ///
    /// What is added is from `origin`, the file or the server.
    pub fn merge_from_source(
        &self,
        id: MeetingId,
        more: &Meeting,
        origin: Option<&str>,
    ) -> Result<bool, Error> {
        let Some(there) = Meetings(self.0).head(id)? else { return Ok(false) };
        let mut new: Vec<Item> = Vec::new();
        let mut known: Vec<&Item> = Vec::new();
        for item in &more.items {
            if self.is_known(id, item)? {
                known.push(item);
            } else if !removed::has_item(self.0, id, kind_word(item.kind), &item.text)?
                && !new.iter().any(|old| old.kind == item.kind && old.text == item.text)
            {
                new.push(item.clone());
            }
        }
        let has_transcript: bool = self
            .0
            .query_row("SELECT EXISTS (SELECT 1 FROM cues WHERE meeting_id = ?)", [id.0], |row| row.get(0))
            .map_err(Error::of)?;
        let transcript = !has_transcript && !more.transcript.is_empty();
        let participants = there.participants.is_empty() && !more.participants.is_empty();
        let mut changed = !new.is_empty() || transcript || participants;
        if !changed && !self.would_fill(id, &known)? {
            return Ok(false);
        }
        index::changing(self.0, id, || {
            for item in known {
                changed |= self.fill_in(id, item)?;
            }
            let position: usize = self
                .0
                .query_row(
                    "SELECT coalesce(max(position) + 1, 0) FROM items WHERE meeting_id = ?",
                    [id.0],
                    |row| row.get(0),
                )
                .map_err(Error::of)?;
            self.append_items(id, position, &new, origin)?;
            if transcript {
                self.put_transcript(id, &more.transcript)?;
            }
            if participants {
                self.0
                    .execute(
                        "UPDATE meetings SET participants = ? WHERE id = ?",
                        params![serde_json::Value::from(more.participants.clone()).to_string(), id.0],
                    )
                    .map_err(Error::of)?;
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// Puts a longer transcript in place of one that it goes on from. Answers whether it was longer.
    pub fn append_transcript(&self, id: MeetingId, transcript: &[Cue]) -> Result<bool, Error> {
        let Some(there) = Meetings(self.0).get(id)? else { return Ok(false) };
        // The last cue may have been cut in the middle.
        let kept = there.transcript.len().saturating_sub(1);
        let goes_on = transcript.len() >= there.transcript.len()
            && transcript != there.transcript
            && transcript.get(..kept) == there.transcript.get(..kept);
        if goes_on {
            index::changing(self.0, id, || {
                self.0.execute("DELETE FROM cues WHERE meeting_id = ?", [id.0]).map_err(Error::of)?;
                self.put_transcript(id, transcript)
            })?;
        }
        Ok(goes_on)
    }

    /// Whether an item of the source is there.
    fn is_known(&self, meeting: MeetingId, item: &Item) -> Result<bool, Error> {
        self.0
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM items WHERE meeting_id = ?1
                                AND (source_kind = ?2 AND source_text = ?3 OR kind = ?2 AND text = ?3))",
            )
            .and_then(|mut query| {
                query.query_row(params![meeting.0, kind_word(item.kind), item.text], |row| row.get(0))
            })
            .map_err(Error::of)
    }

    fn would_fill(&self, meeting: MeetingId, known: &[&Item]) -> Result<bool, Error> {
        let mut query =
            self.0.prepare_cached(&format!("SELECT 1 FROM items WHERE {LACKING}")).map_err(Error::of)?;
        for item in known {
            let (due, date) = due_columns(item);
            if query
                .exists(params![meeting.0, kind_word(item.kind), item.text, item.owner, due, date, item.done])
                .map_err(Error::of)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn fill_in(&self, meeting: MeetingId, item: &Item) -> Result<bool, Error> {
        let (due, date) = due_columns(item);
        self.0
            .prepare_cached(&format!(
                "UPDATE items SET owner = coalesce(owner, ?4), due_date = iif(due_text IS NULL, ?6, due_date),
                        due_text = coalesce(due_text, ?5), done = done OR ?7 WHERE {LACKING}"
            ))
            .and_then(|mut update| {
                update.execute(params![
                    meeting.0,
                    kind_word(item.kind),
                    item.text,
                    item.owner,
                    due,
                    date,
                    item.done
                ])
            })
            .map(|filled| filled > 0)
            .map_err(Error::of)
    }
}
