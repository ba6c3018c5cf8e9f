//! Programs that a test starts in the session of a person, and that end with their handle.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

/// A running program.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// A command that will run in the environment of the person.
    pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        command
    }

    /// Starts it; `log` gets what it says of errors.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log).context("the log cannot be written")?;
        let child = command.stderr(log).spawn().with_context(|| format!("{command:?} did not start"))?;
        Ok(Self { child })
    }

    /// The program.
    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
