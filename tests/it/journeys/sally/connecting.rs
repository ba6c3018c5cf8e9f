//! Which servers let the person in, whose tokens are kept, and what is said where not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{ConnectServer, ErrorCode, ErrorView, Hint};
use sally_core::store::FILE_NAME;
use sandbox::Form;
use serde_json::json;

use super::super::alone::is_alone;
use super::super::app::TestApp;
use super::super::on_disk::files_with;
use super::{ASKED, LOOKED, MCP, connected, open, pasted, recording, sync, titles};

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

/// A server that answers every question with this.
async fn says(status: u16, body: serde_json::Value) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/mcp", listener.local_addr().unwrap());
    let answer = (axum::http::StatusCode::from_u16(status).unwrap(), axum::Json(body));
    let router = axum::Router::new().route("/mcp", axum::routing::post(|| async move { answer }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

#[tokio::test]
async fn a_server_that_answers_something_else_is_told_at_once() {
    let app = TestApp::new().await;
    let other = json!({ "jsonrpc": "2.0", "id": 4711, "result": {} });
    for (status, body) in
        [(202, json!(null)), (200, json!({ "hello": "world" })), (200, other), (404, json!({}))]
    {
        let wanted = ConnectServer { address: Some(says(status, body.clone()).await), ..pasted("token") };
        let error = tokio::time::timeout(Duration::from_secs(10), refused(&app, wanted)).await;
        let error = error.unwrap_or_else(|_| panic!("nobody waits for ever: {status} {body}"));
        assert_eq!(error.code, ErrorCode::InvalidAddress, "{status} {body}: {error:?}");
    }
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
    let mended = app.app.connect_server(again).await.unwrap().unwrap();
    assert_eq!((mended.id, mended.trouble), (server.id, None), "the same server, with another token");
    assert_eq!(sync(&mut app).await.added, 0, "and it knows what was read");
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
    let server = app.app.connect_server(wanted).await.unwrap().unwrap();
    assert_eq!((server.name.as_str(), server.company.as_deref()), ("127.0.0.1", Some("Globex")));
    assert_eq!(sync(&mut app).await.added, 6, "both are read, and the same identifier is two meetings");
    let elsewhere = open(&app, "Elsewhere").await;
    assert_eq!(elsewhere.source, "127.0.0.1", "each says where it is from");
    assert_eq!(elsewhere.items[0].origin.as_deref(), Some("127.0.0.1"), "and so does each item");
}

/// A server that counts who speaks to it.
async fn listening() -> (String, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/mcp", listener.local_addr().unwrap());
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, heard)
}

#[tokio::test]
async fn no_server_hears_anything_before_a_person_allows_it() {
    let mut app = TestApp::new().await;
    let (address, heard) = listening().await;
    let wanted = ConnectServer { address: Some(address.clone()), ..pasted("token") };
    app.answers(false);
    assert_eq!(app.app.connect_server(wanted.clone()).await.unwrap(), None, "no is no failure");
    let host = address.strip_prefix("http://").unwrap().strip_suffix("/mcp").unwrap();
    assert_eq!(app.questions(), [format!("Connect to {host}?")], "on this machine, too");
    assert_eq!(heard.load(Ordering::SeqCst), 0, "not a byte");
    assert!(app.app.servers().await.unwrap().is_empty() && app.server_keychain.load().unwrap().is_none());
    let nonsense = ConnectServer { token: "two words".to_owned().into(), ..wanted.clone() };
    let nonsense = app.app.connect_server(nonsense).await.unwrap_err().view();
    assert_eq!(nonsense.code, ErrorCode::InvalidToken, "what cannot work is not asked about");
    assert!(app.questions().is_empty());
    app.answers(true);
    app.app.connect_server(wanted).await.unwrap_err();
    assert!(heard.load(Ordering::SeqCst) > 0, "it answers nothing, but it was asked");
}

#[tokio::test]
async fn only_a_server_that_is_new_is_asked_about() {
    let (mut app, server) = connected().await;
    assert!(app.questions().is_empty(), "not Sally's own");
    let other = sandbox::Sandbox::start(sandbox::Options::default()).await.unwrap();
    let wanted = ConnectServer { address: Some(other.sally_address()), ..pasted(&other.sally_token()) };
    let connected = app.app.connect_server(wanted.clone()).await.unwrap().unwrap();
    assert_eq!(app.questions(), [format!("Connect to {}?", connected.host)]);
    app.answers(false);
    let of_another = ConnectServer { company: Some("Globex".to_owned()), ..wanted.clone() };
    app.app.connect_server(of_another).await.unwrap().unwrap();
    for again in [server.id, connected.id] {
        let token = if again == server.id { app.sandbox.sally_token() } else { other.sally_token() };
        let again = ConnectServer { again: Some(again), ..pasted(&token) };
        app.app.connect_server(again).await.unwrap().unwrap();
    }
    assert!(app.questions().is_empty(), "nor one that is connected");
    let elsewhere = ConnectServer { address: Some(format!("{}?d=1", other.sally_address())), ..wanted };
    assert_eq!(app.app.connect_server(elsewhere).await.unwrap(), None, "what is added to its address is new");
    assert_eq!(app.questions().len(), 1);
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

#[tokio::test]
async fn a_person_of_two_companies_has_a_token_of_each() {
    let mut app = TestApp::new().await;
    let of = |company: &str| ConnectServer {
        company: Some(company.to_owned()),
        ..pasted(&app.sandbox.sally_token())
    };
    let acme = app.app.connect_server(of("Acme")).await.unwrap().unwrap();
    let globex = app.app.connect_server(of("Globex")).await.unwrap().unwrap();
    assert_ne!(acme.id, globex.id, "two connections to the same server");
    let again = app.app.connect_server(of("Acme")).await.unwrap().unwrap();
    assert_eq!(again.id, acme.id, "another token of the same company takes the place of the first");
    assert_eq!(sync(&mut app).await.added, 5, "a meeting that both can read comes once");
    app.app.disconnect_server(acme.id).await.unwrap();
    let left: Vec<_> = app.app.servers().await.unwrap().into_iter().map(|server| server.company).collect();
    assert_eq!(left, [Some("Globex".to_owned())], "the other stays");
    assert_eq!(sync(&mut app).await.problem, None, "with its token");
}

#[tokio::test]
async fn the_token_is_nowhere_but_in_the_keyring() {
    if !is_alone("journeys::sally::connecting::the_token_is_nowhere_but_in_the_keyring") {
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
    app.app.end().await;
    let found = |word| files_with(app.folder.path(), word).unwrap();
    assert_eq!(found(&token), Vec::<String>::new(), "and no file holds it");
    assert!(found("Ada Lovelace").contains(&FILE_NAME.to_owned()), "the database was among them");
}
