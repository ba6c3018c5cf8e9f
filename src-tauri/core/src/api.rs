//! The wire: everything that crosses between the web view and the core. The TypeScript bindings
//! (`ui/src/ipc/bindings.ts`) are generated from [`Commands`] and [`Events`], and a test keeps them up to
//! date. The shell has one command for each field of [`Commands`]; nothing else can be called.
//!
//! Refuses tokens, file contents and addresses: the web view names things by identifier, and the core
//! knows where they are. One thing goes in that never comes out: a token for a meeting server or for a site, with its
//! address, which nobody but the person can bring ([`ConnectServer`], [`ConnectToken`]).

mod desktop;
mod quick;
mod tokens;

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::adf::Document;
use crate::auth::PastedToken;
use crate::domain::destination::{Action, Destination, Organization, Page, Place, Space, Target};
use crate::domain::id::{
    AccountId, DeliveryId, ItemId, MeetingId, OrganizationId, PageId, ServerId, SpaceId,
};
use crate::domain::meeting::{Cue, Due, ItemKind};

pub use desktop::{DEFAULT_SHORTCUT, Desktop, Screen, Shortcut, Tray};
pub use quick::{Favourite, FindItems, FoundItem, QuickOpened, QuickSend, QuickTarget};
pub use tokens::{ApiToken, ConnectToken, TokenNeed};

/// One command: what it takes and what it answers. A failure is always an [`ErrorView`].
#[derive(TS)]
pub struct Call<A, R> {
    /// The request.
    pub args: A,
    /// The answer.
    pub result: R,
}

/// Every command.
#[derive(TS)]
pub struct Commands {
    /// What the app is and how it stands; the first thing the window asks for.
    pub status: Call<(), Status>,
    /// A stretch of the meeting list, newest first.
    pub list_meetings: Call<ListMeetings, MeetingList>,
    /// One meeting, whole.
    pub open_meeting: Call<MeetingId, MeetingView>,
    /// Lets the person choose files, and imports them; `null` if they chose none.
    pub import_files: Call<(), Option<ImportReport>>,
    /// Stops the imports that are under way before their next file. What came in stays.
    pub cancel_import: Call<(), ()>,
    /// Imports text that the person pasted.
    pub import_text: Call<ImportText, ImportReport>,
    /// Lets the person choose a folder, and watches it from then on; `null` if they chose none.
    pub watch_folder: Call<(), Option<WatchedFolder>>,
    /// Watches no folder any more.
    pub stop_watching: Call<(), ()>,
    /// Imports the three sample meetings.
    pub load_samples: Call<(), ImportReport>,
    /// Deletes the three sample meetings again.
    pub remove_samples: Call<(), ()>,

    /// What was typed into the dialog of an item and not saved.
    pub item_draft: Call<ItemDialog, Option<ItemWords>>,
    /// Keeps what is typed there.
    pub keep_item_draft: Call<ItemDraft, ()>,
    /// Adds an item to a meeting.
    pub add_item: Call<AddItem, ItemId>,
    /// Changes an item.
    pub edit_item: Call<EditItem, ()>,
    /// Makes one item of several of a meeting, and answers which is left.
    pub merge_items: Call<Vec<ItemId>, ItemId>,
    /// Removes an item.
    pub delete_item: Call<ItemId, ()>,
    /// Puts the item back that was removed.
    pub put_back_item: Call<ItemId, ()>,
    /// Deletes a meeting for good; its deliveries stay.
    pub delete_meeting: Call<MeetingId, ()>,
    /// The damaged files that were put aside. They may hold what was deleted for good.
    pub damaged_files: Call<(), Vec<DamagedFile>>,
    /// Deletes damaged files, by their names.
    pub delete_damaged_files: Call<Vec<String>, ()>,
    /// Writes a meeting to a file that the person chooses; `false` if they chose none.
    pub export_meeting: Call<ExportMeeting, bool>,

    /// Starts a login: opens the browser and answers at once; `connection` events tell the rest.
    pub connect: Call<(), Connection>,
    /// Stops waiting for the browser.
    pub cancel_connect: Call<(), Connection>,
    /// Deletes the tokens.
    pub disconnect: Call<(), Connection>,

