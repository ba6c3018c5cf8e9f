use std::sync::Arc;

use serde_json::json;

use super::*;

fn tool(name: &'static str, properties: &Value, required: &[&str]) -> Described {
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    Described::new(name, "", Arc::new(schema.as_object().unwrap().clone()))
}

fn call(properties: &Value, required: &[&str], ask: &Ask<'_>) -> Value {
    Value::Object(Tool::read(&tool("t", properties, required)).arguments(ask).unwrap())
}

#[test]
fn arguments_are_known_by_what_they_are_called() {
    let ask = Ask { page: Some(2), offset: Some(40), cursor: Some("c"), id: Some("r-1"), ..Ask::default() };
    for (name, schema, value) in [
        ("page", json!({ "type": "integer" }), json!(2)),
        ("pageNumber", json!({ "type": "integer" }), json!(2)),
        ("page_size", json!({ "type": "integer", "maximum": 20 }), json!(20)),
        ("perPage", json!({ "type": "integer" }), json!(PAGE_SIZE)),
        ("limit", json!({ "type": "integer", "maximum": 500 }), json!(PAGE_SIZE)),
        ("skip", json!({ "type": "integer" }), json!(40)),
        ("nextPageToken", json!({ "type": "string" }), json!("c")),
        ("recordingId", json!({ "type": "string" }), json!("r-1")),
        ("meeting_ids", json!({ "type": "array" }), json!(["r-1"])),
        ("uuid", json!({ "type": "string" }), json!("r-1")),
        ("recording", json!({ "type": "string", "description": "The identifier of it" }), json!("r-1")),
    ] {
        assert_eq!(call(&json!({ name: schema }), &[name], &ask), json!({ name: value }), "{name}");
    }
}

#[test]
fn moments_are_written_as_the_schema_wants_them() {
    let ask = Ask { since: "2026-11-12T09:30:00Z".parse().ok(), ..Ask::default() };
    for (name, schema, value) in [
        ("from", json!({ "type": "string", "format": "date-time" }), json!("2026-11-12T09:30:00Z")),
        ("startDate", json!({ "type": "string", "format": "date" }), json!("2026-11-12")),
        ("since", json!({ "type": "string", "description": "YYYY-MM-DD" }), json!("2026-11-12")),
        ("from_time", json!({ "type": "integer" }), json!(1_794_475_800)),
    ] {
        assert_eq!(call(&json!({ name: schema }), &[], &ask), json!({ name: value }), "{name}");
    }
}

#[test]
fn nothing_is_made_up() {
    let properties = json!({ "query": { "type": "string" }, "sort": { "enum": ["new", "old"] },
            "full": { "type": "boolean" }, "color": { "type": "string" }, "to": { "type": "string" } });
    let filled = call(&properties, &["query", "sort", "full"], &Ask::default());
    assert_eq!(filled, json!({ "query": "", "sort": "new", "full": false }), "only what says nothing");
    let refused = Tool::read(&tool("t", &properties, &["color"])).arguments(&Ask::default()).unwrap_err();
    assert!(
        matches!(&refused, Error::ArgumentUnknown { argument, .. } if argument == "color"),
        "what is not understood is named: {refused:?}"
    );
}

#[test]
fn tools_are_found_whatever_a_server_calls_them() {
    let id = json!({ "id": { "type": "string" } });
    for (list, summary, transcript) in [
        ("get_recordings", "get_summary", "get_transcription"),
        ("list_meetings", "get_meeting_notes", "get_meeting_transcript"),
        ("fireflies_get_transcripts", "fireflies_get_summary", "fireflies_get_transcript"),
        ("searchCalls", "getCall", "getTranscript"),
    ] {
        let tools = [
            tool("search_summaries", &json!({ "query": {} }), &["query"]),
            tool(transcript, &id, &["id"]),
            tool(summary, &id, &["id"]),
            tool(list, &json!({ "limit": { "type": "integer" } }), &[]),
        ];
        let chosen = Toolbox::choose(&tools).unwrap();
        assert_eq!(chosen.list.name, list);
        assert_eq!(chosen.summary.map(|tool| tool.name).as_deref(), Some(summary));
        assert_eq!(chosen.transcript.map(|tool| tool.name).as_deref(), Some(transcript));
    }
}

#[test]
fn what_is_missing_is_named() {
    let id = json!({ "id": { "type": "string" } });
    let only_one = [tool("get_summary", &id, &["id"])];
    let missing = Toolbox::choose(&only_one).unwrap_err();
    assert!(matches!(missing, Error::ToolMissing { what: ServerPart::Recordings }), "{missing:?}");
    let only_list = [tool("get_recordings", &json!({}), &[])];
    let missing = Toolbox::choose(&only_list).unwrap_err();
    assert!(matches!(missing, Error::ToolMissing { what: ServerPart::Summary }), "{missing:?}");
}
