//! A try of the .deb where nothing was ever installed: a root of the same system, made by `debootstrap`. What the package
//! says that it needs has to be enough for the window to come up. Then the tests of the window use what is installed. What is
//! left after its removal is looked for.
//!
//! Each command runs in name spaces of its own: nothing is mounted outside of them, and whatever it starts ends with it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{product, schema, setup, step, tools};

/// A desktop to start the program on, as little of one as there is.
const DISPLAY: &str = "dbus,desktop-file-utils,libglib2.0-bin,procps,xauth,xdg-utils,xdotool,xvfb";

/// Mounts what programs count on, and goes on in the root that it is called with.
const ENTER: &str = r#"set -e
root=$1; shift
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm" "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
chmod 1777 "$root/dev/shm"
exec chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
"#;

/// Starts the program, waits for its window, and has it end as at the end of a session.
const START: &str = r"sally-desktop & app=$!
timeout 60 xdotool search --sync --onlyvisible --name 'Sally Desktop$' && kill -TERM $app && wait $app";

/// What is left of the package. Its name is in the names of all its files, and in each cache or list that speaks of it. The
/// tests have two folders of their own, which are handed over.
const LEFT: &str = r#"find / -xdev \( -path /proc -o -path /home -o -path /opt/trial -o -path /tmp -o -path "$1" -o -path "$2" \) \
    -prune -o -iname '*sally*' -print
grep -rlis sally-desktop /etc /usr/share/applications /usr/share/mime /var/lib/dpkg
echo looked"#;

/// Where the program keeps a person's data, below their home.
const DATA: &str = ".local/share/app.sally-desktop.SallyDesktop/sally.db";

/// Says at once why it cannot be done here, before anything is built.
pub(super) fn ensure_possible() -> Result<()> {
    ensure!(
        tools::is_there("apt-get") && tools::is_there("dpkg"),
        "a clean root can be made on Debian and Ubuntu only"
    );
    ensure!(
        tools::is_root(),
        "only root can make a clean root: run `sudo -E env PATH=\"$PATH\" cargo xtask bundle --try`"
    );
    Ok(())
}

/// Installs the package there, uses it, and removes it.
pub(super) fn try_out(deb: &Path) -> Result<()> {
    schema::fetch()?;
    product::build_sandbox()?;
    let tests = tests_of_window()?;
    let root = fresh()?;
    fs::copy(deb, root.0.join("tmp/package.deb"))?;
    let depends = said(Command::new("dpkg-deb").arg("--field").arg(deb).arg("Depends"))?;
    let advice = "The network, or a package that is named above, is not there.";
    let satisfy = ["apt-get", "satisfy", "--yes", "--no-install-recommends", depends.trim()];
    step::run("Clean root: update the lists of packages", advice, root.command(["apt-get", "update"]))?;
    step::run("Clean root: install what the package says that it needs", advice, root.command(satisfy))?;
    step::run(
        "Clean root: install the package",
        "dpkg says above what is wrong.",
        root.command(["dpkg", "--install", "/tmp/package.deb"]),
    )?;
    let ada = ["useradd", "--create-home", "ada"];
    step::run(
        "Clean root: a person who is not root",
        "useradd says above what is wrong.",
        root.command(ada),
    )?;
    let start =
        ["timeout", "120", "xvfb-run", "--auto-servernum", "dbus-run-session", "--", "sh", "-c", START];
    step::run(
        "Clean root: the program shows its window, with nothing but what it says that it needs",
        "Something is missing in the package's Depends (tauri.conf.json), or its window did not come within a minute.",
        root.as_ada(&start),
    )?;
    use_it(&root, &tests)?;
    for how in ["--remove", "--purge"] {
        let command = root.command(["dpkg", how, "sally-desktop"]);
        step::run(&format!("Clean root: dpkg {how}"), "dpkg says above what is wrong.", command)?;
    }
    step::perform("Clean root: nothing is left but the person's data", || {
        let (clone, target) = (tools::root(), tools::target());
        let arguments = ["sh", "-c", LEFT, "left"].map(OsStr::new);
        let left =
            said(&mut root.command(arguments.into_iter().chain([clone.as_os_str(), target.as_os_str()])))?;
        let left = left.strip_suffix("looked\n").context("the root could not be looked through")?;
        ensure!(left.is_empty(), "this is left:\n{left}");
        let data = root.0.join("home/ada").join(DATA);
        ensure!(data.exists(), "the person's data is gone: {}", data.display());
        Ok(())
    })
}

