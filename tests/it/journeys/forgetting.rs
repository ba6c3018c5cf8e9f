//! A meeting that was deleted for good: no word of it is in any byte of any file of the app, whatever was done with it before,
//! and whatever happens meanwhile. One journey for each line of the table in DESIGN.md.

#![expect(clippy::disallowed_types, reason = "another program reads the files, too")]

use std::fs;
use std::time::Duration;

use jiff::SignedDuration;
use rusqlite::Connection;
use sally_core::api::{
    AddItem, Compose, DamagedFile, DeliveryState, EditItem, ItemDialog, ItemDraft, MeetingView,
};
use sally_core::domain::destination::Action;
use sally_core::domain::id::{ItemId, MeetingId};
use sally_core::domain::meeting::ItemKind;
use sally_core::store::FILE_NAME;
use tempfile::TempDir;

use super::app::{self, SENT, TestApp, soon};
use super::editing::{the_indexes_are_right, titles, words};
use super::on_disk;

/// What is said in the meeting. No other words begin like these, so that an index writes them in one piece.
const SAID: [&str; 5] = ["zqtitle", "wzqitem", "xzqowner", "yzqspoken", "qzqother"];

/// What a person types about it.
const TYPED: &str = "vzqtyped";

/// So many letters of a word are told from chance, and are more than an index needs to tell words apart.
const LETTERS: usize = 5;

const COPY: &str = "sally.db.backup";
const NEW_COPY: &str = "sally.db.backup-new";

fn notes() -> String {
    format!(
        "# The {} of it\n\nDate: 2026-11-12\n\n## Tasks\n\n- [ ] Mend the {} (@{})\n- [ ] Find the {}\n\n\
         ## Transcript\n\n[00:01] Ada: The {} word\n",
        SAID[0], SAID[1], SAID[2], SAID[4], SAID[3]
    )
}

/// What is not sent of one damaged file, and the file's name.
fn only_there(files: Vec<DamagedFile>) -> (String, Vec<(String, String)>) {
    let [file] = <[DamagedFile; 1]>::try_from(files).unwrap();
    (file.name, file.unsent.into_iter().map(|unsent| (unsent.what, unsent.words)).collect())
}

/// A meeting that is to be deleted, among others.
async fn doomed(app: &TestApp) -> (MeetingView, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    app.sample().await;
    let id = import(app, &folder, &notes()).await;
    (app.app.open_meeting(id).await.unwrap(), folder)
}

async fn import(app: &TestApp, folder: &TempDir, notes: &str) -> MeetingId {
    let file = folder.path().join("Notes.md");
    fs::write(&file, notes).unwrap();
    let report = app.app.import(vec![file]).await.unwrap();
    report.added.into_iter().chain(report.updated).next().unwrap()
}

/// Which files of the app hold a word, or how it begins, in large letters or small.
fn files_with(app: &TestApp, word: &str) -> Vec<String> {
    on_disk::files_with(app.folder.path(), &word[..LETTERS]).unwrap()
}

