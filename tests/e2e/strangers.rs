//! What strangers gain: a script in the pages, if one ever got in, has nothing to listen to and no address to go to, and text
//! and links are seen as they are.

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;

use crate::desk;
use crate::drag_source::DragSource;
use crate::locator::{Want, starts};
use crate::quick;
use crate::window::{Page, Window};

/// Asks to be told what Tauri and its plugins broadcast, and answers what came of each.
const LISTEN: &str = "
    const [names, done] = arguments;
    const { invoke, transformCallback } = window.__TAURI_INTERNALS__;
    window.heard = [];
    const ask = (event, target) =>
        invoke('plugin:event|listen', { event, target, handler: transformCallback((told) => window.heard.push(told)) })
            .then(() => `${event} is open`, (refusal) => String(refusal));
    Promise.all(names.flatMap((name) => [ask(name, { kind: 'Any' }), ask(name, { kind: 'App' })])).then(done);";

/// Plugins and Tauri itself broadcast these: the address that was opened, and the paths of files over a window.
const BROADCAST: [&str; 6] = [
    "deep-link://new-url",
    "tauri://drag-enter",
    "tauri://drag-over",
    "tauri://drag-drop",
    "tauri://window-created",
    "told",
];

const CALLBACK: &str = "sally://oauth/callback?code=zqcode&state=zqstate";
const NOTES: &str = r#"{"title": "Zqnotes", "date": "2026-11-12", "decisions": ["One"]}"#;

/// A core dump would hold the tokens that the memory holds. Most machines write none anyway, so that is allowed first, where
/// it can be.
#[tokio::test]
async fn the_system_writes_no_core_dump_of_the_app() -> Result<()> {
    let before = getrlimit(Resource::Core);
    setrlimit(Resource::Core, Rlimit { current: before.maximum, ..before })?;
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    setrlimit(Resource::Core, before)?;
    let process = session.instance().context("it runs")?;
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits"))?;
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).context("a limit")?;
    ensure!(line.split_whitespace().nth(4) == Some("0"), "{line}: {}", app.log());
    Ok(())
}

/// The web view's processes, and everything that they and the app start.
#[tokio::test]
async fn the_secret_of_the_registered_app_is_inherited_by_nobody() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let process = session.instance().context("it runs")?;
    let heirs = descendants(process)?;
    ensure!(!heirs.is_empty(), "the web view has processes: {}", app.log());
    for heir in heirs {
        // One that has ended meanwhile has nothing any more.
        let Ok(environment) = std::fs::read(format!("/proc/{heir}/environ")) else { continue };
        let environment = String::from_utf8_lossy(&environment);
        ensure!(environment.contains("SALLY_ATLASSIAN_CLIENT_ID="), "{heir} inherits the rest");
        ensure!(!environment.contains("SALLY_ATLASSIAN_CLIENT_SECRET"), "{heir} has the secret");
    }
    Ok(())
}

/// The children of a process, and theirs.
fn descendants(process: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))?.flatten() {
        let children = std::fs::read_to_string(thread.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace() {
            let child = child.parse()?;
            found.push(child);
            found.extend(descendants(child).unwrap_or_default());
        }
    }
    Ok(found)
}

/// Plugins would put their own functions in the place of the web view's.
#[tokio::test]
async fn no_plugin_has_a_script_in_the_pages() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    for page in [Page::Main, Page::Quick] {
        app.turn_to(page).await?;
        let script = "return [alert, confirm, prompt, Notification].map(String).join(' ')";
        let functions = app.window().execute(script, vec![]).await?;
        let functions = functions.as_str().context("text")?;
        ensure!(functions.matches("[native code]").count() == 4, "{page:?}: {functions}");
    }
    Ok(())
}

// The second start is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_script_in_a_page_hears_no_callback_and_no_path() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let steps = app.steps("A script in the pages tries to listen");
    for page in [Page::Main, Page::Quick] {
        steps
            .step(&format!("It may not, in {page:?}"), async {
                if page == Page::Quick {
                    quick::open_by_keys(&session, &app).await?;
                }
                let answers = app.window().execute_async(LISTEN, vec![json!(BROADCAST)]).await?;
                let answers: Vec<String> = serde_json::from_value(answers)?;
                ensure!(answers.len() == 2 * BROADCAST.len(), "an answer to each: {answers:?}");
                ensure!(answers.iter().all(|answer| answer.contains("not allowed")), "{answers:?}");
                if page == Page::Quick {
                    quick::close(&session)?;
                }
                Ok(())
            })
            .await?;
    }
    app.turn_to(Page::Main).await?;
    steps
        .step("A callback and a file arrive all the same, by what the app says itself", async {
            app.open_again(&[CALLBACK])?;
            let notice = "An answer arrived from a login that Sally Desktop is not waiting for";
            app.window().get("text", starts(notice)).wait_for(Want::There).await?;
            let path = session.path("zqpath.json");
            std::fs::write(&path, NOTES)?;
            let mut files = DragSource::open(&session, &[&path]).await?;
            files.take().await?;
            files.move_over_the_app()?;
            app.window().get("status", "Drop files to import meetings").wait_for(Want::There).await?;
            files.let_go().await?;
            app.window().get("link", starts("Zqnotes")).wait_for(Want::There).await
        })
        .await?;
    for page in [Page::Main, Page::Quick] {
        steps
            .step(&format!("Nothing was heard in {page:?}"), async {
                app.turn_to(page).await?;
                let heard = app.window().execute("return JSON.stringify(window.heard)", vec![]).await?;
                ensure!(heard == json!("[]"), "{heard}");
                Ok(())
            })
            .await?;
    }
    Ok(())
}

