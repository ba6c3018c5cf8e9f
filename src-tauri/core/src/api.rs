//! The wire: everything that crosses between the web view and the core. The TypeScript bindings
//! (`ui/src/ipc/bindings.ts`) are generated from [`Commands`] and [`Event`], and a test keeps them up to
//! date. The shell has one command for each field of [`Commands`]; nothing else can be called.
//!
//! Refuses tokens, file contents and addresses: the web view names things by identifier, and the core
//! knows where they are. Two things go in that never come out: a token for a meeting server or for a site, with its
//! address, and the password for a proxy, which nobody but the person can bring ([`ConnectServer`], [`ConnectToken`],
//! [`EnterProxyPassword`]).

mod connection;
mod desktop;
mod errors;
mod meetings;
mod network;
mod pickers;
mod quick;
mod sending;
mod servers;
mod settings;
mod status;
mod tokens;

use serde::Serialize;
use ts_rs::TS;

use crate::domain::id::{DeliveryId, ItemId, MeetingId, OrganizationId, ServerId};
use crate::domain::meeting::Cue;

pub use connection::{Account, Connection};
pub use desktop::{Desktop, Screen, Shortcut, Tray};
pub use errors::{ErrorCode, ErrorView, Hint};
pub use meetings::{
    AddItem, DamagedFile, EditItem, ExportFormat, ExportMeeting, FindInTranscript, ImportFailure,
    ImportProgress, ImportReport, ImportText, ItemDialog, ItemDraft, ItemView, ItemWords, ListMeetings,
    MeetingFilter, MeetingList, MeetingRow, MeetingView, ReadTranscript, Unsent, WatchedFolder,
};
pub use network::{EnterProxyPassword, Network, ProxyInUse, ProxyOrigin, ProxyPasswordKept};
pub use pickers::{
    FindPages, FindSpaces, FoundPage, FoundPages, PickedSpace, RefreshSpaces, SpaceRights, Spaces,
    SpacesProgress,
};
pub use quick::{Favourite, FindItems, FoundItem, QuickLinks, QuickOpened, QuickSend, QuickTarget};
pub use sending::{
    Compose, DeliveryState, DeliveryView, Draft, FindPeople, Link, Mentionable, Preview, RenderTemplates,
    RenderedTemplates, Send,
};
pub use servers::{ConnectServer, MeetingServer, SyncMeetings, SyncReport, SyncState, SyncWarning};
pub use settings::{Appearance, OwnTemplates, Settings, Templates};
pub use status::{Scope, Status};
pub use tokens::{ApiToken, ConnectToken, TokenNeed};

/// One command: what it takes and what it answers. A failure is always an [`ErrorView`].
#[derive(TS)]
pub struct Call<A, R> {
    /// The request.
    pub args: A,
    /// The answer.
    pub result: R,
}

/// What a page hands over to be told [`Event`]s: a channel of the bridge, which the shell knows.
#[derive(TS)]
#[ts(type = "unknown")]
pub struct Listener;

/// Every command.
#[derive(TS)]
pub struct Commands {
    /// From now on the window is told what happens; an earlier page of it, nothing more.
    pub listen: Call<Listener, ()>,
    /// The app and its state; the first thing the window asks for.
    pub status: Call<(), Status>,
    /// A page of the meeting list, newest first.
    pub list_meetings: Call<ListMeetings, MeetingList>,
    /// One meeting.
    pub open_meeting: Call<MeetingId, MeetingView>,
    /// Some lines of its transcript.
    pub read_transcript: Call<ReadTranscript, Vec<Cue>>,
    /// The first line of its transcript with words that stand nowhere else in the meeting; `null` if there is none.
    pub find_in_transcript: Call<FindInTranscript, Option<u32>>,
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
    pub save_item_draft: Call<ItemDraft, ()>,
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

    /// Connects a server that meetings come from, once it has shown that it lets the person in. A new one other than Sally's
    /// own is asked about in a dialog of the system first; `null` if the person does not allow it.
    pub connect_server: Call<ConnectServer, Option<MeetingServer>>,
    /// Deletes the token of a server. Its meetings stay.
    pub disconnect_server: Call<ServerId, ()>,
    /// Reads what is new on the servers that meetings come from: answers at once, `sync` events tell the rest.
    pub sync_meetings: Call<SyncMeetings, SyncState>,
    /// Stops reading. What was read stays, and the next time goes on from there.
    pub cancel_sync: Call<(), SyncState>,

