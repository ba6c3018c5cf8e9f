//! The kinds of HTML elements that the converter distinguishes, and their attributes.

use html5gum::StartTag;
use pulldown_cmark::{HeadingLevel, TagEnd};

/// An element that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Element {
    Heading(HeadingLevel),
    Paragraph,
    /// Text with its line breaks.
    Code,
    List,
    Item,
    Table,
    Row,
    Cell,
    /// Bold words, by their tag's name.
    Strong(&'static str),
    /// A `span` that is not bold.
    Span,
}

impl Element {
    pub(super) fn end(self) -> Option<TagEnd> {
        Some(match self {
            Self::Heading(level) => TagEnd::Heading(level),
            Self::Paragraph | Self::Code => TagEnd::Paragraph,
            Self::List => TagEnd::List(false),
            Self::Item => TagEnd::Item,
            Self::Table => TagEnd::Table,
            Self::Row => TagEnd::TableRow,
            Self::Cell => TagEnd::TableCell,
            Self::Strong(_) => TagEnd::Strong,
            Self::Span => return None,
        })
    }

    /// Whether words stand right in it.
    pub(super) fn is_line(self) -> bool {
        matches!(self, Self::Heading(_) | Self::Paragraph | Self::Code)
    }
}

pub(super) fn attribute(tag: &StartTag<usize>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(&value.value).into_owned())
}

pub(super) fn is_bold(tag: &StartTag<usize>) -> bool {
    attribute(tag, b"style").is_some_and(|style| {
        let style = style.replace(' ', "").to_ascii_lowercase();
        ["font-weight:bold", "font-weight:600", "font-weight:700", "font-weight:800"]
            .iter()
            .any(|bold| style.contains(bold))
    })
}

/// Elements of which browsers show no words.
pub(super) fn is_hidden(name: &[u8]) -> bool {
    matches!(
        name,
        b"script"
            | b"style"
            | b"iframe"
            | b"noembed"
            | b"noframes"
            | b"title"
            | b"template"
            | b"svg"
            | b"select"
            | b"button"
    )
}

/// Elements that begin and end on a line of their own.
pub(super) fn is_block(name: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 28] = [
        b"address",
        b"article",
        b"aside",
        b"blockquote",
        b"body",
        b"dd",
        b"details",
        b"div",
        b"dl",
        b"dt",
        b"figure",
        b"footer",
        b"form",
        b"header",
        b"hr",
        b"li",
        b"main",
        b"menu",
        b"nav",
        b"ol",
        b"p",
        b"pre",
        b"section",
        b"summary",
        b"ul",
        b"h1",
        b"h2",
        b"h3",
    ];
    BLOCKS.contains(&name) || matches!(name, [b'h', b'4'..=b'6'])
}
