//! The state of the app when the window opens.

use serde::Serialize;
use ts_rs::TS;

use super::{ApiToken, Connection, MeetingServer, Settings, SyncState, WatchedFolder};

/// The app and its state.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Status {
    /// Such as `0.1.0`.
    pub version: String,
    /// The data folder, for people.
    pub data_folder: String,
    /// The host of the authorization server, where it is not Atlassian's own: a sandbox.
    pub sandbox: Option<String>,
    /// The connection to Confluence.
    pub connection: Connection,
    /// The sites that are connected by API tokens, by name. Where the login reaches the same one, the token is used.
    pub tokens: Vec<ApiToken>,
    /// The servers that meetings come from.
    pub servers: Vec<MeetingServer>,
    /// How far reading from them is.
    pub sync: SyncState,
    /// The settings.
    pub settings: Settings,
    /// The folder that is watched for meetings.
    pub watched: Option<WatchedFolder>,
    /// Whether the sample meetings are loaded.
    pub has_samples: bool,
    /// How many deliveries are not sent yet.
    pub unsent: u32,
    /// The 13 scopes, with what each is used for.
    pub scopes: Vec<Scope>,
    /// The scopes that an API token is made with.
    pub token_scopes: Vec<String>,
}

/// One OAuth scope.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Scope {
    /// As Atlassian names it.
    pub name: String,
    /// What Atlassian technically allows with it.
    pub allows: String,
    /// What the app does with it.
    pub used_for: String,
}
