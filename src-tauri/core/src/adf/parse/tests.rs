use serde_json::{Value, json};

use super::super::{Document, Fault, MAX_BYTES, MAX_DEPTH};

fn doc(content: &Value) -> String {
    json!({"version": 1, "type": "doc", "content": content}).to_string()
}

/// Where and what is wrong with a document of this content.
fn refusal(content: &Value) -> (String, String) {
    let invalid = Document::parse(&doc(content)).unwrap_err();
    (invalid.at, invalid.fault.to_string())
}

fn paragraph(inline: &Value) -> Value {
    json!({"type": "paragraph", "content": [inline]})
}

#[test]
fn what_the_editor_makes_comes_back_as_it_was() {
    let content = json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Plan"}]},
        {"type": "paragraph"},
        paragraph(&json!({"type": "text", "text": "x", "marks": [
            {"type": "link", "attrs": {"href": "https://example.com"}}, {"type": "em"}, {"type": "strong"},
            {"type": "strike"}, {"type": "subsup", "attrs": {"type": "sup"}}, {"type": "underline"}]})),
        {"type": "paragraph", "content": [
            {"type": "mention", "attrs": {"id": "557058:1", "text": "@Ada"}},
            {"type": "date", "attrs": {"timestamp": "1795132800000"}},
            {"type": "status", "attrs": {"text": "Open", "color": "blue"}},
            {"type": "emoji", "attrs": {"shortName": ":tada:", "text": "🎉"}},
            {"type": "hardBreak"},
            {"type": "inlineCard", "attrs": {"url": "https://example.com/a"}}]},
        {"type": "taskList", "attrs": {"localId": "a"}, "content": [
            {"type": "taskItem", "attrs": {"localId": "b", "state": "TODO"},
             "content": [{"type": "text", "text": "Write"}]},
            {"type": "taskList", "attrs": {"localId": "c"}, "content": [
                {"type": "taskItem", "attrs": {"localId": "d", "state": "DONE"}}]}]},
        {"type": "decisionList", "attrs": {"localId": "e"}, "content": [
            {"type": "decisionItem", "attrs": {"localId": "f", "state": "DECIDED"}}]},
        {"type": "orderedList", "attrs": {"order": 3}, "content": [
            {"type": "listItem", "content": [{"type": "paragraph"}, {"type": "bulletList", "content": [
                {"type": "listItem", "content": [{"type": "codeBlock"}]}]}]}]},
        {"type": "blockquote", "content": [{"type": "codeBlock", "attrs": {"language": "rust"},
            "content": [{"type": "text", "text": "fn main() {}\n"}]}]},
        {"type": "rule"},
        {"type": "panel", "attrs": {"panelType": "warning"}, "content": [{"type": "rule"}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableHeader", "attrs": {"colspan": 2, "colwidth": [100, 200]},
             "content": [{"type": "paragraph"}]},
            {"type": "tableCell", "content": [{"type": "panel", "attrs": {"panelType": "info"},
             "content": [{"type": "paragraph"}]}]}]}]},
    ]);
    let document = Document::parse(&doc(&content)).unwrap();
    let written: Value = serde_json::from_str(&document.to_json()).unwrap();
    assert_eq!(written["content"], content, "every node and attribute is kept");
    assert_eq!(
        Document::parse(&document.to_json()).unwrap(),
        document,
        "and reading it again changes nothing"
    );
}

#[test]
fn attributes_that_say_nothing_are_left_out() {
    let content = json!([
        {"type": "codeBlock", "attrs": {"language": null}, "content": []},
        {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell",
            "attrs": {"colspan": 1, "rowspan": 1, "colwidth": null}, "content": [{"type": "rule"}]}]}]},
        paragraph(&json!({"type": "hardBreak", "attrs": {"text": "\n"}})),
    ]);
    let written: Value = serde_json::from_str(&Document::parse(&doc(&content)).unwrap().to_json()).unwrap();
    assert_eq!(
        written["content"],
        json!([
            {"type": "codeBlock"},
            {"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell",
                "content": [{"type": "rule"}]}]}]},
            paragraph(&json!({"type": "hardBreak"})),
        ]),
        "the format refuses null, and the rest goes without saying"
    );
}

#[test]
fn what_cannot_be_held_is_mended_without_losing_words() {
    let content = json!([{"type": "paragraph", "content": [
        {"type": "text", "text": "a\u{0}b"},
        {"type": "text", "text": "c", "marks": [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]},
        {"type": "text", "text": "\u{1}"},
        {"type": "inlineCard", "attrs": {"url": "file:///etc"}},
    ]}]);
    let written: Value = serde_json::from_str(&Document::parse(&doc(&content)).unwrap().to_json()).unwrap();
    assert_eq!(
        written["content"],
        json!([paragraph(&json!({"type": "text", "text": "abcfile:///etc"}))]),
        "the words stay, the rest goes"
    );
}

