//! Connecting: from `Connect` through the browser and back, and what becomes of the connection afterwards.

use jiff::{SignedDuration, Timestamp};

use super::accounts::{self, Identity, LoggedIn, Told, sender_of};
use super::status::ErrorView;
use super::{App, Error, Event, lock};
use crate::api::{Account, Connection, ErrorCode};
use crate::auth::{self, Granted, LoginId, LoginStart, scopes};
use crate::confluence::{Person, Reachable};
use crate::domain::course;
use crate::domain::destination::Organization;

/// How often Atlassian is asked who has just logged in, while it cannot be reached or has trouble: for about a minute.
const MEET_TRIES: u32 = 5;

/// Where the connection stands.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Nobody is connected; how the last login ended, if it ended badly.
    Disconnected(Option<ErrorView>),
    /// The browser is open. What was before comes back when the login is given up.
    Waiting { since: Timestamp, until: Timestamp, before: Box<Phase> },
    /// The tokens of a login are there, the account is being asked for. What was before goes on until that is known.
    Finishing { login: LoginId, before: Box<Phase> },
    /// Connected.
    Connected(Account),
    /// Atlassian no longer accepts the connection.
    NeedsReconnecting(Account, ErrorView),
}

impl Default for Phase {
    fn default() -> Self {
        Self::Disconnected(None)
    }
}

impl Phase {
    /// The account that is connected or was last, and whether it still is.
    fn account(&self) -> Option<(&Account, bool)> {
        match self {
            Self::Connected(account) => Some((account, true)),
            Self::NeedsReconnecting(account, _) => Some((account, false)),
            Self::Waiting { before, .. } | Self::Finishing { before, .. } => before.account(),
            Self::Disconnected(_) => None,
        }
    }

    /// What comes back when a login is given up.
    fn before(self) -> Self {
        match self {
            Self::Waiting { before, .. } | Self::Finishing { before, .. } => *before,
            settled => settled,
        }
    }
}

impl App {
    /// How the connection stands.
    pub fn connection(&self) -> Connection {
        match lock(&self.0.phase).clone() {
            Phase::Disconnected(why) => {
                let missing = self.0.session.settings().missing();
                if missing.is_empty() {
                    Connection::Disconnected { why }
                } else {
                    Connection::NotConfigured { missing: missing.into_iter().map(str::to_owned).collect() }
                }
            }
            Phase::Waiting { since, until, .. } => Connection::Waiting { since, until },
            Phase::Finishing { .. } => Connection::Finishing,
            Phase::Connected(account) => Connection::Connected(account),
            Phase::NeedsReconnecting(account, why) => Connection::NeedsReconnecting { account, why },
        }
    }

    /// The organizations that the login reaches, or reached last.
    pub(super) fn organizations_of_login(&self) -> Vec<Organization> {
        let phase = lock(&self.0.phase);
        phase.account().map(|(account, _)| account.organizations.clone()).unwrap_or_default()
    }

    /// The account that is logged in: while a new login is under way, the old one still serves.
    pub(super) fn logged_in_account(&self) -> Option<Account> {
        let phase = lock(&self.0.phase);
        let (account, connected) = phase.account()?;
        connected.then(|| account.clone())
    }

    /// Why nothing can be sent.
    pub(super) fn not_connected(&self) -> Error {
        match &*lock(&self.0.phase) {
            Phase::NeedsReconnecting(..) => {
                Error::Auth(auth::Error::ReconnectNeeded { why: auth::EndReason::Refused })
            }
            _ => Error::Auth(auth::Error::NotConnected),
        }
    }

    fn enter(&self, phase: Phase) -> Connection {
        *lock(&self.0.phase) = phase;
        let connection = self.connection();
        self.tell(Event::Connection(Box::new(connection.clone())));
        connection
    }

    /// Shows the cached account and sites as connected, and reads the keyring beside the window's start: a keyring may ask
    /// for a password first. Where nothing was connected it is left alone. Makes no request.
    pub(super) async fn restore_connection(&self) -> Result<(), Error> {
        let account = self.0.store.read(|db| Ok(db.account().get::<Account>())).await?;
        let account = account.unwrap_or_else(|error| {
            tracing::warn!(%error, "the account cannot be read, so nobody is connected");
            None
        });
        let account = account.filter(|account| account.remembered);
        if let Some(account) = &account {
            *lock(&self.0.phase) = Phase::Connected(account.clone());
        }
        self.restore_sites().await?;
        let app = self.clone();
        tokio::spawn(async move {
            if let Some(account) = account {
                app.restore_login(account).await;
            }
            app.restore_tokens().await;
            app.0.restored.send_replace(true);
        });
        Ok(())
    }

