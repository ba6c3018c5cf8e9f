//! The outbox: sees each delivery of the connected account to its end. One line for each organization, which `line` works
//! off in the order in which things were sent; lines of different organizations do not wait for each other. What may have
//! arrived is looked for, one after the other. What follows what is in `domain::course`.
//!
//! Nothing is begun before it is known whose tokens sign. What fails waits, is told once, and is begun again.
//!
//! Only one process of a person has the outbox: it holds a lock for as long as it runs.

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{Id, JoinError, JoinSet};

use super::accounts::{self, Identity};
use super::look::Seen;
use super::status::ErrorView;
use super::{App, Error, Event, lock};
use crate::api::ErrorCode;
use crate::domain::course::{self, Looked};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::Destination;
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::http::LONGEST_RETRY_AFTER;
use crate::store::{Head, Listed, Next};

/// The file, in the data folder, whose lock says who has the outbox.
pub(super) const LOCK_FILE: &str = "outbox.lock";

/// How soon to try again for the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Before what could not be asked is asked again.
const UNASKED: SignedDuration = SignedDuration::from_secs(60);

/// Before the outbox goes on that could not read or write its list.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// How often what arrived long ago is forgotten, and the file's number raised.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Nothing is put off for longer. What seems to be was put off before the clock was set back.
const LONGEST: SignedDuration = SignedDuration::from_secs(LONGEST_RETRY_AFTER.as_secs() + 600);

/// What is under way, and what has to wait.
#[derive(Default)]
struct Working {
    lines: JoinSet<Result<(), Error>>,
    busy: HashMap<Id, OrganizationId>,
    look: JoinSet<Result<(), Error>>,
    /// Looks that failed in a row, and before when there is no other.
    looks: (u32, Option<Timestamp>),
    /// Organizations whose line broke off: what was on its way there may have arrived.
    broken: HashSet<OrganizationId>,
}

