//! The outbox: sees each delivery of the connected account to its end. One queue for each organization, which `queue` drains
//! in the order in which things were sent; queues of different organizations do not wait for each other. What may have
//! arrived is looked for, one after the other. Transitions are in `domain::transitions`.
//!
//! It sees neither login nor settings: it is told who is connected ([`Signers`]), and claims nothing before it is known whose
//! tokens sign. What fails waits, is told once, and is begun again.
//!
//! Only one process of a person has the outbox: it holds a lock for as long as it runs.

mod attempt;
mod older_copy;
mod queue;
mod reconcile;
mod requests;
mod triage;
mod views;

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{Id, JoinError, JoinSet};

pub(super) use requests::Ready;
pub(super) use views::Views;

use older_copy::Compared;
use reconcile::Seen;
use triage::Told;

use super::events::Events;
use super::login::{Accounts, Identity, Senders, Signers};
use super::tasks::Tasks;
use super::{Error, Event, lock};
use crate::auth::Marks;
use crate::clock::Clock;
use crate::domain::course::{self, Looked};
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::domain::problem::{self, Problem};
use crate::http::MAX_RETRY_AFTER;
use crate::store::{Head, Listed, Next, Store};

/// The file, in the data folder, whose lock says who has the outbox.
pub(super) const LOCK_FILE: &str = "outbox.lock";

/// How soon to try again for the lock.
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(200);

/// Retry delay when Confluence could not be queried.
const UNREACHED_DELAY: SignedDuration = SignedDuration::from_secs(60);

/// Retry delay after a failed read or write of the list.
const RETRY_DELAY: SignedDuration = SignedDuration::from_secs(30);

/// How often the file's number is raised.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Upper bound of any delay. A later due time means that the clock was set back: it counts as due.
const MAX_DELAY: SignedDuration = SignedDuration::from_secs(MAX_RETRY_AFTER.as_secs() + 600);

/// What is under way, and what has to wait.
#[derive(Default)]
struct Working {
    queues: JoinSet<Result<(), Error>>,
    busy: HashMap<Id, OrganizationId>,
    look: JoinSet<Result<(), Error>>,
    /// Looks that failed in a row, and before when there is no other.
    looks: (u32, Option<Timestamp>),
    /// Organizations whose queue broke off: what was on its way there may have arrived.
    broken: HashSet<OrganizationId>,
    /// Who was connected when what waits was looked at last: nothing is claimed in another name.
    accounts: Accounts,
    /// Somebody was connected or disconnected, and what waits has not been looked at since.
    accounts_changed: bool,
}

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Outbox(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    events: Events,
    tasks: Tasks,
    signers: Signers,
    /// Where the lock lies.
    folder: PathBuf,
    /// How often the file was used, as the keyring knows it.
    marks: Marks,
    /// The machine's own id, where it has one.
    machine: Option<String>,
    /// What came to an end, for the desktop to notify of.
    outcomes: mpsc::UnboundedSender<Outcome>,
    /// Rung when there may be something to deliver.
    wake: Notify,
    /// What there was trouble with last, until something is written again.
    trouble: Mutex<Option<Problem>>,
    /// Whether the data is known to be no older copy of itself.
    compared: tokio::sync::Mutex<Compared>,
    /// When it was found to be one.
    restored_at: Mutex<Option<Timestamp>>,
}

/// A delivery that came to an end, or to a person, and what they are told.
pub(super) type Outcome = (Delivery, Option<Problem>);

/// What the outbox is made with.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: Events,
    pub(super) tasks: Tasks,
    pub(super) signers: Signers,
    pub(super) folder: PathBuf,
    pub(super) marks: Marks,
    pub(super) machine: Option<String>,
    pub(super) outcomes: mpsc::UnboundedSender<Outcome>,
}

