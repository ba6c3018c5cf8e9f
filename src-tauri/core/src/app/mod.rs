//! The use cases, and the only room that joins the others. Each public function of [`App`] is one thing that a
//! person does. Refuses Tauri, SQL and Atlassian's JSON. Called by the shell's commands and by the journeys.

mod accounts;
mod browse;
mod compose;
mod connect;
mod copies;
mod deliver;
mod desktop;
mod edit;
mod error;
mod import;
mod line;
mod links;
mod look;
mod outbox;
mod ports;
mod quick;
mod reading;
mod remove;
mod send;
mod servers;
mod sites;
mod status;
mod sync;
mod tell;
mod template;
mod unreadable;
mod watch;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::sync::{Notify, watch as seen};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use error::{Error, Field, TitleClash, TokenTrouble, Trouble};
pub use ports::{Browser, Desktop, Event, Notification, Opens, Window};
pub use reading::Ended;

use crate::api::{ErrorCode, ErrorView};
use crate::auth::{self, Keychain, Session};
use crate::clock::Clock;
use crate::confluence::Confluence;
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::OrganizationId;
use crate::http::{Http, Limits};
use crate::store::{self, Damage, Next, OlderFolder, Removed, Settled, Store};

use accounts::LoggedIn;
use connect::Phase;
use copies::Compared;
use sync::Syncing;

/// How long after the start, and after a deletion, the copy of the cache is looked at.
const A_WHILE: SignedDuration = SignedDuration::from_secs(30);

/// How old the copy may be.
const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// When a copy that failed is tried again, or a journal that somebody reads.
const LATER: SignedDuration = SignedDuration::from_mins(10);

/// How long the end of the app waits for what is on its way. Confluence answers within a second or two, and needs some
/// more for a large page; whoever quits does not expect a program to stay for longer.
pub const END_TIMEOUT: Duration = Duration::from_secs(8);

/// How long the end of the app then waits for the disk.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What the app is started with.
pub struct Setup {
    /// Where the cache lies.
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
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The browser.
    pub browser: Arc<dyn Browser>,
    /// The window.
    pub window: Arc<dyn Window>,
    /// Tray and notifications.
    pub desktop: Arc<dyn Desktop>,
    /// How long the network is waited for; [`Limits::STANDARD`] for people.
    pub limits: Limits,
}

/// The app. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    folder: PathBuf,
    /// Tells this run from earlier ones.
    run: Uuid,
    sandbox: Option<String>,
    store: Store,
    session: Session,
    confluence: Confluence,
    http: Http,
    sally: auth::SallySettings,
    servers: auth::Servers,
    sync: Syncing,
    clock: Arc<dyn Clock>,
    browser: Arc<dyn Browser>,
    window: Arc<dyn Window>,
    desktop: Arc<dyn Desktop>,
    /// What came to an end, for the desktop to notify of.
    news: UnboundedSender<(Delivery, Option<ErrorView>)>,
    /// What there is to tell before the window listens; nothing once it does.
    untold: Mutex<Option<Vec<Event>>>,
    phase: Mutex<Phase>,
    /// Who logged in. Nobody until the keyring was read.
    logged_in: seen::Sender<Option<LoggedIn>>,
    /// The sites that are connected by API tokens.
    sites: Mutex<BTreeMap<OrganizationId, sites::Connected>>,
    api_tokens: auth::ApiTokens,
    /// Held by whoever changes the sites, their tokens and what is stored of them.
    sites_turn: tokio::sync::Mutex<()>,
    /// How often each site was disconnected in this run.
    disconnects: Mutex<HashMap<OrganizationId, u64>>,
    marks: auth::Marks,
    machine: Option<String>,
    /// Whether the data is known to be no older copy of itself.
    compared: tokio::sync::Mutex<Compared>,
    /// When it was found to be one.
    restored_at: Mutex<Option<jiff::Timestamp>>,
    /// Whether the keyring was read.
    restored: seen::Sender<bool>,
    /// What the outbox was last said to have trouble with, until it writes again.
    trouble: Mutex<Option<String>>,
    /// Rung when there may be something to deliver.
    bell: Notify,
    /// The search for pages that is under way.
    finding: Mutex<CancellationToken>,
    /// Held while the spaces of an organization are being fetched.
    refreshing: Mutex<HashMap<OrganizationId, Arc<tokio::sync::Mutex<()>>>>,
    /// The imports that are under way.
    importing: Mutex<import::Importing>,
    /// The folder that is watched for meetings.
    watching: Mutex<Option<watch::Watching>>,
    /// Items that were removed and can be put back.
    removed: Mutex<VecDeque<Removed>>,
    /// The copy of the cache holds what was deleted for good.
    outdated: Notify,
    /// Held while everything is removed; whether the keyring had anything of this data.
    removing: tokio::sync::Mutex<Option<bool>>,
    /// Cancelled when the app ends.
    ending: CancellationToken,
    /// What the end of the app waits for.
    tasks: TaskTracker,
    /// Cancelled when it has waited long enough.
    abandoned: CancellationToken,
}

