use super::*;

type Said<'a> = (u64, u64, Option<&'a str>, &'a str);

fn said(transcript: &Transcript) -> Vec<Said<'_>> {
    let cues = transcript.cues.iter();
    cues.map(|cue| (cue.start_ms, cue.end_ms, cue.speaker.as_deref(), cue.text.as_str())).collect()
}

#[test]
fn lines_with_times_become_cues() {
    let transcript = lines(
        "intro\n[00:00:15] Ada: Good morning\nand welcome.\n- **[0:20]** **Grace:** Hi.\n(00:25) Note: no speaker\n01:00:30 - Ada: Bye.",
    );
    assert_eq!(
        said(&transcript),
        [
            (15_000, 20_000, Some("Ada"), "Good morning and welcome."),
            (20_000, 25_000, Some("Grace"), "Hi."),
            (25_000, 3_630_000, None, "Note: no speaker"),
            (3_630_000, 3_630_000, Some("Ada"), "Bye."),
        ],
        "each time starts a cue that lasts until the next"
    );
    assert_eq!(transcript.loose, 1, "what stands before the first time belongs to no cue");
}

#[test]
fn every_layout_is_read() {
    for (what, text, expected) in [
        (
            "Otter",
            "Ada Lovelace  0:01  \nGood morning,\nall of you.\n\nSpeaker 2  0:09\nHi.\n\nTranscribed by https://otter.ai",
            vec![
                (1000, 9000, Some("Ada Lovelace"), "Good morning, all of you."),
                (9000, 9000, Some("Speaker 2"), "Hi."),
            ],
        ),
        (
            "Teams, time above name above words",
            "0:0:5.100 --> 0:0:8.250\nAda Lovelace\nGood morning.\n\n0:0:9.0 --> 0:0:10.0\nHopper, Grace (Guest)\nHi.",
            vec![
                (5100, 8250, Some("Ada Lovelace"), "Good morning."),
                (9000, 10_000, Some("Hopper, Grace (Guest)"), "Hi."),
            ],
        ),
        (
            "Teams, name and time above words",
            "Ada Lovelace started transcription\nAda Lovelace   0:03\nGood morning.\nHopper, Grace (Guest) 1:02:03\nWe meet at 10:30\n",
            vec![
                (3000, 3_723_000, Some("Ada Lovelace"), "Good morning."),
                (3_723_000, 3_723_000, Some("Hopper, Grace (Guest)"), "We meet at 10:30"),
            ],
        ),
        (
            "Fathom",
            "0:00 - Ada Lovelace (Acme)\n  Good morning.\n\n0:07 - Grace\n  Hi.\n",
            vec![(0, 7000, Some("Ada Lovelace (Acme)"), "Good morning."), (7000, 7000, Some("Grace"), "Hi.")],
        ),
        (
            "Google Meet, a time above several names",
            "00:00:00\n \nAda Lovelace: Good morning.\nGrace Hopper: Hi.\n00:05:00\n \nAda Lovelace: So.\nTranscription ended after 00:06:10",
            vec![
                (0, 0, Some("Ada Lovelace"), "Good morning."),
                (0, 300_000, Some("Grace Hopper"), "Hi."),
                (300_000, 300_000, Some("Ada Lovelace"), "So."),
            ],
        ),
        (
            "Fireflies",
            "**Ada Lovelace** [00:15]: Good morning.\n**Grace (00:20):** Hi.",
            vec![
                (15_000, 20_000, Some("Ada Lovelace"), "Good morning."),
                (20_000, 20_000, Some("Grace"), "Hi."),
            ],
        ),
        (
            "a transcript without speakers",
            "[00:01] So\nand on\n[00:05] Okay\n[00:07] We meet at 10:30",
            vec![
                (1000, 5000, None, "So and on"),
                (5000, 7000, None, "Okay"),
                (7000, 7000, None, "We meet at 10:30"),
            ],
        ),
    ] {
        let transcript = parse(text).unwrap_or_default();
        assert_eq!(said(&transcript), expected, "{what}");
        assert!(!transcript.chat, "{what} was said, not written");
    }
}

#[test]
fn both_layouts_of_a_chat_are_read() {
    for (what, text, expected) in [
        (
            "from the cloud",
            "00:04:33\tAda:\thttps://example.com/a\n00:09:23\tGrace Hopper:\tJust data.\nMore of it\n",
            vec![
                (273_000, 563_000, Some("Ada"), "https://example.com/a"),
                (563_000, 563_000, Some("Grace Hopper"), "Just data. More of it"),
            ],
        ),
        (
            "from the disk",
            "10:15:22 From Ada Lovelace to Everyone:\n\tHello: all\n10:15:30 From  Grace  to  Ada Lovelace (Direct Message) :\n\tHi\n10:16:00\t From Linus : old",
            vec![
                (36_922_000, 36_930_000, Some("Ada Lovelace"), "Hello: all"),
                (36_930_000, 36_960_000, Some("Grace"), "Hi"),
                (36_960_000, 36_960_000, Some("Linus"), "old"),
            ],
        ),
    ] {
        let transcript = parse(text).unwrap_or_default();
        assert_eq!(said(&transcript), expected, "a chat {what}");
        assert!(transcript.chat, "a chat {what} is known as one");
    }
}

#[test]
fn a_transcript_may_have_no_times() {
    let transcript = lines("1. **Ada:** Quick one.\n2. **Grace:** Fine,\nreally.");
    assert_eq!(
        said(&transcript),
        [(0, 0, Some("Ada"), "Quick one."), (0, 0, Some("Grace"), "Fine, really.")]
    );
}

#[test]
fn notes_with_times_in_them_are_no_transcript() {
    for text in [
        "Minutes of Monday\nWe met at 10:30 and left.\n",
        "Ada: hi\nGrace: hello\n",
        "Lunch at 12:30\n",
        "09:00 Welcome\n",
    ] {
        assert!(parse(text).is_none(), "{text:?} is not a transcript");
    }
}
