//! Detects speakers: the name before a colon in "Ada Lovelace: good morning". Shared by all formats with a transcript;
//! transcripts in plain text are parsed in [`mod@lines`].

use super::{names, trim};

mod lines;

pub(super) use lines::{lines, parse, timed};

/// Longest name of a speaker, in characters.
const MAX_SPEAKER_LEN: usize = 64;
/// Longest name of a speaker, in words: "Z. Zhou (Ops) / B. Guest" has six.
const MAX_SPEAKER_WORDS: usize = 8;

/// Words before a colon that are not people.
const NOT_SPEAKERS: &[&str] = &[
    "a",
    "action",
    "actionitem",
    "actionitems",
    "agenda",
    "also",
    "answer",
    "caption",
    "conclusion",
    "decision",
    "decisions",
    "eg",
    "example",
    "fact",
    "finally",
    "firstly",
    "forexample",
    "fyi",
    "goal",
    "hint",
    "http",
    "https",
    "ie",
    "important",
    "link",
    "music",
    "namely",
    "nextstep",
    "nextsteps",
    "note",
    "notes",
    "problem",
    "ps",
    "q",
    "question",
    "quote",
    "remember",
    "reminder",
    "result",
    "secondly",
    "solution",
    "subject",
    "summary",
    "tip",
    "title",
    "tldr",
    "todo",
    "topic",
    "update",
    "url",
    "warning",
    "hinweis",
    "frage",
    "antwort",
    "beispiel",
];

/// Words that names do not start with.
const OPENERS: &[&str] = &[
    "a", "and", "because", "but", "every", "finally", "here", "how", "i", "i'd", "i'll", "i'm", "if", "it",
    "it's", "let's", "my", "or", "our", "step", "that", "that's", "the", "then", "there", "these", "they",
    "this", "those", "we", "we're", "what", "when", "which", "who", "why", "you", "your",
];

/// Words that open sentences, and names as well: "So Young", "An Nguyen". The next word decides.
const AMBIGUOUS_OPENERS: &[&str] = &[
    "an", "another", "any", "first", "last", "next", "no", "ok", "okay", "one", "second", "so", "some",
    "third", "three", "two", "well", "yes",
];

/// Words that sentences have and names do not, but for a first name such as "Will".
const SENTENCE_WORDS: &[&str] = &[
    "I", "I'd", "I'll", "I'm", "about", "am", "are", "be", "because", "can", "could", "did", "does", "had",
    "has", "have", "here", "how", "i", "if", "is", "it", "it's", "just", "let's", "like", "my", "not", "our",
    "should", "that", "that's", "the", "there", "these", "they", "this", "those", "was", "we", "we're",
    "were", "what", "when", "which", "who", "why", "will", "would", "you", "your",
];

/// Splits "Name: text" if the text before the first colon is unambiguously a speaker.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    at_colon(text).filter(|(name, _)| is_speaker(name))
}

fn at_colon(text: &str) -> Option<(&str, &str)> {
    let colon = memchr::memchr(b':', text.as_bytes())?;
    let (name, rest) = (trim(&text[..colon]), &text[colon + 1..]);
    // "https://…" and "10:30" have no space behind the colon.
    let said = trim(rest.strip_prefix(' ').unwrap_or(rest));
    (rest.starts_with(char::is_whitespace) && !said.is_empty()).then_some((name, said))
}

/// Names that were found to be speakers already: a transcript has thousands of cues and a handful of speakers.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<String>);

impl Names {
    /// Capacity, in names; a linear search of more would take longer than the full check.
    const MAX_NAMES: usize = 32;

    /// The same as [`split`].
    pub(super) fn split<'a>(&mut self, text: &'a str) -> Option<(&'a str, &'a str)> {
        let (name, said) = at_colon(text)?;
        if !self.0.iter().any(|known| known == name) {
            if !is_speaker(name) {
                return None;
            }
            if self.0.len() < Self::MAX_NAMES {
                self.0.push(name.to_owned());
            }
        }
        Some((name, said))
    }
}

