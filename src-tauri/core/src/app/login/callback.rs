//! What comes back from the browser: the answer to the login that waits, or a stranger's.

use jiff::SignedDuration;

use super::Login;
use super::phase::Phase;
use crate::app::{Error, lock};
use crate::auth::{self, LoginId};

/// How long the person is told of no further answer that was ignored.
const IGNORED_PAUSE: SignedDuration = SignedDuration::from_secs(5);

impl Login {
    /// Takes what came back from the browser: by deep link or over the loopback.
    pub(in crate::app) async fn callback(&self, address: &str) {
        // A stranger's address must not take the focus from what the person does.
        let is_ours = self.0.session.is_answer(address);
        if is_ours {
            self.0.events.come_to_front();
        }
        match self.0.session.finish_login(address).await {
            Ok(granted) => {
                let (login, before) = (granted.login, Box::new(self.phase().before()));
                self.enter(Phase::Finishing { login, before });
                if let Err(error) = self.fetch_account(granted).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the login could not be finished"
                    );
                    self.0.session.drop_login(login);
                    // Unless the person has called it off, or begun another one.
                    if self.is_finishing(login) {
                        self.give_up(&error);
                    }
                }
            }
            // Forged, replayed, late or not ours: whatever is waiting goes on undisturbed.
            Err(error @ (auth::Error::Unexpected { .. } | auth::Error::BadCallback(_))) => {
                tracing::warn!(%error, "an answer was ignored");
                if is_ours || self.may_tell_of_ignored() {
                    self.0.events.notice(&Error::Auth(error).problem());
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the login failed");
                self.give_up(&error.into());
            }
        }
    }

    /// Whoever sends many answers is told of once in a while.
    fn may_tell_of_ignored(&self) -> bool {
        let now = self.0.clock.now();
        let mut told = lock(&self.0.told_of_ignored);
        // A clock that was set back does not keep it quiet for long.
        if told.is_some_and(|told| now.duration_since(told).abs() < IGNORED_PAUSE) {
            return false;
        }
        *told = Some(now);
        true
    }

    pub(super) fn is_finishing(&self, login: LoginId) -> bool {
        matches!(self.phase(), Phase::Finishing { login: finishing, .. } if finishing == login)
    }
}
