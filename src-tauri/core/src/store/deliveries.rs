//! Deliveries. Their order of sending is the order of their ids.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::Error;
use crate::adf::Document;
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::id::{AccountId, DeliveryId, ItemId, MeetingId, OrganizationId};

/// The items come as their identifiers in hexadecimal, apart by commas.
const COLUMNS: &str = "d.id,
     (SELECT group_concat(hex(di.item_id), ',' ORDER BY di.position) FROM delivery_items di
        WHERE di.delivery_id = d.id),
     (SELECT i.text FROM delivery_items di JOIN items i ON i.id = di.item_id
        WHERE di.delivery_id = d.id ORDER BY di.position LIMIT 1),
     d.meeting_id, (SELECT m.title FROM meetings m WHERE m.id = d.meeting_id),
     d.destination, d.organization, d.state, d.why, d.url, d.created_at, d.changed_at, d.due_at, d.tries,
     d.account_id, d.account_name";

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

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed<W> {
    /// A delivery, with what the person was told.
    Delivery(Box<Delivery>, Option<W>),
    /// One that is there and cannot be read.
    Unreadable(Box<Unreadable>),
}

/// The first of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Where the line leads.
    pub organization: OrganizationId,
    /// Whose it is; nobody's where an older version did not note it.
    pub account: Option<AccountId>,
    /// Whether all of it may have arrived.
    pub in_doubt: bool,
    /// When the first may go.
    pub due: Option<Timestamp>,
}

impl<W> Listed<W> {
    /// The delivery, if it can be read.
    pub fn readable(self) -> Option<(Delivery, Option<W>)> {
        match self {
            Self::Delivery(delivery, why) => Some((*delivery, why)),
            Self::Unreadable(_) => None,
        }
    }
}

