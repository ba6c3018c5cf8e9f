//! What changes of deliveries. Who changes one says in which states it is expected, and learns whether it was in one.

use jiff::Timestamp;
use rusqlite::params;

use super::{DeliveriesMut, Next, state_word, state_words};
use crate::adf::Document;
use crate::domain::delivery::{Delivery, Sender, State};
use crate::domain::id::{DeliveryId, MeetingId, OrganizationId};
use crate::store::Error;

impl DeliveriesMut<'_> {
    /// Stores a new delivery with what it sends. `meeting` stays with it when the meeting is deleted.
    pub fn insert(&self, delivery: &Delivery, document: &Document, meeting: MeetingId) -> Result<(), Error> {
        let sender = delivery.sender.as_ref();
        self.0
            .execute(
                "INSERT INTO deliveries (id, meeting_id, organization, destination, document, state, url, due_at, tries,
                                         created_at, changed_at, asked_at, account_id, account_name)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    delivery.id.0,
                    meeting.0,
                    delivery.destination.organization().as_str(),
                    serde_json::to_string(&delivery.destination)?,
                    document.to_json(),
                    state_word(delivery.state),
                    delivery.url,
                    delivery.due.map(Timestamp::as_millisecond),
                    delivery.tries,
                    delivery.created.as_millisecond(),
                    delivery.changed.as_millisecond(),
                    delivery.created.as_millisecond(),
                    sender.map(|sender| sender.id.as_str()),
                    sender.and_then(|sender| sender.name.as_deref()),
                ],
            )
            .map_err(Error::of)?;
        for (position, item) in delivery.items.iter().enumerate() {
            self.0
                .execute(
                    "INSERT INTO delivery_items (delivery_id, position, item_id) VALUES (?, ?, ?)",
                    params![delivery.id.0, position, item.0],
                )
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Records the new state of a delivery, if it is still in one of the states that it is expected in. Answers
    /// whether it was; if not, nothing changes.
    pub fn change(
        &self,
        id: DeliveryId,
        expected: &[State],
        next: &Next<'_>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let why = next.why.map(serde_json::to_string).transpose()?;
        let changed = self
            .0
            .prepare_cached(
                "UPDATE deliveries SET state = ?, why = ?, due_at = ?, tries = ?, changed_at = ?,
                        url = coalesce(?, url), remote_id = coalesce(?, remote_id)
                 WHERE id = ? AND state IN (SELECT value FROM json_each(?))",
            )
            .and_then(|mut update| {
                update.execute(params![
                    state_word(next.state),
                    why,
                    next.due.map(Timestamp::as_millisecond),
                    next.tries,
                    now.as_millisecond(),
                    next.url,
                    next.remote_id,
                    id.0,
                    state_words(expected),
                ])
            })
            .map_err(Error::of)?;
        Ok(changed > 0)
    }

    /// A person asked for a delivery again.
    pub fn asked(&self, id: DeliveryId, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute("UPDATE deliveries SET asked_at = ? WHERE id = ?", params![now.as_millisecond(), id.0])
            .map_err(Error::of)?;
        Ok(())
    }

    /// From now on another account sends a delivery.
    pub fn set_sender(&self, id: DeliveryId, sender: &Sender) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE deliveries SET account_id = ?, account_name = ? WHERE id = ?",
                params![sender.id.as_str(), sender.name, id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Takes a delivery off the list, if it is in one of these states. Answers whether it was.
    pub fn delete(&self, id: DeliveryId, expected: &[State]) -> Result<bool, Error> {
        let deleted = self
            .0
            .execute(
                "DELETE FROM deliveries WHERE id = ? AND state IN (SELECT value FROM json_each(?))",
                params![id.0, state_words(expected)],
            )
            .map_err(Error::of)?;
        Ok(deleted > 0)
    }

    /// Forgets what arrived before a moment.
    pub fn forget_sent(&self, before: Timestamp) -> Result<(), Error> {
        let before = before.as_millisecond();
        self.0
            .execute("DELETE FROM deliveries WHERE state = 'sent' AND changed_at < ?", [before])
            .map_err(Error::of)?;
        self.0
            .execute("DELETE FROM attempts WHERE delivery_id NOT IN (SELECT id FROM deliveries)", [])
            .map_err(Error::of)?;
        Ok(())
    }

    /// Everything in an organization's line may go at once.
    pub fn make_due(&self, organization: &OrganizationId, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE deliveries SET due_at = ? WHERE organization = ? AND state IN ('waiting', 'doubted')",
                params![now.as_millisecond(), organization.as_str()],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}
