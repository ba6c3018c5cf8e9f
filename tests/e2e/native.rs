//! What arrives is native: a decision as a decision, a task as a task with its owner and day, a meeting in its
//! sections, and all of it as it was seen before it was sent. Seen in the sandbox's web view, as a person does.

use anyhow::{Context, Result, ensure};
use sandbox::{Quirk, Sandbox};

use crate::choosing::{choose_items, chosen};
use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::outline::{WebPage, outline};
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";
const TASK: &str = "Write the migration guide";
const DONE: &str = "Ask the support team for the ten most common questions.";

/// What a person is told whose decision did not arrive as one.
const WENT_PLAIN: &str =
    "Confluence did not take the text as it was, so its tasks and decisions went as plain lists.";

/// The sample meeting's items, as they are sent.
pub(crate) const SECTIONS: [&str; 13] = [
    "## Insights",
    "- Twice as many people finish the trial since the new start page went live.",
    "- Most support questions are about moving old data, not about the product itself.",
    "## Decisions",
    "◆ Ship the importer behind a flag",
    "◆ Keep the old export format until the end of January 2027.",
    "## Next steps",
    "- Try the importer with two friendly customers before the year ends.",
    "- Look at the numbers again once both have moved their data.",
    "## Tasks",
    "[ ] Write the migration guide — Grace Okafor · <2026-11-20>",
    "[ ] Add the flag to the settings page and switch it off by default. — Linus Brandt · <2026-11-17>",
    "[x] Ask the support team for the ten most common questions. — Ada Lindgren",
];

fn decision(window: &Window) -> Locator {
    desk::item(window, "Decisions", DECISION)
}

fn task(window: &Window, words: &str) -> Locator {
    desk::item(window, "Tasks", words)
}

/// What is in the description of the dialog that is open.
pub(crate) async fn seen(dialog: &Locator) -> Result<Vec<String>> {
    Ok(outline(&dialog.get("textbox", "Description").html().await?))
}

/// Makes a page of an item, as it comes. Answers what was seen of it in the dialog, and the page in the web view.
async fn page_of(
    window: &Window,
    sandbox: &Sandbox,
    item: &Locator,
    title: &str,
) -> Result<(Vec<String>, WebPage)> {
    let dialog = desk::open_dialog(window, item, PAGE).await?;
    let seen = seen(&dialog).await?;
    desk::create_page(window, title).await?;
    Ok((seen, arrived(window, sandbox, item, title).await?))
}

/// Waits until an item says that it is in this page, and opens the page.
async fn arrived(window: &Window, sandbox: &Sandbox, item: &Locator, title: &str) -> Result<WebPage> {
    item.get("link", starts(&format!("Sent · {title}"))).nth(0).wait_for(Want::There).await?;
    window.move_pointer_away().await?;
    let pages = sandbox.pages_titled(title);
    ensure!(pages.len() == 1, "one page, not {}", pages.len());
    WebPage::open(&pages[0].url).await
}

/// Fills the dialog for a comment, and sends it by the keyboard.
async fn comment_on(window: &Window, page: &str) -> Result<()> {
    let dialog = window.get("dialog", COMMENT);
    desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
    desk::choose(window, &dialog.get("combobox", "Page"), page, page).await?;
    window.press("Control+Enter").await?;
    dialog.wait_for(Want::Gone).await
}

