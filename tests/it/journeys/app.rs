//! The harness: the core with a sandbox, a browser that records addresses, and a window that records events.
//!
//! Longer than 400 lines: the one harness of all journeys, with a verb for each thing that they do.

use std::fmt::Debug;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc as blocking};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sally_core::adf::{self, Document};
use sally_core::api::{
    Compose, Connection, DeliveryState, DeliveryView, Draft, ErrorView, FindSpaces, ListMeetings,
    MeetingView, ReadTranscript, RefreshSpaces, Send, Spaces,
};
use sally_core::app::{App, Browser, Error, Event, Notification, Outside, READ_TIMEOUT, Setup, Window};
use sally_core::auth::{Keychain, MemoryKeychain, SallySettings, Settings};
use sally_core::clock::{Clock, ManualClock, SystemClock};
use sally_core::domain::destination::{Action, Destination, Page, Space};
use sally_core::domain::id::{ItemId, MeetingId, OrganizationId, PageId, SpaceId};
use sally_core::http::Limits;
use sandbox::{Options, Sandbox};
use tempfile::TempDir;
use tokio::sync::mpsc;
use url::Url;

use super::browser::NotedBrowser;
use super::desktop::{NotedDesktop, Shown};

/// How a delivery stands that arrived as it was.
pub(super) const SENT: DeliveryState = DeliveryState::Sent { note: None };

/// Timeout for events that a test waits for.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Waits for something that is on its way. Names it if it does not come.
pub(super) async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(TIMEOUT, coming).await;
    came.unwrap_or_else(|_| panic!("{what}: not within {TIMEOUT:?}"))
}

pub(super) struct NotedWindow {
    note: mpsc::UnboundedSender<Event>,
    fails: Arc<AtomicBool>,
    in_front: Arc<AtomicUsize>,
    held: Held,
}

/// What whoever tells the window next that a delivery needs a person waits for, if anything.
type Held = Arc<Mutex<Option<blocking::Receiver<()>>>>;

impl NotedWindow {
    /// The window, and what it notes.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (note, noted) = mpsc::unbounded_channel();
        let (fails, in_front, held) = (Arc::default(), Arc::default(), Arc::default());
        (Self { note, fails, in_front, held }, noted)
    }
}

impl Window for NotedWindow {
    fn tell(&self, event: Event) {
        let is_on_its_way =
            matches!(&event, Event::Delivery(view) if matches!(view.state, DeliveryState::Sending));
        assert!(
            !(is_on_its_way && self.fails.swap(false, Ordering::SeqCst)),
            "a fault, as the test wants it"
        );
        let needs_person =
            matches!(&event, Event::Delivery(view) if matches!(view.state, DeliveryState::NeedsYou { .. }));
        // A test that is over listens no longer.
        let _ = self.note.send(event);
        let held = if needs_person { self.held.lock().unwrap().take() } else { None };
        if let Some(held) = held {
            // Until the other end is dropped.
            let _ = tokio::task::block_in_place(|| held.recv());
        }
    }

    fn come_to_front(&self) {
        self.in_front.fetch_add(1, Ordering::SeqCst);
    }
}

/// A document of these words, in Markdown.
pub(super) fn words(markdown: &str) -> Document {
    adf::from_markdown(markdown, &mut || "id".to_owned())
}

/// What is there without the app.
pub(super) struct Around {
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) folder: Arc<TempDir>,
    pub(super) keychain: Arc<dyn Keychain>,
    pub(super) marks: Arc<dyn Keychain>,
    pub(super) token_keychain: Arc<dyn Keychain>,
    pub(super) server_keychain: Arc<dyn Keychain>,
    pub(super) locks: Arc<TempDir>,
    pub(super) machine: &'static str,
}

impl Around {
    /// Nothing was kept yet but in this folder and this keyring.
    fn fresh(sandbox: Arc<Sandbox>, folder: Arc<TempDir>, keychain: Arc<dyn Keychain>) -> Self {
        Self {
            sandbox,
            folder,
            keychain,
            marks: Arc::new(MemoryKeychain::default()),
            token_keychain: Arc::new(MemoryKeychain::default()),
            server_keychain: Arc::new(MemoryKeychain::default()),
            locks: Arc::new(tempfile::tempdir().unwrap()),
            machine: "this machine",
        }
    }
}

