//! The surface of the app: one function for each field of `api::Commands`, one expression each. The list that Tauri gets is
//! made of these fields by `build.rs`: a field without a function does not compile, nor does a function without a field.
//!
//! Longer than 400 lines: one list of all commands, three lines each.

use sally_core::api::{
    AddItem, ApiToken, Compose, ConnectServer, ConnectToken, Connection, DamagedFile, DeliveryView, Desktop,
    Draft, EditItem, EnterProxyPassword, ErrorView, Event, ExportMeeting, Favourite, FindInTranscript,
    FindItems, FindPages, FindPeople, FindSpaces, FoundItem, FoundPages, ImportReport, ImportText,
    ItemDialog, ItemDraft, ItemWords, Link, ListMeetings, MeetingList, MeetingServer, MeetingView,
    Mentionable, Network, PickedSpace, Preview, QuickLinks, QuickSend, QuickTarget, ReadTranscript,
    RefreshSpaces, RenderTemplates, RenderedTemplates, Screen, Send, Settings, SpaceRights, Spaces, Status,
    SyncMeetings, SyncState, WatchedFolder,
};
use sally_core::app::Error;
use sally_core::domain::id::{DeliveryId, ItemId, MeetingId, OrganizationId, ServerId};
use sally_core::domain::meeting::Cue;
use tauri::ipc::{Channel, Invoke};
use tauri::{AppHandle, State, WebviewWindow};

use super::core::Core;
use super::{deep_link, ending, files, listeners, quick, removal, report, shortcut, window};

type Answer<T> = Result<T, ErrorView>;

/// All commands, by the list that `build.rs` makes.
pub(super) fn all() -> impl Fn(Invoke<tauri::Wry>) -> bool + std::marker::Send + Sync + 'static {
    include!(concat!(env!("OUT_DIR"), "/commands.rs"))
}

#[tauri::command]
async fn listen(page: WebviewWindow, request: Channel<Event>) -> Answer<()> {
    listeners::listen(&page, request);
    Ok(())
}

#[tauri::command]
async fn status(core: State<'_, Core>) -> Answer<Status> {
    core.app().await?.status().await.map_err(view)
}

#[tauri::command]
async fn list_meetings(core: State<'_, Core>, request: ListMeetings) -> Answer<MeetingList> {
    core.app().await?.list_meetings(request).await.map_err(view)
}

#[tauri::command]
async fn open_meeting(core: State<'_, Core>, request: MeetingId) -> Answer<MeetingView> {
    core.app().await?.open_meeting(request).await.map_err(view)
}

#[tauri::command]
async fn read_transcript(core: State<'_, Core>, request: ReadTranscript) -> Answer<Vec<Cue>> {
    core.app().await?.read_transcript(request).await.map_err(view)
}

#[tauri::command]
async fn find_in_transcript(core: State<'_, Core>, request: FindInTranscript) -> Answer<Option<u32>> {
    core.app().await?.find_in_transcript(request).await.map_err(view)
}

#[tauri::command]
async fn load_samples(core: State<'_, Core>) -> Answer<ImportReport> {
    core.app().await?.load_samples().await.map_err(view)
}

#[tauri::command]
async fn remove_samples(core: State<'_, Core>) -> Answer<()> {
    core.app().await?.remove_samples().await.map_err(view)
}

#[tauri::command]
async fn item_draft(core: State<'_, Core>, request: ItemDialog) -> Answer<Option<ItemWords>> {
    core.app().await?.item_draft(request).await.map_err(view)
}

#[tauri::command]
async fn save_item_draft(core: State<'_, Core>, request: ItemDraft) -> Answer<()> {
    core.app().await?.save_item_draft(request).await.map_err(view)
}

#[tauri::command]
async fn add_item(core: State<'_, Core>, request: AddItem) -> Answer<ItemId> {
    core.app().await?.add_item(request).await.map_err(view)
}

#[tauri::command]
async fn edit_item(core: State<'_, Core>, request: EditItem) -> Answer<()> {
    core.app().await?.edit_item(request).await.map_err(view)
}

#[tauri::command]
async fn merge_items(core: State<'_, Core>, request: Vec<ItemId>) -> Answer<ItemId> {
    core.app().await?.merge_items(request).await.map_err(view)
}

#[tauri::command]
async fn delete_item(core: State<'_, Core>, request: ItemId) -> Answer<()> {
    core.app().await?.delete_item(request).await.map_err(view)
}

