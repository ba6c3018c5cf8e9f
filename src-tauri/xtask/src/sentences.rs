//! Words for people are made in `app::words` only, so that another language is one more folder there. A room that makes a
//! sentence of its own is found by what a sentence looks like: a capital letter, a space, and a full stop.

use std::path::Path;

use crate::tools;

/// The rooms that say why something did not work. `store` has SQL, which looks like sentences.
const ROOMS: [&str; 5] = ["app", "auth", "confluence", "domain", "sources"];

/// Where sentences belong: those of the app, and the templates of pages, which a person edits.
const EXEMPT: [&str; 2] = ["app/words/", "app/dialogs/template.rs"];

/// The text of each string literal, without comments and without the tests at the end of a file.
fn literals(source: &str) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let (mut found, mut rest) = (Vec::new(), source);
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        rest = match rest.as_bytes()[at] {
            b'/' if after.starts_with('/') => after.split_once('\n').map_or("", |(_, next)| next),
            b'/' => after,
            b'\'' => past_character(after),
            _ => {
                let marks = before.len() - before.trim_end_matches('#').len();
                let is_raw = before.trim_end_matches('#').ends_with('r');
                let length = if is_raw { raw_length(after, marks) } else { length(after) };
                found.push(after[..length].to_owned());
                after.get(length + 1..).unwrap_or_default()
            }
        };
    }
    found
}

/// What follows a character in quotes, or the quote of a lifetime.
fn past_character(after: &str) -> &str {
    let mut characters = after.char_indices();
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some((at, escaped))) => {
            let rest = &after[at + escaped.len_utf8()..];
            rest.split_once('\'').map_or("", |(_, rest)| rest)
        }
        (Some(_), Some((at, '\''))) => &after[at + 1..],
        _ => after,
    }
}

/// The length of a literal, in bytes, up to its closing quote.
fn length(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '"' if !is_escaped => return at,
            '\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

/// The same of a raw literal, which ends with as many marks as it begins with.
fn raw_length(text: &str, marks: usize) -> usize {
    text.find(&format!("\"{}", "#".repeat(marks))).unwrap_or(text.len())
}

fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|first: char| first.is_uppercase() || matches!(first, '“' | '{'))
        && text.contains(' ')
        && text.ends_with(['.', '!', '?'])
        && text.chars().any(char::is_alphabetic)
}

fn sentences(folder: &Path, name: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the room is there") {
        let path = entry.expect("its entries can be read").path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{name}/{file}");
        if path.is_dir() {
            if file != "tests" && !EXEMPT.contains(&&*format!("{name}/")) {
                sentences(&path, &name, found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && file != "tests.rs"
            && !EXEMPT.contains(&&*name)
        {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let made = literals(&text).into_iter().filter(|literal| is_sentence(literal));
            found.extend(made.map(|sentence| format!("{name}: {sentence}")));
        }
    }
}

#[test]
fn only_one_room_makes_sentences() {
    let mut found = Vec::new();
    for room in ROOMS {
        sentences(&tools::root().join("src-tauri/core/src").join(room), room, &mut found);
    }
    assert!(found.is_empty(), "give a code with values, and find words for it in app/words: {found:#?}");
}

#[test]
fn a_sentence_is_told_from_a_name() {
    let source = r##"
        // "A comment is none."
        let quote = ('"', '\'', '\\');
        fn f<'a>(x: &'a str) -> String { format!("The file has {x} lines.") }
        let raw = r#"“{name}” has a "mark"."#;
        const NAME: &str = "Sally Desktop";
        #[error("the server says \"no\".")]
        let wrapped = "It is \
                       long.";
        #[cfg(test)]
mod tests { let told = "It is a test."; }"##;
    let made: Vec<_> = literals(source).into_iter().filter(|literal| is_sentence(literal)).collect();
    assert_eq!(made.len(), 3, "{made:?}");
    assert_eq!(made[0], "The file has {x} lines.");
    assert_eq!(made[1], "“{name}” has a \"mark\".");
    assert!(made[2].starts_with("It is"), "{made:?}");
}
