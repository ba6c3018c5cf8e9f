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

fn in_state(state: State, organization: &str, now: Timestamp) -> Delivery {
    Delivery { state, ..new(to(organization, "1"), "ada", &[], now) }
}

fn ids(found: Vec<(Delivery, Option<String>)>) -> Vec<DeliveryId> {
    found.into_iter().map(|(one, _)| one.id).collect()
}

/// Puts something in a row that this version cannot read.
fn spoil(folder: &tempfile::TempDir, set: &str, id: DeliveryId) {
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE_NAME)).unwrap();
    let changed = db.execute(&format!("UPDATE deliveries SET {set} WHERE id = ?"), [id.0]).unwrap();
    assert_eq!(changed, 1, "there is such a row");
}

const WHITEBOARD: &str = "destination = '{\"kind\":\"whiteboard\"}'";

#[tokio::test]
async fn each_state_is_kept_and_asked_for_by_its_own_word() {
    let (_folder, store) = scratch();
    let none = store.read(|db| Ok((db.deliveries().any()?, db.deliveries().unsent()?))).await.unwrap();
    assert_eq!(none, (false, 0));
    let all: Vec<Delivery> =
        (1..).zip(State::ALL).map(|(at_, state)| in_state(state, "o", at(at_))).collect();
    put(&store, &all.iter().collect::<Vec<_>>()).await;
    for one in &all {
        let (state, id) = (one.state, one.id);
        let (there, found, has) = store
            .read(move |db| {
                let db = db.deliveries();
                Ok((db.get::<String>(id)?, db.in_states::<String>(&[state])?, db.has(&[state])?))
            })
            .await
            .unwrap();
        assert_eq!(there.unwrap().0.state, state);
        assert_eq!(ids(found.into_iter().filter_map(Listed::readable).collect()), [id], "{state:?} alone");
        assert_eq!(has, !state.is_sent(), "{state:?}: what arrived is nothing to wait for");
    }
    let (any, unsent) =
        store.read(|db| Ok((db.deliveries().any()?, db.deliveries().unsent()?))).await.unwrap();
    assert_eq!((any, unsent), (true, 7));
    let open = ids(store.read(|db| db.deliveries().open()).await.unwrap());
    let not_sent: Vec<_> = all.iter().filter(|one| !one.state.is_sent()).map(|one| one.id).collect();
    assert_eq!(open, not_sent, "all that did not arrive, the oldest first");
    let two = store.read(|db| db.deliveries().in_states::<String>(&State::IN_DOUBT)).await.unwrap();
    assert_eq!(two.len(), 2, "of several states");
    assert_eq!(store.read(|db| db.deliveries().in_states::<String>(&[])).await.unwrap(), [], "of none");
}

#[tokio::test]
async fn from_no_other_state_than_expected_is_anything_changed() {
    let (_folder, store) = scratch();
    for state in State::ALL {
        let one = in_state(state, "o", at(1));
        put(&store, &[&one]).await;
        let id = one.id;
        let others: Vec<State> = State::ALL.into_iter().filter(|other| *other != state).collect();
        let (by_others, by_none, by_itself) = store
            .write(move |tx| {
                let next = Next::<String>::plain(State::Looking);
                let change = |expected: &[State]| tx.deliveries_mut().change(id, expected, &next, at(2));
                Ok((change(&others)?, change(&[])?, change(&[state])?))
            })
            .await
            .unwrap();
        assert_eq!((by_others, by_none, by_itself), (false, false, true), "{state:?}");
        assert_eq!(get(&store, id).await.unwrap().0.state, State::Looking);
    }
    let nobody = DeliveryId::new();
    let next = Next::<String>::plain(State::Sent);
    let changed =
        store.write(move |tx| tx.deliveries_mut().change(nobody, &State::ALL, &next, at(2))).await.unwrap();
    assert!(!changed, "one that is not there is in no state");
}

#[tokio::test]
async fn a_change_replaces_how_it_stands_and_keeps_what_it_made() {
    let (_folder, store) = scratch();
    let one = Delivery { due: Some(at(3)), tries: 2, ..in_state(State::Queued, "o", at(1)) };
    put(&store, &[&one]).await;
    let id = one.id;
    let told = "because".to_owned();
    store
        .write(move |tx| {
            let next = Next {
                why: Some(&told),
                due: Some(at(50)),
                tries: 3,
                url: Some("https://acme.example/1"),
                remote_id: Some("77"),
                ..Next::plain(State::Waiting)
            };
            tx.deliveries_mut().change(id, &[State::Queued], &next, at(9))
        })
        .await
        .unwrap();
    let (there, why) = get(&store, id).await.unwrap();
    assert_eq!((there.due, there.tries, there.changed), (Some(at(50)), 3, at(9)));
    assert_eq!((there.created, why.as_deref()), (at(1), Some("because")), "it was sent when it was sent");
    let plain = Next::<String>::plain(State::NeedsYou);
    store.write(move |tx| tx.deliveries_mut().change(id, &[State::Waiting], &plain, at(10))).await.unwrap();
    let (there, why) = get(&store, id).await.unwrap();
    assert_eq!((there.due, there.tries, why), (None, 0, None), "all of it from the start");
    assert_eq!(there.url.as_deref(), Some("https://acme.example/1"), "but not where it is");
    let made = store.read(|db| db.deliveries().made(&["77".to_owned()])).await.unwrap();
    assert_eq!(made.len(), 1, "nor that it was made");
}

