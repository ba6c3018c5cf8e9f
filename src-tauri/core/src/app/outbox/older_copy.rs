//! Whether the data file is an older copy of itself: a backup that was put back, a snapshot, or a copy on another machine.
//! Its deliveries may have been sent since, so none of them goes by itself. A number that grows with each run and each day
//! of one lies in the file and, beside the tokens, in the keyring; where the file's is behind, it is a copy. A
//! file that the keyring knows keeps its number in a run that does not ask the keyring. Without a keyring only another machine is noticed. Called by the outbox before it sends anything, also when somebody was connected.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::triage::{Changes, set_aside};
use super::{Error, Outbox, lock};
use crate::app::words;
use crate::auth;
use crate::domain::delivery::State;
use crate::domain::problem::{self, Problem};
use crate::store::{self, Installation, WriteTx};

/// How long badges say that they may be out of date.
const DOUBTED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What this run has done about it.
#[derive(Default)]
pub(super) struct Compared {
    /// The file's number before this run raised it.
    base: Option<u64>,
    /// The keyring has been asked.
    with_keyring: bool,
}

impl Outbox {
    /// Finds out whether the file is an older copy, as far as that can be known: by the tokens' keyring if they are there, since
    /// it is open by then.
    pub(super) async fn doubt_older_copy(&self) -> Result<(), Error> {
        let with_keyring = self.0.signers.now().came_from_keyring();
        let mut compared = self.0.compared.lock().await;
        if compared.with_keyring || (compared.base.is_some() && !with_keyring) {
            return Ok(());
        }
        let file = self.0.store.write(of_this_file).await?;
        let known = if with_keyring { self.known_number(file.id).await } else { None };
        let base = compared.base.unwrap_or(file.number);
        let machine = self.0.machine.as_ref().map(|id| <[u8; 32]>::from(Sha256::digest(id)));
        let is_behind = match known {
            Some(Some(number)) => base < number,
            // The keyring had it, and does not know it: another person's, or another machine's.
            Some(None) => file.in_keyring,
            None => false,
        };
        let has_moved = file.machine.is_some() && machine.is_some() && file.machine != machine;
        let number = match known {
            Some(known) => file.number.max(known.unwrap_or_default()) + 1,
            None => file.raised_alone(),
        };
        let (is_copy, now) = (is_behind || has_moved, self.0.clock.now());
        let (restored_at, changes) = self
            .0
            .store
            .write(move |tx| {
                let changes = if is_copy { doubt_all(tx, now)? } else { Vec::new() };
                let is_news = is_copy && tx.deliveries().any()?;
                let restored_at = if is_news { Some(now) } else { file.restored_at };
                let machine = machine.or(file.machine);
                tx.installations_mut().put(&Installation { number, machine, restored_at, ..file })?;
                Ok((restored_at, changes))
            })
            .await?;
        compared.base = Some(base);
        compared.with_keyring = known.is_some();
        *lock(&self.0.restored_at) = restored_at;
        if compared.with_keyring {
            self.note_in_keyring(file.id, number).await?;
        }
        drop(compared);
        self.announce_all(changes);
        self.tell_of_copy(restored_at).await
    }

    /// Raises the file's number: a copy that was made before is older from now on.
    pub(super) async fn raise_number(&self) -> Result<(), Error> {
        let compared = self.0.compared.lock().await;
        let with_keyring = compared.with_keyring;
        let file = self
            .0
            .store
            .write(move |tx| {
                let file = of_this_file(tx)?;
                let number = if with_keyring { file.number + 1 } else { file.raised_alone() };
                let file = Installation { number, ..file };
                tx.installations_mut().put(&file).map(|()| file)
            })
            .await?;
        if compared.with_keyring {
            self.note_in_keyring(file.id, file.number).await?;
        }
        Ok(())
    }

    /// Deletes what the keyring knows.
    pub(in crate::app) async fn delete_marks(&self) -> Result<(), auth::keychain::Error> {
        self.0.marks.clear().await
    }

    /// What the keyring knows; `None` where it does not answer.
    async fn known_number(&self, file: Uuid) -> Option<Option<u64>> {
        let asked = self.0.marks.of(file).await;
        asked
            .inspect_err(
                |error| tracing::warn!(%error, "the keyring does not say how often this file was run"),
            )
            .ok()
    }

    async fn note_in_keyring(&self, file: Uuid, number: u64) -> Result<(), Error> {
        if let Err(error) = self.0.marks.raise(file, number).await {
            // It is behind then, which means nothing.
            tracing::warn!(%error, "the keyring did not take how often this file was run");
            return Ok(());
        }
        let noted = |tx: &WriteTx<'_>| {
            let file = of_this_file(tx)?;
            if file.in_keyring {
                Ok(())
            } else {
                tx.installations_mut().put(&Installation { in_keyring: true, ..file })
            }
        };
        Ok(self.0.store.write(noted).await?)
    }

    /// Says once that the file is an older copy.
    async fn tell_of_copy(&self, restored_at: Option<Timestamp>) -> Result<(), Error> {
        let Some(at) = restored_at else { return Ok(()) };
        let key = format!("older copy {}", at.as_millisecond());
        if self.0.store.write(move |tx| tx.settings_mut().tell_once(&key)).await? {
            self.0.events.notice(&Problem::Database(problem::Database::OlderCopy));
        }
        Ok(())
    }

    /// What a badge says beside what arrived before the file was found to be an older copy.
    pub(super) fn doubt_of_badges(&self) -> Option<(Timestamp, String)> {
        let at = (*lock(&self.0.restored_at))?;
        let age = self.0.clock.now().duration_since(at);
        (age < DOUBTED_FOR).then(|| (at, words::older_copy_note(at)))
    }
}

impl Installation {
    /// The number after a run that the keyring was not asked in. A file that it knows keeps its number: a copy that is started
    /// often enough without the keyring would no longer be behind.
    fn raised_alone(&self) -> u64 {
        if self.in_keyring { self.number } else { self.number + 1 }
    }
}

fn of_this_file(tx: &WriteTx<'_>) -> Result<Installation, store::Error> {
    if let Some(file) = tx.installations().get()? {
        return Ok(file);
    }
    let file =
        Installation { id: Uuid::new_v4(), number: 0, in_keyring: false, machine: None, restored_at: None };
    tx.installations_mut().put(&file).map(|()| file)
}

/// Whatever has not arrived may have been sent, changed or taken back since.
fn doubt_all(tx: &WriteTx<'_>, now: Timestamp) -> Result<Changes, store::Error> {
    let mut changes = Vec::new();
    for (delivery, _) in tx.deliveries().open()? {
        let why = Problem::Delivery(problem::Delivery::OlderCopy);
        changes.extend(set_aside(tx, delivery, State::NotConfirmed, why, now)?);
    }
    Ok(changes)
}