impl App {
    /// Opens the cache, begins to read the keyring, and goes on with deliveries that were stored and not sent. No
    /// request is made unless there is such a delivery.
    pub async fn start(setup: Setup) -> Result<Self, Error> {
        let (folder, older) = (setup.folder, setup.older_folder);
        let settle_and_open = move || {
            let settled = store::settle(&folder, older.as_deref())?;
            Store::open(&settled.folder).map(|opened| (settled, opened))
        };
        let (Settled { folder, found }, opened) = tokio::task::spawn_blocking(settle_and_open).await??;
        let http = Http::with_limits(setup.limits);
        let sandbox = setup.atlassian.sandbox();
        let api = setup.atlassian.api_url.clone();
        let session =
            Session::new(setup.atlassian, http.clone(), setup.keychain, Arc::clone(&setup.clock), &folder);
        let (news, heard) = mpsc::unbounded_channel();
        let app = Self(Arc::new(Parts {
            folder,
            run: Uuid::now_v7(),
            sandbox,
            store: opened.store,
            http: http.clone(),
            sally: setup.sally,
            servers: auth::Servers::new(setup.server_keychain),
            sync: Syncing::default(),
            confluence: Confluence::new(http, session.clone(), api, Arc::clone(&setup.clock)),
            session,
            clock: setup.clock,
            browser: setup.browser,
            window: setup.window,
            desktop: setup.desktop,
            news,
            untold: Mutex::new(Some(Vec::new())),
            phase: Mutex::new(Phase::default()),
            logged_in: seen::Sender::new(None),
            sites: Mutex::default(),
            sites_turn: tokio::sync::Mutex::default(),
            disconnects: Mutex::default(),
            api_tokens: auth::ApiTokens::new(setup.token_keychain),
            marks: auth::Marks::new(setup.marks),
            machine: setup.machine,
            compared: tokio::sync::Mutex::default(),
            restored_at: Mutex::default(),
            trouble: Mutex::default(),
            restored: seen::Sender::new(false),
            bell: Notify::new(),
            finding: Mutex::default(),
            refreshing: Mutex::default(),
            importing: Mutex::default(),
            watching: Mutex::default(),
            removed: Mutex::default(),
            outdated: Notify::new(),
            removing: tokio::sync::Mutex::default(),
            ending: CancellationToken::new(),
            tasks: TaskTracker::new(),
            abandoned: CancellationToken::new(),
        }));
        if let Some(found) = found {
            app.tell_older_folder(&found);
        }
        if let Some(damage) = opened.damage {
            app.tell_damage(damage).await?;
        }
        app.restore_connection().await?;
        app.start_outbox();
        app.start_token_watch();
        app.start_back_up();
        app.start_desktop(heard);
        // The app runs by now, and what fails from here on is told by it.
        if let Err(error) = app.tell_what_ended(opened.ended_well).await {
            app.notice(error.view());
        }
        app.resume_watching().await;
        Ok(app)
    }

    /// Says what became of the folder of earlier versions.
    fn tell_older_folder(&self, found: &OlderFolder) {
        let message = match found {
            OlderFolder::Stayed { wanted } => format!(
                "Sally Desktop's data could not be moved to “{}”, since another program holds it. It is used where it is, in \
                 “{}”, and moved at a later start.",
                wanted.display(),
                self.0.folder.display()
            ),
            OlderFolder::Two { kept } => format!(
                "Two versions of Sally Desktop each had data of their own. What was used last is here; the other data was \
                 kept as “{}”.",
                kept.display()
            ),
        };
        self.notice(ErrorView { code: ErrorCode::Failed, message, hint: None });
    }

