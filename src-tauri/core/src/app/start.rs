//! The start: opens the database, makes the parts and hands each what it needs, and says what the last run left.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::consent::Consent;
use super::desktop::Around;
use super::dialogs::Dialogs;
use super::events::Events;
use super::library::Library;
use super::links::Links;
use super::login::Login;
use super::network::Network;
use super::outbox::Outbox;
use super::pickers::Pickers;
use super::reader::Reader;
use super::sync::Sync;
use super::tasks::Tasks;
use super::upkeep::Upkeep;
use super::{App, Browser, Desktop, Error, Parts, Window, library, login, outbox, sync};
use crate::auth::{self, ApiTokens, EntryLock, Keychain, Marks, MemoryKeychain, ProxyPasswords, Session};
use crate::clock::Clock;
use crate::confluence::Confluence;
use crate::domain::delivery::State;
use crate::domain::problem::{self, Database, Problem};
use crate::http::proxy::{NoSystemProxies, Proxies, SystemProxies, Variables};
use crate::http::{Http, Limits};
use crate::store::{self, Damage, Next, OlderFolder, Settled, Store};

/// What the app is started with.
pub struct Setup {
    /// Where the database lies.
    pub folder: PathBuf,
    /// Where earlier versions had it, if that may be another folder: it is brought from there.
    pub older_folder: Option<PathBuf>,
    /// Where Atlassian is, and who the app is to it.
    pub atlassian: auth::Settings,
    /// Where the tokens are kept.
    pub keychain: Arc<dyn Keychain>,
    /// Where the API tokens of sites are kept.
    pub token_keychain: Arc<dyn Keychain>,
    /// Where it is kept beside them how often the data was used, so that an older copy of it is noticed.
    pub marks: Arc<dyn Keychain>,
    /// The machine's own id, where it has one.
    pub machine: Option<String>,
    /// Where Sally is.
    pub sally: auth::SallySettings,
    /// Where the tokens of servers that meetings come from are kept.
    pub server_keychain: Arc<dyn Keychain>,
    /// Where the locks of the keyring's entries lie: a folder that is closed to others, the same for all data of the person.
    pub lock_folder: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The browser.
    pub browser: Arc<dyn Browser>,
    /// The window.
    pub window: Arc<dyn Window>,
    /// Tray and notifications.
    pub desktop: Arc<dyn Desktop>,
    /// How the outside is reached.
    pub outside: Outside,
    /// How long the network is waited for; [`Limits::STANDARD`] for people.
    pub limits: Limits,
    /// How long a file may be read; [`READ_TIMEOUT`](super::READ_TIMEOUT) for people.
    pub read_timeout: Duration,
}

/// How the outside is reached.
pub struct Outside {
    /// What the environment says of proxies.
    pub variables: Variables,
    /// What the system does.
    pub system: Arc<dyn SystemProxies>,
    /// Where names and passwords for proxies are kept.
    pub keychain: Arc<dyn Keychain>,
}

impl Outside {
    /// Without any proxy, whatever the environment and the system say: for tests.
    pub fn direct() -> Self {
        let keychain = Arc::new(MemoryKeychain::new());
        Self { variables: Variables::default(), system: Arc::new(NoSystemProxies), keychain }
    }

    fn open(self, lock: EntryLock) -> (ProxyPasswords, Proxies) {
        let passwords = ProxyPasswords::new(self.keychain, lock);
        let proxies = Proxies::new(self.variables, self.system, Arc::new(passwords.clone()));
        (passwords, proxies)
    }
}

/// Of the login, the API tokens, the tokens of servers and the passwords for proxies.
fn entry_locks(folder: &Path, atlassian: &auth::Settings, sally: &auth::SallySettings) -> [EntryLock; 4] {
    [
        atlassian.keychain_entry(),
        atlassian.api_tokens_entry(),
        sally.keychain_entry(),
        atlassian.proxies_entry(),
    ]
    .map(|entry| EntryLock::new(folder, &entry))
}

