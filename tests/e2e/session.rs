//! A desktop of its own for one test: X server, message bus, keyring and home directory, none of them shared
//! with the person at the machine or with another test.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::panel::Panel;
use crate::process::Process;

/// The keyring that the desktop has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Keyring {
    /// Open, as after a login.
    #[default]
    Unlocked,
    /// There, and nobody types its password.
    Locked,
    /// No program keeps secrets.
    None,
}

/// What kind of desktop it is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Profile {
    /// The keyring.
    pub(crate) keyring: Keyring,
    /// Whether the desktop prefers dark windows.
    pub(crate) dark: bool,
    /// A desktop without a panel: neither tray nor notifications.
    pub(crate) bare: bool,
    /// Whether a window manager gives windows frames and the focus. Without one a driver's keys reach windows all the
    /// same, but those of a keyboard do not.
    pub(crate) managed: bool,
}

/// The desktop. Everything on it ends when it is dropped.
pub(crate) struct Session {
    keyring: RefCell<Option<Process>>,
    panel: Option<Panel>,
    /// In the order in which they end: the bus, the screen.
    processes: Vec<Process>,
    environment: Vec<(&'static str, OsString)>,
    root: TempDir,
}

/// A bus that starts no service by itself: what a test did not start is not there.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=@bus@</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The keyring's password; it protects nothing.
const PASSWORD: &[u8] = b"test";

impl Session {
    /// Starts an empty desktop.
    pub(crate) fn start(profile: Profile) -> Result<Self> {
        let root = tempfile::Builder::new().prefix("sally-").tempdir()?;
        let at = |name: &str| -> Result<PathBuf> {
            let path = root.path().join(name);
            fs::create_dir(&path)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
            Ok(path)
        };
        let mut environment: Vec<(&'static str, OsString)> = vec![
            ("PATH", std::env::var_os("PATH").context("there is no PATH")?),
            ("LANG", "C.UTF-8".into()),
            ("TZ", "UTC".into()),
            ("HOME", at("home")?.into()),
            ("TMPDIR", at("tmp")?.into()),
            ("XDG_RUNTIME_DIR", at("run")?.into()),
            // xdg-open asks gio, which understands the quoted `Exec` of the app's handler.
            ("XDG_CURRENT_DESKTOP", "GNOME".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
        ];
        if profile.dark {
            environment.push(("GTK_THEME", "Adwaita:dark".into()));
        }
        let mut session =
            Self { keyring: RefCell::default(), panel: None, processes: Vec::new(), environment, root };
        session.start_screen()?;
        session.start_bus()?;
        if profile.managed {
            session.start_window_manager()?;
        }
        if !profile.bare {
            let bus = session.variable("DBUS_SESSION_BUS_ADDRESS").context("there is a bus")?;
            session.panel = Some(Panel::start(&bus)?);
        }
        if profile.keyring != Keyring::None {
            session.unlock_keyring()?;
        }
        if profile.keyring == Keyring::Locked {
            session.lock_keyring()?;
        }
        Ok(session)
    }

    /// A command on this desktop, that ends with the test.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        Process::command(program, self.environment.iter().map(|(name, value)| (name, value)))
    }

    /// The panel of a desktop that is not bare.
    pub(crate) fn panel(&self) -> Result<&Panel> {
        self.panel.as_ref().context("this desktop is bare")
    }

    fn variable(&self, wanted: &str) -> Option<String> {
        let (_, value) = self.environment.iter().find(|(name, _)| *name == wanted)?;
        value.to_str().map(str::to_owned)
    }

    /// A place for files that lives as long as the desktop.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Locks the login keyring, as a desktop does when its person leaves.
    pub(crate) fn lock_keyring(&self) -> Result<()> {
        self.run(
            "gdbus",
            &[
                "call",
                "--session",
                "--dest=org.freedesktop.secrets",
                "--object-path=/org/freedesktop/secrets",
                "--method=org.freedesktop.Secret.Service.Lock",
                "['/org/freedesktop/secrets/collection/login']",
            ],
            &[],
        )
    }

    /// Unlocks the login keyring with its password. What it keeps stays; its program starts anew, which is
    /// the only unlocking that takes a password from elsewhere than a prompt.
    pub(crate) fn unlock_keyring(&self) -> Result<()> {
        drop(self.keyring.take());
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let mut process = Process::spawn(command, &self.path("keyring.log"))?;
        process.child().stdin.take().context("the input was piped")?.write_all(PASSWORD)?;
        self.keyring.replace(Some(process));
        self.run("gdbus", &["wait", "--session", "--timeout=20", "org.freedesktop.secrets"], &[])
            .context("the keyring did not come")
    }

    /// Waits until the bus has let go of the app's name: a start before that would hand over to an app that is gone.
    pub(crate) fn wait_until_no_instance(&self) -> Result<()> {
        wait(|| self.instance().is_none()).context("the app that ended still holds its name")
    }

    /// Waits until the programs are gone in which this desktop's web views run.
    pub(crate) fn wait_until_no_web_view(&self) -> Result<()> {
        let home = self.variable("HOME").context("there is a home")?;
        // Each process has its surroundings in a file, which only its own person can read.
        let find = format!(
            "grep -lzFx 'HOME={home}' /proc/[0-9]*/environ 2>/dev/null | sed 's/environ$/comm/' \
                            | xargs -r cat 2>/dev/null | grep -q '^WebKit.*Pr'"
        );
        wait(|| self.run("sh", &["-c", &find], &[]).is_err()).context("a web view's program still runs")
    }

    /// Waits until another process than this one is the app.
    pub(crate) fn wait_for_another_instance(&self, than: u32) -> Result<()> {
        wait(|| self.instance().is_some_and(|now| now != than)).context("the app did not start again")
    }