/// Lets time pass, half a minute at a time, until something is so.
async fn becomes_so(app: &TestApp, is_so: impl Fn(&TestApp) -> bool) {
    let passed = async {
        while !is_so(app) {
            app.clock.advance(SignedDuration::from_secs(31));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon("it becomes so", passed).await;
}

async fn copy_holds(app: &TestApp, word: &str, wanted: bool) {
    becomes_so(app, |app| files_with(app, word).contains(&COPY.to_owned()) == wanted).await;
}

/// Nothing of what was said and typed is left, at the latest half a minute from now, and everything else is as it was.
async fn all_is_gone(app: &TestApp) {
    copy_holds(app, SAID[0], false).await;
    for word in SAID.into_iter().chain([TYPED]) {
        assert_eq!(files_with(app, word), Vec::<String>::new(), "{word}");
    }
    the_indexes_are_right(app);
    assert_eq!(titles(app, "weekly").await.len(), 1, "the others are there, and found");
}

/// Nothing is left but in the copy, as soon as the deletion answers.
fn all_is_gone_but_in_the_copy(app: &TestApp) {
    for word in SAID.into_iter().chain([TYPED]) {
        let found = files_with(app, word);
        assert!(found.is_empty() || found == [COPY], "{word} is left in {found:?}");
    }
}

async fn save_draft(app: &TestApp, items: &[ItemId]) {
    let compose = Compose { items: items.to_vec(), action: Action::CreatePage, target: None };
    let mut draft = app.app.compose(compose).await.unwrap();
    draft.document = app::words(TYPED);
    app.app.save_draft(draft).await.unwrap();
}

#[tokio::test]
async fn a_meeting_as_it_came() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let dialog = ItemDialog::Add { meeting: meeting.id, said: String::new() };
    let typed = Some(words(ItemKind::Decision, TYPED));
    app.app.save_item_draft(ItemDraft { dialog, words: typed }).await.unwrap();
    copy_holds(&app, SAID[0], true).await;
    for word in SAID.into_iter().chain([TYPED]) {
        assert!(files_with(&app, word).contains(&COPY.to_owned()), "{word} is looked for in the right way");
    }
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
}

#[tokio::test]
async fn an_item_was_corrected() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let item = &meeting.items[0];
    let put_right = EditItem { item: item.id, words: words(item.kind, &format!("{} and more", item.text)) };
    app.app.edit_item(put_right).await.unwrap();
    copy_holds(&app, SAID[0], true).await;
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
}

#[tokio::test]
async fn items_were_added_merged_removed_and_put_back() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let [first, second] = [meeting.items[0].id, meeting.items[1].id];
    let added = AddItem {
        meeting: meeting.id,
        words: words(ItemKind::Decision, TYPED),
        said: String::new(),
        at_ms: None,
    };
    let added = app.app.add_item(added).await.unwrap();
    app.app.delete_item(added).await.unwrap();
    app.app.put_back_item(added).await.unwrap();
    app.app.merge_items(vec![first, second]).await.unwrap();
    app.app.delete_item(first).await.unwrap();
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
    assert!(app.app.put_back_item(first).await.is_err(), "nor is it kept to be put back");
}

#[tokio::test]
async fn a_second_file_and_a_longer_one_told_more_of_it() {
    let app = TestApp::new().await;
    let (meeting, folder) = doomed(&app).await;
    for more in ["- [ ] Paint it\n", "- [ ] Paint it\n- [ ] Sell it\n"] {
        let longer = notes().replace("\n## Transcript", &format!("{more}\n## Transcript"));
        assert_eq!(import(&app, &folder, &longer).await, meeting.id);
    }
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
}

#[tokio::test]
async fn something_was_typed_about_one_item_about_several_and_about_one_that_was_removed() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let items: Vec<ItemId> = meeting.items.iter().map(|item| item.id).collect();
    save_draft(&app, &items).await;
    for item in &items {
        save_draft(&app, &[*item]).await;
        let typed = Some(words(ItemKind::Task, TYPED));
        app.app.save_item_draft(ItemDraft { dialog: ItemDialog::Edit(*item), words: typed }).await.unwrap();
    }
    app.app.delete_item(items[1]).await.unwrap();
    app.app.put_back_item(items[1]).await.unwrap();
    assert!(app.compose(items[1], Action::CreatePage).await.kept, "what was typed outlives that");
    for item in items {
        app.app.delete_item(item).await.unwrap();
    }
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
}

#[tokio::test]
async fn something_typed_was_given_up_before() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let item = meeting.items[0].id;
    save_draft(&app, &[item]).await;
    let compose = Compose { items: vec![item], action: Action::CreatePage, target: None };
    app.app.reset_draft(compose).await.unwrap();
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
}

