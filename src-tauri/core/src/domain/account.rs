//! The account that is logged in, as it is stored.

use serde::{Deserialize, Serialize};

use super::destination::Organization;
use super::id::AccountId;

/// The account behind the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