#[tokio::test]
async fn an_item_arrives_as_what_it_is() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("An item arrives as what it is");
    steps
        .step("A decision arrives as a decision", async {
            let (seen, page) = page_of(window, &sandbox, &decision(window), "A decision").await?;
            ensure!(seen[0] == format!("◆ {DECISION}"), "it is a decision in the dialog: {seen:?}");
            ensure!(page.article()? == seen, "what was seen is what arrived: {:?}", page.article()?);
            ensure!(page.text(".decisions > li > .mark") == "◆", "with the mark of a decision");
            ensure!(page.count(".decisions > li") == 1 && page.count(".tasks") == 0, "and nothing else");
            Ok(())
        })
        .await?;
    steps
        .step("A task arrives with its box, its owner and its day", async {
            let item = task(window, TASK);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            let words = dialog.get("textbox", "Description").value().await?;
            ensure!(words.contains("20 Nov 2026"), "the dialog has the day in words: {words}");
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await?;
            let (seen, page) = page_of(window, &sandbox, &item, "A task").await?;
            ensure!(seen[0] == SECTIONS[10], "it is a task in the dialog: {seen:?}");
            ensure!(page.article()? == seen, "what was seen is what arrived: {:?}", page.article()?);
            let boxes = page.count(".tasks > li input[type=checkbox]:not([checked])");
            ensure!(boxes == 1, "one box, and it is not ticked: {boxes}");
            ensure!(page.text(".tasks > li").contains("Grace Okafor"), "with its owner");
            ensure!(page.count(".tasks > li time.lozenge[datetime='2026-11-20']") == 1, "with its day");
            Ok(())
        })
        .await?;
    steps
        .step("A task that is done arrives ticked", async {
            let (seen, page) = page_of(window, &sandbox, &task(window, DONE), "A task that is done").await?;
            ensure!(page.article()? == seen && seen[0] == SECTIONS[12], "it is as it was seen: {seen:?}");
            ensure!(page.count(".tasks > li input[type=checkbox][checked]") == 1, "with a ticked box");
            Ok(())
        })
        .await?;
    steps
        .step("One that is ticked in the dialog arrives ticked", async {
            let item = task(window, TASK);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            dialog.get("checkbox", "Done").click().await?;
            desk::fill_page(window, "Ticked by hand").await?;
            let seen = seen(&dialog).await?;
            ensure!(seen[0].starts_with("[x] "), "the box is ticked: {seen:?}");
            dialog.get("button", "Create").click().await?;
            dialog.get("button", "Send again").click().await?;
            dialog.wait_for(Want::Gone).await?;
            let page = arrived(window, &sandbox, &item, "Ticked by hand").await?;
            ensure!(page.article()? == seen, "what was seen is what arrived: {:?}", page.article()?);
            Ok(())
        })
        .await?;
    steps
        .step("In a comment it is a task, too", async {
            let dialog = desk::open_dialog(window, &task(window, TASK), COMMENT).await?;
            let seen = seen(&dialog).await?;
            comment_on(window, "A decision").await?;
            let page = arrived(window, &sandbox, &task(window, TASK), "A decision").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1, "one comment, not {}", comments.len());
            let comment = page.comment(&comments[0].id)?;
            ensure!(comment == seen && comment[0] == SECTIONS[10], "it is as it was seen: {comment:?}");
            ensure!(page.count(".comment .tasks > li input[type=checkbox]") == 1, "with a box");
            ensure!(page.count(".comment .tasks time.lozenge[datetime='2026-11-20']") == 1, "and its day");
            Ok(())
        })
        .await
}

/// A meeting with a task of the person who is connected.
const OWN_TASK: &str = r#"{
  "title": "Harbour walk-through",
  "date": "2026-11-12",
  "action_items": [{"task": "Order two lamps", "owner": "Ada Lovelace", "due": "2026-11-20"}]
}"#;

