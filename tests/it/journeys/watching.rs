//! The watched folder: files that programs put there, and what becomes of them.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use sally_core::api::{ImportReport, ListMeetings};
use sally_core::app::{Event, Setup};
use sally_core::clock::Clock as _;
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
    fs::write(folder.path().join("new.md"), OTHER).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1, "and what comes");

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

#[tokio::test]
async fn it_takes_less_than_a_second() {
    let (mut app, folder) = watching(&[]).await;
    // A machine that is busy with other things may be late once, and not each time.
    let mut took = Vec::new();
    while took.len() < 10 && took.iter().all(|took| *took >= Duration::from_secs(1)) {
        let started = Instant::now();
        let notes = format!("# Meeting {}\n\n## Tasks\n\n- Ask legal\n", took.len());
        fs::write(folder.path().join(format!("{}.md", took.len())), notes).unwrap();
        assert_eq!(imported(&mut app).await.added.len(), 1);
        took.push(started.elapsed());
    }
    assert!(took.iter().any(|took| *took < Duration::from_secs(1)), "it took {took:?}");
}

#[tokio::test]
async fn a_folder_in_which_something_is_written_all_the_time_starves_nobody() {
    let (mut app, folder) = watching(&[]).await;
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let mut film = File::create(folder.path().join("zoom_0.mp4")).unwrap();
    // As a recorder does, side by side with what it writes of the chat.
    let recorder = std::thread::spawn(move || {
        while stopped.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
            film.write_all(&[0; 4096]).unwrap();
        }
    });
    fs::write(folder.path().join("chat.txt"), "[00:01] Ada: Hi\n[00:03] Grace: Hello\n").unwrap();
    let report = imported(&mut app).await;
    assert_eq!(report.added.len(), 1, "while it is still recording: {report:?}");
    drop(stop);
    recorder.join().unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_folder_that_does_not_answer_holds_nobody_up() {
    use super::app::soon;
    use super::hung::Hung;

    let (mut app, parent) = (TestApp::new().await, tempfile::tempdir().unwrap());
    let folder = parent.path().join("network");
    fs::create_dir(&folder).unwrap();
    app.app.watch_folder(folder.clone()).await.unwrap();
    fs::write(folder.join("first.md"), NOTES).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1);
    let Some(hung) = Hung::at(&folder, "fuse") else { return };
    let now = app.clock.now();
    let around = soon("the app ends", app.ended()).await;
    let app = soon("it starts", TestApp::start(around, now)).await;
    let there = app.file("there.md", OTHER);
    let importing = {
        let (app, far) = (app.app.clone(), folder.join("far.md"));
        tokio::spawn(async move { app.import(vec![far]).await })
    };
    let choosing = {
        let (app, folder) = (app.app.clone(), folder.clone());
        tokio::spawn(async move { app.watch_folder(folder).await })
    };
    let report = soon("others are read", app.app.import(vec![there])).await.unwrap();
    assert_eq!(report.added.len(), 1);
    assert_eq!(titles(&app).await, ["Review", "Sync"]);
    assert!(!importing.is_finished() && !choosing.is_finished(), "the folder does not answer");
    app.app.cancel_import();
    let report = soon("who waits may stop", importing).await.unwrap().unwrap();
    assert_eq!(report.left_out, 1);
    soon("it is watched no longer", app.app.stop_watching()).await.unwrap();
    soon("the app ends while it is asked", app.ended()).await;
    drop(hung);
    assert!(choosing.await.unwrap().is_err(), "and who chose the folder is told");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_folder_brings_nothing_from_elsewhere() {
    let (mut app, folder) = watching(&[]).await;
    let secret = app.file("secret.md", NOTES);
    std::os::unix::fs::symlink(&secret, folder.path().join("link.md")).unwrap();
    fs::write(folder.path().join("notes.md"), OTHER).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1);
    assert_eq!(titles(&app).await, ["Review"], "what was put there, and nothing that it leads to");
}

