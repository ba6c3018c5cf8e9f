//! The recording of a meeting, whose address is a stranger's.

use sally_core::api::{ImportText, Link};
use sally_core::domain::id::MeetingId;
use serde_json::json;

use super::app::TestApp;

impl TestApp {
    /// A meeting whose recording is there, as its file says.
    async fn recorded(&self, title: &str, address: &str) -> MeetingId {
        let file =
            json!({ "title": title, "date": "2026-11-12", "recording_url": address, "decisions": ["One"] });
        let report = self.app.import_text(ImportText { text: file.to_string() }).await.unwrap();
        report.added[0]
    }

    async fn open_recording(&self, meeting: MeetingId) {
        self.app.open_link(Link::Recording { meeting }).await.unwrap();
    }
}

#[tokio::test]
async fn no_recording_leads_to_a_host_that_the_person_did_not_agree_to() {
    let mut app = TestApp::new().await;
    let one = app.recorded("One", "https://media.example/1?d=zqsecret").await;
    let two = app.recorded("Two", "https://evil.example:8443/2").await;
    let shown = app.app.open_meeting(two).await.unwrap().recording;
    assert_eq!(shown.as_deref(), Some("evil.example:8443"), "and it is shown which host that is");
    app.answers(false);
    app.open_recording(one).await;
    app.open_recording(two).await;
    assert!(app.opened().is_empty(), "no is no failure, and opens nothing: {:?}", app.opened());
    assert_eq!(app.questions(), ["Open media.example?", "Open evil.example:8443?"]);
    app.answers(true);
    app.open_recording(one).await;
    assert_eq!(app.questions(), ["Open media.example?"], "what was not allowed is asked again");
    assert_eq!(app.opened().len(), 1);
    app.answers(false);
    app.open_recording(two).await;
    assert_eq!((app.opened().len(), app.questions().len()), (1, 1), "one host says nothing about another");
}

#[tokio::test]
async fn a_host_is_asked_about_once_also_after_a_restart() {
    let mut app = TestApp::new().await;
    let one = app.recorded("One", "https://media.example/1").await;
    let two = app.recorded("Two", "https://media.example/2").await;
    app.open_recording(one).await;
    assert_eq!(app.questions().len(), 1);
    app.open_recording(two).await;
    let mut app = app.restarted().await;
    app.answers(false);
    app.open_recording(one).await;
    assert!(app.questions().is_empty(), "it was agreed to");
    assert_eq!(app.opened().len(), 1, "the browser of this run");
}
