//! The watched folder: files that programs put there, and what becomes of them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use sally_core::api::{ImportReport, ListMeetings};
use sally_core::app::Event;
use tempfile::TempDir;

use super::app::TestApp;

const NOTES: &str = "# Sync\n\nDate: 2026-11-12\n\n## Decisions\n\n- Ship it\n";
const OTHER: &str = "# Review\n\n## Tasks\n\n- Ask legal\n";

pub(super) async fn imported(app: &mut TestApp) -> ImportReport {
    app.next(|event| match event {
        Event::Imported(report) => Some(report),
        _ => None,
    })
    .await
}

async fn titles(app: &TestApp) -> Vec<String> {
    let all = ListMeetings { limit: 100, ..ListMeetings::default() };
    let mut titles: Vec<_> =
        app.app.list_meetings(all).await.unwrap().rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

/// An app that watches an own folder.
async fn watching(files: &[(&str, &str)]) -> (TestApp, TempDir) {
    let (app, folder) = (TestApp::new().await, tempfile::tempdir().unwrap());
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    app.app.watch_folder(folder.path().to_owned()).await.unwrap();
    (app, folder)
}

#[tokio::test]
async fn what_is_there_and_what_comes_is_picked_up_once() {
    let (mut app, folder) = watching(&[("old.md", NOTES)]).await;
    assert_eq!(imported(&mut app).await.added.len(), 1, "what was there before");
    let started = Instant::now();
    fs::write(folder.path().join("new.md"), OTHER).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1, "and what comes");
    assert!(started.elapsed() < Duration::from_secs(1), "within a second; it took {:?}", started.elapsed());

    // The copy tells nothing new, so what is told next is of the file after it.
    fs::write(folder.path().join("copy.md"), NOTES).unwrap();
    fs::write(folder.path().join("last.md"), "# Last\n\n## Tasks\n\n- x\n").unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1);
    assert_eq!(titles(&app).await, ["Last", "Review", "Sync"], "nothing twice");

    let mut app = app.restarted().await;
    let shown = app.app.status().await.unwrap().watched.unwrap();
    assert_eq!(
        (Path::new(&shown.folder), shown.problem),
        (folder.path(), None),
        "the next run watches it, too"
    );
    fs::write(folder.path().join("later.md"), "# Later\n\n## Tasks\n\n- y\n").unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1, "and brings only what is new");
    assert_eq!(titles(&app).await, ["Last", "Later", "Review", "Sync"]);

    app.app.stop_watching().await.unwrap();
    assert_eq!(app.app.status().await.unwrap().watched, None);
    let app = app.restarted().await;
    assert_eq!(app.app.status().await.unwrap().watched, None, "until the person chooses a folder again");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_file_that_is_being_written_waits_until_it_is_whole() {
    let (mut app, folder) = watching(&[]).await;
    let mut slow = File::create(folder.path().join("slow.vtt")).unwrap();
    slow.write_all(b"WEBVTT\n\n00:01.000 --> 00:02.000\nAda: Hel").unwrap();
    slow.flush().unwrap();
    // Another file comes and is taken meanwhile.
    fs::write(folder.path().join("notes.md"), NOTES).unwrap();
    imported(&mut app).await;
    assert_eq!(titles(&app).await, ["Sync"], "half a transcript is none");
    slow.write_all(b"lo\n\n00:03.000 --> 00:04.000\nGrace: Hi\n").unwrap();
    drop(slow);
    let report = imported(&mut app).await;
    let meeting = app.app.open_meeting(report.added[0]).await.unwrap();
    assert_eq!(meeting.transcript[0].text, "Hello");
    assert_eq!(meeting.transcript.len(), 2, "the whole of it came in at once");
}

#[tokio::test]
async fn half_a_file_that_was_closed_is_tried_again_and_then_named() {
    let (mut app, folder) =
        watching(&[("half.json", "{\"title\": \"T\", \"tasks\": [\"a\""), ("film.mp4", "\u{0}\u{1}")]).await;
    // It is completed before it is tried again.
    fs::write(folder.path().join("half.json"), "{\"title\": \"T\", \"tasks\": [\"a\", \"b\"]}").unwrap();
    let report = imported(&mut app).await;
    assert_eq!((report.added.len(), report.failed.len()), (1, 0), "nothing was said of the half: {report:?}");
    fs::write(folder.path().join("broken.json"), "{\"title\": ").unwrap();
    let report = imported(&mut app).await;
    assert_eq!(
        report.failed[0].file, "broken.json",
        "one that stays broken is named, a film is not: {report:?}"
    );
}

#[tokio::test]
async fn a_transcript_that_grows_stays_one_meeting() {
    let (mut app, folder) = watching(&[]).await;
    let path = folder.path().join("live.txt");
    fs::write(&path, "[00:01] Ada: Hi\n[00:03] Grace: Hel").unwrap();
    let first = imported(&mut app).await.added[0];
    fs::write(&path, "[00:01] Ada: Hi\n[00:03] Grace: Hello\n[00:05] Ada: So.\n").unwrap();
    assert_eq!(imported(&mut app).await.updated, [first], "it is the same meeting");
    let said: Vec<_> =
        app.app.open_meeting(first).await.unwrap().transcript.into_iter().map(|cue| cue.text).collect();
    assert_eq!(said, ["Hi", "Hello", "So."], "whose transcript is the longer one");
}

#[tokio::test]
async fn a_folder_that_disappears_is_said() {
    let (mut app, parent) = (TestApp::new().await, tempfile::tempdir().unwrap());
    let folder = parent.path().join("meetings");
    assert!(app.app.watch_folder(folder.clone()).await.is_err(), "there is nothing to watch");
    fs::create_dir(&folder).unwrap();
    app.app.watch_folder(folder.clone()).await.unwrap();
    fs::remove_dir(&folder).unwrap();
    let problem = |event| match event {
        Event::Watched(view) => Some(view.problem),
        _ => None,
    };
    assert!(
        app.next(problem).await.is_some_and(|problem| problem.contains("not there")),
        "the settings say so"
    );
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("notes.md"), NOTES).unwrap();
    assert_eq!(app.next(problem).await, None, "until it is back");
    assert_eq!(imported(&mut app).await.added.len(), 1, "and what came meanwhile is there");

    app.app.end().await;
    fs::remove_dir_all(&folder).unwrap();
    let mut app = app.restarted().await;
    assert!(app.next(problem).await.is_some(), "a run that starts without it says so, too");
}
