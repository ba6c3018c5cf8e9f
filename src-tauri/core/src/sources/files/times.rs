//! Parses offsets into a meeting and durations.

/// A clock time from the start of a recording in milliseconds: hours (may be absent), minutes, seconds and a
/// fraction behind a point or comma, padded or not. A time before the start counts as the start.
pub(super) fn clock(text: &str) -> Option<u64> {
    let text = text.trim();
    if let Some(millis) = padded(text) {
        return Some(millis);
    }
    let (before_start, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let mut parts = whole.split(':').map(digits);
    let (first, second) = (parts.next()??, parts.next()??);
    let (hours, minutes, seconds) = match parts.next() {
        Some(third) => (first, second, third?),
        None => (0, first, second),
    };
    // Minutes without hours may pass the hour, as in "75:10".
    let minutes_fit = minutes < 60 || hours == 0 && parts.next().is_none() && whole.matches(':').count() == 1;
    if parts.next().is_some() || seconds > 59 || !minutes_fit {
        return None;
    }
    let millis = millis(fraction)?;
    Some(if before_start { 0 } else { ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis })
}

/// The way in which nearly all are written: 00:01:57.230.
pub(super) fn padded(text: &str) -> Option<u64> {
    let bytes: &[u8; 12] = text.as_bytes().try_into().ok()?;
    let digit = |at: usize| Some(u64::from(bytes[at].wrapping_sub(b'0'))).filter(|digit| *digit < 10);
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    let (minutes, seconds) = (two(3)?, two(6)?);
    let is_one = bytes[2] == b':'
        && bytes[5] == b':'
        && matches!(bytes[8], b'.' | b',')
        && minutes < 60
        && seconds < 60;
    let whole = (two(0)? * 60 + minutes) * 60 + seconds;
    let millis = two(9)? * 10 + digit(11)?;
    is_one.then_some(whole * 1000 + millis)
}

fn digits(text: &str) -> Option<u64> {
    (1..=6).contains(&text.len()).then_some(())?;
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn millis(fraction: &str) -> Option<u64> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(fraction.bytes().chain(*b"00").take(3).fold(0, |sum, byte| sum * 10 + u64::from(byte - b'0')))
}

/// Whole minutes in "1.5 hours", "1h 30m", "90 min", "PT45M", "00:45:00".
pub(super) fn minutes(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some(millis) = clock(text).filter(|_| text.matches(':').count() == 2) {
        let seconds = u32::try_from(millis / 1000).ok()?;
        return whole_minutes(f64::from(seconds) / 60.0);
    }
    if text.starts_with("PT") {
        let span: jiff::SignedDuration = text.parse().ok()?;
        return whole_minutes(span.as_secs_f64() / 60.0);
    }
    let text = text.to_lowercase();
    let (mut rest, mut sum) = (text.as_str(), None);
    while !rest.is_empty() {
        let number_ends = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
        let number: f64 = rest[..number_ends].replace(',', ".").parse().ok()?;
        let unit = rest[number_ends..].trim_start();
        let unit_ends = unit.find(|c: char| !c.is_alphabetic()).unwrap_or(unit.len());
        let factor = match &unit[..unit_ends] {
            "h" | "hr" | "hrs" | "hour" | "hours" | "std" | "stunde" | "stunden" => 60.0,
            "m" | "min" | "mins" | "minute" | "minutes" | "minuten" => 1.0,
            "s" | "sec" | "secs" | "second" | "seconds" | "sekunden" => 1.0 / 60.0,
            _ => return None,
        };
        sum = Some(sum.unwrap_or_default() + number * factor);
        rest = unit[unit_ends..].trim_start_matches(|c: char| !c.is_ascii_digit());
    }
    whole_minutes(sum?)
}

/// Minutes to the nearest whole one, for meetings of up to a week.
pub(super) fn whole_minutes(minutes: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    (0.5..10_080.0).contains(&minutes).then(|| minutes.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_times_are_read_leniently_and_never_wrongly() {
        for (text, expected) in [
            ("00:01:57.230", Some(117_230)),
            ("0:0:5.320", Some(5_320)),
            ("01:57.23", Some(117_230)),
            ("75:10", Some(4_510_000)),
            ("1:02:03,5", Some(3_723_500)),
            ("100:00:00.000", Some(360_000_000)),
            ("-00:00:01.000", Some(0)),
            ("00:61:00", None),
            ("00:00:61", None),
            ("1:2:3:4", None),
            ("12", None),
            ("1:", None),
            ("00:0x:01.000", None),
            ("00:00:01.", None),
            ("٠٠:٠٠:٠١", None),
        ] {
            assert_eq!(clock(text), expected, "“{text}”");
        }
    }

    #[test]
    fn durations_are_whole_minutes() {
        for (text, expected) in [
            ("1.5 hours", Some(90)),
            ("1h 30m", Some(90)),
            ("45 min", Some(45)),
            ("1 Std. 15 Min.", Some(75)),
            ("PT45M", Some(45)),
            ("00:45:00", Some(45)),
            ("90", None),
            ("a while", None),
            ("", None),
        ] {
            assert_eq!(minutes(text), expected, "“{text}”");
        }
    }
}
