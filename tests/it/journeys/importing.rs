//! Meetings from files, as a person brings them in.

#![expect(clippy::disallowed_types, reason = "makes the store's file refuse to be written")]

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use rusqlite::Connection;
use sally_core::api::{Compose, ImportText, ListMeetings, MeetingView};
use sally_core::app::Event;
use sally_core::domain::destination::Action;
use sally_core::domain::id::ItemId;
use sally_core::domain::meeting::ItemKind;
use sally_core::store::FILE_NAME;

use super::app::{TestApp, soon};
use crate::adf::checked;

const SUMMARY: &str = r#"{"title": "Roadmap review", "date": "2026-11-10", "decisions": ["Keep the flag"],
    "action_items": [{"action": "Write the guide", "owner": "Grace"}]}"#;
const TRANSCRIPT: &str = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nAda: Hello\n";

fn all(query: &str) -> ListMeetings {
    ListMeetings { query: query.to_owned(), limit: 100, ..ListMeetings::default() }
}

#[tokio::test]
async fn the_same_file_twice_adds_nothing() {
    let app = TestApp::new().await;
    let (first, copy) = (app.file("a.json", SUMMARY), app.file("b.json", SUMMARY));
    let report = app.app.import(vec![first.clone()]).await.unwrap();
    assert_eq!(report.added.len(), 1, "a new meeting");
    for again in [first, copy] {
        let report = app.app.import(vec![again]).await.unwrap();
        assert_eq!((report.added.len(), report.unchanged.len()), (0, 1), "whatever the file's name");
    }
    assert_eq!(app.app.list_meetings(all("")).await.unwrap().total, 1, "one meeting in the list");
}

#[tokio::test]
async fn a_meeting_says_where_it_is_from() {
    let app = TestApp::new().await;
    for (name, content, source) in
        [("a.json", SUMMARY, "Structured summary"), ("b.vtt", TRANSCRIPT, "WebVTT transcript")]
    {
        let id = app.app.import(vec![app.file(name, content)]).await.unwrap().added[0];
        assert_eq!(app.app.open_meeting(id).await.unwrap().source, source, "{name}");
    }
}

