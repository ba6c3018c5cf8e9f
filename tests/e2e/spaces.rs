//! Spaces of an organization with 10,000 of them: found as they are typed, and told apart from those that take nothing.

use anyhow::{Result, ensure};
use sandbox::Access;

use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::quick;
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";

async fn choose_by_name(window: &Window, field: &Locator, words: &str, name: &str) -> Result<()> {
    field.fill(words).await?;
    window.get("option", starts(name)).wait_for(Want::Focused).await?;
    field.type_text("\n").await?;
    field.wait_for(Want::Says(name)).await
}

#[tokio::test]
async fn one_of_ten_thousand_is_found_and_says_what_it_takes() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.found_large_organization();
    sandbox.set_space_access("vandelay", "CLDBER2", Access::ReadOnly);
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("One of 10,000 spaces");
    let window = app.window();
    desk::appear(window, "Dark").await?;
    desk::open_meeting(window, &desk::sample().title).await?;
    let item = desk::item(window, "Decisions", &desk::sample().decision);
    let dialog = desk::open_dialog(window, &item, PAGE).await?;
    let space = dialog.get("combobox", "Space");
    steps
        .step("The list says how many there are, and has the account's own", async {
            desk::choose(window, &dialog.get("combobox", "Organization"), "vande", "Vandelay Industries")
                .await?;
            space.click().await?;
            window.wait_for_text("7,000 spaces; type to find one").await?;
            window.get("option", starts("Ada Lovelace (~ada)")).wait_for(Want::There).await?;
            window.screenshot("spaces-searched").await?;
            Ok(())
        })
        .await?;
    steps
        .step("What is typed finds it by its name, and by its key", async {
            choose_by_name(window, &space, "platform berl", "Cloud platform Berlin 1 (CLDBER1)").await?;
            choose_by_name(window, &space, "flthel6", "Fleet Helsinki 6 (FLTHEL6)").await?;
            space.fill("no such space").await?;
            window.wait_for_text("No space matches").await?;
            window.press("Escape").await
        })
        .await?;
    steps
        .step("One that takes no pages says so, and nothing is sent", async {
            choose_by_name(window, &space, "platform berlin 2", "Cloud platform Berlin 2 (CLDBER2)").await?;
            let why = "You may read the space “Cloud platform Berlin 2”, but not create pages in it.";
            window.wait_for_text(why).await?;
            window.press("Control+Enter").await?;
            space.wait_for(Want::Focused).await?;
            window.screenshot("spaces-refused").await?;
            space.fill("platform berlin").await?;
            let refused = window.get("option", starts("Cloud platform Berlin 2"));
            refused.wait_for(Want::There).await?;
            ensure!(refused.attribute("aria-disabled").await?.as_deref() == Some("true"), "it is greyed");
            window.screenshot("spaces-greyed").await?;
            ensure!(sandbox.count("POST", "/wiki/api/v2/pages") == 1, "only what was sent before");
            window.press("Escape").await
        })
        .await?;
    steps
        .step("The list can be refreshed by keys, and stays open", async {
            space.click().await?;
            let refresh = window.get("option", "Refresh the list");
            refresh.wait_for(Want::There).await?;
            let asked = sandbox.count("GET", "/rest/api/user/current");
            for _ in 0..12 {
                window.press("ArrowDown").await?;
            }
            refresh.wait_for(Want::Focused).await?;
            window.press("Enter").await?;
            while sandbox.count("GET", "/rest/api/user/current") == asked {
                tokio::task::yield_now().await;
            }
            refresh.wait_for(Want::There).await?;
            window.press("Escape").await
        })
        .await?;
    steps
        .step("Another one takes it", async {
            choose_by_name(window, &space, "platform berlin 1", "Cloud platform Berlin 1 (CLDBER1)").await?;
            dialog.get("textbox", starts("Title")).fill("Among thousands").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            item.get("link", starts("Sent · Among thousands")).wait_for(Want::There).await?;
            ensure!(sandbox.pages_titled("Among thousands")[0].space == "CLDBER1");
            Ok(())
        })
        .await?;
    steps
        .step("Quick send says it, too", async {
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            let window = app.window();
            window.get("button", "Show destinations").click().await?;
            window.get("option", "Another destination…").click().await?;
            let organization = window.get("combobox", "Organization");
            desk::choose(window, &organization, "vande", "Vandelay Industries").await?;
            let space = window.get("combobox", "Space");
            choose_by_name(window, &space, "platform berlin 2", "Cloud platform Berlin 2 (CLDBER2)").await?;
            window.wait_for_text("but not create pages in it").await?;
            window.get("button", "Use").wait_for(Want::Disabled).await?;
            window.screenshot("spaces-quick-refused").await?;
            Ok(())
        })
        .await
}
