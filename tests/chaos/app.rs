//! The app that is killed: the core without a window. It takes one command a line and answers each with a line. What it
//! answers is true even if it is killed right after.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::browser::NotedBrowser;
use super::clock::FastClock;
use super::desktop::BareDesktop;
use super::item::sample_items;
use anyhow::{Context as _, Result, bail};
use jiff::SignedDuration;
use sally_core::adf::{self, Document};
use sally_core::api::{
    Compose, ConnectToken, Connection, DeliveryState, DeliveryView, Draft, ListMeetings, QuickSend, Send,
    Settings,
};
use sally_core::app::{App, Browser, Event, Outside, READ_TIMEOUT, Setup, Window};
use sally_core::auth::{self, OsKeychain, SallySettings};
use sally_core::clock::Clock;
use sally_core::domain::destination::{Action, Destination};
use sally_core::domain::id::{DeliveryId, ItemId, OrganizationId};
use sally_core::http::Limits;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::signal::unix::{SignalKind, signal};

/// What the app is told.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    /// Log in: answered with the address that the browser gets.
    Connect,
    /// The browser came back.
    Callback(String),
    /// Connect a site by an API token.
    ConnectToken { site: String, email: String, token: String },
    /// Delete the API token of an organization's site.
    DisconnectToken(OrganizationId),
    /// Send words somewhere, about one of the items.
    Send { item: usize, destination: Destination, words: String },
    /// Send an item at once, as it is.
    Quick { item: usize, destination: Destination },
    /// Open what was not sent in its dialog, type other words, and close the dialog.
    Edit { id: DeliveryId, words: String },
    /// Open the dialog of an item again, and send what was typed in the place of what was edited.
    Create { item: usize, action: Action },
    /// Delete the tokens.
    Disconnect,
    /// Send everything that waited for long, or for another account.
    SendWaiting,
    /// Take a delivery back.
    Cancel(DeliveryId),
    /// Try again, or look again.
    Nudge(DeliveryId),
    /// Say how everything stands.
    List,
    /// Delete the meeting of the items for good, and get it anew.
    DeleteMeeting,
    /// The machine's clock is so many seconds ahead from now on.
    Clock(i64),
    /// Hold what is sent back for so many seconds from now on, so that it can be undone.
    Hold(u8),
    /// The database may grow no further, or may again.
    Fill(bool),
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// What the browser would open.
    Authorize(String),
    /// Whether it is connected.
    Connected(bool),
    /// It is stored.
    Stored(DeliveryId),
    /// It is not, by this code.
    Refused(String),
    /// It was done, or not.
    Done(bool),
    /// Everything.
    All(Vec<Standing>),
}

/// How a delivery stands.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) id: DeliveryId,
    pub(crate) title: String,
    pub(crate) state: String,
}

/// `SIGXFSZ`, on each Linux that this runs on.
const NO_ROOM: i32 = 25;

struct NoWindow;

impl Window for NoWindow {
    fn tell(&self, _: Event) {}

    fn come_to_front(&self) {}
}

/// Quicker than the app's own, since the sandbox is near.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(2),
    read: Duration::from_millis(700),
    total: Duration::from_secs(3),
    body: 4 * 1024 * 1024,
    sync: 4 * 1024 * 1024,
};

/// Runs until its input ends, or it is killed.
pub(crate) async fn run() -> Result<()> {
    let folder = PathBuf::from(std::env::var_os("SALLY_DATA_DIR").context("a folder")?);
    let since = std::env::var("SALLY_CHAOS_SINCE")?.parse()?;
    let ahead = std::env::var("SALLY_CHAOS_AHEAD")?.parse().map(SignedDuration::from_secs)?;
    let clock = Arc::new(FastClock::since(since, ahead));
    // Where this is not waited for, a file that may not grow ends the program, and a full disk does not.
    let _no_room = signal(SignalKind::from_raw(NO_ROOM))?;
    let atlassian = auth::Settings::read(|name| std::env::var(name).ok())?;
    let sally = SallySettings::read(|name| std::env::var(name).ok())?;
    let browser = Arc::new(NotedBrowser::default());
    let app = App::start(Setup {
        folder: folder.clone(),
        older_folder: None,
        keychain: Arc::new(OsKeychain::named(atlassian.keychain_entry())),
        token_keychain: Arc::new(OsKeychain::named(atlassian.api_tokens_entry())),
        marks: Arc::new(OsKeychain::named(atlassian.marks_entry())),
        machine: None,
        atlassian,
        server_keychain: Arc::new(OsKeychain::named(sally.keychain_entry())),
        lock_folder: folder,
        sally,
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        browser: Arc::clone(&browser) as Arc<dyn Browser>,
        window: Arc::new(NoWindow),
        desktop: Arc::new(BareDesktop),
        outside: Outside::direct(),
        limits: LIMITS,
        read_timeout: READ_TIMEOUT,
    })
    .await?;
    let mut items = sample_items(&app).await?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let answer = match serde_json::from_str(&line)? {
            Command::Clock(ahead) => {
                clock.put(SignedDuration::from_secs(ahead));
                Answer::Done(true)
            }
            Command::DeleteMeeting => {
                delete_meeting(&app).await?;
                items = sample_items(&app).await?;
                Answer::Done(true)
            }
            command => obey(&app, &browser, &items, command).await?,
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
        out.flush()?;
    }
    Ok(())
}

