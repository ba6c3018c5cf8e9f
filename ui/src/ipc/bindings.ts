// Generated from src-tauri/core/src/api.rs by `cargo xtask bindings`; a test keeps it up to date.

/**
 * The account behind the connection.
 */
export type Account = { 
/**
 * Atlassian's account id.
 */
id: AccountId, 
/**
 * The person's name.
 */
name: string, 
/**
 * The e-mail address, where Atlassian shows it.
 */
email: string | null, 
/**
 * The organizations with Confluence.
 */
organizations: Array<Organization>, 
/**
 * Whether the operating system's keyring holds the tokens. If not, the connection lasts for this run.
 */
remembered: boolean, 
/**
 * Scopes that were asked for and not granted.
 */
missing_scopes: Array<string>, };

/**
 * An Atlassian account.
 */
export type AccountId = string;

/**
 * The two verbs of the Confluence menu.
 */
export type Action = "create_page" | "add_comment";

/**
 * An item that a person adds.
 */
export type AddItem = { 
/**
 * Where to.
 */
meeting: MeetingId, 
/**
 * What it says.
 */
words: ItemWords, 
/**
 * What it is made of, as in [`ItemDialog`].
 */
said: string, 
/**
 * Where in the meeting it was said, in milliseconds from the start.
 */
at_ms: number | null, };

/**
 * A whole document.
 */
export type AdfDocument = { version: 1, type: "doc", content: Array<unknown> };

/**
 * A site that is connected by an API token.
 */
export type ApiToken = { 
/**
 * The organization whose site it is.
 */
organization: Organization, 
/**
 * The site for people, such as `acme.atlassian.net`.
 */
site: string, 
/**
 * Whose token it is.
 */
account: AccountId, 
/**
 * That person's name.
 */
name: string, 
/**
 * The e-mail address that was entered.
 */
email: string, 
/**
 * The day (ISO 8601) on which it ends, where the person said so.
 */
expires: string | null, 
/**
 * What it can do, found out when it was connected.
 */
needs: Array<TokenNeed>, 
/**
 * Whether the operating system's keyring holds it. If not, the connection lasts for this run.
 */
remembered: boolean, 
/**
 * Why it does nothing any more.
 */
trouble: ErrorView | null, };

/**
 * Light, dark, or as the desktop says.
 */
export type Appearance = "system" | "light" | "dark";

/**
 * One command: what it takes and what it answers. A failure is always an [`ErrorView`].
 */
export type Call<A, R> = { 
/**
 * The request.
 */
args: A, 
/**
 * The answer.
 */
result: R, };

/**
 * Every command.
 */
