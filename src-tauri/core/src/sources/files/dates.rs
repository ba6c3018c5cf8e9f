//! Parses dates and timestamps in the formats that people and tools write. A date needs its year, month and day in an
//! unambiguous order (2026-11-12, 12.11.2026, or the month as a word): "20 Nov" and 11/12/2026 are not parsed.

use jiff::civil::Date;
use jiff::fmt::temporal::Pieces;
use jiff::{Timestamp, fmt::rfc2822};

use crate::domain::meeting::HeldAt;

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner"],
    &["february", "feb", "februar"],
    &["march", "mar", "märz", "mär", "mrz"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "jun", "juni"],
    &["july", "jul", "juli"],
    &["august", "aug"],
    &["september", "sep", "sept"],
    &["october", "oct", "oktober", "okt"],
    &["november", "nov"],
    &["december", "dec", "dezember", "dez"],
];

/// Words that may stand beside a due day without changing it.
const BESIDE_A_DAY: &[&str] = &[
    "by",
    "on",
    "due",
    "until",
    "till",
    "at",
    "the",
    "latest",
    "end",
    "of",
    "day",
    "eod",
    "cob",
    "bis",
    "am",
    "zum",
    "spätestens",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
];

/// Numbers from here on are seconds since 1970, not seconds into a meeting: the year 1986.
const EPOCH_SECONDS: f64 = 5e8;
/// Numbers from here on are milliseconds since 1970: the year 1986 again.
const EPOCH_MILLIS: f64 = 5e11;

/// The day that the whole text names, where it names exactly one and says nothing else.
pub fn only_day(text: &str) -> Option<Date> {
    if let Ok(pieces) = Pieces::parse(text.trim()) {
        return Some(pieces.date()).filter(|date| is_plausible(date.year()));
    }
    let tokens = tokens(text);
    let [(first, end, date)] = days(&tokens)[..] else { return None };
    let beside = tokens[..first].iter().chain(&tokens[end..]);
    beside.copied().all(|token| is_beside_a_day(token.kind)).then_some(date)
}

fn is_beside_a_day(kind: Kind<'_>) -> bool {
    match kind {
        Kind::Word(word) => BESIDE_A_DAY.contains(&word.to_lowercase().as_str()),
        Kind::Mark(mark) => matches!(mark, '.' | ',' | ':' | '(' | ')'),
        Kind::Number(..) => false,
    }
}

/// The day at the end of a title, such as "Planning - February 12, 2026".
pub(super) fn trailing_day(title: &str) -> Option<Date> {
    let tokens = tokens(title);
    let (_, end, date) = *days(&tokens).last()?;
    tokens[end..].iter().all(|token| matches!(token.kind, Kind::Mark(')' | ']' | '.'))).then_some(date)
}

/// When a meeting was held: a moment where the text has time and zone, else the one day that it names.
pub(super) fn held_at(text: &str) -> Option<HeldAt> {
    let text = text.trim();
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(HeldAt::Moment(moment)).filter(|_| is_plausible_moment(moment));
    }
    if let Ok(zoned) = rfc2822::parse(text) {
        return Some(HeldAt::Moment(zoned.timestamp())).filter(|_| is_plausible_moment(zoned.timestamp()));
    }
    if let Ok(pieces) = Pieces::parse(text) {
        return Some(HeldAt::Day(pieces.date())).filter(|_| is_plausible(pieces.date().year()));
    }
    match days(&tokens(text))[..] {
        [(_, _, date)] => Some(HeldAt::Day(date)),
        _ => None,
    }
}

/// The moment behind a number of seconds or milliseconds since 1970.
pub(super) fn epoch(number: f64) -> Option<Timestamp> {
    let millis = if number >= EPOCH_MILLIS { number } else { number * 1000.0 };
    // Any larger number lies beyond the plausible years; the cast below is then exact.
    if !(EPOCH_MILLIS..1e13).contains(&millis) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "below 1e13, and a fraction of a millisecond is noise"
    )]
    let moment = Timestamp::from_millisecond(millis as i64).ok()?;
    is_plausible_moment(moment).then_some(moment)
}

