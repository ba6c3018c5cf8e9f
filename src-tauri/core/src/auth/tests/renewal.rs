//! Tokens that expire, are rotated, are lost in transit, or are revoked.

use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::auth::{EndReason, Refusal, Remedy};
use crate::disk;

/// Seconds after which `access-1` must be renewed.
const EXPIRING: i64 = 3_500;

#[tokio::test]
async fn a_hundred_callers_at_expiry_cause_one_renewal() {
    let stage = Stage::connected().await;
    stage.wait(EXPIRING);
    let signed = futures::future::join_all((0..100).map(|_| stage.sign())).await;
    assert!(signed.iter().all(|value| value.as_ref().unwrap() == "Bearer access-2"), "all got the new one");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1"], "a second renewal would end the connection");
    stage.wait(EXPIRING);
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-3", "the next expiry");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1", "refresh-2"], "the rotated token is the one used");
}

#[tokio::test]
async fn two_processes_share_one_renewal() {
    let stage = Stage::connected().await;
    let other = stage.sibling();
    other.restore().await.unwrap();
    stage.wait(EXPIRING);
    let (ours, theirs) = tokio::join!(stage.sign(), stage.sign_with(&other));
    assert_eq!(ours.unwrap(), "Bearer access-2", "renewed by one of them");
    assert_eq!(theirs.unwrap().0, "Bearer access-2", "taken over by the other");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1"], "one renewal for both");
    stage.session.disconnect().await.unwrap();
    stage.wait(EXPIRING);
    let after = stage.sign_with(&other).await.unwrap_err();
    assert!(matches!(after, Error::NotConnected), "a disconnect holds for both: {after:?}");
}

#[tokio::test]
async fn a_lock_that_another_process_does_not_let_go_of_is_told() {
    let stage = Stage::connected().await;
    let entry = stage.session.settings().keychain_entry();
    let held = disk::try_lock(EntryLock::new(stage.folder.path(), &entry).file()).unwrap().unwrap();
    let mut held_up = stage.session.held_up();
    stage.wait(EXPIRING);
    let letting_go = async {
        while !held_up.has_changed().unwrap() {
            stage.wait(1);
            tokio::task::yield_now().await;
        }
        assert!(*held_up.borrow_and_update(), "the renewal waits, and says for whom");
        drop(held);
    };
    let both = async { tokio::join!(stage.sign(), letting_go) };
    let (renewed, ()) = tokio::time::timeout(Duration::from_secs(60), both).await.unwrap();
    assert_eq!(renewed.unwrap(), "Bearer access-2", "it goes on once the lock is free");
    assert!(held_up.has_changed().unwrap() && !*held_up.borrow(), "and that is told, too");
}

/// Says when it is about to save, and waits until it may.
struct SlowKeychain {
    inner: MemoryKeychain,
    saving: Notify,
    permits: Mutex<mpsc::Receiver<()>>,
}

impl Keychain for SlowKeychain {
    fn load(&self) -> Result<Option<Secret>, keychain::Error> {
        self.inner.load()
    }

    fn save(&self, secret: &Secret) -> Result<(), keychain::Error> {
        self.saving.notify_one();
        self.permits.lock().unwrap().recv().unwrap();
        self.inner.save(secret)
    }

    fn delete(&self) -> Result<(), keychain::Error> {
        self.inner.delete()
    }
}

/// A connected stage whose keyring needs a permit for each save.
async fn slow() -> (Arc<Stage>, Arc<SlowKeychain>, mpsc::Sender<()>) {
    let (permit, permits) = mpsc::channel();
    let keychain = Arc::new(SlowKeychain {
        inner: MemoryKeychain::new(),
        saving: Notify::new(),
        permits: Mutex::new(permits),
    });
    let stage = Stage::with(Arc::<SlowKeychain>::clone(&keychain), "sally://oauth/callback").await;
    permit.send(()).unwrap();
    stage.log_in().await;
    keychain.saving.notified().await;
    (Arc::new(stage), keychain, permit)
}

#[tokio::test]
async fn a_new_pair_is_stored_before_it_is_used() {
    let (stage, keychain, permit) = slow().await;
    stage.wait(EXPIRING);
    let signing = {
        let stage = Arc::clone(&stage);
        tokio::spawn(async move { stage.sign().await })
    };
    keychain.saving.notified().await;
    assert!(stage.stored().contains("refresh-1"), "the keyring still has the old pair");
    assert!(!signing.is_finished(), "nothing is signed while the new pair is not stored");
    permit.send(()).unwrap();
    assert_eq!(signing.await.unwrap().unwrap(), "Bearer access-2", "now it may be used");
    assert!(stage.stored().contains("refresh-2"), "the keyring has the new pair");
}

