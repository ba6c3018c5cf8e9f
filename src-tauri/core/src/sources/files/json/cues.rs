//! The transcript in a structured summary: an array of cues, or one string with timestamps.

use std::borrow::Cow;

use crate::domain::meeting::Cue;

use super::super::names::{Part, fold, part};
use super::super::record::head::person;
use super::super::record::item::at_ms;
use super::super::tree::Node;
use super::super::{transcript, vtt};

const TEXTS: [&str; 7] = ["text", "words", "sentence", "content", "transcript", "rawtext", "caption"];
const SPEAKERS: [&str; 7] =
    ["speaker", "speakername", "name", "participant", "user", "author", "displayname"];
const STARTS: [&str; 7] = ["start", "starttime", "timestamp", "begin", "at", "offset", "time"];
const STARTS_MS: [&str; 3] = ["startms", "timestampms", "offsetms"];
const ENDS: [&str; 3] = ["end", "endtime", "stop"];
const ENDS_MS: [&str; 1] = ["endms"];

/// The first transcript that has words.
pub(super) fn find(scopes: &[&[(String, Node)]]) -> Vec<Cue> {
    let transcripts =
        scopes.iter().copied().flatten().filter(|(key, _)| matches!(part(key), Some((_, Part::Transcript))));
    let found = transcripts.map(|(_, value)| of(value)).find(|cues| !cues.is_empty());
    // tl;dv wraps the list once more.
    found
        .or_else(|| scopes.iter().map(|scope| enveloped(scope)).find(|cues| !cues.is_empty()))
        .unwrap_or_default()
}

/// The cues of a file that is nothing but a list of who said what, alone or in an envelope.
pub(super) fn alone(root: &Node) -> Vec<Cue> {
    if is_spoken(root) { of(root) } else { enveloped(root.entries()) }
}

fn enveloped(scope: &[(String, Node)]) -> Vec<Cue> {
    let envelopes = scope.iter().filter(|(key, _)| matches!(part(key), Some((_, Part::Envelope))));
    envelopes.map(|(_, value)| value).find(|list| is_spoken(list)).map(of).unwrap_or_default()
}

/// Whether each entry of a list says who speaks and what.
fn is_spoken(node: &Node) -> bool {
    let Node::List(list) = node else { return false };
    let has = |node: &Node, names: &[&str]| {
        node.entries().iter().any(|(key, value)| *value != Node::Null && names.contains(&fold(key).as_str()))
    };
    !list.is_empty() && list.iter().all(|node| has(node, &TEXTS) && has(node, &["speaker", "speakername"]))
}

fn of(value: &Node) -> Vec<Cue> {
    match value {
        Node::List(list) => {
            let mut cues: Vec<Cue> = Vec::new();
            for node in list {
                // Where a line has no time it follows the one before.
                let after = cues.last().map_or(0, |cue| cue.end_ms);
                match node.text() {
                    Some(line) => {
                        let timed = transcript::timed(line).cues;
                        if timed.is_empty() { cues.push(untimed(line, after)) } else { cues.extend(timed) }
                    }
                    None => cues.extend(cue(node, after)),
                }
            }
            cues
        }
        Node::Text(text) if vtt::begins(text) => {
            vtt::parse("", text).map(|parsed| parsed.meeting.transcript).unwrap_or_default()
        }
        Node::Text(text) => transcript::lines(text).cues,
        _ => Vec::new(),
    }
}

fn untimed(line: &str, after: u64) -> Cue {
    let (speaker, text) =
        transcript::split(line).map_or((None, line), |(name, said)| (Some(name.to_owned()), said));
    Cue { start_ms: after, end_ms: after, speaker, text: text.to_owned() }
}

fn cue(node: &Node, after: u64) -> Option<Cue> {
    let entries: Vec<(Cow<'_, str>, &Node)> =
        node.entries().iter().map(|(key, value)| (Cow::Owned(fold(key)), value)).collect();
    let get = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| entries.iter().find(|(key, value)| key == name && **value != Node::Null))
            .map(|(_, value)| *value)
    };
    let text = get(&TEXTS)?.text()?.to_owned();
    let time = |seconds: &[&str], millis: &[&str]| {
        get(seconds)
            .and_then(|value| at_ms(value, 1000.0))
            .or_else(|| get(millis).and_then(|value| at_ms(value, 1.0)))
    };
    let start_ms = time(&STARTS, &STARTS_MS).unwrap_or(after);
    let end_ms = time(&ENDS, &ENDS_MS).unwrap_or(start_ms).max(start_ms);
    Some(Cue { start_ms, end_ms, speaker: get(&SPEAKERS).and_then(person), text })
}
