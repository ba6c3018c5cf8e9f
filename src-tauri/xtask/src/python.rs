//! Programs that come from `PyPI`, pinned by hash, in an environment of their own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::step;

/// Installs what the requirements name into a folder, whose `bin` has it then. Once, until they change.
pub(crate) fn install(name: &str, place: &Path, requirements: &str) -> Result<()> {
    let wanted = place.join("requirements.txt");
    if fs::read_to_string(&wanted).is_ok_and(|installed| installed == requirements) {
        return Ok(());
    }
    let mut python = Command::new("python3");
    python.args(["-m", "venv", "--clear"]).arg(place);
    step::run(&format!("Make a place for {name}"), "Install python3 and python3-venv.", python)?;
    let asked = place.join("asked.txt");
    fs::write(&asked, requirements)?;
    let mut pip = Command::new(place.join("bin/pip"));
    pip.args(["install", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement"]);
    pip.arg(&asked);
    step::run(&format!("Install {name}"), "Check the network, and run it again.", pip)?;
    fs::rename(asked, wanted)?;
    Ok(())
}
