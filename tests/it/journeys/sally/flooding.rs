//! A server that sends more than it should.

use jiff::SignedDuration;
use sally_core::app::Setup;
use sally_core::http::Limits;

use super::super::app::TestApp;
use super::{ASKED, LOOKED, MCP, connected, ended, fill, pasted, recording, sync, titles};

#[tokio::test]
async fn an_entry_that_is_too_long_keeps_itself_out_and_no_other() {
    let (mut app, _) = connected().await;
    let now = sally_core::clock::Clock::now(&*app.clock);
    let mut long = recording("rec-long", "All hands", now);
    long.attendees = (0..2_000).map(|number| format!("Somebody with a name and a number {number}")).collect();
    app.sandbox.record(long);
    let report = sync(&mut app).await;
    assert_eq!((report.added, report.problem), (5, None), "the others come in");
    let [warning] = report.warnings.as_slice() else { panic!("one is named: {:?}", report.warnings) };
    assert_eq!(warning.title, "All hands");
    assert!(warning.reason.contains("up to 64 KiB"), "with the reason: {}", warning.reason);
    assert_eq!(app.sandbox.count("POST", "#get_summary"), 5, "and it is not asked for");
}

#[tokio::test]
async fn a_server_that_sends_without_end_is_stopped_until_a_person_wants_more() {
    const MAX: u64 = 1024 * 1024;
    let limit = |setup: Setup| Setup { limits: Limits { sync: MAX, ..setup.limits }, ..setup };
    let mut app = TestApp::started_with(limit).await;
    app.app.connect_server(pasted(&app.sandbox.sally_token())).await.unwrap();
    fill(&app, 30);
    for mut one in app.sandbox.recordings() {
        one.transcript = (0..100).map(|at| (at, "Ada".to_owned(), "word ".repeat(200))).collect();
        app.sandbox.record(one);
    }
    let report = sync(&mut app).await;
    let problem = report.problem.expect("three megabytes are too much at once");
    assert!(problem.message.contains("more than 1 MiB"), "{problem:?}");
    assert!((1..30).contains(&report.added), "what came in stays: {}", report.added);
    assert_eq!(titles(&app).await.len(), report.added as usize);
    let asked = app.sandbox.count("POST", MCP);
    app.clock.advance(SignedDuration::from_hours(1));
    app.app.sync_meetings(LOOKED).await.unwrap();
    assert_eq!(app.sandbox.count("POST", MCP), asked, "it is not asked again by itself");

    let mut syncs = 1;
    while titles(&app).await.len() < 30 {
        app.app.sync_meetings(ASKED).await.unwrap();
        ended(&mut app).await;
        syncs += 1;
        assert!(syncs < 10, "each one brings more: {}", titles(&app).await.len());
    }
    assert!(syncs > 2, "and none brings more than its share");
    assert_eq!(sync(&mut app).await.problem, None);
    assert_eq!(app.app.servers().await.unwrap()[0].trouble, None, "then all is well");
}
