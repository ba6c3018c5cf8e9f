//! The backup, and recovery from a damaged database. What is not sent yet, and what
//! was typed, is worth more than everything else in it: meetings can be imported again. Called by `open`, and by
//! [`super::Store::back_up`].

use std::collections::HashSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, Row, ToSql};

use super::drafts::DraftsMut;
use super::files::{JOURNALS, with_ending};
use super::{Error, FILE_NAME, files};
use crate::disk;
use crate::domain::id::DeliveryId;

/// Pages that are copied at once, and the pause in between: the window is not to feel it.
const PAGES: i32 = 256;
const STEP_DELAY: Duration = Duration::from_millis(2);

/// What is taken over, row by row, and with which columns. What refers to a row comes after it.
const TABLES: [(&str, &str); 6] = [
    (
        "deliveries",
        "id, meeting_id, organization, destination, document, state, why, url, remote_id, due_at, tries, created_at, changed_at, account_id, account_name, asked_at",
    ),
    ("delivery_items", "delivery_id, position, item_id"),
    ("attempts", "id, delivery_id, started_at, ended_at, outcome, account_id"),
    ("drafts", "subject, action, json, changed_at, meeting_id"),
    ("item_drafts", "subject, said, json, changed_at, meeting_id"),
    // Otherwise the file would be taken for an older copy of the one whose deliveries it got.
    ("installation", "one, id, number, in_keyring, machine, restored_at"),
];

/// The outcome of recovering a damaged database.
#[derive(Debug)]
pub struct Damage {
    /// Where the file is kept.
    pub aside: PathBuf,
    /// Whether the backup took its place; if not, the database starts empty.
    pub from_copy: bool,
    /// The deliveries that could be read in the damaged file; `None` if they were all read, so that what the copy has
    /// besides was sent or cancelled since.
    pub only: Option<HashSet<DeliveryId>>,
}

/// The file of the backup.
pub(super) fn copy_of(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE_NAME}.backup"))
}

/// The file of a backup in progress.
fn new_copy(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE_NAME}.backup-new"))
}

/// Removes the unfinished backup of an interrupted run.
pub(super) fn clear_leftovers(folder: &Path) -> std::io::Result<()> {
    let new = new_copy(folder);
    disk::remove(&new)?;
    JOURNALS.into_iter().try_for_each(|ending| disk::remove(&with_ending(&new, ending)))
}

/// Every file of the database that a folder may hold, the database itself last.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let aside = files::names(folder).unwrap_or_default().into_iter().map(|name| folder.join(name));
    let databases =
        [new_copy(folder), copy_of(folder)].into_iter().chain(aside).chain([folder.join(FILE_NAME)]);
    databases
        .flat_map(|path| JOURNALS.into_iter().chain([""]).map(move |ending| with_ending(&path, ending)))
        .collect()
}

