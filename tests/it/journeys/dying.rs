//! Files, and recordings of servers, that end the app when they are read.
#![expect(clippy::disallowed_types, reason = "leaves in the store's file what a run leaves that is cut off")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use sally_core::api::{ErrorView, ListMeetings, SyncMeetings};
use sally_core::app::{App, Ended, Event, Outside, READ_TIMEOUT, Setup};
use sally_core::auth::{MemoryKeychain, SallySettings, Settings};
use sally_core::clock::SystemClock;
use sally_core::http::Limits;
use sally_core::store::FILE_NAME;
use sandbox::{Options, Sandbox};
use sha2::{Digest as _, Sha256};

use super::app::{NotedWindow, TestApp};
use super::browser::NotedBrowser;
use super::desktop::NotedDesktop;
use super::sally;
use super::watching::imported;

const NOTES: &str = "# Sync\n\n## Decisions\n\n- Ship it\n";
const OTHER: &str = "# Review\n\n## Tasks\n\n- Ask legal\n";

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Leaves in the store's file what a run leaves that is cut off while it reads something.
fn cut_off(folder: &Path, digest: &str, name: &str, source: &str) {
    let db = Connection::open(folder.join(FILE_NAME)).unwrap();
    db.execute(
        "INSERT INTO reading VALUES (?, ?, ?, x'00000000000000000000000000000001', 0)",
        [digest, name, source],
    )
    .unwrap();
    cut_off_at_rest(&db);
}

/// The same of a run that reads nothing.
fn cut_off_at_rest(db: &Connection) {
    let clean: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    db.pragma_update(None, "application_id", clean | 1).unwrap();
}

/// What is being read, as somebody else sees it on the disk.
fn on_disk(folder: &Path) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let db = Connection::open_with_flags(folder.join(FILE_NAME), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        db.prepare("SELECT name FROM reading")?.query_map([], |row| row.get(0))?.collect()
    };
    // The file, or the table, may not be there yet.
    read().unwrap_or_default()
}

async fn titles(app: &TestApp) -> Vec<String> {
    let all = ListMeetings { limit: 100, ..ListMeetings::default() };
    let mut titles: Vec<_> =
        app.app.list_meetings(all).await.unwrap().rows.into_iter().map(|row| row.title).collect();
    titles.sort();
    titles
}

async fn notice(app: &mut TestApp) -> ErrorView {
    app.next(|event| match event {
        Event::Notice(notice) => Some(notice),
        _ => None,
    })
    .await
}

/// Whether anything was told of what ended the app, now that everything has its place.
async fn is_told(app: &mut TestApp) -> bool {
    let mut told = false;
    app.app.import_unasked(Vec::new(), Ended::LeaveAlone).await;
    app.next(|event| match event {
        Event::Notice(_) => {
            told = true;
            None
        }
        Event::Imported(report) if report.added.is_empty() => Some(()),
        _ => None,
    })
    .await;
    told
}

/// Starts the app again on what its process left.
async fn started_after_a_kill(app: TestApp, planted: (&str, &str, &str)) -> TestApp {
    app.app.end().await;
    cut_off(app.folder.path(), planted.0, planted.1, planted.2);
    app.restarted_as_it_lies().await
}

#[tokio::test]
async fn a_file_that_ended_the_app_is_left_alone_and_said_once() {
    let (mut app, watched) = (TestApp::new().await, tempfile::tempdir().unwrap());
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    let bad = watched.path().join("bad.md");
    app.app.end().await;
    fs::write(&bad, NOTES).unwrap();
    fs::write(watched.path().join("good.md"), OTHER).unwrap();
    app = started_after_a_kill(app, (&digest(NOTES.as_bytes()), "bad.md", "file")).await;
    let said = notice(&mut app).await.message;
    assert!(said.contains("“bad.md”") && said.contains("Import files…"), "which, and the way on: {said}");
    assert_eq!(imported(&mut app).await.added.len(), 1);
    // The copy has the same bytes under another name.
    fs::write(watched.path().join("copy.md"), NOTES).unwrap();
    fs::write(watched.path().join("last.md"), "# Last\n\n## Tasks\n\n- x\n").unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1);
    assert_eq!(titles(&app).await, ["Last", "Review"], "the others come in");

    let mut app = app.restarted().await;
    assert!(!is_told(&mut app).await, "it was said");
    app.app.import_unasked(vec![bad.clone()], Ended::LeaveAlone).await;
    let report = imported(&mut app).await;
    assert_eq!((report.added.len(), report.failed[0].file.as_str()), (0, "bad.md"));
    assert!(report.failed[0].reason.contains("left alone"), "a desktop that opens it again is told why not");

    // The person's own import tries it again, and if that ends the app again, it says so again.
    app.app.end().await;
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    db.execute("UPDATE reading SET told = 0, name = 'bad.md'", []).unwrap();
    cut_off_at_rest(&db);
    drop(db);
    let mut app = app.restarted_as_it_lies().await;
    assert!(notice(&mut app).await.message.contains("“bad.md”"));
    assert_eq!(app.app.import(vec![bad]).await.unwrap().added.len(), 1, "it can be read by now");
    assert_eq!(titles(&app).await, ["Last", "Review", "Sync"]);
    assert!(on_disk(app.folder.path()).is_empty(), "and nothing is held against it any more");
}

