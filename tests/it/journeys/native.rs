//! What arrives is what it is: decisions, tasks, sections; and what happens where Confluence will not have it so.

use sally_core::api::{Compose, DeliveryState, OwnTemplates, Preview, RenderTemplates, Settings, Templates};
use sally_core::domain::destination::{Action, Place, Space};
use sally_core::domain::id::ItemId;
use sally_core::domain::meeting::ItemKind;
use sandbox::{Fault, Quirk};
use serde_json::Value;

use super::app::{SENT, TestApp};

/// The types of a document's top blocks.
fn blocks(document: &Value) -> Vec<&str> {
    document["content"].as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap()).collect()
}

async fn items(app: &TestApp, kinds: &[ItemKind]) -> Vec<ItemId> {
    let meeting = app.sample().await;
    meeting.items.iter().filter(|item| kinds.contains(&item.kind)).map(|item| item.id).collect()
}

/// Sends items as the dialog offers them.
async fn send_as_offered(app: &mut TestApp, items: Vec<ItemId>, title: &str) -> DeliveryState {
    let draft = app
        .app
        .compose(Compose { items: items.clone(), action: Action::CreatePage, target: None })
        .await
        .unwrap();
    let mut request = app.new_page(items[0], title);
    (request.items, request.document) = (items, draft.document);
    let delivery = app.app.send(request).await.unwrap();
    app.settled(&delivery).await
}

#[tokio::test]
async fn a_decision_arrives_as_a_decision_and_a_task_as_a_task() {
    let mut app = TestApp::connected().await;
    let decision = items(&app, &[ItemKind::Decision]).await[0];
    let task = items(&app, &[ItemKind::Task]).await[0];
    assert_eq!(send_as_offered(&mut app, vec![decision], "One decision").await, SENT);
    assert_eq!(blocks(&app.sandbox.pages_titled("One decision")[0].document)[0], "decisionList");
    assert_eq!(send_as_offered(&mut app, vec![task], "One task").await, SENT);
    let page = app.sandbox.pages_titled("One task").remove(0);
    assert_eq!(blocks(&page.document)[0], "taskList");
    let line = page.document["content"][0]["content"][0]["content"].to_string();
    assert!(line.contains("Grace Okafor") && line.contains("\"date\""), "with its owner and its day: {line}");
}

#[tokio::test]
async fn a_whole_meeting_arrives_in_sections_and_every_item_shows_it() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let all: Vec<_> = meeting.items.iter().map(|item| item.id).collect();
    assert_eq!(send_as_offered(&mut app, all, "The whole meeting").await, SENT);
    let page = app.sandbox.pages_titled("The whole meeting").remove(0);
    for item in &meeting.items {
        assert!(page.text.contains(item.text.lines().next().unwrap()), "nothing is left out: {}", item.text);
    }
    for section in ["Insights", "Decisions", "Next steps", "Tasks"] {
        assert!(page.text.lines().any(|line| line == section), "under {section}");
    }
    let shown = app.app.open_meeting(meeting.id).await.unwrap();
    assert!(shown.items.iter().all(|item| item.deliveries.len() == 1), "each item knows where it went");
}

#[tokio::test]
async fn a_refused_document_goes_once_more_as_plain_lists_and_the_person_is_told() {
    let mut app = TestApp::connected().await;
    app.sandbox.set_quirk(Quirk::ListsRefused, true);
    let decision = items(&app, &[ItemKind::Decision]).await[0];
    let before = app.sandbox.count("POST", "/pages");
    let state = send_as_offered(&mut app, vec![decision], "Plain").await;
    let DeliveryState::Sent { note: Some(note) } = state else { panic!("sent, and said how: {state:?}") };
    assert!(note.contains("plain lists"), "what happened: {note}");
    assert_eq!(app.sandbox.count("POST", "/pages") - before, 2, "once more, and not again");
    let page = app.sandbox.pages_titled("Plain").remove(0);
    assert!(page.text.contains("Ship the importer behind a flag"), "every word is there: {}", page.text);
}

