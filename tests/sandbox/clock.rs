//! The sandbox's clock: follows the machine's or stands still, and tests can move it, so that an hour of token lifetime or
//! a minute of index lag needs no waiting. Used by the sandbox only.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// A clock that can be moved. Clones show, and move, the same time.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Reading>>);

#[derive(Clone, Copy, Debug)]
enum Reading {
    /// The machine's time, and how far off this clock shows it.
    Running(SignedDuration),
    /// The same moment until somebody moves it.
    Still(Timestamp),
}

impl Default for Clock {
    fn default() -> Self {
        Self::running()
    }
}

impl Clock {
    /// A clock that runs with the machine's.
    pub fn running() -> Self {
        Self(Arc::new(Mutex::new(Reading::Running(SignedDuration::ZERO))))
    }

    /// A clock that stands at `now` until it is moved: the same run gives the same times.
    pub fn still(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(Reading::Still(now))))
    }

    /// What the clock shows.
    pub fn now(&self) -> Timestamp {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Reading::Running(offset) => {
                let now = machine();
                now.saturating_add(offset).unwrap_or(now)
            }
            Reading::Still(now) => now,
        }
    }

    /// Moves it; backwards too.
    pub fn advance(&self, by: SignedDuration) {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Reading::Running(offset) => *offset = offset.saturating_add(by),
            Reading::Still(now) => *now = now.saturating_add(by).unwrap_or(*now),
        }
    }

    /// Puts it at a moment, from which it goes on as it did: running or still.
    pub fn set(&self, to: Timestamp) {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Reading::Running(offset) => *offset = to.duration_since(machine()),
            Reading::Still(now) => *now = to,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place of the sandbox that asks the machine")]
fn machine() -> Timestamp {
    Timestamp::now()
}
