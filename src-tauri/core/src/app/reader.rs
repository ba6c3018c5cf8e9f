//! Reading what others wrote. A reader that fails takes one file with it, and no more: its panic is caught, and what ends
//! the program all the same (a stack or a memory that is full, a kill) is known to the next start, which leaves that file
//! alone and says so. For that its name is on disk before it is read, or it is not read. A reader that does not come to an end
//! is given up, and what it read is left alone as well. Its thread cannot be ended, so only some may be left behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use uuid::Uuid;

use super::Error;
use super::events::Events;
use crate::domain::problem::{Problem, Program};
use crate::domain::reading::{Refusal, Unreadable};
use crate::store::{Culprit, Source, Store};

/// How long something may be read. The largest files take some seconds on a slow machine; what takes a minute was made to, or
/// meets a fault of a reader.
pub const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Most readers that are left behind before nothing more is read in this run. Each may keep a core busy and hold some hundred
/// MiB.
const MAX_GIVEN_UP: usize = 3;

/// What is done with something that ended the app when it was read before, or took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It is left alone: nobody may be there, and it could end every start.
    LeaveAlone,
    /// It is read again: a person wants it now, and knows.
    TryAgain,
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(super) struct Reader {
    store: Store,
    /// Tells this run from earlier ones.
    run: Uuid,
    /// How long something may be read; [`READ_TIMEOUT`] for people.
    timeout: Duration,
    /// How many readers were given up and have not come to an end yet.
    given_up: Arc<AtomicUsize>,
}

impl Reader {
    pub(super) fn new(store: Store, timeout: Duration) -> Self {
        Self { store, run: Uuid::now_v7(), timeout, given_up: Arc::default() }
    }

