//! A clock that runs fast, so that minutes of waiting pass in seconds.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use sally_core::clock::Clock;

/// How many times faster than the machine's.
pub(crate) const SPEED: i32 = 40;

/// Runs fast from a moment on. All clocks of one moment show the same.
#[derive(Clone, Copy)]
pub(crate) struct FastClock {
    since: Timestamp,
}

impl FastClock {
    /// A clock that shows the machine's time at `since`.
    pub(crate) fn since(since: Timestamp) -> Self {
        Self { since }
    }

    /// The moment from which it runs fast.
    pub(crate) fn origin(self) -> Timestamp {
        self.since
    }
}

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "the fast clock is made of the machine's")]
pub(crate) fn machine() -> Timestamp {
    Timestamp::now()
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        let passed = machine().duration_since(self.since);
        self.since.saturating_add(passed.saturating_mul(SPEED)).unwrap_or(Timestamp::MAX)
    }

    fn until(&self, moment: Timestamp) -> BoxFuture<'_, ()> {
        async move {
            let left: SignedDuration = moment.duration_since(self.now());
            let left = Duration::try_from(left / SPEED).unwrap_or_default();
            tokio::time::sleep(left).await;
        }
        .boxed()
    }
}
