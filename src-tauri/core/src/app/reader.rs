//! Reading what others wrote. A reader that fails takes one file with it, and no more: its panic is caught, and what ends
//! the program all the same (a stack or a memory that is full, a kill) is known to the next start, which leaves that file
//! alone and says so. For that its name is on disk before it is read, or it is not read.

use uuid::Uuid;

use super::Error;
use super::events::Events;
use crate::domain::problem::{Problem, Program};
use crate::domain::reading::{Refusal, Unreadable};
use crate::store::{Culprit, Source, Store};

/// What is done with something that ended the app when it was read before.
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
}

impl Reader {
    pub(super) fn new(store: Store) -> Self {
        Self { store, run: Uuid::now_v7() }
    }

    /// Reads something, on a thread for it, and answers the outcome; nothing if it is left alone. It is read to its end,
    /// and noted as read, also if whoever asked goes away.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        digest: String,
        what: Culprit,
        ended: Ended,
        read: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
    ) -> Result<Option<Result<T, Unreadable>>, Error> {
        let (store, run) = (self.store.clone(), self.run);
        let work = tokio::spawn(async move {
            let key = digest.clone();
            let again = ended == Ended::TryAgain;
            if !store.write(move |tx| tx.being_read_mut().begin(run, &key, &what, again)).await? {
                return Ok(None);
            }
            let read = guarded(read).await?;
            if let Err(error) = store.write(move |tx| tx.being_read_mut().end(&digest)).await {
                // If this run is cut off later, it looks as if this had been the reason.
                tracing::warn!(error = &error as &dyn std::error::Error, "it could not be noted as read");
            }
            Ok(Some(read))
        });
        work.await?
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

/// Runs a reader on a thread of its own. One that panics could not read it.
async fn guarded<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, Unreadable> + Send + 'static,
) -> Result<Result<T, Unreadable>, Error> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => Ok(read),
        Err(failed) if failed.is_panic() => {
            tracing::error!("a reader failed");
            Ok(Err(Unreadable::whole(Refusal::ReaderFailed)))
        }
        Err(failed) => Err(failed.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_reader_that_fails_is_a_file_that_cannot_be_read() {
        let read = guarded(|| -> Result<(), Unreadable> { panic!("a fault in a reader") }).await.unwrap();
        assert_eq!(read, Err(Unreadable::whole(Refusal::ReaderFailed)), "and not the end of the app");
        assert_eq!(guarded(|| Ok(1)).await.unwrap(), Ok(1));
    }
}
