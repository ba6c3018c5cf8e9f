//! What is read of deliveries. A row that cannot be read hides no other.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::{Deliveries, Head, Listed, state_word, state_words};
use crate::adf::Document;
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::id::{AccountId, DeliveryId, ItemId, MeetingId, OrganizationId};
use crate::domain::problem::Problem;
use crate::store::Error;

/// The items come as their identifiers in hexadecimal, apart by commas.
const COLUMNS: &str = "d.id,
     (SELECT group_concat(hex(di.item_id), ',' ORDER BY di.position) FROM delivery_items di
        WHERE di.delivery_id = d.id),
     (SELECT i.text FROM delivery_items di JOIN items i ON i.id = di.item_id
        WHERE di.delivery_id = d.id ORDER BY di.position LIMIT 1),
     d.meeting_id, (SELECT m.title FROM meetings m WHERE m.id = d.meeting_id),
     d.destination, d.organization, d.state, d.why, d.url, d.created_at, d.changed_at, d.due_at, d.tries,
     d.account_id, d.account_name";

/// A moment that may be missing.
fn due(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let ms: Option<i64> = row.get(column)?;
    Ok(ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()))
}

fn listed(row: &Row<'_>) -> Result<Listed, Error> {
    let text = |column: usize| row.get::<_, String>(column).map_err(Error::of);
    let time = |column: usize| -> Result<Timestamp, Error> {
        let ms: i64 = row.get(column).map_err(Error::of)?;
        Ok(Timestamp::from_millisecond(ms).unwrap_or_default())
    };
    let items: Option<String> = row.get(1).map_err(Error::of)?;
    let meeting_title: Option<String> = row.get(4).map_err(Error::of)?;
    let meeting = MeetingId(row.get(3).map_err(Error::of)?);
    let id = DeliveryId(row.get(0).map_err(Error::of)?);
    let items =
        items.iter().flat_map(|ids| ids.split(',')).filter_map(|id| id.parse().ok().map(ItemId)).collect();
    let words = row.get(2).map_err(Error::of)?;
    let meeting = meeting_title.is_some().then_some(meeting);
    let state = serde_json::from_value(serde_json::Value::String(text(7)?))?;
    let (created, changed) = (time(10)?, time(11)?);
    let destination = match serde_json::from_str(&text(5)?) {
        Ok(destination) => destination,
        Err(error) => {
            tracing::warn!(delivery = %id, %error, "a delivery cannot be read");
            let organization = OrganizationId(text(6)?);
            return Ok(Listed::Unreadable(Box::new(Unreadable {
                id,
                items,
                words,
                meeting,
                meeting_title,
                organization,
                state,
                created,
                changed,
            })));
        }
    };
    let (account, name): (Option<String>, _) =
        (row.get(14).map_err(Error::of)?, row.get(15).map_err(Error::of)?);
    let delivery = Delivery {
        id,
        items,
        words,
        meeting,
        meeting_title,
        destination,
        sender: account.map(|id| Sender { id: AccountId(id), name }),
        state,
        url: row.get(9).map_err(Error::of)?,
        created,
        changed,
        due: due(row, 12).map_err(Error::of)?,
        tries: row.get(13).map_err(Error::of)?,
    };
    // What a newer version told the person is of no use, and no reason to lose the delivery.
    let why: Option<String> = row.get(8).map_err(Error::of)?;
    Ok(Listed::Delivery(Box::new(delivery), why.and_then(|why| serde_json::from_str(&why).ok())))
}

