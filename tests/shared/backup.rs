//! A backup of the app's files, as a person makes one, and putting it back.

#![expect(clippy::disallowed_methods, reason = "done by hand, while the app is not running or has the files")]

use std::io::{self, ErrorKind};
use std::path::Path;

/// Copies the files of a folder. One that vanishes meanwhile, since the app is running, is not in the backup.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in from.read_dir()? {
        let entry = entry?;
        if entry.path().is_dir() {
            continue;
        }
        match std::fs::copy(entry.path(), to.join(entry.file_name())) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Puts a backup in the place of the files.
pub(crate) fn put_back(backup: &Path, folder: &Path) -> io::Result<()> {
    for entry in folder.read_dir()? {
        std::fs::remove_file(entry?.path())?;
    }
    copy(backup, folder)
}
