//! Transcripts and chats in plain text, in the layouts of the tools: `[00:00:15] Ada: …`; `Ada  0:15` above the text (Otter,
//! Teams); `0:15 - Ada` above the text (Fathom); a time on its own line above a name or above lines of `Ada: …` (Teams,
//! Google Meet); `Ada (0:15): …` (Fireflies); and both layouts of Zoom's chat.

use crate::domain::meeting::Cue;

use super::super::{people, times};
use super::{is_speaker, split};

/// Longest speaker name on a line of its own, in words.
const MAX_NAME_WORDS: usize = 5;
/// Most lines before the first timestamp of a transcript (title, day, participants).
const MAX_HEADER_LINES: usize = 12;

/// A parsed transcript or chat.
#[derive(Debug, Default)]
pub(in super::super) struct Transcript {
    /// The cues, in the order of the lines.
    pub(in super::super) cues: Vec<Cue>,
    /// Number of lines before the first cue.
    pub(in super::super) loose: usize,
    /// Whether it is a chat, not speech.
    pub(in super::super) chat: bool,
}

/// How a line begins a cue.
struct Start<'a> {
    at_ms: u64,
    end_ms: Option<u64>,
    speaker: Option<&'a str>,
    /// The words on the same line.
    text: &'a str,
    chat: bool,
}

/// Reads lines that are a transcript. Where none has a time, `Ada: …` alone makes a cue, at no time.
pub(in super::super) fn lines(text: &str) -> Transcript {
    let timed = timed(text);
    if !timed.cues.is_empty() {
        return timed;
    }
    let mut transcript = Transcript::default();
    for line in text.lines().map(bare).filter(|line| !is_blank(line)) {
        match (split(unnumbered(&line)), transcript.cues.last_mut()) {
            (Some((name, said)), _) => transcript.cues.push(cue(0, None, Some(name), said)),
            (None, Some(last)) => add(&mut last.text, &line),
            (None, None) => transcript.loose += 1,
        }
    }
    transcript
}

/// Reads a text that may be a transcript; `None` where too little of it looks like one.
pub(in super::super) fn parse(text: &str) -> Option<Transcript> {
    let mut head = text.lines().filter(|line| !is_blank(line)).take(MAX_HEADER_LINES + 1).map(bare);
    if !head.any(|line| is_timed(&line)) {
        return None;
    }
    let transcript = timed(text);
    let few = || {
        text.lines().filter(|line| !line.trim().is_empty()).take(2 * MAX_HEADER_LINES).count()
            < 2 * MAX_HEADER_LINES
    };
    let is_one = transcript.loose <= MAX_HEADER_LINES
        && (transcript.cues.len() > 2 || transcript.cues.iter().any(|cue| cue.speaker.is_some()) && few());
    is_one.then_some(transcript)
}

/// Reads lines of which each time starts a cue that lasts until the next. Lines without one go on with what was
/// said before.
pub(in super::super) fn timed(text: &str) -> Transcript {
    let mut transcript = Transcript::default();
    let mut chats = 0;
    // A time that stood alone: the names below it are at that time.
    let mut alone: Option<(u64, Option<u64>)> = None;
    // Whether the open cue has a time and neither name nor words yet.
    let mut waiting = false;
    let mut rest = text.lines().filter(|line| !is_blank(line)).peekable();
    while let Some(raw) = rest.next() {
        let line = bare(raw);
        let next_is_said = rest.peek().is_some_and(|next| !is_timed(&bare(next)));
        if let Some(start) = start(&line, next_is_said) {
            if let Some(last) = transcript.cues.last_mut().filter(|last| last.end_ms <= last.start_ms) {
                last.end_ms = start.at_ms;
            }
            chats += usize::from(start.chat);
            waiting = start.speaker.is_none() && start.text.is_empty();
            alone = waiting.then_some((start.at_ms, start.end_ms));
            transcript.cues.push(cue(start.at_ms, start.end_ms, start.speaker, start.text));
            continue;
        }
        let Some(last) = transcript.cues.last_mut() else {
            transcript.loose += 1;
            continue;
        };
        if let (Some((start_ms, end_ms)), Some((name, said))) = (alone, split(&line)) {
            if waiting {
                *last = cue(start_ms, end_ms, Some(name), said);
            } else {
                transcript.cues.push(cue(start_ms, end_ms, Some(name), said));
            }
        } else if waiting && next_is_said && is_name(&line) {
            last.speaker = Some(line.clone());
            alone = None;
        } else {
            add(&mut last.text, &line);
        }
        waiting = false;
    }
    transcript.cues.retain(|cue| !cue.text.is_empty());
    transcript.chat = chats * 2 > transcript.cues.len();
    transcript
}

