//! The network of a company: the app with Atlassian's real addresses on a desktop of GNOME whose settings name a proxy, which
//! looks into connections and asks for a password.

use std::fs;

use anyhow::{Result, ensure};
use sandbox::{Sandbox, TOKEN_SCOPES, TokenKind};

use crate::app::{App, Launch};
use crate::company::{Asks, Authority, Company, NAME, PASSWORD};
use crate::desk;
use crate::locator::{Locator, Want, contains, starts};
use crate::session::Session;
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const DECISION: &str = "Ship the importer behind a flag";
const OTHER_DECISION: &str = "Keep the old export format until the end of January 2027.";
const ASK: &str = "Enter the password…";

/// The app with the samples on a desktop whose settings name the proxy, in a system that trusts the company's authority.
async fn behind<'s>(session: &'s Session, company: &Company, authority: &Authority) -> Result<App<'s>> {
    let config = session.path("config");
    let settings = config.join("glib-2.0/settings");
    fs::create_dir_all(&settings)?;
    let name = company.name();
    let (host, port) = name.split_once(':').unwrap_or_default();
    let proxy = format!("[system/proxy]\nmode='manual'\n[system/proxy/https]\nhost='{host}'\nport={port}\n");
    fs::write(settings.join("keyfile"), proxy)?;
    let mut launch = Launch::sally_itself()?;
    launch.arguments = vec!["--samples".to_owned()];
    launch.variables = vec![
        ("GSETTINGS_BACKEND", "keyfile".to_owned()),
        ("XDG_CONFIG_HOME", config.display().to_string()),
        ("SSL_CERT_FILE", authority.trusted().display().to_string()),
    ];
    App::start(session, launch).await
}

async fn network(window: &Window) -> Result<Locator> {
    window.get("link", "Settings").click().await?;
    window.get("tab", "General").click().await?;
    Ok(window.get("region", "Network"))
}

/// Fills the form at the proxy by keys.
async fn sign_in(window: &Window, password: &str) -> Result<()> {
    let form = window.get("form", "Sign in at the proxy");
    form.get("textbox", "Name").wait_for(Want::Focused).await?;
    form.get("textbox", "Name").type_text(NAME).await?;
    window.press("Tab").await?;
    form.get("textbox", "Password").wait_for(Want::Focused).await?;
    form.get("textbox", "Password").type_text(&format!("{password}\n")).await
}

async fn connect(window: &Window, sandbox: &Sandbox) -> Result<Locator> {
    let scopes = TOKEN_SCOPES.iter().map(|one| (*one).to_owned()).collect();
    let token = sandbox.make_token(TokenKind::Scoped(scopes), None);
    let drawer = desk::add_integration(window).await?;
    drawer.get("group", "Confluence").get("button", "Use an API token…").click().await?;
    let form = window.get("dialog", "Connect with an API token");
    // It is filled already where what was typed came to nothing.
    form.get("textbox", "Site").wait_for(Want::There).await?;
    form.get("textbox", "Site").fill("acme.atlassian.net").await?;
    form.get("textbox", "E-mail").fill(&sandbox.email()).await?;
    form.get("textbox", "API token").fill(&token).await?;
    window.press("Enter").await?;
    Ok(form)
}

