//! Everything that can go wrong with a send: each ends in a clear message with a way on, and nothing typed is lost.

use sally_core::api::{Connection, DeliveryState, ErrorCode, ErrorView, Hint};
use sally_core::domain::destination::Action;
use sally_core::domain::id::ItemId;
use sandbox::{Access, Fault, RetryAfter};

use super::app::{SENT, TestApp, words};

async fn with_item() -> (TestApp, ItemId) {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    (app, item)
}

fn needs_you(state: DeliveryState) -> ErrorView {
    match state {
        DeliveryState::NeedsYou { why } => why,
        other => panic!("a person must decide: {other:?}"),
    }
}

/// Sends a page, and answers how it ended and what the dialog shows when it is edited.
async fn send_page(
    app: &mut TestApp,
    item: ItemId,
    title: &str,
) -> (DeliveryState, sally_core::api::DeliveryView) {
    let delivery = app.app.send(app.new_page(item, title)).await.unwrap();
    (app.settled(&delivery).await, delivery)
}

#[tokio::test]
async fn a_title_that_exists_offers_three_ways_on() {
    let (mut app, item) = with_item().await;
    let there = app.sandbox.add_page("acme", "ENG", "Release plan").unwrap();
    let (state, delivery) = send_page(&mut app, item, "release PLAN").await;
    let why = needs_you(state);
    assert_eq!(why.code, ErrorCode::TitleExists);
    let Some(Hint::ChooseAnotherTitle { suggestion, page }) = &why.hint else { panic!("ways on: {why:?}") };
    assert!(suggestion.starts_with("release PLAN (2"), "a title with the date added: {suggestion}");
    assert_eq!(
        page.as_ref().map(|page| page.id.as_str()),
        Some(there.as_str()),
        "the page to open or to comment on"
    );
    let draft = app.app.edit(delivery.id).await.unwrap();
    assert_eq!(
        draft.document,
        words("As agreed:\n\n- behind a flag\n- from Monday"),
        "every word typed is there"
    );
    assert_eq!(draft.problem, Some(why.clone()), "and the reason stands by the field");

    let mut again = app.new_page(item, suggestion);
    again.replaces = Some(delivery.id);
    let second = app.app.send(again).await.unwrap();
    assert_eq!(app.settled(&second).await, SENT);
    let left: Vec<_> = app.app.deliveries().await.unwrap().into_iter().map(|delivery| delivery.id).collect();
    assert_eq!(left, [second.id], "the new one took the place of the one that failed");
}

#[tokio::test]
async fn an_archived_page_holds_its_title_too() {
    let (mut app, item) = with_item().await;
    let (state, _) = send_page(&mut app, item, sandbox::ARCHIVED_TITLE).await;
    let why = needs_you(state);
    assert_eq!(why.code, ErrorCode::TitleExists);
    assert!(matches!(why.hint, Some(Hint::ChooseAnotherTitle { page: None, .. })), "search does not find it");
}

#[tokio::test]
async fn a_place_without_permission_is_named() {
    let (mut app, item) = with_item().await;
    app.sandbox.set_space_access("acme", "ENG", Access::ReadOnly);
    let (state, delivery) = send_page(&mut app, item, "Not allowed").await;
    let why = needs_you(state);
    assert_eq!((why.code, why.hint), (ErrorCode::InvalidSpace, Some(Hint::ChooseAnotherPlace)));
    assert!(why.message.contains("Engineering"), "the place: {}", why.message);

    let page = app.page();
    app.sandbox.set_page_access("acme", page.id.as_str(), Access::Hidden);
    let mut comment = app.comment_on(item, page);
    comment.replaces = Some(delivery.id);
    let delivery = app.app.send(comment).await.unwrap();
    let why = needs_you(app.settled(&delivery).await);
    assert_eq!(why.code, ErrorCode::InvalidPage, "for a comment the page is what to change");
}

