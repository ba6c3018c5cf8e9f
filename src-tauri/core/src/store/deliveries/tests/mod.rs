//! The table of deliveries on a real file.

mod read;
mod write;

use std::collections::HashSet;

use super::*;
use crate::adf::Document;
use crate::domain::delivery::Sender;
use crate::domain::destination::{Action, Destination, Page};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::domain::problem;
use crate::store::{Store, WriteTx, scratch};

const WHY: Problem = Problem::Delivery(problem::Delivery::Interrupted);

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
    let put = move |tx: &WriteTx<'_>| {
        all.iter().try_for_each(|one| tx.deliveries_mut().insert(one, &words("One"), MeetingId::new()))
    };
    store.write(put).await.unwrap();
}

async fn get(store: &Store, id: DeliveryId) -> Option<(Delivery, Option<Problem>)> {
    store.read(move |db| db.deliveries().get(id)).await.unwrap()
}

fn in_state(state: State, organization: &str, now: Timestamp) -> Delivery {
    Delivery { state, ..new(to(organization, "1"), "ada", &[], now) }
}

fn ids(found: Vec<(Delivery, Option<Problem>)>) -> Vec<DeliveryId> {
    found.into_iter().map(|(one, _)| one.id).collect()
}

/// Puts something in a row that this version cannot read.
fn spoil(folder: &tempfile::TempDir, set: &str, id: DeliveryId) {
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE_NAME)).unwrap();
    let changed = db.execute(&format!("UPDATE deliveries SET {set} WHERE id = ?"), [id.0]).unwrap();
    assert_eq!(changed, 1, "there is such a row");
}

/// A destination as a newer version may store one.
const WHITEBOARD: &str = "destination = '{\"kind\":\"whiteboard\"}'";
