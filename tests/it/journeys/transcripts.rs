//! Transcripts: read in stretches, and looked through for words that stand nowhere else.

use std::fmt::Write as _;

use sally_core::api::{FindInTranscript, ReadTranscript};
use sally_core::domain::id::MeetingId;
use sally_core::domain::problem::{Gone, Problem};
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

#[tokio::test]
async fn a_meeting_of_200_000_lines_opens_without_them_and_each_can_be_read() {
    let app = TestApp::new().await;
    let mut text = String::from("WEBVTT\n");
    for number in 0..MOST {
        let (hour, minute, second) = (number / 3600, number / 60 % 60, number % 60);
        let time = format!("{hour:02}:{minute:02}:{second:02}");
        write!(text, "\n{time}.000 --> {time}.900\n<v Ada>Line {number} of what was said\n").unwrap();
    }
    let id = app.app.import(vec![app.file("long.vtt", &text)]).await.unwrap().added[0];
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
