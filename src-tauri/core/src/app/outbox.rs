//! The outbox: takes deliveries from the line and sees each of them to its end. One line for each organization, in the
//! order in which things were sent; lines of different organizations do not wait for each other.
//!
//! An attempt is on disk before its first byte leaves. What came of it is recorded while the next one is on its way, so
//! that the disk is not waited for. A program that ends in between leaves an attempt without an end, which the next
//! start takes for one whose answer was lost. What follows what is in `domain::course`.
//!
//! Only one process of a person has the outbox: it holds a lock for as long as it runs.

use std::collections::{HashSet, VecDeque};
use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{JoinHandle, JoinSet};

use super::deliver::Tried;
use super::look::Seen;
use super::status::ErrorView;
use super::{App, Error, Event};
use crate::api::{ErrorCode, Hint};
use crate::confluence::Made;
use crate::domain::course::{self, Looked, Posted};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Action, Destination};
use crate::domain::id::{AccountId, DeliveryId, OrganizationId};
use crate::http::LONGEST_RETRY_AFTER;
use crate::store::{AttemptId, Next, Writing};

/// The file, in the data folder, whose lock says who has the outbox.
const LOCK_FILE: &str = "outbox.lock";

/// How soon to try again for the lock.
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Pages that are taken from the line at once. A page that was taken and not sent costs nothing but another request
/// after a crash; a comment would cost a person's attention, so comments are taken one by one.
const TAKEN: usize = 16;

/// Before what could not be written is written again, and before what could not be asked is asked again.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
const UNASKED: SignedDuration = SignedDuration::from_secs(60);

/// Nothing is put off for longer. What seems to be was put off before the clock was set back.
const LONGEST: SignedDuration = SignedDuration::from_secs(LONGEST_RETRY_AFTER.as_secs() + 600);

/// A delivery that was taken from the line, as it stood there.
struct Claim {
    delivery: Delivery,
    why: Option<ErrorView>,
    attempt: AttemptId,
}

/// What came of a claim.
struct Record {
    /// As it stands from now on.
    delivery: Delivery,
    attempt: AttemptId,
    posted: Posted,
    why: Option<ErrorView>,
    made: Option<Made>,
}

