//! Renewing tokens. Atlassian gives a new refresh token with each renewal and soon refuses the old one, so
//! one renewal at a time is the law: everyone who needs one waits for the same, and a lock file keeps other
//! processes from it, whose result is taken over from the keyring. A new pair is stored before it is used.
//!
//! Refuses to renew what nobody waits for, and to take a passing fault for the end of a connection. Called
//! by `session`.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared as SharedFuture};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::bundle::Bundle;
use super::error::{Death, Error};
use super::keychain::Keychain;
use super::oauth;
use super::session::{Held, Shared, State};
use super::token::Token;

/// Pauses before a renewal is tried again whose answer was lost. Atlassian may have carried it out, and
/// accepts the used refresh token for ten minutes more, so asking again soon is the way not to lose the
/// connection.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// For another process to finish its renewal: longer than that can take.
const LOCK_PATIENCE: Duration = Duration::from_secs(90);

/// For the same where a person waits, and the lock is not worth more: a new login, and a disconnect.
pub(super) const SHORT_LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// A renewal under way, which any number may wait for.
pub(super) type Flight = SharedFuture<BoxFuture<'static, Result<Held, Error>>>;

impl Shared {
    /// Tokens to sign with, renewed if they are about to expire.
    pub(super) async fn fresh(self: &Arc<Self>) -> Result<Held, Error> {
        let (held, flight) = {
            let mut state = self.state();
            let held = state.alive()?;
            if held.bundle.is_fresh(self.clock.now()) {
                return Ok(held);
            }
            let flight = self.board(&mut state, held.serial);
            (held, flight)
        };
        match flight.await {
            // The old tokens are good for a little while yet.
            Err(error) if error.is_passing() && !held.bundle.is_expired(self.clock.now()) => {
                tracing::debug!(%error, "signing with the old tokens");
                Ok(held)
            }
            renewed => renewed,
        }
    }

    /// Joins the renewal under way, or starts one of the tokens numbered `outdated`.
    pub(super) fn board(self: &Arc<Self>, state: &mut State, outdated: u64) -> Flight {
        state.flight.get_or_insert_with(|| Self::take_off(Arc::clone(self), outdated)).clone()
    }

    /// The renewal is a task of its own: a caller who is dropped half-way, such as a search that became
    /// stale, must not take the new pair with it.
    fn take_off(shared: Arc<Self>, outdated: u64) -> Flight {
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let landing = Landing(shared);
            let renewed = landing.0.renew(outdated).await;
            // Those who come from now on see the new tokens, or start anew.
            drop(landing);
            // Nobody may be waiting any more.
            let _unheard = sender.send(renewed);
        });
        async { receiver.await.unwrap_or(Err(Error::Interrupted)) }.boxed().shared()
    }

    async fn renew(&self, outdated: u64) -> Result<Held, Error> {
        let _turn = self.turn.lock().await;
        let (held, ended) = {
            let state = self.state();
            (state.alive()?, state.ended.clone())
        };
        if held.serial != outdated {
            return Ok(held);
        }
        let _lock = self.lock(LOCK_PATIENCE).await.map_err(|error| Error::Lock(error.into()))?;
        let held = self.reread(held).await?;
        if held.serial != outdated && held.bundle.is_fresh(self.clock.now()) {
            return Ok(held);
        }
        let Some(token) = &held.bundle.refresh else {
            return Err(self.state().bury(held.serial, Death::NotRenewable));
        };
        // Only the conversation is cut short by a disconnect. Saving is not, because a thread that saves
        // would go on, and bring the tokens back after they were deleted.
        let asked = ended.run_until_cancelled(self.ask(token)).await;
        let grant = match asked {
            None => return Err(Error::NotConnected),
            Some(Err(Error::ReconnectNeeded { why })) => return Err(self.state().bury(held.serial, why)),
            Some(answer) => answer?,
        };
        let bundle = held.bundle.renewed(grant, self.clock.now());
        tracing::info!(generation = bundle.generation, "tokens renewed");
        let is_saved = self.save(&bundle).await.is_ok();
        let mut state = self.state();
        if ended.is_cancelled() {
            return Err(Error::NotConnected);
        }
        Ok(state.hold(bundle, held.login, is_saved))
    }

    /// Asks for a new pair, again if the answer is lost.
    async fn ask(&self, token: &Token) -> Result<oauth::Grant, Error> {
        let mut pauses = PAUSES.iter();
        loop {
            let asked = oauth::refresh(&self.settings, &self.http, self.clock.now(), token).await;
            let error = match asked {
                Err(error) if is_lost(&error) => error,
                other => return other,
            };
            let Some(pause) = pauses.next() else { return Err(error) };
            tracing::debug!(%error, "asking for tokens again");
            sleep(*pause).await;
        }
    }

    /// What the keyring holds by now: another process may have renewed the tokens, or deleted them.
    async fn reread(&self, held: Held) -> Result<Held, Error> {
        if !held.is_saved {
            // The keyring has older ones, or none.
            return Ok(held);
        }
        let stored = self
            .keychain(Keychain::load)
            .await
            .and_then(|secret| secret.as_ref().map(Bundle::from_secret).transpose());
        match stored {
            Ok(Some(bundle)) if bundle.is_same(&held.bundle) => Ok(held),
            Ok(Some(bundle)) => {
                let mut state = self.state();
                // Unless a disconnect came in between, which must stay.
                state.alive()?;
                if bundle.account != held.bundle.account {
                    // What this process sends is for the account that it knows.
                    return Err(state.bury(held.serial, Death::Replaced));
                }
                Ok(state.hold(bundle, held.login, true))
            }
            Ok(None) => {
                self.state().held = None;
                Err(Error::NotConnected)
            }
            Err(error) => {
                tracing::warn!(%error, "renewing without another look at the keyring");
                Ok(held)
            }
        }
    }

    /// Takes the lock between processes, which ends with the file.
    pub(super) async fn lock(&self, patience: Duration) -> io::Result<File> {
        let path = self.lock_file.clone();
        let locking = tokio::task::spawn_blocking(move || {
            let file = File::options().create(true).truncate(false).write(true).open(path)?;
            file.lock()?;
            Ok(file)
        });
        match timeout(patience, locking).await {
            Ok(Ok(locked)) => locked,
            Ok(Err(error)) => Err(io::Error::other(error)),
            Err(elapsed) => Err(elapsed.into()),
        }
    }
}

impl State {
    /// Remembers that these tokens cannot be renewed, so that nobody asks again.
    fn bury(&mut self, serial: u64, why: Death) -> Error {
        if let Some(held) = self.held.as_mut().filter(|held| held.serial == serial) {
            held.death = Some(why);
        }
        Error::ReconnectNeeded { why }
    }
}

/// Makes room for the next renewal, however this one ends.
struct Landing(Arc<Shared>);

impl Drop for Landing {
    fn drop(&mut self) {
        self.0.state().flight = None;
    }
}

/// Whether the renewal may have been carried out although nothing came of it.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Unanswered { .. } | Error::Unreadable | Error::Server { status: 500.., .. })
}
