//! A message bus, a home folder and a keyring of its own, so that nobody's are touched.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, ensure};

/// Starts this program again in that world.
pub(crate) fn enter(seed: u64, deliveries: usize) -> Result<ExitCode> {
    let home = tempfile::tempdir()?;
    let runtime = home.path().join("runtime");
    std::fs::create_dir(&runtime)?;
    // The keyring trusts only a folder that nobody else can enter.
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700))?;
    let status = Command::new("dbus-run-session")
        .arg("--")
        .arg(std::env::current_exe()?)
        .args(["inside", "--seed", &seed.to_string(), "--deliveries", &deliveries.to_string()])
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .status()
        .context("dbus-run-session did not start (package dbus)")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// gnome-keyring, which ends with this.
pub(crate) struct Keyring(Child);

impl Keyring {
    /// Starts it, unlocked.
    pub(crate) fn start() -> Result<Self> {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .context("gnome-keyring-daemon did not start (package gnome-keyring)")?;
        daemon.stdin.take().context("it has an input")?.write_all(b"password")?;
        let ready = Command::new("gdbus")
            .args(["wait", "--session", "--timeout", "20", "org.freedesktop.secrets"])
            .status()
            .context("gdbus did not start (package libglib2.0-bin)")?;
        ensure!(ready.success(), "the keyring did not come up");
        Ok(Self(daemon))
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
