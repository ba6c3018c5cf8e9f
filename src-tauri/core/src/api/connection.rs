//! The connection to Confluence.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorView;
use crate::domain::account;
use crate::domain::destination::Organization;
use crate::domain::id::AccountId;

/// The connection to Confluence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Connection {
    /// There is no client id, so nobody can log in.
    NotConfigured {
        /// The environment variables that are missing.
        missing: Vec<String>,
    },
    /// Nobody is connected.
    Disconnected {
        /// How the last login ended, if it ended badly.
        why: Option<ErrorView>,
    },
    /// The browser is open on Atlassian's page.
    Waiting {
        /// Since when.
        #[ts(type = "string")]
        since: Timestamp,
        /// When the login expires.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// The browser came back; the tokens and the account are being fetched.
    Finishing,
    /// Connected.
    Connected(Account),
    /// It was connected, and Atlassian no longer accepts it.
    NeedsReconnecting {
        /// Who was connected.
        account: Account,
        /// Why it ended.
        why: ErrorView,
    },
}

/// The account behind the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Account {
    /// Atlassian's account id.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The e-mail address, where Atlassian shows it.
    pub email: Option<String>,
    /// The organizations with Confluence.
    pub organizations: Vec<Organization>,
    /// Whether the operating system's keyring holds the tokens. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Scopes that were asked for and not granted.
    pub missing_scopes: Vec<String>,
}

impl From<account::Account> for Account {
    fn from(stored: account::Account) -> Self {
        Self {
            id: stored.id,
            name: stored.name,
            email: stored.email,
            organizations: stored.organizations,
            remembered: stored.remembered,
            missing_scopes: stored.missing_scopes,
        }
    }
}
