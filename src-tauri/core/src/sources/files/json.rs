//! Structured summaries in JSON: one meeting, an array of meetings, or either inside of the envelopes of an API. The meaning
//! of keys is defined in [`super::names`]; unknown keys are ignored. Strings are plain text, not Markdown, except where a
//! key for a list has a Markdown list as its value.

use super::builder::MeetingBuilder;
use super::encoding;
use super::names::{self, Part, part, section, singular};
use super::record::{head, lists};
use super::tree::{MAX_VALUES, Node};
use super::{Format, Parsed, notes, people};
use crate::domain::meeting::ItemKind;
use crate::domain::reading::{Refusal, Unreadable};

mod cues;
mod document;

/// How many envelopes may stand inside of each other.
const MAX_ENVELOPES: usize = 5;

/// Whether a text is meant as JSON. "[Agenda](…)" is not.
pub(super) fn begins(text: &str) -> bool {
    let text = text.trim_start();
    match text.strip_prefix('[') {
        Some(rest) => {
            rest.trim_start().starts_with('{') || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        }
        None => text.starts_with('{'),
    }
}

/// Reads every meeting.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<Parsed>, Unreadable> {
    let root = Node::from_json(text).map_err(|error| refusal(text, &error))?;
    let meetings =
        meetings(&root, 0).unwrap_or_else(|| if is_meeting(&root, 0) { vec![&root] } else { Vec::new() });
    if meetings.is_empty() {
        if let Some(html) = document::to_html(&root) {
            return notes::parse_html(name, &html, Format::Json).map(|one| vec![one]);
        }
        let cues = cues::alone(&root);
        if !cues.is_empty() {
            return Ok(vec![MeetingBuilder::transcript_of(None, None, cues).finish(Format::Json, name)]);
        }
        return Err(Unreadable::whole(Refusal::JsonWithoutMeeting));
    }
    Ok(meetings.into_iter().map(|node| meeting(node).finish(Format::Json, name)).collect())
}

/// Reads data that is known to be about one meeting.
pub(super) fn parse_one(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    let root = Node::from_json(text).map_err(|error| refusal(text, &error))?;
    let listed = meetings(&root, 0).filter(|list| list.len() == 1).and_then(|list| list.into_iter().next());
    Ok(meeting(listed.unwrap_or(&root)).finish(Format::Json, name))
}

fn refusal(text: &str, error: &serde_json::Error) -> Unreadable {
    let line_start =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    let location = encoding::location(text, line_start + error.column().saturating_sub(1));
    let full = error.to_string();
    let what = full.split(" at line ").next().unwrap_or(&full);
    let reason = match error.classify() {
        serde_json::error::Category::Eof => Refusal::JsonEnds,
        // Every value fits, so this is their number.
        serde_json::error::Category::Data => Refusal::JsonValues { max: MAX_VALUES },
        _ if what.contains("recursion limit") => Refusal::JsonDepth,
        _ => Refusal::NotJson { error: what.to_owned() },
    };
    Unreadable::at(location, reason)
}

/// The meetings of a list, where the value is one or an envelope has one.
fn meetings(node: &Node, depth: usize) -> Option<Vec<&Node>> {
    if let Node::List(list) = node {
        let meetings: Vec<_> = list.iter().filter(|one| is_meeting(one, depth)).collect();
        return (!meetings.is_empty()).then_some(meetings);
    }
    if depth > MAX_ENVELOPES || own_items(node) {
        return None;
    }
    let envelopes = node.entries().iter().filter(|(key, _)| is_envelope(key));
    envelopes.map(|(_, value)| value).find_map(|value| meetings(value, depth + 1))
}

fn is_envelope(key: &str) -> bool {
    matches!(part(key), Some((_, Part::Envelope | Part::Mixed)))
}

fn own_items(node: &Node) -> bool {
    node.entries().iter().any(|(key, value)| lists::kind_of_list(key, value).is_some())
}

/// Whether a value is a meeting: it has lists of items, a transcript, or a title and a date.
fn is_meeting(node: &Node, depth: usize) -> bool {
    let scopes = scopes(node);
    let has = |wanted: Part| {
        scopes
            .iter()
            .flat_map(|scope| scope.iter())
            .any(|(key, value)| part(key).is_some_and(|(_, p)| p == wanted) && *value != Node::Null)
    };
    depth <= MAX_ENVELOPES + 1
        && (scopes
            .iter()
            .flat_map(|scope| scope.iter())
            .any(|(key, value)| section(key).is_some() || lists::kind_of_list(key, value).is_some())
            || has(Part::Transcript)
            || (has(Part::Title) && (has(Part::Date) || has(Part::People) || has(Part::Prose)))
            || scopes.iter().any(|scope| !lists::mixed(scope).is_empty()))
}

/// The object, and the objects in it that hold parts of the same meeting, the nearest first.
fn scopes(node: &Node) -> Vec<&[(String, Node)]> {
    let mut scopes = vec![node.entries()];
    let (mut from, mut depth) = (0, 0);
    while from < scopes.len() && depth < MAX_ENVELOPES {
        let level = scopes[from..].to_vec();
        from = scopes.len();
        for (key, value) in level.into_iter().flatten() {
            let holds_parts =
                matches!(part(key), Some((_, Part::Envelope | Part::Title | Part::Transcript | Part::Prose)));
            if holds_parts && matches!(value, Node::Map(_)) && singular(key).is_none() {
                scopes.push(value.entries());
            }
        }
        depth += 1;
    }
    scopes
}

fn meeting(node: &Node) -> MeetingBuilder {
    let scopes = scopes(node);
    let mut builder = MeetingBuilder::default();
    head::fill(&mut builder, &scopes);
    lists::fill(&mut builder, &scopes, notes::items_of);
    builder.cues = cues::find(&scopes);
    fill_from_prose(&mut builder, &scopes);
    own_next_steps(&mut builder, &scopes);
    builder
}

/// Zoom's summaries have their owners before a colon, and no list of who was there that could confirm them.
fn own_next_steps(builder: &mut MeetingBuilder, scopes: &[&[(String, Node)]]) {
    const ZOOM: &str = "summaryoverview";
    if !scopes.iter().copied().flatten().any(|(key, _)| names::fold(key) == ZOOM) {
        return;
    }
    let steps =
        builder.items.iter_mut().filter(|(kind, found)| *kind == ItemKind::NextStep && found.owner.is_none());
    for (_, step) in steps {
        if let Some((owner, text)) =
            step.text.split_once(": ").filter(|(owner, _)| people::looks_like_names(owner))
        {
            (step.owner, step.text) = (Some(owner.trim().to_owned()), text.trim().to_owned());
        }
    }
}

/// Notes in a text field add the kinds of items that have no field of their own; a kind that has one is
/// written in both places, and counts once.
fn fill_from_prose(builder: &mut MeetingBuilder, scopes: &[&[(String, Node)]]) {
    let structured: Vec<_> = builder.items.iter().map(|(kind, _)| *kind).collect();
    let prose =
        scopes.iter().copied().flatten().filter(|(key, _)| matches!(part(key), Some((_, Part::Prose))));
    for (_, value) in prose {
        let html = document::to_html(value);
        let found = match (&html, value.text()) {
            (Some(html), _) if notes::fits(html) => notes::items_of_html(html),
            (None, Some(text)) if notes::fits(text) => notes::items(text),
            _ => continue,
        };
        if found.is_empty() {
            continue;
        }
        builder.items.extend(found.into_iter().filter(|(kind, _)| !structured.contains(kind)));
        // The same notes often stand there twice, in full and in short.
        return;
    }
}

#[cfg(test)]
mod tests;