impl Outbox {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { store, clock, events, tasks, signers, folder, marks, machine, outcomes } = parts;
        Self(Arc::new(Inner {
            store,
            clock,
            events,
            tasks,
            signers,
            folder,
            marks,
            machine,
            outcomes,
            wake: Notify::new(),
            trouble: Mutex::default(),
            compared: tokio::sync::Mutex::default(),
            restored_at: Mutex::default(),
        }))
    }

    /// Starts to deliver.
    pub(super) fn start(&self) {
        let outbox = self.clone();
        self.0.tasks.spawn(async move {
            // A keyring may wait for its password for as long as it likes.
            let ending = outbox.0.tasks.ending();
            if ending.run_until_cancelled(outbox.0.signers.restored()).await.is_none() {
                return;
            }
            let Some(_lock) = outbox.acquire_lock().await else { return };
            // Nothing is sent before it is known what was on its way, and that the list is no older copy.
            let accounts = outbox.0.signers.changes();
            while let Err(error) = outbox.look_back().await {
                outbox.broke(&error);
                if !outbox.pause(RETRY_DELAY).await {
                    return;
                }
            }
            outbox.run(accounts).await;
            if let Err(error) = outbox.raise_number().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the file's number was not raised");
            }
        });
    }

    /// What earlier runs left: before anything is sent.
    async fn look_back(&self) -> Result<(), Error> {
        self.doubt_interrupted(None).await?;
        self.doubt_older_copy().await?;
        let now = self.0.clock.now();
        let told = self
            .0
            .store
            .write(move |tx| {
                triage::set_aside_unreadable(tx, now)?;
                triage::ask_about_old(tx, now)
            })
            .await?;
        self.tell_all(told);
        self.take_up().await
    }

    /// What waited for somebody who is connected now goes on: the person asked for it already.
    async fn take_up(&self) -> Result<(), Error> {
        // Before anything is taken up: the data may be an older copy of itself.
        self.doubt_older_copy().await?;
        let (signers, now) = (self.0.signers.clone(), self.0.clock.now());
        let told = self
            .0
            .store
            .write(move |tx| {
                let senders = signers.now().senders();
                triage::take_up(tx, &senders, now)
            })
            .await?;
        self.tell_all(told);
        self.ask_about_waiting().await
    }

    /// Waits; `false` if the app ends before.
    async fn pause(&self, pause: SignedDuration) -> bool {
        let until = self.0.clock.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
        tokio::select! {
            () = self.0.clock.until(until) => true,
            () = self.0.tasks.ending().cancelled() => false,
        }
    }

    /// Waits until no other process has the outbox; `None` if the app ends before.
    async fn acquire_lock(&self) -> Option<File> {
        let path = self.0.folder.join(LOCK_FILE);
        loop {
            let path = path.clone();
            let locked = tokio::task::spawn_blocking(move || {
                let file = File::options().create(true).truncate(false).write(true).open(path)?;
                match file.try_lock() {
                    Ok(()) => Ok(Some(file)),
                    Err(TryLockError::WouldBlock) => Ok(None),
                    Err(TryLockError::Error(error)) => Err(error),
                }
            })
            .await;
            match locked {
                Ok(Ok(Some(file))) => return Some(file),
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the outbox cannot be locked"),
                Err(_) => return None,
            }
            tokio::select! {
                () = tokio::time::sleep(LOCK_RETRY_DELAY) => {}
                () = self.0.tasks.ending().cancelled() => return None,
            }
        }
    }

    /// Whatever was on its way when the last run ended, or the line of an organization broke off, may have arrived.
    async fn doubt_interrupted(&self, organization: Option<OrganizationId>) -> Result<(), Error> {
        let now = self.0.clock.now();
        let why = Problem::Delivery(problem::Delivery::Interrupted);
        let doubted = self
            .0
            .store
            .write(move |tx| {
                let sending = tx.deliveries().in_states::<Problem>(&[State::Sending])?;
                let is_meant = |delivery: &Delivery| {
                    organization.as_ref().is_none_or(|only| delivery.destination.organization() == only)
                };
                let mut doubted = Vec::new();
                let sending = sending.into_iter().filter_map(Listed::readable);
                for (delivery, _) in sending.filter(|(delivery, _)| is_meant(delivery)) {
                    let state = course::in_doubt_of(delivery.destination.action());
                    doubted.extend(triage::set_aside(tx, delivery, state, why.clone(), now)?);
                }
                Ok(doubted)
            })
            .await?;
        self.tell_all(doubted);
        Ok(())
    }

    async fn run(&self, mut accounts: watch::Receiver<Accounts>) {
        let mut working = Working { accounts: accounts.borrow().clone(), ..Working::default() };
        let mut raised = self.0.clock.now();
        loop {
            let ending = self.0.tasks.ending();
            let next = if ending.is_cancelled() {
                // What is on its way is waited for, so that it is recorded.
                None
            } else {
                if accounts.has_changed().unwrap_or_default() {
                    working.accounts = accounts.borrow_and_update().clone();
                    working.accounts_changed = true;
                }
                let (begun, day) =
                    (self.begin_what_is_due(&mut working).await, self.raise_daily(&mut raised).await);
                let begun = begun.unwrap_or_else(|error| {
                    self.broke(&error);
                    self.0.clock.now().saturating_add(RETRY_DELAY).ok()
                });
                begun.into_iter().chain(day).min()
            };
            let ended = ending.is_cancelled();
            if ended && working.queues.is_empty() && working.look.is_empty() {
                return;
            }
            let time = async {
                match next {
                    Some(moment) => self.0.clock.until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.wake.notified() => {}
                Ok(()) = accounts.changed() => accounts.mark_changed(),
                () = time => {}
                Some(queue) = working.queues.join_next_with_id() => working.queue_ended(self, queue),
                Some(look) = working.look.join_next() => working.look_ended(self, look),
                () = ending.cancelled(), if !ended => {}
            }
        }
    }

    /// Makes older copies of the file older, once a day. Answers when it is due again.
    async fn raise_daily(&self, raised: &mut Timestamp) -> Option<Timestamp> {
        let now = self.0.clock.now();
        if now.duration_since(*raised) >= DAY || now < *raised {
            *raised = now;
            if let Err(error) = self.raise_number().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the file's number was not raised");
            }
        }
        raised.saturating_add(DAY).ok()
    }

    /// Begins everything that is due and not under way. Answers when the next thing is due.
    async fn begin_what_is_due(&self, working: &mut Working) -> Result<Option<Timestamp>, Error> {
        let now = self.0.clock.now();
        if working.accounts_changed {
            self.take_up().await?;
            working.accounts_changed = false;
        }
        for organization in working.broken.clone() {
            self.doubt_interrupted(Some(organization.clone())).await?;
            working.broken.remove(&organization);
        }
        self.set_aside_strays().await?;
        let (heads, doubts) = self
            .0
            .store
            .read(|db| {
                Ok((db.deliveries().heads()?, db.deliveries().in_states::<Problem>(&[State::Looking])?))
            })
            .await?;
        let mut next: Option<Timestamp> = None;
        let mut later = |due: Option<Timestamp>| next = next.into_iter().chain(due).min();
        for Head { organization, account, due, .. } in heads {
            // Nothing is sent, or looked for, in nobody's name.
            let identity = account.and_then(|account| working.accounts.identity_for(&organization, &account));
            let Some(identity) = identity else { continue };
            if working.busy.values().any(|busy| *busy == organization) {
                // It is asked for again when its queue is drained.
            } else if is_due(due, now) {
                let (outbox, queue) = (self.clone(), organization.clone());
                let begun = working.queues.spawn(async move { outbox.drain(&queue, &identity).await });
                working.busy.insert(begun.id(), organization);
            } else {
                later(due);
            }
        }
        let looks_after = working.looks.1.filter(|after| *after > now);
        for (delivery, _) in doubts.into_iter().filter_map(Listed::readable) {
            let Some(identity) = working.accounts.looker_for(&delivery) else { continue };
            let due = delivery.due.into_iter().chain(looks_after).max();
            if !is_due(due, now) {
                later(due);
            } else if working.look.is_empty() {
                // One at a time, so that two equal comments do not both find the same one.
                let outbox = self.clone();
                working.look.spawn(async move { outbox.look_for(delivery, &identity).await });
            }
        }
        Ok(next)
    }

    /// Leaves to a person what waits and has nobody who may send it.
    async fn set_aside_strays(&self) -> Result<(), Error> {
        let senders: Senders = self.0.signers.now().senders();
        let heads = self.0.store.read(|db| db.deliveries().heads()).await?;
        let is_stray =
            |head: &Head| senders.is_stray(&head.organization, head.account.as_ref(), head.in_doubt);
        if !heads.iter().any(is_stray) {
            return Ok(());
        }
        let (signers, now) = (self.0.signers.clone(), self.0.clock.now());
        let told = self
            .0
            .store
            .write(move |tx| {
                let why =
                    |organization: &OrganizationId| signers.now().not_connected_to(organization).problem();
                // Somebody may have been connected since.
                let senders = signers.now().senders();
                triage::set_aside_strays(tx, &senders, why, now)
            })
            .await?;
        self.tell_all(told);
        Ok(())
    }

    /// Looks for a delivery once, and records what was seen.
    async fn look_for(&self, mut delivery: Delivery, identity: &Identity) -> Result<(), Error> {
        let Seen { looked, candidate, mut why } = self.look(&delivery, identity).await?;
        let now = self.0.clock.now();
        let state = course::after_look(looked, delivery.tries);
        delivery.tries = if looked == Looked::NotSeen { delivery.tries + 1 } else { delivery.tries };
        let pause = match looked {
            Looked::NotAsked => Some(UNREACHED_DELAY),
            _ => {
                course::pause(state, delivery.tries, 0).and_then(|pause| SignedDuration::try_from(pause).ok())
            }
        };
        delivery.due =
            pause.filter(|_| state == State::Looking).and_then(|pause| now.saturating_add(pause).ok());
        match state {
            State::NotConfirmed => why = why.or_else(|| Some(not_found(&delivery))),
            // What was said when the answer was lost still holds.
            State::Looking if why.is_none() => why = self.reason(delivery.id).await?,
            _ => {}
        }
        (delivery.state, delivery.changed) = (state, now);
        if let Some(candidate) = &candidate {
            delivery.url.clone_from(&candidate.url);
        }
        let (stored, reason) = (delivery.clone(), why.clone());
        let changed = self
            .0
            .store
            .write(move |tx| {
                let next = Next {
                    state,
                    why: reason.as_ref(),
                    due: stored.due,
                    tries: stored.tries,
                    url: stored.url.as_deref(),
                    remote_id: candidate.as_ref().map(|candidate| candidate.id.as_str()),
                };
                tx.deliveries_mut().change(stored.id, &[State::Looking], &next, now)
            })
            .await?;
        self.went_on();
        if changed {
            self.tell_delivery(delivery, why);
        }
        Ok(())
    }

    async fn reason(&self, id: DeliveryId) -> Result<Option<Problem>, Error> {
        let found = self.0.store.read(move |db| db.deliveries().get::<Problem>(id)).await?;
        Ok(found.and_then(|(_, why)| why))
    }

    fn tell_all(&self, told: Told) {
        for (delivery, why) in told {
            self.tell_delivery(delivery, why);
        }
    }

    fn tell_delivery(&self, delivery: Delivery, why: Option<Problem>) {
        let view = self.views().of(delivery.clone(), why.as_ref());
        if matches!(delivery.state, State::Sent | State::NeedsYou | State::NotConfirmed) {
            // Nobody listens any more when the app ends.
            let _ = self.0.outcomes.send((delivery, why));
        }
        self.0.events.emit(Event::Delivery(Box::new(view)));
    }

    /// Says that the outbox cannot go on: once, however often it tries until it can.
    fn broke(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "the outbox could not go on");
        let problem = error.problem();
        let before = lock(&self.0.trouble).replace(problem.clone());
        if before.as_ref() != Some(&problem) {
            self.0.events.notice(&problem);
        }
    }

    /// Something could be written again.
    fn went_on(&self) {
        lock(&self.0.trouble).take();
    }
}