/// When the backup was made, if there is one without anything that was deleted for good.
pub(super) fn copied_at(folder: &Path, deletions: i64) -> Option<Timestamp> {
    let path = copy_of(folder);
    let mut head = [0; 19];
    std::fs::File::open(&path).and_then(|mut copy| copy.read_exact(&mut head)).ok()?;
    // One of an older version has a journal, which reading it would make. It is not known to hold nothing, either.
    if head.last() != Some(&1) {
        return None;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let copy = Connection::open_with_flags(path, flags).ok()?;
    let at = copy.query_row("SELECT copied_at FROM sweeps WHERE swept >= ?", [deletions], |row| row.get(0));
    at.ok().flatten().and_then(|ms| Timestamp::from_millisecond(ms).ok())
}

/// Backs up a database in use. The older backup stays until the new one is complete. Answers whether it is; if
/// not, it was not wanted any more.
pub(super) fn back_up(
    from: &Connection,
    folder: &Path,
    now: Timestamp,
    is_wanted: impl Fn() -> bool,
) -> Result<bool, Error> {
    let (path, new) = (copy_of(folder), new_copy(folder));
    let io = |source| Error::ReadOnly { folder: folder.display().to_string(), source };
    clear_leftovers(folder).map_err(io)?;
    let made = copy(from, &new, now, &is_wanted);
    let placed = match made {
        Ok(true) if is_wanted() => disk::rename(&new, &path).map(|()| true).map_err(io),
        other => other.map(|_| false),
    };
    if !matches!(placed, Ok(true)) {
        clear_leftovers(folder).map_err(io)?;
    }
    placed
}

/// Answers whether it got to the end.
fn copy(from: &Connection, new: &Path, now: Timestamp, is_wanted: impl Fn() -> bool) -> Result<bool, Error> {
    drop(disk::private_file(new));
    let mut to = Connection::open(new).map_err(Error::of)?;
    // One view of the file to the end: every write of others would begin the copy anew.
    let from = from.unchecked_transaction().map_err(Error::of)?;
    from.query_row("SELECT 1 FROM sqlite_schema", [], |_| Ok(())).map_err(Error::of)?;
    let backup = Backup::new(&from, &mut to).map_err(Error::of)?;
    while backup.step(PAGES).map_err(Error::of)? != StepResult::Done {
        if !is_wanted() {
            return Ok(false);
        }
        std::thread::sleep(STEP_DELAY);
    }
    drop(backup);
    // It is one file, and nothing beside it.
    to.pragma_update(None, "journal_mode", "MEMORY").map_err(Error::of)?;
    to.execute("UPDATE sweeps SET copied_at = ?", [now.as_millisecond()]).map_err(Error::of)?;
    to.close().map(|()| true).map_err(|(_, error)| Error::of(error))
}

/// Takes over what can be read of a damaged file. `None` if everything could.
pub(super) fn rescue(to: &mut Connection, aside: &Path) -> Result<Option<HashSet<DeliveryId>>, Error> {
    let mut found = HashSet::new();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(from) = Connection::open_with_flags(aside, flags) else { return Ok(Some(found)) };
    let tx = to.transaction().map_err(Error::of)?;
    let mut is_whole = true;
    for (table, columns) in TABLES {
        let columns = &there(&from, table, columns);
        if columns.is_empty() {
            continue;
        }
        let rows = read(&from, table, columns);
        is_whole &= rows.is_whole;
        if table == "deliveries" && rows.is_whole {
            // What the copy has besides was sent, or taken back, since it was made.
            tx.execute("DELETE FROM deliveries", []).map_err(Error::of)?;
        }
        let places = columns.split(", ").map(|_| "?").collect::<Vec<_>>().join(", ");
        let mut insert = tx
            .prepare(&format!("INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})"))
            .map_err(Error::of)?;
        for row in rows.rows {
            let values: Vec<&dyn ToSql> = row.iter().map(|value| value as &dyn ToSql).collect();
            // A row whose neighbour could not be read may not fit in.
            if insert.execute(&values[..]).is_ok()
                && let ("deliveries", Some(rusqlite::types::Value::Blob(id))) = (table, row.first())
                && let Ok(id) = uuid::Uuid::from_slice(id)
            {
                found.insert(DeliveryId(id));
            }
        }
    }
    DraftsMut(&tx).attribute().map_err(Error::of)?;
    tx.commit().map_err(Error::of)?;
    Ok((!is_whole).then_some(found))
}

/// Those of the columns that the file has: an older version's has fewer, or none of a table.
fn there(from: &Connection, table: &str, columns: &str) -> String {
    let is_there = |column: &&str| from.column_exists(None, table, *column).unwrap_or(true);
    columns.split(", ").filter(is_there).collect::<Vec<_>>().join(", ")
}

struct Rows {
    rows: Vec<Vec<rusqlite::types::Value>>,
    is_whole: bool,
}

/// The rows of a table as far as they can be read.
fn read(from: &Connection, table: &str, columns: &str) -> Rows {
    let mut rows = Vec::new();
    let mut read_all = || -> rusqlite::Result<()> {
        let mut query = from.prepare(&format!("SELECT {columns} FROM {table}"))?;
        let width = query.column_count();
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            rows.push(values(row, width)?);
        }
        Ok(())
    };
    let is_whole = read_all().inspect_err(|error| tracing::warn!(table, %error, "not read in full")).is_ok();
    Rows { rows, is_whole }
}

