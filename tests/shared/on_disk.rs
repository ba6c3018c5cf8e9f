//! What lies in the app's folder while the app works there: at any moment files vanish, and get other names.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long Windows may refuse a file that is being deleted, renamed or written.
const HELD: Duration = Duration::from_secs(2);

/// The names of the files, also in folders below, in which a word stands, in large letters or small.
pub(crate) fn files_with(folder: &Path, word: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for path in files(folder)? {
        let bytes = read(&path)?.unwrap_or_default();
        if bytes.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())) {
            found.extend(path.file_name().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    found.sort();
    Ok(found)
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if !path.is_dir() {
            // Sockets and pipes keep no words.
            found.extend(path.is_file().then_some(path));
            continue;
        }
        match files(&path) {
            Ok(below) => found.extend(below),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// What a file holds, unless it is gone by now.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let limit = Instant::now() + HELD;
    loop {
        match std::fs::read(path) {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) if cfg!(windows) && Instant::now() < limit => sleep(Duration::from_millis(10)),
            Err(error) => return Err(error),
        }
    }
}
