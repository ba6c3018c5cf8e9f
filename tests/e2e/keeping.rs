//! Finding meetings by filters and by what was said, changing what they say by hand, and getting them out again; in light
//! and in dark, for a person to look at.
//!
//! Longer than 400 lines: one library of meetings, found, changed and exported in one window.
#![expect(clippy::disallowed_types, reason = "leaves a damaged file of the store")]

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::desk;
use crate::files::press_enter;
use crate::locator::{Locator, Want, contains, starts};
use crate::on_disk::files_with;
use crate::session::Session;
use crate::steps::Steps;
use crate::window::Window;

const LIBRARY: &str = r#"{ "meetings": [
  { "id": "1", "title": "Harbour budget", "date": "2026-11-04", "participants": ["Zoë Washburne"],
    "decisions": [{ "text": "The pier is built" }] },
  { "id": "2", "title": "Weekly sync", "date": "2026-11-10", "participants": ["Ada Lovelace"],
    "insights": [{ "text": "The harbour grows" }, { "text": "Boats come early" }],
    "tasks": [{ "text": "Ask for a quote", "owner": "Zoë Washburne" }] },
  { "id": "3", "title": "Design review", "date": "2026-11-12", "participants": ["Grace Hopper"],
    "next_steps": [{ "text": "Draw the façade" }],
    "transcript": [
      { "start_ms": 0, "end_ms": 900, "speaker": "Kaylee Frye", "text": "Shall we go live" },
      { "start_ms": 1000, "end_ms": 1900, "speaker": "Grace Hopper", "text": "with the new harbour lights" },
      { "start_ms": 2000, "end_ms": 2900, "speaker": "Grace Hopper", "text": "on Monday?" }] }
] }"#;

/// The backup: made half a minute after the start, and again half a minute after a deletion.
const COPY: &str = "sally.db.backup";

/// The title of the system's dialog.
const SAVER: &str = "^Export a meeting$";

#[tokio::test]
async fn finding_changing_and_keeping() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let file = session.path("library.json");
    std::fs::write(&file, LIBRARY)?;
    let app = desk::app(&session, &sandbox, &[&file.to_string_lossy()]).await?;
    let window = app.window();
    let steps = app.steps("Finding, changing and keeping meetings");
    finding(window, &steps).await?;
    changing(window, &steps).await?;
    exporting(&session, window, &steps).await?;
    in_the_dark(window, &steps).await?;
    deleting(window, &steps).await
}

