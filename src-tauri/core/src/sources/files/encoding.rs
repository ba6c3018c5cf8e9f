//! Detects and decodes the encoding of a file: UTF-8 or UTF-16, with or without a byte order mark, or Windows-1252. Anything
//! else is an error with the location of the first invalid byte.

use std::borrow::Cow;

use crate::domain::reading::{Location, Refusal, Unreadable};

/// The text, without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(utf8(rest)?),
        _ => unmarked(bytes)?,
    };
    match text.find('\0') {
        Some(offset) => Err(Unreadable::at(location(&text, offset), Refusal::ZeroByte)),
        None => Ok(text),
    }
}

/// Text that does not say how it is encoded.
fn unmarked(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    /// Bytes that are examined to guess the byte order of UTF-16.
    const SAMPLE_LEN: usize = 4096;
    let start = &bytes[..bytes.len().min(SAMPLE_LEN)];
    if start.len() >= 8 && start.contains(&0) {
        let zeros = |at: usize| start.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
        let (even, odd, units) = (zeros(0), zeros(1), start.len() / 2);
        // In languages with a Latin script most units have an empty half, and always the same.
        if odd > units / 2 && even < odd / 16 + 1 {
            return utf16(bytes, u16::from_le_bytes).map(Cow::Owned);
        }
        if even > units / 2 && odd < even / 16 + 1 {
            return utf16(bytes, u16::from_be_bytes).map(Cow::Owned);
        }
    }
    match utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(refused) => windows_1252(bytes).map(Cow::Owned).ok_or(refused),
    }
}

/// The text, unless the bytes are more likely damaged UTF-8, or no text at all.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    let whole = bytes.utf8_chunks().flat_map(|chunk| chunk.valid().chars()).filter(|c| !c.is_ascii()).count();
    let broken = bytes.utf8_chunks().filter(|chunk| !chunk.invalid().is_empty()).count();
    if whole >= broken {
        return None;
    }
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
    // The few bytes that have no meaning there become control characters, which no text holds.
    let is_binary = text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'));
    (!is_binary).then(|| text.into_owned())
}

fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Unreadable::at(location(&valid, valid.len()), Refusal::NotUtf8)
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(decoded.map_err(|_| Unreadable::at(location(&text, text.len()), Refusal::NotUtf16))?);
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(Unreadable::at(location(&text, text.len()), Refusal::HalfCharacter))
    }
}

/// The line and column of a byte offset; columns count characters.
pub(super) fn location(text: &str, offset: usize) -> Location {
    let before = &text[..boundary(text, offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[line_start..].chars().count() + 1;
    let line = before.matches('\n').count() + 1;
    Location::LineColumn { line, column }
}

/// The offset, or the nearest one before it where a character starts.
pub(super) fn boundary(text: &str, offset: usize) -> usize {
    (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "Beschlüsse ✓";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (what, bytes) in [
            ("plain UTF-8", text.as_bytes().to_vec()),
            ("UTF-8 with a mark", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
            ("little-endian UTF-16", [&b"\xFF\xFE"[..], &le].concat()),
            ("big-endian UTF-16", [&b"\xFE\xFF"[..], &be].concat()),
            ("little-endian UTF-16 without a mark", le),
            ("big-endian UTF-16 without a mark", be),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{what} must read the same");
        }
    }

    #[test]
    fn older_programs_save_as_windows_1252() {
        let bytes = b"Beschl\xFCsse \x96 \x84gut\x93, 5 \x80";
        assert_eq!(decode(bytes).as_deref(), Ok("Beschlüsse – „gut“, 5 €"), "no letter is lost");
    }

    #[test]
    fn wrong_bytes_are_named_by_place() {
        for (what, bytes, (line, column), reason) in [
            ("half a letter among whole ones", &b"ok\nBeschl\xC3\xBCsse\xC3"[..], (2, 11), Refusal::NotUtf8),
            ("bytes that no text has", b"ok \x90\xFF", (1, 4), Refusal::NotUtf8),
            ("a lone surrogate", b"\xFF\xFEa\x00\x00\xD8b\x00", (1, 2), Refusal::NotUtf16),
            ("half a UTF-16 unit", b"\xFF\xFEa\x00b", (1, 2), Refusal::HalfCharacter),
            ("a zero byte", b"ab\0", (1, 3), Refusal::ZeroByte),
        ] {
            let refused = decode(bytes).unwrap_err();
            let there = Unreadable::at(Location::LineColumn { line, column }, reason);
            assert_eq!(refused, there, "{what} must be found where it is");
        }
    }
}
