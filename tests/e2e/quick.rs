//! Quick send as a person has it: from the tray, by keys that work everywhere, and from outside; with the main window
//! closed, and on a desktop without a tray. A keyboard's own keys are pressed here, not the driver's.
//!
//! Longer than 400 lines: one window from each way that opens it, on the helpers at the top.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use sandbox::Sandbox;

use crate::app::App;
use crate::desk;
use crate::locator::{Want, contains, starts};
use crate::panel::Entry;
use crate::session::{Profile, Session};
use crate::window::{Page, out};

const DECISION: &str = "Ship the importer behind a flag";
/// The first item of the newest meeting.
const NEWEST: &str = "Twice as many people finish the trial";
const SHORTCUT: &str = "ctrl+shift+space";

/// Names of the windows, as the window manager knows them.
const QUICK: &str = "^Quick send$";
const MAIN: &str = "Sally Desktop$";

/// A desktop with a window manager, which knows which window is active.
pub(crate) fn desktop() -> Result<Session> {
    Session::start(Profile { managed: true, ..Profile::default() })
}

/// The app, connected, and something sent to a space, so that there is a destination.
pub(crate) async fn used_app<'s>(session: &'s Session, sandbox: &Sandbox) -> Result<App<'s>> {
    let app = desk::connected_app(session, sandbox).await?;
    let window = app.window();
    let task = desk::item(window, "Tasks", &desk::sample().task);
    desk::open_dialog(window, &task, "Create a page in Confluence").await?;
    desk::create_page(window, "A guide for customers").await?;
    task.get("link", starts("Sent · A guide for customers")).wait_for(Want::There).await?;
    Ok(app)
}

/// Opens Quick send by its keys, and waits until it takes others. A driver is faster than the word that the window was
/// opened, and a person is not.
pub(crate) async fn open_by_keys(session: &Session, app: &App<'_>) -> Result<()> {
    session.xdotool(&["key", SHORTCUT])?;
    session.wait_for_active(QUICK)?;
    app.turn_to(Page::Quick).await?;
    app.window().get("searchbox", "Quick send").wait_for(Want::Focused).await?;
    app.window().get("option", starts("")).nth(0).wait_for(Want::Focused).await?;
    app.window().wait_until_it_has_keys().await
}

/// Closes Quick send, which lies over the main window.
pub(crate) fn close(session: &Session) -> Result<()> {
    session.xdotool(&["key", "Escape"])?;
    session.wait_for_window(QUICK, false)
}

/// Closes the main window, as its frame's button does.
pub(crate) fn close_main(session: &Session) -> Result<()> {
    session.activate(MAIN)?;
    session.wait_for_active(MAIN)?;
    session.press_until_gone("alt+F4", MAIN)
}

fn labels(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.label.clone()).filter(|label| !label.is_empty()).collect()
}

