//! What the same person makes in the browser meanwhile is not taken for what the app was to make.

use jiff::SignedDuration;
use reqwest::Method;
use sally_core::api::{DeliveryState, ErrorCode};
use sally_core::domain::id::ItemId;
use sandbox::{Fault, RetryAfter, SCOPES};
use serde_json::json;

use super::app::{SENT, TestApp};
use crate::sandbox_contract::{Http, body};

async fn with_item() -> (TestApp, ItemId) {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    (app, item)
}

/// Makes something in the name of who is connected.
async fn by_hand(app: &TestApp, what: &str, made: serde_json::Value) {
    let url = format!("{}/ex/confluence/{}/wiki/api/v2/{what}", app.sandbox.url(), app.acme());
    let token = app.sandbox.issue(&SCOPES).access;
    let asked = Http::new().request(Method::POST, &url).bearer_auth(token).json(&made);
    let answer = asked.send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

fn pass(app: &TestApp, time: SignedDuration) {
    app.sandbox.advance(time);
    app.clock.advance(time);
}

#[tokio::test]
async fn a_comment_that_was_there_before_the_attempt_is_not_taken_for_ours() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(3000)).on("POST", "/footer-comments"));
    let page = app.page();
    let delivery = app.app.send(app.comment_on(item, page.clone())).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    // Whoever waits for ten minutes says it by hand.
    pass(&app, SignedDuration::from_mins(10));
    let same = json!({ "pageId": page.id.as_str(), "body": body("Seen in the weekly.") });
    by_hand(&app, "footer-comments", same).await;
    app.sandbox.order(Fault::ResetBefore.on("POST", "/footer-comments"));
    pass(&app, SignedDuration::from_mins(41));
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it is asked about") };
    assert_eq!((why.code, app.sandbox.comments().len()), (ErrorCode::SentBefore, 1));
    app.app.retry(delivery.id).await.unwrap();
    let state = app.settled(&delivery).await;
    assert!(matches!(state, DeliveryState::NotConfirmed { .. }), "nothing of ours is there: {state:?}");
    assert_eq!(app.sandbox.comments().len(), 1);
    app.app.post_anyway(delivery.id).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "the person decides");
}

#[tokio::test]
async fn a_page_of_ours_with_other_words_is_not_taken_for_it() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::ResetBefore.on("POST", "/pages"));
    let delivery = app.app.send(app.new_page(item, "Agreed")).await.unwrap();
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    let other = json!({ "spaceId": app.engineering().id.as_str(), "status": "current", "title": "Agreed",
        "body": body("Something else was agreed.") });
    by_hand(&app, "pages", other).await;
    app.clock.advance(SignedDuration::from_mins(1));
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it was never made") };
    assert_eq!(why.code, ErrorCode::TitleExists);
    assert_eq!(app.sandbox.pages_titled("Agreed").len(), 1);
}
