//! Writing in the description: what is typed as Markdown, chosen in the menu or pressed as a button is seen at once as
//! what it will be, and arrives so.
//!
//! Longer than 400 lines: everything that one editor can hold, written, seen and sent, on the helpers at the top.

use std::time::Instant;

use anyhow::{Result, ensure};
use sandbox::Sandbox;
use serde_json::Value;

use crate::desk;
use crate::locator::{LIMIT, Locator, Want, starts};
use crate::outline::{WebPage, outline};
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";
const DECISION: &str = "Ship the importer behind a flag";

/// Opens one of the dialogs for a decision, and empties its description.
pub(crate) async fn open_empty(window: &Window, name: &str) -> Result<Locator> {
    let decision = desk::item(window, "Decisions", DECISION);
    let dialog = desk::open_dialog(window, &decision, name).await?;
    dialog.get("textbox", "Description").fill("").await?;
    Ok(dialog)
}

/// Waits until rich text is as it should be. The page says nothing when an editor has read what was typed.
pub(crate) async fn reads(text: &Locator, expected: &[&str]) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let seen = outline(&text.html().await?);
        if seen == expected {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the text is {seen:#?}, and not {expected:#?}");
    }
}

/// Chooses a block in the menu that a slash opens.
pub(crate) async fn choose_block(window: &Window, text: &Locator, query: &str, name: &str) -> Result<()> {
    text.type_text(&format!("/{query}")).await?;
    // The focus stays in the text, which says which of the offers is the chosen one.
    window.get("listbox", "Blocks").get("option", name).wait_for(Want::Focused).await?;
    window.press("Enter").await?;
    window.get("listbox", "Blocks").wait_for(Want::Gone).await
}

/// Goes to the start of rich text. For some milliseconds after it has written itself, the editor puts the cursor back
/// where it was, which no person is quick enough to meet.
pub(crate) async fn go_to_start(window: &Window, text: &Locator) -> Result<()> {
    const IS_THERE: &str = "const { focusNode, focusOffset } = getSelection();
        const before = document.createRange();
        before.setStart(document.activeElement, 0);
        before.setEnd(focusNode, focusOffset);
        return before.toString() === ''";
    let deadline = Instant::now() + LIMIT;
    text.focus().await?;
    loop {
        window.press("Control+Home").await?;
        if window.execute(IS_THERE, vec![]).await? == Value::Bool(true) {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "the cursor does not go to the start within {LIMIT:?}");
    }
}

/// Sends the page, and compares it with what was seen.
pub(crate) async fn send(
    window: &Window,
    sandbox: &Sandbox,
    dialog: &Locator,
    title: &str,
) -> Result<WebPage> {
    let seen = outline(&dialog.get("textbox", "Description").html().await?);
    desk::create_page(window, title).await?;
    window.wait_for_text("Page created").await?;
    let pages = sandbox.pages_titled(title);
    ensure!(pages.len() == 1, "one page, not {}", pages.len());
    let page = WebPage::open(&pages[0].url).await?;
    let arrived = page.article()?;
    ensure!(arrived == seen, "what was seen is what arrived: {seen:#?} became {arrived:#?}");
    Ok(page)
}

