//! Golden files: `tests/adf` has Markdown and HTML files, each next to its expected document. `SALLY_WRITE_GOLDEN=1` rewrites
//! the documents, to be reviewed before they are committed.

use std::path::{Path, PathBuf};

use sally_core::adf::{Document, from_html, from_markdown};
use serde_json::Value;

use super::schema::checked;

/// Names tasks and lists in the order in which they are made.
pub(super) fn counter() -> impl FnMut() -> String {
    let mut made = 0;
    move || {
        made += 1;
        format!("id-{made}")
    }
}

fn read(path: &Path) -> Option<Document> {
    let read = match path.extension()?.to_str()? {
        "md" => |text: &str| from_markdown(text, &mut counter()),
        "html" => |text: &str| from_html(text, &mut counter()),
        _ => return None,
    };
    Some(read(&std::fs::read_to_string(path).unwrap()))
}

#[test]
fn every_golden_pair_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("adf");
    let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut pairs = 0;
    for (path, document) in files.iter().filter_map(|path| Some((path, read(path)?))) {
        let golden = path.with_extension("json");
        let made = checked(&document);
        if std::env::var_os("SALLY_WRITE_GOLDEN").is_some() {
            std::fs::write(&golden, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
        }
        let wanted = std::fs::read(&golden).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        let wanted: Value = serde_json::from_slice(&wanted).unwrap();
        assert_eq!(made, wanted, "{} makes another document than {}", path.display(), golden.display());
        pairs += 1;
    }
    assert!(pairs >= 9, "the golden pairs are in {}; only {pairs} were found", folder.display());
}