    /// The process that has the app's name on the bus.
    pub(crate) fn instance(&self) -> Option<u32> {
        let mut ask = self.command("gdbus");
        ask.args([
            "call",
            "--session",
            "--dest=org.freedesktop.DBus",
            "--object-path=/org/freedesktop/DBus",
            "--method=org.freedesktop.DBus.GetConnectionUnixProcessID",
            "app.sally-desktop.SallyDesktop.SingleInstance",
        ]);
        let said = ask.output().ok()?.stdout;
        let said = String::from_utf8_lossy(&said);
        said.trim().strip_prefix("(uint32 ")?.strip_suffix(",)")?.parse().ok()
    }

    /// Tells the process of the app to end, as a desktop does at the end of a session. Answers which one it is.
    pub(crate) fn terminate(&self) -> Result<u32> {
        let process = self.instance().context("the app does not run")?;
        self.run("kill", &["-s", "TERM", &process.to_string()], &[])?;
        Ok(process)
    }

    /// Real input from outside the window, for what `WebDriver` cannot reach: `&["key", "ctrl+l"]`.
    pub(crate) fn xdotool(&self, arguments: &[&str]) -> Result<()> {
        // It waits for windows without an end.
        self.run("timeout", &[&["20", "xdotool"], arguments].concat(), &[])
    }

    /// Waits until a window with this name is on the screen, or is not. A window manager does not say when.
    pub(crate) fn wait_for_window(&self, name: &str, shown: bool) -> Result<()> {
        let found = || self.xdotool(&["search", "--onlyvisible", "--name", name]).is_ok();
        wait(|| found() == shown).with_context(|| format!("“{name}” shown: {}", !shown))
    }

    /// Presses keys until no window with this name is shown: a window manager that is busy may lose them. They go to that
    /// window only.
    pub(crate) fn press_until_gone(&self, keys: &str, name: &str) -> Result<()> {
        wait(|| {
            if self.is_active(name) {
                // What fails shows in the search that follows.
                let _ = self.xdotool(&["key", keys]);
            }
            self.xdotool(&["search", "--onlyvisible", "--name", name]).is_err()
        })
        .with_context(|| format!("“{name}” is still shown"))
    }

    fn is_active(&self, name: &str) -> bool {
        let find = format!("xdotool search --name '{name}' | grep -qx \"$(xdotool getactivewindow)\"");
        self.run("sh", &["-c", &find], &[]).is_ok()
    }

    /// Waits until a window with this name has the keyboard.
    pub(crate) fn wait_for_active(&self, name: &str) -> Result<()> {
        wait(|| self.is_active(name)).with_context(|| format!("“{name}” is not active"))
    }

    /// Gives a window the keyboard, as a click on it does.
    pub(crate) fn activate(&self, name: &str) -> Result<()> {
        self.xdotool(&["search", "--onlyvisible", "--name", name, "windowactivate", "--sync"])
    }

    /// A picture of the whole screen, with the windows that `WebDriver` does not see.
    pub(crate) fn picture(&self, path: &Path) -> Result<()> {
        let path = path.to_str().context("the path is not text")?;
        self.run("import", &["-window", "root", path], &[])
    }

    /// Runs a program to its end, which must be a good one.
    pub(crate) fn run(&self, program: &str, arguments: &[&str], input: &[u8]) -> Result<()> {
        let mut child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{program} did not start"))?;
        child.stdin.take().context("the input was piped")?.write_all(input)?;
        let output = child.wait_with_output()?;
        ensure!(
            output.status.success(),
            "{program} {arguments:?} failed: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    fn start_screen(&mut self) -> Result<()> {
        let mut command = self.command("Xvfb");
        // It begins anew when its last client goes, and refuses one that comes at that moment, unless it is told not to.
        command.args(["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp", "-noreset"]);
        let number = self.start_and_read("screen", command)?;
        self.environment.push(("DISPLAY", format!(":{number}").into()));
        Ok(())
    }

    fn start_window_manager(&mut self) -> Result<()> {
        let log = self.path("windows.log");
        let mut command = self.command("openbox");
        command.arg("--sm-disable");
        self.processes.insert(0, Process::spawn(command, &log)?);
        // It does not say when it is there, so it is asked.
        wait(|| self.xdotool(&["get_num_desktops"]).is_ok()).context("the window manager did not come")
    }

    fn start_bus(&mut self) -> Result<()> {
        let config = self.path("bus.xml");
        let socket = self.path("run/bus");
        fs::write(&config, BUS.replace("@bus@", &socket.to_string_lossy()))?;
        let mut command = self.command("dbus-daemon");
        command.arg("--config-file").arg(config).args(["--nofork", "--print-address=1"]);
        let address = self.start_and_read("bus", command)?;
        self.environment.push(("DBUS_SESSION_BUS_ADDRESS", address.into()));
        Ok(())
    }

    /// Starts a program that says on its first line how it is reached.
    fn start_and_read(&mut self, name: &str, mut command: Command) -> Result<String> {
        let log = self.path(&format!("{name}.log"));
        command.stdout(Stdio::piped());
        let mut process = Process::spawn(command, &log)?;
        let output = process.child().stdout.take().context("the output was piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let said = fs::read_to_string(&log).unwrap_or_default();
        ensure!(!line.trim().is_empty(), "the {name} did not start: {said}");
        self.processes.insert(0, process);
        Ok(line.trim().to_owned())
    }
}

/// Asks until it is so, where nothing tells.
fn wait(mut so: impl FnMut() -> bool) -> Result<()> {
    const LIMIT: Duration = Duration::from_secs(20);
    let deadline = Instant::now() + LIMIT;
    while !so() {
        ensure!(Instant::now() < deadline, "it is not so after {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}
