//! Writing a meeting to a file that the person chose.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use uuid::Uuid;

use super::{Error, Library};
use crate::api::{ExportFormat, ExportMeeting};
use crate::disk;
use crate::domain::problem::Gone;
use crate::sources::files::{self, Export};
use crate::store;

impl Library {
    /// The name that a meeting's file may have.
    pub(in crate::app) async fn export_name(&self, wanted: ExportMeeting) -> Result<String, Error> {
        let head = self.0.store.read(move |db| db.meetings().head(wanted.meeting)).await?;
        let extension = match wanted.format {
            ExportFormat::Markdown => "md",
            ExportFormat::Json => "json",
        };
        Ok(files::file_name(&head.ok_or_else(|| Error::gone(Gone::Meeting))?.title, extension))
    }

    /// Writes a meeting to a file.
    pub(in crate::app) async fn export_meeting(
        &self,
        wanted: ExportMeeting,
        path: &Path,
    ) -> Result<(), Error> {
        let id = wanted.meeting;
        let read = move |db: &store::ReadTx<'_>| Ok((db.meetings().get(id)?, db.meetings().source_key(id)?));
        let (meeting, key) = self.0.store.read(read).await?;
        let export =
            Export { meeting: &meeting.ok_or_else(|| Error::gone(Gone::Meeting))?, key: key.as_deref() };
        let text = match wanted.format {
            ExportFormat::Markdown => export.to_markdown(),
            ExportFormat::Json => export.to_json(),
        };
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || replace(&path, |mut file| file.write_all(text.as_bytes())))
            .await?
            .map_err(Error::File)
    }
}

/// Makes a file of what is written, or leaves what was there: it is written beside it first. A link stays one, and a file
/// that may not be written is not replaced either.
fn replace(path: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => Some(file.metadata()?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A device has nothing to lose, and nothing can be put in its place.
    if before.as_ref().is_some_and(|about| !about.is_file()) {
        return write(&File::create(&path)?);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.part", Uuid::new_v4().simple()));
    let new = match OpenOptions::new().write(true).create_new(true).open(&beside) {
        Ok(new) => new,
        // Of a folder that is not the person's only this file may be written.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && before.is_some() => {
            return write(&File::create(&path)?);
        }
        Err(error) => return Err(error),
    };
    let written = (|| {
        if let Some(about) = &before {
            new.set_permissions(about.permissions())?;
        }
        write(&new)?;
        new.sync_all()
    })();
    drop(new);
    written.and_then(|()| disk::rename(&beside, &path)).inspect_err(|_| {
        // What is half written is of no use; if it cannot be removed, that is not what to tell.
        let _ = disk::remove(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_was_there_stays_if_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meeting.md");
        let full = |mut file: &File| {
            file.write_all(b"half of i")?;
            Err(ErrorKind::StorageFull.into())
        };
        assert_eq!(replace(&path, full).unwrap_err().kind(), ErrorKind::StorageFull);
        assert!(names(folder.path()).is_empty(), "half a file is none");
        fs::write(&path, "what was there").unwrap();
        assert_eq!(replace(&path, full).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(&path).unwrap(), "what was there");
        replace(&path, |mut file| file.write_all(b"new")).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("new", 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_stays_what_it_was_beside_its_content() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("kept.md"), folder.path().join("link.md"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, |mut file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "a link still leads there");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640, "for the same people");
    }
}
