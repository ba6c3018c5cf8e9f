//! The items of a meeting: lists of strings or objects, lists grouped by topic or person, a string with a Markdown list, or
//! one list in which each item has its kind.

use crate::adf::Inlines;
use crate::domain::meeting::ItemKind;
use crate::domain::reading::{Location, Skipped};

use super::super::builder::{MeetingBuilder, ParsedItem, is_placeholder};
use super::super::names::{self, Field, Part, field, section, singular};
use super::super::tree::Node;
use super::item::{html, item};

type Entries = [(String, Node)];

/// Reads the items of one kind from a text that is a Markdown list; `None` where it is too long for that. The reader of
/// notes does, which is itself one of those who ask for lists.
pub(in super::super) type ReadMarkdown = fn(&str, ItemKind) -> Option<Vec<ParsedItem>>;

/// Adds every item, and a warning for each entry that has no text.
pub(in super::super) fn fill(builder: &mut MeetingBuilder, scopes: &[&Entries], read_markdown: ReadMarkdown) {
    for (key, value) in scopes.iter().copied().flatten() {
        if let Some(kind) = kind_of_list(key, value) {
            let mut list = List { kind, builder, read_markdown };
            list.add(value, None, key);
        }
    }
    for scope in scopes {
        for (kind, location, value) in mixed(scope) {
            let mut list = List { kind, builder, read_markdown };
            list.add_one(value, None, &location);
        }
    }
}

/// The kind of the items under a key.
pub(in super::super) fn kind_of_list(key: &str, value: &Node) -> Option<ItemKind> {
    match value {
        Node::Null | Node::Bool(_) | Node::Number(_) => None,
        Node::Text(_) => section(key),
        Node::List(_) | Node::Map(_) => singular(key),
    }
}

/// The items of lists in which each names its kind.
pub(in super::super) fn mixed(scope: &Entries) -> Vec<(ItemKind, String, &Node)> {
    let lists = scope.iter().filter_map(|(key, value)| match (names::part(key), value) {
        (Some((_, Part::Mixed)), Node::List(list)) => Some((key, list)),
        _ => None,
    });
    lists
        .flat_map(|(key, list)| {
            list.iter().enumerate().filter_map(move |(at, value)| {
                let kind =
                    value.entries().iter().find(|(key, _)| matches!(field(key), Some((_, Field::Kind))))?;
                Some((singular(kind.1.text()?)?, format!("{key}[{at}]"), value))
            })
        })
        .collect()
}

struct List<'a> {
    kind: ItemKind,
    builder: &'a mut MeetingBuilder,
    read_markdown: ReadMarkdown,
}

impl List<'_> {
    /// Adds everything under a key. `group` is the topic or person that it stands under.
    fn add(&mut self, value: &Node, group: Option<&str>, location: &str) {
        match value {
            Node::Text(text) => self.add_text(text, group),
            Node::List(list) => {
                for (at, value) in list.iter().enumerate() {
                    self.add_one(value, group, &format!("{location}[{at}]"));
                }
            }
            Node::Map(entries) if is_item(entries) || has_children(entries) => {
                self.add_one(value, group, location);
            }
            Node::Map(entries) => {
                for (topic, value) in entries {
                    match value.text() {
                        // A text that stands under its topic alone needs it to be understood.
                        Some(text) if !has_list(text) => {
                            self.push_text(&under_topic(topic, text), group);
                        }
                        _ => self.add(value, Some(topic), &format!("{location}.{topic}")),
                    }
                }
            }
            Node::Null | Node::Bool(_) | Node::Number(_) => {}
        }
    }

    /// Adds one entry of a list.
    fn add_one(&mut self, value: &Node, group: Option<&str>, location: &str) {
        match value {
            Node::Text(text) => self.push_text(text, group),
            Node::Map(entries) if has_children(entries) => {
                let topic = entries.iter().find(|(key, _)| matches!(field(key), Some((_, Field::Lead))));
                let topic = topic.and_then(|(_, value)| value.text()).or(group);
                let children =
                    entries.iter().filter(|(key, _)| matches!(field(key), Some((_, Field::Children))));
                for (key, children) in children {
                    self.add(children, topic, &format!("{location}.{key}"));
                }
            }
            Node::Map(entries) if is_item(entries) => {
                let mut found = item(entries);
                found.group = group.map(str::to_owned);
                self.builder.items.push((self.kind, found));
            }
            Node::Null => {}
            Node::Map(entries)
                if entries.iter().all(|(_, value)| matches!(value, Node::List(_) | Node::Map(_))) =>
            {
                self.add(value, group, location);
            }
            Node::List(_) => self.add(value, group, location),
            Node::Map(_) | Node::Bool(_) | Node::Number(_) => {
                self.builder.warn(Location::Path(location.to_owned()), Skipped::EntryWithoutText);
            }
        }
    }

    /// A text that stands for a whole list: Markdown, or one item a line.
    fn add_text(&mut self, text: &str, group: Option<&str>) {
        let html = html(text).map(|line| line.text());
        let text = html.as_deref().unwrap_or(text);
        if has_list(text)
            && let Some(found) = (self.read_markdown)(text, self.kind)
        {
            self.builder.items.extend(found.into_iter().map(|found| (self.kind, found)));
            return;
        }
        let mut group = group.map(str::to_owned);
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix("**").and_then(|line| line.trim_end_matches(':').strip_suffix("**")) {
                Some(name) => group = Some(name.trim_end_matches(':').to_owned()),
                None => self.push_text(line, group.as_deref()),
            }
        }
    }

    fn push_text(&mut self, text: &str, group: Option<&str>) {
        if is_placeholder(text) {
            return;
        }
        let html = html(text);
        let found = ParsedItem {
            text: html.as_ref().map_or_else(|| text.trim().to_owned(), Inlines::text),
            formatted: html,
            group: group.map(str::to_owned),
            prose: true,
            ..ParsedItem::default()
        };
        self.builder.items.push((self.kind, found));
    }
}

fn under_topic(topic: &str, text: &str) -> String {
    let is_number = topic.chars().all(|c| c.is_ascii_digit());
    if is_number { text.to_owned() } else { format!("{topic}: {text}") }
}

/// Whether an object is an item: a field for its words holds a text.
fn is_item(entries: &Entries) -> bool {
    entries.iter().any(|(key, value)| {
        matches!(field(key), Some((_, Field::Lead | Field::Detail))) && value.text().is_some()
    })
}

fn has_children(entries: &Entries) -> bool {
    entries.iter().any(|(key, value)| {
        matches!(field(key), Some((_, Field::Children))) && matches!(value, Node::List(_) | Node::Map(_))
    })
}

/// Whether a line of the text is an entry of a list.
fn has_list(text: &str) -> bool {
    text.lines().any(|line| {
        let line = line.trim_start();
        let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        line.starts_with(['-', '*', '+', '•']) && line.chars().nth(1).is_some_and(char::is_whitespace)
            || after_number.len() < line.len()
                && (after_number.starts_with(". ") || after_number.starts_with(") "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_known_by_their_markers() {
        for (text, expected) in [
            ("- a", true),
            ("x\n  * a", true),
            ("1. a", true),
            ("2) a", true),
            ("• a", true),
            ("-a", false),
            ("1.5 hours", false),
            ("a - b", false),
            ("", false),
        ] {
            assert_eq!(has_list(text), expected, "{text:?}");
        }
    }
}
