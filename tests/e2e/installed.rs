//! The program as a package installs it: what the desktop finds of it, and how the desktop starts it. Only where it is
//! installed, in the clean root that `cargo xtask bundle --try` makes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::app::App;
use crate::desk;
use crate::locator::{LIMIT, Want, starts};
use crate::session::Session;

const WHERE: &str = "the program has to be installed: run by `cargo xtask bundle --try`";
const PROGRAM: &str = "/usr/bin/sally-desktop";
const DESKTOP_FILE: &str = "/usr/share/applications/sally-desktop.desktop";
const MAIN: &str = "Sally Desktop$";

/// Names as people give them.
const NAMES: [&str; 4] = ["Notes of Müller.md", "100% done?.md", "a%20b #1.md", "quote'\" & $HOME;.md"];

/// The installed program, with its data where it always has them.
async fn app<'s>(session: &'s Session, sandbox: &sandbox::Sandbox) -> Result<App<'s>> {
    let program = std::env::var("SALLY_E2E_APP").unwrap_or_default();
    ensure!(program == PROGRAM, "{program} is tested, which is not what the package installed");
    desk::app_in(session, sandbox, &[], &[("SALLY_DATA_DIR", "")]).await
}

/// What a program says on this desktop.
fn ask(session: &Session, program: &str, arguments: &[&str]) -> Result<String> {
    let output = session.command(program).args(arguments).output()?;
    ensure!(output.status.success(), "{program} {arguments:?}: {output:?}");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Files with a meeting each, whose title is the file's name.
fn meetings(session: &Session, names: &[&str]) -> Result<Vec<PathBuf>> {
    let folder = session.path("tmp");
    let write = |name: &&str| {
        let path = folder.join(name);
        let title = name.trim_end_matches(".md").replace(['#', '*', '&', '$', '%', '\'', '"', ';'], "");
        fs::write(&path, format!("# Meeting {title}\n\n## Decisions\n\n- Ship {title}\n"))?;
        Ok(path)
    };
    names.iter().map(write).collect()
}

/// Opens files with the program, as a file manager does. It may be the program that goes on, so what it says is not waited
/// for.
fn open_with(session: &Session, entry: &Path, files: &[PathBuf]) -> Result<()> {
    let mut command = session.command("gio");
    command.arg("launch").arg(entry).args(files);
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "{} was not launched: {status}", entry.display());
    Ok(())
}

/// Whether the data has a meeting, while no window can be asked.
#[expect(clippy::disallowed_types, reason = "no window is there to ask")]
fn has_meeting(session: &Session, title: &str) -> Result<bool> {
    let folder = session.path("home/.local/share/app.sally-desktop.SallyDesktop");
    let db = rusqlite::Connection::open(folder.join(sally_core::store::FILE_NAME))?;
    Ok(db.prepare("SELECT 1 FROM meetings WHERE title = ?")?.exists([title])?)
}

#[tokio::test]
#[ignore = "the program has to be installed: run by `cargo xtask bundle --try`"]
async fn the_desktop_finds_the_program_and_starts_it() -> Result<()> {
    ensure!(Path::new(DESKTOP_FILE).exists(), WHERE);
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = app(&session, &sandbox).await?;
    let steps = app.steps("The installed program");
    steps
        .step("The desktop knows whose window it is", async {
            let entry = fs::read_to_string(DESKTOP_FILE)?;
            let named =
                entry.lines().find_map(|line| line.strip_prefix("StartupWMClass=")).context("a class")?;
            let by_class = ["search", "--onlyvisible", "--classname", &format!("^{named}$")];
            session.xdotool(&by_class).with_context(|| format!("no window is of {named}"))
        })
        .await?;
    steps
        .step("A login comes back by a `sally:` link, without a handler of the person's own", async {
            let handler = ask(&session, "xdg-mime", &["query", "default", "x-scheme-handler/sally"])?;
            ensure!(handler == "sally-desktop.desktop", "{handler}");
            desk::connect(&session, &app).await?;
            let own = session.path("home/.local/share/applications");
            ensure!(!own.exists(), "{} would shadow the package's", own.display());
            Ok(())
        })
        .await?;
    steps
        .step("It is offered for meetings, and is nobody's default by force", async {
            let offered = ask(&session, "gio", &["mime", "text/markdown"])?;
            ensure!(offered.contains("sally-desktop.desktop"), "{offered}");
            Ok(())
        })
        .await?;
    let files = meetings(&session, &NAMES)?;
    steps
        .step("`Open with`, while it runs: several files, however they are called", async {
            open_with(&session, Path::new(DESKTOP_FILE), &files)?;
            let window = app.window();
            window.get("link", "Meetings").click().await?;
            for title in
                ["Meeting Notes of Müller", "Meeting 100 done?", "Meeting a20b 1", "Meeting quote HOME"]
            {
                window.get("link", starts(title)).nth(0).wait_for(Want::There).await?;
            }
            Ok(())
        })
        .await?;
    let autostart = session.path("home/.config/autostart/Sally Desktop.desktop");
    steps
        .step("What starts it at login is an entry that desktops take", async {
            let window = app.window();
            window.get("link", "Settings").click().await?;
            window.get("tab", "General").click().await?;
            window.get("switch", "Start Sally when I log in").click().await?;
            window.get("switch", "Start Sally when I log in").wait_for(Want::Checked).await?;
            let text = fs::read_to_string(&autostart)?;
            ensure!(text.contains(&format!("Exec={PROGRAM} --minimized")), "{text}");
            let path = autostart.to_str().context("the path is text")?;
            ask(&session, "desktop-file-validate", &[path])?;
            session.terminate()?;
            session.wait_until_no_instance()
        })
        .await?;
    steps
        .step("It starts without its window", async {
            open_with(&session, &autostart, &[])?;
            session.panel()?.menu(|entries| (!entries.is_empty()).then_some(())).await?;
            ensure!(
                session.xdotool(&["search", "--onlyvisible", "--name", MAIN]).is_err(),
                "it is to be in the tray only"
            );
            session.terminate()?;
            session.wait_until_no_instance()
        })
        .await?;
    let last = meetings(&session, &["Früh & spät.md"])?;
    steps
        .step("`Open with` starts it", async {
            open_with(&session, Path::new(DESKTOP_FILE), &last)?;
            session.wait_for_window(MAIN, true)?;
            let deadline = Instant::now() + LIMIT;
            while !has_meeting(&session, "Meeting Früh spät")? {
                ensure!(Instant::now() < deadline, "it was not imported");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        })
        .await?;
    session.terminate()?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("That meeting is there", async {
            let window = app.window();
            window.get("link", starts("Meeting Früh spät")).nth(0).wait_for(Want::There).await
        })
        .await
}
