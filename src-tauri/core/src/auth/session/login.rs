//! The steps of a login: pending, granted, kept, and restored in a later run.

use jiff::Timestamp;
use tokio::sync::mpsc;
use url::Url;

use super::super::keychain;
use super::super::login_id::LoginId;
use crate::domain::id::AccountId;

/// A login that waits for the browser.
pub struct LoginStart {
    /// What the browser must open.
    pub authorize: Url,
    /// When it began.
    pub since: Timestamp,
    /// When it expires.
    pub until: Timestamp,
    /// Callbacks that arrive at the redirect address on this machine, where the settings have one; each is
    /// for [`Session::finish_login`](super::Session::finish_login), and the first need not be the right one. Ends with the login.
    pub callbacks: Option<mpsc::Receiver<String>>,
}

/// A login that succeeded. Its tokens sign only what is asked for [in its name](super::Session::of) until it is
/// [kept](super::Session::keep) in the place of the connection before it.
#[derive(Debug)]
pub struct Granted {
    /// Which login.
    pub login: LoginId,
    /// What Atlassian granted.
    pub scopes: Vec<String>,
}

/// A login that took the place of the connection before it.
#[derive(Debug)]
pub struct Kept {
    /// Whether the keyring holds the tokens. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Why the keyring does not hold them.
    pub keychain: Option<keychain::Error>,
}

/// A connection of an earlier run.
#[derive(Debug)]
pub struct Restored {
    /// Which login.
    pub login: LoginId,
    /// Whose it is; `None` where an older version did not note it.
    pub account: Option<AccountId>,
    /// What Atlassian granted.
    pub scopes: Vec<String>,
}