    /// Connects a site by an API token, once it has shown what it can do; in the place of the token before it.
    pub connect_token: Call<ConnectToken, ApiToken>,
    /// Deletes the token of an organization's site.
    pub disconnect_token: Call<OrganizationId, ()>,
    /// What an administrator has to know who is to allow the app, as text to send on.
    pub administrator_text: Call<(), String>,

    /// Connects a server that meetings come from, once it has shown that it lets the person in.
    pub connect_server: Call<ConnectServer, MeetingServer>,
    /// Deletes the token of a server. Its meetings stay.
    pub disconnect_server: Call<ServerId, ()>,
    /// Reads what is new on the servers that meetings come from: answers at once, `sync` events tell the rest.
    pub sync_meetings: Call<SyncMeetings, SyncState>,
    /// Stops reading. What was read stays, and the next time goes on from there.
    pub cancel_sync: Call<(), SyncState>,

    /// The spaces of an organization that match, from the cache: answers at once.
    pub find_spaces: Call<FindSpaces, Spaces>,
    /// Brings the cached spaces up to date where they are not fresh; `spaces` events tell the progress.
    pub refresh_spaces: Call<OrganizationId, ()>,
    /// Pages by title, or the one that a link leads to, from Confluence. A new call cancels the one before it, which
    /// then fails with `superseded`.
    pub find_pages: Call<FindPages, FoundPages>,
    /// Cancels the search that is under way, if any: the dialog was closed.
    pub stop_finding: Call<(), ()>,

    /// What the dialog for an item, or for several of one meeting, opens with.
    pub compose: Call<Compose, Draft>,
    /// Keeps what was typed into an open dialog, so that nothing is lost whatever happens.
    pub keep_draft: Call<Draft, ()>,
    /// The people who can be mentioned: those whose account id is known.
    pub people: Call<(), Vec<Mentionable>>,
    /// The people of an organization by name, where what is connected may look them up; else nobody.
    pub find_people: Call<FindPeople, Vec<Mentionable>>,
    /// What the templates of another destination make of the items of a dialog.
    pub refill: Call<Refill, Filled>,
    /// What templates make of an example, for the settings to show while they are edited.
    pub preview: Call<Preview, Filled>,
    /// Forgets what was typed for an item, and answers the dialog's original content.
    pub start_over: Call<Compose, Draft>,
    /// Sends. Answers as soon as the delivery is stored; `delivery` events tell the rest.
    pub send: Call<Send, DeliveryView>,

    /// All deliveries, newest first.
    pub deliveries: Call<(), Vec<DeliveryView>>,
    /// Tries a waiting or failed delivery again, unchanged.
    pub retry: Call<DeliveryId, DeliveryView>,
    /// Opens an unsent delivery's content in its dialog again. The delivery stays until it is sent anew.
    pub edit: Call<DeliveryId, Draft>,
    /// Takes an unsent delivery off the list. Its words are kept for the next time that its dialog opens.
    pub cancel: Call<DeliveryId, ()>,
    /// Looks again for a delivery whose outcome is not known.
    pub check_again: Call<DeliveryId, DeliveryView>,
    /// Sends a delivery whose outcome is not known once more: the person looked and decided.
    pub post_anyway: Call<DeliveryId, DeliveryView>,
    /// Sends as the connected account what another one was to send.
    pub send_as: Call<DeliveryId, DeliveryView>,
    /// Sends everything that waited so long that it was asked about.
    pub send_waiting: Call<(), ()>,

    /// Opens something in the browser.
    pub open_link: Call<Link, ()>,
    /// Changes the settings.
    pub save_settings: Call<Settings, Settings>,

    /// The items that match best; for an empty query the newest of all.
    pub find_items: Call<FindItems, Vec<FoundItem>>,
    /// Where items can go at once: favourites first, then what was used last.
    pub targets: Call<Vec<ItemId>, Vec<QuickTarget>>,
    /// Makes a target a favourite, or no longer one.
    pub set_favourite: Call<Favourite, ()>,
    /// Sends items as the templates make them: one page or comment for each meeting that they are of.
    pub quick_send: Call<QuickSend, Vec<DeliveryView>>,
    /// Hides the quick-send window.
    pub hide_quick: Call<(), ()>,
    /// Opens the dialog for items in the main window.
    pub open_dialog: Call<Compose, ()>,
    /// Brings the main window to the front, at a screen.
    pub go_to: Call<Screen, ()>,
    /// Answers `last_words`: everything that was typed in this window is kept.
    pub said_all: Call<(), ()>,

