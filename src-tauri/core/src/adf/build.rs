//! Builds a document from a stream of start and end events, as the Markdown and HTML parsers emit them. Any sequence of
//! events gives a valid document with all of the text. The nesting depth is bounded: deeper blocks are merged into the
//! block around them.

use std::num::NonZeroU16;

use smallvec::SmallVec;

use super::block::{
    Cell, Heading, Level, Numbering, PanelKind, Paragraph, Row, TaskItem, TaskList, TaskState,
};
use super::content_model::Block;
use super::text::{LocalId, Text};
use super::{Document, plain};

mod frames;
mod line;
mod list;

pub(super) use frames::Outside;
use line::Line;
use list::Entry;

/// Blocks in another block. Most items and cells have just one, which needs no memory of its own here.
pub(super) type Blocks = SmallVec<[Block; 1]>;

/// A block that has begun and not ended.
pub(super) enum Frame {
    Quote(Blocks),
    Panel(PanelKind, Blocks),
    /// Lines in it are headings.
    Heading(Level),
    List(Numbering, Vec<Entry>),
    Item(Entry),
    Table(Vec<Row>),
    Row(Vec<Cell>),
    Cell(Span, Blocks),
    Code(Option<Text>, String),
}

/// What a table cell is.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) header: bool,
    pub(super) columns: NonZeroU16,
}

impl Default for Span {
    fn default() -> Self {
        Self { header: false, columns: NonZeroU16::MIN }
    }
}

/// The kinds of frames, to find them by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Quote,
    Panel,
    Heading,
    List,
    Item,
    Table,
    Row,
    Cell,
    Code,
}

impl Frame {
    pub(super) fn quote() -> Self {
        Self::Quote(Blocks::new())
    }

    pub(super) fn panel(kind: PanelKind) -> Self {
        Self::Panel(kind, Blocks::new())
    }

    pub(super) fn list(numbering: Numbering) -> Self {
        // Room for as many items as most lists have.
        Self::List(numbering, Vec::with_capacity(8))
    }

    /// An item of a list; a task if it has a state.
    pub(super) fn item(task: Option<TaskState>) -> Self {
        Self::Item(Entry { task, blocks: Blocks::new() })
    }

    pub(super) fn table() -> Self {
        Self::Table(Vec::new())
    }

    pub(super) fn row() -> Self {
        Self::Row(Vec::new())
    }

    pub(super) fn cell(span: Span) -> Self {
        Self::Cell(span, Blocks::new())
    }

    /// Code in this language.
    pub(super) fn code(language: &str) -> Self {
        Self::Code(Text::new(language), String::new())
    }

    fn kind(&self) -> Kind {
        match self {
            Self::Quote(_) => Kind::Quote,
            Self::Panel(..) => Kind::Panel,
            Self::Heading(_) => Kind::Heading,
            Self::List(..) => Kind::List,
            Self::Item(_) => Kind::Item,
            Self::Table(_) => Kind::Table,
            Self::Row(_) => Kind::Row,
            Self::Cell(..) => Kind::Cell,
            Self::Code(..) => Kind::Code,
        }
    }
}

impl Kind {
    /// Whether blocks of this kind count for the depth of a document.
    fn nests(self) -> bool {
        matches!(self, Self::Quote | Self::Panel | Self::List | Self::Table)
    }
}

/// A document that is being built.
pub(super) struct Builder<'a> {
    /// The blocks at the top.
    content: Blocks,
    /// What is open in them, the outermost first.
    stack: Vec<Frame>,
    /// How many of the frames nest.
    depth: usize,
    /// Frames that may not be closed but by [`Self::close_to`]: they belong to the text around.
    floor: usize,
    /// The line that is being written.
    line: Line,
    /// The box that was seen in this line.
    task: Option<TaskState>,
    local_ids: &'a mut dyn FnMut() -> String,
}