#[tokio::test]
async fn three_keystrokes_with_the_main_window_closed() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = used_app(&session, &sandbox).await?;
    let panel = session.panel()?;
    let steps = app.steps("From the shortcut to the page");
    steps
        .step("The main window is closed, and the app says once where it is", async {
            close_main(&session)?;
            panel.notification("Sally Desktop stays in the tray", "").await?;
            Ok(())
        })
        .await?;
    steps
        .step("The shortcut opens Quick send over everything, with the focus in its field", async {
            open_by_keys(&session, &app).await?;
            app.window().get("combobox", "Destination").wait_for(Want::Says("ENG")).await?;
            session.picture(&out()?.join("quick-shortcut.png"))
        })
        .await?;
    steps
        .step("Letters find the item, and Enter sends it", async {
            session.xdotool(&["type", "ship imp"])?;
            app.window().get("option", starts(DECISION)).wait_for(Want::There).await?;
            app.window().screenshot("quick-found").await?;
            session.xdotool(&["key", "Return"])?;
            app.window().get("button", "Undo").wait_for(Want::There).await?;
            // The window goes by itself, and one that is gone cannot be waited for to settle.
            session.picture(&out()?.join("quick-undo.png"))?;
            let told = panel.notification("Page created", DECISION).await?;
            ensure!(told.urgency != Some(2), "do-not-disturb holds it back: {told:?}");
            ensure!(sandbox.pages_titled(DECISION).len() == 1, "exactly that page");
            session.wait_for_window(QUICK, false)?;
            panel.click_notification(&told)?;
            let address = app.browser().next_address().await?;
            ensure!(address.path().contains("/wiki/"), "a click opens the page: {address}");
            Ok(())
        })
        .await?;
    steps
        .step("Without a letter, two keystrokes are enough", async {
            open_by_keys(&session, &app).await?;
            app.window().get("searchbox", "Quick send").wait_for(Want::Empty).await?;
            session.xdotool(&["key", "Return"])?;
            panel.notification("Page created", NEWEST).await?;
            ensure!(sandbox.pages().len() == 3, "one page more");
            session.wait_for_window(QUICK, false)
        })
        .await?;
    steps
        .step(
            "The same again is asked about; what needs the person is told, and a click opens the Outbox",
            async {
                open_by_keys(&session, &app).await?;
                session.xdotool(&["type", "ship imp"])?;
                app.window().get("option", starts(DECISION)).wait_for(Want::Focused).await?;
                session.xdotool(&["key", "Return"])?;
                app.window().get("button", "Send again").wait_for(Want::There).await?;
                session.picture(&out()?.join("quick-sent-before.png"))?;
                app.window().get("button", "Send again").click().await?;
                // Its title is taken now.
                let told =
                    panel.notification(&format!("Needs you: {DECISION}"), "already has a page").await?;
                ensure!(sandbox.pages().len() == 3, "nothing was doubled");
                session.wait_for_window(MAIN, false)?;
                panel.click_notification(&told)?;
                session.wait_for_window(MAIN, true)?;
                app.turn_to(Page::Main).await?;
                app.window()
                    .get("list", "Deliveries")
                    .get("text", starts("Needs you"))
                    .wait_for(Want::There)
                    .await?;
                close_main(&session)?;
                app.turn_to(Page::Quick).await
            },
        )
        .await?;
    steps
        .step("Escape hides it, and the shortcut toggles", async {
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_active(QUICK)?;
            session.xdotool(&["key", "Escape"])?;
            session.wait_for_window(QUICK, false)?;
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_active(QUICK)?;
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_window(QUICK, false)
        })
        .await
}

#[tokio::test]
async fn the_tray_and_its_menu() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = used_app(&session, &sandbox).await?;
    let panel = session.panel()?;
    let steps = app.steps("The tray");
    steps
        .step("Its menu has everything", async {
            let entries = panel
                .menu(|entries| labels(entries).contains(&"Outbox".to_owned()).then(|| entries.to_vec()))
                .await?;
            ensure!(
                labels(&entries) == ["Quick send…", "Recent", "Outbox", "Open Sally", "Settings", "Quit"],
                "in this order: {entries:#?}"
            );
            ensure!(entries[1].entries.len() > 3, "the last items of the last meetings: {entries:#?}");
            Ok(())
        })
        .await?;
    steps
        .step("Quick send… opens it, with the main window closed", async {
            close_main(&session)?;
            panel.click("Quick send…").await?;
            session.wait_for_active(QUICK)?;
            session.xdotool(&["key", "Escape"])?;
            session.wait_for_window(QUICK, false)
        })
        .await?;
    steps
        .step("A recent item opens it with that item chosen", async {
            let recent = panel.menu(|entries| entries.get(1)?.entries.get(1).cloned()).await?;
            panel.click(&recent.label).await?;
            session.wait_for_active(QUICK)?;
            app.turn_to(Page::Quick).await?;
            let chosen = app.window().get("option", starts(recent.label.trim_end_matches('…')));
            chosen.wait_for(Want::There).await?;
            ensure!(app.window().get("option", starts("")).count().await? == 1, "that one, and no other");
            app.window().screenshot("quick-recent").await?;
            session.xdotool(&["key", "Escape"])?;
            session.wait_for_window(QUICK, false)
        })
        .await?;
    let before = panel.icon()?;
    steps
        .step("What waits shows as a badge, in the menu, and in the notification", async {
            sandbox.go_offline().await;
            panel.click("Quick send…").await?;
            session.wait_for_active(QUICK)?;
            app.window().get("option", starts("")).nth(1).wait_for(Want::There).await?;
            session.xdotool(&["type", "ship imp"])?;
            app.window().get("option", starts(DECISION)).wait_for(Want::Focused).await?;
            session.xdotool(&["key", "Return"])?;
            panel.menu(|entries| labels(entries).contains(&"Outbox (1)".to_owned()).then_some(())).await?;
            ensure!(panel.icon()? != before, "the icon has its badge");
            sandbox.go_online().await?;
            Ok(())
        })
        .await?;
    steps
        .step("Outbox opens the main window there", async {
            panel.click("Outbox (1)").await?;
            session.wait_for_window(MAIN, true)?;
            app.turn_to(Page::Main).await?;
            app.window().get("list", "Deliveries").wait_for(Want::There).await?;
            panel.menu(|entries| labels(entries).contains(&"Outbox".to_owned()).then_some(())).await?;
            ensure!(panel.icon()? == before, "nothing waits, and the badge is gone");
            Ok(())
        })
        .await?;
    steps
        .step("Settings, and Open Sally", async {
            panel.click("Settings").await?;
            app.window().get("tab", "General").wait_for(Want::There).await?;
            close_main(&session)?;
            panel.click("Open Sally").await?;
            session.wait_for_window(MAIN, true)
        })
        .await?;
    steps
        .step("Quit ends the app", async {
            panel.click("Quit").await?;
            session.wait_until_no_instance()
        })
        .await
}

