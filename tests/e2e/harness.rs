//! The harness proves itself on the bare window, so that a failing test speaks of the app.

use std::fs;

use anyhow::{Result, ensure};
use serde_json::json;

use crate::app::{App, Launch};
use crate::browser::TestBrowser;
use crate::deep_link;
use crate::locator::{Want, contains, starts};
use crate::session::{Keyring, Profile, Session};

const PAGE: &str = include_str!("harness.js");

#[tokio::test]
async fn the_harness_finds_clicks_hovers_and_types() -> Result<()> {
    let session = Session::start(Profile::default())?;
    let app = App::start(&session, Launch::program("bare-window")?).await?;
    let window = app.window();
    let steps = app.steps("The harness on a bare window");

    steps
        .step("A page with controls", async {
            ensure!(
                window.get("listitem", "Three").count().await? == 1,
                "the command's answer is on the page"
            );
            window.execute(PAGE, vec![]).await?;
            window.get("link", "Meetings").wait_for(Want::There).await?;
            window.get("heading", starts("Weekly")).wait_for(Want::There).await
        })
        .await?;

    let item = window.get("listitem", starts("Ship the importer"));
    let button = item.get("button", "Confluence");
    steps
        .step("Hover shows the button, and leaving hides it", async {
            button.wait_for(Want::Unseen).await?;
            item.hover().await?;
            button.wait_for(Want::Shown).await?;
            window.screenshot("harness").await?;
            session.picture(&crate::window::out()?.join("harness-screen.png"))?;
            window.move_pointer_away().await?;
            button.wait_for(Want::Unseen).await
        })
        .await?;
    steps
        .step("A click opens a dialog that comes late", async {
            button.click().await?;
            let dialog = window.get("dialog", "Create a page");
            dialog.get("button", "Create").click().await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await
        })
        .await?;
    steps
        .step("The right button opens a menu", async {
            item.right_click().await?;
            window.get("status", "Menu").wait_for(Want::There).await
        })
        .await?;
    steps
        .step("Typing, by name of the field", async {
            let title = window.get("textbox", "Title");
            title.fill("Importer").await?;
            title.fill("Ship the IMPORTER, behind a flag: now! — ✓").await?;
            title.wait_for(Want::Says("behind a flag")).await?;
            let value = title.value().await?;
            ensure!(value == "Ship the IMPORTER, behind a flag: now! — ✓", "fill replaces: {value}");
            ensure!(title.attribute("required").await?.is_some(), "an attribute can be read");
            let text = window.get("textbox", "Description");
            text.fill("One\n\n- two").await?;
            ensure!(text.value().await? == "One\n\n- two", "lines arrive as lines");
            title.focus().await?;
            window.press("Tab").await?;
            text.wait_for(Want::Focused).await?;
            window.press("Control+Enter").await?;
            window.get("status", contains("Sent")).wait_for(Want::There).await
        })
        .await?;
    steps
        .step("State of a control, and a group by its legend", async {
            let connect = window.get("group", "Confluence").get("button", "Connect");
            connect.wait_for(Want::Disabled).await?;
            button.wait_for(Want::Enabled).await?;
            ensure!(
                window.get("heading", contains("product")).text().await?.starts_with("Weekly"),
                "text is read"
            );
            Ok(())
        })
        .await?;
    steps
        .step("What is not there is said in full", async {
            let error = window.get("button", "Creat").check(Want::There).await.unwrap_err();
            ensure!(error.to_string().contains("“Connect”"), "the message names the buttons: {error}");
            Ok(())
        })
        .await?;
    steps.tell("done");
    Ok(())
}

#[tokio::test]
async fn the_harness_types_into_rich_text_and_holds_keys() -> Result<()> {
    let session = Session::start(Profile::default())?;
    let app = App::start(&session, Launch::program("bare-window")?).await?;
    let window = app.window();
    let steps = app.steps("The harness on rich text");
    window.execute(PAGE, vec![]).await?;
    steps
        .step("Typing into rich text, which is filled and read like a field", async {
            let rich = window.get("textbox", "Rich text");
            rich.wait_for(Want::Says("What was there")).await?;
            rich.fill("First words, — ✓").await?;
            ensure!(rich.value().await? == "First words, — ✓", "fill replaces: {:?}", rich.value().await?);
            rich.type_text("\nSecond line").await?;
            rich.wait_for(Want::Says("First words, — ✓ Second line")).await?;
            ensure!(rich.html().await?.contains("Second line</"), "its elements can be read");
            rich.fill("").await?;
            rich.check(Want::Empty).await
        })
        .await?;
    steps
        .step("A click with a key held down", async {
            let item = window.get("listitem", starts("Pilot"));
            item.click_with("Shift").await?;
            window.get("status", "With Shift").wait_for(Want::There).await?;
            item.click().await?;
            window.get("status", "Without Shift").wait_for(Want::There).await
        })
        .await?;
    Ok(())
}

#[tokio::test]
async fn the_app_restarts_on_a_dark_desktop() -> Result<()> {
    let session = Session::start(Profile { dark: true, ..Profile::default() })?;
    let mut app = App::start(&session, Launch::program("bare-window")?).await?;
    let dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
    ensure!(app.window().execute(dark, vec![]).await? == json!(true), "the page hears of the dark desktop");
    app.window().execute("document.title = arguments[0]", vec![json!("Before")]).await?;
    app.restart(&["--anything"]).await?;
    ensure!(
        app.window().execute("return document.title", vec![]).await? == json!("Bare window"),
        "it is new"
    );
    session.xdotool(&["search", "--sync", "--name", "Bare window"])?;
    ensure!(!app.log().contains("panicked"), "nothing went wrong: {}", app.log());
    Ok(())
}

#[tokio::test]
async fn an_address_reaches_its_handler() -> Result<()> {
    let session = Session::start(Profile { keyring: Keyring::None, ..Profile::default() })?;
    let browser = TestBrowser::start().await?;
    let applications = session.path("home/.local/share/applications");
    fs::create_dir_all(&applications)?;
    let exec = format!("bash -c \"echo \\$0 > /dev/tcp/127.0.0.1/{}\" %u", browser.port()?);
    fs::write(
        applications.join("handler.desktop"),
        format!(
            "[Desktop Entry]\nType=Application\nName=Handler\nExec={exec}\nMimeType=x-scheme-handler/sally;\n"
        ),
    )?;
    session.run("xdg-mime", &["default", "handler.desktop", "x-scheme-handler/sally"], &[])?;
    deep_link::open(&session, "sally://oauth/callback?code=1&state=2")?;
    let address = browser.next_address().await?;
    ensure!(
        address.as_str() == "sally://oauth/callback?code=1&state=2",
        "the whole address arrives: {address}"
    );
    Ok(())
}

#[test]
fn the_keyring_can_be_locked_and_unlocked() -> Result<()> {
    let session = Session::start(Profile { keyring: Keyring::Locked, ..Profile::default() })?;
    let store = || session.run("secret-tool", &["store", "--label=x", "key", "value"], b"secret");
    ensure!(store().is_err(), "a locked keyring takes nothing");
    session.unlock_keyring()?;
    store()?;
    session.run("secret-tool", &["lookup", "key", "value"], &[])?;
    session.lock_keyring()?;
    ensure!(store().is_err(), "nothing again");
    Ok(())
}
