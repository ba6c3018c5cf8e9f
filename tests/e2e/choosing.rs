//! The items of a meeting that are sent together are chosen one by one, by range and by section.

use anyhow::{Result, ensure};

use crate::desk;
use crate::locator::{Locator, Want};
use crate::native::{SECTIONS, seen};
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const DECISION: &str = "Ship the importer behind a flag";
const TASK: &str = "Write the migration guide";

/// Opens the choice of items.
pub(crate) async fn choose_items(window: &Window) -> Result<Locator> {
    window.get("button", "Send meeting…").click().await?;
    let choice = window.get("dialog", "Send meeting");
    choice.wait_for(Want::There).await?;
    // Its rows get their height as they come into view, and what is below them moves.
    window.settle().await;
    Ok(choice)
}

/// Waits until so many are chosen.
pub(crate) async fn chosen(choice: &Locator, count: usize) -> Result<()> {
    choice.get("status", format!("{count} of 9 items chosen").as_str()).wait_for(Want::There).await
}

#[tokio::test]
async fn items_are_chosen_by_pointer_and_keyboard() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("Items are chosen one by one, by range and by section");
    let choice = choose_items(window).await?;
    let tick = |name: &str| choice.get("checkbox", name);
    let (insight, last_decision) = (&SECTIONS[1][2..], &SECTIONS[5]["◆ ".len()..]);
    let next_step = &SECTIONS[7][2..];
    steps
        .step("A click chooses, and a click with Shift goes on to there", async {
            tick(DECISION).click().await?;
            chosen(&choice, 1).await?;
            tick(TASK).click_with("Shift").await?;
            chosen(&choice, 5).await?;
            tick("All decisions").check(Want::Checked).await?;
            tick("All next steps").check(Want::Checked).await?;
            tick("All tasks").check(Want::Mixed).await?;
            tick("All insights").check(Want::Unchecked).await?;
            tick("All items").check(Want::Mixed).await?;
            // The range shrinks again.
            tick(next_step).click_with("Shift").await?;
            chosen(&choice, 3).await
        })
        .await?;
    steps
        .step("All decisions takes its items out, and in again", async {
            tick("All decisions").click().await?;
            tick(DECISION).wait_for(Want::Unchecked).await?;
            tick(last_decision).check(Want::Unchecked).await?;
            chosen(&choice, 1).await?;
            tick("All decisions").click().await?;
            tick(DECISION).wait_for(Want::Checked).await?;
            chosen(&choice, 3).await?;
            tick(next_step).click().await?;
            tick("All decisions").click().await?;
            chosen(&choice, 0).await?;
            choice.get("button", PAGE).check(Want::Disabled).await
        })
        .await?;
    steps
        .step("With the keyboard: arrows go, Space chooses, Shift and an arrow go on choosing", async {
            tick(insight).focus().await?;
            window.press("ArrowDown").await?;
            tick(&SECTIONS[2][2..]).wait_for(Want::Focused).await?;
            window.press("Space").await?;
            chosen(&choice, 1).await?;
            window.press("Shift+ArrowDown").await?;
            window.press("Shift+ArrowDown").await?;
            tick(last_decision).wait_for(Want::Focused).await?;
            chosen(&choice, 3).await?;
            window.press("Shift+ArrowUp").await?;
            chosen(&choice, 2).await?;
            tick(DECISION).wait_for(Want::Focused).await
        })
        .await?;
    steps
        .step("Only what was chosen is in the dialog; left, the choice is as it was", async {
            choice.get("button", PAGE).click().await?;
            let dialog = window.get("dialog", PAGE);
            let seen = seen(&dialog).await?;
            let expected = [SECTIONS[0], SECTIONS[2], SECTIONS[3], SECTIONS[4]];
            ensure!(seen[1..] == expected, "what was chosen, in its sections: {seen:?}");
            dialog.get("button", "Cancel").click().await?;
            dialog.wait_for(Want::Gone).await?;
            chosen(&choice, 2).await?;
            window.press("Escape").await?;
            choice.wait_for(Want::Gone).await?;
            window.get("button", "Send meeting…").wait_for(Want::Focused).await
        })
        .await
}
