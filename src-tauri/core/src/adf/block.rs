//! Block nodes. [`super::content_model`] defines which blocks a container may hold.
//!
//! Longer than 400 lines: one type for each block of the format; they hold each other.

use std::num::NonZeroU16;
use std::ops::{Deref, DerefMut};

use super::content_model::{CellBlock, ItemBlock, PanelBlock, QuoteBlock};
use super::inline::{Inline, Inlines};
use super::text::{LocalId, Text};

/// A row of things that has at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOrMore<T>(Vec<T>);

impl<T> OneOrMore<T> {
    /// Just this one.
    pub fn new(first: T) -> Self {
        Self(vec![first])
    }

    /// All of these; `None` if there are none.
    pub fn from_vec(all: Vec<T>) -> Option<Self> {
        (!all.is_empty()).then_some(Self(all))
    }

    /// Adds one at the end.
    pub fn push(&mut self, one: T) {
        self.0.push(one);
    }

    /// As many of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> OneOrMore<U> {
        OneOrMore(self.0.into_iter().map(change).collect())
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for OneOrMore<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for OneOrMore<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<T> IntoIterator for OneOrMore<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T> Extend<T> for OneOrMore<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, more: I) {
        self.0.extend(more);
    }
}

/// A paragraph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paragraph(pub Inlines);

impl Paragraph {
    /// A paragraph of this line.
    pub fn new(line: impl Into<Inlines>) -> Self {
        Self(line.into())
    }
}

impl From<Inlines> for Paragraph {
    fn from(line: Inlines) -> Self {
        Self(line)
    }
}

/// How deep a heading is: 1 to 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    /// The deepest level that a comment holds.
    pub const THREE: Self = Self(3);

    /// A level; `None` outside 1 to 6.
    pub const fn new(level: u8) -> Option<Self> {
        if level >= 1 && level <= 6 { Some(Self(level)) } else { None }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// How deep.
    pub level: Level,
    /// Its words.
    pub content: Inlines,
}

impl Heading {
    /// A heading of this line.
    pub fn new(level: Level, line: impl Into<Inlines>) -> Self {
        Self { level, content: line.into() }
    }
}

/// How a list counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// Bullets.
    Bullets,
    /// Numbers, from this one on.
    From(u32),
}

/// A bullet or numbered list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// How it counts.
    pub numbering: Numbering,
    /// Its items.
    pub items: OneOrMore<ListItem>,
}

impl List {
    /// A list of this one item.
    pub fn new(numbering: Numbering, first: impl Into<ListItem>) -> Self {
        Self { numbering, items: OneOrMore::new(first.into()) }
    }

    /// A list of all of these; `None` if there are none.
    pub fn of<I: Into<ListItem>>(numbering: Numbering, items: impl IntoIterator<Item = I>) -> Option<Self> {
        let items = OneOrMore::from_vec(items.into_iter().map(Into::into).collect())?;
        Some(Self { numbering, items })
    }

    /// Adds an item at the end.
    pub fn push(&mut self, item: impl Into<ListItem>) {
        self.items.push(item.into());
    }
}

/// An item of a bullet or numbered list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem(pub OneOrMore<ItemBlock>);

impl ListItem {
    /// An item of this one block.
    pub fn new(first: impl Into<ItemBlock>) -> Self {
        Self(OneOrMore::new(first.into()))
    }

    /// Adds a block at the end.
    pub fn push(&mut self, block: impl Into<ItemBlock>) {
        self.0.push(block.into());
    }
}

impl<L: Into<Inlines>> From<L> for ListItem {
    fn from(line: L) -> Self {
        Self::new(Paragraph::new(line))
    }
}

/// A list of tasks. Its first entry is a task; lists below a task follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskList {
    /// Names the list.
    pub local_id: LocalId,
    /// Never empty, and the first is no list.
    tasks: Vec<Task>,
}

impl TaskList {
    /// A list of this one task.
    pub fn new(local_id: LocalId, first: TaskItem) -> Self {
        Self::with_room(local_id, first, 1)
    }

    /// The same, with room for so many.
    pub(super) fn with_room(local_id: LocalId, first: TaskItem, room: usize) -> Self {
        let mut tasks = Vec::with_capacity(room);
        tasks.push(Task::Item(first));
        Self { local_id, tasks }
    }

    /// A list of all of these; `None` if there are none.
    pub fn of(local_id: LocalId, tasks: impl IntoIterator<Item = TaskItem>) -> Option<Self> {
        let tasks: Vec<Task> = tasks.into_iter().map(Task::Item).collect();
        (!tasks.is_empty()).then_some(Self { local_id, tasks })
    }