    /// Reads something, on a thread for it, and answers the outcome; nothing if it is left alone. It is read to its end or
    /// given up, and noted as that, also if whoever asked goes away.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        digest: String,
        what: Culprit,
        ended: Ended,
        read: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
    ) -> Result<Option<Result<T, Unreadable>>, Error> {
        let reader = self.clone();
        let work = tokio::spawn(async move {
            if reader.given_up.load(Ordering::Relaxed) >= MAX_GIVEN_UP {
                return Ok(Some(Err(Unreadable::whole(Refusal::ReadersBusy))));
            }
            let (store, run, key) = (&reader.store, reader.run, digest.clone());
            let again = ended == Ended::TryAgain;
            if !store.write(move |tx| tx.being_read_mut().begin(run, &key, &what, again)).await? {
                return Ok(None);
            }
            let read = reader.guarded(read).await?;
            let is_given_up =
                matches!(&read, Err(refused) if matches!(refused.reason, Refusal::TooSlow { .. }));
            let noted = store.write(move |tx| {
                let noted = tx.being_read_mut();
                if is_given_up { noted.give_up(&digest) } else { noted.end(&digest) }
            });
            if let Err(error) = noted.await {
                // If this run is cut off later, it looks as if this had been the reason.
                tracing::warn!(error = &error as &dyn std::error::Error, "it could not be noted as read");
            }
            Ok(Some(read))
        });
        work.await?
    }

    /// Runs a reader on a thread of its own. One that panics could not read it, and one that takes too long is left behind.
    async fn guarded<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
    ) -> Result<Result<T, Unreadable>, Error> {
        let mut reading = tokio::task::spawn_blocking(read);
        let Ok(read) = tokio::time::timeout(self.timeout, &mut reading).await else {
            tracing::error!("a reader did not come to an end");
            self.given_up.fetch_add(1, Ordering::Relaxed);
            let given_up = Arc::clone(&self.given_up);
            tokio::spawn(async move {
                let _late = reading.await;
                given_up.fetch_sub(1, Ordering::Relaxed);
            });
            return Ok(Err(Unreadable::whole(Refusal::TooSlow { seconds: self.timeout.as_secs() })));
        };
        match read {
            Ok(read) => Ok(read),
            Err(failed) if failed.is_panic() => {
                tracing::error!("a reader failed");
                Ok(Err(Unreadable::whole(Refusal::ReaderFailed)))
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// Says what ended the run before this one. It is left alone from now on.
    pub(super) async fn tell_what_ended(&self, events: &Events, ended_well: bool) -> Result<(), Error> {
        let run = self.run;
        let culprits = self.store.read(move |db| db.being_read().untold(run)).await?;
        if culprits.is_empty() {
            return Ok(());
        }
        if ended_well {
            return Ok(self.store.write(move |tx| tx.being_read_mut().acquit(run)).await?);
        }
        let has = |source: Source| culprits.iter().any(|one| one.source == source);
        events.notice(&Problem::Program(Program::EndedReading {
            names: culprits.iter().map(|one| one.name.clone()).collect(),
            files: has(Source::File),
            servers: has(Source::Server),
        }));
        if let Err(error) = self.store.write(move |tx| tx.being_read_mut().told(run)).await {
            // Then the next start says it, too.
            tracing::warn!(error = &error as &dyn std::error::Error, "what was told could not be noted");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn reader(timeout: Duration) -> (tempfile::TempDir, Reader) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap().store;
        (folder, Reader::new(store, timeout))
    }

    #[tokio::test]
    async fn a_reader_that_fails_is_a_file_that_cannot_be_read() {
        let (_folder, reader) = reader(READ_TIMEOUT);
        let read =
            reader.guarded(|| -> Result<(), Unreadable> { panic!("a fault in a reader") }).await.unwrap();
        assert_eq!(read, Err(Unreadable::whole(Refusal::ReaderFailed)), "and not the end of the app");
        assert_eq!(reader.guarded(|| Ok(1)).await.unwrap(), Ok(1));
    }

    #[tokio::test]
    async fn a_file_whose_reader_does_not_end_is_given_up_and_left_alone_until_a_person_asks() {
        let (_folder, reader) = reader(Duration::from_millis(100));
        let file = || Culprit { name: "slow.docx".to_owned(), source: Source::File };
        let (end, held) = mpsc::channel::<()>();
        let stuck = move || {
            // Until the other end is dropped.
            let _ = held.recv();
            Ok(())
        };
        let read = reader.read("slow".to_owned(), file(), Ended::TryAgain, stuck).await.unwrap();
        assert_eq!(read, Some(Err(Unreadable::whole(Refusal::TooSlow { seconds: 0 }))), "the import answers");
        let next_run = Reader::new(reader.store.clone(), READ_TIMEOUT);
        for run in [&reader, &next_run] {
            let again = run.read("slow".to_owned(), file(), Ended::LeaveAlone, || Ok(())).await.unwrap();
            assert_eq!(again, None, "it is not begun anew, in this run or the next one");
        }
        let run = next_run.run;
        let untold = reader.store.read(move |db| db.being_read().untold(run)).await.unwrap();
        assert_eq!(untold, [], "it ended no run, and the person knows");
        let wanted = next_run.read("slow".to_owned(), file(), Ended::TryAgain, || Ok(())).await.unwrap();
        assert_eq!(wanted, Some(Ok(())), "a person may want it all the same");
        let again = next_run.read("slow".to_owned(), file(), Ended::LeaveAlone, || Ok(())).await.unwrap();
        assert_eq!(again, Some(Ok(())), "and once it was read it is as others");
        drop(end);
    }

    #[tokio::test]
    async fn readers_that_do_not_end_are_few() {
        let (_folder, reader) = reader(Duration::from_millis(20));
        let file = || Culprit { name: "slow.docx".to_owned(), source: Source::File };
        let read = async |digest: String, work: Box<dyn FnOnce() + Send>| {
            let read = reader.read(digest, file(), Ended::LeaveAlone, move || {
                work();
                Ok(())
            });
            read.await.unwrap().unwrap()
        };
        let mut ends = Vec::new();
        for number in 0..MAX_GIVEN_UP {
            let (end, held) = mpsc::channel::<()>();
            ends.push(end);
            let stuck = Box::new(move || {
                let _ = held.recv();
            });
            let refused = read(format!("slow {number}"), stuck).await.unwrap_err();
            assert_eq!(refused.reason, Refusal::TooSlow { seconds: 0 });
        }
        let refused = read("next".to_owned(), Box::new(|| ())).await.unwrap_err();
        assert_eq!(refused.reason, Refusal::ReadersBusy, "no more threads are left behind");
        drop(ends);
        while reader.given_up.load(Ordering::Relaxed) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(read("next".to_owned(), Box::new(|| ())).await, Ok(()), "until they come to an end");
    }
}