export type Commands = { 
/**
 * From now on the window is told what happens; an earlier page of it, nothing more.
 */
listen: Call<Listener, null>, 
/**
 * The app and its state; the first thing the window asks for.
 */
status: Call<null, Status>, 
/**
 * A page of the meeting list, newest first.
 */
list_meetings: Call<ListMeetings, MeetingList>, 
/**
 * One meeting.
 */
open_meeting: Call<MeetingId, MeetingView>, 
/**
 * Some lines of its transcript.
 */
read_transcript: Call<ReadTranscript, Array<Cue>>, 
/**
 * The first line of its transcript with words that stand nowhere else in the meeting; `null` if there is none.
 */
find_in_transcript: Call<FindInTranscript, number | null>, 
/**
 * Lets the person choose files, and imports them; `null` if they chose none.
 */
import_files: Call<null, ImportReport | null>, 
/**
 * Stops the imports that are under way before their next file. What came in stays.
 */
cancel_import: Call<null, null>, 
/**
 * Imports text that the person pasted.
 */
import_text: Call<ImportText, ImportReport>, 
/**
 * Lets the person choose a folder, and watches it from then on; `null` if they chose none.
 */
watch_folder: Call<null, WatchedFolder | null>, 
/**
 * Watches no folder any more.
 */
stop_watching: Call<null, null>, 
/**
 * Imports the three sample meetings.
 */
load_samples: Call<null, ImportReport>, 
/**
 * Deletes the three sample meetings again.
 */
remove_samples: Call<null, null>, 
/**
 * What was typed into the dialog of an item and not saved.
 */
item_draft: Call<ItemDialog, ItemWords | null>, 
/**
 * Keeps what is typed there.
 */
save_item_draft: Call<ItemDraft, null>, 
/**
 * Adds an item to a meeting.
 */
add_item: Call<AddItem, ItemId>, 
/**
 * Changes an item.
 */
edit_item: Call<EditItem, null>, 
/**
 * Makes one item of several of a meeting, and answers which is left.
 */
merge_items: Call<Array<ItemId>, ItemId>, 
/**
 * Removes an item.
 */
delete_item: Call<ItemId, null>, 
/**
 * Puts the item back that was removed.
 */
put_back_item: Call<ItemId, null>, 
/**
 * Deletes a meeting for good; its deliveries stay.
 */
delete_meeting: Call<MeetingId, null>, 
/**
 * The damaged files that were put aside. They may hold what was deleted for good.
 */
damaged_files: Call<null, Array<DamagedFile>>, 
/**
 * Deletes damaged files, by their names.
 */
delete_damaged_files: Call<Array<string>, null>, 
/**
 * Writes a meeting to a file that the person chooses; `false` if they chose none.
 */
export_meeting: Call<ExportMeeting, boolean>, 
/**
 * Starts a login: opens the browser and answers at once; `connection` events tell the rest.
 */
connect: Call<null, Connection>, 
/**
 * Stops waiting for the browser.
 */
cancel_connect: Call<null, Connection>, 
/**
 * Deletes the tokens.
 */
disconnect: Call<null, Connection>, 
/**
 * Connects a site by an API token, once it has shown what it can do; in the place of the token before it.
 */
connect_token: Call<ConnectToken, ApiToken>, 
/**
 * Deletes the token of an organization's site.
 */
disconnect_token: Call<OrganizationId, null>, 
/**
 * What an administrator has to know who is to allow the app, as text to send on.
 */
administrator_text: Call<null, string>, 
/**
 * Connects a server that meetings come from, once it has shown that it lets the person in. A new one other than Sally's
 * own is asked about in a dialog of the system first; `null` if the person does not allow it.
 */
connect_server: Call<ConnectServer, MeetingServer | null>, 
/**
 * Deletes the token of a server. Its meetings stay.
 */
disconnect_server: Call<ServerId, null>, 
/**
 * Reads what is new on the servers that meetings come from: answers at once, `sync` events tell the rest.
 */
sync_meetings: Call<SyncMeetings, SyncState>, 
/**
 * Stops reading. What was read stays, and the next time goes on from there.
 */
cancel_sync: Call<null, SyncState>, 
/**
 * The spaces of an organization that match, from the cache: answers at once.
 */
find_spaces: Call<FindSpaces, Spaces>, 
/**
 * Brings the cached spaces up to date where they are not fresh; `spaces` events tell the progress.
 */
refresh_spaces: Call<RefreshSpaces, null>, 
/**
 * The same as `find_spaces` with those that Confluence finds, where not all are cached. A new call cancels the one before
 * it, which then fails with `superseded`.
 */
search_spaces: Call<FindSpaces, Spaces>, 
/**
 * Caches the next spaces of a `paged` list; answers whether there may be more.
 */
more_spaces: Call<OrganizationId, boolean>, 
/**
 * What may be made in a space that was picked.
 */
space_rights: Call<PickedSpace, SpaceRights>, 
/**
 * Pages by title, or the one that a link leads to, from Confluence. A new call cancels the one before it, which
 * then fails with `superseded`.
 */
find_pages: Call<FindPages, FoundPages>, 
/**
 * Asks the site of the link in a text, at a person's click, whose Confluence it is, and remembers it.
 */
ask_site: Call<string, null>, 
/**
 * Cancels the search that is under way, if any: the dialog was closed.
 */
stop_finding: Call<null, null>, 
/**
 * What the dialog for an item, or for several of one meeting, opens with.
 */
compose: Call<Compose, Draft>, 
/**
 * Keeps what was typed into an open dialog, so that nothing is lost whatever happens.
 */
save_draft: Call<Draft, null>, 
/**
 * The people who can be mentioned: those whose account id is known.
 */
people: Call<null, Array<Mentionable>>, 
/**
 * The people of an organization by name, where what is connected may look them up; else nobody.
 */
find_people: Call<FindPeople, Array<Mentionable>>, 
/**
 * What the templates of another destination make of the items of a dialog.
 */
render_templates: Call<RenderTemplates, RenderedTemplates>, 
/**
 * What templates make of an example, for the settings to show while they are edited.
 */
preview: Call<Preview, RenderedTemplates>, 
/**
 * Forgets what was typed for an item, and answers the dialog's original content.
 */
reset_draft: Call<Compose, Draft>, 
/**
 * Sends. Answers as soon as the delivery is stored; `delivery` events tell the rest.
 */
send: Call<Send, DeliveryView>, 
/**
 * All deliveries, newest first.
 */
deliveries: Call<null, Array<DeliveryView>>, 
/**
 * Tries a waiting or failed delivery again, unchanged.
 */
retry: Call<DeliveryId, DeliveryView>, 
/**
 * Opens an unsent delivery's content in its dialog again. The delivery stays until it is sent anew.
 */
edit: Call<DeliveryId, Draft>, 
/**
 * Takes an unsent delivery off the list. Its words are kept for the next time that its dialog opens.
 */
cancel: Call<DeliveryId, null>, 
/**
 * Looks again for a delivery whose outcome is not known.
 */
check_again: Call<DeliveryId, DeliveryView>, 
/**
 * Sends a delivery whose outcome is not known once more: the person looked and decided.
 */
post_anyway: Call<DeliveryId, DeliveryView>, 
/**
 * Sends as the connected account what another one was to send.
 */
send_as: Call<DeliveryId, DeliveryView>, 
/**
 * Sends everything that waited so long that it was asked about.
 */
send_waiting: Call<null, null>, 
/**
 * Opens something in the browser. The host of a recording is asked about once, in a dialog of the system.
 */
open_link: Call<Link, null>, 
/**
 * How Atlassian is reached, as the settings of the system are now.
 */
network: Call<null, Network>, 
/**
 * Keeps a name and a password for the proxy, once the proxy has accepted them. What waits for that goes on.
 */
enter_proxy_password: Call<EnterProxyPassword, Network>, 
/**
 * Deletes what is kept for a proxy, by its host and port.
 */
forget_proxy_password: Call<string, Network>, 
/**
 * Changes the settings.
 */
save_settings: Call<Settings, Settings>, 
/**
 * The items that match best; for an empty query the newest of all.
 */
find_items: Call<FindItems, Array<FoundItem>>, 
/**
 * Where items can go at once: favourites first, then what was used last.
 */
targets: Call<Array<ItemId>, Array<QuickTarget>>, 
/**
 * Makes a target a favourite, or no longer one.
 */
set_favourite: Call<Favourite, null>, 
/**
 * The hosts that items would link to as the templates make them, each once.
 */
link_hosts: Call<QuickLinks, Array<string>>, 
/**
 * Sends items as the templates make them: one page or comment for each meeting that they are of.
 */
quick_send: Call<QuickSend, Array<DeliveryView>>, 
/**
 * Hides the quick-send window.
 */
hide_quick: Call<null, null>, 
/**
 * Opens the dialog for items in the main window.
 */
open_dialog: Call<Compose, null>, 
/**
 * Brings the main window to the front, at a screen.
 */
go_to: Call<Screen, null>, 
/**
 * Answers `flush_pages`: everything that was typed in this window is kept.
 */
pages_flushed: Call<null, null>, 
/**
 * What the desktop lends the app.
 */
desktop: Call<null, Desktop>, 
/**
 * Starts the app when the person logs in, or no longer.
 */
set_autostart: Call<boolean, Desktop>, 
/**
 * Deletes the tokens, the data, the start at login and the handler of `sally:` addresses, and ends the app. Answers what is
 * left, each in words, in which case the app stays to say so, and can do nothing but try again or quit.
 */
remove_everything: Call<null, Array<string>>, 
/**
 * Shows the log's file in the desktop's program for files.
 */
show_log: Call<null, null>, 
/**
 * What a report has to say of the app and of what it runs on, as text to send on: no name, no address, no word of a meeting.
 */
report_details: Call<null, string>, 
/**
 * Ends the app.
 */
quit: Call<null, null>, };

