//! Files that a person drags from another program into the app's window: a real drag between two programs,
//! with a pointer that the X server moves.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::ChildStdout;
use url::Url;

use crate::process::Process;
use crate::session::Session;

/// The other program.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/e2e/drag_source.py");

/// How long it may take to do what it is asked for.
const LIMIT: Duration = Duration::from_secs(15);

/// Where its window is: beside the app's, which begins in the corner and is 1180 wide.
const PLACE: (i32, i32) = (1220, 20);

/// The middle of its window.
const HANDLE: (i32, i32) = (1240, 40);

/// Over the app's window.
const OVER_THE_APP: (i32, i32) = (600, 400);

/// The other program's window, with its files.
pub(crate) struct DragSource<'s> {
    session: &'s Session,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Process,
}

impl<'s> DragSource<'s> {
    /// Opens the window, and waits until it can be pressed.
    pub(crate) async fn open(session: &'s Session, files: &[&Path]) -> Result<Self> {
        // The system's own: its bindings of GTK come with the system, not with any other Python.
        let mut command = session.command("/usr/bin/python3");
        command.arg(PROGRAM).args([PLACE.0.to_string(), PLACE.1.to_string()]).stdout(Stdio::piped());
        for file in files {
            let address = Url::from_file_path(file).ok().context("a file to be dragged has a whole path")?;
            command.arg(address.as_str());
        }
        let mut process = Process::spawn(command, &session.path("drag-source.log"))?;
        let output = process.child().stdout.take().context("the output was piped")?;
        let lines = BufReader::new(ChildStdout::from_std(output)?).lines();
        let mut source = Self { session, lines, _process: process };
        source.wait_for("ready").await?;
        Ok(source)
    }

    /// Presses the files and pulls until they hang on the pointer.
    pub(crate) async fn take(&mut self) -> Result<()> {
        move_to(self.session, HANDLE)?;
        self.session.xdotool(&["mousedown", "1"])?;
        // A press becomes a drag after some pixels.
        pull(self.session, HANDLE, (HANDLE.0 - 15, HANDLE.1 + 10))?;
        self.wait_for("begun").await
    }

    /// Moves the files over the app's window.
    pub(crate) fn move_over_the_app(&self) -> Result<()> {
        pull(self.session, HANDLE, OVER_THE_APP)
    }

    /// Moves the files back to where they came from.
    pub(crate) fn move_back(&self) -> Result<()> {
        pull(self.session, OVER_THE_APP, HANDLE)
    }

    /// Lets go, and waits until the window under the pointer has taken the files.
    pub(crate) async fn let_go(&mut self) -> Result<()> {
        self.session.xdotool(&["mouseup", "1"])?;
        self.wait_for("dropped").await
    }

    async fn wait_for(&mut self, word: &str) -> Result<()> {
        let line = tokio::time::timeout(LIMIT, self.lines.next_line())
            .await
            .with_context(|| format!("the drag was not “{word}” within {LIMIT:?}"))??;
        let log = || std::fs::read_to_string(self.session.path("drag-source.log")).unwrap_or_default();
        ensure!(line.as_deref() == Some(word), "the drag should be “{word}”, not {line:?}: {}", log());
        Ok(())
    }
}

/// Moves the pointer from one point of the screen to another in steps, as a hand does.
fn pull(session: &Session, from: (i32, i32), to: (i32, i32)) -> Result<()> {
    const STEPS: i32 = 5;
    (1..=STEPS).try_for_each(|step| {
        let between = |from: i32, to: i32| from + (to - from) * step / STEPS;
        move_to(session, (between(from.0, to.0), between(from.1, to.1)))
    })
}

fn move_to(session: &Session, (x, y): (i32, i32)) -> Result<()> {
    session.xdotool(&["mousemove", &x.to_string(), &y.to_string()])
}
