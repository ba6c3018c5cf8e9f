//! Parses the bodies of v2's write endpoints as strictly as documented: JSON objects with the documented properties only, and
//! content that is a string with a valid document.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::call::Call;
use crate::problem::Problem;
use crate::world::{Quirk, World};

/// Largest body that Confluence accepts, in bytes.
const MAX_BODY_LEN: usize = 5 * 1024 * 1024;

/// Quirks, and the nodes that they keep out of a sort of content.
pub(crate) type Refusing = [(Quirk, &'static str); 2];

/// Those of pages.
pub(crate) const IN_PAGES: Refusing =
    [(Quirk::TasksRefusedInPages, "taskList"), (Quirk::DecisionsRefusedInPages, "decisionList")];

/// Those of comments.
pub(crate) const IN_COMMENTS: Refusing =
    [(Quirk::TasksRefusedInComments, "taskList"), (Quirk::DecisionsRefusedInComments, "decisionList")];

/// Reads a body that may have these properties.
pub(crate) fn read(call: &Call, properties: &[&str]) -> Result<Map<String, Value>, Problem> {
    if call.body.len() > MAX_BODY_LEN {
        return Err(Problem::v2(
            StatusCode::PAYLOAD_TOO_LARGE,
            "REQUEST_TOO_LARGE",
            "The request is over 5 MB",
        ));
    }
    if !call.is("application/json") {
        let title = "Content type is not supported";
        return Err(Problem::v2(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", title));
    }
    let Ok(Value::Object(fields)) = serde_json::from_slice(&call.body) else {
        return Err(Problem::v2(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Invalid message"));
    };
    match fields.keys().find(|name| !properties.contains(&name.as_str())) {
        Some(name) => Err(Problem::invalid(format!("Unknown property '{name}'"))),
        None => Ok(fields),
    }
}

/// A property that must be a string; numbers are refused, also for identifiers.
pub(crate) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::invalid(format!("Property '{name}' must be a string"))),
    }
}

/// A property that must be there.
pub(crate) fn required<'a>(fields: &'a Map<String, Value>, name: &str) -> Result<&'a str, Problem> {
    text(fields, name)?.ok_or_else(|| Problem::invalid(format!("Property '{name}' is required")))
}

/// A query parameter that is true or false.
pub(crate) fn flag(call: &Call, name: &str) -> Result<bool, Problem> {
    match call.query(name) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Problem::invalid(format!("Query parameter '{name}' must be true or false"))),
    }
}

/// The content in a `body` property: plain, or nested under the name of its representation.
pub(crate) fn document(
    body: Option<&Value>,
    world: &World,
    refusing: &Refusing,
) -> Result<Option<Arc<Value>>, Problem> {
    let invalid = || Problem::v2(StatusCode::BAD_REQUEST, "BAD_REQUEST", "Invalid message");
    let body = match body {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(body)) => body,
        Some(_) => return Err(invalid()),
    };
    let nested = |name: &str| body.get(name).filter(|_| body.len() == 1).and_then(Value::as_object);
    let body = ["atlas_doc_format", "storage", "wiki"].into_iter().find_map(nested).unwrap_or(body);
    if body.keys().any(|name| name != "representation" && name != "value") {
        return Err(invalid());
    }
    match body.get("representation").and_then(Value::as_str) {
        Some("atlas_doc_format") => {}
        Some("storage" | "wiki") => {
            let title = "The sandbox takes bodies in atlas_doc_format only";
            return Err(Problem::invalid(title));
        }
        _ => return Err(invalid()),
    }
    // An object instead of its string is the classic mistake.
    let text = body.get("value").and_then(Value::as_str).ok_or_else(invalid)?;
    let refused = || {
        let title = "Error converting ADF to storage format";
        Problem::v2(StatusCode::BAD_REQUEST, "BAD_REQUEST", title)
    };
    let is_refused = |quirk: Quirk, node: &str| world.has(quirk) && text.contains(node);
    let all = ["taskList", "decisionList"].map(|node| (Quirk::ListsRefused, node));
    if all.into_iter().chain(*refusing).any(|(quirk, node)| is_refused(quirk, node)) {
        return Err(refused());
    }
    match world.gate.admit(text) {
        Ok(document) => Ok(Some(Arc::new(document))),
        Err(reason) => Err(refused().because(reason)),
    }
}