/// The next of what was noted that `wanted` takes; what is passed over is named if it does not come.
async fn next<N: Clone + Debug, T>(
    noted: &mut mpsc::UnboundedReceiver<N>,
    mut wanted: impl FnMut(N) -> Option<T>,
    asked: &'static Location<'static>,
) -> T {
    let mut passed = Vec::new();
    let found = async {
        loop {
            let next = noted.recv().await.unwrap();
            passed.push(next.clone());
            if let Some(found) = wanted(next) {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(TIMEOUT, found).await;
    found.unwrap_or_else(|_| panic!("{asked}: it did not come within {TIMEOUT:?}, only {passed:?}"))
}

/// The core under test.
pub(super) struct TestApp {
    pub(super) app: App,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) folder: Arc<TempDir>,
    pub(super) keychain: Arc<dyn Keychain>,
    /// Where it is kept beside them how often the data was used.
    pub(super) marks: Arc<dyn Keychain>,
    /// Where the API tokens of sites are kept.
    pub(super) token_keychain: Arc<dyn Keychain>,
    /// Where the tokens of meeting servers are kept.
    pub(super) server_keychain: Arc<dyn Keychain>,
    /// Where the locks of the keyring's entries lie.
    locks: Arc<TempDir>,
    /// The app's clock, which stands still until it is moved.
    pub(super) clock: Arc<ManualClock>,
    browser: Arc<NotedBrowser>,
    /// Whether whoever tells the window next that something is on its way fails.
    telling_fails: Arc<AtomicBool>,
    in_front: Arc<AtomicUsize>,
    telling_held: Held,
    /// What the person answers where the desktop asks.
    allows: Arc<AtomicBool>,
    events: mpsc::UnboundedReceiver<Event>,
    shown: mpsc::UnboundedReceiver<Shown>,
}

impl TestApp {
    /// A fresh profile.
    pub(super) async fn new() -> Self {
        Self::with_keychain(Arc::new(MemoryKeychain::default())).await
    }

    /// A fresh profile whose tokens are kept here.
    pub(super) async fn with_keychain(keychain: Arc<dyn Keychain>) -> Self {
        let sandbox = Arc::new(Sandbox::start(Options::default()).await.unwrap());
        Self::open(sandbox, Arc::new(tempfile::tempdir().unwrap()), keychain).await
    }

    /// A fresh profile of an app that is started otherwise than for people.
    pub(super) async fn started_with(adjust: impl FnOnce(Setup) -> Setup) -> Self {
        let sandbox = Arc::new(Sandbox::start(Options::default()).await.unwrap());
        let around = Around::fresh(
            sandbox,
            Arc::new(tempfile::tempdir().unwrap()),
            Arc::new(MemoryKeychain::default()),
        );
        Self::start_with(around, SystemClock.now(), adjust).await
    }

    /// A fresh profile that is connected.
    pub(super) async fn connected() -> Self {
        let mut app = Self::new().await;
        app.connect().await;
        app
    }

    /// A fresh profile to which the browser comes back over a port of this machine.
    pub(super) async fn on_loopback() -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let redirect = format!("http://127.0.0.1:{port}/callback");
        let options = Options { redirect_uris: vec![redirect], ..Options::default() };
        let sandbox = Arc::new(Sandbox::start(options).await.unwrap());
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::open(sandbox, folder, Arc::new(MemoryKeychain::default())).await
    }

    /// Another process of the same person, on the same data.
    pub(super) async fn sibling(&self) -> Self {
        self.sibling_on(Arc::clone(&self.folder)).await
    }

    /// Another process of the same person, on other data.
    pub(super) async fn sibling_on(&self, folder: Arc<TempDir>) -> Self {
        let around = Around {
            sandbox: Arc::clone(&self.sandbox),
            folder,
            keychain: Arc::clone(&self.keychain),
            marks: Arc::clone(&self.marks),
            token_keychain: Arc::clone(&self.token_keychain),
            server_keychain: Arc::clone(&self.server_keychain),
            locks: Arc::clone(&self.locks),
            machine: "this machine",
        };
        Self::start(around, self.clock.now()).await
    }

    /// The app on a sandbox, a folder and a keyring.
    pub(super) async fn open(
        sandbox: Arc<Sandbox>,
        folder: Arc<TempDir>,
        keychain: Arc<dyn Keychain>,
    ) -> Self {
        Self::start(Around::fresh(sandbox, folder, keychain), SystemClock.now()).await
    }

    /// Starts the app at a moment.
    pub(super) async fn start(around: Around, now: Timestamp) -> Self {
        Self::start_after(None, around, now).await
    }

    /// The same after an earlier version, which had its data in another folder.
    pub(super) async fn start_after(older: Option<&Path>, around: Around, now: Timestamp) -> Self {
        let older_folder = older.map(Path::to_owned);
        Self::start_with(around, now, |setup| Setup { older_folder, ..setup }).await
    }

    /// The same, of an app that is started otherwise than for people.
    pub(super) async fn start_with(
        around: Around,
        now: Timestamp,
        adjust: impl FnOnce(Setup) -> Setup,
    ) -> Self {
        let (setup, started) = Self::set_up(around, now);
        let app = App::start(adjust(setup)).await.unwrap();
        app.status().await.unwrap();
        started(app)
    }

    /// Why the app does not start on a folder.
    pub(super) async fn refused_in(folder: &Path) -> ErrorView {
        let (app, now) = (Self::new().await, SystemClock.now());
        let (setup, _) = Self::set_up(app.ended().await, now);
        App::start(Setup { folder: folder.to_owned(), ..setup }).await.err().unwrap().view()
    }

    /// What the app is started with, and what is around it once it is.
    fn set_up(around: Around, now: Timestamp) -> (Setup, impl FnOnce(App) -> Self) {
        let Around { sandbox, folder, keychain, marks, token_keychain, server_keychain, locks, machine } =
            around;
        let clock = Arc::new(ManualClock::new(now));
        let browser = Arc::new(NotedBrowser::default());
        let (window, events) = NotedWindow::new();
        let (telling_fails, in_front) = (Arc::clone(&window.fails), Arc::clone(&window.in_front));
        let telling_held = Arc::clone(&window.held);
        let allows = Arc::new(AtomicBool::new(true));
        let (desktop, shown) = NotedDesktop::new(Arc::clone(&allows));
        let setup = Setup {
            folder: folder.path().to_owned(),
            older_folder: None,
            atlassian: Settings::read(|name| sandbox.variable(name)).unwrap(),
            keychain: Arc::clone(&keychain),
            marks: Arc::clone(&marks),
            machine: Some(machine.to_owned()),
            sally: SallySettings::read(|name| sandbox.variable(name)).unwrap(),
            token_keychain: Arc::clone(&token_keychain),
            server_keychain: Arc::clone(&server_keychain),
            lock_folder: locks.path().to_owned(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            browser: Arc::clone(&browser) as Arc<dyn Browser>,
            window: Arc::new(window),
            desktop: Arc::new(desktop),
            outside: Outside::direct(),
            limits: Limits::STANDARD,
            read_timeout: READ_TIMEOUT,
        };
        let started = move |app| Self {
            app,
            sandbox,
            folder,
            keychain,
            marks,
            token_keychain,
            server_keychain,
            locks,
            clock,
            browser,
            telling_fails,
            in_front,
            telling_held,
            allows,
            events,
            shown,
        };
        (setup, started)
    }

    /// What the person answers from now on where the desktop asks.
    pub(super) fn answers(&self, allows: bool) {
        self.allows.store(allows, Ordering::SeqCst);
    }

    /// The titles of the questions that were asked beyond those that were looked at.
    pub(super) fn questions(&mut self) -> Vec<String> {
        let shown = std::iter::from_fn(|| self.shown.try_recv().ok());
        shown
            .filter_map(|shown| match shown {
                Shown::Question(question) => Some(question.title),
                Shown::Tray(_) | Shown::Notification(_) => None,
            })
            .collect()
    }

    /// The line of deliveries that goes on next fails in the middle of it.
    pub(super) fn break_next_line(&self) {
        self.telling_fails.store(true, Ordering::SeqCst);
    }

    /// Whoever tells the window next that a delivery needs a person is held up in the middle of that until the answer is
    /// dropped, and so is everybody who tells it something. Needs a runtime with several threads.
    pub(super) fn hold_next_that_needs_a_person(&self) -> blocking::Sender<()> {
        let (release, held) = blocking::channel();
        *self.telling_held.lock().unwrap() = Some(held);
        release
    }

    /// Ends the app, and starts it again on the same folder, keyring and sandbox.
    pub(super) async fn restarted(self) -> Self {
        let now = self.clock.now();
        Self::start(self.ended().await, now).await
    }

    /// The same after a while.
    pub(super) async fn restarted_after(self, pause: SignedDuration) -> Self {
        let now = self.clock.now() + pause;
        Self::start(self.ended().await, now).await
    }

    /// Starts it again on what lies there, however the last run ended.
    pub(super) async fn restarted_as_it_lies(self) -> Self {
        let now = self.clock.now();
        Self::start(self.around(), now).await
    }

    /// Ends the app, and answers what was around it.
    pub(super) async fn ended(self) -> Around {
        self.app.end().await;
        self.around()
    }

    fn around(self) -> Around {
        let Self { sandbox, folder, keychain, marks, token_keychain, server_keychain, locks, .. } = self;
        let machine = "this machine";
        Around { sandbox, folder, keychain, marks, token_keychain, server_keychain, locks, machine }
    }

    /// How often the window was brought to the front.
    pub(super) fn in_front(&self) -> usize {
        self.in_front.load(Ordering::SeqCst)
    }

    /// The addresses that were opened in the browser.
    pub(super) fn opened(&self) -> Vec<Url> {
        self.browser.opened()
    }

    /// Takes the tokens out of the keyring, as another program or a new keyring does.
    pub(super) fn empty_keyring(&self) {
        self.keychain.delete().unwrap();
    }

    pub(super) fn tokens_are_gone(&self) -> bool {
        self.keychain.load().unwrap().is_none()
    }

    /// Starts a login, and answers the address that the browser got.
    pub(super) async fn start_login(&self) -> String {
        self.app.connect().await.unwrap();
        self.opened().last().unwrap().to_string()
    }

    /// Logs in and accepts.
    pub(super) async fn connect(&mut self) {
        let address = self.start_login().await;
        let callback = sandbox::browser::accept(&address).await.unwrap();
        self.app.callback(&callback).await;
        assert!(
            matches!(self.app.connection(), Connection::Connected(_)),
            "the login must succeed: {:?}",
            self.app.connection()
        );
    }

    /// The next event that `wanted` takes; others are passed over. It must come within [`TIMEOUT`].
    #[track_caller]
    pub(super) fn next<T>(&mut self, wanted: impl FnMut(Event) -> Option<T>) -> impl Future<Output = T> {
        next(&mut self.events, wanted, Location::caller())
    }

    /// What the window was told beyond what was looked at.
    pub(super) fn told(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// The next thing on the desktop that `wanted` takes; others are passed over. It must come within [`TIMEOUT`].
    #[track_caller]
    pub(super) fn shown<T>(&mut self, wanted: impl FnMut(Shown) -> Option<T>) -> impl Future<Output = T> {
        next(&mut self.shown, wanted, Location::caller())
    }

    /// The next notification.
    pub(super) async fn notification(&mut self) -> Notification {
        self.shown(|shown| match shown {
            Shown::Notification(notification) => Some(notification),
            Shown::Tray(_) | Shown::Question(_) => None,
        })
        .await
    }

    /// How many notifications there are beyond those that were looked at.
    pub(super) fn untold_notifications(&mut self) -> usize {
        let shown = std::iter::from_fn(|| self.shown.try_recv().ok());
        shown.filter(|shown| matches!(shown, Shown::Notification(_))).count()
    }

    /// Waits until a delivery goes no further by itself, or waits for better times. Time passes meanwhile.
    pub(super) async fn settled(&mut self, delivery: &DeliveryView) -> DeliveryState {
        let id = delivery.id;
        let settled = async {
            loop {
                match self.changed(delivery).await {
                    DeliveryState::Queued | DeliveryState::Sending => {}
                    DeliveryState::Held { .. } | DeliveryState::Checking { .. } => {
                        self.clock.advance(SignedDuration::from_mins(1));
                    }
                    settled => return settled,
                }
            }
        };
        soon(&format!("delivery {id:?} settles"), settled).await
    }

    /// How a delivery stands on the list, as soon as it stands so. Time passes meanwhile, in steps of this length.
    pub(super) async fn becomes(
        &self,
        delivery: &DeliveryView,
        step: SignedDuration,
        wanted: impl Fn(&DeliveryState) -> bool,
    ) -> DeliveryState {
        let mut last = None;
        let becoming = async {
            loop {
                let all = self.app.deliveries().await.unwrap();
                last = all.into_iter().find(|one| one.id == delivery.id).map(|one| one.state);
                if let Some(found) = last.take_if(|state| wanted(state)) {
                    return found;
                }
                self.clock.advance(step);
            }
        };
        let became = tokio::time::timeout(TIMEOUT, becoming).await;
        became.unwrap_or_else(|_| panic!("not within {TIMEOUT:?}: delivery {:?} is {last:?}", delivery.id))
    }

    /// The next state of a delivery.
    pub(super) async fn changed(&mut self, delivery: &DeliveryView) -> DeliveryState {
        let id = delivery.id;
        self.next(|event| match event {
            Event::Delivery(view) if view.id == id => Some(view.state),
            _ => None,
        })
        .await
    }

    /// Writes a file into the profile's folder.
    pub(super) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The sample meetings, imported; the newest one is answered.
    pub(super) async fn sample(&self) -> MeetingView {
        self.app.load_samples().await.unwrap();
        let list =
            ListMeetings { query: "Weekly product sync".to_owned(), limit: 1, ..ListMeetings::default() };
        let row = self.app.list_meetings(list).await.unwrap().rows.remove(0);
        self.app.open_meeting(row.id).await.unwrap()
    }

    /// What was said in a meeting, up to 500 lines.
    pub(super) async fn said(&self, meeting: MeetingId) -> Vec<String> {
        let lines = ReadTranscript { meeting, offset: 0, limit: 500 };
        self.app.read_transcript(lines).await.unwrap().into_iter().map(|cue| cue.text).collect()
    }

    pub(super) fn acme(&self) -> OrganizationId {
        OrganizationId(self.sandbox.organizations()[0].cloud_id.clone())
    }

    pub(super) fn globex(&self) -> OrganizationId {
        OrganizationId(self.sandbox.organizations()[1].cloud_id.clone())
    }

    /// Brings an organization's spaces up to date, unless they are.
    pub(super) async fn refresh_spaces(&self, organization: OrganizationId) -> Result<(), Error> {
        self.app.refresh_spaces(RefreshSpaces { organization, again: false }).await
    }

    /// Spaces that match, out of those that are kept.
    pub(super) async fn spaces(&self, organization: OrganizationId, query: &str) -> Spaces {
        self.app.find_spaces(FindSpaces { organization, query: query.to_owned() }).await.unwrap()
    }

    /// The space ENG of Acme.
    pub(super) fn engineering(&self) -> Space {
        Space {
            id: SpaceId(self.sandbox.space_id("acme", "ENG").unwrap()),
            key: "ENG".to_owned(),
            name: "Engineering".to_owned(),
        }
    }

    /// A page that is there.
    pub(super) fn page(&self) -> Page {
        let id = self.sandbox.add_page("acme", "ENG", "Rollout of the flag").unwrap();
        Page { id: PageId(id), title: "Rollout of the flag".to_owned(), space: "Engineering".to_owned() }
    }

    /// What a person sends who fills the dialog for a page.
    pub(super) fn new_page(&self, item: ItemId, title: &str) -> Send {
        Send {
            items: vec![item],
            destination: Destination::NewPage {
                organization: self.acme(),
                space: self.engineering(),
                parent: None,
                title: title.to_owned(),
            },
            document: words("As agreed:\n\n- behind a flag\n- from Monday"),
            replaces: None,
            again: false,
        }
    }

    /// What a person sends who fills the dialog for a comment.
    pub(super) fn comment(&self, item: ItemId) -> Send {
        self.comment_on(item, self.page())
    }

    /// The same on another page.
    pub(super) fn comment_on(&self, item: ItemId, page: Page) -> Send {
        Send {
            items: vec![item],
            destination: Destination::Comment { organization: self.acme(), page },
            document: words("Seen in the weekly."),
            replaces: None,
            again: false,
        }
    }

    /// What the dialog for a page opens with.
    pub(super) async fn compose(&self, item: ItemId, action: Action) -> Draft {
        self.app.compose(Compose { items: vec![item], action, target: None }).await.unwrap()
    }
}
