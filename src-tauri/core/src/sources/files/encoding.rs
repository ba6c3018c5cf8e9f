//! From bytes to text, and from offsets to places that a person can find. Takes UTF-8 with or without a
//! byte order mark, and UTF-16 with one; anything else is refused with the place of the first wrong byte.

use std::borrow::Cow;

use super::Unreadable;

/// The text, without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Unreadable> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(utf8(rest)?),
        _ => Cow::Borrowed(utf8(bytes)?),
    };
    match text.find('\0') {
        Some(offset) => {
            Err(Unreadable::at(place(&text, offset), "The file is not text: it holds a zero byte here."))
        }
        None => Ok(text),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Unreadable> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Unreadable::at(
            place(&valid, valid.len()),
            "The file is not UTF-8 text here; save it as UTF-8 and import it again.",
        )
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Unreadable> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        text.push(decoded.map_err(|_| {
            Unreadable::at(place(&text, text.len()), "The file is not valid UTF-16 text here.")
        })?);
    }
    if rest.is_empty() {
        Ok(text)
    } else {
        Err(Unreadable::at(place(&text, text.len()), "The UTF-16 text ends in the middle of a character."))
    }
}

/// "line 3, column 14" for a byte offset; columns count characters.
pub(super) fn place(text: &str, offset: usize) -> String {
    let before = &text[..boundary(text, offset)];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let column = before[line_start..].chars().count() + 1;
    let line = before.matches('\n').count() + 1;
    format!("line {line}, column {column}")
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
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(text), "{what} must read the same");
        }
    }

    #[test]
    fn wrong_bytes_are_named_by_place() {
        for (what, bytes, at) in [
            ("a Windows-1252 letter", &b"ok\nBeschl\xFCsse"[..], "line 2, column 7"),
            ("a lone surrogate", b"\xFF\xFEa\x00\x00\xD8b\x00", "line 1, column 2"),
            ("half a UTF-16 unit", b"\xFF\xFEa\x00b", "line 1, column 2"),
            ("a zero byte", b"ab\0", "line 1, column 3"),
        ] {
            let refused = decode(bytes).unwrap_err();
            assert_eq!(refused.place.as_deref(), Some(at), "{what} must be found where it is");
        }
    }
}