#[tokio::test]
async fn a_disconnect_outruns_a_save() {
    let (stage, keychain, permit) = slow().await;
    stage.wait(EXPIRING);
    let signing = {
        let stage = Arc::clone(&stage);
        tokio::spawn(async move { stage.sign().await })
    };
    keychain.saving.notified().await;
    let mut disconnecting = Box::pin(stage.session.disconnect());
    assert!(futures::poll!(&mut disconnecting).is_pending(), "it must wait, to delete what is being saved");
    assert!(!stage.session.is_connected(), "but nothing is signed from now on");
    permit.send(()).unwrap();
    disconnecting.await.unwrap();
    let signed = signing.await.unwrap();
    assert!(matches!(signed, Err(Error::NotConnected)), "the renewal came too late: {signed:?}");
    assert_eq!(stage.stored(), "", "no token survives a disconnect");
}

#[tokio::test]
async fn a_disconnect_does_not_wait_for_the_network() {
    let stage = Stage::connected().await;
    stage.wait(EXPIRING);
    let _held_up = stage.endpoint.gate.acquire_many(1_000).await.unwrap();
    let (signed, ()) = tokio::join!(stage.sign(), async {
        stage.endpoint.arrived.notified().await; // the login
        stage.endpoint.arrived.notified().await;
        stage.session.disconnect().await.unwrap();
    });
    assert!(matches!(signed, Err(Error::NotConnected)), "the renewal was cut short: {signed:?}");
    assert_eq!(stage.stored(), "", "no token survives a disconnect");
}

#[tokio::test]
async fn a_caller_who_leaves_does_not_take_the_new_pair_along() {
    let stage = Stage::connected().await;
    stage.endpoint.arrived.notified().await;
    stage.wait(EXPIRING);
    let held_up = stage.endpoint.gate.acquire_many(1_000).await.unwrap();
    {
        let mut signing = Box::pin(stage.sign());
        assert!(futures::poll!(&mut signing).is_pending(), "the renewal takes time");
        stage.endpoint.arrived.notified().await;
    }
    drop(held_up);
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "the next caller gets it");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1"], "from the renewal that was under way");
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    let stage = Stage::connected().await;
    stage.wait(EXPIRING);
    stage.endpoint.trouble(&[Trouble::Lose]);
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-3", "access-2 was lost on the way");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1", "refresh-1"], "accepted within the leeway");
    stage.wait(EXPIRING);
    stage.sign().await.unwrap();
    assert_eq!(stage.endpoint.renewals().last().unwrap(), "refresh-3", "the pair that arrived goes on");
}

#[tokio::test]
async fn passing_faults_keep_the_connection() {
    let stage = Stage::connected().await;
    stage.wait(3_600);
    stage.endpoint.trouble(&[Trouble::Refuse(500, ""), Trouble::Garbage, Trouble::Refuse(502, "<html>")]);
    let down = futures::future::join_all((0..10).map(|_| stage.sign())).await;
    for error in down {
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Server { status: 502, .. }), "the last answer counts: {error:?}");
        assert!(error.is_passing(), "it may go away by itself");
    }
    assert_eq!(stage.endpoint.renewals(), ["refresh-1"; 3], "all ten waited for the same three attempts");

    stage.endpoint.trouble(&[Trouble::Refuse(429, "")]);
    let busy = stage.sign().await.unwrap_err();
    assert!(matches!(busy, Error::Server { status: 429, .. }), "told to slow down: {busy:?}");
    assert_eq!(stage.endpoint.renewals().len(), 4, "so it is not asked again at once");

    assert!(stage.session.is_connected(), "none of this ends a connection");
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "the same token still serves");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1"; 5], "it was never replaced");
}

#[tokio::test]
async fn the_old_token_bridges_a_passing_fault() {
    let mut stage = Stage::connected().await;
    stage.wait(EXPIRING);
    stage.stop().await;
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-1", "it is good for 100 seconds more");
    stage.wait(100);
    let offline = stage.sign().await.unwrap_err();
    assert!(matches!(offline, Error::Offline { .. }), "then there is nothing to sign with: {offline:?}");
    assert!(stage.session.is_connected(), "being offline ends no connection");
}

