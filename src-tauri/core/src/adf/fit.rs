//! Converts a block for a container that cannot hold it. The text is always kept, and as much of the structure as the
//! container allows: a heading becomes a bold line, a quote or a panel its content, a table a list of its rows. Only a
//! rule is dropped, as it has no text.
//!
//! Used for what comes from Markdown and HTML, and for comments.

use super::block::{
    Cell, CodeBlock, DecisionList, List, ListItem, Numbering, OneOrMore, Paragraph, Row, Table, Task,
    TaskList,
};
use super::content_model::{Block, CellBlock, Container, ItemBlock};
use super::inline::{Inline, Inlines, Run};
use super::plain::{self, Plain};
use super::text::{Marks, Style};

/// The separator of the cells of a row on one line.
const BETWEEN_CELLS: &str = " | ";

/// Converts blocks to those that a container can hold.
pub(super) fn fit<C: Container>(blocks: impl IntoIterator<Item = Block>) -> Vec<C> {
    let blocks = blocks.into_iter();
    let mut fitted = Vec::with_capacity(blocks.size_hint().0);
    for block in blocks {
        push(block, &mut fitted);
    }
    fitted
}

fn push<C: Container>(block: Block, fitted: &mut Vec<C>) {
    match C::try_from(block) {
        Ok(block) => fitted.push(block),
        Err(Block::Heading(heading)) => {
            fitted.push(Paragraph(heading.content.styled(Style::STRONG)).into());
        }
        Err(Block::Quote(quote)) => quote.0.into_iter().for_each(|block| push(block.into(), fitted)),
        Err(Block::Panel(panel)) => panel.content.into_iter().for_each(|block| push(block.into(), fitted)),
        Err(Block::Table(table)) => fitted.extend(rows(table).map(C::from)),
        Err(Block::TaskList(list)) => fitted.push(list.plain().into()),
        Err(Block::DecisionList(list)) => fitted.push(list.plain().into()),
        Err(Block::Paragraph(_) | Block::List(_) | Block::CodeBlock(_) | Block::Rule(_)) => {}
    }
}

/// The rows of a table as a list; `None` if there is nothing in any.
pub(super) fn rows(table: Table) -> Option<List> {
    List::of(Numbering::Bullets, table.0.into_iter().filter_map(row))
}

fn row(row: Row) -> Option<ListItem> {
    let is_line = |cell: &Cell| matches!(&cell.content[..], [CellBlock::Paragraph(_)]);
    if row.0.iter().all(is_line) {
        return line_of(row);
    }
    let blocks = row.0.into_iter().flat_map(|cell| {
        let header = cell.header;
        cell.content.into_iter().map(move |block| match block {
            CellBlock::Paragraph(Paragraph(line)) => Paragraph(heading(line, header)).into(),
            other => Block::from(other),
        })
    });
    OneOrMore::from_vec(fit::<ItemBlock>(blocks)).map(ListItem)
}

fn heading(line: Inlines, header: bool) -> Inlines {
    if header { line.styled(Style::STRONG) } else { line }
}

/// A row whose cells are single lines, on one line.
fn line_of(row: Row) -> Option<ListItem> {
    let mut line = Inlines::new();
    let mut words = false;
    for (at, cell) in row.0.into_iter().enumerate() {
        if at > 0 {
            line.push_text(BETWEEN_CELLS, Marks::default());
        }
        for block in cell.content {
            if let CellBlock::Paragraph(Paragraph(content)) = block {
                words |= !content.is_empty();
                line.extend(heading(content, cell.header));
            }
        }
    }
    words.then(|| ListItem::from(line))
}

/// Puts the words of a block at the end of a line, for tasks, which hold lines only. Blocks and items begin
/// after a break.
pub(super) fn flatten(block: Block, line: &mut Inlines) {
    match block {
        Block::Paragraph(Paragraph(more)) => add_line(more, line),
        Block::Heading(heading) => add_line(heading.content.styled(Style::STRONG), line),
        Block::List(list) => flatten_list(list, line),
        Block::TaskList(list) => flatten_tasks(list, line),
        Block::DecisionList(DecisionList { items, .. }) => {
            for item in items {
                add_line(plain::marked(plain::DECISION, item.content), line);
            }
        }
        Block::Quote(quote) => quote.0.into_iter().for_each(|block| flatten(block.into(), line)),
        Block::Panel(panel) => panel.content.into_iter().for_each(|block| flatten(block.into(), line)),
        Block::CodeBlock(CodeBlock { code, .. }) => {
            for code in code.iter().flat_map(|code| code.as_str().lines()) {
                if let Some(run) = Run::new(code, Style::CODE) {
                    add_line(Inline::from(run).into(), line);
                }
            }
        }
        Block::Table(table) => {
            if let Some(list) = rows(table) {
                flatten_list(list, line);
            }
        }
        Block::Rule(_) => {}
    }
}

fn add_line(more: Inlines, line: &mut Inlines) {
    if more.is_empty() {
        return;
    }
    if line.is_empty() {
        *line = more;
        return;
    }
    line.push(Inline::HardBreak);
    line.extend(more);
}

fn flatten_list(list: List, line: &mut Inlines) {
    for (at, item) in (0_u32..).zip(list.items) {
        let mark = match list.numbering {
            Numbering::Bullets => "• ".to_owned(),
            Numbering::From(first) => format!("{}. ", first.saturating_add(at)),
        };
        let mut content = Inlines::new();
        item.0.into_iter().for_each(|block| flatten(block.into(), &mut content));
        add_line(plain::marked(&mark, content), line);
    }
}

fn flatten_tasks(list: TaskList, line: &mut Inlines) {
    for task in list.into_tasks() {
        match task {
            Task::Item(item) => add_line(plain::marked(plain::sign(item.state), item.content), line),
            Task::Nested(list) => flatten_tasks(list, line),
        }
    }
}