/**
 * Which dialog for which items.
 */
export type Compose = { 
/**
 * The items, all of one meeting; at least one.
 */
items: Array<ItemId>, 
/**
 * The dialog.
 */
action: Action, 
/**
 * Where to, if the person chose that already; else where the last one went.
 */
target?: Target | null, };

/**
 * What a person pastes to connect a server that meetings come from.
 */
export type ConnectServer = { 
/**
 * The personal access token. It goes to the keyring, and is never given back.
 */
token: string, 
/**
 * Whose meetings, in the person's words.
 */
company: string | null, 
/**
 * Where the server is; Sally's own where there is none.
 */
address: string | null, 
/**
 * The server that gets a new token; its address stays.
 */
again: ServerId | null, };

/**
 * What a person enters to connect a site by an API token.
 */
export type ConnectToken = { 
/**
 * The site, such as `acme.atlassian.net`, or any link of it.
 */
site: string, 
/**
 * The e-mail address of the account whose token it is.
 */
email: string, 
/**
 * The token. It goes to the keyring, and is never given back.
 */
token: string, 
/**
 * The day (ISO 8601) on which the person was told that it ends. Nobody else can be asked.
 */
expires: string | null, };

/**
 * The connection to Confluence.
 */
export type Connection = { "state": "not_configured", 
/**
 * The environment variables that are missing.
 */
missing: Array<string>, } | { "state": "disconnected", 
/**
 * How the last login ended, if it ended badly.
 */
why: ErrorView | null, } | { "state": "waiting", 
/**
 * Since when.
 */
since: string, 
/**
 * When the login expires.
 */
until: string, } | { "state": "finishing" } | { "state": "connected" } & Account | { "state": "needs_reconnecting", 
/**
 * Who was connected.
 */
account: Account, 
/**
 * Why it ended.
 */
why: ErrorView, };

/**
 * One spoken line of a transcript.
 */
export type Cue = { 
/**
 * Milliseconds from the start of the recording.
 */
start_ms: number, 
/**
 * Milliseconds from the start of the recording; never before `start_ms`.
 */
end_ms: number, 
/**
 * Who spoke, where the source says.
 */
speaker: string | null, 
/**
 * What was said.
 */
text: string, };

/**
 * A damaged file that was put aside.
 */
export type DamagedFile = { 
/**
 * Its name in the data folder.
 */
name: string, 
/**
 * Whether all of what was typed could be read in it.
 */
is_whole: boolean, 
/**
 * What was not sent, and exists nowhere else.
 */
unsent: Array<Unsent>, };

/**
 * One thing on its way to Confluence, or there already.
 */
export type DeliveryId = string;

/**
 * The state of a delivery.
 */
export type DeliveryState = { "kind": "queued" } | { "kind": "held", 
/**
 * When it goes.
 */
until: string, } | { "kind": "sending" } | { "kind": "sent", 
/**
 * What the person should know about how it arrived.
 */
note: string | null, } | { "kind": "waiting", 
/**
 * Why.
 */
why: ErrorView, } | { "kind": "needs_you", 
/**
 * Why, and the way on.
 */
why: ErrorView, } | { "kind": "checking", 
/**
 * What is known.
 */
why: ErrorView, } | { "kind": "not_confirmed", 
/**
 * What is known.
 */
why: ErrorView, };

/**
 * A delivery, as lists and items show it.
 */
export type DeliveryView = { 
/**
 * Which.
 */
id: DeliveryId, 
/**
 * The items that it is about.
 */
items: Array<ItemId>, 
/**
 * The words of the first one, where it is still cached.
 */
words: string | null, 
/**
 * The meeting of the items, where it is still cached.
 */
meeting: MeetingId | null, 
/**
 * That meeting's title.
 */
meeting_title: string | null, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * The organization's name.
 */
organization: string, 
/**
 * The account that sends it, where that is not the connected one.
 */
sender: string | null, 
/**
 * Its state.
 */
state: DeliveryState, 
/**
 * When the person sent it.
 */
created: string, 
/**
 * When its state last changed.
 */
changed: string, };

/**
 * What the desktop lends the app.
 */
export type Desktop = { 
/**
 * Whether it has a tray.
 */
tray: boolean, 
/**
 * Whether the chosen shortcut works.
 */
shortcut: Shortcut, 
/**
 * What opens the quick-send window from outside, for a desktop's own keyboard settings.
 */
command: string, 
/**
 * Whether the app starts when the person logs in.
 */
autostart: boolean, };

/**
 * Where a delivery goes.
 */
