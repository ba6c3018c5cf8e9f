//! The end of the app, by its menu and by a signal: nothing that was typed is lost, and what is on its way is recorded.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sandbox::{Fault, Sandbox};

use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::session::Session;
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const COMMENTS: &str = "/footer-comments";
const DECISION: &str = "Ship the importer behind a flag";

fn decision(window: &Window) -> Locator {
    desk::item(window, "Decisions", DECISION)
}

/// Sends the decision as a comment, and waits until it has left.
async fn comment_on_its_way(window: &Window, sandbox: &Sandbox) -> Result<()> {
    sandbox.add_page("acme", "ENG", "Plans").context("a page")?;
    let dialog = desk::open_dialog(window, &decision(window), COMMENT).await?;
    desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
    desk::choose(window, &dialog.get("combobox", "Page"), "Plans", "Plans").await?;
    dialog.get("button", "Create").click().await?;
    decision(window).get("link", starts("Sending…")).wait_for(Want::There).await?;
    while sandbox.count("POST", COMMENTS) == 0 {
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// The state of the one delivery in the database.
#[expect(clippy::disallowed_types, reason = "no app is there to ask")]
fn stored_state(session: &Session) -> Result<String> {
    let db = rusqlite::Connection::open(session.path("data").join(sally_core::store::FILE_NAME))?;
    Ok(db.query_row("SELECT state FROM deliveries", [], |row| row.get(0))?)
}

#[tokio::test]
async fn what_was_typed_at_the_last_moment_is_there_at_the_next_start() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    for by_menu in [true, false] {
        let way = if by_menu { "Quit in the tray's menu" } else { "a signal" };
        let (title, words) = (format!("Half a title, then {way}"), format!("Half a thought, then {way}"));
        let steps = app.steps(&format!("Typing, and at once {way}"));
        steps
            .step("Words are typed, and the app ends", async {
                let window = app.window();
                let dialog = desk::open_dialog(window, &decision(window), PAGE).await?;
                dialog.get("textbox", "Title").fill(&title).await?;
                dialog.get("textbox", "Description").fill(&words).await?;
                if by_menu {
                    session.panel()?.click("Quit").await?;
                } else {
                    session.terminate()?;
                }
                session.wait_until_no_instance()
            })
            .await?;
        app.restart(&[]).await?;
        let steps = app.steps("The next start");
        steps
            .step("They are there again", async {
                let window = app.window();
                desk::open_meeting(window, "Weekly product sync").await?;
                let dialog = desk::open_dialog(window, &decision(window), PAGE).await?;
                let (typed, said) = (dialog.get("textbox", "Title"), dialog.get("textbox", "Description"));
                let kept = (typed.value().await?, said.value().await?);
                ensure!(kept == (title.clone(), words.clone()), "to the last letter: {kept:?}");
                dialog.get("button", "Cancel").click().await?;
                dialog.wait_for(Want::Gone).await
            })
            .await?;
    }
    ensure!(!app.log().contains("a page did not say"), "the pages said so: {}", app.log());
    Ok(())
}

// The sandbox answers while this thread waits for processes.
#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_is_on_its_way_is_recorded_and_a_start_meanwhile_comes_after_it() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    sandbox.order(Fault::Delay(Duration::from_secs(4)).on("POST", COMMENTS));
    let steps = app.steps("An app that is told to end while a comment is on its way");
    steps
        .step("It shows itself no more, and a start meanwhile is not kept waiting", async {
            comment_on_its_way(app.window(), &sandbox).await?;
            let ending = session.terminate()?;
            session.wait_for_window("Sally Desktop$", false)?;
            app.open_again(&[])?;
            ensure!(session.instance() == Some(ending), "the comment is still waited for");
            ensure!(stored_state(&session)? == "sending", "it is still on its way");
            session.wait_for_another_instance(ending)?;
            let state = stored_state(&session)?;
            ensure!(state == "sent", "what came of it was recorded before: {state}");
            session.wait_for_window("Sally Desktop$", true)?;
            session.terminate()?;
            session.wait_until_no_instance()
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("It is sent, once, and nobody looked for it", async {
            let window = app.window();
            desk::open_meeting(window, "Weekly product sync").await?;
            decision(window).get("link", starts("Sent · Plans")).wait_for(Want::There).await?;
            ensure!(sandbox.count("POST", COMMENTS) == 1, "one request");
            ensure!(sandbox.count("GET", COMMENTS) == 0, "and no look");
            ensure!(sandbox.comments().len() == 1, "it is there once");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn told_twice_it_ends_at_once() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    sandbox.order(Fault::LoseAnswer.on("POST", COMMENTS));
    let steps = app.steps("An app that is told to end twice");
    steps
        .step("It ends without the answer", async {
            comment_on_its_way(app.window(), &sandbox).await?;
            let began = Instant::now();
            session.terminate()?;
            session.wait_for_window("Sally Desktop$", false)?;
            session.terminate()?;
            session.wait_until_no_instance()?;
            let took = began.elapsed();
            ensure!(took < sally_core::app::END_TIMEOUT, "it waited all the same: {took:?}");
            ensure!(stored_state(&session)? == "sending", "nobody knows what became of it");
            Ok(())
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("It looks for it, and finds it", async {
            let window = app.window();
            desk::open_meeting(window, "Weekly product sync").await?;
            decision(window).get("link", starts("Sent · Plans")).wait_for(Want::There).await?;
            ensure!(sandbox.comments().len() == 1, "it is there once");
            Ok(())
        })
        .await
}
