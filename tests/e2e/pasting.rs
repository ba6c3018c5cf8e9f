//! What is pasted into the description from the desktop's own clipboard keeps its structure, and nothing else.

use anyhow::{Result, ensure};

use crate::clipboard::Clipboard;
use crate::desk;
use crate::locator::Want;
use crate::writing::{open_empty, reads, send};

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";

/// What a browser puts on the clipboard, with dress that is not wanted.
const COPIED_HTML: &str = "<meta charset='utf-8'><h2 style='color: red'>Pier</h2>\
    <p class='x'>Keep it <b>open</b> in <a href='https://example.com/winter'>winter</a></p>\
    <ul><li>East</li><li>West</li></ul>\
    <table><tr><th>Who</th><td>Ada</td></tr></table>\
    <script>alert(1)</script><p><a href='javascript:alert(1)'>No link</a></p>";
const COPIED_TEXT: &str = "Pier\nKeep it open in winter\nEast\nWest\nWho Ada\nNo link";

/// What a chat or an editor of code has.
const MARKDOWN: &str =
    "# Lamps\n\n- [ ] Order **two**\n- [x] Ask Ada\n\n| Who | When |\n|---|---|\n| Ada | today |";

#[tokio::test]
async fn what_is_pasted_arrives() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("What is pasted arrives");
    let pasted = [
        "## Pier",
        "Keep it strong(open) in link to https://example.com/winter (winter)",
        "- East",
        "- West",
        "|# Who | Ada |",
        "No link",
    ];
    let dialog = open_empty(window, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    steps
        .step("A piece of a web page keeps its structure, and nothing else", async {
            let _copied = Clipboard::of_html(&session, COPIED_HTML, COPIED_TEXT).await?;
            window.press("Control+v").await?;
            reads(&text, &pasted).await
        })
        .await?;
    let read = ["# Lamps", "[ ] Order strong(two)", "[x] Ask Ada", "|# Who |# When |", "| Ada | today |"];
    steps
        .step("A text that was written as Markdown becomes what it means", async {
            let _copied = Clipboard::of_text(&session, MARKDOWN).await?;
            text.type_text("\n").await?;
            window.press("Control+v").await?;
            reads(&text, &[&pasted[..], &read].concat()).await?;
            window.screenshot("writing-pasted").await.map(drop)
        })
        .await?;
    steps
        .step("All of it arrives", async {
            let page = send(window, &sandbox, &dialog, "What was pasted").await?;
            ensure!(page.count(".tasks input[type=checkbox]") == 2, "the tasks are tasks");
            Ok(())
        })
        .await?;
    steps
        .step("What is copied here is pasted as it is", async {
            let dialog = open_empty(window, PAGE).await?;
            let text = dialog.get("textbox", "Description");
            text.type_text("<> Keep *it*\n\n[x] Ask @lov").await?;
            window.get("option", "Ada Lovelace").wait_for(Want::Focused).await?;
            window.press("Enter").await?;
            let once = ["◆ Keep em(it)", "[x] Ask mention(@Ada Lovelace) "];
            reads(&text, &once).await?;
            window.press("Control+a").await?;
            window.press("Control+c").await?;
            text.fill("").await?;
            window.press("Control+v").await?;
            reads(&text, &once).await?;
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await
        })
        .await?;
    steps
        .step("An address over selected words links them", async {
            let dialog = open_empty(window, COMMENT).await?;
            let text = dialog.get("textbox", "Description");
            let _copied = Clipboard::of_text(&session, "https://example.com/lamps").await?;
            text.type_text("Lamps").await?;
            window.press("Shift+Home").await?;
            window.press("Control+v").await?;
            reads(&text, &["link to https://example.com/lamps (Lamps)"]).await
        })
        .await?;
    steps
        .step("In a comment a table becomes its rows", async {
            let text = window.get("dialog", COMMENT).get("textbox", "Description");
            let _copied = Clipboard::of_text(&session, MARKDOWN).await?;
            text.fill("").await?;
            window.press("Control+v").await?;
            let rows = [read[0], read[1], read[2], "strong(Who) | strong(When)", "Ada | today"];
            reads(&text, &rows).await
        })
        .await
}