    /// Says what became of a damaged cache. What only its copy knew may have been sent, changed or cancelled since the copy
    /// was made, so a person must look at it.
    async fn tell_damage(&self, damage: Damage) -> Result<(), Error> {
        let (aside, now) = (damage.aside.display(), self.now());
        let rest = if damage.from_copy {
            "A copy of it took its place, which may be a day old."
        } else {
            "Sally Desktop started with an empty one; import your meetings again."
        };
        let message = format!(
            "The cache was damaged and could not be read. It was kept as “{aside}”. {rest} What was not sent yet is in \
             the Outbox."
        );
        self.notice(ErrorView { code: ErrorCode::Failed, message, hint: None });
        let Some(known) = damage.only else { return Ok(()) };
        let why = ErrorView {
            code: ErrorCode::Failed,
            message: "The cache was damaged, so it is not known what became of this. Look in Confluence before you \
                      post it again."
                .to_owned(),
            hint: None,
        };
        self.0
            .store
            .write(move |tx| {
                let open = tx.deliveries().open::<ErrorView>()?.into_iter().map(|(delivery, _)| delivery);
                for delivery in open.filter(|one| !known.contains(&one.id)) {
                    let next = Next { why: Some(&why), ..Next::plain(State::NotConfirmed) };
                    tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
                }
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Copies the cache when the start is over, unless that was done within a day; each day; and soon after something was
    /// deleted for good. First, what is left of that is swept out of the file.
    fn start_back_up(&self) {
        let app = self.clone();
        self.spawn(async move {
            let mut next = app.after(A_WHILE);
            loop {
                tokio::select! {
                    () = app.0.clock.until(next) => {}
                    () = app.0.outdated.notified() => {
                        next = next.min(app.after(A_WHILE));
                        continue;
                    }
                    () = app.0.ending.cancelled() => return,
                }
                next = match app.back_up().await {
                    Ok(due) => due.max(app.after(A_WHILE)),
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "the cache could not be copied"
                        );
                        app.after(LATER)
                    }
                };
            }
        });
    }

    /// Answers when to look again.
    async fn back_up(&self) -> Result<jiff::Timestamp, crate::store::Error> {
        let store = &self.0.store;
        store.sweep().await?;
        let due = store.back_up(self.now(), A_DAY).await?;
        // The copy may have been what held up the journal.
        Ok(if store.sweep().await? { due } else { due.min(self.after(LATER)) })
    }

    fn after(&self, pause: SignedDuration) -> jiff::Timestamp {
        self.now().saturating_add(pause).unwrap_or(jiff::Timestamp::MAX)
    }

    /// Ends the app: nothing new is begun, what is on its way is waited for and recorded, and the cache is closed. Returns
    /// within seconds, whatever hangs: what was not answered by then is doubted by the next start.
    pub async fn end(&self) {
        self.0.ending.cancel();
        self.0.store.give_up();
        self.0.tasks.close();
        // Not by the app's clock: that may be set back, and a person waits for this.
        if tokio::time::timeout(END_TIMEOUT, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("the app ends although something is still on its way");
            self.0.abandoned.cancel();
        }
        let closed = async {
            self.0.tasks.wait().await;
            self.0.store.settled().await;
            let store = self.0.store.clone();
            tokio::task::spawn_blocking(move || store.close()).await
        };
        if tokio::time::timeout(CLOSE_TIMEOUT, closed).await.is_err() {
            tracing::warn!("the app ends although the disk is busy");
        }
    }

    /// Starts a task that the end of the app waits for.
    fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) {
        self.0.tasks.spawn(self.0.abandoned.clone().run_until_cancelled_owned(task));
    }

    /// Tells the window, as soon as it listens.
    fn tell(&self, event: Event) {
        match &mut *lock(&self.0.untold) {
            Some(untold) => untold.push(event),
            None => self.0.window.tell(event),
        }
    }

    /// The window listens from now on.
    fn listened(&self) {
        for event in lock(&self.0.untold).take().into_iter().flatten() {
            self.0.window.tell(event);
        }
    }

    fn notice(&self, notice: ErrorView) {
        self.tell(Event::Notice(notice));
    }

    fn now(&self) -> jiff::Timestamp {
        self.0.clock.now()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is changed in one step, so a panic elsewhere leaves it whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
