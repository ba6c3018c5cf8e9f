//! `cargo xtask live`: a trial of a real Confluence site. The trial itself is in `tests/live`, and reads its settings from
//! the environment that this has.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::setup::Need;
use crate::{setup, tools};

/// Makes the trial. It fails if anything differs from what the app counts on. Prints nothing after the trial's own last
/// line, which is the count.
pub(crate) fn live(yes: bool, wait: bool) -> Result<ExitCode> {
    setup::setup(Need::Build)?;
    let status = command(yes, wait).status().context("cargo did not start")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The trial, as a command.
fn command(yes: bool, wait: bool) -> Command {
    let mut cargo = tools::cargo(&["test", "--quiet", "--package=sally-tests", "--test=live", "--", "try"]);
    cargo.args(yes.then_some("--yes")).args(wait.then_some("--wait"));
    cargo
}
