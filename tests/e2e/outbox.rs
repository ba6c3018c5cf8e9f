//! What a person sees of the outbox: answers that are lost, a program that is killed, what is held back, and what is sent
//! twice by hand. That nothing is lost or doubled in the long run is for `tests/chaos` to show.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sandbox::{Fault, RetryAfter};

use crate::deep_link;
use crate::desk;
use crate::locator::{Want, contains, starts};
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
            window.wait_for_text("You sent this from this computer to Engineering as “Once”").await?;
            window.screenshot("outbox-sent-before").await?;
            dialog.get("button", "Send again").click().await?;
            dialog.wait_for(Want::Gone).await?;
            decision.get("link", starts("Sent · Twice")).wait_for(Want::There).await?;
            ensure!(sandbox.pages().len() == 2, "the person decided");
            Ok(())
        })
        .await
}

/// The outbox has looked in vain: what takes it minutes is done here by hand, in the database.
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
                desk::appear(window, appearance).await?;
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

/// The person presses `Create` for an edit of something that arrived meanwhile: at once, and from what was kept of it.
#[tokio::test]
async fn an_edit_of_what_arrives_meanwhile() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.add_page("acme", "ENG", "Plans").context("a page")?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("An edit of what arrives meanwhile");
    let decision = desk::item(window, "Decisions", DECISION);
    let dialog = window.get("dialog", COMMENT);
    let told = dialog.get("alert", contains("It was sent at"));
    sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(10)).on("POST", "/footer-comments"));
    steps
        .step("A comment waits, and is opened with Edit in the Outbox", async {
            let dialog = desk::open_dialog(window, &decision, COMMENT).await?;
            desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &dialog.get("combobox", "Page"), "Plans", "Plans").await?;
            dialog.get("button", "Create").click().await?;
            decision.get("link", starts("Waiting")).wait_for(Want::There).await?;
            window.get("link", starts("Outbox")).click().await?;
            window.get("list", "Deliveries").get("button", "Edit").click().await?;
            dialog.get("textbox", "Description").wait_for(Want::There).await
        })
        .await?;
    steps
        .step("It arrives, and Create says so and makes no other", async {
            window.wait_for_text("Comment added").await?;
            dialog.get("button", "Create").click().await?;
            told.wait_for(Want::There).await?;
            window.screenshot("outbox-sent-meanwhile-light").await?;
            ensure!(sandbox.comments().len() == 1, "it is there once");
            told.get("button", "Open").check(Want::There).await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("What was kept of the edit says the same when it is opened again", async {
            desk::appear(window, "Dark").await?;
            desk::open_meeting(window, "Weekly product sync").await?;
            desk::open_dialog(window, &decision, COMMENT).await?;
            told.wait_for(Want::There).await?;
            window.screenshot("outbox-sent-meanwhile-dark").await?;
            told.get("button", "Send as another").click().await?;
            dialog.wait_for(Want::Gone).await?;
            decision.get("link", starts("Sent · Plans")).nth(1).wait_for(Want::There).await?;
            ensure!(sandbox.comments().len() == 2, "the person decided");
            Ok(())
        })
        .await
}

/// Another account is connected while something waits.
#[tokio::test]
async fn what_another_account_sent() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("What another account sent");
    let decision = desk::item(window, "Decisions", DECISION);
    let rows = window.get("list", "Deliveries");
    sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(600)).on("POST", "/pages"));
    steps
        .step("A page of Ada's waits when Grace connects", async {
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Of Ada").await?;
            decision.get("link", starts("Waiting")).wait_for(Want::There).await?;
            ensure!(sandbox.log_in_as("Grace Hopper"), "she has an account");
            window.get("link", "Settings").click().await?;
            window.get("tab", "Integrations").click().await?;
            window.get("button", "More actions").nth(0).click().await?;
            window.get("menuitem", "Reconnect").click().await?;
            let address = app.browser().next_address().await?.to_string();
            deep_link::open(&session, &sandbox::browser::accept(&address).await?)?;
            window.wait_for_text("Grace Hopper").await
        })
        .await?;
    steps
        .step("It is not sent in her name by itself, and the dialogs say whose is used", async {
            window.get("link", starts("Outbox")).click().await?;
            rows.get("button", "Send as Grace Hopper").wait_for(Want::There).await?;
            window.screenshot("outbox-another-account-light").await?;
            ensure!(sandbox.pages_titled("Of Ada").is_empty(), "nothing was sent");
            desk::open_meeting(window, "Weekly product sync").await?;
            let dialog = desk::open_dialog(window, &decision, COMMENT).await?;
            dialog.get("text", "Sent as Grace Hopper").wait_for(Want::There).await?;
            window.screenshot("outbox-sent-as-light").await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("In the dark, she sends it as herself", async {
            desk::appear(window, "Dark").await?;
            window.get("link", starts("Outbox")).click().await?;
            window.screenshot("outbox-another-account-dark").await?;
            sandbox.forgive();
            rows.get("button", "Send as Grace Hopper").click().await?;
            rows.get("button", "Open").wait_for(Want::There).await?;
            let made = sandbox.pages_titled("Of Ada");
            ensure!(made.len() == 1 && made[0].author.ends_with("0002"), "in her name: {made:?}");
            Ok(())
        })
        .await
}

/// The outbox was not asked for anything for two days: what takes it so long is done here by hand, in the database.
#[expect(clippy::disallowed_types, reason = "the app has no way to age sooner")]
fn age_by_two_days(session: &Session) -> Result<()> {
    let db = rusqlite::Connection::open(session.path("data").join(sally_core::store::FILE_NAME))?;
    db.busy_timeout(Duration::from_secs(5))?;
    let changed = db.execute(
        "UPDATE deliveries SET created_at = created_at - 172800000, asked_at = asked_at - 172800000",
        [],
    )?;
    ensure!(changed == 1, "one delivery waits, not {changed}");
    Ok(())
}

#[tokio::test]
async fn what_waited_for_days() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    let steps = app.steps("What waited for days");
    sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(600)).on("POST", "/pages"));
    steps
        .step("A page waits, for two days", async {
            let window = app.window();
            let decision = desk::item(window, "Decisions", DECISION);
            desk::open_dialog(window, &decision, PAGE).await?;
            desk::create_page(window, "Of last week").await?;
            decision.get("link", starts("Waiting")).wait_for(Want::There).await?;
            age_by_two_days(&session)
        })
        .await?;
    sandbox.forgive();
    app.restart(&[]).await?;
    let window = app.window();
    let steps = app.steps("The next start");
    steps
        .step("It asks before anything is sent", async {
            window.wait_for_text("1 from ").await?;
            window.screenshot("outbox-waited-light").await?;
            ensure!(sandbox.pages_titled("Of last week").is_empty(), "nothing was sent");
            window.get("button", "Look").click().await?;
            window.get("heading", "Outbox").wait_for(Want::There).await?;
            window.screenshot("outbox-waited-look").await?;
            window.get("list", "Deliveries").get("button", "Retry now").click().await?;
            window.get("list", "Deliveries").get("button", "Open").wait_for(Want::There).await?;
            ensure!(sandbox.pages_titled("Of last week").len() == 1, "and then it goes");
            Ok(())
        })
        .await
}
