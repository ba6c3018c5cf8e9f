mod strangers;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::domain::meeting::{HeldAt, ItemKind};

fn count(parsed: &[Parsed], kind: ItemKind) -> usize {
    parsed.iter().flat_map(|parsed| &parsed.meeting.items).filter(|item| item.kind == kind).count()
}

#[test]
fn formats_are_known_by_content() {
    for (what, text, expected) in [
        ("WebVTT", "\u{feff}WEBVTT\n\n00:01.000 --> 00:02.000\na", Format::WebVtt),
        ("JSON", "\n {\"tasks\": [\"a\"]}", Format::Json),
        ("SubRip", "1\n00:00:01,000 --> 00:00:02,000\na", Format::SubRip),
        ("a page", "<html><h2>Tasks</h2><ul><li>a</ul>", Format::Html),
        ("a transcript", "Ada  0:01\nHi.\n\nGrace  0:02\nHi.\n", Format::Text),
        ("a chat", "00:04:33\tAda:\ta\n", Format::Chat),
        ("Markdown", "## Tasks\n- a", Format::Markdown),
    ] {
        for name in ["x.json", "x.md", "x.vtt", "x"] {
            let parsed = parse(name, text.as_bytes()).unwrap();
            assert_eq!(parsed[0].format, expected, "{what} in a file named {name}");
        }
    }
}

#[test]
fn samples_are_three_whole_meetings() {
    let mut kinds = BTreeMap::new();
    let (mut owners, mut dates, mut cues) = (0, 0, 0);
    for (name, content) in samples() {
        let parsed = parse(name, content.as_bytes()).unwrap();
        assert_eq!(parsed.len(), 1, "{name} is one meeting");
        assert_eq!(parsed[0].warnings, [], "{name} shows no warnings to a newcomer");
        assert!(parsed[0].titled && parsed[0].meeting.held_at.is_some(), "{name} has a title and a day");
        let meeting = &parsed[0].meeting;
        for item in &meeting.items {
            *kinds.entry(item.kind).or_insert(0) += 1;
            owners += usize::from(item.owner.is_some());
            dates += usize::from(item.due.as_ref().is_some_and(|due| due.date.is_some()));
        }
        cues += meeting.transcript.len();
    }
    assert_eq!(kinds.len(), 4, "the samples show all kinds: {kinds:?}");
    assert!(
        owners > 0 && dates > 0 && cues > 0,
        "and owners ({owners}), due dates ({dates}), a transcript ({cues})"
    );
}

#[test]
fn the_first_sample_has_the_items_that_the_guide_speaks_of() {
    let (name, content) = samples()[0];
    let meeting = parse(name, content.as_bytes()).unwrap().remove(0).meeting;
    let task = meeting.items.iter().find(|item| item.text == "Write the migration guide").unwrap();
    assert_eq!(
        task.owner.as_deref().and_then(|owner| owner.split(' ').next()),
        Some("Grace"),
        "it is Grace's"
    );
    assert_eq!(
        task.due.as_ref().and_then(|due| due.date),
        Some(jiff::civil::date(2026, 11, 20)),
        "with its day"
    );
    let decision = meeting.items.iter().find(|item| item.kind == ItemKind::Decision).unwrap();
    assert_eq!(decision.text, "Ship the importer behind a flag");
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let big = folder.path().join("big.vtt");
    File::create(&big).unwrap().set_len(MAX_BYTES + 1).unwrap();
    for (what, path, reason) in [
        ("a folder", folder.path().to_owned(), Refusal::Folder),
        ("nothing", folder.path().join("missing"), Refusal::NotFound),
        ("a device", PathBuf::from("/dev/null"), Refusal::NotRegular),
        ("a file over the limit", big, Refusal::TooLarge { size: MAX_BYTES + 1, max: MAX_BYTES }),
    ] {
        if what == "a device" && cfg!(not(unix)) {
            continue;
        }
        let refused = read(&path, Links::Follow).unwrap_err();
        assert_eq!(refused, Unreadable::whole(reason), "{what} is named as such");
    }
}

#[test]
fn files_of_other_kinds_are_named() {
    for (start, reason) in [
        (&b"%PDF-1.7 x"[..], Refusal::Pdf),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1x", Refusal::OldWord),
        (b"{\\rtf1 x}", Refusal::RichText),
        (b"\x1F\x8B\x08x", Refusal::Compressed),
    ] {
        let refused = parse("x", start).unwrap_err();
        assert_eq!(refused, Unreadable::whole(reason), "{start:?}");
    }
}

#[test]
fn empty_files_say_so() {
    for bytes in [&b""[..], b" \n\t", b"\xEF\xBB\xBF", b"\xFF\xFE"] {
        assert_eq!(parse("x", bytes).unwrap_err(), Unreadable::whole(Refusal::Empty), "{bytes:?}");
    }
}