    /// What the desktop lends the app.
    pub desktop: Call<(), Desktop>,
    /// Starts the app when the person logs in, or no longer.
    pub set_autostart: Call<bool, Desktop>,
    /// Deletes the tokens, the data, the start at login and the handler of `sally:` addresses, and ends the app. Answers what is
    /// left, each in words, in which case the app stays to say so, and can do nothing but try again or quit.
    pub remove_everything: Call<(), Vec<String>>,
    /// Shows the log's file in the desktop's program for files.
    pub show_log: Call<(), ()>,
    /// What a report has to say of the app and of what it runs on, as text to send on: no name, no address, no word of a meeting.
    pub report_details: Call<(), String>,
    /// Ends the app.
    pub quit: Call<(), ()>,
}

/// Every event that the core sends to the window, with its payload.
#[derive(TS)]
pub struct Events {
    /// The connection changed.
    pub connection: Connection,
    /// The sites that are connected by API tokens changed.
    pub tokens: Vec<ApiToken>,
    /// A delivery changed.
    pub delivery: DeliveryView,
    /// A delivery was taken off the list.
    pub delivery_gone: DeliveryId,
    /// The watched folder is gone, or back.
    pub watched: WatchedFolder,
    /// Files from the command line, "open with", drag and drop or the watched folder were imported.
    pub imported: ImportReport,
    /// How far an import is that takes longer than a moment; `null` when it is over.
    pub importing: Option<ImportProgress>,
    /// Files are being dragged over the window, or no longer.
    pub dragging: bool,
    /// The cached spaces of an organization changed.
    pub spaces: SpacesProgress,
    /// The servers that meetings come from changed.
    pub servers: Vec<MeetingServer>,
    /// How far reading from them is.
    pub sync: SyncState,
    /// Something happened that the person should know and that no command was waiting for.
    pub notice: ErrorView,
    /// The settings were changed in another window.
    pub settings: Settings,
    /// The quick-send window was opened.
    pub quick_opened: QuickOpened,
    /// The main window is to show a screen: the person asked for it elsewhere.
    pub go_to: Screen,
    /// The main window is to open a dialog: the person asked for it elsewhere.
    pub open_dialog: Compose,
    /// The app ends: what was typed is to be kept now, and `said_all` is waited for.
    pub last_words: (),
}

// ---------------------------------------------------------------------------------------------- status

/// What the app is and how it stands.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Status {
    /// Such as `0.1.0`.
    pub version: String,
    /// Where the cache lies, for people.
    pub data_folder: String,
    /// The host of the authorization server, where it is not Atlassian's own: a sandbox.
    pub sandbox: Option<String>,
    /// The connection to Confluence.
    pub connection: Connection,
    /// The sites that are connected by API tokens, by name. Where the login reaches the same one, the token is used.
    pub tokens: Vec<ApiToken>,
    /// The servers that meetings come from.
    pub servers: Vec<MeetingServer>,
    /// How far reading from them is.
    pub sync: SyncState,
    /// The settings.
    pub settings: Settings,
    /// The folder that is watched for meetings.
    pub watched: Option<WatchedFolder>,
    /// Whether the sample meetings are loaded.
    pub has_samples: bool,
    /// How many deliveries are not sent yet.
    pub unsent: u32,
    /// The 13 scopes, with what each is used for.
    pub scopes: Vec<Scope>,
    /// The scopes that an API token is made with.
    pub token_scopes: Vec<String>,
}

/// One OAuth scope.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Scope {
    /// As Atlassian names it.
    pub name: String,
    /// What Atlassian technically allows with it.
    pub allows: String,
    /// What the app does with it.
    pub used_for: String,
}

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the desktop says.
    pub appearance: Appearance,
    /// How long something is held back after `Create`, so that it can be undone; in seconds, at most 60.
    pub hold_seconds: u8,
    /// The same for what is sent from the quick-send window.
    pub quick_hold_seconds: u8,
    /// Whether closing the main window leaves the app in the tray.
    pub keep_in_tray: bool,
    /// Whether the desktop tells what was sent and what needs the person.
    pub notifications: bool,
    /// The keys that open the quick-send window wherever the person is, such as `CmdOrCtrl+Shift+Space`; empty for none.
    pub shortcut: String,
    /// How long what was sent is kept in the outbox and beside its items, in days; 0 for always.
    pub keep_sent_days: u16,
    /// What the dialogs open with.
    pub templates: Templates,
    /// What they open with for some destinations instead. Each destination stands here once.
    pub own_templates: Vec<OwnTemplates>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            appearance: Appearance::default(),
            hold_seconds: 0,
            quick_hold_seconds: 5,
            keep_in_tray: true,
            notifications: true,
            shortcut: DEFAULT_SHORTCUT.to_owned(),
            keep_sent_days: 0,
            templates: Templates::default(),
            own_templates: Vec::new(),
        }
    }
}

