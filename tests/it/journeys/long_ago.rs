//! What lies in the data from long ago, or from another copy of it: it is asked about, and never sent twice.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sally_core::api::{DeliveryState, DeliveryView, ErrorCode, ErrorView, Hint, Send};
use sally_core::app::Event;
use sally_core::auth::MemoryKeychain;
use sally_core::clock::Clock as _;
use sally_core::domain::id::ItemId;
use sandbox::{Fault, RetryAfter};

use super::app::{Around, SENT, TestApp};
use super::backup;

/// So many pages that wait for a network, in an app that has ended.
async fn waiting(count: usize) -> (Around, Vec<DeliveryView>, ItemId, Timestamp) {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(900)).on("POST", "/pages"));
    let mut sent = Vec::new();
    for number in 0..count {
        let request = Send { again: true, ..app.new_page(item, &format!("Page {number}")) };
        sent.push(app.app.send(request).await.unwrap());
    }
    assert!(matches!(app.settled(&sent[0]).await, DeliveryState::Waiting { .. }));
    let now = app.clock.now();
    (app.ended().await, sent, item, now)
}

async fn notice(app: &mut TestApp, code: ErrorCode) -> ErrorView {
    app.next(|event| match event {
        Event::Notice(notice) if notice.code == code => Some(notice),
        _ => None,
    })
    .await
}

async fn states(app: &TestApp) -> Vec<DeliveryState> {
    app.app.deliveries().await.unwrap().into_iter().map(|one| one.state).collect()
}

#[tokio::test]
async fn what_waited_for_more_than_a_day_is_asked_about_at_the_start() {
    let (around, sent, _, now) = waiting(3).await;
    around.sandbox.forgive();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(25)).await;
    let asked = notice(&mut app, ErrorCode::WaitedLong).await;
    assert_eq!(asked.hint, Some(Hint::SendWaiting));
    assert!(asked.message.starts_with("3 from ") && asked.message.ends_with(" wait."), "{}", asked.message);
    let before = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(2));
    assert!(
        states(&app).await.iter().all(
            |state| matches!(state, DeliveryState::NeedsYou { why } if why.code == ErrorCode::WaitedLong)
        ),
        "each waits for a word: {:?}",
        states(&app).await
    );
    assert_eq!(app.sandbox.requests().len(), before, "nothing is called without it");
    let draft = app.app.edit(sent[0].id).await.unwrap();
    assert_eq!(draft.problem, None, "an edit is offered no `Send`, which would send the old words");

    // Not answered: the next start asks again.
    let mut app = app.restarted().await;
    assert!(notice(&mut app, ErrorCode::WaitedLong).await.message.starts_with("3 from "));
    // One is looked at and sent on by itself, the others by the answer.
    app.app.retry(sent[1].id).await.unwrap();
    assert_eq!(app.settled(&sent[1]).await, SENT);
    app.app.send_waiting().await.unwrap();
    for delivery in [&sent[0], &sent[2]] {
        assert_eq!(app.settled(delivery).await, SENT);
    }
    assert_eq!(app.sandbox.pages().len(), 3, "each is there once");
}

#[tokio::test]
async fn what_was_asked_for_within_a_day_goes_at_the_start() {
    let (around, sent, _, now) = waiting(1).await;
    around.sandbox.forgive();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(23)).await;
    assert_eq!(app.settled(&sent[0]).await, SENT);
}

#[tokio::test]
async fn what_waited_for_a_login_for_days_is_asked_about() {
    let (around, sent, _, now) = waiting(1).await;
    around.sandbox.forgive();
    around.sandbox.revoke();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(1)).await;
    let DeliveryState::NeedsYou { why } = app.settled(&sent[0]).await else { panic!("a login is needed") };
    assert_eq!(why.code, ErrorCode::ReconnectNeeded);
    app.clock.advance(SignedDuration::from_hours(72));
    app.connect().await;
    notice(&mut app, ErrorCode::WaitedLong).await;
    assert_eq!(app.sandbox.pages().len(), 0, "the login was for something else");
    app.app.send_waiting().await.unwrap();
    assert_eq!(app.settled(&sent[0]).await, SENT);
}

