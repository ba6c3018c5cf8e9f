//! The outbox: sees each delivery of the connected account to its end. One queue for each organization, which `queue` drains
//! in the order in which things were sent; queues of different organizations do not wait for each other. What may have
//! arrived is looked for, one after the other. Transitions are in `domain::transitions`.
//!
//! It sees neither login nor settings: it is told who is connected ([`Signers`]), and claims nothing before it is known whose
//! tokens sign. A loop that fails waits, reports it once, and starts again.
//!
//! Only one process of a person has the outbox: it holds a lock for as long as it runs.

mod attempt;
mod in_flight;
mod older_copy;
mod queue;
mod reconcile;
mod recovery;
mod requests;
mod triage;
mod views;

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};

pub(super) use requests::Ready;
pub(super) use views::Views;

use in_flight::InFlight;
use older_copy::Compared;
use triage::Changes;

use super::events::Events;
use super::login::{Accounts, Identity, Senders, Signers};
use super::tasks::Tasks;
use super::{END_TIMEOUT, Error, Event, lock};
use crate::auth::Marks;
use crate::clock::Clock;
use crate::disk;
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::OrganizationId;
use crate::domain::problem::{Problem, Program};
use crate::http::MAX_RETRY_AFTER;
use crate::store::{Head, Listed, Store};

/// The file, in the data folder, whose lock says who has the outbox.
pub(super) const LOCK_FILE: &str = "outbox.lock";

/// How soon to try again for the lock.
const LOCK_RETRY_DELAY: Duration = Duration::from_millis(200);

/// How long somebody else may hold the lock until the person is told: longer than a copy that is ending does.
const HELD_NOTICE_DELAY: SignedDuration = SignedDuration::from_secs(END_TIMEOUT.as_secs().cast_signed() + 2);

/// Retry delay when Confluence could not be queried.
const UNREACHED_DELAY: SignedDuration = SignedDuration::from_secs(60);

/// Retry delay after a failed read or write of the list.
const RETRY_DELAY: SignedDuration = SignedDuration::from_secs(30);

