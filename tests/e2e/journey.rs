//! The main job, from an empty profile to a page and a comment in Confluence, as a person does it.

use anyhow::{Result, ensure};

use sandbox::Sandbox;

use crate::app::App;
use crate::deep_link;
use crate::desk::{self, Meeting};
use crate::locator::{Want, starts};
use crate::outline::WebPage;
use crate::session::Session;
use crate::steps::Steps;

/// The title of the page that is made, and then commented on.
const TITLE: &str = "What the team decided";

#[tokio::test]
async fn journey() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let meeting = desk::meeting()?;
    let steps = app.steps("From a meeting to Confluence");
    connect_and_open(&session, &app, &meeting, &steps).await?;
    create_a_page(&app, &sandbox, &meeting, &steps).await?;
    add_a_comment(&app, &sandbox, &meeting, &steps).await?;
    steps
        .step("Nothing secret is in the log", async {
            let log = app.log();
            for secret in ["sandbox-access", "sandbox-refresh", "sandbox-secret", "sandbox-code", "state="] {
                ensure!(!log.contains(secret), "the log holds {secret}…");
            }
            Ok(())
        })
        .await
}

async fn connect_and_open(session: &Session, app: &App<'_>, meeting: &Meeting, steps: &Steps) -> Result<()> {
    let window = app.window();

    steps
        .step("The window opens with the sample meetings", async {
            window.get("link", starts("Weekly product sync")).wait_for(Want::There).await?;
            window.screenshot("01-meetings").await.map(drop)
        })
        .await?;
    let address = steps
        .step("Settings → Integrations → + Add integration → Connect", async {
            let address = desk::start_login(app).await?;
            window.screenshot("02-waiting-for-the-browser").await?;
            Ok(address)
        })
        .await?;
    steps
        .step("Accept in the browser, which leads back to the app", async {
            deep_link::come_back(session, &sandbox::browser::accept(&address).await?).await
        })
        .await?;
    steps
        .step("Confluence is listed under “Your personal integrations”", async {
            desk::connected(window).await?;
            window.screenshot("03-connected").await.map(drop)
        })
        .await?;
    steps
        .step("Open a meeting", async {
            if !meeting.files.is_empty() {
                let files: Vec<_> = meeting.files.iter().map(|file| file.to_string_lossy()).collect();
                app.open_again(&files.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
                window.get("heading", meeting.title.as_str()).wait_for(Want::There).await?;
            }
            desk::open_meeting(window, &meeting.title).await?;
            window.screenshot("04-meeting").await.map(drop)
        })
        .await?;

    Ok(())
}

async fn create_a_page(app: &App<'_>, sandbox: &Sandbox, meeting: &Meeting, steps: &Steps) -> Result<()> {
    let window = app.window();
    let decision = desk::item(window, "Decisions", &meeting.decision);
    steps
        .step("Hover a decision and choose “Create a page in Confluence”", async {
            let button = decision.get("button", "Confluence");
            button.wait_for(Want::Unseen).await?;
            decision.hover().await?;
            button.wait_for(Want::Shown).await?;
            window.screenshot("05-hover").await?;
            button.click().await?;
            window.screenshot("06-menu").await?;
            window.get("menuitem", "Create a page in Confluence").click().await
        })
        .await?;
    let posts = sandbox.count("POST", "/wiki/");
    steps
        .step("Fill the dialog and press Create", async {
            let dialog = window.get("dialog", "Create a page in Confluence");
            dialog.get("textbox", "Title").wait_for(Want::There).await?;
            window.screenshot("07-create-a-page").await?;
            desk::create_page(window, TITLE).await?;
            window.wait_for_text("Page created").await?;
            window.screenshot("08-page-created").await.map(drop)
        })
        .await?;
    steps
        .step("Confluence has exactly that page, by one request", async {
            let pages = sandbox.pages();
            ensure!(pages.len() == 1, "one page, not {}", pages.len());
            let page = &pages[0];
            ensure!(
                page.title == TITLE && page.space == "ENG",
                "the right page in the right space: {page:?}"
            );
            ensure!(page.text.starts_with(&meeting.decision), "the decision's words arrived: {}", page.text);
            ensure!(sandbox.count("POST", "/wiki/") - posts == 1, "creating a page is one request");
            let decisions = WebPage::open(&page.url).await?.count(".decisions > li > .mark");
            ensure!(decisions == 1, "a person can open it and sees one decision, not {decisions}");
            steps.tell(&format!("the page: {}", page.url));
            Ok(())
        })
        .await?;
    steps
        .step("The decision shows where it went", async {
            decision.get("link", starts("Sent · What the team decided")).click().await?;
            let opened = app.browser().next_address().await?;
            ensure!(opened.as_str() == sandbox.pages()[0].url, "the link opens the page: {opened}");
            Ok(())
        })
        .await?;

    Ok(())
}

async fn add_a_comment(app: &App<'_>, sandbox: &Sandbox, meeting: &Meeting, steps: &Steps) -> Result<()> {
    let window = app.window();
    let decision = desk::item(window, "Decisions", &meeting.decision);
    let task = desk::item(window, "Tasks", &meeting.task);
    steps
        .step("Reach a task by keyboard and choose “Add a comment”", async {
            window.move_pointer_away().await?;
            decision.focus().await?;
            // The arrow keys go from item to item, over the sections too.
            for _ in 0..200 {
                if task.check(Want::Focused).await.is_ok() {
                    break;
                }
                window.press("ArrowDown").await?;
            }
            task.check(Want::Focused).await?;
            window.press("Shift+F10").await?;
            window.get("menuitem", "Create a page in Confluence").wait_for(Want::Focused).await?;
            window.press("ArrowDown").await?;
            window.get("menuitem", "Add a comment to a Confluence page").wait_for(Want::Focused).await?;
            window.press("Enter").await
        })
        .await?;
    steps
        .step("Choose a page and press Create", async {
            let dialog = window.get("dialog", "Add a comment to a Confluence page");
            desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &dialog.get("combobox", "Page"), "What the team", TITLE).await?;
            window.screenshot("09-add-a-comment").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Comment added").await?;
            task.wait_for(Want::Focused).await?;
            window.screenshot("10-comment-added").await.map(drop)
        })
        .await?;
    steps
        .step("Confluence has exactly that comment", async {
            let comments = sandbox.comments();
            ensure!(comments.len() == 1, "one comment, not {}", comments.len());
            ensure!(comments[0].page_title == TITLE, "on the page that was chosen: {comments:?}");
            ensure!(
                comments[0].text.starts_with(&meeting.task),
                "the task's words arrived: {}",
                comments[0].text
            );
            let boxes = WebPage::open(&comments[0].url).await?.count(".comment .tasks input[type=checkbox]");
            ensure!(boxes == 1, "a person sees one task, not {boxes}");
            steps.tell(&format!("the comment: {}", comments[0].url));
            Ok(())
        })
        .await
}
