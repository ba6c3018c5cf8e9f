//! Inline nodes: text, hard breaks, mentions, emoji, dates, statuses and cards.

use jiff::civil;
use jiff::tz::TimeZone;
use smallvec::{SmallVec, smallvec};

use super::text::{Link, Marks, Style, Text};

/// One thing in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(Run),
    /// A line break within the block.
    HardBreak,
    /// A person, who is notified.
    Mention(Mention),
    /// A symbol.
    Emoji(Emoji),
    /// A day.
    Date(Date),
    /// A coloured word.
    Status(Status),
    /// A link that shows the title of what it leads to.
    Card(Link),
}

/// Text with one set of marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: Text,
    /// Its marks.
    pub marks: Marks,
}

impl Run {
    /// Marked text; `None` if there is none.
    pub fn new(text: impl Into<String>, marks: impl Into<Marks>) -> Option<Self> {
        Some(Self { text: Text::new(text)?, marks: marks.into() })
    }

    /// Text without marks; `None` if there is none.
    pub fn plain(text: impl Into<String>) -> Option<Self> {
        Self::new(text, Marks::default())
    }
}

/// A person by account id. Confluence notifies them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The account id.
    pub id: Text,
    /// The displayed text until Confluence resolves the account, such as `@Ada Lovelace`.
    pub text: Option<Text>,
}

impl Mention {
    /// A mention; `None` without an account id.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Option<Self> {
        Some(Self { id: Text::new(id)?, text: Text::new(text) })
    }

    /// The displayed text.
    pub fn text(&self) -> &str {
        self.text.as_ref().unwrap_or(&self.id).as_str()
    }
}

/// A symbol by its short name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji {
    /// Its name between colons, such as `:tada:`.
    pub short_name: Text,
    /// The symbol itself, where there is a character for it.
    pub text: Option<Text>,
}

impl Emoji {
    /// The displayed text.
    pub fn text(&self) -> &str {
        self.text.as_ref().unwrap_or(&self.short_name).as_str()
    }
}

/// A day, held as the format holds it: a moment, in milliseconds since 1970 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date(jiff::Timestamp);

impl Date {
    /// A day of the calendar; `None` for the very first and last that can be told.
    pub fn on(day: civil::Date) -> Option<Self> {
        day.to_zoned(TimeZone::UTC).ok().map(|start| Self(start.timestamp()))
    }

    /// A moment in milliseconds since 1970 UTC; `None` outside the years -9999 to 9999.
    pub fn from_millisecond(millisecond: i64) -> Option<Self> {
        jiff::Timestamp::from_millisecond(millisecond).ok().map(Self)
    }

    /// Milliseconds since 1970 UTC.
    pub fn as_millisecond(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The day that Confluence shows.
    pub fn day(self) -> civil::Date {
        TimeZone::UTC.to_datetime(self.0).date()
    }
}

/// A coloured word, such as a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The word.
    pub text: Text,
    /// Its colour.
    pub color: Color,
}

/// The colours of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "colours need no words")]
pub enum Color {
    Neutral,
    Purple,
    Blue,
    Red,
    Yellow,
    Green,
}

impl Color {
    pub(super) const ALL: [(Self, &'static str); 6] = [
        (Self::Neutral, "neutral"),
        (Self::Purple, "purple"),
        (Self::Blue, "blue"),
        (Self::Red, "red"),
        (Self::Yellow, "yellow"),
        (Self::Green, "green"),
    ];

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(color, _)| *color == self).map_or("neutral", |(_, name)| name)
    }
}

/// A line. Neighbouring text with the same marks is one run, as in every editor, so that equal lines are
/// equal values. Most lines are a single run, which needs no memory of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inlines(SmallVec<[Inline; 1]>);

impl Inlines {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds at the end.
    pub fn push(&mut self, inline: impl Into<Inline>) {
        let inline = inline.into();
        if let (Some(Inline::Text(last)), Inline::Text(run)) = (self.0.last_mut(), &inline)
            && last.marks == run.marks
        {
            last.text.append(run.text.as_str());
        } else {
            self.0.push(inline);
        }
    }

    /// Adds text at the end; its line breaks become hard breaks.
    pub fn push_text(&mut self, text: &str, marks: impl Into<Marks>) {
        let marks = marks.into();
        for (at, line) in text.lines().enumerate() {
            if at > 0 {
                self.push(Inline::HardBreak);
            }
            if let Some(run) = Run::new(line, marks.clone()) {
                self.push(run);
            }
        }
    }

    /// The same line with this at its end.
    #[must_use]
    pub fn with(mut self, inline: impl Into<Inline>) -> Self {
        self.push(inline);
        self
    }

    /// The same line with this text at its end.
    #[must_use]
    pub fn with_text(mut self, text: &str, marks: impl Into<Marks>) -> Self {
        self.push_text(text, marks);
        self
    }

    /// Whether there is nothing in it. A line of white space has something in it, though nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is in it, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Inline> {
        self.0.iter()
    }

    /// What is in this buffer, in which no neighbours have the same marks. The buffer is empty then and keeps
    /// its room, so that a document of many lines takes no more memory than it needs.
    pub(super) fn take(buffer: &mut Vec<Inline>) -> Self {
        if buffer.len() == 1
            && let Some(one) = buffer.pop()
        {
            return Self(SmallVec::from_buf([one]));
        }
        let mut all = Vec::with_capacity(buffer.len());
        all.append(buffer);
        Self(all.into())
    }

    /// The line with this style on all its text.
    #[must_use]
    pub(super) fn styled(self, style: Style) -> Self {
        self.into_iter()
            .map(|inline| match inline {
                Inline::Text(Run { text, marks }) => {
                    // Code stays code: it cannot be strong too.
                    let style =
                        if marks.style.has(Style::CODE) { Style::CODE } else { marks.style.with(style) };
                    Inline::Text(Run { text, marks: Marks { style, link: marks.link } })
                }
                other => other,
            })
            .collect()
    }
}

impl IntoIterator for Inlines {
    type Item = Inline;
    type IntoIter = smallvec::IntoIter<[Inline; 1]>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Inlines {
    type Item = &'a Inline;
    type IntoIter = std::slice::Iter<'a, Inline>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Extend<Inline> for Inlines {
    fn extend<T: IntoIterator<Item = Inline>>(&mut self, inlines: T) {
        for inline in inlines {
            self.push(inline);
        }
    }
}

impl FromIterator<Inline> for Inlines {
    fn from_iter<T: IntoIterator<Item = Inline>>(inlines: T) -> Self {
        let mut line = Self::new();
        line.extend(inlines);
        line
    }
}

impl From<&str> for Inlines {
    fn from(text: &str) -> Self {
        Self::new().with_text(text, Marks::default())
    }
}

impl From<Inline> for Inlines {
    fn from(inline: Inline) -> Self {
        Self(smallvec![inline])
    }
}

macro_rules! inline_from {
    ($($kind:ident => $variant:ident),+) => {$(
        impl From<$kind> for Inline {
            fn from(value: $kind) -> Self {
                Self::$variant(value)
            }
        }
    )+};
}

inline_from!(Run => Text, Mention => Mention, Emoji => Emoji, Date => Date, Status => Status);
