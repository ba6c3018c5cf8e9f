//! Validates the bodies of pages and comments against Atlassian's JSON schema of the Atlassian Document Format, and renders
//! them, roughly, as storage format and plain text. Rejects every other representation. Called by everything that writes or
//! shows bodies.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// Names the file that holds the schema.
const SCHEMA_VARIABLE: &str = "SALLY_ADF_SCHEMA";

/// Why there is no gate.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GateError {
    /// The file cannot be read.
    #[error(
        "The schema of the Atlassian Document Format cannot be read from {path} ({why}); `cargo xtask schema` fetches it"
    )]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the operating system said.
        why: String,
    },
    /// The file is not a JSON Schema.
    #[error(
        "The schema of the Atlassian Document Format in {path} is not usable ({why}); `cargo xtask schema` fetches it anew"
    )]
    Unusable {
        /// Where it lies.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Says which documents are valid.
#[derive(Debug)]
pub(crate) struct Gate(Validator);

impl Gate {
    /// The gate, made once for a process: the schema has more than a thousand places to compile.
    pub(crate) fn open() -> Result<&'static Self, GateError> {
        static GATE: OnceLock<Result<Gate, GateError>> = OnceLock::new();
        GATE.get_or_init(Self::read).as_ref().map_err(Clone::clone)
    }

    fn read() -> Result<Self, GateError> {
        let path = std::env::var_os(SCHEMA_VARIABLE).map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/adf-schema/full.json"),
            PathBuf::from,
        );
        let missing = |why: std::io::Error| GateError::Missing { path: path.clone(), why: why.to_string() };
        let unusable = |why: String| GateError::Unusable { path: path.clone(), why };
        let bytes = std::fs::read(&path).map_err(missing)?;
        let schema: Value = serde_json::from_slice(&bytes).map_err(|error| unusable(error.to_string()))?;
        let validator = jsonschema::options().with_draft(Draft::Draft4).build(&schema);
        validator.map(Self).map_err(|error| unusable(error.to_string()))
    }

    /// Reads a document from the string that carries it.
    pub(crate) fn admit(&self, text: &str) -> Result<Value, String> {
        let document: Value = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
        self.0.validate(&document).map_err(|error| format!("{error} at {}", error.instance_path()))?;
        Ok(document)
    }
}

/// The content of a page that nobody wrote.
pub(crate) fn sample(title: &str) -> Value {
    let text = format!("Everything about “{title}” is collected here.");
    json!({ "version": 1, "type": "doc", "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": text }] },
    ] })
}

/// A document without content.
pub(crate) fn empty() -> Value {
    json!({ "version": 1, "type": "doc", "content": [] })
}

/// The children of a node.
pub(crate) fn children(node: &Value) -> &[Value] {
    node["content"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A node's type.
pub(crate) fn kind(node: &Value) -> &str {
    node["type"].as_str().unwrap_or_default()
}

/// An attribute that is text.
pub(crate) fn attribute<'a>(node: &'a Value, name: &str) -> &'a str {
    node["attrs"][name].as_str().unwrap_or_default()
}

/// A date node's day, such as `2026-11-20`.
pub(crate) fn day(node: &Value) -> String {
    let millis = attribute(node, "timestamp").parse().ok();
    let moment = millis.and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    moment.map(|moment| moment.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// The words of a document, as the search index has them: one line for each block.
pub(crate) fn plain(node: &Value) -> String {
    let mut text = String::new();
    write_plain(node, &mut text);
    text.trim_end().to_owned()
}

fn write_plain(node: &Value, text: &mut String) {
    match kind(node) {
        "text" => text.push_str(node["text"].as_str().unwrap_or_default()),
        "hardBreak" => text.push('\n'),
        "mention" | "status" => text.push_str(attribute(node, "text")),
        "emoji" => text.push_str(attribute(node, "shortName")),
        "date" => text.push_str(&day(node)),
        "inlineCard" => text.push_str(attribute(node, "url")),
        block => {
            for child in children(node) {
                write_plain(child, text);
            }
            let holds_text = matches!(
                block,
                "paragraph" | "heading" | "codeBlock" | "taskItem" | "decisionItem" | "caption"
            );
            if holds_text && !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }
}

/// The document in Confluence's storage format, roughly: an XHTML with the words in the right elements.
pub(crate) fn storage(node: &Value) -> String {
    let inner = || children(node).iter().map(storage).collect::<String>();
    let heading = format!("h{}", node["attrs"]["level"].as_u64().unwrap_or(1));
    let element = match kind(node) {
        "text" => return marked(node),
        "hardBreak" => return "<br />".to_owned(),
        "rule" => return "<hr />".to_owned(),
        "mention" => {
            let id = escape(attribute(node, "id"));
            return format!("<ac:link><ri:user ri:account-id=\"{id}\" /></ac:link>");
        }
        "date" => return format!("<time datetime=\"{}\" />", day(node)),
        "status" => {
            let (title, colour) = (escape(attribute(node, "text")), escape(attribute(node, "color")));
            return format!(
                "<ac:structured-macro ac:name=\"status\"><ac:parameter ac:name=\"title\">{title}</ac:parameter>\
                 <ac:parameter ac:name=\"colour\">{colour}</ac:parameter></ac:structured-macro>"
            );
        }
        "emoji" => {
            return format!(
                "<ac:emoticon ac:emoji-shortname=\"{}\" />",
                escape(attribute(node, "shortName"))
            );
        }
        "inlineCard" => {
            let url = escape(attribute(node, "url"));
            return format!("<a href=\"{url}\" data-card-appearance=\"inline\">{url}</a>");
        }
        "taskItem" => {
            let status = if attribute(node, "state") == "DONE" { "complete" } else { "incomplete" };
            return format!(
                "<ac:task><ac:task-uuid>{}</ac:task-uuid><ac:task-status>{status}</ac:task-status>\
                 <ac:task-body>{}</ac:task-body></ac:task>",
                escape(attribute(node, "localId")),
                inner(),
            );
        }
        "doc" => return inner(),
        "paragraph" => "p",
        "heading" => &heading,
        "bulletList" | "decisionList" => "ul",
        "orderedList" => "ol",
        "listItem" | "decisionItem" => "li",
        "taskList" => "ac:task-list",
        "blockquote" => "blockquote",
        "codeBlock" => "pre",
        "table" => "table",
        "tableRow" => "tr",
        "tableHeader" => "th",
        "tableCell" => "td",
        _ => "div",
    };
    format!("<{element}>{}</{element}>", inner())
}

fn marked(node: &Value) -> String {
    let mut text = escape(node["text"].as_str().unwrap_or_default());
    for mark in node["marks"].as_array().map(Vec::as_slice).unwrap_or_default() {
        text = match kind(mark) {
            "strong" => format!("<strong>{text}</strong>"),
            "em" => format!("<em>{text}</em>"),
            "code" => format!("<code>{text}</code>"),
            "strike" => format!("<del>{text}</del>"),
            "underline" => format!("<u>{text}</u>"),
            "link" => format!("<a href=\"{}\">{text}</a>", escape(attribute(mark, "href"))),
            _ => text,
        };
    }
    text
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
