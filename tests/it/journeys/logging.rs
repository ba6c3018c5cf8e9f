//! The file of the log, while something goes wrong: it says that it did, and no word of the meeting.

use sally_core::api::DeliveryState;
use sally_core::log::{FILE, FOLDER, Log};
use tracing_subscriber::layer::SubscriberExt as _;

use super::alone::is_alone;
use super::app::TestApp;

#[tokio::test]
async fn the_file_tells_of_an_attempt_and_holds_no_word_of_the_meeting() {
    if !is_alone("journeys::logging::the_file_tells_of_an_attempt_and_holds_no_word_of_the_meeting") {
        return;
    }
    let (log, data) = (Log::start(), tempfile::tempdir().unwrap());
    log.lie_in(data.path());
    // The test and what it spawns run in this one thread.
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(log.layer()));
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = &meeting.items[0];
    app.sandbox.go_offline().await;
    let delivery = app.app.send(app.new_page(item.id, "The quiet title")).await.unwrap();
    let state = app.settled(&delivery).await;
    assert!(matches!(state, DeliveryState::Waiting { .. }), "it waits for the network: {state:?}");
    app.ended().await;
    log.flush();
    let text = std::fs::read_to_string(data.path().join(FOLDER).join(FILE)).unwrap();
    let line = text.lines().find(|line| line.contains("a delivery did not get through")).expect(&text);
    assert!(
        line.contains(&delivery.id.to_string()) && line.contains("cannot be reached"),
        "which, and why: {line}"
    );
    for words in ["The quiet title", "behind a flag", &meeting.title, &item.text] {
        assert!(!text.contains(words), "“{words}” is in {text}");
    }
}
