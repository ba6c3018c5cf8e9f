//! Deliveries. Their order of sending is the order of their ids.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Error;
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};

/// The items come as their identifiers in hexadecimal, apart by commas.
const COLUMNS: &str = "d.id,
     (SELECT group_concat(hex(di.item_id), ',' ORDER BY di.position) FROM delivery_items di
        WHERE di.delivery_id = d.id),
     (SELECT i.text FROM delivery_items di JOIN items i ON i.id = di.item_id
        WHERE di.delivery_id = d.id ORDER BY di.position LIMIT 1),
     d.meeting_id, (SELECT m.title FROM meetings m WHERE m.id = d.meeting_id),
     d.destination, d.document, d.state, d.why, d.url, d.created_at, d.changed_at";

/// Reads.
#[derive(Debug)]
pub struct Deliveries<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct DeliveriesMut<'a>(pub(super) &'a Connection);

fn state_word(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Sending => "sending",
        State::Sent => "sent",
        State::Waiting => "waiting",
        State::NeedsYou => "needs_you",
        State::NotConfirmed => "not_confirmed",
    }
}

/// A row, with what the person was told.
fn delivery<W: DeserializeOwned>(row: &Row<'_>) -> Result<(Delivery, Option<W>), Error> {
    let text = |column: usize| row.get::<_, String>(column).map_err(Error::of);
    let time = |column: usize| -> Result<Timestamp, Error> {
        let ms: i64 = row.get(column).map_err(Error::of)?;
        Ok(Timestamp::from_millisecond(ms).unwrap_or_default())
    };
    let items: Option<String> = row.get(1).map_err(Error::of)?;
    let meeting_title: Option<String> = row.get(4).map_err(Error::of)?;
    let meeting = MeetingId(row.get(3).map_err(Error::of)?);
    let why: Option<String> = row.get(8).map_err(Error::of)?;
    let delivery = Delivery {
        id: DeliveryId(row.get(0).map_err(Error::of)?),
        items: items
            .iter()
            .flat_map(|ids| ids.split(','))
            .filter_map(|id| id.parse().ok().map(ItemId))
            .collect(),
        words: row.get(2).map_err(Error::of)?,
        meeting: meeting_title.is_some().then_some(meeting),
        meeting_title,
        destination: serde_json::from_str(&text(5)?)?,
        document: serde_json::from_str(&text(6)?)?,
        state: serde_json::from_value(serde_json::Value::String(text(7)?))?,
        url: row.get(9).map_err(Error::of)?,
        created: time(10)?,
        changed: time(11)?,
    };
    Ok((delivery, why.map(|why| serde_json::from_str(&why)).transpose()?))
}

impl Deliveries<'_> {
    /// One delivery.
    pub fn get<W: DeserializeOwned>(&self, id: DeliveryId) -> Result<Option<(Delivery, Option<W>)>, Error> {
        Ok(self.select("WHERE d.id = ?", [id.0])?.pop())
    }

    /// All deliveries, newest first.
    pub fn all<W: DeserializeOwned>(&self) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        self.select("ORDER BY d.id DESC", [])
    }

    /// The deliveries of a meeting's items, newest first.
    pub fn of_meeting<W: DeserializeOwned>(
        &self,
        meeting: MeetingId,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        self.select("WHERE d.meeting_id = ? ORDER BY d.id DESC", [meeting.0])
    }

    /// The oldest delivery that is queued.
    pub fn next(&self) -> Result<Option<Delivery>, Error> {
        let found =
            self.select::<serde::de::IgnoredAny>("WHERE d.state = 'queued' ORDER BY d.id LIMIT 1", [])?;
        Ok(found.into_iter().map(|(delivery, _)| delivery).next())
    }

    /// How many are not sent.
    pub fn unsent(&self) -> Result<u32, Error> {
        self.0
            .query_row("SELECT count(*) FROM deliveries WHERE state <> 'sent'", [], |row| row.get(0))
            .map_err(Error::of)
    }

    fn select<W: DeserializeOwned>(
        &self,
        rest: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        let mut query = self
            .0
            .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries d {rest}"))
            .map_err(Error::of)?;
        let mut rows = query.query(params).map_err(Error::of)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(Error::of)? {
            found.push(delivery(row)?);
        }
        Ok(found)
    }
}

impl DeliveriesMut<'_> {
    /// Stores a new delivery. `meeting` stays with it when the meeting is deleted.
    pub fn insert(&self, delivery: &Delivery, meeting: MeetingId) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT INTO deliveries (id, meeting_id, organization, destination, document, state, url,
                                         created_at, changed_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    delivery.id.0,
                    meeting.0,
                    delivery.destination.organization().as_str(),
                    serde_json::to_string(&delivery.destination)?,
                    delivery.document.to_json(),
                    state_word(delivery.state),
                    delivery.url,
                    delivery.created.as_millisecond(),
                    delivery.changed.as_millisecond(),
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

    /// Records a new state, and what the person is told about it. Answers whether the delivery was still in
    /// one of the states that it is expected in; if not, nothing changes.
    pub fn change(
        &self,
        id: DeliveryId,
        expected: &[State],
        state: State,
        why: Option<&impl Serialize>,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let current: Option<String> = self
            .0
            .query_row("SELECT state FROM deliveries WHERE id = ?", [id.0], |row| row.get(0))
            .optional()
            .map_err(Error::of)?;
        if !expected.iter().any(|expected| current.as_deref() == Some(state_word(*expected))) {
            return Ok(false);
        }
        let why = why.map(serde_json::to_string).transpose()?;
        self.0
            .execute(
                "UPDATE deliveries SET state = ?, why = ?, changed_at = ? WHERE id = ?",
                params![state_word(state), why, now.as_millisecond(), id.0],
            )
            .map_err(Error::of)?;
        Ok(true)
    }

    /// Records where a delivery arrived, and what the person is told about it.
    pub fn arrived(
        &self,
        id: DeliveryId,
        url: Option<&str>,
        why: Option<&impl Serialize>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let why = why.map(serde_json::to_string).transpose()?;
        self.0
            .execute(
                "UPDATE deliveries SET state = 'sent', why = ?, url = ?, changed_at = ? WHERE id = ?",
                params![why, url, now.as_millisecond(), id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Takes a delivery off the list, if it is in one of these states. Answers whether it was.
    pub fn delete(&self, id: DeliveryId, expected: &[State]) -> Result<bool, Error> {
        let mut deleted = 0;
        for state in expected {
            deleted += self
                .0
                .execute(
                    "DELETE FROM deliveries WHERE id = ? AND state = ?",
                    params![id.0, state_word(*state)],
                )
                .map_err(Error::of)?;
        }
        Ok(deleted > 0)
    }

    /// Marks every delivery that was being sent when the last run ended: nobody knows whether it arrived.
    pub fn doubt_interrupted(&self, why: &impl Serialize, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE deliveries SET state = 'not_confirmed', why = ?, changed_at = ? WHERE state = 'sending'",
                params![serde_json::to_string(why)?, now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;

    #[tokio::test]
    async fn the_list_reads() {
        let (_folder, store) = scratch();
        let all = store.read(|db| db.deliveries().all::<serde_json::Value>()).await;
        assert!(all.is_ok(), "an empty list is a list: {all:?}");
        assert_eq!(store.read(|db| db.people().all()).await.unwrap(), []);
        store.write(|tx| tx.people_mut().clear()).await.unwrap();
    }
}
