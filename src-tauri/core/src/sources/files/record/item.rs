//! The fields of an item: text (plain or HTML), owner, due date, and whether it is done.

use crate::adf::{self, Inlines};

use super::super::builder::ParsedItem;
use super::super::names::{self, Field, field};
use super::super::tree::Node;
use super::super::{dates, times};
use super::head::person;

/// One item from its fields.
pub(in super::super) fn item(entries: &[(String, Node)]) -> ParsedItem {
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
            Some(line) => (line.text(), Some(line)),
            None => (text, None),
        },
    };
    ParsedItem {
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
pub(in super::super) fn at_ms(value: &Node, unit: f64) -> Option<u64> {
    if let Some(millis) = value.text().and_then(times::clock) {
        return Some(millis);
    }
    let number = value.number().filter(|number| *number >= 0.0 && !dates::is_epoch(*number))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    Some((number * unit).round() as u64)
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
