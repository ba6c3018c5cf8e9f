//! Meetings from Sally, and from other servers that speak MCP, over real HTTP.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sally_core::api::{
    ConnectServer, ErrorCode, ErrorView, Hint, ListMeetings, MeetingServer, MeetingView, SyncMeetings,
    SyncReport, SyncState,
};
use sally_core::app::Event;
use sally_core::domain::meeting::ItemKind;
use sally_core::store::FILE_NAME;
use sandbox::{Fault, Form, Recording, RetryAfter};
use serde_json::json;

use super::app::TestApp;

const ASKED: SyncMeetings = SyncMeetings { asked: true };
const LOOKED: SyncMeetings = SyncMeetings { asked: false };
const MCP: &str = "/api/v1/McpExternal";

fn pasted(token: &str) -> ConnectServer {
    ConnectServer { token: token.to_owned().into(), company: None, address: None, again: None }
}

fn all() -> ListMeetings {
    ListMeetings { query: String::new(), offset: 0, limit: 500 }
}

async fn connected() -> (TestApp, MeetingServer) {
    let app = TestApp::new().await;
    let server = app.app.connect_server(pasted(&app.sandbox.sally_token())).await.unwrap();
    (app, server)
}

/// Presses `Sync now`, and waits for the end. Time passes where it is waited for.
async fn sync(app: &mut TestApp) -> SyncReport {
    app.app.sync_meetings(ASKED).await.unwrap();
    ended(app).await
}

