//! What is edited while it waits: it may arrive before the edit does. It is there once, and the person is told.

use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{DeliveryState, DeliveryView, ErrorCode, Hint, Send};
use sally_core::app::Event;
use sally_core::domain::destination::Action;
use sally_core::domain::id::ItemId;
use sandbox::{Fault, RetryAfter};

use super::app::{SENT, TestApp, words};

/// A comment that Confluence asked to send later.
async fn waiting() -> (TestApp, ItemId, Send, DeliveryView) {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/footer-comments"));
    let request = app.comment(item);
    let delivery = app.app.send(request.clone()).await.unwrap();
    let state = app.settled(&delivery).await;
    assert!(matches!(state, DeliveryState::Waiting { .. }), "it waits: {state:?}");
    (app, item, request, delivery)
}

/// It arrives while it is being edited.
async fn arrives(app: &mut TestApp, delivery: &DeliveryView) {
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(app.settled(delivery).await, SENT);
}

async fn on_the_list(app: &TestApp) -> Vec<String> {
    let all = app.app.deliveries().await.unwrap();
    all.iter().map(|one| format!("{:?}", one.id)).collect()
}

#[tokio::test]
async fn an_edit_of_what_arrived_meanwhile_is_told_and_not_sent() {
    let (mut app, _, request, delivery) = waiting().await;
    let draft = app.app.edit(delivery.id).await.unwrap();
    assert_eq!(draft.replaces, Some(delivery.id), "the edit takes its place");
    arrives(&mut app, &delivery).await;
    let edited = Send { replaces: draft.replaces, document: words("Edited."), ..request };
    for again in [false, true] {
        let why = app.app.send(Send { again, ..edited.clone() }).await.unwrap_err().view();
        assert_eq!(why.code, ErrorCode::SentMeanwhile, "whatever else the person was asked: {why:?}");
        assert_eq!(why.hint, Some(Hint::SendAsAnother { delivery: delivery.id }), "it can be opened");
        assert!(why.message.starts_with("It was sent at "), "when: {}", why.message);
    }
    assert_eq!(app.sandbox.comments().len(), 1, "nothing was doubled");
    assert_eq!(on_the_list(&app).await, [format!("{:?}", delivery.id)], "and what arrived stays on the list");
    let another = Send { replaces: None, again: true, ..edited };
    let another = app.app.send(another).await.unwrap();
    assert_eq!(app.settled(&another).await, SENT, "a person who knows may send another one");
    assert_eq!(app.sandbox.comments().len(), 2);
    assert_eq!(on_the_list(&app).await.len(), 2, "beside the first");
}

#[tokio::test]
async fn an_edit_that_comes_in_time_takes_the_place_of_what_waits() {
    let (mut app, _, request, delivery) = waiting().await;
    let edited = Send { replaces: Some(delivery.id), document: words("Edited in time."), ..request };
    let second = app.app.send(edited).await.unwrap();
    let gone = app.next(|event| match event {
        Event::DeliveryGone(id) => Some(id),
        _ => None,
    });
    assert_eq!(gone.await, delivery.id);
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(app.settled(&second).await, SENT);
    let texts: Vec<_> = app.sandbox.comments().into_iter().map(|comment| comment.text).collect();
    assert_eq!(texts, ["Edited in time."], "only the new words");
}

#[tokio::test]
async fn a_kept_edit_says_days_later_that_it_was_sent() {
    let (mut app, item, request, delivery) = waiting().await;
    let draft = app.app.edit(delivery.id).await.unwrap();
    // A word is typed, and the dialog closed.
    app.app
        .save_draft(sally_core::api::Draft { document: words("Edited and kept."), ..draft })
        .await
        .unwrap();
    arrives(&mut app, &delivery).await;
    let mut app = app.restarted_after(SignedDuration::from_hours(72)).await;
    let kept = app.compose(item, Action::AddComment).await;
    assert!(kept.kept, "the words are there");
    let problem = kept.problem.expect("it says what became of the delivery");
    assert_eq!(problem.code, ErrorCode::SentMeanwhile, "{problem:?}");
    assert!(problem.message.starts_with("It was sent on "), "on which day: {}", problem.message);
    let edited = Send { replaces: kept.replaces, document: kept.document.clone(), ..request.clone() };
    let why = app.app.send(edited).await.unwrap_err().view();
    assert_eq!(why.code, ErrorCode::SentMeanwhile, "Create does not double it: {why:?}");
    assert_eq!(app.sandbox.comments().len(), 1);

    // The person starts over: the delivery is not being edited any more.
    let fresh = app.app.reset_draft(sally_core::api::Compose {
        items: vec![item],
        action: Action::AddComment,
        target: None,
    });
    assert_eq!(fresh.await.unwrap().replaces, None);
    let another = app.app.send(request).await.unwrap();
    assert_eq!(app.settled(&another).await, SENT, "days later the same is no slip");
}

#[tokio::test]
async fn a_kept_edit_forgets_what_is_gone() {
    let (app, item, _, delivery) = waiting().await;
    let draft = app.app.edit(delivery.id).await.unwrap();
    app.app.save_draft(draft).await.unwrap();
    app.app.cancel(delivery.id).await.unwrap();
    let kept = app.compose(item, Action::AddComment).await;
    assert_eq!((kept.kept, kept.replaces, kept.problem), (true, None, None), "it is a draft like any other");
}

#[tokio::test]
async fn what_is_on_its_way_is_not_replaced() {
    let (mut app, _, request, delivery) = waiting().await;
    app.sandbox.order(Fault::Delay(Duration::from_secs(2)).on("POST", "/footer-comments"));
    app.clock.advance(SignedDuration::from_secs(61));
    while app.changed(&delivery).await != DeliveryState::Sending {}
    let edited = Send { replaces: Some(delivery.id), document: words("Edited."), again: true, ..request };
    let why = app.app.send(edited.clone()).await.unwrap_err().view();
    assert!(why.message.contains("on its way"), "nobody knows yet: {}", why.message);
    assert_eq!(app.settled(&delivery).await, SENT);
    let why = app.app.send(edited).await.unwrap_err().view();
    assert_eq!(why.code, ErrorCode::SentMeanwhile, "and then it is known");
    assert_eq!(app.sandbox.comments().len(), 1);
}

#[tokio::test]
async fn a_second_press_of_create_sends_nothing_more() {
    let (app, _, request, delivery) = waiting().await;
    let edited = Send { replaces: Some(delivery.id), document: words("Pressed twice."), ..request };
    let (one, other) = tokio::join!(app.app.send(edited.clone()), app.app.send(edited));
    let errors: Vec<_> =
        [one, other].into_iter().filter_map(Result::err).map(|error| error.view().code).collect();
    assert_eq!(errors, [ErrorCode::SentBefore], "the second finds the first, and asks");
}
