//! Deliveries. Their order of sending is the order of their ids.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Error;
use crate::domain::delivery::{Delivery, State};
use crate::domain::id::{DeliveryId, ItemId, MeetingId, OrganizationId};

/// The items come as their identifiers in hexadecimal, apart by commas.
const COLUMNS: &str = "d.id,
     (SELECT group_concat(hex(di.item_id), ',' ORDER BY di.position) FROM delivery_items di
        WHERE di.delivery_id = d.id),
     (SELECT i.text FROM delivery_items di JOIN items i ON i.id = di.item_id
        WHERE di.delivery_id = d.id ORDER BY di.position LIMIT 1),
     d.meeting_id, (SELECT m.title FROM meetings m WHERE m.id = d.meeting_id),
     d.destination, d.document, d.state, d.why, d.url, d.created_at, d.changed_at, d.due_at, d.tries";

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
        State::Doubted => "doubted",
        State::Looking => "looking",
        State::Sent => "sent",
        State::Waiting => "waiting",
        State::NeedsYou => "needs_you",
        State::NotConfirmed => "not_confirmed",
    }
}

/// Several, as SQLite's `json_each` takes them.
fn state_words(states: &[State]) -> String {
    let words: Vec<&str> = states.iter().copied().map(state_word).collect();
    serde_json::json!(words).to_string()
}

/// A moment that may be missing.
fn due(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let ms: Option<i64> = row.get(column)?;
    Ok(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
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
        due: due(row, 12).map_err(Error::of)?,
        tries: row.get(13).map_err(Error::of)?,
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

    /// The first of each organization's line, and when it may go.
    pub fn heads(&self) -> Result<Vec<(OrganizationId, Option<Timestamp>)>, Error> {
        self.0
            .prepare_cached(
                "SELECT d.organization, d.due_at FROM deliveries d JOIN
                   (SELECT min(id) AS first FROM deliveries WHERE state IN ('queued', 'waiting', 'doubted')
                    GROUP BY organization) ON d.id = first ORDER BY d.id",
            )
            .and_then(|mut query| {
                query.query_map([], |row| Ok((OrganizationId(row.get(0)?), due(row, 1)?)))?.collect()
            })
            .map_err(Error::of)
    }

    /// The first few of an organization's line, in their order.
    pub fn line<W: DeserializeOwned>(
        &self,
        organization: &OrganizationId,
        most: usize,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        self.select(
            "WHERE d.organization = ? AND d.state IN ('queued', 'waiting', 'doubted') ORDER BY d.id LIMIT ?",
            params![organization.as_str(), most],
        )
    }

    /// The deliveries in a state, oldest first.
    pub fn in_state(&self, state: State) -> Result<Vec<Delivery>, Error> {
        let found = self.select::<IgnoredAny>("WHERE d.state = ? ORDER BY d.id", [state_word(state)])?;
        Ok(found.into_iter().map(|(delivery, _)| delivery).collect())
    }

    /// Which of these identifiers of Confluence are already known to be what a delivery made.
    pub fn made(&self, remote_ids: &[String]) -> Result<HashSet<String>, Error> {
        let mut query =
            self.0.prepare_cached("SELECT 1 FROM deliveries WHERE remote_id = ?").map_err(Error::of)?;
        let mut made = HashSet::new();
        for id in remote_ids {
            if query.exists([id]).map_err(Error::of)? {
                made.insert(id.clone());
            }
        }
        Ok(made)
    }

    /// The newest delivery of exactly these items since a moment, of those that `is_same` takes for the same.
    pub fn sent_before(
        &self,
        items: &[ItemId],
        since: Timestamp,
        is_same: impl Fn(&Delivery) -> bool,
    ) -> Result<Option<Delivery>, Error> {
        let Some(first) = items.first() else { return Ok(None) };
        let found = self.select::<IgnoredAny>(
            "WHERE d.created_at >= ? AND d.id IN (SELECT delivery_id FROM delivery_items WHERE item_id = ?)
             ORDER BY d.id DESC",
            params![since.as_millisecond(), first.0],
        )?;
        let wanted: HashSet<ItemId> = items.iter().copied().collect();
        let of_these = |delivery: &Delivery| delivery.items.iter().copied().collect::<HashSet<_>>() == wanted;
        Ok(found.into_iter().map(|(delivery, _)| delivery).find(|one| of_these(one) && is_same(one)))
    }

    /// How many are not sent.
    pub fn unsent(&self) -> Result<u32, Error> {
        self.0
            .query_row("SELECT count(*) FROM deliveries WHERE state <> 'sent'", [], |row| row.get(0))
            .map_err(Error::of)
    }

    /// Whether any is in one of these states.
    pub fn has(&self, states: &[State]) -> Result<bool, Error> {
        let mut query = self
            .0
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM deliveries WHERE state = ? AND state <> 'sent')")
            .map_err(Error::of)?;
        for state in states {
            if query.query_row([state_word(*state)], |row| row.get(0)).map_err(Error::of)? {
                return Ok(true);
            }
        }
        Ok(false)
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
                "INSERT INTO deliveries (id, meeting_id, organization, destination, document, state, url, due_at, tries,
                                         created_at, changed_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                params![
                    delivery.id.0,
                    meeting.0,
                    delivery.destination.organization().as_str(),
                    serde_json::to_string(&delivery.destination)?,
                    delivery.document.to_json(),
                    state_word(delivery.state),
                    delivery.url,
                    delivery.due.map(Timestamp::as_millisecond),
                    delivery.tries,
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

    /// Records how a delivery stands from now on, if it is still in one of the states that it is expected in. Answers
    /// whether it was; if not, nothing changes.
    pub fn change(
        &self,
        id: DeliveryId,
        expected: &[State],
        next: &Next<'_, impl Serialize>,
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
    pub fn hurry(&self, organization: &OrganizationId, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE deliveries SET due_at = ? WHERE organization = ? AND state IN ('waiting', 'doubted')",
                params![now.as_millisecond(), organization.as_str()],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}

/// How a delivery stands from now on.
#[derive(Debug)]
pub struct Next<'a, W> {
    /// The state.
    pub state: State,
    /// What the person is told, where the state is not the whole story.
    pub why: Option<&'a W>,
    /// Not before this moment.
    pub due: Option<Timestamp>,
    /// How often in vain.
    pub tries: u32,
    /// Where it arrived, as far as that is new.
    pub url: Option<&'a str>,
    /// Confluence's identifier of what was made, as far as that is new.
    pub remote_id: Option<&'a str>,
}

impl<W> Next<'_, W> {
    /// Just this state, from the start.
    pub fn plain(state: State) -> Self {
        Self { state, why: None, due: None, tries: 0, url: None, remote_id: None }
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
