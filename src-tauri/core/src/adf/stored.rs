//! The fingerprint of a document's text, to recognise it in Confluence: letters and digits only, since Confluence rewrites
//! spaces, marks and lists when it stores a page. Mentions, dates, emoji and cards are ignored on both sides, since they
//! are stored as identifiers.

use html5gum::{Token, Tokenizer};

use super::Document;
use super::visit::Leaf;

/// Elements of the storage format whose text is not part of the document.
const HIDDEN: [&[u8]; 8] = [
    b"ac:task-id",
    b"ac:task-uuid",
    b"ac:task-status",
    b"ac:parameter",
    b"ac:adf-attribute",
    b"ac:adf-fallback",
    b"ac:placeholder",
    b"time",
];

/// Code stands in a section that HTML knows as a comment.
const CDATA: &[u8] = b"[CDATA[";

/// The letters and digits of a text in Confluence's storage format (XHTML).
pub fn stored_text(storage: &str) -> String {
    let mut kept = String::new();
    let mut hidden: Option<Vec<u8>> = None;
    let mut tokens = Tokenizer::new(storage);
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) if hidden.is_none() && !tag.self_closing => {
                let name = tag.name.as_slice();
                let is = |attribute: &[u8], value: &[u8]| {
                    tag.attributes.get(attribute).is_some_and(|found| found.as_slice() == value)
                };
                // The word of a status is a parameter.
                let is_hidden = HIDDEN.contains(&name) && !is(b"ac:name", b"title");
                let is_card = name == b"a" && tag.attributes.contains_key(&b"data-card-appearance"[..]);
                if is_hidden || is_card {
                    hidden = Some(name.to_vec());
                }
            }
            Token::EndTag(tag) if hidden.as_deref() == Some(tag.name.as_slice()) => hidden = None,
            Token::String(text) if hidden.is_none() => keep(&String::from_utf8_lossy(&text), &mut kept),
            Token::Comment(text) if hidden.is_none() && text.starts_with(CDATA) => {
                keep(&String::from_utf8_lossy(&text[CDATA.len()..]), &mut kept);
            }
            _ => {}
        }
    }
    kept
}

impl Document {
    /// The result that [`stored_text`] has for this document once Confluence has stored it.
    pub fn stored_text(&self) -> String {
        let mut kept = String::new();
        self.visit_all(&mut |leaf| {
            if let Leaf::Text(text, _) = leaf {
                keep(text, &mut kept);
            }
        });
        kept
    }
}

impl Document {
    /// The words that Confluence's search knows of this document once it is stored, with spaces between them.
    pub fn stored_words(&self) -> String {
        let mut words = String::new();
        self.visit_all(&mut |leaf| match leaf {
            Leaf::Text(text, _) => words.push_str(text),
            _ => words.push(' '),
        });
        words
    }
}

fn keep(text: &str, kept: &mut String) {
    kept.extend(text.chars().filter(|c| c.is_alphanumeric()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adf::from_markdown;

    #[test]
    fn words_are_the_same_on_both_sides() {
        let document = from_markdown(
            "## Plan\n\n- [x] Ship **it** & <b>tell</b>\n- [ ] *Next*\n\n```\nlet a = 1;\n```\n\n> quoted\n",
            &mut || "id".to_owned(),
        );
        let storage = "<h2>Plan</h2><ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-uuid>u-1</ac:task-uuid>\
             <ac:task-status>complete</ac:task-status><ac:task-body>Ship <strong>it</strong> &amp; tell</ac:task-body>\
             </ac:task><ac:task><ac:task-id>8</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>\
             <em>Next</em></ac:task-body></ac:task></ac:task-list><ac:structured-macro ac:name=\"code\">\
             <ac:parameter ac:name=\"language\">rust</ac:parameter><ac:plain-text-body><![CDATA[let a = 1;]]>\
             </ac:plain-text-body></ac:structured-macro><blockquote><p>quoted</p></blockquote>";
        assert_eq!(stored_text(storage), document.stored_text(), "however Confluence puts it");
    }

    #[test]
    fn words_that_search_knows_are_those_of_the_text() {
        let document = from_markdown("- Sh**ip** it\n- Ask [us](https://e.com)", &mut || "id".to_owned());
        let words = document.stored_words();
        assert_eq!(words.split_whitespace().collect::<Vec<_>>(), ["Ship", "it", "Ask", "us"]);
    }

    #[test]
    fn what_is_stored_as_an_identifier_is_left_out() {
        let storage = "<p>Ask <ac:link><ri:user ri:account-id=\"a-1\" /></ac:link> by <time datetime=\"2026-11-20\" />\
             <ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">Open</ac:parameter>\
             <ac:parameter ac:name=\"colour\">Blue</ac:parameter></ac:structured-macro>\
             <a href=\"https://e.com\" data-card-appearance=\"inline\">https://e.com</a> now</p>";
        assert_eq!(stored_text(storage), "AskbyOpennow");
    }
}