#[test]
fn large_input_takes_time_in_proportion() {
    // Shapes that are quadratic in a careless reader; each would take minutes then.
    let size = 200_000;
    for (what, text) in [
        ("tags that never close", format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "<v ".repeat(size))),
        ("entities that never close", format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "&amp".repeat(size))),
        ("cues that never start", format!("WEBVTT\n\n{}", "x -->\n\n".repeat(size))),
        ("lists in lists", format!("# T\n## Tasks\n{}x", "- ".repeat(size / 100))),
        ("brackets", format!("# T\n## Tasks\n- x {}", "(".repeat(size))),
        ("separators", format!("# T\n## Tasks\n- x {}", " — a, b".repeat(size / 10))),
        ("a line of colons", format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{}", "a: ".repeat(size))),
    ] {
        let started = std::time::Instant::now();
        drop(parse("x", text.as_bytes()));
        assert!(started.elapsed().as_secs() < 20, "{what}: {:?} for {} bytes", started.elapsed(), text.len());
    }
}

/// What every meeting must be, whatever the file held.
fn check(parsed: &Parsed) {
    let meeting = &parsed.meeting;
    assert!(!meeting.title.trim().is_empty(), "a meeting has a title");
    for item in &meeting.items {
        assert!(!item.text.trim().is_empty(), "an item has words");
        assert!(!item.text.contains('\0'), "an item can be shown");
        assert_ne!(item.owner.as_deref(), Some(""), "an owner has a name");
    }
    assert!(meeting.transcript.is_sorted_by_key(|cue| cue.start_ms), "a transcript is in order");
    for cue in &meeting.transcript {
        assert!(cue.end_ms >= cue.start_ms && !cue.text.is_empty(), "a cue lasts and has words: {cue:?}");
    }
}

fn parts() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "WEBVTT",
        "\n",
        "\n\n",
        "\r\n",
        " --> ",
        "00:00:01.000",
        "-0:1:2.5",
        "<v Ada>",
        "</v>",
        "<",
        "&amp;",
        "&#x",
        "# ",
        "## Decisions\n",
        "## Action items\n",
        "## Transcript\n",
        "**",
        "- ",
        "- [x] ",
        "  - ",
        "1. ",
        "Ada: ",
        "— ",
        "· due ",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "\"tasks\"",
        "\"summary\"",
        ":",
        ",",
        "\"",
        "null",
        "1e999",
        "-1",
        "20 Nov 2026",
        "---\n",
        "| a | b |\n|---|---|\n",
        "ä",
        "•",
        "@x",
        "📅",
        "\u{202e}",
        "[00:00:15] ",
        "&x: *x",
        "\t",
        "\\",
    ]);
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        for parsed in parse("x", &bytes).into_iter().flatten() {
            check(&parsed);
        }
    }

    #[test]
    fn pieces_of_every_format_never_panic(start in prop::sample::select(vec!["", "{", "WEBVTT\n\n", "# T\n", "---\n"]), rest in parts()) {
        for parsed in parse("x", format!("{start}{rest}").as_bytes()).into_iter().flatten() {
            check(&parsed);
        }
    }

    #[test]
    fn changed_samples_never_panic(
        which in 0_usize..3,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..12),
    ) {
        let mut bytes = samples()[which].1.as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.drain(at..bytes.len().min(at + usize::from(byte)).max(at + 1))),
            }
            if bytes.is_empty() {
                break;
            }
        }
        for parsed in parse("x", &bytes).into_iter().flatten() {
            check(&parsed);
        }
    }
}

/// Real meetings, where they lie beside the repository.
fn public_data() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    #[expect(clippy::print_stdout, reason = "a skipped test must say so")]
    {
        println!("skipped: {} does not exist", folder.display());
    }
    None
}

fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(files_named(&entry, name));
        } else if entry.file_name().is_some_and(|file| file == name) {
            found.push(entry);
        }
    }
    found
}

#[test]
fn every_item_of_real_summaries_comes_in_and_none_is_invented() {
    let Some(folder) = public_data() else { return };
    let files = files_named(&folder.join("meetings"), "tldr.json");
    assert!(!files.is_empty(), "the folder is there, so its meetings must be");
    for file in files {
        let bytes = read(&file, Links::Follow).unwrap();
        let parsed = parse("tldr.json", &bytes).unwrap();
        let root: Value = serde_json::from_slice(&bytes).unwrap();
        let listed = |key: &str, field: &str| -> Vec<Value> {
            let lists = match &root[key] {
                Value::Object(topics) => topics.values().cloned().collect(),
                list => vec![list.clone()],
            };
            lists.iter().filter_map(Value::as_array).flatten().map(|item| item[field].clone()).collect()
        };
        let items = || parsed.iter().flat_map(|parsed| &parsed.meeting.items);
        for (key, field, kind) in [
            ("highlights", "highlight", ItemKind::Insight),
            ("decisions", "decision", ItemKind::Decision),
            ("targets", "target", ItemKind::NextStep),
            ("action_items", "action", ItemKind::Task),
        ] {
            let mut expected = listed(key, field)
                .into_iter()
                .map(|text| text.as_str().unwrap().trim().to_owned())
                .collect::<Vec<_>>();
            let mut found: Vec<_> =
                items().filter(|item| item.kind == kind).map(|item| item.text.clone()).collect();
            assert!(
                items().all(|item| item.at_ms.is_some()),
                "every item has its time, in {}",
                file.display()
            );
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{key} of {}", file.display());
        }
        let owners = items().filter_map(|item| item.owner.clone()).collect::<Vec<_>>();
        let expected: Vec<_> =
            listed("action_items", "owner").iter().map(|owner| owner.as_str().unwrap().to_owned()).collect();
        assert_eq!(owners, expected, "every task keeps its owner, in {}", file.display());
        assert_eq!(parsed[0].meeting.title, root["meeting"].as_str().unwrap(), "the title is kept whole");
        assert_eq!(parsed[0].warnings, [], "{} is understood whole", file.display());
    }
}

