//! Where each block may stand. There is one enum for each place (top level, list item, quote, panel, table
//! cell), so that a block in the wrong place does not compile.

use super::block::{CodeBlock, DecisionList, Heading, List, Panel, Paragraph, Quote, Rule, Table, TaskList};

/// A place where blocks stand.
pub(super) trait Place:
    Into<Block> + TryFrom<Block, Error = Block> + From<Paragraph> + From<List>
{
    /// What the place is called in errors.
    const NAME: &'static str;
}

macro_rules! place {
    ($(#[$doc:meta])* $name:ident: $($kind:ident),+) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant is documented by the type it holds")]
        pub enum $name {
            $($kind($kind),)+
        }

        $(impl From<$kind> for $name {
            fn from(block: $kind) -> Self {
                Self::$kind(block)
            }
        })+

        impl super::plain::Plain for $name {
            type Form = Self;

            fn plain(self) -> Self {
                match self {
                    $(Self::$kind(block) => super::plain::Plain::plain(block).into(),)+
                }
            }
        }

        impl super::words::Words for $name {
            fn show(&self, see: &mut dyn FnMut(super::words::Shown<'_>) -> bool) -> bool {
                match self {
                    $(Self::$kind(block) => block.show(see),)+
                }
            }
        }

        impl super::write::Write for $name {
            fn write(&self, json: &mut String) {
                match self {
                    $(Self::$kind(block) => block.write(json),)+
                }
            }
        }
    };
}

macro_rules! narrow_place {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($kind:ident),+) => {
        place!($(#[$doc])* $name: $($kind),+);

        impl From<$name> for Block {
            fn from(block: $name) -> Self {
                match block {
                    $($name::$kind(block) => Self::$kind(block),)+
                }
            }
        }

        /// Answers the block itself if it may not stand there.
        impl TryFrom<Block> for $name {
            type Error = Block;

            fn try_from(block: Block) -> Result<Self, Block> {
                match block {
                    $(Block::$kind(block) => Ok(Self::$kind(block)),)+
                    other => Err(other),
                }
            }
        }

        impl Place for $name {
            const NAME: &'static str = $what;
        }
    };
}

place! {
    /// A block at the top of a document.
    Block: Paragraph, Heading, List, TaskList, DecisionList, Quote, CodeBlock, Rule, Panel, Table
}
narrow_place! {
    /// A block in an item of a bullet or numbered list.
    ItemBlock, "a list item": Paragraph, List, TaskList, CodeBlock
}
narrow_place! {
    /// A block in a quote.
    QuoteBlock, "a quote": Paragraph, List, CodeBlock
}
narrow_place! {
    /// A block in a panel.
    PanelBlock, "a panel": Paragraph, Heading, List, TaskList, DecisionList, CodeBlock, Rule
}
narrow_place! {
    /// A block in a table cell.
    CellBlock, "a table cell":
    Paragraph, Heading, List, TaskList, DecisionList, Quote, CodeBlock, Rule, Panel
}