#[tokio::test]
async fn what_confluence_has_of_others_was_not_made_here() {
    let (_folder, store) = scratch();
    let (one, other) = (in_state(State::Queued, "o", at(1)), in_state(State::Queued, "o", at(2)));
    put(&store, &[&one, &other]).await;
    let asked = ["77", "78", "79"].map(str::to_owned);
    let before = asked.clone();
    assert_eq!(store.read(move |db| db.deliveries().made(&before)).await.unwrap(), HashSet::new());
    store
        .write(move |tx| {
            for (id, remote_id) in [(one.id, "77"), (other.id, "79")] {
                let next = Next { remote_id: Some(remote_id), ..Next::<String>::plain(State::Sent) };
                tx.deliveries_mut().change(id, &State::OPEN, &next, at(3))?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let made = store.read(move |db| db.deliveries().made(&asked)).await.unwrap();
    assert_eq!(made, HashSet::from(["77", "79"].map(str::to_owned)));
    assert_eq!(store.read(|db| db.deliveries().made(&[])).await.unwrap(), HashSet::new());
}

#[tokio::test]
async fn a_line_is_what_is_posted_next_and_its_head_the_first_of_it() {
    let (_folder, store) = scratch();
    let doubted = Delivery { due: Some(at(70)), ..in_state(State::Doubted, "o", at(1)) };
    let waiting = Delivery { due: Some(at(60)), ..in_state(State::Waiting, "o", at(2)) };
    let only_doubted = in_state(State::Doubted, "p", at(3));
    let nobodys = Delivery { sender: None, ..in_state(State::Queued, "o", at(4)) };
    let elsewhere: Vec<Delivery> =
        [State::Sending, State::Looking, State::Sent, State::NeedsYou, State::NotConfirmed]
            .into_iter()
            .map(|state| in_state(state, "q", at(5)))
            .collect();
    put(&store, &[&doubted, &waiting, &only_doubted, &nobodys]).await;
    put(&store, &elsewhere.iter().collect::<Vec<_>>()).await;
    let head = |organization: &str, account: Option<&str>, in_doubt, due| Head {
        organization: organization.into(),
        account: account.map(Into::into),
        in_doubt,
        due,
    };
    assert_eq!(
        store.read(|db| db.deliveries().heads()).await.unwrap(),
        [
            head("o", Some("ada"), false, Some(at(70))),
            head("p", Some("ada"), true, None),
            head("o", None, false, None),
        ],
        "in the order of sending; one is in doubt if all of its line is"
    );
    let line = |organization: &'static str, most| {
        let line = store.read(move |db| db.deliveries().line(&organization.into(), &"ada".into(), most));
        async { ids(line.await.unwrap().into_iter().filter_map(Listed::readable).collect()) }
    };
    assert_eq!(line("o", 9).await, [doubted.id, waiting.id], "nobody's are in no account's line");
    assert_eq!(line("o", 1).await, [doubted.id], "no more than asked for");
    assert_eq!(line("q", 9).await, [], "what is under way, done or a person's to decide is in none");
}

#[tokio::test]
async fn what_goes_at_once_is_what_waits_for_its_organization() {
    let (_folder, store) = scratch();
    let due = Some(at(500));
    let held = Delivery { due, ..in_state(State::Queued, "o", at(1)) };
    let waiting = Delivery { due, ..in_state(State::Waiting, "o", at(2)) };
    let doubted = Delivery { due, ..in_state(State::Doubted, "o", at(3)) };
    let looking = Delivery { due, ..in_state(State::Looking, "o", at(4)) };
    let other = Delivery { due, ..in_state(State::Waiting, "p", at(5)) };
    let all = [&held, &waiting, &doubted, &looking, &other];
    put(&store, &all).await;
    store.write(|tx| tx.deliveries_mut().hurry(&"o".into(), at(9))).await.unwrap();
    let mut dues = Vec::new();
    for one in all {
        let there = get(&store, one.id).await.unwrap().0;
        assert_eq!(there.changed, one.changed, "it stands as it stood");
        dues.push(there.due);
    }
    let now = Some(at(9));
    assert_eq!(
        dues,
        [due, now, now, due, due],
        "what a person may still take back is held back all the same"
    );
}

#[tokio::test]
async fn only_what_arrived_before_that_moment_is_forgotten_with_its_attempts() {
    let (folder, store) = scratch();
    let item = [ItemId::new()];
    let sent = |now| Delivery { state: State::Sent, ..new(to("o", "1"), "ada", &item, now) };
    let (old, just, open) = (sent(at(10)), sent(at(20)), in_state(State::NeedsYou, "o", at(1)));
    put(&store, &[&old, &just, &open]).await;
    store
        .write(move |tx| {
            for id in [old.id, just.id, open.id] {
                tx.attempts_mut().begin(id, &"ada".into(), at(1))?;
            }
            tx.deliveries_mut().forget_sent(at(20))
        })
        .await
        .unwrap();
    assert_eq!(get(&store, old.id).await, None);
    assert!(get(&store, just.id).await.is_some(), "at that moment is not before it");
    assert!(get(&store, open.id).await.is_some(), "what did not arrive is kept, however old");
    let first = |id| store.read(move |db| db.attempts().first(id));
    assert_eq!(first(old.id).await.unwrap(), None, "an attempt goes with its delivery");
    assert!(first(just.id).await.unwrap().is_some() && first(open.id).await.unwrap().is_some());
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE_NAME)).unwrap();
    let items: u32 = db.query_row("SELECT count(*) FROM delivery_items", [], |row| row.get(0)).unwrap();
    assert_eq!(items, 1, "and so does what it was about");
}

