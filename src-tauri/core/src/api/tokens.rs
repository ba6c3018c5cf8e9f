//! API tokens: what a person pastes to connect one site, and the state of such a connection.

use jiff::civil;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorView;
use crate::auth::PastedToken;
use crate::domain::destination::Organization;
use crate::domain::id::AccountId;

/// What a person enters to connect a site by an API token.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectToken {
    /// The site, such as `acme.atlassian.net`, or any link of it.
    pub site: String,
    /// The e-mail address of the account whose token it is.
    pub email: String,
    /// The token. It goes to the keyring, and is never given back.
    #[ts(type = "string")]
    pub token: PastedToken,
    /// The day (ISO 8601) on which the person was told that it ends. Nobody else can be asked.
    #[ts(type = "string | null")]
    pub expires: Option<civil::Date>,
}

/// A site that is connected by an API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiToken {
    /// The organization whose site it is.
    pub organization: Organization,
    /// The site for people, such as `acme.atlassian.net`.
    pub site: String,
    /// Whose token it is.
    pub account: AccountId,
    /// That person's name.
    pub name: String,
    /// The e-mail address that was entered.
    pub email: String,
    /// The day (ISO 8601) on which it ends, where the person said so.
    #[ts(type = "string | null")]
    pub expires: Option<civil::Date>,
    /// What it can do, found out when it was connected.
    pub needs: Vec<TokenNeed>,
    /// Whether the operating system's keyring holds it. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Why it does nothing any more.
    pub trouble: Option<ErrorView>,
}

/// Something that the app does with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TokenNeed {
    /// What, such as `Create pages`.
    pub name: String,
    /// The scope that it takes.
    pub scope: String,
    /// Whether the token has it.
    pub met: bool,
    /// What does not work without it, in a sentence.
    pub without: String,
}
