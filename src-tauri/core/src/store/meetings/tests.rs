use jiff::civil;

use super::*;
use crate::adf::from_markdown;
use crate::domain::meeting::{Due, HeldAt, ItemKind};
use crate::store::{Filter, Store, scratch};

pub(crate) fn meeting(title: &str, day: Option<&str>, items: &[&str]) -> (Meeting, Origin) {
    let day: Option<civil::Date> = day.map(|day| day.parse().unwrap());
    let meeting = Meeting {
        id: MeetingId::new(),
        title: title.to_owned(),
        held_at: day.map(HeldAt::Day),
        minutes: Some(45),
        participants: vec!["Ada Lovelace".to_owned(), "René".to_owned()],
        recording: None,
        items: items
            .iter()
            .map(|text| Item {
                id: ItemId::new(),
                kind: ItemKind::Task,
                text: (*text).to_owned(),
                formatted: Some(from_markdown(&format!("**{text}**"), &mut String::new).into_line()),
                owner: Some("Grace".to_owned()),
                due: Some(Due { text: "20 Nov 2026".to_owned(), date: "2026-11-20".parse().ok() }),
                done: false,
                at_ms: Some(5_000),
            })
            .collect(),
        transcript: vec![Cue { start_ms: 1, end_ms: 2, speaker: None, text: "Hello".to_owned() }],
        source: "test".to_owned(),
    };
    let origin = Origin {
        source_key: None,
        name: Some("weekly.md".to_owned()),
        sample: title.starts_with("Sample"),
        sort_at: day.map(|day| day.in_tz("UTC").unwrap().timestamp()),
        imported_at: Timestamp::UNIX_EPOCH,
    };
    (meeting, origin)
}

pub(crate) async fn filled(store: &Store, meetings: Vec<(Meeting, Origin)>) {
    store
        .write(move |tx| {
            meetings.iter().try_for_each(|(meeting, origin)| tx.meetings_mut().insert(meeting, origin))
        })
        .await
        .unwrap();
}

pub(crate) async fn found(store: &Store, words: &'static str) -> Vec<(String, Option<String>)> {
    let found = store.read(move |db| db.meetings().find(words, &Filter::default(), 0, 10)).await.unwrap();
    let rows = found.rows;
    assert_eq!(found.total as usize, rows.len(), "the total counts what matches");
    rows.into_iter().map(|row| (row.title, row.hit)).collect()
}

#[tokio::test]
async fn comes_back_as_it_went_in() {
    let (_folder, store) = scratch();
    let (meeting, origin) = meeting("Weekly", Some("2026-11-12"), &["Write the guide", "Pilot"]);
    let expected = meeting.clone();
    filled(&store, vec![(meeting, origin)]).await;
    let id = expected.id;
    let back = store.read(move |db| db.meetings().get(id)).await.unwrap();
    assert_eq!(back, Some(expected), "nothing is lost or invented on the way through the database");
}

#[tokio::test]
async fn newest_first_and_undated_before_them() {
    let (_folder, store) = scratch();
    filled(
        &store,
        vec![
            meeting("Old", Some("2026-11-01"), &[]),
            meeting("New", Some("2026-11-12"), &[]),
            meeting("Undated", None, &[]),
        ],
    )
    .await;
    let found = store.read(|db| db.meetings().find("", &Filter::default(), 0, 2)).await.unwrap();
    let total = found.total;
    let titles: Vec<_> = found.rows.into_iter().map(|row| row.title).collect();
    assert_eq!((total, titles), (3, vec!["Undated".to_owned(), "New".to_owned()]), "a stretch of the order");
}

#[tokio::test]
async fn found_by_title_person_and_item_while_typing() {
    let (_folder, store) = scratch();
    filled(
        &store,
        vec![
            meeting("Weekly sync", Some("2026-11-12"), &["Ship the importer behind a flag"]),
            meeting("Other", None, &[]),
        ],
    )
    .await;
    assert_eq!(
        found(&store, "week").await,
        [("Weekly sync".to_owned(), None)],
        "the title shows the hit itself"
    );
    let hit = "Ship the importer behind a flag · Grace".to_owned();
    assert_eq!(
        found(&store, "impor fla").await,
        [("Weekly sync".to_owned(), Some(hit))],
        "prefixes of words"
    );
    assert_eq!(found(&store, "rene").await.len(), 2, "accents do not matter");
    assert!(found(&store, "\" OR title:*").await.is_empty(), "operators are only words");
}

#[tokio::test]
async fn more_of_the_same_meeting_is_added_once() {
    let (_folder, store) = scratch();
    let (first, origin) = meeting("Weekly", Some("2026-11-12"), &["One"]);
    let (more, _) = meeting("Weekly", Some("2026-11-12"), &["One", "Two"]);
    let id = first.id;
    filled(&store, vec![(first, origin)]).await;
    let again = more.clone();
    let changed = store
        .write(move |tx| {
            Ok((
                tx.meetings_mut().merge_from_source(id, &more, Some("stranger.md"))?,
                tx.meetings_mut().merge_from_source(id, &again, Some("other.md"))?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(changed, (true, false), "the second time there is nothing new");
    let texts: Vec<_> = store
        .read(move |db| db.meetings().get(id))
        .await
        .unwrap()
        .unwrap()
        .items
        .into_iter()
        .map(|i| i.text)
        .collect();
    assert_eq!(texts, ["One", "Two"], "items keep their order and come once");
    assert_eq!(found(&store, "two").await.len(), 1, "what was added can be found");
}

#[tokio::test]
async fn no_item_hides_which_file_it_came_from() {
    let (_folder, store) = scratch();
    let (first, origin) = meeting("Weekly", Some("2026-11-12"), &["One"]);
    let (more, _) = meeting("Weekly", Some("2026-11-12"), &["One", "Two"]);
    let (id, one, two) = (first.id, first.items[0].id, more.items[1].id);
    filled(&store, vec![(first, origin)]).await;
    store.write(move |tx| tx.meetings_mut().merge_from_source(id, &more, Some("stranger.md"))).await.unwrap();
    let origins = || store.read(move |db| db.meetings().origins(id));
    let all = HashMap::from([(one, "weekly.md".to_owned()), (two, "stranger.md".to_owned())]);
    assert_eq!(origins().await.unwrap(), all, "what both hold is of the first");
    let removed = store.write(move |tx| tx.meetings_mut().remove_item(two)).await.unwrap().unwrap();
    assert_eq!(origins().await.unwrap().len(), 1);
    store.write(move |tx| tx.meetings_mut().put_back(&removed)).await.unwrap();
    assert_eq!(origins().await.unwrap(), all, "what is put back is still of the other");
}

#[tokio::test]
async fn samples_go_and_leave_the_rest() {
    let (_folder, store) = scratch();
    filled(&store, vec![meeting("Sample", None, &["x"]), meeting("Mine", None, &["y"])]).await;
    store.write(|tx| tx.meetings_mut().delete_samples()).await.unwrap();
    let rows = store.read(|db| db.meetings().find("", &Filter::default(), 0, 9)).await.unwrap().rows;
    assert_eq!(rows.len(), 1, "only the person's own meeting is left");
    assert!(found(&store, "sample").await.is_empty(), "and the samples' words are gone too");
}