async fn obey(app: &App, browser: &NotedBrowser, items: &[ItemId], command: Command) -> Result<Answer> {
    let item = |number: usize| items[number % items.len()];
    Ok(match command {
        Command::Connect => {
            // A browser that is closed without an answer leaves the login waiting; the next one takes its place.
            app.connect().await?;
            Answer::Authorize(browser.opened().last().context("the browser was asked")?.to_string())
        }
        Command::Callback(address) => {
            app.callback(&address).await;
            Answer::Connected(matches!(app.connection(), Connection::Connected(_)))
        }
        Command::ConnectToken { site, email, token } => {
            let wanted = ConnectToken { site, email, token: token.into(), expires: None };
            Answer::Connected(app.connect_token(wanted).await.is_ok())
        }
        Command::DisconnectToken(organization) => {
            Answer::Done(app.disconnect_token(organization).await.is_ok())
        }
        Command::Send { item: number, destination, words } => {
            let (items, document) = (vec![item(number)], document(&words));
            stored(app.send(Send { items, destination, document, replaces: None, again: true }).await)
        }
        Command::Quick { item: number, destination } => {
            let wanted = QuickSend { items: vec![item(number)], target: destination.target(), again: true };
            match app.quick_send(wanted).await {
                Ok(mut sent) => stored(Ok(sent.pop().context("one is sent")?)),
                Err(error) => stored(Err(error)),
            }
        }
        Command::Edit { id, words } => match app.edit(id).await {
            Ok(draft) => {
                // Nobody keeps what is about a meeting that was deleted for good.
                Answer::Done(app.save_draft(Draft { document: document(&words), ..draft }).await.is_ok())
            }
            Err(_) => Answer::Done(false),
        },
        Command::Create { item: number, action } => {
            let draft = app.compose(Compose { items: vec![item(number)], action, target: None }).await?;
            match (draft.replaces, destination(&draft)) {
                (Some(_), Some(destination)) => {
                    let Draft { items, document, replaces, .. } = draft;
                    // Whatever else is asked is answered with yes.
                    stored(app.send(Send { items, destination, document, replaces, again: true }).await)
                }
                _ => Answer::Refused("nothing is being edited".to_owned()),
            }
        }
        Command::Disconnect => {
            app.disconnect().await?;
            Answer::Done(true)
        }
        Command::SendWaiting => Answer::Done(app.send_waiting().await.is_ok()),
        Command::Cancel(id) => {
            // A person who looks does not cancel what may have arrived.
            let doubtful = app.deliveries().await?.iter().any(|one| {
                let state = &one.state;
                one.id == id
                    && matches!(state, DeliveryState::Checking { .. } | DeliveryState::NotConfirmed { .. })
            });
            Answer::Done(!doubtful && app.cancel(id).await.is_ok())
        }
        Command::Nudge(id) => Answer::Done(app.retry(id).await.is_ok() || app.check_again(id).await.is_ok()),
        Command::Hold(seconds) => {
            let settings = app.settings().await?;
            let held = Settings { hold_seconds: seconds, quick_hold_seconds: seconds, ..settings };
            Answer::Done(app.save_settings(held).await.is_ok())
        }
        Command::Fill(is_full) => {
            app.limit_pages(if is_full { 1 } else { u32::MAX }).await?;
            Answer::Done(true)
        }
        Command::List => Answer::All(app.deliveries().await?.iter().map(standing).collect()),
        Command::DeleteMeeting | Command::Clock(_) => bail!("it concerns more than the app"),
    })
}

/// The newest meeting, whose items are sent.
async fn delete_meeting(app: &App) -> Result<()> {
    let list = app.list_meetings(ListMeetings { limit: 1, ..ListMeetings::default() }).await?;
    Ok(app.delete_meeting(list.rows.first().context("a meeting")?.id).await?)
}

fn document(words: &str) -> Document {
    adf::from_markdown(words, &mut || "id".to_owned())
}

fn stored(sent: Result<DeliveryView, sally_core::app::Error>) -> Answer {
    match sent {
        Ok(delivery) => Answer::Stored(delivery.id),
        Err(error) => Answer::Refused(format!("{:?}", error.view().code)),
    }
}

/// Where the fields of a dialog lead.
fn destination(draft: &Draft) -> Option<Destination> {
    let organization = draft.organization.clone()?;
    Some(match draft.action {
        Action::CreatePage => Destination::NewPage {
            organization,
            space: draft.space.clone()?,
            parent: draft.parent.clone(),
            title: draft.title.clone(),
        },
        Action::AddComment => Destination::Comment { organization, page: draft.page.clone()? },
    })
}

fn standing(view: &DeliveryView) -> Standing {
    let state = match view.state {
        DeliveryState::Queued => "queued",
        DeliveryState::Held { .. } => "held",
        DeliveryState::Sending => "sending",
        DeliveryState::Sent { .. } => "sent",
        DeliveryState::Waiting { .. } => "waiting",
        DeliveryState::NeedsYou { .. } => "needs_you",
        DeliveryState::Checking { .. } => "checking",
        DeliveryState::NotConfirmed { .. } => "not_confirmed",
    };
    Standing { id: view.id, title: view.destination.page_title().to_owned(), state: state.to_owned() }
}
