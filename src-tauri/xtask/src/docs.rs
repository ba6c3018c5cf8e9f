//! What the documents name exists: each link and its `#anchor`, and each path of the repository that is written as code.
//! Paths are written from the root, so that they open when pasted. Nothing is asked of the network.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::tools;

/// Folders of the repository. A path that begins with one of them must exist.
const FOLDERS: [&str; 8] = ["src-tauri/", "ui/", "tests/", "docs/", "icons/", ".github/", ".ci/", ".cargo/"];

/// Endings of source files. A path with such an ending must begin at the root of the repository.
const ENDINGS: [&str; 9] = [".rs", ".ts", ".svelte", ".sql", ".css", ".html", ".md", ".toml", ".py"];

/// Folders that a build makes: not in the repository.
const BUILT: [&str; 2] = ["target/", "ui/dist"];

/// A document without what is shown as code: its blocks are left out, its code spans are apart.
#[derive(Debug, Default, PartialEq)]
struct Document {
    /// The text, with the code spans taken out.
    text: String,
    /// The code spans.
    code: Vec<String>,
    /// The anchors of the headings, as GitHub makes them.
    anchors: Vec<String>,
}

impl Document {
    fn of(markdown: &str) -> Self {
        let mut document = Self::default();
        let mut prose = String::new();
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut in_block = false;
        for line in markdown.lines() {
            if line.trim_start().starts_with("```") {
                in_block = !in_block;
                continue;
            }
            if in_block {
                continue;
            }
            let heading = line.trim_start_matches('#');
            if heading.len() < line.len() && heading.starts_with(' ') {
                let slug = slug(heading);
                let count = counts.entry(slug.clone()).or_default();
                document.anchors.push(if *count == 0 { slug } else { format!("{slug}-{count}") });
                *count += 1;
            }
            prose.push_str(line);
            prose.push('\n');
        }
        // Between two backticks is code; a line break in it is a space.
        for (index, part) in prose.split('`').enumerate() {
            if index % 2 == 0 {
                document.text.push_str(part);
            } else {
                document.code.push(part.replace('\n', " "));
            }
        }
        document
    }

    /// Where its links and pictures lead.
    fn links(&self) -> Vec<&str> {
        let after = self.text.split("](").skip(1);
        after.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target).collect()
    }
}

/// The anchor of a heading, as GitHub makes it: lower case, hyphens for spaces, no other signs.
fn slug(heading: &str) -> String {
    let text = heading.trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What is wrong with an address of the web.
fn wrong_address(address: &str) -> Option<&'static str> {
    let Some(rest) = address.strip_prefix("https://") else { return Some("is not https") };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let has_host = host.contains('.') && host.chars().all(is_host) && !host.starts_with('.');
    let is_plain =
        |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\\' | '^' | '{' | '|' | '}');
    (!has_host || !rest.chars().all(is_plain)).then_some("is no address")
}

/// A path without `.` and `..`, if it stays inside.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir if clean.pop() => {}
            _ => return None,
        }
    }
    Some(clean)
}

/// What is wrong with a link in the document at `from`, a path from the root.
fn wrong_link(root: &Path, from: &str, link: &str) -> Option<&'static str> {
    if link.contains("://") {
        return wrong_address(link);
    }
    let (path, anchor) = link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
    let path = if path.is_empty() {
        PathBuf::from(from)
    } else {
        let folder = Path::new(from).parent().unwrap_or(Path::new(""));
        let Some(path) = inside(&folder.join(path)) else { return Some("leaves the repository") };
        path
    };
    if !root.join(&path).exists() {
        return Some("does not exist");
    }
    let anchor = anchor?;
    if path.extension().is_none_or(|ending| ending != "md") {
        return Some("has an anchor, and is no document");
    }
    let document = Document::of(&fs::read_to_string(root.join(&path)).unwrap_or_default());
    (!document.anchors.iter().any(|one| one == anchor)).then_some("has an anchor that is no heading")
}

