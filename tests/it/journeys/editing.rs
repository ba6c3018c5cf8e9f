//! What a person changes of meetings by hand, and what a sync, an import and the watched folder make of it.

#![expect(clippy::disallowed_types, reason = "the indexes are checked by SQLite itself")]

use std::fs;

use rusqlite::Connection;
use sally_core::api::{
    AddItem, EditItem, ExportFormat, ExportMeeting, ItemDialog, ItemDraft, ItemWords, ListMeetings,
    MeetingView,
};
use sally_core::domain::id::MeetingId;
use sally_core::domain::meeting::ItemKind;
use sandbox::Form;

use super::app::{SENT, TestApp};
use super::sally::sync;
use super::watching::imported;

pub(super) fn words(kind: ItemKind, text: &str) -> ItemWords {
    ItemWords { kind, text: text.to_owned(), owner: None, due: None, done: false }
}

async fn list(app: &TestApp, query: &str) -> Vec<(MeetingId, String)> {
    let wanted = ListMeetings { query: query.to_owned(), limit: 100, ..ListMeetings::default() };
    let rows = app.app.list_meetings(wanted).await.unwrap().rows;
    rows.into_iter().map(|row| (row.id, row.title)).collect()
}

pub(super) async fn titles(app: &TestApp, query: &str) -> Vec<String> {
    list(app, query).await.into_iter().map(|(_, title)| title).collect()
}

async fn texts(app: &TestApp, id: MeetingId) -> Vec<String> {
    app.app.open_meeting(id).await.unwrap().items.into_iter().map(|item| item.text).collect()
}

async fn open(app: &TestApp, title: &str) -> MeetingView {
    let (id, _) = list(app, "").await.into_iter().find(|(_, other)| other == title).unwrap();
    app.app.open_meeting(id).await.unwrap()
}

/// Whether the indexes hold the words that the tables hold, and no others.
pub(super) fn the_indexes_are_right(app: &TestApp) {
    let db = Connection::open(app.folder.path().join("sally.db")).unwrap();
    for index in ["meeting_words", "meeting_heads"] {
        db.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"), [])
            .unwrap();
    }
}

#[tokio::test]
async fn an_item_is_added_and_put_right_and_found_by_its_new_words() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let added = AddItem {
        meeting: meeting.id,
        words: ItemWords {
            owner: Some(" Grace Hopper ".to_owned()),
            due: Some("20 Nov 2026".to_owned()),
            ..words(ItemKind::Task, "  Ring the lighthouse  ")
        },
        said: String::new(),
        at_ms: Some(65_000),
    };
    let id = app.app.add_item(added).await.unwrap();
    let item = open(&app, &meeting.title).await.items.into_iter().find(|item| item.id == id).unwrap();
    assert_eq!((item.text.as_str(), item.owner.as_deref()), ("Ring the lighthouse", Some("Grace Hopper")));
    assert_eq!(item.due.unwrap().date.unwrap().to_string(), "2026-11-20", "a day is understood");
    assert!(item.edited, "it is marked");
    assert_eq!(titles(&app, "lighthouse").await, ["Weekly product sync"], "and found");

    let put_right = EditItem { item: id, words: words(ItemKind::Decision, "Ring the harbour master") };
    app.app.edit_item(put_right).await.unwrap();
    let item = open(&app, &meeting.title).await.items.into_iter().find(|item| item.id == id).unwrap();
    assert_eq!((item.kind, item.owner, item.due), (ItemKind::Decision, None, None), "as the person left it");
    assert!(titles(&app, "lighthouse").await.is_empty(), "the old words are gone");
    assert_eq!(titles(&app, "\"harbour master\"").await, ["Weekly product sync"]);

    let nothing = EditItem { item: id, words: words(ItemKind::Decision, " \n ") };
    let refused = app.app.edit_item(nothing).await.unwrap_err().view();
    assert_eq!(refused.message, "An item needs words.");
    the_indexes_are_right(&app);
}