/// The templates of one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnTemplates {
    /// Which.
    pub place: Place,
    /// Its templates: of pages for a space, of comments for a page.
    pub templates: Templates,
}

/// What the dialogs open with. Titles are plain text, bodies are Markdown; both may hold fields such as `{meeting}`,
/// which `app::template` lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Templates {
    /// The title of a page made of one item.
    pub item_title: String,
    /// The body of a page made of one item.
    pub item_body: String,
    /// The title of a page made of several items.
    pub meeting_title: String,
    /// The body of a page made of several items.
    pub meeting_body: String,
    /// The body of a comment.
    pub comment_body: String,
}

impl Default for Templates {
    fn default() -> Self {
        let body = "{items}\n\n{context}";
        Self {
            item_title: "{item}".to_owned(),
            item_body: body.to_owned(),
            meeting_title: "{meeting}".to_owned(),
            meeting_body: "{context}\n\n{items}".to_owned(),
            comment_body: body.to_owned(),
        }
    }
}

/// Light, dark, or as the desktop says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the desktop says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

// ---------------------------------------------------------------------------------------------- errors

/// What a person is told when something did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorView {
    /// What the UI branches on.
    pub code: ErrorCode,
    /// The fact, in one or two sentences.
    pub message: String,
    /// The way on, which the UI shows as a button.
    pub hint: Option<Hint>,
}

/// A closed list: a code exists only where the UI treats it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Shown as it is: a message and its hint.
    Failed,
    /// Shown by the form's organization field.
    InvalidOrganization,
    /// Shown by the form's space field.
    InvalidSpace,
    /// Shown by the form's parent page field.
    InvalidParent,
    /// Shown by the form's page field.
    InvalidPage,
    /// Shown by the form's title field.
    InvalidTitle,
    /// Shown by the form's title field, with the three ways on.
    TitleExists,
    /// Shown by the form's description field.
    InvalidDescription,
    /// Shown by the form's site field.
    InvalidSite,
    /// Shown by the form's e-mail field.
    InvalidEmail,
    /// Shown by the form's token field.
    InvalidToken,
    /// Shown by the form's address field.
    InvalidAddress,
    /// The dialog shows its `Connect Confluence` prompt.
    NotConnected,
    /// The dialog and the integration's row show `Reconnect`.
    ReconnectNeeded,
    /// The integration's row says how to set the app up.
    NotConfigured,
    /// The same went to the same place within a day: the window asks before it goes again.
    SentBefore,
    /// What is being edited has arrived meanwhile: the dialog offers to open it, or to send another one.
    SentMeanwhile,
    /// Another account sent it: the outbox offers to send it as the connected one.
    AnotherAccount,
    /// It waited so long that the person is asked before it goes: the notice has `Look` beside `Send`.
    WaitedLong,
    /// The data is an older copy of itself: the notice leads to the outbox.
    OlderCopy,
    /// A newer search took this one's place: the UI shows nothing.
    Superseded,
    /// What was named is no longer there: the UI leaves the view.
    Gone,
}