fn cue(start_ms: u64, end_ms: Option<u64>, speaker: Option<&str>, text: &str) -> Cue {
    Cue {
        start_ms,
        end_ms: end_ms.unwrap_or(start_ms),
        speaker: speaker.map(str::to_owned),
        text: text.to_owned(),
    }
}

fn add(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(line.trim());
}

/// Lines that say nothing: empty ones, and those that tools add about themselves.
fn is_blank(line: &str) -> bool {
    const ABOUT: [&str; 3] =
        ["Transcribed by ", "Transcription ended after ", "This editable transcript was "];
    let line = unmarked(line);
    line.is_empty()
        || ABOUT.iter().any(|about| line.starts_with(about))
        || line.len() < 120
            && (line.ends_with(" started transcription") || line.ends_with(" stopped transcription"))
}

/// The line without the marks of headings, lists, quotes and emphasis.
fn bare(line: &str) -> String {
    unmarked(line).replace("**", "")
}

fn unmarked(line: &str) -> &str {
    let line = line.trim();
    // "#topic" is a word.
    let heading = line.trim_start_matches('#');
    let line = if heading.starts_with(' ') { heading.trim_start() } else { line };
    line.trim_start_matches(['>', '-', '*', '+', '_']).trim_start()
}

/// The line without the number of a list.
fn unnumbered(line: &str) -> &str {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() == line.len() {
        return line;
    }
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).map_or(line, str::trim_start)
}

fn is_timed(line: &str) -> bool {
    start(line, true).is_some()
}

/// How the line begins a cue, if it does. `followed` says whether a line without a time comes next.
fn start(line: &str, followed: bool) -> Option<Start<'_>> {
    match stamp(line) {
        Some(stamp) => Some(after_stamp(stamp, followed)),
        None => before_stamp(line),
    }
}

/// A time at the start of a line, and what follows it.
#[derive(Clone, Copy)]
struct Stamp<'a> {
    start_ms: u64,
    end_ms: Option<u64>,
    /// What stands between the time and the rest.
    between: &'a str,
    rest: &'a str,
}

/// Splits `[00:00:15] text`, "(0:15) text", "00:15 text", "00:15 - text", "0:0:5.1 --> 0:0:8.2".
fn stamp(line: &str) -> Option<Stamp<'_>> {
    let (start_ms, rest) = clock(line)?;
    let mut stamp = Stamp { start_ms, end_ms: None, between: "", rest };
    if let Some(arrow) = rest.trim_start().strip_prefix("-->")
        && let Some((end_ms, rest)) = clock(arrow.trim_start())
    {
        (stamp.end_ms, stamp.rest) = (Some(end_ms.max(start_ms)), rest);
    }
    let text = stamp
        .rest
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | ':' | '*' | '_'));
    (stamp.between, stamp.rest) = stamp.rest.split_at(stamp.rest.len() - text.len());
    // "10:30-ish" is a word.
    let ends = stamp.rest.is_empty() || !stamp.between.is_empty() || line.starts_with(['[', '(']);
    ends.then_some(stamp)
}

