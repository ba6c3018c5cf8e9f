//! Start and end events of blocks.

use std::num::NonZeroU16;

use super::super::MAX_DEPTH;
use super::super::block::{Cell, CodeBlock, Numbering, OneOrMore, Panel, Paragraph, Quote, Row, Table};
use super::super::content_model::{Block, CellBlock, PanelBlock, QuoteBlock};
use super::super::fit::fit;
use super::super::text::Text;
use super::super::visit::Visit as _;
use super::{Blocks, Builder, Frame, Kind, Span, list};

/// What was open when a block began, so that exactly that is open again when it ends.
pub(in super::super) struct Outside {
    height: usize,
    floor: usize,
}

impl Builder<'_> {
    /// Begins a block, and whatever it needs around it: a row begins in a table, a cell in a row, an item in
    /// a list. Answers whether it did: it does not in code, nor where it is too deep; its content then
    /// belongs to the block around.
    pub(in super::super) fn open(&mut self, frame: Frame) -> bool {
        self.end_line();
        if self.code().is_some() {
            return false;
        }
        let kind = frame.kind();
        if kind.nests() && self.depth >= MAX_DEPTH {
            return false;
        }
        let opened = match kind {
            Kind::Heading => {
                self.close(Kind::Heading);
                true
            }
            Kind::List => {
                self.go_on_with_item();
                true
            }
            Kind::Item => self.go_to(&[Kind::List]) || self.open(Frame::list(Numbering::Bullets)),
            Kind::Row => self.go_to(&[Kind::Table]) || self.open(Frame::table()),
            Kind::Cell => {
                let in_row = self.go_to(&[Kind::Row, Kind::Table]) && self.top() == Some(Kind::Row);
                in_row || self.open(Frame::row())
            }
            Kind::Quote | Kind::Panel | Kind::Table | Kind::Code => true,
        };
        if opened {
            self.depth += usize::from(kind.nests());
            self.stack.push(frame);
        }
        opened
    }

    /// Begins a block that belongs to the text around, so that [`Self::close`] cannot end it.
    pub(in super::super) fn open_firmly(&mut self, frame: Frame) -> Outside {
        self.end_line();
        let outside = Outside { height: self.stack.len(), floor: self.floor };
        self.open(frame);
        self.floor = self.stack.len().max(self.floor);
        outside
    }

    /// Ends a block that belongs to the text around, and everything that is open in it.
    pub(in super::super) fn close_firmly(&mut self, outside: &Outside) {
        self.close_to(outside.height);
        self.floor = outside.floor;
    }

    /// Ends the innermost block of this kind, and everything that is open in it. Ends nothing where there is
    /// none, or where it lies around a cell or a list that something else has to end.
    pub(in super::super) fn close(&mut self, kind: Kind) {
        self.end_line();
        let part = |frame: Kind| match kind {
            Kind::Item => frame == Kind::List,
            Kind::Table | Kind::Row | Kind::Cell => frame == Kind::Table,
            _ => false,
        };
        let walls = |frame: Kind| frame == Kind::Cell && !matches!(kind, Kind::Table | Kind::Row);
        for at in (self.floor..self.stack.len()).rev() {
            let frame = self.stack[at].kind();
            if frame == kind {
                return self.close_to(at);
            }
            if part(frame) || walls(frame) {
                return;
            }
        }
    }

    /// Ends everything that is open above this height.
    pub(super) fn close_to(&mut self, height: usize) {
        self.end_line();
        while self.stack.len() > height
            && let Some(frame) = self.stack.pop()
        {
            self.depth -= usize::from(frame.kind().nests());
            self.fold(frame);
        }
    }

    fn top(&self) -> Option<Kind> {
        self.stack.last().map(Frame::kind)
    }

    /// Ends what stands between here and the innermost frame of one of these kinds. Answers whether there is
    /// one that can be reached.
    fn go_to(&mut self, kinds: &[Kind]) -> bool {
        for at in (0..self.stack.len()).rev() {
            let frame = self.stack[at].kind();
            if kinds.contains(&frame) {
                self.close_to(at + 1);
                return true;
            }
            // An item does not look for its list outside the table, quote or panel that it stands in.
            let wall = kinds.contains(&Kind::List) && !matches!(frame, Kind::Item | Kind::Heading);
            if at < self.floor || wall {
                return false;
            }
        }
        false
    }

    /// A list that begins right in a list is meant to stand in the item before it.
    fn go_on_with_item(&mut self) {
        if let Some(Frame::List(_, entries)) = self.stack.last_mut() {
            let entry = entries.pop().unwrap_or_default();
            self.stack.push(Frame::Item(entry));
        }
    }

    /// Makes a block of what has ended.
    fn fold(&mut self, frame: Frame) {
        match frame {
            Frame::Quote(blocks) => {
                let content = OneOrMore::from_vec(fit::<QuoteBlock>(blocks));
                self.add(content.map(Quote));
            }
            Frame::Panel(kind, blocks) => {
                let content = OneOrMore::from_vec(fit::<PanelBlock>(blocks));
                self.add(content.map(|content| Panel { kind, content }));
            }
            Frame::Heading(_) => {}
            Frame::List(numbering, entries) => {
                let lists = list::lists(numbering, entries, self.local_ids);
                self.blocks().extend(lists);
            }
            Frame::Item(entry) => match self.stack.last_mut() {
                Some(Frame::List(_, entries)) => entries.push(entry),
                _ => self.blocks().extend(entry.blocks),
            },
            Frame::Code(language, mut code) => {
                if code.ends_with('\n') {
                    code.pop();
                }
                let code = Text::new(code).filter(|code| !code.as_str().trim().is_empty());
                self.add(code.map(|code| CodeBlock { language, code: Some(code) }));
            }
            Frame::Table(rows) => {
                let rows = OneOrMore::from_vec(rows)
                    .filter(|rows| !rows.visit(&mut |leaf| leaf.text().trim().is_empty()));
                self.add(rows.map(Table));
            }
            Frame::Row(cells) => {
                if let Some(Frame::Table(rows)) = self.stack.last_mut()
                    && !cells.is_empty()
                {
                    rows.push(Row(cells));
                }
            }
            Frame::Cell(span, blocks) => {
                if let Some(Frame::Row(cells)) = self.stack.last_mut() {
                    cells.push(cell(span, blocks));
                }
            }
        }
    }

    fn add(&mut self, block: Option<impl Into<Block>>) {
        if let Some(block) = block {
            self.blocks().push(block.into());
        }
    }
}

fn cell(span: Span, blocks: Blocks) -> Cell {
    let content = OneOrMore::from_vec(fit::<CellBlock>(blocks));
    Cell {
        header: span.header,
        colspan: span.columns,
        // Rows that do not add up are refused, so that cells stay in theirs.
        rowspan: NonZeroU16::MIN,
        colwidth: Vec::new(),
        content: content.unwrap_or_else(|| OneOrMore::new(Paragraph::default().into())),
    }
}