#[tokio::test]
async fn what_was_sent_is_all_that_is_left() {
    let mut app = TestApp::connected().await;
    let (meeting, _folder) = doomed(&app).await;
    let delivery = app.app.send(app.new_page(meeting.items[0].id, "The kzqpage")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let waits = app.app.send(app.comment(meeting.items[1].id)).await.unwrap();
    assert_eq!(app.settled(&waits).await, SENT);
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone_but_in_the_copy(&app);
    all_is_gone(&app).await;
    assert!(files_with(&app, "kzqpage").contains(&FILE_NAME.to_owned()), "what was sent is in the Outbox");
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    let remembered: String =
        db.query_row("SELECT group_concat(json) FROM last_destinations", [], |row| row.get(0)).unwrap();
    assert!(!remembered.contains("kzqpage"), "where it went is remembered, and not as what: {remembered}");
}

#[tokio::test]
async fn what_waited_is_cancelled_after_the_deletion() {
    let mut app = TestApp::connected().await;
    let (meeting, _folder) = doomed(&app).await;
    app.sandbox.go_offline().await;
    let mut send = app.new_page(meeting.items[0].id, "The page");
    send.document = app::words(TYPED);
    let delivery = app.app.send(send).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    app.app.delete_meeting(meeting.id).await.unwrap();
    app.app.cancel(delivery.id).await.unwrap();
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    let drafts: u32 = db.query_row("SELECT count(*) FROM drafts", [], |row| row.get(0)).unwrap();
    assert_eq!(drafts, 0, "nobody could open it, and nothing would ever delete it");
}

/// So much that a copy takes some tenths of a second.
async fn import_much(app: &TestApp, folder: &TempDir, title: &str) {
    let said = "[00:01] Ada: And so on, and so forth, until nobody knows what it was about\n".repeat(60_000);
    import(app, folder, &format!("# {title}\n\nDate: 2026-11-13\n\n## Transcript\n\n{said}")).await;
}

async fn is_being_copied(app: &TestApp) {
    let new = app.folder.path().join(NEW_COPY);
    becomes_so(app, |_| fs::metadata(&new).is_ok_and(|file| file.len() > 0)).await;
}

#[tokio::test]
async fn a_copy_was_under_way() {
    let app = TestApp::new().await;
    let (meeting, folder) = doomed(&app).await;
    import_much(&app, &folder, "long").await;
    is_being_copied(&app).await;
    app.app.delete_meeting(meeting.id).await.unwrap();
    all_is_gone(&app).await;
    becomes_so(&app, |app| app.folder.path().join(COPY).exists()).await;
    all_is_gone(&app).await;
}

#[tokio::test]
async fn a_copy_was_cut_off() {
    let app = TestApp::new().await;
    for name in ["sally.db.backup-new", "sally.db.backup-new-journal", "sally.db.backup-new-wal"] {
        app.file(name, SAID[0]);
    }
    let app = app.restarted().await;
    assert_eq!(files_with(&app, SAID[0]), Vec::<String>::new(), "what is left of it is of no use");
}

/// Another program that reads the file, such as one that makes backups or searches.
fn reader(app: &TestApp) -> Connection {
    let db = Connection::open(app.folder.path().join(FILE_NAME)).unwrap();
    db.execute_batch("BEGIN; SELECT count(*) FROM meetings").unwrap();
    db
}

#[tokio::test]
async fn somebody_read_the_journal_for_a_while() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    copy_holds(&app, SAID[0], true).await;
    let reader = reader(&app);
    app.app.delete_meeting(meeting.id).await.unwrap();
    let found = files_with(&app, SAID[0]);
    assert!(found.iter().any(|name| name != COPY), "the words cannot be overwritten yet: {found:?}");
    copy_holds(&app, SAID[0], false).await;
    drop(reader);
    becomes_so(&app, |app| files_with(app, SAID[0]).is_empty()).await;
    all_is_gone(&app).await;
}

#[tokio::test]
async fn somebody_read_the_journal_until_the_app_ended() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let reader = reader(&app);
    app.app.delete_meeting(meeting.id).await.unwrap();
    drop(reader);
    app.app.end().await;
    all_is_gone_but_in_the_copy(&app);
    assert_eq!(files_with(&app, SAID[0]), Vec::<String>::new(), "the end empties it");
}

