//! Parses documents from ADF's JSON. Strict: unknown nodes, attributes and marks are errors, and so is a node in a
//! container that cannot hold it. Two things are repaired instead, since no text is lost by that: links with a scheme
//! that is not allowed, and characters that XML cannot represent.

use std::num::NonZeroU16;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use super::block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, Level, List, ListItem, Numbering, OneOrMore, Panel,
    PanelKind, Paragraph, Quote, Row, Rule, Table, Task, TaskItem, TaskList, TaskState,
};
use super::content_model::{Block, CellBlock, Container};
use super::invalid::{Fault, Invalid};
use super::text::{LocalId, Text};
use super::{Document, MAX_BYTES, MAX_DEPTH};

mod inline;
mod node;
#[cfg(test)]
mod tests;

use node::{Attrs, Node};

impl Document {
    /// Reads a document from its JSON.
    pub fn parse(json: &str) -> Result<Self, Invalid> {
        if json.len() > MAX_BYTES {
            return Err(Fault::TooLarge { bytes: json.len() }.here());
        }
        let value = serde_json::from_str(json).map_err(|error| Fault::NotJson(error.to_string()).here())?;
        document(value)
    }
}

/// The same as [`Document::parse`], for documents within other values. Of any size: what is typed is kept even where it
/// is too large to be sent.
impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        document(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn document(value: Value) -> Result<Document, Invalid> {
    let Value::Object(mut map) = value else { return Err(Fault::not_a("the document", "an object").here()) };
    if map.remove("version").ok_or(Fault::Missing("version").here())? != 1 {
        return Err(Fault::Version.here());
    }
    let node = Node::new(map)?;
    if node.kind != "doc" {
        return Err(Fault::misplaced(&node.kind, "the root").here());
    }
    node.attrs.finish()?;
    let content = node.content.ok_or(Fault::Missing("content").here())?;
    Ok(Document { content: each(content, |node| block(node, 1))? })
}

/// Reads every node of a content, and tells where it failed.
fn each<T>(content: Vec<Value>, mut read: impl FnMut(Node) -> Result<T, Invalid>) -> Result<Vec<T>, Invalid> {
    content
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            Node::of(value).and_then(&mut read).map_err(|invalid| invalid.within("content", index))
        })
        .collect()
}

fn one_or_more<T>(
    content: Option<Vec<Value>>,
    read: impl FnMut(Node) -> Result<T, Invalid>,
) -> Result<OneOrMore<T>, Invalid> {
    let all = each(content.unwrap_or_default(), read)?;
    OneOrMore::from_vec(all).ok_or(Fault::Empty("content").here())
}

/// Reads a block in a container.
fn content_block<C: Container>(node: Node, depth: usize) -> Result<C, Invalid> {
    let kind = node.kind.clone();
    C::try_from(block(node, depth)?).map_err(|_| Fault::misplaced(&kind, C::NAME).here())
}

/// Reads a block. The depth counts lists, quotes, panels and tables, this one included if it is one.
fn block(node: Node, depth: usize) -> Result<Block, Invalid> {
    let Node { kind, mut attrs, content } = node;
    if depth > MAX_DEPTH && is_container(&kind) {
        return Err(Fault::TooDeep.here());
    }
    let block: Block = match kind.as_str() {
        "paragraph" => Paragraph(inline::line(content)?).into(),
        "heading" => {
            let level = attrs.number("level")?.ok_or(Fault::Missing("level").here())?;
            let level = u8::try_from(level).ok().and_then(Level::new);
            let level = level.ok_or(Fault::not_a("level", "a number from 1 to 6").here())?;
            Heading { level, content: inline::line(content)? }.into()
        }
        "bulletList" => list(Numbering::Bullets, content, depth)?.into(),
        "orderedList" => {
            let order = attrs.number("order")?.unwrap_or(1);
            let order = u32::try_from(order).map_err(|_| Fault::not_a("order", "a smaller number").here())?;
            list(Numbering::From(order), content, depth)?.into()
        }
        "taskList" => task_list(&mut attrs, content, depth)?.into(),
        "decisionList" => {
            let local_id = local_id(&mut attrs)?;
            DecisionList { local_id, items: one_or_more(content, decision_item)? }.into()
        }
        "blockquote" => Quote(one_or_more(content, |node| content_block(node, depth + 1))?).into(),
        "codeBlock" => {
            let language = attrs.text("language")?;
            CodeBlock { language, code: inline::code(content)? }.into()
        }
        "rule" => {
            nothing(content)?;
            Rule.into()
        }
        "panel" => {
            let kind = attrs.one_of("panelType", &PanelKind::ALL)?;
            Panel { kind, content: one_or_more(content, |node| content_block(node, depth + 1))? }.into()
        }
        "table" => Table(one_or_more(content, |node| row(node, depth))?).into(),
        kind if inline::is_inline(kind) || is_part(kind) => {
            return Err(Fault::misplaced(kind, "block content").here());
        }
        kind => return Err(Fault::unknown("the node", kind).here()),
    };
    attrs.finish()?;
    Ok(block)
}

