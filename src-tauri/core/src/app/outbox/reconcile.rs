//! Looks for what may have arrived although its answer was lost. Refuses to guess: it is ours if the connected account
//! made it, nobody has changed it, and it holds the same words; a comment must also be as new as the first attempt, since
//! the same may have been said before. What another delivery is known to have made is not taken for this one. Called by
//! `outbox`.

use jiff::{SignedDuration, Timestamp};

use super::triage::unverifiable;
use super::{Error, Identity, Outbox, UNREACHED_DELAY, attempt};
use crate::confluence::Candidate;
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Destination, Page};
use crate::domain::id::{DeliveryId, PageId};
use crate::domain::problem::{self, Problem};
use crate::domain::transitions::{self, ReconcileOutcome};
use crate::store::{FirstAttempt, Next};

/// How much earlier than the attempt something may be, by Confluence's clock: that tells whole seconds, and this
/// machine's may have been set in between.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// What a search in Confluence showed.
struct Reconciled {
    outcome: ReconcileOutcome,
    /// What the delivery made.
    candidate: Option<Candidate>,
    /// What the person is told.
    why: Option<Problem>,
}

impl Outbox {
    /// Looks for a delivery once, and records the outcome.
    #[tracing::instrument(skip_all, fields(delivery = %delivery.id))]
    pub(super) async fn reconcile(&self, mut delivery: Delivery, identity: &Identity) -> Result<(), Error> {
        let Reconciled { outcome, candidate, mut why } = self.find(&delivery, identity).await?;
        let now = self.0.clock.now();
        let state = transitions::after_reconcile(outcome, delivery.tries);
        delivery.tries =
            if outcome == ReconcileOutcome::NotFound { delivery.tries + 1 } else { delivery.tries };
        let pause = match outcome {
            ReconcileOutcome::Unreachable => Some(UNREACHED_DELAY),
            _ => transitions::delay(state, delivery.tries, 0)
                .and_then(|pause| SignedDuration::try_from(pause).ok()),
        };
        delivery.due =
            pause.filter(|_| state == State::Reconciling).and_then(|pause| now.saturating_add(pause).ok());
        match state {
            State::NotConfirmed => why = why.or_else(|| Some(not_found(&delivery))),
            // What was said when the answer was lost still holds.
            State::Reconciling if why.is_none() => why = self.reason(delivery.id).await?,
            _ => {}
        }
        tracing::info!(?outcome, ?state, due = ?delivery.due, "the search ended");
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
                tx.deliveries_mut().change(stored.id, &[State::Reconciling], &next, now)
            })
            .await?;
        self.report_success();
        if changed {
            self.announce(delivery, why);
        }
        Ok(())
    }

    async fn reason(&self, id: DeliveryId) -> Result<Option<Problem>, Error> {
        let found = self.0.store.read(move |db| db.deliveries().get(id)).await?;
        Ok(found.and_then(|(_, why)| why))
    }

    /// Searches Confluence once, as the connected account.
    async fn find(&self, delivery: &Delivery, identity: &Identity) -> Result<Reconciled, Error> {
        let id = delivery.id;
        let (first, document) = self
            .0
            .store
            .read(move |db| Ok((db.attempts().first(id)?, db.deliveries().document(id)?)))
            .await?;
        // A delivery without such an attempt comes from an older copy of the data.
        let of_sender = || {
            let account = delivery.sender.as_ref()?.id.clone();
            Some(FirstAttempt { started: delivery.created, account })
        };
        let first = first.or_else(of_sender).filter(|first| first.account == identity.sender.id);
        let (Some(first), Some(document)) = (first, document) else {
            let why = unverifiable(delivery.sender.as_ref());
            return Ok(Reconciled {
                outcome: ReconcileOutcome::Unverifiable,
                candidate: None,
                why: Some(why),
            });
        };
        let confluence = identity.confluence.clone();
        let found = match &delivery.destination {
            Destination::NewPage { organization, space, title, .. } => {
                confluence.page_candidates(organization, space, title).await
            }
            Destination::Comment { organization, page } => {
                let since = first.started.saturating_sub(CLOCK_TOLERANCE).unwrap_or(first.started);
                confluence.comment_candidates(organization, &page.id, since).await
            }
        };
        let candidates = match found {
            Ok(candidates) => candidates,
            Err(error) => {
                let error = self.0.signers.noticed(delivery.destination.organization(), error);
                return Ok(Reconciled {
                    outcome: ReconcileOutcome::Unreachable,
                    candidate: None,
                    why: Some(error.problem()),
                });
            }
        };
        // By Confluence's clock, since this machine's may be wrong.
        let skew =
            candidates.now.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(self.0.clock.now()));
        let earliest = match delivery.destination {
            Destination::NewPage { .. } => Timestamp::MIN,
            Destination::Comment { .. } => {
                first.started.saturating_add(skew - CLOCK_TOLERANCE).unwrap_or(first.started)
            }
        };
        let candidates = candidates.all;
        let ids: Vec<String> = candidates.iter().map(|candidate| candidate.id.clone()).collect();
        let made = self.0.store.read(move |db| db.deliveries().made(&ids)).await?;
        let text = attempt::sent(&delivery.destination, document).stored_text();
        let is_ours = |candidate: &&Candidate| {
            candidate.author == first.account
                && candidate.created >= earliest
                && candidate.version == 1
                && candidate.text == text
                && !made.contains(&candidate.id)
        };
        if let Some(ours) = candidates.iter().find(is_ours) {
            return Ok(Reconciled {
                outcome: ReconcileOutcome::Found,
                candidate: Some(ours.clone()),
                why: None,
            });
        }
        // A title belongs to one page. If that is another one, ours was never made.
        if let (Destination::NewPage { space, .. }, Some(other)) = (&delivery.destination, candidates.first())
        {
            let page =
                Page { id: PageId(other.id.clone()), title: other.title.clone(), space: space.name.clone() };
            let why = self.clash(&delivery.destination, Some(page));
            return Ok(Reconciled { outcome: ReconcileOutcome::TitleOfAnother, candidate: None, why });
        }
        Ok(Reconciled { outcome: ReconcileOutcome::NotFound, candidate: None, why: None })
    }
}

/// Why a delivery is not confirmed after the last search.
fn not_found(delivery: &Delivery) -> Problem {
    Problem::Delivery(problem::Delivery::NotFound((&delivery.destination).into()))
}
