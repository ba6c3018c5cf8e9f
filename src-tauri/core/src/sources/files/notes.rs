//! Notes in Markdown, plain text or HTML: lists and tables under headings that name insights, decisions, next steps or
//! tasks, in English or German. A heading is a heading of the format, or a line that is bold, ends with a colon or consists
//! of such a name only; it applies to the headings nested below it. Lists under other headings are skipped, and so is
//! prose: "No decisions were made" is not a decision.
//!
//! A text without any such heading may be a transcript. The parsers of JSON and Word files share these rules.

use std::borrow::Cow;

use crate::domain::meeting::ItemKind;
use crate::domain::reading::{Refusal, Unreadable};

use super::builder::{MeetingBuilder, ParsedItem};
use super::{Format, Parsed, transcript};

mod blocks;
pub(super) mod html;
mod outline;

use outline::Outline;

/// Longest notes that are read, in bytes: a hundred times the longest seen. The Markdown parser needs up to
/// sixty times as much memory as there is text.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// How a text is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Markup {
    Markdown,
    Html,
}

/// Reads Markdown or plain text: the notes of one meeting, its transcript or its chat.
pub(super) fn parse(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    // Only transcripts are that long.
    let outline = fits(text).then(|| dashed(text));
    let mut outline = outline.as_deref().map(|text| Outline::new(text, Markup::Markdown, None));
    outline.iter_mut().for_each(Outline::read);
    if outline.as_ref().is_none_or(|outline| !outline.recognised)
        && let Some(said) = transcript::parse(text)
    {
        let format = if said.chat { Format::Chat } else { Format::Text };
        let (title, day) = outline.map_or((None, None), |outline| (outline.title, outline.day));
        return Ok(MeetingBuilder::transcript_of(title, day, said.cues).finish(format, name));
    }
    outline.ok_or_else(|| too_long(text))?.finish(Format::Markdown, name)
}

/// Reads HTML, or what a Word file was turned into: the notes of one meeting, or its transcript.
pub(super) fn parse_html(name: &str, text: &str, format: Format) -> Result<Parsed, Unreadable> {
    if !fits(text) {
        return Err(too_long(text));
    }
    let mut outline = Outline::new(text, Markup::Html, None);
    outline.has_lines = format == Format::Html;
    outline.read();
    outline.title = outline.title.take().or_else(|| html::title(text));
    if !outline.recognised
        && let Some(said) = transcript::parse(&html::lines(text))
    {
        return Ok(MeetingBuilder::transcript_of(outline.title, outline.day, said.cues).finish(format, name));
    }
    outline.finish(format, name)
}

fn too_long(text: &str) -> Unreadable {
    Unreadable::whole(Refusal::LongNotes { size: text.len(), max: MAX_BYTES })
}

/// Whether a text is short enough to be read as notes.
pub(super) fn fits(text: &str) -> bool {
    text.len() <= MAX_BYTES
}

/// The items in a text that may be notes and [`fits`].
pub(super) fn items(text: &str) -> Vec<(ItemKind, ParsedItem)> {
    let text = dashed(text);
    let mut outline = Outline::new(&text, Markup::Markdown, None);
    outline.read();
    outline.items
}

/// The items in HTML that [`fits`].
pub(super) fn items_of_html(html: &str) -> Vec<(ItemKind, ParsedItem)> {
    let mut outline = Outline::new(html, Markup::Html, None);
    outline.read();
    outline.items
}

/// The items in a text that stands where a list of one kind is expected, if it [`fits`].
pub(super) fn items_of(text: &str, kind: ItemKind) -> Option<Vec<ParsedItem>> {
    if !fits(text) {
        return None;
    }
    let text = dashed(text);
    let mut outline = Outline::new(&text, Markup::Markdown, Some(kind));
    outline.read();
    Some(outline.items.into_iter().map(|(_, found)| found).collect())
}

/// The text with the signs at the start of lines, which stand for lists in plain text, as Markdown's; the lines stay.
fn dashed(text: &str) -> Cow<'_, str> {
    const SIGNS: [(&str, &str); 12] = [
        ("•", "- "),
        ("●", "- "),
        ("◦", "- "),
        ("▪", "- "),
        ("‣", "- "),
        ("☐", "- [ ] "),
        ("□", "- [ ] "),
        ("☑", "- [x] "),
        ("☒", "- [x] "),
        ("[ ] ", "- [ ] "),
        ("[x] ", "- [x] "),
        ("[X] ", "- [x] "),
    ];
    let sign = |line: &str| {
        let start = line.len() - line.trim_start().len();
        let (sign, mark) = SIGNS.iter().find(|(sign, _)| line[start..].starts_with(sign))?;
        Some((start, start + sign.len(), *mark))
    };
    if !text.lines().any(|line| sign(line).is_some()) {
        return Cow::Borrowed(text);
    }
    let mut dashed = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_inclusive('\n') {
        match sign(line) {
            Some((start, end, mark)) => {
                dashed.extend([&line[..start], mark, line[end..].trim_start_matches([' ', '\t'])]);
            }
            None => dashed.push_str(line),
        }
    }
    Cow::Owned(dashed)
}

#[cfg(test)]
mod tests;
