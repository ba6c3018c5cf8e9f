//! The session of the person who runs the test, on Windows and macOS: a desktop of a test's own can be had on Linux only.
//! The test has its own data, and entries of its own in the person's keyring, named after the sandbox's address.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::Process;

/// What kind of desktop it is: there is nothing to choose.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Profile {}

/// The session.
pub(crate) struct Session {
    root: TempDir,
}

impl Session {
    /// Makes room for the test's data.
    pub(crate) fn start(_: Profile) -> Result<Self> {
        Ok(Self { root: tempfile::Builder::new().prefix("sally-").tempdir()? })
    }

    /// A command in this session, that ends with the test.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let _ = self;
        Process::command(program)
    }

    /// A place for files that lives as long as the session.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Runs a program to its end, which must be a good one.
    pub(crate) fn run(&self, program: &str, arguments: &[&str], _: &[u8]) -> Result<()> {
        let status = self.command(program).args(arguments).status();
        let status = status.with_context(|| format!("{program} did not start"))?;
        ensure!(status.success(), "{program} {arguments:?} failed: {status}");
        Ok(())
    }
}
