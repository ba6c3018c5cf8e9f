use super::*;
use crate::domain::meeting::{HeldAt, Item, Meeting};
use crate::domain::reading::{Location, Skipped, Warning};
use jiff::civil::date;

use ItemKind::{Decision, Insight, NextStep, Task};

fn notes(text: &str) -> Meeting {
    parse("x.md", text).unwrap().meeting
}

fn texts(meeting: &Meeting) -> Vec<(ItemKind, &str)> {
    meeting.items.iter().map(|item| (item.kind, item.text.as_str())).collect()
}

#[test]
fn headings_of_every_sort_mark_their_lists() {
    for (what, text, expected) in [
        (
            "all four kinds, in English",
            "# T\n## Key points\n- a\n## Decisions made\n1. b\n2. c\n### Next steps\n* d\n## Action items\n- [ ] e",
            vec![(Insight, "a"), (Decision, "b"), (Decision, "c"), (NextStep, "d"), (Task, "e")],
        ),
        (
            "all four kinds, in German",
            "## Erkenntnisse\n- a\n## Entscheidungen\n- b\n## Nächste Schritte\n- c\n## Aufgaben\n- d",
            vec![(Insight, "a"), (Decision, "b"), (NextStep, "c"), (Task, "d")],
        ),
        (
            "bold lines and lines with a colon",
            "**Decisions**\n\n- a\n\n**Notes**\n\n- b\n\nAction items:\n- c\n\n__Other things:__\n- d",
            vec![(Decision, "a"), (Task, "c")],
        ),
        ("a line with a colon at the end of a paragraph", "We met.\nDecisions:\n- a", vec![(Decision, "a")]),
        (
            "underlined headings",
            "Decisions\n=========\n- a\n\nOther\n-----\n- b",
            vec![(Decision, "a"), (Decision, "b")],
        ),
        (
            "what a heading names holds below it, but for other known sections",
            "## Action items\n### Engineering\n- a\n### Notes\n- b\n### Sales\n- c\n## Weather\n- d",
            vec![(Task, "a"), (Task, "c")],
        ),
        (
            "bullets that Markdown does not know",
            "## Decisions\n• a\n• b",
            vec![(Decision, "a"), (Decision, "b")],
        ),
        (
            "markup",
            "## Decisions\n- **Use** [Rust](https://example.com) for `x_y`",
            vec![(Decision, "Use Rust for x_y")],
        ),
        (
            "entries below an entry",
            "## Decisions\n- a\n  - b\n    - c\n- d",
            vec![(Decision, "a\nb\nc"), (Decision, "d")],
        ),
        (
            "entries below a name or a group",
            "## Tasks\n- Ada\n  - a\n- **Sales team**\n  - b\n- Later:\n  - c",
            vec![(Task, "a"), (Task, "b"), (Task, "c")],
        ),
        ("boxes below a box", "## Tasks\n- [ ] a\n  - [ ] b\n  - c", vec![(Task, "a\nc"), (Task, "b")]),
        ("nothing", "## Decisions\n- None\n- n/a\n\n## Tasks\n\nNone.", vec![]),
    ] {
        assert_eq!(texts(&notes(text)), expected, "{what}");
    }
}

#[test]
fn nothing_is_invented() {
    for (what, text) in [
        ("lists under no heading", "# T\n- a\n- [ ] b"),
        (
            "lists under other headings",
            "# T\n## Agenda\n- a\n## Pending decisions\n- b\n## Decisions from last week\n- c",
        ),
        ("prose under a heading", "# T\n## Decisions\nNo decisions were made today."),
        ("lists after a colon line's own", "# T\nDecisions:\n\nWe spoke of it.\n\n- a"),
        ("code", "# T\n## Notes\n```\n## Decisions\n- a\n```"),
    ] {
        assert_eq!(texts(&notes(text)), [], "{what} hold no items");
    }
}

