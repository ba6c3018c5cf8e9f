//! Meetings from Sally, and from other servers that speak MCP, over real HTTP.

mod connecting;
mod flooding;
mod reading;

use jiff::{SignedDuration, Timestamp};
use sally_core::api::{
    ConnectServer, ListMeetings, MeetingServer, MeetingView, SyncMeetings, SyncReport, SyncState,
};
use sally_core::app::Event;
use sandbox::Recording;

use super::app::{TestApp, soon};

const ASKED: SyncMeetings = SyncMeetings { asked: true };
const LOOKED: SyncMeetings = SyncMeetings { asked: false };
const MCP: &str = "/api/v1/McpExternal";

fn pasted(token: &str) -> ConnectServer {
    ConnectServer { token: token.to_owned().into(), company: None, address: None, again: None }
}

fn all() -> ListMeetings {
    ListMeetings { limit: 500, ..ListMeetings::default() }
}

pub(super) async fn connected() -> (TestApp, MeetingServer) {
    let app = TestApp::new().await;
    let server = app.app.connect_server(pasted(&app.sandbox.sally_token())).await.unwrap().unwrap();
    (app, server)
}

/// Presses `Sync now`, and waits for the end. Time passes where it is waited for.
pub(super) async fn sync(app: &mut TestApp) -> SyncReport {
    app.app.sync_meetings(ASKED).await.unwrap();
    ended(app).await
}

pub(super) async fn ended(app: &mut TestApp) -> SyncReport {
    let ended = async {
        loop {
            match next_state(app).await {
                SyncState::Ended(report) => return report,
                SyncState::Waiting { until, .. } => {
                    let left = until.duration_since(sally_core::clock::Clock::now(&*app.clock));
                    app.clock.advance(left.max(SignedDuration::ZERO));
                }
                _ => {}
            }
        }
    };
    soon("the sync ends", ended).await
}

async fn next_state(app: &mut TestApp) -> SyncState {
    app.next(|event| match event {
        Event::Sync(state) => Some(state),
        _ => None,
    })
    .await
}

async fn titles(app: &TestApp) -> Vec<String> {
    app.app.list_meetings(all()).await.unwrap().rows.into_iter().map(|row| row.title).collect()
}

async fn open(app: &TestApp, title: &str) -> MeetingView {
    let rows = app.app.list_meetings(all()).await.unwrap().rows;
    let row =
        rows.into_iter().find(|row| row.title == title).unwrap_or_else(|| panic!("{title} is in the list"));
    app.app.open_meeting(row.id).await.unwrap()
}

fn recording(id: &str, subject: &str, held: Timestamp) -> Recording {
    Recording {
        id: id.to_owned(),
        subject: subject.to_owned(),
        held,
        minutes: 30,
        attendees: vec!["Ada Lovelace".to_owned()],
        insights: vec![format!("{subject} went well")],
        decisions: Vec::new(),
        next_steps: Vec::new(),
        tasks: Vec::new(),
        transcript: vec![(1, "Ada Lovelace".to_owned(), "Hello".to_owned())],
    }
}

/// As many recordings as asked for, an hour apart, and none beside them.
pub(super) fn fill(app: &TestApp, count: usize) {
    for one in app.sandbox.recordings() {
        app.sandbox.delete_recording(&one.id);
    }
    let now = sally_core::clock::Clock::now(&*app.clock);
    for number in 0..count {
        let held = now - SignedDuration::from_hours(i64::try_from(number).unwrap() + 1);
        app.sandbox.record(recording(&format!("rec-{number}"), &format!("Meeting {number}"), held));
    }
}