    /// Adds a task, or a list below the last task, at the end.
    pub fn push(&mut self, task: impl Into<Task>) {
        self.tasks.push(task.into());
    }

    /// Its entries.
    pub fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    /// Its entries, to be put elsewhere.
    pub fn into_tasks(self) -> Vec<Task> {
        self.tasks
    }
}

impl Extend<Task> for TaskList {
    fn extend<T: IntoIterator<Item = Task>>(&mut self, tasks: T) {
        self.tasks.extend(tasks);
    }
}

/// An entry of a task list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// A task.
    Item(TaskItem),
    /// Tasks below the task before.
    Nested(TaskList),
}

impl From<TaskItem> for Task {
    fn from(item: TaskItem) -> Self {
        Self::Item(item)
    }
}

impl From<TaskList> for Task {
    fn from(list: TaskList) -> Self {
        Self::Nested(list)
    }
}

/// A task that can be ticked. It holds one line: the format has no room for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskItem {
    /// Names the task.
    pub local_id: LocalId,
    /// Whether it is done.
    pub state: TaskState,
    /// What is to be done.
    pub content: Inlines,
}

impl TaskItem {
    /// A task.
    pub fn new(local_id: LocalId, state: TaskState, line: impl Into<Inlines>) -> Self {
        Self { local_id, state, content: line.into() }
    }
}

/// Whether a task is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Not yet.
    Todo,
    /// Done.
    Done,
}

/// A list of decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionList {
    /// Names the list.
    pub local_id: LocalId,
    /// Its decisions.
    pub items: OneOrMore<DecisionItem>,
}

impl DecisionList {
    /// A list of this one decision.
    pub fn new(local_id: LocalId, first: DecisionItem) -> Self {
        Self { local_id, items: OneOrMore::new(first) }
    }

    /// A list of all of these; `None` if there are none.
    pub fn of(local_id: LocalId, items: impl IntoIterator<Item = DecisionItem>) -> Option<Self> {
        let items = OneOrMore::from_vec(items.into_iter().collect())?;
        Some(Self { local_id, items })
    }

    /// Adds a decision at the end.
    pub fn push(&mut self, item: DecisionItem) {
        self.items.push(item);
    }
}

/// A decision that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecisionItem {
    /// Names the decision.
    pub local_id: LocalId,
    /// What was decided.
    pub content: Inlines,
}

impl DecisionItem {
    /// A decision.
    pub fn new(local_id: LocalId, line: impl Into<Inlines>) -> Self {
        Self { local_id, content: line.into() }
    }
}

/// A quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote(pub OneOrMore<QuoteBlock>);

/// Code, line by line as it is, without marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeBlock {
    /// The programming language, for colours.
    pub language: Option<Text>,
    /// The code.
    pub code: Option<Text>,
}

/// A line across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule;

/// A coloured box. Pages hold panels, comments do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Its colour and sign.
    pub kind: PanelKind,
    /// What is in it.
    pub content: OneOrMore<PanelBlock>,
}

/// The kinds of panels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PanelKind {
    Info,
    Note,
    Tip,
    Warning,
    Error,
    Success,
}

impl PanelKind {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::Info, "info"),
        (Self::Note, "note"),
        (Self::Tip, "tip"),
        (Self::Warning, "warning"),
        (Self::Error, "error"),
        (Self::Success, "success"),
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("info", |(_, name)| name)
    }
}

/// A table. Pages hold tables, comments do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table(pub OneOrMore<Row>);

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row(pub Vec<Cell>);

/// A cell of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Whether it heads its row or column.
    pub header: bool,
    /// How many columns it takes.
    pub colspan: NonZeroU16,
    /// How many rows it takes.
    pub rowspan: NonZeroU16,
    /// The widths of its columns, in pixels; empty where the reader's window decides.
    pub colwidth: Vec<u32>,
    /// What is in it.
    pub content: OneOrMore<CellBlock>,
}

impl Cell {
    /// A cell of one row and column.
    pub fn new(header: bool, content: OneOrMore<CellBlock>) -> Self {
        Self { header, colspan: NonZeroU16::MIN, rowspan: NonZeroU16::MIN, colwidth: Vec::new(), content }
    }
}

impl From<Inline> for Paragraph {
    fn from(inline: Inline) -> Self {
        Self(inline.into())
    }
}
