//! What the error of a request means for the connection: it may have ended.

use super::Login;
use super::phase::Phase;
use crate::app::{Error, Event};
use crate::auth;
use crate::confluence;
use crate::domain::id::OrganizationId;

impl Login {
    /// Takes an error of a request about an organization, and notices where it means that a connection has ended.
    pub(super) fn noticed(&self, organization: &OrganizationId, error: Error) -> Error {
        match error {
            error @ Error::Confluence(confluence::Error::ScopeMissing) => {
                self.token_is_narrow(organization).unwrap_or(error)
            }
            Error::Auth(auth::Error::TokenRefused { login })
            | Error::Confluence(confluence::Error::Auth(auth::Error::TokenRefused { login })) => {
                self.token_refused(login)
            }
            error => {
                if error.ends_connection() {
                    self.needs_reconnecting(&error);
                }
                error
            }
        }
    }

    /// Atlassian no longer accepts the connection.
    fn needs_reconnecting(&self, error: &Error) {
        let changed = self.0.accounts.send_if_modified(|accounts| {
            let phase = match &mut accounts.phase {
                Phase::Waiting { before, .. } | Phase::Finishing { before, .. } => &mut **before,
                settled => settled,
            };
            let Phase::Connected(account) = phase else { return false };
            *phase = Phase::NeedsReconnecting(account.clone(), error.problem());
            accounts.logged_in = None;
            true
        });
        if changed {
            self.0.events.emit(Event::Connection(Box::new(self.connection())));
        }
    }
}
