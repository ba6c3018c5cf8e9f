//! Typed Atlassian Document Format (ADF). A [`Document`] can only be built in shapes that ADF's schema allows, so every
//! document is valid by construction: a block in a container that cannot hold it does not compile.
//!
//! Input: [`Document::parse`] for JSON of the editor, the constructors for text that `app` prefills, and [`from_markdown`]
//! and [`from_html`] for imports. Output: [`Document::to_json`] for Confluence, [`Document::text`] for search, and
//! [`Inlines::to_html`] and [`Inlines::to_markdown`] for exports.
//!
//! Pure: no I/O, clock or randomness; identifiers of tasks and decisions are arguments. `app` builds and edits documents;
//! `confluence` sends them.
//!
//! ```
//! use sally_core::adf::from_markdown;
//!
//! let mut numbers = 1..;
//! let mut local_id = || format!("task-{}", numbers.next().unwrap_or_default());
//! let document = from_markdown("# Plan\n\n- [ ] Ship **it**", &mut local_id);
//! assert_eq!(document.text(), "Plan\nShip it");
//!
//! let json: serde_json::Value = serde_json::from_str(&document.to_json())?;
//! assert_eq!(json["type"], "doc");
//! assert_eq!(json["content"][0]["type"], "heading");
//! assert_eq!(json["content"][1]["content"][0]["attrs"]["state"], "TODO");
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! The format: <https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/>. Images, expands, layouts
//! and extensions have no types here, since Sally never creates them.

mod block;
mod build;
mod comment;
mod content_model;
mod excerpt;
mod fit;
mod html;
mod inline;
mod invalid;
mod markdown;
mod markup;
mod parse;
mod plain;
mod stored;
mod text;
mod visit;
mod write;

pub use block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, Level, List, ListItem, Numbering, OneOrMore, Panel,
    PanelKind, Paragraph, Quote, Row, Rule, Table, Task, TaskItem, TaskList, TaskState,
};
pub use content_model::{Block, CellBlock, ItemBlock, PanelBlock, QuoteBlock};
pub use html::from_html;
pub use inline::{Color, Date, Emoji, Inline, Inlines, Mention, Run, Status};
pub use invalid::{Fault, Invalid};
pub use markdown::from_markdown;
pub use markup::{escape_html, escape_markdown};
pub use stored::stored_text;
pub use text::{Link, LocalId, Marks, Style, Text, is_deceptive};

/// Maximum size of a body, in bytes of serialised ADF; Confluence answers HTTP 413 above that.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// Maximum nesting of lists, quotes, panels and tables, in levels. Keeps the JSON well below the 128 levels that
/// `serde_json` and other parsers accept.
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
