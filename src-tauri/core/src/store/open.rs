//! Opens the database: pragmas, migrations, and a check where the last run did not end as it should.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::files::move_aside;
use super::rescue::{self, Damage};
use super::{Error, FILE_NAME, Store, migrate};
use crate::disk;

/// How long a statement waits for another program (a backup tool, say) to let go of the file.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// So many bytes are checked in some tens of milliseconds.
const FULL_CHECK_LIMIT: u64 = 64 * 1024 * 1024;

/// The tables that hold what exists nowhere else.
const PRECIOUS: [&str; 7] =
    ["deliveries", "delivery_items", "attempts", "drafts", "item_drafts", "settings", "targets"];

/// Pages that the reader keeps, in KiB (negative, as SQLite takes it): as much as typing a search comes back to.
const READER_CACHE: i32 = -16 * 1024;

/// Set in the file's header while a run is under way: a start that finds it doubts the file. An application
/// id is a number of our own choosing ("SALL"); the lowest bits are the marks.
const CLEAN: i32 = 0x5341_4C4C;
pub(super) const RUNNING: i32 = CLEAN | 1;
/// A run met damage: the next start checks the whole file, however long that takes.
const DAMAGED: i32 = CLEAN | 2;

/// A database that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The database.
    pub store: Store,
    /// What became of a file that was damaged, if it was.
    pub damage: Option<Damage>,
    /// Whether the last run ended as it should, if there was one.
    pub ended_well: bool,
}

pub(super) fn open(folder: &Path) -> Result<Opened, Error> {
    let read_only = |source| Error::ReadOnly { folder: folder.display().to_string(), source };
    disk::private_folder(folder).map_err(read_only)?;
    keep_private(folder).map_err(read_only)?;
    rescue::clear_leftovers(folder).map_err(read_only)?;
    let path = folder.join(FILE_NAME);
    let (writer, ended_well, damage) = match connect(&path) {
        Ok((db, ended_well)) => (db, ended_well, None),
        Err(error) if is_damage(&error) => {
            let aside = move_aside(&path).map_err(read_only)?;
            let copied = from_copy(folder, &path);
            let from_copy = copied.is_some();
            let (mut db, _) = copied.map_or_else(|| connect(&path), Ok)?;
            let only = rescue::rescue(&mut db, &aside)?;
            (db, false, Some(Damage { aside, from_copy, only }))
        }
        Err(Error::Sql(error)) if is_permission(&error) => {
            return Err(read_only(std::io::Error::new(std::io::ErrorKind::PermissionDenied, error)));
        }
        Err(error) => return Err(error),
    };
    let reader = reader(&path)?;
    Ok(Opened { store: Store::new(folder, reader, writer)?, damage, ended_well })
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags).map_err(Error::of)?;
    reader.busy_timeout(BUSY).map_err(Error::of)?;
    reader.pragma_update(None, "cache_size", READER_CACHE).map_err(Error::of)?;
    Ok(reader)
}

/// The backup, if there is an intact one, in the place of the database.
fn from_copy(folder: &Path, path: &Path) -> Option<(Connection, bool)> {
    let copy = rescue::copy_of(folder);
    disk::copy(&copy, path).ok()?;
    let opened = connect(path).and_then(|(db, ended_well)| check(&db).map(|()| (db, ended_well)));
    match opened {
        Ok(opened) => Some(opened),
        Err(error) => {
            tracing::warn!(%error, "the backup is damaged too");
            // It is still there, as the backup.
            let _cleared = disk::remove(path);
            None
        }
    }
}

/// Closes to others what earlier versions made: the database, its journals and backup, and damaged files.
fn keep_private(folder: &Path) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(FILE_NAME) {
            disk::keep_private(&entry.path());
        }
    }
    Ok(())
}

/// The file, and whether the last run that used it ended as it should.
fn connect(path: &Path) -> Result<(Connection, bool), Error> {
    // SQLite makes the journals with the rights of the file. Where it cannot be made, SQLite says so.
    drop(disk::private_file(path));
    let mut db = Connection::open(path).map_err(Error::of)?;
    set_up(&mut db).map(|ended_well| (db, ended_well))
}

