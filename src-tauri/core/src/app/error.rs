//! What can go wrong in a use case, and what follows from it for a delivery and for the connection. What a person
//! is told about it is in `tell`.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use tokio::task::JoinError;

use crate::auth::{NotAToken, keychain, servers};
use crate::confluence::Content;
use crate::domain::destination::Page;
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::sources::sally;
use crate::sources::watch;
use crate::{auth, confluence, store};

/// Why a use case did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The cache.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The connection.
    #[error(transparent)]
    Auth(#[from] auth::Error),
    /// Confluence.
    #[error(transparent)]
    Confluence(#[from] confluence::Error),
    /// A server that meetings come from.
    #[error(transparent)]
    Server(#[from] sally::Error),
    /// A field of a form.
    #[error("{reason}")]
    Invalid {
        /// Which field.
        field: Field,
        /// What is wrong with it.
        reason: String,
    },
    /// The account reaches no Confluence.
    #[error("the account has no organization with Confluence")]
    NoConfluence {
        /// How many organizations were granted without Confluence.
        without: usize,
    },
    /// The folder cannot be watched.
    #[error("the folder “{}” cannot be watched", folder.display())]
    Watch {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        error: watch::Error,
    },
    /// The browser could not be opened.
    #[error("the browser could not be opened")]
    Browser(#[source] std::io::Error),
    /// A title is taken; looked up, so that the person can go there.
    #[error("the space has a page with this title already")]
    TitleExists(Box<TitleClash>),
    /// The same items went to the same place not long ago.
    #[error("the same was sent to “{place}” at {at}")]
    SentBefore {
        /// Where to.
        place: String,
        /// When.
        at: Timestamp,
    },
    /// What is being edited arrived meanwhile.
    #[error("{delivery} arrived at {at}, before it was replaced")]
    SentMeanwhile {
        /// What arrived.
        delivery: DeliveryId,
        /// When.
        at: Timestamp,
        /// When this was found out.
        now: Timestamp,
    },
    /// It is another account's, and goes in no other name by itself.
    #[error("{sender} sent this, and {me} is connected")]
    AnotherAccount {
        /// Who sent it.
        sender: String,
        /// Who is connected.
        me: String,
    },
    /// A link leads to a site that the connection does not reach.
    #[error("a link leads to {site}, which is not connected")]
    ForeignLink {
        /// The site.
        site: String,
    },
    /// A link leads to something that is not a page.
    #[error("a link does not lead to a page")]
    NotAPage(Content),
    /// The page of a link is not found.
    #[error("the page of a link is not found")]
    LinkedPageMissing {
        /// The organization's name.
        organization: String,
        /// The key of the space that the link has.
        space: Option<String>,
    },
    /// A newer search took this one's place.
    #[error("a newer search took this one's place")]
    Superseded,
    /// A file could not be written.
    #[error("the file could not be written")]
    File(#[source] std::io::Error),
    /// Something is connected, and does not reach this organization.
    #[error("nothing that is connected reaches this organization")]
    NotReached,
    /// An API token of a site does nothing any more.
    #[error("the API token for {} cannot be used", .0.site)]
    Token(TokenTrouble),
    /// Neither of a site's addresses takes an API token.
    #[error("{site} does not accept the API token")]
    TokenNotAccepted {
        /// The site.
        site: String,
        /// The address that was entered with it.
        email: String,
    },
    /// A part of the app failed in the middle of it.
    #[error("a part of the app failed")]
    Fault(#[source] JoinError),
    /// What was named is no longer there.
    #[error("{0}")]
    Gone(&'static str),
    /// The delivery is not in a state in which this can be done.
    #[error("{0}")]
    NotNow(&'static str),
}

impl Error {
    pub(super) const MEETING_GONE: Self = Self::Gone("This meeting is no longer in the cache.");
    pub(super) const ITEM_GONE: Self = Self::Gone("This item is no longer in the cache.");
}

impl From<JoinError> for Error {
    fn from(error: JoinError) -> Self {
        if error.is_panic() { Self::Fault(error) } else { Self::Store(store::Error::Ending) }
    }
}

/// What is the matter with the API token of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTrouble {
    /// Whose site.
    pub organization: OrganizationId,
    /// The site.
    pub site: String,
    /// The last day of the token, where the person said so.
    pub expires: Option<Date>,
    /// What.
    pub what: Trouble,
}

/// Why an API token cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Confluence does not know it any more.
    Refused {
        /// Whether that was to be expected by now.
        ended: bool,
    },
    /// It was made without a scope that is needed.
    Narrow {
        /// The scopes that it lacks, as far as that is known.
        missing: Vec<&'static str>,
    },
    /// The keyring does not have it any more.
    Lost,
    /// The keyring has the token of another account: a change of it was cut off.
    Another,
    /// The keyring cannot be read.
    Keyring(keychain::Error),
}

impl From<NotAToken> for Error {
    fn from(NotAToken(why): NotAToken) -> Self {
        Self::invalid(
            Field::Token,
            format!("This cannot be a token: {why}. Copy it again from where it was made."),
        )
    }
}

/// A title that is taken, and what a person can do about it.
#[derive(Clone, Debug)]
pub struct TitleClash {
    /// The title.
    pub title: String,
    /// The space's name.
    pub space: String,
    /// A title that is likely to be free.
    pub suggestion: String,
    /// The page that has it, where search finds it.
    pub page: Option<Page>,
}

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `Organization`.
    Organization,
    /// `Site`.
    Site,
    /// `E-mail`.
    Email,
    /// `API token`.
    Token,
    /// `Title`.
    Title,
    /// `Description`.
    Description,
}

impl store::Refusal for Error {
    fn of_store(&self) -> Option<&store::Error> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

impl From<servers::Error> for Error {
    fn from(error: servers::Error) -> Self {
        Self::Server(error.into())
    }
}

impl Error {
    /// A field and what is wrong with it.
    pub(super) fn invalid(field: Field, reason: impl Into<String>) -> Self {
        Self::Invalid { field, reason: reason.into() }
    }

    /// Whether something may have been carried out all the same.
    pub(super) fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Confluence(error) if error.is_ambiguous())
    }

    /// Whether nothing left the machine, or Confluence asked to wait: the same thing can be tried again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Confluence(confluence::Error::Auth(error)) | Self::Auth(error) => error.is_passing(),
            Self::Confluence(error) => {
                matches!(error, confluence::Error::Unreachable { .. } | confluence::Error::RateLimited { .. })
            }
            _ => false,
        }
    }

    /// Whether Atlassian no longer accepts the connection.
    pub(super) fn ends_connection(&self) -> bool {
        matches!(
            self,
            Self::Auth(auth::Error::ReconnectNeeded { .. })
                | Self::Confluence(confluence::Error::Auth(auth::Error::ReconnectNeeded { .. }))
        )
    }
}
