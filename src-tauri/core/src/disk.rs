//! Files and folders that others on the machine may not look into, and locks. And giving files other names, copying and
//! removing them, where another program may hold them for a moment. On Windows a scanner for viruses, a search or a program
//! that synchronises opens whatever was just written, and the file can be neither renamed nor removed meanwhile. So it is
//! tried again for two seconds. Refuses to decide which file: called by `store`, `auth`, `app` and the shell, on threads that
//! may wait.
#![expect(clippy::disallowed_methods, reason = "the one place that renames, copies and removes files")]

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// For how long a file is tried again that somebody holds.
const RETRY_TIMEOUT: Duration = Duration::from_secs(2);
/// How long after each try.
const RETRY_DELAY: Duration = Duration::from_millis(20);

/// What Windows answers of a file that somebody holds: access is denied, it is shared with nobody, a part of it is locked.
/// The first is also said where the person may not; then the two seconds are for nothing.
const HELD: [i32; 3] = [5, 32, 33];

/// Gives a file another name, in the place of a file that has it.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| std::fs::rename(from, to))
}

/// Copies a file, in the place of one that has the name.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| std::fs::copy(from, to).map(drop))
}

/// Removes a file, if it is there.
pub fn remove(path: &Path) -> io::Result<()> {
    patiently(|| match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    })
}

/// Makes a folder into which only this person may look, and what is missing above it. One that is there already is closed to
/// others if it is this person's, unless it holds more than this app's: their home and what is above it, and folders in which
/// everybody makes files. On Windows a folder has the rights of the profile that it lies in.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        const EVERYBODYS: u32 = 0o1000;
        let mode = std::fs::metadata(folder)?.permissions().mode();
        let is_above_home = std::env::home_dir().is_some_and(|home| home.starts_with(folder));
        if mode & EVERYBODYS == 0 && !is_above_home {
            close_to_others(folder, mode);
        }
    }
    Ok(())
}

/// Opens a file for writing that only this person may read, and makes it if it is not there.
pub fn private_file(path: &Path) -> io::Result<File> {
    open_private(path, File::options().create(true).truncate(false).write(true))
}

/// Takes the lock of a file that only this person may open, and makes the file if it is not there. `None` while somebody else
/// has the lock. It ends with the file, or with the process, however that ends.
pub fn try_lock(path: &Path) -> io::Result<Option<File>> {
    let file = private_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Opens a file for adding to its end that only this person may read, and makes it if it is not there.
pub fn private_file_to_append(path: &Path) -> io::Result<File> {
    open_private(path, File::options().create(true).append(true))
}

fn open_private(path: &Path, options: &mut std::fs::OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    keep_private(path);
    Ok(file)
}

/// Closes a file to others that an earlier version or another program made for all to read. What is somebody else's stays.
pub fn keep_private(path: &Path) {
    #[cfg(unix)]
    if let Ok(about) = std::fs::metadata(path) {
        close_to_others(path, std::os::unix::fs::PermissionsExt::mode(&about.permissions()));
    }
    #[cfg(not(unix))]
    let _ = path;
}

#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    const OTHERS: u32 = 0o077;
    if mode & OTHERS == 0 {
        return;
    }
    if let Err(error) = std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode & !OTHERS)) {
        tracing::warn!(%error, "others on this machine may look into what the app has stored");
    }
}

fn patiently(mut attempt: impl FnMut() -> io::Result<()>) -> io::Result<()> {
    let limit = Instant::now() + RETRY_TIMEOUT;
    loop {
        match attempt() {
            Err(error) if is_held(&error) && Instant::now() < limit => thread::sleep(RETRY_DELAY),
            done => return done,
        }
    }
}

fn is_held(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error().is_some_and(|code| HELD.contains(&code))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_takes_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("new"), folder.path().join("old"));
        fs::write(&new, "new").unwrap();
        fs::write(&old, "old").unwrap();
        copy(&new, &old).unwrap();
        assert_eq!(fs::read_to_string(&old).unwrap(), "new");
        rename(&new, &old).unwrap();
        assert!(!new.exists() && old.exists());
        remove(&old).unwrap();
        remove(&old).expect("it is gone already");
    }

    #[test]
    fn what_nobody_holds_fails_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut tries = 0;
        let missing = patiently(|| {
            tries += 1;
            fs::rename(folder.path().join("missing"), folder.path().join("new"))
        });
        assert_eq!((missing.unwrap_err().kind(), tries), (io::ErrorKind::NotFound, 1));
    }

    /// Holds a file as a scanner does that lets nobody rename or remove it.
    #[cfg(windows)]
    fn hold(path: &Path) -> fs::File {
        use std::os::windows::fs::OpenOptionsExt as _;

        const FILE_SHARE_READ: u32 = 1;
        fs::File::options().read(true).share_mode(FILE_SHARE_READ).open(path).unwrap()
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_is_held_for_a_moment_is_renamed() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::write(&old, "").unwrap();
        let (mut held, mut tries) = (Some(hold(&old)), 0);
        patiently(|| {
            tries += 1;
            if tries == 3 {
                held.take();
            }
            fs::rename(&old, &new)
        })
        .unwrap();
        assert_eq!(tries, 3, "it was refused while it was held");
        assert!(!old.exists() && new.exists());
    }

    #[cfg(windows)]
    #[test]
    fn a_file_that_stays_held_is_given_up_after_two_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let (old, new) = (folder.path().join("old"), folder.path().join("new"));
        fs::write(&old, "").unwrap();
        let held = hold(&old);
        let given_up = |attempt: &dyn Fn() -> io::Result<()>| {
            let started = Instant::now();
            let refused = attempt().unwrap_err();
            assert!(is_held(&refused), "{refused:?}");
            let took = started.elapsed();
            assert!(took >= RETRY_TIMEOUT && took < RETRY_TIMEOUT * 5, "{took:?}");
        };
        given_up(&|| rename(&old, &new));
        given_up(&|| remove(&old));
        drop(held);
        remove(&old).unwrap();
        assert!(!old.exists());
    }
}