/// An action that the UI offers beside an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// `Connect Confluence`.
    Connect,
    /// `Connect`: the same for one more site.
    ConnectSite,
    /// `Reconnect`.
    Reconnect,
    /// `How to set up`: opens the setup guide.
    SetUp,
    /// `Try again`, at once or after the given moment.
    TryAgain {
        /// Not before this moment.
        #[ts(type = "string | null")]
        at: Option<Timestamp>,
    },
    /// `Choose another title`: focuses the field.
    ChooseAnotherTitle {
        /// A title with the date added, ready to use.
        suggestion: String,
        /// The page that has the title, where it was found.
        page: Option<Box<Page>>,
    },
    /// `Choose another place`: focuses the space or page field.
    ChooseAnotherPlace,
    /// `Paste a new token`: opens the form of the server whose token it is.
    NewToken,
    /// `Renew…`: opens the form of the site whose API token it is.
    RenewToken {
        /// Whose site.
        organization: OrganizationId,
    },
    /// `Copy a text for your administrator`: only they can change it.
    AskAdministrator,
    /// `Unlock the keyring`: connects again, which asks the operating system.
    UnlockKeyring,
    /// `Send again`: the person knows that it went before.
    SendAgain,
    /// `Open`, and `Send as another`: what was edited arrived as it was before.
    SendAsAnother {
        /// What arrived.
        delivery: DeliveryId,
    },
    /// `Send as NAME`: the connected account sends what another one was to send.
    SendAs {
        /// The connected account's name.
        name: String,
    },
    /// `Send`: what waited for long goes.
    SendWaiting,
    /// `Choose other files`.
    ChooseFiles,
    /// `Shorten the text`: focuses the description.
    Shorten,
}

// ------------------------------------------------------------------------------------------ connection

/// The connection to Confluence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Connection {
    /// There is no client id, so nobody can log in.
    NotConfigured {
        /// The environment variables that are missing.
        missing: Vec<String>,
    },
    /// Nobody is connected.
    Disconnected {
        /// How the last login ended, if it ended badly.
        why: Option<ErrorView>,
    },
    /// The browser is open on Atlassian's page.
    Waiting {
        /// Since when.
        #[ts(type = "string")]
        since: Timestamp,
        /// When the login expires.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// The browser came back; the tokens and the account are being fetched.
    Finishing,
    /// Connected.
    Connected(Account),
    /// It was connected, and Atlassian no longer accepts it.
    NeedsReconnecting {
        /// Who was connected.
        account: Account,
        /// Why it ended.
        why: ErrorView,
    },
}

/// The account behind the connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Account {
    /// Atlassian's account id.
    pub id: AccountId,
    /// The person's name.
    pub name: String,
    /// The e-mail address, where Atlassian shows it.
    pub email: Option<String>,
    /// The organizations with Confluence.
    pub organizations: Vec<Organization>,
    /// Whether the operating system's keyring holds the tokens. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Scopes that were asked for and not granted.
    pub missing_scopes: Vec<String>,
}

// --------------------------------------------------------------------------------------------- servers

/// What a person pastes to connect a server that meetings come from.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ConnectServer {
    /// The personal access token. It goes to the keyring, and is never given back.
    #[ts(type = "string")]
    pub token: PastedToken,
    /// Whose meetings, in the person's words.
    pub company: Option<String>,
    /// Where the server is; Sally's own where there is none.
    pub address: Option<String>,
    /// The server that gets a new token; its address stays.
    pub again: Option<ServerId>,
}

/// A server that meetings come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MeetingServer {
    /// Which.
    pub id: ServerId,
    /// `Sally`, or another server's host.
    pub name: String,
    /// Where it is, for people to read.
    pub address: String,
    /// Its host, for people to read.
    pub host: String,
    /// Whose meetings, in the person's words.
    pub company: Option<String>,
    /// When everything was read last.
    #[ts(type = "string | null")]
    pub synced: Option<Timestamp>,
    /// Whether the operating system's keyring holds the token. If not, the connection lasts for this run.
    pub remembered: bool,
    /// Why it has to be connected again.
    pub trouble: Option<ErrorView>,
}

/// Why to read what is new.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct SyncMeetings {
    /// The person pressed `Sync now`. If not, the meeting list came into view, and nothing happens where that was not
    /// long ago.
    pub asked: bool,
}

/// How far reading from the servers is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SyncState {
    /// Nothing was read in this run.
    #[default]
    Idle,
    /// The list is being read.
    Looking {
        /// How many recordings it has so far.
        found: u32,
    },
    /// Meetings are being read.
    Reading {
        /// How many were.
        done: u32,
        /// Of how many.
        total: u32,
    },
    /// The server asked to wait, or could not be reached just now.
    Waiting {
        /// When it goes on.
        #[ts(type = "string")]
        until: Timestamp,
        /// How many were read.
        done: u32,
        /// Of how many.
        total: u32,
    },
    /// It ended.
    Ended(SyncReport),
}

