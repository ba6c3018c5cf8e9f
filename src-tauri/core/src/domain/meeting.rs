//! A meeting and what was said in it, as every source must hand it over. Nothing here is invented: an
//! empty field means that the source did not say.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::id::{ItemId, MeetingId};
use crate::adf::{Inlines, Link};

/// The four kinds of things that a meeting leaves behind, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Something learned: a highlight, key point or key fact.
    Insight,
    /// Something agreed.
    Decision,
    /// Where things go from here, without being somebody's task.
    NextStep,
    /// Something to be done, often with an owner and a due date.
    Task,
}

/// The kinds with the headings of their sections, in their order.
pub const SECTIONS: [(ItemKind, &str); 4] = [
    (ItemKind::Insight, "Insights"),
    (ItemKind::Decision, "Decisions"),
    (ItemKind::NextStep, "Next steps"),
    (ItemKind::Task, "Tasks"),
];

/// When a task is due: the source's own words, and the day where those words name one beyond doubt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Due {
    /// As the source wrote it, such as "20 Nov" or "next Friday".
    pub text: String,
    /// The day (ISO 8601), only where the text names it fully.
    #[ts(type = "string | null")]
    pub date: Option<civil::Date>,
}

/// One insight, decision, next step or task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Stable from the first import on.
    pub id: ItemId,
    /// Which section it belongs to.
    pub kind: ItemKind,
    /// Its words: one paragraph or several lines, without markup.
    pub text: String,
    /// The same words with the emphasis, code and links of the source, where it has any.
    pub formatted: Option<Inlines>,
    /// Who does it, as the source named them.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<Due>,
    /// Whether the source marked it as done.
    pub done: bool,
    /// Where in the meeting it was said, in milliseconds from the start.
    pub at_ms: Option<u64>,
}

/// One spoken line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cue {
    /// Milliseconds from the start of the recording.
    #[ts(type = "number")]
    pub start_ms: u64,
    /// Milliseconds from the start of the recording; never before `start_ms`.
    #[ts(type = "number")]
    pub end_ms: u64,
    /// Who spoke, where the source says.
    pub speaker: Option<String>,
    /// What was said.
    pub text: String,
}

/// When a meeting was held, as exactly as the source says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeldAt {
    /// A moment.
    Moment(Timestamp),
    /// A day without a time, in whatever time zone the people were.
    Day(civil::Date),
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Stable from the first import on.
    pub id: MeetingId,
    /// Never empty: sources fall back to the file's name.
    pub title: String,
    /// When it was held.
    pub held_at: Option<HeldAt>,
    /// How long it took, in whole minutes.
    pub minutes: Option<u32>,
    /// Who was there, as the source named them, without repeats.
    pub participants: Vec<String>,
    /// An https address of the recording.
    pub recording: Option<String>,
    /// The items, in the source's order.
    pub items: Vec<Item>,
    /// The transcript, in order of time.
    pub transcript: Vec<Cue>,
    /// Where it came from: the short name of a file's format, such as `markdown`, or the name of a server. Earlier versions
    /// stored the format's name in English.
    pub source: String,
}

impl Meeting {
    /// The host of the recording, for people.
    pub fn recording_host(&self) -> Option<String> {
        self.recording.as_deref().and_then(Link::new).map(|link| link.host())
    }
}
