//! Transcripts: read in stretches, and looked through for words that stand nowhere else.

use std::fmt::Write as _;

use sally_core::api::{FindInTranscript, ReadTranscript};
use sally_core::domain::id::MeetingId;
use sally_core::domain::problem::{Gone, Problem, Program};
use serde_json::json;

use super::app::TestApp;

/// As many as a meeting may have.
const MOST: u32 = 200_000;

async fn read(app: &TestApp, meeting: MeetingId, offset: u32, limit: u32) -> Vec<String> {
    let wanted = ReadTranscript { meeting, offset, limit };
    app.app.read_transcript(wanted).await.unwrap().into_iter().map(|cue| cue.text).collect()
}

async fn find(app: &TestApp, meeting: MeetingId, query: &str) -> Option<u32> {
    let wanted = FindInTranscript { meeting, query: query.to_owned() };
    app.app.find_in_transcript(wanted).await.unwrap()
}

/// A meeting with as many lines as one may have.
async fn long(app: &TestApp) -> MeetingId {
    let mut text = String::from("WEBVTT\n");
    for number in 0..MOST {
        let (hour, minute, second) = (number / 3600, number / 60 % 60, number % 60);
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        write!(text, "\n{time}.000 --> {time}.900\n<v Ada>Line {number} of what was said\n").unwrap();
    }
    app.app.import(vec![app.file("long.vtt", &text)]).await.unwrap().added[0]
}

#[tokio::test]
async fn a_meeting_of_200_000_lines_opens_without_them_and_each_can_be_read() {
    let app = TestApp::new().await;
    let id = long(&app).await;
    let meeting = app.app.open_meeting(id).await.unwrap();
    assert_eq!(meeting.transcript_lines, MOST);
    let size = serde_json::to_string(&meeting).unwrap().len();
    assert!(size < 1_000, "what the window gets at once has {size} bytes");
    let first = read(&app, id, 0, u32::MAX).await;
    assert_eq!((first.len(), first[0].as_str()), (500, "Line 0 of what was said"), "no stretch is longer");
    assert_eq!(read(&app, id, 123_456, 1).await, ["Line 123456 of what was said"]);
    assert_eq!(read(&app, id, MOST - 2, 100).await.len(), 2, "up to the end");
    assert_eq!(read(&app, id, MOST, 100).await.len(), 0, "and none beyond it");
    assert_eq!(find(&app, id, "199998").await, Some(199_998), "what was said last is found");
    // The lines are looked through some thousands at a time; a phrase may lie across the border.
    for (query, line) in [("\"line 4999\"", 4_999), ("\"said line 5000\"", 5_000), ("\"line 5000\"", 5_000)] {
        assert_eq!(find(&app, id, query).await, Some(line), "{query}");
    }
}

#[tokio::test]
async fn a_search_in_a_long_transcript_keeps_nobody_waiting_and_gives_way_to_a_newer_one() {
    let app = TestApp::new().await;
    let id = long(&app).await;
    let search = |query: &str| {
        let (app, wanted) = (app.app.clone(), FindInTranscript { meeting: id, query: query.to_owned() });
        tokio::spawn(async move { app.find_in_transcript(wanted).await })
    };
    let slow = search("nowhere");
    read(&app, id, 0, 1).await;
    read(&app, id, 0, 1).await;
    assert!(!slow.is_finished(), "others read while the search goes on");
    assert_eq!(search("\"line 7\"").await.unwrap().unwrap(), Some(7));
    let given_up = slow.await.unwrap().unwrap_err();
    assert_eq!(given_up.problem(), Problem::Program(Program::Superseded));
}

#[tokio::test]
async fn words_are_found_in_a_transcript_where_the_rest_of_the_meeting_does_not_show_them() {
    let app = TestApp::new().await;
    let said = ["The budget", "Shall we go", "live in Zürich", "The budget again", "with Grace"];
    let said = said.map(|text| json!({ "start_ms": 0, "end_ms": 1, "speaker": "Kaylee", "text": text }));
    let file = json!({ "id": "1", "title": "Harbour", "participants": ["Grace Hopper"], "transcript": said,
                       "tasks": [{ "text": "Ask about the budget", "owner": "Ada" }] });
    let id = app.app.import(vec![app.file("one.json", &file.to_string())]).await.unwrap().added[0];
    for (query, wanted) in [
        ("live", Some(2)),
        ("zurich", Some(2)),
        ("budget", None),
        ("budget shall", Some(1)),
        ("grace", None),
        ("\"go live\"", Some(2)),
        ("\"go Zürich\"", None),
        ("nowhere", None),
        ("🚀", None),
        ("", None),
    ] {
        assert_eq!(find(&app, id, query).await, wanted, "“{query}”");
    }
}

#[tokio::test]
async fn a_meeting_that_is_deleted_while_it_is_read_has_no_lines_any_more() {
    let app = TestApp::new().await;
    let file = app.file("one.vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:01.900\nAda: Line 0\n");
    let id = app.app.import(vec![file]).await.unwrap().added[0];
    assert_eq!(read(&app, id, 0, 9).await, ["Line 0"]);
    app.app.delete_meeting(id).await.unwrap();
    let gone = ReadTranscript { meeting: id, offset: 0, limit: 9 };
    assert_eq!(app.app.read_transcript(gone).await.unwrap_err().problem(), Problem::Gone(Gone::Meeting));
    assert_eq!(find(&app, id, "line").await, None, "a search of what is gone finds nothing");
}
