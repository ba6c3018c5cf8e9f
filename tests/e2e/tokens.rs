//! A site is connected by an API token: without a registered app, beside a login, and again when the token has ended.

use anyhow::{Result, ensure};
use sandbox::{Sandbox, TOKEN_SCOPES, TokenKind};

use crate::app::App;
use crate::deep_link;
use crate::desk;
use crate::locator::{Locator, Want, contains, starts};
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";
const FORM: &str = "Connect with an API token";

fn scoped(without: &str) -> TokenKind {
    TokenKind::Scoped(
        TOKEN_SCOPES.iter().filter(|one| **one != without).map(|one| (*one).to_owned()).collect(),
    )
}

/// The app with the samples, built without a registered app.
async fn unregistered<'s>(session: &'s crate::session::Session, sandbox: &Sandbox) -> Result<App<'s>> {
    let none = [("SALLY_ATLASSIAN_CLIENT_ID", ""), ("SALLY_ATLASSIAN_CLIENT_SECRET", "")];
    desk::app_in(session, sandbox, &["--samples"], &none).await
}

/// Settings → Integrations → + Add integration → Confluence → Use an API token…, by keys.
async fn open_form(window: &Window) -> Result<Locator> {
    window.get("link", "Settings").click().await?;
    window.get("tab", "Integrations").click().await?;
    let add = window.get("button", "Add integration");
    add.focus().await?;
    window.press("Enter").await?;
    let way =
        window.get("dialog", "Add integration").get("group", "Confluence").get("button", "Use an API token…");
    way.wait_for(Want::There).await?;
    way.focus().await?;
    window.press("Enter").await?;
    let form = window.get("dialog", FORM);
    form.get("textbox", "Site").wait_for(Want::Focused).await?;
    Ok(form)
}

/// Fills the form by keys, and presses Enter in the token.
async fn fill(window: &Window, form: &Locator, sandbox: &Sandbox, token: &str) -> Result<()> {
    let site = sandbox.site_url("acme").unwrap_or_default();
    form.get("textbox", "Site").type_text(&format!("{site}/wiki/spaces/ENG")).await?;
    window.press("Tab").await?;
    form.get("textbox", "E-mail").wait_for(Want::Focused).await?;
    form.get("textbox", "E-mail").type_text(&sandbox.email()).await?;
    form.get("textbox", "API token").focus().await?;
    form.get("textbox", "API token").type_text(&format!("{token}\n")).await
}

/// Connects by a token, and closes the form.
async fn connect(window: &Window, sandbox: &Sandbox, token: &str) -> Result<()> {
    let form = open_form(window).await?;
    fill(window, &form, sandbox, token).await?;
    form.get("list", "What this token can do").wait_for(Want::There).await?;
    form.get("button", "Done").click().await?;
    form.wait_for(Want::Gone).await
}

