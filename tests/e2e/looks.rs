//! Every screen, in light and in dark, for a person to look at; and that the choice of appearance is followed.

use anyhow::{Context, Result, ensure};

use crate::app::App;
use crate::desk;
use crate::locator::{Want, starts};
use crate::window::Window;

const DECISION: &str = "Ship the importer behind a flag";

#[tokio::test]
async fn every_screen_in_light_and_in_dark() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("Every screen, in light and in dark");
    let window = app.window();
    steps
        .step("Nothing there yet", async {
            window.screenshot("look-empty").await?;
            window.get("button", "Load sample meetings").click().await?;
            window.get("link", starts("Weekly product sync")).wait_for(Want::There).await
        })
        .await?;
    steps.step("Connect", desk::connect(&session, &app)).await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(&format!("{appearance}: settings"), async {
                let brightness = choose(&app, appearance).await?;
                ensure!(
                    (brightness > 0.5) == (appearance == "Light"),
                    "the page follows the choice: {appearance} has brightness {brightness}"
                );
                settings(window, appearance).await
            })
            .await?;
        steps.step(&format!("{appearance}: a meeting and its dialogs"), meeting(window, appearance)).await?;
    }
    Ok(())
}

/// Chooses an appearance, and answers how bright the page is, from 0 to 1.
async fn choose(app: &App<'_>, appearance: &str) -> Result<f64> {
    const BRIGHTNESS: &str =
        "const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g);
        return (Number(r) + Number(g) + Number(b)) / 765";
    let window = app.window();
    window.get("link", "Settings").click().await?;
    window.get("tab", "General").click().await?;
    window.get("radio", appearance).click().await?;
    window.screenshot(&format!("look-general-{}", appearance.to_lowercase())).await?;
    window.execute(BRIGHTNESS, vec![]).await?.as_f64().context("the page has a colour")
}

async fn settings(window: &Window, appearance: &str) -> Result<()> {
    let look = appearance.to_lowercase();
    for tab in ["Integrations", "Meetings", "About"] {
        window.get("tab", tab).click().await?;
        window.screenshot(&format!("look-{}-{look}", tab.to_lowercase())).await?;
    }
    window.get("tab", "Integrations").click().await?;
    window.get("button", "More actions").click().await?;
    window.get("menuitem", "Details").click().await?;
    let details = window.get("dialog", "Confluence");
    details.wait_for(Want::There).await?;
    window.screenshot(&format!("look-details-{look}")).await?;
    window.press("Escape").await?;
    details.wait_for(Want::Gone).await?;
    window.get("button", "Add integration").click().await?;
    let drawer = window.get("dialog", "Add integration");
    drawer.wait_for(Want::There).await?;
    window.screenshot(&format!("look-drawer-{look}")).await?;
    window.press("Escape").await?;
    drawer.wait_for(Want::Gone).await?;
    window.get("link", starts("Outbox")).click().await?;
    window.screenshot(&format!("look-outbox-{look}")).await.map(drop)
}

async fn meeting(window: &Window, appearance: &str) -> Result<()> {
    let look = appearance.to_lowercase();
    desk::open_meeting(window, "Weekly product sync").await?;
    let decision = desk::item(window, "Decisions", DECISION);
    decision.hover().await?;
    window.screenshot(&format!("look-meeting-{look}")).await?;
    for (action, name) in
        [("Create a page in Confluence", "page"), ("Add a comment to a Confluence page", "comment")]
    {
        decision.right_click().await?;
        window.get("menuitem", action).wait_for(Want::There).await?;
        window.screenshot(&format!("look-menu-{look}")).await?;
        window.get("menuitem", action).click().await?;
        let dialog = window.get("dialog", action);
        dialog.get("button", "Create").wait_for(Want::Enabled).await?;
        desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
        if name == "page" {
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
        }
        window.screenshot(&format!("look-{name}-{look}")).await?;
        dialog.get("button", "Cancel").click().await?;
        dialog.wait_for(Want::Gone).await?;
    }
    Ok(())
}
