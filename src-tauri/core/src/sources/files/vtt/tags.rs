//! Tags and entities in the text of a cue: voice tags give the speaker, other tags are removed.

use std::borrow::Cow;

use super::super::{encoding, times};

/// Tags of the standard (and of `SubRip`). Anything else in angle brackets was said: `a <b> c`, `Vec<T>`.
const TAGS: [&str; 9] = ["b", "c", "font", "i", "lang", "rt", "ruby", "u", "v"];

/// Adds a line without its tags and with its entities resolved. A second voice in a cue goes on a line of
/// its own, under its name: the cue stays one, and nobody's words become another's.
pub(super) fn append_line(line: &str, speaker: &mut Option<String>, text: &mut String) {
    let mut rest = line;
    while let Some(at) = memchr::memchr2(b'<', b'&', rest.as_bytes()) {
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
    // In bytes. A longer tag is a stray bracket, and the search for its end must not become quadratic.
    const MAX_TAG_LEN: usize = 300;
    let window = &text[1..encoding::boundary(text, MAX_TAG_LEN)];
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
    /// Longest entity, in bytes.
    const MAX_ENTITY_LEN: usize = 10;
    let end = text.bytes().take(MAX_ENTITY_LEN).position(|byte| byte == b';')?;
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
