//! The fallback for a document that Confluence refused to convert: tasks and decisions become bullet lists that keep
//! their check marks. All text is kept.

use super::Document;
use super::block::{
    Cell, CodeBlock, DecisionList, Heading, List, ListItem, Numbering, OneOrMore, Panel, Paragraph, Quote,
    Row, Rule, Table, Task, TaskList, TaskState,
};
use super::inline::Inlines;
use super::text::Marks;

/// The sign before a decision.
pub(super) const DECISION: &str = "✓ ";

/// The sign before a task.
pub(super) fn sign(state: TaskState) -> &'static str {
    match state {
        TaskState::Todo => "☐ ",
        TaskState::Done => "☑ ",
    }
}

/// A line that begins with a sign.
pub(super) fn marked(sign: &str, line: Inlines) -> Inlines {
    let mut marked = Inlines::new().with_text(sign, Marks::default());
    marked.extend(line);
    marked
}

impl Document {
    /// The same content with bullet lists instead of native tasks and decisions.
    #[must_use]
    pub fn plain_lists(self) -> Self {
        Self { content: self.content.plain() }
    }
}

/// What has a plain form.
pub(super) trait Plain {
    /// The plain form.
    type Form;

    fn plain(self) -> Self::Form;
}

impl<T: Plain> Plain for Vec<T> {
    type Form = Vec<T::Form>;

    fn plain(self) -> Self::Form {
        self.into_iter().map(Plain::plain).collect()
    }
}

impl<T: Plain> Plain for OneOrMore<T> {
    type Form = OneOrMore<T::Form>;

    fn plain(self) -> Self::Form {
        self.map(Plain::plain)
    }
}

impl Plain for TaskList {
    type Form = List;

    fn plain(self) -> List {
        let mut items: Vec<ListItem> = Vec::new();
        for task in self.into_tasks() {
            match (task, items.last_mut()) {
                (Task::Item(item), _) => {
                    items.push(ListItem::from(marked(sign(item.state), item.content)));
                }
                (Task::Nested(nested), Some(above)) => above.push(nested.plain()),
                (Task::Nested(nested), None) => items.push(ListItem::new(nested.plain())),
            }
        }
        let empty = || OneOrMore::new(ListItem::from(Inlines::new()));
        List { numbering: Numbering::Bullets, items: OneOrMore::from_vec(items).unwrap_or_else(empty) }
    }
}

impl Plain for DecisionList {
    type Form = List;

    fn plain(self) -> List {
        let item = |line: Inlines| ListItem::from(marked(DECISION, line));
        List { numbering: Numbering::Bullets, items: self.items.map(|decision| item(decision.content)) }
    }
}

macro_rules! plain_as_is {
    ($($kind:ident),+) => {$(
        impl Plain for $kind {
            type Form = Self;

            fn plain(self) -> Self {
                self
            }
        }
    )+};
}

macro_rules! plain_within {
    ($($kind:ident: $part:tt),+) => {$(
        impl Plain for $kind {
            type Form = Self;

            fn plain(mut self) -> Self {
                self.$part = self.$part.plain();
                self
            }
        }
    )+};
}

plain_as_is!(CodeBlock, Heading, Paragraph, Rule);
plain_within!(
    List: items, ListItem: 0, Quote: 0, Panel: content, Table: 0, Row: 0,
    Cell: content
);