/// Whether the words are a speaker's name beyond reasonable doubt, where only a name or a sentence may stand.
fn is_speaker(name: &str) -> bool {
    const NEVER: [char; 14] = ['?', '!', ';', '"', '“', '”', '…', '<', '>', '{', '}', '[', ']', '\n'];
    // Bytes first: the count of characters is only needed for names in other scripts.
    if name.is_empty() || name.len() > 4 * MAX_SPEAKER_LEN || name.chars().count() > MAX_SPEAKER_LEN {
        return false;
    }
    if name.contains(NEVER) || !name.contains(char::is_alphanumeric) {
        return false;
    }
    let mut words = name.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    if NOT_SPEAKERS.contains(&names::fold(name).as_str()) {
        return false;
    }
    let Some(second) = second else { return true };
    let plain = |word: &str| word.replace('’', "'");
    let opens = |list: &[&str]| list.contains(&plain(first).to_lowercase().as_str());
    let opens_a_sentence =
        opens(OPENERS) || opens(AMBIGUOUS_OPENERS) && second.starts_with(char::is_lowercase);
    let is_sentence = opens_a_sentence
        || ends_a_sentence(name)
        || name.split_whitespace().skip(1).any(|word| SENTENCE_WORDS.contains(&plain(word).as_str()));
    let fits = name.split_whitespace().count() <= MAX_SPEAKER_WORDS;
    fits && !is_sentence && (!name.contains(", ") || is_surname_first(name))
}

/// "Lovelace, Ada".
fn is_surname_first(name: &str) -> bool {
    name.split_whitespace().count() <= 4 && name.split(", ").all(|part| part.starts_with(char::is_uppercase))
}

/// Whether a word of more than four letters ends with a full stop inside of the name, unlike "Prof. Z. Zhou".
fn ends_a_sentence(name: &str) -> bool {
    name.split(' ').rev().skip(1).any(|word| word.ends_with('.') && word.chars().count() > 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speakers_are_known_in_the_ways_tools_write_them() {
        for (text, speaker) in [
            ("Justin Florentine (Besu): Good morning.", "Justin Florentine (Besu)"),
            ("Z. Victor Zhou (xinbenlv): Hello.", "Z. Victor Zhou (xinbenlv)"),
            ("marc | wolovim: hi", "marc | wolovim"),
            ("@ritzdorf / Hubert Ritzdorf (EIP-8219): hi", "@ritzdorf / Hubert Ritzdorf (EIP-8219)"),
            ("Danno Ferrin - Tectonic.xyz: hi", "Danno Ferrin - Tectonic.xyz"),
            ("Lovelace, Ada: hi", "Lovelace, Ada"),
            ("jochem-brouwer: hi", "jochem-brouwer"),
            ("0xBonk: hi", "0xBonk"),
            ("Иван: привет", "Иван"),
            ("Speaker 1: hi", "Speaker 1"),
            ("Will Corcoran: hi", "Will Corcoran"),
            ("So Young Park: hi", "So Young Park"),
            ("Audio shared by Marco De Rossi: hi", "Audio shared by Marco De Rossi"),
            ("Ada: Note: this matters", "Ada"),
        ] {
            assert_eq!(split(text).map(|(name, _)| name), Some(speaker), "“{text}”");
        }
    }

    #[test]
    fn other_colons_are_not_speakers() {
        for text in [
            "Note: this matters.",
            "https://example.com is the page",
            "see https://example.com: it has it",
            "at 10:30 we meet",
            "So here is the thing: we ship.",
            "So basically: we ship.",
            "I’m certain: no.",
            "The plan: ship it.",
            "What I want to say: no.",
            "We agreed. Then: silence.",
            "I said, and you heard: nothing.",
            "\"Quoted\": text",
            "Ada:",
            ": text",
            "--: text",
            "no colon",
        ] {
            assert_eq!(split(text), None, "“{text}” names no speaker");
        }
    }
}