#[test]
fn every_cue_of_real_transcripts_comes_in_with_its_speaker() {
    let Some(folder) = public_data() else { return };
    let files = files_named(&folder.join("meetings"), "transcript.vtt");
    assert!(!files.is_empty(), "the folder is there, so its transcripts must be");
    for file in files {
        let bytes = read(&file, Links::Follow).unwrap();
        let parsed = parse("transcript.vtt", &bytes).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let cues = &parsed[0].meeting.transcript;
        assert_eq!(
            cues.len(),
            text.lines().filter(|line| line.contains("-->")).count(),
            "{}",
            file.display()
        );
        // In these files each cue is one line, "Name: text".
        let lines = text.lines().skip(1).filter(|line| line.contains(": ") && !line.contains("-->"));
        for (cue, line) in cues.iter().zip(lines) {
            let said = format!("{}: {}", cue.speaker.as_deref().unwrap_or("nobody"), cue.text);
            assert_eq!(said, line.trim(), "{}", file.display());
        }
        assert_eq!(parsed[0].warnings, [], "{} is understood whole", file.display());
    }
}

#[test]
fn real_exports_of_other_tools_are_read_as_far_as_they_are_marked() {
    let Some(folder) = public_data() else { return };
    for (name, insights, decisions, next_steps, tasks, owners, cues) in [
        ("circleback_webhook_example.json", 1, 0, 0, 1, 1, 1),
        ("fireflies_transcript_get.json", 0, 0, 0, 2, 0, 3),
        ("tldr_focil_029.json", 9, 0, 1, 2, 2, 0),
        ("granola_prosemirror_example01.md", 0, 0, 0, 3, 0, 0),
        ("md_minutes_acdc_call_003.md", 0, 3, 0, 0, 0, 0),
        ("granola_prosemirror_example01.json", 0, 0, 0, 3, 0, 0),
        ("otter_turnchunk.txt", 0, 0, 0, 0, 0, 2),
        ("basic_turnchunk.srt", 0, 0, 0, 0, 0, 2),
        ("zoom_chat_focil_029.txt", 0, 0, 0, 0, 0, 2),
        ("meeting_ledger_weekly-sync.md", 0, 1, 0, 2, 2, 10),
        ("teams_turnchunk.vtt", 0, 0, 0, 0, 0, 4),
        ("zoom_real_allwalletdevs_039.vtt", 0, 0, 0, 0, 0, 30),
    ] {
        let parsed = parse(name, &read(&folder.join("samples").join(name), Links::Follow).unwrap()).unwrap();
        let kinds = [ItemKind::Insight, ItemKind::Decision, ItemKind::NextStep, ItemKind::Task]
            .map(|kind| count(&parsed, kind));
        assert_eq!(kinds, [insights, decisions, next_steps, tasks], "kinds of items in {name}");
        let meeting = &parsed[0].meeting;
        assert_eq!(
            meeting.items.iter().filter(|item| item.owner.is_some()).count(),
            owners,
            "owners in {name}"
        );
        assert_eq!(meeting.transcript.len(), cues, "cues in {name}");
    }
}

#[test]
fn days_of_real_summaries_come_from_their_titles() {
    let Some(folder) = public_data() else { return };
    let mut dated = 0;
    for file in files_named(&folder.join("meetings"), "tldr.json") {
        let meeting = parse("tldr.json", &read(&file, Links::Follow).unwrap()).unwrap().remove(0).meeting;
        match meeting.held_at {
            Some(HeldAt::Day(day)) => {
                dated += 1;
                let tail = format!("{}, {}", day.day(), day.year());
                assert!(meeting.title.replace(" 0", " ").ends_with(&tail), "{} names {day}", meeting.title);
            }
            Some(HeldAt::Moment(moment)) => panic!("{} names no moment: {moment}", meeting.title),
            None => {}
        }
    }
    assert!(dated > 70, "most titles end with a day, and {dated} were found");
}
