//! What has to be on the machine. Installed where that is the system's custom (Debian and Ubuntu, by apt),
//! else named exactly.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::{step, tools};

/// How much is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// To build the app.
    Build,
    /// To test the core as well, which has a keyring in it.
    Core,
    /// To open its window without a screen, and drive it, as well.
    Window,
    /// To build the packages, and to check them.
    Packages,
    /// To install them in a clean root, and to use them there, as well.
    CleanRoot,
}

/// For the build: `WebKitGTK` and what Tauri links.
const BUILD: &[&str] = &[
    "build-essential",
    "pkg-config",
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libdbus-1-dev",
];

/// For a keyring on a message bus.
const KEYRING: &[&str] = &["dbus", "gnome-keyring", "libglib2.0-bin"];

/// For a company's network: a proxy that looks into connections, and what makes its authority. Debian starts a proxy of its own
/// with it, which the tests do not use.
const PROXY: &[&str] = &["squid-openssl", "openssl"];

/// For a desktop of its own: screen, driver, window manager, fonts, pictures, and a program to drag files from; and what
/// the bench compares with.
const WINDOW: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xdotool",
    "openbox",
    "imagemagick",
    "xdg-utils",
    "desktop-file-utils",
    "libsecret-tools",
    "fonts-dejavu-core",
    "python3-gi",
    "gir1.2-gtk-3.0",
    "sqlite3",
];

/// For looking into the packages that were built.
const PACKAGES: &[&str] = &["lintian", "desktop-file-utils", "appstream", "rpm"];

/// For a root in which nothing was ever installed.
const CLEAN_ROOT: &[&str] = &["debootstrap"];

/// Where the packages of the lists have other names.
const ELSEWHERE: &str = "\
  Fedora: sudo dnf install gcc pkgconf-pkg-config webkit2gtk4.1-devel libappindicator-gtk3-devel librsvg2-devel dbus-devel
    for the tests also: xorg-x11-server-Xvfb xdotool openbox ImageMagick xdg-utils desktop-file-utils glib2 dbus-daemon gnome-keyring squid openssl libsecret python3-gobject gtk3 sqlite, and WebKitWebDriver
  Arch: sudo pacman -S --needed base-devel webkit2gtk-4.1 libayatana-appindicator librsvg dbus
    for the tests also: xorg-server-xvfb xdotool openbox imagemagick xdg-utils desktop-file-utils glib2 gnome-keyring squid openssl libsecret ttf-dejavu python-gobject gtk3 sqlite";

/// Vite's own floor.
const NODE: (u32, u32) = (20, 19);

/// How old apt's lists may be before they are fetched anew.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// Checks for everything, and installs what is missing.
pub(crate) fn setup(need: Need) -> Result<()> {
    if cfg!(target_os = "linux") {
        if tools::is_there("apt-get") && tools::is_there("dpkg-query") {
            install(&packages(need))?;
        } else {
            look(need)?;
        }
    } else if cfg!(target_os = "macos") {
        ensure!(
            tools::answer("xcode-select", &["-p"]).is_some(),
            "the Xcode command line tools are missing: run `xcode-select --install`"
        );
    } else if cfg!(windows) {
        ensure!(
            tools::answer("reg", &["query", WEBVIEW2]).is_some(),
            "the WebView2 runtime is missing (part of Windows 11): install it from \
             https://developer.microsoft.com/microsoft-edge/webview2; the build also needs the MSVC build tools \
             with “Desktop development with C++”"
        );
    }
    pages()
}

/// What the pages of the window are built with.
pub(crate) fn pages() -> Result<()> {
    check_node()?;
    install_packages_of_ui()
}

/// Where the runtime registers itself.
const WEBVIEW2: &str =
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

fn packages(need: Need) -> Vec<&'static str> {
    match need {
        Need::Build => BUILD.to_vec(),
        Need::Core => [BUILD, KEYRING, PROXY].concat(),
        Need::Window => [BUILD, KEYRING, PROXY, WINDOW].concat(),
        Need::Packages => [BUILD, PACKAGES].concat(),
        Need::CleanRoot => [BUILD, PACKAGES, CLEAN_ROOT].concat(),
    }
}

/// What the tests need on a machine that has the app, and no compiler.
pub(crate) fn packages_of_tests() -> Vec<&'static str> {
    [KEYRING, PROXY, WINDOW].concat()
}

/// Those of the packages that are missing, by apt.
pub(crate) fn install(packages: &[&'static str]) -> Result<()> {
    let missing = missing(packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    let mut before = Vec::new();
    if !tools::is_root() {
        ensure!(
            tools::is_there("sudo"),
            "packages are missing and there is no sudo: run as root\n  apt-get install --no-install-recommends {}",
            missing.join(" ")
        );
        before.push("sudo");
    }
    println!("Missing packages, which apt installs now: {}", missing.join(" "));
    let apt = |arguments: &[&str]| {
        let words = [&before[..], &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments].concat();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]);
        command
    };
    if !lists_are_fresh() {
        let advice = "Check the network and /etc/apt/sources.list, and run it again.";
        step::run("Update the lists of packages", advice, apt(&["update"]))?;
    }
    let arguments = [&["install", "-y", "--no-install-recommends"][..], &missing].concat();
    let advice = format!("Install them yourself: apt-get install {}", missing.join(" "));
    step::run("Install packages", &advice, apt(&arguments))
}

