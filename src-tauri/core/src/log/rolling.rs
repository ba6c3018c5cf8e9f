//! Two files of a bounded size: when the newer one is full, it takes the place of the older one. A file is open only while it is
//! written, so that it can be removed, moved and read at any time on every system.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::{FILE, OLDER_FILE};
use crate::disk;

/// How long each of the two may be.
const MAX_FILE_SIZE: u64 = 1024 * 1024;

pub(super) struct Rolling {
    folder: PathBuf,
    limit: u64,
}

impl Rolling {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, limit: MAX_FILE_SIZE }
    }

    /// Writes lines at the end. Of lines that are longer than a file the last ones are kept.
    pub(super) fn append(&self, lines: &str) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        disk::private_folder(&self.folder)?;
        let lines = last(lines, self.limit);
        let path = self.folder.join(FILE);
        let mut file = disk::private_file_to_append(&path)?;
        let length = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        if file.metadata()?.len().saturating_add(length) > self.limit {
            drop(file);
            disk::rename(&path, &self.folder.join(OLDER_FILE))?;
            file = disk::private_file_to_append(&path)?;
        }
        file.write_all(lines)
    }

    /// Removes the files, and the folder where nothing else is in it.
    pub(super) fn remove(&self) -> io::Result<()> {
        disk::remove(&self.folder.join(FILE))?;
        disk::remove(&self.folder.join(OLDER_FILE))?;
        // What else is in there is somebody's.
        let _kept = fs::remove_dir(&self.folder);
        Ok(())
    }
}

fn last(lines: &str, limit: u64) -> &[u8] {
    let bytes = lines.as_bytes();
    &bytes[bytes.len().saturating_sub(usize::try_from(limit).unwrap_or(usize::MAX))..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_stay_within_their_bounds_and_hold_the_newest() {
        let data = tempfile::tempdir().unwrap();
        let log = Rolling { folder: data.path().join("logs"), limit: 100 };
        for number in 0..50 {
            log.append(&format!("line {number:02}\n")).unwrap();
        }
        let [newer, older] =
            [FILE, OLDER_FILE].map(|name| fs::read_to_string(log.folder.join(name)).unwrap());
        assert!(newer.len() <= 100 && older.len() <= 100, "{} and {}", newer.len(), older.len());
        let both = older + &newer;
        assert!(both.ends_with("line 48\nline 49\n") && !both.contains("line 00"), "{both}");
        log.append(&"x".repeat(500)).unwrap();
        assert_eq!(fs::metadata(log.folder.join(FILE)).unwrap().len(), 100, "whatever comes at once");
        assert_eq!(fs::read_dir(&log.folder).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let data = tempfile::tempdir().unwrap();
        Rolling::new(data.path().to_owned()).append("a line\n").unwrap();
        let mode = fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
