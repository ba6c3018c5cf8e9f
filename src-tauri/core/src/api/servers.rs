//! Servers that meetings come from, and reading from them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorView;
use crate::auth::PastedToken;
use crate::domain::id::ServerId;

/// What a person pastes to connect a server that meetings come from.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectServer {
    /// The personal access token. It goes to the keyring, and is never given back.
    #[ts(type = "string")]
    pub token: PastedToken,
    /// Whose meetings, in the person's words.
    pub company: Option<String>,
    /// Where the server is; Sally's own where there is none.
    pub address: Option<String>,
    /// The server that gets a new token; its address stays.
    pub again: Option<ServerId>,
}

/// A server that meetings come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MeetingServer {
    /// Which.
    pub id: ServerId,
    /// `Sally`, or another server's host.
    pub name: String,
    /// Where it is, for people to read.
    pub address: String,
    /// Its host, for people to read.
    pub host: String,
    /// Whose meetings, in the person's words.
    pub company: Option<String>,
    /// When everything was read last.
    #[ts(type = "string | null")]
    pub synced: Option<Timestamp>,
    /// Whether the operating system's keyring holds the token. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Why it has to be connected again.
    pub trouble: Option<ErrorView>,
}

/// Why to read what is new.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct SyncMeetings {
    /// The person pressed `Sync now`. If not, the meeting list came into view, and nothing happens where that was not
    /// long ago.
    pub asked: bool,
}

/// How far reading from the servers is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncState {
    /// Nothing was read in this run.
    #[default]
    Idle,
    /// The list is being read.
    Looking {
        /// How many recordings it has so far.
        found: u32,
    },
    /// Meetings are being read.
    Reading {
        /// How many were.
        done: u32,
        /// Of how many.
        total: u32,
    },
    /// The server asked to wait, or could not be reached just now.
    Waiting {
        /// When it goes on.
        #[ts(type = "string")]
        until: Timestamp,
        /// How many were read.
        done: u32,
        /// Of how many.
        total: u32,
    },
    /// It ended.
    Ended(SyncReport),
}

/// How reading from the servers ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SyncReport {
    /// How many meetings are new.
    pub added: u32,
    /// How many got something new.
    pub updated: u32,
    /// What the person should know about single meetings.
    pub warnings: Vec<SyncWarning>,
    /// Whether the person stopped it.
    pub cancelled: bool,
    /// Why it ended before everything was read.
    pub problem: Option<ErrorView>,
}

/// Something about one meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SyncWarning {
    /// Its title.
    pub title: String,
    /// What, in a sentence.
    pub reason: String,
}
