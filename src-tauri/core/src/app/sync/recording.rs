//! Storing a recording that was read, in one transaction with the note that it was.

use jiff::Timestamp;

use crate::app::library::sort_at;
use crate::sources::sally::Read;
use crate::store::{self, Origin, WriteTx};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Updated,
    None,
}

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
    let (meeting, change) = if let Some(there) = tx.meetings().by_source_key(&source_key)? {
        let extended = tx.meetings_mut().merge_from_source(there, &read.meeting)?;
        (there, if extended { Change::Updated } else { Change::None })
    } else {
        let origin = Origin {
            source_key: Some(source_key),
            sample: false,
            sort_at: sort_at(&read.meeting),
            imported_at: now,
        };
        tx.meetings_mut().insert(&read.meeting, &origin)?;
        (read.meeting.id, Change::Added)
    };
    let noted = tx.notes_mut().put(meeting, read.notes.as_deref())?;
    tx.recordings_mut().read(address, key, meeting, !read.complete)?;
    Ok(if noted && change == Change::None { Change::Updated } else { change })
}
