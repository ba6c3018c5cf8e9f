use serde_json::json;

use super::*;

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_is_too_strange(text in "([#*|:`~ -]|\\n|- |ID: |Date: |\\*\\*|[0-9a-z]{1,4}|\\PC){0,60}") {
        if let Some(page) = read(&Content::Text(text), Some("id")) {
            proptest::prop_assert!(page.recordings.iter().all(|one| !one.key.is_empty()), "each can be asked for");
        }
    }

    #[test]
    fn no_data_is_too_strange(depth in 0_usize..60, name in "\\PC{0,9}", text in "\\PC{0,40}") {
        let mut data = json!([{ "id": text, (name.clone()): text, "date": text }, null, [text], 1.5]);
        for _ in 0..depth {
            data = json!({ (name.clone()): data, "next": text });
        }
        let _page = read(&Content::Data(data), None);
    }
}

fn keys(content: &Content, id: Option<&str>) -> Vec<String> {
    read(content, id).unwrap().recordings.into_iter().map(|one| one.key).collect()
}

#[test]
fn a_list_is_found_in_its_envelopes() {
    let entry = json!({ "id": "a", "title": "Weekly", "participants": [{ "name": "Ada" }] });
    for data in [
        json!([entry]),
        json!({ "recordings": [entry] }),
        json!({ "data": { "total": 1, "items": [entry], "filters": [] } }),
    ] {
        assert_eq!(keys(&Content::Data(data.clone()), None), ["a"], "{data}");
    }
    let beside = json!({ "rooms": [{ "id": 1 }, { "id": 2 }, { "id": 3 }], "recordings": [entry] });
    assert_eq!(keys(&Content::Data(beside), None), ["a"], "other things have identifiers as well");
    assert!(keys(&Content::Data(json!({ "recordings": [] })), None).is_empty(), "nothing yet is no error");
    assert!(read(&Content::Data(json!({ "message": "hello" })), None).is_none(), "this is no list");
}

#[test]
fn the_identifier_is_the_one_that_the_tools_ask_for() {
    let entry = json!([{ "appointmentId": "apt", "recordingId": "rec", "id": 7 }]);
    for (id, key) in
        [(Some("recordingId"), "rec"), (Some("appointment_id"), "apt"), (Some("id"), "7"), (None, "rec")]
    {
        assert_eq!(keys(&Content::Data(entry.clone()), id), [key], "{id:?}");
    }
}

#[test]
fn what_the_list_says_is_read() {
    let data = json!([{ "recordingId": "r", "subject": "Weekly", "date": "2026-11-12T09:00:00Z",
            "durationInMinutes": 45, "attendees": [{ "name": "Ada" }, { "name": "Grace" }] }]);
    let listed = read(&Content::Data(data), None).unwrap().recordings.remove(0);
    let meeting = listed.head().unwrap().meeting;
    assert_eq!((meeting.title.as_str(), meeting.minutes), ("Weekly", Some(45)));
    assert_eq!(meeting.participants, ["Ada", "Grace"]);
    assert_eq!(listed.held, "2026-11-12T09:00:00Z".parse().ok(), "what is newest comes first");
}

#[test]
fn only_what_matters_is_a_change() {
    let digest = |title: &str, address: &str| {
        let data = json!([{ "id": "r", "title": title, "url": address }]);
        read(&Content::Data(data), None).unwrap().recordings.remove(0).digest
    };
    assert_eq!(digest("A", "https://x/?sig=1"), digest("A", "https://x/?sig=2"), "addresses are signed anew");
    assert_ne!(digest("A", "https://x"), digest("B", "https://x"), "another title is a change");
}

#[test]
fn the_next_page_is_found() {
    for data in [
        json!({ "items": [], "next_cursor": "n" }),
        json!({ "items": [], "meta": { "nextPageToken": "n" } }),
        json!({ "items": [], "cursor": "n", "hasMore": true }),
    ] {
        let page = read(&Content::Data(data.clone()), None).unwrap();
        assert_eq!(page.cursor.as_deref(), Some("n"), "{data}");
    }
    let last =
        read(&Content::Data(json!({ "items": [], "next_cursor": null, "has_more": false })), None).unwrap();
    assert_eq!((last.cursor, last.more), (None, Some(false)), "the last page");
    let counted = read(&Content::Data(json!({ "items": [], "paging": { "totalCount": 7 } })), None).unwrap();
    assert_eq!(counted.total, Some(7), "how many there are");
}

