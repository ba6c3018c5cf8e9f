//! The readable text of a document.

use super::Document;
use super::block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, List, ListItem, OneOrMore, Panel, Paragraph, Quote,
    Row, Rule, Table, Task, TaskItem, TaskList,
};
use super::inline::{Inline, Inlines, Mention};

impl Document {
    /// Whether there is nothing to read in it: white space, breaks and rules do not count.
    pub fn is_empty(&self) -> bool {
        self.content.show(&mut |shown| shown.words().trim().is_empty())
    }

    /// All its words, one line for each block, as search and comparisons want them. Days are written as
    /// `2026-11-20`.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.show_all(&mut |shown| text.push_str(shown.words()));
        text.truncate(text.trim_end().len());
        text
    }

    /// Shows everything, in order.
    pub(super) fn show_all(&self, see: &mut dyn FnMut(Shown<'_>)) {
        self.content.show(&mut |shown| {
            see(shown);
            true
        });
    }

    /// Everybody who is mentioned, in order.
    pub fn mentions(&self) -> Vec<Mention> {
        let mut mentions = Vec::new();
        self.show_all(&mut |shown| {
            if let Shown::Mention(mention) = shown {
                mentions.push(mention.clone());
            }
        });
        mentions
    }
}

/// What a document shows, piece by piece.
#[derive(Clone, Copy)]
pub(super) enum Shown<'a> {
    Words(&'a str),
    /// Words for something that is stored as what it is, and not as these words.
    Token(&'a str),
    Mention(&'a Mention),
}

impl<'a> Shown<'a> {
    pub(super) fn words(self) -> &'a str {
        match self {
            Self::Words(words) | Self::Token(words) => words,
            Self::Mention(mention) => mention.words(),
        }
    }
}

/// What has words.
pub(super) trait Words {
    /// Shows the words, with a line break after each block, for as long as `see` answers `true`. Answers
    /// whether it did to the end.
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool;
}

impl<T: Words> Words for Vec<T> {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        self.iter().all(|one| one.show(see))
    }
}

impl<T: Words> Words for OneOrMore<T> {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        self.iter().all(|one| one.show(see))
    }
}

impl Words for Inlines {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        self.iter().all(|inline| inline.show(see)) && see(Shown::Words("\n"))
    }
}

impl Words for Inline {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        match self {
            Self::Text(run) => see(Shown::Words(run.text.as_str())),
            Self::HardBreak => see(Shown::Words("\n")),
            Self::Mention(mention) => see(Shown::Mention(mention)),
            Self::Emoji(emoji) => see(Shown::Token(emoji.words())),
            Self::Date(date) => see(Shown::Token(&date.day().to_string())),
            Self::Status(status) => see(Shown::Words(status.text.as_str())),
            Self::Card(link) => see(Shown::Token(link.as_str())),
        }
    }
}

impl Words for CodeBlock {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        self.code.as_ref().is_none_or(|code| see(Shown::Words(code.as_str()))) && see(Shown::Words("\n"))
    }
}

impl Words for Rule {
    fn show(&self, _: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        true
    }
}

impl Words for TaskList {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        self.tasks().iter().all(|task| task.show(see))
    }
}

impl Words for Task {
    fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
        match self {
            Self::Item(item) => item.show(see),
            Self::Nested(list) => list.show(see),
        }
    }
}

macro_rules! words_of {
    ($($kind:ident: $part:tt),+) => {$(
        impl Words for $kind {
            fn show(&self, see: &mut dyn FnMut(Shown<'_>) -> bool) -> bool {
                self.$part.show(see)
            }
        }
    )+};
}

words_of!(
    Paragraph: 0, Heading: content, List: items, ListItem: 0, TaskItem: content, DecisionList: items,
    DecisionItem: content, Quote: 0, Panel: content, Table: 0, Row: 0, Cell: content
);
