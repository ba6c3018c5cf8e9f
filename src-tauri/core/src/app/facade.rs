//! Each thing that a person does, as the part of the app that it belongs to does it.
//!
//! Longer than 400 lines: one short function for each use case, in one list.

use std::path::{Path, PathBuf};

use super::{App, Ended, Error, login, settings};
use crate::api::{
    AddItem, ApiToken, Compose, ConnectServer, ConnectToken, Connection, DamagedFile, DeliveryView, Draft,
    EditItem, EnterProxyPassword, ExportMeeting, Favourite, FindInTranscript, FindItems, FindPages,
    FindPeople, FindSpaces, FoundItem, FoundPages, ImportReport, ImportText, ItemDialog, ItemDraft,
    ItemWords, Link, ListMeetings, MeetingList, MeetingServer, MeetingView, Mentionable, Network,
    PickedSpace, Preview, QuickLinks, QuickOpened, QuickSend, QuickTarget, ReadTranscript, RefreshSpaces,
    RenderTemplates, RenderedTemplates, Send, Settings, SpaceRights, Spaces, SyncMeetings, SyncState,
    WatchedFolder,
};
use crate::domain::id::{DeliveryId, ItemId, MeetingId, OrganizationId, ServerId};
use crate::domain::meeting::Cue;

impl App {
    /// How the connection stands.
    #[tracing::instrument(skip_all)]
    pub fn connection(&self) -> Connection {
        self.0.login.connection()
    }