fn values(row: &Row<'_>, width: usize) -> rusqlite::Result<Vec<rusqlite::types::Value>> {
    (0..width).map(|column| row.get(column)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::open::{RUNNING, open};
    use super::*;

    fn put(folder: &Path, statement: &str) {
        Connection::open(folder.join(FILE_NAME)).unwrap().execute_batch(statement).unwrap();
    }

    fn delivery(byte: &str, state: &str) -> String {
        format!(
            "INSERT INTO deliveries (id, meeting_id, organization, destination, document, state, created_at, changed_at)
             VALUES (x'{}', x'01', 'o', '{{}}', '{{}}', '{state}', 1, 1);",
            byte.repeat(16)
        )
    }

    fn states(folder: &Path) -> Vec<String> {
        let db = Connection::open(folder.join(FILE_NAME)).unwrap();
        let mut query = db.prepare("SELECT hex(id) || ' ' || state FROM deliveries ORDER BY id").unwrap();
        let rows: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        rows.into_iter().map(|row| format!("{}{}", &row[..2], &row[32..])).collect()
    }

    /// Breaks the page on which a table begins, and leaves the others as they are.
    fn break_table(folder: &Path, table: &str) {
        use std::io::{Seek as _, SeekFrom, Write as _};
        let path = folder.join(FILE_NAME);
        let db = Connection::open(&path).unwrap();
        // As after a run that was cut off, so that the next start looks.
        db.execute_batch(&format!("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA application_id = {RUNNING}"))
            .unwrap();
        let sql =
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?";
        let (page, size): (u64, u64) =
            db.query_row(sql, [table], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        drop(db);
        let mut file = std::fs::File::options().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start((page - 1) * size)).unwrap();
        file.write_all(&[0xA5; 512]).unwrap();
    }

    #[test]
    fn the_cache_itself_is_the_last_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(files::name(7)), "").unwrap();
        let files = files(folder.path());
        assert_eq!(files.last(), Some(&folder.path().join(FILE_NAME)), "{files:?}");
        assert!(files.contains(&folder.path().join(files::name(7))), "{files:?}");
    }

    #[test]
    fn what_is_not_sent_is_taken_over_from_a_damaged_file() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).unwrap().store.close();
        put(folder.path(), &delivery("11", "queued"));
        put(folder.path(), "INSERT INTO drafts VALUES (x'01', 'create_page', '{}', 1, x'02')");
        break_table(folder.path(), "items");
        let damage = open(folder.path()).unwrap().damage.expect("it is noticed");
        assert!(!damage.from_copy && damage.only.is_none(), "all of it was read: {damage:?}");
        assert_eq!(states(folder.path()), ["11 queued"], "and is there");
    }

    #[test]
    fn a_copy_takes_the_place_of_a_damaged_file() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path()).unwrap();
        put(folder.path(), &(delivery("11", "queued") + &delivery("22", "queued")));
        assert!(super::super::back_up_now(folder.path(), Timestamp::UNIX_EPOCH, || true).unwrap());
        opened.store.close();
        drop(opened);
        put(
            folder.path(),
            &(delivery("33", "queued")
                + "UPDATE deliveries SET state = 'sent' WHERE id = x'11111111111111111111111111111111'"),
        );
        break_table(folder.path(), "items");
        let damage = open(folder.path()).unwrap().damage.expect("it is noticed");
        assert!(damage.from_copy && damage.only.is_none(), "{damage:?}");
        assert_eq!(
            states(folder.path()),
            ["11 sent", "22 queued", "33 queued"],
            "as the damaged file knew them"
        );
    }

    #[test]
    fn a_copy_gets_done_while_others_write() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path()).unwrap());
        // More than is copied at once.
        put(folder.path(), "INSERT INTO account (one, json) VALUES (1, hex(zeroblob(40000000)))");
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut writes = 0_u32;
                // Far longer than a copy takes, so that one that never ends is seen.
                let end = std::time::Instant::now() + Duration::from_secs(20);
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    assert!(std::time::Instant::now() < end, "the copy begins anew with every write");
                    put(folder.path(), "INSERT OR REPLACE INTO settings (one, json) VALUES (1, '{}')");
                    writes += 1;
                }
                writes
            });
            assert!(super::super::back_up_now(folder.path(), Timestamp::UNIX_EPOCH, || true).unwrap());
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(writer.join().unwrap() > 0, "there were writes");
        });
        assert!(copy_of(folder.path()).exists());
    }

    #[tokio::test]
    async fn a_deletion_throws_away_a_copy_that_is_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).unwrap().store;
        let now = Timestamp::UNIX_EPOCH;
        let (is_made, steps) = (super::super::back_up_now, std::cell::Cell::new(0));
        put(folder.path(), "INSERT INTO account (one, json) VALUES (1, hex(zeroblob(2000000)))");
        let is_wanted = || {
            steps.set(steps.get() + 1);
            steps.get() < 2
        };
        assert!(!is_made(folder.path(), now, is_wanted).unwrap());
        assert!(
            !copy_of(folder.path()).exists() && !new_copy(folder.path()).exists(),
            "nothing is left of it"
        );

        let day = jiff::SignedDuration::from_hours(24);
        assert!(store.sweep().await.unwrap());
        let due = store.back_up(now, day).await.unwrap();
        assert_eq!(due, now.saturating_add(day).unwrap(), "the next one is due a day later");
        let at = |deletions| copied_at(folder.path(), deletions);
        assert_eq!(at(1), Some(now), "it says of itself when it was made");
        store.erase(|_| Ok(())).await.unwrap();
        assert_eq!(at(2), None, "and a deletion later, it counts no more");
        assert_eq!(store.back_up(now, day).await.unwrap(), due, "so that it is made anew");
        assert_eq!(at(2), Some(now));
        let back = now.saturating_sub(day).unwrap();
        store.back_up(back, day).await.unwrap();
        assert_eq!(at(2), Some(back), "a copy of tomorrow is none: the clock was set back");
    }

    #[test]
    fn what_only_the_copy_knows_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(folder.path()).unwrap();
        put(folder.path(), &delivery("11", "queued"));
        assert!(super::super::back_up_now(folder.path(), Timestamp::UNIX_EPOCH, || true).unwrap());
        opened.store.close();
        drop(opened);
        break_table(folder.path(), "deliveries");
        let damage = open(folder.path()).unwrap().damage.expect("it is noticed");
        assert!(
            damage.from_copy && damage.only == Some(HashSet::new()),
            "nobody knows what became of it: {damage:?}"
        );
        assert_eq!(states(folder.path()), ["11 queued"], "it is not dropped");
    }
}
