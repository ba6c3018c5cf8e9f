//! What can go wrong in a use case, and what follows from it for a delivery and for the connection. What a person is told
//! about it is a [`Problem`].

use std::path::PathBuf;

use tokio::task::JoinError;

use super::words;
use crate::api::ErrorView;
use crate::auth::{NotAToken, keychain, servers};
use crate::domain::problem::{
    self, Confluence, Connection, Database, Ended, Field, Folder, Gone, Keyring, Link, NotNow, Problem,
    Program, Server,
};
use crate::http::Fault;
use crate::sources::sally;
use crate::sources::watch;
use crate::store::Unfit;
use crate::{auth, confluence, store};

/// Why a use case did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
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
    /// A file could not be written.
    #[error("the file could not be written")]
    File(#[source] std::io::Error),
    /// A part of the app failed in the middle of it.
    #[error("a part of the app failed")]
    Fault(#[source] JoinError),
    /// What has no cause in another room. Its values may be a person's words, so that only its code is written to a log.
    #[error("{}", .0.code())]
    Problem(Box<Problem>),
}

impl Error {
    pub(super) fn gone(gone: Gone) -> Self {
        Problem::Gone(gone).into()
    }

    pub(super) fn not_now(why: NotNow) -> Self {
        Problem::NotNow(why).into()
    }

    /// What the person is told, and the way on.
    pub fn view(&self) -> ErrorView {
        words::view(&self.problem())
    }

    /// The same as a code with values.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Store(error) => Problem::Database(database(error)),
            Self::Auth(error) => of_auth(error),
            Self::Confluence(error) => of_confluence(error),
            Self::Server(error) => Problem::Server(server(error)),
            Self::Watch { folder, error } => {
                let folder = folder.clone();
                Problem::Folder(match error {
                    watch::Error::Missing => Folder::Missing { folder },
                    watch::Error::Refused(_) => Folder::Refused { folder },
                })
            }
            Self::Browser(_) => Problem::Connection(Connection::NoBrowser),
            Self::File(error) => Problem::Program(Program::FileNotWritten { why: error.to_string() }),
            Self::Fault(_) => Problem::Program(Program::Fault),
            Self::Problem(problem) => (**problem).clone(),
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<Field> for Error {
    fn from(field: Field) -> Self {
        Problem::Field(field).into()
    }
}

impl From<Link> for Error {
    fn from(link: Link) -> Self {
        Problem::Link(link).into()
    }
}

impl From<problem::Delivery> for Error {
    fn from(problem: problem::Delivery) -> Self {
        Problem::Delivery(problem).into()
    }
}

impl From<problem::Desktop> for Error {
    fn from(problem: problem::Desktop) -> Self {
        Problem::Desktop(problem).into()
    }
}

impl From<problem::Token> for Error {
    fn from(token: problem::Token) -> Self {
        Problem::Token(token).into()
    }
}

impl From<JoinError> for Error {
    fn from(error: JoinError) -> Self {
        if error.is_panic() { Self::Fault(error) } else { Self::Store(store::Error::Ending) }
    }
}

impl From<NotAToken> for Error {
    fn from(NotAToken(why): NotAToken) -> Self {
        Field::NotAToken { why }.into()
    }
}

fn database(error: &store::Error) -> Database {
    match error {
        store::Error::Newer => Database::Newer,
        store::Error::Full(_) => Database::Full,
        store::Error::ReadOnly { folder, .. } => Database::ReadOnly { folder: folder.clone() },
        store::Error::Unfit(Unfit::Network { folder, kind }) => {
            Database::OnNetwork { folder: folder.clone(), kind: kind.clone() }
        }
        store::Error::Unfit(Unfit::Synchronised { folder, by }) => {
            Database::Synchronised { folder: folder.clone(), by: (*by).to_owned() }
        }
        store::Error::Busy(_) => Database::Busy,
        store::Error::Sql(_) => Database::Failed,
        store::Error::Migration(_) => Database::Migration,
        store::Error::Document(_) => Database::Unreadable,
        store::Error::Ending => Database::Ending,
    }
}

pub(super) fn keyring(error: &keychain::Error) -> Keyring {
    match error {
        keychain::Error::Locked { .. } => Keyring::Locked,
        keychain::Error::NoKeyring { why } => Keyring::Missing { why: why.clone() },
        keychain::Error::Damaged => Keyring::Damaged,
        keychain::Error::InUse => Keyring::InUse,
        keychain::Error::Removed => Keyring::Removed,
        keychain::Error::Other { why } => Keyring::Failed { why: why.clone() },
    }
}

fn of_auth(error: &auth::Error) -> Problem {
    use auth::Error as E;
    Problem::Connection(match error {
        E::Keychain(error) => return Problem::Keyring(keyring(error)),
        E::NotConfigured { missing } => {
            Connection::NotConfigured { missing: missing.iter().map(|&name| name.to_owned()).collect() }
        }
        E::Settings(refused) => {
            Connection::BadSetting { variable: refused.variable.to_owned(), why: refused.why.clone() }
        }
        E::NotConnected => Connection::None,
        E::ReconnectNeeded { why } => Connection::Ended(match why {
            auth::EndReason::Refused => Ended::Refused,
            auth::EndReason::Unused => Ended::Unused,
            auth::EndReason::NotRenewable => Ended::NotRenewable,
            auth::EndReason::Replaced => Ended::Replaced,
        }),
        E::TokenRefused { .. } => Connection::TokenRefused,
        E::Offline { source } => match &**source {
            Fault::Barred { what, .. } => return Problem::Network((**what).clone()),
            Fault::NotSent { .. } | Fault::Lost { .. } => Connection::Offline,
        },
        E::Unanswered { .. } | E::Unreadable | E::Interrupted => Connection::BadAnswer,
        E::LoginChanged => Connection::Changed,
        E::Loopback { port, .. } => Connection::PortTaken { port: *port },
        E::Lock(_) => Connection::Locked,
        E::Server { status, until } => Connection::Trouble { status: *status, until: *until },
        E::ClientRefused => Connection::ClientRefused,
        E::Declined => Connection::Declined,
        E::LoginRefused { reason } => Connection::Refused { reason: reason.clone() },
        E::LoginExpired => Connection::Expired,
        E::Unexpected { waiting } => Connection::UnexpectedAnswer { waiting: *waiting },
        E::BadCallback(_) => Connection::BadCallback,
        E::ForeignHost { host } => Connection::ForeignHost { host: host.clone() },
    })
}

fn of_confluence(error: &confluence::Error) -> Problem {
    use confluence::Error as E;
    Problem::Confluence(match error {
        E::Auth(error) => return of_auth(error),
        E::Barred { what, .. } => return Problem::Network((**what).clone()),
        E::Unreachable { .. } => Confluence::Unreachable,
        E::Foreign { .. } => Confluence::Foreign,
        E::NotAdmitted => Confluence::NotAdmitted,
        E::Lost { .. } => Confluence::Lost,
        E::Server { status } => Confluence::Trouble { status: *status },
        E::Unreadable(_) => Confluence::Unreadable,
        E::RateLimited { until } => Confluence::RateLimited { until: *until },
        E::ScopeMissing => Confluence::ScopeMissing,
        E::Denied => Confluence::Denied,
        // The outbox has the page looked up, and says which it is.
        E::TitleExists => Confluence::TitleTaken { clash: None },
        E::Unconvertible => Confluence::Unconvertible,
        E::TooLarge => Confluence::TooLarge,
        E::Blocked => Confluence::Blocked,
        E::NetworkRefused => Confluence::NetworkRefused,
        E::Refused { reason } => Confluence::Refused { reason: reason.clone() },
    })
}

fn server(error: &sally::Error) -> Server {
    use sally::Error as E;
    match error {
        E::Auth(servers::Error::NotAToken(NotAToken(why))) => Server::NotAToken { why: why.clone() },
        E::Auth(servers::Error::Address(why)) => Server::BadAddress { why: why.clone() },
        E::Auth(servers::Error::NotConnected) => Server::TokenLost,
        E::Auth(servers::Error::ForeignAddress) => Server::ForeignAddress,
        E::Auth(servers::Error::Keychain(error)) => Server::Keyring(keyring(error)),
        E::TokenRefused => Server::TokenRefused,
        E::TokenExpired => Server::TokenExpired,
        E::Disabled => Server::Disabled,
        E::NotMcp { why } => Server::NotMcp { why: why.clone() },
        E::ToolMissing { what } => Server::ToolMissing { what: what.clone() },
        E::ArgumentUnknown { tool, argument } => {
            Server::ArgumentUnknown { tool: tool.clone(), argument: argument.clone() }
        }
        E::Tool { tool, reason } => Server::Tool { tool: tool.clone(), reason: reason.clone() },
        E::Unreachable { host, .. } => Server::Unreachable { host: host.clone() },
        E::Barred { what, .. } => Server::Network((**what).clone()),
        E::Lost(_) => Server::Lost,
        E::RateLimited { until } => Server::RateLimited { until: *until },
        E::Server { status } => Server::Trouble { status: *status },
        E::Unreadable { .. } => Server::Unreadable,
        E::TooMuch { max } => Server::TooMuch { max: *max },
    }
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
    /// Whether something may have been carried out all the same.
    pub(super) fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Confluence(error) if error.is_ambiguous())
    }

    /// Whether nothing reached Confluence, or it asked to wait: the same thing can be tried again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Confluence(confluence::Error::Auth(error)) | Self::Auth(error) => error.is_passing(),
            Self::Confluence(error) => matches!(
                error,
                confluence::Error::Unreachable { .. }
                    | confluence::Error::Barred { .. }
                    | confluence::Error::Foreign { .. }
                    | confluence::Error::RateLimited { .. }
            ),
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
