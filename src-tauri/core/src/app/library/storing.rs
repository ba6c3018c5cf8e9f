//! Storing a meeting of a file: a new one, or what is new in one that is known.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::import::Incoming;
use crate::domain::id::MeetingId;
use crate::domain::meeting::{HeldAt, Meeting};
use crate::sources::files::Parsed;
use crate::store::{self, Origin, WriteTx};

/// What a source brought.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Change {
    Added,
    Updated,
    None,
}

/// Whether a person deleted this meeting.
pub(super) fn is_unwanted(
    tx: &WriteTx<'_>,
    incoming: &Incoming,
    parsed: &Parsed,
) -> Result<bool, store::Error> {
    match source_key(parsed) {
        Some(key) => tx.meetings().was_removed(&key),
        None => Ok(incoming.onto.is_some()),
    }
}

/// Stores what a file holds that was shorter when it was imported first.
pub(super) fn append(
    tx: &WriteTx<'_>,
    there: MeetingId,
    parsed: &Parsed,
    name: Option<&str>,
) -> Result<(MeetingId, Change), store::Error> {
    let longer = tx.meetings_mut().append_transcript(there, &parsed.meeting.transcript)?;
    let more = tx.meetings_mut().merge_from_source(there, &parsed.meeting, name)?;
    Ok((there, if longer || more { Change::Updated } else { Change::None }))
}

/// Stores a meeting, or what is new in it where its source's key is known. `name` is that of the file or the server.
pub(in crate::app) fn store_meeting(
    tx: &WriteTx<'_>,
    meeting: &Meeting,
    source_key: Option<String>,
    name: Option<&str>,
    sample: bool,
    now: Timestamp,
) -> Result<(MeetingId, Change), store::Error> {
    if let Some(key) = &source_key
        && let Some(there) = tx.meetings().by_source_key(key)?
    {
        let changed = tx.meetings_mut().merge_from_source(there, meeting, name)?;
        return Ok((there, if changed { Change::Updated } else { Change::None }));
    }
    let name = name.map(str::to_owned);
    let origin = Origin { source_key, name, sample, sort_at: sort_at(meeting), imported_at: now };
    tx.meetings_mut().insert(meeting, &origin)?;
    Ok((meeting.id, Change::Added))
}

/// How the same meeting is known again: by the source's own id, else by title and date where the file names
/// both. Without either, two files are two meetings.
pub(super) fn source_key(parsed: &Parsed) -> Option<String> {
    if let Some(key) = &parsed.key {
        return Some(format!("id:{key}"));
    }
    let held_at = parsed.meeting.held_at.filter(|_| parsed.titled)?;
    let when = match held_at {
        HeldAt::Moment(at) => at.to_string(),
        HeldAt::Day(day) => day.to_string(),
    };
    Some(format!("title:{}@{when}", parsed.meeting.title.to_lowercase()))
}

/// Where a meeting stands in the list.
fn sort_at(meeting: &Meeting) -> Option<Timestamp> {
    match meeting.held_at? {
        HeldAt::Moment(at) => Some(at),
        HeldAt::Day(day) => Some(day.to_zoned(TimeZone::system()).ok()?.timestamp()),
    }
}