async fn ended(app: &mut TestApp) -> SyncReport {
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
fn fill(app: &TestApp, count: usize) {
    for one in app.sandbox.recordings() {
        app.sandbox.delete_recording(&one.id);
    }
    let now = sally_core::clock::Clock::now(&*app.clock);
    for number in 0..count {
        let held = now - SignedDuration::from_hours(i64::try_from(number).unwrap() + 1);
        app.sandbox.record(recording(&format!("rec-{number}"), &format!("Meeting {number}"), held));
    }
}

#[tokio::test]
async fn each_form_of_answer_brings_the_same_meetings() {
    for form in [Form::Structured, Form::Json, Form::Markdown] {
        let (mut app, _) = connected().await;
        app.sandbox.answer_in(form);
        app.sandbox.set_page_of_recordings(2);
        let report = sync(&mut app).await;
        let recordings = app.sandbox.recordings();
        assert_eq!((report.added as usize, report.problem), (recordings.len(), None), "{form:?}");
        assert!(report.warnings.is_empty(), "all of it is understood: {form:?} {:?}", report.warnings);
        for recording in recordings {
            let meeting = open(&app, &recording.subject).await;
            let texts = |kind: ItemKind| -> Vec<String> {
                meeting.items.iter().filter(|item| item.kind == kind).map(|item| item.text.clone()).collect()
            };
            let context = format!("{form:?}: {}", recording.subject);
            assert_eq!(texts(ItemKind::Insight), recording.insights, "{context}");
            assert_eq!(texts(ItemKind::Decision), recording.decisions, "{context}");
            assert_eq!(texts(ItemKind::NextStep), recording.next_steps, "{context}");
            let tasks: Vec<_> = meeting.items.iter().filter(|item| item.kind == ItemKind::Task).collect();
            assert_eq!(tasks.len(), recording.tasks.len(), "{context}");
            for (item, task) in tasks.iter().zip(&recording.tasks) {
                assert_eq!((&item.text, &item.owner), (&task.text, &task.assignee), "{context}");
                let due = item.due.as_ref().and_then(|due| due.date).map(|date| date.to_string());
                assert_eq!(due, task.due, "{context}");
            }
            assert_eq!(meeting.participants, recording.attendees, "{context}");
            assert_eq!(meeting.minutes, Some(recording.minutes), "{context}");
            assert_eq!(meeting.transcript.len(), recording.transcript.len(), "{context}");
            assert_eq!((meeting.source.as_str(), meeting.notes), ("Sally", None), "{context}");
        }
    }
}

#[tokio::test]
async fn what_is_not_understood_is_kept_and_said() {
    let (mut app, _) = connected().await;
    app.sandbox.answer_in(Form::Prose);
    let report = sync(&mut app).await;
    assert_eq!(report.added, 5, "the meetings are there");
    assert_eq!(report.warnings.len(), 5, "and each says that its summary was not understood: {report:?}");
    let meeting = open(&app, "Release planning").await;
    assert!(meeting.items.is_empty(), "nothing is guessed");
    let notes = meeting.notes.unwrap();
    assert!(notes.contains("Release 2.4 goes out on Thursday"), "the words are kept: {notes}");
    assert_eq!(meeting.transcript.len(), 3, "the transcript was understood");

    app.sandbox.answer_in(Form::Markdown);
    let report = sync(&mut app).await;
    assert_eq!((report.added, report.updated), (0, 5), "a summary that comes later is taken over");
    let meeting = open(&app, "Release planning").await;
    assert_eq!((meeting.items.len(), meeting.notes), (7, None), "in the place of the notes");
}

#[tokio::test]
async fn only_what_is_new_or_changed_is_read_again() {
    let (mut app, _) = connected().await;
    sync(&mut app).await;
    assert_eq!(app.sandbox.count("POST", "#get_summary"), 5, "one question for each summary");
    let report = sync(&mut app).await;
    assert_eq!((report.added, report.updated), (0, 0), "nothing is new");
    assert_eq!(app.sandbox.count("POST", "#get_summary"), 5, "so none was asked for again");

    let now = sally_core::clock::Clock::now(&*app.clock);
    app.sandbox.record(recording("rec-new", "Stand-up", now));
    let mut changed =
        app.sandbox.recordings().into_iter().find(|one| one.subject == "Hiring review").unwrap();
    changed.decisions.push("Ask Alan as well".to_owned());
    changed.minutes += 5;
    app.sandbox.record(changed);
    let report = sync(&mut app).await;
    assert_eq!((report.added, report.updated), (1, 1), "one came, and one got something new");
    assert_eq!(app.sandbox.count("POST", "#get_summary"), 7, "and only those were asked for");
    let texts: Vec<_> = open(&app, "Hiring review").await.items.into_iter().map(|item| item.text).collect();
    assert!(texts.contains(&"Ask Alan as well".to_owned()), "{texts:?}");
}

#[tokio::test]
async fn a_server_without_sessions_and_streams_is_read_as_well() {
    let mut app = TestApp::new().await;
    app.sandbox.answer_without_sessions();
    app.app.connect_server(pasted(&app.sandbox.sally_token())).await.unwrap();
    assert_eq!(sync(&mut app).await.added, 5);
    assert_eq!(app.sandbox.count("DELETE", MCP), 0, "there is no session to end");
}

/// A server with one tool that answers everything in streams of events which never end, and says other things first.
async fn talkative() -> String {
    use axum::response::IntoResponse as _;
    use futures::StreamExt as _;

    async fn answer(axum::Json(message): axum::Json<serde_json::Value>) -> axum::response::Response {
        let text =
            |text: serde_json::Value| json!({ "content": [{ "type": "text", "text": text.to_string() }] });
        let result = match (message["method"].as_str(), message["params"]["name"].as_str()) {
            (Some("initialize"), _) => {
                json!({ "protocolVersion": "2025-06-18", "capabilities": { "tools": {} },
                "serverInfo": { "name": "Talkative", "version": "1" } })
            }
            (Some("tools/list"), _) => json!({ "tools": [
                { "name": "list_meetings", "inputSchema": { "type": "object" } },
                { "name": "get_meeting", "inputSchema": { "type": "object",
                    "properties": { "meeting_id": { "type": "string" } }, "required": ["meeting_id"] } }] }),
            (_, Some("list_meetings")) => {
                text(json!([{ "id": "m-1", "title": "Elsewhere", "date": "2026-11-12" }]))
            }
            (_, Some("get_meeting")) => text(json!({ "decisions": ["Move to Monday"] })),
            _ => return axum::http::StatusCode::ACCEPTED.into_response(),
        };
        let said = [
            json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info", "data": "hello" } }),
            json!({ "jsonrpc": "2.0", "id": "ping-1", "method": "ping" }),
            json!({ "jsonrpc": "2.0", "id": message["id"], "result": result }),
        ];
        let events = said.map(|one| format!("event: message\ndata: {one}\n\n")).concat();
        let open = futures::stream::once(async { Ok::<_, std::io::Error>(events) })
            .chain(futures::stream::pending());
        let headers = [("content-type", "text/event-stream")];
        (headers, axum::body::Body::from_stream(open)).into_response()
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/mcp", axum::routing::post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

#[tokio::test]
async fn another_server_with_its_own_names_and_manners_is_read() {
    let mut app = TestApp::new().await;
    let wanted = ConnectServer { address: Some(talkative().await), ..pasted("token") };
    app.app.connect_server(wanted).await.unwrap();
    let report = sync(&mut app).await;
    assert_eq!((report.added, &report.problem), (1, &None), "the answer is taken, the stream not waited for");
    let meeting = open(&app, "Elsewhere").await;
    assert_eq!(meeting.items[0].text, "Move to Monday");
}

#[tokio::test]
async fn a_redirect_gets_no_token() {
    let app = TestApp::new().await;
    let target = app.sandbox.sally_address();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/mcp", listener.local_addr().unwrap());
    let away = move || async move { axum::response::Redirect::temporary(&target) };
    let router = axum::Router::new().route("/mcp", axum::routing::post(away));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let error = refused(&app, ConnectServer { address: Some(address), ..pasted("token") }).await;
    assert_eq!(error.code, ErrorCode::InvalidAddress, "{error:?}");
    assert_eq!(app.sandbox.count("", MCP), 0, "nobody was asked whom the person did not name");
}

#[tokio::test]
async fn many_new_ones_come_in_over_several_pages() {
    for form in [Form::Structured, Form::Json, Form::Markdown] {
        let (mut app, _) = connected().await;
        app.sandbox.answer_in(form);
        app.sandbox.set_page_of_recordings(2);
        sync(&mut app).await;
        let now = sally_core::clock::Clock::now(&*app.clock);
        for number in 0..7 {
            app.sandbox.record(recording(&format!("new-{number}"), &format!("New {number}"), now));
        }
        let asked = app.sandbox.count("POST", "#get_recordings");
        assert_eq!(sync(&mut app).await.added, 7, "{form:?}");
        let pages = app.sandbox.count("POST", "#get_recordings") - asked;
        assert!((4..=6).contains(&pages), "no page is read that need not be: {pages} of {form:?}");
    }
}

#[tokio::test]
async fn a_look_without_news_is_one_question() {
    let (mut app, _) = connected().await;
    sync(&mut app).await;
    let asked = app.sandbox.count("POST", "/api/v1/McpExternal#");
    sync(&mut app).await;
    let since: Vec<String> = app
        .sandbox
        .requests()
        .into_iter()
        .filter(|one| one.path.contains("McpExternal#"))
        .map(|one| one.path)
        .collect();
    let methods: Vec<&str> = since[asked..].iter().filter_map(|path| path.split('#').nth(1)).collect();
    assert_eq!(
        methods,
        ["initialize", "notifications/initialized", "tools/list", "get_recordings"],
        "after the greeting that the protocol wants"
    );
}

#[tokio::test]
async fn a_meeting_that_sally_no_longer_has_stays() {
    let (mut app, _) = connected().await;
    sync(&mut app).await;
    let gone = app.sandbox.recordings().remove(0);
    app.sandbox.delete_recording(&gone.id);
    sync(&mut app).await;
    assert!(titles(&app).await.contains(&gone.subject), "only the person deletes meetings");
}

#[tokio::test]
async fn the_newest_meetings_come_first() {
    let (mut app, _) = connected().await;
    fill(&app, 12);
    // One after the other, so that the order shows.
    app.sandbox.order(Fault::Delay(Duration::from_millis(40)).on("POST", "#get_summary").always());
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Reading { done: 4.., .. }) {}
    let early: BTreeSet<String> = titles(&app).await.into_iter().collect();
    let oldest = |title: &String| matches!(title.as_str(), "Meeting 9" | "Meeting 10" | "Meeting 11");
    assert!(early.contains("Meeting 0"), "the newest is there: {early:?}");
    assert!(!early.iter().any(oldest), "and the oldest are not yet: {early:?}");
    assert_eq!(ended(&mut app).await.added, 12, "in the end all of them");
}

#[tokio::test]
async fn a_kill_costs_only_what_was_under_way() {
    let (mut app, _) = connected().await;
    fill(&app, 30);
    app.sandbox.order(Fault::Delay(Duration::from_millis(20)).on("POST", "#get_summary").always());
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Reading { done: 10.., .. }) {}
    // The process ends, and another begins with what is on disk.
    let mut app = app.restarted().await;
    let there = titles(&app).await.len();
    assert!((10..30).contains(&there), "it ended in the middle: {there}");
    app.sandbox.forgive();
    let asked = app.sandbox.count("POST", "#get_summary");
    let report = sync(&mut app).await;
    assert_eq!(report.added as usize, 30 - there, "what was there is not read again");
    assert_eq!(app.sandbox.count("POST", "#get_summary") - asked, report.added as usize, "nor asked for");
    let titles = titles(&app).await;
    let distinct: BTreeSet<&String> = titles.iter().collect();
    assert_eq!((titles.len(), distinct.len()), (30, 30), "each meeting is there once");
}

#[tokio::test]
async fn a_person_can_stop_it_and_go_on_later() {
    let (mut app, _) = connected().await;
    fill(&app, 20);
    app.sandbox.order(Fault::Delay(Duration::from_millis(20)).on("POST", "#get_summary").always());
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Reading { done: 5.., .. }) {}
    app.app.cancel_sync();
    let report = ended(&mut app).await;
    assert!(report.cancelled && report.problem.is_none(), "stopping is no failure: {report:?}");
    let there = titles(&app).await.len();
    assert!((5..20).contains(&there), "what was read stays: {there}");
    app.sandbox.forgive();
    sync(&mut app).await;
    assert_eq!(titles(&app).await.len(), 20, "and the next time goes on from there");
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_obeyed_and_the_wait_can_be_cut_short() {
    let (mut app, _) = connected().await;
    fill(&app, 6);
    let limit = Fault::TooManyRequests(RetryAfter::Seconds(90));
    app.sandbox.order(limit.on("POST", "#get_summary").nth(2));
    app.app.sync_meetings(ASKED).await.unwrap();
    let now = sally_core::clock::Clock::now(&*app.clock);
    let until = loop {
        if let SyncState::Waiting { until, .. } = next_state(&mut app).await {
            break until;
        }
    };
    assert_eq!(until, now + SignedDuration::from_secs(90), "as long as the server said");
    app.clock.advance(SignedDuration::from_secs(90));
    let report = ended(&mut app).await;
    assert_eq!((report.added, report.problem), (6, None), "then it goes on by itself");

    fill(&app, 8);
    app.sandbox.order(limit.on("POST", "#get_recordings").first(1));
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Waiting { .. }) {}
    app.app.cancel_sync();
    assert!(ended(&mut app).await.cancelled, "nobody has to sit through a wait");
    let asked = app.sandbox.count("POST", MCP);
    app.app.sync_meetings(ASKED).await.unwrap();
    app.clock.advance(SignedDuration::from_secs(89));
    for _ in 0..20 {
        // Time enough to ask, for who would.
        app.app.list_meetings(all()).await.unwrap();
    }
    assert_eq!(app.sandbox.count("POST", MCP), asked, "and to begin anew does not shorten it for the server");
    app.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(ended(&mut app).await.added, 2, "then it goes on");
}

