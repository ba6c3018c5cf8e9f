//! What comes in, in which order, and what becomes of it when something goes wrong.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{Hint, ListMeetings, SyncState};
use sally_core::domain::meeting::ItemKind;
use sandbox::{Fault, Form, RetryAfter};

use super::super::app::{TestApp, soon};
use super::{ASKED, LOOKED, MCP, all, connected, ended, fill, next_state, open, recording, sync, titles};

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
            assert_eq!(meeting.transcript_lines as usize, recording.transcript.len(), "{context}");
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
    assert_eq!(meeting.transcript_lines, 3, "the transcript was understood");
    let words = ListMeetings { query: "\"goes out on Thursday\"".to_owned(), ..all() };
    assert_eq!(app.app.list_meetings(words).await.unwrap().total, 1, "the words are found, too");

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
async fn a_session_is_ended_also_when_a_person_stops_reading() {
    let (mut app, _) = connected().await;
    fill(&app, 20);
    app.sandbox.order(Fault::Delay(Duration::from_millis(20)).on("POST", "#get_summary").always());
    let ends = app.sandbox.count("DELETE", MCP);
    app.app.sync_meetings(ASKED).await.unwrap();
    while !matches!(next_state(&mut app).await, SyncState::Reading { done: 5.., .. }) {}
    app.app.cancel_sync();
    assert!(ended(&mut app).await.cancelled);
    let let_go = async {
        while app.sandbox.count("DELETE", MCP) == ends {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon("the server lets go of the session", let_go).await;
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
async fn one_answer_that_is_not_understood_does_not_end_it() {
    let (mut app, _) = connected().await;
    app.sandbox.order(Fault::Garbage.on("POST", "#get_summary").nth(2));
    let report = sync(&mut app).await;
    assert_eq!((report.added, &report.problem, report.warnings.len()), (5, &None, 1), "{report:?}");
    let again = sync(&mut app).await;
    assert_eq!((again.updated, again.warnings.len()), (1, 0), "the next time its summary comes too");
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