    async fn restore_login(&self, account: Account) {
        let lost = match self.0.session.restore().await {
            // A login was cut off after its tokens were saved, and before its account was.
            Ok(Some(restored)) if restored.account.as_ref().is_some_and(|id| *id != account.id) => {
                Some(reconnect("The last login was cut off, so it is not known whose it is."))
            }
            Ok(Some(restored)) => {
                self.sends_as(&account, restored.login);
                None
            }
            Ok(None) => Some(reconnect("The keyring no longer holds the connection to Confluence.")),
            Err(error) => Some(Error::Auth(error).view()),
        };
        // Unless the person has disconnected or logged in anew meanwhile.
        let unchanged = matches!(&*lock(&self.0.phase), Phase::Connected(now) if *now == account);
        if let Some(why) = lost.filter(|_| unchanged) {
            self.enter(Phase::NeedsReconnecting(account, why));
        }
    }

    /// From now on things go in the name of who logged in.
    fn sends_as(&self, account: &Account, login: LoginId) {
        let confluence = self.0.confluence.of(login);
        let identity = Identity { sender: sender_of(account), login, confluence };
        let organizations = account.organizations.iter().map(|one| one.id.clone()).collect();
        self.0.logged_in.send_replace(Some(LoggedIn { identity, organizations }));
    }

    /// Waits until the keyring was read.
    pub(super) async fn restored(&self) {
        // The sender lives as long as the app.
        let _ = self.0.restored.subscribe().wait_for(|restored| *restored).await;
    }

    /// Starts a login and opens the browser.
    pub async fn connect(&self) -> Result<Connection, Error> {
        self.restored().await;
        let LoginStart { authorize, since, until, callbacks } = self.0.session.start_login().await?;
        if let Err(error) = self.0.browser.open(&authorize) {
            self.0.session.cancel_login();
            return Err(Error::Browser(error));
        }
        let before = match lock(&self.0.phase).clone().before() {
            // How an earlier login ended is no news when this one is given up.
            Phase::Disconnected(_) => Box::default(),
            connected => Box::new(connected),
        };
        let connection = self.enter(Phase::Waiting { since, until, before });
        if let Some(mut callbacks) = callbacks {
            let app = self.clone();
            tokio::spawn(async move {
                while let Some(callback) = callbacks.recv().await {
                    app.callback(&callback).await;
                }
            });
        }
        self.expire_at(since, until);
        Ok(connection)
    }

