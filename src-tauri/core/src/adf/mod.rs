//! Typed Atlassian Document Format. A [`Document`] can only be built in shapes that ADF's schema allows, so
//! what leaves this room is valid by construction: the wrong block in the wrong place does not compile.
//!
//! Ways in: [`Document::parse`] for what the editor made, the constructors for what `app` prefills, and
//! [`from_markdown`] and [`from_html`] for imports. Ways out: [`Document::to_json`], and [`Document::text`]
//! for its words; [`Inlines::to_html`] and [`Inlines::to_markdown`] for exports.
//!
//! Pure: refuses I/O, clocks and randomness; identifiers of tasks and decisions come in as arguments.
//! `app` builds documents and takes those a person edited; `confluence` sends them.
//!
//! The format: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>. Images, expands,
//! layouts and extensions are not part of what Sally makes, so they have no types here.

mod block;
mod build;
mod comment;
mod excerpt;
mod fit;
mod html;
mod inline;
mod invalid;
mod markdown;
mod markup;
mod parse;
mod place;
mod plain;
mod stored;
mod text;
mod words;
mod write;

pub use block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, Level, List, ListItem, Numbering, OneOrMore, Panel,
    PanelKind, Paragraph, Quote, Row, Rule, Table, Task, TaskItem, TaskList, TaskState,
};
pub use html::from_html;
pub use inline::{Color, Date, Emoji, Inline, Inlines, Mention, Run, Status};
pub use invalid::{Fault, Invalid};
pub use markdown::from_markdown;
pub use markup::{escape_html, escape_markdown};
pub use place::{Block, CellBlock, ItemBlock, PanelBlock, QuoteBlock};
pub use stored::stored_words;
pub use text::{Link, LocalId, Marks, Style, Text};

/// Largest body that Confluence takes, in bytes of serialised ADF (HTTP 413 above).
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// How deep lists, quotes, panels and tables may stand in each other. No reader can follow more, and the
/// JSON stays within the 128 levels that parsers take, whatever it is wrapped in.
pub const MAX_DEPTH: usize = 20;

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq, Eq, ts_rs::TS)]
#[ts(rename = "AdfDocument", type = "{ version: 1, type: \"doc\", content: Array<unknown> }")]
pub struct Document {
    content: Vec<Block>,
}

impl Document {
    /// A document without content.
    pub fn new() -> Self {
        Self::default()
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.content
    }

    /// The blocks, in order, to be put elsewhere.
    pub fn into_blocks(self) -> Vec<Block> {
        self.content
    }

    /// Adds a block at the end.
    pub fn push(&mut self, block: impl Into<Block>) {
        self.content.push(block.into());
    }

    /// The same document with this block at its end.
    #[must_use]
    pub fn with(mut self, block: impl Into<Block>) -> Self {
        self.push(block);
        self
    }
}

impl FromIterator<Block> for Document {
    fn from_iter<T: IntoIterator<Item = Block>>(blocks: T) -> Self {
        Self { content: blocks.into_iter().collect() }
    }
}

impl Extend<Block> for Document {
    fn extend<T: IntoIterator<Item = Block>>(&mut self, blocks: T) {
        self.content.extend(blocks);
    }
}
