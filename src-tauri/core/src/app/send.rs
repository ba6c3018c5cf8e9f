//! Sending: check, store, ring the bell. And what a person may do with a delivery afterwards.

use super::error::Field;
use super::status::ErrorView;
use super::{App, Error, Event};
use crate::adf::{self, Document};
use crate::api::{DeliveryView, Send};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Destination, TITLE_MAX};
use crate::domain::id::DeliveryId;

/// The states in which a person may take a delivery back.
const OPEN: &[State] = &[State::Queued, State::Waiting, State::NeedsYou];

impl App {
    /// Stores a delivery and starts sending it. What can be known to be wrong is said now, and not later.
    pub async fn send(&self, request: Send) -> Result<DeliveryView, Error> {
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let Send { items, destination, document, replaces } = request;
        let destination = checked(destination)?;
        if !self.organizations().iter().any(|o| o.id == *destination.organization()) {
            return Err(Error::invalid(
                Field::Organization,
                "The connection does not reach this organization. Choose another one, or reconnect.",
            ));
        }
        check(&document)?;
        let now = self.now();
        let (subject, meeting) = self.subject(&items).await?;
        let series = self.series_of(meeting).await?;
        let delivery = Delivery {
            id: DeliveryId::new(),
            items,
            words: None,
            meeting: Some(meeting),
            meeting_title: None,
            destination,
            document,
            state: State::Queued,
            url: None,
            created: now,
            changed: now,
        };
        let stored = delivery;
        let (delivery, why) = self
            .0
            .store
            .write(move |tx| {
                if let Some(old) = replaces {
                    tx.deliveries_mut().delete(old, OPEN)?;
                }
                tx.deliveries_mut().insert(&stored, meeting)?;
                tx.documents_mut().delete_draft(subject, stored.destination.action())?;
                for mention in stored.document.mentions() {
                    tx.people_mut().put(
                        &mention.id.as_str().into(),
                        mention.words().trim_start_matches('@'),
                        now,
                    )?;
                }
                tx.documents_mut().remember_destination(&series, &stored.destination, now)?;
                if let Destination::NewPage { organization, space, .. } = &stored.destination {
                    tx.spaces_mut().used(organization, &space.id, now)?;
                }
                tx.deliveries().get(stored.id)
            })
            .await?
            .ok_or(Error::Gone("This delivery is no longer on the list."))?;
        if let Some(old) = replaces {
            self.tell(Event::DeliveryGone(old));
        }
        let view = self.view(delivery, why);
        self.0.bell.notify_one();
        Ok(view)
    }

    /// All deliveries, newest first.
    pub async fn deliveries(&self) -> Result<Vec<DeliveryView>, Error> {
        let all = self.0.store.read(|db| db.deliveries().all()).await?;
        Ok(all.into_iter().map(|(delivery, why)| self.view(delivery, why)).collect())
    }

    /// Tries a waiting or failed delivery again, unchanged.
    pub async fn retry(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.queue_again(id, &[State::Waiting, State::NeedsYou]).await
    }

    /// Sends a delivery whose outcome is not known once more.
    pub async fn post_anyway(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.queue_again(id, &[State::NotConfirmed]).await
    }

    async fn queue_again(&self, id: DeliveryId, from: &'static [State]) -> Result<DeliveryView, Error> {
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let now = self.now();
        let (changed, found) = self
            .0
            .store
            .write(move |tx| {
                let changed = tx.deliveries_mut().change(id, from, State::Queued, None::<&ErrorView>, now)?;
                Ok((changed, tx.deliveries().get(id)?))
            })
            .await?;
        let (delivery, why) = found.ok_or(Error::Gone("This delivery is no longer on the list."))?;
        if !changed {
            return Err(Error::NotNow("This delivery has gone on in the meantime."));
        }
        let view = self.view(delivery, why);
        self.0.bell.notify_one();
        Ok(view)
    }

    /// Takes an unsent delivery off the list. One whose outcome is not known may go too: the person decides.
    pub async fn cancel(&self, id: DeliveryId) -> Result<(), Error> {
        let deleted = self
            .0
            .store
            .write(move |tx| {
                tx.deliveries_mut()
                    .delete(id, &[State::Queued, State::Waiting, State::NeedsYou, State::NotConfirmed])
            })
            .await?;
        if !deleted {
            return Err(Error::NotNow(
                "This delivery is on its way or has arrived, so it cannot be cancelled.",
            ));
        }
        self.tell(Event::DeliveryGone(id));
        Ok(())
    }
}

fn checked(destination: Destination) -> Result<Destination, Error> {
    let Destination::NewPage { organization, space, parent, title } = destination else {
        return Ok(destination);
    };
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = title.encode_utf16().count();
    if length == 0 {
        return Err(Error::invalid(Field::Title, "A page needs a title."));
    }
    if length > TITLE_MAX {
        let reason = format!("The title has {length} characters; Confluence takes {TITLE_MAX}.");
        return Err(Error::invalid(Field::Title, reason));
    }
    Ok(Destination::NewPage { organization, space, parent, title })
}

fn check(document: &Document) -> Result<(), Error> {
    if document.is_empty() {
        return Err(Error::invalid(
            Field::Description,
            "There is nothing to send: the description is empty.",
        ));
    }
    let length = document.to_json().len();
    if length > adf::MAX_BYTES {
        let reason = format!(
            "The description is too long: it makes {} kB, and Confluence takes {} kB.",
            length / 1024,
            adf::MAX_BYTES / 1024
        );
        return Err(Error::invalid(Field::Description, reason));
    }
    Ok(())
}
