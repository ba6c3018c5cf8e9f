//! What else happens in bad times: a person who changes their mind, files, clocks and disks that do not do as they should.

#![expect(clippy::disallowed_types, reason = "breaks the store's file from outside")]

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::SignedDuration;
use rusqlite::Connection;
use sally_core::domain::id::DeliveryId;
use sally_core::store::FILE_NAME;
use sandbox::{Fault, RetryAfter};
use tokio::time::Instant;

use super::app::{Answer, Command, Standing};
use super::backup;
use super::run::{Chaos, PEOPLE};
use super::sent::{Editing, Fate, Sent};

/// What no version could read.
const NONSENSE: &str = r#"{"kind":"whiteboard"}"#;

/// Longer than what is sent without a question.
const DAY: SignedDuration = SignedDuration::from_hours(25);

impl Chaos {
    /// From now on everything goes wrong now and then.
    pub(super) fn spoil(&mut self, seed: u64) {
        let of = |fault: Fault, method: &str, path: &str, probability: f64| {
            self.sandbox.order(fault.on(method, path).with_probability(probability));
        };
        for path in ["/pages", "/footer-comments"] {
            of(Fault::Delay(Duration::from_millis(20)), "POST", path, 0.3);
            of(Fault::ResetBefore, "POST", path, 0.08);
            of(Fault::ResetAfter, "POST", path, 0.1);
            of(Fault::LoseAnswer, "POST", path, 0.01);
            of(Fault::TooManyRequests(RetryAfter::Seconds(3)), "POST", path, 0.02);
            of(Fault::TooManyRequests(RetryAfter::Date(5)), "POST", path, 0.01);
            of(Fault::TooManyRequests(RetryAfter::Absent), "POST", path, 0.01);
            of(Fault::Fail { status: 500, committed: false }, "POST", path, 0.04);
            of(Fault::Fail { status: 502, committed: true }, "POST", path, 0.06);
            of(Fault::Garbage, "POST", path, 0.04);
            of(Fault::Truncate, "POST", path, 0.04);
        }
        for path in ["/content/", "/search", "/pages", "/footer-comments"] {
            of(Fault::ResetBefore, "GET", path, 0.1);
            of(Fault::Fail { status: 503, committed: false }, "GET", path, 0.1);
            of(Fault::Garbage, "GET", path, 0.05);
        }
        of(Fault::ResetAfter, "POST", "/oauth/token", 0.2);
        self.sandbox.set_index_lag(Duration::from_secs(5 + seed % 20));
        self.kill_at = Some(Instant::now() + Duration::from_millis(200));
    }

