//! Reads a file that a stranger may have made. What was opened is looked at, not what the path led to a moment before, and
//! opening waits for nobody. Called by `app`.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read as _};
use std::path::Path;

use super::{MAX_BYTES, check_size};
use crate::domain::reading::{Refusal, Unreadable};

/// Whether a link at the end of a path is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// It is: a person chose the path.
    Follow,
    /// It is refused: whoever made the link may not be who may read what it leads to.
    Refuse,
}

/// What a file holds, and where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub struct Contents {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the program that wrote it marked it as downloaded.
    pub is_from_web: bool,
}

/// Reads a file's bytes, if it is a regular file of at most [`MAX_BYTES`].
pub fn read(path: &Path, links: Links) -> Result<Vec<u8>, Unreadable> {
    read_with_mark(path, links).map(|contents| contents.bytes)
}

/// The same, and looks for a mark of the web.
pub fn read_with_mark(path: &Path, links: Links) -> Result<Contents, Unreadable> {
    let file = open(path, links).map_err(|error| refusal(path, links, &error))?;
    let is_from_web = is_from_web(&file, path);
    Ok(Contents { bytes: read_opened(file)?, is_from_web })
}

/// Whether a browser or another program marked a file as downloaded. Not all of them do, and not every file system can hold
/// it: a file without a mark may come from anywhere.
#[cfg(unix)]
fn is_from_web(file: &File, _: &Path) -> bool {
    const MARK: &str = if cfg!(target_os = "macos") { "com.apple.quarantine" } else { "user.xdg.origin.url" };
    rustix::fs::fgetxattr(file, MARK, &mut [0_u8; 0][..]).is_ok()
}

#[cfg(windows)]
fn is_from_web(_: &File, path: &Path) -> bool {
    let mut mark = path.as_os_str().to_owned();
    mark.push(":Zone.Identifier");
    File::open(mark).is_ok()
}

#[cfg(unix)]
fn open(path: &Path, links: Links) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    // A pipe would be waited for until somebody writes to it, and a terminal would become the app's own.
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if links == Links::Refuse {
        flags |= OFlags::NOFOLLOW;
    }
    OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)
}

/// Windows can open a link instead of what it leads to, and would then read the raw data of files that are compressed or in a
/// cloud. So what is at the path is opened beside the file: where they are two, the file is behind a link.
#[cfg(windows)]
fn open(path: &Path, links: Links) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;

    use winapi_util::file::information;

    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let file = File::open(path)?;
    if links == Links::Refuse {
        let mut options = OpenOptions::new();
        let there = options.access_mode(0).custom_flags(FILE_FLAG_OPEN_REPARSE_POINT).open(path)?;
        let [opened, there] = [information(&file)?, information(&there)?]
            .map(|about| (about.volume_serial_number(), about.file_index()));
        if opened != there {
            return Err(ErrorKind::InvalidInput.into());
        }
    }
    Ok(file)
}

/// Why a path could not be opened.
fn refusal(path: &Path, links: Links, error: &io::Error) -> Unreadable {
    let is_link = || path.symlink_metadata().is_ok_and(|about| about.is_symlink());
    Unreadable::whole(match error.kind() {
        ErrorKind::NotFound => Refusal::NotFound,
        _ if links == Links::Refuse && is_link() => Refusal::Link,
        // Windows opens no folder.
        _ if path.is_dir() => Refusal::Folder,
        // And a socket is opened nowhere.
        _ if path.metadata().is_ok_and(|about| !about.is_file()) => Refusal::NotRegular,
        _ => system(error),
    })
}

fn system(error: &io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::PermissionDenied => Refusal::NotPermitted,
        _ => Refusal::System { error: error.to_string() },
    }
}

fn read_opened(file: File) -> Result<Vec<u8>, Unreadable> {
    let refused = |error: io::Error| Unreadable::whole(system(&error));
    let about = file.metadata().map_err(refused)?;
    if about.is_dir() {
        return Err(Unreadable::whole(Refusal::Folder));
    }
    // A pipe or a device gives bytes for ever, or none.
    if !about.is_file() {
        return Err(Unreadable::whole(Refusal::NotRegular));
    }
    check_size(about.len())?;
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or_default());
    // The file may grow while it is read.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(refused)?;
    check_size(bytes.len() as u64)?;
    Ok(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::process::Command;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    fn refused(path: &Path, links: Links) -> Refusal {
        read(path, links).unwrap_err().reason
    }

    #[test]
    fn a_pipe_is_not_waited_for_and_a_socket_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let (pipe, socket) = (folder.path().join("notes.md"), folder.path().join("socket.md"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let (tell, told) = mpsc::channel();
        // On a thread of its own, since to open a pipe may be to wait for ever.
        std::thread::spawn(move || {
            for path in [pipe, socket] {
                let _ = tell.send(refused(&path, Links::Follow));
            }
        });
        for what in ["a pipe", "a socket"] {
            let answer = told.recv_timeout(Duration::from_secs(10));
            assert_eq!(answer, Ok(Refusal::NotRegular), "{what}: the app is not held up, and says why");
        }
    }

    #[test]
    fn a_file_that_gave_way_to_a_pipe_is_not_read() {
        // As when something else takes a file's place between two looks at its path: only what was opened counts.
        let (pipe, writer) = std::io::pipe().unwrap();
        drop(writer);
        let pipe = File::from(std::os::fd::OwnedFd::from(pipe));
        assert_eq!(read_opened(pipe), Err(Unreadable::whole(Refusal::NotRegular)));
    }

    #[test]
    fn a_link_is_followed_for_a_person_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [file, link, gone, dangling] =
            ["a.md", "b.md", "c.md", "d.md"].map(|name| folder.path().join(name));
        std::fs::write(&file, "notes").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        std::os::unix::fs::symlink(&gone, &dangling).unwrap();
        assert_eq!(read(&link, Links::Follow).unwrap(), b"notes");
        assert_eq!(refused(&link, Links::Refuse), Refusal::Link, "whatever it leads to");
        assert_eq!(refused(&dangling, Links::Refuse), Refusal::Link, "and be it nothing");
        assert_eq!(refused(&gone, Links::Refuse), Refusal::NotFound);
        assert_eq!(read(&file, Links::Refuse).unwrap(), b"notes", "a file is read");
    }
}
