//! Errors of the login. No message contains a code, a token, a query or text from outside.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;

use super::login_id::LoginId;
use super::{callback, config, keychain};
use crate::http::Fault;

/// Why there is no connection, or no signature. Clones share their sources, because one failed renewal is the
/// answer to everyone who waited for it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The app was built without a client id or secret, and the environment has none.
    #[error("this app is not registered with Atlassian yet: {} not set", names(missing))]
    NotConfigured {
        /// The environment variables that are missing.
        missing: Vec<&'static str>,
    },
    /// A setting cannot be used.
    #[error(transparent)]
    Settings(#[from] config::Refused),
    /// Nobody is connected.
    #[error("Confluence is not connected")]
    NotConnected,
    /// Atlassian will not renew the connection; only a new login helps.
    #[error("the connection to Confluence has ended: {why}")]
    ReconnectNeeded {
        /// Why it ended.
        why: EndReason,
    },
    /// Confluence does not know the API token, or not any more.
    #[error("the API token is not accepted")]
    TokenRefused {
        /// Which.
        login: LoginId,
    },
    /// The keyring could not be read or written.
    #[error(transparent)]
    Keychain(#[from] keychain::Error),
    /// Nothing was sent.
    #[error("Atlassian cannot be reached")]
    Offline {
        /// What the network said.
        source: Arc<Fault>,
    },
    /// The request may have arrived, but its answer was lost.
    #[error("Atlassian's answer was lost")]
    Unanswered {
        /// What the network said.
        source: Arc<Fault>,
    },
    /// Atlassian answered with something that is not a token.
    #[error("Atlassian's login service gave an answer that is not understood")]
    Unreadable,
    /// Atlassian's login service does not work at the moment, or asks to slow down.
    #[error("Atlassian's login service answered with status {status}")]
    Server {
        /// The HTTP status.
        status: u16,
        /// When it wants to be asked again, where it said so.
        until: Option<Timestamp>,
    },
    /// Atlassian does not know the client id, or the secret is not its own. Logging in again cannot help.
    #[error("Atlassian does not accept this app's client id and secret")]
    ClientRefused,
    /// The person pressed Cancel on Atlassian's page.
    #[error("the access was declined on Atlassian's page")]
    Declined,
    /// Atlassian ended the login for another reason.
    #[error("Atlassian ended the login ({reason})")]
    LoginRefused {
        /// Atlassian's own word for it: lower-case letters and underscores only.
        reason: String,
    },
    /// The answer belongs to the login that was waiting, but came too late.
    #[error("the login took too long and has expired")]
    LoginExpired,
    /// The answer belongs to no login that is waiting: forged, replayed, or from an earlier run.
    #[error("this answer belongs to no login that is under way")]
    Unexpected {
        /// Whether a login is waiting, which goes on undisturbed.
        waiting: bool,
    },
    /// What came from the browser is not an answer to a login at all.
    #[error(transparent)]
    BadCallback(#[from] callback::Malformed),
    /// The loopback address for the login's answer is taken.
    #[error("port {port} of this machine, where the login's answer arrives, cannot be used")]
    Loopback {
        /// The port of the redirect address.
        port: u16,
        /// What the operating system said.
        source: Arc<io::Error>,
    },
    /// The file that keeps two processes from renewing the tokens at the same time cannot be locked.
    #[error("the lock for the tokens cannot be taken")]
    Lock(#[source] Arc<io::Error>),
    /// A newer login has taken the place of the one in whose name something was asked.
    #[error("another login has taken this one's place")]
    LoginChanged,
    /// The renewal ended without a result, because the program is ending.
    #[error("the renewal of the connection was interrupted")]
    Interrupted,
    /// The request goes to a host that must not see a token.
    #[error("a request to {host} must not carry Confluence's token")]
    ForeignHost {
        /// Where the request goes.
        host: String,
    },
}

impl Error {
    /// Whether it may go away by itself, so that trying again later makes sense.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Offline { .. }
                | Self::Unanswered { .. }
                | Self::Unreadable
                | Self::Server { .. }
                | Self::Lock(_)
                | Self::Interrupted
                | Self::LoginChanged
        )
    }
}

fn names(missing: &[&str]) -> String {
    let verb = if missing.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", missing.join(" and "))
}

/// Why a connection ended for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndReason {
    /// Revoked, expired, or used up: `invalid_grant` or `unauthorized_client`.
    #[error("Atlassian no longer accepts it")]
    Refused,
    /// The same, of a token that was not used for as long as Atlassian keeps one.
    #[error("it was not used for too long")]
    Unused,
    /// Atlassian gave no refresh token, because `offline_access` was not granted.
    #[error("it was granted for a short time only")]
    NotRenewable,
    /// Another process of this person connected another account.
    #[error("another account was connected")]
    Replaced,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let one = Error::NotConfigured { missing: vec!["A"] }.to_string();
        assert!(one.ends_with("A is not set"), "a person must learn what to set: {one}");
        let two = Error::NotConfigured { missing: vec!["A", "B"] }.to_string();
        assert!(two.ends_with("A and B are not set"), "and all of it at once: {two}");
    }
}
