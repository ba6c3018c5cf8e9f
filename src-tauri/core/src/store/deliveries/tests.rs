use std::collections::HashSet;

use super::*;
use crate::adf::Document;
use crate::domain::delivery::Sender;
use crate::domain::destination::{Action, Destination, Page};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::store::{Store, Writing, scratch};

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
    assert_eq!((unreadable.id, unreadable.organization.as_str()), (bad.id, "o"), "as far as it can be read");
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
    let old = store.read(|db| db.deliveries().asked_before::<String>(&State::OPEN, at(15))).await.unwrap();
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
    let old = store.read(|db| db.deliveries().asked_before::<String>(&State::OPEN, at(15))).await.unwrap();
    assert_eq!(old, [], "a person asked for it again");
    assert_eq!(get(&store, one.id).await, None, "what arrived long ago is forgotten");
    assert!(get(&store, both.id).await.is_some(), "and nothing else");
}
