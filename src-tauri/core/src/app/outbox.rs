//! The outbox: sees each delivery to its end. One line for each organization, which `line` works off in the order in
//! which things were sent; lines of different organizations do not wait for each other. What may have arrived is looked
//! for, one after the other. What follows what is in `domain::course`.
//!
//! Only one process of a person has the outbox: it holds a lock for as long as it runs.

use std::collections::HashSet;
use std::fs::{File, TryLockError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::look::Seen;
use super::status::ErrorView;
use super::{App, Error, Event};
use crate::api::ErrorCode;
use crate::domain::course::{self, Looked};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::Destination;
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::http::LONGEST_RETRY_AFTER;
use crate::store::Next;

/// The file, in the data folder, whose lock says who has the outbox.
const LOCK_FILE: &str = "outbox.lock";

/// How soon to try again for the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Before what could not be asked is asked again.
const UNASKED: SignedDuration = SignedDuration::from_secs(60);

/// Nothing is put off for longer. What seems to be was put off before the clock was set back.
const LONGEST: SignedDuration = SignedDuration::from_secs(LONGEST_RETRY_AFTER.as_secs() + 600);

impl App {
    /// Starts the outbox.
    pub(super) fn start_outbox(&self) {
        let app = self.clone();
        tokio::spawn(async move {
            app.restored().await;
            let Some(_lock) = app.own_outbox().await else { return };
            for done in [app.doubt_interrupted().await, app.forget_sent().await] {
                if let Err(error) = done {
                    app.broke(&error);
                }
            }
            app.run_outbox().await;
        });
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

    /// Whatever was on its way when the last run ended may have arrived.
    async fn doubt_interrupted(&self) -> Result<(), Error> {
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
                let mut doubted = tx.deliveries().in_state(State::Sending)?;
                for delivery in &mut doubted {
                    delivery.state = course::in_doubt_of(delivery.destination.action());
                    (delivery.due, delivery.tries, delivery.changed) = (None, 0, now);
                    let next = Next { why: Some(&why), ..Next::plain(delivery.state) };
                    tx.deliveries_mut().change(delivery.id, &[State::Sending], &next, now)?;
                }
                Ok(doubted.into_iter().map(|delivery| (delivery, why.clone())).collect::<Vec<_>>())
            })
            .await?;
        for (delivery, why) in doubted {
            self.tell_delivery(delivery, Some(why));
        }
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
        let mut lines: JoinSet<OrganizationId> = JoinSet::new();
        let mut busy = HashSet::new();
        let mut look: JoinSet<()> = JoinSet::new();
        loop {
            let ending = &self.0.ending;
            let next = if ending.is_cancelled() {
                // What is on its way is waited for, so that it is recorded.
                None
            } else {
                match self.begin_what_is_due(&mut lines, &mut busy, &mut look).await {
                    Ok(next) => next,
                    Err(error) => {
                        self.broke(&error);
                        None
                    }
                }
            };
            let ended = ending.is_cancelled();
            if ended && lines.is_empty() && look.is_empty() {
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
                Some(line) = lines.join_next() => if let Ok(organization) = line { busy.remove(&organization); },
                Some(_) = look.join_next() => {}
                () = ending.cancelled(), if !ended => {}
            }
        }
    }

    /// Begins everything that is due and not under way. Answers when the next thing is due.
    async fn begin_what_is_due(
        &self,
        lines: &mut JoinSet<OrganizationId>,
        busy: &mut HashSet<OrganizationId>,
        look: &mut JoinSet<()>,
    ) -> Result<Option<Timestamp>, Error> {
        let now = self.now();
        let (heads, doubts) = self
            .0
            .store
            .read(|db| Ok((db.deliveries().heads()?, db.deliveries().in_state(State::Looking)?)))
            .await?;
        let mut next: Option<Timestamp> = None;
        let mut later = |due: Option<Timestamp>| next = next.into_iter().chain(due).min();
        for (organization, due) in heads {
            if busy.contains(&organization) {
                // It is asked for again when its line is worked off.
            } else if is_due(due, now) {
                busy.insert(organization.clone());
                let app = self.clone();
                lines.spawn(async move {
                    if let Err(error) = app.work_off(&organization).await {
                        app.broke(&error);
                    }
                    organization
                });
            } else {
                later(due);
            }
        }
        for delivery in doubts {
            if !is_due(delivery.due, now) {
                later(delivery.due);
            } else if look.is_empty() {
                // One at a time, so that two equal comments do not both find the same one.
                let app = self.clone();
                look.spawn(async move {
                    if let Err(error) = app.look_for(delivery).await {
                        app.broke(&error);
                    }
                });
            }
        }
        Ok(next)
    }

    /// Looks for a delivery once, and records what was seen.
    async fn look_for(&self, mut delivery: Delivery) -> Result<(), Error> {
        let Seen { looked, trace, mut why } = self.look(&delivery).await?;
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

    pub(super) fn broke(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "the outbox could not go on");
        self.notice(error.view());
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
