//! Parses a page of the list of recordings: finds the entries in any JSON that a tool returns, each with its identifier and
//! its metadata as JSON for `files`. Leaves out, and names, what is too long or too much. Called by `mod`.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rmcp::model::CallToolResult;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::content::Content;
use crate::domain::meeting::HeldAt;
use crate::domain::reading::Skipped;
use crate::sources::files::{self, Parsed, words};

/// Deepest list in an answer, in levels of objects.
const MAX_DEPTH: usize = 5;
/// Most recordings of one page that are taken: a hundred times what a page should have.
const MAX_ENTRIES: u64 = 5_000;
/// Longest entry, in bytes as JSON: a title, times and some hundred attendees, many times over. Each is stored until its
/// meeting is read.
const MAX_ENTRY_LEN: usize = 64 * 1024;
/// Longest identifier, in bytes.
const MAX_KEY_LEN: usize = 300;

/// A recording, as the list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The server's identifier.
    pub key: String,
    /// What the list says, as JSON.
    pub entry: String,
    /// Of all that matters in it: what is the same again has the same.
    pub digest: String,
    /// When it was held, where the list says so: what is newest comes first.
    pub held: Option<Timestamp>,
}

impl Listed {
    /// What is known of the meeting so far.
    pub fn head(&self) -> Option<Parsed> {
        files::parse_json("", &self.entry).ok()
    }
}

/// What was not taken of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Omitted {
    /// The title of the meeting, where it is about one and the list says it.
    pub title: Option<String>,
    /// Why.
    pub reason: Skipped,
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) recordings: Vec<Listed>,
    pub(super) omitted: Vec<Omitted>,
    /// How many entries it has, taken or not.
    pub(super) count: u64,
    /// Where the next page starts, in the server's words.
    pub(super) cursor: Option<String>,
    /// Whether the server says that there is more.
    pub(super) more: Option<bool>,
    /// How many there are in all, where it says so.
    pub(super) total: Option<u64>,
}

/// Reads a page on a thread for it: it may be as long as an answer may be.
pub(super) async fn read_aside(answer: CallToolResult, id: Option<String>) -> Option<Page> {
    let reading = tokio::task::spawn_blocking(move || read(&Content::from(answer), id.as_deref()));
    reading.await.unwrap_or_else(|failed| {
        tracing::error!(error = &failed as &dyn std::error::Error, "a list could not be read");
        None
    })
}

/// Reads a page. `id` is the name of the argument by which recordings are asked for. `None` if nothing in it looks like
/// a list, not even like an empty one.
pub(super) fn read(content: &Content, id: Option<&str>) -> Option<Page> {
    match content {
        Content::Data(data) => {
            let list = list(data, id, 0)?;
            let page = Page { cursor: cursor(data), more: more(data), total: total(data), ..Page::default() };
            Some(page.with(list.iter().filter_map(Value::as_object), id))
        }
        Content::Text(text) => {
            let page = Page::default().with(entries(text).iter(), id);
            let is_empty = text.lines().all(|line| line.trim().len() < 200) && text.lines().count() < 6;
            (page.count > 0 || is_empty).then_some(page)
        }
    }
}

impl Page {
    /// The same with these entries, as far as they can be asked for.
    fn with<'a>(mut self, entries: impl Iterator<Item = &'a Map<String, Value>>, id: Option<&str>) -> Self {
        for entry in entries {
            let Some(key) = key(entry, id) else { continue };
            if self.count >= MAX_ENTRIES {
                let reason = Skipped::TooManyRecordings { max: MAX_ENTRIES };
                self.omitted.push(Omitted { title: None, reason });
                break;
            }
            self.count += 1;
            match listed(key, entry) {
                Ok(listed) => self.recordings.push(listed),
                Err(omitted) => self.omitted.push(omitted),
            }
        }
        self
    }
}

/// Words of the names of what a list says of a recording; other things with identifiers have none of them.
const SAID: [&str; 10] =
    ["title", "subject", "topic", "date", "start", "started", "time", "held", "duration", "attendees"];

/// How many recordings an array has.
fn recordings_in(list: &[Value], id: Option<&str>) -> usize {
    let is_one = |entry: &&Map<String, Value>| {
        key(entry, id).is_some()
            && entry.keys().any(|name| words(name).iter().any(|word| SAID.contains(&word.as_str())))
    };
    list.iter().filter_map(Value::as_object).filter(is_one).count()
}