#[tokio::test]
async fn an_edit_that_is_cut_off() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let file = session.path("library.json");
    std::fs::write(&file, LIBRARY)?;
    let mut app = desk::app(&session, &sandbox, &[&file.to_string_lossy()]).await?;
    let open = async |window: &Window| {
        desk::open_meeting(window, "Weekly sync").await?;
        let item = desk::item(window, "Insights", "The harbour grows");
        choose_action(window, &item, "Edit…").await?;
        let dialog = window.get("dialog", "Edit item");
        dialog.wait_for(Want::There).await?;
        anyhow::Ok(dialog)
    };
    let steps = app.steps("An edit that is cut off");
    steps
        .step("A sentence is half written when the dialog is left", async {
            let dialog = open(app.window()).await?;
            dialog.get("textbox", starts("Text")).fill("The harbour grows, and").await?;
            dialog.get("textbox", "Owner").fill("Zoë").await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await?;
            // It has been kept when it can be read again.
            open(app.window())
                .await?
                .get("text", "Restored what you typed earlier")
                .wait_for(Want::There)
                .await
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("It is there, and can be given up", async {
            let window = app.window();
            let dialog = open(window).await?;
            dialog.get("text", "Restored what you typed earlier").wait_for(Want::There).await?;
            let (text, owner) = (dialog.get("textbox", starts("Text")), dialog.get("textbox", "Owner"));
            let kept = (text.value().await?, owner.value().await?);
            ensure!(
                kept == ("The harbour grows, and".to_owned(), "Zoë".to_owned()),
                "as it was typed: {kept:?}"
            );
            window.screenshot("keeping-restored").await?;
            dialog.get("button", "Start over").click().await?;
            ensure!(text.value().await? == "The harbour grows", "as the item is");
            Ok(())
        })
        .await
}

fn link(window: &Window, title: &str) -> Locator {
    window.get("list", "Meetings").get("link", starts(title))
}

fn search(window: &Window) -> Locator {
    window.get("searchbox", "Search meetings")
}

fn filter(window: &Window) -> Locator {
    window.get("button", starts("Filter"))
}

async fn finding(window: &Window, steps: &Steps) -> Result<()> {
    steps
        .step("Filters narrow the list, and are taken away one by one", async {
            link(window, "Design review").wait_for(Want::There).await?;
            desk::dismiss_notices(window).await?;
            filter(window).click().await?;
            let panel = window.get("dialog", "Filter meetings");
            panel.get("checkbox", "Decisions").click().await?;
            panel.get("textbox", "Person").fill("zoe").await?;
            link(window, "Weekly sync").wait_for(Want::Gone).await?;
            link(window, "Harbour budget").wait_for(Want::There).await?;
            window.screenshot("keeping-filter-light").await?;
            window.press("Escape").await?;
            panel.wait_for(Want::Gone).await?;
            window.screenshot("keeping-filtered-light").await?;
            window.get("button", "Remove filter: Decisions").click().await?;
            link(window, "Weekly sync").wait_for(Want::There).await?;
            link(window, "Design review").check(Want::Gone).await?;
            window.get("button", contains("zoe")).click().await?;
            link(window, "Design review").wait_for(Want::There).await
        })
        .await?;
    steps
        .step("A phrase that was said opens the transcript where it stands", async {
            search(window).fill("\"harbour lights\"").await?;
            link(window, "Weekly sync").wait_for(Want::Gone).await?;
            link(window, "Design review").click().await?;
            window.get("heading", "Design review").wait_for(Want::There).await?;
            window.get("checkbox", contains("with the new harbour lights")).wait_for(Want::There).await?;
            window.screenshot("keeping-transcript-light").await.map(drop)
        })
        .await?;
    steps
        .step("Lines are picked and become an item", async {
            window.get("checkbox", contains("Shall we go live")).click().await?;
            window.get("checkbox", contains("with the new harbour lights")).click().await?;
            window.get("status", "2 lines picked").wait_for(Want::There).await?;
            window.get("button", "Add as an item…").click().await?;
            let dialog = window.get("dialog", "Add an item");
            let text = dialog.get("textbox", starts("Text"));
            let said = text.value().await?;
            ensure!(said == "Shall we go live with the new harbour lights", "the words are there: {said}");
            window.screenshot("keeping-add-light").await?;
            dialog.get("button", "Save").click().await?;
            dialog.wait_for(Want::Gone).await?;
            desk::item(window, "Insights", "Shall we go live with").wait_for(Want::There).await
        })
        .await
}

async fn changing(window: &Window, steps: &Steps) -> Result<()> {
    steps
        .step("An item is put right; what was typed outlives a closed dialog", async {
            search(window).fill("").await?;
            desk::open_meeting(window, "Weekly sync").await?;
            let item = desk::item(window, "Insights", "The harbour grows");
            choose_action(window, &item, "Edit…").await?;
            let dialog = window.get("dialog", "Edit item");
            let text = dialog.get("textbox", starts("Text"));
            text.fill("The harbour grows fast").await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await?;
            choose_action(window, &item, "Edit…").await?;
            ensure!(text.value().await? == "The harbour grows fast", "nothing that was typed is lost");
            window.screenshot("keeping-edit-light").await?;
            dialog.get("button", "Save").click().await?;
            dialog.wait_for(Want::Gone).await?;
            let item = desk::item(window, "Insights", "The harbour grows fast");
            item.get("text", contains("Changed by hand")).wait_for(Want::There).await
        })
        .await?;
    steps
        .step("An item is deleted, and comes back by Undo", async {
            let item = desk::item(window, "Insights", "Boats come early");
            choose_action(window, &item, "Delete").await?;
            item.wait_for(Want::Gone).await?;
            window.screenshot("keeping-deleted-light").await?;
            window.get("button", "Undo").click().await?;
            item.wait_for(Want::There).await
        })
        .await?;
    steps
        .step("Two items become one", async {
            desk::dismiss_notices(window).await?;
            let item = desk::item(window, "Insights", "The harbour grows fast");
            choose_action(window, &item, "Merge…").await?;
            let dialog = window.get("dialog", "Merge items");
            dialog.get("checkbox", contains("Boats come early")).click().await?;
            window.screenshot("keeping-merge-light").await?;
            dialog.get("button", "Merge").click().await?;
            dialog.wait_for(Want::Gone).await?;
            desk::item(window, "Insights", "Boats come early").wait_for(Want::Gone).await?;
            window.screenshot("keeping-merged-light").await.map(drop)
        })
        .await
}

async fn exporting(session: &Session, window: &Window, steps: &Steps) -> Result<()> {
    steps
        .step("The meeting is exported to a place that is chosen in the system's dialog", async {
            let path = session.path("weekly.json");
            more(window, "Export as JSON…").await?;
            session.xdotool(&[
                "search",
                "--sync",
                "--onlyvisible",
                "--name",
                SAVER,
                "windowfocus",
                "--sync",
            ])?;
            session.xdotool(&["key", "ctrl+a"])?;
            session.xdotool(&["type", "--delay", "1", &path.to_string_lossy()])?;
            press_enter(session, SAVER).await?;
            window.get("text", contains("exported")).nth(0).wait_for(Want::There).await?;
            let text = std::fs::read_to_string(&path)?;
            ensure!(
                text.contains("The harbour grows fast\\nBoats come early"),
                "with what was changed: {text}"
            );
            Ok(())
        })
        .await
}

async fn in_the_dark(window: &Window, steps: &Steps) -> Result<()> {
    steps
        .step("In the dark", async {
            desk::dismiss_notices(window).await?;
            desk::appear(window, "Dark").await?;
            window.get("link", "Meetings").click().await?;
            search(window).fill("harbour").await?;
            window.get("status", "3 meetings found").wait_for(Want::There).await?;
            link(window, "Design review").click().await?;
            window.get("heading", "Design review").wait_for(Want::There).await?;
            window.get("button", "Transcript").click().await?;
            window.get("checkbox", contains("Shall we go live")).click().await?;
            filter(window).click().await?;
            let panel = window.get("dialog", "Filter meetings");
            panel.get("checkbox", "Insights").click().await?;
            window.screenshot("keeping-filter-dark").await?;
            window.press("Escape").await?;
            panel.wait_for(Want::Gone).await?;
            window.screenshot("keeping-transcript-dark").await?;
            window.get("button", "Remove filter: Insights").click().await?;
            desk::open_meeting(window, "Weekly sync").await?;
            let item = desk::item(window, "Tasks", "Ask for a quote");
            choose_action(window, &item, "Edit…").await?;
            window.screenshot("keeping-edit-dark").await?;
            window.get("dialog", "Edit item").get("button", "Cancel").click().await?;
            window.get("dialog", "Edit item").wait_for(Want::Gone).await
        })
        .await
}

async fn deleting(window: &Window, steps: &Steps) -> Result<()> {
    steps
        .step("The meeting is deleted for good, after a question", async {
            search(window).fill("").await?;
            more(window, "Delete meeting…").await?;
            let question = window.get("alertdialog", "Delete this meeting?");
            question.wait_for(Want::There).await?;
            window.screenshot("keeping-delete-dark").await?;
            question.get("button", "Cancel").click().await?;
            question.wait_for(Want::Gone).await?;
            link(window, "Weekly sync").check(Want::There).await?;
            more(window, "Delete meeting…").await?;
            question.get("button", "Delete").click().await?;
            question.wait_for(Want::Gone).await?;
            link(window, "Weekly sync").wait_for(Want::Gone).await
        })
        .await
}

/// Chooses in the menu of an item's further actions.
async fn choose_action(window: &Window, item: &Locator, action: &str) -> Result<()> {
    item.hover().await?;
    item.get("button", "More actions").click().await?;
    window.get("menuitem", action).click().await
}

/// Chooses in the menu of the meeting's further actions.
async fn more(window: &Window, action: &str) -> Result<()> {
    window.get("button", "More actions").nth(0).click().await?;
    window.get("menuitem", action).click().await
}

/// Leaves a copy of the database as a damaged one.
fn put_aside(data: &Path) -> Result<()> {
    let db = rusqlite::Connection::open(data.join("sally.db"))?;
    db.execute("VACUUM INTO ?", [data.join("sally.db.damaged-1").to_string_lossy()])?;
    Ok(())
}

#[tokio::test]
async fn a_corrected_meeting_that_is_deleted_for_good() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let file = session.path("library.json");
    std::fs::write(&file, LIBRARY)?;
    let app = desk::app(&session, &sandbox, &[&file.to_string_lossy()]).await?;
    let window = app.window();
    let steps = app.steps("A corrected meeting that is deleted for good");
    let data = session.path("data");
    // Each only in this meeting: in its title, an item that stays, and one as it was and as it is corrected.
    let words = ["weekly", "boats", "grows", "shrinks"];
    steps
        .step("One item is corrected", async {
            desk::open_meeting(window, "Weekly sync").await?;
            let item = desk::item(window, "Insights", "The harbour grows");
            choose_action(window, &item, "Edit…").await?;
            let dialog = window.get("dialog", "Edit item");
            dialog.get("textbox", starts("Text")).fill("The harbour shrinks").await?;
            dialog.get("button", "Save").click().await?;
            dialog.wait_for(Want::Gone).await?;
            for word in ["weekly", "boats", "shrinks"] {
                ensure!(!files_with(&data, word)?.is_empty(), "{word} is there");
            }
            Ok(())
        })
        .await?;
    let question = window.get("alertdialog", "Delete this meeting?");
    steps
        .step("What was typed and not saved is in a damaged file alone", async {
            let item = desk::item(window, "Insights", "The harbour shrinks");
            choose_action(window, &item, "Edit…").await?;
            let dialog = window.get("dialog", "Edit item");
            dialog.get("textbox", starts("Text")).fill("The harbour shrinks, says nobody").await?;
            window.press("Escape").await?;
            dialog.wait_for(Want::Gone).await?;
            choose_action(window, &item, "Edit…").await?;
            // It has been kept when it can be read again.
            dialog.get("text", "Restored what you typed earlier").wait_for(Want::There).await?;
            put_aside(&data)?;
            dialog.get("textbox", starts("Text")).fill("The harbour shrinks").await?;
            dialog.get("button", "Save").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(
                &format!("{appearance}: the question names the file, and shows what is only there"),
                async {
                    desk::appear(window, appearance).await?;
                    desk::open_meeting(window, "Weekly sync").await?;
                    more(window, "Delete meeting…").await?;
                    let files = question.get("region", "Damaged files");
                    files.wait_for(Want::There).await?;
                    window.wait_for_text("sally.db.damaged-1").await?;
                    files.get("listitem", contains("says nobody")).wait_for(Want::There).await?;
                    window.screenshot(&format!("keeping-damaged-{}", appearance.to_lowercase())).await?;
                    window.press("Escape").await?;
                    question.wait_for(Want::Gone).await
                },
            )
            .await?;
    }
    steps
        .step("The meeting is deleted, and no byte of it is left", async {
            more(window, "Delete meeting…").await?;
            question.get("checkbox", "Delete this file too").click().await?;
            question.get("button", "Delete").click().await?;
            question.wait_for(Want::Gone).await?;
            link(window, "Weekly sync").wait_for(Want::Gone).await?;
            for word in words {
                let left = files_with(&data, word)?;
                ensure!(left.iter().all(|name| name == COPY), "{word} is still in {left:?}");
            }
            Ok(())
        })
        .await?;
    steps
        .step("The copy, where there was one, is made anew within a minute", async {
            let limit = Instant::now() + Duration::from_secs(60);
            loop {
                let mut left = Vec::new();
                for word in words {
                    left.extend(files_with(&data, word)?.into_iter().map(|name| (word, name)));
                }
                if left.is_empty() {
                    return Ok(());
                }
                ensure!(Instant::now() < limit, "still there: {left:?}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        })
        .await
}
