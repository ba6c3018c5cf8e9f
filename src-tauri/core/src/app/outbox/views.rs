//! Deliveries in the shape that the window shows.

use jiff::Timestamp;

use super::triage::UNREADABLE;
use super::{Outbox, Senders};
use crate::api::{DeliveryState, DeliveryView, ErrorView, Hint};
use crate::app::login::name_of;
use crate::app::words;
use crate::domain::delivery::{Delivery, State, Unreadable};
use crate::domain::destination::{Destination, Organization, Space};
use crate::domain::id::OrganizationId;
use crate::domain::problem::{self, Problem};

impl Outbox {
    /// What views of deliveries are made with.
    pub(in crate::app) fn views(&self) -> Views {
        let (organizations, senders) = {
            let accounts = self.0.signers.now();
            (accounts.organizations(), accounts.senders())
        };
        Views { organizations, senders, doubt: self.doubt_of_badges(), now: self.0.clock.now() }
    }
}

/// What an organization is called: with its address where another one has the same name. Nothing if it is not known.
fn called(organizations: &[Organization], id: &OrganizationId) -> String {
    let Some(found) = organizations.iter().find(|one| one.id == *id) else { return String::new() };
    let is_one_of_two = organizations.iter().any(|other| other.id != *id && other.name == found.name);
    if is_one_of_two { format!("{} ({})", found.name, name_of(found)) } else { found.name.clone() }
}

/// What views of deliveries are made with, of many at once.
pub(in crate::app) struct Views {
    organizations: Vec<Organization>,
    senders: Senders,
    /// What arrived before this moment may be out of date, and what says so.
    doubt: Option<(Timestamp, String)>,
    now: Timestamp,
}

impl Views {
    pub(in crate::app) fn of(&self, delivery: Delivery, why: Option<&Problem>) -> DeliveryView {
        let organization = called(&self.organizations, delivery.destination.organization());
        let doubt = self
            .doubt
            .as_ref()
            .filter(|(since, _)| delivery.changed < *since)
            .map(|(_, words)| words.clone());
        let told = why.map(words::view);
        let note = told.as_ref().map(|told| told.message.clone()).into_iter().chain(doubt);
        let note = Some(note.collect::<Vec<_>>().join(" ")).filter(|note| !note.is_empty());
        let me = self.senders.to(delivery.destination.organization());
        let is_of_another = me.is_some_and(|me| !delivery.is_of(&me.id));
        let sender = delivery.sender.filter(|_| is_of_another);
        // The store keeps a reason beside every state that needs one; an older file may lack it.
        let unknown = || words::view(&Problem::Delivery(problem::Delivery::Unknown));
        let mut why = told.unwrap_or_else(unknown);
        if delivery.state.is_pending() && why.hint != Some(Hint::ProxyPassword) {
            // It goes by itself then, and at once if the person says so.
            why = ErrorView { hint: Some(Hint::TryAgain { at: delivery.due }), ..why };
        }
        let state = match delivery.state {
            State::Queued => match delivery.due.filter(|due| *due > self.now) {
                Some(until) => DeliveryState::Held { until },
                None => DeliveryState::Queued,
            },
            State::Sending => DeliveryState::Sending,
            State::Sent => DeliveryState::Sent { note },
            State::Waiting => DeliveryState::Waiting { why },
            State::NeedsYou => DeliveryState::NeedsYou { why },
            State::RetryUnconfirmed | State::Reconciling => DeliveryState::Checking { why },
            State::NotConfirmed => DeliveryState::NotConfirmed { why },
        };
        DeliveryView {
            id: delivery.id,
            items: delivery.items,
            words: delivery.words,
            meeting: delivery.meeting,
            meeting_title: delivery.meeting_title,
            destination: delivery.destination,
            organization,
            sender: sender.and_then(|sender| sender.name),
            state,
            created: delivery.created,
            changed: delivery.changed,
        }
    }

    /// As lists show it. Nothing leads there, and nothing sends it.
    pub(super) fn of_unreadable(&self, delivery: Unreadable) -> DeliveryView {
        let organization = called(&self.organizations, &delivery.organization);
        let (why, unknown) = (words::view(&UNREADABLE), words::title_of_unreadable());
        DeliveryView {
            id: delivery.id,
            items: delivery.items,
            words: delivery.words,
            meeting: delivery.meeting,
            meeting_title: delivery.meeting_title,
            destination: Destination::NewPage {
                space: Space { id: unknown.as_str().into(), key: String::new(), name: unknown.clone() },
                organization: delivery.organization,
                parent: None,
                title: unknown,
            },
            organization,
            sender: None,
            state: match delivery.state {
                State::Sent => DeliveryState::Sent { note: None },
                State::NotConfirmed => DeliveryState::NotConfirmed { why },
                _ => DeliveryState::NeedsYou { why },
            },
            created: delivery.created,
            changed: delivery.changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organizations_of_one_name_are_told_apart_by_their_addresses() {
        let named = |id: &str, name: &str| Organization {
            id: id.into(),
            name: name.to_owned(),
            url: format!("https://{id}.atlassian.net"),
        };
        let all = [named("acme", "Acme"), named("other", "Acme"), named("globex", "Globex")];
        assert_eq!(called(&all, &"acme".into()), "Acme (acme.atlassian.net)");
        assert_eq!(called(&all, &"other".into()), "Acme (other.atlassian.net)");
        assert_eq!(called(&all, &"globex".into()), "Globex");
        assert_eq!(called(&all, &"nobody".into()), "", "it is not known any more");
    }
}
