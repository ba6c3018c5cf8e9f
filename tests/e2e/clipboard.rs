//! The desktop's own clipboard, with something in it that was copied in another program.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::ChildStdout;

use crate::process::Process;
use crate::session::Session;

/// The other program.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/e2e/clipboard.py");

/// How long it may take to own the clipboard.
const LIMIT: Duration = Duration::from_secs(15);

/// What is in the clipboard as long as this lives.
pub(crate) struct Clipboard {
    _process: Process,
}

impl Clipboard {
    /// A text that was copied where it has no formats, as in a terminal.
    pub(crate) async fn of_text(session: &Session, text: &str) -> Result<Self> {
        Self::open(session, "", text).await
    }

    /// A piece of a web page.
    pub(crate) async fn of_html(session: &Session, html: &str, text: &str) -> Result<Self> {
        Self::open(session, html, text).await
    }

    async fn open(session: &Session, html: &str, text: &str) -> Result<Self> {
        // The system's own: its bindings of GTK come with the system, not with any other Python.
        let mut command = session.command("/usr/bin/python3");
        command.args([PROGRAM, html, text]).stdout(Stdio::piped());
        let log = session.path("clipboard.log");
        let mut process = Process::spawn(command, &log)?;
        let output = process.child().stdout.take().context("the output was piped")?;
        let mut lines = BufReader::new(ChildStdout::from_std(output)?).lines();
        let line = tokio::time::timeout(LIMIT, lines.next_line())
            .await
            .with_context(|| format!("nothing was copied within {LIMIT:?}"))??;
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        ensure!(line.as_deref() == Some("ready"), "nothing was copied: {}", said());
        Ok(Self { _process: process })
    }
}
