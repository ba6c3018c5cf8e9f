//! From `Connect` to connected, and everything that can come in between.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{Connection, ErrorCode, FindPages, Hint};
use sally_core::app::Event;
use sally_core::auth::keychain::{Error as KeychainError, Keychain};
use sally_core::auth::token::Secret;
use sally_core::store::FILE_NAME;
use sandbox::{Fault, Quirk};

use super::app::{SENT, TestApp};
use super::on_disk::files_with;

fn why(connection: Connection) -> sally_core::api::ErrorView {
    match connection {
        Connection::Disconnected { why: Some(why) } => why,
        other => panic!("a login that failed says why: {other:?}"),
    }
}

#[tokio::test]
async fn a_login_ends_connected_and_is_still_there_after_a_restart() {
    let app = TestApp::connected().await;
    let Connection::Connected(account) = app.app.connection() else { panic!("connected") };
    assert_eq!(account.name, "Ada Lovelace", "the person sees whose account it is");
    let names: Vec<_> = account.organizations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(names, ["Acme", "Globex Worldwide"], "both organizations are offered");
    assert!(account.missing_scopes.is_empty() && account.remembered, "nothing is missing");
    let asked = app.sandbox.requests().len();

    let app = app.restarted().await;
    let Connection::Connected(again) = app.app.connection() else {
        panic!("the keyring keeps the connection")
    };
    assert_eq!(again, account, "as it was");
    assert_eq!(app.sandbox.requests().len(), asked, "a start asks nobody");
}

#[tokio::test]
async fn the_browser_can_come_back_over_the_loopback() {
    let mut app = TestApp::on_loopback().await;
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    assert!(callback.starts_with("http://127.0.0.1:"), "where it was registered: {callback}");
    assert_eq!(sandbox::browser::open(&callback).await.unwrap(), 200, "the browser shows a page");
    app.next(|event| match event {
        Event::Connection(connection) if matches!(*connection, Connection::Connected(_)) => Some(()),
        _ => None,
    })
    .await;
    assert!(sandbox::browser::open(&callback).await.is_err(), "the port is closed once the login is over");
}

#[tokio::test]
async fn the_authorize_address_asks_for_exactly_what_it_must() {
    let app = TestApp::new().await;
    let address: url::Url = app.start_login().await.parse().unwrap();
    let query: std::collections::BTreeMap<_, _> = address.query_pairs().into_owned().collect();
    assert_eq!(query["audience"], "api.atlassian.com");
    assert_eq!(query["prompt"], "consent");
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["redirect_uri"], "sally://oauth/callback");
    assert_eq!(query["code_challenge_method"], "S256");
    assert!(query["state"].len() >= 22, "a state that can be guessed protects nothing");
    let mut scopes: Vec<_> = query["scope"].split(' ').collect();
    scopes.sort_unstable();
    let mut expected: Vec<_> = sandbox::SCOPES.to_vec();
    expected.sort_unstable();
    assert_eq!(scopes, expected, "the 13 scopes, no more and no fewer");
}

#[tokio::test]
async fn a_consent_that_is_cancelled_says_so_and_offers_to_connect_again() {
    let app = TestApp::new().await;
    let address = app.start_login().await;
    let callback = sandbox::browser::cancel(&address).await.unwrap();
    app.app.callback(&callback).await;
    let why = why(app.app.connection());
    assert_eq!(why.hint, Some(Hint::Connect), "the way on: {why:?}");
}

#[tokio::test]
async fn forged_and_replayed_answers_neither_connect_nor_disturb() {
    let mut app = TestApp::new().await;
    let address = app.start_login().await;
    for forged in [
        "sally://oauth/callback?code=stolen&state=guessed",
        "sally://oauth/callback?error=access_denied&state=guessed",
        "sally://oauth/elsewhere?code=x&state=y",
        "sally://oauth/callback",
    ] {
        // Of many within a moment the person is told once.
        app.clock.advance(SignedDuration::from_secs(10));
        app.app.callback(forged).await;
        let notice =
            app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
        assert!(!notice.message.contains("guessed"), "a stranger's words are not shown: {notice:?}");
        assert!(
            matches!(app.app.connection(), Connection::Waiting { .. }),
            "the login that waits goes on after {forged}"
        );
    }
    let callback = sandbox::browser::accept(&address).await.unwrap();
    app.app.callback(&callback).await;
    let connected = app.app.connection();
    assert!(matches!(connected, Connection::Connected(_)), "the true answer still counts: {connected:?}");
    app.app.callback(&callback).await;
    assert_eq!(app.app.connection(), connected, "the same answer again changes nothing");
}

