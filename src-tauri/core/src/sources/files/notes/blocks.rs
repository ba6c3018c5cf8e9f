//! Groups the events of the Markdown or HTML parser into the kinds of blocks that notes consist of, with plain text.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::html;

/// Deepest list that keeps its structure; entries below become lines of the one above them.
const MAX_DEPTH: usize = 16;

/// A block outside of any other.
#[derive(Debug, PartialEq)]
pub(super) enum Block {
    /// The YAML between the dashes at the start.
    Front(String),
    /// A heading; the level counts from 1.
    Heading { level: u8, text: String },
    /// A paragraph, with its line breaks; bold where all of it is.
    Paragraph { text: String, bold: bool },
    /// A whole list.
    List(Vec<Entry>),
    /// A table's header and rows.
    Table { columns: Vec<String>, rows: Vec<Vec<String>> },
}

/// An entry of a list.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Entry {
    /// Its own text, without that of the entries below it.
    pub(super) text: String,
    /// Whether all of its own text is bold.
    pub(super) bold: bool,
    /// Whether its box is ticked, where it has one.
    pub(super) checked: Option<bool>,
    /// Where its own words stand in the notes with all their marks, where they are one paragraph.
    pub(super) marked: Option<Range<usize>>,
    /// The entries below it.
    pub(super) children: Vec<Entry>,
}

impl Entry {
    /// The texts that have nothing below them.
    pub(super) fn leaves(&self) -> Vec<&str> {
        match self.children[..] {
            [] => vec![self.text.trim()],
            _ => self.children.iter().flat_map(Entry::leaves).collect(),
        }
    }

    /// Adds the texts as lines, but for entries that have a box of their own.
    pub(super) fn unfold<'a>(&'a self, text: &mut String, boxed: &mut Vec<&'a Entry>) {
        if self.checked.is_some() {
            boxed.push(self);
            return;
        }
        text.push('\n');
        text.push_str(self.text.trim());
        self.children.iter().for_each(|child| child.unfold(text, boxed));
    }
}

/// The blocks of HTML in order, each with its byte range in the source.
pub(super) fn of_html(html: &str) -> Vec<(Block, Range<usize>)> {
    let mut builder = Builder::default();
    html::events(html, |event, range| builder.take(event, range));
    builder.blocks
}

/// The blocks of Markdown in order, each with its byte range in the source.
pub(super) fn of(text: &str) -> Vec<(Block, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut builder = Builder::default();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        builder.take(event, range);
    }
    builder.blocks
}

#[derive(Default)]
struct Builder {
    blocks: Vec<(Block, Range<usize>)>,
    /// The text of the open heading, paragraph, cell or front matter.
    text: String,
    /// Whether `text` holds words that are not bold.
    plain: bool,
    strong: usize,
    /// Lists that are open.
    lists: usize,
    /// Entries that are open, the outermost first.
    entries: Vec<Entry>,
    /// Whether each open entry has words that are not bold.
    plain_entries: Vec<bool>,
    /// Open entries that are too deep to have their own.
    too_deep: usize,
    done: Vec<Entry>,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    in_table: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => {
                if matches!(
                    tag,
                    Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
                ) {
                    self.reach(&range);
                }
                self.start(&tag);
            }
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Code(text) => {
                self.reach(&range);
                self.say(&text);
            }
            Event::SoftBreak if self.entries.is_empty() => self.say("\n"),
            Event::SoftBreak => self.say(" "),
            Event::HardBreak => self.say("\n"),
            Event::InlineHtml(html) => {
                self.reach(&range);
                if html.starts_with("<br") {
                    self.say("\n");
                }
            }
            Event::TaskListMarker(checked) => {
                if let Some(entry) = self.entries.last_mut() {
                    entry.checked = Some(checked);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Strong => self.strong += 1,
            Tag::List(_) => self.lists += 1,
            Tag::Item if self.entries.len() < MAX_DEPTH => {
                self.entries.push(Entry::default());
                self.plain_entries.push(false);
            }
            Tag::Item => {
                self.too_deep += 1;
                self.say("\n");
            }
            Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_)
                if self.entries.last().is_some_and(|entry| !entry.text.is_empty()) =>
            {
                self.say("\n");
                // Of several paragraphs none stands for the entry.
                if let Some(entry) = self.entries.last_mut() {
                    entry.marked = Some(0..0);
                }
            }
            Tag::Table(_) => {
                self.in_table = self.entries.is_empty();
                (self.columns, self.rows) = (Vec::new(), Vec::new());
            }
            Tag::TableRow => self.rows.push(Vec::new()),
            Tag::TableCell
            | Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::MetadataBlock(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock => {
                self.text.clear();
                self.plain = false;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        let block = match tag {
            TagEnd::Strong => {
                self.strong = self.strong.saturating_sub(1);
                return;
            }
            TagEnd::Item => return self.end_entry(),
            TagEnd::List(_) => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists > 0 {
                    return;
                }
                Block::List(std::mem::take(&mut self.done))
            }
            TagEnd::TableCell if self.in_table => {
                let cell = std::mem::take(&mut self.text);
                return self.rows.last_mut().unwrap_or(&mut self.columns).push(cell);
            }
            TagEnd::Table if self.in_table => {
                self.in_table = false;
                Block::Table {
                    columns: std::mem::take(&mut self.columns),
                    rows: std::mem::take(&mut self.rows),
                }
            }
            // What stands within an entry is the entry's.
            _ if !self.entries.is_empty() => return,
            TagEnd::MetadataBlock(_) => Block::Front(std::mem::take(&mut self.text)),
            TagEnd::Heading(level) => {
                Block::Heading { level: number(level), text: std::mem::take(&mut self.text) }
            }
            TagEnd::Paragraph => {
                let text = std::mem::take(&mut self.text);
                let bold = !self.plain && !text.trim().is_empty();
                Block::Paragraph { text, bold }
            }
            _ => return,
        };
        self.blocks.push((block, range));
    }

    fn end_entry(&mut self) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let (Some(mut entry), Some(plain)) = (self.entries.pop(), self.plain_entries.pop()) else { return };
        entry.bold = !plain && !entry.text.trim().is_empty();
        self.entries.last_mut().map_or(&mut self.done, |parent| &mut parent.children).push(entry);
    }

