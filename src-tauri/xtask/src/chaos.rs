//! `cargo xtask chaos`: many deliveries in bad times, and a count of what is lost or doubled. The run itself is in
//! `tests/chaos`.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use crate::setup::Need;
use crate::{schema, setup, tools};

/// Sends so many deliveries, as the seed has it. Fails if one is lost or doubled. Prints nothing after the run's own
/// last line, which is the count.
pub(crate) fn chaos(seed: u64, deliveries: usize) -> Result<ExitCode> {
    ensure!(
        cfg!(target_os = "linux"),
        "chaos runs on Linux only: it needs a message bus and a keyring of its own"
    );
    setup::setup(Need::Core)?;
    schema::fetch()?;
    let status = command(seed, deliveries).status().context("cargo did not start")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a failure means.
pub(crate) const ADVICE: &str = "What was lost or doubled is named above; the same seed brings it back.";

/// The run, as a command.
pub(crate) fn command(seed: u64, deliveries: usize) -> Command {
    let mut cargo = tools::cargo(&["test", "--quiet", "--package=sally-tests", "--test=chaos", "--"]);
    cargo.args(["--seed", &seed.to_string(), "--deliveries", &deliveries.to_string()]);
    cargo
}