impl App {
    /// Opens the database, begins to read the keyring, and goes on with deliveries that were stored and not sent. No request
    /// is made unless there is such a delivery.
    pub async fn start(setup: Setup) -> Result<Self, Error> {
        let (folder, older) = (setup.folder, setup.older_folder);
        let settle_and_open = move || {
            let settled = store::settle(&folder, older.as_deref())?;
            Store::open(&settled.folder).map(|opened| (settled, opened))
        };
        let (Settled { folder, found }, opened) = tokio::task::spawn_blocking(settle_and_open).await??;
        let (store, clock) = (opened.store, setup.clock);
        let now = clock.now();
        let (events, tasks) = (Events::new(setup.window), Tasks::default());
        let sandbox = setup.atlassian.sandbox();
        let api = setup.atlassian.api_url.clone();
        let [login_lock, site_lock, server_lock, proxy_lock] =
            entry_locks(&setup.lock_folder, &setup.atlassian, &setup.sally);
        let locks = [&login_lock, &site_lock, &server_lock, &proxy_lock].map(|lock| lock.file().to_owned());
        let (passwords, proxies) = setup.outside.open(proxy_lock);
        let http = Http::new(setup.limits, proxies);
        let session =
            Session::new(setup.atlassian, http.clone(), setup.keychain, Arc::clone(&clock), login_lock);
        let login = Login::new(login::Parts {
            confluence: Confluence::new(http.clone(), session.clone(), api.clone(), Arc::clone(&clock)),
            session,
            api_tokens: ApiTokens::new(setup.token_keychain, site_lock),
            store: store.clone(),
            clock: Arc::clone(&clock),
            browser: Arc::clone(&setup.browser),
            events: events.clone(),
            tasks: tasks.clone(),
        });
        let (outcomes, heard) = mpsc::unbounded_channel();
        let outbox = Outbox::new(outbox::Parts {
            store: store.clone(),
            clock: Arc::clone(&clock),
            events: events.clone(),
            tasks: tasks.clone(),
            signers: login.signers(),
            folder: folder.clone(),
            marks: Marks::new(setup.marks),
            machine: setup.machine,
            outcomes,
        });
        let reader = Reader::new(store.clone(), setup.read_timeout);
        let upkeep = Upkeep::new(store.clone(), Arc::clone(&clock), tasks.clone());
        let consent = Consent::new(Arc::clone(&setup.desktop));
        let network = Network { http: http.clone(), passwords, outbox: outbox.clone(), api: api.clone() };
        let app = Self(Arc::new(Parts {
            sync: Sync::new(sync::Parts {
                store: store.clone(),
                clock: Arc::clone(&clock),
                events: events.clone(),
                tasks: tasks.clone(),
                http,
                reader: reader.clone(),
                consent: consent.clone(),
                sally: setup.sally,
                tokens: auth::Servers::new(setup.server_keychain, server_lock),
            }),
            library: Library::new(library::Parts {
                store: store.clone(),
                clock: Arc::clone(&clock),
                events: events.clone(),
                tasks: tasks.clone(),
                reader: reader.clone(),
                upkeep: upkeep.clone(),
            }),
            dialogs: Dialogs::new(store.clone(), Arc::clone(&clock), login.signers(), outbox.clone()),
            links: Links::new(store.clone(), Arc::clone(&clock), login.signers(), setup.browser, consent),
            pickers: Pickers::new(store.clone(), clock, events.clone(), tasks.clone(), login.signers(), api),
            around: Around::new(store.clone(), events.clone(), setup.desktop),
            folder,
            locks,
            sandbox,
            store,
            events,
            tasks,
            login,
            outbox,
            network,
            removing: tokio::sync::Mutex::default(),
        }));
        let Parts { events, login, outbox, library, around, tasks, .. } = &*app.0;
        if let Some(found) = found {
            app.tell_older_folder(found);
        }
        if let Some(damage) = opened.damage {
            app.tell_damage(damage, now).await?;
        }
        login.restore().await?;
        outbox.start();
        login.start_expiry_watch();
        login.start_lock_watch();
        upkeep.start();
        around.start(tasks, heard);
        // The app runs by now, and what fails from here on is told by it.
        if let Err(error) = reader.tell_what_ended(events, opened.ended_well).await {
            events.notice(&error.problem());
        }
        library.resume_watching().await;
        Ok(app)
    }

    /// Says what became of the folder of earlier versions.
    fn tell_older_folder(&self, found: OlderFolder) {
        let problem = match found {
            OlderFolder::Stayed { wanted } => Database::NotMoved { wanted, folder: self.0.folder.clone() },
            OlderFolder::Two { kept } => Database::Two { kept },
        };
        self.0.events.notice(&Problem::Database(problem));
    }

    /// Says what became of a damaged database. What only its copy knew may have been sent, changed or cancelled since the copy
    /// was made, so a person must look at it.
    async fn tell_damage(&self, damage: Damage, now: Timestamp) -> Result<(), Error> {
        let Damage { aside, from_copy, only } = damage;
        self.0.events.notice(&Problem::Database(Database::Damaged { aside, from_copy }));
        let Some(known) = only else { return Ok(()) };
        let why = Problem::Delivery(problem::Delivery::Damaged);
        self.0
            .store
            .write(move |tx| {
                let open = tx.deliveries().open()?.into_iter().map(|(delivery, _)| delivery);
                for delivery in open.filter(|one| !known.contains(&one.id)) {
                    let next = Next { why: Some(&why), ..Next::plain(State::NotConfirmed) };
                    tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(())
    }
}