impl App {
    /// Starts the outbox.
    pub(super) fn start_outbox(&self) {
        let app = self.clone();
        self.spawn(async move {
            // A keyring may wait for its password for as long as it likes.
            if app.0.ending.run_until_cancelled(app.restored()).await.is_none() {
                return;
            }
            let Some(_lock) = app.own_outbox().await else { return };
            // Nothing is sent before it is known what was on its way, and that the list is no older copy.
            while let Err(error) = app.look_back().await {
                app.broke(&error);
                if !app.pause(PAUSE).await {
                    return;
                }
            }
            app.run_outbox().await;
            if let Err(error) = app.raise_number().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the file's number was not raised");
            }
        });
    }

    /// What earlier runs left: before anything is sent.
    async fn look_back(&self) -> Result<(), Error> {
        self.doubt_interrupted(None).await?;
        self.doubt_older_copy().await?;
        let (app, now) = (self.clone(), self.now());
        let told = self
            .0
            .store
            .write(move |tx| {
                accounts::set_aside_unreadable(tx, now)?;
                let mut told = accounts::ask_about_old(tx, now)?;
                // What waited for a keyring that can be read now.
                told.extend(accounts::take_up(tx, &app.senders(), now)?);
                Ok(told)
            })
            .await?;
        self.tell_all(told);
        self.ask_about_waiting().await
    }

    /// Waits; `false` if the app ends before.
    async fn pause(&self, pause: SignedDuration) -> bool {
        let until = self.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
        tokio::select! {
            () = self.0.clock.until(until) => true,
            () = self.0.ending.cancelled() => false,
        }
    }

    /// Waits until no other process has the outbox; `None` if the app ends before.
    async fn own_outbox(&self) -> Option<File> {
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
                () = tokio::time::sleep(LOCK_PAUSE) => {}
                () = self.0.ending.cancelled() => return None,
            }
        }
    }

    /// Whatever was on its way when the last run ended, or the line of an organization broke off, may have arrived.
    async fn doubt_interrupted(&self, organization: Option<OrganizationId>) -> Result<(), Error> {
        let now = self.now();
        let why = ErrorView {
            code: ErrorCode::Failed,
            message: "Sally Desktop ended while this was on its way, so it may have arrived.".to_owned(),
            hint: None,
        };
        let doubted = self
            .0
            .store
            .write(move |tx| {
                let sending = tx.deliveries().in_states::<ErrorView>(&[State::Sending])?;
                let is_meant = |delivery: &Delivery| {
                    organization.as_ref().is_none_or(|only| delivery.destination.organization() == only)
                };
                let mut doubted = Vec::new();
                let sending = sending.into_iter().filter_map(Listed::readable);
                for (delivery, _) in sending.filter(|(delivery, _)| is_meant(delivery)) {
                    let state = course::in_doubt_of(delivery.destination.action());
                    doubted.extend(accounts::set_aside(tx, delivery, state, why.clone(), now)?);
                }
                Ok(doubted)
            })
            .await?;
        self.tell_all(doubted);
        Ok(())
    }

    /// Forgets what arrived longer ago than the person wants to see it.
    async fn forget_sent(&self) -> Result<(), Error> {
        let days = self.settings().await?.keep_sent_days;
        if days == 0 {
            return Ok(());
        }
        let before = self.now().saturating_sub(SignedDuration::from_hours(24 * i64::from(days)));
        let before = before.unwrap_or(Timestamp::MIN);
        Ok(self.0.store.write(move |tx| tx.deliveries_mut().forget_sent(before)).await?)
    }

    async fn run_outbox(&self) {
        let mut working = Working::default();
        let mut tidied = None;
        loop {
            let ending = &self.0.ending;
            let next = if ending.is_cancelled() {
                // What is on its way is waited for, so that it is recorded.
                None
            } else {
                let (begun, day) =
                    (self.begin_what_is_due(&mut working).await, self.tidy_daily(&mut tidied).await);
                let begun = begun.unwrap_or_else(|error| {
                    self.broke(&error);
                    self.now().saturating_add(PAUSE).ok()
                });
                begun.into_iter().chain(day).min()
            };
            let ended = ending.is_cancelled();
            if ended && working.lines.is_empty() && working.look.is_empty() {
                return;
            }
            let time = async {
                match next {
                    Some(moment) => self.0.clock.until(moment).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.0.bell.notified() => {}
                () = time => {}
                Some(line) = working.lines.join_next_with_id() => working.line_ended(self, line),
                Some(look) = working.look.join_next() => working.look_ended(self, look),
                () = ending.cancelled(), if !ended => {}
            }
        }
    }

    /// Forgets what arrived long ago, and makes older copies of the file older, once a day. Answers when it is due again.
    async fn tidy_daily(&self, tidied: &mut Option<Timestamp>) -> Option<Timestamp> {
        let now = self.now();
        if tidied.is_none_or(|last| now.duration_since(last) >= DAY || now < last) {
            let is_first = tidied.replace(now).is_none();
            let raised = if is_first { Ok(()) } else { self.raise_number().await };
            for done in [self.forget_sent().await, raised] {
                if let Err(error) = done {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "what is due once a day was not done"
                    );
                }
            }
        }
        tidied.and_then(|last| last.saturating_add(DAY).ok())
    }

    /// Begins everything that is due and not under way. Answers when the next thing is due.
    async fn begin_what_is_due(&self, working: &mut Working) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        for organization in working.broken.clone() {
            self.doubt_interrupted(Some(organization.clone())).await?;
            working.broken.remove(&organization);
        }
        self.set_aside_strays().await?;
        let (heads, doubts) = self
            .0
            .store
            .read(|db| {
                Ok((db.deliveries().heads()?, db.deliveries().in_states::<ErrorView>(&[State::Looking])?))
            })
            .await?;
        let mut next: Option<Timestamp> = None;
        let mut later = |due: Option<Timestamp>| next = next.into_iter().chain(due).min();
        for Head { organization, account, due, .. } in heads {
            // Nothing is sent, or looked for, in nobody's name.
            let identity = account.and_then(|account| self.identity_for(&organization, &account));
            let Some(identity) = identity else { continue };
            if working.busy.values().any(|busy| *busy == organization) {
                // It is asked for again when its line is worked off.
            } else if is_due(due, now) {
                let (app, line) = (self.clone(), organization.clone());
                let begun = working.lines.spawn(async move { app.work_off(&line, &identity).await });
                working.busy.insert(begun.id(), organization);
            } else {
                later(due);
            }
        }
        let looks_after = working.looks.1.filter(|after| *after > now);
        for (delivery, _) in doubts.into_iter().filter_map(Listed::readable) {
            let Some(identity) = self.looker_for(&delivery) else { continue };
            let due = delivery.due.into_iter().chain(looks_after).max();
            if !is_due(due, now) {
                later(due);
            } else if working.look.is_empty() {
                // One at a time, so that two equal comments do not both find the same one.
                let app = self.clone();
                working.look.spawn(async move { app.look_for(delivery, &identity).await });
            }
        }
        Ok(next)
    }

    /// Leaves to a person what waits and has nobody who may send it.
    async fn set_aside_strays(&self) -> Result<(), Error> {
        let senders = self.senders();
        let heads = self.0.store.read(|db| db.deliveries().heads()).await?;
        let is_stray =
            |head: &Head| senders.is_stray(&head.organization, head.account.as_ref(), head.in_doubt);
        if !heads.iter().any(is_stray) {
            return Ok(());
        }
        let (app, now) = (self.clone(), self.now());
        let told = self
            .0
            .store
            .write(move |tx| {
                let why = |organization: &OrganizationId| app.not_connected_to(organization).view();
                // Somebody may have been connected since.
                accounts::set_aside_strays(tx, &app.senders(), why, now)
            })
            .await?;
        self.tell_all(told);
        Ok(())
    }

    /// Looks for a delivery once, and records what was seen.
    async fn look_for(&self, mut delivery: Delivery, identity: &Identity) -> Result<(), Error> {
        let Seen { looked, trace, mut why } = self.look(&delivery, identity).await?;
        let now = self.now();
        let state = course::after_look(looked, delivery.tries);
        delivery.tries = if looked == Looked::NotSeen { delivery.tries + 1 } else { delivery.tries };
        let pause = match looked {
            Looked::NotAsked => Some(UNASKED),
            _ => {
                course::pause(state, delivery.tries, 0).and_then(|pause| SignedDuration::try_from(pause).ok())
            }
        };
        delivery.due =
            pause.filter(|_| state == State::Looking).and_then(|pause| now.saturating_add(pause).ok());
        match state {
            State::NotConfirmed => why = why.or_else(|| Some(not_found(&delivery.destination))),
            // What was said when the answer was lost still holds.
            State::Looking if why.is_none() => why = self.reason(delivery.id).await?,
            _ => {}
        }
        (delivery.state, delivery.changed) = (state, now);
        if let Some(trace) = &trace {
            delivery.url.clone_from(&trace.url);
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
                    remote_id: trace.as_ref().map(|trace| trace.id.as_str()),
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

    async fn reason(&self, id: DeliveryId) -> Result<Option<ErrorView>, Error> {
        let found = self.0.store.read(move |db| db.deliveries().get::<ErrorView>(id)).await?;
        Ok(found.and_then(|(_, why)| why))
    }

    pub(super) fn tell_delivery(&self, delivery: Delivery, why: Option<ErrorView>) {
        if matches!(delivery.state, State::Sent | State::NeedsYou | State::NotConfirmed) {
            // Nobody listens any more when the app ends.
            let _ = self.0.news.send((delivery.clone(), why.clone()));
        }
        self.tell(Event::Delivery(Box::new(self.view(delivery, why))));
    }

    /// Says that the outbox cannot go on: once, however often it tries until it can.
    pub(super) fn broke(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "the outbox could not go on");
        let view = error.view();
        let before = lock(&self.0.trouble).replace(view.message.clone());
        if before.as_ref() != Some(&view.message) {
            self.notice(view);
        }
    }

    /// Something could be written again.
    pub(super) fn went_on(&self) {
        lock(&self.0.trouble).take();
    }
}

