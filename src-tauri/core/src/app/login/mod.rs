//! Connecting: from `Connect` through the browser and back, and what becomes of the connection afterwards. Publishes who is
//! connected ([`Accounts`]); refuses to know what is sent. Called by `app`, and by everybody who asks Confluence, through
//! [`Signers`].

mod accounts;
mod callback;
mod noticed;
mod phase;
mod sites;
mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub(super) use accounts::{Accounts, Identity, Senders, Signers};
pub(super) use sites::name_of;
pub(super) use tokens::administrator_text;

use accounts::{LoggedIn, sender_of};
use phase::Phase;

use super::events::Events;
use super::tasks::Tasks;
use super::{Browser, Error, Event, words};
use crate::api::Connection;
use crate::auth::{self, ApiTokens, Granted, LoginId, LoginStart, Session, scopes};
use crate::clock::Clock;
use crate::confluence::{Confluence, Person, Reachable};
use crate::domain::account::Account;
use crate::domain::id::OrganizationId;
use crate::domain::problem::{self, Ended, Problem};
use crate::domain::transitions;
use crate::store::Store;

/// How often Atlassian is asked who has just logged in, while it cannot be reached or has trouble: for about a minute.
const MAX_FETCH_TRIES: u32 = 5;

/// The connection of a person. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Login(Arc<Inner>);

struct Inner {
    session: Session,
    api_tokens: ApiTokens,
    confluence: Confluence,
    store: Store,
    clock: Arc<dyn Clock>,
    browser: Arc<dyn Browser>,
    events: Events,
    tasks: Tasks,
    accounts: watch::Sender<Accounts>,
    /// Held by whoever changes the sites, their tokens and what is stored of them.
    sites_write_lock: tokio::sync::Mutex<()>,
    /// How often each site was disconnected in this run.
    disconnects: Mutex<HashMap<OrganizationId, u64>>,
    /// When the person was last told that an answer was ignored.
    told_of_ignored: Mutex<Option<Timestamp>>,
}

/// What [`Login`] is made with.
pub(super) struct Parts {
    pub(super) session: Session,
    pub(super) api_tokens: ApiTokens,
    pub(super) confluence: Confluence,
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) browser: Arc<dyn Browser>,
    pub(super) events: Events,
    pub(super) tasks: Tasks,
}

