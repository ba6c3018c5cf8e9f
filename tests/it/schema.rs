//! Dumps of the database schema of every released version: a released migration never changes, and every older file migrates
//! to the current schema. `SALLY_WRITE_SCHEMA=1` writes the dump of a new version.
#![expect(clippy::disallowed_types, reason = "looks at the store's files from outside")]

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sally_core::domain::delivery::State;
use sally_core::store::{FILE_NAME, Filter, Store};

fn dumps() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema")
}

/// Everything that was created, in the order of its names, without what SQLite makes for itself.
fn dump(folder: &Path) -> (u32, String) {
    let db = Connection::open(folder.join(FILE_NAME)).unwrap();
    let version = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let mut query = db
        .prepare("SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let statements: Vec<String> =
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    (version, statements.join("\n\n") + "\n")
}

fn fresh() -> (u32, String) {
    let folder = tempfile::tempdir().unwrap();
    Store::open(folder.path()).unwrap();
    dump(folder.path())
}

#[test]
fn the_newest_tables_are_as_released() {
    let (version, tables) = fresh();
    let path = dumps().join(format!("v{version}.sql"));
    if std::env::var_os("SALLY_WRITE_SCHEMA").is_some() && !path.exists() {
        std::fs::write(&path, &tables).unwrap();
    }
    let released = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(released == tables, "a migration that was released has changed: add a new one instead");
}

/// A file of an older version, empty.
fn old(folder: &Path, version: u32) -> Connection {
    let db = Connection::open(folder.join(FILE_NAME)).unwrap();
    let tables = std::fs::read_to_string(dumps().join(format!("v{version}.sql"))).unwrap();
    // The shadow tables of a full-text table come with it, and a trigger after its table.
    let mut statements: Vec<&str> =
        tables.split(";\n").filter(|sql| !sql.contains("_words_") && !sql.contains("_heads_")).collect();
    statements.sort_by_key(|sql| sql.contains("CREATE TRIGGER"));
    for statement in statements {
        db.execute_batch(statement).unwrap();
    }
    db.pragma_update(None, "user_version", version).unwrap();
    db
}

#[tokio::test]
async fn meetings_of_an_older_file_are_found_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let db = old(folder.path(), 7);
    // Two in one minute, one later, and one without a date.
    for (id, title, at) in [
        (1_u8, "Harbour one", Some(60_000)),
        (2, "Harbour two", Some(61_000)),
        (3, "Later harbour", Some(9_000_000)),
        (4, "Undated harbour", None),
    ] {
        db.execute(
            "INSERT INTO meetings (id, title, sort_at, participants, source, sample, imported_at)
             VALUES (?, ?, ?, '[\"Zoë\"]', 'test', 0, 0)",
            rusqlite::params![[id; 16], title, at],
        )
        .unwrap();
    }
    drop(db);
    let store = Store::open(folder.path()).unwrap().store;
    for words in ["", "harbour", "zoe"] {
        let found = store.read(move |db| db.meetings().find(words, &Filter::default(), 0, 9)).await.unwrap();
        let titles: Vec<_> = found.rows.into_iter().map(|row| row.title).collect();
        assert_eq!(titles, ["Undated harbour", "Later harbour", "Harbour two", "Harbour one"], "“{words}”");
    }
}

#[test]
fn every_older_file_is_brought_to_the_newest_tables() {
    let newest = fresh();
    for entry in std::fs::read_dir(dumps()).unwrap() {
        let path = entry.unwrap().path();
        // Beside them are examples of what is stored as JSON.
        if path.extension().is_none_or(|ending| ending != "sql") {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let version: u32 = name.trim_start_matches('v').parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        drop(old(folder.path(), version));
        Store::open(folder.path()).unwrap();
        assert_eq!(dump(folder.path()), newest, "from {name}");
    }
}

#[tokio::test]
async fn what_an_older_file_knows_as_deleted_stays_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let db = old(folder.path(), 8);
    db.execute("INSERT INTO removed_meetings VALUES ('title:the merger@2026-11-12')", []).unwrap();
    db.execute(
        "INSERT INTO recordings VALUES ('a', '1', 'd', '{\"title\":\"The merger\"}', 0, 'waiting', x'01', x'02')",
        [],
    )
    .unwrap();
    drop(db);
    let store = Store::open(folder.path()).unwrap().store;
    let known = |key: &'static str| store.read(move |db| db.meetings().was_removed(key));
    assert!(known("title:the merger@2026-11-12").await.unwrap());
    assert!(!known("title:the merger@2026-11-13").await.unwrap());
    drop(store);
    let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    let left: (String, String) = db
        .query_row("SELECT entry, state FROM recordings", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert_eq!(left, ("{}".to_owned(), "read".to_owned()), "what the list says of it is forgotten");
}

#[tokio::test]
async fn deliveries_of_an_older_file_belong_to_who_tried_them_else_to_who_is_connected() {
    let folder = tempfile::tempdir().unwrap();
    let db = old(folder.path(), 10);
    let destination = r#"{"kind":"comment","organization":"o","page":{"id":"1","title":"T","space":"S"}}"#;
    db.execute_batch(
        "INSERT INTO account VALUES (1, '{\"id\":\"ada\",\"name\":\"Ada\"}');
         INSERT INTO people VALUES ('bob', 'Bob', 1);",
    )
    .unwrap();
    for (id, tried) in [(1_u8, None), (2, Some("bob")), (3, Some(""))] {
        db.execute(
            "INSERT INTO deliveries (id, meeting_id, organization, destination, document, state, created_at, changed_at)
             VALUES (?1, ?1, 'o', ?2, '{}', 'waiting', 7000, 7000)",
            rusqlite::params![[id; 16], destination],
        )
        .unwrap();
        if let Some(account) = tried {
            db.execute(
                "INSERT INTO attempts (delivery_id, started_at, account_id) VALUES (?, 1, ?)",
                rusqlite::params![[id; 16], account],
            )
            .unwrap();
        }
    }
    drop(db);
    let store = Store::open(folder.path()).unwrap().store;
    let open = store.read(|db| db.deliveries().open()).await.unwrap();
    let senders: Vec<_> = open.into_iter().filter_map(|(one, _)| one.sender).collect();
    let senders: Vec<_> = senders.iter().map(|one| (one.id.as_str(), one.name.as_deref())).collect();
    assert_eq!(senders, [("ada", Some("Ada")), ("bob", Some("Bob")), ("ada", Some("Ada"))]);
    let asked = |second| store.read(move |db| db.deliveries().asked_before(&State::OPEN, second));
    let at = |second| jiff::Timestamp::from_second(second).unwrap();
    assert_eq!(
        (asked(at(7)).await.unwrap().len(), asked(at(8)).await.unwrap().len()),
        (0, 3),
        "since they were sent"
    );
}
