//! The state machine of a delivery: the next state after an attempt or a search, and the delay before the outbox acts
//! again. Pure: time and jitter are arguments. Called by `app::outbox`.
//!
//! Invariant: a request is repeated only if it certainly had no effect, or if Confluence itself prevents a duplicate (the
//! title of a page is unique in its space). In all other cases a person decides.
//!
//! | Outcome of an attempt | Next state of a page | of a comment |
//! |---|---|---|
//! | arrived | `Sent` | `Sent` |
//! | deferred: nothing left, or Confluence asked to wait | `Waiting` | `Waiting` |
//! | title taken, refused | `NeedsYou` | `NeedsYou` |
//! | answer lost | `RetryUnconfirmed` | `Reconciling` |
//!
//! A page in `RetryUnconfirmed` that is refused, or whose title is taken, goes to `Reconciling`.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::delivery::State;
use super::destination::Action;

/// The outcome of one attempt to post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// It is there.
    Arrived,
    /// Nothing was made: no byte left, or Confluence asked to wait.
    Deferred,
    /// A page with this title is there already.
    TitleTaken,
    /// Nothing was made, for another reason that a person must mend.
    Refused,
    /// It may have been made: the answer was lost.
    Lost,
}

/// The outcome of one search for a delivery whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReconcileOutcome {
    /// It is there.
    Found,
    /// The title belongs to a page that somebody else made, or that is older: it was never made.
    TitleOfAnother,
    /// It was not found. Confluence's index lags behind, so it may exist all the same.
    NotFound,
    /// Confluence could not be queried.
    Unreachable,
    /// Nobody who is connected can verify it: another account sent it.
    Unverifiable,
}

/// Delays between searches. Their sum is longer than the lag of Confluence's index in any measurement.
const RECONCILE_DELAYS: [Duration; 7] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_secs(40),
    Duration::from_secs(60),
    Duration::from_secs(60),
];

/// Retries of a page whose answer was lost before a person is asked: with the delays between them, about an hour.
const MAX_UNCONFIRMED_RETRIES: u32 = 16;

/// The first and the longest delay before a retry: a network that is back is noticed within minutes, and one that is away
/// all night is not asked a thousand times.
const MIN_DELAY: Duration = Duration::from_secs(2);
const MAX_DELAY: Duration = Duration::from_secs(5 * 60);

/// The state after an attempt. `was` is the state before the claim; `tries` counts as in
/// [`super::delivery::Delivery`].
pub fn after_attempt(was: State, action: Action, outcome: AttemptOutcome, tries: u32) -> State {
    let in_doubt = was == State::RetryUnconfirmed;
    match outcome {
        AttemptOutcome::Arrived => State::Sent,
        AttemptOutcome::Deferred if in_doubt => State::RetryUnconfirmed,
        AttemptOutcome::Deferred => State::Waiting,
        // The page with this title may be ours: a search tells. Another refusal says nothing of the earlier attempt.
        AttemptOutcome::TitleTaken | AttemptOutcome::Refused if in_doubt => State::Reconciling,
        AttemptOutcome::TitleTaken | AttemptOutcome::Refused => State::NeedsYou,
        AttemptOutcome::Lost if in_doubt && tries >= MAX_UNCONFIRMED_RETRIES => State::NotConfirmed,
        AttemptOutcome::Lost => after_lost_answer(action),
    }
}

/// The state after an answer was lost, also because the program ended.
pub fn after_lost_answer(action: Action) -> State {
    match action {
        Action::CreatePage => State::RetryUnconfirmed,
        // Nothing keeps a comment from being made twice.
        Action::AddComment => State::Reconciling,
    }
}

/// The state after a search; the first one has `tries` 0.
pub fn after_reconcile(outcome: ReconcileOutcome, tries: u32) -> State {
    match outcome {
        ReconcileOutcome::Found => State::Sent,
        ReconcileOutcome::TitleOfAnother => State::NeedsYou,
        ReconcileOutcome::Unverifiable => State::NotConfirmed,
        ReconcileOutcome::NotFound if tries as usize + 1 >= RECONCILE_DELAYS.len() => State::NotConfirmed,
        ReconcileOutcome::NotFound | ReconcileOutcome::Unreachable => State::Reconciling,
    }
}

/// The delay before the outbox acts in a state; `None` where it does not. Jitter spreads the retries of many clients.
pub fn delay(state: State, tries: u32, jitter_seed: u64) -> Option<Duration> {
    match state {
        State::Waiting | State::RetryUnconfirmed => Some(backoff(tries, jitter_seed)),
        State::Reconciling => Some(RECONCILE_DELAYS[(tries as usize).min(RECONCILE_DELAYS.len() - 1)]),
        State::Queued | State::Sending | State::Sent | State::NeedsYou | State::NotConfirmed => None,
    }
}