#[tauri::command]
async fn put_back_item(core: State<'_, Core>, request: ItemId) -> Answer<()> {
    core.app().await?.put_back_item(request).await.map_err(view)
}

#[tauri::command]
async fn delete_meeting(core: State<'_, Core>, request: MeetingId) -> Answer<()> {
    core.app().await?.delete_meeting(request).await.map_err(view)
}

#[tauri::command]
async fn damaged_files(core: State<'_, Core>) -> Answer<Vec<DamagedFile>> {
    core.app().await?.damaged_files().await.map_err(view)
}

#[tauri::command]
async fn delete_damaged_files(core: State<'_, Core>, request: Vec<String>) -> Answer<()> {
    core.app().await?.delete_damaged_files(request).await.map_err(view)
}

#[tauri::command]
async fn export_meeting(handle: AppHandle, core: State<'_, Core>, request: ExportMeeting) -> Answer<bool> {
    let app = core.app().await?;
    let name = app.export_name(request).await.map_err(view)?;
    match files::choose_target(&handle, &name).await {
        Some(path) => app.export_meeting(request, &path).await.map(|()| true).map_err(view),
        None => Ok(false),
    }
}

#[tauri::command]
async fn connect(handle: AppHandle, core: State<'_, Core>) -> Answer<Connection> {
    deep_link::register(&handle).await;
    core.app().await?.connect().await.map_err(view)
}

#[tauri::command]
async fn disconnect(core: State<'_, Core>) -> Answer<Connection> {
    core.app().await?.disconnect().await.map_err(view)
}

#[tauri::command]
async fn connect_token(core: State<'_, Core>, request: ConnectToken) -> Answer<ApiToken> {
    core.app().await?.connect_token(request).await.map_err(view)
}

#[tauri::command]
async fn disconnect_token(core: State<'_, Core>, request: OrganizationId) -> Answer<()> {
    core.app().await?.disconnect_token(request).await.map_err(view)
}

#[tauri::command]
async fn administrator_text(core: State<'_, Core>) -> Answer<String> {
    Ok(core.app().await?.administrator_text())
}

#[tauri::command]
async fn connect_server(core: State<'_, Core>, request: ConnectServer) -> Answer<Option<MeetingServer>> {
    core.app().await?.connect_server(request).await.map_err(view)
}

#[tauri::command]
async fn disconnect_server(core: State<'_, Core>, request: ServerId) -> Answer<()> {
    core.app().await?.disconnect_server(request).await.map_err(view)
}

#[tauri::command]
async fn sync_meetings(core: State<'_, Core>, request: SyncMeetings) -> Answer<SyncState> {
    core.app().await?.sync_meetings(request).await.map_err(view)
}

#[tauri::command]
async fn cancel_sync(core: State<'_, Core>) -> Answer<SyncState> {
    Ok(core.app().await?.cancel_sync())
}

#[tauri::command]
async fn find_spaces(core: State<'_, Core>, request: FindSpaces) -> Answer<Spaces> {
    core.app().await?.find_spaces(request).await.map_err(view)
}

#[tauri::command]
async fn refresh_spaces(core: State<'_, Core>, request: RefreshSpaces) -> Answer<()> {
    core.app().await?.refresh_spaces(request).await.map_err(view)
}

#[tauri::command]
async fn search_spaces(core: State<'_, Core>, request: FindSpaces) -> Answer<Spaces> {
    core.app().await?.search_spaces(request).await.map_err(view)
}

#[tauri::command]
async fn more_spaces(core: State<'_, Core>, request: OrganizationId) -> Answer<bool> {
    core.app().await?.more_spaces(request).await.map_err(view)
}

#[tauri::command]
async fn space_rights(core: State<'_, Core>, request: PickedSpace) -> Answer<SpaceRights> {
    core.app().await?.space_rights(request).await.map_err(view)
}

#[tauri::command]
async fn ask_site(core: State<'_, Core>, request: String) -> Answer<()> {
    core.app().await?.ask_site(request).await.map_err(view)
}

#[tauri::command]
async fn find_pages(core: State<'_, Core>, request: FindPages) -> Answer<FoundPages> {
    core.app().await?.find_pages(request).await.map_err(view)
}

#[tauri::command]
async fn compose(core: State<'_, Core>, request: Compose) -> Answer<Draft> {
    core.app().await?.compose(request).await.map_err(view)
}

