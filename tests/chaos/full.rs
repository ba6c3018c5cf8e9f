//! A full disk: no file can grow, or the database alone cannot, in a program that runs or in one that starts.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use sally_core::store::FILE_NAME;

use super::app::{Answer, Command};
use super::run::{Chaos, start};
use super::sent::Sent;

/// How long a start on a full disk may take to end, in one way or the other.
const START: Duration = Duration::from_secs(20);

/// More than the pages of a database have left.
const LONG: usize = 40_000;

/// What cannot grow.
#[derive(Clone, Copy)]
enum Full {
    /// Any file, the journal included (`RLIMIT_FSIZE`): the system refuses a write (`SQLITE_IOERR`).
    Files,
    /// The database (`PRAGMA max_page_count`): SQLite refuses a page (`SQLITE_FULL`).
    Database,
}

impl Chaos {
    /// Sends something while there is no room. What is refused then is not stored.
    pub(super) async fn send_on_a_full_disk(&mut self, mut sent: Sent) -> Result<Sent> {
        // A program that answers is one that a full disk does not end.
        self.list().await?;
        let full = if self.dice.one_in(2) { Full::Files } else { Full::Database };
        match full {
            Full::Files => self.troubles.full += 1,
            Full::Database => {
                self.troubles.full_databases += 1;
                let more = " and more";
                sent.words.push_str(&more.repeat(LONG / more.len()));
            }
        }
        self.fill(full, true).await?;
        let answer = self.tell(&sent.command()).await?;
        let pause = Duration::from_millis(self.dice.roll(400));
        tokio::time::sleep(pause).await;
        match answer {
            Some(Answer::Stored(id)) => sent.id = Some(id),
            Some(Answer::Refused(_)) => self.troubles.refused += 1,
            Some(other) => bail!("an answer to something else: {other:?}"),
            // The next program can write.
            None => sent.id = self.find(&sent).await?,
        }
        self.fill(full, false).await?;
        Ok(sent)
    }

    /// Takes the room from the program that runs, or gives it back.
    async fn fill(&mut self, full: Full, is_full: bool) -> Result<()> {
        match full {
            Full::Files => self.limit_files(if is_full { "0" } else { "unlimited" }).await,
            // One that was killed meanwhile has no limit.
            Full::Database => self.tell(&Command::Fill(is_full)).await.map(|_| ()),
        }
    }

    /// How large the files may be that the program writes.
    async fn limit_files(&self, bytes: &str) -> Result<()> {
        let id = self.app.child.id().context("it runs")?;
        let status = tokio::process::Command::new("prlimit")
            .args([format!("--pid={id}"), format!("--fsize={bytes}:")])
            .status()
            .await
            .context("prlimit did not start (package util-linux)")?;
        ensure!(status.success(), "prlimit: {status}");
        Ok(())
    }

    /// Kills the program and starts it on a full disk, where it may refuse, and then with room again. What it left has to be
    /// there, which the count at the end shows.
    pub(super) async fn start_on_a_full_disk(&mut self) -> Result<()> {
        self.app.child.kill().await?;
        self.troubles.full_starts += 1;
        let file = self.folder.path().join(FILE_NAME).metadata()?.len();
        // None at all, or so much that it fails somewhere on the way.
        let room = if self.dice.one_in(2) { 0 } else { self.dice.roll(file) };
        let mut app = start(&self.sandbox, &self.folder, &self.clock, self.wrong, Some(room))?;
        // Nothing more to do: once it has started, it ends.
        drop(app.input);
        match tokio::time::timeout(START, app.child.wait()).await {
            Ok(status) => {
                let code = status?.code();
                ensure!(
                    matches!(code, Some(0 | 1)),
                    "a start on a full disk neither went well nor said why not: {code:?}"
                );
                self.troubles.refused_starts += usize::from(code == Some(1));
            }
            // Something waits for room: as any program it is ended.
            Err(_) => app.child.kill().await?,
        }
        self.kill().await
    }
}