#[test]
fn what_was_passed_over_is_said() {
    let heading = || "Decisions".to_owned();
    for (what, text, line, reason) in [
        ("a list under no heading", "# T\n\n- a\n", 3, Skipped::UnmarkedLists { count: 1 }),
        (
            "several, in one warning",
            "# T\n## X\n- a\n## Y\n- b\n## Decisions\n- c\n",
            3,
            Skipped::UnmarkedLists { count: 2 },
        ),
        (
            "prose where a list is expected",
            "# T\n## Decisions\nWe ship it.\n## Tasks\n- a\n",
            2,
            Skipped::SectionWithoutList { heading: heading() },
        ),
        (
            "a transcript without times and speakers",
            "# T\n## Tasks\n- a\n## Transcript\nThey spoke at length.\n",
            5,
            Skipped::UnmarkedTranscript,
        ),
        (
            "a table of something else",
            "# T\n## Tasks\n- a\n\n| X | Y |\n|---|---|\n| 1 | 2 |\n",
            5,
            Skipped::TableWithoutText,
        ),
    ] {
        let said = parse("x.md", text).unwrap().warnings.into_iter();
        let placed: Vec<_> = said.filter(|warning| warning.location.is_some()).collect();
        assert_eq!(placed, [Warning { location: Some(Location::Line(line)), reason }], "{what}");
    }
    let said = parse("x.md", "---\na: [\n---\n# T\n## Tasks\n- a\n").unwrap().warnings;
    let [Warning { location: Some(Location::Line(1)), reason: Skipped::FrontMatter { error } }] = &said[..]
    else {
        panic!("front matter that is not YAML: {said:?}")
    };
    assert!(!error.is_empty(), "in the parser's words");
}

#[test]
fn tasks_carry_owner_date_and_state() {
    let meeting = notes(
        "## Tasks\n- [x] Grace: write the guide (due 2026-11-20)\n- [ ] **Ada**: ask legal — due Friday\n- [ ] Backend: add a cache\n- Book it — Linus · due 20 Nov\n\n### Grace Hopper\n- [ ] rest",
    );
    let read = |item: &Item| {
        let due = item.due.clone().map(|due| (due.text, due.date));
        (item.text.clone(), item.owner.clone(), due, item.done)
    };
    let row = |text: &str, owner: Option<&str>, due: Option<(&str, Option<jiff::civil::Date>)>, done| {
        (text.to_owned(), owner.map(str::to_owned), due.map(|(text, date)| (text.to_owned(), date)), done)
    };
    assert_eq!(
        meeting.items.iter().map(read).collect::<Vec<_>>(),
        [
            row("write the guide", Some("Grace"), Some(("2026-11-20", Some(date(2026, 11, 20)))), true),
            row("ask legal", Some("Ada"), Some(("Friday", None)), false),
            row("Backend: add a cache", None, None, false),
            row("Book it", Some("Linus"), Some(("20 Nov", None)), false),
            row("rest", Some("Grace Hopper"), None, false),
        ]
    );
}

#[test]
fn tables_of_tasks_are_read() {
    let meeting = notes(
        "## Action items\n| # | Owner | Action item | Due date | Status |\n|-|-|-|-|-|\n| 1 | Ada | **Write** it | 2026-11-20 | done |\n| 2 | | Read it | | |",
    );
    let read: Vec<_> = meeting
        .items
        .iter()
        .map(|item| (item.text.as_str(), item.owner.as_deref(), item.due.is_some(), item.done))
        .collect();
    assert_eq!(read, [("Write it", Some("Ada"), true, true), ("Read it", None, false, false)]);
}

