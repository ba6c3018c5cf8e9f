//! Properties of every document: it is valid, parsing its JSON gives the same document, and no conversion loses text.

use proptest::prelude::*;
use proptest::sample::Index;
use sally_core::adf::{Document, MAX_BYTES, MAX_DEPTH, from_html, from_markdown};
use serde_json::{Value, json};

use super::golden::counter;
use super::schema::{checked, walk};
use super::strategies::{Pen, any_json, editor_document, notes, soup};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// The letters and digits of a text: what has to arrive, whatever signs and spaces stand between.
fn letters(document: &Document) -> String {
    document.text().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn kinds(document: &Value) -> Vec<String> {
    let mut kinds = Vec::new();
    walk(document, &mut |node| kinds.push(node["type"].as_str().unwrap().to_owned()));
    kinds
}

/// A comment's document is valid, holds what comments hold, and all the words.
fn check_comment(document: &Document) {
    let comment = document.clone().for_comment();
    let value = checked(&comment);
    walk(&value, &mut |node| {
        let kind = node["type"].as_str().unwrap();
        assert!(!kind.starts_with("table") && kind != "panel", "a comment holds no {kind}: {value}");
        assert!(
            node["attrs"]["level"].as_u64().unwrap_or(1) <= 3,
            "headings in comments end at the third level"
        );
    });
    assert_eq!(letters(&comment), letters(document), "every word is in the comment: {value}");
    assert_eq!(comment.clone().for_comment(), comment, "what a comment holds already stays as it is");
}

/// The plain form is valid, holds no native lists, and all the words.
fn check_plain(document: &Document) {
    let plain = document.clone().plain_lists();
    let value = checked(&plain);
    for kind in kinds(&value) {
        assert!(!["taskList", "decisionList"].contains(&kind.as_str()), "{kind} is not plain: {value}");
    }
    assert_eq!(letters(&plain), letters(document), "every word is in the plain form: {value}");
}

/// The numbers of the words in a document, in order of size.
fn words(document: &Document) -> Vec<usize> {
    let text = document.text();
    let mut words: Vec<usize> = text
        .split('w')
        .filter_map(|rest| {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            rest[..digits].parse().ok()
        })
        .collect();
    words.sort_unstable();
    words
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn what_the_editor_makes_is_sent_as_it_is(editor in editor_document()) {
        let document = Document::parse(&editor.to_string()).unwrap();
        prop_assert_eq!(checked(&document), editor, "from the editor to Confluence nothing changes");
        check_comment(&document);
        check_plain(&document);
        check_plain(&document.clone().for_comment());
    }

    #[test]
    fn notes_keep_every_word(notes in notes()) {
        let (mut markdown_pen, mut html_pen) = (Pen::default(), Pen::default());
        let markdown = markdown_pen.markdown(&notes);
        let document = from_markdown(&markdown, &mut counter());
        checked(&document);
        let written: Vec<usize> = (1..=markdown_pen.words).collect();
        prop_assert_eq!(words(&document), written, "every word of the Markdown arrives:\n{}", markdown);

        let html = html_pen.html(&notes);
        let document = from_html(&html, &mut counter());
        checked(&document);
        let written: Vec<usize> = (1..=html_pen.words).collect();
        prop_assert_eq!(words(&document), written, "every word of the HTML arrives:\n{}", html);
        check_comment(&document);
        check_plain(&document);
    }
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn whatever_comes_makes_a_valid_document(soup in soup()) {
        for document in [from_markdown(&soup, &mut counter()), from_html(&soup, &mut counter())] {
            checked(&document);
            check_comment(&document);
            check_plain(&document);
        }
    }

    #[test]
    fn hostile_json_is_refused_or_made_valid(
        editor in editor_document(),
        json in any_json(),
        at in any::<Index>(),
        cut in any::<Index>(),
    ) {
        let text = json!({"version": 1, "type": "doc", "content": [json]}).to_string();
        let mut texts = vec![text];

        // A document with something foreign in one of its places.
        let mut changed = editor.clone();
        let mut places = 0;
        count(&editor, &mut places);
        replace(&mut changed, &mut at.index(places), &json);
        texts.push(changed.to_string());

        // A document that ends too early.
        let whole = editor.to_string();
        let end = (0..=cut.index(whole.len())).rev().find(|&end| whole.is_char_boundary(end)).unwrap();
        texts.push(whole[..end].to_owned());

        for text in texts {
            if let Ok(document) = Document::parse(&text) {
                checked(&document);
            }
        }
    }
}

fn count(json: &Value, places: &mut usize) {
    *places += 1;
    match json {
        Value::Array(list) => list.iter().for_each(|one| count(one, places)),
        Value::Object(map) => map.values().for_each(|one| count(one, places)),
        _ => {}
    }
}

fn replace(json: &mut Value, places: &mut usize, with: &Value) {
    if *places == 0 {
        *json = with.clone();
        *places = usize::MAX;
        return;
    }
    *places -= 1;
    match json {
        Value::Array(list) => list.iter_mut().for_each(|one| replace(one, places, with)),
        Value::Object(map) => map.values_mut().for_each(|one| replace(one, places, with)),
        _ => {}
    }
}

#[test]
fn depth_and_size_have_an_end() {
    let many = 20_000;
    let long = format!("https://example.com/{}", "x".repeat(100_000));
    let texts = [
        "> ".repeat(many) + "word",
        "- ".repeat(many) + "word",
        "<ul><li>".repeat(many) + "word",
        "<table><tr><td>".repeat(many) + "word",
        "<blockquote>".repeat(many) + "word",
        "<b><i><a href=https://e.com>".repeat(many) + "word",
        "<div>".repeat(many) + "word",
        "<li>word".repeat(many),
        "**a ".repeat(many) + "word",
        "[".repeat(many) + "word",
        format!("<a href={long}>{}", "word<b>word</b>".repeat(many)),
        format!("[{}]({long})", "word *word* ".repeat(many)),
        format!("<p {}>word", (0..many).map(|at| format!("a{at} ")).collect::<Vec<_>>().concat()),
    ];
    for text in texts {
        for document in [from_markdown(&text, &mut counter()), from_html(&text, &mut counter())] {
            assert!(document.text().contains("word"), "the words are there: {}…", &text[..40]);
            let json = document.to_json();
            let most = 2 * MAX_BYTES + 200 * text.len();
            assert!(json.len() < most, "{} bytes from {}: {}…", json.len(), text.len(), &text[..40]);
            if json.len() <= MAX_BYTES {
                let again =
                    Document::parse(&json).unwrap_or_else(|invalid| panic!("{invalid}: {}…", &text[..40]));
                assert_eq!(again, document, "no deeper than {MAX_DEPTH}: {}…", &text[..40]);
            }
        }
    }
}
