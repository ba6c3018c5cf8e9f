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

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, meeting};
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn what_was_removed_is_known_until_somebody_wants_it_back() {
        let (_folder, store) = scratch();
        let (weekly, origin) = meeting("Weekly", None, &["One"]);
        let id = weekly.id;
        filled(&store, vec![(weekly, origin)]).await;
        store
            .write(move |tx| {
                let db = tx.0.0;
                let all = || -> Result<[bool; 3], Error> {
                    Ok([has_meeting(db, "key")?, has_import(db, "digest")?, has_item(db, id, "task", "One")?])
                };
                assert_eq!(all()?, [false; 3]);
                for _ in 0..2 {
                    note_meeting(db, "key")?;
                    note_import(db, "digest")?;
                    note_item(db, id, "task", "One")?;
                    assert_eq!(all()?, [true; 3], "once or twice");
                }
                assert!(!has_meeting(db, "other")? && !has_import(db, "other")?);
                assert!(!has_item(db, id, "decision", "One")?, "it is another item");
                forget_meeting(db, "key")?;
                forget_import(db, "digest")?;
                forget_item(db, id, "task", "One")?;
                assert_eq!(all()?, [false; 3]);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[test]
    fn no_word_of_a_key_is_kept() {
        assert_ne!(digest("id:1"), digest("id:2"));
        let shown = digest("the merger").map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(&shown[..8], "8962a49d", "files of earlier versions hold such digests");
    }
}
