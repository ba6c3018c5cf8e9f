//! What can go wrong on the way, as a person meets it: each ends in words and a way on, and nothing typed is lost.

use std::time::Duration;

use anyhow::{Result, ensure};
use sandbox::{Access, Quirk};
use serde_json::json;

use crate::deep_link;
use crate::desk;
use crate::locator::{Locator, Want, contains, starts};
use crate::session::{Keyring, Profile, Session};
use crate::window::Window;

const DECISION: &str = "Ship the importer behind a flag";
const TYPED: &str = "Words that took a while to write";

fn decision(window: &Window) -> Locator {
    desk::item(window, "Decisions", DECISION)
}

/// Opens one of the two dialogs for the decision, by the right button.
async fn open_dialog(window: &Window, name: &str) -> Result<Locator> {
    decision(window).right_click().await?;
    window.get("menuitem", name).click().await?;
    let dialog = window.get("dialog", name);
    dialog.wait_for(Want::There).await?;
    Ok(dialog)
}

/// Sends the decision as a page with words of one's own.
async fn send_page(window: &Window, title: &str) -> Result<()> {
    let dialog = open_dialog(window, "Create a page in Confluence").await?;
    dialog.get("textbox", "Description").fill(TYPED).await?;
    desk::create_page(window, title).await
}

/// Waits until the decision says how its delivery stands, and for the button that opens it again.
async fn says(window: &Window, state: &str) -> Result<Locator> {
    decision(window).get("link", starts(state)).wait_for(Want::There).await?;
    Ok(decision(window).get("button", "Edit"))
}

#[tokio::test]
async fn a_consent_that_is_cancelled() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let window = app.window();
    let steps = app.steps("A consent that is cancelled");
    let address = steps.step("Connect", desk::start_login(&app)).await?;
    steps
        .step("Cancel in the browser: the card says so and offers to connect", async {
            deep_link::open(&session, &sandbox::browser::cancel(&address).await?)?;
            let card = window.get("dialog", "Add integration").get("group", "Confluence");
            window.wait_for_text("You did not give Sally Desktop access").await?;
            card.get("button", "Connect").wait_for(Want::Enabled).await?;
            window.screenshot("consent-cancelled").await.map(drop)
        })
        .await
}

#[tokio::test]
async fn forged_replayed_and_late_answers() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("Forged, replayed and late answers");
    let address = steps.step("Connect", desk::start_login(&app)).await?;
    steps
        .step("A forged answer is named and ignored; the login goes on waiting", async {
            deep_link::open(&session, "sally://oauth/callback?code=forged&state=forged")?;
            app.window().wait_for_text("does not belong to the login that is under way").await?;
            app.window().wait_for_text("Waiting for you to accept").await
        })
        .await?;
    let answer = sandbox::browser::accept(&address).await?;
    steps
        .step("The true answer connects", async {
            deep_link::open(&session, &answer)?;
            desk::connected(app.window()).await
        })
        .await?;
    steps
        .step("The same answer again changes nothing", async {
            deep_link::open(&session, &answer)?;
            app.window().wait_for_text("a login that Sally Desktop is not waiting for").await?;
            desk::connected(app.window()).await?;
            ensure!(sandbox.count("POST", "/oauth/token") == 1, "a code is used once");
            Ok(())
        })
        .await?;
    steps
        .step("Disconnect", async {
            app.window().get("button", "More actions").click().await?;
            app.window().get("menuitem", "Disconnect").click().await?;
            app.window().wait_for_text("Confluence is disconnected").await
        })
        .await?;
    let late = sandbox::browser::accept(&desk::start_login(&app).await?).await?;
    app.restart(&[&late]).await?;
    let steps = app.steps("… after a new start, by the answer itself");
    steps
        .step("An answer to a login of an earlier run is refused, with a way on", async {
            app.window().wait_for_text("a login that Sally Desktop is not waiting for").await?;
            app.window().screenshot("late-answer").await?;
            ensure!(sandbox.count("POST", "/oauth/token") == 1, "the code is not even tried");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn an_account_without_confluence() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.set_quirk(Quirk::NoSites, true);
    let app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("An account without Confluence");
    let address = steps.step("Connect", desk::start_login(&app)).await?;
    steps
        .step("The card says what is missing and offers to connect again", async {
            deep_link::open(&session, &sandbox::browser::accept(&address).await?)?;
            app.window().wait_for_text("it has no site with Confluence").await?;
            let card = app.window().get("dialog", "Add integration").get("group", "Confluence");
            card.get("button", "Connect").wait_for(Want::Enabled).await?;
            app.window().screenshot("no-confluence").await.map(drop)
        })
        .await
}

#[tokio::test]
async fn a_keyring_that_is_locked() -> Result<()> {
    let session = Session::start(Profile { keyring: Keyring::Locked, ..Profile::default() })?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let steps = app.steps("A keyring that is locked");
    steps
        .step("The connection is made, and said to last for this run", async {
            desk::connect(&session, &app).await?;
            app.window().wait_for_text("for this run").await?;
            app.window().screenshot("keyring-locked").await.map(drop)
        })
        .await
}

#[tokio::test]
async fn not_connected_yet() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("An action before the connection");
    steps
        .step("The dialog explains, connects, and comes back to the same item", async {
            desk::open_meeting(window, "Weekly product sync").await?;
            let dialog = open_dialog(window, "Create a page in Confluence").await?;
            window.screenshot("not-connected").await?;
            dialog.get("button", "Connect Confluence").click().await?;
            let address = app.browser().next_address().await?;
            deep_link::open(&session, &sandbox::browser::accept(address.as_str()).await?)?;
            dialog.get("textbox", "Title").wait_for(Want::Says(DECISION)).await
        })
        .await?;
    steps
        .step("What is missing is said by its field, which gets the focus", async {
            let dialog = window.get("dialog", "Create a page in Confluence");
            dialog.get("button", "Create").click().await?;
            dialog.get("combobox", "Organization").wait_for(Want::Focused).await?;
            window.screenshot("required-field").await.map(drop)
        })
        .await
}