#[test]
fn lists_in_text_are_read() {
    let bullets = "## Recordings (2)\n\n- **Weekly sync**\n  - ID: `r-1`\n  - Date: 2026-11-12 09:00 UTC\n  \
                       - Attendees: Ada, Grace\n- **Customer call: Initech**\n  - ID: `r-2`\n  - Date: 2026-11-11\n";
    let headings = "# Recordings\n\n### 1. Weekly sync\n**ID:** r-1\n**Date:** 2026-11-12\n\n### Customer call: \
                        Initech\nRecording ID: r-2\nDate: 2026-11-11\n";
    let lines = "1. Weekly sync (2026-11-12, id: r-1)\n2. Customer call: Initech — 2026-11-11 — ID: r-2\n";
    let table = "| ID | Subject | Date |\n|---|---|---|\n| r-1 | Weekly sync | 2026-11-12 |\n\
                     | r-2 | Customer call: Initech | 2026-11-11 |\n";
    for text in [bullets, headings, lines, table] {
        let page = read(&Content::Text(text.to_owned()), Some("id")).unwrap();
        let keys: Vec<&str> = page.recordings.iter().map(|one| one.key.as_str()).collect();
        assert_eq!(keys, ["r-1", "r-2"], "{text}");
        let titles: Vec<String> =
            page.recordings.iter().map(|one| one.head().unwrap().meeting.title).collect();
        assert!(titles[0].ends_with("Weekly sync"), "{titles:?} in {text}");
        assert_eq!(titles[1], "Customer call: Initech", "{text}");
        assert!(page.recordings.iter().all(|one| one.held.is_some()), "{text}");
    }
    assert!(keys(&Content::Text("There are no recordings yet.".to_owned()), None).is_empty());
}

#[test]
fn an_entry_that_would_fill_the_disk_is_left_out_and_named() {
    let long = |len: usize| json!({ "id": "long", "title": "All hands", "x": "x".repeat(len) });
    let around = long(0).to_string().len();
    let fits = long(MAX_ENTRY_LEN - around);
    assert_eq!(keys(&Content::Data(json!([fits])), None), ["long"]);
    let page =
        read(&Content::Data(json!([{ "id": "a" }, long(MAX_ENTRY_LEN), { "id": "b" }])), None).unwrap();
    let keys: Vec<_> = page.recordings.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(keys, ["a", "b"], "the others come in");
    let reason = Skipped::LongEntry { size: around + MAX_ENTRY_LEN, max: MAX_ENTRY_LEN };
    assert_eq!(page.omitted, [Omitted { title: Some("All hands".to_owned()), reason }]);
    assert_eq!(page.count, 3, "and the next page begins behind all of them");
}

#[test]
fn a_page_that_is_too_long_is_cut_and_that_is_said() {
    let all: Vec<_> = (0..=MAX_ENTRIES).map(|number| json!({ "id": number })).collect();
    let page = read(&Content::Data(json!(all)), None).unwrap();
    assert_eq!(page.recordings.len() as u64, MAX_ENTRIES);
    let reason = Skipped::TooManyRecordings { max: MAX_ENTRIES };
    assert_eq!(page.omitted, [Omitted { title: None, reason }]);
}

#[tokio::test]
async fn a_long_page_does_not_hold_up_the_runtime() {
    use futures::FutureExt as _;

    let all: Vec<_> =
        (0..4_000).map(|id| json!({ "id": id, "title": "Weekly", "x": "x".repeat(2_000) })).collect();
    let answer = CallToolResult::structured(json!(all));
    let mut reading = Box::pin(read_aside(answer, None));
    assert!(reading.as_mut().now_or_never().is_none(), "others have their turn while it is read");
    assert_eq!(reading.await.unwrap().count, 4_000);
}
