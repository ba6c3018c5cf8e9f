//! Plain text as a person writes it in the description field. Every character that is not a list marker
//! arrives as it was typed: no Markdown, so that `*`, `_` and `#` in somebody's words stay words.

use super::{Block, Document, Inline, Inlines, ItemBlock, List, ListItem, Numbering, Paragraph};

/// Deepest nesting of lists; deeper items join the deepest list, as no reader can follow them anyway.
const MAX_DEPTH: usize = 6;

/// Paragraphs apart by a blank line, single line breaks as hard breaks, and lists from lines that start with
/// `- `, `* `, `• ` or a number with `.` or `)`. Indented list lines nest under the item above.
pub fn from_text(text: &str) -> Document {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut list: Option<Open> = None;
    for line in text.lines() {
        let line = line.trim_end();
        let indent = line.len() - line.trim_start().len();
        let words = line.trim_start();
        if words.is_empty() {
            flush_paragraph(&mut blocks, &mut lines);
            // A blank line between list lines keeps the list going; anything else after it ends the list.
            if let Some(open) = &mut list {
                open.blank = true;
            }
        } else if let Some((numbering, words)) = marker(words) {
            flush_paragraph(&mut blocks, &mut lines);
            match &mut list {
                Some(open) if open.takes(numbering, indent) => open.push(numbering, indent, words),
                _ => {
                    flush_list(&mut blocks, &mut list);
                    list = Some(Open::new(numbering, indent, words));
                }
            }
        } else if let Some(open) = list.as_mut().filter(|open| !open.blank && indent > 0) {
            open.go_on(words);
        } else {
            flush_list(&mut blocks, &mut list);
            lines.push(words);
        }
    }
    flush_paragraph(&mut blocks, &mut lines);
    flush_list(&mut blocks, &mut list);
    blocks.into_iter().collect()
}

fn flush_paragraph(blocks: &mut Vec<Block>, lines: &mut Vec<&str>) {
    let line = joined(lines.drain(..));
    if !line.is_empty() {
        blocks.push(Paragraph(line).into());
    }
}

/// These lines with a hard break between each two.
fn joined<'a>(lines: impl IntoIterator<Item = &'a str>) -> Inlines {
    let mut joined = Inlines::new();
    for line in lines.into_iter().map(Inlines::from).filter(|line| !line.is_empty()) {
        if !joined.is_empty() {
            joined.push(Inline::HardBreak);
        }
        joined.extend(line);
    }
    joined
}

fn flush_list(blocks: &mut Vec<Block>, list: &mut Option<Open>) {
    if let Some(list) = list.take().and_then(Open::close) {
        blocks.push(Block::List(list));
    }
}

