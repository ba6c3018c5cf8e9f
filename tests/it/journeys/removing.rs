//! Everything is removed: tokens of all kinds and all data go, what is somebody else's stays, and whatever is in the way is
//! named.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sally_core::api::{ConnectServer, Connection, DeliveryState, Hint, ListMeetings};
use sally_core::auth::keychain::{self, Keychain};
use sally_core::auth::token::Secret;
use sally_core::clock::Clock as _;
use sally_core::store::FILE_NAME;
use sandbox::Fault;

use super::app::{Around, SENT, TestApp};
use super::tokens::{Locking, scoped, with_token};

const COMMENTS: &str = "/footer-comments";

/// A connection of each kind, and meetings.
async fn with_everything() -> TestApp {
    let app = TestApp::connected().await;
    let token = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    let server =
        ConnectServer { token: app.sandbox.sally_token().into(), company: None, address: None, again: None };
    app.app.connect_server(server).await.unwrap();
    app.sample().await;
    app
}

fn keychains(app: &TestApp) -> [&Arc<dyn Keychain>; 4] {
    [&app.keychain, &app.token_keychain, &app.server_keychain, &app.marks]
}

fn has_secrets(app: &TestApp) -> [bool; 4] {
    keychains(app).map(|keychain| keychain.load().unwrap().is_some())
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn tokens_and_data_go_and_what_is_somebody_elses_stays() {
    let app = with_everything().await;
    for name in ["", "-wal", "-shm"] {
        app.file(&format!("{FILE_NAME}.damaged-1{name}"), "damaged");
    }
    app.file(&format!("{FILE_NAME}.backup"), "a copy");
    app.file(&format!("{FILE_NAME}.backup-new"), "half a copy");
    let others = ["notes.md", &format!("{FILE_NAME}.mine"), &format!("{FILE_NAME}.damaged-old")];
    for name in others {
        app.file(name, "somebody's");
    }
    assert_eq!(has_secrets(&app), [true; 4], "there is something to remove");

    app.app.can_remove_everything().await.unwrap();
    assert_eq!(has_secrets(&app), [true; 4], "to ask takes nothing");
    assert_eq!(app.app.remove_everything().await, [""; 0], "nothing is left");
    assert_eq!(has_secrets(&app), [false; 4], "no token, and no number");
    let mut kept = others.to_vec();
    kept.sort_unstable();
    assert_eq!(names(app.folder.path()), kept, "of the folder's files");
    assert!(app.app.status().await.is_err(), "the app is over");
    assert_eq!(app.app.remove_everything().await, [""; 0], "and there is nothing more to remove");

    let app = app.restarted().await;
    assert!(matches!(app.app.connection(), Connection::Disconnected { .. }), "a first start");
    let list = app.app.list_meetings(ListMeetings { limit: 9, ..ListMeetings::default() }).await.unwrap();
    assert!(list.rows.is_empty() && app.app.deliveries().await.unwrap().is_empty(), "without anything");
}

#[tokio::test]
async fn the_folder_goes_where_nothing_else_is_in_it() {
    let app = with_everything().await;
    assert_eq!(app.app.remove_everything().await, [""; 0]);
    assert!(!app.folder.path().exists());
}

#[tokio::test]
async fn a_locked_keyring_keeps_everything_as_it_is() {
    let locking = Arc::new(Locking::default());
    let app = TestApp::new().await;
    let now = app.clock.now();
    let around = Around { server_keychain: Arc::clone(&locking) as Arc<dyn Keychain>, ..app.ended().await };
    let mut app = TestApp::start(around, now).await;
    app.connect().await;
    let item = app.sample().await.items.remove(0).id;
    locking.is_locked.store(true, Ordering::SeqCst);

    let refused = app.app.can_remove_everything().await.unwrap_err().view();
    assert_eq!(refused.hint, Some(Hint::UnlockKeyring), "{refused:?}");
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "the app is as it was");

    locking.is_locked.store(false, Ordering::SeqCst);
    app.app.can_remove_everything().await.unwrap();
    locking.is_locked.store(true, Ordering::SeqCst);
    let left = app.app.remove_everything().await;
    assert!(left.len() == 1 && left[0].contains("keyring"), "locked in between: {left:?}");
    assert!(!app.folder.path().exists(), "the rest is gone");
    locking.is_locked.store(false, Ordering::SeqCst);
    assert_eq!(app.app.remove_everything().await, [""; 0], "the second time goes on there");
}

#[tokio::test]
async fn what_cannot_be_deleted_is_named_and_the_rest_goes() {
    let app = with_everything().await;
    let in_the_way = app.file(&format!("{FILE_NAME}.backup/notes"), "a folder in the place of the copy");
    let left = app.app.remove_everything().await;
    let folder = in_the_way.parent().unwrap();
    assert!(
        left.len() == 1 && left[0].starts_with(&folder.display().to_string()),
        "with its place: {left:?}"
    );
    assert_eq!(
        (names(app.folder.path()), has_secrets(&app)),
        (vec![format!("{FILE_NAME}.backup")], [false; 4])
    );
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(app.app.remove_everything().await, [""; 0]);
    assert!(!app.folder.path().exists(), "and the folder with it");
}

/// No program keeps secrets on this machine.
struct NoKeyring;

impl NoKeyring {
    fn error<T>() -> Result<T, keychain::Error> {
        Err(keychain::Error::NoKeyring { why: "none for the test".to_owned() })
    }
}

impl Keychain for NoKeyring {
    fn load(&self) -> Result<Option<Secret>, keychain::Error> {
        Self::error()
    }

    fn save(&self, _: &Secret) -> Result<(), keychain::Error> {
        Self::error()
    }

    fn delete(&self) -> Result<(), keychain::Error> {
        Self::error()
    }
}

fn without_keyring(around: Around) -> Around {
    let none = || Arc::new(NoKeyring) as Arc<dyn Keychain>;
    Around { keychain: none(), marks: none(), token_keychain: none(), server_keychain: none(), ..around }
}

#[tokio::test]
async fn where_there_never_was_a_keyring_nothing_is_missed_in_it() {
    let app = TestApp::new().await;
    let now = app.clock.now();
    let mut app = TestApp::start(without_keyring(app.ended().await), now).await;
    app.connect().await;
    app.app.can_remove_everything().await.unwrap();
    assert_eq!(app.app.remove_everything().await, [""; 0]);
    assert!(!app.folder.path().exists());
}

#[tokio::test]
async fn a_keyring_that_had_tokens_and_is_not_there_is_not_passed_over() {
    let app = TestApp::connected().await;
    let now = app.clock.now();
    let app = TestApp::start(without_keyring(app.ended().await), now).await;
    app.app.can_remove_everything().await.unwrap_err();
    app.app.status().await.unwrap();
}

#[tokio::test]
async fn what_is_on_its_way_arrives_once_before_it_is_forgotten() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    app.sandbox.order(Fault::Delay(Duration::from_millis(700)).on("POST", COMMENTS));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while app.changed(&delivery).await != DeliveryState::Sending {}
    let (one, other) = (app.app.clone(), app.app.clone());
    let twice = tokio::join!(one.remove_everything(), other.remove_everything());
    assert_eq!(twice, (Vec::new(), Vec::new()), "asked for twice, it is done once");
    assert_eq!(app.sandbox.comments().len(), 1, "it was not cut off");
    assert!(!app.folder.path().exists());
}
