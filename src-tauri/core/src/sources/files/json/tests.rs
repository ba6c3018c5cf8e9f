use super::*;
use crate::domain::meeting::{Due, HeldAt, ItemKind, Meeting};
use crate::domain::reading::{Location, Skipped, Warning};
use jiff::civil::date;

use ItemKind::{Decision, Insight, NextStep, Task};

fn one(text: &str) -> Meeting {
    let mut all = parse("x.json", text).unwrap();
    assert_eq!(all.len(), 1, "one meeting in {text}");
    all.remove(0).meeting
}

fn texts(meeting: &Meeting) -> Vec<(ItemKind, &str)> {
    meeting.items.iter().map(|item| (item.kind, item.text.as_str())).collect()
}

#[test]
fn lists_come_in_every_shape() {
    for (what, text, expected) in [
        ("texts", r#"{"decisions": ["a", "b"]}"#, vec![(Decision, "a"), (Decision, "b")]),
        ("objects", r#"{"Action Items": [{"action": "a"}, {"text": "b"}]}"#, vec![(Task, "a"), (Task, "b")]),
        (
            "grouped by topic, in the source's order",
            r#"{"highlights": {"z": [{"highlight": "a"}], "a": [{"highlight": "b"}]}}"#,
            vec![(Insight, "a"), (Insight, "b")],
        ),
        (
            "one text under each topic",
            r#"{"insights": {"Price": "too high"}}"#,
            vec![(Insight, "Price: too high")],
        ),
        ("one item", r#"{"decision": {"text": "a"}}"#, vec![(Decision, "a")]),
        ("one text", r#"{"nextSteps": "a"}"#, vec![(NextStep, "a")]),
        ("Markdown", r#"{"action_items": "- [ ] **a**\n- b\n  - c"}"#, vec![(Task, "a"), (Task, "b\nc")]),
        ("bullets", r#"{"takeaways": "• a\n• b"}"#, vec![(Insight, "a"), (Insight, "b")]),
        ("lines", r#"{"todos": "a\nb"}"#, vec![(Task, "a"), (Task, "b")]),
        (
            "groups in a list",
            r#"{"key_points": [{"title": "T", "items": ["a", "b"]}]}"#,
            vec![(Insight, "a"), (Insight, "b")],
        ),
        (
            "groups without a name",
            r#"{"targets": [[{"target": "a"}], {"x": ["b"]}]}"#,
            vec![(NextStep, "a"), (NextStep, "b")],
        ),
        (
            "one list of all kinds",
            r#"{"title": "T", "items": [{"type": "decision", "text": "a"}, {"type": "quote", "text": "b"}, {"type": "Task", "text": "c"}]}"#,
            vec![(Decision, "a"), (Task, "c")],
        ),
        ("title and description", r#"{"tasks": [{"title": "a", "description": "b"}]}"#, vec![(Task, "a\nb")]),
        (
            "a description that says it again",
            r#"{"tasks": [{"title": "a", "description": "a b"}]}"#,
            vec![(Task, "a b")],
        ),
        ("nothing", r#"{"decisions": ["None", "", null], "tasks": "N/A", "insights": null}"#, vec![]),
        (
            "notes in a text, where no field has the same kind",
            r###"{"tasks": ["a"], "notes": "## Tasks\n- A!\n## Decisions\n- b"}"###,
            vec![(Task, "a"), (Decision, "b")],
        ),
    ] {
        let meeting = one(text);
        assert_eq!(texts(&meeting), expected, "{what}: {text}");
    }
}

#[test]
fn text_of_a_tool_is_kept_as_it_stands() {
    let text = r#"{"tasks": [{"action": "Besu: call eth_getLogs *twice* (due 20 Nov) <T>"}]}"#;
    let meeting = one(text);
    assert_eq!(
        meeting.items[0].text, "Besu: call eth_getLogs *twice* (due 20 Nov) <T>",
        "it is not Markdown"
    );
    assert_eq!(meeting.items[0].owner, None, "fields name owners, not the text of a field");
}

#[test]
fn what_is_not_marked_is_not_taken() {
    let text = r#"{"title": "T", "decisions": [], "topics": ["a"], "keywords": ["b"], "summary": "We agreed on c.",
        "questions": ["d"], "outline": "- e", "pending_decisions": ["f"], "chapters": [{"title": "g"}]}"#;
    assert_eq!(texts(&one(text)), [], "a source that has no decisions yields none");
}

#[test]
fn items_carry_their_fields() {
    for (fields, owner, due, done, at_ms) in [
        (r#""owner": "Ada""#, Some("Ada"), None, false, None),
        (r#""assignee": {"id": 7, "name": "Ada"}"#, Some("Ada"), None, false, None),
        (r#""assigned_to": [{"displayName": "Ada"}, "Grace"]"#, Some("Ada, Grace"), None, false, None),
        (r#""Responsible": {"email": "ada@example.com"}"#, Some("ada@example.com"), None, false, None),
        (r#""owner": null, "assignee": "Ada""#, Some("Ada"), None, false, None),
        (r#""owner": "Unassigned", "due": "TBD""#, None, None, false, None),
        (r#""due_date": "2026-11-20""#, None, Some(("2026-11-20", Some(date(2026, 11, 20)))), false, None),
        (r#""deadline": "Friday""#, None, Some(("Friday", None)), false, None),
        (r#""completed": true, "timestamp": "00:12:03""#, None, None, true, Some(723_000)),
        (r#""status": "Completed", "start": 12.5"#, None, None, true, Some(12_500)),
        (r#""status": "pending", "start_ms": 12.5"#, None, None, false, Some(13)),
        (r#""timestamp": "2026-11-20T10:00:00Z""#, None, None, false, None),
        (r#""timestamp": 1705312800"#, None, None, false, None),
    ] {
        let meeting = one(&format!(r#"{{"tasks": [{{"text": "x", {fields}}}]}}"#));
        let item = &meeting.items[0];
        assert_eq!(item.owner.as_deref(), owner, "owner of {fields}");
        let expected = due.map(|(text, date)| Due { text: text.to_owned(), date });
        assert_eq!(item.due, expected, "due date of {fields}");
        assert_eq!((item.done, item.at_ms), (done, at_ms), "state and time of {fields}");
    }
}

#[test]
fn names_over_a_group_own_its_tasks_only_if_they_were_there() {
    let text = r#"{"attendees": ["Ada Lovelace"], "action_items": "**Ada Lovelace**\nWrite it\n**Marketing**\nPrint it"}"#;
    let meeting = one(text);
    let owners: Vec<_> =
        meeting.items.iter().map(|item| (item.text.as_str(), item.owner.as_deref())).collect();
    assert_eq!(owners, [("Write it", Some("Ada Lovelace")), ("Print it", None)]);
}

#[test]
fn envelopes_are_opened() {
    for (text, title) in [
        (r#"{"data": {"title": "T", "tasks": ["a"]}}"#, "T"),
        (r#"{"meeting": {"title": "T"}, "summary": {"tasks": ["a"]}}"#, "T"),
        (r#"{"meeting": "T", "tasks": ["a"]}"#, "T"),
        (r#"{"data": {"transcript": {"title": "T", "summary": {"action_items": "- a"}}}}"#, "T"),
        (r#"{"name": "webhook", "payload": {"title": "T", "tasks": ["a"]}}"#, "T"),
        (r#"{"result": {"meetings": [{"subject": "T", "tasks": ["a"]}]}}"#, "T"),
        (r#"[{"topic": "T", "tasks": ["a"]}]"#, "T"),
    ] {
        let meeting = one(text);
        assert_eq!((meeting.title.as_str(), texts(&meeting)), (title, vec![(Task, "a")]), "{text}");
    }
}

#[test]
fn an_array_gives_a_meeting_each() {
    let text = r#"{"meetings": [{"title": "A", "tasks": ["a"]}, {"title": "B", "date": "2026-11-12"}, {"name": "Ada"}]}"#;
    let titles: Vec<_> =
        parse("x.json", text).unwrap().into_iter().map(|parsed| parsed.meeting.title).collect();
    assert_eq!(titles, ["A", "B"], "a person in the list is no meeting");
}

#[test]
fn the_head_is_read() {
    let meeting = one(
        r#"{"subject": "T", "start": {"dateTime": "2026-11-12T14:00:00Z"}, "end": {"dateTime": "2026-11-12T14:45:00Z"},
            "participants": ["ada@example.com"], "meeting_attendees": [{"displayName": "Ada"}, {"name": "Ada"}, {"name": "Grace"}],
            "recordingUrl": "https://example.com/r?x=1", "tasks": ["a"]}"#,
    );
    assert_eq!(meeting.held_at, Some(HeldAt::Moment("2026-11-12T14:00:00Z".parse().unwrap())));
    assert_eq!(meeting.minutes, Some(45), "from start to end");
    assert_eq!(meeting.participants, ["Ada", "Grace"], "names before addresses, without repeats");
    assert_eq!(meeting.recording.as_deref(), Some("https://example.com/r?x=1"));
}

#[test]
fn doubtful_parts_of_the_head_stay_empty() {
    let meeting = one(
        r#"{"title": "T", "date": "11/12/2026", "duration": 45, "recording": "http://example.com/r", "tasks": ["a"]}"#,
    );
    assert_eq!(meeting.held_at, None, "a day or a month first?");
    assert_eq!(meeting.minutes, None, "minutes or seconds?");
    assert_eq!(meeting.recording, None, "not over https");
    let long = one(r#"{"duration": 1800, "tasks": ["a"]}"#);
    assert_eq!(long.minutes, Some(30), "nobody meets for 1800 minutes");
    for address in ["javascript:alert(1)", "file:///etc/passwd", "https://user@example.com/", "https:"] {
        let meeting = one(&format!(r#"{{"recording": "{address}", "tasks": ["a"]}}"#));
        assert_eq!(meeting.recording, None, "{address} must never become a link");
    }
}

#[test]
fn the_tools_identifier_is_kept() {
    for (text, key) in [
        (r#"{"id": 12345, "tasks": ["a"]}"#, Some("12345")),
        (r#"{"id": "row", "meeting_id": "m-1", "tasks": ["a"]}"#, Some("m-1")),
        (r#"{"tasks": ["a"]}"#, None),
    ] {
        assert_eq!(parse("x.json", text).unwrap()[0].key.as_deref(), key, "{text}");
    }
}

#[test]
fn transcripts_come_in_every_shape() {
    for (what, transcript) in [
        ("seconds", r#"[{"start": 1, "end": 2.5, "speaker": "Ada", "text": "Hi."}]"#),
        (
            "seconds as text",
            r#"[{"start_time": "1.00", "end_time": "2.50", "speaker_name": "Ada", "text": "Hi."}]"#,
        ),
        ("milliseconds", r#"[{"startMs": 1000, "endMs": 2500, "speaker": {"name": "Ada"}, "words": "Hi."}]"#),
        ("clock times", r#"[{"timestamp": "00:01", "end": "00:02.5", "speaker": "Ada", "text": "Hi."}]"#),
        (
            "an object around the list",
            r#"{"language": "en", "segments": [{"start": 1, "end": 2.5, "speaker": "Ada", "text": "Hi."}]}"#,
        ),
        ("WebVTT", r#""WEBVTT\n\n00:01.000 --> 00:02.500\nAda: Hi.""#),
    ] {
        let meeting = one(&format!(r#"{{"title": "T", "transcript": {transcript}}}"#));
        let cue = &meeting.transcript[0];
        let said = (cue.start_ms, cue.end_ms, cue.speaker.as_deref(), cue.text.as_str());
        assert_eq!(said, (1000, 2500, Some("Ada"), "Hi."), "{what}: {transcript}");
        assert_eq!(meeting.participants, ["Ada"], "who spoke was there");
    }
}

#[test]
fn broken_json_is_named_by_place() {
    let deep = format!(r#"{{"a": {}"#, "[".repeat(1000));
    let trailing = Refusal::NotJson { error: "trailing characters".to_owned() };
    let comma = Refusal::NotJson { error: "expected `,` or `}`".to_owned() };
    for (what, text, (line, column), reason) in [
        ("a missing comma", "{\n  \"ä\": 1 \"b\": 2\n}", (2, 10), comma),
        ("an early end", "{\"tasks\": [\"a\"", (1, 14), Refusal::JsonEnds),
        ("depth", deep.as_str(), (1, 133), Refusal::JsonDepth),
        ("a second document", "{\"tasks\": []} x", (1, 15), trailing),
    ] {
        let refused = parse("x.json", text).unwrap_err();
        let there = Unreadable::at(Location::LineColumn { line, column }, reason);
        assert_eq!(refused, there, "{what} is said as such");
    }
}

#[test]
fn a_flood_of_values_is_refused_as_one() {
    let flood = format!("[{}0]", "0,".repeat(MAX_VALUES));
    let refused = parse("x.json", &flood).unwrap_err();
    assert_eq!(
        refused.reason,
        Refusal::JsonValues { max: MAX_VALUES },
        "the limit is named, not the memory filled"
    );
}

#[test]
fn json_that_is_no_meeting_is_refused() {
    for text in
        ["{}", "[]", "[1]", r#"{"type": "doc", "content": [{"type": "heading"}]}"#, r#"[{"name": "Ada"}]"#]
    {
        assert!(parse("x.json", text).is_err(), "{text} has no meeting in it");
    }
}

#[test]
fn entries_without_text_are_named() {
    let parsed = parse("x.json", r#"{"decisions": ["a", {"id": 1}, 7]}"#).unwrap().remove(0);
    let without_text = |path: &str| Warning {
        location: Some(Location::Path(path.to_owned())),
        reason: Skipped::EntryWithoutText,
    };
    let expected = ["decisions[1]", "decisions[2]"].map(without_text);
    assert_eq!(parsed.warnings, expected, "nothing is dropped without a word");
}

#[test]
fn brackets_do_not_make_json() {
    for (text, expected) in [
        ("{\"a\": 1}", true),
        (" [ {", true),
        ("[]", true),
        ("[Agenda](https://example.com)\n", false),
        ("[ ] a task", false),
        ("# Notes", false),
    ] {
        assert_eq!(begins(text), expected, "{text:?}");
    }
}

#[test]
fn html_is_read_as_what_it_shows() {
    let meeting = one(
        r#"{"title": "T", "decisions": ["<p>Ship it &amp; <b>tell</b> people</p>", "a < b and <c>", "**as it is**"],
            "tasks": [{"text": "Read <a href='https://example.com'>this</a>"}], "insights": "<ul><li>One</li><li>Two</li></ul>"}"#,
    );
    assert_eq!(
        texts(&meeting),
        [
            (Decision, "Ship it & tell people"),
            (Decision, "a < b and <c>"),
            (Decision, "**as it is**"),
            (Task, "Read this"),
            (Insight, "One"),
            (Insight, "Two"),
        ]
    );
    let marked: Vec<bool> = meeting.items.iter().map(|item| item.formatted.is_some()).collect();
    assert_eq!(marked, [true, false, false, true, false, false], "its marks are kept, where it has any");
}

#[test]
fn an_editors_document_is_read_as_notes() {
    let document = r#"{"type": "doc", "content": [
        {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Sync"}]},
        {"type": "heading", "attrs": {"level": 3}, "content": [{"type": "text", "text": "Action Items"}]},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [
            {"type": "paragraph", "content": [{"type": "text", "marks": [{"type": "bold"}], "text": "a"}, {"type": "text", "text": " < b"}]},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "c"}]}]}]}
        ]}]},
        {"type": "taskList", "content": [{"type": "taskItem", "attrs": {"checked": true}, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "d"}]}]}]}
    ]}"#;
    let alone = one(document);
    assert_eq!(alone.title, "Sync", "the file's first heading");
    assert_eq!(texts(&alone), [(Task, "a < b\nc"), (Task, "d")]);
    assert!(alone.items[1].done, "a ticked box is done");
    let within = one(&format!(
        r#"{{"id": "not_1", "title": "T", "created_at": "2026-11-12T09:00:00Z", "notes": {document}}}"#
    ));
    assert_eq!((within.title.as_str(), within.items.len()), ("T", 2), "notes may be such a document");
}

#[test]
fn zooms_summary_has_owners_before_a_colon() {
    let meeting = one(
        r#"{"meeting_topic": "Sync", "meeting_start_time": "2026-11-12T09:00:00Z", "meeting_end_time": "2026-11-12T09:45:00Z",
            "summary_overview": "We met.", "summary_details": [{"label": "Start", "summary": "They spoke: a lot."}],
            "next_steps": ["Ada Lovelace: write the guide", "Grace : ask legal", "Pilot with two customers"]}"#,
    );
    let steps: Vec<_> =
        meeting.items.iter().map(|item| (item.kind, item.text.as_str(), item.owner.as_deref())).collect();
    assert_eq!(
        steps,
        [
            (NextStep, "write the guide", Some("Ada Lovelace")),
            (NextStep, "ask legal", Some("Grace")),
            (NextStep, "Pilot with two customers", None),
        ],
        "a summary of what was said is no item"
    );
    assert_eq!((meeting.title.as_str(), meeting.minutes), ("Sync", Some(45)));
}

#[test]
fn a_list_of_who_said_what_is_a_transcript() {
    for text in [
        r#"[{"speaker": "Ada", "text": "Hi.", "startTime": 1.5}]"#,
        r#"{"id": "1", "meetingId": "2", "data": [{"speaker": "Ada", "text": "Hi.", "startTime": 1.5}]}"#,
    ] {
        let cues = one(text).transcript;
        assert_eq!(cues.len(), 1, "{text}");
        assert_eq!((cues[0].start_ms, cues[0].speaker.as_deref()), (1500, Some("Ada")), "{text}");
    }
}
