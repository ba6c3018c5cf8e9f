//! Programs that a test starts and that never outlive it: each leads a process group that ends with the
//! handle, and the kernel ends it when the test process itself dies.

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// How long a group may take to end when asked, before it is made to.
const GRACE: Duration = Duration::from_secs(3);

/// A running program and all that it started.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// A command that will run in exactly the given environment, in a group of its own.
    pub(crate) fn command<K: AsRef<OsStr>, V: AsRef<OsStr>>(
        program: impl AsRef<OsStr>,
        environment: impl IntoIterator<Item = (K, V)>,
    ) -> Command {
        // Spawned from the test's own thread, which outlives the handle: the signal means that the test died.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(program).env_clear().envs(environment);
        command.process_group(0).stdin(Stdio::null());
        command
    }

    /// Starts it; `log` gets what it says on either stream.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("the log cannot be written")?;
        command.stderr(log.try_clone()?);
        if !matches!(command.get_program().to_str(), Some("setpriv")) {
            anyhow::bail!("only commands made by Process::command end with the test");
        }
        let child = command.spawn().with_context(|| format!("{command:?} did not start"))?;
        Ok(Self { child })
    }

    /// The streams of the program, where they were piped.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    fn signal(&self, signal: &str) {
        // The shell's own kill: there is no safe call for a group in the standard library.
        let _ = Command::new("sh")
            .args(["-c", "kill -s \"$0\" -- \"-$1\" 2>/dev/null", signal])
            .arg(self.child.id().to_string())
            .status();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal("TERM");
        let deadline = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        // What the leader left behind, too.
        self.signal("KILL");
        let _ = self.child.wait();
    }
}
