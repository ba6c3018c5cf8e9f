//! Extracts owner and due date from the text of a task: "Grace: write the guide (due 20 Nov)", "Book the room — Maya · due
//! Friday", `[Ada] Ask legal`. Only an unambiguous mark is removed from the text; the rest stays unchanged.

use super::names::{Field, field};
use super::people::People;
use super::{dates, people};

/// Longest owner or due date that is taken for one, in bytes.
const MAX_MARK_LEN: usize = 120;

/// What a text was found to say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marked {
    /// What is left of it; never empty unless it was.
    pub(super) text: String,
    /// Who does it.
    pub(super) owner: Option<String>,
    /// When it is due, in the text's own words.
    pub(super) due: Option<String>,
}

/// How a name may stand at the start of a text: `Grace: …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Any name.
    Name,
    /// Only a person who is known to have been there: next steps open with topics, too.
    Known,
}

/// Takes the marks out of a text.
pub(super) fn read(text: &str, people: &People, opening: Opening) -> Marked {
    let mut lines = text.lines();
    let mut found = Marks::default();
    let mut first = lines.next().unwrap_or_default().trim().to_owned();
    let below: Vec<&str> =
        lines.filter(|line| !found.take_all(&[line.trim()], people, Names::Never)).collect();
    let mut rest = String::new();
    while let Some((kept, beside)) = found.peel(&first, people) {
        rest = format!("{beside} {rest}");
        first = kept;
    }
    if found.owner.is_none()
        && let Some((owner, kept)) = leading_owner(&first, people, opening)
    {
        (found.owner, first) = (Some(owner), kept);
    }
    if !rest.trim().is_empty() {
        first = format!("{first} {}", rest.trim());
    }
    if first.is_empty() && below.is_empty() {
        return Marked { text: text.to_owned(), ..Marked::default() };
    }
    let text = [&[first.as_str()][..], &below].concat().join("\n");
    Marked { text, owner: found.owner, due: found.due }
}

/// Whether a part of a mark may be a bare name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Never,
    Known,
    Likely,
}

#[derive(Default)]
struct Marks {
    owner: Option<String>,
    due: Option<String>,
}

impl Marks {
    /// Takes the last mark off a line: what is left, and what stood behind the mark without being one.
    fn peel(&mut self, line: &str, people: &People) -> Option<(String, String)> {
        if let Some((before, date)) = line.rsplit_once(['📅', '🗓']) {
            let date = date.trim_start_matches('\u{fe0f}').trim();
            return (self.due.is_none() && dates::only_day(date).is_some() && self.set_due(date))
                .then(|| (before.trim_end().to_owned(), String::new()));
        }
        if let Some((before, inner)) = last_group(line)
            && !before.is_empty()
            && (self.take_all(&parts(inner, &[',', ';', '|', '·']), people, Names::Known)
                || self.take_all(&parts_with_commas(inner, people), people, Names::Known))
        {
            return Some((before.to_owned(), String::new()));
        }
        let (before, separator, after) = last_segment(line)?;
        let names = if matches!(separator, "—" | "–") { Names::Likely } else { Names::Never };
        let (core, beside) = match after.find(['(', '[', '⚠']) {
            Some(at) if at > 0 => (after[..at].trim(), after[at..].trim()),
            _ => (after, ""),
        };
        (!before.is_empty() && self.take_all(&[core], people, names))
            .then(|| (before.to_owned(), beside.to_owned()))
    }

    /// Takes all parts as marks, or none of them.
    fn take_all(&mut self, parts: &[&str], people: &People, names: Names) -> bool {
        let mut trial = Self { owner: self.owner.clone(), due: self.due.clone() };
        let taken = !parts.is_empty() && parts.iter().all(|part| trial.take(part, people, names));
        if taken {
            *self = trial;
        }
        taken
    }

