//! The cache on disk, and the only room that speaks SQL. One file for each table: its rows, its queries, its
//! tests; what several of them need is below them, in `rows`, `index`, `removed` and `files`. The store answers and
//! records; it decides nothing. Refuses the network and tokens. Called by `app`.
//!
//! One connection writes and one reads, in WAL mode, so that a long import never holds up the window.
#![expect(clippy::disallowed_types, reason = "this room owns SQL")]

mod account;
mod aside;
mod attempts;
mod deliveries;
mod drafts;
mod edits;
mod error;
mod files;
mod folder_check;
mod imports;
mod index;
mod installation;
mod items;
#[cfg(debug_assertions)]
mod limit;
mod meetings;
mod migrate;
mod moving;
mod notes;
mod open;
mod own_addresses;
mod people;
mod reading;
mod recording_hosts;
mod recordings;
mod removed;
mod rescue;
mod rows;
mod search;
mod servers;
mod settings;
mod sites;
mod spaces;
mod sweep;
mod targets;
mod tx;
mod words;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::disk;

pub use account::{Account, AccountMut};
pub use aside::Aside;
pub use attempts::{AttemptId, Attempts, AttemptsMut, FirstAttempt};
pub use deliveries::{Deliveries, DeliveriesMut, Head, Listed, Next};
pub use drafts::{Drafts, DraftsMut};
pub use edits::Removed;
pub use error::{Error, Refusal};
pub use folder_check::Unfit;
pub use imports::{Imports, ImportsMut};
pub use installation::{Installation, Installations, InstallationsMut};
pub use items::{Items, Placed};
pub use meetings::{Meetings, MeetingsMut, Origin};
pub use moving::{OlderFolder, Settled, settle};
pub use notes::{Notes, NotesMut};
pub use open::Opened;
pub use own_addresses::{OwnAddresses, OwnAddressesMut};
pub use people::{People, PeopleMut};
pub use reading::{BeingRead, BeingReadMut, Culprit, Source};
pub use recording_hosts::{RecordingHosts, RecordingHostsMut};
pub use recordings::{Recording, Recordings, RecordingsMut};
pub use rescue::Damage;
pub use search::{Filter, LookedIn, MAX_MATCHES, Matches, Summary};
pub use servers::{Server, Servers, ServersMut};
pub use settings::{Settings, SettingsMut};
pub use sites::{Sites, SitesMut};
pub use spaces::{SpaceRefresh, Spaces, SpacesMut};
pub use targets::{Targets, TargetsMut};
pub use tx::{ReadTx, WriteTx};

/// The cache file's name in the data folder.
pub const FILE_NAME: &str = "sally.db";

/// A file of so many pages is swept in some tens of milliseconds, for which a deletion may wait.
const MAX_PAGES_SWEPT_AT_ONCE: u32 = 16 * 1024;

/// The pause between two stretches of a sweep: whoever wants to write is not to wait.
const SWEEP_PAUSE: Duration = Duration::from_millis(2);

/// The cache.
#[derive(Clone, Debug)]
pub struct Store(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    folder: PathBuf,
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    written: Notify,
    /// Who writes, or waits for it.
    writers: TaskTracker,
    /// How often something was deleted for good, for a copy under way to see.
    deletions: AtomicI64,
    /// Damage was seen.
    is_doubted: AtomicBool,
    /// The app ends: what takes its time is given up.
    is_closing: AtomicBool,
    /// Set under the writer's lock: the file was marked as closed, so nothing is written any more.
    closed: AtomicBool,
    /// The file is deleted, so nothing is read any more either.
    removed: AtomicBool,
}

impl Store {
    /// Opens the cache in a folder, which it makes where it is missing. Blocks on the disk.
    pub fn open(folder: &Path) -> Result<Opened, Error> {
        open::open(folder)
    }

    fn new(folder: &Path, reader: Connection, writer: Connection) -> Result<Self, Error> {
        let deletions = sweep::deletions(&writer)?;
        Ok(Self(Arc::new(Connections {
            folder: folder.to_owned(),
            reader: Mutex::new(reader),
            writer: Mutex::new(writer),
            written: Notify::new(),
            writers: TaskTracker::new(),
            deletions: AtomicI64::new(deletions),
            is_doubted: AtomicBool::new(false),
            is_closing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            removed: AtomicBool::new(false),
        })))
    }

