//! A desktop that lacks what the app cannot be without: a sentence and an exit code, and no trace of the start.

use anyhow::{Context, Result, ensure};

use crate::app::Launch;
use crate::desk;
use crate::session::Session;

const APP: &str = "sally-desktop";

/// `EX_UNAVAILABLE` of `sysexits.h`.
const UNAVAILABLE: i32 = 69;

/// Starts the app with these variables; it must end at once, say these words and nothing else, and leave no data.
fn ends(session: &Session, variables: &[(&str, &str)], words: &str) -> Result<()> {
    let data = session.path("no-data");
    let mut command = session.command("timeout");
    command
        .arg("20")
        .arg(Launch::program(APP)?.program)
        .env("SALLY_DATA_DIR", &data)
        .env("RUST_BACKTRACE", "1");
    let output = command.envs(variables.iter().copied()).output()?;
    let said = String::from_utf8(output.stderr).context("what it says is text")?;
    ensure!(output.status.code() == Some(UNAVAILABLE), "{:?} instead: {said}", output.status);
    ensure!(said.contains(words) && said.lines().count() == 1, "it says something else: {said}");
    ensure!(!data.exists(), "data was left behind");
    Ok(())
}

#[test]
fn no_display() -> Result<()> {
    let session = desk::desktop()?;
    let words = "no screen to show its window on";
    ends(&session, &[("DISPLAY", ""), ("WAYLAND_DISPLAY", "")], words)?;
    // A screen that is gone, as after a logout elsewhere.
    ends(&session, &[("DISPLAY", ":4711")], words)
}

#[test]
fn no_message_bus() -> Result<()> {
    let session = desk::desktop()?;
    let words = "no message bus of a desktop session";
    let gone = format!("unix:path={}", session.path("no-bus").display());
    ends(&session, &[("DBUS_SESSION_BUS_ADDRESS", gone.as_str())], words)?;
    ends(&session, &[("DBUS_SESSION_BUS_ADDRESS", "no address")], words)
}

#[test]
fn help_needs_nothing() -> Result<()> {
    let session = desk::desktop()?;
    let mut command = session.command(Launch::program(APP)?.program);
    let output =
        command.arg("--help").env("DISPLAY", "").env("DBUS_SESSION_BUS_ADDRESS", "no address").output()?;
    ensure!(output.status.success() && !output.stdout.is_empty(), "{output:?}");
    Ok(())
}