/// Whether a number is too large for a time within a meeting.
pub(super) fn is_epoch(number: f64) -> bool {
    number >= EPOCH_SECONDS
}

fn is_plausible_moment(moment: Timestamp) -> bool {
    is_plausible(moment.to_zoned(jiff::tz::TimeZone::UTC).year())
}

fn is_plausible(year: i16) -> bool {
    (1950..=2150).contains(&year)
}

#[derive(Clone, Copy, Debug)]
struct Token<'a> {
    kind: Kind<'a>,
    /// Whether nothing, not even a space, stands between it and the token before.
    joined: bool,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    /// With the count of its digits.
    Number(i16, usize),
    Word(&'a str),
    Mark(char),
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut rest, mut joined) = (text, false);
    while let Some(first) = rest.chars().next() {
        let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
        let (kind, length) = if first.is_ascii_digit() {
            let length = run(|c| c.is_ascii_digit());
            (Some(Kind::Number(rest[..length].parse().unwrap_or(i16::MAX), length)), length)
        } else if first.is_alphabetic() {
            let length = run(char::is_alphabetic);
            (Some(Kind::Word(&rest[..length])), length)
        } else {
            (Some(first).filter(|c| !c.is_whitespace()).map(Kind::Mark), first.len_utf8())
        };
        tokens.extend(kind.map(|kind| Token { kind, joined }));
        joined = kind.is_some();
        rest = &rest[length..];
    }
    tokens
}

