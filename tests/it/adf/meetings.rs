//! The items of the meetings at hand, where there are any: `../shared/data/meetings` beside the repository.

use std::path::{Path, PathBuf};

use sally_core::adf::{Document, Inlines, LocalId, Paragraph, TaskItem, TaskList, TaskState, from_markdown};
use sally_core::sources::files;

use super::golden::counter;
use super::schema::checked;

fn files_in(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_in(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[test]
fn every_item_of_every_meeting_arrives_whole() {
    let mut found = Vec::new();
    files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/meetings"), &mut found);
    for path in found {
        let name = path.display().to_string();
        let meetings = files::parse(&name, &std::fs::read(&path).unwrap()).unwrap_or_default();
        for item in meetings.into_iter().flat_map(|parsed| parsed.meeting.items) {
            let task = TaskItem::new(LocalId::new("a"), TaskState::Todo, item.text.as_str());
            let document = Document::new()
                .with(Paragraph::new(Inlines::from(item.text.as_str())))
                .with(TaskList::new(LocalId::new("b"), task));
            checked(&document);
            assert_eq!(
                letters(&document.text()),
                letters(&item.text).repeat(2),
                "the item is there as a line and as a task: {name}"
            );
            let read = from_markdown(&item.text, &mut counter());
            checked(&read);
            if !item.text.contains("](") {
                assert_eq!(letters(&read.text()), letters(&item.text), "also when read as Markdown: {name}");
            }
        }
    }
}