impl Working {
    fn queue_ended(&mut self, outbox: &Outbox, ended: Result<(Id, Result<(), Error>), JoinError>) {
        let (id, broken) = match ended {
            Ok((id, Ok(()))) => (id, None),
            Ok((id, Err(error))) => (id, Some(error)),
            Err(error) => (error.id(), Some(error.into())),
        };
        let Some(organization) = self.busy.remove(&id) else { return };
        if let Some(error) = broken {
            outbox.broke(&error);
            self.broken.insert(organization);
        }
    }

    fn look_ended(&mut self, outbox: &Outbox, ended: Result<Result<(), Error>, JoinError>) {
        let failed = match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(error) => Some(error.into()),
        };
        let Some(error) = failed else {
            self.looks = (0, None);
            return;
        };
        outbox.broke(&error);
        // It asked Confluence before it failed, so it waits longer each time.
        let (failures, _) = self.looks;
        let pause = SignedDuration::try_from(course::backoff(failures, 0))
            .unwrap_or(UNREACHED_DELAY)
            .max(UNREACHED_DELAY);
        self.looks = (failures + 1, outbox.0.clock.now().saturating_add(pause).ok());
    }
}

fn is_due(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_none_or(|due| due <= now || due.duration_since(now) > MAX_DELAY)
}

/// Why a delivery is not confirmed after the last look.
fn not_found(delivery: &Delivery) -> Problem {
    Problem::Delivery(problem::Delivery::NotFound((&delivery.destination).into()))
}
