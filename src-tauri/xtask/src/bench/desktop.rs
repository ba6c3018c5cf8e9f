//! The desktop that both windows are measured on: a screen and a bus of their own, an empty home, and no variable
//! of the person's. Nothing else runs on it.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Ends with its handle.
pub(super) struct Desktop {
    environment: Vec<(&'static str, OsString)>,
    programs: Vec<Child>,
}

/// A bus that starts nothing by itself.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Desktop {
    /// Starts it in a directory, which is emptied first.
    pub(super) fn start(directory: &Path) -> Result<Self> {
        if directory.exists() {
            fs::remove_dir_all(directory).context("the last desktop cannot be removed")?;
        }
        let at = |name: &str| -> Result<PathBuf> {
            let path = directory.join(name);
            fs::create_dir_all(&path)?;
            private(&path)?;
            Ok(path)
        };
        let environment = vec![
            ("PATH", std::env::var_os("PATH").unwrap_or_default()),
            ("LANG", "C.UTF-8".into()),
            ("HOME", at("home")?.into()),
            ("XDG_RUNTIME_DIR", at("run")?.into()),
            ("XDG_CURRENT_DESKTOP", "GNOME".into()),
            ("GSETTINGS_BACKEND", "memory".into()),
            ("GDK_BACKEND", "x11".into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("SALLY_DATA_DIR", at("data")?.into()),
        ];
        let config = directory.join("bus.xml");
        fs::write(&config, BUS)?;
        let mut desktop = Self { environment, programs: Vec::new() };

        let mut screen = desktop.command(Path::new("Xvfb"));
        screen.args(["-displayfd", "1", "-screen", "0", "1280x860x24", "-nolisten", "tcp"]);
        let number = desktop.start_and_read(screen)?;
        desktop.environment.push(("DISPLAY", format!(":{number}").into()));

        let mut bus = desktop.command(Path::new("dbus-daemon"));
        bus.arg("--config-file").arg(config).args(["--nofork", "--print-address=1"]);
        let address = desktop.start_and_read(bus)?;
        desktop.environment.push(("DBUS_SESSION_BUS_ADDRESS", address.into()));
        Ok(desktop)
    }

    /// A command on this desktop, whose words nobody reads.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Starts a program that says on its first line how it is reached.
    fn start_and_read(&mut self, mut command: Command) -> Result<String> {
        let mut child =
            command.stdout(Stdio::piped()).spawn().with_context(|| format!("{command:?} did not start"))?;
        let output = child.stdout.take().context("the output was piped")?;
        self.programs.push(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        ensure!(!line.trim().is_empty(), "{command:?} ended at once");
        Ok(line.trim().to_owned())
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        for program in self.programs.iter_mut().rev() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

#[cfg(unix)]
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o700))?)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on the systems with permissions of this kind")]
fn private(_path: &Path) -> Result<()> {
    Ok(())
}
