//! One pass over the blocks of notes: tracks the current heading and takes the lists, tables and lines below it
//! accordingly.

use jiff::civil::Date;

use crate::adf;
use crate::domain::meeting::{HeldAt, ItemKind};
use crate::domain::reading::Skipped;

use super::super::builder::{ParsedItem, is_placeholder};
use super::super::names::{self, Heading, Part};
use super::super::record::{head, item};
use super::super::tree::Node;
use super::super::{dates, people};
use super::Markup;
use super::blocks::{self, Block, Entry};

mod finish;

/// The level of a bold line that stands for a heading, below every real one.
const BOLD: u8 = 7;
/// The level of a line that ends with a colon; it only speaks for the list right below it.
const COLON: u8 = 8;

/// A heading under which the reader stands.
struct OpenHeading {
    level: u8,
    section: Option<Heading>,
    /// Below a section's own heading: the topic or person.
    group: Option<String>,
}

/// A section of items that has no list yet, but text.
struct Bare {
    title: String,
    offset: usize,
    has_text: bool,
}

pub(super) struct Outline<'a> {
    text: &'a str,
    markup: Markup,
    /// Whether lines of the text are lines of the file.
    pub(super) has_lines: bool,
    open: Vec<OpenHeading>,
    pub(super) title: Option<String>,
    /// A day that stands on a line of its own at the start.
    pub(super) day: Option<HeldAt>,
    front: Node,
    labels: Vec<(String, Node)>,
    people: Vec<String>,
    pub(super) items: Vec<(ItemKind, ParsedItem)>,
    /// Where the transcript starts and ends.
    transcript: Option<(usize, usize)>,
    /// Whether a heading names a part of a meeting.
    pub(super) recognised: bool,
    bare: Option<Bare>,
    /// Lists that nothing was taken from: how many, and where the first starts.
    passed_over: (usize, usize),
    /// Place and reason.
    warnings: Vec<(usize, Skipped)>,
}

impl<'a> Outline<'a> {
    pub(super) fn new(text: &'a str, markup: Markup, kind: Option<ItemKind>) -> Self {
        let section = kind.map(Heading::Items);
        Self {
            text,
            markup,
            has_lines: true,
            open: section
                .map(|section| OpenHeading { level: 0, section: Some(section), group: None })
                .into_iter()
                .collect(),
            title: None,
            day: None,
            front: Node::Null,
            labels: Vec::new(),
            people: Vec::new(),
            items: Vec::new(),
            transcript: None,
            recognised: false,
            bare: None,
            passed_over: (0, 0),
            warnings: Vec::new(),
        }
    }

    pub(super) fn read(&mut self) {
        let blocks = match self.markup {
            Markup::Markdown => blocks::of(self.text),
            Markup::Html => blocks::of_html(self.text),
        };
        for (block, range) in blocks {
            match block {
                Block::Front(yaml) => self.front(&yaml, range.start),
                Block::Heading { level, text } => self.heading(level, &text, &range),
                Block::Paragraph { text, bold } => self.paragraph(&text, bold, &range),
                Block::List(entries) => self.list(&entries, range.start),
                Block::Table { columns, rows } => self.table(&columns, rows, range.start),
            }
        }
        self.close(0, self.text.len());
    }

    fn section(&self) -> Option<Heading> {
        self.open.last().and_then(|open| open.section)
    }

    fn front(&mut self, yaml: &str, offset: usize) {
        match Node::from_yaml(yaml) {
            Ok(front) => self.front = front,
            Err(error) => {
                let full = error.to_string();
                let what = full.lines().next().unwrap_or_default().trim_start_matches("error: ");
                self.warnings.push((offset, Skipped::FrontMatter { error: what.to_owned() }));
            }
        }
    }

    /// Closes every heading of this level or below it.
    fn close(&mut self, level: u8, offset: usize) {
        let depth = self.open.len();
        let was_transcript = self.section() == Some(Heading::Transcript);
        while self.open.last().is_some_and(|open| open.level >= level) {
            self.open.pop();
        }
        if was_transcript
            && self.section() != Some(Heading::Transcript)
            && let Some((_, end)) = &mut self.transcript
        {
            *end = offset;
        }
        if self.open.len() < depth {
            self.close_bare();
        }
    }

    fn close_bare(&mut self) {
        if let Some(bare) = self.bare.take().filter(|bare| bare.has_text) {
            self.warnings.push((bare.offset, Skipped::SectionWithoutList { heading: bare.title }));
        }
    }