/// A clock time at the start of a line, in brackets or bare, and the rest of the line.
fn clock(line: &str) -> Option<(u64, &str)> {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some(line) = line.strip_prefix(open) {
            let (time, rest) = line.split_once(close)?;
            return Some((times::clock(time)?, rest));
        }
    }
    let end = line.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(line.len());
    let time = line[..end].trim_end_matches([':', '.', ',']);
    Some((times::clock(time)?, &line[time.len()..]))
}

fn after_stamp<'a>(stamp: Stamp<'a>, followed: bool) -> Start<'a> {
    let Stamp { start_ms, end_ms, between, rest } = stamp;
    let begin = |speaker: Option<&'a str>, text: &'a str, chat: bool| Start {
        at_ms: start_ms,
        end_ms,
        speaker,
        text,
        chat,
    };
    // "00:04:33<tab>Ada:<tab>text" is Zoom's chat in the cloud, "10:15:22 From Ada to Everyone:" the one on disk.
    if between.contains('\t')
        && let Some((name, text)) = rest.split_once(":\t")
    {
        return begin(Some(name.trim()), text.trim(), true);
    }
    if let Some((name, text)) = rest.strip_prefix("From ").and_then(|rest| rest.split_once(':')) {
        let to = name.split_once(" to ").map(|(name, _)| name).or_else(|| name.strip_suffix(' '));
        if let Some(name) = to.map(str::trim).filter(|name| !name.is_empty()) {
            return begin(Some(name), text.trim(), true);
        }
    }
    if let Some((name, text)) = split(rest) {
        return begin(Some(name), text, false);
    }
    let is_sure = between.contains(['-', '–']) || rest.split_whitespace().count() > 1;
    if followed && is_sure && is_name(rest) {
        return begin(Some(rest), "", false);
    }
    begin(None, rest, false)
}

/// "Ada  0:15" above the words, "Ada (0:15): words" and `Ada [0:15] words`.
fn before_stamp(line: &str) -> Option<Start<'_>> {
    /// Longest name before a timestamp, in characters.
    const MAX_PREFIX_LEN: usize = 160;
    let (at, _) = line.char_indices().take(MAX_PREFIX_LEN).find(|(at, c)| {
        c.is_ascii_digit()
            && line[..*at].ends_with([' ', '\t', '\u{a0}', '[', '('])
            && clock(&line[*at..]).is_some()
    })?;
    let in_brackets = line[..at].ends_with(['[', '(']);
    let (start_ms, rest) = clock(&line[at..])?;
    let (mut end_ms, mut rest) = (None, rest);
    if let Some((end, after)) =
        rest.trim_start().strip_prefix("-->").and_then(|arrow| clock(arrow.trim_start()))
    {
        (end_ms, rest) = (Some(end.max(start_ms)), after);
    }
    let name = line[..at].trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, '[' | '(' | '-' | '–' | '|' | '·' | ',' | '*' | '_')
    });
    let apart = line[name.len()..at].contains(['\t', '\u{a0}']) || line[name.len()..at].contains("  ");
    let text = if in_brackets { rest.strip_prefix([']', ')'])? } else { rest };
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_'));
    // Only brackets tell a time that a name has from one that somebody speaks of.
    let fits = if text.is_empty() {
        is_name(name) || apart && is_speaker(name)
    } else {
        in_brackets && is_name(name)
    };
    fits.then_some(Start { at_ms: start_ms, end_ms, speaker: Some(name), text, chat: false })
}

/// Whether a line is a name and nothing else, with or without a remark in brackets.
fn is_name(line: &str) -> bool {
    let plain = line.split(['(', '[']).next().unwrap_or_default().trim();
    let is_numbered = || {
        plain.rsplit_once(' ').is_some_and(|(name, number)| {
            number.bytes().all(|byte| byte.is_ascii_digit()) && people::looks_like_names(name)
        })
    };
    line.split_whitespace().count() <= MAX_NAME_WORDS
        && is_speaker(line)
        && (people::looks_like_names(plain) || is_numbered())
}

#[cfg(test)]
mod tests;