impl Deliveries<'_> {
    /// One delivery, if it is there and can be read.
    pub fn get(&self, id: DeliveryId) -> Result<Option<(Delivery, Option<Problem>)>, Error> {
        Ok(self.select("WHERE d.id = ?", [id.0])?.pop())
    }

    /// One delivery, whether or not it can be read.
    pub fn listed(&self, id: DeliveryId) -> Result<Option<Listed>, Error> {
        Ok(self.rows("WHERE d.id = ?", [id.0])?.pop())
    }

    /// All deliveries, newest first.
    pub fn all(&self) -> Result<Vec<Listed>, Error> {
        self.rows("ORDER BY d.id DESC", [])
    }

    /// All deliveries that have not arrived and can be read, oldest first.
    pub fn open(&self) -> Result<Vec<(Delivery, Option<Problem>)>, Error> {
        self.select("WHERE d.state <> 'sent' ORDER BY d.id", [])
    }

    /// What a delivery sends, as the person wrote it; `None` where it cannot be read.
    pub fn document(&self, id: DeliveryId) -> Result<Option<Document>, Error> {
        let read = |json: String| {
            serde_json::from_str(&json)
                .inspect_err(
                    |error| tracing::warn!(delivery = %id, %error, "what a delivery sends cannot be read"),
                )
                .ok()
        };
        Ok(self.stored_document(id)?.and_then(read))
    }

    /// The same as it is stored, also where it cannot be read.
    pub fn stored_document(&self, id: DeliveryId) -> Result<Option<String>, Error> {
        self.0
            .prepare_cached("SELECT document FROM deliveries WHERE id = ?")
            .and_then(|mut query| query.query_row([id.0], |row| row.get(0)).optional())
            .map_err(Error::of)
    }

    /// Whether anything that has not arrived is sent by another account than this one.
    pub fn has_others(&self, account: &AccountId) -> Result<bool, Error> {
        self.0
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM deliveries WHERE state <> 'sent' AND account_id IS NOT NULL AND account_id <> ?)",
            )
            .and_then(|mut query| query.query_row([account.as_str()], |row| row.get(0)))
            .map_err(Error::of)
    }

    /// The deliveries of a meeting's items, newest first.
    pub fn of_meeting(&self, meeting: MeetingId) -> Result<Vec<(Delivery, Option<Problem>)>, Error> {
        self.select("WHERE d.meeting_id = ? ORDER BY d.id DESC", [meeting.0])
    }

    /// The first of each line: what an account sends to an organization.
    pub fn queue_heads(&self) -> Result<Vec<Head>, Error> {
        let head = |row: &Row<'_>| {
            let account: Option<String> = row.get(1)?;
            Ok(Head {
                organization: OrganizationId(row.get(0)?),
                account: account.map(AccountId),
                in_doubt: row.get(2)?,
                due: due(row, 3)?,
            })
        };
        self.0
            .prepare_cached(
                "SELECT d.organization, d.account_id, first.in_doubt, d.due_at FROM deliveries d JOIN
                   (SELECT min(id) AS id, min(state = 'doubted') AS in_doubt FROM deliveries
                    WHERE state IN ('queued', 'waiting', 'doubted') GROUP BY organization, account_id) first
                   ON d.id = first.id ORDER BY d.id",
            )
            .and_then(|mut query| query.query_map([], head)?.collect())
            .map_err(Error::of)
    }

    /// The first few of an organization's line, of what an account sends, in their order.
    pub fn line(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
        most: usize,
    ) -> Result<Vec<Listed>, Error> {
        self.rows(
            "WHERE d.organization = ? AND d.account_id = ? AND d.state IN ('queued', 'waiting', 'doubted')
             ORDER BY d.id LIMIT ?",
            params![organization.as_str(), account.as_str(), most],
        )
    }

    /// The deliveries in these states, oldest first.
    pub fn in_states(&self, states: &[State]) -> Result<Vec<Listed>, Error> {
        self.rows("WHERE d.state IN (SELECT value FROM json_each(?)) ORDER BY d.id", [state_words(states)])
    }

    /// The deliveries in these states that a person last asked for before a moment, oldest first.
    pub fn asked_before(
        &self,
        states: &[State],
        moment: Timestamp,
    ) -> Result<Vec<(Delivery, Option<Problem>)>, Error> {
        self.select(
            "WHERE d.state IN (SELECT value FROM json_each(?)) AND d.asked_at < ? ORDER BY d.id",
            params![state_words(states), moment.as_millisecond()],
        )
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
        let found = self.select(
            "WHERE d.created_at >= ? AND d.id IN (SELECT delivery_id FROM delivery_items WHERE item_id = ?)
             ORDER BY d.id DESC",
            params![since.as_millisecond(), first.0],
        )?;
        let wanted: HashSet<ItemId> = items.iter().copied().collect();
        let of_these = |delivery: &Delivery| delivery.items.iter().copied().collect::<HashSet<_>>() == wanted;
        Ok(found.into_iter().map(|(delivery, _)| delivery).find(|one| of_these(one) && is_same(one)))
    }

    /// Whether there are any.
    pub fn any(&self) -> Result<bool, Error> {
        self.0.query_row("SELECT EXISTS (SELECT 1 FROM deliveries)", [], |row| row.get(0)).map_err(Error::of)
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

    /// Those that can be read.
    fn select(
        &self,
        rest: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<(Delivery, Option<Problem>)>, Error> {
        Ok(self.rows(rest, params)?.into_iter().filter_map(Listed::readable).collect())
    }

    fn rows(&self, rest: &str, params: impl rusqlite::Params) -> Result<Vec<Listed>, Error> {
        let mut query = self
            .0
            .prepare_cached(&format!("SELECT {COLUMNS} FROM deliveries d {rest}"))
            .map_err(Error::of)?;
        let mut rows = query.query(params).map_err(Error::of)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(Error::of)? {
            found.push(listed(row)?);
        }
        Ok(found)
    }
}
