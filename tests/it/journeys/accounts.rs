//! Whose deliveries: each belongs to the account that sent it, whoever is connected later.

use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{Connection, DeliveryState, DeliveryView, ErrorCode, ErrorView, Hint, Send};
use sally_core::app::Event;
use sally_core::domain::destination::Action;
use sally_core::domain::id::ItemId;
use sandbox::{Fault, RetryAfter};

use super::app::{SENT, TestApp, soon};

const ADA: &str = "Ada Lovelace";
const GRACE: &str = "Grace Hopper";

async fn with_item() -> (TestApp, ItemId) {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    (app, item)
}

async fn connect_as(app: &mut TestApp, name: &str) {
    assert!(app.sandbox.log_in_as(name));
    app.connect().await;
}

fn account(app: &TestApp) -> String {
    match app.app.connection() {
        Connection::Connected(account) => account.name,
        other => panic!("connected: {other:?}"),
    }
}

fn reason(state: DeliveryState) -> ErrorView {
    match state {
        DeliveryState::NeedsYou { why } | DeliveryState::NotConfirmed { why } => why,
        other => panic!("a person must decide: {other:?}"),
    }
}

/// How a delivery stands on the list.
async fn listed(app: &TestApp, delivery: &DeliveryView) -> DeliveryView {
    let all = app.app.deliveries().await.unwrap();
    all.into_iter().find(|one| one.id == delivery.id).unwrap()
}

/// A comment of Ada's that Confluence asked to send later.
async fn waiting_of_ada() -> (TestApp, ItemId, DeliveryView) {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    (app, item, delivery)
}

#[tokio::test]
async fn what_one_account_sent_is_not_sent_as_another() {
    let (mut app, item, delivery) = waiting_of_ada().await;
    connect_as(&mut app, GRACE).await;
    let why = reason(app.settled(&delivery).await);
    assert_eq!((why.code, why.hint), (ErrorCode::AnotherAccount, Some(Hint::SendAs { name: GRACE.into() })));
    assert!(why.message.contains(ADA) && why.message.contains(GRACE), "whose it is: {}", why.message);
    assert_eq!(listed(&app, &delivery).await.sender.as_deref(), Some(ADA), "the outbox says so, too");
    app.clock.advance(SignedDuration::from_hours(1));
    let retried = app.app.retry(delivery.id).await.unwrap_err().view();
    assert_eq!(retried.code, ErrorCode::AnotherAccount, "an ordinary retry does not change it: {retried:?}");
    assert_eq!(app.sandbox.comments().len(), 0, "nothing went in anybody's name");
    let edited = app.app.edit(delivery.id).await.unwrap();
    assert_eq!(
        (edited.problem, edited.senders.get(&app.acme()).map(String::as_str)),
        (None, Some(GRACE)),
        "an edit is sent as who edits it"
    );
    let draft = app.compose(item, Action::AddComment).await;
    assert_eq!(draft.senders[&app.acme()], GRACE, "where there are two, the dialog says which one sends");

    app.app.send_as(delivery.id).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "unless the person says so");
    let [comment] = app.sandbox.comments().try_into().unwrap();
    assert!(comment.author.ends_with("0002"), "in the name of the one who is connected: {}", comment.author);
    let draft = app.compose(item, Action::AddComment).await;
    assert!(draft.senders.is_empty(), "where there is one account, it need not be named");
}

#[tokio::test]
async fn it_goes_by_itself_when_its_own_account_is_back() {
    let (mut app, _, delivery) = waiting_of_ada().await;
    connect_as(&mut app, GRACE).await;
    assert_eq!(reason(app.settled(&delivery).await).code, ErrorCode::AnotherAccount);
    let mut app = app.restarted().await;
    assert_eq!(listed(&app, &delivery).await.sender.as_deref(), Some(ADA), "a restart changes nothing");
    connect_as(&mut app, ADA).await;
    assert_eq!(app.settled(&delivery).await, SENT);
    let [comment] = app.sandbox.comments().try_into().unwrap();
    assert!(comment.author.ends_with("0001"), "in its own name: {}", comment.author);
}

#[tokio::test]
async fn what_waits_while_nobody_is_connected_makes_no_attempt() {
    let (mut app, _, delivery) = waiting_of_ada().await;
    app.app.disconnect().await.unwrap();
    let why = reason(app.settled(&delivery).await);
    assert_eq!((why.code, why.hint), (ErrorCode::NotConnected, Some(Hint::Connect)));
    let before = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(2));
    app.app.deliveries().await.unwrap();
    assert_eq!(app.sandbox.requests().len(), before, "nothing is asked in nobody's name");
    connect_as(&mut app, ADA).await;
    assert_eq!(app.settled(&delivery).await, SENT, "and with the connection it goes");
}

