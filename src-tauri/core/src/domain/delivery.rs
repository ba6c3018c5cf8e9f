//! A delivery: one thing on its way to Confluence. Its states, and what may be done in each. The document that is sent is
//! stored beside it: lists do not need it, and it may be large.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::destination::Destination;
use super::id::{AccountId, DeliveryId, ItemId, MeetingId, OrganizationId};

/// An account that things are sent as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Which.
    pub id: AccountId,
    /// Its name, as far as it is known.
    pub name: Option<String>,
}

/// A delivery as it is stored, without its document.
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
    /// The account that sends it, and no other; `None` where an older version did not note it.
    pub sender: Option<Sender>,
    /// How it stands.
    pub state: State,
    /// Where it arrived.
    pub url: Option<String>,
    /// Not before this moment, where there is one: it is held back, waits, or is asked about again then.
    pub due: Option<Timestamp>,
    /// How often in a row it was put off, or looked for in vain.
    pub tries: u32,
    /// When the person sent it.
    pub created: Timestamp,
    /// When its state last changed.
    pub changed: Timestamp,
}

impl Delivery {
    /// Whether this account sends it. Nobody is known to where it was not noted who does.
    pub fn is_of(&self, account: &AccountId) -> bool {
        self.sender.as_ref().is_some_and(|sender| sender.id == *account)
    }
}

/// A delivery of which the destination cannot be read, such as one that a newer version stored. Its words may be readable
/// all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Which.
    pub id: DeliveryId,
    /// The items that it is about.
    pub items: Vec<ItemId>,
    /// The words of the first one, while it is cached.
    pub words: Option<String>,
    /// The meeting of the items, while it is cached.
    pub meeting: Option<MeetingId>,
    /// That meeting's title.
    pub meeting_title: Option<String>,
    /// The organization that it was to go to.
    pub organization: OrganizationId,
    /// How it stands.
    pub state: State,
    /// When the person sent it.
    pub created: Timestamp,
    /// When its state last changed.
    pub changed: Timestamp,
}

/// The state of a delivery. The reason that a person is told is stored beside it. Transitions are in
/// [`super::transitions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Stored, not tried yet.
    Queued,
    /// An attempt is on disk; from here on bytes may have left.
    Sending,
    /// The answer for a page was lost. The same page is posted again: its title is unique in the space, so it is made now
    /// or was made then.
    #[serde(rename = "doubted")]
    RetryUnconfirmed,
    /// The answer was lost, and posting again would make it twice or was refused: the outbox searches for it.
    #[serde(rename = "looking")]
    Reconciling,
    /// It arrived.
    Sent,
    /// It did not leave, and goes again by itself.
    Waiting,
    /// A person must decide.
    NeedsYou,
    /// The answer was lost, and it was not found: a person must look.
    NotConfirmed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::RetryUnconfirmed,
        Self::Reconciling,
        Self::Sent,
        Self::Waiting,
        Self::NeedsYou,
        Self::NotConfirmed,
    ];

    /// Those in which nothing of it has left, so that a person may change it or take it back.
    pub const OPEN: [Self; 3] = [Self::Queued, Self::Waiting, Self::NeedsYou];

    /// Those in which its answer was lost and the outbox finds out.
    pub const IN_DOUBT: [Self; 2] = [Self::RetryUnconfirmed, Self::Reconciling];

    /// Whether it is in one of [`Self::OPEN`].
    pub fn is_open(self) -> bool {
        Self::OPEN.contains(&self)
    }

    /// Whether it has arrived for sure.
    pub fn is_sent(self) -> bool {
        self == Self::Sent
    }

    /// Whether it is posted next, by itself. Those of one organization go in the order in which they were sent.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Queued | Self::Waiting | Self::RetryUnconfirmed)
    }
}
