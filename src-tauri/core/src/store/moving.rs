//! Moves the database from the folder of earlier versions. A person with data there must never see an empty database: if the
//! database cannot be moved, it is used there, until a later start can. Nothing is deleted that may be the only copy.
//! Called by `app`, before the database is opened.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags};

use super::files::{JOURNALS, free_name, move_all, move_aside, with_ending};
use super::{Error, FILE_NAME, files, folder_check, rescue};
use crate::disk;

/// How long to wait for another program that reads the older database.
const BUSY: Duration = Duration::from_secs(2);

/// The folder of the database.
#[derive(Debug)]
pub struct Settled {
    /// The folder to open.
    pub folder: PathBuf,
    /// A notice about the older folder, if there is one.
    pub found: Option<OlderFolder>,
}

/// A notice about the older folder.
#[derive(Debug)]
pub enum OlderFolder {
    /// Its database could not be moved: it is used there.
    Stayed {
        /// Where it was to be.
        wanted: PathBuf,
    },
    /// There was a database in both folders: the older one of the two is kept here, beside the other.
    Two {
        /// Its file.
        kept: PathBuf,
    },
}

/// Finds the folder of the database: this one, to which it is moved from the folder of earlier versions, if that is another
/// one. Refuses a folder on a network, and one that is synchronised.
pub fn settle(folder: &Path, older: Option<&Path>) -> Result<Settled, Error> {
    folder_check::check(folder)?;
    let found = match older {
        Some(older) if is_there(older)? => bring(folder, older)?,
        _ => None,
    };
    let (Some(OlderFolder::Stayed { .. }), Some(older)) = (&found, older) else {
        return Ok(Settled { folder: folder.to_owned(), found });
    };
    folder_check::check(older)?;
    Ok(Settled { folder: older.to_owned(), found })
}

/// Whether something is there. What cannot be looked at may be somebody's data, beside which none is begun.
fn is_there(path: &Path) -> Result<bool, Error> {
    path.try_exists().map_err(|source| Error::ReadOnly { folder: path.display().to_string(), source })
}

fn bring(folder: &Path, older: &Path) -> Result<Option<OlderFolder>, Error> {
    let io = |source| Error::ReadOnly { folder: folder.display().to_string(), source };
    disk::private_folder(folder).map_err(io)?;
    // A link may lead from one to the other.
    if let (Ok(folder), Ok(older)) = (folder.canonicalize(), older.canonicalize())
        && folder == older
    {
        return Ok(None);
    }
    let (here, there) = (folder.join(FILE_NAME), older.join(FILE_NAME));
    is_there(&there)?;
    let found = match (changed(&here), changed(&there)) {
        (_, None) => None,
        (Some(here_at), Some(there_at)) if here_at >= there_at => put_aside(&there, folder),
        (here_at, Some(_)) => take_the_place(&there, &here, here_at.is_some()),
    };
    if !there.exists() {
        bring_the_rest(folder, older);
    }
    Ok(found)
}

/// When a database was changed last, if it is there.
fn changed(path: &Path) -> Option<SystemTime> {
    let at = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
    let journal = at(&with_ending(path, "-wal"));
    at(path).map(|at| journal.map_or(at, |journal| journal.max(at)))
}

/// The older folder's database is the only one, or the one that was used last.
fn take_the_place(from: &Path, to: &Path, is_taken: bool) -> Option<OlderFolder> {
    let taken = take_in_journals(from).and_then(|is_whole| {
        let kept = if is_taken { Some(move_aside(to)?) } else { None };
        if is_whole {
            // A journal that was left there is of another file, and would be taken for one of this.
            JOURNALS.into_iter().try_for_each(|ending| disk::remove(&with_ending(to, ending)))?;
        }
        move_all(from, to).map(|()| kept)
    });
    match taken {
        Ok(kept) => kept.map(|kept| OlderFolder::Two { kept }),
        // Another process of the person was faster.
        Err(_) if !from.exists() && to.exists() => None,
        Err(error) => {
            tracing::warn!(%error, "the data stays in the older folder");
            Some(OlderFolder::Stayed { wanted: to.parent().unwrap_or(to).to_owned() })
        }
    }
}

/// The older folder's database is one that was not used last.
fn put_aside(from: &Path, folder: &Path) -> Option<OlderFolder> {
    let kept = free_name(&folder.join(FILE_NAME));
    match move_all(from, &kept) {
        Ok(()) => Some(OlderFolder::Two { kept }),
        Err(error) => {
            tracing::warn!(%error, "other data stays in the older folder");
            None
        }
    }
}

/// Has `SQLite` take the journals into the file, so that it is one; answers whether it is. Refuses a file that another program
/// uses.
fn take_in_journals(path: &Path) -> io::Result<bool> {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked};

    let take_in = || {
        let db = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        db.busy_timeout(BUSY)?;
        db.pragma_update(None, "journal_mode", "DELETE")?;
        db.close().map_err(|(_, error)| error)
    };
    match take_in() {
        Err(error)
            if matches!(error.sqlite_error_code(), Some(CannotOpen | DatabaseBusy | DatabaseLocked)) =>
        {
            Err(io::Error::new(ErrorKind::ResourceBusy, error))
        }
        // One that is damaged is moved as it is: opening it says so.
        done => Ok(done.is_ok()),
    }
}