/// How reading from the servers ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SyncReport {
    /// How many meetings are new.
    pub added: u32,
    /// How many got something new.
    pub updated: u32,
    /// What the person should know about single meetings.
    pub warnings: Vec<SyncWarning>,
    /// Whether the person stopped it.
    pub cancelled: bool,
    /// Why it ended before everything was read.
    pub problem: Option<ErrorView>,
}

/// Something about one meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SyncWarning {
    /// Its title.
    pub title: String,
    /// What, in a sentence.
    pub reason: String,
}

// -------------------------------------------------------------------------------------------- meetings

/// A stretch of the meeting list.
#[derive(Clone, Debug, Default, Deserialize, TS)]
pub struct ListMeetings {
    /// Words to find in title, people, items and transcript; empty for all. A phrase stands in quotation marks.
    pub query: String,
    /// Which of them.
    #[serde(default)]
    pub filter: MeetingFilter,
    /// How many meetings to pass over.
    pub offset: u32,
    /// How many to answer, at most 500.
    pub limit: u32,
}

/// Which meetings a list shows; the default shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(default)]
pub struct MeetingFilter {
    /// With items of one of these kinds; empty for all.
    pub kinds: Vec<ItemKind>,
    /// Words of the name of somebody who was there, spoke or owns an item; empty for everybody.
    pub person: String,
    /// Held on this day (ISO 8601) or later.
    #[ts(type = "string | null")]
    pub from: Option<civil::Date>,
    /// Held on this day (ISO 8601) or earlier.
    #[ts(type = "string | null")]
    pub to: Option<civil::Date>,
    /// Of which something was sent, or nothing.
    pub sent: Option<bool>,
}

/// A stretch of the meeting list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingList {
    /// How many meetings match, as far as they are counted: a search stops at a thousand.
    pub total: u32,
    /// Whether more match than were counted.
    pub more: bool,
    /// The stretch.
    pub rows: Vec<MeetingRow>,
}

/// A meeting in the list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingRow {
    /// Which.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// The day it was held (ISO 8601), in the person's time zone.
    pub day: Option<String>,
    /// The time of day, such as `14:05`, where it is known.
    pub time: Option<String>,
    /// How many items it has.
    pub items: u32,
    /// How many of them were sent.
    pub sent: u32,
    /// Where the query was found, if it was not found in the title: a few words around it.
    pub hit: Option<String>,
}

/// A meeting, whole.
#[derive(Clone, Debug, Serialize, TS)]
pub struct MeetingView {
    /// Which.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// The day it was held (ISO 8601), in the person's time zone.
    pub day: Option<String>,
    /// The time of day, such as `14:05`, where it is known.
    pub time: Option<String>,
    /// How long it took.
    pub minutes: Option<u32>,
    /// Who was there.
    pub participants: Vec<String>,
    /// Whether `open_link` with `recording` leads anywhere.
    pub has_recording: bool,
    /// The tool or format it came from.
    pub source: String,
    /// Its items, in the order of kinds and then of the source.
    pub items: Vec<ItemView>,
    /// The transcript.
    pub transcript: Vec<Cue>,
    /// What its source wrote and nothing understood, as it came.
    pub notes: Option<String>,
}

/// An item of a meeting.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ItemView {
    /// Which.
    pub id: ItemId,
    /// Its section.
    pub kind: ItemKind,
    /// Its words.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<Due>,
    /// Whether the source marked it as done.
    pub done: bool,
    /// Whether a person changed or added it here, so that no import overwrites it.
    pub edited: bool,
    /// Its deliveries, newest first.
    pub deliveries: Vec<DeliveryView>,
}

/// Text to be read like a file.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ImportText {
    /// Plain text, Markdown, HTML, JSON or a transcript.
    pub text: String,
}

/// The folder that is watched for meetings. The window shows it and cannot name another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WatchedFolder {
    /// Its path, for people.
    pub folder: String,
    /// Why nothing comes from it at the moment.
    pub problem: Option<String>,
}

/// The dialog in which a person changes an item, or adds one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ItemDialog {
    /// Changes this one.
    Edit(ItemId),
    /// Adds one.
    Add {
        /// Where to.
        meeting: MeetingId,
        /// What it is made of, if it is made of something that was said there.
        said: String,
    },
}

/// What is typed into such a dialog.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ItemDraft {
    /// Which dialog.
    pub dialog: ItemDialog,
    /// What its fields hold; `null` if that is what it opens with.
    pub words: Option<ItemWords>,
}

