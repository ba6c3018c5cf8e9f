//! What is read of deliveries.

use super::*;

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
    let all = store.read(|db| db.deliveries().all()).await.unwrap();
    let order: Vec<_> = all.into_iter().filter_map(Listed::readable).map(|(one, _)| one.id).collect();
    assert_eq!(order, [nobodys.id, sent.id], "the newest first");
}

#[tokio::test]
async fn each_account_has_a_line_of_its_own_for_each_organization() {
    let (_folder, store) = scratch();
    let first = new(to("o", "1"), "ada", &[], at(1));
    let bobs = new(to("o", "2"), "bob", &[], at(2));
    let second = new(to("o", "3"), "ada", &[], at(3));
    let other = Delivery { due: Some(at(99)), ..new(to("p", "4"), "ada", &[], at(4)) };
    put(&store, &[&first, &bobs, &second, &other]).await;
    let heads = store.read(|db| db.deliveries().queue_heads()).await.unwrap();
    let of_ada = heads.iter().filter(|head| head.account == Some("ada".into()));
    let heads: Vec<_> = of_ada.map(|head| (head.organization.clone(), head.due)).collect();
    assert_eq!(heads, [("o".into(), None), ("p".into(), Some(at(99)))]);
    let line = async |account: &'static str| {
        let line = store.read(move |db| db.deliveries().line(&"o".into(), &account.into(), 9));
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
    spoil(&folder, WHITEBOARD, bad.id);
    let all = store.read(|db| db.deliveries().all()).await.unwrap();
    assert_eq!(all.len(), 2, "both are on the list");
    let Listed::Unreadable(unreadable) = &all[0] else { panic!("{all:?}") };
    assert_eq!((unreadable.id, unreadable.organization.as_str()), (bad.id, "o"), "as far as it can be read");
    assert_eq!(get(&store, good.id).await.unwrap().0, good);
    let text = store.read(move |db| db.deliveries().stored_document(bad.id)).await.unwrap().unwrap();
    assert!(text.contains("One"), "its words are still there: {text}");
}

#[tokio::test]
async fn each_state_is_kept_and_asked_for_by_its_own_word() {
    let (_folder, store) = scratch();
    let none = store.read(|db| Ok((db.deliveries().any()?, db.deliveries().unsent()?))).await.unwrap();
    assert_eq!(none, (false, 0));
    let all: Vec<Delivery> =
        (1..).zip(State::ALL).map(|(second, state)| in_state(state, "o", at(second))).collect();
    put(&store, &all.iter().collect::<Vec<_>>()).await;
    for one in &all {
        let (state, id) = (one.state, one.id);
        let (there, found, has) = store
            .read(move |db| {
                let db = db.deliveries();
                Ok((db.get(id)?, db.in_states(&[state])?, db.has(&[state])?))
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
    let two = store.read(|db| db.deliveries().in_states(&State::IN_DOUBT)).await.unwrap();
    assert_eq!(two.len(), 2, "of several states");
    assert_eq!(store.read(|db| db.deliveries().in_states(&[])).await.unwrap(), [], "of none");
}

#[tokio::test]
async fn a_line_is_what_is_posted_next_and_its_head_the_first_of_it() {
    let (_folder, store) = scratch();
    let doubted = Delivery { due: Some(at(70)), ..in_state(State::RetryUnconfirmed, "o", at(1)) };
    let waiting = Delivery { due: Some(at(60)), ..in_state(State::Waiting, "o", at(2)) };
    let only_doubted = in_state(State::RetryUnconfirmed, "p", at(3));
    let nobodys = Delivery { sender: None, ..in_state(State::Queued, "o", at(4)) };
    let elsewhere: Vec<Delivery> =
        [State::Sending, State::Reconciling, State::Sent, State::NeedsYou, State::NotConfirmed]
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
        store.read(|db| db.deliveries().queue_heads()).await.unwrap(),
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
async fn a_row_that_cannot_be_read_is_told_where_all_are_and_left_out_where_only_deliveries_are() {
    let (folder, store) = scratch();
    let item = [ItemId::new()];
    let (good, bad) = (new(to("o", "1"), "ada", &item, at(1)), new(to("o", "2"), "ada", &item, at(2)));
    put(&store, &[&good, &bad]).await;
    spoil(&folder, WHITEBOARD, bad.id);
    let listed = |found: Vec<Listed>| -> Vec<(DeliveryId, bool)> {
        let one = |listed: &Listed| match listed {
            Listed::Delivery(one, _) => (one.id, true),
            Listed::Unreadable(one) => (one.id, false),
        };
        found.iter().map(one).collect()
    };
    let (in_states, line, one) = store
        .read(move |db| {
            let db = db.deliveries();
            let line = db.line(&"o".into(), &"ada".into(), 9)?;
            Ok((db.in_states(&[State::Queued])?, line, db.listed(bad.id)?))
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
    let heads = store.read(|db| db.deliveries().queue_heads()).await.unwrap();
    assert_eq!(heads.len(), 1, "its line goes on: {heads:?}");
    let next = Next::plain(State::NeedsYou);
    let changed = move |tx: &WriteTx<'_>| tx.deliveries_mut().change(bad.id, &[State::Queued], &next, at(9));
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