/// The list: the array with the most recordings, else one of things that have at least identifiers, else an empty one.
fn list<'a>(data: &'a Value, id: Option<&str>, depth: usize) -> Option<&'a [Value]> {
    let good =
        |list: &[Value]| list.iter().filter_map(Value::as_object).any(|entry| key(entry, id).is_some());
    match data {
        Value::Array(list) if list.is_empty() || good(list) => Some(list),
        Value::Object(fields) if depth < MAX_DEPTH => {
            let found = fields.values().filter_map(|value| self::list(value, id, depth + 1));
            found.max_by_key(|list| (recordings_in(list, id), list.len()))
        }
        _ => None,
    }
}

fn listed(key: String, entry: &Map<String, Value>) -> Result<Listed, Omitted> {
    let json = Value::Object(entry.clone()).to_string();
    if json.len() > MAX_ENTRY_LEN {
        let title = files::parse_json("", &json).ok().filter(|parsed| parsed.titled);
        let reason = Skipped::LongEntry { size: json.len(), max: MAX_ENTRY_LEN };
        return Err(Omitted { title: title.map(|parsed| parsed.meeting.title), reason });
    }
    let mut stable = entry.clone();
    stable.values_mut().for_each(forget_addresses);
    let digest = Sha256::digest(Value::Object(stable).to_string());
    let digest = digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let mut listed = Listed { key, entry: json, digest, held: None };
    listed.held = listed.head().and_then(|parsed| match parsed.meeting.held_at? {
        HeldAt::Moment(at) => Some(at),
        HeldAt::Day(day) => Some(day.to_zoned(TimeZone::system()).ok()?.timestamp()),
    });
    Ok(listed)
}

/// Addresses change with every answer where they are signed for a short time.
fn forget_addresses(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with("http") => text.clear(),
        Value::Array(list) => list.iter_mut().for_each(forget_addresses),
        Value::Object(fields) => fields.values_mut().for_each(forget_addresses),
        _ => {}
    }
}

/// The identifier: under the name by which the tools ask for it, else under the best other one.
fn key(entry: &Map<String, Value>, id: Option<&str>) -> Option<String> {
    const OTHERS: [&str; 7] =
        ["recordingid", "id", "meetingid", "uuid", "transcriptid", "sessionid", "conversationid"];
    let fold = |name: &str| words(name).concat();
    let wanted = id.map(|id| fold(id).trim_end_matches('s').to_owned());
    let under = |wanted: &str| {
        let value = entry.iter().find(|(name, _)| fold(name) == wanted)?.1;
        let key = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!key.is_empty() && key.len() <= MAX_KEY_LEN && !key.contains(char::is_control)).then_some(key)
    };
    wanted.as_deref().and_then(under).or_else(|| OTHERS.into_iter().find_map(under))
}

/// Where the next page starts.
fn cursor(data: &Value) -> Option<String> {
    find(data, 0, &|name, value| {
        let words = words(name);
        let says = |word: &str| words.iter().any(|one| one == word);
        let next = says("next") || says("continuation");
        (next && (says("cursor") || says("token") || says("page")) || words == ["cursor"])
            .then(|| value.as_str())
            .flatten()
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    })
}

/// How many there are on all pages. A bare "total" may be of the page alone.
fn total(data: &Value) -> Option<u64> {
    find(data, 0, &|name, value| {
        let name = words(name).concat();
        matches!(
            name.as_str(),
            "totalcount" | "totalitems" | "totalresults" | "totalrecords" | "totalelements"
        )
        .then(|| value.as_u64())
        .flatten()
    })
}

/// Whether there is more, where the answer says so.
fn more(data: &Value) -> Option<bool> {
    find(data, 0, &|name, value| {
        let name = words(name).concat();
        matches!(name.as_str(), "hasmore" | "hasnextpage" | "hasnext" | "more")
            .then(|| value.as_bool())
            .flatten()
    })
}

/// The first field outside of lists that answers.
fn find<T>(data: &Value, depth: usize, answer: &dyn Fn(&str, &Value) -> Option<T>) -> Option<T> {
    let fields = data.as_object().filter(|_| depth < MAX_DEPTH)?;
    let here = fields.iter().find_map(|(name, value)| answer(name, value));
    here.or_else(|| fields.values().find_map(|value| find(value, depth + 1, answer)))
}