#[test]
fn the_head_is_read_wherever_it_stands() {
    let expected = ["Ada", "Grace", "Linus"];
    for (what, text) in [
        (
            "front matter",
            "---\ntitle: T\ndate: 2026-11-12\nparticipants: [Ada, Grace, Linus]\nduration: 45 min\n---\n## Tasks\n- a",
        ),
        (
            "labels",
            "# T\n**Date:** 12 November 2026\n**Attendees:** Ada, Grace and Linus\nDuration: 45 min\n## Tasks\n- a",
        ),
        (
            "a list of labels",
            "# T\n- **Date:** Thu, Nov 12, 2026 14:00 CET\n- Participants:\n  - Ada\n  - Grace\n  - Linus\n- Duration: 0.75 hours\n## Tasks\n- a",
        ),
        (
            "headings",
            "# T\n### Meeting Date/Time: 2026-11-12\n### Meeting Duration: 45 minutes\n## Tasks\n- a\n## Attendees\n* Ada\n* Grace\n* Linus",
        ),
        (
            "German labels",
            "# T\nDatum: 12.11.2026\nTeilnehmer: Ada; Grace; Linus\nDauer: 45 Minuten\n## Aufgaben\n- a",
        ),
    ] {
        let parsed = parse("x.md", text).unwrap();
        let meeting = &parsed.meeting;
        assert_eq!((meeting.title.as_str(), parsed.titled), ("T", true), "{what}");
        assert_eq!(meeting.held_at, Some(HeldAt::Day(date(2026, 11, 12))), "{what}");
        assert_eq!(meeting.participants, expected, "{what}");
        assert_eq!(meeting.minutes, Some(45), "{what}");
        assert_eq!(texts(meeting), [(Task, "a")], "{what}: the head holds no items");
        assert_eq!(parsed.warnings, [], "{what}: labels are no lists that were passed over");
    }
}

#[test]
fn only_names_become_participants() {
    for (text, expected) in [
        ("# T\n## Attendees\nAda, Grace and Linus Brandt", vec!["Ada", "Grace", "Linus Brandt"]),
        ("# T\nAttendees:\n- Ada\n\nWe spoke of money.\n\n- a point", vec!["Ada"]),
        ("# T\n## Attendees\nEverybody was there, and it was loud.", vec![]),
    ] {
        assert_eq!(notes(text).participants, expected, "{text:?}");
    }
}

#[test]
fn a_transcript_with_times_is_taken() {
    let meeting = notes(
        "# T\n## Transcript\n[00:00:01] Ada: Hi.\n\n[00:00:03] Grace: Hello,\n### you\n## Decisions\n- a",
    );
    let said: Vec<_> = meeting
        .transcript
        .iter()
        .map(|cue| (cue.start_ms, cue.speaker.as_deref(), cue.text.as_str()))
        .collect();
    assert_eq!(said, [(1000, Some("Ada"), "Hi."), (3000, Some("Grace"), "Hello, you")]);
    assert_eq!(texts(&meeting), [(Decision, "a")], "the transcript ends at the next heading of its level");
}

#[test]
fn text_that_is_no_meeting_is_refused() {
    for text in ["hello", "Ada: Hi.\nGrace: Hello.\n", "- a\n- b", "**Bold**\n\nmore"] {
        let refused = parse("x.txt", text).unwrap_err();
        assert_eq!(refused, Unreadable::whole(Refusal::NotAMeeting), "{text:?} has no mark of meeting notes");
    }
}

#[test]
fn words_keep_their_marks_beside_them() {
    let meeting = notes(
        "# Sync\n\n## Decisions\n\n- Ship the **importer** behind a [flag](https://example.com/flag)\n- As *plain*\n  - as `this`\n- Nothing marked\n\n\
         ## Tasks\n\n- [ ] Grace: write the *guide* (due 2026-11-20)\n",
    );
    let [linked, below, plain, task] = &meeting.items[..] else { panic!("four items: {:?}", meeting.items) };
    let formatted = |item: &Item| item.formatted.clone().unwrap();
    assert_eq!(linked.text, "Ship the importer behind a flag");
    assert_eq!(formatted(linked).text(), linked.text, "the words are the same");
    assert_eq!(formatted(linked).iter().count(), 4, "plain, strong, plain, link");
    assert_eq!(below.text, "As plain\nas this");
    assert!(below.formatted.is_none(), "one of two lines does not stand for both");
    assert!(plain.formatted.is_none(), "nothing is kept where nothing is marked");
    assert_eq!((task.text.as_str(), formatted(task).text().as_str()), ("write the guide", "write the guide"));
    assert_eq!(task.owner.as_deref(), Some("Grace"), "what became a field is in neither");
}

