//! What changes of deliveries.

use super::*;

#[tokio::test]
async fn a_change_counts_only_from_an_expected_state() {
    let (_folder, store) = scratch();
    let sent = new(to("o", "1"), "ada", &[], at(5));
    put(&store, &[&sent]).await;
    let change = |expected: &'static [State], state: State| {
        let next = move |tx: &WriteTx<'_>| {
            let next = Next { why: Some(&WHY), remote_id: Some("77"), ..Next::plain(state) };
            tx.deliveries_mut().change(sent.id, expected, &next, at(9))
        };
        store.write(next)
    };
    assert!(!change(&[State::Waiting], State::Sending).await.unwrap(), "it is queued");
    assert_eq!(get(&store, sent.id).await.unwrap().0.state, State::Queued, "so nothing changes");
    assert!(change(&State::OPEN, State::Sent).await.unwrap());
    let (now, why) = get(&store, sent.id).await.unwrap();
    assert_eq!((now.state, now.changed, why), (State::Sent, at(9), Some(WHY)));
    let made = store.read(|db| db.deliveries().made(&["77".to_owned(), "78".to_owned()])).await.unwrap();
    assert_eq!(made, HashSet::from(["77".to_owned()]), "what it made is known as its own");
    let deleted = store.write(move |tx| tx.deliveries_mut().delete(sent.id, &State::OPEN)).await.unwrap();
    assert!(!deleted && get(&store, sent.id).await.is_some(), "what arrived is not taken back");
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
    let old = store.read(|db| db.deliveries().asked_before(&State::OPEN, at(15))).await.unwrap();
    assert_eq!(old.iter().map(|(one, _)| one.id).collect::<Vec<_>>(), [both.id]);
    store
        .write(move |tx| {
            tx.deliveries_mut().asked(both.id, at(30))?;
            tx.deliveries_mut().change(one.id, &[State::Queued], &Next::plain(State::Sent), at(40))?;
            tx.deliveries_mut().forget_sent(at(41))
        })
        .await
        .unwrap();
    let old = store.read(|db| db.deliveries().asked_before(&State::OPEN, at(15))).await.unwrap();
    assert_eq!(old, [], "a person asked for it again");
    assert_eq!(get(&store, one.id).await, None, "what arrived long ago is forgotten");
    assert!(get(&store, both.id).await.is_some(), "and nothing else");
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
                let next = Next::plain(State::Reconciling);
                let change = |expected: &[State]| tx.deliveries_mut().change(id, expected, &next, at(2));
                Ok((change(&others)?, change(&[])?, change(&[state])?))
            })
            .await
            .unwrap();
        assert_eq!((by_others, by_none, by_itself), (false, false, true), "{state:?}");
        assert_eq!(get(&store, id).await.unwrap().0.state, State::Reconciling);
    }
    let nobody = DeliveryId::new();
    let next = Next::plain(State::Sent);
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
    store
        .write(move |tx| {
            let next = Next {
                why: Some(&WHY),
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
    assert_eq!((there.created, why), (at(1), Some(WHY)), "it was sent when it was sent");
    let plain = Next::plain(State::NeedsYou);
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
                let next = Next { remote_id: Some(remote_id), ..Next::plain(State::Sent) };
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
async fn what_goes_at_once_is_what_waits_for_its_organization() {
    let (_folder, store) = scratch();
    let due = Some(at(500));
    let held = Delivery { due, ..in_state(State::Queued, "o", at(1)) };
    let waiting = Delivery { due, ..in_state(State::Waiting, "o", at(2)) };
    let doubted = Delivery { due, ..in_state(State::RetryUnconfirmed, "o", at(3)) };
    let looking = Delivery { due, ..in_state(State::Reconciling, "o", at(4)) };
    let other = Delivery { due, ..in_state(State::Waiting, "p", at(5)) };
    let all = [&held, &waiting, &doubted, &looking, &other];
    put(&store, &all).await;
    store.write(|tx| tx.deliveries_mut().make_due(&"o".into(), at(9))).await.unwrap();
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
    let (waiting, doubted) =
        (in_state(State::Waiting, "o", at(10)), in_state(State::RetryUnconfirmed, "o", at(10)));
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