#[tokio::test]
async fn an_owner_with_an_account_is_mentioned() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("An owner whose account is known is mentioned");
    let file = session.path("harbour.json");
    std::fs::write(&file, OWN_TASK)?;
    steps
        .step("A task of the person who is connected arrives with a mention", async {
            app.open_again(&[&file.to_string_lossy()])?;
            window.get("heading", "Harbour walk-through").wait_for(Want::There).await?;
            let item = task(window, "Order two lamps");
            let (seen, page) = page_of(window, &sandbox, &item, "Lamps").await?;
            let expected = "[ ] Order two lamps — mention(@Ada Lovelace) · <2026-11-20>";
            ensure!(seen[0] == expected, "the owner is mentioned: {seen:?}");
            ensure!(page.article()? == seen, "what was seen is what arrived: {:?}", page.article()?);
            ensure!(page.text(".tasks .mention") == "@Ada Lovelace", "as a mention");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_meeting_arrives_in_its_sections() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A meeting arrives in its sections");
    steps
        .step("Send meeting… with all items opens the dialog with its sections", async {
            let choice = choose_items(window).await?;
            let send = choice.get("button", PAGE);
            send.wait_for(Want::Disabled).await?;
            choice.get("checkbox", "All items").click().await?;
            chosen(&choice, 9).await?;
            send.click().await?;
            let dialog = window.get("dialog", PAGE);
            dialog.get("textbox", "Title").wait_for(Want::Says("Weekly product sync")).await?;
            let seen = seen(&dialog).await?;
            ensure!(
                seen[0].starts_with("From the meeting “Weekly product sync”, 12 November 2026"),
                "first the line about the meeting: {seen:?}"
            );
            ensure!(seen[1..] == SECTIONS, "then its items in their sections: {seen:?}");
            window.screenshot("native-meeting-dialog").await?;
            desk::create_page(window, "The whole meeting").await?;
            choice.check(Want::Gone).await?;
            let page = arrived(window, &sandbox, &decision(window), "The whole meeting").await?;
            ensure!(page.article()? == seen, "what was seen is what arrived: {:?}", page.article()?);
            let boxes = page.count(".tasks > li input[type=checkbox]");
            let days = page.count(".tasks time.lozenge");
            let headings = page.count(".document > h2");
            ensure!(
                (headings, page.count(".decisions > li > .mark"), boxes, days) == (4, 2, 3, 2),
                "with native lists: {headings} headings, {boxes} boxes, {days} days"
            );
            let posts = sandbox.count("POST", "/wiki/api/v2/pages");
            ensure!(posts == 1, "by one request, not {posts}");
            Ok(())
        })
        .await?;
    steps
        .step("Each of its items shows where it went", async {
            let links = window.get("link", starts("Sent · The whole meeting"));
            ensure!(links.count().await? == 9, "nine links, not {}", links.count().await?);
            Ok(())
        })
        .await?;
    steps
        .step("Some of it arrives as one comment, in its sections, too", async {
            desk::dismiss_notices(window).await?;
            let choice = choose_items(window).await?;
            choice.get("checkbox", "All decisions").click().await?;
            choice.get("checkbox", TASK).click().await?;
            chosen(&choice, 3).await?;
            choice.get("button", COMMENT).click().await?;
            let dialog = window.get("dialog", COMMENT);
            let seen = seen(&dialog).await?;
            for line in [&SECTIONS[3..6], &SECTIONS[9..11]].concat() {
                ensure!(seen.iter().any(|seen| seen == line), "{line} is in the dialog: {seen:?}");
            }
            comment_on(window, "The whole meeting").await?;
            window.wait_for_text("Comment added").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1, "one comment, not {}", comments.len());
            let page = WebPage::open(&comments[0].url).await?;
            let comment = page.comment(&comments[0].id)?;
            ensure!(comment == seen, "what was seen is what arrived: {comment:?}");
            ensure!(page.count(".comment .decisions > li > .mark") == 2, "decisions are decisions");
            ensure!(page.count(".comment .tasks > li input[type=checkbox]") == 1, "a task is a task");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn confluence_takes_no_native_lists() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("Confluence takes no native lists");
    sandbox.set_quirk(Quirk::ListsRefused, true);
    steps
        .step("A decision arrives as a plain list, by a second request, and the item says so", async {
            let posts = sandbox.count("POST", "/wiki/");
            let (seen, page) = page_of(window, &sandbox, &decision(window), "In plain words").await?;
            let posts = sandbox.count("POST", "/wiki/") - posts;
            ensure!(posts == 2, "as it is and as a plain list, which is two requests, not {posts}");
            let arrived = page.article()?;
            ensure!(arrived[0] == format!("- ✓ {DECISION}"), "a plain list: {arrived:?}");
            ensure!(arrived[1..] == seen[1..], "and the rest as it was seen: {arrived:?}");
            ensure!(page.count(".decisions") == 0, "no decision: it was refused");
            decision(window).get("text", WENT_PLAIN).wait_for(Want::There).await?;
            window.screenshot("native-went-plain").await.map(drop)
        })
        .await?;
    steps
        .step("A task arrives as a plain list that says whose and when", async {
            let item = task(window, TASK);
            let (_, page) = page_of(window, &sandbox, &item, "A task in plain words").await?;
            let arrived = page.article()?;
            ensure!(arrived[0].starts_with("- "), "a plain list: {arrived:?}");
            ensure!(page.count(".tasks") == 0, "no task: it was refused");
            for words in [TASK, "Grace Okafor", "2026-11-20"] {
                ensure!(arrived[0].contains(words), "{words} is still there: {arrived:?}");
            }
            item.get("text", WENT_PLAIN).wait_for(Want::There).await
        })
        .await?;
    steps
        .step("The Outbox says it, too", async {
            window.get("link", starts("Outbox")).click().await?;
            let told = window.get("text", WENT_PLAIN);
            told.nth(1).wait_for(Want::There).await?;
            window.screenshot("native-went-plain-outbox").await.map(drop)
        })
        .await?;
    steps
        .step("Without tasks and decisions there is nothing to say", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = desk::item(window, "Insights", &SECTIONS[1][2..]);
            let posts = sandbox.count("POST", "/wiki/");
            page_of(window, &sandbox, &item, "An insight").await?;
            ensure!(sandbox.count("POST", "/wiki/") - posts == 1, "it is taken at once");
            item.get("text", WENT_PLAIN).check(Want::Gone).await
        })
        .await
}

#[tokio::test]
async fn templates_say_what_a_dialog_opens_with() -> Result<()> {
    const TITLE: &str = "Decision: Ship the importer behind a flag";
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("Templates say what a dialog opens with");
    let group = window.get("group", "A page from one item");
    let (title, body) = (group.get("textbox", "Title of a page"), group.get("textbox", "Body of a page"));
    let preview = group.get("region", "Preview of a page from one item");
    steps
        .step("A template is previewed as it is typed", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "Meetings").click().await?;
            preview.get("listitem", starts(DECISION)).wait_for(Want::There).await?;
            title.fill("{kind}: {item}").await?;
            preview.get("text", TITLE).wait_for(Want::There).await?;
            body.fill("## From {meeting}\n\n{items}").await?;
            preview.get("heading", "From Weekly product sync").wait_for(Want::There).await?;
            window.screenshot("native-templates").await.map(drop)
        })
        .await?;
    steps
        .step("The next dialog opens with it", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let dialog = desk::open_dialog(window, &decision(window), PAGE).await?;
            dialog.get("textbox", "Title").wait_for(Want::Says(TITLE)).await?;
            let seen = seen(&dialog).await?;
            let expected = ["## From Weekly product sync".to_owned(), format!("◆ {DECISION}")];
            ensure!(seen == expected, "the body is that of the template: {seen:?}");
            desk::choose(window, &dialog.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Engin", "Engineering").await?;
            dialog.get("button", "Create").click().await?;
            let page = arrived(window, &sandbox, &decision(window), TITLE).await?;
            ensure!(page.article()? == expected, "and it arrives so: {:?}", page.article()?);
            Ok(())
        })
        .await?;
    steps
        .step("Restored, the templates are those of the beginning", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "Meetings").click().await?;
            ensure!(title.value().await? == "{kind}: {item}", "it was saved: {}", title.value().await?);
            let told = preview.get("text", TITLE);
            told.wait_for(Want::There).await?;
            window.get("button", "Restore the defaults").click().await?;
            told.wait_for(Want::Gone).await.context("the preview follows")?;
            let value = title.value().await?;
            ensure!(value == "{item}", "the kind is no longer in it: {value}");
            Ok(())
        })
        .await?;
    steps
        .step("A space gets templates of its own", async {
            window.get("button", "Add a destination…").click().await?;
            let place = window.get("dialog", "Templates for a destination");
            desk::choose(window, &place.get("combobox", "Organization"), "Acme", "Acme").await?;
            desk::choose(window, &place.get("combobox", "Space"), "Prod", "Product").await?;
            window.screenshot("native-template-place").await?;
            place.get("button", "Add").click().await?;
            place.wait_for(Want::Gone).await?;
            title.fill("Product: {item}").await?;
            preview.get("text", "Product: Ship the importer behind a flag").wait_for(Want::There).await?;
            window.screenshot("native-template-own").await.map(drop)
        })
        .await?;
    steps
        .step("The dialog takes it up where that space is chosen", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            let item = task(window, TASK);
            let dialog = desk::open_dialog(window, &item, PAGE).await?;
            dialog.get("textbox", "Title").wait_for(Want::Says(TASK)).await?;
            desk::choose(window, &dialog.get("combobox", "Space"), "Prod", "Product").await?;
            dialog.get("textbox", "Title").wait_for(Want::Says("Product: Write the migration guide")).await?;
            dialog.get("button", "Create").click().await?;
            arrived(window, &sandbox, &item, "Product: Write the migration guide").await.map(drop)
        })
        .await
}
