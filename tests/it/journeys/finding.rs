//! Finding meetings: by words anywhere in them, by filters, and in which order.

use sally_core::api::{ListMeetings, MeetingFilter, MeetingList};
use sally_core::domain::id::MeetingId;
use sally_core::domain::meeting::ItemKind;
use serde_json::json;

use super::app::{SENT, TestApp};

/// A library in which each meeting differs from the others in what the tests ask for.
async fn library() -> TestApp {
    let app = TestApp::connected().await;
    let meetings = json!({ "meetings": [
        { "id": "1", "title": "Harbour budget", "date": "2024-03-04", "participants": ["Zoë Washburne"],
          "decisions": [{ "text": "The pier is built" }] },
        { "id": "2", "title": "Weekly sync", "date": "2025-06-10", "participants": ["Ada Lovelace"],
          "insights": [{ "text": "The harbour grows" }],
          "tasks": [{ "text": "Ask for a quote", "owner": "Zoë Washburne" }] },
        { "id": "3", "title": "Design review", "date": "2026-01-15", "participants": ["Grace Hopper"],
          "next_steps": [{ "text": "Draw the façade" }],
          "transcript": [
            { "start_ms": 0, "end_ms": 900, "speaker": "Kaylee Frye", "text": "Shall we go" },
            { "start_ms": 1000, "end_ms": 1900, "speaker": "Grace Hopper", "text": "live at the harbour" }] },
        { "id": "4", "title": "Harbour kick-off", "date": "2026-02-02", "participants": ["Ada Lovelace"],
          "tasks": [{ "text": "Go over the live data" }] },
        { "title": "No date at all", "insights": [{ "text": "Nothing of the kind" }] },
    ] });
    let report = app.app.import(vec![app.file("library.json", &meetings.to_string())]).await.unwrap();
    assert_eq!(report.added.len(), 5, "{:?}", report.failed);
    app
}

async fn find(app: &TestApp, query: &str, filter: MeetingFilter) -> MeetingList {
    app.app
        .list_meetings(ListMeetings { query: query.to_owned(), filter, offset: 0, limit: 100 })
        .await
        .unwrap()
}

async fn found(app: &TestApp, query: &str, filter: MeetingFilter) -> Vec<String> {
    let list = find(app, query, filter).await;
    assert_eq!((list.total as usize, list.more), (list.rows.len(), false), "all of them are counted");
    list.rows.into_iter().map(|row| row.title).collect()
}

fn all() -> MeetingFilter {
    MeetingFilter::default()
}

#[tokio::test]
async fn words_are_found_wherever_they_are_and_the_best_come_first() {
    let app = library().await;
    for (query, wanted) in [
        ("harbour", &["Harbour kick-off", "Harbour budget", "Weekly sync", "Design review"][..]),
        ("HARB", &["Harbour kick-off", "Harbour budget", "Weekly sync", "Design review"]),
        ("facade", &["Design review"]),
        ("zoe", &["Weekly sync", "Harbour budget"]),
        ("kaylee", &["Design review"]),
        ("harbour quote", &["Weekly sync"]),
        ("\"go live\"", &["Design review"]),
        ("go live", &["Harbour kick-off", "Design review"]),
        ("\"kick-off\"", &["Harbour kick-off"]),
        ("\"kick o", &["Harbour kick-off"]),
        ("harbour NOT pier", &[]),
        ("title:harbour", &[]),
        ("nowhere", &[]),
        ("…", &[]),
    ] {
        assert_eq!(found(&app, query, all()).await, wanted, "{query}");
    }
    assert_eq!(found(&app, "", all()).await.len(), 5, "without words, all");
}

#[tokio::test]
async fn a_row_shows_the_words_around_its_hit() {
    let app = library().await;
    for (query, hits) in [
        ("harbour", &[None, None, Some("The harbour grows"), Some("live at the harbour")][..]),
        ("kaylee", &[Some("Kaylee Frye")]),
        ("zoe", &[Some("Ask for a quote · Zoë Washburne"), Some("Zoë Washburne")]),
        ("\"go live\"", &[Some("Shall we go live at the harbour")]),
    ] {
        let rows = find(&app, query, all()).await.rows;
        let seen: Vec<_> = rows.iter().map(|row| row.hit.as_deref()).collect();
        assert_eq!(seen, hits, "{query}");
    }
}

