//! Meetings from files, by the two ways that lead past the page: files dropped on the window, and the system's
//! own dialog.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::desk;
use crate::drag_source::DragSource;
use crate::locator::{LIMIT, Locator, Want, contains, starts};
use crate::session::Session;
use crate::window::{self, Window};

/// What the good file has in it.
const TITLE: &str = "Harbour walk-through";
const DECISION: &str = "Keep the east pier open in winter";
const GOOD: &str = r#"{
  "title": "Harbour walk-through",
  "date": "2026-11-12",
  "decisions": ["Keep the east pier open in winter"],
  "action_items": [{"task": "Order two lamps", "owner": "Grace"}]
}"#;

/// A comma is missing in front of the second name.
const BROKEN: &str = "{\n  \"title\": \"Half a meeting\" \"decisions\": []\n}";
const BROKEN_NAME: &str = "broken notes.json";
const BROKEN_PLACE: &str = "line 2, column 29";

/// The title of the system's dialog.
const CHOOSER: &str = "^Import meetings$";

/// Writes a file on this desktop.
fn file(session: &Session, name: &str, content: &str) -> Result<PathBuf> {
    let path = session.path(name);
    std::fs::write(&path, content)?;
    Ok(path)
}

/// Waits until the good file's meeting is open, with what is in it.
async fn opened(window: &Window) -> Result<()> {
    window.get("heading", TITLE).wait_for(Want::There).await?;
    desk::item(window, "Decisions", DECISION).wait_for(Want::There).await
}

#[tokio::test]
async fn files_dropped_on_the_window() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let window = app.window();
    let steps = app.steps("Files dropped on the window");
    // A space in the name: addresses of files have it in another writing.
    let broken = file(&session, BROKEN_NAME, BROKEN)?;
    let good = file(&session, "harbour.json", GOOD)?;
    let invitation = window.get("status", "Drop files to import meetings");
    let mut files = steps
        .step("Take two files in another program", async {
            let mut files = DragSource::open(&session, &[&broken, &good]).await?;
            invitation.check(Want::Gone).await?;
            files.take().await?;
            Ok(files)
        })
        .await?;
    steps
        .step("Over the window they are invited, and no longer when they leave it", async {
            files.move_over_the_app()?;
            invitation.wait_for(Want::There).await?;
            files.move_back()?;
            invitation.wait_for(Want::Gone).await?;
            files.move_over_the_app()?;
            invitation.wait_for(Want::There).await?;
            window.screenshot("files-dragged").await?;
            session.picture(&window::out()?.join("files-dragged-screen.png"))
        })
        .await?;
    steps
        .step("Dropped, the broken one is named with its place and the reason", async {
            files.let_go().await?;
            let report = window.get("dialog", "Import");
            report.get("text", "1 meeting added.").wait_for(Want::There).await?;
            let entries = report.get("listitem", contains(".json"));
            ensure!(entries.count().await? == 1, "only the broken file is complained about");
            report
                .get("listitem", starts(&format!("{BROKEN_NAME} · {BROKEN_PLACE}")))
                .get("text", contains("valid JSON"))
                .wait_for(Want::There)
                .await?;
            invitation.check(Want::Gone).await?;
            window.screenshot("files-dropped").await?;
            report.get("button", "Done").click().await?;
            report.wait_for(Want::Gone).await
        })
        .await?;
    steps.step("The good one is open", opened(window)).await
}

const NOTES: &str = "# Harbour walk-through\n\n## Decisions\n\n- Keep the east pier open in winter\n";

#[tokio::test]
async fn text_pasted_as_a_meeting() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("Text pasted as a meeting");
    steps
        .step("Paste as a meeting, and Import", async {
            window.get("button", "Paste as a meeting").click().await?;
            let dialog = window.get("dialog", "Paste as a meeting");
            dialog.wait_for(Want::There).await?;
            dialog.get("button", "Import").check(Want::Disabled).await?;
            dialog.get("textbox", "Text of the meeting").fill(NOTES).await?;
            window.screenshot("files-paste").await?;
            dialog.get("button", "Import").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    steps.step("It is open", opened(window)).await
}

/// The title of the system's dialog for a folder.
const FOLDER: &str = "^Watch a folder$";

#[tokio::test]
async fn a_folder_that_is_watched() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("A folder that is watched");
    let folder = session.path("exports");
    std::fs::create_dir_all(&folder)?;
    steps
        .step("Settings → Meetings → Choose a folder…", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "Meetings").click().await?;
            window.get("button", "Choose a folder…").click().await?;
            session.xdotool(&[
                "search",
                "--sync",
                "--onlyvisible",
                "--name",
                FOLDER,
                "windowfocus",
                "--sync",
            ])?;
            session.xdotool(&["key", "ctrl+l"])?;
            session.xdotool(&["type", "--delay", "1", &folder.to_string_lossy()])?;
            press_enter(&session, FOLDER).await?;
            window.get("text", contains("exports")).nth(0).wait_for(Want::There).await?;
            window.screenshot("files-watched").await.map(drop)
        })
        .await?;
    steps
        .step("What is put there is in the list", async {
            std::fs::write(folder.join("harbour.md"), NOTES)?;
            window.get("link", "Meetings").click().await?;
            window.get("link", starts(TITLE)).wait_for(Want::There).await
        })
        .await
}

/// The button of the empty list, or the one above a full one.
async fn open_chooser(session: &Session, window: &Window) -> Result<Locator> {
    let button = window.get("button", "Import files…").nth(0);
    button.click().await?;
    // Without a window manager nobody gives a new window the keyboard.
    session.xdotool(&["search", "--sync", "--onlyvisible", "--name", CHOOSER, "windowfocus", "--sync"])?;
    button.check(Want::Disabled).await?;
    Ok(button)
}

/// Presses Enter until the dialog is gone. It takes no Enter until its button `Open` is enabled, half a second
/// after the last letter, and nothing outside of it can tell when that is.
pub(crate) async fn press_enter(session: &Session, dialog: &str) -> Result<()> {
    // The keyboard goes to what is under the pointer when the dialog is gone: nothing is there.
    session.xdotool(&["mousemove", "1240", "840"])?;
    let deadline = Instant::now() + LIMIT;
    while session.xdotool(&["search", "--onlyvisible", "--name", dialog]).is_ok() {
        ensure!(Instant::now() < deadline, "the dialog took no Enter within {LIMIT:?}");
        session.xdotool(&["key", "Return"])?;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

#[tokio::test]
async fn files_chosen_in_the_dialog() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let window = app.window();
    let steps = app.steps("Files chosen in the system's dialog");
    let good = file(&session, "harbour.json", GOOD)?;
    steps
        .step("Import files… and Escape: nothing has changed", async {
            let button = open_chooser(&session, window).await?;
            session.picture(&window::out()?.join("files-chooser-screen.png"))?;
            session.xdotool(&["key", "Escape"])?;
            button.wait_for(Want::Enabled).await?;
            window.get("heading", "No meetings yet").check(Want::There).await?;
            window.get("dialog", "Import").check(Want::Gone).await?;
            window.get("text", contains("were added")).check(Want::Gone).await
        })
        .await?;
    steps
        .step("Import files… and a path: the meeting is open", async {
            open_chooser(&session, window).await?;
            session.xdotool(&["key", "ctrl+l"])?;
            session.xdotool(&["type", "--delay", "1", &good.to_string_lossy()])?;
            press_enter(&session, CHOOSER).await?;
            opened(window).await?;
            window.screenshot("files-chosen").await.map(drop)
        })
        .await
}