#[tauri::command]
async fn save_draft(core: State<'_, Core>, request: Draft) -> Answer<()> {
    core.app().await?.save_draft(request).await.map_err(view)
}

#[tauri::command]
async fn people(core: State<'_, Core>) -> Answer<Vec<Mentionable>> {
    core.app().await?.people().await.map_err(view)
}

#[tauri::command]
async fn find_people(core: State<'_, Core>, request: FindPeople) -> Answer<Vec<Mentionable>> {
    core.app().await?.find_people(request).await.map_err(view)
}

#[tauri::command]
async fn render_templates(core: State<'_, Core>, request: RenderTemplates) -> Answer<RenderedTemplates> {
    core.app().await?.render_templates(request).await.map_err(view)
}

#[tauri::command]
async fn preview(core: State<'_, Core>, request: Preview) -> Answer<RenderedTemplates> {
    core.app().await?.preview(request).await.map_err(view)
}

#[tauri::command]
async fn reset_draft(core: State<'_, Core>, request: Compose) -> Answer<Draft> {
    core.app().await?.reset_draft(request).await.map_err(view)
}

#[tauri::command]
async fn send(core: State<'_, Core>, request: Send) -> Answer<DeliveryView> {
    core.app().await?.send(request).await.map_err(view)
}

#[tauri::command]
async fn deliveries(core: State<'_, Core>) -> Answer<Vec<DeliveryView>> {
    core.app().await?.deliveries().await.map_err(view)
}

#[tauri::command]
async fn retry(core: State<'_, Core>, request: DeliveryId) -> Answer<DeliveryView> {
    core.app().await?.retry(request).await.map_err(view)
}

#[tauri::command]
async fn edit(core: State<'_, Core>, request: DeliveryId) -> Answer<Draft> {
    core.app().await?.edit(request).await.map_err(view)
}

#[tauri::command]
async fn cancel(core: State<'_, Core>, request: DeliveryId) -> Answer<()> {
    core.app().await?.cancel(request).await.map_err(view)
}

#[tauri::command]
async fn check_again(core: State<'_, Core>, request: DeliveryId) -> Answer<DeliveryView> {
    core.app().await?.check_again(request).await.map_err(view)
}

#[tauri::command]
async fn post_anyway(core: State<'_, Core>, request: DeliveryId) -> Answer<DeliveryView> {
    core.app().await?.post_anyway(request).await.map_err(view)
}

#[tauri::command]
async fn send_as(core: State<'_, Core>, request: DeliveryId) -> Answer<DeliveryView> {
    core.app().await?.send_as(request).await.map_err(view)
}

#[tauri::command]
async fn send_waiting(core: State<'_, Core>) -> Answer<()> {
    core.app().await?.send_waiting().await.map_err(view)
}

#[tauri::command]
async fn open_link(core: State<'_, Core>, request: Link) -> Answer<()> {
    core.app().await?.open_link(request).await.map_err(view)
}

#[tauri::command]
async fn import_files(handle: AppHandle, core: State<'_, Core>) -> Answer<Option<ImportReport>> {
    match files::choose(&handle).await {
        Some(files) => core.app().await?.import(files).await.map(Some).map_err(view),
        None => Ok(None),
    }
}

#[tauri::command]
async fn cancel_import(core: State<'_, Core>) -> Answer<()> {
    core.app().await?.cancel_import();
    Ok(())
}

#[tauri::command]
async fn import_text(core: State<'_, Core>, request: ImportText) -> Answer<ImportReport> {
    core.app().await?.import_text(request).await.map_err(view)
}

#[tauri::command]
async fn watch_folder(handle: AppHandle, core: State<'_, Core>) -> Answer<Option<WatchedFolder>> {
    match files::choose_folder(&handle).await {
        Some(folder) => core.app().await?.watch_folder(folder).await.map(Some).map_err(view),
        None => Ok(None),
    }
}

#[tauri::command]
async fn stop_watching(core: State<'_, Core>) -> Answer<()> {
    core.app().await?.stop_watching().await.map_err(view)
}

#[tauri::command]
async fn cancel_connect(core: State<'_, Core>) -> Answer<Connection> {
    Ok(core.app().await?.cancel_connect())
}

#[tauri::command]
async fn stop_finding(core: State<'_, Core>) -> Answer<()> {
    core.app().await.map(|app| app.stop_finding())
}

#[tauri::command]
async fn network(core: State<'_, Core>) -> Answer<Network> {
    Ok(core.app().await?.network().await)
}