#[tokio::test]
async fn from_nothing_to_a_page_by_a_token() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = unregistered(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("From nothing to a page, by a token");
    let token = sandbox.make_token(scoped(""), None);
    steps
        .step("Nobody can log in without a registered app, and a token needs none", async {
            let drawer = desk::add_integration(window).await?;
            let card = drawer.get("group", "Confluence");
            card.get("button", "Use an API token…").wait_for(Want::There).await?;
            card.get("button", "Connect").check(Want::Gone).await?;
            window.screenshot("token-unregistered").await?;
            window.press("Escape").await?;
            drawer.wait_for(Want::Gone).await
        })
        .await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(&format!("{appearance}: what the form asks for"), async {
                desk::appear(window, appearance).await?;
                let form = open_form(window).await?;
                form.get("button", "Copy scopes").wait_for(Want::There).await?;
                window.screenshot(&format!("token-form-{}", appearance.to_lowercase())).await?;
                window.press("Escape").await?;
                form.wait_for(Want::Gone).await
            })
            .await?;
    }
    let form = open_form(window).await?;
    steps
        .step("`Create a token` opens Atlassian's page", async {
            form.get("button", "Create a token").click().await?;
            let address = app.browser().next_address().await?;
            ensure!(
                address.as_str() == "https://id.atlassian.com/manage-profile/security/api-tokens",
                "{address}"
            );
            Ok(())
        })
        .await?;
    steps
        .step("A wrong token says so at its field, and everything else stays", async {
            fill(window, &form, &sandbox, "ATATT3xwrong").await?;
            window.wait_for_text("does not accept this token").await?;
            form.get("textbox", "API token").wait_for(Want::Focused).await?;
            form.get("textbox", "E-mail").check(Want::Says(&sandbox.email())).await?;
            form.get("button", "Copy a text for your administrator").nth(0).wait_for(Want::There).await?;
            window.screenshot("token-refused").await.map(drop)
        })
        .await?;
    steps
        .step("The right one says what it can do", async {
            window.press("Control+a").await?;
            form.get("textbox", "API token").type_text(&format!("{token}\n")).await?;
            let needs = form.get("list", "What this token can do");
            needs.wait_for(Want::There).await?;
            ensure!(needs.get("listitem", contains("Yes")).count().await? == 8, "all of it");
            window.screenshot("token-needs").await?;
            window.press("Tab").await?;
            form.get("button", "Done").click().await?;
            form.wait_for(Want::Gone).await?;
            window.get("text", starts("API token · ")).nth(0).wait_for(Want::There).await?;
            window.screenshot("token-row").await.map(drop)
        })
        .await?;
    steps
        .step("And a decision becomes a page", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Decisions", DECISION);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            dialog.get("combobox", "Organization").wait_for(Want::Says("Acme")).await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            dialog.get("textbox", "Title").fill("By a token").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages_titled("By a token").len() == 1, "{:?}", sandbox.pages());
            Ok(())
        })
        .await?;
    steps
        .step("The token is in no log", async {
            ensure!(!app.log().contains(&token), "the log holds the token");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("A scope that is missing");
    let form = open_form(window).await?;
    steps
        .step("It is named, with what will not work", async {
            fill(window, &form, &sandbox, &sandbox.make_token(scoped("write:comment:confluence"), None))
                .await?;
            let needs = form.get("list", "What this token can do");
            needs.get("listitem", contains("No comment can be added.")).wait_for(Want::There).await?;
            window.screenshot("token-narrow").await.map(drop)
        })
        .await?;
    steps
        .step("`Renew…` takes another one for the same site", async {
            form.get("button", "Renew…").click().await?;
            let renew = window.get("dialog", starts("Renew the API token of"));
            renew.get("textbox", "API token").wait_for(Want::Focused).await?;
            renew.get("textbox", "E-mail").check(Want::Says(&sandbox.email())).await?;
            let token = sandbox.make_token(TokenKind::Classic, None);
            renew.get("textbox", "API token").type_text(&format!("{token}\n")).await?;
            let needs = renew.get("list", "What this token can do");
            needs.wait_for(Want::There).await?;
            ensure!(
                needs.get("listitem", contains("Yes")).count().await? == 8,
                "a token without scopes can do all"
            );
            Ok(())
        })
        .await
}

#[tokio::test]
async fn an_ended_token_is_renewed_and_what_waited_goes_on() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = unregistered(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A token that has ended");
    let token = sandbox.make_token(scoped(""), None);
    connect(window, &sandbox, &token).await?;
    steps
        .step("It ends, and a page has to wait", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Decisions", DECISION);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            dialog.get("textbox", "Title").fill("It waited").await?;
            sandbox.revoke_token(&token);
            dialog.get("button", "Create").click().await?;
            dialog.wait_for(Want::Gone).await?;
            window.get("link", starts("Outbox")).click().await?;
            window.wait_for_text("does not accept the API token any more").await?;
            window.get("list", "Deliveries").get("button", "Renew…").wait_for(Want::There).await?;
            window.screenshot("token-ended-outbox").await.map(drop)
        })
        .await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(&format!("{appearance}: its row says so"), async {
                desk::appear(window, appearance).await?;
                window.get("tab", "Integrations").click().await?;
                window.get("button", "Renew…").nth(0).wait_for(Want::There).await?;
                window.screenshot(&format!("token-ended-{}", appearance.to_lowercase())).await.map(drop)
            })
            .await?;
    }
    steps
        .step("`Renew…`, and what waited goes on by itself", async {
            desk::dismiss_notices(window).await?;
            window.get("button", "Renew…").nth(0).click().await?;
            let renew = window.get("dialog", starts("Renew the API token of"));
            renew.get("textbox", "API token").wait_for(Want::Focused).await?;
            let new = sandbox.make_token(scoped(""), None);
            renew.get("textbox", "API token").type_text(&format!("{new}\n")).await?;
            renew.get("button", "Done").click().await?;
            renew.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await?;
            ensure!(sandbox.pages_titled("It waited").len() == 1, "{:?}", sandbox.pages());
            Ok(())
        })
        .await
}

#[tokio::test]
async fn two_organizations_of_one_name_by_a_token_and_by_a_login() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.rename("globex", "Acme");
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("Two organizations of one name");
    steps
        .step("One by a login, the other by a token", async {
            let globex = sandbox.organizations().swap_remove(1).cloud_id;
            let address = desk::start_login(&app).await?;
            deep_link::open(&session, &sandbox::browser::accept_on(&address, &globex).await?)?;
            desk::connected(window).await?;
            connect(window, &sandbox, &sandbox.make_token(scoped(""), None)).await?;
            window.screenshot("token-and-login").await.map(drop)
        })
        .await?;
    steps
        .step("Their addresses tell them apart, and the comment goes to the one that was chosen", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Decisions", DECISION);
            let dialog = desk::open_dialog(window, &item, COMMENT).await?;
            let organization = dialog.get("combobox", "Organization");
            organization.click().await?;
            let list = window.get("listbox", starts(""));
            ensure!(list.get("option", starts("Acme")).count().await? == 2, "both are offered");
            window.screenshot("token-equal-names").await?;
            list.get("option", contains("site/acme")).click().await?;
            desk::choose(window, &dialog.get("combobox", "Page"), "Migration", "Migration guide").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Comment added").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1 && comments[0].organization == "acme", "{comments:?}");
            Ok(())
        })
        .await
}
