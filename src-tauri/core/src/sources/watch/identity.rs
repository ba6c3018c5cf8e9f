//! The identity of a folder, independent of its path. Used by [`super::Folder`].

use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Identifies a folder independently of its path: a folder that was created at the path of another one, or a mount point without
/// its disk, has another identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    number: u64,
    /// Linux' file systems give a number that became free to the next folder. Elsewhere they do not, and not every one knows
    /// the time: some say when the folder was changed.
    made: Option<SystemTime>,
}

impl Identity {
    /// Whether this is the folder to which a path leads.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        Self::of(path).is_ok_and(|there| there == *self)
    }

    /// That of the folder to which a path leads, also over links. An error if there is none.
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt as _;

        let about = path.metadata()?;
        if !about.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        let made = if cfg!(target_os = "linux") { about.created().ok() } else { None };
        Ok(Self { device: about.dev(), number: about.ino(), made })
    }

    /// That of the folder to which a path leads, also over links. An error if there is none.
    #[cfg(windows)]
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        use winapi_util::{Handle, file};

        if !path.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        // The handle is let go of at once: it would keep the folder from being deleted.
        let about = file::information(Handle::from_path_any(path)?)?;
        Ok(Self { device: about.volume_serial_number(), number: about.file_index(), made: None })
    }
}