/// What is written in one transaction.
#[derive(Default)]
struct Work {
    records: Vec<Record>,
    /// Claims that were not tried.
    returned: Vec<Claim>,
    /// How many to take from the line.
    take: usize,
}

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

    /// Works an organization's line off, until there is nothing left that may go now.
    async fn work_off(&self, organization: &OrganizationId) -> Result<(), Error> {
        let mut ready: VecDeque<Claim> = VecDeque::new();
        let mut work = Work::default();
        let mut writing: Option<JoinHandle<(Work, Vec<Claim>)>> = None;
        // Nothing more is there to take; nothing more may be tried, since one was put off or the app ends.
        let (mut is_empty, mut over) = (false, false);
        loop {
            over |= self.0.ending.is_cancelled();
            if over {
                // Also what was taken while the one before it was put off.
                work.returned.extend(ready.drain(..));
            }
            if writing.is_none() {
                work.take = if over || is_empty || ready.len() > TAKEN / 2 { 0 } else { TAKEN - ready.len() };
                if work.take > 0 || !work.records.is_empty() || !work.returned.is_empty() {
                    let (app, organization) = (self.clone(), organization.clone());
                    let work = std::mem::take(&mut work);
                    let alone = ready.is_empty();
                    writing =
                        Some(tokio::spawn(async move { app.write_down(organization, work, alone).await }));
                }
            }
            let Some(claim) = ready.pop_front() else {
                let Some(written) = writing.take() else { return Ok(()) };
                is_empty |= self.take_over(written.await, &mut ready)?;
                continue;
            };
            let mut trying = std::pin::pin!(self.try_once(claim));
            let record = loop {
                let written = async {
                    match &mut writing {
                        Some(writing) => writing.await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    record = &mut trying => break record,
                    written = written => {
                        writing = None;
                        is_empty |= self.take_over(written, &mut ready)?;
                    }
                }
            };
            if record.delivery.state.is_in_line() {
                // It was put off, and so are those behind it.
                over = true;
            }
            work.records.push(record);
        }
    }

    /// Tells what was written, and takes over what was taken from the line. Answers whether there was nothing to take.
    fn take_over(
        &self,
        written: Result<(Work, Vec<Claim>), tokio::task::JoinError>,
        ready: &mut VecDeque<Claim>,
    ) -> Result<bool, Error> {
        let (work, claims) = written.map_err(|_| crate::store::Error::Ending)?;
        for record in work.records {
            self.tell_delivery(record.delivery, record.why);
        }
        for claim in work.returned {
            self.tell_delivery(claim.delivery, claim.why);
        }
        let nothing = work.take > 0 && claims.is_empty();
        for claim in claims {
            let sending = Delivery { state: State::Sending, ..claim.delivery.clone() };
            self.tell_delivery(sending, None);
            ready.push_back(claim);
        }
        Ok(nothing)
    }

    /// Writes in one transaction, again and again until it succeeds: what is known must not be lost to a full disk. Only
    /// the end of the app ends that; the next start then doubts what was on its way.
    async fn write_down(&self, organization: OrganizationId, work: Work, alone: bool) -> (Work, Vec<Claim>) {
        let work = Arc::new(work);
        let account = self.account_id().unwrap_or_default();
        loop {
            let (doing, organization, account, now) =
                (Arc::clone(&work), organization.clone(), account.clone(), self.now());
            let done =
                self.0.store.write(move |tx| write(tx, &organization, &doing, alone, &account, now)).await;
            let claims = match done {
                Ok(claims) => claims,
                Err(error) => {
                    self.broke(&error.into());
                    let again = self.now().saturating_add(PAUSE).unwrap_or(Timestamp::MAX);
                    tokio::select! {
                        () = self.0.clock.until(again) => continue,
                        () = self.0.ending.cancelled() => Vec::new(),
                    }
                }
            };
            // The closure is done, so nobody else has it any more.
            return (Arc::into_inner(work).unwrap_or_default(), claims);
        }
    }

    /// Posts a delivery once, and says how it stands afterwards.
    async fn try_once(&self, claim: Claim) -> Record {
        let Claim { mut delivery, attempt, .. } = claim;
        let Tried { posted, mut why, made, until } = self.attempt(&delivery).await;
        let (was, now) = (delivery.state, self.now());
        let state = course::after_post(was, delivery.destination.action(), posted, delivery.tries);
        if (state, posted) == (State::NeedsYou, Posted::TitleTaken) {
            why = self.title_taken(&delivery.destination).await.or(why);
        }
        delivery.tries = if state == was { delivery.tries + 1 } else { 0 };
        delivery.due = course::pause(state, delivery.tries, dice(&delivery))
            .and_then(|pause| now.saturating_add(SignedDuration::try_from(pause).ok()?).ok());
        if state.is_in_line() {
            // As late as Confluence asks, and then at once.
            delivery.due = until.or(delivery.due);
            why = why.map(|why| ErrorView { hint: Some(Hint::TryAgain { at: delivery.due }), ..why });
        }
        (delivery.state, delivery.changed) = (state, now);
        if let Some(made) = &made {
            delivery.url.clone_from(&made.url);
        }
        Record { delivery, attempt, posted, why, made }
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

    fn tell_delivery(&self, delivery: Delivery, why: Option<ErrorView>) {
        self.tell(Event::Delivery(Box::new(self.view(delivery, why))));
    }

    fn broke(&self, error: &Error) {
        tracing::error!(error = error as &dyn std::error::Error, "the outbox could not go on");
        self.notice(error.view());
    }
}

fn write(
    tx: &Writing<'_>,
    organization: &OrganizationId,
    work: &Work,
    alone: bool,
    account: &AccountId,
    now: Timestamp,
) -> Result<Vec<Claim>, crate::store::Error> {
    for Record { delivery, attempt, posted, why, made } in &work.records {
        tx.attempts_mut().end(*attempt, word(*posted), now)?;
        let next = Next {
            state: delivery.state,
            why: why.as_ref(),
            due: delivery.due,
            tries: delivery.tries,
            url: delivery.url.as_deref(),
            remote_id: made.as_ref().and_then(|made| made.id.as_deref()),
        };
        tx.deliveries_mut().change(delivery.id, &[State::Sending], &next, now)?;
    }
    for Claim { delivery, why, attempt } in &work.returned {
        tx.attempts_mut().take_back(*attempt)?;
        let next = Next { why: why.as_ref(), ..as_it_stands(delivery) };
        tx.deliveries_mut().change(delivery.id, &[State::Sending], &next, now)?;
    }
    let mut claims = Vec::new();
    if work.take == 0 {
        return Ok(claims);
    }
    for (delivery, why) in tx.deliveries().line::<ErrorView>(organization, work.take)? {
        let first = alone && claims.is_empty();
        let is_page = delivery.destination.action() == Action::CreatePage;
        // Behind others only what is new and costs nothing: if those are put off, it goes back.
        let goes_along = is_page && delivery.state == State::Queued && delivery.due.is_none();
        if !(is_due(delivery.due, now) && (first || goes_along)) {
            break;
        }
        let next = Next::<ErrorView> { state: State::Sending, ..as_it_stands(&delivery) };
        tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
        let attempt = tx.attempts_mut().begin(delivery.id, account, now)?;
        claims.push(Claim { delivery, why, attempt });
        if !is_page {
            break;
        }
    }
    Ok(claims)
}

fn as_it_stands<W>(delivery: &Delivery) -> Next<'_, W> {
    Next { due: delivery.due, tries: delivery.tries, ..Next::plain(delivery.state) }
}

fn is_due(due: Option<Timestamp>, now: Timestamp) -> bool {
    due.is_none_or(|due| due <= now || due.duration_since(now) > LONGEST)
}

/// The same for a delivery and its tries, another for each other one.
fn dice(delivery: &Delivery) -> u64 {
    let (high, low) = delivery.id.0.as_u64_pair();
    (high ^ low).wrapping_add(u64::from(delivery.tries))
}

fn word(posted: Posted) -> &'static str {
    match posted {
        Posted::Arrived => "arrived",
        Posted::PutOff => "put_off",
        Posted::TitleTaken => "title_taken",
        Posted::Refused => "refused",
        Posted::Lost => "lost",
    }
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
