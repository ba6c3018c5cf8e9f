//! Identifiers as types, so that a page cannot be handed in where a space is wanted. Ours are UUIDs;
//! Atlassian's are opaque strings (numbers today, but documented as strings), and have no default: an empty one names
//! nobody.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! own {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identifier; UUIDv7, so that identifiers sort by the time they were made.
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

macro_rules! theirs {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as Atlassian writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

own! {
    /// A meeting in the database.
    MeetingId,
    /// An insight, decision, next step or task of a meeting.
    ItemId,
    /// One thing on its way to Confluence, or there already.
    DeliveryId,
    /// A server that meetings come from.
    ServerId,
}

theirs! {
    /// Atlassian's `cloudId`: one organization's site.
    OrganizationId,
    /// A Confluence space's numeric id, as a string (the API refuses a number).
    SpaceId,
    /// A Confluence page's id.
    PageId,
    /// An Atlassian account.
    AccountId,
}
