//! Parsers of meeting files: structured JSON; notes in Markdown, plain text, HTML or Word; transcripts in WebVTT, `SubRip`
//! or plain text. One module per format. The format is detected from the content, never from the file name.
//!
//! An item is only taken from a part of the file that is marked as insights, decisions, next steps or tasks; a list
//! without such a mark is skipped with a warning. Never guesses, uses the network or touches any file but the one it is
//! asked to [`read()`]. Called by `app` for imports, and by the `inspect` example.

use crate::domain::meeting::Meeting;
use crate::domain::reading::{Refusal, Unreadable, Warning};

mod builder;
mod dates;
mod docx;
mod encoding;
mod export;
mod json;
mod marks;
mod names;
mod notes;
mod opening;
mod people;
mod record;
mod times;
mod transcript;
mod tree;
mod vtt;

pub use dates::only_day;
pub use export::{Export, file_name};
pub(super) use names::words;
pub use opening::{Contents, Links, read, read_with_mark};

/// Largest file that is read, in bytes: twenty times the largest export seen, and small enough to be held
/// in memory a few times over.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The format of a file, as detected from its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Structured data: one meeting, a list of them, or either in an envelope.
    Json,
    /// Notes with headings and lists, marked up or plain.
    Markdown,
    /// Notes or a transcript as a page.
    Html,
    /// Notes or a transcript as a Word document.
    Docx,
    /// A transcript with times.
    WebVtt,
    /// The same as older players have it.
    SubRip,
    /// A transcript that is lines of text.
    Text,
    /// What was written beside a meeting.
    Chat,
}

impl Format {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Docx,
        Self::WebVtt,
        Self::SubRip,
        Self::Text,
        Self::Chat,
    ];

    /// A short lower-case name for programs; the [`Meeting::source`] of its meetings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::WebVtt => "webvtt",
            Self::SubRip => "srt",
            Self::Text => "text",
            Self::Chat => "chat",
        }
    }

    /// The format of this short name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// One meeting of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What the file was recognised as.
    pub format: Format,
    /// The meeting, with fresh identifiers.
    pub meeting: Meeting,
    /// Whether the title came from the content, not from the file's name.
    pub titled: bool,
    /// The meeting's identifier in the tool that wrote the file.
    pub key: Option<String>,
    /// The parts of the file that were skipped.
    pub warnings: Vec<Warning>,
}

fn check_size(size: u64) -> Result<(), Unreadable> {
    if size <= MAX_BYTES {
        return Ok(());
    }
    Err(Unreadable::whole(Refusal::TooLarge { size, max: MAX_BYTES }))
}

/// Reads the meetings in a file's content. `name` is the file's name, which stands in for a title that the
/// content does not have. Pure, but for the fresh identifiers.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Vec<Parsed>, Unreadable> {
    check_size(bytes.len() as u64)?;
    if let Some(reason) = foreign(bytes) {
        return Err(Unreadable::whole(reason));
    }
    if docx::begins(bytes) {
        return notes::parse_html(name, &docx::to_html(bytes)?, Format::Docx).map(|one| vec![one]);
    }
    let text = encoding::decode(bytes)?;
    if text.trim().is_empty() {
        return Err(Unreadable::whole(Refusal::Empty));
    }
    if json::begins(&text) {
        return json::parse(name, &text);
    }
    let one = if vtt::begins(&text) {
        vtt::parse(name, &text)
    } else if vtt::begins_as_subrip(&text) {
        vtt::parse_subrip(name, &text)
    } else if notes::html::begins(&text) {
        notes::parse_html(name, &text, Format::Html)
    } else {
        notes::parse(name, &text)
    };
    one.map(|one| vec![one])
}

/// The text without space around it, found sooner where there is none.
fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// The kind of a file that people try and that has no text to be read.
fn foreign(bytes: &[u8]) -> Option<Refusal> {
    const KINDS: [(&[u8], Refusal); 4] = [
        (b"%PDF-", Refusal::Pdf),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Refusal::OldWord),
        (b"{\\rtf", Refusal::RichText),
        (b"\x1F\x8B", Refusal::Compressed),
    ];
    KINDS.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, refusal)| refusal)
}

/// Parses JSON about one meeting, as a server returns it, even if nothing in it identifies a meeting.
pub(super) fn parse_json(name: &str, json: &str) -> Result<Parsed, Unreadable> {
    json::parse_one(name, json)
}

/// Parses the notes of one meeting.
pub(super) fn parse_notes(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    notes::parse(name, text)
}

/// Three invented meetings that ship with the app, as files: name and content. Each holds one meeting.
pub fn samples() -> [(&'static str, &'static str); 3] {
    [
        ("weekly-product-sync.json", include_str!("../../../samples/weekly-product-sync.json")),
        ("architecture-forum.md", include_str!("../../../samples/architecture-forum.md")),
        ("customer-call.json", include_str!("../../../samples/customer-call.json")),
    ]
}

#[cfg(test)]
mod tests;