#[tokio::test]
async fn three_at_a_time_and_no_more() {
    let (mut app, _) = connected().await;
    fill(&app, 12);
    app.sandbox.order(Fault::Delay(Duration::from_millis(50)).on("POST", "#get_summary").always());
    assert_eq!(sync(&mut app).await.added, 12);
    let requests = app.sandbox.requests();
    let beside = requests.iter().filter(|one| one.path.ends_with("#get_summary")).map(|one| one.beside).max();
    assert_eq!(beside, Some(2), "the server has other callers too");
}

#[tokio::test]
async fn a_kill_while_the_list_is_read_hides_nothing() {
    let (mut app, _) = connected().await;
    app.sandbox.set_page_of_recordings(2);
    app.sandbox.order(Fault::LoseAnswer.on("POST", "#get_recordings").nth(2));
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Looking { found: 2 }) {}
    let mut app = app.restarted().await;
    assert_eq!(sync(&mut app).await.added, 5, "what was on the pages behind comes too");
}

#[tokio::test]
async fn one_broken_meeting_does_not_keep_the_others_out() {
    let (mut app, _) = connected().await;
    app.sandbox.break_recording("rec-45c48cce", true);
    let report = sync(&mut app).await;
    assert_eq!((report.added, &report.problem), (4, &None), "the others are there");
    let [warning] = report.warnings.as_slice() else { panic!("one warning: {report:?}") };
    assert_eq!(warning.title, "Architecture forum", "the warning names it");
    assert!(warning.reason.contains("internal error"), "with the server's reason: {}", warning.reason);
    app.sandbox.break_recording("rec-45c48cce", false);
    assert_eq!(sync(&mut app).await.added, 1, "the next time it comes too");
}

