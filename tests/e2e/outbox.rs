//! What a person sees of the outbox: answers that are lost, a program that is killed, what is held back, and what is sent
//! twice by hand. That nothing is lost or doubled in the long run is for `tests/chaos` to show.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sandbox::Fault;

use crate::desk;
use crate::locator::{Want, starts};
use crate::session::Session;

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";
const OTHER_DECISION: &str = "Keep the old export format until the end of January 2027.";

#[tokio::test]
async fn an_answer_that_is_lost() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("An answer that is lost");
    let decision = desk::item(window, "Decisions", DECISION);
    sandbox.order(Fault::ResetAfter.on("POST", "/pages"));
    sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    steps
        .step("A page is checked, and found", async {
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Perhaps there").await?;
            decision.get("link", starts("Checking…")).wait_for(Want::There).await?;
            window.screenshot("outbox-checking").await?;
            decision.get("link", starts("Sent · Perhaps there")).wait_for(Want::There).await?;
            ensure!(sandbox.pages_titled("Perhaps there").len() == 1, "and there once");
            Ok(())
        })
        .await?;
    steps
        .step("So is a comment, without another post", async {
            let dialog = desk::open_dialog(window, &decision, COMMENT).await?;
            desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &dialog.get("combobox", "Page"), "Perhaps", "Perhaps there").await?;
            dialog.get("button", "Create").click().await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Comment added").await?;
            ensure!(
                sandbox.count("POST", "/footer-comments") == 1,
                "a comment is posted once, whatever comes"
            );
            ensure!(sandbox.comments().len() == 1, "and there once");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn an_app_that_ends_on_the_way() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    let steps = app.steps("An app that ends while a page is on its way");
    sandbox.order(Fault::LoseAnswer.on("POST", "/pages"));
    steps
        .step("It is on its way when the app is ended", async {
            let window = app.window();
            let decision = desk::item(window, "Decisions", DECISION);
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Cut off").await?;
            decision.get("link", starts("Sending…")).wait_for(Want::There).await
        })
        .await?;
    app.restart(&[]).await?;
    let window = app.window();
    let steps = app.steps("The next start");
    steps
        .step("It finds what has become of it", async {
            desk::open_meeting(window, "Weekly product sync").await?;
            let decision = desk::item(window, "Decisions", DECISION);
            decision.get("link", starts("Sent · Cut off")).wait_for(Want::There).await?;
            ensure!(sandbox.pages_titled("Cut off").len() == 1, "and it is there once");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn sending_that_is_thought_better_of() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("Undo, and the same twice");
    let decision = desk::item(window, "Decisions", DECISION);
    steps
        .step("Settings → General: a minute for Undo", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "General").click().await?;
            window.get("combobox", starts("Time for Undo How")).focus().await?;
            // To the last of its options.
            window.press("End").await?;
            window.get("combobox", starts("Time for Undo How")).wait_for(Want::Says("60")).await?;
            window.screenshot("outbox-settings").await?;
            desk::open_meeting(window, "Weekly product sync").await
        })
        .await?;
    steps
        .step("Undo takes it back, with its words in the dialog again", async {
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Too soon").await?;
            decision.get("link", starts("Held back · Too soon")).wait_for(Want::There).await?;
            window.screenshot("outbox-held").await?;
            decision.get("button", "Undo").click().await?;
            let dialog = window.get("dialog", PAGE);
            dialog.get("textbox", "Title").wait_for(Want::Says("Too soon")).await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await?;
            decision.get("link", starts("Held back")).wait_for(Want::Gone).await?;
            ensure!(sandbox.count("POST", "/pages") == 0, "nothing has left");
            Ok(())
        })
        .await?;
    steps
        .step("The same to the same place is asked about first", async {
            window.get("link", "Settings").click().await?;
            window.get("combobox", starts("Time for Undo How")).focus().await?;
            window.press("Home").await?;
            window.get("combobox", starts("Time for Undo How")).wait_for(Want::Says("0")).await?;
            desk::open_meeting(window, "Weekly product sync").await?;
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Once").await?;
            decision.get("link", starts("Sent · Once")).wait_for(Want::There).await?;
            let dialog = desk::open_dialog(window, &decision, PAGE).await?;
            dialog.get("textbox", "Title").fill("Twice").await?;
            dialog.get("button", "Create").click().await?;
            window.wait_for_text("You sent this to Engineering as “Once”").await?;
            window.screenshot("outbox-sent-before").await?;
            dialog.get("button", "Send again").click().await?;
            dialog.wait_for(Want::Gone).await?;
            decision.get("link", starts("Sent · Twice")).wait_for(Want::There).await?;
            ensure!(sandbox.pages().len() == 2, "the person decided");
            Ok(())
        })
        .await
}

/// The outbox has looked in vain: what takes it minutes is done here by hand, in the cache.
#[expect(clippy::disallowed_types, reason = "the app has no way to give up sooner")]
fn look_in_vain(session: &Session) -> Result<()> {
    let db = rusqlite::Connection::open(session.path("data").join(sally_core::store::FILE_NAME))?;
    db.busy_timeout(Duration::from_secs(5))?;
    let changed = db.execute(
        "UPDATE deliveries SET state = 'not_confirmed', due_at = NULL WHERE state = 'looking'",
        [],
    )?;
    ensure!(changed == 1, "one delivery is looked for, not {changed}");
    Ok(())
}

#[tokio::test]
async fn a_comment_that_is_not_found() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.add_page("acme", "ENG", "Plans").context("a page")?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    let steps = app.steps("A comment that is not found");
    for (decision, fault) in [(DECISION, Fault::ResetAfter), (OTHER_DECISION, Fault::ResetBefore)] {
        sandbox.order(fault.on("POST", "/footer-comments"));
        steps
            .step(&format!("Its answer is lost: {decision}"), async {
                let window = app.window();
                let decision = desk::item(window, "Decisions", decision);
                let dialog = desk::open_dialog(window, &decision, COMMENT).await?;
                desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
                desk::choose(window, &dialog.get("combobox", "Page"), "Plans", "Plans").await?;
                dialog.get("button", "Create").click().await?;
                decision.get("link", starts("Checking…")).wait_for(Want::There).await?;
                look_in_vain(&session)
            })
            .await?;
    }
    app.restart(&[]).await?;
    let window = app.window();
    let steps = app.steps("The person looks");
    let rows = window.get("list", "Deliveries");
    steps
        .step("The outbox says that they are not confirmed", async {
            for appearance in ["Dark", "Light"] {
                window.get("link", "Settings").click().await?;
                window.get("tab", "General").click().await?;
                window.get("radio", appearance).click().await?;
                window.get("link", starts("Outbox")).click().await?;
                rows.get("button", "Post anyway").nth(1).wait_for(Want::There).await?;
                window.screenshot(&format!("outbox-not-confirmed-{}", appearance.to_lowercase())).await?;
            }
            Ok(())
        })
        .await?;
    steps
        .step("Check again finds the one that is there", async {
            // The newest is the first.
            rows.get("button", "Check again").nth(1).click().await?;
            rows.get("button", "Open").nth(0).wait_for(Want::There).await?;
            ensure!(sandbox.count("POST", "/footer-comments") == 2, "without another post");
            Ok(())
        })
        .await?;
    steps
        .step("Post anyway makes the other one", async {
            rows.get("button", "Post anyway").click().await?;
            rows.get("button", "Post anyway").wait_for(Want::Gone).await?;
            rows.get("button", "Open").nth(1).wait_for(Want::There).await?;
            ensure!(sandbox.comments().len() == 2, "each is there once");
            Ok(())
        })
        .await
}
