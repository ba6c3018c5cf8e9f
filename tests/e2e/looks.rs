//! Every screen, in light and in dark, for a person to look at; and that the choice of appearance is followed.

use anyhow::{Context, Result, ensure};
use sandbox::{Quirk, Sandbox};

use crate::app::App;
use crate::choosing::choose_items;
use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::window::Window;
use crate::writing::{choose_block, go_to_start};

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";
const OTHER_DECISION: &str = "Keep the old export format until the end of January 2027.";

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
    desk::dismiss_notices(window).await?;
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
        let look = appearance.to_lowercase();
        steps.step(&format!("{appearance}: templates"), templates(window, &look)).await?;
        steps.step(&format!("{appearance}: a meeting and its dialogs"), meeting(window, &look)).await?;
        steps.step(&format!("{appearance}: a text with everything in it"), rich_text(window, &look)).await?;
        steps.step(&format!("{appearance}: choosing items"), choosing(window, &look)).await?;
        let sent = went_plain(window, &sandbox, &look);
        steps.step(&format!("{appearance}: an item that went as a plain list"), sent).await?;
    }
    Ok(())
}

/// Chooses an appearance, and answers how bright the page is, from 0 to 1.
async fn choose(app: &App<'_>, appearance: &str) -> Result<f64> {
    const BRIGHTNESS: &str =
        "const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g);
        return (Number(r) + Number(g) + Number(b)) / 765";
    let window = app.window();
    desk::appear(window, appearance).await?;
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

async fn templates(window: &Window, look: &str) -> Result<()> {
    window.get("link", "Settings").click().await?;
    window.get("tab", "Meetings").click().await?;
    for (name, preview) in [
        ("templates", "Preview of a page from one item"),
        ("templates-meeting", "Preview of a page from a meeting"),
        ("templates-comment", "Preview of a comment"),
    ] {
        let preview = window.get("region", preview);
        preview.get("text", "Preview").wait_for(Want::There).await?;
        // It scrolls to what the pointer is over.
        preview.hover().await?;
        window.screenshot(&format!("look-{name}-{look}")).await?;
    }
    Ok(())
}

async fn meeting(window: &Window, look: &str) -> Result<()> {
    desk::open_meeting(window, "Weekly product sync").await?;
    let decision = desk::item(window, "Decisions", DECISION);
    decision.hover().await?;
    window.screenshot(&format!("look-meeting-{look}")).await?;
    for (action, name) in [(PAGE, "page"), (COMMENT, "comment")] {
        decision.hover().await?;
        decision.get("button", "Confluence").click().await?;
        window.get("menuitem", action).wait_for(Want::There).await?;
        window.screenshot(&format!("look-menu-{look}")).await?;
        window.get("menuitem", action).click().await?;
        let dialog = window.get("dialog", action);
        dialog.get("textbox", "Description").wait_for(Want::There).await?;
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

async fn rich_text(window: &Window, look: &str) -> Result<()> {
    let picture = async |name: &str| window.screenshot(&format!("look-{name}-{look}")).await.map(drop);
    let decision = desk::item(window, "Decisions", DECISION);
    let dialog = desk::open_dialog(window, &decision, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    text.fill("").await?;
    picture("text-empty").await?;
    text.type_text("## What we agreed\nThe importer goes out **behind a flag**. *Nobody* is moved before ")
        .await?;
    text.type_text("[the guide](https://example.com/guide) is there, and ~~every~~ `export` works.\n")
        .await?;
    choose_block(window, &text, "dec", "Decision").await?;
    text.type_text("Ship the importer behind a flag\nKeep the old export format\n\n").await?;
    text.type_text("[] Write the migration guide by ").await?;
    day_and_status(window, &text, look).await?;
    text.type_text("\n\n[x] Ask the support team\n\n").await?;
    picture("text-lists").await?;
    text.type_text("- One\ntwo\n\n1. First\nthen\n\n> Said by somebody\n\n").await?;
    for (query, panel) in [("warn", "Warning panel"), ("tip", "Tip panel"), ("note", "Note panel")] {
        choose_block(window, &text, query, panel).await?;
        text.type_text("Customers keep what they have.\n\n").await?;
    }
    picture("text-panels").await?;
    choose_block(window, &text, "code", "Code block").await?;
    text.type_text("cargo run --release\n\n\n").await?;
    text.type_text("/").await?;
    window.get("listbox", "Blocks").wait_for(Want::There).await?;
    picture("text-menu").await?;
    text.type_text("table").await?;
    window.get("option", "Table").wait_for(Want::Focused).await?;
    window.press("Enter").await?;
    for words in ["What", "Who", "When", "Lamps for the whole of the east pier", "Ada", "Friday"] {
        text.type_text(words).await?;
        window.press("Tab").await?;
    }
    picture("text-table").await?;
    dialog.get("button", "Table").click().await?;
    window.get("menuitem", "Delete table").wait_for(Want::There).await?;
    picture("text-table-menu").await?;
    window.press("Escape").await?;
    dialog.get("button", "Table").wait_for(Want::Focused).await?;
    go_to_start(window, &text).await?;
    picture("text-top").await?;
    window.press("Control+k").await?;
    window.get("dialog", "Link").wait_for(Want::There).await?;
    picture("text-link").await?;
    window.press("Escape").await?;
    window.get("dialog", "Link").wait_for(Want::Gone).await?;
    dialog.get("button", "Cancel").click().await?;
    dialog.wait_for(Want::Gone).await?;
    let dialog = desk::open_dialog(window, &decision, PAGE).await?;
    dialog.get("button", "Start over").wait_for(Want::There).await?;
    picture("text-restored").await?;
    let reset_draft = dialog.get("button", "Start over");
    reset_draft.click().await?;
    reset_draft.wait_for(Want::Gone).await?;
    dialog.get("button", "Cancel").click().await?;
    dialog.wait_for(Want::Gone).await
}

/// Puts a day and a status where the cursor is.
async fn day_and_status(window: &Window, text: &Locator, look: &str) -> Result<()> {
    choose_block(window, text, "date", "Date").await?;
    let day = window.get("dialog", "Date");
    day.get("textbox", "Day").wait_for(Want::Focused).await?;
    window.screenshot(&format!("look-text-date-{look}")).await?;
    day.get("button", "In a week").click().await?;
    text.wait_for(Want::Focused).await?;
    choose_block(window, text, "status", "Status").await?;
    let status = window.get("dialog", "Status");
    status.get("textbox", "Words").fill("In review").await?;
    status.get("radio", "yellow").click().await?;
    window.screenshot(&format!("look-text-status-{look}")).await?;
    status.get("button", "Insert").click().await?;
    text.wait_for(Want::Focused).await
}

async fn choosing(window: &Window, look: &str) -> Result<()> {
    let choice = choose_items(window).await?;
    choice.get("checkbox", "All decisions").click().await?;
    choice.get("checkbox", "Write the migration guide").click().await?;
    choice.get("status", "3 of 9 items chosen").wait_for(Want::There).await?;
    window.screenshot(&format!("look-choosing-{look}")).await?;
    choice.get("checkbox", starts("Twice as many")).hover().await?;
    window.screenshot(&format!("look-choosing-top-{look}")).await?;
    window.press("Escape").await?;
    choice.wait_for(Want::Gone).await
}

async fn went_plain(window: &Window, sandbox: &Sandbox, look: &str) -> Result<()> {
    // Another one for each look: the same again would be asked about.
    let decision = desk::item(window, "Decisions", if look == "dark" { DECISION } else { OTHER_DECISION });
    desk::open_dialog(window, &decision, PAGE).await?;
    sandbox.set_quirk(Quirk::ListsRefused, true);
    desk::create_page(window, &format!("In plain words, {look}")).await?;
    decision.get("link", starts(&format!("Sent · In plain words, {look}"))).wait_for(Want::There).await?;
    sandbox.set_quirk(Quirk::ListsRefused, false);
    window.move_pointer_away().await?;
    window.screenshot(&format!("look-went-plain-{look}")).await?;
    desk::dismiss_notices(window).await?;
    let dialog = desk::open_dialog(window, &decision, PAGE).await?;
    dialog.get("button", "Create").click().await?;
    dialog.get("button", "Send again").wait_for(Want::There).await?;
    window.screenshot(&format!("look-sent-before-{look}")).await?;
    dialog.get("button", "Cancel").click().await?;
    dialog.wait_for(Want::Gone).await
}
