//! WebVTT transcripts, as Zoom and Teams write them and as the standard has them
//! (<https://www.w3.org/TR/webvtt1/>), and `SubRip` (.srt), which is the same without a header and with commas in its
//! times: one pass over the lines, each cue on its own, so that a broken one costs a warning with its line and not the
//! rest of the file.
//!
//! The crates for this format were tried first: `subtp` and `webvtt-parser` refuse a whole file for one
//! broken cue or for Teams' unpadded times, and `aspasia` drops such a cue without a word, so none of them
//! can say what was not read. Styles, regions, comments and positions are read over: they say nothing that
//! was spoken.

use std::borrow::Cow;

use crate::domain::meeting::Cue;

use super::gather::Gathered;
use super::{Format, Parsed, Unreadable, encoding, spoken, times};

/// Tags of the standard (and of `SubRip`). Anything else in angle brackets was said: "a <b> c", "Vec<T>".
const TAGS: [&str; 9] = ["b", "c", "font", "i", "lang", "rt", "ruby", "u", "v"];

/// Whether a text is WebVTT: the standard demands this first line.
pub(super) fn begins(text: &str) -> bool {
    text.trim_start_matches(['\r', '\n'])
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether a text is `SubRip`: it starts with the times of a cue, mostly below its number.
pub(super) fn begins_as_subrip(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_time = |line: &str| line.contains("-->") && times(line).is_some();
    lines.next().is_some_and(|first| {
        // Teams writes such times into Word files, too, without numbers and with a point before the fraction.
        if is_cue_name(first) {
            lines.next().is_some_and(is_time)
        } else {
            first.contains(',') && is_time(first)
        }
    })
}

/// Reads a WebVTT transcript.
pub(super) fn parse(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    let mut reader = Reader { lines: text.lines(), number: 0, held: None };
    reader.skip_header();
    cues(reader, name, Format::WebVtt)
}

/// Reads a `SubRip` transcript.
pub(super) fn parse_subrip(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    cues(Reader { lines: text.lines(), number: 0, held: None }, name, Format::SubRip)
}

fn cues(mut reader: Reader<'_>, name: &str, format: Format) -> Result<Parsed, Unreadable> {
    let mut gathered = Gathered::default();
    let mut voiced = false;
    // The line before a time may be the cue's name; if no time follows, it stands outside of any cue.
    let mut waiting: Option<(usize, &str)> = None;
    let mut silent = 0_usize;
    while let Some((number, line)) = reader.next() {
        if !line.contains("-->") {
            match line.trim() {
                "" => {}
                "STYLE" | "REGION" if waiting.is_none() => {
                    reader.skip_block();
                    continue;
                }
                first if waiting.is_none() && is_note(first) && !reader.next_is_time() => {
                    reader.skip_block();
                    continue;
                }
                _ if waiting.is_none() => {
                    waiting = Some((number, line));
                    continue;
                }
                _ => reader.skip_block(),
            }
            if let Some((number, _)) = waiting.take() {
                gathered.warn(format!("line {number}"), "This text belongs to no cue; it was not taken.");
            }
            continue;
        }
        waiting = None;
        let Some((start_ms, end_ms)) = times(line) else {
            gathered
                .warn(format!("line {number}"), "The times of this cue cannot be read; it was not taken.");
            reader.skip_block();
            continue;
        };
        if end_ms < start_ms {
            gathered.warn(format!("line {number}"), "This cue ends before it starts; its end was not taken.");
        }
        let (speaker, text) = reader.payload();
        voiced |= speaker.is_some();
        if text.is_empty() {
            silent += 1;
        } else {
            gathered.cues.push(Cue { start_ms, end_ms, speaker, text });
        }
    }
    if let Some((number, _)) = waiting {
        gathered.warn(format!("line {number}"), "The file ends in the middle of a cue; it was not taken.");
    }
    if silent > 0 {
        let what = if silent == 1 { "1 cue has".to_owned() } else { format!("{silent} cues have") };
        gathered.warn(None, format!("{what} times but no words."));
    }
    // A file that marks voices has no need of names in the text.
    if !voiced {
        gathered.cues.iter_mut().for_each(name_speaker);
    }
    if gathered.cues.is_empty() && !gathered.warnings.is_empty() {
        let first = gathered.warnings.swap_remove(0);
        return Err(Unreadable {
            place: first.place,
            reason: format!("No cue could be read. {}", first.reason),
        });
    }
    if gathered.cues.is_empty() {
        return Err(Unreadable::whole("The transcript has no cues."));
    }
    Ok(gathered.settle(format, name))
}

fn name_speaker(cue: &mut Cue) {
    if let Some((name, said)) = spoken::split(&cue.text) {
        cue.speaker = Some(name.to_owned());
        let start = cue.text.len() - said.len();
        cue.text.drain(..start);
    }
}

fn is_note(line: &str) -> bool {
    line.strip_prefix("NOTE").is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// "00:00:01.000 --> 00:00:02.000 position:0%" in milliseconds.
fn times(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    let end = rest.split_whitespace().next()?;
    Some((times::clock(start)?, times::clock(end)?))
}

struct Reader<'a> {
    lines: std::str::Lines<'a>,
    /// Of the line that was read last.
    number: usize,
    /// A line that was read and not used.
    held: Option<&'a str>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = match self.held.take() {
            Some(line) => line,
            None => self.lines.next()?,
        };
        self.number += 1;
        Some((self.number, line))
    }

    fn hold(&mut self, line: &'a str) {
        self.held = Some(line);
        self.number -= 1;
    }

    /// The header ends with a blank line, or where a tool forgot it with the first time.
    fn skip_header(&mut self) {
        while let Some((_, line)) = self.next() {
            if line.contains("-->") {
                return self.hold(line);
            }
            if self.number > 1 && line.trim().is_empty() {
                return;
            }
        }
    }

    fn skip_block(&mut self) {
        while let Some((_, line)) = self.next() {
            if line.trim().is_empty() {
                return;
            }
            if times(line).is_some() {
                return self.hold(line);
            }
        }
    }

    fn next_is_time(&mut self) -> bool {
        let Some((_, line)) = self.next() else { return false };
        self.hold(line);
        times(line).is_some()
    }

    /// The lines of a cue, up to a blank one: the speaker that a tag names, and what was said.
    fn payload(&mut self) -> (Option<String>, String) {
        let (mut speaker, mut text) = (None, String::new());
        let mut last_start = 0;
        let mut last_line = "";
        while let Some((_, line)) = self.next() {
            if line.trim().is_empty() {
                break;
            }
            // The blank line between two cues is missing; the line before the time may be the next one's name.
            if line.contains("-->") && times(line).is_some() {
                if is_cue_name(last_line) {
                    text.truncate(last_start);
                }
                self.hold(line);
                break;
            }
            last_start = text.len();
            last_line = line;
            if !text.is_empty() {
                text.push(' ');
            }
            say(line.trim(), &mut speaker, &mut text);
        }
        (speaker, text.trim().to_owned())
    }
}