export type Destination = { "kind": "new_page", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The space.
 */
space: Space, 
/**
 * The parent page; the space's home where there is none.
 */
parent: Page | null, 
/**
 * The new page's title.
 */
title: string, } | { "kind": "comment", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The page.
 */
page: Page, };

/**
 * The content of a dialog. The fields of the other action keep their values when a person changes from a
 * page to a comment.
 */
export type Draft = { 
/**
 * The items that it is about, all of one meeting; at least one.
 */
items: Array<ItemId>, 
/**
 * The dialog.
 */
action: Action, 
/**
 * The delivery that this replaces, where the person edits one that did not get through.
 */
replaces: DeliveryId | null, 
/**
 * `Organization`.
 */
organization: OrganizationId | null, 
/**
 * `Space`.
 */
space: Space | null, 
/**
 * `Parent page`; the space's home where there is none.
 */
parent: Page | null, 
/**
 * `Page`.
 */
page: Page | null, 
/**
 * `Title`.
 */
title: string, 
/**
 * `Description`.
 */
document: AdfDocument, 
/**
 * Whether this is what the person typed earlier, so that `Start over` makes sense.
 */
kept: boolean, 
/**
 * Why the delivery that this replaces did not get through, or that it arrived all the same.
 */
problem: ErrorView | null, 
/**
 * The accounts that it is sent as, by organization, where there are two.
 */
senders: { [key in OrganizationId]: string }, };

/**
 * When a task is due: the source's own words, and the day where those words name one beyond doubt.
 */
export type Due = { 
/**
 * As the source wrote it, such as "20 Nov" or "next Friday".
 */
text: string, 
/**
 * The day (ISO 8601), only where the text names it fully.
 */
date: string | null, };

/**
 * An item that a person changes.
 */
export type EditItem = { 
/**
 * Which.
 */
item: ItemId, 
/**
 * What it says from now on.
 */
words: ItemWords, };

/**
 * A name and a password for a proxy.
 */
export type EnterProxyPassword = { 
/**
 * The host and port of the proxy, as they were shown.
 */
proxy: string, 
/**
 * The name.
 */
name: string, 
/**
 * The password. It goes to the keyring, and is never given back.
 */
password: string, };

/**
 * A closed list: a code exists only where the UI treats it differently.
 */
export type ErrorCode = "failed" | "invalid_organization" | "invalid_space" | "invalid_parent" | "invalid_page" | "invalid_title" | "title_exists" | "invalid_description" | "invalid_site" | "invalid_email" | "invalid_token" | "invalid_address" | "not_connected" | "reconnect_needed" | "not_configured" | "sent_before" | "sent_meanwhile" | "another_account" | "waited_long" | "older_copy" | "superseded" | "gone";

/**
 * What a person is told when something did not work.
 */
export type ErrorView = { 
/**
 * What the UI branches on.
 */
code: ErrorCode, 
/**
 * The fact, in one or two sentences.
 */
message: string, 
/**
 * The way on, which the UI shows as a button.
 */
hint: Hint | null, };

/**
 * What a window is told, by the channel that it handed over with `listen`. The core tells both windows the same; what the
 * shell adds goes to one of them, but for `FlushPages`.
 */
export type Event = { "event": "connection", "payload": Connection } | { "event": "tokens", "payload": Array<ApiToken> } | { "event": "delivery", "payload": DeliveryView } | { "event": "delivery_gone", "payload": DeliveryId } | { "event": "watched", "payload": WatchedFolder } | { "event": "imported", "payload": ImportReport } | { "event": "importing", "payload": ImportProgress | null } | { "event": "spaces", "payload": SpacesProgress } | { "event": "servers", "payload": Array<MeetingServer> } | { "event": "sync", "payload": SyncState } | { "event": "notice", "payload": ErrorView } | { "event": "notice_over", "payload": ErrorView } | { "event": "settings", "payload": Settings } | { "event": "dragging", "payload": boolean } | { "event": "quick_opened", "payload": QuickOpened } | { "event": "go_to", "payload": Screen } | { "event": "open_dialog", "payload": Compose } | { "event": "flush_pages" };

/**
 * What a meeting can be written as.
 */
export type ExportFormat = "markdown" | "json";

/**
 * A meeting on its way into a file.
 */
export type ExportMeeting = { 
/**
 * Which.
 */
meeting: MeetingId, 
/**
 * As what.
 */
format: ExportFormat, };

/**
 * A favourite, or one no longer.
 */
export type Favourite = { 
/**
 * Where.
 */
target: Target, 
/**
 * Whether it is to be one.
 */
favourite: boolean, };

/**
 * Words to find in a transcript.
 */
export type FindInTranscript = { 
/**
 * Of which meeting.
 */
meeting: MeetingId, 
/**
 * The words, typed as for [`ListMeetings`].
 */
query: string, };

/**
 * Which items.
 */
export type FindItems = { 
/**
 * Words of the item, its owner or its meeting's title, or how they begin; empty for the newest items.
 */
query: string, 
/**
 * How many to answer, at most 100.
 */
limit: number, };

/**
 * Which pages.
 */
export type FindPages = { 
/**
 * Where. A link says itself where it leads, so none needs to be chosen for one.
 */
organization: OrganizationId | null, 
/**
 * Only in this space. A link leads where it leads.
 */
space: SpaceId | null, 
/**
 * Words of the title, or a text with a page's link; empty for the pages changed last.
 */
query: string, 
/**
 * Whether it is for a parent: a folder is as good as a page then.
 */
parent: boolean, };

/**
 * Whom to find.
 */
export type FindPeople = { 
/**
 * Whose people.
 */
organization: OrganizationId, 
/**
 * What their names begin with, or words of them.
 */
query: string, };