    fn heading(&mut self, level: u8, text: &str, range: &std::ops::Range<usize>) {
        let known = names::heading(text);
        self.close(level, range.start);
        let above = self.section();
        if known.is_none() {
            self.label(text);
            // Gemini has the title below a heading "Notes".
            let is_title = level == 1 && above.is_none()
                || level == 2
                    && above == Some(Heading::Other)
                    && self.open.len() == 1
                    && self.items.is_empty();
            if is_title && self.title.is_none() {
                self.title = Some(text.to_owned());
            }
        }
        // Inside of a transcript a heading is part of what was said, or a chapter.
        let section = if above == Some(Heading::Transcript) { above } else { known.or(above) };
        let group = (known.is_none() && matches!(above, Some(Heading::Items(_))))
            .then(|| text.trim_end_matches(':').to_owned());
        if section == Some(Heading::Transcript) && above != section && self.transcript.is_none() {
            self.transcript = Some((range.end, self.text.len()));
        }
        if matches!(known, Some(Heading::Items(_))) {
            self.close_bare();
            self.bare = Some(Bare {
                title: text.trim_end_matches(':').to_owned(),
                offset: range.start,
                has_text: false,
            });
        }
        self.recognised |= !matches!(known, None | Some(Heading::Other));
        self.open.push(OpenHeading { level, section, group });
    }

    fn paragraph(&mut self, text: &str, bold: bool, range: &std::ops::Range<usize>) {
        self.close(COLON, range.start);
        let in_transcript = self.section() == Some(Heading::Transcript);
        if bold && !in_transcript && !text.trim().contains('\n') {
            return self.heading(BOLD, text.trim(), range);
        }
        let (before, last) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
        if !in_transcript && last.ends_with(':') && names::heading(last).is_some() {
            self.prose(before);
            return self.heading(COLON, last, range);
        }
        if !in_transcript && before.is_empty() && is_bare_heading(last) {
            return self.heading(BOLD, last.trim(), range);
        }
        self.prose(text);
    }

    fn prose(&mut self, text: &str) {
        match self.section() {
            Some(Heading::Items(_)) => {
                if let Some(bare) = self.bare.as_mut().filter(|_| !is_placeholder(text)) {
                    bare.has_text = true;
                }
            }
            Some(Heading::People) => {
                let names = head::people(&Node::Text(text.to_owned()));
                if names.iter().all(|name| is_short(name)) {
                    self.add_people(names);
                }
            }
            Some(Heading::Transcript) => {}
            Some(Heading::Other) | None => {
                for line in text.lines() {
                    if !self.label(line) && self.day.is_none() && self.items.is_empty() {
                        self.day = day_alone(line).map(HeldAt::Day);
                    }
                }
            }
        }
    }

    /// Takes "Date: 12 Nov 2026" and its like.
    fn label(&mut self, line: &str) -> bool {
        /// Longest label, in bytes.
        const MAX_LABEL_LEN: usize = 40;
        let Some((label, value)) = line.split_once(':').filter(|(label, _)| label.len() <= MAX_LABEL_LEN)
        else {
            return false;
        };
        let says_something = matches!(
            names::part(label),
            Some((_, Part::Date | Part::People | Part::Duration | Part::Minutes | Part::Recording))
        );
        let taken = says_something && !value.trim().is_empty();
        if taken {
            self.labels.push((label.to_owned(), Node::Text(value.trim().to_owned())));
        }
        taken
    }

    fn list(&mut self, entries: &[Entry], offset: usize) {
        match self.section() {
            Some(Heading::Items(kind)) => {
                self.bare = None;
                let group = self.open.last().and_then(|open| open.group.clone());
                for entry in entries {
                    self.item(kind, entry, group.as_deref());
                }
            }
            Some(Heading::People) => {
                self.add_people(entries.iter().flat_map(Entry::leaves).map(str::to_owned).collect());
            }
            Some(Heading::Transcript) => {}
            Some(Heading::Other) => entries.iter().for_each(|entry| _ = self.label_entry(entry)),
            None => {
                let labels = entries.iter().filter(|entry| self.label_entry(entry)).count();
                if labels < entries.len() {
                    self.pass_over(offset);
                }
            }
        }
    }

    /// Takes the first names below a heading for people; what follows them is about something else.
    fn add_people(&mut self, names: Vec<String>) {
        self.people.extend(names);
        if let Some(open) = self.open.last_mut() {
            open.section = Some(Heading::Other);
        }
    }

