//! Renews tokens. Atlassian rotates refresh tokens and soon rejects the old one, so there is one renewal at a time: tasks
//! share the one in progress, and the lock of the keyring's entry excludes other processes, whatever data they work on; their
//! result is read from the keyring. New tokens
//! are stored before they are used.
//!
//! Renews on demand only, and a transient error never ends the connection. Called by `session`.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use jiff::SignedDuration;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::bundle::Bundle;
use super::error::{EndReason, Error};
use super::keychain::Keychain;
use super::oauth;
use super::token::Token;
use super::tokens::{ActiveTokens, RefreshInFlight, Shared, State};

/// Pauses before a renewal is tried again whose answer was lost. Atlassian may have carried it out, and
/// accepts the used refresh token for ten minutes more, so asking again soon is the way not to lose the
/// connection.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// Timeout for the lock that another process holds while it renews: longer than a renewal can take.
const LOCK_TIMEOUT: Duration = Duration::from_secs(90);

/// How long Atlassian keeps a refresh token that nobody uses.
const KEPT_UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);

impl Shared {
    /// Tokens to sign with, renewed if they are about to expire.
    pub(super) async fn fresh(self: &Arc<Self>) -> Result<ActiveTokens, Error> {
        let (tokens, refresh) = {
            let mut state = self.state();
            let tokens = state.usable()?;
            if tokens.bundle.is_fresh(self.clock.now()) {
                return Ok(tokens);
            }
            let refresh = self.join_or_start_refresh(&mut state, tokens.serial);
            (tokens, refresh)
        };
        match refresh.await {
            // The old tokens are good for a little while yet.
            Err(error) if error.is_passing() && !tokens.bundle.is_expired(self.clock.now()) => {
                tracing::debug!(%error, "signing with the old tokens");
                Ok(tokens)
            }
            renewed => renewed,
        }
    }

    /// Joins the renewal under way, or starts one of the tokens numbered `outdated`.
    pub(super) fn join_or_start_refresh(
        self: &Arc<Self>,
        state: &mut State,
        outdated: u64,
    ) -> RefreshInFlight {
        state.in_flight.get_or_insert_with(|| Self::spawn_refresh(Arc::clone(self), outdated)).clone()
    }

    /// The renewal is a task of its own: a caller who is dropped half-way, such as a search that became
    /// stale, must not take the new pair with it.
    fn spawn_refresh(shared: Arc<Self>, outdated: u64) -> RefreshInFlight {
        let (sender, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let clearing = ClearOnDrop(shared);
            let renewed = clearing.0.renew(outdated).await;
            // Those who come from now on see the new tokens, or start anew.
            drop(clearing);
            // Nobody may be waiting any more.
            let _unheard = sender.send(renewed);
        });
        async { receiver.await.unwrap_or(Err(Error::Interrupted)) }.boxed().shared()
    }

    async fn renew(&self, outdated: u64) -> Result<ActiveTokens, Error> {
        let _write_lock = self.write_lock.lock().await;
        let (tokens, ended) = {
            let state = self.state();
            (state.usable()?, state.ended.clone())
        };
        if tokens.serial != outdated {
            return Ok(tokens);
        }
        let _lock = self.lock(LOCK_TIMEOUT).await.map_err(|error| Error::Lock(error.into()))?;
        let tokens = self.reread(tokens).await?;
        if tokens.serial != outdated && tokens.bundle.is_fresh(self.clock.now()) {
            return Ok(tokens);
        }
        let Some(token) = &tokens.bundle.refresh else {
            return Err(self.state().invalidate(tokens.serial, EndReason::NotRenewable));
        };
        // Only the conversation is cut short by a disconnect. Saving is not, because a thread that saves
        // would go on, and bring the tokens back after they were deleted.
        let asked = ended.run_until_cancelled(self.ask(token)).await;
        let grant = match asked {
            None => return Err(Error::NotConnected),
            Some(Err(Error::ReconnectNeeded { mut why })) => {
                let idle = self.clock.now().duration_since(tokens.bundle.obtained_at);
                if why == EndReason::Refused && idle >= KEPT_UNUSED {
                    why = EndReason::Unused;
                }
                return Err(self.state().invalidate(tokens.serial, why));
            }
            Some(answer) => answer?,
        };
        let bundle = tokens.bundle.renewed(grant, self.clock.now());
        tracing::info!(generation = bundle.generation, "tokens renewed");
        let is_saved = self.save(&bundle).await.is_ok();
        let mut state = self.state();
        if ended.is_cancelled() {
            return Err(Error::NotConnected);
        }
        Ok(state.hold(bundle, tokens.login, is_saved))
    }

    /// Asks for a new pair, again if the answer is lost.
    async fn ask(&self, token: &Token) -> Result<oauth::Grant, Error> {
        let mut pauses = RETRY_DELAYS.iter();
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
    async fn reread(&self, tokens: ActiveTokens) -> Result<ActiveTokens, Error> {
        if !tokens.is_saved {
            // The keyring has older ones, or none.
            return Ok(tokens);
        }
        let stored = self
            .keychain(Keychain::load)
            .await
            .and_then(|secret| secret.as_ref().map(Bundle::from_secret).transpose());
        match stored {
            Ok(Some(bundle)) if bundle.is_same(&tokens.bundle) => Ok(tokens),
            Ok(Some(bundle)) => {
                let mut state = self.state();
                // Unless a disconnect came in between, which must stay.
                state.usable()?;
                if bundle.account != tokens.bundle.account {
                    // What this process sends is for the account that it knows.
                    return Err(state.invalidate(tokens.serial, EndReason::Replaced));
                }
                Ok(state.hold(bundle, tokens.login, true))
            }
            Ok(None) => {
                self.state().active = None;
                Err(Error::NotConnected)
            }
            Err(error) => {
                tracing::warn!(%error, "renewing without another look at the keyring");
                Ok(tokens)
            }
        }
    }
}

/// Makes room for the next renewal, however this one ends.
struct ClearOnDrop(Arc<Shared>);

impl Drop for ClearOnDrop {
    fn drop(&mut self) {
        self.0.state().in_flight = None;
    }
}

/// Whether the renewal may have been carried out although nothing came of it.
fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Unanswered { .. } | Error::Unreadable | Error::Server { status: 500.., .. })
}
