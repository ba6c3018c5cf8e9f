//! Documents in Atlassian's format, for requests that do not come from the core.

use serde_json::{Value, json};

/// A document of blocks.
fn document(blocks: &[Value]) -> Value {
    let document = json!({ "version": 1, "type": "doc", "content": blocks });
    json!({ "representation": "atlas_doc_format", "value": document.to_string() })
}

/// A body of one paragraph.
pub(super) fn paragraph(text: &str) -> Value {
    document(&[json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] })])
}

/// A body of one task.
pub(super) fn task(text: &str) -> Value {
    document(&[json!({ "type": "taskList", "attrs": { "localId": "a11ce000-0001" }, "content": [
        { "type": "taskItem", "attrs": { "localId": TASK_ID, "state": "TODO" },
          "content": [{ "type": "text", "text": text }] },
    ] })])
}

/// A body of one decision.
pub(super) fn decision(text: &str) -> Value {
    document(&[json!({ "type": "decisionList", "attrs": { "localId": "dec1de00-0001" }, "content": [
        { "type": "decisionItem", "attrs": { "localId": "dec1de00-0002", "state": "DECIDED" },
          "content": [{ "type": "text", "text": text }] },
    ] })])
}

/// The task's own id, to see whether it is kept.
pub(super) const TASK_ID: &str = "a11ce000-0002";
