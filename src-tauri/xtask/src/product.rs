//! Builds: the UI, the app, and the programs that stand in for the world around it.

use std::process::Command;

use anyhow::Result;

use crate::{step, tools};

const COMPILER: &str = "The compiler says above what is wrong.";

/// `ui/dist`, which the app embeds.
pub(crate) fn build_ui() -> Result<()> {
    let npm = tools::npm(&["run", "--silent", "build"]);
    step::run("Build the UI", "Vite says above what is wrong; `cargo xtask check` may say more.", npm)
}

/// Whether there is one, new or old: without it the shell does not compile.
pub(crate) fn has_ui() -> bool {
    tools::root().join("ui/dist/index.html").is_file()
}

/// The app with the UI inside, and what a window needs around it. One call, so that the bare window and the app
/// share every dependency.
pub(crate) fn build_app() -> Result<()> {
    step::run("Build the app (the first time takes some minutes)", COMPILER, shell("build", FEATURES))
}

/// The app with a driver for its window inside, in the place of the other one: tests only.
pub(crate) fn build_driven_app() -> Result<()> {
    step::run("Build the app with a driver inside", COMPILER, shell("build", ALL_FEATURES))
}

/// The tests beside the shell's code, built with what the app was.
pub(crate) fn shell_tests() -> Command {
    let mut cargo = shell("test", FEATURES);
    cargo.arg("--bins");
    cargo
}

/// With the hook that says when the windows can be used, by which a test measures.
const FEATURES: &str = "sally-desktop/custom-protocol,sally-desktop/bench";

/// With the driver for its window and the hook of the bench, too: all that there is to lint.
pub(crate) const ALL_FEATURES: &str =
    "sally-desktop/custom-protocol,sally-desktop/webdriver,sally-desktop/bench";

fn shell(verb: &str, features: &str) -> Command {
    tools::cargo(&[verb, "--package=sally-desktop", "--package=bare-window", "--features", features])
}

/// The app as it is installed. Cargo's profile for it is `release` or, for a try, `dev`.
pub(crate) fn build_for_packages(profile: &str) -> Result<()> {
    let mut cargo = tools::cargo(&[
        "build",
        "--profile",
        profile,
        "--package=sally-desktop",
        "--features=sally-desktop/custom-protocol",
    ]);
    // What a report names. Not for other builds: each commit would build the shell anew.
    let root = tools::root().display().to_string();
    if let Some(commit) = tools::answer("git", &["-C", &root, "rev-parse", "--short=12", "HEAD"]) {
        cargo.env("SALLY_COMMIT", commit);
    }
    step::run("Build the app (a release takes some minutes)", COMPILER, cargo)
}

/// The sandbox and the test's browser.
pub(crate) fn build_sandbox() -> Result<()> {
    let cargo = tools::cargo(&["build", "--package=sally-tests", "--bins"]);
    step::run("Build the sandbox", COMPILER, cargo)
}

/// Writes the TypeScript bindings anew.
pub(crate) fn write_bindings() -> Result<()> {
    let mut cargo = tools::cargo(&["test", "--package=sally-tests", "--test=it", "bindings"]);
    cargo.env("SALLY_WRITE_BINDINGS", "1");
    step::run("Write the bindings", COMPILER, cargo)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the app is built from, on all systems.
    fn crates(features: &str) -> String {
        let mut cargo = tools::cargo(&["tree", "--package=sally-desktop", "--target=all", "--prefix=none"]);
        let output =
            cargo.args(["--edges=normal,build", "--locked", "--features", features]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn only_the_app_for_tests_has_a_driver_inside() {
        assert!(crates("webdriver").contains("tauri-plugin-wdio-webdriver"), "it would be seen");
        assert!(!crates("default").contains("webdriver"), "the app of people can be driven by nobody");
    }
}