/// What a person says of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ItemWords {
    /// Its section.
    pub kind: ItemKind,
    /// Its words.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due, in any words; a day that they name beyond doubt is understood.
    pub due: Option<String>,
    /// Whether it is done.
    pub done: bool,
}

/// A damaged file that was put aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DamagedFile {
    /// Its name in the data folder.
    pub name: String,
    /// Whether all of what was typed could be read in it.
    pub is_whole: bool,
    /// What was not sent, and exists nowhere else.
    pub unsent: Vec<Unsent>,
}

/// Something that was typed and not sent, in a damaged file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Unsent {
    /// What it is, such as `Comment on “Rollout”`.
    pub what: String,
    /// Its words.
    pub words: String,
}

/// An item that a person adds.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct AddItem {
    /// Where to.
    pub meeting: MeetingId,
    /// What it says.
    pub words: ItemWords,
    /// What it is made of, as in [`ItemDialog`].
    pub said: String,
    /// Where in the meeting it was said, in milliseconds from the start.
    #[ts(type = "number | null")]
    pub at_ms: Option<u64>,
}

/// An item that a person changes.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct EditItem {
    /// Which.
    pub item: ItemId,
    /// What it says from now on.
    pub words: ItemWords,
}

/// A meeting on its way into a file.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct ExportMeeting {
    /// Which.
    pub meeting: MeetingId,
    /// As what.
    pub format: ExportFormat,
}

/// What a meeting can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// For people.
    Markdown,
    /// For programs, this one included: its words with their emphasis and links, people, days and transcript come back
    /// as they are.
    Json,
}

/// What an import did.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct ImportReport {
    /// Meetings that are new.
    pub added: Vec<MeetingId>,
    /// Meetings that were there and got something new from a file.
    pub updated: Vec<MeetingId>,
    /// Meetings that were there already, as they are.
    pub unchanged: Vec<MeetingId>,
    /// Files that could not be read or stored; the others still came in.
    pub failed: Vec<ImportFailure>,
    /// Things that a file holds and the app does not understand.
    pub warnings: Vec<ImportFailure>,
    /// How many files were not looked at, since the person stopped the import.
    pub left_out: u32,
}

/// How far the imports are that are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct ImportProgress {
    /// How many files are done with.
    pub done: u32,
    /// Of how many.
    pub total: u32,
}

/// A file that could not be read or stored, or not in full.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ImportFailure {
    /// The file's name.
    pub file: String,
    /// Where in the file, such as "line 3, column 14", where that is known.
    pub place: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

// --------------------------------------------------------------------------------------------- pickers

/// Which spaces.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindSpaces {
    /// Where.
    pub organization: OrganizationId,
    /// Words of the name, or the start of the key; empty for all.
    pub query: String,
}

/// Cached spaces.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Spaces {
    /// The best matches, recently used ones first; at most 50.
    pub spaces: Vec<Space>,
    /// How many match in all.
    pub total: u32,
    /// How many are cached.
    pub cached: u32,
}

/// How far a refresh of the cached spaces is.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SpacesProgress {
    /// Where.
    pub organization: OrganizationId,
    /// How many were loaded so far.
    pub loaded: u32,
    /// Whether that was all.
    pub complete: bool,
}

/// Which pages.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindPages {
    /// Where. A link says itself where it leads, so none needs to be chosen for one.
    pub organization: Option<OrganizationId>,
    /// Only in this space. A link leads where it leads.
    pub space: Option<SpaceId>,
    /// Words of the title, or a page's link; empty for the pages changed last.
    pub query: String,
}

/// Pages that were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundPages {
    /// The organization that all of them are of: the one that was named, or the one of the link.
    pub organization: OrganizationId,
    /// The pages; at most 10.
    pub pages: Vec<FoundPage>,
}

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundPage {
    /// The page.
    pub page: Page,
    /// The space that it lives in, where Confluence says which.
    pub space: Option<Space>,
}

// --------------------------------------------------------------------------------------------- sending

/// Which dialog for which items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Compose {
    /// The items, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// Where to, if the person chose that already; else where the last one went.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub target: Option<Target>,
}

