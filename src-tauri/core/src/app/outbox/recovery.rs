//! What is found before anything is sent: deliveries that were on their way when a run or a queue ended, and what waited for
//! somebody who is connected now.

use super::{Error, Outbox, triage};
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::OrganizationId;
use crate::domain::problem::{self, Problem};
use crate::domain::transitions;
use crate::store::Listed;

impl Outbox {
    /// What earlier runs left: before anything is sent.
    pub(super) async fn recover(&self) -> Result<(), Error> {
        self.recover_interrupted(None).await?;
        self.doubt_older_copy().await?;
        let now = self.0.clock.now();
        let changes = self
            .0
            .store
            .write(move |tx| {
                triage::set_aside_unreadable(tx, now)?;
                triage::ask_about_old(tx, now)
            })
            .await?;
        self.announce_all(changes);
        self.resume_waiting().await
    }

    /// What waited for somebody who is connected now goes on: the person asked for it already.
    pub(super) async fn resume_waiting(&self) -> Result<(), Error> {
        // Before anything is taken up: the data may be an older copy of itself.
        self.doubt_older_copy().await?;
        let (signers, now) = (self.0.signers.clone(), self.0.clock.now());
        let changes = self
            .0
            .store
            .write(move |tx| {
                let senders = signers.now().senders();
                triage::resume_waiting(tx, &senders, now)
            })
            .await?;
        self.announce_all(changes);
        self.ask_about_waiting().await
    }

    /// Whatever was on its way when the last run ended, or the line of an organization broke off, may have arrived.
    pub(super) async fn recover_interrupted(
        &self,
        organization: Option<OrganizationId>,
    ) -> Result<(), Error> {
        let now = self.0.clock.now();
        let why = Problem::Delivery(problem::Delivery::Interrupted);
        let doubted = self
            .0
            .store
            .write(move |tx| {
                let sending = tx.deliveries().in_states(&[State::Sending])?;
                let is_meant = |delivery: &Delivery| {
                    organization.as_ref().is_none_or(|only| delivery.destination.organization() == only)
                };
                let mut doubted = Vec::new();
                let sending = sending.into_iter().filter_map(Listed::readable);
                for (delivery, _) in sending.filter(|(delivery, _)| is_meant(delivery)) {
                    let state = transitions::after_lost_answer(delivery.destination.action());
                    doubted.extend(triage::set_aside(tx, delivery, state, why.clone(), now)?);
                }
                Ok(doubted)
            })
            .await?;
        self.announce_all(doubted);
        Ok(())
    }
}
