//! Brings a cache file to this version's tables, all or nothing. A migration that was released is never
//! changed; a new one is added at the end.

use std::sync::LazyLock;

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{Error as MigrationError, HookResult, M, MigrationDefinitionError, Migrations};

use super::{Error, edits};

static STEPS: LazyLock<[M<'static>; 12]> = LazyLock::new(|| {
    [
        M::up(include_str!("migrations/0001_meetings.sql")),
        M::up(include_str!("migrations/0002_sending.sql")),
        M::up(include_str!("migrations/0003_rich.sql")),
        M::up(include_str!("migrations/0004_outbox.sql")),
        M::up(include_str!("migrations/0005_quick.sql")),
        M::up(include_str!("migrations/0006_watched.sql")),
        M::up(include_str!("migrations/0007_sally.sql")),
        M::up(include_str!("migrations/0008_find.sql")),
        M::up(include_str!("migrations/0009_item_drafts.sql")),
        M::up_with_hook(include_str!("migrations/0010_removed.sql"), digest_removed_keys),
        M::up(include_str!("migrations/0011_accounts.sql")),
        M::up(include_str!("migrations/0013_reading.sql")),
    ]
});

pub(super) fn to_latest(db: &mut Connection) -> Result<(), Error> {
    Migrations::from_slice(&*STEPS).to_latest(db).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => Error::Newer,
        MigrationError::RusqliteError { err, .. } => Error::of(err),
        other => Error::Migration(other),
    })
}

/// The second half of `0010_removed.sql`.
fn digest_removed_keys(tx: &Transaction<'_>) -> HookResult {
    let keys: Vec<String> = tx
        .prepare("SELECT source_key FROM removed_keys")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for key in keys {
        tx.execute("INSERT INTO removed_meetings VALUES (?)", [edits::digest(&key)])?;
    }
    tx.execute("DROP TABLE removed_keys", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        db.pragma_update(None, "user_version", 9_999).unwrap();
        assert!(matches!(to_latest(&mut db), Err(Error::Newer)), "its tables are not known here");
        let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 9_999, "nothing was written to it");
    }

    #[test]
    fn what_was_written_as_plain_text_becomes_a_document() {
        let mut db = Connection::open_in_memory().unwrap();
        Migrations::from_slice(&STEPS[..2]).to_latest(&mut db).unwrap();
        let body = r#"{"version":1,"type":"doc","content":[{"type":"rule"}]}"#;
        let draft = r#"{"item":"0198","description":"One\n\n “two”","title":"T"}"#;
        db.execute("INSERT INTO deliveries VALUES (x'01', x'02', x'03', 'o', 'd', 'words', ?, 'queued', NULL, NULL, 1, 1)", [body])
            .unwrap();
        db.execute("INSERT INTO drafts VALUES (x'02', 'create_page', ?, 1)", [draft]).unwrap();
        to_latest(&mut db).unwrap();
        let read = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(
            read("SELECT document FROM deliveries"),
            body,
            "what was to be sent is still what is sent"
        );
        assert_eq!(read("SELECT hex(item_id) FROM delivery_items"), "02", "about the same item");
        let draft: serde_json::Value = serde_json::from_str(&read("SELECT json FROM drafts")).unwrap();
        let paragraph = |text: &str| serde_json::json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let wanted = serde_json::json!({"items": ["0198"], "title": "T", "document":
            {"version": 1, "type": "doc", "content": [paragraph("One"), paragraph(" “two”")]}});
        assert_eq!(draft, wanted, "a paragraph for each line that was typed");
    }
}