#[tokio::test]
async fn filters_narrow_with_and_without_words() {
    let app = library().await;
    let kinds = |kinds: &[ItemKind]| MeetingFilter { kinds: kinds.to_vec(), ..all() };
    let person = |person: &str| MeetingFilter { person: person.to_owned(), ..all() };
    let days = |from: Option<&str>, to: Option<&str>| MeetingFilter {
        from: from.map(|day| day.parse().unwrap()),
        to: to.map(|day| day.parse().unwrap()),
        ..all()
    };
    for (query, filter, wanted) in [
        ("", kinds(&[ItemKind::Task]), &["Harbour kick-off", "Weekly sync"][..]),
        ("", kinds(&[ItemKind::NextStep, ItemKind::Decision]), &["Design review", "Harbour budget"]),
        ("harbour", kinds(&[ItemKind::Task]), &["Harbour kick-off", "Weekly sync"]),
        ("", person("zoe w"), &["Weekly sync", "Harbour budget"]),
        ("", person("Kaylee"), &["Design review"]),
        ("harbour", person("ada"), &["Harbour kick-off", "Weekly sync"]),
        ("", days(Some("2025-06-10"), None), &["Harbour kick-off", "Design review", "Weekly sync"]),
        ("", days(None, Some("2025-06-10")), &["Weekly sync", "Harbour budget"]),
        ("harbour", days(Some("2024-03-05"), Some("2026-01-15")), &["Weekly sync", "Design review"]),
        (
            "",
            MeetingFilter { from: "2026-01-01".parse().ok(), ..kinds(&[ItemKind::Task]) },
            &["Harbour kick-off"],
        ),
    ] {
        assert_eq!(found(&app, query, filter.clone()).await, wanted, "{query} {filter:?}");
    }
}

#[tokio::test]
async fn what_was_sent_is_told_from_what_was_not() {
    let mut app = library().await;
    let id = meeting(&app, "Weekly sync").await;
    let item = app.app.open_meeting(id).await.unwrap().items[0].id;
    let delivery = app.app.send(app.new_page(item, "The harbour")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let sent = |sent| MeetingFilter { sent: Some(sent), ..all() };
    for query in ["", "harbour"] {
        assert_eq!(found(&app, query, sent(true)).await, ["Weekly sync"], "“{query}”");
    }
    assert_eq!(
        found(&app, "harbour", sent(false)).await,
        ["Harbour kick-off", "Harbour budget", "Design review"]
    );
    assert_eq!(found(&app, "", sent(false)).await.len(), 4);
    let both = MeetingFilter { kinds: vec![ItemKind::Decision], ..sent(true) };
    assert!(found(&app, "", both).await.is_empty(), "all filters hold at once");
}

#[tokio::test]
async fn a_search_stops_counting_at_a_thousand_and_says_so() {
    let app = TestApp::new().await;
    let meetings: Vec<_> = (0..1_100)
        .map(|at| json!({ "id": at.to_string(), "title": format!("Round {at}"), "date": "2026-01-01" }))
        .collect();
    let file = app.file("many.json", &json!({ "meetings": meetings }).to_string());
    assert_eq!(app.app.import(vec![file]).await.unwrap().added.len(), 1_100);
    let list = find(&app, "round", all()).await;
    assert_eq!((list.total, list.more, list.rows.len()), (1_000, true, 100));
    let list = find(&app, "", all()).await;
    assert_eq!((list.total, list.more), (1_100, false), "the list itself is whole");
}

async fn meeting(app: &TestApp, title: &str) -> MeetingId {
    find(app, "", all()).await.rows.into_iter().find(|row| row.title == title).unwrap().id
}
