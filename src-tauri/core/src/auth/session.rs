//! The OAuth session with Atlassian: the pending login, the tokens, and the signing of requests. Never returns a token, and
//! makes requests only on behalf of a caller. `app` starts and ends connections, `confluence` has requests signed.
//!
//! Renewal is in `refresh`.

mod login;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::zeroize::Zeroizing;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::bundle::Bundle;
use super::callback::{Callback, Outcome};
use super::config::{Redirect, Settings};
use super::error::Error;
use super::keychain::{self, Keychain};
use super::lock::{EntryLock, SHORT_TIMEOUT};
use super::login_id::LoginId;
use super::loopback::Listener;
use super::oauth::{self, Pending};
use super::refusal::{Refusal, Remedy};
use super::token::Secret;
use super::tokens::{Shared, State, Waiting};
use crate::clock::Clock;
use crate::domain::id::AccountId;
use crate::http::Http;

pub use login::{Granted, Kept, LoginStart, Restored};

/// How long a person may take on Atlassian's pages, second factor included.
const LOGIN_TIMEOUT: Duration = Duration::from_secs(600);

/// How many logins of a run are known again: people who are in a hurry press `Connect` a few times.
const MAX_STATES: usize = 8;

/// The connection to Atlassian. Cheap to clone; all clones are the same connection.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
    /// The only login whose tokens may sign, where there is such a bound.
    only: Option<LoginId>,
}

/// Says which tokens a request was signed with; `None` for those of a login that is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed(Option<u64>);

impl Session {
    /// A session without a connection. `lock` is that of the keyring's entry.
    pub fn new(
        settings: Settings,
        http: Http,
        keychain: Arc<dyn Keychain>,
        clock: Arc<dyn Clock>,
        lock: EntryLock,
    ) -> Self {
        let state = State {
            active: None,
            candidate: None,
            in_flight: None,
            ended: CancellationToken::new(),
            waiting: None,
            made: VecDeque::new(),
            called_off: 0,
            serial: 0,
            renewed_for_stranger: None,
        };
        let shared = Arc::new(Shared {
            settings,
            http,
            clock,
            lock,
            held_up: watch::Sender::default(),
            write_lock: tokio::sync::Mutex::default(),
            keychain,
            starting: tokio::sync::Mutex::default(),
            state: Mutex::new(state),
        });
        Self { shared, only: None }
    }

    /// The same, signing with the tokens of one login only: what is sent in the name of an account must not go in that of
    /// the next one.
    #[must_use]
    pub fn of(&self, login: LoginId) -> Self {
        Self { shared: Arc::clone(&self.shared), only: Some(login) }
    }

    /// Where Atlassian is.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Whether somebody else has held the lock of the tokens for some seconds, so that they cannot be renewed.
    pub fn held_up(&self) -> watch::Receiver<bool> {
        self.shared.held_up.subscribe()
    }

    /// Reads the connection of an earlier run from the keyring. Asks nobody else.
    pub async fn restore(&self) -> Result<Option<Restored>, Error> {
        let _write_lock = self.shared.write_lock.lock().await;
        let Some(secret) = self.shared.keychain(Keychain::load).await? else { return Ok(None) };
        let bundle = Bundle::from_secret(&secret)?;
        let (scopes, account) = (bundle.scopes.clone(), bundle.account.clone());
        let mut state = self.shared.state();
        state.ended = CancellationToken::new();
        let login = LoginId::new();
        state.hold(bundle, login, true);
        Ok(Some(Restored { login, account, scopes }))
    }

    /// Whether there is a connection that Atlassian has not ended.
    pub fn is_connected(&self) -> bool {
        self.shared.state().usable().is_ok()
    }

    /// Whether the keyring holds the tokens in use.
    pub fn is_remembered(&self) -> bool {
        self.shared.state().active.as_ref().is_some_and(|tokens| tokens.is_saved)
    }

    /// Starts a login, in the place of one that is waiting.
    pub async fn start_login(&self) -> Result<LoginStart, Error> {
        let (authorize, pending) = oauth::authorize(&self.shared.settings)?;
        let _starting = self.shared.starting.lock().await;
        let before = self.shared.state().waiting.take();
        if let Some(listener) = before.and_then(|waiting| waiting.listener) {
            listener.close().await;
        }
        let (listener, callbacks) = match self.shared.settings.redirect {
            Redirect::DeepLink => (None, None),
            Redirect::Loopback { port, by_name } => Listener::bind(port, by_name, LOGIN_TIMEOUT)
                .await
                .map(|(listener, callbacks)| (Some(listener), Some(callbacks)))
                .map_err(|error| Error::Loopback { port, source: error.into() })?,
        };
        let since = self.shared.clock.now();
        let until = since
            .checked_add(SignedDuration::try_from(LOGIN_TIMEOUT).unwrap_or(SignedDuration::ZERO))
            .unwrap_or(Timestamp::MAX);
        let mut state = self.shared.state();
        state.made.push_front(pending.state.clone());
        state.made.truncate(MAX_STATES);
        state.waiting = Some(Waiting { pending, since, until, listener });
        Ok(LoginStart { authorize, since, until, callbacks })
    }

