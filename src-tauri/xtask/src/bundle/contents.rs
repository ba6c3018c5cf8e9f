//! What is in the packages: the same files in both, what other programs say of them, and what they depend on. Where a program
//! that says so is not there, as outside of Debian, that is said.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{step, tools};

const DESKTOP_FILE: &str = "/usr/share/applications/sally-desktop.desktop";
const METAINFO: &str = "/usr/share/metainfo/app.sally-desktop.SallyDesktop.metainfo.xml";

/// What both install.
const FILES: [&str; 7] = [
    "/usr/bin/sally-desktop",
    DESKTOP_FILE,
    "/usr/share/icons/hicolor/128x128/apps/sally-desktop.png",
    "/usr/share/icons/hicolor/256x256@2/apps/sally-desktop.png",
    "/usr/share/icons/hicolor/32x32/apps/sally-desktop.png",
    "/usr/share/icons/hicolor/scalable/apps/sally-desktop.svg",
    METAINFO,
];

/// What Debian's has besides.
const FILES_OF_DEB: [&str; 2] =
    ["/usr/share/doc/sally-desktop/changelog.gz", "/usr/share/doc/sally-desktop/copyright"];

/// The same of the other.
const FILES_OF_RPM: [&str; 1] = ["/usr/share/licenses/sally-desktop/LICENSE"];

/// What the program links, loads or reads, as the two families of systems call it.
const NEEDS_OF_DEB: [&str; 6] = [
    "ca-certificates",
    "libwebkit2gtk-4.1-0",
    "libgtk-3-0",
    "libayatana-appindicator3-1",
    "libdbus-1-3",
    "libc6",
];
const NEEDS_OF_RPM: [&str; 5] = [
    "ca-certificates",
    "libwebkit2gtk-4.1.so.0()(64bit)",
    "libgtk-3.so.0()(64bit)",
    "libayatana-appindicator3.so.1()(64bit)",
    "libdbus-1.so.3()(64bit)",
];

/// Checks both.
pub(super) fn check(deb: &Path, rpm: &Path, debug: bool) -> Result<()> {
    let unpacked = tools::target().join("xtask/unpacked");
    step::perform("What is in the .deb", || {
        if !can("dpkg-deb") {
            return Ok(());
        }
        unpack(deb, &unpacked)?;
        compare(&files_below(&unpacked, &unpacked)?, &[&FILES[..], &FILES_OF_DEB].concat())?;
        let field = |name: &str| said("dpkg-deb", &["--field", text(deb)?, name]);
        ensure!(field("Version")? == env!("CARGO_PKG_VERSION"), "it has another version");
        let depends = field("Depends")?;
        depends_on(&depends.split(", ").collect::<Vec<_>>(), &NEEDS_OF_DEB)
    })?;
    step::perform("What is in the .rpm", || {
        if !can("rpm") {
            return Ok(());
        }
        let ask = |query: &[&str]| said("rpm", &[&["--query", "--package"], query, &[text(rpm)?]].concat());
        let files = ask(&["--list"])?.lines().map(str::to_owned).collect();
        compare(&files, &[&FILES[..], &FILES_OF_RPM].concat())?;
        let version = ask(&["--queryformat", "%{VERSION}"])?;
        ensure!(version == env!("CARGO_PKG_VERSION"), "it has another version: {version}");
        depends_on(&ask(&["--requires"])?.lines().collect::<Vec<_>>(), &NEEDS_OF_RPM)
    })?;
    let installed = |path: &str| unpacked.join(path.trim_start_matches('/'));
    let mut lintian = Command::new("lintian");
    lintian.args(["--fail-on", "error", "--tag-display-limit", "0"]).args(as_root()).arg(deb);
    if debug {
        // Nobody installs such a build.
        lintian.args(["--suppress-tags", "unstripped-binary-or-object"]);
    }
    let mut desktop_file = Command::new("desktop-file-validate");
    desktop_file.arg(installed(DESKTOP_FILE));
    let mut metainfo = Command::new("appstreamcli");
    // Its addresses are for people; a check must not depend on a network.
    metainfo.args(["validate", "--no-net"]).arg(installed(METAINFO));
    for command in [lintian, desktop_file, metainfo] {
        let program = command.get_program().to_string_lossy().into_owned();
        if can(&program) {
            step::run(
                &program,
                "It says above what is wrong, in src-tauri/packaging or tauri.conf.json.",
                command,
            )?;
        }
    }
    Ok(())
}

