//! From a dialog to the outbox and back: what can be known to be wrong is said before anything is stored, and what is taken
//! off the list goes back into its dialog.

use super::salvage::{document_of, salvaged};
use super::{Dialogs, Error, from_delivery, settings, subject};
use crate::adf::{self, Document};
use crate::api::{DeliveryView, Send};
use crate::app::outbox::Ready;
use crate::domain::delivery::State;
use crate::domain::destination::{Destination, TITLE_MAX};
use crate::domain::draft::Draft;
use crate::domain::id::DeliveryId;
use crate::domain::problem::{Field, Gone, NotNow};
use crate::store::Listed;

impl Dialogs {
    /// Stores a delivery and starts sending it. What can be known to be wrong is said now, and not later.
    pub(in crate::app) async fn send(&self, request: Send) -> Result<DeliveryView, Error> {
        let ready = self.checked(request).await?;
        let hold = settings::load(&self.0.store).await?.hold_seconds;
        let mut stored = self.0.outbox.enqueue(vec![ready], hold).await?;
        stored.pop().ok_or_else(|| Error::gone(Gone::Delivery))
    }

    /// Finds what is wrong with something that is to be sent, as far as that can be known without Confluence.
    pub(super) async fn checked(&self, request: Send) -> Result<Ready, Error> {
        let Send { items, destination, document, replaces, again } = request;
        let sender = {
            let accounts = self.0.signers.now();
            if !accounts.is_connected() {
                return Err(accounts.not_connected_to(destination.organization()));
            }
            let is_known = accounts.organizations().iter().any(|o| o.id == *destination.organization());
            is_known.then(|| accounts.sender_to(destination.organization()))
        };
        let destination = with_clean_title(destination)?;
        let sender = sender.ok_or(Field::OrganizationNotReached)?;
        check(&document)?;
        let sender = sender?;
        let (subject, meeting) = self.subject(&items).await?;
        let series = self.series_of(meeting).await?;
        let draft = Some(subject);
        Ok(Ready { items, destination, document, sender, replaces, again, meeting, series, draft })
    }

    /// Takes an unsent delivery off the list, and keeps its words for the next time that its dialog opens. One whose
    /// outcome is not known may go too: the person decides.
    pub(in crate::app) async fn cancel(&self, id: DeliveryId) -> Result<(), Error> {
        let now = self.0.clock.now();
        let deleted = self
            .0
            .store
            .write(move |tx| {
                let found = tx.deliveries().listed(id)?.zip(tx.deliveries().stored_document(id)?);
                let Some((listed, stored)) = found else { return Ok(false) };
                let (state, meeting, draft) = match listed {
                    Listed::Delivery(delivery, _) => {
                        (delivery.state, delivery.meeting, from_delivery(*delivery, document_of(&stored)))
                    }
                    Listed::Unreadable(unreadable) => {
                        (unreadable.state, unreadable.meeting, salvaged(*unreadable, &stored))
                    }
                };
                let is_unsent = state.is_open() || state == State::NotConfirmed;
                if !(is_unsent && tx.deliveries_mut().delete(id, &[state])?) {
                    return Ok(false);
                }
                let (Some(subject), Some(meeting)) = (subject(&draft.items), meeting) else {
                    return Ok(true);
                };
                // What was typed since is newer.
                let action = draft.action;
                if tx.drafts().get(subject, action)?.is_none() {
                    let draft = Draft { replaces: None, ..draft };
                    tx.drafts_mut().put(subject, meeting, &draft, now)?;
                }
                Ok(true)
            })
            .await?;
        if !deleted {
            return Err(Error::not_now(NotNow::CannotCancel));
        }
        self.0.outbox.removed(id);
        Ok(())
    }
}

fn with_clean_title(destination: Destination) -> Result<Destination, Error> {
    let Destination::NewPage { organization, space, parent, title } = destination else {
        return Ok(destination);
    };
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = title.encode_utf16().count();
    if length == 0 {
        return Err(Field::NoTitle.into());
    }
    if length > TITLE_MAX {
        return Err(Field::LongTitle { length, max: TITLE_MAX }.into());
    }
    Ok(Destination::NewPage { organization, space, parent, title })
}

fn check(document: &Document) -> Result<(), Error> {
    if document.is_empty() {
        return Err(Field::NoDescription.into());
    }
    let size = document.to_json().len();
    if size > adf::MAX_BYTES {
        return Err(Field::LongDescription { size, max: adf::MAX_BYTES }.into());
    }
    Ok(())
}