    fn label_entry(&mut self, entry: &Entry) -> bool {
        if !entry.children.is_empty() && matches!(names::heading(&entry.text), Some(Heading::People)) {
            self.people.extend(entry.children.iter().flat_map(Entry::leaves).map(str::to_owned));
            return true;
        }
        entry.children.is_empty() && self.label(&entry.text)
    }

    fn pass_over(&mut self, offset: usize) {
        if self.passed_over.0 == 0 {
            self.passed_over.1 = offset;
        }
        self.passed_over.0 += 1;
    }

    fn item(&mut self, kind: ItemKind, entry: &Entry, group: Option<&str>) {
        if is_group(kind, entry) {
            let group = entry.text.trim().trim_end_matches(':').trim();
            return entry.children.iter().for_each(|child| self.item(kind, child, Some(group)));
        }
        let mut text = entry.text.trim().to_owned();
        let mut boxed = Vec::new();
        for child in &entry.children {
            child.unfold(&mut text, &mut boxed);
        }
        let marked = entry.marked.as_ref().and_then(|range| self.text.get(range.clone()));
        let marked = marked.filter(|marked| *marked != entry.text);
        let formatted = marked.map(|marked| match self.markup {
            Markup::Markdown => adf::from_markdown(marked, &mut String::new).into_line(),
            Markup::Html => adf::from_html(marked, &mut String::new).into_line(),
        });
        let (checked, text) = unboxed(text);
        let found = ParsedItem {
            text,
            formatted,
            done: entry.checked.or(checked) == Some(true),
            group: group.map(str::to_owned),
            prose: true,
            ..ParsedItem::default()
        };
        self.items.push((kind, found));
        for entry in boxed {
            self.item(kind, entry, group);
        }
    }

    fn table(&mut self, columns: &[String], rows: Vec<Vec<String>>, offset: usize) {
        let Some(Heading::Items(kind)) = self.section() else { return };
        self.bare = None;
        let group = self.open.last().and_then(|open| open.group.clone());
        let mut taken = false;
        for row in rows {
            let cells: Vec<(String, Node)> =
                columns.iter().cloned().zip(row.into_iter().map(Node::Text)).collect();
            let found = ParsedItem { group: group.clone(), prose: true, ..item::item(&cells) };
            if !found.text.is_empty() {
                taken = true;
                self.items.push((kind, found));
            }
        }
        if !taken {
            self.warnings.push((offset, Skipped::TableWithoutText));
        }
    }
}

/// The day in a line that says nothing else, but for a time.
fn day_alone(line: &str) -> Option<Date> {
    let line = line.trim();
    let day = line.rsplit_once(", ").filter(|(_, time)| time.contains(':')).map_or(line, |(day, _)| day);
    dates::only_day(day)
}

/// Whether a line of plain text is a heading's name and nothing else.
fn is_bare_heading(line: &str) -> bool {
    /// Longest heading without markup, in characters.
    const MAX_HEADING_LEN: usize = 40;
    let is_open = !line.ends_with(['.', ',', ';', '!', '?']) && !line.contains(':');
    is_open && line.chars().count() <= MAX_HEADING_LEN && names::heading(line).is_some()
}

/// The text without a box that is drawn as a sign, and whether that is ticked.
fn unboxed(text: String) -> (Option<bool>, String) {
    const BOXES: [(&str, bool); 8] = [
        ("☐", false),
        ("[ ]", false),
        ("□", false),
        ("☑", true),
        ("☒", true),
        ("✅", true),
        ("[x]", true),
        ("[X]", true),
    ];
    let found =
        BOXES.iter().find_map(|(sign, ticked)| Some((*ticked, text.strip_prefix(sign)?.trim_start())));
    match found {
        Some((ticked, rest)) if !rest.is_empty() => (Some(ticked), rest.to_owned()),
        _ => (None, text),
    }
}

/// Whether words are few enough for a name; the others are a sentence.
fn is_short(name: &str) -> bool {
    name.split_whitespace().count() <= 5 && !name.ends_with('.')
}

/// Whether an entry only says what or whom the entries below it are about.
fn is_group(kind: ItemKind, entry: &Entry) -> bool {
    let carries_owner = matches!(kind, ItemKind::Task | ItemKind::NextStep);
    let text = entry.text.trim();
    !entry.children.is_empty()
        && entry.checked.is_none()
        && (entry.bold
            || text.ends_with(':')
            || (carries_owner && people::looks_like_names(text))
            || entry.children.iter().any(|child| child.checked.is_some()))
}
