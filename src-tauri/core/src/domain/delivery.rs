//! A delivery: one thing on its way to Confluence. Its states, and what may be done in each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::destination::Destination;
use super::id::{DeliveryId, ItemId, MeetingId};
use crate::adf::Document;

/// A delivery as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Which; the order of ids is the order of sending.
    pub id: DeliveryId,
    /// The items that it is about, in the order in which they were chosen.
    pub items: Vec<ItemId>,
    /// The words of the first one, while it is cached.
    pub words: Option<String>,
    /// The meeting of the items, while it is cached.
    pub meeting: Option<MeetingId>,
    /// That meeting's title.
    pub meeting_title: Option<String>,
    /// Where to.
    pub destination: Destination,
    /// What the person wrote; what is sent is made of it.
    pub document: Document,
    /// How it stands.
    pub state: State,
    /// Where it arrived.
    pub url: Option<String>,
    /// When the person sent it.
    pub created: Timestamp,
    /// When its state last changed.
    pub changed: Timestamp,
}

/// How a delivery stands. Why it does not go on is stored beside, as the person was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Stored, not tried yet.
    Queued,
    /// An attempt is on disk; from here on bytes may have left.
    Sending,
    /// It arrived.
    Sent,
    /// It did not leave.
    Waiting,
    /// A person must decide.
    NeedsYou,
    /// The answer was lost.
    NotConfirmed,
}

impl State {
    /// Whether a person may change, cancel or retry it. Not while it may be on the wire, nor afterwards.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Waiting | Self::NeedsYou)
    }

    /// Whether it has arrived for sure.
    pub fn is_sent(self) -> bool {
        self == Self::Sent
    }
}
