//! Looks for what may have arrived although its answer was lost. Refuses to guess: it is ours if the connected account
//! made it, nobody has changed it, and it holds the same words; a comment must also be as new as the first attempt, since
//! the same may have been said before. What another delivery is known to have made is not taken for this one. Called by
//! `outbox`.

use jiff::{SignedDuration, Timestamp};

use super::triage::unverifiable;
use super::{Error, Identity, Outbox, attempt};
use crate::confluence::Candidate;
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
    pub(super) candidate: Option<Candidate>,
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
            return Ok(Seen { looked: Looked::Hopeless, candidate: None, why: Some(why) });
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
                return Ok(Seen { looked: Looked::NotAsked, candidate: None, why: Some(error.problem()) });
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
            return Ok(Seen { looked: Looked::Found, candidate: Some(ours.clone()), why: None });
        }
        // A title belongs to one page. If that is another one, ours was never made.
        if let (Destination::NewPage { space, .. }, Some(other)) = (&delivery.destination, candidates.first())
        {
            let page =
                Page { id: PageId(other.id.clone()), title: other.title.clone(), space: space.name.clone() };
            let why = self.clash(&delivery.destination, Some(page));
            return Ok(Seen { looked: Looked::SomebodyElses, candidate: None, why });
        }
        Ok(Seen { looked: Looked::NotSeen, candidate: None, why: None })
    }
}
