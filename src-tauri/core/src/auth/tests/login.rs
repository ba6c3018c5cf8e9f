//! The login from `Connect` to the first tokens, and callbacks that must be rejected.

use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::auth::scopes;

#[tokio::test]
async fn the_browser_opens_atlassians_consent_page() {
    let stage = Stage::new().await;
    let start = stage.session.start_login().await.unwrap();
    let page = &start.authorize;
    assert_eq!(
        format!("{}{}", page.origin().ascii_serialization(), page.path()),
        stage.address.clone() + "/authorize"
    );
    let mut names: Vec<_> = page.query_pairs().map(|(name, _)| name.into_owned()).collect();
    names.sort();
    let expected = [
        "audience",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ];
    assert_eq!(names, expected, "each parameter once, and no other");
    for (name, value) in [
        ("audience", "api.atlassian.com"),
        ("client_id", "client"),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("redirect_uri", "sally://oauth/callback"),
        ("response_type", "code"),
    ] {
        assert_eq!(parameter(&start, name).as_deref(), Some(value), "{name}");
    }
    let asked = parameter(&start, "scope").unwrap();
    assert_eq!(asked, scopes::names().collect::<Vec<_>>().join(" "), "exactly the 13 scopes");
    assert!(!page.query().unwrap().contains('+'), "Atlassian's documentation separates scopes by %20");
    assert!(parameter(&start, "state").unwrap().len() >= 22, "128 bits of randomness take 22 letters");
    assert_eq!(stage.session.waiting(), Some((start.since, start.until)), "the app shows that it waits");
    assert_eq!(start.until.duration_since(start.since).as_mins(), 10, "as the app says");
    let again = stage.session.start_login().await.unwrap();
    assert_ne!(parameter(&start, "state"), parameter(&again, "state"), "each login has its own state");
    assert_eq!(stage.endpoint.requests(), 0, "nothing is asked before the person comes back");
}

#[tokio::test]
async fn a_code_becomes_a_connection() {
    // A parser would write this differently.
    let relay = "https://EXAMPLE.com:443/a%2Fb";
    let stage = Stage::with(Arc::new(MemoryKeychain::new()), relay).await;
    let start = stage.session.start_login().await.unwrap();
    let granted = stage.session.finish_login(&answer(&start)).await.unwrap();
    assert_eq!(granted.scopes, ["offline_access", "read:me"], "what the server granted, not what was asked");
    assert_eq!(stage.stored(), "", "nothing is kept before it is known whose it is");
    assert!(!stage.session.is_connected(), "nor signs for anybody");
    let kept = stage.session.keep(granted.login, &"ada".into()).await.unwrap();
    assert!(kept.remembered, "the keyring took the tokens");

    let form = stage.endpoint.books().log[0].clone();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "the-code");
    assert_eq!(form["client_id"], "client");
    assert_eq!(form["client_secret"], CLIENT_SECRET, "Atlassian wants it in the body");
    assert_eq!(form["redirect_uri"], relay, "byte for byte as it was set");
    assert_eq!(parameter(&start, "redirect_uri").as_deref(), Some(relay), "in both steps");
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(
        parameter(&start, "code_challenge").as_deref(),
        Some(challenge.as_str()),
        "they belong together"
    );

    assert!(stage.session.is_connected(), "the connection stands");
    assert_eq!(stage.session.waiting(), None, "nothing waits any more");
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-1", "requests are signed with it");
    assert_eq!(stage.endpoint.requests(), 1, "a fresh token needs no renewal");
}