/// Runs those tests of the window that are for an installed program.
fn use_it(root: &Root, tests: &Path) -> Result<()> {
    let packages = setup::packages_of_tests();
    let install = [&["apt-get", "install", "--yes", "--no-install-recommends"][..], &packages].concat();
    step::run("Clean root: install what the tests need", "See the network.", root.command(install))?;
    let trial = root.0.join("opt/trial/debug");
    fs::create_dir_all(trial.join("deps"))?;
    fs::copy(tests, trial.join("deps/e2e"))?;
    fs::copy(tools::built("debug", "sally-test-browser"), trial.join("sally-test-browser"))?;
    // The tests look for what they need, and leave pictures of what fails, where they were built.
    let schema = schema::path();
    for folder in [Path::new("tests"), schema.parent().context("a file has a folder")?] {
        fs::create_dir_all(root.at(&tools::root().join(folder)))?;
    }
    fs::copy(&schema, root.at(&schema))?;
    let pictures = tools::target().join("e2e");
    let pictures = pictures.to_str().context("the path is not text")?;
    let made = root.command(["install", "--directory", "--owner=ada", pictures]).status()?;
    ensure!(made.success(), "there is no place for pictures");
    step::run(
        "Clean root: links, “Open with”, start at login",
        &format!("Each failed step left a picture in {}{pictures}.", root.0.display()),
        root.as_ada(&[
            "env",
            "SALLY_E2E_APP=/usr/bin/sally-desktop",
            "/opt/trial/debug/deps/e2e",
            "installed::",
            "--ignored",
            "--nocapture",
            "--test-threads=1",
        ]),
    )
}

/// The program of the tests of the window.
fn tests_of_window() -> Result<PathBuf> {
    step::perform("Build the tests of the window", || {
        let mut cargo = tools::cargo(&[
            "test",
            "--no-run",
            "--quiet",
            "--package=sally-tests",
            "--test=e2e",
            "--message-format=json",
        ]);
        for line in said(&mut cargo)?.lines() {
            let message: serde_json::Value = serde_json::from_str(line)?;
            if message["target"]["name"] == "e2e"
                && let Some(path) = message["executable"].as_str()
            {
                return Ok(path.into());
            }
        }
        bail!("cargo did not say where it is")
    })
}

/// A root in which nothing was installed yet.
struct Root(PathBuf);

impl Root {
    /// A path in it, as seen from outside.
    fn at(&self, path: &Path) -> PathBuf {
        self.0.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// A command in it, as root.
    fn command<S: AsRef<OsStr>>(&self, words: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "--", "sh"]);
        command.arg(self.0.with_file_name("enter.sh")).arg(&self.0).args(words);
        command
    }

    /// A command in it, as the person.
    fn as_ada(&self, words: &[&str]) -> Command {
        let person = ["runuser", "-u", "ada", "--", "env", "--chdir=/home/ada", "HOME=/home/ada"];
        self.command([&person[..], words].concat())
    }
}

/// A copy of a root that is made once.
fn fresh() -> Result<Root> {
    let folder = tools::target().join("clean-root");
    let (base, trial, made) = (folder.join("base"), folder.join("trial"), folder.join("made"));
    let codename = said(Command::new("sh").args(["-c", ". /etc/os-release; echo \"$VERSION_CODENAME\""]))?;
    let codename = codename.trim();
    if fs::read_to_string(&made).ok().as_deref() != Some(codename) {
        remove(&base)?;
        fs::create_dir_all(&folder)?;
        let mut debootstrap = Command::new("debootstrap");
        debootstrap.args(["--variant=minbase", &format!("--include={DISPLAY}"), codename]).arg(&base);
        step::run("Make a clean root (once)", "Check the network; debootstrap.log says more.", debootstrap)?;
        fs::write(&made, codename)?;
    }
    fs::write(folder.join("enter.sh"), ENTER)?;
    remove(&trial)?;
    let mut copy = Command::new("cp");
    copy.args(["--archive", "--reflink=auto"]).arg(&base).arg(&trial);
    step::run("Copy the clean root", "Is the disk full?", copy)?;
    Ok(Root(trial))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    Ok(())
}

/// What a command says, whatever it thinks of it.
fn said(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
