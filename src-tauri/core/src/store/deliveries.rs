//! Deliveries. Their order of sending is the order of their ids.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Error;
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};

const COLUMNS: &str =
    "d.id, d.item_id, d.meeting_id, EXISTS (SELECT 1 FROM meetings m WHERE m.id = d.meeting_id),
     d.destination, d.description, d.body, d.state, d.why, d.url, d.created_at, d.changed_at";

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
    let cached: bool = row.get(3).map_err(Error::of)?;
    let meeting = MeetingId(row.get(2).map_err(Error::of)?);
    let why: Option<String> = row.get(8).map_err(Error::of)?;
    let delivery = Delivery {
        id: DeliveryId(row.get(0).map_err(Error::of)?),
        item: ItemId(row.get(1).map_err(Error::of)?),
        meeting: cached.then_some(meeting),
        destination: serde_json::from_str(&text(4)?)?,
        description: text(5)?,
        body: text(6)?,
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
                "INSERT INTO deliveries (id, item_id, meeting_id, organization, destination, description, body,
                                         state, url, created_at, changed_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    delivery.id.0,
                    delivery.item.0,
                    meeting.0,
                    delivery.destination.organization().as_str(),
                    serde_json::to_string(&delivery.destination)?,
                    delivery.description,
                    delivery.body,
                    state_word(delivery.state),
                    delivery.url,
                    delivery.created.as_millisecond(),
                    delivery.changed.as_millisecond(),
                ],
            )
            .map_err(Error::of)?;
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

    /// Records where a delivery arrived.
    pub fn arrived(&self, id: DeliveryId, url: Option<&str>, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE deliveries SET state = 'sent', why = NULL, url = ?, changed_at = ? WHERE id = ?",
                params![url, now.as_millisecond(), id.0],
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
