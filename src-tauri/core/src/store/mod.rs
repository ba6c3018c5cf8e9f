//! The cache on disk, and the only room that speaks SQL. One file for each table: its rows, its queries, its
//! tests. The store answers and records; it decides nothing. Refuses the network and tokens. Called by `app`.
//!
//! One connection writes and one reads, in WAL mode, so that a long import never holds up the window.
#![expect(clippy::disallowed_types, reason = "this room owns SQL")]

mod attempts;
mod deliveries;
mod documents;
mod edits;
mod imports;
mod installation;
mod items;
mod meetings;
mod migrate;
mod notes;
mod open;
mod people;
mod reading;
mod recordings;
mod rescue;
mod search;
mod servers;
mod spaces;
mod targets;
mod words;

use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

pub use attempts::{AttemptId, FirstAttempt};
pub use deliveries::{Listed, Next};
pub use edits::Removed;
pub use installation::Installation;
pub use items::Placed;
pub use meetings::{Origin, Summary};
pub use open::Opened;
pub use reading::{Culprit, Source};
pub use recordings::Recording;
pub use rescue::Damage;
pub use search::{Filter, Found, MOST};
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

/// The cache.
#[derive(Clone, Debug)]
pub struct Store(Arc<Connections>);

#[derive(Debug)]
struct Connections {
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    written: Notify,
    /// Who writes, or waits for it.
    writers: TaskTracker,
    /// Set under the writer's lock: the file was marked as closed, so nothing is written any more.
    closed: AtomicBool,
}

impl Store {
    /// Opens the cache in a folder, which it makes where it is missing. Blocks on the disk.
    pub fn open(folder: &Path) -> Result<Opened, Error> {
        open::open(folder)
    }

    fn new(reader: Connection, writer: Connection) -> Self {
        Self(Arc::new(Connections {
            reader: Mutex::new(reader),
            writer: Mutex::new(writer),
            written: Notify::new(),
            writers: TaskTracker::new(),
            closed: AtomicBool::new(false),
        }))
    }

    /// Reads, off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Reading<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let connections = Arc::clone(&self.0);
        blocking(move || {
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
    pub async fn decide<T: Send + 'static, E: From<Error> + Send + 'static>(
        &self,
        decide: impl FnOnce(&Writing<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (connections, turn) = (Arc::clone(&self.0), self.0.writers.token());
        let decided = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let mut db = lock(&connections.writer);
            connections.change(&mut db, decide)
        });
        decided.await.unwrap_or_else(|_| Err(Error::Ending.into()))
    }

    /// Writes as [`write`](Self::write) does, and overwrites what is deleted: its pages in the file, and its traces in the
    /// journal. What it deletes is gone when this answers, but for [`copies`](Self::outdate_copy).
    pub async fn erase<T: Send + 'static>(
        &self,
        erase: impl FnOnce(&Writing<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (connections, turn) = (Arc::clone(&self.0), self.0.writers.token());
        blocking(move || {
            let _turn = turn;
            let mut db = lock(&connections.writer);
            let overwrite =
                |db: &Connection, on: bool| db.pragma_update(None, "secure_delete", on).map_err(Error::of);
            overwrite(&db, true)?;
            let answer = connections.change(&mut db, erase);
            overwrite(&db, false)?;
            // Whoever reads meanwhile may hold this up; then the end of the app does it.
            if let Err(error) = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
                tracing::warn!(%error, "the journal could not be emptied");
            }
            answer
        })
        .await
    }

    /// Makes the copy as old as can be, so that the next [`back_up`](Self::back_up) replaces it.
    pub async fn outdate_copy(folder: &Path) -> Result<(), Error> {
        let folder = folder.to_owned();
        blocking(move || rescue::outdate(&folder)).await
    }

    /// Waits until something was written since the last wait. For one waiter.
    pub async fn written(&self) {
        self.0.written.notified().await;
    }

    /// Copies the cache beside itself, unless the copy there is younger than that. Answers whether it did.
    pub async fn back_up(folder: &Path, age: Duration) -> Result<bool, Error> {
        let folder = folder.to_owned();
        blocking(move || {
            let written = std::fs::metadata(rescue::copy_of(&folder)).and_then(|copy| copy.modified());
            if written.is_ok_and(|at| at.elapsed().is_ok_and(|old| old < age)) {
                return Ok(false);
            }
            back_up_now(&folder).map(|()| true)
        })
        .await
    }

    /// Waits until nobody writes, nor waits for it.
    pub async fn settled(&self) {
        self.0.writers.close();
        self.0.writers.wait().await;
    }

    /// Says that the app ends as it should, so that the next start need not doubt the file. Nothing is written from then on.
    pub fn close(&self) {
        let db = lock(&self.0.writer);
        self.0.closed.store(true, Ordering::Relaxed);
        open::mark_clean(&db);
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
}

/// On a connection of its own, so that nobody waits for the one that reads.
fn back_up_now(folder: &Path) -> Result<(), Error> {
    rescue::back_up(&open::reader(&folder.join(FILE_NAME))?, folder)
}

/// A panic in another thread rolled its transaction back, so the connection is as good as before.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Ending)?
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
    documents / documents_mut: documents::Documents / DocumentsMut, "Account, settings, drafts, last destinations, and what was told once.";
    targets / targets_mut: targets::Targets / TargetsMut, "Where things can go at once.";
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