#[tokio::test]
async fn a_file_that_is_changed_is_tried_again() {
    let (mut app, watched) = (TestApp::new().await, tempfile::tempdir().unwrap());
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    app.app.end().await;
    fs::write(watched.path().join("bad.md"), NOTES).unwrap();
    app = started_after_a_kill(app, (&digest(NOTES.as_bytes()), "bad.md", "file")).await;
    notice(&mut app).await;
    fs::write(watched.path().join("bad.md"), OTHER).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1);
    assert_eq!(titles(&app).await, ["Review"]);
}

#[tokio::test]
async fn a_run_that_ended_as_it_should_was_ended_by_no_file() {
    let (app, watched) = (TestApp::new().await, tempfile::tempdir().unwrap());
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    app.app.end().await;
    fs::write(watched.path().join("slow.md"), NOTES).unwrap();
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    let row = "INSERT INTO reading VALUES (?, 'slow.md', 'file', x'00000000000000000000000000000001', 0)";
    db.execute(row, [digest(NOTES.as_bytes())]).unwrap();
    drop(db);
    let mut app = app.restarted_as_it_lies().await;
    assert_eq!(
        imported(&mut app).await.added.len(),
        1,
        "the end of the app only came before that of the file"
    );
    assert!(!is_told(&mut app).await);
}

#[tokio::test]
async fn a_recording_that_ended_the_app_waits_until_a_person_asks() {
    let (mut app, _) = sally::connected().await;
    sally::fill(&app, 3);
    let held_up = sandbox::Fault::Fail { status: 500, committed: false };
    app.sandbox.order(held_up.on("POST", "#get_summary").always());
    sally::sync(&mut app).await;
    app.app.end().await;
    let known_as = {
        let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
        db.query_row(
            "SELECT address || '#' || key || '#' || digest FROM recordings WHERE key = 'rec-1'",
            [],
            |row| row.get::<_, String>(0),
        )
        .unwrap()
    };
    app.sandbox.forgive();
    app = started_after_a_kill(app, (&digest(known_as.as_bytes()), "Meeting 1", "server")).await;
    let said = notice(&mut app).await.message;
    assert!(said.contains("“Meeting 1”") && said.contains("Sync now"), "which, and the way on: {said}");
    app.app.sync_meetings(SyncMeetings { asked: false }).await.unwrap();
    assert_eq!(sally::ended(&mut app).await.added, 2);
    assert_eq!(titles(&app).await, ["Meeting 0", "Meeting 2"], "the others come in by themselves");
    assert_eq!(sally::sync(&mut app).await.added, 1);
    assert_eq!(titles(&app).await, ["Meeting 0", "Meeting 1", "Meeting 2"]);
    assert!(on_disk(app.folder.path()).is_empty());
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_read_until_it_can() {
    let (mut app, watched) = (TestApp::new().await, tempfile::tempdir().unwrap());
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    db.execute_batch("CREATE TRIGGER full BEFORE INSERT ON reading BEGIN SELECT RAISE(ABORT, 'full'); END")
        .unwrap();
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    fs::write(watched.path().join("one.md"), NOTES).unwrap();
    fs::write(watched.path().join("two.md"), OTHER).unwrap();
    notice(&mut app).await;
    let report = app.app.import(vec![app.file("three.md", "# T\n\n## Tasks\n\n- x\n")]).await.unwrap();
    assert_eq!((report.added.len(), report.failed[0].file.as_str()), (0, "three.md"), "{report:?}");
    assert!(titles(&app).await.is_empty());
    db.execute_batch("DROP TRIGGER full").unwrap();
    let mut notices = 0;
    for _ in 0..2 {
        let added = app
            .next(|event| match event {
                Event::Imported(report) => Some(report.added.len()),
                Event::Notice(_) => {
                    notices += 1;
                    None
                }
                _ => None,
            })
            .await;
        assert_eq!(added, 1, "with room again it goes on by itself");
    }
    assert_eq!(notices, 0, "and that there was none was said once");
    assert_eq!(titles(&app).await, ["Review", "Sync"]);
}

#[tokio::test]
async fn a_watched_folder_that_is_not_known_any_more_does_not_stop_the_start() {
    let (app, watched) = (TestApp::new().await, tempfile::tempdir().unwrap());
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    app.app.end().await;
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    db.execute("UPDATE watched_folder SET json = '{}'", []).unwrap();
    drop(db);
    let mut app = app.restarted_as_it_lies().await;
    let said = notice(&mut app).await.message;
    assert!(said.contains("No folder is watched"), "{said}");
    app.app.watch_folder(watched.path().to_owned()).await.unwrap();
    fs::write(watched.path().join("notes.md"), NOTES).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1, "the person chooses it again");
}