#[tokio::test]
async fn a_missing_scope_asks_to_reconnect() {
    let mut app = TestApp::new().await;
    let all: Vec<_> =
        sandbox::SCOPES.iter().copied().filter(|scope| *scope != "write:page:confluence").collect();
    app.sandbox.grant_only(Some(&all));
    app.connect().await;
    let item = app.sample().await.items.remove(0).id;
    let (state, _) = send_page(&mut app, item, "No scope").await;
    let why = needs_you(state);
    assert_eq!(why.hint, Some(Hint::Reconnect), "only a new consent helps: {why:?}");
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), 1, "newer tokens would have the same scopes");
}

#[tokio::test]
async fn without_a_network_it_waits_and_goes_when_it_is_tried_again() {
    let (mut app, item) = with_item().await;
    app.sandbox.go_offline().await;
    let (state, delivery) = send_page(&mut app, item, "From the train").await;
    let DeliveryState::Waiting { why } = state else { panic!("nothing left, so it can wait: {state:?}") };
    assert!(why.message.contains("network"), "what to look at: {}", why.message);
    let mut app = app.restarted().await;
    app.sandbox.go_online().await.unwrap();
    app.app.retry(delivery.id).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "a restart lost nothing");
    assert_eq!(app.sandbox.pages_titled("From the train").len(), 1, "and it is there once");
}

#[tokio::test]
async fn a_request_to_slow_down_says_until_when() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(90)).on("POST", "/pages"));
    let (state, _) = send_page(&mut app, item, "Too fast").await;
    let DeliveryState::Waiting { why } = state else { panic!("it can be tried again: {state:?}") };
    assert!(
        matches!(why.hint, Some(Hint::TryAgain { at: Some(_) })),
        "not before the moment that was told: {why:?}"
    );
}

#[tokio::test]
async fn an_expired_token_is_renewed_without_a_word() {
    let (mut app, item) = with_item().await;
    app.sandbox.expire_access_tokens();
    let (state, _) = send_page(&mut app, item, "After lunch").await;
    assert_eq!(state, SENT, "the person need not know");
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), 2, "the login, and one renewal");
    assert_eq!(
        app.sandbox.pages_titled("After lunch").len(),
        1,
        "what was refused for its token is repeated once"
    );
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_stored() {
    let (app, item) = with_item().await;
    let mut request = app.new_page(item, "  ");
    assert_eq!(app.app.send(request).await.unwrap_err().view().code, ErrorCode::InvalidTitle);
    request = app.new_page(item, &"x".repeat(256));
    assert_eq!(app.app.send(request).await.unwrap_err().view().code, ErrorCode::InvalidTitle);
    request = app.new_page(item, "Empty");
    request.document = words(" \n ");
    assert_eq!(app.app.send(request).await.unwrap_err().view().code, ErrorCode::InvalidDescription);
    request = app.new_page(item, "Long");
    request.document = words(&"many words ".repeat(500_000));
    assert_eq!(app.app.send(request).await.unwrap_err().view().code, ErrorCode::InvalidDescription);
    assert!(app.app.deliveries().await.unwrap().is_empty(), "nothing was stored");
}

#[tokio::test]
async fn without_a_connection_nothing_is_stored_and_the_way_on_is_offered() {
    let app = TestApp::new().await;
    let item = app.sample().await.items.remove(0).id;
    let why = app.app.send(app.new_page(item, "Not yet")).await.unwrap_err().view();
    assert_eq!((why.code, why.hint), (ErrorCode::NotConnected, Some(Hint::Connect)));
    assert!(matches!(app.app.connection(), Connection::Disconnected { .. }));
    assert!(!app.compose(item, Action::CreatePage).await.title.is_empty(), "the dialog still opens");
}

#[tokio::test]
async fn a_delivery_can_be_taken_back_while_it_waits() {
    let (mut app, item) = with_item().await;
    app.sandbox.go_offline().await;
    let (_, delivery) = send_page(&mut app, item, "Never mind").await;
    app.app.cancel(delivery.id).await.unwrap();
    app.sandbox.go_online().await.unwrap();
    assert!(app.app.retry(delivery.id).await.is_err(), "it is gone");
    assert!(app.sandbox.pages_titled("Never mind").is_empty(), "and never left");
}