#[tokio::test]
async fn an_answer_that_this_run_did_not_ask_for_is_refused() {
    let app = TestApp::new().await;
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    let mut app = app.restarted().await;
    app.app.callback(&callback).await;
    let notice = app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert_eq!(notice.hint, Some(Hint::Connect), "the explanation offers the way on: {notice:?}");
    assert!(matches!(app.app.connection(), Connection::Disconnected { .. }), "and nothing is connected");
    assert_eq!(app.sandbox.count("POST", "/oauth/token"), 0, "the code is not even tried");
}

#[tokio::test]
async fn cancelling_stops_the_wait_and_refuses_a_late_answer() {
    let app = TestApp::new().await;
    let address = app.start_login().await;
    assert_eq!(app.app.cancel_connect(), Connection::Disconnected { why: None }, "as before");
    let callback = sandbox::browser::accept(&address).await.unwrap();
    app.app.callback(&callback).await;
    assert!(matches!(app.app.connection(), Connection::Disconnected { .. }), "the person gave that login up");
}

#[tokio::test]
async fn an_account_without_confluence_is_told_so_and_not_connected() {
    let app = TestApp::new().await;
    app.sandbox.set_quirk(Quirk::NoSites, true);
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    app.app.callback(&callback).await;
    let why = why(app.app.connection());
    assert!(why.message.contains("Confluence"), "what is missing: {why:?}");
    assert_eq!(why.hint, Some(Hint::Connect), "another account may have it");
}

