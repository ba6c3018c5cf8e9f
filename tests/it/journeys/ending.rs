//! The end of the app: what is on its way is waited for and recorded, for some seconds and no longer.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use sally_core::api::{DeliveryState, DeliveryView, Settings};
use sally_core::app::END_TIMEOUT;
use sally_core::auth::MemoryKeychain;
use sally_core::auth::keychain::{Error as KeychainError, Keychain};
use sally_core::auth::token::Secret;
use sandbox::Fault;

use super::app::{SENT, TestApp};

const COMMENTS: &str = "/footer-comments";

/// A comment that is on its way.
async fn comment_on_its_way(fault: Fault) -> (TestApp, DeliveryView) {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(fault.on("POST", COMMENTS));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while app.changed(&delivery).await != DeliveryState::Sending {}
    (app, delivery)
}

async fn state(app: &TestApp, delivery: &DeliveryView) -> DeliveryState {
    let all = app.app.deliveries().await.unwrap();
    all.into_iter().find(|one| one.id == delivery.id).unwrap().state
}

#[tokio::test]
async fn a_comment_on_its_way_is_recorded_before_the_app_ends() {
    let (app, delivery) = comment_on_its_way(Fault::Delay(Duration::from_millis(700))).await;
    app.app.end().await;
    assert_eq!(state(&app, &delivery).await, SENT, "its answer was waited for");
    let app = app.restarted().await;
    assert_eq!(state(&app, &delivery).await, SENT, "and nobody has to look for it");
    assert_eq!(app.sandbox.count("POST", COMMENTS), 1, "it was posted once");
    assert_eq!(app.sandbox.comments().len(), 1, "and is there once");
}

#[tokio::test]
async fn what_waits_behind_it_goes_at_the_next_start() {
    let (app, first) = comment_on_its_way(Fault::Delay(Duration::from_millis(700))).await;
    let item = app.sample().await.items.remove(1).id;
    let second = app.app.send(app.new_page(item, "Behind it")).await.unwrap();
    app.app.end().await;
    assert_eq!(state(&app, &first).await, SENT, "what was on its way arrived");
    assert_eq!(state(&app, &second).await, DeliveryState::Queued, "nothing new was begun");
    let mut app = app.restarted().await;
    assert_eq!(app.settled(&second).await, SENT, "it goes by itself");
    assert_eq!(app.sandbox.pages_titled("Behind it").len(), 1, "and is there once");
}

#[tokio::test]
async fn an_answer_that_never_comes_holds_nobody_up_and_is_doubted_at_the_next_start() {
    let (app, delivery) = comment_on_its_way(Fault::LoseAnswer).await;
    let began = Instant::now();
    app.app.end().await;
    let took = began.elapsed();
    assert!(took >= END_TIMEOUT, "it was waited for: {took:?}");
    assert!(took < END_TIMEOUT * 2, "but not for ever: {took:?}");
    assert_eq!(state(&app, &delivery).await, DeliveryState::Sending, "nobody knows what became of it");
    let mut app = app.restarted().await;
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    assert_eq!(app.settled(&delivery).await, SENT, "it was found");
    assert_eq!(app.sandbox.count("POST", COMMENTS), 1, "and not posted again");
}

#[tokio::test]
async fn to_end_twice_is_to_end_once() {
    let (app, delivery) = comment_on_its_way(Fault::Delay(Duration::from_millis(700))).await;
    tokio::join!(app.app.end(), app.app.end());
    assert_eq!(state(&app, &delivery).await, SENT, "both waited");
    app.app.end().await;
    let refused = app.app.save_settings(Settings::default()).await;
    assert!(refused.is_err(), "the database is closed: {refused:?}");
}

/// A keyring that shows its tokens when somebody has typed a password.
#[derive(Default)]
struct Asking {
    kept: MemoryKeychain,
    answered: Mutex<bool>,
    answer: Condvar,
}

impl Asking {
    fn let_in(&self, on: bool) {
        *self.answered.lock().unwrap() = on;
        self.answer.notify_all();
    }
}

impl Keychain for Asking {
    fn load(&self) -> Result<Option<Secret>, KeychainError> {
        drop(self.answer.wait_while(self.answered.lock().unwrap(), |answered| !*answered).unwrap());
        self.kept.load()
    }

    fn save(&self, secret: &Secret) -> Result<(), KeychainError> {
        self.kept.save(secret)
    }

    fn delete(&self) -> Result<(), KeychainError> {
        self.kept.delete()
    }
}

#[tokio::test]
async fn a_keyring_that_waits_for_its_password_holds_nobody_up() {
    let keychain = Arc::new(Asking::default());
    keychain.let_in(true);
    let mut app = TestApp::with_keychain(Arc::clone(&keychain) as Arc<dyn Keychain>).await;
    app.connect().await;
    keychain.let_in(false);
    let app = app.restarted().await;
    let began = Instant::now();
    app.app.end().await;
    let took = began.elapsed();
    // The thread that asks must not outlive the test.
    keychain.let_in(true);
    assert!(took < END_TIMEOUT, "nothing was on its way: {took:?}");
}
