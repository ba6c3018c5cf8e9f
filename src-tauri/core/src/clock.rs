//! The only reader of the machine's clock. Everything else takes a [`Clock`], so that a test can move time.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Says what time it is.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Waits for a moment.
    fn until(&self, moment: Timestamp) -> BoxFuture<'_, ()>;

    /// Waits until the clock shows less than at a moment in the past: somebody set it back, and what is due later is so later
    /// than was meant.
    fn set_back(&self, since: Timestamp) -> BoxFuture<'_, ()>;

    /// The moment after a pause; the last one there is where that is beyond it.
    fn after(&self, pause: SignedDuration) -> Timestamp {
        self.now().saturating_add(pause).unwrap_or(Timestamp::MAX)
    }
}

/// How long the machine's clock is left alone while somebody waits: it may be set, and the machine may sleep.
const MAX_SLEEP: Duration = Duration::from_secs(20);

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            while let Ok(left) = Duration::try_from(moment.duration_since(self.now()))
                && !left.is_zero()
            {
                tokio::time::sleep(left.min(MAX_SLEEP)).await;
            }
        }
        .boxed()
    }

    fn set_back(&self, since: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            while self.now() >= since {
                tokio::time::sleep(MAX_SLEEP).await;
            }
        }
        .boxed()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves it; backwards too, as real clocks do.
    pub fn advance(&self, by: SignedDuration) {
        self.0.send_modify(|now| *now = now.saturating_add(by).unwrap_or(*now));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        let mut moved = self.0.subscribe();
        async move {
            // The clock is here for as long as it is waited for, so this does not fail.
            let _reached = moved.wait_for(|now| *now >= moment).await;
        }
        .boxed()
    }

    fn set_back(&self, since: Timestamp) -> BoxFuture<'_, ()> {
        let mut moved = self.0.subscribe();
        async move {
            let _moved = moved.wait_for(|now| *now < since).await;
        }
        .boxed()
    }
}