/**
 * Which spaces.
 */
export type FindSpaces = { 
/**
 * Where.
 */
organization: OrganizationId, 
/**
 * Words of the name, or the start of the key; empty for all.
 */
query: string, };

/**
 * An item as the quick-send window shows it.
 */
export type FoundItem = { 
/**
 * Which.
 */
id: ItemId, 
/**
 * Its section.
 */
kind: ItemKind, 
/**
 * Its words.
 */
text: string, 
/**
 * Who does it.
 */
owner: string | null, 
/**
 * When it is due.
 */
due: Due | null, 
/**
 * Whether the source marked it as done.
 */
done: boolean, 
/**
 * Whether it arrived somewhere in Confluence.
 */
sent: boolean, 
/**
 * Its meeting.
 */
meeting: MeetingId, 
/**
 * That meeting's title.
 */
meeting_title: string, 
/**
 * The day of the meeting (ISO 8601), in the person's time zone.
 */
day: string | null, };

/**
 * A page that was found.
 */
export type FoundPage = { 
/**
 * The page.
 */
page: Page, 
/**
 * The space that it lives in, where Confluence says which.
 */
space: Space | null, };

/**
 * Pages that were found.
 */
export type FoundPages = { 
/**
 * The organization that all of them are of: the one that was named, or the one of the link.
 */
organization: OrganizationId, 
/**
 * The pages; at most 10.
 */
pages: Array<FoundPage>, };

/**
 * An action that the UI offers beside an error.
 */
export type Hint = { "kind": "connect" } | { "kind": "connect_site" } | { "kind": "ask_site", 
/**
 * The site, for people.
 */
site: string, } | { "kind": "reconnect" } | { "kind": "set_up" } | { "kind": "try_again", 
/**
 * Not before this moment.
 */
at: string | null, } | { "kind": "choose_another_title", 
/**
 * A title with the date added, ready to use.
 */
suggestion: string, 
/**
 * The page that has the title, where it was found.
 */
page: Page | null, } | { "kind": "choose_another_place" } | { "kind": "new_token" } | { "kind": "renew_token", 
/**
 * Whose site.
 */
organization: OrganizationId, } | { "kind": "proxy_password" } | { "kind": "ask_administrator" } | { "kind": "unlock_keyring" } | { "kind": "send_again" } | { "kind": "send_as_another", 
/**
 * What arrived.
 */
delivery: DeliveryId, } | { "kind": "send_as", 
/**
 * The connected account's name.
 */
name: string, } | { "kind": "send_waiting" } | { "kind": "choose_files" } | { "kind": "shorten" };

/**
 * A file that could not be read or stored, or not in full.
 */
export type ImportFailure = { 
/**
 * The file's name.
 */
file: string, 
/**
 * Where in the file, such as "line 3, column 14", where that is known.
 */
place: string | null, 
/**
 * Why, in a sentence.
 */
reason: string, };

/**
 * How far the imports are that are under way.
 */
export type ImportProgress = { 
/**
 * How many files are done with.
 */
done: number, 
/**
 * Of how many.
 */
total: number, };

/**
 * What an import did.
 */
export type ImportReport = { 
/**
 * Meetings that are new.
 */
added: Array<MeetingId>, 
/**
 * Meetings that were there and got something new from a file.
 */
updated: Array<MeetingId>, 
/**
 * Meetings that were there already, as they are.
 */
unchanged: Array<MeetingId>, 
/**
 * Files that could not be read or stored; the others still came in.
 */
failed: Array<ImportFailure>, 
/**
 * Things that a file holds and the app does not understand.
 */
warnings: Array<ImportFailure>, 
/**
 * How many files were not looked at, since the person stopped the import.
 */
left_out: number, };

/**
 * Text to be read like a file.
 */
export type ImportText = { 
/**
 * Plain text, Markdown, HTML, JSON or a transcript.
 */
text: string, };

/**
 * The dialog in which a person changes an item, or adds one.
 */
export type ItemDialog = { "edit": ItemId } | { "add": { 
/**
 * Where to.
 */
meeting: MeetingId, 
/**
 * What it is made of, if it is made of something that was said there.
 */
said: string, } };

/**
 * What is typed into such a dialog.
 */
export type ItemDraft = { 
/**
 * Which dialog.
 */
dialog: ItemDialog, 
/**
 * What its fields hold; `null` if that is what it opens with.
 */
words: ItemWords | null, };

/**
 * An insight, decision, next step or task of a meeting.
 */
export type ItemId = string;

/**
 * The four kinds of things that a meeting leaves behind, in the order in which they are shown.
 */
export type ItemKind = "insight" | "decision" | "next_step" | "task";

/**
 * An item of a meeting.
 */
export type ItemView = { 
/**
 * Which.
 */
id: ItemId, 
/**
 * Its section.
 */
kind: ItemKind, 
/**
 * Its words.
 */
text: string, 
/**
 * Who does it.
 */
owner: string | null, 
/**
 * When it is due.
 */
due: Due | null, 
/**
 * Whether the source marked it as done.
 */
done: boolean, 
/**
 * Whether a person changed or added it here, so that no import overwrites it.
 */
edited: boolean, 
/**
 * The file or the server that it came from, for people; `null` where it was added by hand, or by an earlier version.
 */
origin: string | null, 
/**
 * Its deliveries, newest first.
 */
deliveries: Array<DeliveryView>, };

/**
 * What a person says of an item.
 */
export type ItemWords = { 
/**
 * Its section.
 */
kind: ItemKind, 
/**
 * Its words.
 */
text: string, 
/**
 * Who does it.
 */
owner: string | null, 
/**
 * When it is due, in any words; a day that they name beyond doubt is understood.
 */
due: string | null, 
/**
 * Whether it is done.
 */
done: boolean, };