    /// Since when and until when a login waits for the browser.
    pub fn waiting(&self) -> Option<(Timestamp, Timestamp)> {
        let now = self.shared.clock.now();
        self.shared.state().waiting.as_ref().filter(|waiting| now < waiting.until).map(|w| (w.since, w.until))
    }

    /// Stops waiting for the browser, and drops an answer that is being exchanged or was not kept yet.
    pub fn cancel_login(&self) {
        self.shared.state().call_off();
    }

    /// Whether an answer of the browser is to a login of this run, even if it is late or was given before: a stranger knows
    /// no state of ours.
    pub fn is_answer(&self, callback: &str) -> bool {
        let Ok(callback) = Callback::parse(callback) else { return false };
        self.shared.state().made.iter().fold(false, |is_ours, made| is_ours | made.is_same(&callback.state))
    }

    /// Takes the browser's answer. Only the answer to the login that is waiting has any effect, and only
    /// once; every other leaves things as they are.
    pub async fn finish_login(&self, callback: &str) -> Result<Granted, Error> {
        let callback = Callback::parse(callback)?;
        let (waiting, called_off) = self.shared.claim(&callback.state)?;
        if self.shared.clock.now() >= waiting.until {
            return Err(Error::LoginExpired);
        }
        match callback.outcome {
            Outcome::Declined => Err(Error::Declined),
            Outcome::Refused(reason) => Err(Error::LoginRefused { reason }),
            Outcome::Code(code) => {
                let shared = Arc::clone(&self.shared);
                // A task of its own, so that tokens on their way are not lost with a caller who is dropped.
                let exchange = async move { shared.exchange(waiting.pending, &code, called_off).await };
                tokio::spawn(exchange).await.unwrap_or(Err(Error::Interrupted))
            }
        }
    }

    /// Puts a login in the place of the connection before it, once it is known whose it is.
    pub async fn keep(&self, login: LoginId, account: &AccountId) -> Result<Kept, Error> {
        let (shared, account) = (Arc::clone(&self.shared), account.clone());
        // A task of its own, so that memory and keyring hold the same whatever becomes of the caller.
        tokio::spawn(async move { shared.keep(login, account).await })
            .await
            .unwrap_or(Err(Error::Interrupted))
    }

    /// Gives up a login that is not finished. The connection before it goes on.
    pub fn drop_login(&self, login: LoginId) {
        let mut state = self.shared.state();
        state.candidate = state.candidate.take().filter(|(candidate, _)| *candidate != login);
    }

    /// Ends the connection: from now on nothing is signed, and the tokens are deleted from memory and
    /// keyring. An error means that the keyring still has them.
    pub async fn disconnect(&self) -> Result<(), Error> {
        {
            let mut state = self.shared.state();
            state.call_off();
            state.active = None;
            state.candidate = None;
            state.ended.cancel();
        }
        let _write_lock = self.shared.write_lock.lock().await;
        // Without the lock, at worst another process renews the tokens at this moment and keeps them.
        let _lock = self
            .shared
            .lock(SHORT_TIMEOUT)
            .await
            .inspect_err(|error| tracing::warn!(%error, "deleting without the lock"));
        Ok(self.shared.keychain(Keychain::delete).await?)
    }

    /// Whether the keyring lets the app in. It may ask for a password first.
    pub async fn look_at_keyring(&self) -> Result<(), keychain::Error> {
        self.shared.keychain(Keychain::load).await.map(drop)
    }

