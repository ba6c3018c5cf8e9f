//! The files of a database, their names, and moving them: complete, with their journals, and never over a file that may be the
//! only copy. Called by who opens, moves, copies and puts aside.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::FILE_NAME;
use crate::disk;

/// The name of a file that is put aside.
pub(super) fn name(number: u32) -> String {
    format!("{FILE_NAME}.damaged-{number}")
}

/// The files of which a database consists, apart from their endings.
pub(super) const JOURNALS: [&str; 3] = ["-journal", "-wal", "-shm"];

/// The databases that were put aside.
pub(super) fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut numbers: Vec<u32> = std::fs::read_dir(folder)?
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_prefix(FILE_NAME)?.strip_prefix(".damaged-")?.parse().ok()
        })
        .collect();
    numbers.sort_unstable();
    Ok(numbers.into_iter().map(name).collect())
}

/// Renames the file, and the journals that belong to it, to the first free name.
pub(super) fn move_aside(path: &Path) -> std::io::Result<PathBuf> {
    let aside = free_name(path);
    move_all(path, &aside)?;
    Ok(aside)
}

/// The first name beside the file that nothing has that was put aside.
pub(super) fn free_name(path: &Path) -> PathBuf {
    let mut number = 1;
    loop {
        let aside = path.with_file_name(name(number));
        if !aside.exists() {
            return aside;
        }
        number += 1;
    }
}

/// The path of a file that belongs to another one, such as its journal.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}

/// Moves a database with its journals, or leaves it. What is cut off in the middle is finished by the next start.
pub(super) fn move_all(from: &Path, to: &Path) -> io::Result<()> {
    let mut moved = Vec::new();
    // The database last: where it is, it is looked for.
    for ending in JOURNALS.into_iter().chain([""]) {
        let (from, to) = (with_ending(from, ending), with_ending(to, ending));
        match move_file(&from, &to) {
            Ok(()) => moved.push((from, to)),
            Err(error) if error.kind() == ErrorKind::NotFound && !ending.is_empty() => {}
            Err(error) => {
                for (from, to) in moved {
                    // What cannot go back either is joined by the rest of it at the next start.
                    let _ = move_file(&to, &from);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Moves a file, also to another disk. Half of it is never there.
fn move_file(from: &Path, to: &Path) -> io::Result<()> {
    match disk::rename(from, to) {
        Err(error) if error.kind() == ErrorKind::CrossesDevices => copy_over(from, to),
        done => done,
    }
}

fn copy_over(from: &Path, to: &Path) -> io::Result<()> {
    let half = with_ending(to, ".moving");
    let copied = disk::copy(from, &half)
        .and_then(|()| std::fs::File::options().write(true).open(&half)?.sync_all())
        .and_then(|()| disk::rename(&half, to));
    if copied.is_err() {
        let _ = disk::remove(&half);
        return copied;
    }
    if let Err(error) = disk::remove(from) {
        // It is the older one of two at the next start.
        tracing::warn!(%error, "the older data was copied, and could not be removed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_moved_to_another_disk_whole() {
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("from"), root.path().join("to"));
        fs::write(&from, "all of it").unwrap();
        fs::write(root.path().join("to.moving"), "half of what was longer, from a start that was cut off")
            .unwrap();
        copy_over(&from, &to).unwrap();
        assert_eq!(fs::read_to_string(&to).unwrap(), "all of it");
        assert_eq!(root.path().read_dir().unwrap().count(), 1, "and nothing is left");
        assert!(copy_over(&from, &to).is_err(), "there is nothing to move");
        assert_eq!(fs::read_to_string(&to).unwrap(), "all of it");
    }
}
