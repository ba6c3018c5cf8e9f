//! A clock that runs fast, so that minutes of waiting pass in seconds.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use sally_core::clock::Clock;
use tokio::sync::watch;

/// How many times faster than the machine's.
pub(crate) const SPEED: i32 = 40;

/// Runs fast from a moment on, and can be moved. Clones show, and move, the same time.
#[derive(Clone)]
pub(crate) struct FastClock {
    since: Timestamp,
    ahead: watch::Sender<SignedDuration>,
}

impl FastClock {
    /// A clock that shows the machine's time at `since`, and is so far ahead of that.
    pub(crate) fn since(since: Timestamp, ahead: SignedDuration) -> Self {
        Self { since, ahead: watch::Sender::new(ahead) }
    }

    /// The moment from which it runs fast.
    pub(crate) fn origin(&self) -> Timestamp {
        self.since
    }

    /// How far it was moved.
    pub(crate) fn ahead(&self) -> SignedDuration {
        *self.ahead.borrow()
    }

    /// Moves it there; backwards too, as real clocks do.
    pub(crate) fn put(&self, ahead: SignedDuration) {
        self.ahead.send_replace(ahead);
    }
}

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "the fast clock is made of the machine's")]
pub(crate) fn machine() -> Timestamp {
    Timestamp::now()
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed = machine().duration_since(self.since).saturating_mul(SPEED);
        self.since.saturating_add(passed.saturating_add(self.ahead())).unwrap_or(Timestamp::MAX)
    }

    fn until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        let mut moved = self.ahead.subscribe();
        async move {
            while let Ok(left) = Duration::try_from(moment.duration_since(self.now()) / SPEED)
                && !left.is_zero()
            {
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    Ok(()) = moved.changed() => {}
                }
            }
        }
        .boxed()
    }

    fn set_back(&self, since: Timestamp) -> BoxFuture<'_, ()> {
        let mut moved = self.ahead.subscribe();
        async move {
            while self.now() >= since {
                if moved.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
        .boxed()
    }
}
