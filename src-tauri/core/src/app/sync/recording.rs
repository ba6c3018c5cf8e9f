//! Storing a recording that was read, in one transaction with the note that it was.

use jiff::Timestamp;

use crate::app::library::{Change, store_meeting};
use crate::sources::sally::Read;
use crate::store::{self, WriteTx};

/// Stores a meeting, or what is new in it, with the note that it was read.
pub(super) fn store_recording(
    tx: &WriteTx<'_>,
    address: &str,
    key: &str,
    read: &Read,
    now: Timestamp,
) -> Result<Change, store::Error> {
    let source_key = format!("server:{address}#{key}");
    if tx.meetings().was_removed(&source_key)? {
        // It was deleted while it waited to be read again.
        tx.recordings_mut().read(address, key, read.meeting.id, false)?;
        return Ok(Change::None);
    }
    let (meeting, change) =
        store_meeting(tx, &read.meeting, Some(source_key), Some(&read.meeting.source), false, now)?;
    let noted = tx.notes_mut().put(meeting, read.notes.as_deref())?;
    tx.recordings_mut().read(address, key, meeting, !read.complete)?;
    Ok(if noted && change == Change::None { Change::Updated } else { change })
}