fn listed<W: DeserializeOwned>(row: &Row<'_>) -> Result<Listed<W>, Error> {
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
    pub fn get<W: DeserializeOwned>(&self, id: DeliveryId) -> Result<Option<(Delivery, Option<W>)>, Error> {
        Ok(self.select("WHERE d.id = ?", [id.0])?.pop())
    }

    /// One delivery, whether or not it can be read.
    pub fn listed<W: DeserializeOwned>(&self, id: DeliveryId) -> Result<Option<Listed<W>>, Error> {
        Ok(self.rows("WHERE d.id = ?", [id.0])?.pop())
    }

    /// All deliveries, newest first.
    pub fn all<W: DeserializeOwned>(&self) -> Result<Vec<Listed<W>>, Error> {
        self.rows("ORDER BY d.id DESC", [])
    }

    /// All deliveries that have not arrived and can be read, oldest first.
    pub fn open<W: DeserializeOwned>(&self) -> Result<Vec<(Delivery, Option<W>)>, Error> {
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
    pub fn of_meeting<W: DeserializeOwned>(
        &self,
        meeting: MeetingId,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        self.select("WHERE d.meeting_id = ? ORDER BY d.id DESC", [meeting.0])
    }

    /// The first of each line: what an account sends to an organization.
    pub fn heads(&self) -> Result<Vec<Head>, Error> {
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
    pub fn line<W: DeserializeOwned>(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
        most: usize,
    ) -> Result<Vec<Listed<W>>, Error> {
        self.rows(
            "WHERE d.organization = ? AND d.account_id = ? AND d.state IN ('queued', 'waiting', 'doubted')
             ORDER BY d.id LIMIT ?",
            params![organization.as_str(), account.as_str(), most],
        )
    }

    /// The deliveries in these states, oldest first.
    pub fn in_states<W: DeserializeOwned>(&self, states: &[State]) -> Result<Vec<Listed<W>>, Error> {
        self.rows("WHERE d.state IN (SELECT value FROM json_each(?)) ORDER BY d.id", [state_words(states)])
    }

    /// The deliveries in these states that a person last asked for before a moment, oldest first.
    pub fn asked_before<W: DeserializeOwned>(
        &self,
        states: &[State],
        moment: Timestamp,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
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
        let found = self.select::<IgnoredAny>(
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
    fn select<W: DeserializeOwned>(
        &self,
        rest: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<(Delivery, Option<W>)>, Error> {
        Ok(self.rows(rest, params)?.into_iter().filter_map(Listed::readable).collect())
    }

    fn rows<W: DeserializeOwned>(
        &self,
        rest: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<Listed<W>>, Error> {
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
    use super::super::{Store, scratch};
    use super::*;
    use crate::domain::destination::{Action, Destination, Page};
    use crate::store::Writing;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn to(organization: &str, page: &str) -> Destination {
        let page = Page { id: page.into(), title: format!("Page {page}"), space: "Eng".to_owned() };
        Destination::Comment { organization: organization.into(), page }
    }

    fn new(destination: Destination, account: &str, items: &[ItemId], now: Timestamp) -> Delivery {
        Delivery {
            id: DeliveryId::new(),
            items: items.to_vec(),
            words: None,
            meeting: None,
            meeting_title: None,
            destination,
            sender: Some(Sender { id: account.into(), name: Some("Ada".to_owned()) }),
            state: State::Queued,
            url: None,
            due: None,
            tries: 0,
            created: now,
            changed: now,
        }
    }

    fn words(text: &str) -> Document {
        crate::adf::from_markdown(text, &mut || "id".to_owned())
    }

    async fn put(store: &Store, deliveries: &[&Delivery]) {
        let all: Vec<Delivery> = deliveries.iter().map(|one| (*one).clone()).collect();
        let put = move |tx: &Writing<'_>| {
            all.iter().try_for_each(|one| tx.deliveries_mut().insert(one, &words("One"), MeetingId::new()))
        };
        store.write(put).await.unwrap();
    }

    async fn get(store: &Store, id: DeliveryId) -> Option<(Delivery, Option<String>)> {
        store.read(move |db| db.deliveries().get(id)).await.unwrap()
    }

    #[tokio::test]
    async fn a_delivery_comes_back_as_it_was_stored() {
        let (_folder, store) = scratch();
        let sent = new(to("o", "1"), "ada", &[ItemId::new(), ItemId::new()], at(5));
        let nobodys = Delivery { sender: None, ..new(to("o", "2"), "ada", &[], at(6)) };
        put(&store, &[&sent, &nobodys]).await;
        assert_eq!(get(&store, sent.id).await, Some((sent.clone(), None)));
        assert_eq!(
            get(&store, nobodys.id).await.unwrap().0,
            nobodys,
            "also one of which the account is not known"
        );
        let id = sent.id;
        assert_eq!(store.read(move |db| db.deliveries().document(id)).await.unwrap(), Some(words("One")));
        let all = store.read(|db| db.deliveries().all::<String>()).await.unwrap();
        let order: Vec<_> = all.into_iter().filter_map(Listed::readable).map(|(one, _)| one.id).collect();
        assert_eq!(order, [nobodys.id, sent.id], "the newest first");
    }

    #[tokio::test]
    async fn a_change_counts_only_from_an_expected_state() {
        let (_folder, store) = scratch();
        let sent = new(to("o", "1"), "ada", &[], at(5));
        put(&store, &[&sent]).await;
        let change = |expected: &'static [State], state: State| {
            let next = move |tx: &Writing<'_>| {
                let why = "because".to_owned();
                let next = Next { why: Some(&why), remote_id: Some("77"), ..Next::plain(state) };
                tx.deliveries_mut().change(sent.id, expected, &next, at(9))
            };
            store.write(next)
        };
        assert!(!change(&[State::Waiting], State::Sending).await.unwrap(), "it is queued");
        assert_eq!(get(&store, sent.id).await.unwrap().0.state, State::Queued, "so nothing changes");
        assert!(change(&State::OPEN, State::Sent).await.unwrap());
        let (now, why) = get(&store, sent.id).await.unwrap();
        assert_eq!((now.state, now.changed, why.as_deref()), (State::Sent, at(9), Some("because")));
        let made = store.read(|db| db.deliveries().made(&["77".to_owned(), "78".to_owned()])).await.unwrap();
        assert_eq!(made, HashSet::from(["77".to_owned()]), "what it made is known as its own");
        let deleted = store.write(move |tx| tx.deliveries_mut().delete(sent.id, &State::OPEN)).await.unwrap();
        assert!(!deleted && get(&store, sent.id).await.is_some(), "what arrived is not taken back");
    }

    #[tokio::test]
    async fn each_account_has_a_line_of_its_own_for_each_organization() {
        let (_folder, store) = scratch();
        let first = new(to("o", "1"), "ada", &[], at(1));
        let bobs = new(to("o", "2"), "bob", &[], at(2));
        let second = new(to("o", "3"), "ada", &[], at(3));
        let other = Delivery { due: Some(at(99)), ..new(to("p", "4"), "ada", &[], at(4)) };
        put(&store, &[&first, &bobs, &second, &other]).await;
        let heads = store.read(|db| db.deliveries().heads()).await.unwrap();
        let of_ada = heads.iter().filter(|head| head.account == Some("ada".into()));
        let heads: Vec<_> = of_ada.map(|head| (head.organization.clone(), head.due)).collect();
        assert_eq!(heads, [("o".into(), None), ("p".into(), Some(at(99)))]);
        let line = async |account: &'static str| {
            let line = store.read(move |db| db.deliveries().line::<String>(&"o".into(), &account.into(), 9));
            let line = line.await.unwrap().into_iter().filter_map(Listed::readable);
            line.map(|(one, _)| one.id).collect::<Vec<_>>()
        };
        assert_eq!(line("ada").await, [first.id, second.id], "in the order of sending");
        assert_eq!(line("bob").await, [bobs.id]);
        assert!(store.read(|db| db.deliveries().has_others(&"ada".into())).await.unwrap());
        let grace = Sender { id: "ada".into(), name: None };
        store.write(move |tx| tx.deliveries_mut().set_sender(bobs.id, &grace)).await.unwrap();
        assert!(!store.read(|db| db.deliveries().has_others(&"ada".into())).await.unwrap());
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_hides_no_other() {
        let (folder, store) = scratch();
        let (good, bad) = (new(to("o", "1"), "ada", &[], at(1)), new(to("o", "2"), "ada", &[], at(2)));
        put(&store, &[&good, &bad]).await;
        let path = folder.path().join(crate::store::FILE_NAME);
        let spoil = "UPDATE deliveries SET destination = '{\"kind\":\"whiteboard\"}' WHERE id = ?";
        rusqlite::Connection::open(path).unwrap().execute(spoil, [bad.id.0]).unwrap();
        let all = store.read(|db| db.deliveries().all::<String>()).await.unwrap();
        assert_eq!(all.len(), 2, "both are on the list");
        let Listed::Unreadable(unreadable) = &all[0] else { panic!("{all:?}") };
        assert_eq!(
            (unreadable.id, unreadable.organization.as_str()),
            (bad.id, "o"),
            "as far as it can be read"
        );
        assert_eq!(get(&store, good.id).await.unwrap().0, good);
        let text = store.read(move |db| db.deliveries().stored_document(bad.id)).await.unwrap().unwrap();
        assert!(text.contains("One"), "its words are still there: {text}");
    }

    #[tokio::test]
    async fn the_same_items_are_found_again_and_what_is_old_is_forgotten() {
        let (_folder, store) = scratch();
        let [a, b] = [ItemId::new(), ItemId::new()];
        let (both, one) = (new(to("o", "1"), "ada", &[a, b], at(10)), new(to("o", "1"), "ada", &[a], at(20)));
        put(&store, &[&both, &one]).await;
        let before = |items: Vec<ItemId>, since: i64| {
            store.read(move |db| {
                db.deliveries()
                    .sent_before(&items, at(since), |one| one.destination.action() == Action::AddComment)
            })
        };
        assert_eq!(before(vec![b, a], 5).await.unwrap().map(|one| one.id), Some(both.id), "in any order");
        assert_eq!(before(vec![a], 5).await.unwrap().map(|found| found.id), Some(one.id));
        assert_eq!(before(vec![a], 21).await.unwrap(), None, "before that it does not count");
        assert_eq!(before(vec![b], 5).await.unwrap(), None, "one of the two alone was never sent");
        let old =
            store.read(|db| db.deliveries().asked_before::<String>(&State::OPEN, at(15))).await.unwrap();
        assert_eq!(old.iter().map(|(one, _)| one.id).collect::<Vec<_>>(), [both.id]);
        store
            .write(move |tx| {
                tx.deliveries_mut().asked(both.id, at(30))?;
                tx.deliveries_mut().change(
                    one.id,
                    &[State::Queued],
                    &Next::<String>::plain(State::Sent),
                    at(40),
                )?;
                tx.deliveries_mut().forget_sent(at(41))
            })
            .await
            .unwrap();
        let old =
            store.read(|db| db.deliveries().asked_before::<String>(&State::OPEN, at(15))).await.unwrap();
        assert_eq!(old, [], "a person asked for it again");
        assert_eq!(get(&store, one.id).await, None, "what arrived long ago is forgotten");
        assert!(get(&store, both.id).await.is_some(), "and nothing else");
    }
}
