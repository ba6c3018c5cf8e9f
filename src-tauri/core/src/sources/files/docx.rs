//! Word documents (.docx): transcripts by Teams, notes exported from Google Docs, minutes. The ZIP archive is converted to
//! the few HTML tags that [`notes`](super::notes) reads. Headers, comments, drawings and deleted text are skipped.
//!
//! Protected against ZIP bombs: only three parts are unpacked, each with a limit that is checked while it unpacks; sizes
//! declared in the archive are not trusted.

use std::collections::HashMap;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::domain::reading::{Refusal, Unreadable};

mod body;
mod styles;

/// Longest XML that is read, in bytes: ten times that of the longest transcript seen.
const MAX_XML_LEN: u64 = 32 * 1024 * 1024;
/// Most parts of an archive: what a list of them takes is bounded by it.
const MAX_PARTS: usize = 10_000;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Whether the bytes are a ZIP archive.
pub(super) fn begins(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The document's text as HTML.
pub(super) fn to_html(bytes: &[u8]) -> Result<String, Unreadable> {
    let mut archive = open(bytes)?;
    let Some(document) = part(&mut archive, "word/document.xml")? else {
        return Err(Unreadable::whole(Refusal::NotWord));
    };
    let styles = match part(&mut archive, "word/styles.xml")? {
        Some(xml) => styles::of(&xml).map_err(broken)?,
        None => HashMap::new(),
    };
    let links = match part(&mut archive, "word/_rels/document.xml.rels")? {
        Some(xml) => styles::links(&xml).map_err(broken)?,
        None => HashMap::new(),
    };
    body::to_html(&document, &styles, &links).map_err(broken)
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, Unreadable> {
    // A list of parts takes many times its size in the file, so it is counted before it is read.
    const ENTRY: &[u8] = b"PK\x01\x02";
    let entries = bytes.windows(ENTRY.len()).filter(|window| *window == ENTRY).take(MAX_PARTS + 1).count();
    if entries > MAX_PARTS {
        return Err(Unreadable::whole(Refusal::TooManyParts { max: MAX_PARTS }));
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::whole(Refusal::DamagedArchive))
}

/// The text of a part, if there is one.
fn part(archive: &mut Archive<'_>, name: &str) -> Result<Option<String>, Unreadable> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
            return Err(Unreadable::whole(Refusal::Locked));
        }
        Err(_) => return Err(damaged()),
    };
    let mut xml = Vec::new();
    file.take(MAX_XML_LEN + 1).read_to_end(&mut xml).map_err(|_| damaged())?;
    if xml.len() as u64 > MAX_XML_LEN {
        return Err(Unreadable::whole(Refusal::TooLargeUnpacked { max: MAX_XML_LEN }));
    }
    String::from_utf8(xml).map(Some).map_err(|_| damaged())
}

fn damaged() -> Unreadable {
    Unreadable::whole(Refusal::DamagedWord)
}

fn broken(_: quick_xml::Error) -> Unreadable {
    damaged()
}

#[cfg(test)]
mod tests;
