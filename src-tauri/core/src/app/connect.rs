//! Connecting: from `Connect` through the browser and back, and what becomes of the connection afterwards.

use jiff::Timestamp;

use super::status::ErrorView;
use super::{App, Error, Event, lock};
use crate::api::{Account, Connection, ErrorCode};
use crate::auth::{self, LoginStart, scopes};
use crate::domain::delivery::State;
use crate::domain::destination::Organization;
use crate::domain::id::AccountId;
use crate::store::Next;

/// Where the connection stands.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// Nobody is connected; how the last login ended, if it ended badly.
    Disconnected(Option<ErrorView>),
    /// The browser is open. What was before comes back when the login is given up.
    Waiting { since: Timestamp, until: Timestamp, before: Box<Phase> },
    /// The tokens are there, the account is being asked for.
    Finishing,
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
            Phase::Finishing => Connection::Finishing,
            Phase::Connected(account) => Connection::Connected(account),
            Phase::NeedsReconnecting(account, why) => Connection::NeedsReconnecting { account, why },
        }
    }

    /// The organizations that the connection reaches, or reached last.
    pub(super) fn organizations(&self) -> Vec<Organization> {
        fn of(phase: &Phase) -> Vec<Organization> {
            match phase {
                Phase::Connected(account) | Phase::NeedsReconnecting(account, _) => {
                    account.organizations.clone()
                }
                Phase::Waiting { before, .. } => of(before),
                Phase::Disconnected(_) | Phase::Finishing => Vec::new(),
            }
        }
        of(&lock(&self.0.phase))
    }

    /// Who is connected, or was last.
    pub(super) fn account_id(&self) -> Option<AccountId> {
        fn of(phase: &Phase) -> Option<AccountId> {
            match phase {
                Phase::Connected(account) | Phase::NeedsReconnecting(account, _) => Some(account.id.clone()),
                Phase::Waiting { before, .. } => of(before),
                Phase::Disconnected(_) | Phase::Finishing => None,
            }
        }
        of(&lock(&self.0.phase))
    }

    /// Whether something can be sent: while a new login is under way, the old connection still serves.
    pub(super) fn is_connected(&self) -> bool {
        match &*lock(&self.0.phase) {
            Phase::Connected(_) => true,
            Phase::Waiting { before, .. } => matches!(**before, Phase::Connected(_)),
            _ => false,
        }
    }

    /// Why nothing can be sent.
    pub(super) fn not_connected(&self) -> Error {
        match &*lock(&self.0.phase) {
            Phase::NeedsReconnecting(..) => {
                Error::Auth(auth::Error::ReconnectNeeded { why: auth::Death::Refused })
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

    /// Shows the cached account as connected, and reads the keyring beside the window's start: a keyring may ask for a
    /// password first. Without an account there is nowhere to send to, so the keyring is left alone. Makes no request.
    pub(super) async fn restore_connection(&self) -> Result<(), Error> {
        let account = self.0.store.read(|db| db.documents().account::<Account>()).await?;
        let Some(account) = account.filter(|account| account.remembered) else {
            self.0.restored.send_replace(true);
            return Ok(());
        };
        *lock(&self.0.phase) = Phase::Connected(account.clone());
        let app = self.clone();
        tokio::spawn(async move {
            let restored = app.0.session.restore().await;
            let lost = match restored {
                Ok(Some(_)) => None,
                Ok(None) => Some(ErrorView {
                    code: ErrorCode::ReconnectNeeded,
                    message: "The keyring no longer holds the connection to Confluence.".to_owned(),
                    hint: Some(crate::api::Hint::Reconnect),
                }),
                Err(error) => Some(Error::Auth(error).view()),
            };
            // Unless the person has disconnected or logged in anew meanwhile.
            let unchanged = matches!(&*lock(&app.0.phase), Phase::Connected(now) if *now == account);
            if let Some(why) = lost.filter(|_| unchanged) {
                app.enter(Phase::NeedsReconnecting(account, why));
            }
            app.0.restored.send_replace(true);
        });
        Ok(())
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
        let before = match lock(&self.0.phase).clone() {
            Phase::Waiting { before, .. } => before,
            Phase::Disconnected(_) | Phase::Finishing => Box::default(),
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
        let left = std::time::Duration::try_from(until.duration_since(self.now())).unwrap_or_default();
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(left) => {}
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
        let before = match lock(&self.0.phase).clone() {
            Phase::Waiting { before, .. } => *before,
            other => other,
        };
        self.enter(before)
    }

    /// Goes back to what was before the login, and says why.
    fn give_up(&self, error: &Error) {
        let view = error.view();
        let before = match lock(&self.0.phase).clone() {
            Phase::Waiting { before, .. } => *before,
            _ => Phase::default(),
        };
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
                self.enter(Phase::Finishing);
                if let Err(error) = self.meet(granted).await {
                    self.forget_tokens().await;
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the login could not be finished"
                    );
                    self.enter(Phase::Disconnected(Some(error.view())));
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

    /// Asks who is connected and what is reached, and remembers it.
    async fn meet(&self, granted: auth::Granted) -> Result<(), Error> {
        let confluence = &self.0.confluence;
        let (reachable, person) = tokio::try_join!(confluence.organizations(), confluence.me())?;
        if reachable.organizations.is_empty() {
            return Err(Error::NoConfluence { without: reachable.without_confluence });
        }
        let account = Account {
            id: person.id.clone(),
            name: person.name.clone(),
            email: person.email.clone(),
            organizations: reachable.organizations,
            remembered: granted.remembered,
            missing_scopes: scopes::missing(&granted.scopes),
        };
        let (stored, now) = (account.clone(), self.now());
        self.0
            .store
            .write(move |tx| {
                let same = tx.documents().account::<Account>()?.is_some_and(|old| old.id == stored.id);
                if !same {
                    // Another account sees other spaces.
                    tx.spaces_mut().clear()?;
                    tx.people_mut().clear()?;
                }
                tx.people_mut().put(&person.id, &person.name, now)?;
                tx.documents_mut().put_account(&stored)?;
                // What waited for the connection goes on: the person asked for it already.
                for (delivery, why) in tx.deliveries().all::<ErrorView>()? {
                    let waited = why.is_some_and(|why| {
                        matches!(why.code, ErrorCode::NotConnected | ErrorCode::ReconnectNeeded)
                    });
                    if waited {
                        let next = Next::<ErrorView>::plain(State::Queued);
                        tx.deliveries_mut().change(delivery.id, &[State::NeedsYou], &next, now)?;
                    }
                }
                Ok(())
            })
            .await?;
        self.enter(Phase::Connected(account));
        self.0.bell.notify_one();
        Ok(())
    }

    /// Deletes the tokens and what is known of the account.
    pub async fn disconnect(&self) -> Result<Connection, Error> {
        self.restored().await;
        self.0.session.cancel_login();
        self.0.session.disconnect().await?;
        self.0
            .store
            .write(|tx| {
                tx.documents_mut().delete_account()?;
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

    /// Notices when an error means that Atlassian no longer accepts the connection.
    pub(super) fn watch_connection(&self, error: &Error) {
        if !error.ends_connection() {
            return;
        }
        let Phase::Connected(account) = lock(&self.0.phase).clone() else { return };
        self.enter(Phase::NeedsReconnecting(account, error.view()));
    }
}