impl Login {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { session, api_tokens, confluence, store, clock, browser, events, tasks } = parts;
        Self(Arc::new(Inner {
            session,
            api_tokens,
            confluence,
            store,
            clock,
            browser,
            events,
            tasks,
            accounts: watch::Sender::default(),
            sites_write_lock: tokio::sync::Mutex::default(),
            disconnects: Mutex::default(),
            told_of_ignored: Mutex::default(),
        }))
    }

    /// What a part of the app is lent that asks Confluence.
    pub(super) fn signers(&self) -> Signers {
        let login = self.clone();
        let report = move |organization: &OrganizationId, error| login.noticed(organization, error);
        Signers::new(self.0.accounts.subscribe(), Arc::new(report))
    }

    /// How the connection stands.
    pub(super) fn connection(&self) -> Connection {
        let phase = self.phase();
        match phase {
            Phase::Disconnected(why) => {
                let missing = self.0.session.settings().missing();
                if missing.is_empty() {
                    Connection::Disconnected { why: why.as_ref().map(words::view) }
                } else {
                    Connection::NotConfigured { missing: missing.into_iter().map(str::to_owned).collect() }
                }
            }
            Phase::Waiting { since, until, .. } => Connection::Waiting { since, until },
            Phase::Finishing { .. } => Connection::Finishing,
            Phase::Connected(account) => Connection::Connected(account.into()),
            Phase::NeedsReconnecting(account, why) => {
                Connection::NeedsReconnecting { account: account.into(), why: words::view(&why) }
            }
        }
    }

    /// Tells the person while somebody else keeps the connection from being renewed.
    pub(super) fn start_lock_watch(&self) {
        let (mut held_up, events) = (self.0.session.held_up(), self.0.events.clone());
        let watch = async move {
            let problem = Problem::Connection(problem::Connection::HeldUp);
            while held_up.changed().await.is_ok() {
                if *held_up.borrow_and_update() {
                    events.notice(&problem);
                } else {
                    events.notice_over(&problem);
                }
            }
        };
        self.0.tasks.spawn_until_ending(watch);
    }

    fn phase(&self) -> Phase {
        self.0.accounts.borrow().phase.clone()
    }

    fn enter(&self, phase: Phase) -> Connection {
        self.0.accounts.send_modify(|accounts| accounts.phase = phase);
        let connection = self.connection();
        self.0.events.emit(Event::Connection(Box::new(connection.clone())));
        connection
    }

    /// Shows the cached account and sites as connected, and reads the keyring beside the window's start: a keyring may ask
    /// for a password first. Where nothing was connected it is left alone. Makes no request.
    pub(super) async fn restore(&self) -> Result<(), Error> {
        let account = self.0.store.read(|db| Ok(db.account().get())).await?;
        let account = account.unwrap_or_else(|error| {
            tracing::warn!(%error, "the account cannot be read, so nobody is connected");
            None
        });
        let account = account.filter(|account| account.remembered);
        if let Some(account) = &account {
            self.0.accounts.send_modify(|accounts| accounts.phase = Phase::Connected(account.clone()));
        }
        self.restore_sites().await?;
        let login = self.clone();
        tokio::spawn(async move {
            if let Some(account) = account {
                login.restore_login(account).await;
            }
            login.restore_tokens().await;
            login.0.accounts.send_modify(|accounts| accounts.is_restored = true);
        });
        Ok(())
    }

    async fn restore_login(&self, account: Account) {
        let lost = match self.0.session.restore().await {
            // A login was cut off after its tokens were saved, and before its account was.
            Ok(Some(restored)) if restored.account.as_ref().is_some_and(|id| *id != account.id) => {
                Some(reconnect(Ended::CutOff))
            }
            Ok(Some(restored)) => {
                self.sends_as(&account, restored.login);
                None
            }
            Ok(None) => Some(reconnect(Ended::Lost)),
            Err(error) => Some(Error::Auth(error).problem()),
        };
        // Unless the person has disconnected or logged in anew meanwhile.
        let unchanged = matches!(&self.0.accounts.borrow().phase, Phase::Connected(now) if *now == account);
        if let Some(why) = lost.filter(|_| unchanged) {
            self.enter(Phase::NeedsReconnecting(account, why));
        }
    }

    /// From now on things go in the name of who logged in.
    fn sends_as(&self, account: &Account, login: LoginId) {
        let logged_in = self.logged_in_as(account, login);
        self.0.accounts.send_modify(|accounts| accounts.logged_in = Some(logged_in));
    }

    fn logged_in_as(&self, account: &Account, login: LoginId) -> LoggedIn {
        let confluence = self.0.confluence.of(login);
        let identity = Identity { sender: sender_of(account), login, confluence };
        let organizations = account.organizations.iter().map(|one| one.id.clone()).collect();
        LoggedIn { identity, organizations }
    }

    async fn restored(&self) {
        self.signers().restored().await;
    }

    /// Starts a login and opens the browser.
    pub(super) async fn connect(&self) -> Result<Connection, Error> {
        self.restored().await;
        let LoginStart { authorize, since, until, callbacks } = self.0.session.start_login().await?;
        if let Err(error) = self.0.browser.open(&authorize) {
            self.0.session.cancel_login();
            return Err(Error::Browser(error));
        }
        let before = match self.phase().before() {
            // How an earlier login ended is no news when this one is given up.
            Phase::Disconnected(_) => Box::default(),
            connected => Box::new(connected),
        };
        let connection = self.enter(Phase::Waiting { since, until, before });
        if let Some(mut callbacks) = callbacks {
            let login = self.clone();
            tokio::spawn(async move {
                while let Some(callback) = callbacks.recv().await {
                    login.callback(&callback).await;
                }
            });
        }
        self.expire_at(since, until);
        Ok(connection)
    }

    /// Stops waiting when the login is too old to be answered.
    fn expire_at(&self, since: Timestamp, until: Timestamp) {
        let login = self.clone();
        self.0.tasks.spawn_until_ending(async move {
            login.0.clock.until(until).await;
            if matches!(login.phase(), Phase::Waiting { since: waiting, .. } if waiting == since) {
                login.0.session.cancel_login();
                login.give_up(&Error::Auth(auth::Error::LoginExpired));
            }
        });
    }

    /// Stops waiting for the browser.
    pub(super) fn cancel_connect(&self) -> Connection {
        self.0.session.cancel_login();
        let before = self.phase().before();
        self.enter(before)
    }

    /// Goes back to what was before the login, and says why.
    fn give_up(&self, error: &Error) {
        let problem = error.problem();
        match self.phase().before() {
            Phase::Disconnected(_) => {
                self.enter(Phase::Disconnected(Some(problem)));
            }
            other => {
                self.enter(other);
                self.0.events.notice(&problem);
            }
        }
    }

    /// Asks who has logged in and what is reached, puts the login in the place of the connection before it, and remembers
    /// the account.
    #[tracing::instrument(name = "login", skip_all, fields(login = ?granted.login))]
    async fn fetch_account(&self, granted: Granted) -> Result<(), Error> {
        let Granted { login, scopes: granted } = granted;
        let (reachable, person) = self.ask_who(login).await?;
        if reachable.organizations.is_empty() {
            let chosen = reachable.without_confluence > 0;
            return Err(Problem::Connection(problem::Connection::NoConfluence { chosen }).into());
        }
        let kept = self.0.session.keep(login, &person.id).await?;
        let account = Account {
            id: person.id.clone(),
            name: person.name.clone(),
            email: person.email.clone(),
            organizations: reachable.organizations,
            remembered: kept.remembered,
            missing_scopes: scopes::missing(&granted),
        };
        if let Err(error) = self.remember(&account).await {
            // The tokens must not sign for the account that is remembered.
            self.forget_tokens().await;
            self.0.accounts.send_modify(|accounts| accounts.logged_in = None);
            self.enter(Phase::Disconnected(Some(error.problem())));
            return Err(error);
        }
        let logged_in = self.logged_in_as(&account, login);
        self.0.accounts.send_modify(|accounts| {
            accounts.logged_in = Some(logged_in);
            accounts.phase = Phase::Connected(account);
        });
        self.0.events.emit(Event::Connection(Box::new(self.connection())));
        Ok(())
    }

    /// Who has logged in, and what is reached. Asks again where Atlassian cannot be reached or has trouble: the person has
    /// been through the browser, and should not have to go again.
    async fn ask_who(&self, login: LoginId) -> Result<(Reachable, Person), Error> {
        let confluence = self.0.confluence.of(login);
        let mut tries = 0;
        loop {
            let error = match tokio::try_join!(confluence.organizations(), confluence.me()) {
                Ok(asked) => return Ok(asked),
                Err(error) => Error::from(error),
            };
            if !(error.is_passing() || error.is_ambiguous())
                || tries == MAX_FETCH_TRIES
                || !self.is_finishing(login)
            {
                return Err(error);
            }
            tracing::info!(error = &error as &dyn std::error::Error, tries, "asking again who has logged in");
            let pause = SignedDuration::try_from(transitions::backoff(tries, 0)).unwrap_or_default();
            let again = self.0.clock.after(pause);
            tokio::select! {
                () = self.0.clock.until(again) => {}
                () = self.0.tasks.ending().cancelled() => return Err(error),
            }
            tries += 1;
        }
    }

    async fn remember(&self, account: &Account) -> Result<(), Error> {
        let (stored, now) = (account.clone(), self.0.clock.now());
        Ok(self
            .0
            .store
            .write(move |tx| {
                let old = tx.account().get().ok().flatten();
                if old.is_none_or(|old| old.id != stored.id) {
                    // Another account sees other spaces.
                    tx.spaces_mut().clear()?;
                    tx.people_mut().clear()?;
                }
                tx.people_mut().put(&stored.id, &stored.name, now)?;
                tx.account_mut().put(&stored)
            })
            .await?)
    }

    /// Deletes the tokens and what is known of the account.
    pub(super) async fn disconnect(&self) -> Result<Connection, Error> {
        self.restored().await;
        self.0.session.cancel_login();
        // From here on nothing is sent in anybody's name.
        self.0.accounts.send_modify(|accounts| accounts.logged_in = None);
        self.0.session.disconnect().await?;
        self.0
            .store
            .write(|tx| {
                tx.account_mut().delete()?;
                tx.people_mut().clear()?;
                tx.spaces_mut().clear()
            })
            .await?;
        Ok(self.enter(Phase::default()))
    }

    async fn forget_tokens(&self) {
        if let Err(error) = self.0.session.disconnect().await {
            tracing::warn!(%error, "the tokens of a login that failed could not be deleted");
        }
    }
}

fn reconnect(why: Ended) -> Problem {
    Problem::Connection(problem::Connection::Ended(why))
}
