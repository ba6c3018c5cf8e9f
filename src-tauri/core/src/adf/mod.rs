//! Typed Atlassian Document Format. A [`Document`] can only be built in shapes that ADF's schema allows, so
//! what leaves this room is valid by construction. Pure: refuses I/O. `app` builds documents from what a
//! person wrote; `confluence` sends them.
//!
//! The format: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>.

mod from_text;
mod json;

pub use from_text::from_text;

/// Largest body that Confluence takes, in bytes of serialised ADF (HTTP 413 above).
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    content: Vec<Block>,
}

impl Document {
    /// The blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.content
    }

    /// Whether there is nothing to read in it.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }
}

impl FromIterator<Block> for Document {
    fn from_iter<T: IntoIterator<Item = Block>>(blocks: T) -> Self {
        Self { content: blocks.into_iter().collect() }
    }
}

/// A block that may stand at the top of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Paragraph),
    /// A list.
    List(List),
}

/// A line of text with breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph(Vec<Inline>);

impl Paragraph {
    /// A paragraph of these lines, with a hard break between each two. Empty lines are left out.
    pub fn from_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut content = Vec::new();
        for text in lines.into_iter().filter_map(Text::new) {
            if !content.is_empty() {
                content.push(Inline::HardBreak);
            }
            content.push(Inline::Text(text));
        }
        Self(content)
    }

    /// Whether there is nothing to read in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A bullet or numbered list. It has at least one item, as the schema asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    numbering: Numbering,
    first: ListItem,
    rest: Vec<ListItem>,
}

impl List {
    /// A list that starts with this item.
    pub fn new(numbering: Numbering, first: ListItem) -> Self {
        Self { numbering, first, rest: Vec::new() }
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: ListItem) {
        self.rest.push(item);
    }

    fn items(&self) -> impl Iterator<Item = &ListItem> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    fn last_mut(&mut self) -> &mut ListItem {
        self.rest.last_mut().unwrap_or(&mut self.first)
    }
}

/// How a list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Bullets.
    Bullets,
    /// Numbers, from this one on.
    From(u32),
}

/// An item of a list: a paragraph, and lists below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// Its words.
    pub text: Paragraph,
    /// What is nested in it.
    pub nested: Vec<List>,
}

/// What a paragraph is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Inline {
    Text(Text),
    HardBreak,
}

/// Text that the format can hold: never empty, and without characters that XML cannot express, since
/// Confluence stores pages as XML and refuses a document that holds one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text(String);

impl Text {
    fn new(text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|&c| fits_xml(c)).collect();
        let text = text.trim_end();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

/// XML 1.0's `Char` production: <https://www.w3.org/TR/xml/#charsets>.
fn fits_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}