    /// Adds to where the words of the open entry stand.
    fn reach(&mut self, range: &Range<usize>) {
        if self.in_table || self.too_deep > 0 {
            return;
        }
        if let Some(entry) = self.entries.last_mut() {
            let marked = entry.marked.get_or_insert_with(|| range.clone());
            // An empty one stays as it is.
            if marked.start < marked.end {
                marked.end = marked.end.max(range.end);
            }
        }
    }

    fn say(&mut self, words: &str) {
        // A colon behind bold words belongs to them.
        let is_plain = self.strong == 0 && !words.trim().trim_matches(':').is_empty();
        match self.entries.last_mut().zip(self.plain_entries.last_mut()) {
            Some((entry, plain)) if !self.in_table => {
                entry.text.push_str(words);
                *plain |= is_plain;
            }
            _ => {
                self.text.push_str(words);
                self.plain |= is_plain;
            }
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(text: &str) -> Vec<Block> {
        of(text).into_iter().map(|(block, _)| block).collect()
    }

    /// Without byte ranges.
    fn shape(mut entry: Entry) -> Entry {
        let children = entry.children.into_iter().map(shape).collect();
        (entry.marked, entry.children) = (None, children);
        entry
    }

    fn entry(text: &str, checked: Option<bool>, children: Vec<Entry>) -> Entry {
        Entry { text: text.to_owned(), bold: false, checked, marked: None, children }
    }

    #[test]
    fn markup_goes_and_words_stay() {
        let text = "---\ntitle: x\n---\n# A *b* `c`\n\n**Bold:**\n\nline one\nline [two](https://example.com) &amp; <b>more</b>\n";
        assert_eq!(
            blocks(text),
            [
                Block::Front("title: x\n".to_owned()),
                Block::Heading { level: 1, text: "A b c".to_owned() },
                Block::Paragraph { text: "Bold:".to_owned(), bold: true },
                Block::Paragraph { text: "line one\nline two & more".to_owned(), bold: false },
            ]
        );
    }

    #[test]
    fn lists_keep_their_shape() {
        let text = "- [x] a\n  wrapped\n  - b\n    - c\n- [ ] d\n\n  second\n";
        let b = entry("b", None, vec![entry("c", None, Vec::new())]);
        let Block::List(entries) = blocks(text).remove(0) else { panic!("one list") };
        assert_eq!(
            entries.into_iter().map(shape).collect::<Vec<_>>(),
            [entry("a wrapped", Some(true), vec![b]), entry("d\nsecond", Some(false), Vec::new())],
            "wrapped lines are one line; a paragraph starts a new one"
        );
    }

    #[test]
    fn words_are_found_again_with_their_marks() {
        let text = "- [x] **a** and `b`\n  [c](https://d.e)\n  - *f*\n- g\n\n  h\n";
        let Block::List(entries) = blocks(text).remove(0) else { panic!("one list") };
        let marked = |entry: &Entry| text[entry.marked.clone().unwrap()].to_owned();
        assert_eq!(
            marked(&entries[0]),
            "**a** and `b`\n  [c](https://d.e)",
            "without its box and what is below it"
        );
        assert_eq!(marked(&entries[0].children[0]), "*f*");
        assert_eq!(marked(&entries[1]), "", "two paragraphs are not one line");
    }

    #[test]
    fn depth_is_bounded_and_loses_no_words() {
        let text: String = (0..100).flat_map(|depth| ["  ".repeat(depth), "- entry\n".to_owned()]).collect();
        let Block::List(entries) = blocks(&text).remove(0) else { panic!("one list") };
        let (mut text, mut boxed) = (String::new(), Vec::new());
        entries[0].unfold(&mut text, &mut boxed);
        assert_eq!(text.matches("entry").count(), 100, "every entry is still there");
    }

    #[test]
    fn tables_have_columns_and_rows() {
        let text = "| Owner | Task |\n|---|---|\n| Ada | **Write** it |\n";
        let row = vec!["Ada".to_owned(), "Write it".to_owned()];
        assert_eq!(
            blocks(text),
            [Block::Table { columns: vec!["Owner".to_owned(), "Task".to_owned()], rows: vec![row] }]
        );
    }
}
