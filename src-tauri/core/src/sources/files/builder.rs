//! [`MeetingBuilder`]: the last step of every parser, from raw fields to a [`Meeting`]. Normalises text, extracts owners and
//! due dates from tasks, drops placeholders such as "None", and enforces the limits on size.

use crate::adf::{Inlines, is_deceptive};
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Cue, Due, HeldAt, Item, ItemKind, Meeting};
use crate::domain::reading::{Location, Skipped, Warning};

use super::marks::{self, Opening};
use super::people::People;
use super::{Format, Parsed, dates};

/// Longest text of an item or a cue, in characters: several pages, and well below what Confluence takes.
const MAX_TEXT_LEN: usize = 20_000;
/// Longest title, in characters.
const MAX_TITLE_LEN: usize = 500;
/// Longest name, owner or due date, in characters.
const MAX_NAME_LEN: usize = 200;
/// Most items of one meeting: a hundred times the fullest summary seen.
const MAX_ITEMS: usize = 10_000;
/// Most cues of one meeting: two days of talk without a pause.
pub(super) const MAX_CUES: usize = 200_000;
/// Most participants of one meeting.
const MAX_PEOPLE: usize = 5_000;
/// Most warnings of one meeting; a broken file would otherwise name every line.
const MAX_WARNINGS: usize = 50;

/// Placeholders for an empty list.
const PLACEHOLDERS: &[&str] = &[
    "",
    "none",
    "n/a",
    "na",
    "nil",
    "null",
    "nothing",
    "no items",
    "no decisions",
    "no tasks",
    "no action items",
    "no next steps",
    "no insights",
    "none recorded",
    "none identified",
    "none mentioned",
    "none.",
    "keine",
    "keiner",
    "nichts",
    "entfällt",
];

/// Placeholders for a task without an owner or a due date.
const NOBODY: &[&str] = &[
    "unassigned",
    "unknown",
    "tbd",
    "tba",
    "not specified",
    "not assigned",
    "undefined",
    "?",
    "niemand",
    "offen",
];

/// An item as parsed, before it is normalised.
#[derive(Clone, Debug, Default)]
pub(super) struct ParsedItem {
    /// The plain text.
    pub(super) text: String,
    /// The text with its formatting, if the source has any.
    pub(super) formatted: Option<Inlines>,
    /// Who does it, where a field says so.
    pub(super) owner: Option<String>,
    /// When it is due, where a field says so.
    pub(super) due: Option<String>,
    /// Whether it is marked as done.
    pub(super) done: bool,
    /// Milliseconds from the start.
    pub(super) at_ms: Option<u64>,
    /// The name that it stands under within its section.
    pub(super) group: Option<String>,
    /// Whether people wrote the text, with owner and due date in it; tools have fields for them.
    pub(super) prose: bool,
}

/// The parts of a meeting as parsed, before they are normalised.
#[derive(Debug, Default)]
pub(super) struct MeetingBuilder {
    /// The title, where the content has one.
    pub(super) title: Option<String>,
    /// When it was held, where the content says so other than in the title.
    pub(super) held_at: Option<HeldAt>,
    /// How long it took.
    pub(super) minutes: Option<u32>,
    /// Who was there; the speakers where this is empty.
    pub(super) people: Vec<String>,
    /// An https address.
    pub(super) recording: Option<String>,
    /// The tool's own identifier.
    pub(super) key: Option<String>,
    /// The items.
    pub(super) items: Vec<(ItemKind, ParsedItem)>,
    /// The transcript, in any order.
    pub(super) cues: Vec<Cue>,
    /// How many more cues there are, which were not read.
    pub(super) surplus_cues: usize,
    /// Whether the whole source [`is_plain`], and its cues are trimmed.
    pub(super) plain: bool,
    /// The parts of the file that were skipped.
    pub(super) warnings: Vec<Warning>,
    /// The number of warnings beyond [`MAX_WARNINGS`].
    unsaid: usize,
}

