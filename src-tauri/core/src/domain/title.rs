//! Titles: how long one may be, how a free one is made of one that is taken, and what the meetings of a series have in
//! common. Pure.

use jiff::civil::Date;

use super::destination::TITLE_MAX;

/// At most `max` UTF-16 code units, ending after a whole word and an ellipsis where something is cut.
pub fn truncate_utf16(line: &str, max: usize) -> String {
    if line.encode_utf16().count() <= max {
        return line.to_owned();
    }
    let mut length = 1; // the ellipsis
    let mut end = 0;
    let mut last_space = None;
    for (at, c) in line.char_indices() {
        length += c.len_utf16();
        if length > max {
            break;
        }
        if c.is_whitespace() {
            last_space = Some(at);
        }
        end = at + c.len_utf8();
    }
    // A line without a space in its second half is cut in the middle of a word: better than losing half of it.
    let end = last_space.filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", line[..end].trim_end())
}

/// The same title with the day added, for when it is taken.
pub fn with_date_suffix(title: &str, day: Date) -> String {
    let suffix = format!(" ({day})");
    format!("{}{suffix}", truncate_utf16(title, TITLE_MAX - suffix.len()))
}

/// What a meeting's title has in common with the others of its series: its letters, without numbers and the names of
/// months.
pub fn series(title: &str) -> String {
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty() && !is_month(word));
    words.collect::<Vec<_>>().join(" ")
}

fn is_month(word: &str) -> bool {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    word == "sept" || NAMES.iter().any(|name| *name == word || &name[..3] == word)
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let long = "word ".repeat(80);
        let short = truncate_utf16(&long, TITLE_MAX);
        assert!(short.ends_with("word…"), "the cut shows, and no word is broken: {short}");
        assert!(short.encode_utf16().count() <= TITLE_MAX, "Confluence refuses longer titles");
        let wide = "🦀".repeat(200);
        let short = truncate_utf16(&wide, TITLE_MAX);
        assert!(short.encode_utf16().count() <= TITLE_MAX, "one symbol may count twice");
    }

    #[test]
    fn a_series_is_what_titles_have_in_common() {
        for title in ["ACDE #230 - February 12, 2026", "ACDE #231 – 5 Mar 2026", "acde 232"] {
            assert_eq!(series(title), "acde", "numbers and dates do not make another series: {title}");
        }
        assert_eq!(
            series("Marketing review"),
            "marketing review",
            "a word that only begins like a month stays"
        );
    }

    #[test]
    fn a_dated_title_still_fits() {
        let title = with_date_suffix(&"x".repeat(255), civil::date(2026, 11, 12));
        assert!(title.ends_with("… (2026-11-12)"), "the date is what makes it another title: {title}");
        assert!(title.encode_utf16().count() <= TITLE_MAX, "and it fits");
    }
}
