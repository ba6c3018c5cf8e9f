//! A machine that sleeps, and a clock that is set, while something waits or a token ends.

use jiff::SignedDuration;
use sally_core::api::{DeliveryState, DeliveryView, ErrorCode, Send};
use sally_core::app::Event;
use sally_core::domain::destination::{Destination, Space};
use sally_core::domain::id::SpaceId;
use sandbox::{Fault, RetryAfter};

use super::app::{SENT, TestApp};

/// Pages that wait for a network, in two organizations in turn.
async fn waiting(app: &mut TestApp, count: usize) -> Vec<DeliveryView> {
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages").always());
    let elsewhere = Space {
        id: SpaceId(app.sandbox.space_id("globex", "ACCAMS").unwrap()),
        key: "ACCAMS".to_owned(),
        name: "Accounting Amsterdam".to_owned(),
    };
    let mut sent = Vec::new();
    for number in 0..count {
        let mut request = Send { again: true, ..app.new_page(item, &format!("Page {number}")) };
        if number % 2 == 1 {
            let title = format!("Page {number}");
            let (organization, space) = (app.globex(), elsewhere.clone());
            request.destination = Destination::NewPage { organization, space, parent: None, title };
        }
        sent.push(app.app.send(request).await.unwrap());
    }
    for first in &sent[..2] {
        assert!(matches!(app.settled(first).await, DeliveryState::Waiting { .. }));
    }
    sent
}

/// Waits until all of them have arrived, in whatever order the two queues say so.
async fn all_sent(app: &mut TestApp, sent: &[DeliveryView]) {
    let mut left: Vec<_> = sent.iter().map(|one| one.id).collect();
    app.next(|event| {
        if let Event::Delivery(view) = event
            && view.state == SENT
        {
            left.retain(|id| *id != view.id);
        }
        left.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn after_a_night_everything_goes_in_order_and_one_at_a_time_with_one_new_token() {
    let mut app = TestApp::connected().await;
    let sent = waiting(&mut app, 8).await;
    app.sandbox.forgive();
    app.sandbox.expire_access_tokens();
    let (tokens, before) = (app.sandbox.count("POST", "/oauth/token"), app.sandbox.requests().len());
    app.clock.advance(SignedDuration::from_hours(9));
    all_sent(&mut app, &sent).await;
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), tokens + 1, "both queues share a renewal");
    for slug in ["acme", "globex"] {
        let pages = app.sandbox.pages().into_iter().filter(|page| page.organization == slug);
        let titles: Vec<String> = pages.map(|page| page.title).collect();
        let mut in_order = titles.clone();
        in_order.sort();
        assert_eq!((titles.len(), &titles), (4, &in_order), "each once, in the order in which it was sent");
    }
    let posts = app.sandbox.requests().split_off(before);
    assert!(posts.iter().all(|one| one.beside == 0), "and none beside another of the same organization");
    let calls = posts.iter().filter(|one| one.method == "POST" && one.path.ends_with("/pages")).count();
    assert_eq!(calls, 8, "no request too many");
}

#[tokio::test]
async fn after_two_weeks_of_sleep_what_waits_is_asked_about_once() {
    let mut app = TestApp::connected().await;
    let sent = waiting(&mut app, 4).await;
    app.sandbox.forgive();
    let before = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(14 * 24));
    let notice = app
        .next(|event| match event {
            Event::Notice(notice) if notice.code == ErrorCode::WaitedLong => Some(notice),
            _ => None,
        })
        .await;
    assert!(notice.message.starts_with("4 from "), "{}", notice.message);
    assert_eq!(app.sandbox.requests().len(), before, "nothing goes before a person says so");
    app.app.send_waiting().await.unwrap();
    all_sent(&mut app, &sent).await;
    assert_eq!(app.sandbox.pages().len(), 4, "each is there once");
}

#[tokio::test]
async fn a_clock_that_is_set_holds_nothing_up_and_sends_nothing_twice() {
    let mut app = TestApp::connected().await;
    let sent = waiting(&mut app, 4).await;
    // A zone changes no moment; a clock that was wrong does, in both directions.
    app.clock.advance(SignedDuration::from_hours(-7));
    app.sandbox.forgive();
    app.clock.advance(SignedDuration::from_mins(2));
    all_sent(&mut app, &sent).await;
    app.clock.advance(SignedDuration::from_hours(20));
    let again = app.app.retry(sent[0].id).await;
    assert!(again.is_err(), "what has arrived is done with");
    assert_eq!(app.sandbox.pages().len(), 4, "each is there once");
}
