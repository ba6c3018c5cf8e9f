//! How a login stands, and what comes back when it is given up.

use jiff::Timestamp;

use crate::auth::LoginId;
use crate::domain::account::Account;
use crate::domain::problem::Problem;

/// Where the connection stands.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Nobody is connected; how the last login ended, if it ended badly.
    Disconnected(Option<Problem>),
    /// The browser is open. What was before comes back when the login is given up.
    Waiting { since: Timestamp, until: Timestamp, before: Box<Phase> },
    /// The tokens of a login are there, the account is being asked for. What was before goes on until that is known.
    Finishing { login: LoginId, before: Box<Phase> },
    /// Connected.
    Connected(Account),
    /// Atlassian no longer accepts the connection.
    NeedsReconnecting(Account, Problem),
}

impl Default for Phase {
    fn default() -> Self {
        Self::Disconnected(None)
    }
}

impl Phase {
    /// The account that is connected or was last, and whether it still is.
    pub(super) fn account(&self) -> Option<(&Account, bool)> {
        match self {
            Self::Connected(account) => Some((account, true)),
            Self::NeedsReconnecting(account, _) => Some((account, false)),
            Self::Waiting { before, .. } | Self::Finishing { before, .. } => before.account(),
            Self::Disconnected(_) => None,
        }
    }

    /// What comes back when a login is given up.
    pub(super) fn before(self) -> Self {
        match self {
            Self::Waiting { before, .. } | Self::Finishing { before, .. } => *before,
            settled => settled,
        }
    }
}
