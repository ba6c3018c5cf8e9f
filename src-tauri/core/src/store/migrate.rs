//! Migrates a database to this version's tables, all or nothing. A migration that was released is never
//! changed; a new one is added at the end.

use std::sync::LazyLock;

use rusqlite::{Connection, Transaction};
use rusqlite_migration::{Error as MigrationError, HookResult, M, MigrationDefinitionError, Migrations};

use super::Error;
use super::drafts::DraftsMut;
use super::removed::digest;
use super::targets::series_digest;

static STEPS: LazyLock<[M<'static>; 18]> = LazyLock::new(|| {
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
        M::up_with_hook(include_str!("migrations/0012_forgetting.sql"), forget_names),
        M::up(include_str!("migrations/0013_reading.sql")),
        M::up(include_str!("migrations/0014_sites.sql")),
        M::up(include_str!("migrations/0015_recording_hosts.sql")),
        M::up(include_str!("migrations/0016_origins.sql")),
        M::up(include_str!("migrations/0017_spaces.sql")),
        M::up(include_str!("migrations/0018_own_addresses.sql")),
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
        tx.execute("INSERT INTO removed_meetings VALUES (?)", [digest(&key)])?;
    }
    tx.execute("DROP TABLE removed_keys", [])?;
    Ok(())
}

/// The second half of `0012_forgetting.sql`.
fn forget_names(tx: &Transaction<'_>) -> HookResult {
    let mut named =
        tx.prepare("SELECT series, action, json_remove(json, '$.title'), used_at FROM named_destinations")?;
    let mut rows = named.query([])?;
    while let Some(row) = rows.next()? {
        let (series, action, json): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let used_at: i64 = row.get(3)?;
        tx.execute(
            "INSERT INTO last_destinations VALUES (?, ?, ?, ?)",
            (series_digest(&series), action, json, used_at),
        )?;
    }
    drop(rows);
    drop(named);
    tx.execute("DROP TABLE named_destinations", [])?;
    DraftsMut(tx).attribute()?;
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
        db.execute_batch(
            "INSERT INTO meetings (id, title, participants, source, imported_at) VALUES (x'03', 'T', '[]', '', 1);
             INSERT INTO items (id, meeting_id, position, kind, text, done) VALUES (x'02', x'03', 0, 'task', 'T', 0)",
        )
        .unwrap();
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

    #[test]
    fn what_is_remembered_is_no_title_any_more() {
        let mut db = Connection::open_in_memory().unwrap();
        Migrations::from_slice(&STEPS[..10]).to_latest(&mut db).unwrap();
        let json = r#"{"kind":"new_page","title":"Weekly 7"}"#;
        for series in ["weekly", ""] {
            db.execute("INSERT INTO last_destinations VALUES (?, 'create_page', ?, 1)", [series, json])
                .unwrap();
        }
        to_latest(&mut db).unwrap();
        let mut query = db.prepare("SELECT series, json FROM last_destinations ORDER BY series").unwrap();
        let rows: Vec<(Vec<u8>, String)> =
            query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let json = r#"{"kind":"new_page"}"#.to_owned();
        assert_eq!(rows, [(Vec::new(), json.clone()), (digest("weekly").to_vec(), json)]);
    }

    #[test]
    fn drafts_get_the_meeting_that_they_are_about() {
        let mut db = Connection::open_in_memory().unwrap();
        Migrations::from_slice(&STEPS[..10]).to_latest(&mut db).unwrap();
        let about = |items: &str| format!(r#"{{"items":[{items}]}}"#);
        let uuid = |last: &str| format!("\"00000000-0000-0000-0000-0000000000{last}\"");
        db.execute_batch(
            "INSERT INTO meetings (id, title, participants, source, imported_at, seq) VALUES (x'aa', 'T', '[]', '', 1, 1);
             INSERT INTO items (id, meeting_id, position, kind, text, done)
               VALUES (x'000000000000000000000000000000b1', x'aa', 0, 'task', 'T', 0);
             INSERT INTO item_drafts VALUES (x'aa', '', '{}', 1), (x'000000000000000000000000000000b1', '', '{}', 1),
                                            (x'b2', '', '{}', 1);",
        )
        .unwrap();
        let single = "000000000000000000000000000000b1";
        for (subject, json) in [
            (single, about(&uuid("b1"))),
            ("d1", about(&format!("{},{}", uuid("b2"), uuid("b1")))),
            ("d2", about(&uuid("b2"))),
            ("d3", "no JSON".to_owned()),
        ] {
            db.execute("INSERT INTO drafts VALUES (unhex(?), 'create_page', ?, 1)", [subject, &json])
                .unwrap();
        }
        to_latest(&mut db).unwrap();
        let read = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(
            read(
                "SELECT group_concat(lower(hex(subject)) || lower(hex(meeting_id)), ' ' ORDER BY subject) FROM drafts"
            ),
            format!("{single}aa d1aa"),
            "one item, or several of which one is there; what nobody can open is dropped"
        );
        assert_eq!(read("SELECT group_concat(hex(meeting_id)) FROM item_drafts"), "AA,AA");
    }
}
