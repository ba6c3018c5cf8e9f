//! Files of people who mean no good.

use super::super::*;
use crate::domain::reading::Skipped;

/// Written in each format: what turns the direction of text in it, and what some languages need.
#[test]
fn text_of_strangers_reads_as_it_is_in_each_format() {
    let line = "Approve \u{202E}000,01\u{202C} \u{2066}€\u{2069} to\u{E0041}day می\u{200C}خواهم";
    for (name, content) in [
        ("json", format!(r#"{{"title": "{line}", "decisions": ["{line}"], "attendees": ["{line}"]}}"#)),
        (
            "escaped",
            format!(r#"{{"title": "{line}", "decisions": ["{line}"]}}"#).replace('\u{202E}', r"\u202e"),
        ),
        (
            "markdown",
            format!("# {line}\n\n## Decisions\n\n- {line}\n- **{line}** [x](https://example.com)\n"),
        ),
        (
            "html",
            format!("<h1>{line}</h1><h2>Decisions</h2><ul><li>{line}<li><b>{line}</b></ul>")
                .replace('\u{202E}', "&#x202E;"),
        ),
        ("webvtt", format!("WEBVTT\n\n00:01.000 --> 00:02.000\n<v {line}>{line}\n")),
    ] {
        let parsed = parse(name, content.as_bytes()).unwrap();
        let all = format!("{:?}", parsed[0].meeting);
        assert!(!parsed[0].meeting.items.is_empty() || !parsed[0].meeting.transcript.is_empty(), "{name}");
        let found: Vec<char> = all.chars().filter(|&c| crate::adf::is_deceptive(c)).collect();
        assert!(found.is_empty(), "{name}: {all}");
        // Debug output writes such characters as escapes.
        for escape in ["202a", "202e", "202c", "2066", "2069", "e0041"] {
            assert!(!all.contains(&format!("u{{{escape}}}")), "{name}: {all}");
        }
        assert!(all.contains("200c") || all.contains('\u{200C}'), "joiners stay in {name}: {all}");
    }
}

#[test]
fn more_cues_and_speakers_than_any_meeting_has_are_left_out() {
    use std::fmt::Write as _;
    let mut text = String::from("WEBVTT\n");
    for number in 0..300_000 {
        let (minute, second) = (number / 60 % 60, number % 60);
        let hour = number / 3600;
        writeln!(text, "\n{hour:02}:{minute:02}:{second:02}.000 --> {hour:02}:{minute:02}:{second:02}.900\n<v Speaker {number}>a").unwrap();
    }
    let parsed = parse("a.vtt", text.as_bytes()).unwrap().remove(0);
    assert_eq!(parsed.meeting.transcript.len(), 200_000);
    assert_eq!(parsed.meeting.participants.len(), 5_000);
    let reason = Skipped::TooManyCues { count: 300_000, max: 200_000 };
    assert_eq!(parsed.warnings, [Warning { location: None, reason }]);
}
