//! The tables of every released version, as dumps: what a version made is never made differently later, and every
//! older file is brought to the newest tables. `SALLY_WRITE_SCHEMA=1` writes the dump of a version that is new.
#![expect(clippy::disallowed_types, reason = "looks at the store's files from outside")]

use std::path::{Path, PathBuf};

use rusqlite::Connection;
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
