//! The cache on disk, and the only room that speaks SQL. One file for each table: its rows, its queries, its
//! tests. The store answers and records; it decides nothing. Refuses the network and tokens. Called by `app`.
//!
//! One connection writes and one reads, in WAL mode, so that a long import never holds up the window.
#![expect(clippy::disallowed_types, reason = "this room owns SQL")]

mod account;
mod aside;
mod attempts;
mod deliveries;
mod drafts;
mod edits;
mod imports;
mod index;
mod installation;
mod items;
mod meetings;
mod migrate;
mod moving;
mod notes;
mod open;
mod people;
mod place;
mod reading;
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
mod words;

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior};
use serde::de::DeserializeOwned;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::disk;

pub use aside::Aside;
pub use attempts::{AttemptId, FirstAttempt};
pub use deliveries::{Head, Listed, Next};
pub use edits::Removed;
pub use installation::Installation;
pub use items::Placed;
pub use meetings::Origin;
pub use moving::{Found as OlderFolder, Settled, settle};
pub use open::Opened;
pub use place::Unfit;
pub use reading::{Culprit, Source};
pub use recordings::Recording;
pub use rescue::Damage;
pub use search::{Filter, Found, MOST, Summary};
pub use servers::Server;

/// The cache file's name in the data folder.
pub const FILE_NAME: &str = "sally.db";

/// What can go wrong with the cache.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a newer version, whose tables this one does not know.
    #[error("the cache was made by a newer version of Sally Desktop")]
    Newer,
    /// The disk is full.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The folder or the file cannot be written.
    #[error("the cache cannot be written in {folder}")]
    ReadOnly {
        /// The data folder.
        folder: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The cache may not lie in this folder.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Another program holds the file.
    #[error("another program is using the cache")]
    Busy(#[source] rusqlite::Error),
    /// Anything else that SQLite says.
    #[error("the cache could not be read or written")]
    Sql(#[from] rusqlite::Error),
    /// The tables could not be brought to this version.
    #[error("the cache could not be brought to this version of Sally Desktop")]
    Migration(#[source] rusqlite_migration::Error),
    /// A stored document does not read back.
    #[error("the cache holds something that cannot be understood")]
    Document(#[from] serde_json::Error),
    /// The work was cut off or refused, as happens only when the app ends.
    #[error("the app is ending")]
    Ending,
}

impl Error {
    fn of(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full(error),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy(error)
            }
            _ => Self::Sql(error),
        }
    }
}

/// A file of so many pages is swept in some tens of milliseconds, for which a deletion may wait.
const SOON_SWEPT: u32 = 16 * 1024;

/// The pause between two stretches of a sweep: whoever wants to write is not to wait.
const PAUSE: Duration = Duration::from_millis(2);

/// Why something was not written: because of the store itself, or for a reason of the caller's.
pub trait Refusal: From<Error> + Send + 'static {
    /// What the store said, where that is the reason.
    fn of_store(&self) -> Option<&Error>;
}

impl Refusal for Error {
    fn of_store(&self) -> Option<&Error> {
        Some(self)
    }
}

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
        read: impl FnOnce(&Reading<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.blocking(move |connections| {
            let db = lock(&connections.reader);
            // One view of the file for all that is read, and one lock of it.
            let snapshot = db.unchecked_transaction().map_err(Error::of)?;
            read(&Reading(&snapshot))
        })
        .await
    }

    /// Writes in one transaction, off the async threads. An error rolls everything back.
    pub async fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&Writing<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.decide(write).await
    }

    /// Writes as [`write`](Self::write) does, where what is read decides whether anything is written: an error of the
    /// caller's own rolls everything back, too.
    pub async fn decide<T: Send + 'static, E: Refusal>(
        &self,
        decide: impl FnOnce(&Writing<'_>) -> Result<T, E> + Send + 'static,
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
        erase: impl FnOnce(&Writing<'_>) -> Result<T, Error> + Send + 'static,
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
                std::thread::sleep(PAUSE);
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
    pub async fn put_aside<D, I>(&self) -> Result<Vec<Aside<D, I>>, Error>
    where
        D: DeserializeOwned + Send + 'static,
        I: DeserializeOwned + Send + 'static,
    {
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
        write: impl FnOnce(&Writing<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Error::Ending.into());
        }
        let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(Error::of)?;
        let answer = write(&Writing(Reading(&tx)))?;
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
    if pages <= SOON_SWEPT
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

/// The tables, for reading.
#[derive(Debug)]
pub struct Reading<'a>(&'a Connection);

/// The tables, for writing. Reading works too, and sees what was written.
#[derive(Debug)]
pub struct Writing<'a>(Reading<'a>);

impl<'a> Deref for Writing<'a> {
    type Target = Reading<'a>;

    fn deref(&self) -> &Reading<'a> {
        &self.0
    }
}

