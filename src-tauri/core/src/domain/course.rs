//! The course of a delivery: which state follows from what came of an attempt or of a look, and how long the outbox
//! waits before it acts again. Pure: time and the dice come in as arguments. Called by `app::outbox`.
//!
//! The law: nothing is posted again unless it is certain that it was not made, or Confluence itself keeps it from being
//! made twice (the title of a page is unique in its space). Everything else ends with a person.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::delivery::State;
use super::destination::Action;

/// What came of posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It is there.
    Arrived,
    /// Nothing was made: no byte left, or Confluence asked to wait.
    PutOff,
    /// A page with this title is there already.
    TitleTaken,
    /// Nothing was made, for another reason that a person must mend.
    Refused,
    /// It may have been made: the answer was lost.
    Lost,
}

/// What came of looking for something whose answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is there.
    Found,
    /// The title belongs to a page that somebody else made, or that is older: it was never made.
    SomebodyElses,
    /// It is not to be seen. The index of Confluence lags behind, so it may be there all the same.
    NotSeen,
    /// Confluence could not be asked.
    NotAsked,
    /// It can never be told, such as by another account.
    Hopeless,
}

/// Pauses between looks. Together they are longer than Confluence's index was ever seen to lag.
const LOOKS: [Duration; 7] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_secs(40),
    Duration::from_secs(60),
    Duration::from_secs(60),
];

/// How often a page in doubt is posted again before a person is asked: with the pauses between, about an hour.
const MOST_DOUBTS: u32 = 16;

/// The first and the longest pause before something is tried again that was put off. A network that is back is noticed
/// within minutes, and one that is away all night is not asked a thousand times.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(5 * 60);

/// The state after an attempt. `was` is the state in which it was taken from the line, `tries` counts as in
/// [`super::delivery::Delivery`].
pub fn after_post(was: State, action: Action, posted: Posted, tries: u32) -> State {
    let in_doubt = was == State::Doubted;
    match posted {
        Posted::Arrived => State::Sent,
        Posted::PutOff if in_doubt => State::Doubted,
        Posted::PutOff => State::Waiting,
        // Ours or somebody else's: whoever looks can tell. What else is refused now may have been made before.
        Posted::TitleTaken | Posted::Refused if in_doubt => State::Looking,
        Posted::TitleTaken | Posted::Refused => State::NeedsYou,
        Posted::Lost if in_doubt && tries >= MOST_DOUBTS => State::NotConfirmed,
        Posted::Lost => in_doubt_of(action),
    }
}

/// The state of something whose answer was lost, also because the program ended.
pub fn in_doubt_of(action: Action) -> State {
    match action {
        Action::CreatePage => State::Doubted,
        // Nothing keeps a comment from being made twice.
        Action::AddComment => State::Looking,
    }
}

/// The state after a look, the first of which has `tries` 0.
pub fn after_look(looked: Looked, tries: u32) -> State {
    match looked {
        Looked::Found => State::Sent,
        Looked::SomebodyElses => State::NeedsYou,
        Looked::Hopeless => State::NotConfirmed,
        Looked::NotSeen if tries as usize + 1 >= LOOKS.len() => State::NotConfirmed,
        Looked::NotSeen | Looked::NotAsked => State::Looking,
    }
}

/// How long to wait before the outbox acts in a state; `None` where it does not. The dice spread what many clients do
/// at the same time.
pub fn pause(state: State, tries: u32, dice: u64) -> Option<Duration> {
    match state {
        State::Waiting | State::Doubted => Some(backoff(tries, dice)),
        State::Looking => Some(LOOKS[(tries as usize).min(LOOKS.len() - 1)]),
        State::Queued | State::Sending | State::Sent | State::NeedsYou | State::NotConfirmed => None,
    }
}

/// Longer with each try, and up to twice as long by the dice.
pub fn backoff(tries: u32, dice: u64) -> Duration {
    let pauses = ExponentialBuilder::new()
        .with_min_delay(SHORTEST)
        .with_max_delay(LONGEST)
        .without_max_times()
        .with_jitter()
        .with_jitter_seed(dice)
        .build();
    pauses.take(tries as usize + 1).last().unwrap_or(LONGEST).min(LONGEST)
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
            if state.is_in_line() {
                posts += 1;
                let taken = action == Action::CreatePage && made > 0;
                let mut post = || {
                    if taken {
                        return Posted::TitleTaken;
                    }
                    made += 1;
                    Posted::Arrived
                };
                let posted = match wire {
                    Wire::Fine => post(),
                    Wire::LostBefore => Posted::Lost,
                    Wire::LostAfter => {
                        post();
                        Posted::Lost
                    }
                    Wire::PutOff => Posted::PutOff,
                    Wire::Refused => Posted::Refused,
                    Wire::Killed { made: reached } => {
                        if reached {
                            post();
                        }
                        state = in_doubt_of(action);
                        continue;
                    }
                };
                let next = after_post(state, action, posted, tries);
                tries = if next == state { tries + 1 } else { 0 };
                state = next;
            } else if state == State::Looking {
                let looked = match wire {
                    Wire::Fine if made > 0 && indexed => Looked::Found,
                    Wire::Fine => Looked::NotSeen,
                    _ => Looked::NotAsked,
                };
                let next = after_look(looked, tries);
                tries += u32::from(looked == Looked::NotSeen);
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
        for dice in 0..50 {
            assert!(backoff(0, dice) >= SHORTEST, "not at once");
            assert!(backoff(40, dice) <= LONGEST, "not the whole night");
            assert!(backoff(4, dice) >= Duration::from_secs(32), "longer each time");
        }
        assert_ne!(backoff(3, 1), backoff(3, 2), "not everybody at the same time");
        let whole: Duration = LOOKS.iter().sum();
        assert!(whole >= Duration::from_secs(180), "longer than the index lags");
    }

    #[test]
    fn a_comment_is_never_posted_again_by_itself() {
        for was in State::ALL {
            for posted in [Posted::Lost, Posted::Refused, Posted::PutOff, Posted::TitleTaken] {
                let next = after_post(was, Action::AddComment, posted, 0);
                assert!(posted != Posted::Lost || !next.is_in_line(), "{was:?} after {posted:?} is {next:?}");
            }
        }
    }
}
