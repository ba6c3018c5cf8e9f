//! One person with two computers: what one of them sent is unknown to the other, and one login may end another.

use std::sync::Arc;

use jiff::SignedDuration;
use sally_core::api::{Connection, DeliveryState, ErrorCode, Hint, Send};
use sally_core::auth::MemoryKeychain;
use sally_core::domain::destination::Page;
use sandbox::{Fault, Quirk};

use super::app::{SENT, TestApp, words};

/// The same person, somewhere else.
async fn another_computer(app: &TestApp) -> TestApp {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut other =
        TestApp::open(Arc::clone(&app.sandbox), folder, Arc::new(MemoryKeychain::default())).await;
    other.connect().await;
    other
}

async fn comment(app: &TestApp, page: &Page) -> Send {
    let item = app.sample().await.items.remove(0).id;
    app.comment_on(item, page.clone())
}

#[tokio::test]
async fn a_comment_that_another_computer_sent_is_asked_about_before_it_goes_again() {
    let mut desk = TestApp::connected().await;
    let page = desk.page();
    let points = desk.sandbox.points();
    let first = desk.app.send(comment(&desk, &page).await).await.unwrap();
    assert_eq!(desk.settled(&first).await, SENT);
    assert_eq!(desk.sandbox.count("GET", "/rest/api/content/search"), 1, "one look");
    assert!(desk.sandbox.points() - points <= 3, "which costs little of the quota that all share");

    let mut laptop = another_computer(&desk).await;
    let second = laptop.app.send(comment(&laptop, &page).await).await.unwrap();
    let DeliveryState::NeedsYou { why } = laptop.settled(&second).await else { panic!("it is asked about") };
    assert_eq!((why.code, &why.hint), (ErrorCode::SentBefore, &Some(Hint::SendAgain)));
    assert!(why.message.contains("did not come from this computer"), "{}", why.message);
    assert_eq!(laptop.sandbox.comments().len(), 1, "nothing was sent twice");

    let mut laptop = laptop.restarted().await;
    laptop.app.retry(second.id).await.unwrap();
    assert_eq!(laptop.settled(&second).await, SENT, "a person who knows may send it all the same");
    assert_eq!(laptop.sandbox.comments().len(), 2);
}

#[tokio::test]
async fn who_says_so_in_the_dialog_is_not_asked_again() {
    let mut desk = TestApp::connected().await;
    let page = desk.page();
    let first = desk.app.send(comment(&desk, &page).await).await.unwrap();
    assert_eq!(desk.settled(&first).await, SENT);
    let mut laptop = another_computer(&desk).await;
    let asked = laptop.app.send(comment(&laptop, &page).await).await.unwrap();
    assert!(matches!(laptop.settled(&asked).await, DeliveryState::NeedsYou { .. }));
    laptop.app.edit(asked.id).await.unwrap();
    let again = Send { again: true, replaces: Some(asked.id), ..comment(&laptop, &page).await };
    let sent = laptop.app.send(again).await.unwrap();
    assert_eq!(laptop.settled(&sent).await, SENT);
}

#[tokio::test]
async fn other_words_another_page_and_another_person_are_nobodys_double() {
    let mut desk = TestApp::connected().await;
    let page = desk.page();
    let first = desk.app.send(comment(&desk, &page).await).await.unwrap();
    assert_eq!(desk.settled(&first).await, SENT);
    let mut laptop = another_computer(&desk).await;
    let other_words =
        Send { document: words("Seen in the weekly, and agreed."), ..comment(&laptop, &page).await };
    let id = laptop.sandbox.add_page("acme", "ENG", "Another page").unwrap();
    let elsewhere = Page { id: id.as_str().into(), title: "Another page".to_owned(), ..page.clone() };
    for send in [other_words, comment(&laptop, &elsewhere).await] {
        let delivery = laptop.app.send(send).await.unwrap();
        assert_eq!(laptop.settled(&delivery).await, SENT);
    }
    desk.sandbox.log_in_as("Grace Hopper");
    let mut of_grace = another_computer(&desk).await;
    let delivery = of_grace.app.send(comment(&of_grace, &page).await).await.unwrap();
    assert_eq!(of_grace.settled(&delivery).await, SENT, "a colleague may say the same");
    // What this computer sent itself is asked about in the dialog, not here.
    let again = Send { again: true, ..comment(&of_grace, &page).await };
    let delivery = of_grace.app.send(again).await.unwrap();
    assert_eq!(of_grace.settled(&delivery).await, SENT);
}

#[tokio::test]
async fn where_it_cannot_be_looked_the_comment_goes() {
    let mut desk = TestApp::connected().await;
    let page = desk.page();
    let first = desk.app.send(comment(&desk, &page).await).await.unwrap();
    assert_eq!(desk.settled(&first).await, SENT);
    let mut laptop = another_computer(&desk).await;
    laptop.sandbox.set_quirk(Quirk::ContainerUnknown, true);
    let second = laptop.app.send(comment(&laptop, &page).await).await.unwrap();
    assert_eq!(laptop.settled(&second).await, SENT, "search does not know the field");
    laptop.sandbox.set_quirk(Quirk::ContainerUnknown, false);
    let mut tablet = another_computer(&desk).await;
    let trouble = Fault::Fail { status: 503, committed: false };
    tablet.sandbox.order(trouble.on("GET", "/rest/api/content/search"));
    let third = tablet.app.send(comment(&tablet, &page).await).await.unwrap();
    assert_eq!(tablet.settled(&third).await, SENT, "search is not well");
}

#[tokio::test]
async fn a_login_that_another_computer_ended_says_so() {
    let mut desk = TestApp::connected().await;
    desk.sandbox.set_quirk(Quirk::LoginsEndEachOther, true);
    let _laptop = another_computer(&desk).await;
    desk.sandbox.expire_access_tokens();
    desk.clock.advance(SignedDuration::from_hours(2));
    let page = desk.page();
    let delivery = desk.app.send(comment(&desk, &page).await).await.unwrap();
    let state = desk.settled(&delivery).await;
    assert!(!matches!(state, SENT), "{state:?}");
    let Connection::NeedsReconnecting { why, .. } = desk.app.connection() else { panic!("it has ended") };
    assert!(why.message.contains("such as on another computer"), "{}", why.message);
    assert_eq!(why.hint, Some(Hint::Reconnect));
}

#[tokio::test]
async fn a_login_that_nobody_used_for_months_says_that() {
    let mut app = TestApp::connected().await;
    app.sandbox.revoke();
    app.clock.advance(SignedDuration::from_hours(91 * 24));
    let page = app.page();
    let delivery = app.app.send(comment(&app, &page).await).await.unwrap();
    app.settled(&delivery).await;
    let Connection::NeedsReconnecting { why, .. } = app.app.connection() else { panic!("it has ended") };
    assert!(why.message.contains("not used for 90 days"), "{}", why.message);
}
