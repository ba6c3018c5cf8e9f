//! The wire of the quick-send window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::destination::Target;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Due, ItemKind};

/// Which items.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindItems {
    /// Words of the item, its owner or its meeting's title, or how they begin; empty for the newest items.
    pub query: String,
    /// How many to answer, at most 100.
    pub limit: u32,
}

/// An item as the quick-send window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundItem {
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
    /// Whether it arrived somewhere in Confluence.
    pub sent: bool,
    /// Its meeting.
    pub meeting: MeetingId,
    /// That meeting's title.
    pub meeting_title: String,
    /// The day of the meeting (ISO 8601), in the person's time zone.
    pub day: Option<String>,
}

/// Somewhere that items can go at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct QuickTarget {
    /// Where.
    pub target: Target,
    /// The organization's name.
    pub organization: String,
    /// Whether it is one of the person's favourites.
    pub favourite: bool,
    /// The account that it is sent as, where deliveries of another one are on the list.
    pub sender: Option<String>,
}

/// A favourite, or one no longer.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Favourite {
    /// Where.
    pub target: Target,
    /// Whether it is to be one.
    pub favourite: bool,
}

/// What to send at once.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct QuickSend {
    /// The items; at least one. They may be of several meetings.
    pub items: Vec<ItemId>,
    /// Where to.
    pub target: Target,
    /// The person knows that the same went to the same place within a day.
    pub again: bool,
}

/// What is about to be sent at once.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct QuickLinks {
    /// The items; at least one. They may be of several meetings.
    pub items: Vec<ItemId>,
    /// Where to.
    pub target: Target,
}

/// The quick-send window was opened.
#[derive(Clone, Debug, Serialize, TS)]
pub struct QuickOpened {
    /// The item that was chosen in the tray's menu.
    pub item: Option<FoundItem>,
}
