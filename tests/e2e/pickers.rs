//! The fields that are filled by choosing, by keys alone: with 12 spaces and with more than a list shows, opened by a click, by Tab and
//! by Alt and the arrow key, while their lists come.
//!
//! Longer than 400 lines: one set of rules, tried on each field by the same harness.

use std::time::Duration;

use anyhow::{Result, ensure};
use sandbox::Fault;
use serde_json::Value;

use crate::desk;
use crate::locator::{Locator, Want, starts};
use crate::quick;
use crate::window::{Page, Window};

const PAGE: &str = "Create a page in Confluence";
const COMMENT: &str = "Add a comment to a Confluence page";

/// How long Confluence takes for a list here, so that keys come before it does.
const SLOW: Duration = Duration::from_secs(2);

/// Whether the active option is inside of what the list shows.
const IN_VIEW: &str = "const option = document.getElementById(document.activeElement.getAttribute('aria-activedescendant'));
    const [inner, outer] = [option, option.closest('[role=listbox]')].map((one) => one.getBoundingClientRect());
    return inner.top >= outer.top && inner.bottom <= outer.bottom && outer.bottom <= innerHeight;";

fn option(list: &Locator, name: &str) -> Locator {
    list.get("option", starts(name))
}

/// What can be done instead of choosing stands beneath the options.
const REFRESH: &str = "Refresh the list";

/// Waits until the list has so many options, and the active one starts so.
async fn active(list: &Locator, name: &str, count: usize) -> Result<()> {
    let any = option(list, "");
    any.clone().nth(count + 1).wait_for(Want::Gone).await?;
    any.clone().nth(count - 1).wait_for(Want::There).await?;
    option(list, name).wait_for(Want::Focused).await?;
    if any.clone().nth(count).count().await? > 0 {
        // Nothing but that stands where one more option would.
        option(list, REFRESH).wait_for(Want::There).await?;
    }
    Ok(())
}

async fn closed(list: &Locator) -> Result<()> {
    option(list, "").wait_for(Want::Gone).await
}

async fn press(window: &Window, keys: &[&str]) -> Result<()> {
    for key in keys {
        window.press(key).await?;
    }
    Ok(())
}