/// Numbers, and names that hold a number and no space, such as Teams' `6d0f…/12-0`.
fn is_cue_name(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && line.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_hexdigit() || matches!(b, b'-' | b'/'))
        && line.bytes().any(|b| b.is_ascii_digit())
}

/// Adds a line without its tags and with its entities resolved. A second voice in a cue goes on a line of
/// its own, under its name: the cue stays one, and nobody's words become another's.
fn say(line: &str, speaker: &mut Option<String>, text: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let read = if rest.starts_with('<') {
            tag(rest)
        } else {
            entity(rest).map(|(c, length)| (Tag::Char(c), length))
        };
        let Some((read, length)) = read else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        rest = &rest[length..];
        match read {
            Tag::Voice(name) if speaker.is_none() && text.trim().is_empty() => *speaker = Some(name),
            Tag::Voice(name) if speaker.as_deref() != Some(&name) => {
                text.truncate(text.trim_end().len());
                text.push('\n');
                text.push_str(&name);
                text.push_str(": ");
            }
            Tag::Char(c) => text.push(c),
            Tag::Voice(_) | Tag::Nothing => {}
        }
    }
    text.push_str(rest);
}

enum Tag {
    Voice(String),
    Char(char),
    Nothing,
}

/// A tag at the start of the text, and its length.
fn tag(text: &str) -> Option<(Tag, usize)> {
    // A tag longer than this is a stray bracket, and the search for its end must not become quadratic.
    const MAX_TAG: usize = 300;
    let window = &text[1..encoding::boundary(text, MAX_TAG)];
    let inner = &window[..window.find(['>', '<']).filter(|at| window.as_bytes()[*at] == b'>')?];
    let length = inner.len() + 2;
    let name = inner
        .trim_start_matches('/')
        .split(|c: char| c == '.' || c.is_whitespace())
        .next()
        .unwrap_or_default();
    let is_tag = TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)) || times::clock(inner).is_some();
    if !is_tag {
        return None;
    }
    if name.eq_ignore_ascii_case("v")
        && !inner.starts_with('/')
        && let Some((_, voice)) = inner.split_once(char::is_whitespace)
    {
        let voice = entities(voice.trim());
        return (!voice.is_empty())
            .then(|| (Tag::Voice(voice.into_owned()), length))
            .or(Some((Tag::Nothing, length)));
    }
    Some((Tag::Nothing, length))
}