/// Moves the other files too: the backup, and damaged files. The rest follows at a later start.
fn bring_the_rest(folder: &Path, older: &Path) {
    let brought = || -> io::Result<()> {
        for name in files::names(older)? {
            move_all(&older.join(name), &free_name(&folder.join(FILE_NAME)))?;
        }
        rescue::clear_leftovers(older)?;
        let (here, there) = (rescue::copy_of(folder), rescue::copy_of(older));
        if !there.exists() {
            return Ok(());
        }
        move_all(&there, &if here.exists() { free_name(&folder.join(FILE_NAME)) } else { here })
    };
    if let Err(error) = brought() {
        tracing::warn!(%error, "not everything could be brought from the older folder");
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::super::Store;
    use super::*;

    const SAID: &str = "what was told once";

    /// The folder of now, in which another program has put something, and that of earlier versions.
    fn folders() -> (TempDir, PathBuf, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let (folder, older) = (root.path().join("Local/app"), root.path().join("Roaming/app"));
        fs::create_dir_all(folder.join("EBWebView")).unwrap();
        fs::create_dir_all(&older).unwrap();
        fs::write(older.join(".window-state.json"), "{}").unwrap();
        (root, folder, older)
    }

    /// Leaves a database of a run that was killed, in which something was told.
    fn leave(folder: &Path, said: &'static str) {
        let run = tempfile::tempdir().unwrap();
        let opened = Store::open(run.path()).unwrap();
        let written = opened.store.write(move |tx| tx.settings_mut().tell_once(said));
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(written).unwrap();
        fs::create_dir_all(folder).unwrap();
        for ending in ["", "-wal"] {
            let name = format!("{FILE_NAME}{ending}");
            disk::copy(&run.path().join(&name), &folder.join(&name)).unwrap();
        }
    }

    /// Whether it was told in the database that lies here.
    fn knows(folder: &Path, said: &'static str) -> bool {
        assert!(folder.join(FILE_NAME).exists(), "there is a database");
        let opened = Store::open(folder).unwrap();
        assert!(opened.damage.is_none(), "which is whole");
        let told = opened.store.write(move |tx| tx.settings_mut().tell_once(said));
        !tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(told).unwrap()
    }

    fn left(folder: &Path) -> Vec<String> {
        let names = folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name.starts_with(FILE_NAME)).collect();
        names.sort();
        names
    }

    fn set_time(path: &Path, seconds: u64) {
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
    }

    #[test]
    fn the_cache_is_brought_with_what_lies_beside_it() {
        let (_root, folder, older) = folders();
        leave(&older, SAID);
        for name in ["sally.db.backup", "sally.db.damaged-2", "sally.db.damaged-2-wal", "sally.db.backup-new"]
        {
            fs::write(older.join(name), name).unwrap();
        }
        let settled = settle(&folder, Some(&older)).unwrap();
        assert!(settled.found.is_none(), "there is nothing to tell: {settled:?}");
        assert_eq!(settled.folder, folder);
        assert_eq!(left(&older), Vec::<String>::new(), "nothing stays there");
        assert!(older.join(".window-state.json").exists(), "but what is not the database's");
        assert_eq!(
            left(&folder),
            ["sally.db", "sally.db.backup", "sally.db.damaged-1", "sally.db.damaged-1-wal"]
        );
        assert_eq!(
            fs::read_to_string(folder.join("sally.db.damaged-1-wal")).unwrap(),
            "sally.db.damaged-2-wal"
        );
        assert!(knows(&folder, SAID), "with what a run that was killed wrote last");
        let again = settle(&folder, Some(&older)).unwrap();
        assert!(again.found.is_none() && again.folder == folder, "once: {again:?}");
    }

    #[test]
    fn there_need_not_be_an_older_folder() {
        let (root, folder, older) = folders();
        leave(&folder, SAID);
        for older in [None, Some(&*older), Some(&*folder), Some(&*root.path().join("missing"))] {
            let settled = settle(&folder, older).unwrap();
            assert!(settled.found.is_none() && settled.folder == folder, "{settled:?}");
        }
        assert!(knows(&folder, SAID));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_same_folder_brings_nothing() {
        let (root, folder, _) = folders();
        leave(&folder, SAID);
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&folder, &link).unwrap();
        assert!(settle(&folder, Some(&link)).unwrap().found.is_none());
        assert!(knows(&folder, SAID));
    }

    #[test]
    fn a_cache_that_another_program_uses_is_used_where_it_lies_and_brought_later() {
        let (_root, folder, older) = folders();
        leave(&older, SAID);
        let other = Connection::open(older.join(FILE_NAME)).unwrap();
        other.execute_batch("BEGIN; SELECT count(*) FROM meetings").unwrap();
        let settled = settle(&folder, Some(&older)).unwrap();
        assert!(
            matches!(&settled.found, Some(OlderFolder::Stayed { wanted }) if *wanted == folder),
            "{settled:?}"
        );
        assert_eq!(settled.folder, older);
        assert_eq!(left(&folder), Vec::<String>::new(), "nobody begins with an empty one");
        assert!(knows(&older, SAID));
        drop(other);
        let settled = settle(&folder, Some(&older)).unwrap();
        assert!(settled.found.is_none() && settled.folder == folder, "{settled:?}");
        assert!(knows(&folder, SAID));
    }

    #[cfg(windows)]
    #[test]
    fn a_cache_that_may_not_be_renamed_is_used_where_it_lies() {
        use std::os::windows::fs::OpenOptionsExt as _;

        const FILE_SHARE_READ_AND_WRITE: u32 = 3;
        let (_root, folder, older) = folders();
        leave(&older, SAID);
        let path = older.join(FILE_NAME);
        let held = fs::File::options().read(true).share_mode(FILE_SHARE_READ_AND_WRITE).open(path).unwrap();
        let settled = settle(&folder, Some(&older)).unwrap();
        assert!(matches!(&settled.found, Some(OlderFolder::Stayed { .. })), "{settled:?}");
        assert_eq!((settled.folder.as_path(), left(&folder)), (older.as_path(), Vec::new()));
        drop(held);
        assert_eq!(settle(&folder, Some(&older)).unwrap().folder, folder);
        assert!(knows(&folder, SAID));
    }

    #[test]
    fn of_two_caches_the_one_that_was_used_last_counts_and_the_other_is_kept() {
        for older_was_used_last in [false, true] {
            let (_root, folder, older) = folders();
            leave(&folder, "here");
            leave(&older, "there");
            for (folder, seconds) in
                [(&folder, 2_000), (&older, if older_was_used_last { 3_000 } else { 1_000 })]
            {
                for name in left(folder) {
                    set_time(&folder.join(name), seconds);
                }
            }
            let settled = settle(&folder, Some(&older)).unwrap();
            let Some(OlderFolder::Two { kept }) = &settled.found else { panic!("{settled:?}") };
            assert_eq!((&settled.folder, left(&older)), (&folder, Vec::new()));
            let (used, other) = if older_was_used_last { ("there", "here") } else { ("here", "there") };
            assert!(knows(&folder, used) && !knows(&folder, other), "{used} was used last");
            let aside = tempfile::tempdir().unwrap();
            for ending in JOURNALS.into_iter().chain([""]) {
                // What is not there need not be copied.
                let _ = disk::copy(
                    &with_ending(kept, ending),
                    &with_ending(&aside.path().join(FILE_NAME), ending),
                );
            }
            assert!(knows(aside.path(), other), "{other} is kept");
            assert!(settle(&folder, Some(&older)).unwrap().found.is_none(), "and said once");
        }
    }

    #[cfg(unix)]
    #[test]
    fn an_older_folder_that_cannot_be_looked_at_is_not_taken_for_none() {
        let (root, folder, _) = folders();
        let circle = root.path().join("circle");
        std::os::unix::fs::symlink(&circle, &circle).unwrap();
        let refused = settle(&folder, Some(&circle.join("older"))).unwrap_err();
        assert!(
            matches!(&refused, Error::ReadOnly { folder, .. } if folder.ends_with("older")),
            "{refused:?}"
        );
        assert_eq!(left(&folder), Vec::<String>::new(), "nobody begins with an empty one");
    }

    #[test]
    fn a_damaged_cache_is_brought_as_it_is() {
        let (_root, folder, older) = folders();
        fs::write(older.join(FILE_NAME), "this is no database, but it may be dear to somebody").unwrap();
        // As after a start that was cut off in the middle.
        fs::write(folder.join("sally.db-journal"), "another journal of it").unwrap();
        let settled = settle(&folder, Some(&older)).unwrap();
        assert!(settled.found.is_none() && settled.folder == folder, "{settled:?}");
        assert_eq!(left(&folder), ["sally.db", "sally.db-journal"]);
        assert!(Store::open(&folder).unwrap().damage.is_some(), "and put aside like any other");
    }

    #[test]
    fn a_journal_of_another_file_is_not_taken_for_one_of_it() {
        let (_root, folder, older) = folders();
        leave(&folder, "of another file");
        disk::remove(&folder.join(FILE_NAME)).unwrap();
        leave(&older, SAID);
        settle(&folder, Some(&older)).unwrap();
        assert_eq!(left(&folder), ["sally.db"]);
        assert!(knows(&folder, SAID));
    }

    #[test]
    fn a_synchronised_folder_is_refused_before_anything_is_brought_there() {
        let (_root, folder, older) = folders();
        fs::create_dir(folder.parent().unwrap().join(".stfolder")).unwrap();
        leave(&older, SAID);
        assert!(matches!(settle(&folder, Some(&older)), Err(Error::Unfit(_))));
        assert!(knows(&older, SAID));
    }
}
