//! The importers against files in the format of each tool's export (`tests/meetings`, with the expected result in
//! `expected.json`), against mutated and random bytes, and against files that are too large.

use std::path::{Path, PathBuf};

mod fixtures;
#[cfg(target_os = "linux")]
mod limits;
mod mutations;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("meetings")
}

/// Every export, by its name.
fn exports() -> Vec<(String, Vec<u8>)> {
    let mut exports: Vec<_> = folder()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .filter(|(name, _)| name != "expected.json")
        .collect();
    exports.sort();
    exports
}