#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "a browser gives a download its name")]
#[tokio::test]
async fn a_download_of_a_web_page_puts_nothing_into_a_meeting_that_is_there() {
    let (mut app, folder) = watching(&[]).await;
    let weekly = app.app.import(vec![app.file("weekly.md", NOTES)]).await.unwrap().added[0];
    let (part, forged) = (folder.path().join("forged.md.part"), folder.path().join("forged.md"));
    fs::write(&part, NOTES.replace("Ship it", "Pay the invoice")).unwrap();
    let mark = "import os, sys; os.setxattr(sys.argv[1], 'user.xdg.origin.url', b'https://example.com/')";
    let marked = std::process::Command::new("python3").args(["-c", mark]).arg(&part).status().unwrap();
    if !marked.success() {
        // The file system of the temporary folder holds no marks, so no browser could leave one there.
        return;
    }
    fs::rename(&part, &forged).unwrap();
    let report = imported(&mut app).await;
    assert_eq!((report.added.len(), report.updated.len()), (1, 0), "it is a meeting of its own: {report:?}");
    let download = report.added[0];
    fs::write(folder.path().join("more.md"), NOTES.replace("Ship it", "Tell support")).unwrap();
    let report = imported(&mut app).await;
    assert_eq!((report.added.len(), &report.updated), (0, &vec![weekly]), "what has no mark joins as before");
    let decisions = async |meeting| {
        let items = app.app.open_meeting(meeting).await.unwrap().items;
        items.into_iter().map(|item| item.text).collect::<Vec<_>>()
    };
    assert_eq!(decisions(weekly).await, ["Ship it", "Tell support"]);
    assert_eq!(decisions(download).await, ["Pay the invoice"], "and joins no download");
}

#[tokio::test]
async fn a_file_that_takes_too_long_is_not_begun_anew_at_each_start() {
    let mut app =
        TestApp::started_with(|setup| Setup { read_timeout: Duration::from_millis(1), ..setup }).await;
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("long.vtt");
    fs::write(&long, format!("WEBVTT\n\n{}", "00:01.000 --> 00:02.000\nAda: Hello\n\n".repeat(50_000)))
        .unwrap();
    app.app.watch_folder(folder.path().to_owned()).await.unwrap();
    let report = imported(&mut app).await;
    assert_eq!(
        (report.failed[0].file.as_str(), report.added.len()),
        ("long.vtt", 0),
        "it is named: {report:?}"
    );
    assert!(report.failed[0].reason.contains("given up"), "{report:?}");

    // Now there would be time enough. What is there at a start is taken in the order of the names.
    let now = app.clock.now();
    let around = app.ended().await;
    fs::write(folder.path().join("notes.md"), NOTES).unwrap();
    let mut app = TestApp::start(around, now).await;
    assert_eq!(imported(&mut app).await.added.len(), 1);
    assert_eq!(titles(&app).await, ["Sync"], "the one that was given up is not read again");
    let report = app.app.import(vec![long]).await.unwrap();
    assert_eq!(report.added.len(), 1, "unless a person wants it: {report:?}");
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
    assert_eq!(app.said(meeting.id).await, ["Hello", "Hi"], "the whole of it came in at once");
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
    assert_eq!(app.said(first).await, ["Hi", "Hello", "So."], "whose transcript is the longer one");
}

#[expect(clippy::disallowed_methods, reason = "a person gives a folder another name")]
#[tokio::test]
async fn a_folder_that_disappears_is_said() {
    let (mut app, parent) = (TestApp::new().await, tempfile::tempdir().unwrap());
    let folder = parent.path().join("meetings");
    assert!(app.app.watch_folder(folder.clone()).await.is_err(), "there is nothing to watch");
    fs::create_dir(&folder).unwrap();
    app.app.watch_folder(folder.clone()).await.unwrap();
    // Not deleted: under Wine that stays as long as somebody watches it, and nobody can remove the folder around it.
    fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
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
