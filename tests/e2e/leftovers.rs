//! What a day of use leaves where others could look: in files, in command lines, and in what the app's programs inherit.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::locator::{Want, starts};
use crate::on_disk::files_with;
use crate::{desk, quick};

/// In the meeting only.
const WORD: &str = "zqwordofameeting";
/// Where the meeting came from; emptied, since it is the test's own.
const NOTES: &str = "zqnotes.json";

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_use_leaves_no_secret_and_no_word_elsewhere() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let mut app = quick::used_app(&session, &sandbox).await?;
    let steps = app.steps("A day of use");
    steps
        .step("Sally is connected by a pasted token", async {
            let window = app.window();
            let drawer = desk::add_integration(window).await?;
            let card = drawer.get("group", "Sally");
            card.get("textbox", "Personal access token").fill(&sandbox.sally_token()).await?;
            card.get("button", "Connect").click().await?;
            drawer.wait_for(Want::Gone).await?;
            window.get("link", "Meetings").click().await?;
            window.get("link", starts("Quarterly numbers")).wait_for(Want::There).await
        })
        .await?;
    steps
        .step("A meeting is opened, found, and an item of it is sent from Quick send", async {
            let path = session.path(NOTES);
            let notes = json!({"title": "Zqday", "date": "2026-11-12", "decisions": [format!("Say {WORD}")]});
            fs::write(&path, notes.to_string())?;
            app.open_again(&[path.to_str().context("a name")?])?;
            app.window().get("link", starts("Zqday")).wait_for(Want::There).await?;
            fs::write(path, "")?;
            quick::close_main(&session)?;
            quick::open_by_keys(&session, &app).await?;
            session.xdotool(&["type", WORD])?;
            app.window().get("option", starts("Say")).wait_for(Want::There).await?;
            session.xdotool(&["key", "Return"])?;
            session.panel()?.notification("Page created", WORD).await?;
            Ok(())
        })
        .await?;
    let mut secrets = sandbox.secrets();
    ensure!(secrets.len() >= 4, "a code, two tokens and the app's secret");
    secrets.push(sandbox.sally_token());
    steps
        .step("Meanwhile no command line and no heir has a token, a code, a secret or a word", async {
            for entry in fs::read_dir("/proc")?.flatten() {
                let Ok(line) = fs::read(entry.path().join("cmdline")) else { continue };
                for word in secrets.iter().map(String::as_str).chain([WORD]) {
                    ensure!(!holds(&line, word), "{}: {word}", String::from_utf8_lossy(&line));
                }
            }
            Ok(())
        })
        .await?;
    app.restart(&[]).await?;
    let steps = app.steps("The day after");
    steps
        .step("The words are in the library only, and the secrets nowhere", async {
            let root = session.path(".");
            let found = files_with(&root, WORD)?;
            ensure!(!found.is_empty(), "it is looked for in the right way");
            let library = ["sally.db", "sally.db-wal", "sally.db.backup"];
            ensure!(found.iter().all(|name| library.contains(&name.as_str())), "{found:?}");
            for secret in &secrets {
                let found = files_with(&root, secret)?;
                ensure!(found.is_empty(), "{secret} is in {found:?}");
            }
            Ok(())
        })
        .await
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}