/// Asks dpkg only: some milliseconds where nothing is missing.
fn missing(packages: &[&'static str]) -> Result<Vec<&'static str>> {
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${Package} ${db:Status-Abbrev}\n"])
        .args(packages)
        .output()
        .context("dpkg-query did not start")?;
    let said = String::from_utf8_lossy(&output.stdout);
    Ok(not_installed(packages, &said))
}

fn not_installed(packages: &[&'static str], said: &str) -> Vec<&'static str> {
    let installed: Vec<&str> = said
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| status.starts_with("ii"))
        .map(|(name, _)| name)
        .collect();
    packages.iter().copied().filter(|name| !installed.contains(name)).collect()
}

fn lists_are_fresh() -> bool {
    let Ok(entries) = fs::read_dir("/var/lib/apt/lists") else { return false };
    let newest = entries
        .flatten()
        .filter(|entry| entry.path().is_file() && entry.file_name() != "lock")
        .filter_map(|entry| entry.metadata().ok()?.modified().ok())
        .max();
    newest.is_some_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age < FRESH))
}

/// Other Linux systems: says what is missing.
fn look(need: Need) -> Result<()> {
    let libraries = ["webkit2gtk-4.1", "librsvg-2.0", "dbus-1"];
    let programs: &[&str] = match need {
        // What checks the packages is Debian's, and is left out elsewhere.
        Need::Build | Need::Packages | Need::CleanRoot => &["cc"],
        Need::Core => &["cc", "gdbus", "dbus-daemon", "gnome-keyring-daemon", "squid", "openssl"],
        Need::Window => &[
            "cc",
            "WebKitWebDriver",
            "Xvfb",
            "xdotool",
            "import",
            "xdg-open",
            "gdbus",
            "dbus-daemon",
            "gnome-keyring-daemon",
            "squid",
            "openssl",
            "secret-tool",
            "setpriv",
            "python3",
        ],
    };
    let mut missing: Vec<&str> = programs.iter().copied().filter(|name| !tools::is_there(name)).collect();
    missing
        .extend(libraries.iter().filter(|name| tools::answer("pkg-config", &["--exists", name]).is_none()));
    ensure!(missing.is_empty(), "missing: {}. Install\n{ELSEWHERE}", missing.join(", "));
    Ok(())
}

fn check_node() -> Result<()> {
    let (major, minor) = NODE;
    let how = format!("Node {major}.{minor} or newer with npm is needed for the UI: see https://nodejs.org");
    let Some(said) = tools::answer("node", &["--version"]) else { bail!("Node was not found. {how}") };
    ensure!(version(&said).is_some_and(|found| found >= NODE), "Node is too old ({said}). {how}");
    let has_npm =
        tools::npm(&["--version"]).current_dir(tools::root()).output().is_ok_and(|npm| npm.status.success());
    ensure!(has_npm, "npm was not found. {how}");
    Ok(())
}

fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// `npm ci`, where the lock file is not the one that was installed last.
fn install_packages_of_ui() -> Result<()> {
    let ui = tools::root().join("ui");
    let lock = fs::read(ui.join("package-lock.json")).context("ui/package-lock.json cannot be read")?;
    let digest = BASE64_STANDARD.encode(Sha256::digest(&lock));
    let stamp = tools::target().join("xtask/npm-ci");
    if is_stamped(&stamp, &digest) && ui.join("node_modules").is_dir() {
        return Ok(());
    }
    let npm = tools::npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    step::run("Install the UI's packages", "Check the network, and run it again.", npm)?;
    fs::create_dir_all(stamp.parent().context("a file has a directory")?)?;
    fs::write(stamp, digest)?;
    Ok(())
}

fn is_stamped(stamp: &Path, digest: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|found| found == digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_installed_packages_count() {
        let said = "xvfb ii \nxdotool rc \ndbus ii \n";
        assert_eq!(
            not_installed(&["xvfb", "xdotool", "dbus", "imagemagick"], said),
            ["xdotool", "imagemagick"],
            "a removed package with its settings left, and one that dpkg never saw, are missing"
        );
    }

    #[test]
    fn node_versions_compare_by_number() {
        assert!(version("v20.9.0").is_some_and(|found| found < NODE), "9 is before 19");
        assert!(version("v22.0.1").is_some_and(|found| found >= NODE), "a newer major has every minor");
        assert_eq!(version("nightly"), None, "what is no version is not taken for one");
    }
}