#[tokio::test]
async fn a_login_that_is_called_off_asks_nothing_again() {
    let (around, sent, item, now) = waiting(1).await;
    around.sandbox.forgive();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(25)).await;
    notice(&mut app, ErrorCode::WaitedLong).await;
    app.app.connect().await.unwrap();
    app.app.cancel_connect();
    let other = app.app.send(app.new_page(item, "Of today")).await.unwrap();
    let mut asked = 0;
    app.next(|event| match event {
        Event::Notice(notice) if notice.code == ErrorCode::WaitedLong => {
            asked += 1;
            None
        }
        Event::Delivery(view) if view.id == other.id && view.state == SENT => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(asked, 0, "nobody was connected anew, and {} was asked about", sent[0].id);
}

#[tokio::test]
async fn what_may_have_arrived_long_ago_is_not_looked_for_unasked() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    let mut app = app.restarted_after(SignedDuration::from_hours(48)).await;
    notice(&mut app, ErrorCode::WaitedLong).await;
    let [DeliveryState::NotConfirmed { why }] = &states(&app).await[..] else { panic!("nobody knows") };
    assert_eq!(why.code, ErrorCode::WaitedLong);
    app.app.send_waiting().await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "with the person's word it is found");
    assert_eq!(app.sandbox.comments().len(), 1);
}

/// A backup in which two deliveries wait that were sent in the run after it, put back.
async fn backup_put_back() -> (Around, Vec<DeliveryView>, ItemId, Timestamp) {
    let (around, sent, item, now) = waiting(2).await;
    let older = tempfile::tempdir().unwrap();
    backup::copy(around.folder.path(), older.path()).unwrap();
    around.sandbox.forgive();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(1)).await;
    assert_eq!(app.settled(&sent[1]).await, SENT);
    let around = app.ended().await;
    backup::put_back(older.path(), around.folder.path()).unwrap();
    (around, sent, item, now)
}

#[tokio::test]
async fn a_backup_that_was_put_back_sends_nothing_again() {
    let (around, sent, item, now) = backup_put_back().await;
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(2)).await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    app.clock.advance(SignedDuration::from_hours(3));
    let all = states(&app).await;
    assert!(all.iter().all(|state| matches!(state, DeliveryState::NotConfirmed { .. })), "{all:?}");
    assert_eq!(app.sandbox.pages().len(), 2, "nothing was doubled");
    for delivery in &sent {
        app.app.check_again(delivery.id).await.unwrap();
        let state = app.settled(delivery).await;
        let DeliveryState::Sent { note } = &state else { panic!("it is found by a look: {state:?}") };
        assert_eq!(*note, None, "and known for sure from now on");
    }
    assert_eq!(app.sandbox.pages().len(), 2, "a look makes nothing");
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "what is new goes as ever");
    let mut app = app.restarted().await;
    let delivery = app.app.send(Send { again: true, ..app.new_page(item, "After that") }).await.unwrap();
    let told = app.next(|event| match event {
        Event::Notice(notice) => Some(Err(notice.code)),
        Event::Delivery(view) if view.id == delivery.id && view.state == SENT => Some(Ok(())),
        _ => None,
    });
    assert_eq!(told.await, Ok(()), "the person is told once");
}

#[tokio::test]
async fn a_backup_is_noticed_however_often_it_was_started_without_its_tokens() {
    let (around, _, _, now) = backup_put_back().await;
    // Each of these runs could have raised the backup's number, until it was no longer behind.
    let mut around = Around { keychain: Arc::new(MemoryKeychain::default()), ..around };
    for hour in 2..10 {
        around = TestApp::start(around, now + SignedDuration::from_hours(hour)).await.ended().await;
    }
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(11)).await;
    app.connect().await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    let all = states(&app).await;
    assert!(all.iter().all(|state| matches!(state, DeliveryState::NotConfirmed { .. })), "{all:?}");
    assert_eq!(app.sandbox.pages().len(), 2, "nothing was doubled");
}