    /// Signs a request to Atlassian's API gateway: sets its `Authorization` header. Renews the tokens first if they are about
    /// to expire.
    ///
    /// Fails without a connection, and for a request to any other host:
    ///
    /// ```
    /// # use std::sync::Arc;
    /// use reqwest::{Method, Request};
    /// use sally_core::auth::{EntryLock, Error, MemoryKeychain, Session, Settings};
    /// use sally_core::clock::SystemClock;
    /// use sally_core::http::Http;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let folder = tempfile::tempdir()?;
    /// let settings = Settings::read(|_| None)?;
    /// let keychain = Arc::new(MemoryKeychain::new());
    /// let lock = EntryLock::new(folder.path(), &settings.keychain_entry());
    /// let session = Session::new(settings, Http::default(), keychain, Arc::new(SystemClock), lock);
    ///
    /// let mut request = Request::new(Method::GET, "https://example.com/me".parse()?);
    /// assert!(matches!(session.sign(&mut request).await, Err(Error::ForeignHost { .. })));
    ///
    /// let mut request = Request::new(Method::GET, "https://api.atlassian.com/me".parse()?);
    /// assert!(matches!(session.sign(&mut request).await, Err(Error::NotConnected)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn sign(&self, request: &mut reqwest::Request) -> Result<Signed, Error> {
        if request.url().origin() != self.shared.settings.api_url.origin() {
            let host = request.url().host_str().unwrap_or_default().to_owned();
            return Err(Error::ForeignHost { host });
        }
        let (bundle, signed) = if let Some(bundle) = self.candidate() {
            (bundle, Signed(None))
        } else {
            let tokens = self.shared.fresh().await?;
            if self.only.is_some_and(|only| only != tokens.login) {
                return Err(Error::LoginChanged);
            }
            (tokens.bundle, Signed(Some(tokens.serial)))
        };
        let text = Zeroizing::new(format!("Bearer {}", bundle.access.expose()));
        let mut value = HeaderValue::from_str(&text).map_err(|_| Error::Unreadable)?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(signed)
    }

    /// The tokens of the login that is not finished, where they are the ones to sign with.
    fn candidate(&self) -> Option<Arc<Bundle>> {
        let state = self.shared.state();
        let (login, bundle) = state.candidate.as_ref()?;
        (self.only == Some(*login)).then(|| Arc::clone(bundle))
    }

    /// Finds out whether a refusal is due to the tokens that the request was signed with, and renews them if
    /// so. Not for a 401 that speaks of scopes: newer tokens have the same ones.
    pub async fn refresh_after_refusal(&self, signed: Signed, refusal: Refusal) -> Result<Remedy, Error> {
        // Tokens that were given a moment ago are as new as can be.
        let Some(serial) = signed.0 else { return Ok(Remedy::Accept) };
        let refresh = {
            let mut state = self.shared.state();
            let tokens = state.usable()?;
            if tokens.serial != serial {
                return Ok(Remedy::Repeat);
            }
            let now = self.shared.clock.now();
            let is_good = match refusal {
                Refusal::Token => false,
                // A site that does not let the account in says so at each letter that is typed.
                Refusal::Stranger => tokens.bundle.is_new(now) && state.renewed_for_stranger == Some(serial),
                Refusal::Unclear => tokens.bundle.is_fresh(now),
            };
            if is_good {
                return Ok(Remedy::Accept);
            }
            self.shared.join_or_start_refresh(&mut state, serial)
        };
        refresh.await?;
        let mut state = self.shared.state();
        if refusal == Refusal::Stranger {
            state.renewed_for_stranger = Some(state.usable()?.serial);
        }
        Ok(Remedy::Repeat)
    }
}

impl Shared {
    /// Takes the waiting login, if the answer is to it.
    fn claim(&self, answered: &Secret) -> Result<(Waiting, u64), Error> {
        let now = self.clock.now();
        let mut state = self.state();
        let called_off = state.called_off;
        match state.waiting.take() {
            Some(waiting) if waiting.pending.state.is_same(answered) => Ok((waiting, called_off)),
            other => {
                let waiting = other.as_ref().is_some_and(|waiting| now < waiting.until);
                state.waiting = other;
                Err(Error::Unexpected { waiting })
            }
        }
    }

    async fn exchange(&self, pending: Pending, code: &Secret, called_off: u64) -> Result<Granted, Error> {
        let grant = oauth::exchange(&self.settings, &self.http, self.clock.now(), pending, code).await?;
        let mut state = self.state();
        if state.called_off != called_off {
            return Err(Error::Unexpected { waiting: false });
        }
        let bundle = Bundle::first(grant, self.clock.now());
        let (login, scopes) = (LoginId::new(), bundle.scopes.clone());
        state.candidate = Some((login, Arc::new(bundle)));
        Ok(Granted { login, scopes })
    }

    async fn keep(&self, login: LoginId, account: AccountId) -> Result<Kept, Error> {
        let called_off = || Error::Unexpected { waiting: false };
        let is_candidate = |state: &State| state.candidate.as_ref().is_some_and(|(one, _)| *one == login);
        {
            let state = self.state();
            if !is_candidate(&state) {
                return Err(called_off());
            }
            // A renewal of the connection before this one would only be in the way.
            state.ended.cancel();
        }
        let _write_lock = self.write_lock.lock().await;
        let bundle = {
            let mut state = self.state();
            if !is_candidate(&state) {
                return Err(called_off());
            }
            state.ended = CancellationToken::new();
            let (_, bundle) = state.candidate.take().ok_or_else(called_off)?;
            Bundle { account: Some(account), ..Bundle::clone(&bundle) }
        };
        let _lock = self
            .lock(SHORT_TIMEOUT)
            .await
            .inspect_err(|error| tracing::warn!(%error, "saving without the lock"));
        let failed = self.save(&bundle).await.err();
        if failed.is_some() {
            // The tokens of the connection before must not come back at the next start. Most likely this
            // fails as well, and then nothing was there that could be read either.
            let _failed_too = self.keychain(Keychain::delete).await;
        }
        let mut state = self.state();
        if state.ended.is_cancelled() {
            // By a disconnect, which waits for its turn to delete what was saved.
            return Err(called_off());
        }
        state.hold(bundle, login, failed.is_none());
        Ok(Kept { remembered: failed.is_none(), keychain: failed })
    }
}
