//! The errors of parsing a document.

use std::fmt;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The document is not valid{}: {fault}", Location(.at))]
pub struct Invalid {
    /// The way to the node, such as `content[2].content[0]`; empty for the document itself.
    pub at: String,
    /// What is wrong with it.
    pub fault: Fault,
}

struct Location<'a>(&'a str);

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " at {}", self.0) }
    }
}

/// What can be wrong. Names that come from the document are cut, since they may be anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is not JSON at all.
    #[error("it is not JSON ({0})")]
    NotJson(String),
    /// It is larger than Confluence takes.
    #[error("it has {bytes} bytes, and {} is the most that Confluence takes", super::MAX_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Lists, quotes, panels and tables stand in each other too deep.
    #[error("it is nested deeper than {} levels", super::MAX_DEPTH)]
    TooDeep,
    /// Something is not of the type that the format asks for.
    #[error("{what} should be {wanted}")]
    NotA {
        /// What it is about.
        what: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// Something that the format asks for is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The document is of another version.
    #[error("only version 1 of the format is known")]
    Version,
    /// A node, mark or attribute that is not known here.
    #[error("{what} “{name}” is not known")]
    Unknown {
        /// Whether it is a node, a mark or an attribute.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A container cannot hold the node.
    #[error("“{node}” may not stand in {container}")]
    Misplaced {
        /// Its type.
        node: String,
        /// The container, such as “a list item”.
        container: &'static str,
    },
    /// Something that must hold something is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Marks that exclude each other.
    #[error("the mark “{0}” excludes another mark of the same text")]
    Marks(&'static str),
}

impl Fault {
    /// The fault at the node that is being read; callers add the way to it.
    pub(super) fn here(self) -> Invalid {
        Invalid { at: String::new(), fault: self }
    }

    pub(super) fn not_a(what: &str, wanted: &'static str) -> Self {
        Self::NotA { what: cut(what), wanted }
    }

    pub(super) fn unknown(what: &'static str, name: &str) -> Self {
        Self::Unknown { what, name: cut(name) }
    }

    pub(super) fn misplaced(node: &str, container: &'static str) -> Self {
        Self::Misplaced { node: cut(node), container }
    }
}

impl Invalid {
    /// The same fault, seen from the node that holds the `index`th of `list`.
    pub(super) fn within(mut self, list: &str, index: usize) -> Self {
        let dot = if self.at.is_empty() { "" } else { "." };
        self.at = format!("{list}[{index}]{dot}{}", self.at);
        self
    }
}

/// Longest name that is repeated in an error message, in characters.
const MAX_NAME_LEN: usize = 40;

fn cut(name: &str) -> String {
    name.chars().take(MAX_NAME_LEN).collect()
}