#[tokio::test]
async fn badges_of_an_older_copy_say_that_they_may_be_out_of_date() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = meeting.items[0].id;
    let delivery = app.app.send(app.new_page(item, "Before the backup")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let now = app.clock.now();
    let around = app.ended().await;
    let older = tempfile::tempdir().unwrap();
    backup::copy(around.folder.path(), older.path()).unwrap();
    let around = TestApp::start(around, now + SignedDuration::from_hours(1)).await.ended().await;
    backup::put_back(older.path(), around.folder.path()).unwrap();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(2)).await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    let opened = app.app.open_meeting(meeting.id).await.unwrap();
    let badge = opened.items.iter().find(|one| one.id == item).unwrap().deliveries[0].state.clone();
    let DeliveryState::Sent { note: Some(note) } = badge else { panic!("it was sent: {badge:?}") };
    assert!(note.contains("out of date"), "{note}");
    app.clock.advance(SignedDuration::from_hours(24 * 31));
    assert_eq!(states(&app).await, [SENT], "that is not said for ever");
}

#[tokio::test]
async fn a_copy_on_another_machine_sends_nothing() {
    let (around, _, _, now) = waiting(1).await;
    around.sandbox.forgive();
    let around = Around { machine: "another machine", ..around };
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(1)).await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    app.clock.advance(SignedDuration::from_hours(3));
    assert!(
        matches!(&states(&app).await[..], [DeliveryState::NotConfirmed { .. }]),
        "the first machine sends it"
    );
    assert_eq!(app.sandbox.pages().len(), 0);
}

#[tokio::test]
async fn a_copy_without_its_keyring_sends_nothing_after_the_login() {
    let (around, _, _, now) = waiting(1).await;
    around.sandbox.forgive();
    let empty = || std::sync::Arc::new(sally_core::auth::MemoryKeychain::new());
    let around = Around { keychain: empty(), marks: empty(), ..around };
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(1)).await;
    app.connect().await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    app.clock.advance(SignedDuration::from_hours(3));
    assert!(
        matches!(&states(&app).await[..], [DeliveryState::NotConfirmed { .. }]),
        "another person's keyring"
    );
    assert_eq!(app.sandbox.pages().len(), 0);
}

#[tokio::test]
async fn ordinary_starts_and_a_long_run_doubt_nothing() {
    let (around, sent, item, now) = waiting(1).await;
    around.sandbox.forgive();
    let mut app = TestApp::start(around, now + SignedDuration::from_hours(1)).await;
    assert_eq!(app.settled(&sent[0]).await, SENT);
    let page = app.page();
    let comment = |app: &TestApp| Send { again: true, ..app.comment_on(item, page.clone()) };
    for _ in 0..3 {
        app.clock.advance(SignedDuration::from_hours(25));
        let delivery = app.app.send(comment(&app)).await.unwrap();
        assert_eq!(app.settled(&delivery).await, SENT, "in a run that lasts for days");
    }
    for _ in 0..3 {
        app = app.restarted().await;
        let delivery = app.app.send(comment(&app)).await.unwrap();
        assert_eq!(app.settled(&delivery).await, SENT, "and after each start");
    }
}

#[tokio::test]
async fn a_backup_from_the_same_run_is_noticed_when_the_run_lasted_for_days() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(900)).on("POST", "/pages"));
    let delivery = app.app.send(app.new_page(item, "In the same run")).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    let older = tempfile::tempdir().unwrap();
    backup::copy(app.folder.path(), older.path()).unwrap();
    app.sandbox.forgive();
    app.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(app.settled(&delivery).await, SENT);
    app.clock.advance(SignedDuration::from_hours(25));
    let second = app.app.send(Send { again: true, ..app.comment(item) }).await.unwrap();
    assert_eq!(app.settled(&second).await, SENT);
    let now = app.clock.now();
    let around = app.ended().await;
    backup::put_back(older.path(), around.folder.path()).unwrap();
    let mut app = TestApp::start(around, now).await;
    notice(&mut app, ErrorCode::OlderCopy).await;
    assert_eq!(app.sandbox.pages_titled("In the same run").len(), 1, "it is not sent again");
}