/// How often the file's number is raised.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Upper bound of any delay. A later due time means that the clock was set back: it counts as due.
const MAX_DELAY: SignedDuration = SignedDuration::from_secs(MAX_RETRY_AFTER.as_secs() + 600);

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
            // Whoever is connected from here on is new, also while that is found out.
            let accounts = outbox.0.signers.changes();
            let in_flight = InFlight { accounts: accounts.borrow().clone(), ..InFlight::default() };
            while let Err(error) = outbox.recover().await {
                outbox.report_failure(&error);
                if !outbox.pause(RETRY_DELAY).await {
                    return;
                }
            }
            outbox.run(accounts, in_flight).await;
            if let Err(error) = outbox.raise_number().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the file's number was not raised");
            }
        });
    }

    /// Waits; `false` if the app ends before.
    async fn pause(&self, pause: SignedDuration) -> bool {
        let until = self.0.clock.after(pause);
        tokio::select! {
            () = self.0.clock.until(until) => true,
            () = self.0.tasks.ending().cancelled() => false,
        }
    }

    /// Waits until no other process has the outbox; `None` if the app ends before. The person is told of a wait that is not
    /// the end of another copy.
    async fn acquire_lock(&self) -> Option<File> {
        let (path, since, mut is_told) = (self.0.folder.join(LOCK_FILE), self.0.clock.now(), false);
        let held = Problem::Program(Program::OutboxHeld);
        loop {
            let path = path.clone();
            match tokio::task::spawn_blocking(move || disk::try_lock(&path)).await {
                Ok(Ok(Some(file))) => {
                    if is_told {
                        self.0.events.notice_over(&held);
                    }
                    return Some(file);
                }
                Ok(Ok(None)) => {
                    if !is_told && self.0.clock.now().duration_since(since) >= HELD_NOTICE_DELAY {
                        is_told = true;
                        self.0.events.notice(&held);
                    }
                }
                Ok(Err(error)) => tracing::warn!(%error, "the outbox cannot be locked"),
                Err(_) => return None,
            }
            tokio::select! {
                () = tokio::time::sleep(LOCK_RETRY_DELAY) => {}
                () = self.0.tasks.ending().cancelled() => return None,
            }
        }
    }

    async fn run(&self, mut accounts: watch::Receiver<Accounts>, mut in_flight: InFlight) {
        let mut raised = self.0.clock.now();
        let mut awake = raised;
        loop {
            let (ending, looked) = (self.0.tasks.ending(), self.0.clock.now());
            let next = if ending.is_cancelled() {
                // What is on its way is waited for, so that it is recorded.
                None
            } else {
                if accounts.has_changed().unwrap_or_default() {
                    let now = accounts.borrow_and_update().clone();
                    in_flight.has_new_signer |= now.has_new_signer(&in_flight.accounts);
                    in_flight.accounts = now;
                }
                // Nothing goes before it is known what slept too long to.
                let begun = match self.wake_up(&mut awake).await {
                    Ok(()) => self.start_due(&mut in_flight).await,
                    Err(error) => Err(error),
                };
                let day = self.raise_daily(&mut raised).await;
                let begun = begun.unwrap_or_else(|error| {
                    self.report_failure(&error);
                    self.0.clock.now().saturating_add(RETRY_DELAY).ok()
                });
                begun.into_iter().chain(day).min()
            };
            let ended = ending.is_cancelled();
            if ended && in_flight.queues.is_empty() && in_flight.reconciling.is_empty() {
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
                () = self.0.clock.set_back(looked) => {}
                Some(queue) = in_flight.queues.join_next_with_id() => in_flight.queue_ended(self, queue),
                Some(ended) = in_flight.reconciling.join_next() => in_flight.reconcile_ended(self, ended),
                () = ending.cancelled(), if !ended => {}
            }
        }
    }

    /// After a machine slept for days, what waited is asked about, as at a start: an action of a person does not last that long.
    async fn wake_up(&self, awake: &mut Timestamp) -> Result<(), Error> {
        let now = self.0.clock.now();
        if now.duration_since(*awake) >= triage::ASKED_FOR {
            let changes = self.0.store.write(move |tx| triage::ask_about_old(tx, now)).await?;
            if !changes.is_empty() {
                self.announce_all(changes);
                self.ask_about_waiting().await?;
            }
        }
        *awake = now;
        Ok(())
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
    async fn start_due(&self, in_flight: &mut InFlight) -> Result<Option<Timestamp>, Error> {
        let now = self.0.clock.now();
        if in_flight.has_new_signer {
            self.resume_waiting().await?;
            in_flight.has_new_signer = false;
        }
        for organization in in_flight.broken.clone() {
            self.recover_interrupted(Some(organization.clone())).await?;
            in_flight.broken.remove(&organization);
        }
        self.set_aside_strays().await?;
        let (heads, doubts) = self
            .0
            .store
            .read(|db| {
                Ok((db.deliveries().queue_heads()?, db.deliveries().in_states(&[State::Reconciling])?))
            })
            .await?;
        let mut next: Option<Timestamp> = None;
        let mut later = |due: Option<Timestamp>| next = next.into_iter().chain(due).min();
        for Head { organization, account, due, .. } in heads {
            // Nothing is sent, or looked for, in nobody's name.
            let identity =
                account.and_then(|account| in_flight.accounts.identity_for(&organization, &account));
            let Some(identity) = identity else { continue };
            if in_flight.busy.values().any(|busy| *busy == organization) {
                // It is asked for again when its queue is drained.
            } else if is_due(due, now) {
                let (outbox, queue) = (self.clone(), organization.clone());
                let begun = in_flight.queues.spawn(async move { outbox.drain(&queue, &identity).await });
                in_flight.busy.insert(begun.id(), organization);
            } else {
                later(due);
            }
        }
        let not_before = in_flight.reconcile_failures.1.filter(|after| *after > now);
        for (delivery, _) in doubts.into_iter().filter_map(Listed::readable) {
            let Some(identity) = in_flight.accounts.reconciler_for(&delivery) else { continue };
            let due = delivery.due.into_iter().chain(not_before).max();
            if !is_due(due, now) {
                later(due);
            } else if in_flight.reconciling.is_empty() {
                // One at a time, so that two equal comments do not both find the same one.
                let outbox = self.clone();
                in_flight.reconciling.spawn(async move { outbox.reconcile(delivery, &identity).await });
            }
        }
        Ok(next)
    }

    /// Leaves to a person what waits and has nobody who may send it.
    async fn set_aside_strays(&self) -> Result<(), Error> {
        let senders: Senders = self.0.signers.now().senders();
        let heads = self.0.store.read(|db| db.deliveries().queue_heads()).await?;
        let is_stray =
            |head: &Head| senders.is_stray(&head.organization, head.account.as_ref(), head.in_doubt);
        if !heads.iter().any(is_stray) {
            return Ok(());
        }
        let (signers, now) = (self.0.signers.clone(), self.0.clock.now());
        let changes = self
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
        self.announce_all(changes);
        Ok(())
    }

    fn announce_all(&self, changes: Changes) {
        for (delivery, why) in changes {
            self.announce(delivery, why);
        }
    }

    fn announce(&self, delivery: Delivery, why: Option<Problem>) {
        let view = self.views().of(delivery.clone(), why.as_ref());
        if matches!(delivery.state, State::Sent | State::NeedsYou | State::NotConfirmed) {
            // Nobody listens any more when the app ends.
            let _ = self.0.outcomes.send((delivery, why));
        }
        self.0.events.emit(Event::Delivery(Box::new(view)));
    }

    /// Says that the outbox cannot go on: once, however often it tries until it can.
    fn report_failure(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "the outbox could not go on");
        let problem = error.problem();
        let before = lock(&self.0.trouble).replace(problem.clone());
        if before.as_ref() != Some(&problem) {
            self.0.events.notice(&problem);
        }
    }

    /// Something could be written again.
    fn report_success(&self) {
        lock(&self.0.trouble).take();
    }
}

fn is_due(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_none_or(|due| due <= now || due.duration_since(now) > MAX_DELAY)
}