/// Exponential back-off, up to twice as long by jitter.
pub fn backoff(tries: u32, jitter_seed: u64) -> Duration {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(jitter_seed)
        .build();
    pauses.take(tries as usize + 1).last().unwrap_or(MAX_DELAY).min(MAX_DELAY)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a request does to the server, and what the app hears of it.
    #[derive(Clone, Copy, Debug)]
    enum Wire {
        Fine,
        LostBefore,
        LostAfter,
        PutOff,
        Refused,
        /// The program is killed after the request was carried out, or before.
        Killed {
            made: bool,
        },
    }

    fn wires() -> impl Strategy<Value = Vec<(Wire, bool)>> {
        let wire = prop_oneof![
            Just(Wire::Fine),
            Just(Wire::LostBefore),
            Just(Wire::LostAfter),
            Just(Wire::PutOff),
            Just(Wire::Refused),
            any::<bool>().prop_map(|made| Wire::Killed { made }),
        ];
        // Beside each: whether the index already shows what was made.
        proptest::collection::vec((wire, any::<bool>()), 1..60)
    }

    /// A server with unique titles, and a delivery that lives with what the wire does.
    fn live(action: Action, wires: Vec<(Wire, bool)>) -> (State, u32, u32) {
        let (mut state, mut tries, mut made, mut posts) = (State::Queued, 0, 0_u32, 0);
        for (wire, indexed) in wires {
            if state.is_pending() {
                posts += 1;
                let taken = action == Action::CreatePage && made > 0;
                let mut post = || {
                    if taken {
                        return AttemptOutcome::TitleTaken;
                    }
                    made += 1;
                    AttemptOutcome::Arrived
                };
                let posted = match wire {
                    Wire::Fine => post(),
                    Wire::LostBefore => AttemptOutcome::Lost,
                    Wire::LostAfter => {
                        post();
                        AttemptOutcome::Lost
                    }
                    Wire::PutOff => AttemptOutcome::Deferred,
                    Wire::Refused => AttemptOutcome::Refused,
                    Wire::Killed { made: reached } => {
                        if reached {
                            post();
                        }
                        state = after_lost_answer(action);
                        continue;
                    }
                };
                let next = after_attempt(state, action, posted, tries);
                tries = if next == state { tries + 1 } else { 0 };
                state = next;
            } else if state == State::Reconciling {
                let looked = match wire {
                    Wire::Fine if made > 0 && indexed => ReconcileOutcome::Found,
                    Wire::Fine => ReconcileOutcome::NotFound,
                    _ => ReconcileOutcome::Unreachable,
                };
                let next = after_reconcile(looked, tries);
                tries += u32::from(looked == ReconcileOutcome::NotFound);
                state = next;
            }
        }
        (state, made, posts)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_made_twice_and_sent_means_made(wires in wires(), page in any::<bool>()) {
            let action = if page { Action::CreatePage } else { Action::AddComment };
            let (state, made, posts) = live(action, wires);
            prop_assert!(made <= 1, "made {made} times by {posts} posts");
            prop_assert!(state != State::Sent || made == 1, "sent, and there is none");
            prop_assert!(!state.is_open() || made == 0, "{state:?} may be sent again, and there is one");
        }

        #[test]
        fn on_a_good_wire_everything_ends(wires in wires(), page in any::<bool>()) {
            let action = if page { Action::CreatePage } else { Action::AddComment };
            let good = std::iter::repeat_n((Wire::Fine, true), 20);
            let (state, ..) = live(action, wires.into_iter().chain(good).collect());
            prop_assert!(
                matches!(state, State::Sent | State::NeedsYou | State::NotConfirmed),
                "{state:?} goes on for ever"
            );
        }
    }

    #[test]
    fn pauses_grow_and_have_an_end() {
        for jitter_seed in 0..50 {
            assert!(backoff(0, jitter_seed) >= MIN_DELAY, "not at once");
            assert!(backoff(40, jitter_seed) <= MAX_DELAY, "not the whole night");
            assert!(backoff(4, jitter_seed) >= Duration::from_secs(32), "longer each time");
        }
        assert_ne!(backoff(3, 1), backoff(3, 2), "not everybody at the same time");
        let whole: Duration = RECONCILE_DELAYS.iter().sum();
        assert!(whole >= Duration::from_secs(180), "longer than the index lags");
    }

    #[test]
    fn a_comment_is_never_posted_again_by_itself() {
        for was in State::ALL {
            for posted in [
                AttemptOutcome::Lost,
                AttemptOutcome::Refused,
                AttemptOutcome::Deferred,
                AttemptOutcome::TitleTaken,
            ] {
                let next = after_attempt(was, Action::AddComment, posted, 0);
                assert!(
                    posted != AttemptOutcome::Lost || !next.is_pending(),
                    "{was:?} after {posted:?} is {next:?}"
                );
            }
        }
    }
}
