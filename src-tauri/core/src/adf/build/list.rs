//! Items of lists. A list that mixes tasks with other items is split, since ADF has no list that holds both.

use super::super::block::{
    List, ListItem, Numbering, OneOrMore, Paragraph, Task, TaskItem, TaskList, TaskState,
};
use super::super::content_model::{Block, ItemBlock};
use super::super::fit::{fit, flatten};
use super::super::inline::Inlines;
use super::super::text::LocalId;
use super::Blocks;

/// An item of a list of any kind.
#[derive(Default)]
pub(in super::super) struct Entry {
    pub(super) task: Option<TaskState>,
    pub(super) blocks: Blocks,
}

/// The blocks of a new entry at the end.
pub(super) fn new_entry(entries: &mut Vec<Entry>) -> &mut Blocks {
    entries.push(Entry::default());
    let last = entries.len() - 1;
    &mut entries[last].blocks
}

/// The lists that these entries make.
pub(super) fn lists(
    numbering: Numbering,
    entries: Vec<Entry>,
    local_ids: &mut dyn FnMut() -> String,
) -> Blocks {
    let mut lists = Blocks::new();
    let mut at = 0;
    let mut entries = entries.into_iter();
    while let Some(first) = entries.as_slice().first() {
        let tasks = first.task.is_some();
        let alike = entries.as_slice().iter().take_while(|entry| entry.task.is_some() == tasks).count();
        let part = entries.by_ref().take(alike);
        if tasks {
            lists.extend(task_list(part, local_ids).map(Block::from));
        } else {
            // Numbers go on after tasks between them.
            let numbering = match numbering {
                Numbering::Bullets => Numbering::Bullets,
                Numbering::From(first) => Numbering::From(first.saturating_add(at)),
            };
            lists.extend(List::of(numbering, part.map(item)).map(Block::from));
        }
        at = at.saturating_add(u32::try_from(alike).unwrap_or(u32::MAX));
    }
    lists
}

fn item(entry: Entry) -> ListItem {
    let blocks = OneOrMore::from_vec(fit::<ItemBlock>(entry.blocks));
    ListItem(blocks.unwrap_or_else(|| OneOrMore::new(Paragraph::default().into())))
}

fn task_list(
    entries: impl ExactSizeIterator<Item = Entry>,
    local_ids: &mut dyn FnMut() -> String,
) -> Option<TaskList> {
    let room = entries.len();
    let mut list = None;
    for Entry { task: state, blocks } in entries {
        let (content, nested) = task(blocks);
        let state = state.unwrap_or(TaskState::Todo);
        let item = TaskItem { local_id: LocalId::new(local_ids()), state, content };
        let list = match &mut list {
            None => list.insert(TaskList::with_room(LocalId::new(local_ids()), item, room)),
            Some(list) => {
                list.push(item);
                list
            }
        };
        list.extend(nested.into_iter().map(Task::Nested));
    }
    list
}

/// The line of a task, and the tasks below it. A task holds one line, so that everything else joins it.
fn task(blocks: Blocks) -> (Inlines, Vec<TaskList>) {
    let (mut line, mut nested) = (Inlines::new(), Vec::new());
    for block in blocks {
        match block {
            Block::TaskList(list) => nested.push(list),
            other => flatten(other, &mut line),
        }
    }
    (line, nested)
}