impl Working {
    fn line_ended(&mut self, app: &App, ended: Result<(Id, Result<(), Error>), JoinError>) {
        let (id, broken) = match ended {
            Ok((id, Ok(()))) => (id, None),
            Ok((id, Err(error))) => (id, Some(error)),
            Err(error) => (error.id(), Some(error.into())),
        };
        let Some(organization) = self.busy.remove(&id) else { return };
        if let Some(error) = broken {
            app.broke(&error);
            self.broken.insert(organization);
        }
    }

    fn look_ended(&mut self, app: &App, ended: Result<Result<(), Error>, JoinError>) {
        let failed = match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(error) => Some(error.into()),
        };
        let Some(error) = failed else {
            self.looks = (0, None);
            return;
        };
        app.broke(&error);
        // It asked Confluence before it failed, so it waits longer each time.
        let (failures, _) = self.looks;
        let pause = SignedDuration::try_from(course::backoff(failures, 0)).unwrap_or(UNASKED).max(UNASKED);
        self.looks = (failures + 1, app.now().saturating_add(pause).ok());
    }
}

pub(super) fn is_due(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_none_or(|due| due <= now || due.duration_since(now) > LONGEST)
}

/// What a person is told after the last look.
fn not_found(destination: &Destination) -> ErrorView {
    let message = match destination {
        Destination::NewPage { title, space, .. } => format!(
            "The answer was lost. The page “{title}” may be there, but Confluence does not find it in {} after some \
             minutes. Look there before you post it again.",
            space.name
        ),
        Destination::Comment { page, .. } => format!(
            "The answer was lost. The comment may be there, but Confluence does not find it on “{}” after some \
             minutes. Look there before you post it again.",
            page.title
        ),
    };
    ErrorView { code: ErrorCode::Failed, message, hint: None }
}