/// The recordings of a list in Markdown or plain text: the rows of a table, or whatever stands under a heading or a
/// bullet, with a line "ID: …" in it.
fn entries(text: &str) -> Vec<Map<String, Value>> {
    let rows = table(text);
    if !rows.is_empty() {
        return rows;
    }
    let mut entries = Vec::new();
    let mut open: Option<Map<String, Value>> = None;
    let mut margin = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        let (marked, words) = unmarked(line);
        let begins = match marked {
            Mark::Heading => true,
            Mark::Bullet => indent <= *margin.get_or_insert(indent) && label(words).is_none(),
            Mark::None => open.is_none() && label(words).is_none(),
        };
        if begins {
            entries.extend(open.take());
            if marked == Mark::Heading {
                margin = None;
            }
            open = Some(titled(words));
        } else if let Some((name, value)) = label(words) {
            open.get_or_insert_default().insert(name, value.into());
        }
    }
    entries.extend(open);
    entries
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Heading,
    Bullet,
    None,
}

/// The line without what makes it a heading or an entry of a list.
fn unmarked(line: &str) -> (Mark, &str) {
    let line = line.trim();
    if line.starts_with('#') {
        return (Mark::Heading, line.trim_start_matches('#').trim());
    }
    if let Some(rest) = ["- ", "* ", "+ ", "• "].into_iter().find_map(|bullet| line.strip_prefix(bullet)) {
        return (Mark::Bullet, rest.trim());
    }
    let after_number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    match after_number.strip_prefix(". ").or_else(|| after_number.strip_prefix(") ")) {
        Some(rest) if after_number.len() < line.len() => (Mark::Bullet, rest.trim()),
        _ => (Mark::None, line),
    }
}

/// "**ID:** `abc`" as a name and a value.
fn label(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once(':')?;
    let name = name.trim_matches(|c: char| !c.is_alphanumeric());
    let value = value.trim().trim_matches(['*', '`', '_']).trim();
    let is_name = !name.is_empty() && name.split_whitespace().count() <= 3 && !value.is_empty();
    // A title with a colon, "Customer call: Initech", is not a label; those are known words.
    let known = words(name).iter().any(|word| {
        matches!(
            word.as_str(),
            "id" | "uuid"
                | "date"
                | "time"
                | "start"
                | "started"
                | "duration"
                | "length"
                | "attendees"
                | "participants"
                | "subject"
                | "title"
                | "with"
                | "datum"
                | "dauer"
                | "teilnehmer"
                | "betreff"
                | "recording"
                | "url"
        )
    });
    (is_name && known).then(|| (name.to_owned(), value.to_owned()))
}

/// The first line of a recording: its title, and what may stand beside it.
fn titled(line: &str) -> Map<String, Value> {
    let mut entry = Map::new();
    let bold = line.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    let (title, rest) = bold.unwrap_or_else(|| {
        let end = [" — ", " – ", " | ", " ("].into_iter().filter_map(|end| line.find(end)).min();
        line.split_at(end.unwrap_or(line.len()))
    });
    for part in rest.split(['—', '–', '|', '(', ')', ',', ';']).map(str::trim).filter(|part| !part.is_empty())
    {
        if let Some((name, value)) = label(part) {
            entry.insert(name, value.into());
        } else if part.starts_with(|c: char| c.is_ascii_digit()) {
            let name = if part.contains('-') || part.contains('.') { "date" } else { "duration" };
            entry.entry(name).or_insert_with(|| part.into());
        }
    }
    entry.insert("title".to_owned(), title.trim_matches(['*', '`', '_', ':', ' ']).into());
    entry
}

/// The rows of a Markdown table, by its head.
fn table(text: &str) -> Vec<Map<String, Value>> {
    let cells = |line: &str| -> Vec<String> {
        let line = line.trim().trim_start_matches('|').trim_end_matches('|');
        line.split('|').map(|cell| cell.trim().trim_matches(['*', '`']).to_owned()).collect()
    };
    let mut rows = text.lines().map(str::trim).filter(|line| line.starts_with('|')).map(cells);
    let Some(head) = rows.next() else { return Vec::new() };
    let is_rule =
        |row: &Vec<String>| row.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':' | ' ')));
    rows.filter(|row| !is_rule(row))
        .map(|row| head.iter().cloned().zip(row.into_iter().map(Value::from)).collect())
        .collect()
}

#[cfg(test)]
mod tests;
