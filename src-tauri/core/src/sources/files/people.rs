//! Detects names of people: by the list of participants, or by their form where there is none. Distinguishes
//! "Grace: write the guide" from "Backend: add a cache".

use std::collections::HashSet;

/// Longest name that is taken for one, in characters.
const MAX_NAME_LEN: usize = 60;

/// Capitalised words that open a line and are not names.
const NOT_NAMES: &[&str] = &[
    "action",
    "all",
    "answer",
    "api",
    "backend",
    "bug",
    "client",
    "clients",
    "customer",
    "customers",
    "data",
    "deadline",
    "decision",
    "design",
    "docs",
    "documentation",
    "due",
    "engineering",
    "everyone",
    "example",
    "feature",
    "finance",
    "fix",
    "follow",
    "frontend",
    "goal",
    "important",
    "infra",
    "infrastructure",
    "insight",
    "issue",
    "legal",
    "marketing",
    "milestone",
    "mobile",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "next",
    "note",
    "notes",
    "open",
    "operations",
    "optional",
    "owner",
    "phase",
    "planning",
    "priority",
    "product",
    "question",
    "release",
    "reminder",
    "research",
    "review",
    "risk",
    "sales",
    "security",
    "step",
    "support",
    "task",
    "team",
    "test",
    "testing",
    "ticket",
    "tip",
    "today",
    "todo",
    "tomorrow",
    "update",
    "warning",
    "web",
    "week",
    "aufgabe",
    "frage",
    "hinweis",
    "wichtig",
];

const PARTICLES: &[&str] =
    &["al", "bin", "da", "de", "del", "den", "der", "di", "du", "la", "le", "van", "von", "zu"];

/// The people of a meeting, as far as it names them.
#[derive(Debug, Default)]
pub(super) struct People(HashSet<String>);

impl People {
    /// From names as the source wrote them.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut known = HashSet::new();
        for name in names {
            let bare = name.split(['(', '|', '@']).next().unwrap_or_default();
            for form in [name, bare, bare.split_whitespace().next().unwrap_or_default()] {
                known.insert(form.trim().to_lowercase());
            }
        }
        known.remove("");
        Self(known)
    }

    /// Whether the words are one or several people who were there, by full or first name.
    pub(super) fn know(&self, words: &str) -> bool {
        each(words, |name| self.0.contains(&name.to_lowercase()))
    }

    /// Whether the words are people beyond doubt: known ones, or ones that look like it where nobody is known.
    pub(super) fn name(&self, words: &str) -> bool {
        if self.0.is_empty() { looks_like_names(words) } else { self.know(words) }
    }
}

/// Whether the words look like one or several people's names.
pub(super) fn looks_like_names(words: &str) -> bool {
    each(words, looks_like_name)
}

fn each(words: &str, is_name: impl Fn(&str) -> bool) -> bool {
    if words.chars().count() > 4 * MAX_NAME_LEN {
        return false;
    }
    is_name(words.trim())
        || words
            .split([',', '/', '&', '+'])
            .flat_map(|part| part.split(" and "))
            .flat_map(|part| part.split(" und "))
            .all(|name| is_name(name.trim()))
}

fn looks_like_name(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && name.chars().count() <= MAX_NAME_LEN
        && words.iter().enumerate().all(|(at, word)| {
            (at > 0 && PARTICLES.contains(word)) || (looks_like_part(word) && !is_common(word))
        })
}

/// A capital and then small letters, or an initial.
fn looks_like_part(word: &str) -> bool {
    let mut letters = word.chars();
    let initial = word.chars().count() == 2 && word.ends_with('.');
    letters.next().is_some_and(char::is_uppercase)
        && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'))
        && (initial || word.chars().any(char::is_lowercase))
}

fn is_common(word: &str) -> bool {
    NOT_NAMES.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_decide_where_nobody_is_known() {
        for (words, expected) in [
            ("Grace", true),
            ("Grace Hopper", true),
            ("Ludwig van Beethoven", true),
            ("J. Doe-Smith", true),
            ("Ada, Grace and Linus", true),
            ("Émilie du Châtelet", true),
            ("Backend", false),
            ("API", false),
            ("Write the guide", false),
            ("grace", false),
            ("", false),
        ] {
            assert_eq!(People::default().name(words), expected, "“{words}”");
        }
    }

    #[test]
    fn who_was_there_decides_where_it_is_known() {
        let people = People::new(["Maya Lindqvist", "Justin Florentine (Besu)", "marc | wolovim"]);
        for (words, expected) in [
            ("Maya", true),
            ("maya lindqvist", true),
            ("Justin Florentine", true),
            ("Justin Florentine (Besu)", true),
            ("marc", true),
            ("Maya / Justin", true),
            ("Theo", false),
            ("Besu", false),
        ] {
            assert_eq!(people.name(words), expected, "“{words}”");
        }
    }
}
