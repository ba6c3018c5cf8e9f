//! From a token of Sally's to an item in Confluence.

use std::time::Duration;

use anyhow::{Result, ensure};
use sandbox::{Fault, Recording};

use crate::app::App;
use crate::desk;
use crate::locator::{Want, starts};
use crate::window::Window;

const DECISION: &str = "Release 2.4 goes out on Thursday";
const TITLE: &str = "Release 2.4";

#[tokio::test]
async fn sally() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("From Sally to Confluence");
    let window = app.window();
    steps
        .step("Nothing is there, and nobody was asked", async {
            window.get("button", "Connect Sally").wait_for(Want::There).await?;
            ensure!(sandbox.requests().is_empty(), "a start is silent: {:?}", sandbox.requests());
            window.screenshot("sally-empty").await.map(drop)
        })
        .await?;
    steps
        .step("A token that is not accepted says so by its field", async {
            window.get("button", "Connect Sally").click().await?;
            let card = window.get("dialog", "Add integration").get("group", "Sally");
            let token = card.get("textbox", "Personal access token");
            token.wait_for(Want::Focused).await?;
            token.type_text("sally_pat_wrong").await?;
            card.get("button", "Connect").click().await?;
            window.wait_for_text("The server does not accept this token").await?;
            window.screenshot("sally-refused").await.map(drop)
        })
        .await?;
    steps
        .step("The right one connects, and the meetings come in", async {
            let card = window.get("dialog", "Add integration").get("group", "Sally");
            card.get("textbox", "Personal access token").fill(&sandbox.sally_token()).await?;
            card.get("textbox", "Company name").fill("Acme").await?;
            // Slow enough to be seen.
            let slow = Fault::Delay(Duration::from_millis(1_500));
            sandbox.order(slow.on("POST", "#get_summary").always());
            card.get("button", "Connect").click().await?;
            window.get("progressbar", "Reading meetings").wait_for(Want::There).await?;
            window.wait_for_text("Reading meetings: 3 of 5").await?;
            window.screenshot("sally-reading").await?;
            sandbox.forgive();
            window.get("link", starts("Quarterly numbers")).wait_for(Want::There).await
        })
        .await?;
    steps
        .step("An item of a meeting goes to Confluence", async {
            desk::connect(&session, &app).await?;
            window.get("link", "Meetings").click().await?;
            desk::open_meeting(window, "Release planning").await?;
            let decision = desk::item(window, "Decisions", DECISION);
            desk::open_dialog(window, &decision, "Create a page in Confluence").await?;
            desk::create_page(window, TITLE).await?;
            decision.get("link", starts(&format!("Sent · {TITLE}"))).wait_for(Want::There).await?;
            let pages = sandbox.pages_titled(TITLE);
            ensure!(
                pages.len() == 1 && pages[0].text.starts_with(DECISION),
                "the decision arrived: {pages:?}"
            );
            desk::dismiss_notices(window).await
        })
        .await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(&format!("{appearance}: the row, its menu, details and drawer"), look(&app, appearance))
            .await?;
    }
    steps
        .step("A token that ended is told, and a new one mends it", async {
            sandbox.revoke_sally_token();
            menu(window, "Sync now").await?;
            window.get("button", "Paste a new token").wait_for(Want::There).await?;
            window.screenshot("sally-trouble").await?;
            window.get("link", "Meetings").click().await?;
            window.get("button", "Paste a new token").wait_for(Want::Shown).await?;
            window.screenshot("sally-trouble-in-the-list").await?;
            window.get("button", "Paste a new token").click().await?;
            let card = window.get("dialog", "Reconnect Sally").get("group", "Sally");
            card.get("textbox", "Personal access token").wait_for(Want::Focused).await?;
            sandbox.open_sally();
            card.get("textbox", "Personal access token").fill(&sandbox.sally_token()).await?;
            window.press("Enter").await?;
            // Back to where the person was, and the list is read anew.
            window.get("dialog", "Reconnect Sally").wait_for(Want::Gone).await?;
            window.get("button", "Sync now").wait_for(Want::Enabled).await?;
            window.get("button", "Paste a new token").wait_for(Want::Gone).await?;
            window.get("link", "Settings").click().await?;
            window.get("tab", "Integrations").click().await
        })
        .await?;
    steps
        .step("Disconnect deletes the token, and the meetings stay", async {
            menu(window, "Disconnect").await?;
            window.get("text", starts("Acme · 127.0.0.1")).wait_for(Want::Gone).await?;
            window.get("link", "Meetings").click().await?;
            window.get("link", starts("Release planning")).wait_for(Want::There).await?;
            window.get("button", "Sync now").wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("The token is not in the log", async {
            ensure!(!app.log().contains(&sandbox.sally_token()), "the log holds the token");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_kill_while_meetings_come_in_costs_nothing() -> Result<()> {
    const MEETINGS: usize = 12;
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let first = sandbox.recordings().remove(0);
    for number in 0..MEETINGS {
        let (id, subject) = (format!("rec-{number}"), format!("Meeting {number}"));
        sandbox.record(Recording { id, subject, ..first.clone() });
    }
    let all = sandbox.recordings().len();
    let mut app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("A kill while meetings come in");
    steps
        .step("Some meetings are there, and others on their way", async {
            let window = app.window();
            sandbox.order(Fault::Delay(Duration::from_millis(800)).on("POST", "#get_summary").always());
            window.get("button", "Connect Sally").click().await?;
            let card = window.get("dialog", "Add integration").get("group", "Sally");
            card.get("textbox", "Personal access token").fill(&sandbox.sally_token()).await?;
            card.get("button", "Connect").click().await?;
            window.wait_for_text(&format!("Reading meetings: 6 of {all}")).await
        })
        .await?;
    app.restart(&[]).await?;
    sandbox.forgive();
    let steps = app.steps("The next start");
    steps
        .step("The others come, and nothing is asked for twice", async {
            let window = app.window();
            window.get("progressbar", "Reading meetings").wait_for(Want::Gone).await?;
            let search = window.get("searchbox", "Search meetings");
            search.fill("Quarterly").await?;
            window.get("link", starts("Quarterly numbers")).wait_for(Want::There).await?;
            search.fill("Meeting").await?;
            window.wait_for_text(&format!("{MEETINGS} meetings found")).await?;
            let asked = sandbox.count("POST", "#get_summary");
            ensure!((all..=all + 3).contains(&asked), "but what was under way: {asked} of {all}");
            window.screenshot("sally-after-a-kill").await.map(drop)
        })
        .await
}

/// Chooses from the menu of Sally's row, which stands beneath that of Confluence.
async fn menu(window: &Window, action: &str) -> Result<()> {
    window.get("button", "More actions").nth(1).click().await?;
    window.get("menuitem", action).click().await
}

async fn look(app: &App<'_>, appearance: &str) -> Result<()> {
    let window = app.window();
    let look = appearance.to_lowercase();
    let picture = async |name: &str| window.screenshot(&format!("sally-{name}-{look}")).await.map(drop);
    desk::appear(window, appearance).await?;
    window.get("tab", "Integrations").click().await?;
    window.get("text", starts("Acme · 127.0.0.1")).wait_for(Want::There).await?;
    window.get("button", "More actions").nth(1).click().await?;
    window.get("menuitem", "Sync now").wait_for(Want::There).await?;
    picture("menu").await?;
    window.press("Escape").await?;
    menu(window, "Details").await?;
    window.get("dialog", "Sally").wait_for(Want::There).await?;
    picture("details").await?;
    window.press("Escape").await?;
    menu(window, "Reconnect").await?;
    window.get("dialog", "Reconnect Sally").wait_for(Want::There).await?;
    picture("reconnect").await?;
    window.press("Escape").await?;
    window.get("button", "Add integration").click().await?;
    window.get("dialog", "Add integration").get("group", "Sally").get("text", "Advanced").click().await?;
    picture("drawer").await?;
    window.press("Escape").await?;
    window.get("link", "Meetings").click().await?;
    window.get("button", "Sync now").click().await?;
    window.wait_for_text("No new meetings").await?;
    picture("meetings").await?;
    desk::dismiss_notices(window).await?;
    window.get("link", "Settings").click().await?;
    window.get("tab", "Integrations").click().await
}