    /// The spaces of an organization that match, from the cache: answers at once.
    pub find_spaces: Call<FindSpaces, Spaces>,
    /// Brings the cached spaces up to date where they are not fresh; `spaces` events tell the progress.
    pub refresh_spaces: Call<RefreshSpaces, ()>,
    /// The same as `find_spaces` with those that Confluence finds, where not all are cached. A new call cancels the one before
    /// it, which then fails with `superseded`.
    pub search_spaces: Call<FindSpaces, Spaces>,
    /// Caches the next spaces of a `paged` list; answers whether there may be more.
    pub more_spaces: Call<OrganizationId, bool>,
    /// What may be made in a space that was picked.
    pub space_rights: Call<PickedSpace, SpaceRights>,
    /// Pages by title, or the one that a link leads to, from Confluence. A new call cancels the one before it, which
    /// then fails with `superseded`.
    pub find_pages: Call<FindPages, FoundPages>,
    /// Asks the site of the link in a text, at a person's click, whose Confluence it is, and remembers it.
    pub ask_site: Call<String, ()>,
    /// Cancels the search that is under way, if any: the dialog was closed.
    pub stop_finding: Call<(), ()>,

    /// What the dialog for an item, or for several of one meeting, opens with.
    pub compose: Call<Compose, Draft>,
    /// Keeps what was typed into an open dialog, so that nothing is lost whatever happens.
    pub save_draft: Call<Draft, ()>,
    /// The people who can be mentioned: those whose account id is known.
    pub people: Call<(), Vec<Mentionable>>,
    /// The people of an organization by name, where what is connected may look them up; else nobody.
    pub find_people: Call<FindPeople, Vec<Mentionable>>,
    /// What the templates of another destination make of the items of a dialog.
    pub render_templates: Call<RenderTemplates, RenderedTemplates>,
    /// What templates make of an example, for the settings to show while they are edited.
    pub preview: Call<Preview, RenderedTemplates>,
    /// Forgets what was typed for an item, and answers the dialog's original content.
    pub reset_draft: Call<Compose, Draft>,
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

    /// Opens something in the browser. The host of a recording is asked about once, in a dialog of the system.
    pub open_link: Call<Link, ()>,
    /// How Atlassian is reached, as the settings of the system are now.
    pub network: Call<(), Network>,
    /// Keeps a name and a password for the proxy, once the proxy has accepted them. What waits for that goes on.
    pub enter_proxy_password: Call<EnterProxyPassword, Network>,
    /// Deletes what is kept for a proxy, by its host and port.
    pub forget_proxy_password: Call<String, Network>,
    /// Changes the settings.
    pub save_settings: Call<Settings, Settings>,

    /// The items that match best; for an empty query the newest of all.
    pub find_items: Call<FindItems, Vec<FoundItem>>,
    /// Where items can go at once: favourites first, then what was used last.
    pub targets: Call<Vec<ItemId>, Vec<QuickTarget>>,
    /// Makes a target a favourite, or no longer one.
    pub set_favourite: Call<Favourite, ()>,
    /// The hosts that items would link to as the templates make them, each once.
    pub link_hosts: Call<QuickLinks, Vec<String>>,
    /// Sends items as the templates make them: one page or comment for each meeting that they are of.
    pub quick_send: Call<QuickSend, Vec<DeliveryView>>,
    /// Hides the quick-send window.
    pub hide_quick: Call<(), ()>,
    /// Opens the dialog for items in the main window.
    pub open_dialog: Call<Compose, ()>,
    /// Brings the main window to the front, at a screen.
    pub go_to: Call<Screen, ()>,
    /// Answers `flush_pages`: everything that was typed in this window is kept.
    pub pages_flushed: Call<(), ()>,

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

/// What a window is told, by the channel that it handed over with `listen`. The core tells both windows the same; what the
/// shell adds goes to one of them, but for `FlushPages`.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(tag = "event", content = "payload", rename_all = "snake_case")]
pub enum Event {
    /// The connection changed.
    Connection(Box<Connection>),
    /// The sites that are connected by API tokens changed.
    Tokens(Vec<ApiToken>),
    /// A delivery changed.
    Delivery(Box<DeliveryView>),
    /// A delivery was taken off the list.
    DeliveryGone(DeliveryId),
    /// The watched folder is gone, or back.
    Watched(WatchedFolder),
    /// Files from the command line, "open with", drag and drop or the watched folder were imported.
    Imported(ImportReport),
    /// How far an import is that takes longer than a moment; `null` when it is over.
    Importing(Option<ImportProgress>),
    /// The cached spaces of an organization changed.
    Spaces(SpacesProgress),
    /// The servers that meetings come from changed.
    Servers(Vec<MeetingServer>),
    /// How far reading from them is.
    Sync(SyncState),
    /// Something happened that the person should know and that no command was waiting for.
    Notice(ErrorView),
    /// What a notice said is over: it is taken back.
    NoticeOver(ErrorView),
    /// The settings were changed in another window.
    Settings(Box<Settings>),
    /// From the shell: files are being dragged over the window, or no longer.
    Dragging(bool),
    /// From the shell: the quick-send window was opened.
    QuickOpened(Box<QuickOpened>),
    /// From the shell: the main window is to show a screen, since the person asked for it elsewhere.
    GoTo(Screen),
    /// From the shell: the main window is to open a dialog, since the person asked for it elsewhere.
    OpenDialog(Box<Compose>),
    /// From the shell: the app ends. What was typed is to be kept now, and `pages_flushed` is waited for.
    FlushPages,
}
