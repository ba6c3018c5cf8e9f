//! Where the data lies: it is brought from where earlier versions had it, and does not lie just anywhere.

use jiff::SignedDuration;
use sally_core::api::{DeliveryState, ErrorCode, Send};
use sally_core::app::Event;
use sally_core::clock::Clock as _;
use sally_core::store::FILE_NAME;
use sandbox::{Fault, RetryAfter};

use super::app::{Around, SENT, TestApp};
use super::backup;

fn notices(app: &mut TestApp) -> Vec<String> {
    let notice = |event| match event {
        Event::Notice(notice) => Some(notice.message),
        _ => None,
    };
    app.told().into_iter().filter_map(notice).collect()
}

#[tokio::test]
async fn what_an_earlier_version_left_elsewhere_goes_on_as_if_it_had_always_been_here() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let sent = app.app.send(app.new_page(item, "Before the move")).await.unwrap();
    assert_eq!(app.settled(&sent).await, SENT);
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(90)).on("POST", "/pages"));
    let waits = app.app.send(Send { again: true, ..app.new_page(item, "Over the move") }).await.unwrap();
    assert!(matches!(app.settled(&waits).await, DeliveryState::Waiting { .. }));
    let now = app.clock.now();
    let around = app.ended().await;
    around.sandbox.forgive();
    let (older, folder) = (around.folder, std::sync::Arc::new(tempfile::tempdir().unwrap()));
    let around = Around { folder, ..around };
    let mut app = TestApp::start_after(Some(older.path()), around, now + SignedDuration::from_mins(2)).await;
    assert_eq!(app.settled(&waits).await, SENT, "what waited goes");
    assert_eq!(app.sandbox.pages_titled("Over the move").len(), 1, "once");
    assert_eq!(app.sandbox.pages_titled("Before the move").len(), 1);
    assert_eq!(app.app.deliveries().await.unwrap().len(), 2);
    assert_eq!(notices(&mut app), Vec::<String>::new(), "it is no older copy of itself");
    assert!(!older.path().join(FILE_NAME).exists() && app.folder.path().join(FILE_NAME).exists());
    assert_eq!(app.app.status().await.unwrap().data_folder, app.folder.path().display().to_string());

    // A backup of before the move still is one.
    let backup = tempfile::tempdir().unwrap();
    let now = app.clock.now();
    let around = app.ended().await;
    backup::copy(around.folder.path(), backup.path()).unwrap();
    let around = TestApp::start(around, now).await.ended().await;
    backup::put_back(backup.path(), around.folder.path()).unwrap();
    let mut app = TestApp::start_after(Some(older.path()), around, now).await;
    app.next(|event| match event {
        Event::Notice(notice) if notice.code == ErrorCode::OlderCopy => Some(()),
        _ => None,
    })
    .await;
}

#[tokio::test]
async fn data_in_both_folders_is_said() {
    let app = TestApp::new().await;
    app.sample().await;
    let (older, newer) = (TestApp::new().await.ended().await.folder, app.clock.now());
    let around = app.ended().await;
    let mut app = TestApp::start_after(Some(older.path()), around, newer).await;
    let said = notices(&mut app);
    assert!(matches!(&said[..], [one] if one.contains("sally.db.damaged-1")), "where the other is: {said:?}");
    let mut app = app.restarted().await;
    assert_eq!(notices(&mut app), Vec::<String>::new(), "once");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_on_a_network_is_refused_also_where_it_does_not_answer() {
    use super::app::soon;
    use super::hung::Hung;

    let folder = tempfile::tempdir().unwrap();
    let network = folder.path().join("network");
    std::fs::create_dir(&network).unwrap();
    let Some(_hung) = Hung::at(&network, "fuse.sshfs") else { return };
    let refused = soon("it is refused", TestApp::refused_in(&network.join("data"))).await;
    assert_eq!(refused.code, ErrorCode::Failed);
    for part in ["network/data", "fuse.sshfs", "SALLY_DATA_DIR"] {
        assert!(refused.message.contains(part), "{part}: {}", refused.message);
    }
}

#[tokio::test]
async fn a_synchronised_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".dropbox"), "{}").unwrap();
    let refused = TestApp::refused_in(&folder.path().join("data")).await;
    assert_eq!(
        (refused.code, refused.hint),
        (ErrorCode::Failed, None),
        "nothing to press: it is not for the app to mend"
    );
    for part in ["Dropbox", "SALLY_DATA_DIR"] {
        assert!(refused.message.contains(part), "{part}: {}", refused.message);
    }
    assert!(!folder.path().join("data").exists(), "nothing is made there");
}
