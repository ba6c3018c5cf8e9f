//! The app at work, without a window: its data in a temporary folder, its keyrings in memory, and a browser that only
//! notes what it is to open, except for the page on which a person logs in. Refuses the person's own data and keyring.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sally_core::api::{ConnectToken, Connection, FindPages};
use sally_core::app::{App, Browser, Event, Outside, READ_TIMEOUT, Setup, Window};
use sally_core::auth::{Keychain, MemoryKeychain, SallySettings, Settings as Atlassian};
use sally_core::domain::destination::Page;
use sally_core::domain::id::{ItemId, OrganizationId, PageId};
use sally_core::http::Limits;
use sally_core::http::proxy::Variables;
use tempfile::TempDir;
use url::Url;

use super::checks::Check;
use super::desktop::BareDesktop;
use super::http::Wiki;
use super::item::sample_items;
use super::relay::Relay;
use super::{Hands, Trial, Way};

/// What lies around the app: its data and its keyrings, which end with the trial.
pub(super) struct Around {
    folder: TempDir,
    keychain: Arc<MemoryKeychain>,
    token_keychain: Arc<MemoryKeychain>,
    marks: Arc<MemoryKeychain>,
}

impl Around {
    /// Fresh ones.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir().context("a temporary folder")?,
            keychain: Arc::default(),
            token_keychain: Arc::default(),
            marks: Arc::default(),
        })
    }
}

/// A browser that notes what it is to open, and lets a person log in.
struct Opener {
    noted: Mutex<Vec<Url>>,
    hands: Arc<dyn Hands>,
}

impl Opener {
    fn last(&self) -> Option<Url> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

impl Browser for Opener {
    fn open(&self, address: &Url) -> std::io::Result<()> {
        if address.path().ends_with("/authorize") {
            self.hands.open(address);
        }
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).push(address.clone());
        Ok(())
    }
}

struct NoWindow;

impl Window for NoWindow {
    fn tell(&self, _: Event) {}

    fn come_to_front(&self) {}
}

/// The app at work.
pub(super) struct Journey {
    /// The core.
    pub(super) app: App,
    opener: Arc<Opener>,
    /// The site's.
    pub(super) organization: OrganizationId,
    /// Those of a sample meeting.
    pub(super) items: Vec<ItemId>,
    /// The page that was made.
    pub(super) page: Option<Page>,
    /// Whether the comment on it was made.
    pub(super) is_commented: bool,
    /// The page's link, if it leads to the site.
    pub(super) link: Option<String>,
    /// A word of it.
    pub(super) words: String,
}

impl Journey {
    /// Ends the app.
    pub(super) async fn end(self) {
        self.app.end().await;
    }

    /// What was opened last.
    pub(super) fn opened(&self) -> Option<Url> {
        self.opener.last()
    }

    /// The page that a link leads to, as the app finds it.
    pub(super) async fn follow(&self, link: String) -> Result<PageId, String> {
        let query = link;
        let wanted = FindPages { organization: None, space: None, query, parent: false };
        let found = self.app.find_pages(wanted).await.map_err(|error| error.view().message)?;
        found.pages.into_iter().next().map(|found| found.page.id).ok_or_else(|| "no page".to_owned())
    }
}