/**
 * Something that opens in the browser. The web view never names an address.
 */
export type Link = { "kind": "delivery", 
/**
 * Which.
 */
id: DeliveryId, } | { "kind": "page", 
/**
 * Where.
 */
organization: OrganizationId, 
/**
 * Which.
 */
page: PageId, } | { "kind": "recording", 
/**
 * Which.
 */
meeting: MeetingId, } | { "kind": "connected_apps" } | { "kind": "token_page" } | { "kind": "setup_guide" };

/**
 * A page of the meeting list.
 */
export type ListMeetings = { 
/**
 * Words to find in title, people, items and transcript; empty for all. A phrase stands in quotation marks.
 */
query: string, 
/**
 * Which of them.
 */
filter: MeetingFilter, 
/**
 * How many meetings to pass over.
 */
offset: number, 
/**
 * How many to answer, at most 500.
 */
limit: number, };

/**
 * A space that is offered, with what tells it from others.
 */
export type ListedSpace = { 
/**
 * The space.
 */
space: Space, 
/**
 * What sort of space.
 */
kind: SpaceKind, };

/**
 * What a page hands over to be told [`Event`]s: a channel of the bridge, which the shell knows.
 */
export type Listener = unknown;

/**
 * Which meetings a list shows; the default shows all.
 */
export type MeetingFilter = { 
/**
 * With items of one of these kinds; empty for all.
 */
kinds: Array<ItemKind>, 
/**
 * Words of the name of somebody who was there, spoke or owns an item; empty for everybody.
 */
person: string, 
/**
 * Held on this day (ISO 8601) or later.
 */
from: string | null, 
/**
 * Held on this day (ISO 8601) or earlier.
 */
to: string | null, 
/**
 * Of which something was sent, or nothing.
 */
sent: boolean | null, };

/**
 * A meeting in the database.
 */
export type MeetingId = string;

/**
 * A page of the meeting list.
 */
export type MeetingList = { 
/**
 * How many meetings match, as far as they are counted: a search stops at a thousand.
 */
total: number, 
/**
 * Whether more match than were counted.
 */
more: boolean, 
/**
 * The page of results.
 */
rows: Array<MeetingRow>, };

/**
 * A meeting in the list.
 */
export type MeetingRow = { 
/**
 * Which.
 */
id: MeetingId, 
/**
 * Its title.
 */
title: string, 
/**
 * The day it was held (ISO 8601), in the person's time zone.
 */
day: string | null, 
/**
 * The time of day, such as `14:05`, where it is known.
 */
time: string | null, 
/**
 * How many items it has.
 */
items: number, 
/**
 * How many of them were sent.
 */
sent: number, 
/**
 * Where the query was found, if it was not found in the title: a few words around it.
 */
hit: string | null, };

/**
 * A server that meetings come from.
 */
export type MeetingServer = { 
/**
 * Which.
 */
id: ServerId, 
/**
 * `Sally`, or another server's host.
 */
name: string, 
/**
 * Where it is, for people to read.
 */
address: string, 
/**
 * Its host, for people to read.
 */
host: string, 
/**
 * Whose meetings, in the person's words.
 */
company: string | null, 
/**
 * When everything was read last.
 */
synced: string | null, 
/**
 * Whether the operating system's keyring holds the token. If not, the connection lasts for this run.
 */
remembered: boolean, 
/**
 * Why it has to be connected again.
 */
trouble: ErrorView | null, };

/**
 * A meeting with everything but the lines of its transcript.
 */
export type MeetingView = { 
/**
 * Which.
 */
id: MeetingId, 
/**
 * Its title.
 */
title: string, 
/**
 * The day it was held (ISO 8601), in the person's time zone.
 */
day: string | null, 
/**
 * The time of day, such as `14:05`, where it is known.
 */
time: string | null, 
/**
 * How long it took.
 */
minutes: number | null, 
/**
 * Who was there.
 */
participants: Array<string>, 
/**
 * The host of its recording, which `open_link` with `recording` opens, if there is one.
 */
recording: string | null, 
/**
 * The tool or format it came from.
 */
source: string, 
/**
 * Its items, in the order of kinds and then of the source.
 */
items: Array<ItemView>, 
/**
 * How many lines its transcript has; `read_transcript` answers them.
 */
transcript_lines: number, 
/**
 * What its source wrote and nothing understood, as it came.
 */
notes: string | null, };

/**
 * Somebody who can be mentioned.
 */
export type Mentionable = { 
/**
 * Atlassian's account id.
 */
id: AccountId, 
/**
 * The name.
 */
name: string, };

/**
 * How Atlassian is reached.
 */
export type Network = { 
/**
 * The proxy in between; `null` for none.
 */
proxy: ProxyInUse | null, 
/**
 * Whether the system chooses its proxy by a script that the app does not run.
 */
script: boolean, };

/**
 * An organization (Atlassian site) that the connection reaches.
 */
export type Organization = { 
/**
 * Atlassian's cloud id.
 */
id: OrganizationId, 
/**
 * The site's name.
 */
name: string, 
/**
 * The site's address, such as `https://acme.atlassian.net`; for people to tell sites apart.
 */
url: string, };

/**
 * Atlassian's `cloudId`: one organization's site.
 */
export type OrganizationId = string;

/**
 * The templates of one destination.
 */
export type OwnTemplates = { 
/**
 * Which.
 */
place: Place, 
/**
 * Its templates: of pages for a space, of comments for a page.
 */
templates: Templates, };

/**
 * A page, as pickers show it.
 */
