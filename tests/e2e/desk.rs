//! A desktop with the app on it and a sandbox behind it, and what a person does there again and again.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::app::{App, Backend, Launch};
use crate::deep_link;
use crate::locator::{Locator, Want, contains, starts};
use crate::session::{Profile, Session};
use crate::window::Window;

/// A sandbox for one test.
pub(crate) async fn sandbox() -> Result<Sandbox> {
    let mut options = Options::default();
    options.redirect_uris.extend(REDIRECT.map(str::to_owned));
    Ok(Sandbox::start(options).await?)
}

/// Where a login comes back to, if not to the app's own scheme: macOS gives a scheme to bundles only, and the app under
/// test is none.
const REDIRECT: Option<&str> =
    if cfg!(target_os = "macos") { Some("http://127.0.0.1:28976/callback") } else { None };

/// The app on this desktop, talking to this sandbox.
pub(crate) async fn app<'s>(session: &'s Session, sandbox: &Sandbox, arguments: &[&str]) -> Result<App<'s>> {
    app_in(session, sandbox, arguments, &[]).await
}

/// The same, with more in its environment.
pub(crate) async fn app_in<'s>(
    session: &'s Session,
    sandbox: &Sandbox,
    arguments: &[&str],
    variables: &[(&'static str, &str)],
) -> Result<App<'s>> {
    let mut launch = Launch::sally(Backend {
        auth_url: sandbox.url(),
        api_url: sandbox.url(),
        sally_url: sandbox.sally_address(),
        client_id: sandbox.client_id(),
        client_secret: sandbox.client_secret(),
        redirect_uri: REDIRECT.map(str::to_owned),
    })?;
    launch.arguments = arguments.iter().map(ToString::to_string).collect();
    launch.variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    App::start(session, launch).await
}

/// The app with the sample meetings, connected, and the newest of them open.
pub(crate) async fn connected_app<'s>(session: &'s Session, sandbox: &Sandbox) -> Result<App<'s>> {
    let app = app(session, sandbox, &["--samples"]).await?;
    connect(session, &app).await?;
    open_meeting(app.window(), &sample().title).await?;
    Ok(app)
}

/// A desktop whose keyring is open.
pub(crate) fn desktop() -> Result<Session> {
    Session::start(Profile::default())
}

/// A meeting to send from.
pub(crate) struct Meeting {
    /// Its title.
    pub(crate) title: String,
    /// The words of a decision.
    pub(crate) decision: String,
    /// The words of a task.
    pub(crate) task: String,
    /// The files to open; none where it is a sample.
    pub(crate) files: Vec<PathBuf>,
}

/// A real meeting where the folder with real ones is there, else a sample.
pub(crate) fn meeting() -> Result<Meeting> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/meetings"));
    let mut folders = Vec::new();
    for series in std::fs::read_dir(&root).into_iter().flatten() {
        folders.extend(std::fs::read_dir(series?.path())?.filter_map(|entry| Some(entry.ok()?.path())));
    }
    folders.sort();
    for folder in folders {
        let Ok(text) = std::fs::read(folder.join("tldr.json")) else { continue };
        let summary: Value = serde_json::from_slice(&text)?;
        let words = |list: &str, key: &str| summary[list][0][key].as_str().map(str::to_owned);
        let (Some(decision), Some(task)) = (words("decisions", "decision"), words("action_items", "action"))
        else {
            continue;
        };
        let title = summary["meeting"].as_str().context("a real meeting has a title")?.to_owned();
        let files = vec![folder.join("tldr.json"), folder.join("transcript.vtt")];
        return Ok(Meeting { title, decision, task, files });
    }
    Ok(sample())
}

/// The newest sample meeting.
pub(crate) fn sample() -> Meeting {
    Meeting {
        title: "Weekly product sync".to_owned(),
        decision: "Ship the importer behind a flag".to_owned(),
        task: "Write the migration guide".to_owned(),
        files: Vec::new(),
    }
}