#[tokio::test]
async fn a_dead_connection_is_not_asked_twice() {
    for body in [
        r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#,
        r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#,
    ] {
        let stage = Stage::connected().await;
        stage.wait(EXPIRING);
        stage.endpoint.trouble(&[Trouble::Refuse(403, body)]);
        for _ in 0..2 {
            let error = stage.sign().await.unwrap_err();
            let is_dead = matches!(error, Error::ReconnectNeeded { why: EndReason::Refused });
            assert!(is_dead, "only a new login helps: {error:?}");
        }
        assert_eq!(stage.endpoint.renewals().len(), 1, "asking again cannot help");
        assert!(!stage.session.is_connected(), "the app shows that it must be connected anew");
        stage.log_in().await;
        assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "which mends it");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_no_reason_to_log_in_again() {
    let stage = Stage::connected().await;
    stage.wait(EXPIRING);
    let body = r#"{"error":"access_denied","error_description":"Unauthorized"}"#;
    stage.endpoint.trouble(&[Trouble::Refuse(401, body)]);
    let error = stage.sign().await.unwrap_err();
    assert!(matches!(error, Error::ClientRefused), "the set-up is wrong, not the person: {error:?}");
    assert!(stage.session.is_connected(), "with the right secret it goes on");
}

#[tokio::test]
async fn a_connection_without_a_refresh_token_ends_with_its_hour() {
    let stage = Stage::new().await;
    stage.endpoint.books().gives_refresh = false;
    stage.log_in().await;
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-1", "it serves for its hour");
    stage.wait(EXPIRING);
    let error = stage.sign().await.unwrap_err();
    assert!(matches!(error, Error::ReconnectNeeded { why: EndReason::NotRenewable }), "and ends: {error:?}");
    assert_eq!(stage.endpoint.requests(), 1, "there was nothing to ask with");
}

#[tokio::test]
async fn a_refusal_is_put_down_to_the_token_only_with_reason() {
    let stage = Stage::connected().await;
    let (_, signed) = stage.sign_with(&stage.session).await.unwrap();
    let remedy = async |refusal| stage.session.refresh_after_refusal(signed, refusal).await.unwrap();
    assert_eq!(remedy(Refusal::Unclear).await, Remedy::Accept, "by its expiry the token is good");
    assert_eq!(stage.endpoint.renewals().len(), 0, "so a 404 means that nothing is there");
    stage.wait(EXPIRING);
    assert_eq!(remedy(Refusal::Unclear).await, Remedy::Repeat, "it expired on the way");
    assert_eq!(remedy(Refusal::Unclear).await, Remedy::Repeat, "others signed with it too");
    assert_eq!(stage.endpoint.renewals().len(), 1, "and one renewal is enough for all");

    let (_, signed) = stage.sign_with(&stage.session).await.unwrap();
    let remedy = stage.session.refresh_after_refusal(signed, Refusal::Token).await.unwrap();
    assert_eq!(remedy, Remedy::Repeat, "a plain 401 speaks of the token, whatever its expiry says");
    assert_eq!(stage.endpoint.renewals(), ["refresh-1", "refresh-2"], "so it was renewed");

    let strange = async || {
        let (_, signed) = stage.sign_with(&stage.session).await.unwrap();
        stage.session.refresh_after_refusal(signed, Refusal::Stranger).await.unwrap()
    };
    assert_eq!(strange().await, Remedy::Repeat, "it may be the token that a site does not know");
    assert_eq!(strange().await, Remedy::Accept, "with a new one it is the account");
    assert_eq!(stage.endpoint.renewals().len(), 3, "so nothing is renewed at each letter that is typed");
    stage.wait(660);
    assert_eq!(strange().await, Remedy::Repeat, "it is tried again after a while");

    // The person took the access away on Atlassian's page.
    stage.endpoint.books().accepted.clear();
    let (_, signed) = stage.sign_with(&stage.session).await.unwrap();
    let revoked = stage.session.refresh_after_refusal(signed, Refusal::Token).await.unwrap_err();
    assert!(matches!(revoked, Error::ReconnectNeeded { .. }), "found out at once: {revoked:?}");
}

#[tokio::test]
async fn a_clock_that_is_set_back_causes_a_renewal() {
    let stage = Stage::connected().await;
    stage.wait(-86_400);
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "the old expiry says nothing any more");
    assert_eq!(stage.sign().await.unwrap(), "Bearer access-2", "the new one does");
}

#[tokio::test]
async fn a_token_goes_to_no_other_host() {
    let stage = Stage::connected().await;
    let mut request = stage.request();
    for address in ["http://127.0.0.1:1/me", "https://example.com/", "https://api.atlassian.com/me"] {
        *request.url_mut() = Url::parse(address).unwrap();
        let error = stage.session.sign(&mut request).await.unwrap_err();
        assert!(matches!(error, Error::ForeignHost { .. }), "{address}: {error:?}");
        assert!(request.headers().is_empty(), "{address} must not see a token");
    }
    *request.url_mut() = stage.request().url().clone();
    stage.session.sign(&mut request).await.unwrap();
    assert!(!format!("{request:?}").contains("access-1"), "the header is marked, so that no log prints it");
}