export type Page = { 
/**
 * What the API wants.
 */
id: PageId, 
/**
 * Its title.
 */
title: string, 
/**
 * The name of the space that it lives in, for people to tell pages apart.
 */
space: string, };

/**
 * A Confluence page's id.
 */
export type PageId = string;

/**
 * A space that somebody picked.
 */
export type PickedSpace = { 
/**
 * Where.
 */
organization: OrganizationId, 
/**
 * Which.
 */
space: Space, };

/**
 * A destination that things are sent to again and again: a space for pages, a page for comments.
 */
export type Place = { "kind": "space", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The space.
 */
space: Space, } | { "kind": "page", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The page.
 */
page: Page, };

/**
 * Which templates to show, and for what.
 */
export type Preview = { 
/**
 * The templates as they are being edited.
 */
templates: Templates, 
/**
 * A page or a comment.
 */
action: Action, 
/**
 * Several items instead of one.
 */
several: boolean, };

/**
 * The proxy in between.
 */
export type ProxyInUse = { 
/**
 * Its host and port.
 */
name: string, 
/**
 * Who names it.
 */
origin: ProxyOrigin, 
/**
 * Whether a name and a password are kept for it.
 */
password: ProxyPasswordKept, };

/**
 * Who names a proxy.
 */
export type ProxyOrigin = "environment" | "system";

/**
 * Whether a name and a password are kept for a proxy.
 */
export type ProxyPasswordKept = "no" | "for_this_run" | "in_keyring";

/**
 * What is about to be sent at once.
 */
export type QuickLinks = { 
/**
 * The items; at least one. They may be of several meetings.
 */
items: Array<ItemId>, 
/**
 * Where to.
 */
target: Target, };

/**
 * The quick-send window was opened.
 */
export type QuickOpened = { 
/**
 * The item that was chosen in the tray's menu.
 */
item: FoundItem | null, };

/**
 * What to send at once.
 */
export type QuickSend = { 
/**
 * The items; at least one. They may be of several meetings.
 */
items: Array<ItemId>, 
/**
 * Where to.
 */
target: Target, 
/**
 * The person knows that the same went to the same place within a day.
 */
again: boolean, };

/**
 * Somewhere that items can go at once.
 */
export type QuickTarget = { 
/**
 * Where.
 */
target: Target, 
/**
 * The organization's name.
 */
organization: string, 
/**
 * Whether it is one of the person's favourites.
 */
favourite: boolean, 
/**
 * The account that it is sent as, where deliveries of another one are on the list.
 */
sender: string | null, };

/**
 * A stretch of a transcript.
 */
export type ReadTranscript = { 
/**
 * Of which meeting.
 */
meeting: MeetingId, 
/**
 * How many lines to pass over.
 */
offset: number, 
/**
 * How many to answer, at most 500.
 */
limit: number, };

/**
 * Whose spaces are to be brought up to date.
 */
export type RefreshSpaces = { 
/**
 * Where.
 */
organization: OrganizationId, 
/**
 * Also where that was done today.
 */
again: boolean, };

/**
 * Which items, and where they are about to go.
 */
export type RenderTemplates = { 
/**
 * The items, all of one meeting; at least one.
 */
items: Array<ItemId>, 
/**
 * The dialog.
 */
action: Action, 
/**
 * The destination, where one is chosen.
 */
place: Place | null, };

/**
 * What templates make of items.
 */
export type RenderedTemplates = { 
/**
 * The title.
 */
title: string, 
/**
 * The body.
 */
document: AdfDocument, };

/**
 * One OAuth scope.
 */
export type Scope = { 
/**
 * As Atlassian names it.
 */
name: string, 
/**
 * What Atlassian technically allows with it.
 */
allows: string, 
/**
 * What the app does with it.
 */
used_for: string, };

/**
 * A screen of the main window.
 */
export type Screen = "as_it_was" | "outbox" | "settings" | "integrations";

/**
 * What to send.
 */
export type Send = { 
/**
 * The items that it is about, all of one meeting; at least one.
 */
items: Array<ItemId>, 
/**
 * Where to.
 */
destination: Destination, 
/**
 * As in [`Draft`].
 */
document: AdfDocument, 
/**
 * The delivery that this replaces.
 */
replaces: DeliveryId | null, 
/**
 * The person knows that the same went to the same place within a day.
 */
again: boolean, };

/**
 * A server that meetings come from.
 */
export type ServerId = string;

/**
 * What the person chose.
 */
export type Settings = { 
/**
 * Light, dark, or as the desktop says.
 */
appearance: Appearance, 
/**
 * How long something is held back after `Create`, so that it can be undone; in seconds, at most 60.
 */
hold_seconds: number, 
/**
 * The same for what is sent from the quick-send window.
 */
quick_hold_seconds: number, 
/**
 * Whether closing the main window leaves the app in the tray.
 */
keep_in_tray: boolean, 
/**
 * Whether the desktop tells what was sent and what needs the person.
 */
notifications: boolean, 
/**
 * The keys that open the quick-send window wherever the person is, such as `CmdOrCtrl+Shift+Space`; empty for none.
 */
shortcut: string, 
/**
 * How long what was sent is kept in the outbox and beside its items, in days; 0 for always.
 */
keep_sent_days: number, 
/**
 * What the dialogs open with.
 */
templates: Templates, 
/**
 * What they open with for some destinations instead. Each destination stands here once.
 */
own_templates: Array<OwnTemplates>, };

/**
 * Whether the chosen shortcut works.
 */
export type Shortcut = { "kind": "works" } | { "kind": "none" } | { "kind": "taken" } | { "kind": "not_allowed" };

/**
 * A space, as pickers show it.
 */
