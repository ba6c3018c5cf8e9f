//! The queue of one organization: claims what is due, tries it, and records the outcome.
//!
//! An attempt is on disk before its first byte leaves. What came of it is recorded while the next one is on its way, so
//! that the disk is not waited for. A program that ends in between leaves an attempt without an end, which the next
//! start takes for one whose answer was lost. Refuses to overtake: what is put off holds up those behind it. Called by
//! `outbox`.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinError;
use tokio_util::task::AbortOnDropHandle;

use super::attempt::Tried;
use super::{Error, Identity, Outbox, is_due, triage};
use crate::adf::Document;
use crate::confluence::Made;
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::Action;
use crate::domain::id::OrganizationId;
use crate::domain::problem::Problem;
use crate::domain::transitions::{self, AttemptOutcome};
use crate::store::{self, AttemptId, Listed, Next, WriteTx};

/// Pages that are claimed at once. A page that was claimed and not sent costs nothing but another request after a crash; a
/// comment would cost a person's attention, so comments are claimed one by one.
const BATCH: usize = 16;

/// Retry delay after a failed write.
const WRITE_RETRY_DELAY: SignedDuration = SignedDuration::from_secs(5);

/// A claimed delivery, as it was before the claim, so that it can be released.
struct Claim {
    delivery: Delivery,
    document: Document,
    why: Option<Problem>,
    attempt: AttemptId,
}

/// The outcome of a claim.
struct Record {
    /// As it stands from now on.
    delivery: Delivery,
    attempt: AttemptId,
    posted: AttemptOutcome,
    why: Option<Problem>,
    made: Option<Made>,
}

/// What is written in one transaction.
#[derive(Default)]
struct Work {
    records: Vec<Record>,
    /// Claims that were not tried.
    released: Vec<Claim>,
    /// How many to claim.
    claim: usize,
}

impl Outbox {
    /// Drains an organization's queue, until there is nothing left that may go now in this name.
    #[tracing::instrument(skip_all, fields(%organization))]
    pub(super) async fn drain(
        &self,
        organization: &OrganizationId,
        identity: &Identity,
    ) -> Result<(), Error> {
        let mut ready: VecDeque<Claim> = VecDeque::new();
        let mut work = Work::default();
        // If this queue fails, nothing goes on to claim from it.
        let mut writing: Option<AbortOnDropHandle<(Work, Vec<Claim>)>> = None;
        // Nothing more is there to take; nothing more may be tried, since one was put off or the app ends.
        let (mut is_empty, mut over) = (false, false);
        loop {
            over |= self.0.tasks.ending().is_cancelled() || !self.is_current(organization, identity);
            if over {
                // Also what was claimed while the one before it was put off.
                work.released.extend(ready.drain(..));
            }
            if writing.is_none() {
                work.claim =
                    if over || is_empty || ready.len() > BATCH / 2 { 0 } else { BATCH - ready.len() };
                if work.claim > 0 || !work.records.is_empty() || !work.released.is_empty() {
                    let (outbox, organization, identity) =
                        (self.clone(), organization.clone(), identity.clone());
                    let work = std::mem::take(&mut work);
                    let alone = ready.is_empty();
                    writing = Some(AbortOnDropHandle::new(tokio::spawn(async move {
                        outbox.persist(organization, identity, work, alone).await
                    })));
                }
            }
            let Some(claim) = ready.pop_front() else {
                let Some(written) = writing.take() else { return Ok(()) };
                is_empty |= self.absorb(written.await, &mut ready)?;
                continue;
            };
            let mut trying = std::pin::pin!(self.try_claim(claim, identity));
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
                        is_empty |= self.absorb(written, &mut ready)?;
                    }
                }
            };
            if record.delivery.state.is_pending() {
                // It was put off, and so are those behind it.
                over = true;
            }
            work.records.push(record);
        }
    }

    /// Whether somebody still signs as when the queue began.
    fn is_current(&self, organization: &OrganizationId, identity: &Identity) -> bool {
        let now = self.0.signers.now().identity_for(organization, &identity.sender.id);
        now.as_ref() == Some(identity)
    }

    /// Tells what was written, and takes over what was claimed. Answers whether there was nothing to claim.
    fn absorb(
        &self,
        written: Result<(Work, Vec<Claim>), JoinError>,
        ready: &mut VecDeque<Claim>,
    ) -> Result<bool, Error> {
        let (work, claims) = written?;
        for record in work.records {
            self.announce(record.delivery, record.why);
        }
        for claim in work.released {
            self.announce(claim.delivery, claim.why);
        }
        let nothing = work.claim > 0 && claims.is_empty();
        for claim in claims {
            let sending = Delivery { state: State::Sending, ..claim.delivery.clone() };
            self.announce(sending, None);
            ready.push_back(claim);
        }
        Ok(nothing)
    }

    /// Writes in one transaction, again and again until it succeeds: what is known must not be lost to a full disk. Only
    /// the end of the app ends that; the next start then doubts what was on its way.
    async fn persist(
        &self,
        organization: OrganizationId,
        identity: Identity,
        work: Work,
        alone: bool,
    ) -> (Work, Vec<Claim>) {
        let work = Arc::new(work);
        loop {
            let (doing, organization, identity, now) =
                (Arc::clone(&work), organization.clone(), identity.clone(), self.0.clock.now());
            let done =
                self.0.store.write(move |tx| write(tx, &organization, &identity, &doing, alone, now)).await;
            let claims = match done {
                Ok(claims) => {
                    self.report_success();
                    claims
                }
                Err(error) => {
                    self.report_failure(&error.into());
                    let again = self.0.clock.after(WRITE_RETRY_DELAY);
                    tokio::select! {
                        () = self.0.clock.until(again) => continue,
                        () = self.0.tasks.ending().cancelled() => Vec::new(),
                    }
                }
            };
            // The closure is done, so nobody else has it any more.
            return (Arc::into_inner(work).unwrap_or_default(), claims);
        }
    }

    /// Posts a delivery once, and says how it stands afterwards.
    #[tracing::instrument(name = "attempt", skip_all, fields(delivery = %claim.delivery.id, attempt = ?claim.attempt))]
    async fn try_claim(&self, claim: Claim, identity: &Identity) -> Record {
        let Claim { mut delivery, document, attempt, why: before } = claim;
        let confluence = identity.confluence.clone();
        let Tried { posted, mut why, made, until } =
            self.attempt(&confluence, &delivery, document, before.as_ref()).await;
        let (was, now) = (delivery.state, self.0.clock.now());
        let state = transitions::after_attempt(was, delivery.destination.action(), posted, delivery.tries);
        if (state, posted) == (State::NeedsYou, AttemptOutcome::TitleTaken) {
            why = self.title_taken(&confluence, &delivery.destination).await.or(why);
        }
        delivery.tries = if state == was { delivery.tries + 1 } else { 0 };
        delivery.due = transitions::delay(state, delivery.tries, jitter_seed(&delivery))
            .and_then(|pause| now.saturating_add(SignedDuration::try_from(pause).ok()?).ok());
        if state.is_pending() {
            // As late as Confluence asks, and then at once.
            delivery.due = until.or(delivery.due);
        }
        tracing::info!(outcome = outcome_word(posted), ?state, due = ?delivery.due, "the attempt ended");
        (delivery.state, delivery.changed) = (state, now);
        if let Some(made) = &made {
            delivery.url.clone_from(&made.url);
        }
        Record { delivery, attempt, posted, why, made }
    }
}

