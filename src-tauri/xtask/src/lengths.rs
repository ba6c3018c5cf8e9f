//! A file that is longer than 400 lines says near its top why: who opens it learns whether it may be split.

use std::fs;

use crate::tools;

/// The longest file without a reason.
const LONGEST: usize = 400;

/// The reason is within these lines.
const TOP: usize = 20;

/// How it begins, whatever a comment looks like in the language.
const REASON: &str = "Longer than 400 lines: ";

/// What is source.
const ENDINGS: [&str; 4] = [".rs", ".ts", ".svelte", ".py"];

/// How a file that is made by a program begins.
const GENERATED: &str = "// Generated from";

/// The files of the repository that are source, by their names.
fn sources() -> Vec<String> {
    let root = tools::root().display().to_string();
    let files =
        tools::answer("git", &["-C", &root, "ls-files", "--cached", "--others", "--exclude-standard"]);
    let files = files.expect("git lists the files");
    let is_source = |name: &&str| ENDINGS.iter().any(|ending| name.ends_with(ending));
    files.lines().filter(is_source).map(str::to_owned).collect()
}

/// How long a file is, if that is too long.
fn too_long(text: &str) -> Option<usize> {
    let length = text.lines().count();
    let gives_reason =
        |line: &str| line.split_once(REASON).is_some_and(|(_, why)| why.split_whitespace().count() > 2);
    let has_reason = text.lines().take(TOP).any(gives_reason);
    (length > LONGEST && !has_reason && !text.starts_with(GENERATED)).then_some(length)
}

#[test]
fn a_long_file_says_why() {
    let mut long = Vec::new();
    for name in sources() {
        // One that is listed may be deleted.
        let Ok(text) = fs::read_to_string(tools::root().join(&name)) else { continue };
        long.extend(too_long(&text).map(|length| format!("{name}: {length}")));
    }
    assert!(long.is_empty(), "split them, or say “{REASON}…” in their first lines: {long:#?}");
}

#[test]
fn a_reason_is_more_than_a_word() {
    let with = |top: &str| too_long(&format!("{top}\n{}", "fn f() {}\n".repeat(LONGEST)));
    assert_eq!(with("//! Something."), Some(LONGEST + 1));
    assert_eq!(with("//! Longer than 400 lines: yes."), Some(LONGEST + 1));
    assert_eq!(with("//! Longer than 400 lines: a table of names, read as a whole."), None);
    assert_eq!(with("// Generated from the wire types."), None);
}
