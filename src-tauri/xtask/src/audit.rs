//! `cargo xtask audit`: what both lock files bring in. Known vulnerabilities, licences, sources and twins by `cargo deny`
//! (rules and reasons in `.deny.toml`) and `npm audit`, the age of every version, and a bill of materials
//! (`CycloneDX`, one file for each half) in `target/audit`.

mod age;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::suite::Tally;
use crate::{setup, step, tools};

/// The programs, at the versions that this was written for.
const DENY: &str = "cargo-deny@0.20.2";
const BILLS: &str = "cargo-cyclonedx@0.5.9";

const ADVICE: &str =
    "It names the package above. Update it, or give the reason why it may stay in .deny.toml.";

/// Does all of it, on through failures. What nobody answered is said, and is no failure.
pub(crate) fn audit() -> ExitCode {
    let mut tally = Tally::default();
    run(&mut tally);
    tally.close()
}

/// As a part of something larger.
pub(crate) fn run(tally: &mut Tally) {
    if let Err(error) = setup::pages().and_then(|()| install(DENY)).and_then(|()| install(BILLS)) {
        return tally.fail(format!("{error:#}"));
    }
    let _ = without_network(tally);
    if step::run("Fetch the advisories", "Nobody answered.", deny(&["fetch", "db"])).is_ok() {
        tally.step("Advisories", ADVICE, deny(&["check", "advisories"]));
    } else {
        println!("Left out: the advisories of RustSec did not come.");
    }
    let audited = step::perform("npm audit", npm_audit);
    tally.count(&audited);
    tally.count(&step::perform("Ages", age::check));
    tally.count(&step::perform("Bills of materials", bills));
}

/// What needs no network, where the program is there already. Answers whether it is.
pub(crate) fn without_network(tally: &mut Tally) -> bool {
    let is_there = program("cargo-deny").is_file();
    if is_there {
        tally.step(
            "Licences, sources and twins",
            ADVICE,
            deny(&["--offline", "check", "bans", "licenses", "sources"]),
        );
    }
    is_there
}

fn programs() -> PathBuf {
    tools::target().join("audit-tools")
}

fn program(name: &str) -> PathBuf {
    programs().join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

fn install(what: &str) -> Result<()> {
    let mut cargo = tools::cargo(&["install", "--locked", "--quiet", what, "--root"]);
    cargo.arg(programs());
    step::run(&format!("Install {what} (some minutes)"), "Check the network, and run it again.", cargo)
}

/// Its rules lie at the root under a name that it does not look for.
fn deny(arguments: &[&str]) -> Command {
    let mut deny = tools::cargo_at(&program("cargo-deny"));
    deny.args(["--all-features", "--config=.deny.toml"]).args(arguments);
    deny
}

/// Known vulnerabilities of the UI's packages. The registry may have no such service.
fn npm_audit() -> Result<()> {
    let output = tools::npm(&["audit", "--json", "--package-lock-only"]).stderr(Stdio::null()).output()?;
    let said: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let Some(found) = said["vulnerabilities"].as_object() else {
        println!("Left out: the registry did not answer `npm audit`.");
        return Ok(());
    };
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    ensure!(names.is_empty(), "known vulnerabilities in {}: see `npm audit` in ui", names.join(", "));
    Ok(())
}

/// One for each half of the app: what is compiled into it, and what the pages are built from.
fn bills() -> Result<()> {
    let folder = tools::target().join("audit");
    fs::create_dir_all(&folder)?;
    let mut cargo = tools::cargo_at(&program("cargo-cyclonedx"));
    cargo.args(["cyclonedx", "--format=json", "--spec-version=1.5", "--quiet"]);
    ensure!(cargo.status()?.success(), "cargo-cyclonedx failed");
    // It writes one beside each package of the workspace.
    for manifest in manifests()? {
        let package = manifest.parent().context("a manifest has a folder")?;
        for entry in fs::read_dir(package)?.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name == "sally-desktop.cdx.json" {
                fs::rename(entry.path(), folder.join(&*name))?;
            } else if name.ends_with(".cdx.json") {
                fs::remove_file(entry.path())?;
            }
        }
    }
    let pages =
        tools::npm(&["sbom", "--sbom-format=cyclonedx", "--omit=dev", "--package-lock-only"]).output()?;
    ensure!(pages.status.success(), "npm sbom failed: {}", String::from_utf8_lossy(&pages.stderr));
    fs::write(folder.join("ui.cdx.json"), &pages.stdout)?;
    for name in ["sally-desktop.cdx.json", "ui.cdx.json"] {
        println!("{}: {} components", folder.join(name).display(), components(&folder.join(name))?);
    }
    Ok(())
}

fn components(bill: &Path) -> Result<usize> {
    let bill: Value = serde_json::from_slice(&fs::read(bill)?)?;
    Ok(bill["components"].as_array().context("a bill without components")?.len())
}

/// Those of the workspace.
fn manifests() -> Result<Vec<PathBuf>> {
    let output = tools::cargo(&["metadata", "--no-deps", "--format-version=1", "--locked"]).output()?;
    let said: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let packages = said["packages"].as_array().context("a workspace has packages")?;
    Ok(packages.iter().filter_map(|package| package["manifest_path"].as_str()).map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The half of `npm` that `cargo deny` does not see.
    #[test]
    fn a_package_of_the_ui_comes_from_the_registry_with_its_digest_and_runs_nothing() {
        let lock = fs::read(tools::root().join("ui/package-lock.json")).unwrap();
        let lock: Value = serde_json::from_slice(&lock).unwrap();
        let packages = lock["packages"].as_object().unwrap();
        assert!(packages.len() > 100, "it was read");
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].is_string(), "{name} has no digest");
            assert!(package["hasInstallScript"].is_null(), "{name} runs something when it is installed");
            let elsewhere = package["resolved"]
                .as_str()
                .is_some_and(|from| !from.starts_with("https://registry.npmjs.org/"));
            assert!(!elsewhere && package["link"].is_null(), "{name} comes from elsewhere");
        }
    }

    #[test]
    fn npm_takes_no_version_of_this_week() {
        let settings = fs::read_to_string(tools::root().join("ui/.npmrc")).unwrap();
        assert!(settings.lines().any(|line| line == format!("min-release-age={}", age::DAYS)), "{settings}");
    }
}