#[tokio::test]
async fn somebody_read_the_journal_beyond_the_end_of_the_app() {
    let app = TestApp::new().await;
    let (meeting, _folder) = doomed(&app).await;
    let reader = reader(&app);
    app.app.delete_meeting(meeting.id).await.unwrap();
    let app = app.restarted().await;
    assert_eq!(files_with(&app, SAID[0]), ["sally.db-wal"]);
    drop(reader);
    becomes_so(&app, |app| files_with(app, SAID[0]).is_empty()).await;
    all_is_gone(&app).await;
}

#[expect(clippy::disallowed_methods, reason = "another program removes a file")]
#[tokio::test]
async fn a_copy_is_made_each_day_and_again_after_one_that_failed() {
    let app = TestApp::new().await;
    let (_, folder) = doomed(&app).await;
    copy_holds(&app, SAID[0], true).await;
    import_much(&app, &folder, "jzqnext").await;
    app.clock.advance(SignedDuration::from_hours(25));
    let copied = async {
        while !files_with(&app, "jzqnext").contains(&COPY.to_owned()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon("a day later, without a start, there is a copy", copied).await;

    // What stands in the way of the next one is a folder of its name.
    let copy = app.folder.path().join(COPY);
    fs::remove_file(&copy).unwrap();
    fs::create_dir_all(copy.join("in the way")).unwrap();
    app.clock.advance(SignedDuration::from_hours(25));
    is_being_copied(&app).await;
    becomes_so(&app, |app| !app.folder.path().join(NEW_COPY).exists()).await;
    fs::remove_dir_all(&copy).unwrap();
    becomes_so(&app, |_| copy.is_file()).await;
}

#[tokio::test]
async fn a_damaged_file_was_put_aside() {
    let mut app = TestApp::connected().await;
    let (meeting, folder) = doomed(&app).await;
    save_draft(&app, &[meeting.items[0].id]).await;
    app.sandbox.go_offline().await;
    let waits = app.app.send(app.new_page(meeting.items[1].id, "The page")).await.unwrap();
    assert!(matches!(app.settled(&waits).await, DeliveryState::Waiting { .. }));
    let app = app.restarted().await;
    // A page in the middle of what was said.
    let path = app.folder.path().join(FILE_NAME);
    let db = Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let page: usize =
        db.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'cues'", [], |row| row.get(0)).unwrap();
    drop(db);
    let mut bytes = fs::read(&path).unwrap();
    bytes[(page - 1) * 4096..][..512].fill(0xA5);
    fs::write(&path, bytes).unwrap();
    assert!(app.app.open_meeting(meeting.id).await.is_err(), "the app meets it");

    let app = app.restarted().await;
    let there = only_there(app.app.damaged_files().await.unwrap());
    assert_eq!(there.0, "sally.db.damaged-1");
    assert_eq!(there.1.len(), 1, "the delivery was taken over: {there:?}");
    assert_eq!(there.1[0].1, TYPED, "what was typed about a meeting that is not here exists only there");
    let again = import(&app, &folder, &notes()).await;
    app.app.delete_meeting(again).await.unwrap();
    assert_eq!(
        files_with(&app, SAID[0]),
        [there.0.as_str()],
        "nothing is deleted that nobody asked to delete"
    );
    app.app.delete_damaged_files(vec!["../elsewhere".to_owned(), FILE_NAME.to_owned()]).await.unwrap();
    assert!(path.exists(), "only what was put aside can be deleted");
    app.app.delete_damaged_files(vec![there.0]).await.unwrap();
    assert_eq!(app.app.damaged_files().await.unwrap(), []);
    for word in SAID.into_iter().chain([TYPED]) {
        assert_eq!(files_with(&app, word), Vec::<String>::new(), "{word}");
    }
}