/// Nodes that are known, but do not stand in lines.
fn is_block(kind: &str) -> bool {
    const BLOCKS: [&str; 10] = [
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "taskList",
        "decisionList",
        "blockquote",
        "codeBlock",
        "rule",
        "panel",
    ];
    BLOCKS.contains(&kind) || kind == "table" || is_part(kind)
}

/// Nodes that stand in their own lists and tables only.
fn is_part(kind: &str) -> bool {
    matches!(
        kind,
        "listItem" | "taskItem" | "decisionItem" | "tableRow" | "tableCell" | "tableHeader" | "doc"
    )
}

fn is_container(kind: &str) -> bool {
    const CONTAINERS: [&str; 7] =
        ["bulletList", "orderedList", "taskList", "decisionList", "blockquote", "panel", "table"];
    CONTAINERS.contains(&kind)
}

fn nothing(content: Option<Vec<Value>>) -> Result<(), Invalid> {
    if content.is_some_and(|content| !content.is_empty()) {
        return Err(Fault::not_a("content", "absent").here());
    }
    Ok(())
}

fn expect(node: &Node, kind: &str, container: &'static str) -> Result<(), Invalid> {
    if node.kind == kind { Ok(()) } else { Err(Fault::misplaced(&node.kind, container).here()) }
}

fn list(numbering: Numbering, content: Option<Vec<Value>>, depth: usize) -> Result<List, Invalid> {
    let items = one_or_more(content, |node| {
        expect(&node, "listItem", "a list")?;
        node.attrs.finish()?;
        Ok(ListItem(one_or_more(node.content, |node| content_block(node, depth + 1))?))
    })?;
    Ok(List { numbering, items })
}

fn local_id(attrs: &mut Attrs) -> Result<LocalId, Invalid> {
    Ok(LocalId::new(attrs.string("localId")?.ok_or(Fault::Missing("localId").here())?))
}

fn task_list(attrs: &mut Attrs, content: Option<Vec<Value>>, depth: usize) -> Result<TaskList, Invalid> {
    if depth > MAX_DEPTH {
        return Err(Fault::TooDeep.here());
    }
    let local_id = local_id(attrs)?;
    let mut tasks = each(content.unwrap_or_default(), |mut node| {
        if node.kind == "taskList" {
            let list = task_list(&mut node.attrs, node.content, depth + 1)?;
            node.attrs.finish()?;
            return Ok(Task::Nested(list));
        }
        expect(&node, "taskItem", "a task list")?;
        task_item(node).map(Task::Item)
    })?
    .into_iter();
    match tasks.next() {
        Some(Task::Item(first)) => {
            let mut list = TaskList::new(local_id, first);
            list.extend(tasks);
            Ok(list)
        }
        Some(Task::Nested(_)) => {
            let misplaced = Fault::misplaced("taskList", "the first position of a task list");
            Err(misplaced.here().within("content", 0))
        }
        None => Err(Fault::Empty("content").here()),
    }
}

fn task_item(node: Node) -> Result<TaskItem, Invalid> {
    const STATES: [(TaskState, &str); 2] = [(TaskState::Todo, "TODO"), (TaskState::Done, "DONE")];
    let Node { mut attrs, content, .. } = node;
    let item = TaskItem {
        local_id: local_id(&mut attrs)?,
        state: attrs.one_of("state", &STATES)?,
        content: inline::line(content)?,
    };
    attrs.finish()?;
    Ok(item)
}

fn decision_item(node: Node) -> Result<DecisionItem, Invalid> {
    expect(&node, "decisionItem", "a decision list")?;
    let Node { mut attrs, content, .. } = node;
    // The format allows any word for the state of a decision; editors know this one.
    attrs.one_of("state", &[((), "DECIDED")])?;
    let item = DecisionItem { local_id: local_id(&mut attrs)?, content: inline::line(content)? };
    attrs.finish()?;
    Ok(item)
}

fn row(node: Node, depth: usize) -> Result<Row, Invalid> {
    expect(&node, "tableRow", "a table")?;
    node.attrs.finish()?;
    let content = node.content.ok_or(Fault::Missing("content").here())?;
    Ok(Row(each(content, |node| cell(node, depth))?))
}

fn cell(node: Node, depth: usize) -> Result<Cell, Invalid> {
    let header = node.kind == "tableHeader";
    if !header {
        expect(&node, "tableCell", "a table row")?;
    }
    let Node { mut attrs, content, .. } = node;
    let mut span = |name: &'static str| -> Result<NonZeroU16, Invalid> {
        let cells = attrs.number(name)?.unwrap_or(1);
        let cells = u16::try_from(cells).ok().and_then(NonZeroU16::new);
        cells.ok_or(Fault::not_a(name, "a number from 1 to 65535").here())
    };
    let (colspan, rowspan) = (span("colspan")?, span("rowspan")?);
    let colwidth = attrs.numbers("colwidth")?;
    attrs.finish()?;
    let content: OneOrMore<CellBlock> = one_or_more(content, |node| content_block(node, depth + 1))?;
    Ok(Cell { header, colspan, rowspan, colwidth, content })
}

/// The text of an attribute, or of a text node.
fn text(value: Value, name: &str) -> Result<Option<Text>, Invalid> {
    match value {
        Value::String(text) => Ok(Text::new(text)),
        _ => Err(Fault::not_a(name, "text").here()),
    }
}
