//! What a person removed for good, so that no source brings it back: meetings by a digest of their key, files by that of
//! their bytes, and items by the words that their source has for them. Called by the tables that these come from.

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::Error;
use crate::domain::id::MeetingId;

/// What is kept of the key by which a source knows a meeting that was deleted.
pub(super) fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

/// Notes that the meeting that a source knows by this key was removed.
pub(super) fn note_meeting(db: &Connection, key: &str) -> Result<(), Error> {
    run(db, "INSERT OR IGNORE INTO removed_meetings VALUES (?)", [digest(key)])
}

/// Somebody wants that meeting back.
pub(super) fn forget_meeting(db: &Connection, key: &str) -> Result<(), Error> {
    run(db, "DELETE FROM removed_meetings WHERE digest = ?", [digest(key)])
}

/// Whether that meeting was removed.
pub(super) fn has_meeting(db: &Connection, key: &str) -> Result<bool, Error> {
    has(db, "SELECT EXISTS (SELECT 1 FROM removed_meetings WHERE digest = ?)", [digest(key)])
}

/// Notes that a file brings nothing any more.
pub(super) fn note_import(db: &Connection, digest: &str) -> Result<(), Error> {
    run(db, "INSERT OR IGNORE INTO removed_imports VALUES (?)", [digest])
}

/// The same of the files that brought a meeting.
pub(super) fn note_imports_of(db: &Connection, meeting: MeetingId) -> Result<(), Error> {
    let sql = "INSERT OR IGNORE INTO removed_imports SELECT digest FROM imports WHERE meeting_id = ?";
    run(db, sql, [meeting.0])
}

/// Somebody wants what a file brings.
pub(super) fn forget_import(db: &Connection, digest: &str) -> Result<(), Error> {
    run(db, "DELETE FROM removed_imports WHERE digest = ?", [digest])
}

/// Whether a meeting was removed that came in this file.
pub(super) fn has_import(db: &Connection, digest: &str) -> Result<bool, Error> {
    has(db, "SELECT EXISTS (SELECT 1 FROM removed_imports WHERE digest = ?)", [digest])
}

/// Notes that an item was removed. Kind and words are the source's.
pub(super) fn note_item(db: &Connection, meeting: MeetingId, kind: &str, text: &str) -> Result<(), Error> {
    run(db, "INSERT OR IGNORE INTO removed_items VALUES (?, ?, ?)", params![meeting.0, kind, text])
}

/// Somebody wants that item back.
pub(super) fn forget_item(db: &Connection, meeting: MeetingId, kind: &str, text: &str) -> Result<(), Error> {
    let sql = "DELETE FROM removed_items WHERE meeting_id = ? AND kind = ? AND text = ?";
    run(db, sql, params![meeting.0, kind, text])
}

/// Whether that item was removed.
pub(super) fn has_item(db: &Connection, meeting: MeetingId, kind: &str, text: &str) -> Result<bool, Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM removed_items WHERE meeting_id = ? AND kind = ? AND text = ?)";
    has(db, sql, params![meeting.0, kind, text])
}

fn run(db: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<(), Error> {
    db.prepare_cached(sql).and_then(|mut change| change.execute(params)).map(|_| ()).map_err(Error::of)
}

fn has(db: &Connection, sql: &str, params: impl rusqlite::Params) -> Result<bool, Error> {
    db.prepare_cached(sql).and_then(|mut query| query.query_row(params, |row| row.get(0))).map_err(Error::of)
}