fn entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (c, length) = entity(&rest[at..]).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// An entity at the start of the text, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 10;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let c = match &text[1..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

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
                vec![
                    cue(1000, 2500, Some("Ada (Engine)"), "Hi."),
                    cue(3000, 4000, Some("Grace"), "R&D: yes"),
                ],
            ),
            (
                "Teams: voices, unpadded and negative times, names of cues, no end tag",
                "WEBVTT\n\n6d0f-1a/1-0\n0:0:0.0 --> 0:0:5.320\n<v Ada Lovelace>Hi\nthere.</v>\n\n-0:0:1.0 --> 0:0:0.5\n<v.loud Grace>Note: hello",
                vec![
                    cue(0, 5320, Some("Ada Lovelace"), "Hi there."),
                    cue(0, 500, Some("Grace"), "Note: hello"),
                ],
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
        for (what, broken, place) in [
            ("a broken time", "2\n00:0x:01.000 --> 00:00:02.000\nlost", "line 7"),
            ("no end", "2\n00:00:01.000 -->\nlost", "line 7"),
            ("no times", "lost\nwords", "line 6"),
            ("an end before the start", "00:00:02.500 --> 00:00:01.000\nkept", "line 6"),
        ] {
            let text = format!(
                "WEBVTT\n\n00:01.000 --> 00:02.000\na\n\n{broken}\n\n3\n00:03.000 --> 00:04.000\nb\n"
            );
            let parsed = parse("x.vtt", &text).unwrap();
            let said: Vec<_> = parsed.meeting.transcript.iter().map(|cue| cue.text.as_str()).collect();
            assert_eq!(
                (said.first(), said.last()),
                (Some(&"a"), Some(&"b")),
                "{what} must not cost the others"
            );
            assert!(!said.contains(&"lost"), "{what} must not end up in another cue: {said:?}");
            let places: Vec<_> =
                parsed.warnings.iter().filter_map(|warning| warning.place.as_deref()).collect();
            assert_eq!(places, [place], "{what} is named by its line");
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
        for (text, place) in [("WEBVTT\n", None), ("WEBVTT\n\n1\nxx --> yy\na\n", Some("line 4"))] {
            let refused = parse("x.vtt", text).unwrap_err();
            assert_eq!(refused.place.as_deref(), place, "{text:?} has nothing to show: {refused}");
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
}
