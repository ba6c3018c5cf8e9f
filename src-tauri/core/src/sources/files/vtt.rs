//! WebVTT (<https://www.w3.org/TR/webvtt1/>), as Zoom and Teams write it, and `SubRip` (.srt), which has no header and a comma
//! before the fraction. One pass over the lines; each cue is parsed on its own, so that a broken one gives a warning with
//! its line and the rest of the file is read. Styles, regions, comments and positions are ignored.
//!
//! Crates that were tried: `subtp` and `webvtt-parser` reject the whole file for one broken cue or for Teams' unpadded
//! times, and `aspasia` drops such a cue silently.

use crate::domain::meeting::Cue;
use crate::domain::reading::{Location, Refusal, Skipped, Unreadable};

use super::builder::{self, MeetingBuilder};
use super::{Format, Parsed, times, transcript, trim};

mod tags;

/// Whether a text is WebVTT: the standard demands this first line.
pub(super) fn begins(text: &str) -> bool {
    text.trim_start_matches(['\r', '\n'])
        .strip_prefix("WEBVTT")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether a text is `SubRip`: it starts with the times of a cue, mostly below its number.
pub(super) fn begins_as_subrip(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_time = |line: &str| times(line).is_some();
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
    let mut reader = Reader::new(text);
    reader.skip_header();
    cues(reader, name, Format::WebVtt)
}

/// Reads a `SubRip` transcript.
pub(super) fn parse_subrip(name: &str, text: &str) -> Result<Parsed, Unreadable> {
    cues(Reader::new(text), name, Format::SubRip)
}

fn cues(mut reader: Reader<'_>, name: &str, format: Format) -> Result<Parsed, Unreadable> {
    /// Estimated size of a cue, in bytes, to reserve memory once.
    const AVERAGE_CUE_LEN: usize = 100;
    let mut builder = MeetingBuilder::default();
    builder.cues.reserve(reader.text.len() / AVERAGE_CUE_LEN);
    let mut voiced = false;
    // The line before a time may be the cue's name; if no time follows, it stands outside of any cue.
    let mut waiting: Option<(usize, &str)> = None;
    let mut silent = 0_usize;
    while let Some((number, line)) = reader.next() {
        if line.is_empty() && waiting.is_none() {
            continue;
        }
        let exact = exact_times(line);
        if exact.is_none() && arrow(line).is_none() {
            match trim(line) {
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
                builder.warn(Location::Line(number), Skipped::OutsideOfCues);
            }
            continue;
        }
        waiting = None;
        let Some((start_ms, end_ms)) = exact.or_else(|| times(line)) else {
            builder.warn(Location::Line(number), Skipped::CueTimes);
            reader.skip_block();
            continue;
        };
        if end_ms < start_ms {
            builder.warn(Location::Line(number), Skipped::CueEnd);
        }
        if builder.cues.len() == builder::MAX_CUES {
            builder.surplus_cues += 1;
            reader.skip_block();
            continue;
        }
        let (speaker, text) = reader.payload();
        voiced |= speaker.is_some();
        if text.is_empty() {
            silent += 1;
        } else {
            builder.cues.push(Cue { start_ms, end_ms, speaker, text });
        }
    }
    builder.plain = !reader.marked && builder::is_plain(reader.text);
    if let Some((number, _)) = waiting {
        builder.warn(Location::Line(number), Skipped::CutOffCue);
    }
    if silent > 0 {
        builder.warn(None, Skipped::SilentCues { count: silent });
    }
    // A file that marks voices has no need of names in the text.
    if !voiced {
        let mut names = transcript::Names::default();
        for cue in &mut builder.cues {
            name_speaker(cue, &mut names);
        }
    }
    if builder.cues.is_empty() && !builder.warnings.is_empty() {
        let first = builder.warnings.swap_remove(0);
        return Err(Unreadable {
            location: first.location,
            reason: Refusal::NoReadableCue { first: first.reason },
        });
    }
    if builder.cues.is_empty() {
        return Err(Unreadable::whole(Refusal::NoCues));
    }
    Ok(builder.finish(format, name))
}

fn name_speaker(cue: &mut Cue, names: &mut transcript::Names) {
    if let Some((name, said)) = names.split(&cue.text) {
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
    let at = arrow(line)?;
    let end = line[at + ARROW.len()..].split_whitespace().next()?;
    Some((times::clock(&line[..at])?, times::clock(end)?))
}

/// The same in the way in which nearly all are written, and nothing behind them.
fn exact_times(line: &str) -> Option<(u64, u64)> {
    const CLOCK_LEN: usize = 12;
    const BETWEEN: &str = " --> ";
    if line.len() != 2 * CLOCK_LEN + BETWEEN.len() || line.get(CLOCK_LEN..)?.get(..BETWEEN.len())? != BETWEEN
    {
        return None;
    }
    Some((times::padded(&line[..CLOCK_LEN])?, times::padded(&line[CLOCK_LEN + BETWEEN.len()..])?))
}

const ARROW: &str = "-->";

/// Where the times of a cue have their arrow.
fn arrow(line: &str) -> Option<usize> {
    // In bytes, such as "0:1-->0:2"; most cue numbers are shorter.
    const MIN_TIMES_LEN: usize = 9;
    if line.len() < MIN_TIMES_LEN {
        return None;
    }
    let heads = memchr::memchr_iter(b'>', line.as_bytes());
    heads
        .filter_map(|head| head.checked_sub(2))
        .find(|at| line.as_bytes()[*at..].starts_with(ARROW.as_bytes()))
}

/// The lines of a text. Their ends are found all in one pass, since looking for each anew takes as long as all the rest.
struct Reader<'a> {
    text: &'a str,
    ends: memchr::Memchr<'a>,
    /// Where the next line starts; behind the text at its end.
    start: usize,
    /// Of the line that was read last.
    number: usize,
    /// A line that was read and not used.
    held: Option<&'a str>,
    /// Whether what was said had tags or entities, behind which anything may stand.
    marked: bool,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            ends: memchr::memchr_iter(b'\n', text.as_bytes()),
            start: 0,
            number: 0,
            held: None,
            marked: false,
        }
    }

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let line = match self.held.take() {
            Some(line) => line,
            None => self.read()?,
        };
        self.number += 1;
        Some((self.number, line))
    }

    fn read(&mut self) -> Option<&'a str> {
        let line = match self.ends.next() {
            Some(end) => self.text.get(self.start..end),
            None => self.text.get(self.start..).filter(|rest| !rest.is_empty()),
        }?;
        self.start += line.len() + 1;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    fn hold(&mut self, line: &'a str) {
        self.held = Some(line);
        self.number -= 1;
    }

    /// The header ends with a blank line, or where a tool forgot it with the first time.
    fn skip_header(&mut self) {
        while let Some((_, line)) = self.next() {
            if arrow(line).is_some() {
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
            if trim(line).is_empty() {
                break;
            }
            // Most cues are one line without any mark.
            if text.is_empty() && memchr::memchr3(b'<', b'>', b'&', line.as_bytes()).is_none() {
                last_line = line;
                text.push_str(trim(line));
                continue;
            }
            // The blank line between two cues is missing; the line before the time may be the next one's name.
            if times(line).is_some() {
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
            self.marked |= line.contains('<') || line.contains('&') && line.contains(';');
            tags::append_line(line.trim(), &mut speaker, &mut text);
        }
        if !text.ends_with(|c: char| c.is_ascii_graphic()) {
            text.truncate(text.trim_end().len());
        }
        (speaker, text)
    }
}

/// Numbers, and names that hold a number and no space, such as Teams' `6d0f…/12-0`.
fn is_cue_name(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && line.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_hexdigit() || matches!(b, b'-' | b'/'))
        && line.bytes().any(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