#[tokio::test]
async fn from_outside_and_marked_together() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let page = sandbox.add_page("acme", "ENG", "Log of decisions").context("a page")?;
    let app = used_app(&session, &sandbox).await?;
    let steps = app.steps("A second start with --quick-send");
    close_main(&session)?;
    steps
        .step("It is answered by the running instance", async {
            app.open_again(&["--quick-send"])?;
            session.wait_for_active(QUICK)?;
            session.wait_for_window(MAIN, false)
        })
        .await?;
    app.turn_to(Page::Quick).await?;
    let window = app.window();
    steps
        .step("Another destination is chosen: a comment on a page", async {
            window.get("searchbox", "Quick send").wait_for(Want::Focused).await?;
            window.get("option", starts("")).nth(0).wait_for(Want::There).await?;
            session.xdotool(&["key", "Tab"])?;
            window.screenshot("quick-destinations").await?;
            window.get("option", "Another destination…").click().await?;
            window.get("radio", "Comments on a page").click().await?;
            desk::choose(window, &window.get("combobox", "Page"), "Log", "Log of decisions").await?;
            window.screenshot("quick-elsewhere").await?;
            window.get("button", "Use").click().await?;
            window.get("combobox", "Destination").wait_for(Want::Says("Log of decisions")).await
        })
        .await?;
    steps
        .step("Two items are marked, and go as one comment", async {
            window.get("searchbox", "Quick send").click().await?;
            session.xdotool(&["type", "ship imp"])?;
            window.get("option", starts(DECISION)).wait_for(Want::There).await?;
            session.xdotool(&["key", "ctrl+space"])?;
            window.wait_for_text("1 item").await?;
            window.get("searchbox", "Quick send").fill("migration").await?;
            window.get("option", starts("Write the migration guide")).wait_for(Want::There).await?;
            session.xdotool(&["key", "ctrl+space"])?;
            window.wait_for_text("2 items").await?;
            window.screenshot("quick-marked").await?;
            session.xdotool(&["key", "Return"])?;
            session.panel()?.notification("Comment added", "Log of decisions").await?;
            let comments = sandbox.comments();
            ensure!(comments.len() == 1 && comments[0].page == page, "one comment: {comments:?}");
            ensure!(comments[0].text.contains(DECISION), "with both: {comments:?}");
            ensure!(comments[0].text.contains("migration guide"), "with both: {comments:?}");
            Ok(())
        })
        .await?;
    steps
        .step("Shift+Enter opens the whole dialog at that destination", async {
            app.open_again(&["--quick-send"])?;
            session.wait_for_active(QUICK)?;
            window.get("option", starts("")).nth(0).wait_for(Want::Focused).await?;
            session.xdotool(&["key", "shift+Return"])?;
            session.wait_for_window(MAIN, true)?;
            app.turn_to(Page::Main).await?;
            let dialog = app.window().get("dialog", "Add a comment to a Confluence page");
            dialog.get("combobox", "Page").wait_for(Want::Says("Log of decisions")).await
        })
        .await
}

