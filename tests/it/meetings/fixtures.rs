use std::collections::BTreeMap;
use std::fmt::Debug;

use sally_core::adf::Inlines;
use sally_core::domain::meeting::{HeldAt, ItemKind, Meeting, SECTIONS};
use sally_core::sources::files::{self, Export, Parsed};
use serde::Deserialize;

/// What a file holds, as a person counted it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Held {
    format: String,
    /// Absent where only the file's name says it.
    title: Option<String>,
    date: Option<String>,
    insights: usize,
    decisions: usize,
    next_steps: usize,
    tasks: usize,
    owners: usize,
    due_dates: usize,
    cues: usize,
}

fn held(parsed: &Parsed) -> Held {
    let meeting = &parsed.meeting;
    let count = |kind| meeting.items.iter().filter(|item| item.kind == kind).count();
    Held {
        format: parsed.format.as_str().to_owned(),
        title: parsed.titled.then(|| meeting.title.clone()),
        date: meeting.held_at.map(|held_at| match held_at {
            HeldAt::Moment(moment) => moment.to_string(),
            HeldAt::Day(day) => day.to_string(),
        }),
        insights: count(ItemKind::Insight),
        decisions: count(ItemKind::Decision),
        next_steps: count(ItemKind::NextStep),
        tasks: count(ItemKind::Task),
        owners: meeting.items.iter().filter(|item| item.owner.is_some()).count(),
        due_dates: meeting.items.iter().filter(|item| item.due.is_some()).count(),
        cues: meeting.transcript.len(),
    }
}

#[test]
fn every_tools_export_is_read() {
    let expected: BTreeMap<String, Held> =
        serde_json::from_slice(&std::fs::read(super::folder().join("expected.json")).unwrap()).unwrap();
    let exports = super::exports();
    let names: Vec<_> = exports.iter().map(|(name, _)| name).collect();
    assert_eq!(names, expected.keys().collect::<Vec<_>>(), "each export has what is expected of it");
    for (name, bytes) in &exports {
        // The name says nothing of what is in it.
        let parsed = files::parse("export.bin", bytes).unwrap_or_else(|refused| panic!("{name}: {refused}"));
        assert_eq!(parsed.len(), 1, "{name} is one meeting");
        assert_eq!(held(&parsed[0]), expected[name], "{name}");
    }
}

#[test]
fn a_transcript_is_the_same_in_each_of_a_tool_s_exports() {
    let exports = super::exports().into_iter().filter(|(name, _)| name.starts_with("gemini."));
    for (name, bytes) in exports {
        let meeting = files::parse(&name, &bytes).unwrap().remove(0).meeting;
        let said: Vec<_> = meeting
            .transcript
            .iter()
            .map(|cue| (cue.start_ms / 1000, cue.speaker.as_deref().unwrap_or_default(), cue.text.as_str()))
            .collect();
        let expected = [
            (0, "Mara Quist", "Good morning, shall we start?"),
            (0, "Olu Adeyinka", "Yes, the importer is ready."),
            (310, "Mara Quist", "Then that was all."),
        ];
        // Two of the files end before the last line.
        assert!(said.len() > 1 && expected.starts_with(&said), "{name}: {said:?}");
    }
}

/// Everything that a meeting says, without what each import gives anew.
fn said(meeting: &Meeting) -> impl PartialEq + Debug + use<> {
    let items: Vec<_> = meeting
        .items
        .iter()
        .map(|item| {
            let marked = item.formatted.as_ref().map(Inlines::to_html);
            (
                item.kind,
                item.text.clone(),
                marked,
                item.owner.clone(),
                item.due.clone(),
                item.done,
                item.at_ms,
            )
        })
        .collect();
    let head = (meeting.title.clone(), meeting.held_at, meeting.minutes, meeting.participants.clone());
    (head, meeting.recording.clone(), items, meeting.transcript.clone())
}

#[test]
fn every_meeting_comes_back_from_the_app_s_own_export() {
    for (name, bytes) in super::exports() {
        let there = files::parse(&name, &bytes).unwrap().remove(0).meeting;
        let export = Export { meeting: &there, key: None };
        let json = export.to_json();
        let back = files::parse("x.json", json.as_bytes()).unwrap().remove(0);
        assert!(back.warnings.is_empty(), "{name}: {:?}", back.warnings);
        assert_eq!(said(&back.meeting), said(&there), "{name}: {json}");

        let markdown = export.to_markdown();
        let back = files::parse("x.md", markdown.as_bytes()).unwrap().remove(0).meeting;
        let items = |meeting: &Meeting| -> Vec<_> {
            // A section after the other.
            let mut items: Vec<_> = meeting.items.iter().map(|item| (item.kind, item.text.clone())).collect();
            items.sort_by_key(|(kind, _)| SECTIONS.iter().position(|(section, _)| section == kind));
            items
        };
        assert_eq!(items(&back), items(&there), "{name}: {markdown}");
    }
}

#[test]
fn every_encoding_holds_the_same_meeting() {
    let text = std::fs::read_to_string(super::folder().join("minutes.txt")).unwrap();
    let words = |bytes: &[u8]| {
        let parsed = files::parse("minutes.txt", bytes).unwrap().remove(0);
        let items: Vec<_> =
            parsed.meeting.items.into_iter().map(|item| (item.kind, item.text, item.owner)).collect();
        (parsed.meeting.held_at, parsed.meeting.participants, items)
    };
    let plain = words(text.as_bytes());
    assert!(
        plain.2.iter().any(|(_, text, _)| text.contains('ö')),
        "the text has letters that tell encodings apart"
    );
    let units = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let windows: Vec<u8> = text
        .chars()
        .map(|c| match c {
            '–' => 0x96,
            '•' => 0x95,
            '€' => 0x80,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    for (what, bytes) in [
        ("UTF-8 with a mark", [&b"\xEF\xBB\xBF"[..], text.as_bytes()].concat()),
        ("UTF-16, little end first", [&b"\xFF\xFE"[..], &units(u16::to_le_bytes)].concat()),
        ("UTF-16, big end first", [&b"\xFE\xFF"[..], &units(u16::to_be_bytes)].concat()),
        ("UTF-16 without a mark", units(u16::to_le_bytes)),
        ("Windows-1252", windows),
    ] {
        assert_eq!(words(&bytes), plain, "{what}");
    }
}
