//! Items of lists, as lists. Where some items are tasks and others are not, the list is parted: the format
//! has no list that holds both.

use super::super::block::{
    List, ListItem, Numbering, OneOrMore, Paragraph, Task, TaskItem, TaskList, TaskState,
};
use super::super::fit::{fit, flatten};
use super::super::inline::Inlines;
use super::super::place::{Block, ItemBlock};
use super::super::text::LocalId;

/// An item of a list of any kind.
#[derive(Default)]
pub(in super::super) struct Entry {
    pub(super) task: Option<TaskState>,
    pub(super) blocks: Vec<Block>,
}

/// The blocks of a new entry at the end.
pub(super) fn new_entry(entries: &mut Vec<Entry>) -> &mut Vec<Block> {
    entries.push(Entry::default());
    let last = entries.len() - 1;
    &mut entries[last].blocks
}

/// The lists that these entries make.
pub(super) fn lists(
    numbering: Numbering,
    entries: Vec<Entry>,
    local_ids: &mut dyn FnMut() -> String,
) -> Vec<Block> {
    let mut lists: Vec<Block> = Vec::new();
    for (at, entry) in (0_u32..).zip(entries) {
        let Some(state) = entry.task else {
            let blocks = OneOrMore::from_vec(fit::<ItemBlock>(entry.blocks));
            let item = ListItem(blocks.unwrap_or_else(|| OneOrMore::new(Paragraph::default().into())));
            if let Some(Block::List(list)) = lists.last_mut() {
                list.push(item);
            } else {
                // Numbers go on after tasks between them.
                let numbering = match numbering {
                    Numbering::Bullets => Numbering::Bullets,
                    Numbering::From(first) => Numbering::From(first.saturating_add(at)),
                };
                lists.push(List::new(numbering, item).into());
            }
            continue;
        };
        let (content, nested) = task(entry.blocks);
        let item = TaskItem { local_id: LocalId::new(local_ids()), state, content };
        let nested = nested.into_iter().map(Task::Nested);
        if let Some(Block::TaskList(list)) = lists.last_mut() {
            list.push(item);
            list.extend(nested);
        } else {
            let mut list = TaskList::new(LocalId::new(local_ids()), item);
            list.extend(nested);
            lists.push(list.into());
        }
    }
    lists
}

/// The line of a task, and the tasks below it. A task holds one line, so that everything else joins it.
fn task(blocks: Vec<Block>) -> (Inlines, Vec<TaskList>) {
    let (mut line, mut nested) = (Inlines::new(), Vec::new());
    for block in blocks {
        match block {
            Block::TaskList(list) => nested.push(list),
            other => flatten(other, &mut line),
        }
    }
    (line, nested)
}
