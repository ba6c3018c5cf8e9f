//! The content of a tool's result: JSON where there is any, else text. JSON is taken from the structured content, or from
//! the text if that is JSON or has a fenced JSON block. Called by `listing` and `reading`.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::Value;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// Data.
    Data(Value),
    /// Anything else that can be read.
    Text(String),
}

/// Takes the structured content of an answer, else its text.
impl From<CallToolResult> for Content {
    fn from(result: CallToolResult) -> Self {
        if let Some(data) = result.structured_content.filter(|data| !data.is_null()) {
            return data.into();
        }
        let texts: Vec<String> = result.content.into_iter().filter_map(text).collect();
        // Some servers give each recording as a text of its own.
        let mut parsed: Vec<Value> = texts.iter().map_while(|text| data_in(text)).collect();
        if !texts.is_empty() && parsed.len() == texts.len() {
            return if parsed.len() == 1 { parsed.remove(0) } else { Value::Array(parsed) }.into();
        }
        let text = texts.join("\n\n");
        data_in(&text).map_or(Self::Text(text), Self::from)
    }
}

/// Takes data. Some SDKs wrap a text as a JSON string or as the only field of an object; it becomes text again.
impl From<Value> for Content {
    fn from(data: Value) -> Self {
        match data {
            Value::String(text) => data_in(&text).map_or(Self::Text(text), Self::Data),
            Value::Object(fields) if fields.len() == 1 => match fields.into_iter().next() {
                Some((key, Value::String(text))) if matches!(key.as_str(), "result" | "text" | "content") => {
                    data_in(&text).map_or(Self::Text(text), Self::Data)
                }
                Some((key, value)) => Self::Data(Value::Object([(key, value)].into_iter().collect())),
                None => Self::Data(Value::Null),
            },
            data => Self::Data(data),
        }
    }
}

fn text(content: ContentBlock) -> Option<String> {
    match content {
        ContentBlock::Text(text) => Some(text.text),
        ContentBlock::Resource(embedded) => match embedded.resource {
            ResourceContents::TextResourceContents { text, .. } => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// The JSON that a text is, or holds.
fn data_in(text: &str) -> Option<Value> {
    let text = text.trim();
    let parse = |json: &str| {
        serde_json::from_str::<Value>(json).ok().filter(|data| data.is_object() || data.is_array())
    };
    if text.starts_with(['{', '[']) {
        return parse(text);
    }
    let (_, fenced) = text.split_once("```json")?;
    parse(fenced.split("```").next()?.trim())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn texts(texts: &[&str]) -> Content {
        Content::from(CallToolResult::success(texts.iter().map(|text| ContentBlock::text(*text)).collect()))
    }

    #[test]
    fn structured_content_goes_before_the_text() {
        let mut result = CallToolResult::success(vec![ContentBlock::text("Two recordings were found.")]);
        result.structured_content = Some(json!({ "recordings": [] }));
        assert_eq!(Content::from(result), Content::Data(json!({ "recordings": [] })));
    }

    #[test]
    fn data_is_found_in_text() {
        let data = Content::Data(json!([{ "id": 1 }]));
        for text in [r#"[{"id": 1}]"#, "Here they are:\n```json\n[{\"id\": 1}]\n```\nThat is all."] {
            assert_eq!(texts(&[text]), data, "{text}");
        }
        let wrapped = CallToolResult::structured(json!({ "result": r#"[{"id": 1}]"# }));
        assert_eq!(Content::from(wrapped), data, "a text in an envelope");
        let both = Content::Data(json!([{ "id": 1 }, { "id": 2 }]));
        assert_eq!(texts(&[r#"{"id": 1}"#, r#"{"id": 2}"#]), both, "one text for each recording");
    }

    #[test]
    fn other_text_stays_text() {
        for text in ["# Notes\n\n- [x] done", "[00:00:15] Ada: Hello", "{broken"] {
            assert_eq!(texts(&[text]), Content::Text(text.to_owned()));
        }
        assert_eq!(texts(&[]), Content::Text(String::new()), "nothing at all");
    }
}
