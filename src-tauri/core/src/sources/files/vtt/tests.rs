use super::*;
use crate::domain::reading::Warning;

fn cues(text: &str) -> Vec<(u64, u64, Option<String>, String)> {
    let parsed = parse("x.vtt", text).unwrap();
    parsed
        .meeting
        .transcript
        .into_iter()
        .map(|cue| (cue.start_ms, cue.end_ms, cue.speaker, cue.text))
        .collect()
}

fn cue(start: u64, end: u64, speaker: Option<&str>, text: &str) -> (u64, u64, Option<String>, String) {
    (start, end, speaker.map(str::to_owned), text.to_owned())
}

#[test]
fn zoom_and_teams_are_read() {
    for (what, text, expected) in [
        (
            "Zoom: numbers, Windows line ends, names in the text",
            "WEBVTT\r\n\r\n1\r\n00:00:01.000 --> 00:00:02.500\r\nAda (Engine): Hi.\r\n\r\n2\r\n00:00:03.000 --> 00:00:04.000\r\nGrace: R&D: yes\r\n",
            vec![cue(1000, 2500, Some("Ada (Engine)"), "Hi."), cue(3000, 4000, Some("Grace"), "R&D: yes")],
        ),
        (
            "Teams: voices, unpadded and negative times, names of cues, no end tag",
            "WEBVTT\n\n6d0f-1a/1-0\n0:0:0.0 --> 0:0:5.320\n<v Ada Lovelace>Hi\nthere.</v>\n\n-0:0:1.0 --> 0:0:0.5\n<v.loud Grace>Note: hello",
            vec![cue(0, 5320, Some("Ada Lovelace"), "Hi there."), cue(0, 500, Some("Grace"), "Note: hello")],
        ),
        (
            "headers, comments, styles and settings say nothing that was spoken",
            "WEBVTT - made by hand\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:x\n\nNOTE two\nlines\n\n00:01.000 --> 00:02.000 position:10% align:left\nHi.\n\nNOTE end",
            vec![cue(1000, 2000, None, "Hi.")],
        ),
        (
            "tags and entities",
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.x><i>So</i></c> <00:00:01.500>a &lt; b &amp; Vec<T> &#39;x&#39; &nosuch; R&D",
            vec![cue(1000, 2000, None, "So a < b & Vec<T> 'x' &nosuch; R&D")],
        ),
        (
            "two voices in one cue",
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada>Hi.</v>\n<v Grace>Hello.</v>",
            vec![cue(1000, 2000, Some("Ada"), "Hi.\nGrace: Hello.")],
        ),
        (
            "no blank line between header and cues, nor between cues",
            "WEBVTT\n1\n00:01.000 --> 00:02.000\na\n2\n00:03.000 --> 00:04.000\nb 2",
            vec![cue(1000, 2000, None, "a"), cue(3000, 4000, None, "b 2")],
        ),
        (
            "an arrow that was said",
            "WEBVTT\n\n00:01.000 --> 00:02.000\nAda: from A --> B",
            vec![cue(1000, 2000, Some("Ada"), "from A --> B")],
        ),
        (
            "cues out of order",
            "WEBVTT\n\n00:03.000 --> 00:04.000\nb\n\n00:01.000 --> 00:02.000\na",
            vec![cue(1000, 2000, None, "a"), cue(3000, 4000, None, "b")],
        ),
    ] {
        assert_eq!(cues(text), expected, "{what}");
    }
}

#[test]
fn a_broken_cue_is_named_and_the_others_come_in() {
    for (what, broken, line, reason) in [
        ("a broken time", "2\n00:0x:01.000 --> 00:00:02.000\nlost", 7, Skipped::CueTimes),
        ("no end", "2\n00:00:01.000 -->\nlost", 7, Skipped::CueTimes),
        ("no times", "lost\nwords", 6, Skipped::OutsideOfCues),
        ("an end before the start", "00:00:02.500 --> 00:00:01.000\nkept", 6, Skipped::CueEnd),
    ] {
        let text =
            format!("WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n{broken}\n\n3\n00:03.000 --> 00:04.000\nb\n");
        let parsed = parse("x.vtt", &text).unwrap();
        let said: Vec<_> = parsed.meeting.transcript.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!((said.first(), said.last()), (Some(&"a"), Some(&"b")), "{what} must not cost the others");
        assert!(!said.contains(&"lost"), "{what} must not end up in another cue: {said:?}");
        let named = Warning { location: Some(Location::Line(line)), reason };
        assert_eq!(parsed.warnings, [named], "{what} is named by its line");
    }
}

#[test]
fn speakers_become_participants_once() {
    let text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAda: a\n\n00:03.000 --> 00:04.000\nGrace: b\n\n00:05.000 --> 00:06.000\nAda: c";
    let parsed = parse("Weekly sync.vtt", text).unwrap();
    assert_eq!(parsed.meeting.participants, ["Ada", "Grace"], "in the order in which they spoke");
    assert_eq!(
        (parsed.meeting.title.as_str(), parsed.titled),
        ("Weekly sync", false),
        "only the file has a name"
    );
    assert_eq!(parsed.meeting.items, [], "a transcript marks no items");
}

#[test]
fn a_transcript_without_cues_is_refused() {
    let broken = Refusal::NoReadableCue { first: Skipped::CueTimes };
    for (text, expected) in [
        ("WEBVTT\n", Unreadable::whole(Refusal::NoCues)),
        ("WEBVTT\n\n1\nxx --> yy\na\n", Unreadable::at(Location::Line(4), broken)),
    ] {
        assert_eq!(parse("x.vtt", text).unwrap_err(), expected, "{text:?} has nothing to show");
    }
}

#[test]
fn subrip_is_read_like_webvtt() {
    let text = "1\r\n00:00:01,000 --> 00:00:03,500\r\nAda: So.\r\n\r\n2\r\n00:00:03,500 --> 00:00:06,000\r\nGrace: <i>Only</i> if\r\nneither objects.\r\n";
    assert!(begins_as_subrip(text), "its times have commas");
    let parsed = parse_subrip("x.srt", text).unwrap();
    let said: Vec<_> = parsed
        .meeting
        .transcript
        .into_iter()
        .map(|cue| (cue.start_ms, cue.end_ms, cue.speaker, cue.text))
        .collect();
    assert_eq!(
        said,
        [cue(1000, 3500, Some("Ada"), "So."), cue(3500, 6000, Some("Grace"), "Only if neither objects."),]
    );
    for text in ["1\n2\n", "1\nAda --> Grace, all", "Ada\n00:00:01,000 --> 00:00:03,500\n"] {
        assert!(!begins_as_subrip(text), "{text:?} has no times where a cue has them");
    }
}

#[test]
fn only_the_standard_first_line_counts() {
    for (text, expected) in [
        ("WEBVTT", true),
        ("WEBVTT\n", true),
        ("WEBVTT - x\n", true),
        ("WEBVTTX\n", false),
        ("# WEBVTT", false),
    ] {
        assert_eq!(begins(text), expected, "{text:?}");
    }
}