/// Each full date: its first token, the token after it, and the day.
fn days(tokens: &[Token<'_>]) -> Vec<(usize, usize, Date)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match day(&tokens[at..]) {
            Some((length, date)) => {
                found.push((at, at + length, date));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn day(tokens: &[Token<'_>]) -> Option<(usize, Date)> {
    if let [first, mark, second, other, third, ..] = tokens
        && let (Kind::Number(a, a_digits), Kind::Number(b, b_digits), Kind::Number(c, c_digits)) =
            (first.kind, second.kind, third.kind)
        && let (Kind::Mark(mark), Kind::Mark(other)) = (mark.kind, other.kind)
        && mark == other
        && b_digits <= 2
    {
        if a_digits == 4
            && c_digits <= 2
            && matches!(mark, '-' | '/' | '.')
            && tokens[1..5].iter().all(|t| t.joined)
        {
            return date(a, b, c).map(|date| (5, date));
        }
        if a_digits <= 2 && c_digits == 4 && mark == '.' {
            return date(c, b, a).map(|date| (5, date));
        }
    }
    let mut rest = Rest(tokens, 0);
    let (month, day) = if let Some(day) = rest.small_number() {
        rest.skip(&["st", "nd", "rd", "th"], &['.']);
        rest.skip(&["of"], &[]);
        (rest.month()?, day)
    } else {
        let month = rest.month()?;
        rest.skip(&[], &['.']);
        rest.skip(&["the"], &[]);
        (month, rest.small_number()?)
    };
    rest.skip(&["st", "nd", "rd", "th"], &['.', ',']);
    rest.skip(&[], &[',']);
    let year = rest.year()?;
    date(year, month, day).map(|date| (rest.1, date))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    is_plausible(year).then_some(date)
}

/// The tokens, and how many of them are read.
struct Rest<'a>(&'a [Token<'a>], usize);

impl Rest<'_> {
    fn small_number(&mut self) -> Option<i16> {
        match self.0.get(self.1)?.kind {
            Kind::Number(number, 1 | 2) => Some((self.1 += 1, number).1),
            _ => None,
        }
    }

    fn year(&mut self) -> Option<i16> {
        match self.0.get(self.1)?.kind {
            Kind::Number(number, 4) => Some((self.1 += 1, number).1),
            _ => None,
        }
    }

    fn month(&mut self) -> Option<i16> {
        let Kind::Word(word) = self.0.get(self.1)?.kind else { return None };
        let word = word.to_lowercase();
        let month = (1..).zip(MONTHS).find(|(_, names)| names.contains(&word.as_str()))?.0;
        self.1 += 1;
        Some(month)
    }

    fn skip(&mut self, words: &[&str], marks: &[char]) {
        let skipped = self.0.get(self.1).is_some_and(|token| match token.kind {
            Kind::Word(word) => words.contains(&word.to_lowercase().as_str()),
            Kind::Mark(mark) => marks.contains(&mark),
            Kind::Number(..) => false,
        });
        self.1 += usize::from(skipped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_due_day_is_taken_only_from_words_that_name_it_fully() {
        for text in [
            "2026-11-20",
            "20 Nov 2026",
            "20. November 2026",
            "20th of November 2026",
            "November 20, 2026",
            "Nov. 20th, 2026",
            "20.11.2026",
            "2026/11/20",
            "by Friday, November 20, 2026",
            "bis 20.11.2026",
            "Fr, 20. Nov 2026",
            "2026-11-20T17:00:00Z",
            "2026-11-20 17:00",
            "EOD 20 Nov 2026",
        ] {
            assert_eq!(only_day(text), Some(date(2026, 11, 20)), "“{text}” names the day");
        }
        for text in [
            "20 Nov",
            "Friday",
            "next week",
            "11/12/2026",
            "20.11.",
            "November 2026",
            "week of 16 November 2026",
            "20 Nov 2026 or 27 Nov 2026",
            "before 20 Nov 2026",
            "31 Nov 2026",
            "2026-13-01",
            "0001-01-01",
            "",
        ] {
            assert_eq!(only_day(text), None, "“{text}” leaves a doubt");
        }
    }

    #[test]
    fn titles_may_end_with_their_day() {
        for (title, expected) in [
            ("Planning #230 - February 12, 2026", Some(date(2026, 2, 12))),
            ("Breakout #6 - Jun 24, 2026", Some(date(2026, 6, 24))),
            ("Breakout #32 - April 07, 2026", Some(date(2026, 4, 7))),
            ("Weekly sync (2026-11-12)", Some(date(2026, 11, 12))),
            ("Breakout #3 - January 2025", None),
            ("November 20, 2026 retrospective", None),
            ("Discussion - Date Unknown", None),
        ] {
            assert_eq!(trailing_day(title), expected, "title “{title}”");
        }
    }

    #[test]
    fn a_meeting_is_dated_as_exactly_as_it_says() {
        let moment = |text: &str| Some(HeldAt::Moment(text.parse().unwrap()));
        let day = |y, m, d| Some(HeldAt::Day(date(y, m, d)));
        for (text, expected) in [
            ("2026-04-23T14:30:00.000Z", moment("2026-04-23T14:30:00Z")),
            ("2026-04-23T14:30:00+02:00", moment("2026-04-23T12:30:00Z")),
            ("Thu, 12 Nov 2026 14:05:00 +0100", moment("2026-11-12T13:05:00Z")),
            ("2026-04-23T14:30:00", day(2026, 4, 23)),
            ("2026-04-23", day(2026, 4, 23)),
            ("Thu, Sept 13, 2018 14:00 UTC", day(2018, 9, 13)),
            ("12. November 2026, 10 Uhr", day(2026, 11, 12)),
            ("14:00", None),
            ("soon", None),
        ] {
            assert_eq!(held_at(text), expected, "“{text}”");
        }
    }

    #[test]
    fn epochs_are_told_from_offsets() {
        let expected: Timestamp = "2024-01-15T10:00:00Z".parse().unwrap();
        assert_eq!(epoch(1_705_312_800_000.0), Some(expected), "milliseconds");
        assert_eq!(epoch(1_705_312_800.0), Some(expected), "seconds");
        for number in [0.0, 3600.0, -1e12, 1e300, f64::NAN, f64::INFINITY] {
            assert_eq!(epoch(number), None, "{number} is no date");
        }
    }
}
