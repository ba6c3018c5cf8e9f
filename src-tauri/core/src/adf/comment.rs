//! Converts documents to the subset of ADF that comments support: no tables, no panels, headings up to level 3. All other
//! blocks are valid in the containers that comments allow.

use super::Document;
use super::block::{Heading, Level, OneOrMore, Panel, Quote};
use super::content_model::{Block, PanelBlock, QuoteBlock};
use super::fit::{fit, rows};

impl Document {
    /// The same content in what a comment can hold. A table becomes a list of its rows; a panel becomes a
    /// quote, between which its tasks and decisions stand as such.
    #[must_use]
    pub fn for_comment(self) -> Self {
        let mut content = Vec::with_capacity(self.content.len());
        for block in self.content {
            match block {
                Block::Heading(Heading { level, content: line }) => {
                    content.push(Heading { level: level.min(Level::THREE), content: line }.into());
                }
                Block::Table(table) => content.extend(rows(table).map(Block::from)),
                Block::Panel(panel) => content.extend(panel_parts(panel)),
                other => content.push(other),
            }
        }
        Self { content }
    }
}

fn panel_parts(panel: Panel) -> Vec<Block> {
    let mut parts = Vec::new();
    let mut quoted: Vec<QuoteBlock> = Vec::new();
    for block in panel.content {
        match block {
            PanelBlock::TaskList(_) | PanelBlock::DecisionList(_) | PanelBlock::Rule(_) => {
                parts.extend(OneOrMore::from_vec(std::mem::take(&mut quoted)).map(|all| Quote(all).into()));
                parts.push(block.into());
            }
            other => quoted.extend(fit::<QuoteBlock>([other.into()])),
        }
    }
    parts.extend(OneOrMore::from_vec(quoted).map(|all| Quote(all).into()));
    parts
}