    fn take(&mut self, part: &str, people: &People, names: Names) -> bool {
        if let Some((label, value)) = part.split_once(':')
            && let Some((_, field)) = field(label)
        {
            return match field {
                Field::Owner => self.set_owner(value),
                Field::Due => self.set_due(value),
                _ => false,
            };
        }
        if let Some(mention) = mention(part) {
            return self.set_owner(mention);
        }
        let lower = part.to_ascii_lowercase();
        if let Some(word) = ["due ", "fällig "].into_iter().find(|word| lower.starts_with(word)) {
            return self.set_due(&part[word.len()..]);
        }
        if ["by ", "bis "].iter().any(|word| lower.starts_with(word)) && dates::only_day(part).is_some() {
            return self.set_due(part.split_once(' ').map_or(part, |(_, day)| day));
        }
        let is_name = match names {
            Names::Never => false,
            Names::Known => people.know(part),
            Names::Likely => people.name(part),
        };
        is_name && self.set_owner(part)
    }

    fn set_owner(&mut self, owner: &str) -> bool {
        set(&mut self.owner, owner.trim().trim_start_matches('@'))
    }

    fn set_due(&mut self, due: &str) -> bool {
        set(&mut self.due, due.trim())
    }
}

fn parts<'a>(group: &'a str, signs: &[char]) -> Vec<&'a str> {
    group.split(signs).map(str::trim).collect()
}

/// The parts of a group where commas stand within them: between owners, and in a day. None where they may be anything else.
fn parts_with_commas<'a>(group: &'a str, people: &People) -> Vec<&'a str> {
    let parts = parts(group, &[';', '|', '·']);
    let is_one = |part: &str| match part.split_once(':') {
        Some((label, value)) if value.contains(',') => match field(label) {
            Some((_, Field::Owner)) => value.split(',').all(|name| people.name(name.trim())),
            Some((_, Field::Due)) => dates::only_day(value.trim()).is_some(),
            _ => false,
        },
        _ => true,
    };
    if parts.iter().all(|part| is_one(part)) { parts } else { Vec::new() }
}

fn set(field: &mut Option<String>, value: &str) -> bool {
    let fits = field.is_none() && !value.is_empty() && value.len() <= MAX_MARK_LEN;
    if fits {
        *field = Some(value.to_owned());
    }
    fits
}

/// The name in `@name`, where that is all there is.
fn mention(part: &str) -> Option<&str> {
    let name = part.strip_prefix('@')?;
    let is_handle = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    (!name.is_empty() && name.chars().all(is_handle)).then_some(name)
}

/// The text before, and the inside of, a bracket that closes the line.
fn last_group(line: &str) -> Option<(&str, &str)> {
    let open = match line.chars().next_back()? {
        ')' => '(',
        ']' => '[',
        _ => return None,
    };
    let (before, inner) = line[..line.len() - 1].rsplit_once(open)?;
    Some((before.trim_end(), inner))
}

/// The last part of a line that a separator outside of brackets sets off.
fn last_segment(line: &str) -> Option<(&str, &str, &str)> {
    const SEPARATORS: [&str; 7] = [" — ", " – ", " - ", " | ", " · ", "; ", ", "];
    let mut depth = 0_usize;
    let mut last = None;
    for (at, c) in line.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ' ' | ';' | ',' if depth == 0 => {
                if let Some(separator) =
                    SEPARATORS.iter().find(|separator| line[at..].starts_with(**separator))
                {
                    last = Some((at, *separator));
                }
            }
            _ => {}
        }
    }
    let (at, separator) = last?;
    Some((line[..at].trim_end(), separator.trim(), line[at + separator.len()..].trim()))
}

