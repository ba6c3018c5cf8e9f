//! docs/SYSTEMS.md names each file that differs from system to system: it is read here beside the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::tools;

/// Where the code is.
const FOLDERS: [&str; 3] = ["src-tauri", "tests", "Cargo.toml"];

/// What makes a file differ.
const MARKS: [&str; 3] = ["target_os", "(windows", "(unix"];

/// In files that only name the marks.
const EXCEPT: &str = "src-tauri/xtask/src/systems.rs";

fn differing(path: &Path, found: &mut BTreeSet<String>) {
    if path.is_dir() {
        let is_ours = !path.ends_with("target") && !path.ends_with("node_modules");
        for entry in path.read_dir().unwrap().filter(|_| is_ours) {
            differing(&entry.unwrap().path(), found);
        }
        return;
    }
    let is_code = path.extension().is_some_and(|ending| ending == "rs" || ending == "toml");
    let name = path.strip_prefix(tools::root()).unwrap().to_string_lossy().replace('\\', "/");
    if is_code && name != EXCEPT {
        let text = fs::read_to_string(path).unwrap();
        if MARKS.iter().any(|mark| text.contains(mark)) {
            found.insert(name);
        }
    }
}

/// The files in the first column of the table.
fn named(document: &str) -> BTreeSet<String> {
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn each_file_that_differs_from_system_to_system_has_a_line() {
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        differing(&tools::root().join(folder), &mut found);
    }
    let document = fs::read_to_string(tools::root().join("docs/SYSTEMS.md")).unwrap();
    let named = named(&document);
    let unnamed: Vec<_> = found.difference(&named).collect();
    let gone: Vec<_> = named.difference(&found).collect();
    assert!(unnamed.is_empty(), "docs/SYSTEMS.md says nothing of {unnamed:#?}");
    assert!(gone.is_empty(), "docs/SYSTEMS.md has lines for {gone:#?}, which differ no more");
}