    /// What else happens in bad times.
    pub(super) async fn meddle(&mut self, all: &mut Vec<Sent>) -> Result<()> {
        match self.dice.roll(64) {
            0 => self.sandbox.expire_access_tokens(),
            1 => {
                self.sandbox.go_offline().await;
                let pause = Duration::from_millis(20 + self.dice.roll(200));
                tokio::time::sleep(pause).await;
                self.sandbox.go_online().await?;
            }
            2 => self.sandbox.set_index_lag(Duration::from_secs(self.dice.roll(60))),
            3..=5 => {
                if let Some((at, id)) = self.unsent(all).await? {
                    self.troubles.cancels += 1;
                    if self.cancel(id).await? {
                        all[at].taken_off(Fate::Cancelled);
                        self.troubles.cancelled += 1;
                    }
                }
            }
            6 => {
                let at = usize::try_from(self.dice.roll(u64::try_from(all.len())?))?;
                if let (Some(id), true) = (all[at].id, all[at].counts()) {
                    self.tell(&Command::Nudge(id)).await?;
                }
            }
            7..=12 => tokio::time::sleep(Duration::from_millis(self.dice.roll(60))).await,
            13..=20 => {
                self.edit(all).await?;
                // A quick one is done before what it edits has left.
                if self.dice.one_in(2) {
                    self.create(all).await?;
                }
            }
            21..=28 => self.create(all).await?,
            29 => {
                if self.dice.one_in(2) {
                    self.tell(&Command::Disconnect).await?;
                }
                let person = PEOPLE[usize::from(self.dice.one_in(2))];
                self.connect_as(person).await?;
            }
            30 => self.keep_older().await?,
            31 => self.put_older_back(all).await?,
            32 | 33 => {
                let person = PEOPLE[usize::from(self.dice.one_in(3))];
                self.connect_by_token(person).await?;
            }
            34 => {
                if let Some(token) = self.tokens.last() {
                    self.sandbox.revoke_token(token);
                }
            }
            35 => {
                self.tell(&Command::DisconnectToken(self.acme())).await?;
            }
            36 | 37 => {
                // A setting that is far off, or a little.
                let wrong = if self.dice.one_in(2) {
                    SignedDuration::from_hours(25 + i64::try_from(self.dice.roll(24))?)
                } else {
                    SignedDuration::from_mins(1 + i64::try_from(self.dice.roll(20))?)
                };
                let wrong = if self.dice.one_in(2) { wrong } else { -wrong };
                self.set_clock(wrong).await?;
                self.troubles.jumps += 1;
            }
            38 | 39 => self.set_clock(SignedDuration::ZERO).await?,
            40 => {
                self.clock.put(self.clock.ahead() + DAY);
                self.set_clock(self.wrong).await?;
                self.troubles.days += 1;
            }
            41 | 42 => {
                let recent = all.len().saturating_sub(1 + usize::try_from(self.dice.roll(5))?);
                self.make_unreadable(&mut all[recent])?;
            }
            43 => {
                // With it goes what was typed about its items.
                self.editing = None;
                self.tell(&Command::DeleteMeeting).await?;
                self.troubles.meetings += 1;
            }
            44 => self.start_on_a_full_disk().await?,
            45 => {
                self.hold(0).await?;
            }
            46 | 47 => {
                let seconds = u8::try_from(10 + self.dice.roll(51))?;
                self.hold(seconds).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// What is sent waits so long from now on before it leaves: there is time to edit and to cancel it.
    async fn hold(&mut self, seconds: u8) -> Result<()> {
        self.troubles.holds += usize::from(seconds > 0);
        self.tell(&Command::Hold(seconds)).await?;
        Ok(())
    }

    /// The machine's clock is so far ahead of the true time from now on.
    pub(super) async fn set_clock(&mut self, wrong: SignedDuration) -> Result<()> {
        self.wrong = wrong;
        // Who starts after a kill gets it anyway.
        self.tell(&Command::Clock((self.clock.ahead() + wrong).as_secs())).await?;
        Ok(())
    }

    /// Breaks the row of something that has not left.
    fn make_unreadable(&self, sent: &mut Sent) -> Result<()> {
        let (Some(id), true) = (sent.id, sent.counts()) else { return Ok(()) };
        let db = self.file()?;
        let broken = db.execute(
            "UPDATE deliveries SET destination = ? WHERE id = ? AND state IN ('queued', 'waiting', 'needs_you')",
            (NONSENSE, id.0),
        )?;
        if broken > 0 {
            sent.fate = Fate::Unreadable;
        }
        Ok(())
    }

    fn is_unreadable(&self, id: DeliveryId) -> Result<bool> {
        let query = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE id = ? AND destination = ?)";
        Ok(self.file()?.query_row(query, (id.0, NONSENSE), |row| row.get(0))?)
    }

    fn file(&self) -> Result<Connection> {
        let db = Connection::open(self.folder.path().join(FILE_NAME))?;
        db.busy_timeout(Duration::from_secs(5))?;
        Ok(db)
    }

    /// One of the newest that have not left yet, as a person sees them on the list.
    async fn unsent(&mut self, all: &[Sent]) -> Result<Option<(usize, DeliveryId)>> {
        let is_open =
            |one: &Standing| ["queued", "held", "waiting", "needs_you"].contains(&one.state.as_str());
        let open: HashSet<DeliveryId> =
            self.list().await?.iter().filter(|one| is_open(one)).map(|one| one.id).collect();
        let newest = usize::try_from(self.dice.roll(3))?;
        let unsent = all.iter().enumerate().rev().filter(|(_, sent)| sent.counts());
        Ok(unsent
            .filter_map(|(at, sent)| sent.id.map(|id| (at, id)))
            .filter(|(_, id)| open.contains(id))
            .nth(newest))
    }

    /// Edits something that was not sent yet, and closes the dialog: it goes on meanwhile.
    async fn edit(&mut self, all: &[Sent]) -> Result<()> {
        if self.editing.is_some() {
            return Ok(());
        }
        let Some((of, id)) = self.unsent(all).await? else { return Ok(()) };
        if all[of].quick {
            return Ok(());
        }
        let words = format!("{} Edited.", all[of].words);
        let command = Command::Edit { id, words: words.clone() };
        if let Some(Answer::Done(true)) = self.tell(&command).await? {
            self.editing = Some(Editing { of, words });
        }
        Ok(())
    }

    /// Opens the dialog again in which something was edited, and sends it.
    async fn create(&mut self, all: &mut Vec<Sent>) -> Result<()> {
        let Some(Editing { of, words }) = self.editing.take() else { return Ok(()) };
        self.troubles.edits += 1;
        let (item, destination) = (all[of].item, all[of].destination.clone());
        let known: HashSet<DeliveryId> = self.list().await?.iter().map(|one| one.id).collect();
        let answer = self.tell(&Command::Create { item, action: destination.action() }).await?;
        let new = match answer {
            Some(Answer::Stored(id)) => Some(id),
            Some(Answer::Refused(_)) => {
                self.told += 1;
                None
            }
            Some(other) => bail!("an answer to something else: {other:?}"),
            // Killed: what is new on the list took its place.
            None => self.list().await?.iter().map(|one| one.id).find(|id| !known.contains(id)),
        };
        if let Some(id) = new {
            all[of].taken_off(Fate::Replaced);
            self.troubles.replaced += 1;
            let edited = Sent { id: Some(id), ..Sent::new(item, destination, words) };
            all.push(edited);
        }
        Ok(())
    }

    /// Keeps a copy of the files, as a backup does while the program is not running.
    async fn keep_older(&mut self) -> Result<()> {
        self.app.child.kill().await?;
        let older = tempfile::tempdir()?;
        backup::copy(self.folder.path(), older.path())?;
        self.older = Some(older);
        self.kill().await
    }

    /// Puts the copy in the place of the files: what was sent since must not be sent again.
    async fn put_older_back(&mut self, all: &mut [Sent]) -> Result<()> {
        let Some(older) = self.older.take() else { return Ok(()) };
        self.app.child.kill().await?;
        backup::put_back(older.path(), self.folder.path())?;
        self.kill().await?;
        self.restores += 1;
        self.editing = None;
        let listed: HashSet<DeliveryId> = self.list().await?.iter().map(|one| one.id).collect();
        for sent in all {
            // A person who puts an older file back loses what came after it; nothing of it may be doubled.
            match sent.id {
                // The copy may be from before.
                Some(id) if listed.contains(&id) => {
                    sent.restored = true;
                    match sent.fate {
                        Fate::Unreadable if !self.is_unreadable(id)? => sent.fate = Fate::Counts,
                        Fate::Cancelled | Fate::Replaced => sent.fate = Fate::Forgotten,
                        _ => {}
                    }
                }
                _ => sent.fate = Fate::Forgotten,
            }
        }
        Ok(())
    }

    /// Takes a delivery back. Answers whether it is off the list.
    async fn cancel(&mut self, id: DeliveryId) -> Result<bool> {
        match self.tell(&Command::Cancel(id)).await? {
            Some(Answer::Done(done)) => Ok(done),
            Some(other) => bail!("an answer to something else: {other:?}"),
            None => Ok(!self.list().await?.iter().any(|one| one.id == id)),
        }
    }
}