/// Settings → Integrations → + Add integration; answers the drawer.
pub(crate) async fn add_integration(window: &Window) -> Result<Locator> {
    window.get("link", "Settings").click().await?;
    window.get("tab", "Integrations").click().await?;
    window.get("button", "Add integration").click().await?;
    Ok(window.get("dialog", "Add integration"))
}

/// The same → Confluence → Connect; answers the address that the browser got.
pub(crate) async fn start_login(app: &App<'_>) -> Result<String> {
    let drawer = add_integration(app.window()).await?;
    drawer.get("group", "Confluence").get("button", "Connect").click().await?;
    Ok(app.browser().next_address().await?.to_string())
}

/// Connects, as a person who accepts everything.
pub(crate) async fn connect(session: &Session, app: &App<'_>) -> Result<()> {
    let address = start_login(app).await?;
    deep_link::come_back(session, &sandbox::browser::accept(&address).await?).await?;
    connected(app.window()).await
}

/// Waits until Confluence is listed as connected.
pub(crate) async fn connected(window: &Window) -> Result<()> {
    window.get("heading", "Your personal integrations").wait_for(Want::There).await?;
    window.get("text", contains("Ada Lovelace")).nth(0).wait_for(Want::There).await?;
    window.get("dialog", "Add integration").wait_for(Want::Gone).await
}

/// Light or dark, by Settings → General.
pub(crate) async fn appear(window: &Window, appearance: &str) -> Result<()> {
    window.get("link", "Settings").click().await?;
    window.get("tab", "General").click().await?;
    window.get("radio", appearance).click().await
}

/// Opens a meeting from the list.
pub(crate) async fn open_meeting(window: &Window, title: &str) -> Result<()> {
    window.get("link", "Meetings").click().await?;
    window.get("link", starts(title)).nth(0).click().await?;
    window.get("heading", title).wait_for(Want::There).await
}

/// An item of the meeting that is open.
pub(crate) fn item(window: &Window, section: &str, words: &str) -> Locator {
    window.get("list", section).get("listitem", starts(words))
}

/// Opens one of the two dialogs for an item, by the button that shows under the pointer.
pub(crate) async fn open_dialog(window: &Window, item: &Locator, name: &str) -> Result<Locator> {
    item.hover().await?;
    item.get("button", "Confluence").click().await?;
    window.get("menuitem", name).click().await?;
    let dialog = window.get("dialog", name);
    dialog.wait_for(Want::There).await?;
    Ok(dialog)
}

/// Puts away what the window has told: its notices lie above everything, and what is under them cannot be clicked.
pub(crate) async fn dismiss_notices(window: &Window) -> Result<()> {
    let dismiss = window.get("button", "Dismiss");
    loop {
        // A new one moves the others.
        window.settle().await;
        let left = dismiss.count().await?;
        let Some(last) = left.checked_sub(1) else { return Ok(()) };
        if let Err(error) = dismiss.clone().nth(0).click().await {
            // It may have passed by itself meanwhile.
            ensure!(dismiss.count().await? < left, "a notice cannot be dismissed: {error:#}");
            continue;
        }
        dismiss.clone().nth(usize::try_from(last)?).wait_for(Want::Gone).await?;
    }
}

/// Chooses an option of a picker by typing.
pub(crate) async fn choose(window: &Window, picker: &Locator, words: &str, option: &str) -> Result<()> {
    picker.fill(words).await?;
    window.get("option", starts(option)).nth(0).click().await?;
    picker.wait_for(Want::Says(option)).await
}

/// Fills the dialog for a page.
pub(crate) async fn fill_page(window: &Window, title: &str) -> Result<Locator> {
    let dialog = window.get("dialog", "Create a page in Confluence");
    choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
    choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
    dialog.get("textbox", "Title").fill(title).await?;
    Ok(dialog)
}

/// Fills the dialog for a page and presses Create.
pub(crate) async fn create_page(window: &Window, title: &str) -> Result<()> {
    let dialog = fill_page(window, title).await?;
    dialog.get("button", "Create").click().await?;
    dialog.wait_for(Want::Gone).await
}