export type Space = { 
/**
 * What the API wants.
 */
id: SpaceId, 
/**
 * The short key that people know, such as `ENG`.
 */
key: string, 
/**
 * The name.
 */
name: string, };

/**
 * A Confluence space's numeric id, as a string (the API refuses a number).
 */
export type SpaceId = string;

/**
 * What sort of space it is.
 */
export type SpaceKind = "team" | "collaboration" | "knowledge_base" | "personal";

/**
 * Which spaces of an organization are kept, and so how the others are found.
 */
export type SpaceListing = "whole" | "searched" | "paged";

/**
 * What may be made in a space. Nothing is in the way where Confluence does not tell.
 */
export type SpaceRights = { 
/**
 * Why no page can be created in it.
 */
pages: ErrorView | null, 
/**
 * Why no comment can be added to its pages.
 */
comments: ErrorView | null, };

/**
 * Spaces that match.
 */
export type Spaces = { 
/**
 * The best matches: the recently used first; at most 60.
 */
spaces: Array<ListedSpace>, 
/**
 * How many match in all.
 */
total: number, 
/**
 * Which spaces are kept here; nothing before Confluence was asked for the first time.
 */
listing: SpaceListing | null, };

/**
 * How far the list of an organization's spaces is.
 */
export type SpacesProgress = { 
/**
 * Where.
 */
organization: OrganizationId, 
/**
 * How many were loaded so far.
 */
loaded: number, 
/**
 * Whether that was all.
 */
complete: boolean, };

/**
 * The app and its state.
 */
export type Status = { 
/**
 * Such as `0.1.0`.
 */
version: string, 
/**
 * The data folder, for people.
 */
data_folder: string, 
/**
 * The host of the authorization server, where it is not Atlassian's own: a sandbox.
 */
sandbox: string | null, 
/**
 * The connection to Confluence.
 */
connection: Connection, 
/**
 * The sites that are connected by API tokens, by name. Where the login reaches the same one, the token is used.
 */
tokens: Array<ApiToken>, 
/**
 * The servers that meetings come from.
 */
servers: Array<MeetingServer>, 
/**
 * How far reading from them is.
 */
sync: SyncState, 
/**
 * The settings.
 */
settings: Settings, 
/**
 * The folder that is watched for meetings.
 */
watched: WatchedFolder | null, 
/**
 * Whether the sample meetings are loaded.
 */
has_samples: boolean, 
/**
 * How many deliveries are not sent yet.
 */
unsent: number, 
/**
 * The 13 scopes, with what each is used for.
 */
scopes: Array<Scope>, 
/**
 * The scopes that an API token is made with.
 */
token_scopes: Array<string>, };

/**
 * Why to read what is new.
 */
export type SyncMeetings = { 
/**
 * The person pressed `Sync now`. If not, the meeting list came into view, and nothing happens where that was not
 * long ago.
 */
asked: boolean, };

/**
 * How reading from the servers ended.
 */
export type SyncReport = { 
/**
 * How many meetings are new.
 */
added: number, 
/**
 * How many got something new.
 */
updated: number, 
/**
 * What the person should know about single meetings.
 */
warnings: Array<SyncWarning>, 
/**
 * Whether the person stopped it.
 */
cancelled: boolean, 
/**
 * Why it ended before everything was read.
 */
problem: ErrorView | null, };

/**
 * How far reading from the servers is.
 */
export type SyncState = { "kind": "idle" } | { "kind": "looking", 
/**
 * How many recordings it has so far.
 */
found: number, } | { "kind": "reading", 
/**
 * How many were.
 */
done: number, 
/**
 * Of how many.
 */
total: number, } | { "kind": "waiting", 
/**
 * When it goes on.
 */
until: string, 
/**
 * How many were read.
 */
done: number, 
/**
 * Of how many.
 */
total: number, } | { "kind": "ended" } & SyncReport;

/**
 * Something about one meeting.
 */
export type SyncWarning = { 
/**
 * Its title.
 */
title: string, 
/**
 * What, in a sentence.
 */
reason: string, };

/**
 * A destination without what is new each time: pages in a space or beneath a page, or comments on a page.
 */
export type Target = { "kind": "new_page", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The space.
 */
space: Space, 
/**
 * The parent page; the space's home where there is none.
 */
parent: Page | null, } | { "kind": "comment", 
/**
 * The organization.
 */
organization: OrganizationId, 
/**
 * The page.
 */
page: Page, };

/**
 * What the dialogs open with. Titles are plain text, bodies are Markdown; both may hold fields such as `{meeting}`,
 * which `app::dialogs::template` lists.
 */
export type Templates = { 
/**
 * The title of a page made of one item.
 */
item_title: string, 
/**
 * The body of a page made of one item.
 */
item_body: string, 
/**
 * The title of a page made of several items.
 */
meeting_title: string, 
/**
 * The body of a page made of several items.
 */
meeting_body: string, 
/**
 * The body of a comment.
 */
comment_body: string, };

/**
 * Something that the app does with a token.
 */
export type TokenNeed = { 
/**
 * What, such as `Create pages`.
 */
name: string, 
/**
 * The scope that it takes.
 */
scope: string, 
/**
 * Whether the token has it.
 */
met: boolean, 
/**
 * What does not work without it, in a sentence.
 */
without: string, };

/**
 * Something that was typed and not sent, in a damaged file.
 */
export type Unsent = { 
/**
 * What it is, such as `Comment on “Rollout”`.
 */
what: string, 
/**
 * Its words.
 */
words: string, };

/**
 * The folder that is watched for meetings. The window shows it and cannot name another one.
 */
export type WatchedFolder = { 
/**
 * Its path, for people.
 */
folder: string, 
/**
 * Why nothing comes from it at the moment.
 */
problem: string | null, };