#[tokio::test]
async fn what_breaks_on_the_way_is_asked_for_again() {
    for fault in [
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Truncate,
        Fault::Fail { status: 503, committed: false },
        Fault::TooManyRequests(RetryAfter::Absent),
    ] {
        let (mut app, _) = connected().await;
        for place in ["#initialize", "#get_recordings", "#get_summary", "#get_transcription"] {
            app.sandbox.order(fault.on("POST", place));
        }
        let report = sync(&mut app).await;
        assert_eq!((report.added, report.problem), (5, None), "{fault:?} passes");
        assert!(report.warnings.is_empty(), "{fault:?}: {:?}", report.warnings);
    }
}

#[tokio::test]
async fn a_server_that_stays_away_is_told_once() {
    let (mut app, _) = connected().await;
    app.sandbox.go_offline().await;
    let report = sync(&mut app).await;
    let problem = report.problem.unwrap();
    assert_eq!(problem.hint, Some(Hint::TryAgain { at: None }), "{problem:?}");
    assert!(problem.message.contains("cannot be reached"), "{problem:?}");
    app.sandbox.go_online().await.unwrap();
    assert_eq!(sync(&mut app).await.added, 5, "when it is back, all is well");
}

/// What a person is told who pastes this.
async fn refused(app: &TestApp, wanted: ConnectServer) -> ErrorView {
    let error = app.app.connect_server(wanted).await.unwrap_err().view();
    assert!(app.app.servers().await.unwrap().is_empty(), "nothing is connected: {error:?}");
    assert!(app.server_keychain.load().unwrap().is_none(), "and nothing kept: {error:?}");
    error
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_not_kept() {
    let app = TestApp::new().await;
    let token = app.sandbox.sally_token();
    let wrong = refused(&app, pasted("sally_pat_wrong")).await;
    assert_eq!(wrong.code, ErrorCode::InvalidToken, "shown by the field: {wrong:?}");
    let nonsense = refused(&app, pasted("two words")).await;
    assert_eq!(nonsense.code, ErrorCode::InvalidToken, "{nonsense:?}");
    app.sandbox.disable_mcp();
    let disabled = refused(&app, pasted(&token)).await;
    assert!(disabled.message.contains("administrator"), "{disabled:?}");
    app.sandbox.expire_sally_token();
    let expired = refused(&app, pasted(&token)).await;
    assert_eq!(expired.code, ErrorCode::InvalidToken, "{expired:?}");
    assert!(expired.message.contains("expired"), "{expired:?}");
}

#[tokio::test]
async fn an_address_that_is_no_mcp_server_is_not_kept() {
    let app = TestApp::new().await;
    let at = |address: String| ConnectServer { address: Some(address), ..pasted(&app.sandbox.sally_token()) };
    for address in [app.sandbox.url(), format!("{}/authorize", app.sandbox.url())] {
        let error = refused(&app, at(address)).await;
        assert_eq!(error.code, ErrorCode::InvalidAddress, "shown by the field: {error:?}");
        assert!(error.message.contains("not an MCP server"), "{error:?}");
    }
    for address in ["http://example.com/mcp", "nonsense"] {
        let error = refused(&app, at(address.to_owned())).await;
        assert_eq!(
            error.code,
            ErrorCode::InvalidAddress,
            "no token leaves the machine unencrypted: {error:?}"
        );
    }
}

#[tokio::test]
async fn a_server_without_the_tools_says_what_is_missing() {
    let app = TestApp::new().await;
    app.sandbox.remove_tool("get_summary");
    app.sandbox.remove_tool("get_transcription");
    let error = refused(&app, pasted(&app.sandbox.sally_token())).await;
    assert!(error.message.contains("the summary of a recording"), "{error:?}");
    app.sandbox.remove_tool("get_recordings");
    app.sandbox.remove_tool("search_appointments");
    let error = refused(&app, pasted(&app.sandbox.sally_token())).await;
    assert!(error.message.contains("a list of recordings"), "{error:?}");
}

#[tokio::test]
async fn a_token_that_ends_is_said_at_the_server_and_a_new_one_mends_it() {
    let (mut app, server) = connected().await;
    sync(&mut app).await;
    app.sandbox.revoke_sally_token();
    let report = sync(&mut app).await;
    assert_eq!(report.problem.and_then(|problem| problem.hint), Some(Hint::NewToken));
    let trouble = app.app.servers().await.unwrap().remove(0).trouble.unwrap();
    assert_eq!(trouble.hint, Some(Hint::NewToken), "the row says what to do: {trouble:?}");
    let asked = app.sandbox.count("", MCP);
    app.clock.advance(SignedDuration::from_hours(1));
    app.app.sync_meetings(LOOKED).await.unwrap();
    assert_eq!(app.sandbox.count("", MCP), asked, "a server that needs the person is left alone");

    app.sandbox.open_sally();
    let again = ConnectServer { again: Some(server.id), ..pasted(&app.sandbox.sally_token()) };
    let mended = app.app.connect_server(again).await.unwrap();
    assert_eq!((mended.id, mended.trouble), (server.id, None), "the same server, with another token");
    assert_eq!(sync(&mut app).await.added, 0, "and it knows what was read");
}

#[tokio::test]
async fn nothing_is_asked_before_the_person_looks() {
    let (app, _) = connected().await;
    let asked = app.sandbox.count("", MCP);
    let mut app = app.restarted().await;
    assert_eq!(app.sandbox.count("", MCP), asked, "a start is silent");
    app.app.sync_meetings(LOOKED).await.unwrap();
    assert_eq!(ended(&mut app).await.added, 5, "the list came into view");
    let asked = app.sandbox.count("", MCP);
    assert!(!matches!(app.app.sync_meetings(LOOKED).await.unwrap(), SyncState::Looking { .. }));
    assert_eq!(app.sandbox.count("", MCP), asked, "a second look soon after asks nobody");
    app.clock.advance(SignedDuration::from_mins(16));
    app.app.sync_meetings(LOOKED).await.unwrap();
    ended(&mut app).await;
    assert!(app.sandbox.count("", MCP) > asked, "a later one does");

    let unconnected = TestApp::new().await;
    assert_eq!(
        unconnected.app.sync_meetings(ASKED).await.unwrap(),
        SyncState::Idle,
        "without a server there is nobody"
    );
    assert_eq!(unconnected.sandbox.count("", MCP), 0, "to be asked");
}

#[tokio::test]
async fn a_disconnect_deletes_the_token_at_once_and_leaves_the_meetings() {
    let (mut app, server) = connected().await;
    sync(&mut app).await;
    app.app.disconnect_server(server.id).await.unwrap();
    assert!(app.server_keychain.load().unwrap().is_none(), "the keyring is empty");
    assert!(app.app.servers().await.unwrap().is_empty(), "and nothing is listed");
    assert_eq!(titles(&app).await.len(), 5, "the meetings stay");
    let asked = app.sandbox.count("", MCP);
    app.app.sync_meetings(ASKED).await.unwrap();
    assert_eq!(app.sandbox.count("", MCP), asked, "nobody is asked");
    app.app.connect_server(pasted(&app.sandbox.sally_token())).await.unwrap();
    let report = sync(&mut app).await;
    assert_eq!((report.added, titles(&app).await.len()), (0, 5), "connected again, no meeting comes twice");
}

#[tokio::test]
async fn two_servers_are_two() {
    let (mut app, _) = connected().await;
    let other = sandbox::Sandbox::start(sandbox::Options::default()).await.unwrap();
    other.answer_in(Form::Json);
    for one in other.recordings() {
        other.delete_recording(&one.id);
    }
    other.record(recording("rec-8f14e45f", "Elsewhere", sally_core::clock::Clock::now(&*app.clock)));
    let wanted = ConnectServer {
        address: Some(other.sally_address()),
        company: Some(" Globex ".to_owned()),
        ..pasted(&other.sally_token())
    };
    let server = app.app.connect_server(wanted).await.unwrap();
    assert_eq!((server.name.as_str(), server.company.as_deref()), ("127.0.0.1", Some("Globex")));
    assert_eq!(sync(&mut app).await.added, 6, "both are read, and the same identifier is two meetings");
    assert_eq!(open(&app, "Elsewhere").await.source, "127.0.0.1", "each says where it is from");
}

/// All that is logged in a thread.
#[derive(Clone, Default)]
struct Logged(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Set in the process that has one test to itself.
const ALONE: &str = "SALLY_TEST_ALONE";

/// Whether this process has the test to itself; else it has run in one that had. What is logged at all is decided for a
/// whole process, by the first who asks.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--exact", test]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "alone:\n{said}");
    false
}

#[tokio::test]
async fn a_person_of_two_companies_has_a_token_of_each() {
    let mut app = TestApp::new().await;
    let of = |company: &str| ConnectServer {
        company: Some(company.to_owned()),
        ..pasted(&app.sandbox.sally_token())
    };
    let acme = app.app.connect_server(of("Acme")).await.unwrap();
    let globex = app.app.connect_server(of("Globex")).await.unwrap();
    assert_ne!(acme.id, globex.id, "two connections to the same server");
    let again = app.app.connect_server(of("Acme")).await.unwrap();
    assert_eq!(again.id, acme.id, "another token of the same company takes the place of the first");
    assert_eq!(sync(&mut app).await.added, 5, "a meeting that both can read comes once");
    app.app.disconnect_server(acme.id).await.unwrap();
    let left: Vec<_> = app.app.servers().await.unwrap().into_iter().map(|server| server.company).collect();
    assert_eq!(left, [Some("Globex".to_owned())], "the other stays");
    assert_eq!(sync(&mut app).await.problem, None, "with its token");
}

#[tokio::test]
async fn the_token_is_nowhere_but_in_the_keyring() {
    if !is_alone("journeys::sally::the_token_is_nowhere_but_in_the_keyring") {
        return;
    }
    let logged = Logged::default();
    let (writer, everything) = (logged.clone(), tracing::Level::TRACE);
    let subscriber =
        tracing_subscriber::fmt().with_max_level(everything).with_writer(move || writer.clone()).finish();
    // The test and what it spawns run in this one thread.
    let _guard = tracing::subscriber::set_default(subscriber);
    let (mut app, server) = connected().await;
    sync(&mut app).await;
    app.sandbox.revoke_sally_token();
    sync(&mut app).await;
    let token = app.sandbox.sally_token();
    let log = String::from_utf8_lossy(&logged.0.lock().unwrap()).into_owned();
    assert!(log.contains(MCP), "everything is in the log: {log}");
    assert!(!log.contains(&token), "but the token");
    let shown = format!("{server:?} {:?} {:?}", pasted(&token), app.app.status().await.unwrap());
    assert!(!shown.contains(&token), "what is shown has no token: {shown}");
    app.app.end();
    for file in std::fs::read_dir(app.folder.path()).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!found, "{} holds the token", path.display());
        }
    }
    assert!(app.folder.path().join(FILE_NAME).exists(), "the cache was among them");
}
