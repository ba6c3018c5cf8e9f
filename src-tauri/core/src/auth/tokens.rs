//! The state that signing, renewal and disconnecting share: the tokens in memory and in the keyring, and the locks between
//! tasks and between processes. No requests to Atlassian. Used by `session` and `refresh`.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, Shared as SharedFuture};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::bundle::Bundle;
use super::config::Settings;
use super::error::{EndReason, Error};
use super::keychain::{self, Keychain};
use super::lock::EntryLock;
use super::login_id::LoginId;
use super::loopback::Listener;
use super::oauth::Pending;
use super::token::Secret;
use crate::clock::Clock;
use crate::http::Http;

/// How long another process may hold the lock until that is told: a renewal takes a second or two.
const HELD_UP_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// A renewal under way, which any number may wait for.
pub(super) type RefreshInFlight = SharedFuture<BoxFuture<'static, Result<ActiveTokens, Error>>>;

/// What all clones of a session share.
pub(super) struct Shared {
    pub(super) settings: Settings,
    pub(super) http: Http,
    pub(super) clock: Arc<dyn Clock>,
    /// Held between processes while the tokens are renewed or changed.
    pub(super) lock: EntryLock,
    /// Whether somebody else has held it for long.
    pub(super) held_up: watch::Sender<bool>,
    /// Locked while the tokens are changed, in memory and in the keyring.
    pub(super) write_lock: tokio::sync::Mutex<()>,
    pub(super) keychain: Arc<dyn Keychain>,
    /// Held while a login starts, because two cannot listen on the same port.
    pub(super) starting: tokio::sync::Mutex<()>,
    pub(super) state: Mutex<State>,
}

/// What is in memory.
pub(super) struct State {
    pub(super) active: Option<ActiveTokens>,
    /// The tokens of a login that is not finished. The connection before it goes on until they take its place.
    pub(super) candidate: Option<(LoginId, Arc<Bundle>)>,
    /// The renewal that is under way.
    pub(super) in_flight: Option<RefreshInFlight>,
    /// Cancelled when the connection ends, or gives way to a new one.
    pub(super) ended: CancellationToken,
    pub(super) waiting: Option<Waiting>,
    /// The states of the last logins of this run, whatever became of them.
    pub(super) made: VecDeque<Secret>,
    /// Counts the times that logins were called off, so that an exchange under way notices.
    pub(super) called_off: u64,
    /// Numbers the tokens that were held in this run.
    pub(super) serial: u64,
    /// The tokens that came of the last renewal because a site knew nobody.
    pub(super) renewed_for_stranger: Option<u64>,
}

/// The tokens in use.
#[derive(Clone)]
pub(super) struct ActiveTokens {
    pub(super) bundle: Arc<Bundle>,
    /// The login that they come from.
    pub(super) login: LoginId,
    /// Whether the keyring has them.
    pub(super) is_saved: bool,
    /// Why they can no longer sign, if so.
    pub(super) end: Option<EndReason>,
    pub(super) serial: u64,
}

/// A login that waits for the browser.
pub(super) struct Waiting {
    pub(super) pending: Pending,
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
    pub(super) listener: Option<Listener>,
}

impl Shared {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the keyring, on a thread that may block.
    pub(super) async fn keychain<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, keychain::Error> + Send + 'static,
    ) -> Result<T, keychain::Error> {
        let keychain = Arc::clone(&self.keychain);
        tokio::task::spawn_blocking(move || ask(&*keychain))
            .await
            .unwrap_or_else(|error| Err(keychain::Error::Other { why: error.to_string() }))
    }

    /// Has the keyring keep tokens.
    pub(super) async fn save(&self, bundle: &Bundle) -> Result<(), keychain::Error> {
        let secret = bundle.to_secret()?;
        self.keychain(move |keychain| keychain.save(&secret))
            .await
            .inspect_err(|error| tracing::warn!(%error, "the tokens are kept for this run only"))
    }

    /// Takes the lock between processes, which ends with the file. Says so while somebody else holds it for long.
    pub(super) async fn lock(&self, patience: Duration) -> io::Result<File> {
        let since = self.clock.now();
        let waiting = || {
            let is_long = self.clock.now().duration_since(since) >= HELD_UP_AFTER;
            self.held_up.send_if_modified(|held_up| is_long && !std::mem::replace(held_up, true));
        };
        let locked = self.lock.take(patience, waiting).await?;
        self.held_up.send_if_modified(std::mem::take);
        Ok(locked)
    }
}

impl State {
    /// The tokens, if requests may be signed with them.
    pub(super) fn usable(&self) -> Result<ActiveTokens, Error> {
        let tokens = self.active.clone().ok_or(Error::NotConnected)?;
        match tokens.end {
            Some(why) => Err(Error::ReconnectNeeded { why }),
            None => Ok(tokens),
        }
    }

    /// Takes tokens into use.
    pub(super) fn hold(&mut self, bundle: Bundle, login: LoginId, is_saved: bool) -> ActiveTokens {
        self.serial += 1;
        let tokens =
            ActiveTokens { bundle: Arc::new(bundle), login, is_saved, end: None, serial: self.serial };
        self.active = Some(tokens.clone());
        tokens
    }

    /// Ends a login that waits for the browser or was not kept yet.
    pub(super) fn call_off(&mut self) {
        self.waiting = None;
        self.candidate = None;
        self.called_off += 1;
    }

    /// Remembers that these tokens cannot be renewed, so that nobody asks again.
    pub(super) fn invalidate(&mut self, serial: u64, why: EndReason) -> Error {
        if let Some(tokens) = self.active.as_mut().filter(|tokens| tokens.serial == serial) {
            tokens.end = Some(why);
        }
        Error::ReconnectNeeded { why }
    }
}
