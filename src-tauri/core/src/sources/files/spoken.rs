//! Who speaks: the name before a colon in "Ada Lovelace: good morning", and transcripts that are lines of
//! "[00:00:15] Ada: good morning". Shared by every format that holds a transcript.

use crate::domain::meeting::Cue;

use super::{names, times};

/// Longest speaker's name that is taken for one, in characters.
const MAX_SPEAKER: usize = 64;
/// Most words of a speaker's name: "Z. Zhou (Ops) / B. Guest" has six.
const MAX_WORDS: usize = 8;

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

/// Splits "Name: text", where what stands before the first colon is a speaker beyond reasonable doubt.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let colon = text.find(':')?;
    let (name, rest) = (text[..colon].trim(), &text[colon + 1..]);
    // "https://…" and "10:30" have no space behind the colon.
    if !rest.starts_with(char::is_whitespace) || rest.trim().is_empty() || !is_speaker(name) {
        return None;
    }
    Some((name, rest.trim()))
}

fn is_speaker(name: &str) -> bool {
    const NEVER: [char; 14] = ['?', '!', ';', '"', '“', '”', '…', '<', '>', '{', '}', '[', ']', '\n'];
    // Bytes first: the count of characters is only needed for names in other scripts.
    if name.is_empty() || name.len() > 4 * MAX_SPEAKER || name.chars().count() > MAX_SPEAKER {
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
    let fits = name.split_whitespace().count() <= MAX_WORDS;
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

/// Reads a transcript that is lines of text; answers the cues, and how many lines had no time before them.
/// Lines without a time go on with what was said before.
pub(super) fn lines(text: &str) -> (Vec<Cue>, usize) {
    let mut cues: Vec<Cue> = Vec::new();
    let mut untimed = 0;
    for line in text.lines() {
        let line = line.trim().trim_start_matches(['>', '-', '*', '+']).trim_start().replace("**", "");
        if line.is_empty() {
            continue;
        }
        match (timed(&line), cues.last_mut()) {
            (Some((start_ms, said)), last) => {
                if let Some(last) = last {
                    last.end_ms = start_ms;
                }
                let (speaker, said) =
                    split(said).map_or((None, said), |(name, said)| (Some(name.to_owned()), said));
                cues.push(Cue { start_ms, end_ms: start_ms, speaker, text: said.to_owned() });
            }
            (None, Some(last)) => {
                last.text.push(' ');
                last.text.push_str(&line);
            }
            (None, None) => untimed += 1,
        }
    }
    (cues, untimed)
}

/// Splits "[00:00:15] text", "(0:15) text", "00:15 text" or "00:15 - text".
fn timed(line: &str) -> Option<(u64, &str)> {
    let (stamp, rest) = match line.strip_prefix('[').map(|line| line.split_once(']')) {
        Some(split) => split?,
        None => match line.strip_prefix('(').map(|line| line.split_once(')')) {
            Some(split) => split?,
            None => line.split_once(' ')?,
        },
    };
    Some((times::clock(stamp)?, rest.trim_start_matches(['-', '–', ':', ' '])))
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

    #[test]
    fn lines_with_times_become_cues() {
        let (cues, untimed) = lines(
            "intro\n[00:00:15] Ada: Good morning\nand welcome.\n- **[0:20]** **Grace:** Hi.\n(00:25) Note: no speaker\n01:00:30 - Ada: Bye.",
        );
        let said: Vec<_> = cues
            .iter()
            .map(|cue| (cue.start_ms, cue.end_ms, cue.speaker.as_deref(), cue.text.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                (15_000, 20_000, Some("Ada"), "Good morning and welcome."),
                (20_000, 25_000, Some("Grace"), "Hi."),
                (25_000, 3_630_000, None, "Note: no speaker"),
                (3_630_000, 3_630_000, Some("Ada"), "Bye."),
            ],
            "each time starts a cue that lasts until the next"
        );
        assert_eq!(untimed, 1, "what stands before the first time belongs to no cue");
    }
}