impl MeetingBuilder {
    /// A meeting of which only the transcript is known.
    pub(super) fn transcript_of(title: Option<String>, held_at: Option<HeldAt>, cues: Vec<Cue>) -> Self {
        Self { title, held_at, cues, ..Self::default() }
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, location: impl Into<Option<Location>>, reason: Skipped) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(Warning { location: location.into(), reason });
        } else {
            self.unsaid += 1;
        }
    }

    /// Finishes the meeting. `name` is the file name, the fallback for the title.
    pub(super) fn finish(mut self, format: Format, name: &str) -> Parsed {
        let title =
            self.title.take().map(|title| line(&title, MAX_TITLE_LEN)).filter(|title| !title.is_empty());
        let titled = title.is_some();
        let held_at =
            self.held_at.or_else(|| title.as_deref().and_then(dates::trailing_day).map(HeldAt::Day));
        let transcript = self.transcript();
        let participants = self.participants(&transcript);
        let people = People::new(participants.iter().map(String::as_str));
        let items = self.items(&people);
        if items.is_empty() && transcript.is_empty() {
            self.warn(None, Skipped::NothingMarked);
        }
        if self.unsaid > 0 {
            self.warnings.push(Warning { location: None, reason: Skipped::More { count: self.unsaid } });
        }
        Parsed {
            format,
            meeting: Meeting {
                id: MeetingId::new(),
                title: title.unwrap_or_else(|| title_from(name)),
                held_at,
                minutes: self.minutes,
                participants,
                recording: self.recording,
                items,
                transcript,
                source: format.as_str().to_owned(),
            },
            titled,
            key: self.key.map(|key| line(&key, MAX_NAME_LEN)).filter(|key| !key.is_empty()),
            warnings: self.warnings,
        }
    }

    fn transcript(&mut self) -> Vec<Cue> {
        let mut cues = std::mem::take(&mut self.cues);
        let fits = |cue: &Cue| {
            let speaker = cue.speaker.as_deref().unwrap_or("-");
            cue.text.len() <= MAX_TEXT_LEN
                && speaker.len() <= MAX_NAME_LEN
                && !cue.text.is_empty()
                && !speaker.is_empty()
        };
        cues.retain_mut(|cue| {
            if self.plain && fits(cue) {
                cue.end_ms = cue.end_ms.max(cue.start_ms);
                return true;
            }
            tidy(&mut cue.text, MAX_TEXT_LEN);
            if let Some(speaker) = &mut cue.speaker {
                tidy(speaker, MAX_NAME_LEN);
            }
            cue.speaker.take_if(|speaker| speaker.is_empty());
            cue.end_ms = cue.end_ms.max(cue.start_ms);
            !cue.text.is_empty()
        });
        if !cues.is_sorted_by_key(|cue| cue.start_ms) {
            cues.sort_by_key(|cue| cue.start_ms);
        }
        let count = cues.len() + self.surplus_cues;
        if count > MAX_CUES {
            self.warn(None, Skipped::TooManyCues { count, max: MAX_CUES });
            cues.truncate(MAX_CUES);
        }
        cues
    }

    fn participants(&mut self, transcript: &[Cue]) -> Vec<String> {
        let declared = std::mem::take(&mut self.people);
        let names: Vec<String> = distinct(declared.iter().map(String::as_str));
        if names.is_empty() {
            distinct(transcript.iter().filter_map(|cue| cue.speaker.as_deref()))
        } else {
            names
        }
    }

    fn items(&mut self, people: &People) -> Vec<Item> {
        let found = std::mem::take(&mut self.items);
        let mut items: Vec<Item> =
            found.into_iter().filter_map(|(kind, found)| item(kind, found, people)).collect();
        if items.len() > MAX_ITEMS {
            self.warn(None, Skipped::TooManyItems { count: items.len(), max: MAX_ITEMS });
            items.truncate(MAX_ITEMS);
        }
        items
    }
}

fn item(kind: ItemKind, found: ParsedItem, people: &People) -> Option<Item> {
    let (mut text, mut owner, mut due) = (block(&found.text), found.owner, found.due);
    if is_placeholder(&text) {
        return None;
    }
    let carries_owner = matches!(kind, ItemKind::Task | ItemKind::NextStep);
    if carries_owner && found.prose {
        let opening = if kind == ItemKind::Task { Opening::Name } else { Opening::Known };
        let marked = marks::read(&text, people, opening);
        // A field outranks a mark, which then stays in the text.
        if owner.is_none() && due.is_none() || marked.owner.is_none() && marked.due.is_none() {
            (text, owner, due) = (marked.text, owner.or(marked.owner), due.or(marked.due));
        }
    }
    if carries_owner && owner.is_none() {
        owner = found.group.filter(|group| people.name(group));
    }
    // What was taken out of the text as owner or due date is not part of its formatted form either.
    let formatted = found.formatted.and_then(|line| line.part(&text)).filter(|line| !line.is_plain());
    Some(Item {
        id: ItemId::new(),
        kind,
        text,
        formatted,
        owner: owner.map(|owner| line(&owner, MAX_NAME_LEN)).filter(|owner| is_somebody(owner)),
        due: due.map(|due| line(&due, MAX_NAME_LEN)).filter(|due| is_somebody(due)).map(|text| {
            let date = dates::only_day(&text);
            Due { text, date }
        }),
        done: found.done,
        at_ms: found.at_ms,
    })
}

