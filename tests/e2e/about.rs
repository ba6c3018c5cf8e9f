//! Settings → About: what somebody who reports a fault needs.

use anyhow::{Context as _, Result, ensure};

use crate::desk;

const LOG: &str = "sally-desktop.log";

#[tokio::test]
async fn the_log_is_shown_in_its_folder() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let steps = app.steps("Somebody wants to report a fault");
    steps
        .step("Show log shows the file in the desktop's file manager", async {
            let window = app.window();
            window.get("link", "Settings").click().await?;
            window.get("tab", "About").click().await?;
            window.get("button", "Show log").click().await?;
            let shown: url::Url = session.panel()?.shown_file().await?.parse()?;
            let path = shown.to_file_path().ok().context("a file")?;
            ensure!(path.ends_with(LOG), "{shown}");
            let log = std::fs::read_to_string(&path)?;
            ensure!(log.contains("Sally Desktop starts"), "it is written by then: {log}");
            ensure!(!log.contains("Weekly product sync"), "no word of a meeting is in it: {log}");
            Ok(())
        })
        .await?;
    steps
        .step("Copy details for a report says what it runs on", async {
            app.window().get("button", "Copy details for a report").click().await?;
            app.window().wait_for_text("Copied").await
        })
        .await
}