#[tokio::test]
async fn who_asks_again_is_counted_from_then_on_and_by_state() {
    let (_folder, store) = scratch();
    let (waiting, doubted) = (in_state(State::Waiting, "o", at(10)), in_state(State::Doubted, "o", at(10)));
    put(&store, &[&waiting, &doubted]).await;
    let before = |states: &'static [State], second| {
        let old = store.read(move |db| db.deliveries().asked_before(states, at(second)));
        async { ids(old.await.unwrap()) }
    };
    assert_eq!(before(&State::ALL, 10).await, [], "at that moment is not before it");
    assert_eq!(before(&State::ALL, 11).await, [waiting.id, doubted.id], "the oldest first");
    assert_eq!(before(&State::OPEN, 11).await, [waiting.id]);
    store.write(move |tx| tx.deliveries_mut().asked(waiting.id, at(30))).await.unwrap();
    assert_eq!(before(&State::ALL, 30).await, [doubted.id]);
    assert_eq!(get(&store, waiting.id).await.unwrap().0.changed, at(10), "it stands as it stood");
}

#[tokio::test]
async fn a_delivery_is_deleted_only_from_an_expected_state_and_whole() {
    let (folder, store) = scratch();
    let one = new(to("o", "1"), "ada", &[ItemId::new(), ItemId::new()], at(1));
    put(&store, &[&one]).await;
    let delete =
        |expected: &'static [State]| store.write(move |tx| tx.deliveries_mut().delete(one.id, expected));
    assert!(!delete(&State::IN_DOUBT).await.unwrap() && !delete(&[]).await.unwrap());
    assert!(get(&store, one.id).await.is_some(), "it is queued, so it stays");
    assert!(delete(&State::OPEN).await.unwrap());
    assert!(!delete(&State::OPEN).await.unwrap(), "it is gone by now");
    let document = store.read(move |db| db.deliveries().stored_document(one.id)).await.unwrap();
    assert_eq!(document, None, "with what it was to send");
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE_NAME)).unwrap();
    let items: u32 = db.query_row("SELECT count(*) FROM delivery_items", [], |row| row.get(0)).unwrap();
    assert_eq!(items, 0, "and with what it was about");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_where_all_are_and_left_out_where_only_deliveries_are() {
    let (folder, store) = scratch();
    let item = [ItemId::new()];
    let (good, bad) = (new(to("o", "1"), "ada", &item, at(1)), new(to("o", "2"), "ada", &item, at(2)));
    put(&store, &[&good, &bad]).await;
    spoil(&folder, WHITEBOARD, bad.id);
    let listed = |found: Vec<Listed<String>>| -> Vec<(DeliveryId, bool)> {
        let one = |listed: &Listed<String>| match listed {
            Listed::Delivery(one, _) => (one.id, true),
            Listed::Unreadable(one) => (one.id, false),
        };
        found.iter().map(one).collect()
    };
    let (in_states, line, one) = store
        .read(move |db| {
            let db = db.deliveries();
            let line = db.line(&"o".into(), &"ada".into(), 9)?;
            Ok((db.in_states(&[State::Queued])?, line, db.listed::<String>(bad.id)?))
        })
        .await
        .unwrap();
    let both = [(good.id, true), (bad.id, false)];
    assert_eq!((listed(in_states), listed(line)), (both.to_vec(), both.to_vec()));
    let Some(Listed::Unreadable(one)) = one else { panic!("{one:?}") };
    assert_eq!((one.state, one.created, one.items), (State::Queued, at(2), item.to_vec()));
    let (open, asked, again) = store
        .read(move |db| {
            let db = db.deliveries();
            let again = db.sent_before(&item, at(0), |_| true)?;
            Ok((db.open()?, db.asked_before(&State::ALL, at(99))?, again))
        })
        .await
        .unwrap();
    assert_eq!((ids(open), ids(asked)), (vec![good.id], vec![good.id]));
    assert_eq!(again.map(|one| one.id), Some(good.id), "nobody knows whether it was the same");
    assert_eq!(get(&store, bad.id).await, None);
    let heads = store.read(|db| db.deliveries().heads()).await.unwrap();
    assert_eq!(heads.len(), 1, "its line goes on: {heads:?}");
    let next = Next::<String>::plain(State::NeedsYou);
    let changed = move |tx: &Writing<'_>| tx.deliveries_mut().change(bad.id, &[State::Queued], &next, at(9));
    assert!(store.write(changed).await.unwrap(), "it can be changed");
    let deleted = store.write(move |tx| tx.deliveries_mut().delete(bad.id, &State::OPEN)).await.unwrap();
    assert!(deleted, "and taken off the list");
}