/// Whether a text only says that there is nothing.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '.' | '-' | '–' | '—' | '*' | '_' | '(' | ')')
    });
    text.len() <= 24 && PLACEHOLDERS.contains(&text.to_lowercase().as_str())
}

fn is_somebody(name: &str) -> bool {
    !is_placeholder(name) && !NOBODY.contains(&name.to_lowercase().as_str())
}

/// The names without repeats, in order of their first mention.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    // The names of the last speakers are found sooner by looking than by hashing.
    const MAX_RECENT: usize = 8;
    let mut seen = std::collections::HashSet::new();
    let mut recent: Vec<&str> = Vec::with_capacity(MAX_RECENT);
    let fresh = names
        .filter(|name| {
            if recent.contains(name) {
                return false;
            }
            if recent.len() == MAX_RECENT {
                recent.remove(0);
            }
            recent.push(name);
            seen.insert(*name)
        })
        .take(MAX_PEOPLE);
    let mut tidied = std::collections::HashSet::new();
    fresh
        .map(|name| line(name, MAX_NAME_LEN))
        .filter(|name| !is_placeholder(name) && tidied.insert(name.to_lowercase()))
        .collect()
}

/// A title for a meeting that has none: the file's name without its extension.
fn title_from(name: &str) -> String {
    let stem = std::path::Path::new(name).file_stem().map(|stem| stem.to_string_lossy());
    let title = line(&stem.unwrap_or_default(), MAX_TITLE_LEN);
    if title.is_empty() { "Untitled meeting".to_owned() } else { title }
}

/// The text as one line.
fn line(text: &str, max_len: usize) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    tidy(&mut text, max_len);
    text
}

/// The text as lines without blank ones at either end or space at theirs.
fn block(text: &str) -> String {
    let mut text = text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    tidy(&mut text, MAX_TEXT_LEN);
    text
}

/// Takes out control characters, which neither a window nor a page can show, and those that make text read otherwise than it
/// is; and cuts what is too long.
fn tidy(text: &mut String, max_len: usize) {
    let is_out = |c: char| (c.is_control() && c != '\n' && c != '\t') || is_deceptive(c);
    if text.contains(is_out) {
        text.retain(|c| !is_out(c));
    }
    // A character takes at max_len four bytes, so short texts need no count.
    if text.len() > max_len
        && let Some((cut, _)) = text.char_indices().nth(max_len)
    {
        text.truncate(cut);
        text.push('…');
    }
    let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
    text.truncate(end);
    text.drain(..start.min(end));
}

/// Whether a text has no characters that [`tidy`] takes out, as far as a look at the bytes can tell.
pub(super) fn is_plain(text: &str) -> bool {
    /// The first byte of the control characters beyond ASCII.
    const LATIN: u8 = 0xC2;
    /// The first byte of quotation marks and dashes, and of the marks of direction.
    const PUNCTUATION: u8 = 0xE2;
    /// The first byte of tags.
    const TAGS: u8 = 0xF3;
    let is_odd = |byte: u8| {
        byte < b' ' && byte != b'\n' && byte != b'\r' || byte == 0x7F || byte == LATIN || byte == TAGS
    };
    !(has(text, is_odd) || has(text, |byte| byte == PUNCTUATION) && text.contains(is_deceptive))
}

/// Whether a text has a byte of this kind. Without a way out in the middle the compiler looks at many bytes at once.
fn has(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    let mut chunks = text.as_bytes().chunks(4096);
    chunks.any(|chunk| chunk.iter().fold(false, |found, byte| found | kind(*byte)))
}

#[cfg(test)]
mod tests;