fn set_up(db: &mut Connection) -> Result<bool, Error> {
    db.busy_timeout(BUSY).map_err(Error::of)?;
    let mark: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(Error::of)?;
    match mark {
        RUNNING => check_after_a_kill(db, FULL_CHECK_LIMIT)?,
        DAMAGED => check(db)?,
        _ => {}
    }
    db.pragma_update(None, "journal_mode", "WAL").map_err(Error::of)?;
    // Deliveries must survive a power cut: a commit returns when the disk has it.
    db.pragma_update(None, "synchronous", "FULL").map_err(Error::of)?;
    // What is deleted is overwritten, on pages that become free too.
    db.pragma_update(None, "secure_delete", true).map_err(Error::of)?;
    migrate::to_latest(db)?;
    db.pragma_update(None, "foreign_keys", true).map_err(Error::of)?;
    db.pragma_update(None, "application_id", RUNNING).map_err(Error::of)?;
    Ok(!matches!(mark, RUNNING | DAMAGED))
}

/// All of a file that is soon read through; of a larger one only what was typed and sent, for which nobody should wait
/// at a start. The rest of it is what files and servers have, too.
fn check_after_a_kill(db: &Connection, soon_read: u64) -> Result<(), Error> {
    let size: u64 = db
        .query_row("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", [], |row| {
            row.get(0)
        })
        .map_err(Error::of)?;
    if size <= soon_read {
        return check(db);
    }
    // A file of an older version does not have all of them yet.
    let is_there = |table: &&str| db.table_exists(None, *table).unwrap_or(true);
    PRECIOUS
        .into_iter()
        .filter(is_there)
        .try_for_each(|table| verdict(db, &format!("PRAGMA integrity_check({table})")))
}

fn check(db: &Connection) -> Result<(), Error> {
    verdict(db, "PRAGMA integrity_check(1)")
}

fn verdict(db: &Connection, pragma: &str) -> Result<(), Error> {
    let verdict: String = db.query_row(pragma, [], |row| row.get(0)).map_err(Error::of)?;
    if verdict == "ok" {
        return Ok(());
    }
    Err(Error::Sql(rusqlite::Error::SqliteFailure(
        rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
        Some(verdict),
    )))
}

/// Marks the file as left, or as damaged.
pub(super) fn mark_end(db: &Connection, is_damaged: bool) {
    // If this does not get through, the next start checks the file as after a run that was cut off.
    if let Err(error) = db.pragma_update(None, "application_id", if is_damaged { DAMAGED } else { CLEAN }) {
        tracing::warn!(%error, "the database could not be marked");
    }
}

pub(super) fn is_damage(error: &Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error, Error::Sql(e) if matches!(e.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)))
}