#[tokio::test]
async fn after_a_lost_answer_nothing_goes_in_another_form() {
    let mut app = TestApp::connected().await;
    let decision = items(&app, &[ItemKind::Decision]).await[0];
    app.sandbox.order(Fault::ResetAfter.on("POST", "/pages"));
    assert_eq!(send_as_offered(&mut app, vec![decision], "Lost").await, SENT, "it is found in the end");
    let page = app.sandbox.pages_titled("Lost").remove(0);
    assert_eq!(blocks(&page.document)[0], "decisionList", "in the form in which it left");
}

#[tokio::test]
async fn templates_decide_what_the_dialog_opens_with() {
    let app = TestApp::connected().await;
    let decision = items(&app, &[ItemKind::Decision]).await[0];
    let templates = Templates {
        item_title: "{kind}: {item}".to_owned(),
        item_body: "### {meeting}\n\n{items}".to_owned(),
        ..Templates::default()
    };
    let preview = Preview { templates: templates.clone(), action: Action::CreatePage, several: false };
    let shown = app.app.preview(preview).await.unwrap();
    assert!(shown.title.starts_with("Decision: "), "the example shows it: {}", shown.title);
    app.app.save_settings(Settings { templates, ..Settings::default() }).await.unwrap();
    let draft = app.compose(decision, Action::CreatePage).await;
    assert_eq!(draft.title, "Decision: Ship the importer behind a flag");
    let document: Value = serde_json::from_str(&draft.document.to_json()).unwrap();
    assert_eq!(blocks(&document), ["heading", "decisionList"]);
}

#[tokio::test]
async fn a_destination_may_have_templates_of_its_own() {
    let mut app = TestApp::connected().await;
    let decision = items(&app, &[ItemKind::Decision]).await[0];
    let task = items(&app, &[ItemKind::Task]).await[0];
    let templates = |title: &str| Templates { item_title: title.to_owned(), ..Templates::default() };
    let place = Place::Space { organization: app.acme(), space: app.engineering() };
    let own = OwnTemplates { place: place.clone(), templates: templates("ENG: {item}") };
    let settings =
        Settings { templates: templates("All: {item}"), own_templates: vec![own], ..Settings::default() };
    app.app.save_settings(settings).await.unwrap();
    let draft = app.compose(decision, Action::CreatePage).await;
    assert_eq!(draft.title, "All: Ship the importer behind a flag", "no destination is known yet");
    let renamed = Place::Space {
        organization: app.acme(),
        space: Space { name: "Another name".to_owned(), ..app.engineering() },
    };
    for (place, title) in [(Some(renamed), "ENG"), (None, "All")] {
        let render_templates = RenderTemplates { items: vec![decision], action: Action::CreatePage, place };
        let filled = app.app.render_templates(render_templates).await.unwrap();
        assert_eq!(
            filled.title,
            format!("{title}: Ship the importer behind a flag"),
            "as chosen in the dialog"
        );
    }
    let delivery = app.app.send(app.new_page(decision, "Sent there once")).await.unwrap();
    app.settled(&delivery).await;
    let draft = app.compose(task, Action::CreatePage).await;
    assert!(draft.title.starts_with("ENG: "), "the destination used last has its own: {}", draft.title);
}

#[tokio::test]
async fn the_connected_person_is_mentioned_and_strangers_are_not() {
    let app = TestApp::connected().await;
    let file = r#"{"title": "Owners", "date": "2026-11-10", "tasks": [
        {"text": "Hers", "owner": "Ada Lovelace"}, {"text": "His", "owner": "Charles Babbage"}]}"#;
    let meeting = app.app.import(vec![app.file("owners.json", file)]).await.unwrap().added[0];
    let items: Vec<_> =
        app.app.open_meeting(meeting).await.unwrap().items.iter().map(|item| item.id).collect();
    let document = app
        .app
        .compose(Compose { items, action: Action::CreatePage, target: None })
        .await
        .unwrap()
        .document
        .to_json();
    assert_eq!(document.matches("\"mention\"").count(), 1, "only who is known beyond doubt: {document}");
    assert!(document.contains("@Ada Lovelace") && document.contains("Charles Babbage"), "{document}");
}
