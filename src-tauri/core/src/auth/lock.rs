//! The lock of a keyring entry between the processes of a person. A keyring has none of its own, and it is the same whatever
//! data a process works on; so the lock's file is named after the entry, and lies in one place for all of them. Waits, and
//! leaves no thread behind. Used by `entry` and `tokens`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::time::{Instant, sleep};

use crate::disk;

/// How soon to try again for the lock.
const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Timeout for a lock that another process holds, where a person waits.
pub(super) const SHORT_TIMEOUT: Duration = Duration::from_secs(5);

/// The lock of a keyring entry.
#[derive(Clone, Debug)]
pub struct EntryLock {
    file: PathBuf,
}

impl EntryLock {
    /// The lock of the entry of this name. `folder` is the same for all data of a person, and closed to others.
    pub fn new(folder: &Path, entry: &str) -> Self {
        Self { file: folder.join(format!("{}.lock", utf8_percent_encode(entry, NON_ALPHANUMERIC))) }
    }

    /// Its file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Waits for the lock, which ends with the file. `waiting` is called each time that somebody else has it.
    pub(super) async fn take(&self, patience: Duration, mut waiting: impl FnMut()) -> io::Result<File> {
        let until = Instant::now() + patience;
        loop {
            let file = self.file.clone();
            let tried = tokio::task::spawn_blocking(move || {
                if let Some(folder) = file.parent() {
                    disk::private_folder(folder)?;
                }
                disk::try_lock(&file)
            });
            if let Some(locked) = tried.await.map_err(io::Error::other)?? {
                return Ok(locked);
            }
            waiting();
            if Instant::now() >= until {
                return Err(io::ErrorKind::TimedOut.into());
            }
            sleep(RETRY_DELAY).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_has_it_at_a_time_and_who_waits_too_long_goes_without() {
        let folder = tempfile::tempdir().unwrap();
        // A folder for locks may have to be made, and a name may hold what no file's name can.
        let place = folder.path().join("locks");
        let lock = || EntryLock::new(&place, "sandbox 127.0.0.1:9000 [::1]/..");
        assert_eq!(lock().file().parent(), Some(&*place), "no name leads out of the folder");
        let held = lock().take(SHORT_TIMEOUT, || panic!("nobody has it")).await.unwrap();
        let mut waited = 0;
        let refused = lock().take(Duration::from_millis(10), || waited += 1).await.unwrap_err();
        assert!(refused.kind() == io::ErrorKind::TimedOut && waited > 0, "{refused:?}");
        EntryLock::new(&place, "another").take(SHORT_TIMEOUT, || panic!("each has its own")).await.unwrap();
        drop(held);
        lock().take(SHORT_TIMEOUT, || panic!("it was let go of")).await.unwrap();
    }
}
