//! Looks for what may have arrived although its answer was lost. Refuses to guess: it is ours if the connected account
//! made it, nobody has changed it, and it holds the same words; a comment must also be as new as the first attempt, since
//! the same may have been said before. What another delivery is known to have made is not taken for this one. Called by
//! `outbox`.

use jiff::{SignedDuration, Timestamp};

use super::triage::unverifiable;
use super::{Error, Identity, Outbox, attempt};
use crate::confluence::Trace;
use crate::domain::course::Looked;
use crate::domain::delivery::Delivery;
use crate::domain::destination::{Destination, Page};
use crate::domain::id::PageId;
use crate::domain::problem::Problem;
use crate::store::FirstAttempt;

/// How much earlier than the attempt something may be, by Confluence's clock: that tells whole seconds, and this
/// machine's may have been set in between.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

/// What came of a look.
pub(super) struct Seen {
    /// Outcome.
    pub(super) looked: Looked,
    /// What is ours.
    pub(super) trace: Option<Trace>,
    /// What the person is told.
    pub(super) why: Option<Problem>,
}

impl Outbox {
    /// Looks for a delivery once, as the connected account.
    pub(super) async fn look(&self, delivery: &Delivery, identity: &Identity) -> Result<Seen, Error> {
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
            return Ok(Seen { looked: Looked::Hopeless, trace: None, why: Some(why) });
        };
        let confluence = identity.confluence.clone();
        let found = match &delivery.destination {
            Destination::NewPage { organization, space, title, .. } => {
                confluence.page_traces(organization, space, title).await
            }
            Destination::Comment { organization, page } => {
                let since = first.started.saturating_sub(CLOCK_TOLERANCE).unwrap_or(first.started);
                confluence.comment_traces(organization, &page.id, since).await
            }
        };
        let traces = match found {
            Ok(traces) => traces,
            Err(error) => {
                let error = self.0.signers.noticed(delivery.destination.organization(), error);
                return Ok(Seen { looked: Looked::NotAsked, trace: None, why: Some(error.problem()) });
            }
        };
        // By Confluence's clock, since this machine's may be wrong.
        let skew =
            traces.now.map_or(SignedDuration::ZERO, |theirs| theirs.duration_since(self.0.clock.now()));
        let earliest = match delivery.destination {
            Destination::NewPage { .. } => Timestamp::MIN,
            Destination::Comment { .. } => {
                first.started.saturating_add(skew - CLOCK_TOLERANCE).unwrap_or(first.started)
            }
        };
        let traces = traces.all;
        let ids: Vec<String> = traces.iter().map(|trace| trace.id.clone()).collect();
        let made = self.0.store.read(move |db| db.deliveries().made(&ids)).await?;
        let words = attempt::sent(&delivery.destination, document).stored_text();
        let is_ours = |trace: &&Trace| {
            trace.author == first.account
                && trace.created >= earliest
                && trace.version == 1
                && trace.words == words
                && !made.contains(&trace.id)
        };
        if let Some(ours) = traces.iter().find(is_ours) {
            return Ok(Seen { looked: Looked::Found, trace: Some(ours.clone()), why: None });
        }
        // A title belongs to one page. If that is another one, ours was never made.
        if let (Destination::NewPage { space, .. }, Some(other)) = (&delivery.destination, traces.first()) {
            let page =
                Page { id: PageId(other.id.clone()), title: other.title.clone(), space: space.name.clone() };
            let why = self.clash(&delivery.destination, Some(page));
            return Ok(Seen { looked: Looked::SomebodyElses, trace: None, why });
        }
        Ok(Seen { looked: Looked::NotSeen, trace: None, why: None })
    }
}