#[test]
fn a_refusal_says_where_and_what() {
    let text = json!({"type": "text", "text": "x"});
    let cases = [
        (json!([text]), "content[0]", "“text” may not stand in block content"),
        (json!([{"type": "expand"}]), "content[0]", "the node “expand” is not known"),
        (
            json!([{"type": "rule"}, {"type": "blockquote", "content": [{"type": "heading", "attrs": {"level": 1}}]}]),
            "content[1].content[0]",
            "“heading” may not stand in a quote",
        ),
        (json!([{"type": "bulletList", "content": []}]), "content[0]", "content is empty"),
        (
            json!([{"type": "bulletList", "content": [{"type": "paragraph"}]}]),
            "content[0].content[0]",
            "“paragraph” may not stand in a list",
        ),
        (
            json!([{"type": "taskList", "attrs": {"localId": "a"}, "content": [
                {"type": "taskItem", "attrs": {"localId": "b", "state": "TODO"},
                 "content": [{"type": "paragraph"}]}]}]),
            "content[0].content[0].content[0]",
            "“paragraph” may not stand in a line",
        ),
        (json!([{"type": "taskList", "content": []}]), "content[0]", "localId is missing"),
        (
            json!([{"type": "heading", "attrs": {"level": 7}}]),
            "content[0]",
            "level should be a number from 1 to 6",
        ),
        (
            json!([{"type": "paragraph", "attrs": {"align": "end"}}]),
            "content[0]",
            "the attribute “align” is not known",
        ),
        (json!([paragraph(&json!({"type": "text", "text": ""}))]), "content[0].content[0]", "text is empty"),
        (
            json!([paragraph(&json!({"type": "date", "attrs": {"timestamp": 1}}))]),
            "content[0].content[0]",
            "timestamp should be text",
        ),
        (
            json!([paragraph(
                &json!({"type": "text", "text": "x", "marks": [{"type": "code"}, {"type": "em"}]})
            )]),
            "content[0].content[0].marks[1]",
            "the mark “em” excludes another mark of the same text",
        ),
        (
            json!([paragraph(&json!({"type": "text", "text": "x", "marks": [{"type": "glow"}]}))]),
            "content[0].content[0].marks[0]",
            "the mark “glow” is not known",
        ),
        (
            json!([{"type": "codeBlock", "content": [
                {"type": "text", "text": "x", "marks": [{"type": "em"}]}]}]),
            "content[0].content[0]",
            "“marks” may not stand in a code block",
        ),
        (json!([null]), "content[0]", "a node should be an object"),
        (
            json!([{"type": "x".repeat(1000)}]),
            "content[0]",
            &format!("the node “{}” is not known", "x".repeat(40)),
        ),
    ];
    for (content, at, fault) in cases {
        assert_eq!(refusal(&content), (at.to_owned(), fault.to_owned()), "{content}");
    }
}

#[test]
fn other_things_than_documents_are_refused() {
    for json in [
        "",
        "[]",
        "null",
        "{}",
        r#"{"type":"doc","content":[]}"#,
        r#"{"version":2,"type":"doc","content":[]}"#,
    ] {
        assert!(Document::parse(json).is_err(), "{json:?} is no document");
    }
    let no_content = Document::parse(r#"{"version":1,"type":"doc"}"#).unwrap_err();
    assert_eq!(no_content.fault, Fault::Missing("content"), "the format asks for content, even if empty");
    let large = " ".repeat(MAX_BYTES + 1);
    assert_eq!(
        Document::parse(&large).unwrap_err().fault,
        Fault::TooLarge { bytes: large.len() },
        "Confluence refuses larger bodies"
    );
}

fn nested(levels: usize) -> String {
    let (open, close) = (r#"{"type":"bulletList","content":[{"type":"listItem","content":["#, "]}]}");
    let inner = r#"{"type":"paragraph"}"#;
    format!(
        r#"{{"version":1,"type":"doc","content":[{}{inner}{}]}}"#,
        open.repeat(levels),
        close.repeat(levels)
    )
}

#[test]
fn depth_has_an_end() {
    assert!(Document::parse(&nested(MAX_DEPTH)).is_ok(), "what readers can follow is taken");
    let fault = Document::parse(&nested(MAX_DEPTH + 1)).unwrap_err().fault;
    assert_eq!(fault, Fault::TooDeep, "and no more");
    assert!(
        matches!(Document::parse(&nested(10_000)).unwrap_err().fault, Fault::NotJson(_)),
        "far deeper JSON is not even read"
    );
}

#[test]
fn within_other_values_the_same_holds() {
    let value: Value = serde_json::from_str(&nested(2)).unwrap();
    let document: Document = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&document).unwrap(), value, "a document travels inside other values");
    let refused = serde_json::from_value::<Document>(json!({"version": 1, "type": "doc", "content": [1]}));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "The document is not valid at content[0]: a node should be an object",
        "and its faults are told"
    );
}