impl<'a> Builder<'a> {
    /// An empty document, whose tasks will be named by this function.
    pub(super) fn new(local_ids: &'a mut dyn FnMut() -> String) -> Self {
        let (content, stack, line) = (Blocks::new(), Vec::new(), Line::default());
        Self { content, stack, depth: 0, floor: 0, line, task: None, local_ids }
    }

    /// The document, with everything closed that is open.
    pub(super) fn finish(mut self) -> Document {
        self.close_to(0);
        Document { content: self.content.into_vec() }
    }

    /// The line that is being written, to add to it.
    pub(super) fn line(&mut self) -> &mut Line {
        &mut self.line
    }

    /// The code that is being written, if it is code.
    pub(super) fn code(&mut self) -> Option<&mut String> {
        match self.stack.last_mut() {
            Some(Frame::Code(_, code)) => Some(code),
            _ => None,
        }
    }

    /// Adds text as it is: to the code if some is open, else to the line.
    pub(super) fn text(&mut self, text: &str) {
        match self.code() {
            Some(code) => code.push_str(text),
            None => self.line.text(text),
        }
    }

    /// Makes the line a task.
    pub(super) fn check_box(&mut self, state: TaskState) {
        if self.code().is_some() {
            return;
        }
        if self.task.is_some() {
            self.end_line();
        }
        self.task = Some(state);
    }

    /// Adds a block between others.
    pub(super) fn block(&mut self, block: impl Into<Block>) {
        self.end_line();
        if self.code().is_none() {
            self.blocks().push(block.into());
        }
    }

    /// Ends the line: what comes next begins a block of its own.
    #[inline]
    pub(super) fn end_line(&mut self) {
        // The usual case by far, as beginnings and ends follow each other.
        let nothing = self.line.is_empty() && self.task.is_none();
        if !nothing || matches!(self.stack.last(), Some(Frame::Code(..))) {
            self.end_begun_line();
        }
    }

    /// Apart from [`Self::end_line`], so that the usual case is small enough to be inlined.
    #[inline(never)]
    fn end_begun_line(&mut self) {
        if let Some(code) = self.code() {
            if !code.is_empty() && !code.ends_with('\n') {
                code.push('\n');
            }
            return;
        }
        let content = self.line.take();
        let task = self.task.take();
        match (self.stack.last_mut(), task) {
            (_, None) if content.is_empty() => {}
            (Some(Frame::Heading(level)), task) => {
                let level = *level;
                let content = match task {
                    Some(state) => plain::marked(plain::sign(state), content),
                    None => content,
                };
                self.blocks().push(Heading { level, content }.into());
            }
            (Some(Frame::Item(entry)), Some(state)) if entry.blocks.is_empty() => {
                entry.task = Some(state);
                if !content.is_empty() {
                    entry.blocks.push(Paragraph(content).into());
                }
            }
            (_, Some(state)) => {
                let item = TaskItem::new(LocalId::new((self.local_ids)()), state, content);
                if let Some(Block::TaskList(list)) = self.blocks().last_mut() {
                    list.push(item);
                } else {
                    let list = TaskList::new(LocalId::new((self.local_ids)()), item);
                    self.blocks().push(list.into());
                }
            }
            (_, None) => self.blocks().push(Paragraph(content).into()),
        }
    }

    /// Where blocks go: the innermost frame that takes them. What stands in a table but in no cell goes
    /// before the table, as in browsers.
    fn blocks(&mut self) -> &mut Blocks {
        for frame in self.stack.iter_mut().rev() {
            match frame {
                Frame::Quote(blocks) | Frame::Panel(_, blocks) | Frame::Cell(_, blocks) => return blocks,
                Frame::Item(entry) => return &mut entry.blocks,
                Frame::List(_, entries) => return list::new_entry(entries),
                Frame::Heading(_) | Frame::Table(_) | Frame::Row(_) | Frame::Code(..) => {}
            }
        }
        &mut self.content
    }
}