#[tokio::test]
async fn in_light_and_in_dark() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = used_app(&session, &sandbox).await?;
    let steps = app.steps("Quick send in light and in dark");
    for appearance in ["Dark", "Light"] {
        let look = appearance.to_lowercase();
        steps
            .step(appearance, async {
                app.turn_to(Page::Main).await?;
                desk::appear(app.window(), appearance).await?;
                app.window().get("switch", "Start Sally when I log in").hover().await?;
                app.window().screenshot(&format!("look-general-quick-{look}")).await?;
                app.open_again(&["--quick-send"])?;
                session.wait_for_active(QUICK)?;
                app.turn_to(Page::Quick).await?;
                let window = app.window();
                window.get("option", starts("")).nth(0).wait_for(Want::There).await?;
                session.xdotool(&["key", "ctrl+space"])?;
                window.wait_for_text("1 item").await?;
                session.xdotool(&["key", "Down"])?;
                window.screenshot(&format!("look-quick-{look}")).await?;
                session.xdotool(&["key", "Tab"])?;
                window.get("option", "Another destination…").wait_for(Want::There).await?;
                window.screenshot(&format!("look-quick-destination-{look}")).await?;
                session.xdotool(&["key", "Escape"])?;
                window.get("searchbox", "Quick send").wait_for(Want::Focused).await?;
                session.xdotool(&["type", "nothing of the kind"])?;
                window.get("option", starts("")).wait_for(Want::Gone).await?;
                window.screenshot(&format!("look-quick-nothing-{look}")).await?;
                window.get("searchbox", "Quick send").fill("").await?;
                window.get("button", "Clear marks").click().await?;
                session.xdotool(&["key", "Escape"])?;
                session.wait_for_window(QUICK, false)
            })
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn before_anything_is_connected() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let steps = app.steps("Quick send without a connection");
    app.window().get("link", starts("Weekly product sync")).nth(0).wait_for(Want::There).await?;
    app.open_again(&["--quick-send"])?;
    session.wait_for_active(QUICK)?;
    app.turn_to(Page::Quick).await?;
    steps
        .step("It finds items, says what is missing, and offers it", async {
            app.window().get("option", starts("")).nth(0).wait_for(Want::There).await?;
            app.window().get("button", "Connect Confluence").wait_for(Want::There).await?;
            app.window().screenshot("quick-not-connected").await?;
            app.window().get("button", "Connect Confluence").click().await?;
            session.wait_for_window(QUICK, false)?;
            app.turn_to(Page::Main).await?;
            app.window().get("heading", "Your personal integrations").wait_for(Want::There).await
        })
        .await
}

