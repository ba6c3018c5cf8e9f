//! A transcript of as many lines as a meeting may have, in the window: it opens at its beginning, its end is one key away, and
//! a search leads into its middle.

use std::fmt::Write as _;

use anyhow::{Result, ensure};

use crate::desk;
use crate::locator::{Locator, Want, contains};
use crate::window::Window;

const LINES: u32 = 200_000;

/// So many lines are in the page at most; a window shows fewer than twenty.
const IN_THE_PAGE: u64 = 80;

#[tokio::test]
async fn a_transcript_of_200_000_lines() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let file = session.path("long.vtt");
    std::fs::write(&file, transcript()?)?;
    let app = desk::app(&session, &sandbox, &[&file.to_string_lossy()]).await?;
    let window = app.window();
    let steps = app.steps("A transcript of 200,000 lines");
    steps
        .step("It opens at its beginning", async {
            window.get("heading", "Transcript").wait_for(Want::There).await?;
            desk::dismiss_notices(window).await?;
            window.get("button", "Transcript").click().await?;
            line(window, 0).wait_for(Want::There).await?;
            few_lines(window).await?;
            window.screenshot("transcripts-beginning-light").await.map(drop)
        })
        .await?;
    steps
        .step("Its end and its beginning are one key away", async {
            window.press("Tab").await?;
            line(window, 0).wait_for(Want::Focused).await?;
            for (key, reached) in [("End", LINES - 1), ("PageUp", LINES - 11), ("Home", 0), ("PageDown", 10)]
            {
                window.press(key).await?;
                line(window, reached).wait_for(Want::Focused).await?;
                few_lines(window).await?;
            }
            Ok(())
        })
        .await?;
    steps
        .step("A search leads to the line that holds the words", async {
            window.get("searchbox", "Search meetings").fill("\"line 123456\"").await?;
            line(window, 123_456).wait_for(Want::There).await?;
            few_lines(window).await?;
            desk::appear(window, "Dark").await?;
            window.get("link", "Meetings").click().await?;
            line(window, 123_456).wait_for(Want::There).await?;
            window.screenshot("transcripts-found-dark").await.map(drop)
        })
        .await
}

fn transcript() -> Result<String> {
    let mut text = String::from("WEBVTT\n");
    for number in 0..LINES {
        let (hour, minute, second) = (number / 3600, number / 60 % 60, number % 60);
        let speaker = if number / 3 % 2 == 0 { "Ada" } else { "Grace" };
        let more = if number % 7 == 0 {
            ", which takes more than one row of the window to say in full, as people do when they talk"
        } else {
            ""
        };
        writeln!(
            text,
            "\n{hour:02}:{minute:02}:{second:02}.000 --> {hour:02}:{minute:02}:{second:02}.900\n<v {speaker}>Line {number} of what was said{more}"
        )?;
    }
    Ok(text)
}

/// The checkbox of a line.
fn line(window: &Window, number: u32) -> Locator {
    window.get("checkbox", contains(&format!("Line {number} of")))
}

async fn few_lines(window: &Window) -> Result<()> {
    let script = "return document.querySelectorAll('article [data-place]').length;";
    let lines = window.execute(script, Vec::new()).await?.as_u64().unwrap_or(u64::MAX);
    ensure!(lines < IN_THE_PAGE, "the page has {lines} lines");
    Ok(())
}
