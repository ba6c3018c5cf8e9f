use std::io::Write as _;

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::super::{Format, Parsed, parse};
use crate::domain::meeting::ItemKind;
use crate::domain::reading::{Refusal, Unreadable};

/// A document with this body, as an archive.
fn docx(body: &str) -> Vec<u8> {
    let styles = r#"<w:styles xmlns:w="w"><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
        <w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
        <w:style w:styleId="Aufz"><w:name w:val="List Bullet"/></w:style></w:styles>"#;
    let links = r#"<Relationships><Relationship Id="rId1" Target="https://example.com/?a=1&amp;b=2"/></Relationships>"#;
    let document =
        format!(r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>{body}</w:body></w:document>"#);
    archive(&[
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", &document),
        ("word/styles.xml", styles),
        ("word/_rels/document.xml.rels", links),
    ])
}

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated))
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn paragraph(style: &str, words: &str) -> String {
    let style = if style.is_empty() { String::new() } else { format!("<w:pPr>{style}</w:pPr>") };
    format!(r#"<w:p>{style}<w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>"#)
}

fn one(bytes: &[u8]) -> Parsed {
    let mut parsed = parse("x.bin", bytes).unwrap();
    assert_eq!(parsed[0].format, Format::Docx, "a document is known by its content");
    parsed.remove(0)
}

#[test]
fn minutes_keep_headings_lists_and_tables() {
    let (bullet, deeper) = (
        r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>"#,
        r#"<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>"#,
    );
    let body = [
        paragraph(r#"<w:pStyle w:val="Titel"/>"#, "Weekly sync &amp; more"),
        paragraph("", "Date: 12 Nov 2026"),
        paragraph(r#"<w:pStyle w:val="berschrift2"/>"#, "Decisions"),
        paragraph(r#"<w:pStyle w:val="Aufz"/>"#, "Ship it"),
        r#"<w:p><w:pPr><w:pStyle w:val="Aufz"/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>Keep</w:t></w:r><w:r><w:t xml:space="preserve"> the </w:t></w:r><w:hyperlink r:id="rId1"><w:r><w:t>flag</w:t></w:r></w:hyperlink><w:del><w:r><w:delText>!</w:delText></w:r></w:del></w:p>"#.to_owned(),
        paragraph(r#"<w:pStyle w:val="berschrift2"/>"#, "Notes"),
        paragraph(bullet, "not an item"),
        paragraph(r#"<w:pStyle w:val="berschrift2"/>"#, "Action items"),
        paragraph(bullet, "Ada:"),
        paragraph(deeper, "☐ write the guide, due 20 Nov 2026"),
        paragraph(deeper, "☒ ask legal"),
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Owner</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Task</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:p><w:r><w:t>Grace</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Book it</w:t></w:r></w:p></w:tc></w:tr></w:tbl>".to_owned(),
    ];
    let parsed = one(&docx(&body.concat()));
    assert_eq!(parsed.meeting.title, "Weekly sync & more");
    assert!(parsed.meeting.held_at.is_some(), "its day is in a line of its own");
    let items: Vec<_> = parsed
        .meeting
        .items
        .iter()
        .map(|item| (item.kind, item.text.as_str(), item.owner.as_deref(), item.done))
        .collect();
    assert_eq!(
        items,
        [
            (ItemKind::Decision, "Ship it", None, false),
            (ItemKind::Decision, "Keep the flag", None, false),
            (ItemKind::Task, "write the guide", Some("Ada"), false),
            (ItemKind::Task, "ask legal", Some("Ada"), true),
            (ItemKind::Task, "Book it", Some("Grace"), false),
        ]
    );
    let formatted =
        parsed.meeting.items[1].formatted.clone().map(|line| format!("{line:?}")).unwrap_or_default();
    assert!(formatted.contains("https://example.com/?a=1&b=2"), "the link arrives: {formatted}");
    assert!(
        parsed.warnings.iter().all(|warning| warning.location.is_none()),
        "a document has no lines to name"
    );
}

#[test]
fn both_transcripts_of_teams_are_read() {
    let newer = [
        paragraph(r#"<w:pStyle w:val="Titel"/>"#, "Planning"),
        paragraph("", "November 12, 2026, 9:00AM"),
        paragraph("", "Ada Lovelace started transcription"),
        r#"<w:p><w:r><w:drawing><a:t>picture</a:t></w:drawing></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Ada Lovelace   </w:t></w:r><w:r><w:t>0:03</w:t></w:r><w:r><w:br/><w:t>Good morning.</w:t></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:t xml:space="preserve">Hopper, Grace (Guest)   </w:t></w:r><w:r><w:t>1:02:03</w:t></w:r><w:r><w:br/></w:r><w:r><w:t>Hi.</w:t></w:r></w:p>"#.to_owned(),
    ];
    let older = [
        paragraph("", "0:0:5.100 --&gt; 0:0:8.250"),
        paragraph("", "Ada Lovelace"),
        paragraph("", "Good morning."),
        paragraph("", "0:0:9.0 --&gt; 0:0:10.0"),
        paragraph("", "Hopper, Grace (Guest)"),
        paragraph("", "Hi."),
    ];
    for (what, body, starts) in
        [("newer", newer.concat(), [3000, 3_723_000]), ("older", older.concat(), [5100, 9000])]
    {
        let parsed = one(&docx(&body));
        let said: Vec<_> = parsed
            .meeting
            .transcript
            .iter()
            .map(|cue| (cue.start_ms, cue.speaker.as_deref(), cue.text.as_str()))
            .collect();
        assert_eq!(
            said,
            [
                (starts[0], Some("Ada Lovelace"), "Good morning."),
                (starts[1], Some("Hopper, Grace (Guest)"), "Hi.")
            ],
            "the {what} layout"
        );
        assert_eq!(parsed.meeting.items, [], "a transcript marks no items");
    }
}

#[test]
fn what_is_no_document_is_named() {
    let encrypted = {
        let mut bytes = docx("");
        // The flag of encryption, in each local and central header.
        for (sign, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
            let starts: Vec<_> =
                (0..bytes.len() - 4).filter(|start| bytes[*start..].starts_with(sign)).collect();
            for start in starts {
                bytes[start + at] |= 1;
            }
        }
        bytes
    };
    let whole = docx(&paragraph("", "x"));
    for (what, bytes, reason) in [
        ("another archive", archive(&[("notes.md", "# x")]), Refusal::NotWord),
        ("half a document", whole[..whole.len() / 2].to_vec(), Refusal::DamagedArchive),
        ("a locked document", encrypted, Refusal::Locked),
        ("broken XML", archive(&[("word/document.xml", "<w:p></w:r>")]), Refusal::DamagedWord),
    ] {
        let refused = parse("x.docx", &bytes).unwrap_err();
        assert_eq!(refused, Unreadable::whole(reason), "{what}");
    }
}

#[test]
fn an_archive_that_unfolds_without_end_is_refused_soon() {
    let bomb = archive(&[("word/document.xml", &"<w:p>".repeat(20 * 1024 * 1024))]);
    assert!(bomb.len() < 1024 * 1024, "it is small until it is opened: {}", bomb.len());
    let started = std::time::Instant::now();
    let refused = parse("x.docx", &bomb).unwrap_err();
    let limit = Refusal::TooLargeUnpacked { max: 32 * 1024 * 1024 };
    assert_eq!(refused.reason, limit, "the limit is named");
    assert!(started.elapsed() < std::time::Duration::from_secs(10), "and at once");

    let crowd = b"PK\x01\x02".repeat(super::MAX_PARTS + 1);
    let refused = parse("x.docx", &[b"PK\x03\x04", crowd.as_slice()].concat()).unwrap_err();
    assert_eq!(refused.reason, Refusal::TooManyParts { max: 10_000 }, "so is the one of parts");
}
