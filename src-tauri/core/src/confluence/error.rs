//! Errors of Confluence. Text from Confluence is in typographic quotation marks, which the file log redacts.

use jiff::Timestamp;

use crate::auth;
use crate::domain::problem::Network;
use crate::http::{Fault, Loss};

/// Why a request did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request could not be signed.
    #[error(transparent)]
    Auth(#[from] auth::Error),
    /// No byte of the request left.
    #[error("{host} cannot be reached")]
    Unreachable {
        /// The host.
        host: String,
        /// What the network said.
        #[source]
        source: reqwest::Error,
    },
    /// What stands between this network and the outside let nothing through.
    #[error("{host} cannot be reached from this network ({what:?})")]
    Barred {
        /// The host.
        host: String,
        /// What stands there.
        what: Box<Network>,
        /// What the network said.
        #[source]
        source: Option<reqwest::Error>,
    },
    /// Somebody between answered in the place of Confluence, which got nothing.
    #[error("something between answered in the place of {host}")]
    Foreign {
        /// The host.
        host: String,
    },
    /// The request may have been carried out; its answer was lost.
    #[error("the answer of {host} was lost")]
    Lost {
        /// The host.
        host: String,
        /// How.
        #[source]
        source: Loss,
    },
    /// Confluence had an error of its own: the request may have been carried out.
    #[error("Confluence answered with an error of its own ({status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// The request succeeded, but its answer cannot be understood.
    #[error("Confluence answered something that cannot be understood")]
    Unreadable(#[source] serde_json::Error),
    /// Too many requests.
    #[error("Confluence asks to wait before the next request")]
    RateLimited {
        /// Not before this moment, where it was told.
        until: Option<Timestamp>,
    },
    /// The connection was granted without a scope that this request needs.
    #[error("the connection was made without a permission that this needs")]
    ScopeMissing,
    /// What was named does not exist, or the account may not use it: Confluence does not tell which.
    #[error("it does not exist in Confluence, or this account may not use it")]
    Denied,
    /// A page with this title exists in the space.
    #[error("a page with this title exists in the space already")]
    TitleExists,
    /// Confluence could not convert the document to its own format. Nothing was made.
    #[error("Confluence could not take the text in this form")]
    Unconvertible,
    /// The body is larger than Confluence takes.
    #[error("the text is larger than Confluence takes")]
    TooLarge,
    /// An administrator keeps apps from this data.
    #[error("an administrator keeps apps away from this data")]
    Blocked,
    /// Confluence does not let this account in.
    #[error("Confluence does not let this account in")]
    NotAdmitted,
    /// The organization lets nobody in from this network.
    #[error("the organization takes no requests from this network")]
    NetworkRefused,
    /// Confluence refused the request for a reason of its own.
    #[error("Confluence refused it: “{reason}”")]
    Refused {
        /// In Confluence's words.
        reason: String,
    },
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::NotSent { host, source } => Self::Unreachable { host, source },
            Fault::Barred { host, what, source } => Self::Barred { host, what, source },
            Fault::Lost { host, source } => Self::Lost { host, source },
        }
    }
}

impl Error {
    /// Whether the request may have been carried out all the same.
    pub fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Lost { .. } | Self::Server { .. } | Self::Unreadable(_))
    }
}
