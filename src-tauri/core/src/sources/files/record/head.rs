//! The fields of a meeting: title, date, participants, duration, recording, identifier. JSON, the front matter of Markdown
//! and "Date: …" lines share these names.

use url::Url;

use crate::domain::meeting::HeldAt;

use super::super::builder::MeetingBuilder;
use super::super::names::{Part, part};
use super::super::tree::Node;
use super::super::{dates, times};

/// Names of a person's name within an object, the best first.
const NAMES: [&str; 9] = [
    "name",
    "displayname",
    "fullname",
    "username",
    "speakername",
    "title",
    "firstname",
    "email",
    "emailaddress",
];

/// Fills in what the scopes say. An earlier name in the table outranks a nearer scope.
pub(in super::super) fn fill(builder: &mut MeetingBuilder, scopes: &[&[(String, Node)]]) {
    let mut parts: Vec<(usize, Part, &Node)> = scopes
        .iter()
        .copied()
        .flatten()
        .filter_map(|(key, value)| part(key).map(|(rank, part)| (rank, part, value)))
        .collect();
    parts.sort_by_key(|(rank, ..)| *rank);
    let of =
        |wanted: Part| parts.iter().filter(move |(_, part, _)| *part == wanted).map(|(_, _, value)| *value);

    builder.title = of(Part::Title).find_map(Node::text).map(str::to_owned);
    builder.held_at = of(Part::Date).find_map(held_at);
    builder.people = people_in(of(Part::People).map(people).collect());
    builder.minutes = of(Part::Minutes)
        .find_map(|value| times::whole_minutes(value.number()?))
        .or_else(|| of(Part::Seconds).find_map(|value| times::whole_minutes(value.number()? / 60.0)))
        .or_else(|| of(Part::Duration).find_map(duration))
        .or_else(|| between(builder.held_at?, of(Part::End).find_map(held_at)?));
    builder.recording = of(Part::Recording).find_map(address);
    builder.key = of(Part::Key).find_map(key);
}

fn held_at(value: &Node) -> Option<HeldAt> {
    match value {
        Node::Text(text) => {
            dates::held_at(text).or_else(|| dates::epoch(value.number()?).map(HeldAt::Moment))
        }
        Node::Number(number) => dates::epoch(*number).map(HeldAt::Moment),
        // Calendars wrap a date with its time zone: {"dateTime": "…", "timeZone": "…"}.
        Node::Map(entries) => {
            entries.iter().filter(|(key, _)| is_date(key)).find_map(|(_, value)| match value {
                Node::Map(_) => None,
                value => held_at(value),
            })
        }
        _ => None,
    }
}

fn between(start: HeldAt, end: HeldAt) -> Option<u32> {
    match (start, end) {
        (HeldAt::Moment(start), HeldAt::Moment(end)) => {
            times::whole_minutes(end.duration_since(start).as_secs_f64() / 60.0)
        }
        _ => None,
    }
}

fn is_date(key: &str) -> bool {
    matches!(part(key), Some((_, Part::Date | Part::End)))
}

/// A number without a unit is taken only where it cannot be minutes, which is to say a day or longer.
fn duration(value: &Node) -> Option<u32> {
    const DAY: f64 = 1440.0;
    match value.number() {
        Some(number) => times::whole_minutes(number / 60.0).filter(|_| number >= DAY),
        None => times::minutes(value.text()?),
    }
}

fn address(value: &Node) -> Option<String> {
    let text = match value {
        Node::Map(entries) => {
            entries.iter().find(|(key, _)| matches!(key.as_str(), "url" | "link" | "href"))?.1.text()?
        }
        value => value.text()?,
    };
    let url = Url::parse(text.trim()).ok()?;
    (url.scheme() == "https" && url.has_host() && url.username().is_empty()).then(|| url.to_string())
}

fn key(value: &Node) -> Option<String> {
    match value {
        Node::Number(number) => Some(number.to_string()),
        value => value.text().map(str::to_owned),
    }
}

/// The first list that has names, else the first that has addresses.
fn people_in(lists: Vec<Vec<String>>) -> Vec<String> {
    let has_name = |list: &Vec<String>| list.iter().any(|name| !name.contains('@'));
    let best = lists.iter().position(has_name).or_else(|| lists.iter().position(|list| !list.is_empty()));
    best.and_then(|best| lists.into_iter().nth(best)).unwrap_or_default()
}

/// The names in a list, an object or a text with separators.
pub(in super::super) fn people(value: &Node) -> Vec<String> {
    match value {
        Node::List(list) => list.iter().filter_map(person).collect(),
        Node::Map(entries) => match person(value) {
            Some(name) => vec![name],
            None => entries.iter().flat_map(|(_, value)| people(value)).collect(),
        },
        Node::Text(text) => split_names(text),
        _ => Vec::new(),
    }
}

/// The name of one person, as a text or an object.
pub(in super::super) fn person(value: &Node) -> Option<String> {
    if let Some(text) = value.text() {
        return Some(text.trim().to_owned());
    }
    let entries = value.entries();
    let named = |name: &str| entries.iter().find(|(key, _)| super::super::names::fold(key) == name)?.1.text();
    NAMES.into_iter().find_map(named).map(|name| name.trim().to_owned())
}

/// "Ada, Grace and Linus", or "Lovelace, Ada; Hopper, Grace".
fn split_names(text: &str) -> Vec<String> {
    let by_semicolon = text.contains(';');
    let separators: &[char] = if by_semicolon { &[';', '\n'] } else { &[',', '\n'] };
    let parts = text.split(separators).flat_map(|part| {
        let split = [" and ", " und ", " & "]
            .into_iter()
            .find_map(|word| part.split_once(word))
            .filter(|_| !by_semicolon);
        split.map_or(vec![part], |(one, other)| vec![one, other])
    });
    parts
        .map(str::trim)
        .map(|name| name.strip_prefix("and ").unwrap_or(name))
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}