/// What is wrong with a code span, if it is a path.
fn wrong_path(root: &Path, code: &str) -> Option<&'static str> {
    let is_path = code.contains('/')
        && !code.starts_with('/')
        && !code.contains([' ', ':', '…', '<'])
        && !BUILT.iter().any(|built| code.starts_with(built));
    if !is_path {
        return None;
    }
    let from_root = FOLDERS.iter().any(|folder| code.starts_with(folder));
    if !from_root && !code.starts_with("core/src") && !ENDINGS.iter().any(|ending| code.ends_with(ending)) {
        return None;
    }
    if let Some((folder, pattern)) = code.rsplit_once('/')
        && let Some((start, end)) = pattern.split_once('*')
    {
        let names = root.join(folder).read_dir().into_iter().flatten().flatten();
        let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let matches = |name: &String| name.starts_with(start) && name.ends_with(end);
        return (!names.any(|name| matches(&name))).then_some("matches no file");
    }
    (!root.join(code).exists()).then_some("does not exist: write it from the root of the repository")
}

/// The Markdown files of the root and of `docs/`, from the root.
fn documents() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["", "docs/"] {
        for entry in tools::root().join(folder).read_dir().expect("the folder can be read") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|ending| ending == "md") {
                found.push(format!("{folder}{name}"));
            }
        }
    }
    found
}

#[test]
fn everything_that_the_docs_name_exists() {
    let root = tools::root();
    let mut wrong = Vec::new();
    let names = documents();
    assert!(names.iter().any(|name| name == "README.md") && names.len() > 4, "{names:?}");
    for name in names {
        let document = Document::of(&fs::read_to_string(root.join(&name)).expect("a document can be read"));
        for link in document.links() {
            wrong.extend(wrong_link(&root, &name, link).map(|why| format!("{name}: ({link}) {why}")));
        }
        for code in &document.code {
            wrong.extend(wrong_path(&root, code).map(|why| format!("{name}: `{code}` {why}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_docs_are_read_as_markdown() {
    let document = Document::of(
        "# A `b`: c, d?\n\n[`x`](y.md#z) and ![p](q.png) `a/b\nc`\n```sh\n# no heading [n](o)\n```\n## Twice\n## Twice\n",
    );
    assert_eq!(document.anchors, ["a-b-c-d", "twice", "twice-1"]);
    assert_eq!(document.links(), ["y.md#z", "q.png"]);
    assert_eq!(document.code, ["b", "x", "a/b c"]);
}

#[test]
fn what_is_missing_or_misspelt_in_the_docs_is_found() {
    let folder = tempdir();
    let root = folder.as_path();
    fs::create_dir_all(root.join("docs")).unwrap();
    fs::write(root.join("docs/HERE.md"), "# Here\n## Why?\n").unwrap();
    for (link, wrong) in [
        ("HERE.md#why", false),
        ("../docs/HERE.md", false),
        ("#here", false),
        ("HERE.md#who", true),
        ("THERE.md", true),
        ("../../HERE.md", true),
        ("https://example.org/a?b#c", false),
        ("http://example.org", true),
        ("https://nowhere", true),
        ("https://example.org/a b", true),
    ] {
        assert_eq!(wrong_link(root, "docs/HERE.md", link).is_some(), wrong, "{link}");
    }
    for (code, wrong) in [
        ("docs/HERE.md", false),
        ("docs/*.md", false),
        ("docs/*.rs", true),
        ("docs/THERE.md", true),
        ("core/src", true),
        ("app/start.rs", true),
        ("target/live/report.md", false),
        ("sally://oauth/callback", false),
        ("text/html", false),
    ] {
        assert_eq!(wrong_path(root, code).is_some(), wrong, "{code}");
    }
    fs::remove_dir_all(root).unwrap();
}

/// A folder for one test.
fn tempdir() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sally-docs-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}
