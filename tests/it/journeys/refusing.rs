//! One site or one network that refuses: the others work, and nothing is in doubt.

use jiff::SignedDuration;
use sally_core::api::{Connection, DeliveryState, ErrorCode, FindPages, Hint, Send};
use sally_core::domain::destination::Destination;
use sally_core::domain::id::OrganizationId;
use sandbox::{Access, Fault};

use super::app::{SENT, TestApp};

fn typed(organization: OrganizationId, query: &str) -> FindPages {
    FindPages { organization: Some(organization), space: None, query: query.to_owned(), parent: false }
}

#[tokio::test]
async fn a_site_that_does_not_let_somebody_in_says_so_and_stays_listed() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.lock_out(&app.sandbox.email(), "globex");
    app.clock.advance(SignedDuration::from_mins(20));
    for query in ["d", "de", "dec", "deci"] {
        let why = app.app.find_pages(typed(app.globex(), query)).await.unwrap_err().view();
        assert!(
            why.message.starts_with("This organization does not let your account use Confluence."),
            "{why:?}"
        );
        assert_eq!(why.hint, Some(Hint::ChooseAnotherPlace));
    }
    assert_eq!(
        app.sandbox.count("POST", "/oauth/token"),
        2,
        "the login, and one renewal for all the letters"
    );
    assert!(app.app.find_pages(typed(app.acme(), "decisions")).await.is_ok(), "the other one works");
    let Connection::Connected(account) = app.app.connection() else { panic!("it stays connected") };
    let listed: Vec<_> = account.organizations.iter().map(|one| one.id.clone()).collect();
    assert!(listed.contains(&app.globex()) && listed.contains(&app.acme()), "{listed:?}");
    let delivery = app.app.send(app.new_page(item, "To the other")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
}

#[tokio::test]
async fn a_page_that_may_be_read_and_not_commented_on_is_told_from_one_that_is_gone() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let send = app.comment(item);
    let Destination::Comment { page, .. } = send.destination.clone() else { panic!("it is a comment") };
    for (access, message) in [
        (Access::ReadOnly, "You may read “Rollout of the flag”, but not comment on it."),
        (
            Access::Hidden,
            "Confluence does not let you comment on “Rollout of the flag”: it is gone, or your account may not do that \
             there.",
        ),
    ] {
        app.sandbox.set_page_access("acme", page.id.as_str(), access);
        let delivery = app.app.send(Send { again: true, ..send.clone() }).await.unwrap();
        let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it was refused") };
        assert_eq!((why.message.as_str(), why.code), (message, ErrorCode::InvalidPage));
    }
    assert_eq!(app.sandbox.comments().len(), 0);
}

/// The sign-in page of a hotel, the filter of a company, and what a network answers that wants to be signed into.
#[tokio::test]
async fn what_answers_in_the_place_of_confluence_is_no_doubt() {
    for status in [200, 302, 307, 403, 407, 511] {
        let mut app = TestApp::connected().await;
        let item = app.sample().await.items.remove(0).id;
        app.sandbox.order(Fault::Portal { status }.on("", "/wiki/").always());
        let page = app.app.send(app.new_page(item, "From the hotel")).await.unwrap();
        let comment = app.app.send(app.comment(item)).await.unwrap();
        let why = app.app.find_pages(typed(app.acme(), "decisions")).await.unwrap_err().view();
        assert!(
            why.message.starts_with("This network answers in the place of Confluence"),
            "{status}: {why:?}"
        );
        let state = app.settled(&page).await;
        let DeliveryState::Waiting { why } = &state else { panic!("{status}: {state:?}") };
        assert!(why.message.contains("Nothing was sent"), "{status}: {why:?}");
        app.sandbox.forgive();
        app.clock.advance(SignedDuration::from_mins(10));
        assert_eq!((app.settled(&page).await, app.settled(&comment).await), (SENT, SENT), "{status}");
        let made = (app.sandbox.pages_titled("From the hotel").len(), app.sandbox.comments().len());
        assert_eq!(made, (1, 1), "{status}: each once");
    }
}