macro_rules! tables {
    ($($table:ident / $table_mut:ident: $module:ident::$read:ident / $write:ident, $doc:literal);* $(;)?) => {
        $(pub use $module::{$read, $write};)*
        impl<'a> Reading<'a> {$(
            #[doc = $doc]
            pub fn $table(&self) -> $read<'a> {
                $read(self.0)
            }
        )*}
        impl<'a> Writing<'a> {$(
            #[doc = concat!($doc, " For writing.")]
            pub fn $table_mut(&self) -> $write<'a> {
                $write(self.0.0)
            }
        )*}
    };
}

pub use items::Items;

impl<'a> Reading<'a> {
    /// Items of all meetings. They are written with their meetings.
    pub fn items(&self) -> Items<'a> {
        Items(self.0)
    }
}

tables! {
    meetings / meetings_mut: meetings::Meetings / MeetingsMut, "Meetings with their items and transcripts.";
    imports / imports_mut: imports::Imports / ImportsMut, "Files that were imported.";
    being_read / being_read_mut: reading::BeingRead / BeingReadMut, "What is being read of what others wrote.";
    notes / notes_mut: notes::Notes / NotesMut, "Notes of meetings that nothing understood.";
    servers / servers_mut: servers::Servers / ServersMut, "Servers that meetings come from.";
    recordings / recordings_mut: recordings::Recordings / RecordingsMut, "What those servers have.";
    spaces / spaces_mut: spaces::Spaces / SpacesMut, "Cached spaces.";
    people / people_mut: people::People / PeopleMut, "People who can be mentioned.";
    settings / settings_mut: settings::Settings / SettingsMut, "Settings, the watched folder, and what was told once.";
    account / account_mut: account::Account / AccountMut, "The connected account.";
    drafts / drafts_mut: drafts::Drafts / DraftsMut, "What was typed and not sent or saved.";
    targets / targets_mut: targets::Targets / TargetsMut, "Where things can go at once.";
    sites / sites_mut: sites::Sites / SitesMut, "Sites that are connected by API tokens.";
    deliveries / deliveries_mut: deliveries::Deliveries / DeliveriesMut, "Deliveries.";
    installations / installations_mut: installation::Installations / InstallationsMut, "Which file this is.";
    attempts / attempts_mut: attempts::Attempts / AttemptsMut, "Attempts at delivering.";
}

#[cfg(test)]
pub(crate) fn scratch() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap().store;
    (folder, store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_leaves_everything_as_it_was() {
        let (_folder, store) = scratch();
        let pages = |store: &Store, most: u32| {
            lock(&store.0.writer).pragma_update(None, "max_page_count", most).unwrap();
        };
        pages(&store, 1); // As many as there are, and none more.
        let words = "words ".repeat(100_000);
        let put = |words: String| {
            let now = jiff::Timestamp::UNIX_EPOCH;
            store.write(move |tx| {
                tx.people_mut().put(&"a-1".into(), "Ada", now)?;
                tx.people_mut().put(&"g-1".into(), &words, now)
            })
        };
        let full = put(words.clone()).await.unwrap_err();
        assert!(matches!(full, Error::Full(_)), "it says what is wrong: {full:?}");
        assert_eq!(store.read(|db| db.people().all()).await.unwrap(), [], "and nothing is half written");
        pages(&store, 1_000_000);
        put(words).await.unwrap();
        assert_eq!(store.read(|db| db.people().all()).await.unwrap().len(), 2, "with room again it goes on");
    }

    #[tokio::test]
    async fn closing_waits_for_writers_and_refuses_those_that_come_later() {
        let (_folder, store) = scratch();
        let put = |name: &'static str| {
            let (store, now) = (store.clone(), jiff::Timestamp::UNIX_EPOCH);
            async move { store.write(move |tx| tx.people_mut().put(&name.into(), name, now)).await }
        };
        let (held, go_on) = std::sync::mpsc::channel::<()>();
        let (slow, now) = (store.clone(), jiff::Timestamp::UNIX_EPOCH);
        let writing = tokio::spawn(async move {
            let write = slow.write(move |tx| {
                go_on.recv().unwrap();
                tx.people_mut().put(&"slow".into(), "slow", now)
            });
            write.await
        });
        while store.0.writers.is_empty() {
            tokio::task::yield_now().await;
        }
        let behind = tokio::spawn(put("behind"));
        while store.0.writers.len() < 2 {
            tokio::task::yield_now().await;
        }
        let mut settled = std::pin::pin!(store.settled());
        assert!(futures::poll!(&mut settled).is_pending(), "there are writers");
        held.send(()).unwrap();
        settled.await;
        store.close();
        writing.await.unwrap().unwrap();
        behind.await.unwrap().unwrap();
        assert!(matches!(put("late").await, Err(Error::Ending)), "the file is marked as closed");
        let all = store.read(|db| db.people().all()).await.unwrap();
        assert_eq!(all.len(), 2, "those who came in time are there: {all:?}");
    }
}