#[tokio::test]
async fn what_is_typed_arrives() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("What is typed arrives");
    let dialog = open_empty(window, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    let typed = [
        "## Plan",
        "- Order em(two) lamps",
        "- Fix the strong(east) pier",
        "[ ] Ask code(Grace) today",
        "[x] Ask Ada",
        "◆ Keep it open",
        "1. First",
        "2. Then",
        "> Said by link to https://example.com/ (somebody)",
        "---",
    ];
    let above = ["◆ By the menu", "## Below", "/nothing", "Ask mention(@Ada Lovelace) first"];
    steps
        .step("Markdown becomes what it means while it is typed", async {
            text.type_text("## Plan\n- Order *two* lamps\nFix the **east** pier\n\n").await?;
            text.type_text("[] Ask `Grace` today\n\n[x] Ask Ada\n\n").await?;
            text.type_text("<> Keep it open\n\n1. First\nThen\n\n").await?;
            text.type_text("> Said by [somebody](https://example.com/)\n\n---").await?;
            reads(&text, &[&typed[..], &[""]].concat()).await?;
            window.screenshot("writing-markdown").await.map(drop)
        })
        .await?;
    steps
        .step("The slash offers blocks to the keyboard", async {
            choose_block(window, &text, "dec", "Decision").await?;
            text.type_text("By the menu\n\n").await?;
            // Two letters fit several; the arrows go through them.
            text.type_text("/he").await?;
            window.get("option", "Heading 1").wait_for(Want::Focused).await?;
            window.press("ArrowDown").await?;
            window.get("option", "Heading 2").wait_for(Want::Focused).await?;
            window.screenshot("writing-menu").await?;
            window.press("Enter").await?;
            text.type_text("Below\n/nothing").await?;
            window.get("listbox", "Blocks").wait_for(Want::Gone).await?;
            window.get("status", "Nothing matches.").wait_for(Want::There).await?;
            window.press("Escape").await?;
            dialog.check(Want::There).await?;
            reads(&text, &[&typed[..], &above[..3]].concat()).await
        })
        .await?;
    steps
        .step("The at sign offers people", async {
            text.type_text("\nAsk @lov").await?;
            let people = window.get("listbox", "People");
            people.get("option", "Ada Lovelace").wait_for(Want::Focused).await?;
            window.press("Enter").await?;
            people.wait_for(Want::Gone).await?;
            text.type_text("first").await?;
            reads(&text, &[&typed[..], &above].concat()).await
        })
        .await?;
    steps
        .step("A table is filled from cell to cell", async {
            text.type_text("\n").await?;
            choose_block(window, &text, "table", "Table").await?;
            for words in ["What", "Who", "When", "Lamps", "Ada"] {
                text.type_text(words).await?;
                window.press("Tab").await?;
            }
            let table = ["|# What |# Who |# When |", "| Lamps | Ada |  |", "|  |  |  |"];
            reads(&text, &[&typed[..], &above, &table].concat()).await?;
            window.screenshot("writing-table").await.map(drop)
        })
        .await?;
    steps
        .step("All of it arrives", async {
            let page = send(window, &sandbox, &dialog, "What was typed").await?;
            let lists = (page.count(".decisions > li > .mark"), page.count(".tasks input[type=checkbox]"));
            ensure!(lists == (2, 2), "decisions and tasks are native: {lists:?}");
            ensure!(page.count("table th") == 3 && page.count("hr") == 1, "the table has a head");
            ensure!(page.count("a[href='https://example.com/']") == 1, "the link leads there");
            ensure!(page.text(".document .mention") == "@Ada Lovelace", "the person is mentioned");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn what_the_buttons_do_arrives() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("What the buttons do arrives");
    let dialog = open_empty(window, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    let bar = dialog.get("toolbar", "Formatting");
    let press = async |name: &str| bar.get("button", name).click().await;
    let done = [
        "strong(Loud) and quiet",
        "[ ] Call the port by <2026-12-01> green status (Ready) ",
        "(warning) Mind the link to https://example.com/ice (ice)",
    ];
    steps
        .step("Bold, a task list, a day and a status", async {
            press("Bold").await?;
            text.type_text("Loud").await?;
            press("Bold").await?;
            text.type_text(" and quiet\nCall the port by ").await?;
            press("Task list").await?;
            press("Date").await?;
            let day = window.get("dialog", "Date");
            window.screenshot("writing-date").await?;
            // The field has parts for month, day and year, which the digits go through.
            let field = day.get("textbox", "Day");
            field.wait_for(Want::Focused).await?;
            for (digits, next) in [("12", true), ("01", true), ("2026", false)] {
                field.type_text(digits).await?;
                if next {
                    window.press("ArrowRight").await?;
                }
            }
            field.wait_for(Want::Says("2026-12-01")).await?;
            day.get("button", "Insert").click().await?;
            text.wait_for(Want::Focused).await?;
            press("Status").await?;
            let status = window.get("dialog", "Status");
            status.get("textbox", "Words").fill("Ready").await?;
            status.get("radio", "green").click().await?;
            window.screenshot("writing-status").await?;
            status.get("button", "Insert").click().await?;
            text.wait_for(Want::Focused).await?;
            reads(&text, &done[..2]).await
        })
        .await?;
    steps
        .step("A panel, and a link over selected words", async {
            text.type_text("\n\nMind the ice").await?;
            press("Panel").await?;
            window.get("menuitem", "Warning panel").click().await?;
            text.wait_for(Want::Focused).await?;
            for _ in 0..3 {
                window.press("Shift+ArrowLeft").await?;
            }
            press("Link").await?;
            let link = window.get("dialog", "Link");
            link.get("textbox", "Address").fill("example.com/ice").await?;
            window.screenshot("writing-link").await?;
            window.press("Enter").await?;
            text.wait_for(Want::Focused).await?;
            reads(&text, &done).await
        })
        .await?;
    steps
        .step("What was done last is undone, and done again", async {
            let (undo, redo) = (bar.get("button", "Undo"), bar.get("button", "Redo"));
            redo.wait_for(Want::Disabled).await?;
            go_to_start(window, &text).await?;
            text.type_text("Very ").await?;
            let before = ["strong(Very Loud) and quiet", done[1], done[2]];
            reads(&text, &before).await?;
            window.press("Control+z").await?;
            reads(&text, &done).await?;
            redo.wait_for(Want::Enabled).await?;
            window.press("Control+Shift+z").await?;
            reads(&text, &before).await?;
            undo.click().await?;
            reads(&text, &done).await?;
            redo.click().await?;
            reads(&text, &before).await?;
            window.press("Control+z").await?;
            reads(&text, &done).await
        })
        .await?;
    steps
        .step("All of it arrives", async {
            let page = send(window, &sandbox, &dialog, "What was pressed").await?;
            ensure!(page.count(".tasks time.lozenge[datetime='2026-12-01']") == 1, "the day is a day");
            ensure!(page.count(".tasks .lozenge.green") == 1, "the status has its colour");
            ensure!(
                page.count("aside.panel.warning a[href='https://example.com/ice']") == 1,
                "and the panel"
            );
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_comment_is_not_offered_what_it_cannot_hold() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A comment is not offered what it cannot hold");
    steps
        .step("No table and no panel, by the menu or by a button", async {
            let dialog = open_empty(window, COMMENT).await?;
            let text = dialog.get("textbox", "Description");
            text.type_text("/ta").await?;
            // It does open for what a comment can hold.
            window.get("listbox", "Blocks").get("option", "Task list").wait_for(Want::Focused).await?;
            ensure!(window.get("option", "Table").count().await? == 0, "a table is not offered");
            text.type_text("ble").await?;
            window.get("listbox", "Blocks").wait_for(Want::Gone).await?;
            window.get("status", "Nothing matches.").wait_for(Want::There).await?;
            window.press("Enter").await?;
            reads(&text, &["/table", ""]).await?;
            let bar = dialog.get("toolbar", "Formatting");
            bar.get("button", "Task list").check(Want::There).await?;
            for name in ["Table", "Panel"] {
                ensure!(bar.get("button", name).count().await? == 0, "{name} is not offered");
            }
            bar.get("button", starts("Text style")).click().await?;
            window.get("menuitem", "Heading 3").wait_for(Want::There).await?;
            ensure!(window.get("menuitem", "Heading 4").count().await? == 0, "nor a heading that low");
            window.screenshot("writing-comment").await.map(drop)
        })
        .await
}

#[tokio::test]
async fn the_keyboard_gets_in_and_out() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("The keyboard gets in and out of the text");
    let dialog = open_empty(window, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    let cancel = dialog.get("button", "Cancel");
    steps
        .step("Outside of a list, Tab leaves at once, and back", async {
            text.type_text("Words").await?;
            window.press("Tab").await?;
            cancel.wait_for(Want::Focused).await?;
            window.press("Shift+Tab").await?;
            text.wait_for(Want::Focused).await?;
            reads(&text, &["Words"]).await
        })
        .await?;
    steps
        .step("In a list it indents", async {
            text.type_text("\n- one\ntwo").await?;
            window.press("Tab").await?;
            reads(&text, &["Words", "- one", "  - two"]).await?;
            window.press("Shift+Tab").await?;
            reads(&text, &["Words", "- one", "- two"]).await?;
            text.check(Want::Focused).await
        })
        .await?;
    steps
        .step("Escape and then Tab leaves the list as it is", async {
            window.press("Escape").await?;
            window.get("status", "Tab now leaves the text.").wait_for(Want::There).await?;
            dialog.check(Want::There).await?;
            window.press("Tab").await?;
            cancel.wait_for(Want::Focused).await?;
            window.press("Shift+Tab").await?;
            text.wait_for(Want::Focused).await?;
            reads(&text, &["Words", "- one", "- two"]).await?;
            window.press("Tab").await?;
            reads(&text, &["Words", "- one", "  - two"]).await?;
            // Backwards too, where the item could be moved out.
            window.press("Escape").await?;
            window.press("Shift+Tab").await?;
            let style = dialog.get("toolbar", "Formatting").get("button", starts("Text style"));
            style.wait_for(Want::Focused).await?;
            window.press("Tab").await?;
            text.wait_for(Want::Focused).await?;
            reads(&text, &["Words", "- one", "  - two"]).await
        })
        .await?;
    steps
        .step("Alt+F10 goes to the buttons, Escape back, Alt+Enter ticks", async {
            text.type_text("\n\n\n[] task").await?;
            window.press("Alt+Enter").await?;
            reads(&text, &["Words", "- one", "  - two", "[x] task"]).await?;
            window.press("Alt+F10").await?;
            let bar = dialog.get("toolbar", "Formatting");
            bar.get("button", starts("Text style")).wait_for(Want::Focused).await?;
            window.press("ArrowRight").await?;
            bar.get("button", "Bold").wait_for(Want::Focused).await?;
            window.press("Escape").await?;
            text.wait_for(Want::Focused).await?;
            dialog.check(Want::There).await
        })
        .await?;
    steps
        .step("The second Escape closes the dialog, and every word is kept", async {
            window.press("Escape").await?;
            dialog.check(Want::There).await?;
            window.press("Escape").await?;
            dialog.wait_for(Want::Gone).await?;
            desk::open_dialog(window, &desk::item(window, "Decisions", DECISION), PAGE).await?;
            window.wait_for_text("Restored what you typed earlier").await?;
            reads(&text, &["Words", "- one", "  - two", "[x] task"]).await
        })
        .await
}

#[tokio::test]
async fn a_text_outlives_refusals_and_restarts() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    sandbox.add_page("acme", "ENG", "Taken already");
    let steps = app.steps("A text outlives a new start");
    let written =
        ["#### Deep", "(tip) Keep it", "[x] Ask Ada", "|# What |# Who |# When |", "|  |  |  |", "|  |  |  |"];
    let text = |window: &Window, name: &str| window.get("dialog", name).get("textbox", "Description");
    steps
        .step("Write some of what only a page can hold", async {
            let window = app.window();
            let dialog = open_empty(window, PAGE).await?;
            let text = text(window, PAGE);
            text.type_text("#### Deep\n").await?;
            choose_block(window, &text, "tip", "Tip panel").await?;
            text.type_text("Keep it\n\n[x] Ask Ada\n\n").await?;
            choose_block(window, &text, "table", "Table").await?;
            for words in ["What", "Who", "When"] {
                text.type_text(words).await?;
                window.press("Tab").await?;
            }
            reads(&text, &written).await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    app.restart(&[]).await?;
    let window = app.window();
    let steps = app.steps("… and a refusal, and becomes a comment");
    steps
        .step("After a new start the dialog has it all again", async {
            desk::open_meeting(window, &desk::sample().title).await?;
            desk::open_dialog(window, &desk::item(window, "Decisions", DECISION), PAGE).await?;
            window.wait_for_text("Restored what you typed earlier").await?;
            reads(&text(window, PAGE), &written).await
        })
        .await?;
    let decision = desk::item(window, "Decisions", DECISION);
    steps
        .step("Refused, it comes back as it was", async {
            desk::create_page(window, "Taken already").await?;
            decision.get("link", starts("Needs you")).wait_for(Want::There).await?;
            decision.get("button", "Edit").click().await?;
            reads(&text(window, PAGE), &written).await
        })
        .await?;
    let as_comment = [
        "### Deep",
        "Keep it",
        "[x] Ask Ada",
        "strong(What) | strong(Who) | strong(When)",
        " |  | ",
        " |  | ",
    ];
    steps
        .step("As a comment it takes the shape that a comment can hold, before it is sent", async {
            window.get("dialog", PAGE).get("button", "Comment on it instead").click().await?;
            reads(&text(window, COMMENT), &as_comment).await?;
            window.get("dialog", COMMENT).get("button", "Create").click().await?;
            window.wait_for_text("Comment added").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1, "one comment, not {}", comments.len());
            let comment = WebPage::open(&comments[0].url).await?.comment(&comments[0].id)?;
            ensure!(comment == as_comment, "what was seen is what arrived: {comment:?}");
            Ok(())
        })
        .await
}