/// Where the process of its own finds what it works on.
const DATA: &str = "SALLY_TEST_DATA";
const WATCHED: &str = "SALLY_TEST_WATCHED";

/// Ends its process at the end of a test, also of one that fails.
struct Killed(Child);

impl Killed {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
#[ignore = "the process that the next test kills"]
fn the_process_that_is_killed() {
    let (Some(data), Some(watched)) = (std::env::var_os(DATA), std::env::var_os(WATCHED)) else { return };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let app = App::start(Setup {
            folder: PathBuf::from(&data),
            older_folder: None,
            atlassian: Settings::read(|name| sandbox.variable(name)).unwrap(),
            keychain: Arc::new(MemoryKeychain::default()),
            marks: Arc::new(MemoryKeychain::default()),
            machine: None,
            sally: SallySettings::read(|name| sandbox.variable(name)).unwrap(),
            token_keychain: Arc::new(MemoryKeychain::default()),
            server_keychain: Arc::new(MemoryKeychain::default()),
            lock_folder: PathBuf::from(&data),
            clock: Arc::new(SystemClock),
            browser: Arc::new(NotedBrowser::default()),
            window: Arc::new(NotedWindow::new().0),
            desktop: Arc::new(NotedDesktop::new(Arc::default()).0),
            outside: Outside::direct(),
            limits: Limits::STANDARD,
            read_timeout: READ_TIMEOUT,
        })
        .await
        .unwrap();
        app.watch_folder(PathBuf::from(watched)).await.unwrap();
        std::future::pending::<()>().await;
    });
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_reads_names_the_file_at_the_next_start() {
    let (data, watched) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // It takes seconds to be read.
    let cue = "00:00:01.000 --> 00:00:02.000\nAda: Hello, and many words beside it\n\n";
    let big = watched.path().join("big.vtt");
    fs::write(&big, "WEBVTT\n\n".to_owned() + &cue.repeat(24 * 1024 * 1024 / cue.len())).unwrap();
    let mut process = Command::new(std::env::current_exe().unwrap());
    process
        .args(["--exact", "journeys::dying::the_process_that_is_killed", "--ignored"])
        .env(DATA, data.path())
        .env(WATCHED, watched.path())
        .stdout(Stdio::null());
    let mut process = Killed(process.spawn().unwrap());
    let started = Instant::now();
    while on_disk(data.path()).is_empty() {
        assert!(started.elapsed() < Duration::from_secs(60), "it begins to read");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process.kill();
    assert_eq!(on_disk(data.path()), ["big.vtt"], "it was in the middle of it");

    fs::write(watched.path().join("good.md"), OTHER).unwrap();
    let sandbox = Arc::new(Sandbox::start(Options::default()).await.unwrap());
    let mut app = TestApp::open(sandbox, Arc::new(data), Arc::new(MemoryKeychain::default())).await;
    let said = notice(&mut app).await.message;
    assert!(said.contains("“big.vtt”"), "{said}");
    assert_eq!(imported(&mut app).await.added.len(), 1, "another file comes in");
    assert_eq!(titles(&app).await, ["Review"], "and the one that was read is left alone");
    fs::write(&big, "WEBVTT\n\n".to_owned() + cue).unwrap();
    assert_eq!(imported(&mut app).await.added.len(), 1, "until it is another one");
}