#[tokio::test]
async fn no_item_of_another_file_passes_for_one_of_the_first() {
    let app = TestApp::new().await;
    let id = app.app.import(vec![app.file("roadmap.json", SUMMARY)]).await.unwrap().added[0];
    let more = SUMMARY.replace(r#"["Keep the flag"]"#, r#"["Keep the flag", "Pay the invoice"]"#);
    let report = app.app.import(vec![app.file("stranger\u{202E}.json", &more)]).await.unwrap();
    assert_eq!(report.updated, [id], "it joins by title and day");
    let items = app.app.open_meeting(id).await.unwrap().items;
    let origins: Vec<_> = items.iter().map(|item| (item.text.as_str(), item.origin.as_deref())).collect();
    let first = Some("roadmap.json");
    let expected =
        [("Keep the flag", first), ("Pay the invoice", Some("stranger.json")), ("Write the guide", first)];
    assert_eq!(origins, expected, "by the name as it reads");
}

#[tokio::test]
async fn an_item_keeps_the_emphasis_and_the_links_of_its_source() {
    let app = TestApp::new().await;
    let notes =
        "# Sync\n\n## Decisions\n\n- Ship the **importer** behind a [flag](https://example.com/flag)\n";
    let id = app.app.import(vec![app.file("notes.md", notes)]).await.unwrap().added[0];
    let item = app.app.open_meeting(id).await.unwrap().items.remove(0);
    assert_eq!(item.text, "Ship the importer behind a flag", "the app shows the words");
    let document = checked(&app.compose(item.id, Action::CreatePage).await.document);
    let line = &document["content"][0]["content"][0]["content"];
    assert_eq!(line[1]["marks"][0]["type"], "strong", "{line}");
    assert_eq!(line[3]["marks"][0]["attrs"]["href"], "https://example.com/flag", "{line}");
}

#[tokio::test]
async fn a_newer_export_of_a_meeting_adds_what_is_new() {
    let app = TestApp::new().await;
    let id = app.app.import(vec![app.file("a.json", SUMMARY)]).await.unwrap().added[0];
    let before = app.app.open_meeting(id).await.unwrap().items;
    let newer = SUMMARY.replace(r#"["Keep the flag"]"#, r#"["Keep the flag", "Drop it in May"]"#);
    let report = app.app.import(vec![app.file("a.json", &newer)]).await.unwrap();
    assert_eq!(report.updated, [id], "the meeting is known by its title and day");
    let after = app.app.open_meeting(id).await.unwrap().items;
    assert_eq!(after.len(), 3, "one decision came on top");
    assert!(before.iter().all(|old| after.iter().any(|item| item.id == old.id)), "items keep their identity");
}

#[tokio::test]
async fn a_transcript_beside_a_summary_joins_its_meeting() {
    let app = TestApp::new().await;
    let files = vec![app.file("one/transcript.vtt", TRANSCRIPT), app.file("one/summary.json", SUMMARY)];
    let report = app.app.import(files.clone()).await.unwrap();
    assert_eq!(report.added.len(), 1, "two files, one meeting");
    let meeting = app.app.open_meeting(report.added[0]).await.unwrap();
    assert_eq!((meeting.items.len(), meeting.transcript_lines), (2, 1), "with the items and the transcript");
    let again = app.app.import(files).await.unwrap();
    assert_eq!((again.added.len(), again.updated.len()), (0, 0), "and both are known from now on");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_does_not_keep_the_others_out() {
    let app = TestApp::new().await;
    let report = app
        .app
        .import(vec![
            app.file("broken.json", "{\n  \"title\": "),
            app.folder.path().join("missing.json"),
            app.file("good.json", SUMMARY),
        ])
        .await
        .unwrap();
    assert_eq!(report.added.len(), 1, "the good one came in");
    let failed: Vec<_> = report.failed.iter().map(|failure| failure.file.as_str()).collect();
    assert_eq!(failed, ["broken.json", "missing.json"], "the others are named");
    assert!(
        report.failed[0].place.as_deref().is_some_and(|place| place.contains("line 2")),
        "with the place"
    );
    assert!(report.failed.iter().all(|failure| !failure.reason.is_empty()), "and the reason");
}

#[tokio::test]
async fn a_file_that_cannot_be_stored_does_not_lose_the_report_of_the_others() {
    let app = TestApp::new().await;
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON meetings WHEN NEW.title = 'Meeting 3' BEGIN
                SELECT RAISE(ABORT, 'full'); END";
    db.execute_batch(full).unwrap();
    let files: Vec<PathBuf> = (0..6)
        .map(|number| {
            let notes = format!("# Meeting {number}\n\n## Tasks\n\n- Task {number}\n");
            app.file(&format!("{number}.md"), &notes)
        })
        .collect();
    let report = app.app.import(files.clone()).await.unwrap();
    assert_eq!(report.added.len(), 5, "those before it, and those after it: {report:?}");
    let [failed] = report.failed.as_slice() else { panic!("one is named: {report:?}") };
    assert_eq!(failed.file, "3.md");
    assert!(!failed.reason.is_empty(), "with the reason");
    db.execute_batch("DROP TRIGGER full").unwrap();
    let report = app.app.import(files).await.unwrap();
    assert_eq!((report.added.len(), report.unchanged.len()), (1, 5), "and it comes in once it can");
}

#[tokio::test]
async fn a_long_import_shows_how_far_it_is_and_can_be_stopped() {
    let mut app = TestApp::new().await;
    let files: Vec<PathBuf> = (0..200)
        .map(|number| {
            let notes = format!("# Meeting {number}\n\n## Tasks\n\n- Task {number}\n");
            app.file(&format!("{number}.md"), &notes)
        })
        .collect();
    let progress = |event| match event {
        Event::Importing(progress) => Some(progress),
        _ => None,
    };
    let importing = tokio::spawn({
        let (core, files) = (app.app.clone(), files.clone());
        async move { core.import(files).await.unwrap() }
    });
    // Its first files are in by now, and a second goes by.
    let begun = async { while app.app.list_meetings(all("")).await.unwrap().total < 3 {} };
    soon("the first files are in", begun).await;
    app.clock.advance(SignedDuration::from_secs(1));
    let shown = app.next(progress).await.unwrap();
    assert!(shown.total == 200 && (3..200).contains(&shown.done), "{shown:?}");
    app.app.cancel_import();
    let report = importing.await.unwrap();
    let (came, left) = (u32::try_from(report.added.len()).unwrap(), report.left_out);
    assert!(
        left > 0 && came + left == 200 && report.failed.is_empty(),
        "what came in stays: {came} and {left}"
    );
    soon("the progress ends", async { while app.next(progress).await.is_some() {} }).await;
    let rest = app.app.import(files).await.unwrap();
    assert_eq!((rest.added.len(), rest.left_out), (left as usize, 0), "the next one is not stopped");
}

#[tokio::test]
async fn in_a_folder_of_many_meetings_no_transcript_joins_another() {
    let app = TestApp::new().await;
    let other = SUMMARY.replace("Roadmap review", "Design review");
    let cue = TRANSCRIPT.replace("Hello", "Good morning");
    // Two summaries and a transcript, a summary and two transcripts, and one of each among others, mixed up.
    let files = vec![
        app.file("three/summary.json", &SUMMARY.replace("Roadmap", "Third")),
        app.file("one/a.json", SUMMARY),
        app.file("two/a.vtt", TRANSCRIPT),
        app.file("one/transcript.vtt", &TRANSCRIPT.replace("Hello", "One")),
        app.file("two/b.vtt", &cue),
        app.file("three/transcript.vtt", &TRANSCRIPT.replace("Hello", "Three")),
        app.file("one/b.json", &other),
        app.file("two/summary.json", &SUMMARY.replace("Roadmap", "Second")),
    ];
    let report = app.app.import(files).await.unwrap();
    assert_eq!((report.added.len(), report.failed.len()), (7, 0), "{report:?}");
    let mut with_both = Vec::new();
    for id in report.added {
        let meeting = app.app.open_meeting(id).await.unwrap();
        if !meeting.items.is_empty() && meeting.transcript_lines > 0 {
            with_both.push(meeting.title);
        }
    }
    assert_eq!(with_both, ["Third review"], "only where there is one of each");
}

#[tokio::test]
async fn samples_come_and_go() {
    let app = TestApp::new().await;
    assert_eq!(app.app.load_samples().await.unwrap().added.len(), 3, "three sample meetings");
    assert_eq!(app.app.load_samples().await.unwrap().added.len(), 0, "once");
    assert!(app.app.status().await.unwrap().has_samples);
    let found = app.app.list_meetings(all("importer flag")).await.unwrap();
    assert_eq!(found.total, 1, "an item's words find its meeting");
    app.app.remove_samples().await.unwrap();
    assert_eq!(app.app.list_meetings(all("")).await.unwrap().total, 0, "gone");
    assert_eq!(app.app.load_samples().await.unwrap().added.len(), 3, "and they can come back");
}

#[tokio::test]
async fn a_meeting_shows_its_sections_in_order() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let kinds: Vec<_> = meeting.items.iter().map(|item| item.kind).collect();
    assert!(kinds.is_sorted(), "insights, decisions, next steps, tasks");
    let task = meeting.items.iter().find(|item| item.text.contains("migration guide")).unwrap();
    assert_eq!(task.kind, ItemKind::Task);
    assert_eq!(task.owner.as_deref(), Some("Grace Okafor"), "with its owner");
    assert_eq!(task.due.as_ref().unwrap().date, "2026-11-20".parse().ok(), "and its day");
}

/// What the summaries hold, counted without the importer: items by the name of their list, and cues by their arrows.
fn counted(files: &[PathBuf]) -> [usize; 5] {
    let mut counts = [0; 5];
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        if file.extension().is_some_and(|extension| extension == "vtt") {
            counts[4] += text.lines().filter(|line| line.contains("-->")).count();
            continue;
        }
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        let groups = summary["highlights"].as_object().unwrap().values();
        counts[0] += groups.map(|group| group.as_array().unwrap().len()).sum::<usize>();
        for (place, list) in ["decisions", "targets", "action_items"].into_iter().enumerate() {
            counts[place + 1] += summary[list].as_array().unwrap().len();
        }
    }
    counts
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What the dialogs open with for a meeting is valid, and has every word of every item.
async fn offered_whole(app: &TestApp, meeting: &MeetingView) {
    let all: Vec<ItemId> = meeting.items.iter().map(|item| item.id).collect();
    let mut wanted: Vec<(Vec<ItemId>, Action)> =
        all.iter().map(|id| (vec![*id], Action::CreatePage)).collect();
    if !all.is_empty() {
        wanted.extend([(all.clone(), Action::CreatePage), (all, Action::AddComment)]);
    }
    for (items, action) in wanted {
        let draft = app.app.compose(Compose { items: items.clone(), action, target: None }).await.unwrap();
        checked(&draft.document);
        let text = letters(&draft.document.text());
        for item in meeting.items.iter().filter(|item| items.contains(&item.id)) {
            assert!(text.contains(&letters(&item.text)), "every word of “{}” is in {text}", item.text);
        }
    }
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "says why there was nothing to do")]
async fn every_item_of_real_meetings_is_in_the_app_and_none_is_invented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/meetings");
    let Ok(series) = std::fs::read_dir(root) else {
        println!("the folder with real meetings is not there");
        return;
    };
    let folders = series.flat_map(|series| std::fs::read_dir(series.unwrap().path()).unwrap());
    let files: Vec<PathBuf> = folders
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    let app = TestApp::new().await;
    let report = app.app.import(files.clone()).await.unwrap();
    assert!(report.failed.is_empty() && report.warnings.is_empty(), "every file is read in full: {report:?}");
    let mut found = [0; 5];
    for id in &report.added {
        let meeting = app.app.open_meeting(*id).await.unwrap();
        for item in &meeting.items {
            found[item.kind as usize] += 1;
        }
        found[4] += meeting.transcript_lines as usize;
        offered_whole(&app, &meeting).await;
    }
    assert_eq!(found, counted(&files), "insights, decisions, next steps, tasks and cues");
    let again = app.app.import(files).await.unwrap();
    assert_eq!((again.added.len(), again.updated.len()), (0, 0), "the same files again add nothing");
}

#[tokio::test]
async fn pasted_text_is_a_meeting_whatever_it_is() {
    let app = TestApp::new().await;
    for (text, items, cues) in [
        ("Decisions\n\n• Ship it\n", 1, 0),
        (TRANSCRIPT, 0, 1),
        ("<h2>Tasks</h2><ul><li>Write the guide</li></ul>", 1, 0),
        (SUMMARY, 2, 0),
    ] {
        let report = app.app.import_text(ImportText { text: text.to_owned() }).await.unwrap();
        let meeting = app.app.open_meeting(report.added[0]).await.unwrap();
        assert_eq!((meeting.items.len(), meeting.transcript_lines), (items, cues), "{text}");
    }
    let again = app.app.import_text(ImportText { text: SUMMARY.to_owned() }).await.unwrap();
    assert_eq!(
        (again.added.len(), again.unchanged.len()),
        (0, 1),
        "the same text a second time adds nothing"
    );
    let nothing = app.app.import_text(ImportText { text: "hello".to_owned() }).await.unwrap();
    assert_eq!(nothing.failed[0].file, "Pasted meeting", "what is no meeting is said: {nothing:?}");
}
