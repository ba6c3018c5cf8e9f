//! The items of a meeting: lists of texts or objects, lists grouped by topic or person, one text that is a
//! Markdown list, or one list in which each item names its kind.

use crate::adf::{self, Inlines};
use crate::domain::meeting::ItemKind;

use super::super::gather::{Found, Gathered, is_placeholder};
use super::super::names::{self, Field, Part, field, section, singular};
use super::super::tree::Node;
use super::super::{dates, notes, times};
use super::head::person;

type Entries = [(String, Node)];

/// Adds every item, and a warning for each entry that has no text.
pub(in super::super) fn fill(gathered: &mut Gathered, scopes: &[&Entries]) {
    for (key, value) in scopes.iter().copied().flatten() {
        if let Some(kind) = kind_of_list(key, value) {
            let mut list = List { kind, gathered };
            list.add(value, None, key);
        }
    }
    for scope in scopes {
        for (kind, place, value) in mixed(scope) {
            let mut list = List { kind, gathered };
            list.add_one(value, None, &place);
        }
    }
}

/// The kind of the items under a key.
pub(super) fn kind_of_list(key: &str, value: &Node) -> Option<ItemKind> {
    match value {
        Node::Null | Node::Bool(_) | Node::Number(_) => None,
        Node::Text(_) => section(key),
        Node::List(_) | Node::Map(_) => singular(key),
    }
}

/// The items of lists in which each names its kind.
pub(super) fn mixed(scope: &Entries) -> Vec<(ItemKind, String, &Node)> {
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
    gathered: &'a mut Gathered,
}

impl List<'_> {
    /// Adds everything under a key. `group` is the topic or person that it stands under.
    fn add(&mut self, value: &Node, group: Option<&str>, place: &str) {
        match value {
            Node::Text(text) => self.add_text(text, group),
            Node::List(list) => {
                for (at, value) in list.iter().enumerate() {
                    self.add_one(value, group, &format!("{place}[{at}]"));
                }
            }
            Node::Map(entries) if is_item(entries) || has_children(entries) => {
                self.add_one(value, group, place);
            }
            Node::Map(entries) => {
                for (topic, value) in entries {
                    match value.text() {
                        // A text that stands under its topic alone needs it to be understood.
                        Some(text) if !notes::has_list(text) => {
                            self.push_text(&under_topic(topic, text), group);
                        }
                        _ => self.add(value, Some(topic), &format!("{place}.{topic}")),
                    }
                }
            }
            Node::Null | Node::Bool(_) | Node::Number(_) => {}
        }
    }

    /// Adds one entry of a list.
    fn add_one(&mut self, value: &Node, group: Option<&str>, place: &str) {
        match value {
            Node::Text(text) => self.push_text(text, group),
            Node::Map(entries) if has_children(entries) => {
                let topic = entries.iter().find(|(key, _)| matches!(field(key), Some((_, Field::Lead))));
                let topic = topic.and_then(|(_, value)| value.text()).or(group);
                let children =
                    entries.iter().filter(|(key, _)| matches!(field(key), Some((_, Field::Children))));
                for (key, children) in children {
                    self.add(children, topic, &format!("{place}.{key}"));
                }
            }
            Node::Map(entries) if is_item(entries) => {
                let mut found = item(entries);
                found.group = group.map(str::to_owned);
                self.gathered.items.push((self.kind, found));
            }
            Node::Null => {}
            Node::Map(entries)
                if entries.iter().all(|(_, value)| matches!(value, Node::List(_) | Node::Map(_))) =>
            {
                self.add(value, group, place);
            }
            Node::List(_) => self.add(value, group, place),
            Node::Map(_) | Node::Bool(_) | Node::Number(_) => {
                self.gathered.warn(place.to_owned(), "This entry has no text; it was not taken.");
            }
        }
    }

    /// A text that stands for a whole list: Markdown, or one item a line.
    fn add_text(&mut self, text: &str, group: Option<&str>) {
        let html = html(text).map(|line| line.words());
        let text = html.as_deref().unwrap_or(text);
        if notes::has_list(text) && notes::fits(text) {
            let found = notes::items_of(text, self.kind);
            self.gathered.items.extend(found.into_iter().map(|found| (self.kind, found)));
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
        let found = Found {
            text: html.as_ref().map_or_else(|| text.trim().to_owned(), Inlines::words),
            formatted: html,
            group: group.map(str::to_owned),
            prose: true,
            ..Found::default()
        };
        self.gathered.items.push((self.kind, found));
    }
}