#[tokio::test]
async fn a_desktop_without_a_tray() -> Result<()> {
    let session = Session::start(Profile { managed: true, bare: true, ..Profile::default() })?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::connected_app(&session, &sandbox).await?;
    let steps = app.steps("No tray");
    steps
        .step("It says so, and the shortcut works", async {
            app.window().wait_for_text("This desktop shows no tray icons").await?;
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_active(QUICK)?;
            session.xdotool(&["key", "Escape"])?;
            session.wait_for_window(QUICK, false)
        })
        .await?;
    steps
        .step("Closing the window ends the app, since nobody would find it again", async {
            session.activate(MAIN)?;
            session.xdotool(&["key", "alt+F4"])?;
            session.wait_until_no_instance()
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("It does not say so again", async {
            app.wait_for_log("the desktop has no tray", 2).await?;
            app.window().settle().await;
            ensure!(
                app.window().get("text", contains("This desktop shows no tray icons")).count().await? == 0,
                "it was said once"
            );
            Ok(())
        })
        .await
}

#[tokio::test]
async fn everyday_settings() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let steps = app.steps("Settings → General");
    let window = app.window();
    let general = || async {
        window.get("link", "Settings").click().await?;
        window.get("tab", "General").click().await
    };
    general().await?;
    let shortcut = window.get("button", starts("Shortcut"));
    steps
        .step("Keys that another program has are refused, and the old ones stay", async {
            shortcut.wait_for(Want::There).await?;
            shortcut.click().await?;
            window.press("Control+Alt+ArrowLeft").await?;
            window.wait_for_text("another program has these keys").await?;
            window.screenshot("general-shortcut-taken").await?;
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_active(QUICK)?;
            // The frame of a window is active a moment before its page has the keyboard.
            session.press_until_gone("Escape", QUICK)
        })
        .await?;
    steps
        .step("Others are taken", async {
            session.activate(MAIN)?;
            shortcut.click().await?;
            window.press("Control+Alt+k").await?;
            window.get("button", contains("Ctrl+Alt+K")).wait_for(Want::There).await?;
            session.xdotool(&["key", "ctrl+alt+k"])?;
            session.wait_for_active(QUICK)?;
            session.press_until_gone("Escape", QUICK)
        })
        .await?;
    steps
        .step("Start at login, minimised", async {
            let entry = session.path("home/.config/autostart/Sally Desktop.desktop");
            ensure!(!entry.exists(), "off by default");
            window.get("switch", "Start Sally when I log in").click().await?;
            window.get("switch", "Start Sally when I log in").wait_for(Want::Checked).await?;
            let text = fs::read_to_string(&entry)?;
            ensure!(text.contains("--minimized"), "without its window: {text}");
            window.get("switch", "Start Sally when I log in").click().await?;
            window.get("switch", "Start Sally when I log in").wait_for(Want::Unchecked).await?;
            ensure!(!entry.exists(), "and no longer");
            window.screenshot("general-desktop").await?;
            Ok(())
        })
        .await?;
    steps
        .step("Closing ends the app where the person wants that; its size is kept", async {
            window.get("switch", contains("in the tray")).click().await?;
            window.get("switch", contains("in the tray")).wait_for(Want::Unchecked).await?;
            session.activate(MAIN)?;
            session.xdotool(&[
                "search",
                "--onlyvisible",
                "--name",
                MAIN,
                "windowsize",
                "--sync",
                "1000",
                "700",
            ])?;
            session.xdotool(&["key", "alt+F4"])?;
            session.wait_until_no_instance()
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("The window has the size that it had", async {
            let size = app.window().execute("return [innerWidth, innerHeight]", vec![]).await?;
            ensure!(size == serde_json::json!([1000, 700]), "as it was left: {size}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_start_without_a_window() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples", "--minimized"]).await?;
    let steps = app.steps("--minimized");
    steps
        .step("Only the tray shows that it is there", async {
            session.panel()?.menu(|entries| entries.get(1).filter(|recent| recent.enabled).map(drop)).await?;
            session.wait_for_window(MAIN, false)?;
            // Built some moments after the start.
            app.turn_to(Page::Quick).await?;
            session.xdotool(&["key", SHORTCUT])?;
            session.wait_for_active(QUICK)?;
            session.xdotool(&["key", "Escape"])?;
            session.wait_for_window(QUICK, false)
        })
        .await?;
    steps
        .step("A second start brings the window", async {
            app.open_again(&[])?;
            session.wait_for_window(MAIN, true)
        })
        .await
}

#[tokio::test]
async fn on_wayland() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app_in(&session, &sandbox, &["--samples"], &[("XDG_SESSION_TYPE", "wayland")]).await?;
    let window = app.window();
    let steps = app.steps("A desktop that gives no application keys of its own");
    steps
        .step("The settings explain it, and name what to bind", async {
            window.get("link", "Settings").click().await?;
            window.get("tab", "General").click().await?;
            window
                .get("textbox", "Command for a shortcut")
                .wait_for(Want::Says("sally-desktop --quick-send"))
                .await?;
            window.screenshot("general-wayland").await?;
            Ok(())
        })
        .await?;
    steps
        .step("The keys are not taken from anybody", async {
            session.xdotool(&["key", SHORTCUT])?;
            app.open_again(&["--quick-send"])?;
            session.wait_for_active(QUICK)
        })
        .await
}

/// How often Quick send is opened for the measurement; the median counts.
const OPENINGS: usize = 21;

/// From the keys until the field has the focus. The time that the program which presses the keys takes to start is in
/// it. `cargo xtask bench` reads the line.
#[tokio::test]
async fn speed_of_opening() -> Result<()> {
    let session = desktop()?;
    let sandbox = desk::sandbox().await?;
    let told = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let port = told.local_addr()?.port().to_string();
    let (tell, mut focused) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for stream in told.incoming().flatten() {
            let at = std::time::Instant::now();
            let line = std::io::read_to_string(stream).unwrap_or_default();
            if line.trim() == "focused" && tell.send(at).is_err() {
                return;
            }
        }
    });
    let app = desk::app_in(&session, &sandbox, &["--samples"], &[("SALLY_BENCH_READY", &port)]).await?;
    app.turn_to(Page::Quick).await?;
    let mut times = Vec::new();
    for _ in 0..OPENINGS {
        while focused.try_recv().is_ok() {}
        let pressed = std::time::Instant::now();
        session.xdotool(&["key", SHORTCUT])?;
        let at =
            tokio::time::timeout(Duration::from_secs(20), focused.recv()).await?.context("it is told")?;
        times.push(at.duration_since(pressed).as_secs_f64() * 1e3);
        session.wait_for_active("focused|Quick send")?;
        session.xdotool(&["key", "Escape"])?;
        session.wait_for_window("focused|Quick send", false)?;
    }
    times.sort_by(f64::total_cmp);
    println!("quick_send_open_ms={:.1}", times[OPENINGS / 2]);
    Ok(())
}
