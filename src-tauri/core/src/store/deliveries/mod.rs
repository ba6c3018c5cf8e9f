//! Deliveries, what is read of them in `read` and what changes in `write`. Their order of sending is the order of their ids.

mod read;
mod write;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::domain::delivery::{Delivery, State, Unreadable};
use crate::domain::id::{AccountId, OrganizationId};
use crate::domain::problem::Problem;

/// Reads.
#[derive(Debug)]
pub struct Deliveries<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct DeliveriesMut<'a>(pub(super) &'a Connection);

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// A delivery, with what the person was told.
    Delivery(Box<Delivery>, Option<Problem>),
    /// One that is there and cannot be read.
    Unreadable(Box<Unreadable>),
}

/// The head of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its organization.
    pub organization: OrganizationId,
    /// Its account; `None` where an older version did not record it.
    pub account: Option<AccountId>,
    /// Whether all of it may have arrived.
    pub in_doubt: bool,
    /// When the first may go.
    pub due: Option<Timestamp>,
}

impl Listed {
    /// The delivery, if it can be read.
    pub fn readable(self) -> Option<(Delivery, Option<Problem>)> {
        match self {
            Self::Delivery(delivery, why) => Some((*delivery, why)),
            Self::Unreadable(_) => None,
        }
    }
}

/// The new state of a delivery.
#[derive(Debug)]
pub struct Next<'a> {
    /// The state.
    pub state: State,
    /// What the person is told, where the state is not the whole story.
    pub why: Option<&'a Problem>,
    /// Not before this moment.
    pub due: Option<Timestamp>,
    /// How often in vain.
    pub tries: u32,
    /// Where it arrived, as far as that is new.
    pub url: Option<&'a str>,
    /// Confluence's identifier of what was made, as far as that is new.
    pub remote_id: Option<&'a str>,
}

impl Next<'_> {
    /// Just this state, from the start.
    pub fn plain(state: State) -> Self {
        Self { state, why: None, due: None, tries: 0, url: None, remote_id: None }
    }
}

fn state_word(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Sending => "sending",
        State::RetryUnconfirmed => "doubted",
        State::Reconciling => "looking",
        State::Sent => "sent",
        State::Waiting => "waiting",
        State::NeedsYou => "needs_you",
        State::NotConfirmed => "not_confirmed",
    }
}

/// Several, as SQLite's `json_each` takes them.
fn state_words(states: &[State]) -> String {
    let words: Vec<&str> = states.iter().copied().map(state_word).collect();
    serde_json::json!(words).to_string()
}

#[cfg(test)]
mod tests;