#[tokio::test]
async fn an_answer_that_was_lost_after_a_reconnect_is_found() {
    let (mut app, _, delivery) = waiting_of_ada().await;
    app.app.disconnect().await.unwrap();
    assert_eq!(reason(app.settled(&delivery).await).code, ErrorCode::NotConnected);
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    connect_as(&mut app, ADA).await;
    assert_eq!(
        app.settled(&delivery).await,
        SENT,
        "it is ours: the account that asked is the one that looks"
    );
    assert_eq!(app.sandbox.comments().len(), 1);
}

#[tokio::test]
async fn another_account_cannot_look_for_what_may_have_arrived() {
    let (mut app, item) = with_item().await;
    // Its answer is lost, and before anybody can look Grace connects.
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    app.sandbox
        .order(Fault::Fail { status: 503, committed: false }.on("GET", "/content/").with_probability(1.0));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    connect_as(&mut app, GRACE).await;
    app.sandbox.forgive();
    app.clock.advance(SignedDuration::from_mins(2));
    let why = reason(app.settled(&delivery).await);
    assert!(why.message.contains(ADA), "who could: {}", why.message);
    assert_eq!(app.sandbox.comments().len(), 1, "it is not posted again");
    let anyway = app.app.post_anyway(delivery.id).await.unwrap_err().view();
    assert_eq!(anyway.code, ErrorCode::AnotherAccount, "not without saying in whose name");
    connect_as(&mut app, ADA).await;
    app.app.check_again(delivery.id).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "she finds it");
}

#[tokio::test]
async fn the_tokens_of_a_new_login_sign_nothing_of_the_account_before() {
    let (mut app, item) = with_item().await;
    // A page whose first answer is slow: the login as Grace ends meanwhile.
    app.sandbox.order(Fault::Delay(Duration::from_millis(700)).on("POST", "/pages").first(1));
    let mut sent = Vec::new();
    for number in 0..5 {
        let request = Send { again: true, ..app.new_page(item, &format!("Of Ada {number}")) };
        sent.push(app.app.send(request).await.unwrap());
    }
    while app.changed(&sent[0]).await != DeliveryState::Sending {}
    connect_as(&mut app, GRACE).await;
    for delivery in &sent {
        let is_settled =
            |state: &DeliveryState| *state == SENT || matches!(state, DeliveryState::NeedsYou { .. });
        let state = app.becomes(delivery, SignedDuration::from_secs(1), is_settled).await;
        if state != SENT {
            assert_eq!(reason(state).code, ErrorCode::AnotherAccount, "it waits for Ada");
        }
    }
    let authors: Vec<_> = app.sandbox.pages().into_iter().map(|page| page.author).collect();
    assert!(!authors.is_empty() && authors.iter().all(|author| author.ends_with("0001")), "{authors:?}");
}

#[tokio::test]
async fn a_passing_fault_at_the_end_of_a_second_login_costs_nothing() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::Fail { status: 503, committed: false }.on("GET", "/me").first(2));
    assert!(app.sandbox.log_in_as(GRACE));
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    let core = app.app.clone();
    let finishing = tokio::spawn(async move { core.callback(&callback).await });
    let connected = async {
        while account_or_waiting(&app).is_none() {
            app.clock.advance(SignedDuration::from_secs(10));
            tokio::task::yield_now().await;
        }
    };
    soon("the login counts", connected).await;
    finishing.await.unwrap();
    assert_eq!(account(&app), GRACE, "it was asked again, and the login counts");

    // For good this time: the login is given up, and the connection before it goes on.
    app.sandbox.order(Fault::Fail { status: 503, committed: false }.on("GET", "/me").with_probability(1.0));
    assert!(app.sandbox.log_in_as(ADA));
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    let core = app.app.clone();
    let finishing = tokio::spawn(async move { core.callback(&callback).await });
    let given_up = async {
        while !finishing.is_finished() {
            app.clock.advance(SignedDuration::from_mins(1));
            tokio::task::yield_now().await;
        }
    };
    soon("the login is given up", given_up).await;
    let notice = app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert!(notice.message.contains("503"), "the person is told: {notice:?}");
    assert_eq!(account(&app), GRACE, "the connection is the one before");
    app.sandbox.forgive();
    let delivery = app.app.send(app.new_page(item, "After all that")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "and it works");
    let mut app = app.restarted().await;
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "after a restart, too");
    assert!(app.sandbox.comments()[0].author.ends_with("0002"), "as Grace");
}

fn account_or_waiting(app: &TestApp) -> Option<String> {
    match app.app.connection() {
        Connection::Connected(account) => Some(account.name),
        _ => None,
    }
}