#[tokio::test]
async fn only_the_answer_to_the_waiting_login_counts_and_only_once() {
    let stage = Stage::new().await;
    let unexpected = async |callback: String, waiting: bool, why: &str| {
        let error = stage.session.finish_login(&callback).await.unwrap_err();
        assert!(matches!(error, Error::Unexpected { waiting: w } if w == waiting), "{why}: {error:?}");
        assert_eq!(stage.endpoint.requests(), 0, "{why}: no code is exchanged");
    };
    unexpected("sally://oauth/callback?code=c&state=s".into(), false, "this run started no login").await;

    let old = stage.session.start_login().await.unwrap();
    let start = stage.session.start_login().await.unwrap();
    unexpected(answer(&old), true, "a newer login took its place").await;
    unexpected("sally://oauth/callback?code=c&state=forged".into(), true, "a forged state").await;
    unexpected("sally://oauth/callback?error=access_denied&state=forged".into(), true, "a forged refusal")
        .await;
    let malformed = stage.session.finish_login("sally://oauth/callback?code=c").await.unwrap_err();
    assert!(matches!(malformed, Error::BadCallback(_)), "no state at all: {malformed:?}");
    assert_eq!(stage.session.waiting(), Some((start.since, start.until)), "the login is undisturbed");

    stage.keep(&answer(&start)).await;
    let replayed = stage.session.finish_login(&answer(&start)).await.unwrap_err();
    assert!(matches!(replayed, Error::Unexpected { waiting: false }), "a state serves once: {replayed:?}");
    assert_eq!(stage.endpoint.requests(), 1, "the code was exchanged once");
    assert!(stage.session.is_connected(), "a replay does not disturb the connection");
}

#[tokio::test]
async fn a_late_answer_is_told_from_a_forged_one() {
    let stage = Stage::new().await;
    let start = stage.session.start_login().await.unwrap();
    stage.wait(600);
    assert_eq!(stage.session.waiting(), None, "the app no longer says that it waits");
    let error = stage.session.finish_login(&answer(&start)).await.unwrap_err();
    assert!(matches!(error, Error::LoginExpired), "the person learns that it took too long: {error:?}");
    assert_eq!(stage.endpoint.requests(), 0, "its code is not exchanged");

    let start = stage.session.start_login().await.unwrap();
    stage.wait(599);
    stage.session.finish_login(&answer(&start)).await.unwrap();
}

#[tokio::test]
async fn declining_ends_the_login() {
    let stage = Stage::new().await;
    for (word, is_right) in [
        ("access_denied", (|error| matches!(error, Error::Declined)) as fn(&Error) -> bool),
        ("server_error", |error| matches!(error, Error::LoginRefused { reason } if reason == "server_error")),
    ] {
        let start = stage.session.start_login().await.unwrap();
        let right = parameter(&start, "state").unwrap();
        let callback = format!("sally://oauth/callback?error={word}&error_description=x&state={right}");
        let error = stage.session.finish_login(&callback).await.unwrap_err();
        assert!(is_right(&error), "{word}: {error:?}");
        assert_eq!(stage.session.waiting(), None, "{word}: nothing waits any more");
    }
    assert_eq!(stage.endpoint.requests(), 0, "there was nothing to exchange");
}

#[tokio::test]
async fn a_login_can_be_called_off() {
    let stage = Stage::new().await;
    let start = stage.session.start_login().await.unwrap();
    stage.session.cancel_login();
    let error = stage.session.finish_login(&answer(&start)).await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { waiting: false }), "nobody waits for it: {error:?}");

    // Also while its code is being exchanged.
    let start = stage.session.start_login().await.unwrap();
    let held_up = stage.endpoint.gate.acquire_many(1_000).await.unwrap();
    let session = stage.session.clone();
    let finishing = tokio::spawn(async move { session.finish_login(&answer(&start)).await });
    stage.endpoint.arrived.notified().await;
    stage.session.cancel_login();
    drop(held_up);
    let error = finishing.await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Unexpected { waiting: false }), "it was called off: {error:?}");
    assert!(!stage.session.is_connected(), "and brought no connection");
    assert_eq!(stage.stored(), "", "nor tokens in the keyring");
}

