//! What is due by the clock, for as long as the app runs: the backup, the sweep of what was deleted for good,
//! and forgetting what was sent long ago. Called by `app`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use super::tasks::Tasks;
use super::{Error, settings};
use crate::clock::Clock;
use crate::store::{self, Store};

/// Delay after the start, and after a deletion, before the backup is checked.
const COPY_DELAY: SignedDuration = SignedDuration::from_secs(30);

/// Maximum age of the backup; interval at which old deliveries expire.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Retry delay after a failed backup, or while another program reads the journal.
const RETRY_DELAY: SignedDuration = SignedDuration::from_mins(10);

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Upkeep {
    store: Store,
    clock: Arc<dyn Clock>,
    tasks: Tasks,
    /// Rung when the backup holds what was deleted for good.
    copy_is_stale: Arc<Notify>,
}

impl Upkeep {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, tasks: Tasks) -> Self {
        Self { store, clock, tasks, copy_is_stale: Arc::default() }
    }

    /// Something was deleted for good, and is still in the backup.
    pub(super) fn copy_is_stale(&self) {
        self.copy_is_stale.notify_one();
    }

    pub(super) fn start(&self) {
        let upkeep = self.clone();
        self.tasks.spawn(async move { upkeep.keep_a_copy().await });
        let upkeep = self.clone();
        self.tasks.spawn_until_ending(async move { upkeep.forget_daily().await });
    }

    /// Makes the backup when the start is over, unless that was done within a day; each day; and soon after something was
    /// deleted for good. First, what is left of that is swept out of the file.
    async fn keep_a_copy(&self) {
        let mut next = self.clock.after(COPY_DELAY);
        loop {
            tokio::select! {
                () = self.clock.until(next) => {}
                () = self.copy_is_stale.notified() => {
                    next = next.min(self.clock.after(COPY_DELAY));
                    continue;
                }
                () = self.tasks.ending().cancelled() => return,
            }
            next = match self.back_up().await {
                Ok(due) => due.max(self.clock.after(COPY_DELAY)),
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the database could not be copied"
                    );
                    self.clock.after(RETRY_DELAY)
                }
            };
        }
    }

    /// Answers when to look again.
    async fn back_up(&self) -> Result<Timestamp, store::Error> {
        self.store.sweep().await?;
        let due = self.store.back_up(self.clock.now(), DAY).await?;
        // The backup may have held up the journal.
        Ok(if self.store.sweep().await? { due } else { due.min(self.clock.after(RETRY_DELAY)) })
    }

    async fn forget_daily(&self) {
        loop {
            // Once, since it may have moved on by the end.
            let now = self.clock.now();
            let pause = match self.forget_sent(now).await {
                Ok(()) => DAY,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "what was sent long ago was not forgotten"
                    );
                    RETRY_DELAY
                }
            };
            self.clock.until(now.saturating_add(pause).unwrap_or(Timestamp::MAX)).await;
        }
    }

    /// Forgets what arrived longer ago than the person wants to see it.
    async fn forget_sent(&self, now: Timestamp) -> Result<(), Error> {
        let days = settings::load(&self.store).await?.keep_sent_days;
        if days == 0 {
            return Ok(());
        }
        let before = now.saturating_sub(SignedDuration::from_hours(24 * i64::from(days)));
        let before = before.unwrap_or(Timestamp::MIN);
        Ok(self.store.write(move |tx| tx.deliveries_mut().forget_sent(before)).await?)
    }
}