#[tokio::test]
async fn a_proxy_of_gnome_asks_for_a_password_and_what_waits_arrives() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let authority = Authority::new()?;
    let company = Company::start(&authority, &sandbox.url(), Asks::Password)?;
    let mut app = behind(&session, &company, &authority).await?;
    let window = app.window();
    let steps = app.steps("A proxy that asks for a password");
    steps
        .step("Settings → General says which proxy is in between", async {
            let network = network(window).await?;
            network.get("text", contains(&company.name())).nth(0).wait_for(Want::There).await?;
            network
                .get("text", contains("network settings of your system"))
                .nth(0)
                .wait_for(Want::There)
                .await?;
            window.screenshot("network-proxy").await.map(drop)
        })
        .await?;
    steps
        .step("It asks for a name and a password, and the form is one click away", async {
            let form = connect(window, &sandbox).await?;
            window.wait_for_text("asks for a name and a password").await?;
            window.screenshot("network-asks").await?;
            form.get("button", ASK).click().await?;
            form.wait_for(Want::Gone).await?;
            ensure!(sandbox.requests().is_empty(), "nothing got through");
            Ok(())
        })
        .await?;
    steps
        .step("A wrong password is said, and the right one is kept", async {
            sign_in(window, "wrong").await?;
            window.wait_for_text("does not accept the name and the password").await?;
            let form = window.get("form", "Sign in at the proxy");
            form.get("textbox", "Password").wait_for(Want::Focused).await?;
            window.screenshot("network-wrong").await?;
            window.press("Control+a").await?;
            form.get("textbox", "Password").type_text(&format!("{PASSWORD}\n")).await?;
            window.get("button", "Change the password…").wait_for(Want::Focused).await?;
            window.wait_for_text("Its password is in the keyring").await?;
            window.screenshot("network-kept").await.map(drop)
        })
        .await?;
    steps
        .step("The site is connected through the proxy", async {
            let form = connect(window, &sandbox).await?;
            form.get("list", "What this token can do").wait_for(Want::There).await?;
            form.get("button", "Done").click().await?;
            form.wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("Without the password a page waits, and arrives once it is entered", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Decisions", DECISION);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            dialog.get("textbox", "Title").fill("Through the proxy").await?;
            window.press("Escape").await?;
            dialog.wait_for(Want::Gone).await?;
            let network = network(window).await?;
            network.get("button", "Forget the password").click().await?;
            network.get("button", ASK).wait_for(Want::There).await?;
            desk::open_meeting(window, &desk::sample().title).await?;
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            dialog.get("button", "Create").click().await?;
            dialog.wait_for(Want::Gone).await?;
            window.get("link", starts("Outbox")).click().await?;
            window.get("button", ASK).nth(0).wait_for(Want::There).await?;
            window.screenshot("network-waits").await?;
            ensure!(sandbox.pages_titled("Through the proxy").is_empty(), "it waits");
            window.get("button", ASK).nth(0).click().await?;
            sign_in(window, PASSWORD).await?;
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages_titled("Through the proxy").len() == 1, "{:?}", sandbox.pages());
            Ok(())
        })
        .await?;
    steps
        .step("The password is in no log", async {
            ensure!(!app.log().contains(PASSWORD), "the log holds the password");
            ensure!(company.log().contains(&format!("api.atlassian.com:443 {NAME}")), "{}", company.log());
            Ok(())
        })
        .await?;
    after_a_restart(&mut app, &sandbox).await
}

async fn after_a_restart(app: &mut App<'_>, sandbox: &Sandbox) -> Result<()> {
    app.restart(&[]).await?;
    let window = app.window();
    let steps = app.steps("The next start");
    steps
        .step("The keyring of the desktop has the password", async {
            network(window).await?;
            window.wait_for_text("Its password is in the keyring").await?;
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Decisions", OTHER_DECISION);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            dialog.get("textbox", "Title").fill("After a restart").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages_titled("After a restart").len() == 1, "{:?}", sandbox.pages());
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_variable_of_the_environment_names_the_proxy() -> Result<()> {
    let nobody = "http://127.0.0.1:1";
    for (except, told) in [
        ("example.com", "Set by an environment variable"),
        ("example.com,.atlassian.com", "Atlassian is reached without a proxy"),
    ] {
        let session = desk::desktop()?;
        let mut launch = Launch::sally_itself()?;
        launch.variables = vec![("HTTPS_PROXY", nobody.to_owned()), ("NO_PROXY", except.to_owned())];
        let app = App::start(&session, launch).await?;
        let window = app.window();
        let steps = app.steps(&format!("NO_PROXY={except}"));
        steps
            .step("Settings → General says so", async {
                network(window).await?;
                window.wait_for_text(told).await
            })
            .await?;
    }
    Ok(())
}