#[tokio::test]
async fn refusals_of_the_code_say_what_helps() {
    let stage = Stage::new().await;
    let finish = async |trouble| {
        stage.endpoint.trouble(&[trouble]);
        let start = stage.session.start_login().await.unwrap();
        stage.session.finish_login(&answer(&start)).await.unwrap_err()
    };
    let wrong_secret = finish(Trouble::Refuse(401, r#"{"error":"access_denied"}"#)).await;
    assert!(matches!(wrong_secret, Error::ClientRefused), "trying again cannot help: {wrong_secret:?}");
    let used = finish(Trouble::Refuse(403, r#"{"error":"invalid_grant","error_description":"x"}"#)).await;
    assert!(matches!(used, Error::LoginRefused { .. }), "a new login helps: {used:?}");
    let down = finish(Trouble::Refuse(503, "<html>")).await;
    assert!(matches!(down, Error::Server { status: 503, .. }), "waiting helps: {down:?}");
    let lost = finish(Trouble::Lose).await;
    assert!(matches!(lost, Error::Unanswered { .. }), "the answer was lost: {lost:?}");
    let garbage = finish(Trouble::Garbage).await;
    assert!(matches!(garbage, Error::Unreadable), "no token came: {garbage:?}");
    assert!(!format!("{garbage:?}").contains("hidden"), "what came may hold tokens: {garbage:?}");
    assert!(!stage.session.is_connected(), "none of them connects");
}

#[tokio::test]
async fn without_a_keyring_the_connection_lasts_for_this_run() {
    let stage = Stage::with(Arc::new(LockedKeychain), "sally://oauth/callback").await;
    let granted = stage.log_in().await;
    assert!(!granted.remembered, "the app must say so");
    assert!(matches!(granted.keychain, Some(keychain::Error::Locked { .. })), "and why");
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-1", "it works nevertheless");
    stage.wait(3_600);
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "and is renewed in memory");
    assert!(!stage.session.is_remembered(), "still only for this run");
    let failed = stage.session.disconnect().await.unwrap_err();
    assert!(matches!(failed, Error::Keychain(_)), "the keyring could not be asked: {failed:?}");
    assert!(matches!(stage.sign().await, Err(Error::NotConnected)), "but nothing is signed any more");
}

#[tokio::test]
async fn a_connection_outlives_the_program() {
    let stage = Stage::connected().await;
    let next_run = stage.sibling();
    assert!(!next_run.is_connected(), "before the keyring was read");
    let restored = next_run.restore().await.unwrap().expect("the keyring holds a connection");
    assert_eq!(restored.scopes, ["offline_access", "read:me"]);
    assert!(next_run.is_connected() && next_run.is_remembered(), "as it was left");
    assert_eq!(stage.sign_with(&next_run).await.unwrap().0, "Bearer access-1", "with the same tokens");
    assert_eq!(stage.endpoint.requests(), 1, "the login was the only request");

    stage.session.disconnect().await.unwrap();
    assert_eq!(stage.stored(), "", "the keyring forgot it");
    assert!(stage.sibling().restore().await.unwrap().is_none(), "so there is nothing to restore");
}

#[tokio::test]
async fn the_answer_may_arrive_at_a_port() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let stage = Stage::with(Arc::new(MemoryKeychain::new()), &redirect_uri).await;
    // A login that takes another's place takes its port too.
    let mut first = stage.session.start_login().await.unwrap().callbacks.unwrap();
    let mut start = stage.session.start_login().await.unwrap();
    assert_eq!(first.recv().await, None, "the first login is over");

    let query = answer(&start);
    let query = query.split_once('?').unwrap().1;
    let mut browser = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET /callback?{query} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n");
    browser.write_all(request.as_bytes()).await.unwrap();
    let callback = start.callbacks.as_mut().unwrap().recv().await.unwrap();
    stage.session.finish_login(&callback).await.unwrap();
    let mut page = String::new();
    browser.read_to_string(&mut page).await.unwrap();
    assert!(page.contains("close this window"), "the person sees that it worked: {page}");
    assert_eq!(stage.endpoint.books().log[0]["redirect_uri"], redirect_uri, "not the deep link it became");
    assert_eq!(start.callbacks.unwrap().recv().await, None, "nothing listens after the login");
    for _ in 0..10 {
        stage.session.start_login().await.unwrap();
        stage.session.cancel_login();
    }
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let redirect_uri = format!("http://127.0.0.1:{port}/callback");
    let stage = Stage::with(Arc::new(MemoryKeychain::new()), &redirect_uri).await;
    let Err(error) = stage.session.start_login().await else { panic!("another program listens there") };
    assert!(error.to_string().contains(&port.to_string()), "the person can find the other program: {error}");
    assert_eq!(stage.session.waiting(), None, "no answer could arrive");
}
