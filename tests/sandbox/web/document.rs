//! Renders a document as HTML. Links with other schemes than web and mail are not rendered as links.

use maud::{Markup, html};
use serde_json::Value;
use url::Url;

use crate::adf::{attribute, children, day, kind};

/// The document, rendered.
pub(super) fn render(node: &Value) -> Markup {
    html! { div.document { (all(node)) } }
}

fn all(node: &Value) -> Markup {
    html! { @for child in children(node) { (one(child)) } }
}

fn one(node: &Value) -> Markup {
    html! {
        @match kind(node) {
            "text" => (text(node)),
            "hardBreak" => br;,
            "rule" => hr;,
            "paragraph" => p { (all(node)) },
            "heading" => (heading(node)),
            "bulletList" => ul { (all(node)) },
            "orderedList" => ol start=(node["attrs"]["order"].as_u64().unwrap_or(1)) { (all(node)) },
            "listItem" => li { (all(node)) },
            "taskList" => ul.tasks { (all(node)) },
            "taskItem" => li { (task(node)) },
            "decisionList" => ul.decisions { (all(node)) },
            "decisionItem" => li { span.mark aria-label="Decision" { "◆" } span { (all(node)) } },
            "blockquote" => blockquote { (all(node)) },
            "codeBlock" => pre { code { (all(node)) } },
            "panel" => aside.panel.(panel(node)) { (all(node)) },
            "expand" | "nestedExpand" => details open { summary { (attribute(node, "title")) } (all(node)) },
            "table" => table { tbody { (all(node)) } },
            "tableRow" => tr { (all(node)) },
            "tableHeader" => th { (all(node)) },
            "tableCell" => td { (all(node)) },
            "mention" => span.mention { (attribute(node, "text")) },
            "date" => time.lozenge datetime=(day(node)) { (day(node)) },
            "status" => span.lozenge.(color(node)) { (attribute(node, "text")) },
            "emoji" => span { (emoji(node)) },
            "inlineCard" | "blockCard" => (link(attribute(node, "url"), &html! { (attribute(node, "url")) })),
            _ => div { (all(node)) },
        }
    }
}

fn heading(node: &Value) -> Markup {
    html! {
        @match node["attrs"]["level"].as_u64().unwrap_or(1) {
            1 => h1 { (all(node)) },
            2 => h2 { (all(node)) },
            3 => h3 { (all(node)) },
            4 => h4 { (all(node)) },
            5 => h5 { (all(node)) },
            _ => h6 { (all(node)) },
        }
    }
}

fn task(node: &Value) -> Markup {
    html! {
        label { input type="checkbox" disabled checked[attribute(node, "state") == "DONE"]; span { (all(node)) } }
    }
}

/// Class names come from these lists only: an attribute of a document never becomes one.
fn panel(node: &Value) -> &'static str {
    match attribute(node, "panelType") {
        "note" => "note",
        "tip" => "tip",
        "warning" => "warning",
        "error" => "error",
        "success" => "success",
        _ => "info",
    }
}

fn color(node: &Value) -> &'static str {
    match attribute(node, "color") {
        "purple" => "purple",
        "blue" => "blue",
        "red" => "red",
        "yellow" => "yellow",
        "green" => "green",
        _ => "neutral",
    }
}

fn emoji(node: &Value) -> &str {
    match attribute(node, "text") {
        "" => attribute(node, "shortName"),
        text => text,
    }
}

fn text(node: &Value) -> Markup {
    let mut shown = html! { (node["text"].as_str().unwrap_or_default()) };
    for mark in node["marks"].as_array().map(Vec::as_slice).unwrap_or_default() {
        shown = match kind(mark) {
            "strong" => html! { strong { (shown) } },
            "em" => html! { em { (shown) } },
            "strike" => html! { s { (shown) } },
            "underline" => html! { u { (shown) } },
            "code" => html! { code { (shown) } },
            "subsup" if attribute(mark, "type") == "sub" => html! { sub { (shown) } },
            "subsup" => html! { sup { (shown) } },
            "link" => link(attribute(mark, "href"), &shown),
            _ => shown,
        };
    }
    shown
}

fn link(address: &str, shown: &Markup) -> Markup {
    let is_safe = Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
    html! {
        @if is_safe { a href=(address) rel="noopener noreferrer" { (shown) } } @else { (shown) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_document_says_is_never_markup() {
        let document = json!({ "type": "doc", "version": 1, "content": [
            { "type": "paragraph", "content": [
                { "type": "text", "text": "<script>alert(1)</script>" },
                { "type": "text", "text": "x", "marks": [{ "type": "link", "attrs": { "href": "javascript:alert(1)" } }] },
                { "type": "status", "attrs": { "text": "\"><b>", "color": "\" onload=\"x" } },
            ] },
        ] });
        let shown = render(&document).into_string();
        assert!(!shown.contains("<script"), "text must be escaped: {shown}");
        assert!(!shown.contains("javascript:"), "such an address must not become a link: {shown}");
        assert!(!shown.contains("onload"), "an attribute must not become a class: {shown}");
        assert!(!shown.contains("<b>"), "an attribute's text must be escaped: {shown}");
    }
}