fn is_permission(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, PermissionDenied, ReadOnly};
    matches!(error.sqlite_error_code(), Some(CannotOpen | PermissionDenied | ReadOnly))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_moved_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        std::fs::write(&path, "this is no database, but it may be dear to somebody").unwrap();
        let opened = open(folder.path()).unwrap();
        let aside = opened.damage.expect("the person is told where the file is").aside;
        assert!(
            std::fs::read_to_string(aside).unwrap().contains("dear to somebody"),
            "a damaged file is never deleted"
        );
    }

    #[test]
    fn damage_inside_is_found_after_a_run_that_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        drop(open(folder.path()).unwrap());
        let mut bytes = std::fs::read(&path).unwrap();
        let half = bytes.len() / 2;
        bytes[half..].fill(0xA5);
        std::fs::write(&path, bytes).unwrap();
        assert!(open(folder.path()).unwrap().damage.is_some(), "the mark of a cut-off run asks for a check");
    }

    #[test]
    fn of_a_large_file_what_was_typed_is_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        drop(open(folder.path()).unwrap());
        check_after_a_kill(&Connection::open(&path).unwrap(), 0).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let half = bytes.len() / 2;
        bytes[half..].fill(0xA5);
        std::fs::write(&path, bytes).unwrap();
        let found = check_after_a_kill(&Connection::open(&path).unwrap(), 0).unwrap_err();
        assert!(is_damage(&found), "{found}");
    }

    #[test]
    fn a_large_file_of_an_older_version_is_checked_before_its_tables_are_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        drop(open(folder.path()).unwrap());
        let db = Connection::open(&path).unwrap();
        db.execute_batch("DROP TABLE item_drafts; DROP TABLE targets").unwrap();
        check_after_a_kill(&db, 0).unwrap();
    }

    #[test]
    fn a_clean_end_leaves_no_doubt() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).unwrap().store.close();
        let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
        let mark: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
        assert_eq!(mark, CLEAN, "the next start need not check the file");
    }

    /// Breaks a table, in a file of a run that ended as it should.
    fn break_unseen(folder: &Path, table: &str) {
        use std::io::{Seek as _, SeekFrom, Write as _};
        open(folder).unwrap().store.close();
        let path = folder.join(FILE_NAME);
        let db = Connection::open(&path).unwrap();
        let (page, size): (u64, u64) = db
            .query_row(
                "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?",
                [table],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        drop(db);
        let mut file = std::fs::File::options().write(true).open(path).unwrap();
        file.seek(SeekFrom::Start((page - 1) * size)).unwrap();
        file.write_all(&[0xA5; 512]).unwrap();
    }

    #[tokio::test]
    async fn damage_that_a_run_meets_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        break_unseen(folder.path(), "people");
        let opened = open(folder.path()).unwrap();
        assert!(opened.damage.is_none(), "nothing was looked at yet");
        let found = opened.store.read(|db| db.people().all()).await.unwrap_err();
        assert!(is_damage(&found), "{found}");
        opened.store.back_up(jiff::Timestamp::UNIX_EPOCH, jiff::SignedDuration::ZERO).await.unwrap();
        assert!(!rescue::copy_of(folder.path()).exists(), "what is damaged is no copy to fall back on");
        opened.store.close();
        drop(opened);
        assert!(open(folder.path()).unwrap().damage.is_some(), "the next start takes over what can be read");
    }

    #[tokio::test]
    async fn damage_that_a_run_meets_in_a_large_file_has_all_of_it_checked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        drop(open(folder.path()).unwrap());
        let large =
            format!("INSERT INTO account (one, json) VALUES (1, hex(zeroblob({FULL_CHECK_LIMIT} / 2 + 1)))");
        Connection::open(&path).unwrap().execute_batch(&large).unwrap();
        break_unseen(folder.path(), "people");
        let opened = open(folder.path()).unwrap();
        opened.store.read(|db| db.people().all()).await.unwrap_err();
        // However it ends: the mark is there at once.
        drop(opened);
        assert!(open(folder.path()).unwrap().damage.is_some(), "also what a kill would not have checked");
    }

    /// The names in a folder that others on the machine may read, or `.` for the folder.
    #[cfg(unix)]
    fn open_to_others(folder: &Path) -> Vec<String> {
        use std::os::unix::fs::PermissionsExt;
        let is_open = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o077 != 0;
        let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap());
        let open = entries.filter(|entry| is_open(&entry.path()));
        let names = open.map(|entry| entry.file_name().to_string_lossy().into_owned());
        is_open(folder).then(|| ".".to_owned()).into_iter().chain(names).collect()
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_on_the_machine_may_look_into_the_data() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir().unwrap();
        let folder = outer.path().join("of").join("ada");
        let opened = open(&folder).unwrap();
        opened.store.write(|tx| tx.settings_mut().tell_once("a")).await.unwrap();
        opened.store.back_up(jiff::Timestamp::UNIX_EPOCH, jiff::SignedDuration::ZERO).await.unwrap();
        assert!(rescue::copy_of(&folder).exists() && folder.join("sally.db-wal").exists());
        assert_eq!(open_to_others(&folder), <[String; 0]>::default(), "as they are made");
        drop(opened);
        // As an earlier version made them, one of them damaged.
        let to = |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        to(&folder, 0o755);
        folder.read_dir().unwrap().for_each(|entry| to(&entry.unwrap().path(), 0o644));
        std::fs::write(folder.join(FILE_NAME), [0xA5; 5000]).unwrap();
        let opened = open(&folder).unwrap();
        assert!(opened.damage.unwrap().aside.exists());
        assert_eq!(open_to_others(&folder), <[String; 0]>::default(), "as they were found");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_everybodys_stays_so() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o1777)).unwrap();
        open(folder.path()).unwrap();
        assert_eq!(open_to_others(folder.path()), ["."], "such as /tmp; the files in it are closed");
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let error = open(&blocked.join("data")).unwrap_err();
        assert!(error.to_string().contains("data"), "the person must know which folder: {error}");
    }
}