#[tokio::test]
async fn items_are_merged_and_a_deleted_one_can_be_put_back() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let before = texts(&app, meeting.id).await;
    let (first, second) = (&meeting.items[0], &meeting.items[1]);
    app.app.delete_item(second.id).await.unwrap();
    assert_eq!(texts(&app, meeting.id).await.len(), before.len() - 1);
    the_indexes_are_right(&app);
    app.app.put_back_item(second.id).await.unwrap();
    assert_eq!(texts(&app, meeting.id).await, before, "as it was, and where it was");

    let left = app.app.merge_items(vec![first.id, second.id]).await.unwrap();
    assert_eq!(left, first.id);
    let after = texts(&app, meeting.id).await;
    assert_eq!(after[0], format!("{}\n{}", first.text, second.text));
    assert_eq!(after.len(), before.len() - 1);
    assert!(app.app.merge_items(vec![left]).await.is_err(), "one item is nothing to merge");
    let again = app.app.put_back_item(second.id).await;
    assert!(again.is_err(), "what was merged is not put back beside it");
    the_indexes_are_right(&app);
}

#[tokio::test]
async fn undo_can_be_pressed_again_when_it_failed_and_puts_back_once() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let before = texts(&app, meeting.id).await;
    let item = meeting.items[1].id;
    app.app.delete_item(item).await.unwrap();
    let db = Connection::open(app.folder.path().join("sally.db")).unwrap();
    db.execute_batch("CREATE TRIGGER full BEFORE INSERT ON items BEGIN SELECT RAISE(ABORT, 'full'); END")
        .unwrap();
    assert!(app.app.put_back_item(item).await.is_err());
    db.execute_batch("DROP TRIGGER full").unwrap();
    let twice = tokio::join!(app.app.put_back_item(item), app.app.put_back_item(item));
    assert!(twice.0.is_ok(), "{twice:?}");
    assert_eq!(texts(&app, meeting.id).await, before, "as it was, and once, however often it is pressed");
    the_indexes_are_right(&app);
}

#[tokio::test]
async fn what_was_changed_by_hand_outlives_every_sync() {
    let mut app = TestApp::new().await;
    let token = app.sandbox.sally_token();
    let server =
        sally_core::api::ConnectServer { token: token.into(), company: None, address: None, again: None };
    app.app.connect_server(server).await.unwrap();
    for form in [Form::Structured, Form::Markdown] {
        app.sandbox.answer_in(form);
        sync(&mut app).await;
    }
    let meeting = open(&app, "Release planning").await;
    let [edited, deleted] = [&meeting.items[0], &meeting.items[1]];
    app.app
        .edit_item(EditItem { item: edited.id, words: words(edited.kind, "Put right by hand") })
        .await
        .unwrap();
    app.app.delete_item(deleted.id).await.unwrap();
    let gone = open(&app, "Hiring review").await.id;
    app.app.delete_meeting(gone).await.unwrap();
    let by_hand = texts(&app, meeting.id).await;

    // Everything of it is told anew.
    for mut recording in app.sandbox.recordings() {
        recording.minutes += 5;
        recording.insights.push("Said later".to_owned());
        app.sandbox.record(recording);
    }
    let report = sync(&mut app).await;
    assert_eq!((report.added, report.updated), (0, 4), "the meeting that was deleted stays away: {report:?}");
    let mut expected = by_hand;
    let after = texts(&app, meeting.id).await;
    let at = after.iter().position(|text| text == "Said later").unwrap();
    expected.insert(at, "Said later".to_owned());
    assert_eq!(after, expected, "what is new comes, and nothing is overwritten or comes back");
    assert!(titles(&app, "hiring").await.is_empty());
    the_indexes_are_right(&app);
}

const NOTES: &str = "# Harbour\n\nDate: 2026-11-12\n\n## Decisions\n\n- Build the pier\n";

#[tokio::test]
async fn a_deleted_meeting_comes_back_only_when_it_is_asked_for() {
    for notes in [NOTES, "## Decisions\n\n- Build the pier\n"] {
        let (mut app, folder) = (TestApp::new().await, tempfile::tempdir().unwrap());
        let file = folder.path().join("Harbour.md");
        fs::write(&file, notes).unwrap();
        app.app.watch_folder(folder.path().to_owned()).await.unwrap();
        let report = imported(&mut app).await;
        app.app.delete_meeting(report.added[0]).await.unwrap();
        assert!(titles(&app, "").await.is_empty());

        // The folder is looked through again, and the file grows.
        let mut app = app.restarted().await;
        fs::write(folder.path().join("Other.md"), "# Other\n\n## Tasks\n\n- x\n").unwrap();
        imported(&mut app).await;
        assert_eq!(titles(&app, "").await, ["Other"], "what was deleted stays away");

        assert_eq!(
            app.app.import(vec![file.clone()]).await.unwrap().added.len(),
            1,
            "a person may want it back"
        );
        let back = list(&app, "pier").await[0].0;
        app.app.delete_meeting(back).await.unwrap();
        the_indexes_are_right(&app);
    }
}