    /// Reads, off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ReadTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(move |connections| {
            let db = lock(&connections.reader);
            // One view of the file for all that is read, and one lock of it.
            let snapshot = db.unchecked_transaction().map_err(Error::of)?;
            read(&ReadTx(&snapshot))
        })
        .await
    }

    /// Writes in one transaction, off the async threads. An error rolls everything back.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&WriteTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.decide(write).await
    }

    /// Writes as [`write`](Self::write) does, where what is read decides whether anything is written: an error of the
    /// caller's own rolls everything back, too.
    pub async fn decide<T: Send + 'static, E: Refusal>(
        &self,
        decide: impl FnOnce(&WriteTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let turn = self.0.writers.token();
        self.blocking(move |connections| {
            let _turn = turn;
            connections.change(&mut lock(&connections.writer), decide)
        })
        .await
    }

    /// Writes as [`write`](Self::write) does, and takes what is deleted out of every byte of the file and of its journal.
    /// [`sweep`](Self::sweep) does the rest: a large file, a journal that somebody reads, and the copy.
    pub async fn erase<T: Send + 'static>(
        &self,
        erase: impl FnOnce(&WriteTx<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self.0.writers.token();
        self.blocking(move |connections| {
            let _turn = turn;
            let mut db = lock(&connections.writer);
            let answer = connections.change(&mut db, |tx| {
                sweep::note_deletion(tx.0.0)?;
                erase(tx)
            })?;
            // A copy under way is thrown away, and lets go of the journal.
            connections.deletions.fetch_add(1, Ordering::Relaxed);
            // It is deleted in any case.
            if let Err(error) = sweep_if_small(&mut db) {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what was deleted is not overwritten yet"
                );
            }
            Ok(answer)
        })
        .await
    }

    /// Overwrites what is left in the file of what was deleted for good, if anything is, and empties the journal. Others
    /// get their turn in between. Answers whether all of it is gone; if not, somebody reads the journal.
    pub async fn sweep(&self) -> Result<bool, Error> {
        self.blocking(|connections| {
            let mut sweep = sweep::Sweep::of(&lock(&connections.writer))?;
            while let Some(under_way) = &mut sweep {
                if connections.is_closing.load(Ordering::Relaxed) {
                    return Ok(false);
                }
                if !swept_on(&mut lock(&connections.writer), under_way)? {
                    sweep = None;
                }
                std::thread::sleep(SWEEP_PAUSE);
            }
            empty_journal(&lock(&connections.writer))
        })
        .await
    }

    /// Waits until something was written since the last wait. For one waiter.
    pub async fn written(&self) {
        self.0.written.notified().await;
    }

    /// Copies the cache beside itself, unless there is a copy that is younger than `age` and holds nothing that was deleted
    /// for good. A deletion meanwhile throws the new copy away. Answers when the next one is due.
    pub async fn back_up(&self, now: Timestamp, age: SignedDuration) -> Result<Timestamp, Error> {
        self.blocking(move |connections| {
            let next = now.saturating_add(age).unwrap_or(Timestamp::MAX);
            // The copy is what the next start falls back on: what is damaged does not take its place.
            if connections.is_doubted.load(Ordering::Relaxed) {
                return Ok(next);
            }
            let deletions = connections.deletions.load(Ordering::Relaxed);
            let due = rescue::copied_at(&connections.folder, deletions)
                .filter(|at| *at <= now)
                .map_or(now, |at| at.saturating_add(age).unwrap_or(now));
            if due > now {
                return Ok(due);
            }
            let is_wanted = || {
                connections.deletions.load(Ordering::Relaxed) == deletions
                    && !connections.is_closing.load(Ordering::Relaxed)
            };
            let is_made = back_up_now(&connections.folder, now, is_wanted)?;
            Ok(if is_made { next } else { now })
        })
        .await
    }

    /// The damaged files that were put aside, with what exists only there.
    pub async fn put_aside(&self) -> Result<Vec<Aside>, Error> {
        self.blocking(|connections| {
            // On a connection of its own: a damaged file may take its time.
            aside::list(&connections.folder, &open::reader(&connections.folder.join(FILE_NAME))?)
        })
        .await
    }

    /// Deletes damaged files that were put aside, with their journals.
    pub async fn delete_aside(&self, names: Vec<String>) -> Result<(), Error> {
        self.blocking(move |connections| aside::delete(&connections.folder, &names)).await
    }

    /// Gives up what takes its time, since the app ends: a copy, and sweeping.
    pub fn give_up(&self) {
        self.0.is_closing.store(true, Ordering::Relaxed);
    }

    /// Waits until nobody writes, nor waits for it.
    pub async fn settled(&self) {
        self.0.writers.close();
        self.0.writers.wait().await;
    }

    /// Says that the app ends as it should, so that the next start need not doubt the file, unless damage was seen; and
    /// empties the journal. Nothing is written from then on.
    pub fn close(&self) {
        self.give_up();
        let db = lock(&self.0.writer);
        self.0.closed.store(true, Ordering::Relaxed);
        open::mark_end(&db, self.0.is_doubted.load(Ordering::Relaxed));
        if let Err(error) = empty_journal(&db) {
            tracing::warn!(error = &error as &dyn std::error::Error, "the journal could not be emptied");
        }
    }

    /// Closes the cache and deletes its files: copies and what was put aside first, the cache itself last. Answers what could
    /// not be deleted. Blocks on the disk.
    pub fn remove(&self) -> Vec<(PathBuf, std::io::Error)> {
        self.close();
        self.0.removed.store(true, Ordering::Relaxed);
        for connection in [&self.0.reader, &self.0.writer] {
            // Windows deletes no file that is open.
            match Connection::open_in_memory() {
                Ok(nothing) => drop(std::mem::replace(&mut *lock(connection), nothing)),
                Err(error) => tracing::warn!(%error, "the cache is still open"),
            }
        }
        let files = rescue::files(&self.0.folder);
        files.into_iter().filter_map(|path| disk::remove(&path).err().map(|error| (path, error))).collect()
    }

    async fn blocking<T: Send + 'static, E: Refusal>(
        &self,
        work: impl FnOnce(&Connections) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let connections = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            if connections.removed.load(Ordering::Relaxed) {
                return Err(Error::Ending.into());
            }
            let done = work(&connections);
            if let Some(error) = done.as_ref().err().and_then(Refusal::of_store) {
                connections.doubt(error);
            }
            done
        });
        done.await.unwrap_or_else(|_| Err(Error::Ending.into()))
    }
}