/// An owner at the start of a line, and the rest of it.
fn leading_owner(line: &str, people: &People, opening: Opening) -> Option<(String, String)> {
    let rest_of = |rest: &str| {
        Some(rest.trim_start_matches([',', ':', ' ']).trim().to_owned()).filter(|rest| !rest.is_empty())
    };
    if let Some((inner, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
        // A bracket is where tools put the owner, so a name that only looks like one will do.
        let is_owner = people.know(inner) || people::looks_like_names(inner);
        return is_owner.then(|| Some((inner.trim().to_owned(), rest_of(rest)?)))?;
    }
    if line.starts_with('@') {
        let (word, rest) = line.split_once(' ')?;
        return Some((mention(word.trim_end_matches([',', ':']))?.to_owned(), rest_of(rest)?));
    }
    let (name, rest) = line.split_once(": ")?;
    let is_owner = match opening {
        Opening::Name => people.name(name),
        Opening::Known => people.know(name),
    };
    is_owner.then(|| Some((name.trim().to_owned(), rest_of(rest)?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, owner: Option<&str>, due: Option<&str>) -> Marked {
        Marked { text: text.to_owned(), owner: owner.map(str::to_owned), due: due.map(str::to_owned) }
    }

    #[test]
    fn marks_become_fields() {
        for (text, expected) in [
            ("Grace: write the guide", marked("write the guide", Some("Grace"), None)),
            ("Write the guide (@grace)", marked("Write the guide", Some("grace"), None)),
            ("@grace write the guide", marked("write the guide", Some("grace"), None)),
            ("[Grace, Ada] Write the guide", marked("Write the guide", Some("Grace, Ada"), None)),
            (
                "Write the guide — Grace · due 20 Nov",
                marked("Write the guide", Some("Grace"), Some("20 Nov")),
            ),
            (
                "Write the guide – Grace, due: Friday",
                marked("Write the guide", Some("Grace"), Some("Friday")),
            ),
            ("Write (Owner: Grace, Due: 2026-11-20)", marked("Write", Some("Grace"), Some("2026-11-20"))),
            (
                "Write (owner: Grace Hopper, Ada · due: Nov 20, 2026)",
                marked("Write", Some("Grace Hopper, Ada"), Some("Nov 20, 2026")),
            ),
            ("Write | Owner: Grace | Due: 20 Nov", marked("Write", Some("Grace"), Some("20 Nov"))),
            ("Write the guide (due 20 Nov)", marked("Write the guide", None, Some("20 Nov"))),
            ("Write the guide, by 20 Nov 2026", marked("Write the guide", None, Some("20 Nov 2026"))),
            ("Write the guide 📅 2026-11-20", marked("Write the guide", None, Some("2026-11-20"))),
            (
                "Write the guide\nOwner: Grace\nwith examples\nDue: 20 Nov",
                marked("Write the guide\nwith examples", Some("Grace"), Some("20 Nov")),
            ),
            ("Grace: write the guide — due 20 Nov", marked("write the guide", Some("Grace"), Some("20 Nov"))),
            (
                "Leitfaden schreiben (Verantwortlich: Grace, Frist: 20.11.2026)",
                marked("Leitfaden schreiben", Some("Grace"), Some("20.11.2026")),
            ),
        ] {
            assert_eq!(read(text, &People::default(), Opening::Name), expected, "“{text}”");
        }
    }

    #[test]
    fn what_is_not_a_mark_stays_in_the_text() {
        for text in [
            "Backend: add a cache",
            "API: version the endpoint",
            "Note: ask legal first",
            "Ask @bob about the licence",
            "Compare plan A — plan B",
            "Fix the build (see #42)",
            "Fix the build (owner: Grace, see the plan)",
            "Move to 10:30, not later",
            "Ship by Friday",
            "Owner: Grace",
            "[#42] Fix the build",
            "https://example.com: check the page",
            "",
        ] {
            assert_eq!(
                read(text, &People::default(), Opening::Name),
                marked(text, None, None),
                "“{text}” has no mark"
            );
        }
    }

    #[test]
    fn who_was_there_settles_doubts() {
        let people = People::new(["Maya Lindqvist", "Theo Adeyemi"]);
        for (text, opening, expected) in [
            (
                "Book it — Maya · due this week (L5)",
                Opening::Name,
                marked("Book it (L5)", Some("Maya"), Some("this week")),
            ),
            (
                "Redo it — Theo (L8, L9) ⚠️ needs review",
                Opening::Name,
                marked("Redo it (L8, L9) ⚠️ needs review", Some("Theo"), None),
            ),
            ("Besu: review the change", Opening::Name, marked("Besu: review the change", None, None)),
            ("Theo: look into it", Opening::Known, marked("look into it", Some("Theo"), None)),
            ("Pilot: two customers", Opening::Known, marked("Pilot: two customers", None, None)),
            ("Redo it (Maya)", Opening::Name, marked("Redo it", Some("Maya"), None)),
        ] {
            assert_eq!(read(text, &people, opening), expected, "“{text}”");
        }
    }
}
