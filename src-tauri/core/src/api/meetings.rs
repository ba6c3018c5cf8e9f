//! Meetings: the list, one meeting, its items, imports and exports.

use jiff::civil;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::DeliveryView;
use crate::domain::draft;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Due, ItemKind};

/// A page of the meeting list.
#[derive(Clone, Debug, Default, Deserialize, TS)]
pub struct ListMeetings {
    /// Words to find in title, people, items and transcript; empty for all. A phrase stands in quotation marks.
    pub query: String,
    /// Which of them.
    #[serde(default)]
    pub filter: MeetingFilter,
    /// How many meetings to pass over.
    pub offset: u32,
    /// How many to answer, at most 500.
    pub limit: u32,
}

/// Which meetings a list shows; the default shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct MeetingFilter {
    /// With items of one of these kinds; empty for all.
    pub kinds: Vec<ItemKind>,
    /// Words of the name of somebody who was there, spoke or owns an item; empty for everybody.
    pub person: String,
    /// Held on this day (ISO 8601) or later.
    #[ts(type = "string | null")]
    pub from: Option<civil::Date>,
    /// Held on this day (ISO 8601) or earlier.
    #[ts(type = "string | null")]
    pub to: Option<civil::Date>,
    /// Of which something was sent, or nothing.
    pub sent: Option<bool>,
}

/// A page of the meeting list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingList {
    /// How many meetings match, as far as they are counted: a search stops at a thousand.
    pub total: u32,
    /// Whether more match than were counted.
    pub more: bool,
    /// The page of results.
    pub rows: Vec<MeetingRow>,
}

/// A meeting in the list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingRow {
    /// Which.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// The day it was held (ISO 8601), in the person's time zone.
    pub day: Option<String>,
    /// The time of day, such as `14:05`, where it is known.
    pub time: Option<String>,
    /// How many items it has.
    pub items: u32,
    /// How many of them were sent.
    pub sent: u32,
    /// Where the query was found, if it was not found in the title: a few words around it.
    pub hit: Option<String>,
}

/// A meeting with everything but the lines of its transcript.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingView {
    /// Which.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// The day it was held (ISO 8601), in the person's time zone.
    pub day: Option<String>,
    /// The time of day, such as `14:05`, where it is known.
    pub time: Option<String>,
    /// How long it took.
    pub minutes: Option<u32>,
    /// Who was there.
    pub participants: Vec<String>,
    /// The host of its recording, which `open_link` with `recording` opens, if there is one.
    pub recording: Option<String>,
    /// The tool or format it came from.
    pub source: String,
    /// Its items, in the order of kinds and then of the source.
    pub items: Vec<ItemView>,
    /// How many lines its transcript has; `read_transcript` answers them.
    pub transcript_lines: u32,
    /// What its source wrote and nothing understood, as it came.
    pub notes: Option<String>,
}

/// A stretch of a transcript.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct ReadTranscript {
    /// Of which meeting.
    pub meeting: MeetingId,
    /// How many lines to pass over.
    pub offset: u32,
    /// How many to answer, at most 500.
    pub limit: u32,
}

/// Words to find in a transcript.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindInTranscript {
    /// Of which meeting.
    pub meeting: MeetingId,
    /// The words, typed as for [`ListMeetings`].
    pub query: String,
}

/// An item of a meeting.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ItemView {
    /// Which.
    pub id: ItemId,
    /// Its section.
    pub kind: ItemKind,
    /// Its words.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<Due>,
    /// Whether the source marked it as done.
    pub done: bool,
    /// Whether a person changed or added it here, so that no import overwrites it.
    pub edited: bool,
    /// The file or the server that it came from, for people; `null` where it was added by hand, or by an earlier version.
    pub origin: Option<String>,
    /// Its deliveries, newest first.
    pub deliveries: Vec<DeliveryView>,
}

/// Text to be read like a file.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ImportText {
    /// Plain text, Markdown, HTML, JSON or a transcript.
    pub text: String,
}

/// The folder that is watched for meetings. The window shows it and cannot name another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WatchedFolder {
    /// Its path, for people.
    pub folder: String,
    /// Why nothing comes from it at the moment.
    pub problem: Option<String>,
}

/// The dialog in which a person changes an item, or adds one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemDialog {
    /// Changes this one.
    Edit(ItemId),
    /// Adds one.
    Add {
        /// Where to.
        meeting: MeetingId,
        /// What it is made of, if it is made of something that was said there.
        said: String,
    },
}

/// What is typed into such a dialog.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ItemDraft {
    /// Which dialog.
    pub dialog: ItemDialog,
    /// What its fields hold; `null` if that is what it opens with.
    pub words: Option<ItemWords>,
}

/// What a person says of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemWords {
    /// Its section.
    pub kind: ItemKind,
    /// Its words.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due, in any words; a day that they name beyond doubt is understood.
    pub due: Option<String>,
    /// Whether it is done.
    pub done: bool,
}

/// A damaged file that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DamagedFile {
    /// Its name in the data folder.
    pub name: String,
    /// Whether all of what was typed could be read in it.
    pub is_whole: bool,
    /// What was not sent, and exists nowhere else.
    pub unsent: Vec<Unsent>,
}

/// Something that was typed and not sent, in a damaged file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Unsent {
    /// What it is, such as `Comment on “Rollout”`.
    pub what: String,
    /// Its words.
    pub words: String,
}

/// An item that a person adds.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct AddItem {
    /// Where to.
    pub meeting: MeetingId,
    /// What it says.
    pub words: ItemWords,
    /// What it is made of, as in [`ItemDialog`].
    pub said: String,
    /// Where in the meeting it was said, in milliseconds from the start.
    #[ts(type = "number | null")]
    pub at_ms: Option<u64>,
}

/// An item that a person changes.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct EditItem {
    /// Which.
    pub item: ItemId,
    /// What it says from now on.
    pub words: ItemWords,
}

/// A meeting on its way into a file.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct ExportMeeting {
    /// Which.
    pub meeting: MeetingId,
    /// As what.
    pub format: ExportFormat,
}

/// What a meeting can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For people.
    Markdown,
    /// For programs, this one included: its words with their emphasis and links, people, days and transcript come back
    /// as they are.
    Json,
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct ImportReport {
    /// Meetings that are new.
    pub added: Vec<MeetingId>,
    /// Meetings that were there and got something new from a file.
    pub updated: Vec<MeetingId>,
    /// Meetings that were there already, as they are.
    pub unchanged: Vec<MeetingId>,
    /// Files that could not be read or stored; the others still came in.
    pub failed: Vec<ImportFailure>,
    /// Things that a file holds and the app does not understand.
    pub warnings: Vec<ImportFailure>,
    /// How many files were not looked at, since the person stopped the import.
    pub left_out: u32,
}

/// How far the imports are that are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct ImportProgress {
    /// How many files are done with.
    pub done: u32,
    /// Of how many.
    pub total: u32,
}

/// A file that could not be read or stored, or not in full.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ImportFailure {
    /// The file's name.
    pub file: String,
    /// Where in the file, such as "line 3, column 14", where that is known.
    pub place: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

impl From<draft::ItemWords> for ItemWords {
    fn from(stored: draft::ItemWords) -> Self {
        Self { kind: stored.kind, text: stored.text, owner: stored.owner, due: stored.due, done: stored.done }
    }
}

impl From<ItemWords> for draft::ItemWords {
    fn from(wire: ItemWords) -> Self {
        Self { kind: wire.kind, text: wire.text, owner: wire.owner, due: wire.due, done: wire.done }
    }
}
