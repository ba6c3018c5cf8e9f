//! What can be saved of a delivery that cannot be read: every word of it. It becomes a draft, and is never sent as it is.

use serde_json::Value;

use crate::adf::{Document, Inlines, Paragraph};
use crate::domain::delivery::Unreadable;
use crate::domain::destination::Action;
use crate::domain::draft::Draft;

/// Its words, for a dialog in which a person says anew where they go. It takes the place of what could not be read.
pub(super) fn salvaged(delivery: Unreadable, stored: &str) -> Draft {
    Draft {
        items: delivery.items,
        action: Action::CreatePage,
        replaces: Some(delivery.id),
        organization: Some(delivery.organization),
        space: None,
        parent: None,
        page: None,
        title: String::new(),
        document: document_of(stored),
    }
}

/// A stored document; where it is none that this version knows, its words in paragraphs.
pub(super) fn document_of(stored: &str) -> Document {
    serde_json::from_str(stored).unwrap_or_else(|_| {
        let texts = match serde_json::from_str(stored) {
            Ok(value) => texts(&value),
            Err(_) => vec![stored.to_owned()],
        };
        texts.iter().map(|text| Paragraph::from(Inlines::from(text.as_str())).into()).collect()
    })
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name == "text" => vec![text.clone()],
                other => texts(other),
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_a_document_is_lost() {
        let newer = r#"{"version":7,"type":"doc","content":[{"type":"hologram","content":[
            {"type":"text","text":"One"},{"type":"text","text":"two"}]}]}"#;
        assert_eq!(document_of(newer).text(), "One\ntwo", "of a form that is not known");
        assert_eq!(document_of("no JSON at all").text(), "no JSON at all");
        let known = crate::adf::from_markdown("**One**", &mut String::new);
        assert_eq!(document_of(&known.to_json()), known, "and one that is known stays as it is");
    }
}