    /// Starts a login and opens the browser.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn connect(&self) -> Result<Connection, Error> {
        self.0.login.connect().await
    }

    /// Stops waiting for the browser.
    #[tracing::instrument(skip_all)]
    pub fn cancel_connect(&self) -> Connection {
        self.0.login.cancel_connect()
    }

    /// Takes what came back from the browser: by deep link or over the loopback.
    #[tracing::instrument(skip_all)]
    pub async fn callback(&self, address: &str) {
        self.0.login.callback(address).await;
    }

    /// Deletes the tokens and what is known of the account.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn disconnect(&self) -> Result<Connection, Error> {
        self.0.login.disconnect().await
    }

    /// Connects a site by an API token, once it has shown whose it is, in the place of the token before it.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn connect_token(&self, wanted: ConnectToken) -> Result<ApiToken, Error> {
        self.0.login.connect_token(wanted).await
    }

    /// Deletes the token of an organization's site. Where the keyring does not delete it, the site stays on the list, so that
    /// it can be tried again; nothing is sent with it all the same.
    #[tracing::instrument(skip_all, fields(%organization), err(level = "info"))]
    pub async fn disconnect_token(&self, organization: OrganizationId) -> Result<(), Error> {
        self.0.login.disconnect_token(organization).await
    }

    /// What an administrator has to know who is to allow the app.
    #[tracing::instrument(skip_all)]
    pub fn administrator_text(&self) -> String {
        login::administrator_text()
    }

    /// The servers that meetings come from.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn servers(&self) -> Result<Vec<MeetingServer>, Error> {
        self.0.sync.servers().await
    }

    /// Connects a server, if it lets the person in. One that is neither Sally's own nor connected hears nothing before the
    /// person allows it; `None` if they do not.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn connect_server(&self, wanted: ConnectServer) -> Result<Option<MeetingServer>, Error> {
        self.0.sync.connect_server(wanted).await
    }

    /// Deletes the token of a server. Its meetings stay.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn disconnect_server(&self, id: ServerId) -> Result<(), Error> {
        self.0.sync.disconnect_server(id).await
    }

    /// How far reading is.
    #[tracing::instrument(skip_all)]
    pub fn sync_state(&self) -> SyncState {
        self.0.sync.state()
    }

    /// Begins to read what is new, unless that is under way. Where the person did not ask for it, servers that need the
    /// person are left alone, and so are all of them for some minutes.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn sync_meetings(&self, wanted: SyncMeetings) -> Result<SyncState, Error> {
        self.0.sync.start(wanted).await
    }

    /// Stops reading.
    #[tracing::instrument(skip_all)]
    pub fn cancel_sync(&self) -> SyncState {
        self.0.sync.cancel()
    }

    /// A stretch of the meeting list.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn list_meetings(&self, wanted: ListMeetings) -> Result<MeetingList, Error> {
        self.0.library.list(wanted).await
    }

    /// One meeting.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn open_meeting(&self, id: MeetingId) -> Result<MeetingView, Error> {
        self.0.library.open(id, &self.0.outbox.views()).await
    }

    /// Some lines of a meeting's transcript.
    #[tracing::instrument(skip_all, fields(meeting = %wanted.meeting), err(level = "info"))]
    pub async fn read_transcript(&self, wanted: ReadTranscript) -> Result<Vec<Cue>, Error> {
        self.0.library.read_transcript(wanted).await
    }

    /// The first line of a meeting's transcript with words that stand nowhere else in the meeting.
    #[tracing::instrument(skip_all, fields(meeting = %wanted.meeting), err(level = "info"))]
    pub async fn find_in_transcript(&self, wanted: FindInTranscript) -> Result<Option<u32>, Error> {
        self.0.library.find_in_transcript(wanted).await
    }

    /// Cached spaces that match.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn find_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        self.0.pickers.find_spaces(wanted).await
    }

    /// Brings an organization's spaces up to date, unless they are. Where that is under way already, it is waited for.
    #[tracing::instrument(skip_all, fields(organization = %wanted.organization), err(level = "info"))]
    pub async fn refresh_spaces(&self, wanted: RefreshSpaces) -> Result<(), Error> {
        self.0.pickers.refresh_spaces(wanted).await
    }

    /// Spaces that match, also those that are not cached where not all are. The search before this one is cancelled.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn search_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        self.0.pickers.search_spaces(wanted).await
    }

    /// Caches the next spaces of a list that is gone through as somebody scrolls. Answers whether there may be more.
    #[tracing::instrument(skip_all, fields(%organization), err(level = "info"))]
    pub async fn more_spaces(&self, organization: OrganizationId) -> Result<bool, Error> {
        self.0.pickers.more_spaces(organization).await
    }

    /// What may be made in a space that somebody picked.
    #[tracing::instrument(skip_all, fields(space = %picked.space.id), err(level = "info"))]
    pub async fn space_rights(&self, picked: PickedSpace) -> Result<SpaceRights, Error> {
        self.0.pickers.space_rights(picked).await
    }

    /// Pages by title or link, from Confluence. The search before this one is cancelled.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn find_pages(&self, wanted: FindPages) -> Result<FoundPages, Error> {
        self.0.pickers.find_pages(wanted).await
    }

    /// Asks the site of the link in a text whose Confluence it is, and remembers it.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn ask_site(&self, text: String) -> Result<(), Error> {
        self.0.pickers.ask_site(&text).await
    }

    /// Cancels the search that is under way.
    #[tracing::instrument(skip_all)]
    pub fn stop_finding(&self) {
        self.0.pickers.stop_finding();
    }

    /// What was typed into the dialog of an item and not saved.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn item_draft(&self, dialog: ItemDialog) -> Result<Option<ItemWords>, Error> {
        self.0.library.item_draft(dialog).await
    }

    /// Keeps what is typed into the dialog of an item, or forgets it.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn save_item_draft(&self, draft: ItemDraft) -> Result<(), Error> {
        self.0.library.save_item_draft(draft).await
    }

    /// Adds an item to a meeting. What was typed for it is no draft any more.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn add_item(&self, wanted: AddItem) -> Result<ItemId, Error> {
        self.0.library.add_item(wanted).await
    }

    /// Changes an item. What was typed for it is no draft any more.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn edit_item(&self, wanted: EditItem) -> Result<(), Error> {
        self.0.library.edit_item(wanted).await
    }

    /// Makes one item of several of a meeting, and answers which is left.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn merge_items(&self, items: Vec<ItemId>) -> Result<ItemId, Error> {
        self.0.library.merge_items(items).await
    }

    /// Removes an item, and remembers it for a while.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn delete_item(&self, id: ItemId) -> Result<(), Error> {
        self.0.library.delete_item(id).await
    }

    /// Puts a removed item back. It is remembered until it is back, so that what failed can be done again.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn put_back_item(&self, id: ItemId) -> Result<(), Error> {
        self.0.library.put_back_item(id).await
    }

    /// Deletes a meeting for good: its words are in no file of the app any more, as soon as the copy of the cache is made
    /// anew. What was sent of it stays.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn delete_meeting(&self, id: MeetingId) -> Result<(), Error> {
        self.0.library.delete_meeting(id).await
    }

    /// The damaged files that were put aside, with what was not sent and exists only there. They may hold what was deleted
    /// for good.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn damaged_files(&self) -> Result<Vec<DamagedFile>, Error> {
        self.0.library.damaged_files().await
    }

    /// Deletes damaged files that were put aside.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn delete_damaged_files(&self, names: Vec<String>) -> Result<(), Error> {
        self.0.library.delete_damaged_files(names).await
    }

    /// The name that a meeting's file may have.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn export_name(&self, wanted: ExportMeeting) -> Result<String, Error> {
        self.0.library.export_name(wanted).await
    }

    /// Writes a meeting to a file.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn export_meeting(&self, wanted: ExportMeeting, path: &Path) -> Result<(), Error> {
        self.0.library.export_meeting(wanted, path).await
    }

    /// Imports files for a person who asks for it now, and answers what came of each. It fails only when the app ends.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn import(&self, paths: Vec<PathBuf>) -> Result<ImportReport, Error> {
        self.0.library.import(paths).await
    }

    /// Imports files that no command was waiting for: from the command line, "open with" or drag and drop.
    #[tracing::instrument(skip_all)]
    pub async fn import_unasked(&self, paths: Vec<PathBuf>, ended: Ended) {
        self.0.library.import_unasked(paths, ended).await;
    }

    /// Says of addresses that were to be opened that they lead to no file of this machine.
    #[tracing::instrument(skip_all)]
    pub fn refuse_addresses(&self, addresses: Vec<String>) {
        self.0.library.refuse_addresses(addresses);
    }

    /// Stops the imports that are under way before their next file. What came in stays.
    #[tracing::instrument(skip_all)]
    pub fn cancel_import(&self) {
        self.0.library.cancel_import();
    }

    /// Imports text that a person pasted, as if it were a file.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn import_text(&self, pasted: ImportText) -> Result<ImportReport, Error> {
        self.0.library.import_text(pasted).await
    }

    /// Imports the sample meetings.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn load_samples(&self) -> Result<ImportReport, Error> {
        self.0.library.load_samples().await
    }

    /// Imports the sample meetings at the start, and tells the window if that brought any.
    #[tracing::instrument(skip_all)]
    pub async fn load_samples_unasked(&self) {
        self.0.library.load_samples_unasked().await;
    }

    /// Deletes the sample meetings.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn remove_samples(&self) -> Result<(), Error> {
        self.0.library.remove_samples().await
    }

    /// Watches a folder from now on, in place of the one before.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn watch_folder(&self, folder: PathBuf) -> Result<WatchedFolder, Error> {
        self.0.library.watch_folder(folder).await
    }

    /// Watches no folder any more. What came from it stays.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn stop_watching(&self) -> Result<(), Error> {
        self.0.library.stop_watching().await
    }

    /// What the dialog for items opens with: what the person typed earlier and did not send, else the destination
    /// used last and a text made from the items.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn compose(&self, wanted: Compose) -> Result<Draft, Error> {
        self.0.dialogs.compose(wanted).await
    }

    /// Keeps what is typed into an open dialog.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn save_draft(&self, draft: Draft) -> Result<(), Error> {
        self.0.dialogs.save_draft(draft).await
    }

    /// Forgets what was typed, and answers the dialog's original content.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn reset_draft(&self, wanted: Compose) -> Result<Draft, Error> {
        self.0.dialogs.reset_draft(wanted).await
    }

    /// The content of a delivery that did not get through, to be edited.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn edit(&self, id: DeliveryId) -> Result<Draft, Error> {
        self.0.dialogs.edit(id).await
    }

    /// The people who can be mentioned.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn people(&self) -> Result<Vec<Mentionable>, Error> {
        self.0.dialogs.people().await
    }

    /// The people of an organization whose names have words that begin so.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn find_people(&self, wanted: FindPeople) -> Result<Vec<Mentionable>, Error> {
        self.0.pickers.find_people(wanted).await
    }

    /// What the templates of another destination make of the items of a dialog.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn render_templates(&self, wanted: RenderTemplates) -> Result<RenderedTemplates, Error> {
        self.0.dialogs.render_templates(wanted).await
    }

    /// What templates make of an example.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn preview(&self, wanted: Preview) -> Result<RenderedTemplates, Error> {
        self.0.dialogs.preview(wanted).await
    }

    /// Stores a delivery and starts sending it. What can be known to be wrong is said now, and not later.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn send(&self, request: Send) -> Result<DeliveryView, Error> {
        self.0.dialogs.send(request).await
    }

    /// All deliveries, newest first.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn deliveries(&self) -> Result<Vec<DeliveryView>, Error> {
        self.0.outbox.deliveries().await
    }

    /// Tries a waiting or failed delivery again, unchanged.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn retry(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.0.outbox.retry(id).await
    }

    /// Sends a delivery whose outcome is not known once more.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn post_anyway(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.0.outbox.post_anyway(id).await
    }

    /// Looks again for a delivery whose outcome is not known.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn check_again(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.0.outbox.check_again(id).await
    }

    /// Takes an unsent delivery off the list, and keeps its words for the next time that its dialog opens. One whose
    /// outcome is not known may go too: the person decides.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn cancel(&self, id: DeliveryId) -> Result<(), Error> {
        self.0.dialogs.cancel(id).await
    }

    /// The connected account sends what another one was to send.
    #[tracing::instrument(skip_all, fields(%id), err(level = "info"))]
    pub async fn send_as(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.0.outbox.send_as(id).await
    }

    /// What waited too long to go without a question goes now: the person asked.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn send_waiting(&self) -> Result<(), Error> {
        self.0.outbox.send_waiting().await
    }

    /// The items that match best; for an empty query the newest of all.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn find_items(&self, wanted: FindItems) -> Result<Vec<FoundItem>, Error> {
        self.0.dialogs.find_items(wanted).await
    }

    /// What the quick-send window opens with, when an item was chosen elsewhere. One that is gone is not chosen.
    #[tracing::instrument(skip_all)]
    pub async fn quick_opened(&self, item: Option<ItemId>) -> QuickOpened {
        self.0.dialogs.quick_opened(item).await
    }

    /// Where these items can go at once: the favourites, then what the series of their meeting used last, then what the
    /// person did.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn targets(&self, items: Vec<ItemId>) -> Result<Vec<QuickTarget>, Error> {
        self.0.dialogs.targets(items).await
    }

    /// Makes a target a favourite, or no longer one.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn set_favourite(&self, wanted: Favourite) -> Result<(), Error> {
        self.0.dialogs.set_favourite(wanted).await
    }

    /// The hosts that items would link to if they were sent now, each once. A link's text may name another one.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn link_hosts(&self, wanted: QuickLinks) -> Result<Vec<String>, Error> {
        self.0.dialogs.link_hosts(wanted).await
    }

    /// Sends items as the templates of their destination make them: one page or comment for each meeting that they are
    /// of, all of them or none. What a person typed about an item in a dialog stays there.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn quick_send(&self, wanted: QuickSend) -> Result<Vec<DeliveryView>, Error> {
        self.0.dialogs.quick_send(wanted).await
    }

    /// Opens something in the browser. A recording whose host the person does not agree to stays closed.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn open_link(&self, link: Link) -> Result<(), Error> {
        self.0.links.open(link).await
    }

    /// The person closed the main window. Answers whether the app stays in the tray, where there is one.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn main_window_closed(&self, tray: bool) -> Result<bool, Error> {
        self.0.around.main_window_closed(tray).await
    }

    /// The desktop has no tray, which is said once.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn no_tray(&self) -> Result<(), Error> {
        self.0.around.no_tray().await
    }

    /// How Atlassian is reached, as the settings of the system are now.
    #[tracing::instrument(skip_all)]
    pub async fn network(&self) -> Network {
        self.0.network.show().await
    }

    /// Keeps a name and a password for the proxy, once the proxy has accepted them.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn enter_proxy_password(&self, wanted: EnterProxyPassword) -> Result<Network, Error> {
        self.0.network.enter_password(wanted).await
    }

    /// Deletes what is kept for a proxy.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn forget_proxy_password(&self, proxy: String) -> Result<Network, Error> {
        self.0.network.forget_password(&proxy).await
    }

    /// What the person chose.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn settings(&self) -> Result<Settings, Error> {
        settings::load(&self.0.store).await.map(Into::into)
    }

    /// Changes the settings.
    #[tracing::instrument(skip_all, err(level = "info"))]
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, Error> {
        settings::save(&self.0.store, &self.0.events, settings).await
    }
}