impl Connections {
    fn change<T, E: From<Error>>(
        &self,
        writer: &mut Connection,
        write: impl FnOnce(&WriteTx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::Ending.into());
        }
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::of)?;
        let answer = write(&WriteTx(ReadTx(&tx)))?;
        tx.commit().map_err(Error::of)?;
        self.written.notify_one();
        Ok(answer)
    }

    /// Remembers damage in the file itself, so that the next start checks all of it however this run ends.
    fn doubt(&self, error: &Error) {
        if open::is_damage(error) && !self.is_doubted.swap(true, Ordering::Relaxed) {
            tracing::warn!(error = error as &dyn std::error::Error, "the cache is damaged");
            open::mark_end(&lock(&self.writer), true);
        }
    }
}

/// Sweeps the whole file, unless it is so large that somebody would wait for it; and empties the journal.
fn sweep_if_small(writer: &mut Connection) -> Result<(), Error> {
    let pages: u32 = writer.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(Error::of)?;
    if pages <= MAX_PAGES_SWEPT_AT_ONCE
        && let Some(mut sweep) = sweep::Sweep::of(writer)?
    {
        while swept_on(writer, &mut sweep)? {}
    }
    empty_journal(writer).map(|_| ())
}

/// Answers whether it is empty.
fn empty_journal(writer: &Connection) -> Result<bool, Error> {
    let is_empty = sweep::empty_journal(writer, open::BUSY)?;
    if !is_empty {
        tracing::info!("the journal is being read, and is emptied later");
    }
    Ok(is_empty)
}

/// Sweeps one stretch. Answers whether there is more.
fn swept_on(writer: &mut Connection, sweep: &mut sweep::Sweep) -> Result<bool, Error> {
    let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::of)?;
    let is_more = sweep.step(&tx)?;
    tx.commit().map_err(Error::of)?;
    Ok(is_more)
}

/// On a connection of its own, so that nobody waits for the one that reads.
fn back_up_now(folder: &Path, now: Timestamp, is_wanted: impl Fn() -> bool) -> Result<bool, Error> {
    rescue::back_up(&open::reader(&folder.join(FILE_NAME))?, folder, now, is_wanted)
}

/// A panic in another thread rolled its transaction back, so the connection is as good as before.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) fn scratch() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap().store;
    (folder, store)
}

#[cfg(test)]
mod tests;
