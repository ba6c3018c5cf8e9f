//! The core with a sandbox, a browser that only notes addresses, and a window that only notes what it is told.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use sally_core::adf::{self, Document};
use sally_core::api::{
    Compose, Connection, DeliveryState, DeliveryView, Draft, ListMeetings, MeetingView, Send,
};
use sally_core::app::{App, Browser, Event, Notification, Setup, Window};
use sally_core::auth::{Keychain, MemoryKeychain, SallySettings, Settings};
use sally_core::clock::{Clock, ManualClock, SystemClock};
use sally_core::domain::destination::{Action, Destination, Page, Space};
use sally_core::domain::id::{ItemId, OrganizationId, PageId, SpaceId};
use sally_core::http::Limits;
use sandbox::{Options, Sandbox};
use tempfile::TempDir;
use tokio::sync::mpsc;
use url::Url;

use super::browser::NotedBrowser;
use super::desktop::{NotedDesktop, Shown};

/// How a delivery stands that arrived as it was.
pub(super) const SENT: DeliveryState = DeliveryState::Sent { note: None };

/// Longest wait for something that is on its way.
const PATIENCE: Duration = Duration::from_secs(20);

struct NotedWindow(mpsc::UnboundedSender<Event>);

impl Window for NotedWindow {
    fn tell(&self, event: Event) {
        // A test that is over listens no longer.
        let _ = self.0.send(event);
    }

    fn come_to_front(&self) {}
}

/// A document of these words, in Markdown.
pub(super) fn words(markdown: &str) -> Document {
    adf::from_markdown(markdown, &mut || "id".to_owned())
}

/// The core under test.
pub(super) struct TestApp {
    pub(super) app: App,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) folder: Arc<TempDir>,
    pub(super) keychain: Arc<dyn Keychain>,
    /// Where the tokens of meeting servers are kept.
    pub(super) server_keychain: Arc<dyn Keychain>,
    /// The app's clock, which stands still until it is moved.
    pub(super) clock: Arc<ManualClock>,
    browser: Arc<NotedBrowser>,
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

    /// The app on a sandbox, a folder and a keyring.
    pub(super) async fn open(
        sandbox: Arc<Sandbox>,
        folder: Arc<TempDir>,
        keychain: Arc<dyn Keychain>,
    ) -> Self {
        Self::open_with(sandbox, folder, keychain, Arc::new(MemoryKeychain::default())).await
    }

    async fn open_with(
        sandbox: Arc<Sandbox>,
        folder: Arc<TempDir>,
        keychain: Arc<dyn Keychain>,
        server_keychain: Arc<dyn Keychain>,
    ) -> Self {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let browser = Arc::new(NotedBrowser::default());
        let (tell, events) = mpsc::unbounded_channel();
        let (desktop, shown) = NotedDesktop::new();
        let app = App::start(Setup {
            folder: folder.path().to_owned(),
            atlassian: Settings::read(|name| sandbox.variable(name)).unwrap(),
            keychain: Arc::clone(&keychain),
            sally: SallySettings::read(|name| sandbox.variable(name)).unwrap(),
            server_keychain: Arc::clone(&server_keychain),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            browser: Arc::clone(&browser) as Arc<dyn Browser>,
            window: Arc::new(NotedWindow(tell)),
            desktop: Arc::new(desktop),
            limits: Limits::STANDARD,
        })
        .await
        .unwrap();
        app.status().await.unwrap();
        Self { app, sandbox, folder, keychain, server_keychain, clock, browser, events, shown }
    }

    /// Ends the app, and starts it again on the same folder, keyring and sandbox.
    pub(super) async fn restarted(self) -> Self {
        self.app.end();
        let Self { sandbox, folder, keychain, server_keychain, .. } = self;
        Self::open_with(sandbox, folder, keychain, server_keychain).await
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

    /// The next event that `wanted` takes; others are passed over. It must come within [`PATIENCE`].
    pub(super) async fn next<T>(&mut self, mut wanted: impl FnMut(Event) -> Option<T>) -> T {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(found) = wanted(self.events.recv().await.unwrap()) {
                    return found;
                }
            }
        })
        .await
        .unwrap()
    }

    /// The next thing on the desktop that `wanted` takes; others are passed over. It must come within [`PATIENCE`].
    pub(super) async fn shown<T>(&mut self, mut wanted: impl FnMut(Shown) -> Option<T>) -> T {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(found) = wanted(self.shown.recv().await.unwrap()) {
                    return found;
                }
            }
        })
        .await
        .unwrap()
    }

    /// The next notification.
    pub(super) async fn notification(&mut self) -> Notification {
        self.shown(|shown| match shown {
            Shown::Notification(notification) => Some(notification),
            Shown::Tray(_) => None,
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
        loop {
            match self.changed(delivery).await {
                DeliveryState::Queued | DeliveryState::Sending => {}
                DeliveryState::Held { .. } | DeliveryState::Checking { .. } => {
                    self.clock.advance(SignedDuration::from_mins(1));
                }
                settled => return settled,
            }
        }
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

    pub(super) fn acme(&self) -> OrganizationId {
        OrganizationId(self.sandbox.organizations()[0].cloud_id.clone())
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
