//! How things stand, in the shapes that the window shows.

use jiff::Timestamp;

use super::accounts::Senders;
use super::sites::name_of;
use super::{App, Error, Event};
pub(super) use crate::api::ErrorView;
use crate::api::{DeliveryState, DeliveryView, Scope, Settings, Status};
use crate::auth::scopes;
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::Organization;
use crate::domain::id::OrganizationId;
use crate::domain::site::Need;

impl App {
    /// What the app is and how it stands. The window asks for it first, and listens to events from then on.
    pub async fn status(&self) -> Result<Status, Error> {
        self.listened();
        let servers = self.servers().await?;
        let (settings, has_samples, unsent) = self
            .0
            .store
            .read(|db| {
                let settings = db.settings().get::<Settings>()?.unwrap_or_default();
                Ok((settings, db.meetings().has_samples()?, db.deliveries().unsent()?))
            })
            .await?;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: self.0.folder.display().to_string(),
            sandbox: self.0.sandbox.clone(),
            connection: self.connection(),
            servers,
            sync: self.sync_state(),
            settings,
            watched: self.watched(),
            has_samples,
            unsent,
            scopes: scopes::list().iter().map(scope).collect(),
            tokens: self.tokens(),
            token_scopes: Need::ALL.iter().map(|need| need.scope().to_owned()).collect(),
        })
    }

    /// What the person chose.
    pub async fn settings(&self) -> Result<Settings, Error> {
        Ok(self.0.store.read(|db| db.settings().get::<Settings>()).await?.unwrap_or_default())
    }

    /// Changes the settings.
    pub async fn save_settings(&self, settings: Settings) -> Result<Settings, Error> {
        let stored = settings.clone();
        self.0.store.write(move |tx| tx.settings_mut().put(&stored)).await?;
        self.tell(Event::Settings(Box::new(settings.clone())));
        Ok(settings)
    }

    /// A delivery as lists and items show it.
    pub(super) fn view(&self, delivery: Delivery, why: Option<ErrorView>) -> DeliveryView {
        self.views().of(delivery, why)
    }

    /// What views of deliveries are made with.
    pub(super) fn views(&self) -> Views {
        Views {
            organizations: self.organizations(),
            senders: self.senders(),
            doubt: self.doubt_of_badges(),
            now: self.now(),
        }
    }
}

/// What an organization is called: with its address where another one has the same name. Nothing if it is not known.
pub(super) fn called(organizations: &[Organization], id: &OrganizationId) -> String {
    let Some(found) = organizations.iter().find(|one| one.id == *id) else { return String::new() };
    let is_one_of_two = organizations.iter().any(|other| other.id != *id && other.name == found.name);
    if is_one_of_two { format!("{} ({})", found.name, name_of(found)) } else { found.name.clone() }
}

/// What views of deliveries are made with, of many at once.
pub(super) struct Views {
    organizations: Vec<Organization>,
    senders: Senders,
    /// What arrived before this moment may be out of date, and what says so.
    doubt: Option<(Timestamp, String)>,
    now: Timestamp,
}

impl Views {
    pub(super) fn of(&self, delivery: Delivery, why: Option<ErrorView>) -> DeliveryView {
        let organization = called(&self.organizations, delivery.destination.organization());
        let doubt = self
            .doubt
            .as_ref()
            .filter(|(since, _)| delivery.changed < *since)
            .map(|(_, words)| words.clone());
        let note = why.as_ref().map(|why| why.message.clone()).into_iter().chain(doubt);
        let note = Some(note.collect::<Vec<_>>().join(" ")).filter(|note| !note.is_empty());
        let me = self.senders.to(delivery.destination.organization());
        let is_of_another = me.is_some_and(|me| !delivery.is_of(&me.id));
        let sender = delivery.sender.filter(|_| is_of_another);
        // The store keeps a reason beside every state that needs one; an older file may lack it.
        let why = why.unwrap_or_else(|| ErrorView {
            code: crate::api::ErrorCode::Failed,
            message: "It did not get through.".to_owned(),
            hint: None,
        });
        let state = match delivery.state {
            State::Queued => match delivery.due.filter(|due| *due > self.now) {
                Some(until) => DeliveryState::Held { until },
                None => DeliveryState::Queued,
            },
            State::Sending => DeliveryState::Sending,
            State::Sent => DeliveryState::Sent { note },
            State::Waiting => DeliveryState::Waiting { why },
            State::NeedsYou => DeliveryState::NeedsYou { why },
            State::Doubted | State::Looking => DeliveryState::Checking { why },
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
}

fn scope(scope: &scopes::Scope) -> Scope {
    Scope {
        name: scope.name.to_owned(),
        allows: scope.allows.to_owned(),
        used_for: scope.used_for.to_owned(),
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
