//! A site of Confluence that a person connected by an API token, without the token: whose it is, and what it can do.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

use super::destination::Organization;
use super::id::AccountId;

/// Something that the app does with a token. Each takes one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// To know who one is. Without it there is nobody to send as.
    Account,
    /// To list spaces.
    Spaces,
    /// To find pages by title.
    Search,
    /// To create pages.
    CreatePages,
    /// To add comments.
    AddComments,
    /// To read a page whose answer was lost.
    ReadPages,
    /// The same for a comment.
    ReadComments,
    /// To find people by name.
    People,
}

impl Need {
    /// Every one, in the order in which people read them.
    pub const ALL: [Self; 8] = [
        Self::Account,
        Self::Spaces,
        Self::Search,
        Self::CreatePages,
        Self::AddComments,
        Self::ReadPages,
        Self::ReadComments,
        Self::People,
    ];

    /// The scope that it takes, as Atlassian names it.
    pub fn scope(self) -> &'static str {
        match self {
            Self::Account => "read:confluence-user",
            Self::Spaces => "read:space:confluence",
            Self::Search => "search:confluence",
            Self::CreatePages => "write:page:confluence",
            Self::AddComments => "write:comment:confluence",
            Self::ReadPages => "read:page:confluence",
            Self::ReadComments => "read:comment:confluence",
            Self::People => "read:content-details:confluence",
        }
    }
}

/// A site that is connected by an API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The organization whose site it is.
    pub organization: Organization,
    /// Whose token it is.
    pub account: AccountId,
    /// That person's name.
    pub name: String,
    /// The e-mail address that was entered.
    pub email: String,
    /// The last day of the token, where the person said so.
    pub expires: Option<civil::Date>,
    /// What the token can do.
    pub able: Vec<Need>,
    /// Whether the keyring has the token.
    pub remembered: bool,
    /// When Confluence was first seen not to know the token any more.
    pub refused: Option<Timestamp>,
}