#[tokio::test]
async fn a_delivery_is_not_lost_with_what_stands_beside_it() {
    let (folder, store) = scratch();
    let one = in_state(State::NeedsYou, "o", at(1));
    put(&store, &[&one]).await;
    spoil(&folder, "why = '{\"newer\":true}', document = '{\"newer\":true}'", one.id);
    assert_eq!(get(&store, one.id).await, Some((one.clone(), None)), "what was told is of no use any more");
    let (document, stored) = store
        .read(move |db| Ok((db.deliveries().document(one.id)?, db.deliveries().stored_document(one.id)?)))
        .await
        .unwrap();
    assert_eq!(
        (document, stored.as_deref()),
        (None, Some("{\"newer\":true}")),
        "it is there to be looked at"
    );
}

#[tokio::test]
async fn the_newest_of_the_same_items_counts_if_it_is_the_same() {
    let (_folder, store) = scratch();
    let item = ItemId::new();
    let sent = |page: &str, second| new(to("o", page), "ada", &[item], at(second));
    let (first, second, elsewhere) = (sent("1", 10), sent("1", 20), sent("2", 30));
    put(&store, &[&first, &second, &elsewhere]).await;
    let wanted = to("o", "1");
    let before = |items: Vec<ItemId>| {
        let wanted = wanted.clone();
        store.read(move |db| db.deliveries().sent_before(&items, at(0), |one| one.destination == wanted))
    };
    assert_eq!(before(vec![item]).await.unwrap().map(|one| one.id), Some(second.id));
    assert_eq!(before(Vec::new()).await.unwrap(), None, "of no items nothing is the same");
    assert_eq!(before(vec![ItemId::new()]).await.unwrap(), None);
}

#[tokio::test]
async fn a_meeting_gives_its_deliveries_their_words_for_as_long_as_it_is_there() {
    use crate::store::meetings::tests::{filled, meeting};

    let (_folder, store) = scratch();
    let (weekly, origin) = meeting("Weekly", None, &["Ship it"]);
    let (id, item) = (weekly.id, weekly.items[0].id);
    filled(&store, vec![(weekly, origin)]).await;
    let one = new(to("o", "1"), "ada", &[item], at(1));
    let (put, other) = (one.clone(), new(to("o", "2"), "ada", &[item], at(2)));
    let newest = other.id;
    store
        .write(move |tx| {
            tx.deliveries_mut().insert(&put, &words("One"), id)?;
            tx.deliveries_mut().insert(&other, &words("Two"), id)
        })
        .await
        .unwrap();
    let of_meeting = ids(store.read(move |db| db.deliveries().of_meeting(id)).await.unwrap());
    assert_eq!(of_meeting, [newest, one.id], "the newest first");
    let there = get(&store, one.id).await.unwrap().0;
    assert_eq!((there.words.as_deref(), there.meeting_title.as_deref()), (Some("Ship it"), Some("Weekly")));
    assert_eq!(there.meeting, Some(id));
    store.write(move |tx| tx.meetings_mut().delete(id)).await.unwrap();
    assert_eq!(get(&store, one.id).await.unwrap().0, one, "the delivery stays");
}