#[test]
fn plain_text_has_its_own_headings_and_signs() {
    let meeting = notes(
        "Weekly sync\nDate: 12 Nov 2026\n\nSummary\n\nWe met.\n\nDecisions\n\n• Ship it\n\nSuggested next steps\n\n[ ] [Ada] Guide: write it\n☑ ask legal\n\nTranscript\n\n00:00:00\n\nAda Lovelace: Hi.\n",
    );
    assert_eq!(
        texts(&meeting),
        [(Decision, "Ship it"), (NextStep, "Guide: write it"), (NextStep, "ask legal")]
    );
    assert_eq!(meeting.items[1].owner.as_deref(), Some("Ada"));
    assert_eq!(meeting.items.iter().map(|item| item.done).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(meeting.transcript.len(), 1, "the transcript is below its heading");
    assert!(meeting.held_at.is_some(), "its day is in a line");
}

fn page(html: &str) -> Parsed {
    parse_html("x.html", html, Format::Html).unwrap()
}

#[test]
fn pages_are_read_like_notes() {
    for (what, html, expected) in [
        (
            "headings and lists",
            "<!DOCTYPE html><html><head><title>T</title><style>li { color: red }</style></head><body><h2>Decisions</h2><ul><li>a</li><li>b <b>c</b></li></ul><h2>Other</h2><ul><li>x</li></ul></body></html>",
            vec![(Decision, "a"), (Decision, "b c")],
        ),
        (
            "nothing closed",
            "<h1>T<h2>Tasks<ul><li>a<li>b<ul><li>c</ul><li>d",
            vec![(Task, "a"), (Task, "b\nc"), (Task, "d")],
        ),
        (
            "bold lines, paragraphs in entries, entities, breaks",
            "<div><b>Action items</b></div><ol><li><p>a &amp; b</p><p>c</p></li><li>d<br>e</li></ol>",
            vec![(Task, "a & b\nc"), (Task, "d\ne")],
        ),
        ("words in no element", "<body>Decisions:<ul><li>a</ul></body>", vec![(Decision, "a")]),
        (
            "tables",
            "<h3>Tasks</h3><table><thead><tr><th>Owner</th><th>Task</th></tr></thead><tbody><tr><td>Ada</td><td><ul><li>a</li><li>b</li></ul></td></tr></table>",
            vec![(Task, "a\nb")],
        ),
        (
            "a page laid out with a table",
            "<table role=\"presentation\"><tr><td><h2>Decisions</h2><ul><li>a</li></ul></td></tr></table>",
            vec![(Decision, "a")],
        ),
    ] {
        assert_eq!(texts(&page(html).meeting), expected, "{what}");
    }
}

#[test]
fn pages_say_what_they_are() {
    let parsed = page(
        "<html><head><title>Sync</title></head><body>\n<p>Date: 12 Nov 2026</p><h2>Tasks</h2>\n<ul><li><input type=checkbox checked> <a href=\"https://example.com/\">a</a> <em>b</em></li></ul>\n<h2>Topics</h2><script>let x = '<li>y</li>';</script>\n<ul><li>z</li></ul><h2>Transcript</h2><p>[00:15] Ada: Hi.</p><p>[00:20] Grace: <b>Hello</b></p></body></html>",
    );
    let meeting = &parsed.meeting;
    assert_eq!(
        (meeting.title.as_str(), parsed.titled),
        ("Sync", true),
        "its title, where it has no first heading"
    );
    assert_eq!(texts(meeting), [(Task, "a b")]);
    assert!(meeting.items[0].done, "a ticked box is done");
    assert!(meeting.items[0].formatted.is_some(), "links and emphasis are kept");
    let said: Vec<_> = meeting
        .transcript
        .iter()
        .map(|cue| (cue.start_ms, cue.speaker.as_deref(), cue.text.as_str()))
        .collect();
    assert_eq!(said, [(15_000, Some("Ada"), "Hi."), (20_000, Some("Grace"), "Hello")]);
    assert_eq!(meeting.held_at, Some(HeldAt::Day(date(2026, 11, 12))));
}

#[test]
fn a_page_is_told_from_markdown_with_tags() {
    for (text, is_page) in [
        ("<!DOCTYPE html><p>x", true),
        ("<!-- saved --> \n<html>", true),
        ("<h1>x</h1>", true),
        ("<p>x</p>", true),
        ("<https://example.com>\n# T", false),
        ("# T\n<p>x</p>", false),
        ("<ada@example.com> said", false),
    ] {
        assert_eq!(html::begins(text), is_page, "{text:?}");
    }
}
