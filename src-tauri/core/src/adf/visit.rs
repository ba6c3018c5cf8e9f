//! A visitor of the readable parts of a document: its text with its links, and the nodes that are stored as something other
//! than text.

use std::collections::HashSet;

use super::Document;
use super::block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, List, ListItem, OneOrMore, Panel, Paragraph, Quote,
    Row, Rule, Table, Task, TaskItem, TaskList,
};
use super::inline::{Inline, Inlines, Mention};
use super::text::Link;

impl Document {
    /// Whether there is nothing to read in it: white space, breaks and rules do not count.
    pub fn is_empty(&self) -> bool {
        self.content.visit(&mut |leaf| leaf.text().trim().is_empty())
    }

    /// The plain text, one line for each block, for search and comparison. Dates are written as `2026-11-20`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.visit_all(&mut |leaf| text.push_str(leaf.text()));
        text.truncate(text.trim_end().len());
        text
    }

    /// Passes every leaf to `visitor`, in document order.
    pub(super) fn visit_all(&self, visitor: &mut dyn FnMut(Leaf<'_>)) {
        self.content.visit(&mut |leaf| {
            visitor(leaf);
            true
        });
    }

    /// Everybody who is mentioned, in order.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut mentions = Vec::new();
        self.visit_all(&mut |leaf| {
            if let Leaf::Mention(mention) = leaf {
                mentions.push(mention.clone());
            }
        });
        mentions
    }

    /// The host of each link, as [`Link::host`] tells it, once and in order.
    pub fn link_hosts(&self) -> Vec<String> {
        let (mut hosts, mut seen) = (Vec::new(), HashSet::new());
        self.visit_all(&mut |leaf| {
            if let Leaf::Text(_, Some(link)) | Leaf::Card(link) = leaf {
                let host = link.host();
                if seen.insert(host.clone()) {
                    hosts.push(host);
                }
            }
        });
        hosts
    }
}

/// A readable part of a document.
#[derive(Clone, Copy)]
pub(super) enum Leaf<'a> {
    /// Text, and where it leads if it is a link.
    Text(&'a str, Option<&'a Link>),
    /// A link that shows the title of what it leads to.
    Card(&'a Link),
    /// The displayed text of a node that is stored by its attributes, such as a date or an emoji.
    Token(&'a str),
    Mention(&'a Mention),
}

impl<'a> Leaf<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Text(text, _) | Self::Token(text) => text,
            Self::Card(link) => link.as_str(),
            Self::Mention(mention) => mention.text(),
        }
    }
}

/// A node with readable text.
pub(super) trait Visit {
    /// Passes the leaves to `visitor` in document order, with a line break after each block, until it returns `false`. Returns
    /// whether every leaf was visited.
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool;
}

impl<T: Visit> Visit for Vec<T> {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        self.iter().all(|one| one.visit(visitor))
    }
}

impl<T: Visit> Visit for OneOrMore<T> {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        self.iter().all(|one| one.visit(visitor))
    }
}

impl Visit for Inlines {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        self.iter().all(|inline| inline.visit(visitor)) && visitor(Leaf::Text("\n", None))
    }
}

impl Visit for Inline {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        match self {
            Self::Text(run) => visitor(Leaf::Text(run.text.as_str(), run.marks.link.as_ref())),
            Self::HardBreak => visitor(Leaf::Text("\n", None)),
            Self::Mention(mention) => visitor(Leaf::Mention(mention)),
            Self::Emoji(emoji) => visitor(Leaf::Token(emoji.text())),
            Self::Date(date) => visitor(Leaf::Token(&date.day().to_string())),
            Self::Status(status) => visitor(Leaf::Text(status.text.as_str(), None)),
            Self::Card(link) => visitor(Leaf::Card(link)),
        }
    }
}

impl Visit for CodeBlock {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        self.code.as_ref().is_none_or(|code| visitor(Leaf::Text(code.as_str(), None)))
            && visitor(Leaf::Text("\n", None))
    }
}

impl Visit for Rule {
    fn visit(&self, _: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        true
    }
}

impl Visit for TaskList {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        self.tasks().iter().all(|task| task.visit(visitor))
    }
}

impl Visit for Task {
    fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
        match self {
            Self::Item(item) => item.visit(visitor),
            Self::Nested(list) => list.visit(visitor),
        }
    }
}

macro_rules! visit_field {
    ($($kind:ident: $part:tt),+) => {$(
        impl Visit for $kind {
            fn visit(&self, visitor: &mut dyn FnMut(Leaf<'_>) -> bool) -> bool {
                self.$part.visit(visitor)
            }
        }
    )+};
}

visit_field!(
    Paragraph: 0, Heading: content, List: items, ListItem: 0, TaskItem: content, DecisionList: items,
    DecisionItem: content, Quote: 0, Panel: content, Table: 0, Row: 0, Cell: content
);

#[cfg(test)]
mod tests {
    use super::super::from_markdown;
    use super::*;

    #[test]
    fn hosts_of_links_are_told_wherever_the_links_stand() {
        let markdown = "See [the plan](https://evil.example/1) and https://docs.example.com.\n\n\
            - [ ] Ask **[Ada](mailto:ada@example.com)**\n\n\
            | A | B |\n|---|---|\n| [C](https://table.example) | [D](https://evil.example/2) |\n";
        let mut document = from_markdown(markdown, &mut String::new);
        let card = Link::new("https://card.example/x").map(Inline::Card);
        document.push(Paragraph::new(card.into_iter().collect::<Inlines>()));
        let hosts = ["evil.example", "docs.example.com", "ada@example.com", "table.example", "card.example"];
        assert_eq!(document.link_hosts(), hosts, "each once, in order");
    }
}