#[tokio::test]
async fn a_title_that_exists() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A title that exists");
    sandbox.add_page("acme", "ENG", "Taken already");
    steps
        .step("The item says so, and Edit brings every word back with three ways on", async {
            send_page(window, "Taken already").await?;
            says(window, "Needs you").await?.click().await?;
            let dialog = window.get("dialog", "Create a page in Confluence");
            dialog.get("textbox", "Description").wait_for(Want::Says(TYPED)).await?;
            dialog.get("button", "Open that page").wait_for(Want::There).await?;
            dialog.get("button", "Comment on it instead").wait_for(Want::There).await?;
            window.screenshot("title-exists").await?;
            dialog.get("button", contains("Taken already (2")).click().await?;
            dialog.get("button", "Create").click().await?;
            window.wait_for_text("Page created").await
        })
        .await?;
    ensure!(
        sandbox.pages().iter().any(|page| page.title.starts_with("Taken already (2")),
        "with the date added"
    );
    Ok(())
}

#[tokio::test]
async fn a_place_that_is_not_open_to_the_account() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A place that the account may not use");
    sandbox.set_space_access("acme", "ENG", Access::ReadOnly);
    // Where it is not told what may be made in a space, it is known only when something is sent there.
    sandbox.set_quirk(Quirk::OperationsForbidden, true);
    steps
        .step("The message names the place; another one is chosen and it goes", async {
            send_page(window, "Somewhere else").await?;
            says(window, "Needs you").await?.click().await?;
            let dialog = window.get("dialog", "Create a page in Confluence");
            dialog.get("textbox", "Description").wait_for(Want::Says(TYPED)).await?;
            window.wait_for_text("does not let you create a page in Engineering").await?;
            window.screenshot("not-allowed").await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Prod", "Product").await?;
            dialog.get("button", "Create").click().await?;
            window.wait_for_text("Page created").await
        })
        .await
}