/// The list marker at the start of a line, and the words after it.
fn marker(line: &str) -> Option<(Numbering, &str)> {
    for bullet in ["- ", "* ", "• "] {
        if let Some(words) = line.strip_prefix(bullet) {
            return some_words(Numbering::Bullets, words);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    // Three digits at most: "2026. " begins a sentence about a year, not a list.
    let number = line.get(..digits).filter(|d| (1..=3).contains(&d.len()))?.parse().ok()?;
    let rest = &line[digits..];
    let words = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    some_words(Numbering::From(number), words)
}

fn some_words(numbering: Numbering, words: &str) -> Option<(Numbering, &str)> {
    let words = words.trim_start();
    (!words.is_empty()).then_some((numbering, words))
}

/// A list that is being read: its lines, each with its depth.
struct Open<'a> {
    items: Vec<(usize, Numbering, Vec<&'a str>)>,
    /// The indentation of each open level.
    indents: Vec<usize>,
    blank: bool,
}

impl<'a> Open<'a> {
    fn new(numbering: Numbering, indent: usize, words: &'a str) -> Self {
        Self { items: vec![(0, numbering, vec![words])], indents: vec![indent], blank: false }
    }

    /// Whether the line belongs to this list: deeper lines do, and top lines that count the same way.
    fn takes(&self, numbering: Numbering, indent: usize) -> bool {
        let top = self.indents.first().copied().unwrap_or(0);
        let counts = matches!(self.items.first(), Some((_, Numbering::Bullets, _)));
        indent > top || counts == (numbering == Numbering::Bullets)
    }

    fn push(&mut self, numbering: Numbering, indent: usize, words: &'a str) {
        self.blank = false;
        while self.indents.len() > 1 && self.indents.last().is_some_and(|&last| indent < last) {
            self.indents.pop();
        }
        if self.indents.last().is_some_and(|&last| indent > last) && self.indents.len() < MAX_DEPTH {
            self.indents.push(indent);
        }
        self.items.push((self.indents.len() - 1, numbering, vec![words]));
    }

    fn go_on(&mut self, words: &'a str) {
        if let Some((_, _, lines)) = self.items.last_mut() {
            lines.push(words);
        }
    }

    fn close(self) -> Option<List> {
        let mut items = self.items.into_iter();
        let (_, numbering, lines) = items.next()?;
        let mut list = List::new(numbering, item(&lines));
        for (depth, numbering, lines) in items {
            insert(&mut list, depth, numbering, item(&lines));
        }
        Some(list)
    }
}

fn item(lines: &[&str]) -> ListItem {
    ListItem::from(joined(lines.iter().copied()))
}

fn insert(list: &mut List, depth: usize, numbering: Numbering, item: ListItem) {
    let counts = |n: Numbering| n == Numbering::Bullets;
    match list.items.last_mut().filter(|_| depth > 0) {
        None => list.push(item),
        Some(parent) => match parent.0.last_mut() {
            Some(ItemBlock::List(nested)) if depth > 1 || counts(nested.numbering) == counts(numbering) => {
                insert(nested, depth - 1, numbering, item);
            }
            _ => parent.push(List::new(numbering, item)),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn adf(text: &str) -> Value {
        serde_json::from_str(&from_text(text).to_json()).unwrap()
    }

    fn paragraph(text: &str) -> Value {
        json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
    }

    fn doc(content: &Value) -> Value {
        json!({"version": 1, "type": "doc", "content": content})
    }

    #[test]
    fn paragraphs_and_breaks() {
        assert_eq!(
            adf("One\ntwo\n\n\nThree *stars* _and_ # more"),
            doc(&json!([
                {"type": "paragraph", "content": [
                    {"type": "text", "text": "One"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}]},
                paragraph("Three *stars* _and_ # more"),
            ])),
            "a blank line parts paragraphs, a line break stays, and nothing is read as Markdown"
        );
    }

    #[test]
    fn lists_nest_by_indentation() {
        assert_eq!(
            adf("Plan:\n- a\n  - b\n- c\n3. d"),
            doc(&json!([
                paragraph("Plan:"),
                {"type": "bulletList", "content": [
                    {"type": "listItem", "content": [paragraph("a"),
                        {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph("b")]}]}]},
                    {"type": "listItem", "content": [paragraph("c")]},
                ]},
                {"type": "orderedList", "attrs": {"order": 3}, "content": [
                    {"type": "listItem", "content": [paragraph("d")]}]},
            ])),
            "indented lines nest, and numbers after bullets begin a list of their own"
        );
    }

    #[test]
    fn what_is_no_list_stays_text() {
        for text in ["2026. A good year", "-no space", "1.5 percent", "-"] {
            assert_eq!(adf(text), doc(&json!([paragraph(text)])), "{text:?} is a sentence, not a list");
        }
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_left_out() {
        assert_eq!(
            adf("a\u{0}b\u{FFFE}c"),
            doc(&json!([paragraph("abc")])),
            "Confluence stores pages as XML"
        );
    }

    /// All the text of a document, without white space.
    fn words(value: &Value, out: &mut String) {
        if let Some(text) = value["text"].as_str() {
            out.extend(text.chars().filter(|c| !c.is_whitespace()));
        }
        for child in value["content"].as_array().into_iter().flatten() {
            words(child, out);
        }
    }

    proptest! {
        #[test]
        fn no_word_is_lost(lines in proptest::collection::vec(" {0,6}[a-zé🦀.*_#]{0,8}( [a-z]{0,5})?", 0..30)) {
            let text = lines.join("\n");
            let mut arrived = String::new();
            words(&adf(&text), &mut arrived);
            let mut typed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            // The only characters that may go are the markers of lists.
            if arrived != typed {
                typed.retain(|c| c != '*');
                arrived.retain(|c| c != '*');
            }
            prop_assert_eq!(arrived, typed);
        }
    }
}