#[tokio::test]
async fn sites_are_listed_once_and_only_with_confluence() {
    let mut app = TestApp::new().await;
    app.sandbox.set_quirk(Quirk::DuplicateSites, true);
    app.sandbox.set_quirk(Quirk::OtherSite, true);
    app.connect().await;
    let Connection::Connected(account) = app.app.connection() else { panic!("connected") };
    assert_eq!(account.organizations.len(), 2, "grouped by id, and the site without Confluence is left out");
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_named() {
    let mut app = TestApp::new().await;
    let all: Vec<_> =
        sandbox::SCOPES.iter().copied().filter(|scope| *scope != "write:page:confluence").collect();
    app.sandbox.grant_only(Some(&all));
    app.connect().await;
    let Connection::Connected(account) = app.app.connection() else { panic!("connected") };
    assert_eq!(account.missing_scopes, ["write:page:confluence"], "the person sees what will not work");
}

#[tokio::test]
async fn a_login_without_a_network_says_so() {
    let app = TestApp::new().await;
    let address = app.start_login().await;
    let callback = sandbox::browser::accept(&address).await.unwrap();
    app.sandbox.go_offline().await;
    app.app.callback(&callback).await;
    let why = why(app.app.connection());
    assert!(why.message.contains("cannot be reached"), "what happened: {why:?}");
    assert_eq!(why.hint, Some(Hint::TryAgain { at: None }), "and the way on");
}

/// A keyring that lets nobody in.
struct Locked;

impl Keychain for Locked {
    fn load(&self) -> Result<Option<Secret>, KeychainError> {
        Err(KeychainError::Locked { why: "locked for the test".to_owned() })
    }

    fn save(&self, _: &Secret) -> Result<(), KeychainError> {
        Err(KeychainError::Locked { why: "locked for the test".to_owned() })
    }

    fn delete(&self) -> Result<(), KeychainError> {
        Ok(())
    }
}

#[tokio::test]
async fn without_a_keyring_the_connection_lasts_for_this_run() {
    let mut app = TestApp::with_keychain(Arc::new(Locked)).await;
    app.connect().await;
    let Connection::Connected(account) = app.app.connection() else { panic!("connected") };
    assert!(!account.remembered, "and the app says that it will not be remembered");
}

#[tokio::test]
async fn a_keyring_that_lost_the_connection_asks_to_reconnect() {
    let app = TestApp::connected().await;
    app.empty_keyring();
    let mut app = app.restarted().await;
    let why = app
        .next(|event| match event {
            Event::Connection(connection) => match *connection {
                Connection::NeedsReconnecting { why, .. } => Some(why),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert_eq!(why.hint, Some(Hint::Reconnect), "the way on: {why:?}");
}

#[tokio::test]
async fn disconnecting_deletes_the_tokens() {
    let app = TestApp::connected().await;
    assert_eq!(app.app.disconnect().await.unwrap(), Connection::Disconnected { why: None });
    let app = app.restarted().await;
    assert_eq!(app.app.connection(), Connection::Disconnected { why: None }, "nothing is left to restore");
    assert!(app.tokens_are_gone(), "the keyring holds nothing any more");
}

#[tokio::test]
async fn a_connection_that_atlassian_ended_asks_to_reconnect_and_goes_on_where_it_stopped() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.revoke();
    let delivery = app.app.send(app.new_page(item, "After the end")).await.unwrap();
    let state = app.settled(&delivery).await;
    let sally_core::api::DeliveryState::NeedsYou { why } = state else {
        panic!("a person must act: {state:?}")
    };
    assert_eq!(why.code, ErrorCode::ReconnectNeeded);
    assert!(matches!(app.app.connection(), Connection::NeedsReconnecting { .. }), "the row says so too");
    app.connect().await;
    assert_eq!(app.settled(&delivery).await, SENT, "what waited goes on by itself");
    assert_eq!(app.sandbox.pages_titled("After the end").len(), 1, "once");
}

#[tokio::test]
async fn no_token_is_ever_in_the_cache() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let delivery = app.app.send(app.new_page(item, "Leak test")).await.unwrap();
    app.settled(&delivery).await;
    app.app.end().await;
    let found = |word| files_with(app.folder.path(), word).unwrap();
    assert!(found("Leak test").contains(&FILE_NAME.to_owned()), "the database was looked into");
    for secret in ["sandbox-access", "sandbox-refresh", "sandbox-secret"] {
        assert_eq!(found(secret), Vec::<String>::new(), "tokens live in the keyring and nowhere else");
    }
}

#[tokio::test]
async fn a_login_that_nobody_answers_ends_by_the_clock() {
    let mut app = TestApp::new().await;
    app.start_login().await;
    // As after a sleep of the machine, during which no timer ran.
    app.clock.advance(SignedDuration::from_mins(11));
    let why = app
        .next(|event| match event {
            Event::Connection(connection) => match *connection {
                Connection::Disconnected { why } => why,
                _ => None,
            },
            _ => None,
        })
        .await;
    assert!(why.message.contains("ten minutes"), "{why:?}");
}

#[tokio::test]
async fn two_data_folders_do_not_use_up_the_same_tokens_at_once() {
    let one = TestApp::connected().await;
    // The keyring is the person's, so the login of the second is also that of the first.
    let mut two = one.sibling_on(Arc::new(tempfile::tempdir().unwrap())).await;
    two.connect().await;
    let asked = one.sandbox.count("POST", "/oauth/token");
    one.sandbox.order(Fault::Delay(Duration::from_millis(500)).on("POST", "/oauth/token").always());
    for app in [&one, &two] {
        app.clock.advance(SignedDuration::from_hours(1));
    }
    let wanted = || FindPages {
        organization: Some(one.acme()),
        space: None,
        query: "Rollout".to_owned(),
        parent: false,
    };
    let (first, second) = tokio::join!(one.app.find_pages(wanted()), two.app.find_pages(wanted()));
    assert!(first.is_ok() && second.is_ok(), "both go on: {first:?} {second:?}");
    assert_eq!(one.sandbox.count("POST", "/oauth/token") - asked, 1, "by one renewal");
}
