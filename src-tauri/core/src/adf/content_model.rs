//! The content model: which blocks each container may hold. There is one enum for each container (document, list item,
//! quote, panel, table cell), so that a block in a container that cannot hold it does not compile.

use super::block::{CodeBlock, DecisionList, Heading, List, Panel, Paragraph, Quote, Rule, Table, TaskList};

/// The content of a container.
pub(super) trait Container:
    Into<Block> + TryFrom<Block, Error = Block> + From<Paragraph> + From<List>
{
    /// The name of the container in error messages.
    const NAME: &'static str;
}

macro_rules! container {
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

        impl super::visit::Visit for $name {
            fn visit(&self, visitor: &mut dyn FnMut(super::visit::Leaf<'_>) -> bool) -> bool {
                match self {
                    $(Self::$kind(block) => block.visit(visitor),)+
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

macro_rules! narrow_container {
    ($(#[$doc:meta])* $name:ident, $what:literal: $($kind:ident),+) => {
        container!($(#[$doc])* $name: $($kind),+);

        impl From<$name> for Block {
            fn from(block: $name) -> Self {
                match block {
                    $($name::$kind(block) => Self::$kind(block),)+
                }
            }
        }

        /// Returns the block itself if the container cannot hold it.
        impl TryFrom<Block> for $name {
            type Error = Block;

            fn try_from(block: Block) -> Result<Self, Block> {
                match block {
                    $(Block::$kind(block) => Ok(Self::$kind(block)),)+
                    other => Err(other),
                }
            }
        }

        impl Container for $name {
            const NAME: &'static str = $what;
        }
    };
}

container! {
    /// A block at the top of a document.
    Block: Paragraph, Heading, List, TaskList, DecisionList, Quote, CodeBlock, Rule, Panel, Table
}
narrow_container! {
    /// A block in an item of a bullet or numbered list.
    ItemBlock, "a list item": Paragraph, List, TaskList, CodeBlock
}
narrow_container! {
    /// A block in a quote.
    QuoteBlock, "a quote": Paragraph, List, CodeBlock
}
narrow_container! {
    /// A block in a panel.
    PanelBlock, "a panel": Paragraph, Heading, List, TaskList, DecisionList, CodeBlock, Rule
}
narrow_container! {
    /// A block in a table cell.
    CellBlock, "a table cell":
    Paragraph, Heading, List, TaskList, DecisionList, Quote, CodeBlock, Rule, Panel
}