    /// Stops waiting when the login is too old to be answered.
    fn expire_at(&self, since: Timestamp, until: Timestamp) {
        let app = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = app.0.clock.until(until) => {}
                () = app.0.ending.cancelled() => return,
            }
            let same_login =
                matches!(&*lock(&app.0.phase), Phase::Waiting { since: waiting, .. } if *waiting == since);
            if same_login {
                app.0.session.cancel_login();
                app.give_up(&Error::Auth(auth::Error::LoginExpired));
            }
        });
    }

    /// Stops waiting for the browser.
    pub fn cancel_connect(&self) -> Connection {
        self.0.session.cancel_login();
        let before = lock(&self.0.phase).clone().before();
        self.enter(before)
    }

    /// Goes back to what was before the login, and says why.
    fn give_up(&self, error: &Error) {
        let view = error.view();
        let before = lock(&self.0.phase).clone().before();
        match before {
            Phase::Disconnected(_) => {
                self.enter(Phase::Disconnected(Some(view)));
            }
            other => {
                self.enter(other);
                self.notice(view);
            }
        }
    }

    /// Takes what came back from the browser: by deep link or over the loopback.
    pub async fn callback(&self, address: &str) {
        self.0.window.come_to_front();
        match self.0.session.finish_login(address).await {
            Ok(granted) => {
                let (login, before) = (granted.login, Box::new(lock(&self.0.phase).clone().before()));
                self.enter(Phase::Finishing { login, before });
                if let Err(error) = self.meet(granted).await {
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
                self.notice(Error::Auth(error).view());
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the login failed");
                self.give_up(&error.into());
            }
        }
    }

    fn is_finishing(&self, login: LoginId) -> bool {
        matches!(&*lock(&self.0.phase), Phase::Finishing { login: finishing, .. } if *finishing == login)
    }

    /// Asks who has logged in and what is reached, puts the login in the place of the connection before it, and remembers
    /// the account.
    async fn meet(&self, granted: Granted) -> Result<(), Error> {
        let Granted { login, scopes: granted } = granted;
        let (reachable, person) = self.ask_who(login).await?;
        if reachable.organizations.is_empty() {
            return Err(Error::NoConfluence { without: reachable.without_confluence });
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
        let taken_up = match self.remember(&account).await {
            Ok(told) => told,
            Err(error) => {
                // The tokens must not sign for the account that is remembered.
                self.forget_tokens().await;
                self.0.logged_in.send_replace(None);
                self.enter(Phase::Disconnected(Some(error.view())));
                return Err(error);
            }
        };
        self.sends_as(&account, login);
        self.enter(Phase::Connected(account));
        self.tell_all(taken_up);
        self.0.bell.notify_one();
        self.ask_about_waiting().await
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
                || tries == MEET_TRIES
                || !self.is_finishing(login)
            {
                return Err(error);
            }
            tracing::info!(error = &error as &dyn std::error::Error, tries, "asking again who has logged in");
            let pause = SignedDuration::try_from(course::backoff(tries, 0)).unwrap_or_default();
            let again = self.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
            tokio::select! {
                () = self.0.clock.until(again) => {}
                () = self.0.ending.cancelled() => return Err(error),
            }
            tries += 1;
        }
    }

    /// Remembers the account, and takes up what waited for it.
    async fn remember(&self, account: &Account) -> Result<Told, Error> {
        if account.remembered {
            // Before anything is taken up: the data may be an older copy of itself.
            self.compare_with_keyring().await?;
        }
        let (app, stored, now) = (self.clone(), account.clone(), self.now());
        Ok(self
            .0
            .store
            .write(move |tx| {
                let old = tx.account().get::<Account>().ok().flatten();
                if old.is_none_or(|old| old.id != stored.id) {
                    // Another account sees other spaces.
                    tx.spaces_mut().clear()?;
                    tx.people_mut().clear()?;
                }
                tx.people_mut().put(&stored.id, &stored.name, now)?;
                tx.account_mut().put(&stored)?;
                // What waited for the connection goes on: the person asked for it already.
                accounts::take_up(tx, &app.senders_with(&stored), now)
            })
            .await?)
    }

    /// Deletes the tokens and what is known of the account.
    pub async fn disconnect(&self) -> Result<Connection, Error> {
        self.restored().await;
        self.0.session.cancel_login();
        // From here on nothing is sent in anybody's name.
        self.0.logged_in.send_replace(None);
        self.0.session.disconnect().await?;
        self.0
            .store
            .write(|tx| {
                tx.account_mut().delete()?;
                tx.people_mut().clear()?;
                tx.spaces_mut().clear()
            })
            .await?;
        let connection = self.enter(Phase::default());
        self.0.bell.notify_one();
        Ok(connection)
    }

    async fn forget_tokens(&self) {
        if let Err(error) = self.0.session.disconnect().await {
            tracing::warn!(%error, "the tokens of a login that failed could not be deleted");
        }
    }

    /// Notices when an error means that Atlassian no longer accepts the connection.
    pub(super) fn watch_connection(&self, error: &Error) {
        if !error.ends_connection() {
            return;
        }
        {
            let mut phase = lock(&self.0.phase);
            let phase = match &mut *phase {
                Phase::Waiting { before, .. } | Phase::Finishing { before, .. } => &mut **before,
                settled => settled,
            };
            let Phase::Connected(account) = phase else { return };
            *phase = Phase::NeedsReconnecting(account.clone(), error.view());
            self.0.logged_in.send_replace(None);
        }
        self.tell(Event::Connection(Box::new(self.connection())));
        self.0.bell.notify_one();
    }
}

/// What a connection says of itself that only a new login mends.
fn reconnect(message: &str) -> ErrorView {
    ErrorView {
        code: ErrorCode::ReconnectNeeded,
        message: message.to_owned(),
        hint: Some(crate::api::Hint::Reconnect),
    }
}