/// Opens one of the two dialogs for the decision of the sample meeting by keys; its first field has the focus.
async fn dialog_by_keys(window: &Window, name: &str) -> Result<Locator> {
    let item = desk::item(window, "Decisions", &desk::sample().decision);
    item.focus().await?;
    window.press("Shift+F10").await?;
    window.get("menuitem", PAGE).wait_for(Want::Focused).await?;
    if name == COMMENT {
        window.press("ArrowDown").await?;
    }
    window.get("menuitem", name).wait_for(Want::Focused).await?;
    window.press("Enter").await?;
    let dialog = window.get("dialog", name);
    dialog.get("combobox", "Organization").wait_for(Want::Focused).await?;
    Ok(dialog)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one person goes through one dialog, key by key")]
async fn a_page_among_twelve_spaces() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A page by keys, with 12 spaces");
    let dialog = dialog_by_keys(window, PAGE).await?;
    let field = |name: &str| dialog.get("combobox", name);
    let list = window.get("listbox", starts(""));
    steps
        .step("Organization, opened by Alt+Down: shrinks to one, grows again", async {
            window.press("Alt+ArrowDown").await?;
            active(&list, "Acme", 2).await?;
            field("Organization").type_text("glo").await?;
            active(&list, "Globex", 1).await?;
            press(window, &["Backspace", "Backspace", "Backspace"]).await?;
            active(&list, "Acme", 2).await?;
            window.press("ArrowDown").await?;
            active(&list, "Globex", 2).await?;
            press(window, &["ArrowUp", "Enter"]).await?;
            closed(&list).await?;
            field("Organization").wait_for(Want::Says("Acme")).await
        })
        .await?;
    steps
        .step("Space, opened by Tab and Alt+Down: Enter waits for the list that is on its way", async {
            sandbox.order(Fault::Delay(SLOW).on("GET", "/wiki/api/v2/spaces"));
            window.press("Tab").await?;
            field("Space").wait_for(Want::Focused).await?;
            window.press("Alt+ArrowDown").await?;
            field("Space").type_text("customer su\n").await?;
            let before = field("Space").value().await?;
            ensure!(before == "customer su", "nothing typed is lost: {before:?}");
            window.screenshot("pickers-waits").await?;
            field("Space").wait_for(Want::Says("Customer success (CS)")).await?;
            closed(&list).await
        })
        .await?;
    steps
        .step("Space, from what is known already: typing leaves one, and Enter takes it", async {
            window.press("Alt+ArrowDown").await?;
            active(&list, "Customer success", 12).await?;
            field("Space").type_text("peo").await?;
            active(&list, "People", 1).await?;
            window.screenshot("pickers-one-is-left").await?;
            window.press("Enter").await?;
            closed(&list).await?;
            field("Space").wait_for(Want::Says("People (PPL)")).await
        })
        .await?;
    steps
        .step("Space, opened by a click: grows again, and the arrows move from the first", async {
            field("Space").click().await?;
            active(&list, "People", 12).await?;
            field("Space").type_text("sal").await?;
            active(&list, "Sales", 1).await?;
            press(window, &["Backspace", "Backspace"]).await?;
            active(&list, "Sales", 5).await?;
            press(window, &["ArrowDown", "ArrowDown", "ArrowUp"]).await?;
            active(&list, "Security", 5).await?;
            press(window, &["Backspace", "e", "s", "i"]).await?;
            active(&list, "Design", 1).await?;
            press(window, &["Backspace", "Backspace", "Backspace"]).await?;
            active(&list, "Ada Lovelace", 12).await?;
            field("Space").type_text("sec").await?;
            active(&list, "Security", 1).await?;
            window.press("Enter").await?;
            field("Space").wait_for(Want::Says("Security & privacy (SEC)")).await
        })
        .await?;
    steps
        .step("Escape gives back what was chosen, and the dialog stays", async {
            window.press("Alt+ArrowDown").await?;
            field("Space").type_text("eng").await?;
            active(&list, "Engineering", 1).await?;
            window.press("Escape").await?;
            closed(&list).await?;
            field("Space").check(Want::Says("Security & privacy (SEC)")).await?;
            field("Space").check(Want::Focused).await
        })
        .await?;
    steps
        .step("Words that are no choice stay in the field, and nothing is sent with them", async {
            window.press("Control+a").await?;
            field("Space").type_text("eng").await?;
            active(&list, "Engineering", 1).await?;
            window.press("Tab").await?;
            field("Parent page").wait_for(Want::Focused).await?;
            closed(&list).await?;
            let left = field("Space").value().await?;
            ensure!(left == "eng", "as it was typed: {left:?}");
            window.screenshot("pickers-no-choice").await?;
            window.press("Control+Enter").await?;
            field("Space").wait_for(Want::Focused).await?;
            ensure!(sandbox.pages().is_empty(), "neither there nor elsewhere");
            // Enter opens the list of what the field says, and takes its first.
            window.press("Enter").await?;
            active(&list, "Engineering", 1).await?;
            window.press("Enter").await?;
            field("Space").wait_for(Want::Says("Engineering (ENG)")).await
        })
        .await?;
    steps
        .step("Parent page: Enter waits for the search; emptied, it means none", async {
            window.press("Tab").await?;
            field("Parent page").wait_for(Want::Focused).await?;
            window.press("Alt+ArrowDown").await?;
            option(&list, "").nth(0).wait_for(Want::Focused).await?;
            sandbox.order(Fault::Delay(SLOW).on("GET", "/rest/api/search"));
            field("Parent page").type_text("migration\n").await?;
            let before = field("Parent page").value().await?;
            ensure!(before == "migration", "nothing typed is lost: {before:?}");
            field("Parent page").wait_for(Want::Says("Migration guide")).await?;
            closed(&list).await?;
            press(window, &["Control+a", "Delete"]).await?;
            option(&list, "").nth(0).wait_for(Want::There).await?;
            window.press("Enter").await?;
            closed(&list).await?;
            field("Parent page").check(Want::Empty).await?;
            field("Parent page").type_text("release ch").await?;
            active(&list, "Release checklist", 1).await?;
            window.press("Enter").await?;
            field("Parent page").wait_for(Want::Says("Release checklist")).await
        })
        .await?;
    steps
        .step("Ctrl+Enter creates there", async {
            window.screenshot("pickers-page").await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await?;
            let pages = sandbox.pages();
            let parent = sandbox.page_id("acme", "ENG", "Release checklist");
            ensure!(pages.len() == 1 && pages[0].space == "ENG" && pages[0].parent == parent, "{pages:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_page_among_many_spaces() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    sandbox.add_spaces("acme", 400);
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A page by keys, with more spaces than the list shows");
    let dialog = dialog_by_keys(window, PAGE).await?;
    let field = |name: &str| dialog.get("combobox", name);
    let list = window.get("listbox", starts(""));
    steps
        .step("Organization, by what is typed first", async {
            field("Organization").type_text("acme").await?;
            active(&list, "Acme", 1).await?;
            window.press("Enter").await?;
            field("Organization").wait_for(Want::Says("Acme")).await
        })
        .await?;
    steps
        .step("Space, while they are loaded: Enter waits for the one that was meant", async {
            sandbox.order(Fault::Delay(SLOW).on("GET", "/wiki/api/v2/spaces").always());
            window.press("Tab").await?;
            field("Space").wait_for(Want::Focused).await?;
            field("Space").type_text("added 0398\n").await?;
            // It comes with the second page.
            field("Space").wait_for(Want::Says("Added 0398 (ADD398)")).await?;
            sandbox.forgive();
            closed(&list).await
        })
        .await?;
    steps
        .step("The active option is always in view", async {
            let in_view = async || -> Result<bool> {
                window.settle().await;
                Ok(window.execute(IN_VIEW, Vec::new()).await? == Value::Bool(true))
            };
            window.press("Alt+ArrowDown").await?;
            active(&list, "Ada Lovelace", 50).await?;
            ensure!(in_view().await?, "the first");
            press(window, &["PageDown", "PageDown", "ArrowDown"]).await?;
            option(&list, "").nth(21).wait_for(Want::Focused).await?;
            ensure!(in_view().await?, "the 22nd");
            window.screenshot("pickers-many").await?;
            press(window, &["PageDown", "PageDown", "PageDown"]).await?;
            option(&list, REFRESH).wait_for(Want::Focused).await?;
            ensure!(in_view().await?, "the last");
            field("Space").type_text("added 0").await?;
            active(&list, "Added 0000", 50).await?;
            ensure!(in_view().await?, "the first again");
            Ok(())
        })
        .await?;
    steps
        .step("A pointer that rests chooses nothing; one that moves does", async {
            // To where it rests, and from there.
            option(&list, "").nth(1).hover().await?;
            option(&list, "").nth(2).hover().await?;
            option(&list, "").nth(2).wait_for(Want::Focused).await?;
            field("Space").type_text("03").await?;
            active(&list, "Added 0030", 5).await?;
            press(window, &["Backspace", "Backspace"]).await?;
            active(&list, "Added 0000", 50).await
        })
        .await?;
    steps
        .step("Shrinks to one, grows again, and Enter takes the one that was gone to", async {
            field("Space").type_text("042").await?;
            active(&list, "Added 0042", 1).await?;
            window.press("Backspace").await?;
            active(&list, "Added 0040", 5).await?;
            press(window, &["ArrowDown", "ArrowDown", "ArrowUp"]).await?;
            active(&list, "Added 0042", 5).await?;
            window.press("Enter").await?;
            field("Space").wait_for(Want::Says("Added 0042 (ADD42)")).await
        })
        .await?;
    steps
        .step("Ctrl+Enter with the list open creates where the field says", async {
            press(window, &["Alt+ArrowDown", "ArrowDown", "ArrowDown"]).await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Page created").await?;
            let pages = sandbox.pages();
            ensure!(pages.len() == 1 && pages[0].space == "ADD42", "{pages:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_page_to_comment_on() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("A page to comment on, by keys");
    let dialog = dialog_by_keys(window, COMMENT).await?;
    let field = |name: &str| dialog.get("combobox", name);
    let list = window.get("listbox", starts(""));
    steps
        .step("Opened by Tab and Alt+Down, by a click; shrinks to one, grows again", async {
            press(window, &["Alt+ArrowDown", "Enter"]).await?;
            field("Organization").wait_for(Want::Says("Acme")).await?;
            press(window, &["Tab", "Alt+ArrowDown"]).await?;
            field("Page").wait_for(Want::Focused).await?;
            option(&list, "").nth(0).wait_for(Want::Focused).await?;
            field("Page").type_text("pricing").await?;
            active(&list, "Pricing experiments", 1).await?;
            window.press("Escape").await?;
            closed(&list).await?;
            field("Page").check(Want::Empty).await?;
            field("Page").click().await?;
            field("Page").type_text("decisions").await?;
            option(&list, "").nth(2).wait_for(Want::Gone).await?;
            option(&list, "").nth(0).wait_for(Want::Focused).await?;
            window.press("ArrowDown").await?;
            option(&list, "").nth(1).wait_for(Want::Focused).await?;
            window.press("Control+a").await?;
            sandbox.order(Fault::Delay(SLOW).on("GET", "/rest/api/search"));
            field("Page").type_text("pricing\n").await?;
            let before = field("Page").value().await?;
            ensure!(before == "pricing", "nothing typed is lost: {before:?}");
            field("Page").wait_for(Want::Says("Pricing experiments")).await?;
            window.press("Control+Enter").await?;
            dialog.wait_for(Want::Gone).await?;
            window.wait_for_text("Comment added").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1 && comments[0].page_title == "Pricing experiments", "{comments:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn the_destination_of_quick_send() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("The destination of Quick send, by keys");
    quick::open_by_keys(&session, &app).await?;
    let window = app.window();
    let field = window.get("combobox", "Destination");
    let list = window.get("listbox", "destinations");
    let search = window.get("searchbox", "Quick send");
    let keys = |keys: &[&str]| session.xdotool(&[&["key", "--delay", "60"][..], keys].concat());
    let pages = sandbox.pages().len();
    steps
        .step("Opened by Tab: shrinks to one, grows again, and Enter takes the active one", async {
            keys(&["Tab"])?;
            active(&list, "Acme › ENG", 2).await?;
            session.xdotool(&["type", "anoth"])?;
            active(&list, "Another destination", 1).await?;
            keys(&["BackSpace", "BackSpace", "BackSpace"])?;
            active(&list, "Another destination", 1).await?;
            keys(&["BackSpace", "BackSpace"])?;
            active(&list, "Acme › ENG", 2).await?;
            window.screenshot("pickers-quick").await?;
            keys(&["Down", "Up", "Return"])?;
            search.wait_for(Want::Focused).await?;
            closed(&list).await?;
            field.check(Want::Says("Acme › ENG › new page")).await
        })
        .await?;
    steps
        .step("Words that are no destination stay, and Enter leads back to them", async {
            keys(&["Tab"])?;
            active(&list, "Acme › ENG", 2).await?;
            session.xdotool(&["type", "nowhere"])?;
            active(&list, "Another destination", 1).await?;
            keys(&["shift+Tab"])?;
            search.wait_for(Want::Focused).await?;
            field.check(Want::Says("nowhere")).await?;
            window.screenshot("pickers-quick-no-choice").await?;
            keys(&["Return"])?;
            field.wait_for(Want::Focused).await?;
            active(&list, "Another destination", 1).await?;
            ensure!(sandbox.pages().len() == pages, "nothing was sent");
            keys(&["Escape"])?;
            search.wait_for(Want::Focused).await?;
            field.check(Want::Says("Acme › ENG › new page")).await
        })
        .await?;
    steps
        .step("Another destination, from a click on the arrow to the page", async {
            window.get("button", "Show destinations").click().await?;
            active(&list, "Acme › ENG", 2).await?;
            keys(&["Down", "Return"])?;
            window.get("combobox", "Space").wait_for(Want::Focused).await?;
            session.xdotool(&["type", "peop"])?;
            active(&window.get("listbox", "Space"), "People", 1).await?;
            keys(&["Return", "Tab", "Alt+Down"])?;
            window.get("combobox", "Parent page").wait_for(Want::Focused).await?;
            session.xdotool(&["type", "interview"])?;
            active(&window.get("listbox", "Parent page"), "Interview guide", 1).await?;
            keys(&["Return"])?;
            window.get("combobox", "Parent page").wait_for(Want::Says("Interview guide")).await?;
            // The form is used by Enter in a field that is filled.
            keys(&["Return"])?;
            search.wait_for(Want::Focused).await?;
            field.wait_for(Want::Says("Acme › PPL › Interview guide")).await?;
            keys(&["Return"])?;
            window.get("button", "Undo").wait_for(Want::There).await?;
            // It is held back for some seconds.
            while sandbox.pages().len() == pages {
                tokio::task::yield_now().await;
            }
            let all = sandbox.pages();
            let parent = sandbox.page_id("acme", "PPL", "Interview guide");
            ensure!(all.len() == pages + 1, "one page more: {all:?}");
            ensure!(all.iter().any(|one| one.space == "PPL" && one.parent == parent), "there: {all:?}");
            app.turn_to(Page::Main).await
        })
        .await
}
