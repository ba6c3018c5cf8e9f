//! The packages that people install: built, looked into, and tried.

mod clean_root;
mod contents;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::setup::Need;
use crate::{product, setup, step, tools};

/// Builds them for this system, on Linux those that need no download, and checks them there. Then tries them, if that is
/// wanted.
pub(crate) fn bundle(is_tried: bool, debug: bool) -> Result<()> {
    if is_tried {
        clean_root::ensure_possible()?;
    }
    setup::setup(if is_tried { Need::CleanRoot } else { Need::Packages })?;
    let (profile, folder) = if debug { ("dev", "debug") } else { ("release", "release") };
    product::build_ui()?;
    product::build_for_packages(profile)?;
    let packages = tools::target().join(folder).join("bundle");
    if packages.exists() {
        // One of an earlier version would be taken for one of this.
        fs::remove_dir_all(&packages).context("the packages of before cannot be removed")?;
    }
    let name = if cfg!(windows) { "tauri.cmd" } else { "tauri" };
    let mut tauri = Command::new(tools::root().join("ui/node_modules/.bin").join(name));
    tauri.current_dir(tools::root()).arg("bundle").args(debug.then_some("--debug"));
    if cfg!(target_os = "linux") {
        let program = tools::built(folder, "sally-desktop");
        tauri.args(["--bundles", "deb,rpm", "--config", &config_on_linux(&program)?.to_string()]);
    }
    step::run("Make the packages", "Tauri says above what is wrong.", tauri)?;
    if cfg!(target_os = "linux") {
        let deb = only(&packages.join("deb"), "deb")?;
        contents::check(&deb, &only(&packages.join("rpm"), "rpm")?, debug)?;
        if is_tried {
            clean_root::try_out(&deb)?;
        }
    }
    println!("  {}", packages.display());
    Ok(())
}

/// What holds for the packaging on Linux alone, over what `tauri.conf.json` says.
fn config_on_linux(program: &Path) -> Result<Value> {
    let config = fs::read(tools::root().join("tauri.conf.json")).context("tauri.conf.json cannot be read")?;
    let mut config: Value = serde_json::from_slice(&config)?;
    let mut depends = config["bundle"]["linux"]["deb"]["depends"].take();
    if tools::is_there("objdump") {
        let libc = format!("libc6 (>= {})", libc_of(program)?);
        depends.as_array_mut().context("the .deb depends on something")?.push(libc.into());
    }
    // Packages, files and folders have such names there; the app itself keeps the one that people see.
    Ok(json!({ "productName": "sally-desktop", "bundle": { "linux": { "deb": { "depends": depends } } } }))
}

/// The C library that a program needs at least, which depends on the machine that it was built on.
fn libc_of(program: &Path) -> Result<String> {
    let program = program.to_str().context("the path is not text")?;
    let symbols = tools::answer("objdump", &["--dynamic-syms", program])
        .context("objdump does not read the program")?;
    newest_libc(&symbols).context("the program does not say which C library it needs")
}

fn newest_libc(symbols: &str) -> Option<String> {
    let versions = symbols.split("(GLIBC_").skip(1).filter_map(|rest| rest.split(')').next());
    let numbers =
        |version: &&str| version.split('.').map(|part| part.parse().unwrap_or(0)).collect::<Vec<u32>>();
    versions.max_by_key(numbers).map(str::to_owned)
}

/// The one file with this ending.
fn only(folder: &Path, ending: &str) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension() == Some(OsStr::new(ending)))
        .collect();
    ensure!(found.len() == 1, "one .{ending} was to be made, and these were: {found:?}");
    Ok(found.remove(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_the_c_library_compare_by_number() {
        let symbols = "\
            0000000000000000  w   DF *UND*  0000000000000000 (GLIBC_2.9) a\n\
            0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.34) b\n\
            0000000000000000      DF *UND*  0000000000000000 (GLIBC_2.2.5) c\n\
            0000000000000000      DF *UND*  0000000000000000 (GCC_3.0) d\n";
        assert_eq!(newest_libc(symbols).as_deref(), Some("2.34"));
        assert_eq!(newest_libc("no symbols"), None);
    }
}