#[tokio::test]
async fn what_is_typed_into_the_dialog_of_an_item_is_there_after_a_restart() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let item = meeting.items[0].id;
    let edit = ItemDialog::Edit(item);
    let add = |said: &str| ItemDialog::Add { meeting: meeting.id, said: said.to_owned() };
    for (dialog, text) in [(edit.clone(), "half a"), (add(""), " a new one"), (add("Well, yes."), "Agreed:")]
    {
        let words = Some(words(ItemKind::Decision, text));
        app.app.save_item_draft(ItemDraft { dialog, words }).await.unwrap();
    }
    let app = app.restarted().await;
    let typed = async |dialog| app.app.item_draft(dialog).await.unwrap().map(|words| words.text);
    assert_eq!(typed(edit.clone()).await.as_deref(), Some("half a"));
    assert_eq!(typed(add("")).await.as_deref(), Some(" a new one"), "as it was typed");
    assert_eq!(
        typed(add("Well, yes.")).await.as_deref(),
        Some("Agreed:"),
        "beside what is typed from nothing"
    );
    assert_eq!(typed(add("Well, no.")).await, None);

    let saved = EditItem { item, words: words(ItemKind::Decision, "half a pier") };
    app.app.edit_item(saved).await.unwrap();
    let saved = AddItem {
        meeting: meeting.id,
        words: words(ItemKind::Decision, "Agreed: yes"),
        said: "Well, yes.".to_owned(),
        at_ms: None,
    };
    app.app.add_item(saved).await.unwrap();
    app.app.save_item_draft(ItemDraft { dialog: add(""), words: None }).await.unwrap();
    for dialog in [edit, add(""), add("Well, yes.")] {
        assert_eq!(typed(dialog).await, None, "what was saved or given up is no draft");
    }
}

#[tokio::test]
async fn what_was_sent_outlives_its_item_and_its_meeting() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = meeting.items[0].id;
    let delivery = app.app.send(app.new_page(item, "The pier")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    app.app.delete_item(item).await.unwrap();
    app.app.delete_meeting(meeting.id).await.unwrap();
    let left = app.app.deliveries().await.unwrap();
    assert_eq!(left.len(), 1, "the outbox still has it");
    assert_eq!(left[0].id, delivery.id);
    assert!(app.app.open_meeting(meeting.id).await.is_err(), "the meeting is gone");
    assert!(app.app.delete_meeting(meeting.id).await.is_err(), "once");
}

#[tokio::test]
async fn an_exported_meeting_comes_back_as_it_was() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    for (format, ending) in [(ExportFormat::Json, "json"), (ExportFormat::Markdown, "md")] {
        let wanted = ExportMeeting { meeting: meeting.id, format };
        let name = app.app.export_name(wanted).await.unwrap();
        assert_eq!(name, format!("Weekly product sync.{ending}"));
        let path = app.folder.path().join(&name);
        app.app.export_meeting(wanted, &path).await.unwrap();

        let other = TestApp::new().await;
        let report = other.app.import(vec![path]).await.unwrap();
        assert!(report.warnings.is_empty(), "{:?}", report.warnings);
        let back = other.app.open_meeting(report.added[0]).await.unwrap();
        let said = |meeting: &MeetingView| {
            let items = meeting.items.iter();
            items
                .map(|item| (item.kind, item.text.clone(), item.owner.clone(), item.due.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(said(&back), said(&meeting), "{ending}");
        assert_eq!((&back.title, &back.day), (&meeting.title, &meeting.day));
        assert_eq!(back.participants, meeting.participants, "{ending}");
    }
    let wanted = ExportMeeting { meeting: meeting.id, format: ExportFormat::Markdown };
    let (folder, known) = (app.folder.path().join("exports"), "Weekly product sync.md");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join(known), "a longer file that was there before, ".repeat(1_000)).unwrap();
    app.app.export_meeting(wanted, &folder.join(known)).await.unwrap();
    assert!(fs::read_to_string(folder.join(known)).unwrap().starts_with("# Weekly product sync"));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "and nothing is left beside it");
    let nowhere = app.folder.path().join("missing/folder.md");
    let refused = app.app.export_meeting(wanted, &nowhere).await.unwrap_err().view();
    assert!(refused.message.starts_with("The file could not be written"), "{}", refused.message);
}
