//! Settings → About → `Remove everything…`: what it asks, and that nothing is left of the app, in the keyring, on the desktop
//! and in the home.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::desk;
use crate::locator::{Locator, Want, contains, starts};
use crate::session::Session;
use crate::window::Window;

/// The secrets in the keyring, as it counts them.
fn secrets(session: &Session) -> Result<String> {
    let mut ask = session.command("gdbus");
    ask.args([
        "call",
        "--session",
        "--dest=org.freedesktop.secrets",
        "--object-path=/org/freedesktop/secrets/collection/login",
        "--method=org.freedesktop.DBus.Properties.Get",
        "org.freedesktop.Secret.Collection",
        "Items",
    ]);
    let output = ask.stdout(Stdio::piped()).output()?;
    ensure!(output.status.success(), "{output:?}");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The files and folders that are the app's, by their names.
fn traces(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().context("a name")?.to_string_lossy().to_lowercase();
        if name.contains("sally") {
            found.push(path.clone());
        }
        if path.is_dir() {
            found.extend(traces(&path)?);
        }
    }
    Ok(found)
}

async fn ask(window: &Window) -> Result<Locator> {
    window.get("tab", "About").click().await?;
    window.get("button", "Remove everything…").click().await?;
    let dialog = window.get("alertdialog", "Remove everything?");
    dialog.get("button", "Cancel").wait_for(Want::Focused).await?;
    Ok(dialog)
}

#[tokio::test]
async fn everything_is_removed() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = desk::app_in(&session, &sandbox, &["--samples"], &[("SALLY_DATA_DIR", "")]).await?;
    let home = session.path("home");
    let none = secrets(&session)?;
    let steps = app.steps("Removing everything");
    steps
        .step("There is something to remove", async {
            let window = app.window();
            desk::connect(&session, &app).await?;
            window.get("tab", "General").click().await?;
            window.get("switch", "Start Sally when I log in").click().await?;
            window.get("switch", "Start Sally when I log in").wait_for(Want::Checked).await?;
            let traces = traces(&home)?;
            for name in
                ["Sally Desktop.desktop", "sally-desktop-handler.desktop", "sally.db", "sally-desktop.log"]
            {
                ensure!(traces.iter().any(|path| path.ends_with(name)), "{name} is not in {traces:?}");
            }
            ensure!(secrets(&session)? != none, "the keyring has tokens");
            Ok(())
        })
        .await?;
    for appearance in ["Dark", "Light"] {
        steps
            .step(&format!("{appearance}: what goes and what stays is named"), async {
                let window = app.window();
                desk::appear(window, appearance).await?;
                desk::dismiss_notices(window).await?;
                let dialog = ask(window).await?;
                dialog.get("listitem", contains("Ada Lovelace")).nth(0).wait_for(Want::There).await?;
                window.screenshot(&format!("remove-everything-{}", appearance.to_lowercase())).await?;
                window.press("Escape").await?;
                dialog.wait_for(Want::Gone).await
            })
            .await?;
    }
    steps
        .step("A keyring that is locked: nothing is taken, and it says so", async {
            let window = app.window();
            let dialog = ask(window).await?;
            session.lock_keyring()?;
            dialog.get("button", "Remove everything").click().await?;
            window.wait_for_text("is locked").await?;
            window.wait_for_text("Nothing was removed.").await?;
            window.screenshot("remove-everything-locked").await?;
            // The keyring's program starts anew for that, and the app with it.
            session.unlock_keyring()?;
            ensure!(secrets(&session)? != none, "the tokens are there");
            ensure!(traces(&home)?.iter().any(|path| path.ends_with("sally.db")), "and the data");
            session.terminate()?;
            session.wait_until_no_instance()
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("An open keyring");
    steps
        .step("It goes, and the app with it", async {
            let window = app.window();
            window.get("link", "Settings").click().await?;
            ask(window).await?.get("button", "Remove everything").click().await?;
            session.wait_until_no_instance()
        })
        .await?;
    steps
        .step("Nothing is left", async {
            ensure!(secrets(&session)? == none, "in the keyring");
            // What the web view's own programs still write when the app has gone, they write within a moment.
            session.wait_until_no_web_view()?;
            let left = traces(&home)?;
            ensure!(left.is_empty(), "in the home: {left:?}");
            for list in [".config/mimeapps.list", ".local/share/applications/mimeinfo.cache"] {
                let said = fs::read_to_string(home.join(list)).unwrap_or_default();
                ensure!(!said.contains("sally"), "{list}: {said}");
            }
            Ok(())
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The next start");
    steps
        .step("It is a first start", async {
            let window = app.window();
            window.get("button", "Load sample meetings").wait_for(Want::There).await?;
            ensure!(window.get("link", starts("Weekly product sync")).count().await? == 0, "no meeting");
            Ok(())
        })
        .await
}