fn write(
    tx: &WriteTx<'_>,
    organization: &OrganizationId,
    identity: &Identity,
    work: &Work,
    alone: bool,
    now: Timestamp,
) -> Result<Vec<Claim>, store::Error> {
    for Record { delivery, attempt, posted, why, made } in &work.records {
        tx.attempts_mut().end(*attempt, outcome_word(*posted), now)?;
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
    for Claim { delivery, why, attempt, .. } in &work.released {
        tx.attempts_mut().take_back(*attempt)?;
        let next = Next { why: why.as_ref(), ..as_it_stands(delivery) };
        tx.deliveries_mut().change(delivery.id, &[State::Sending], &next, now)?;
    }
    let mut claims = Vec::new();
    if work.claim == 0 {
        return Ok(claims);
    }
    let account = &identity.sender.id;
    for one in tx.deliveries().line(organization, account, work.claim)? {
        let Listed::Delivery(delivery, why) = one else {
            // It must not hold up those behind it.
            triage::set_aside_unreadable(tx, now)?;
            continue;
        };
        let first = alone && claims.is_empty();
        let is_page = delivery.destination.action() == Action::CreatePage;
        // Behind others only what is new and costs nothing: if those are put off, it goes back.
        let goes_along = is_page && delivery.state == State::Queued && delivery.due.is_none();
        if !(is_due(delivery.due, now) && (first || goes_along)) {
            break;
        }
        let Some(document) = tx.deliveries().document(delivery.id)? else {
            let state = if delivery.state.is_open() { State::NeedsYou } else { State::NotConfirmed };
            triage::set_aside(tx, *delivery, state, triage::UNREADABLE, now)?;
            continue;
        };
        let next = Next { state: State::Sending, ..as_it_stands(&delivery) };
        tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
        let attempt = tx.attempts_mut().begin(delivery.id, account, now)?;
        claims.push(Claim { delivery: *delivery, document, why, attempt });
        if !is_page {
            break;
        }
    }
    Ok(claims)
}

fn as_it_stands(delivery: &Delivery) -> Next<'_> {
    Next { due: delivery.due, tries: delivery.tries, ..Next::plain(delivery.state) }
}

/// Different for each delivery and each of its tries, and always the same for these.
fn jitter_seed(delivery: &Delivery) -> u64 {
    let (high, low) = delivery.id.0.as_u64_pair();
    (high ^ low).wrapping_add(u64::from(delivery.tries))
}

fn outcome_word(posted: AttemptOutcome) -> &'static str {
    match posted {
        AttemptOutcome::Arrived => "arrived",
        AttemptOutcome::Deferred => "put_off",
        AttemptOutcome::TitleTaken => "title_taken",
        AttemptOutcome::Refused => "refused",
        AttemptOutcome::Lost => "lost",
    }
}
