//! The packages that people install.

use std::process::Command;

use anyhow::Result;

use crate::setup::Need;
use crate::{setup, step, tools};

/// Builds them for this system; on Linux those that need no download.
pub(crate) fn bundle() -> Result<()> {
    setup::setup(Need::Build)?;
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let mut tauri = Command::new(tools::root().join("ui/node_modules/.bin").join(name));
    tauri.current_dir(tools::root()).arg("build");
    if cfg!(target_os = "linux") {
        tauri.args(["--bundles", "deb,rpm"]);
    }
    step::run("Build the packages", "Tauri says above what is wrong.", tauri)?;
    println!("  {}", tools::target().join("release/bundle").display());
    Ok(())
}