/// The content of a dialog. The fields of the other action keep their values when a person changes from a
/// page to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Draft {
    /// The items that it is about, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// The delivery that this replaces, where the person edits one that did not get through.
    pub replaces: Option<DeliveryId>,
    /// `Organization`.
    pub organization: Option<OrganizationId>,
    /// `Space`.
    pub space: Option<Space>,
    /// `Parent page`; the space's home where there is none.
    pub parent: Option<Page>,
    /// `Page`.
    pub page: Option<Page>,
    /// `Title`.
    pub title: String,
    /// `Description`.
    pub document: Document,
    /// Whether this is what the person typed earlier, so that `Start over` makes sense.
    pub kept: bool,
    /// Why the delivery that this replaces did not get through, or that it arrived all the same.
    pub problem: Option<ErrorView>,
    /// The accounts that it is sent as, by organization, where there are two.
    #[serde(default)]
    pub senders: BTreeMap<OrganizationId, String>,
}

/// Somebody who can be mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mentionable {
    /// Atlassian's account id.
    pub id: AccountId,
    /// The name.
    pub name: String,
}

/// Whom to find.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindPeople {
    /// Whose people.
    pub organization: OrganizationId,
    /// What their names begin with, or words of them.
    pub query: String,
}

/// Which templates to show, and for what.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Preview {
    /// The templates as they are being edited.
    pub templates: Templates,
    /// A page or a comment.
    pub action: Action,
    /// Several items instead of one.
    pub several: bool,
}

/// Which items, and where they are about to go.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Refill {
    /// The items, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// The destination, where one is chosen.
    pub place: Option<Place>,
}

/// What templates make of items.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Filled {
    /// The title.
    pub title: String,
    /// The body.
    pub document: Document,
}

/// What to send.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Send {
    /// The items that it is about, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// Where to.
    pub destination: Destination,
    /// As in [`Draft`].
    pub document: Document,
    /// The delivery that this replaces.
    pub replaces: Option<DeliveryId>,
    /// The person knows that the same went to the same place within a day.
    #[serde(default)]
    pub again: bool,
}

/// A delivery, as lists and items show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DeliveryView {
    /// Which.
    pub id: DeliveryId,
    /// The items that it is about.
    pub items: Vec<ItemId>,
    /// The words of the first one, where it is still cached.
    pub words: Option<String>,
    /// The meeting of the items, where it is still cached.
    pub meeting: Option<MeetingId>,
    /// That meeting's title.
    pub meeting_title: Option<String>,
    /// Where to.
    pub destination: Destination,
    /// The organization's name.
    pub organization: String,
    /// The account that sends it, where that is not the connected one.
    pub sender: Option<String>,
    /// How it stands.
    pub state: DeliveryState,
    /// When the person sent it.
    #[ts(type = "string")]
    pub created: Timestamp,
    /// When its state last changed.
    #[ts(type = "string")]
    pub changed: Timestamp,
}

/// How a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryState {
    /// It will go as soon as those before it are gone.
    Queued,
    /// It is held back for some seconds, so that it can still be undone.
    Held {
        /// When it goes.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// It is on its way.
    Sending,
    /// It arrived; `open_link` with `delivery` opens it.
    Sent {
        /// What the person should know about how it arrived.
        note: Option<String>,
    },
    /// It did not leave, and can be tried again.
    Waiting {
        /// Why.
        why: ErrorView,
    },
    /// Confluence refused it, or something is missing; a person must decide.
    NeedsYou {
        /// Why, and the way on.
        why: ErrorView,
    },
    /// The answer was lost, and Confluence is being asked whether it arrived.
    Checking {
        /// What is known.
        why: ErrorView,
    },
    /// The answer was lost, so it may have arrived or not, and it was not found.
    NotConfirmed {
        /// What is known.
        why: ErrorView,
    },
}

/// Something that opens in the browser. The web view never names an address.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Link {
    /// The page or comment that a delivery made; for an unconfirmed one the space or page where it would be.
    Delivery {
        /// Which.
        id: DeliveryId,
    },
    /// A page.
    Page {
        /// Where.
        organization: OrganizationId,
        /// Which.
        page: PageId,
    },
    /// A meeting's recording.
    Recording {
        /// Which.
        meeting: MeetingId,
    },
    /// Where Atlassian lists the apps that an account is connected to.
    ConnectedApps,
    /// Where Atlassian makes API tokens.
    TokenPage,
    /// How to register an Atlassian app and set this one up.
    SetupGuide,
}