/// Whether something can be checked here.
fn can(program: &str) -> bool {
    let is_there = tools::is_there(program);
    if !is_there {
        println!("  Not checked: {program} is not there.");
    }
    is_there
}

/// It warns of running as root, unless it is told that this is meant.
fn as_root() -> Option<&'static str> {
    tools::is_root().then_some("--allow-root")
}

fn unpack(deb: &Path, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    said("dpkg-deb", &["--extract", text(deb)?, text(folder)?]).map(drop)
}

/// The files below a folder, each as it is called once it is installed.
fn files_below(root: &Path, folder: &Path) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            found.extend(files_below(root, &path)?);
        } else {
            found.insert(format!("/{}", text(path.strip_prefix(root)?)?));
        }
    }
    Ok(found)
}

fn compare(found: &BTreeSet<String>, wanted: &[&str]) -> Result<()> {
    let wanted: BTreeSet<String> = wanted.iter().map(|&path| path.to_owned()).collect();
    let missing: Vec<_> = wanted.difference(found).collect();
    let more: Vec<_> = found.difference(&wanted).collect();
    ensure!(missing.is_empty() && more.is_empty(), "missing: {missing:?}; nobody expects: {more:?}");
    println!("  {} files", found.len());
    Ok(())
}

fn depends_on(found: &[&str], wanted: &[&str]) -> Result<()> {
    println!("  needs {}", found.join(", "));
    // A version may follow the name.
    let is_there = |name: &&&str| found.iter().any(|one| one.split(' ').next() == Some(**name));
    let missing: Vec<_> = wanted.iter().filter(|name| !is_there(name)).collect();
    ensure!(missing.is_empty(), "it does not say that it needs {missing:?}");
    Ok(())
}

/// What a program says that ends well.
fn said(program: &str, arguments: &[&str]) -> Result<String> {
    let output =
        Command::new(program).args(arguments).output().with_context(|| format!("{program} did not start"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {}: {complaint}", arguments.join(" "));
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path is not text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_by_hand_has_the_version_of_the_program() {
        let read =
            |name: &str| fs::read_to_string(tools::root().join("src-tauri/packaging").join(name)).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let metainfo = read("app.sally-desktop.SallyDesktop.metainfo.xml");
        let newest = metainfo.split("<release version=\"").nth(1).unwrap();
        assert!(newest.starts_with(&format!("{version}\"")), "in the metainfo: {newest}");
        let changelog = read("changelog");
        assert!(changelog.starts_with(&format!("sally-desktop ({version})")), "in Debian's: {changelog}");
    }

    #[test]
    fn a_file_that_nobody_expects_is_named() {
        let found = |paths: &[&str]| paths.iter().map(|&path| path.to_owned()).collect();
        compare(&found(&["/a", "/b"]), &["/b", "/a"]).unwrap();
        let error = compare(&found(&["/a", "/c"]), &["/a", "/b"]).unwrap_err().to_string();
        assert!(error.contains("missing: [\"/b\"]") && error.contains("[\"/c\"]"), "{error}");
    }

    #[test]
    fn a_need_counts_with_its_version() {
        depends_on(&["gtk3 >= 3.24", "webkit2gtk4.1"], &["gtk3"]).unwrap();
        assert!(depends_on(&["gtk3-devel"], &["gtk3"]).is_err(), "another package");
    }
}