#[tauri::command]
async fn enter_proxy_password(core: State<'_, Core>, request: EnterProxyPassword) -> Answer<Network> {
    core.app().await?.enter_proxy_password(request).await.map_err(view)
}

#[tauri::command]
async fn forget_proxy_password(core: State<'_, Core>, request: String) -> Answer<Network> {
    core.app().await?.forget_proxy_password(request).await.map_err(view)
}

#[tauri::command]
async fn save_settings(handle: AppHandle, core: State<'_, Core>, request: Settings) -> Answer<Settings> {
    let app = core.app().await?;
    let old = app.settings().await.map_err(view)?;
    // First, since keys that cannot be had are not kept; and taken back, since what is not kept would be gone tomorrow.
    shortcut::change(&handle, &old.shortcut, &request.shortcut)?;
    let wanted = request.shortcut.clone();
    let saved = app.save_settings(request).await.map_err(view).inspect_err(|_| {
        shortcut::take_back(&handle, &wanted, &old.shortcut);
    })?;
    window::apply(&handle, saved.appearance);
    Ok(saved)
}

#[tauri::command]
async fn find_items(core: State<'_, Core>, request: FindItems) -> Answer<Vec<FoundItem>> {
    core.app().await?.find_items(request).await.map_err(view)
}

#[tauri::command]
async fn targets(core: State<'_, Core>, request: Vec<ItemId>) -> Answer<Vec<QuickTarget>> {
    core.app().await?.targets(request).await.map_err(view)
}

#[tauri::command]
async fn set_favourite(core: State<'_, Core>, request: Favourite) -> Answer<()> {
    core.app().await?.set_favourite(request).await.map_err(view)
}

#[tauri::command]
async fn link_hosts(core: State<'_, Core>, request: QuickLinks) -> Answer<Vec<String>> {
    core.app().await?.link_hosts(request).await.map_err(view)
}

#[tauri::command]
async fn quick_send(core: State<'_, Core>, request: QuickSend) -> Answer<Vec<DeliveryView>> {
    core.app().await?.quick_send(request).await.map_err(view)
}

#[tauri::command]
async fn hide_quick(handle: AppHandle) -> Answer<()> {
    quick::hide(&handle);
    Ok(())
}

#[tauri::command]
async fn open_dialog(handle: AppHandle, request: Compose) -> Answer<()> {
    window::open_dialog(&handle, request);
    Ok(())
}

#[tauri::command]
async fn go_to(handle: AppHandle, request: Screen) -> Answer<()> {
    window::go_to(&handle, request);
    Ok(())
}

#[tauri::command]
async fn pages_flushed(page: WebviewWindow) -> Answer<()> {
    ending::pages_flushed(&page);
    Ok(())
}

#[tauri::command]
async fn desktop(handle: AppHandle) -> Answer<Desktop> {
    Ok(super::desktop::state(&handle).await)
}

#[tauri::command]
async fn set_autostart(handle: AppHandle, request: bool) -> Answer<Desktop> {
    super::desktop::set_autostart(&handle, request).await
}

#[tauri::command]
async fn remove_everything(handle: AppHandle) -> Answer<Vec<String>> {
    removal::remove_everything(&handle).await
}

#[tauri::command]
async fn show_log(handle: AppHandle) -> Answer<()> {
    report::show_log(&handle).await
}

#[tauri::command]
async fn report_details(handle: AppHandle) -> Answer<String> {
    Ok(report::details(&handle).await)
}

#[tauri::command]
async fn quit(handle: AppHandle) -> Answer<()> {
    ending::quit(&handle);
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn view(error: Error) -> ErrorView {
    error.view()
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_command_is_allowed_to_some_window() {
        let list = include_str!(concat!(env!("OUT_DIR"), "/commands.rs"));
        let (_, names) = list.split_once('[').unwrap();
        let capabilities =
            [include_str!("../capabilities/main.json"), include_str!("../capabilities/quick.json")];
        let is_allowed = |name: &&str| {
            let permission = format!("\"allow-{}\"", name.replace('_', "-"));
            capabilities.iter().any(|capability| capability.contains(&permission))
        };
        let nobodys: Vec<_> =
            names.trim_end_matches(']').split(", ").filter(|name| !is_allowed(name)).collect();
        assert!(nobodys.is_empty(), "no capability (src-tauri/capabilities) allows {nobodys:?}");
    }
}