/// A link whose words name another host than the one that it leads to.
const LINK: &str =
    "# Zqharbour\n\n## Decisions\n\n- Zqapprove [docs.example.com](https://evil.example/plan)\n";

#[tokio::test(flavor = "multi_thread")]
async fn no_link_goes_out_whose_host_was_not_shown() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("An item with a link is sent from Quick send");
    steps
        .step("The host that it leads to is said before Enter", async {
            let path = session.path("harbour.md");
            std::fs::write(&path, LINK)?;
            app.open_again(&[path.to_str().context("a name")?])?;
            app.window().get("link", starts("Zqharbour")).wait_for(Want::There).await?;
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            session.xdotool(&["type", "zqapprove"])?;
            app.window().get("option", starts("Zqapprove docs.example.com")).wait_for(Want::Focused).await?;
            app.window().get("status", "Links to evil.example").wait_for(Want::Shown).await?;
            app.window().screenshot("quick-links").await.map(drop)
        })
        .await?;
    steps
        .step("Nothing is said of an item without a link", async {
            app.window().get("searchbox", "Quick send").fill("ship imp").await?;
            app.window().get("option", starts("Ship the importer")).wait_for(Want::Focused).await?;
            app.window().get("status", starts("Links to")).wait_for(Want::Gone).await
        })
        .await
}

/// Text that reads from right to left, with signs whose place depends on what is around them.
const TURNED: &str = "---\ntitle: Zqport (\u{5e9}\u{5dc}\u{5d5}\u{5dd}) 3\ndate: 2026-11-12\n\
    participants: [\u{5e2}\u{5d3}\u{5d4} 1]\n---\n\n## Tasks\n\n- [ ] Zqturn (\u{5e9}\u{5dc}\u{5d5}\u{5dd}) 7 (\u{5e2}\u{5d3}\u{5d4})\n";

/// What stands around each such text, and what the engine makes of it.
const AROUND: &str = "
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        if (!/[\\u0590-\\u05ff]/.test(node.data)) continue;
        const around = node.parentElement.closest('bdi');
        found.push(around ? getComputedStyle(around).unicodeBidi : `not isolated: ${node.data}`);
    }
    return found;";

/// Every text from right to left on the page is isolated, and there are so many at least.
async fn is_isolated(window: &Window, at_least: usize) -> Result<()> {
    let found = window.execute(AROUND, vec![]).await?;
    let found: Vec<String> = serde_json::from_value(found)?;
    ensure!(found.len() >= at_least, "it is shown: {found:?}");
    ensure!(found.iter().all(|around| around == "isolate"), "{found:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_direction_of_a_text_turns_what_stands_around_it() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("A meeting from right to left");
    steps
        .step("In the list and open", async {
            let path = session.path("port.md");
            std::fs::write(&path, TURNED)?;
            app.open_again(&[path.to_str().context("a name")?])?;
            app.window().get("link", starts("Zqport")).click().await?;
            app.window().get("heading", starts("Zqport")).wait_for(Want::There).await?;
            app.window().screenshot("strangers-turned").await?;
            is_isolated(app.window(), 4).await
        })
        .await?;
    steps
        .step("In the dialog that chooses its items", async {
            app.window().get("button", "Send meeting…").click().await?;
            app.window().get("checkbox", starts("Zqturn")).wait_for(Want::There).await?;
            is_isolated(app.window(), 5).await?;
            app.window().press("Escape").await
        })
        .await?;
    steps
        .step("In Quick send", async {
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            session.xdotool(&["type", "zqturn"])?;
            app.window().get("option", starts("Zqturn")).wait_for(Want::Focused).await?;
            is_isolated(app.window(), 2).await
        })
        .await
}

/// The words of an item that a desktop could take for markup.
const MARKED: &str = "Zqfree <y> R&D";

#[tokio::test(flavor = "multi_thread")]
async fn a_title_is_no_markup_in_a_notification() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("An item with markup is sent from Quick send");
    let notes = json!({"title": "Zqnotes", "date": "2026-11-12", "decisions": [MARKED]}).to_string();
    steps
        .step("The notification shows its words as they are", async {
            let path = session.path("marked.json");
            std::fs::write(&path, notes)?;
            app.open_again(&[path.to_str().context("a name")?])?;
            app.window().get("link", starts("Zqnotes")).wait_for(Want::There).await?;
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            session.xdotool(&["type", "zqfree"])?;
            app.window().get("option", starts("Zqfree")).wait_for(Want::There).await?;
            session.xdotool(&["key", "Return"])?;
            session.panel()?.notification("Page created", MARKED).await?;
            Ok(())
        })
        .await
}