#[tokio::test]
async fn a_scope_that_is_missing() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let all: Vec<_> =
        sandbox::SCOPES.iter().copied().filter(|scope| *scope != "write:page:confluence").collect();
    sandbox.grant_only(Some(&all));
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A permission that is missing");
    steps
        .step("The item says what is missing and Edit offers to reconnect", async {
            send_page(window, "Without a scope").await?;
            says(window, "Needs you").await?.click().await?;
            let dialog = window.get("dialog", "Create a page in Confluence");
            window.wait_for_text("lacks a permission").await?;
            window.screenshot("scope-missing").await?;
            dialog.get("button", "Reconnect").click().await?;
            sandbox.grant_only(None);
            let address = app.browser().next_address().await?;
            deep_link::open(&session, &sandbox::browser::accept(address.as_str()).await?)
        })
        .await?;
    steps
        .step("After the login what waited goes on by itself", async {
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages_titled("Without a scope").len() == 1, "once");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn an_address_that_is_none_of_the_apps() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("An address that is none of the app's");
    steps
        .step("No other page is shown, not even one of this machine", async {
            let own = window.execute("return location.href", vec![]).await?;
            let mut address = url::Url::parse(&sandbox.url())?;
            address.set_host(Some("localhost"))?;
            address.set_path("/elsewhere");
            let address = json!(address.as_str());
            window.execute("location.href = arguments[0]", vec![address.clone()]).await?;
            let opened = window.execute("return window.open(arguments[0]) === null", vec![address]).await?;
            desk::open_meeting(window, "Weekly product sync").await?;
            ensure!(window.execute("return location.href", vec![]).await? == own, "its own page is there");
            ensure!(opened == json!(true), "no window is opened");
            ensure!(sandbox.count("GET", "/elsewhere") == 0, "nothing was even asked for");
            Ok(())
        })
        .await
}

/// Holds the database, as a backup program does.
#[expect(clippy::disallowed_types, reason = "another program has the file")]
fn hold_cache(session: &Session) -> Result<rusqlite::Connection> {
    let db = rusqlite::Connection::open(session.path("data").join(sally_core::store::FILE_NAME))?;
    db.busy_timeout(Duration::from_secs(5))?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    Ok(db)
}

#[tokio::test]
async fn settings_that_cannot_be_kept() -> Result<()> {
    let session = Session::start(Profile { managed: true, ..Profile::default() })?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("Settings that cannot be kept");
    let is_dark =
        async || window.execute("return matchMedia('(prefers-color-scheme: dark)').matches", vec![]).await;
    steps
        .step("The window stays as it was", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "General").click().await?;
            let _held = hold_cache(&session)?;
            window.get("radio", "Dark").click().await?;
            window.wait_for_text("Another program is using Sally Desktop's database").await?;
            window.get("radio", "Dark").wait_for(Want::Unchecked).await?;
            ensure!(is_dark().await? == json!(false), "its frame, too");
            window.screenshot("settings-not-kept").await.map(drop)
        })
        .await?;
    steps
        .step("So do the keys of Quick send", async {
            desk::dismiss_notices(window).await?;
            let held = hold_cache(&session)?;
            window.get("button", starts("Shortcut")).click().await?;
            window.press("Control+Alt+k").await?;
            window.wait_for_text("Another program is using Sally Desktop's database").await?;
            drop(held);
            // Either toggles the window: after both it is open only if one of them did nothing.
            session.xdotool(&["key", "ctrl+alt+k"])?;
            session.xdotool(&["key", "ctrl+shift+space"])?;
            session.wait_for_active("^Quick send$")?;
            session.press_until_gone("Escape", "^Quick send$")?;
            session.activate("Sally Desktop$")
        })
        .await?;
    steps
        .step("And when they can be, they are", async {
            window.get("radio", "Dark").click().await?;
            window.get("radio", "Dark").wait_for(Want::Checked).await?;
            ensure!(is_dark().await? == json!(true), "the frame, too");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_network_that_is_down() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A network that is down");
    steps
        .step("The delivery waits and says why", async {
            let dialog = open_dialog(window, "Create a page in Confluence").await?;
            dialog.get("textbox", "Description").fill(TYPED).await?;
            desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            sandbox.go_offline().await;
            dialog.get("button", "Create").click().await?;
            dialog.wait_for(Want::Gone).await?;
            decision(window).get("link", starts("Waiting")).wait_for(Want::There).await?;
            window.screenshot("offline").await.map(drop)
        })
        .await?;
    steps
        .step("With the network back it goes by itself", async {
            window.get("link", starts("Outbox")).click().await?;
            window.get("button", "Retry now").wait_for(Want::There).await?;
            window.screenshot("outbox").await?;
            sandbox.go_online().await?;
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages()[0].text == TYPED, "every word typed arrived");
            Ok(())
        })
        .await
}
