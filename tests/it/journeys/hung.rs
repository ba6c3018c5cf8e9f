//! A file system that hangs, as a network share does.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder on a network that does not answer: whoever looks at it waits until this is dropped.
pub(super) struct Hung {
    /// Of a file system that nobody serves.
    served: Option<File>,
    folder: PathBuf,
}

impl Hung {
    /// By this kind of file system. Nothing where the system lets nobody mount, as it does for people who are not its
    /// administrator.
    pub(super) fn at(folder: &Path, kind: &str) -> Option<Self> {
        let served = File::options().read(true).write(true).open("/dev/fuse").ok()?;
        let mounted = Command::new("mount")
            .args(["-i", "-t", kind, "-o", "fd=0,rootmode=40000,user_id=0,group_id=0", "hung"])
            .arg(folder)
            .stdin(served.try_clone().unwrap())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self { served: Some(served), folder: folder.to_owned() })
    }
}

impl Drop for Hung {
    fn drop(&mut self) {
        // Who waits is told that nobody is there.
        drop(self.served.take());
        let unmounted = Command::new("umount").args(["-i", "-l"]).arg(&self.folder).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{} stays mounted", self.folder.display());
    }
}