impl Trial {
    /// Starts the app and connects it. By way of a relay on this machine, where there is one.
    pub(super) async fn connect(
        &mut self,
        around: &Around,
        wiki: &Wiki,
        relay: Option<&Relay>,
    ) -> Result<Journey> {
        let lookup = |name: &str| match relay {
            Some(relay) if name == "SALLY_ATLASSIAN_API_URL" => Some(relay.url()),
            _ => (self.settings.lookup)(name),
        };
        let opener = Arc::new(Opener { noted: Mutex::default(), hands: Arc::clone(&self.settings.hands) });
        let app = App::start(Setup {
            folder: around.folder.path().to_owned(),
            older_folder: None,
            atlassian: Atlassian::read(lookup)?,
            keychain: Arc::clone(&around.keychain) as Arc<dyn Keychain>,
            token_keychain: Arc::clone(&around.token_keychain) as Arc<dyn Keychain>,
            marks: Arc::clone(&around.marks) as Arc<dyn Keychain>,
            machine: None,
            sally: SallySettings::read(|_| None)?,
            server_keychain: Arc::new(MemoryKeychain::default()),
            lock_folder: around.folder.path().to_owned(),
            clock: (self.settings.clock)(),
            browser: Arc::clone(&opener) as Arc<dyn Browser>,
            window: Arc::new(NoWindow),
            desktop: Arc::new(BareDesktop),
            outside: Outside {
                variables: Variables::read(|name| std::env::var(name).ok()),
                ..Outside::direct()
            },
            limits: Limits::STANDARD,
            read_timeout: READ_TIMEOUT,
        })
        .await?;
        let items = sample_items(&app).await?;
        let site = relay.map_or_else(|| wiki.site.to_string(), Relay::site);
        let connected = match &self.settings.way {
            Way::Token { email, token } => {
                let wanted =
                    ConnectToken { site, email: email.clone(), token: token.clone().into(), expires: None };
                app.connect_token(wanted).await.map(|view| {
                    let missing = view.needs.iter().filter(|need| !need.met);
                    let missing = missing.map(|need| need.scope.clone()).collect();
                    (view.organization.id, vec![(view.name, "PERSON"), (view.account.0, "ACCOUNT")], missing)
                })
            }
            Way::Login => self.log_in(&app, wiki, relay.is_some()).await,
        };
        let (organization, people, missing): (OrganizationId, Vec<(String, &str)>, Vec<String>) =
            match connected.map_err(|error| error.view().message) {
                Ok(connected) => connected,
                Err(message) => {
                    if relay.is_none() {
                        self.notes.is(Check::Connect, false, &message);
                    }
                    app.end().await;
                    bail!("the app does not connect: {message}");
                }
            };
        for (text, name) in people {
            self.notes.hide(&text, name);
        }
        if relay.is_none() {
            self.notes.is(Check::Connect, true, "connected");
            let seen = if missing.is_empty() {
                "all".to_owned()
            } else {
                format!("missing: {}", missing.join(", "))
            };
            self.notes.is(Check::Needs, missing.is_empty(), &seen);
        }
        Ok(Journey {
            app,
            opener,
            organization,
            items,
            page: None,
            is_commented: false,
            link: None,
            words: String::new(),
        })
    }

    async fn log_in(
        &self,
        app: &App,
        wiki: &Wiki,
        is_known: bool,
    ) -> Result<(OrganizationId, Vec<(String, &'static str)>, Vec<String>), sally_core::app::Error> {
        app.status().await?;
        if !is_known {
            self.settings.hands.say("Now the app itself logs in: a second login.");
            app.connect().await?;
        }
        let since = Instant::now();
        let account = loop {
            match app.connection() {
                Connection::Connected(account) => break Some(account),
                Connection::Waiting { .. } | Connection::Finishing => {}
                _ if since.elapsed() < self.settings.timeouts.look * 3 => {}
                _ => break None,
            }
            if since.elapsed() > self.settings.timeouts.login {
                break None;
            }
            tokio::time::sleep(self.settings.timeouts.look / 5).await;
        };
        let Some(account) = account else {
            return Err(sally_core::app::Error::Auth(sally_core::auth::Error::NotConnected));
        };
        let mut people = vec![(account.name, "PERSON"), (account.id.0, "ACCOUNT")];
        people.extend(account.email.map(|email| (email, "EMAIL")));
        people.extend(account.organizations.iter().map(|one| (one.name.clone(), "SITE")));
        people.extend(account.organizations.iter().map(|one| (one.id.0.clone(), "CLOUD")));
        Ok((OrganizationId(wiki.id.clone()), people, account.missing_scopes))
    }
}