/// The words of a text that is HTML, as some tools export them; `None` for every other text. Only an element that is
/// closed, or a break, makes it one: "a < b" is text.
pub(in super::super) fn html(text: &str) -> Option<Inlines> {
    const SIGNS: [&str; 13] = [
        "</p>",
        "</li>",
        "</ul>",
        "</ol>",
        "</div>",
        "</span>",
        "</b>",
        "</strong>",
        "</i>",
        "</em>",
        "</a>",
        "<br>",
        "<br/>",
    ];
    let folded = text.to_ascii_lowercase();
    let is_html = SIGNS.iter().any(|sign| folded.contains(sign));
    is_html.then(|| adf::from_html(text, &mut String::new).into_line())
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

/// One item from its fields.
pub(in super::super) fn item(entries: &Entries) -> Found {
    let mut fields: Vec<(usize, Field, &Node)> = entries
        .iter()
        .filter_map(|(key, value)| field(key).map(|(rank, field)| (rank, field, value)))
        .collect();
    fields.sort_by_key(|(rank, ..)| *rank);
    let of = |wanted: Field| {
        fields.iter().filter(move |(_, field, _)| *field == wanted).map(|(_, _, value)| *value)
    };
    let mut texts: Vec<&str> = of(Field::Lead).find_map(Node::text).into_iter().collect();
    for detail in of(Field::Detail).filter_map(Node::text) {
        // Tools repeat the title at the start of the description.
        if !texts.iter().any(|text| text.contains(detail.trim())) {
            texts.retain(|text| !detail.contains(text.trim()));
            texts.push(detail);
        }
    }
    let text = texts.join("\n");
    let (text, formatted) = match of(Field::Marked).find_map(Node::text) {
        Some(marked) => (text, Some(adf::from_html(marked, &mut String::new).into_line())),
        None => match html(&text) {
            Some(line) => (line.words(), Some(line)),
            None => (text, None),
        },
    };
    Found {
        text,
        formatted,
        owner: of(Field::Owner).find_map(owner),
        due: of(Field::Due).find_map(due),
        done: of(Field::Done).any(is_done),
        at_ms: of(Field::At)
            .find_map(|value| at_ms(value, 1000.0))
            .or_else(|| of(Field::AtMillis).find_map(|value| at_ms(value, 1.0))),
        group: None,
        prose: false,
    }
}

fn owner(value: &Node) -> Option<String> {
    match value {
        Node::List(list) => {
            let names: Vec<_> = list.iter().filter_map(person).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        value => person(value),
    }
}

fn due(value: &Node) -> Option<String> {
    match value {
        Node::Number(number) => dates::epoch(*number).map(|moment| moment.to_string()),
        Node::Map(entries) => entries.iter().find_map(|(_, value)| value.text()).map(str::to_owned),
        value => value.text().map(str::to_owned),
    }
}

fn is_done(value: &Node) -> bool {
    match value {
        Node::Bool(done) => *done,
        Node::Text(status) => matches!(
            names::fold(status).as_str(),
            "true"
                | "yes"
                | "done"
                | "completed"
                | "complete"
                | "closed"
                | "resolved"
                | "finished"
                | "erledigt"
        ),
        _ => false,
    }
}

/// A clock time, or a number of units; `unit` is how many milliseconds one has. A date is neither.
pub(super) fn at_ms(value: &Node, unit: f64) -> Option<u64> {
    if let Some(millis) = value.text().and_then(times::clock) {
        return Some(millis);
    }
    let number = value.number().filter(|number| *number >= 0.0 && !dates::is_epoch(*number))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    Some((number * unit).round() as u64)
}
