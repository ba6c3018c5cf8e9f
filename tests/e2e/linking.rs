//! The link of a page says whose page it is: its organization is chosen, whichever was before, and one that is not
//! connected is asked nothing.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sandbox::Sandbox;
use url::form_urlencoded;

use crate::clipboard::Clipboard;
use crate::deep_link;
use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::quick;
use crate::session::Session;
use crate::window::{Page, Window};

const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";
const TITLE: &str = "Decisions log – Accounting Amsterdam";

/// Pastes a text into a field, as a person does.
async fn paste(session: &Session, window: &Window, field: &Locator, text: &str) -> Result<()> {
    let _copied = Clipboard::of_text(session, text).await?;
    field.click().await?;
    window.press("Control+a").await?;
    window.press("Control+v").await?;
    field.wait_for(Want::Says(text)).await
}

/// How often a number was asked for.
fn asked(sandbox: &Sandbox, id: &str) -> usize {
    sandbox.requests().iter().filter(|request| request.query.contains(id)).count()
}

#[tokio::test]
async fn a_link_says_whose_page_it_is() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let steps = app.steps("A link says whose page it is");
    let id = sandbox.page_id("globex", "ACCAMS", TITLE).context("a page of Globex")?;
    let link = sandbox.page_url("globex", &id).context("its link")?;
    steps
        .step("Acme alone is connected", async {
            let acme = sandbox.organizations().swap_remove(0).cloud_id;
            let address = desk::start_login(&app).await?;
            deep_link::open(&session, &sandbox::browser::accept_on(&address, &acme).await?)?;
            desk::connected(window).await?;
            desk::open_meeting(window, &desk::sample().title).await
        })
        .await?;
    let item = desk::item(window, "Decisions", DECISION);
    let dialog = desk::open_dialog(window, &item, COMMENT).await?;
    let (organization, page) = (dialog.get("combobox", "Organization"), dialog.get("combobox", "Page"));
    steps
        .step("The link of Globex: it is not connected, and nobody is asked for the number", async {
            organization.wait_for(Want::Says("Acme")).await?;
            dialog.get("textbox", "Description").fill("Typed before.").await?;
            paste(&session, window, &page, &link).await?;
            dialog.get("button", "Connect").wait_for(Want::There).await?;
            window.screenshot("linking-not-connected-list").await?;
            window.press("Escape").await?;
            let site = format!("{}/site/globex", sandbox.url().trim_start_matches("http://"));
            window.wait_for_text(&format!("This page belongs to {site}, which is not connected.")).await?;
            window.screenshot("linking-not-connected").await?;
            ensure!(asked(&sandbox, &id) == 0, "it was looked up: {:?}", sandbox.requests());
            Ok(())
        })
        .await?;
    steps
        .step("Connect, and back to the same dialog", async {
            dialog.get("button", "Connect").click().await?;
            window.wait_for_text("Choose the site of the link").await?;
            window.screenshot("linking-connecting").await?;
            let address = app.browser().next_address().await?;
            deep_link::open(&session, &sandbox::browser::accept(address.as_str()).await?)?;
            dialog.get("textbox", "Description").wait_for(Want::Says("Typed before.")).await
        })
        .await?;
    steps
        .step("The same link once more, while Acme is chosen: Globex is chosen, visibly", async {
            desk::choose(window, &organization, "Acme", "Acme").await?;
            paste(&session, window, &page, &link).await?;
            let offered = window.get("option", starts(TITLE));
            offered.wait_for(Want::There).await?;
            window.screenshot("linking-offered").await?;
            offered.click().await?;
            organization.wait_for(Want::Says("Globex Worldwide")).await?;
            page.wait_for(Want::Says(TITLE)).await?;
            window.screenshot("linking-chosen").await.map(drop)
        })
        .await?;
    steps
        .step("The comment is on Globex's page, and nothing was asked of Acme about it", async {
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Comment added").await?;
            let comments = sandbox.comments();
            let there: Vec<_> =
                comments.iter().map(|one| (one.organization.as_str(), one.page.as_str())).collect();
            ensure!(there == [("globex", id.as_str())], "the comment: {there:?}");
            let acme = &sandbox.organizations()[0].cloud_id;
            let wrong: Vec<_> = sandbox
                .requests()
                .into_iter()
                .filter(|one| one.path.contains(acme) && (one.method == "POST" || one.query.contains(&id)))
                .collect();
            ensure!(wrong.is_empty(), "asked of Acme: {wrong:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_link_in_quick_send_says_whose_page_it_is() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("A link in Quick send says whose page it is");
    let id = sandbox.page_id("globex", "ACCAMS", TITLE).context("a page of Globex")?;
    let link = sandbox.page_url("globex", &id).context("its link")?;
    quick::open_by_keys(&session, &app).await?;
    let window = app.window();
    steps
        .step("Acme was used last; the link of Globex chooses Globex, visibly", async {
            window.get("button", "Show destinations").click().await?;
            window.get("option", "Another destination…").click().await?;
            window.get("radio", "Comments on a page").click().await?;
            window.get("combobox", "Organization").wait_for(Want::Says("Acme")).await?;
            window.get("combobox", "Page").fill(&link).await?;
            window.get("option", starts(TITLE)).nth(0).click().await?;
            window.get("combobox", "Organization").wait_for(Want::Says("Globex Worldwide")).await?;
            window.screenshot("linking-quick").await?;
            window.get("button", "Use").click().await?;
            window.get("combobox", "Destination").wait_for(Want::Says(TITLE)).await?;
            ensure!(
                sandbox.requests().iter().all(|one| !one.query.contains(&id) || one.path.contains("0002")),
                "nothing was asked of Acme about it"
            );
            Ok(())
        })
        .await?;
    steps
        .step("And Enter comments there", async {
            window.get("searchbox", "Quick send").click().await?;
            window.get("option", starts("")).nth(0).wait_for(Want::Focused).await?;
            session.xdotool(&["key", "Return"])?;
            window.get("button", "Undo").wait_for(Want::There).await?;
            while sandbox.comments().is_empty() {
                tokio::task::yield_now().await;
            }
            let comments = sandbox.comments();
            ensure!(comments[0].organization == "globex" && comments[0].page == id, "{comments:?}");
            app.turn_to(Page::Main).await
        })
        .await
}

/// In the words in which people send links to each other, and in each form that Confluence gives one.
fn kinds(sandbox: &Sandbox, id: &str) -> Result<Vec<String>> {
    let link = sandbox.page_url("globex", id).context("its link")?;
    let (site, _) = link.split_once("/spaces/").context("of a space")?;
    let number: i64 = id.parse()?;
    let code = STANDARD.encode(number.to_le_bytes()).replace('/', "-").replace('+', "_");
    let code = code.trim_end_matches('=').trim_end_matches('A');
    let inside: String = form_urlencoded::byte_serialize(link.as_bytes()).collect();
    Ok(vec![
        format!("{site}/x/{code}"),
        format!("{site}/pages/tinyurl.action?urlIdentifier={code}"),
        format!("{site}/pages/viewpage.action?pageId={id}"),
        format!("{site}/display/ACCAMS/{}", TITLE.replace(' ', "+")),
        format!("{link}?focusedCommentId=1&atlOrigin=x#Heading"),
        link.replace("/pages/", "/pages/edit-v2/"),
        format!("{site}/rest/api/content/{id}"),
        format!("Have a look at [the log]({link}), please."),
        format!("https://links.example/?url={inside}&data=1"),
    ])
}

/// Types each into a field: the page is offered each time.
async fn each_is_offered(field: &Locator, links: &[String], offered: &Locator) -> Result<()> {
    for link in links {
        field.fill(link).await?;
        offered.wait_for(Want::There).await?;
        field.fill("").await?;
        offered.wait_for(Want::Gone).await?;
    }
    Ok(())
}

#[tokio::test]
async fn each_kind_of_link_leads_to_its_page_in_both_dialogs_and_in_quick_send() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("Each kind of link");
    let window = app.window();
    let id = sandbox.page_id("globex", "ACCAMS", TITLE).context("a page of Globex")?;
    let kinds = kinds(&sandbox, &id)?;
    let folder = sandbox.add_folder("globex", "ACCAMS").context("a folder")?;
    let folder_link = format!("{}/site/globex/wiki/spaces/ACCAMS/folder/{folder}", sandbox.url());
    let item = desk::item(window, "Decisions", DECISION);
    let offered = window.get("option", starts(TITLE));
    steps
        .step("In the dialog of a comment", async {
            desk::dismiss_notices(window).await?;
            let dialog = desk::open_dialog(window, &item, COMMENT).await?;
            let page = dialog.get("combobox", "Page");
            each_is_offered(&page, &kinds, &offered).await?;
            page.fill(&folder_link).await?;
            window.wait_for_text("This is the link of a folder.").await?;
            window.screenshot("linking-folder-comment").await?;
            let link = sandbox.page_url("globex", &id).context("its link")?;
            page.fill(&link.replace("127.0.0.1", "localhost")).await?;
            window.wait_for_text("is no address of Atlassian").await?;
            window.press("Tab").await?;
            window.screenshot("linking-own-address").await?;
            ensure!(sandbox.count("GET", "/_edge/tenant_info") == 0, "nothing is asked before a click");
            dialog.get("button", starts("Ask localhost")).click().await?;
            offered.wait_for(Want::There).await?;
            window.press("Escape").await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("In the dialog of a page, for its parent", async {
            let dialog = desk::open_dialog(window, &item, "Create a page in Confluence").await?;
            let parent = dialog.get("combobox", "Parent page");
            each_is_offered(&parent, &kinds, &offered).await?;
            parent.fill(&folder_link).await?;
            window.get("option", starts("Folder ")).click().await?;
            dialog.get("combobox", "Organization").wait_for(Want::Says("Globex Worldwide")).await?;
            dialog.get("combobox", "Space").wait_for(Want::Says("Accounting Amsterdam")).await?;
            dialog.get("textbox", starts("Title")).fill("In a folder").await?;
            window.screenshot("linking-folder-parent").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            item.get("link", starts("Sent · In a folder")).wait_for(Want::There).await?;
            let made = sandbox.pages_titled("In a folder");
            ensure!(made.len() == 1 && made[0].parent.as_deref() == Some(&folder), "{made:?}");
            Ok(())
        })
        .await?;
    steps
        .step("In Quick send", async {
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            let window = app.window();
            window.get("button", "Show destinations").click().await?;
            window.get("option", "Another destination…").click().await?;
            window.get("radio", "Comments on a page").click().await?;
            let page = window.get("combobox", "Page");
            each_is_offered(&page, &kinds, &window.get("option", starts(TITLE)).nth(0)).await
        })
        .await
}
