//! Converts `ProseMirror` documents, in which Granola and others store notes, to HTML.

use super::super::tree::Node;
use crate::adf::escape_html;

/// The document as HTML; `None` for everything else.
pub(in super::super) fn to_html(node: &Node) -> Option<String> {
    let is_document = get(node, "type").and_then(Node::text) == Some("doc");
    let content = get(node, "content").filter(|content| is_document && matches!(content, Node::List(_)))?;
    let mut html = String::new();
    all(content, &mut html);
    Some(html)
}

fn get<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    node.entries().iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn all(content: &Node, html: &mut String) {
    if let Node::List(nodes) = content {
        for node in nodes {
            one(node, html);
        }
    }
}

/// The depth is bounded by that of the JSON.
fn one(node: &Node, html: &mut String) {
    let attribute = |name| get(node, "attrs").and_then(|attributes| get(attributes, name));
    let kind = get(node, "type").and_then(Node::text).unwrap_or_default();
    let (open, close) = match kind {
        "text" => return text(node, html),
        "hardBreak" | "hard_break" => return html.push_str("<br>"),
        "heading" => match attribute("level").and_then(Node::number) {
            Some(level) if level < 1.5 => ("<h1>", "</h1>"),
            Some(level) if level < 2.5 => ("<h2>", "</h2>"),
            Some(level) if level < 3.5 => ("<h3>", "</h3>"),
            _ => ("<h4>", "</h4>"),
        },
        "paragraph" => ("<p>", "</p>"),
        "bulletList" | "bullet_list" | "orderedList" | "ordered_list" | "taskList" => ("<ul>", "</ul>"),
        "taskItem" if attribute("checked") == Some(&Node::Bool(true)) => {
            (r#"<li data-checked="true">"#, "</li>")
        }
        "taskItem" => (r#"<li data-checked="false">"#, "</li>"),
        "listItem" | "list_item" => ("<li>", "</li>"),
        "codeBlock" | "code_block" => ("<pre>", "</pre>"),
        "table" => ("<table>", "</table>"),
        "tableRow" | "table_row" => ("<tr>", "</tr>"),
        "tableCell" | "tableHeader" | "table_cell" | "table_header" => ("<td>", "</td>"),
        _ => ("", ""),
    };
    html.push_str(open);
    if let Some(content) = get(node, "content") {
        all(content, html);
    }
    html.push_str(close);
}

fn text(node: &Node, html: &mut String) {
    let Some(Node::Text(words)) = get(node, "text") else { return };
    let marks = match get(node, "marks") {
        Some(Node::List(marks)) => marks.as_slice(),
        _ => &[],
    };
    let is = |names: [&str; 2]| {
        marks
            .iter()
            .any(|mark| get(mark, "type").and_then(Node::text).is_some_and(|name| names.contains(&name)))
    };
    let tags =
        [(is(["bold", "strong"]), "strong"), (is(["italic", "em"]), "em"), (is(["code", "code"]), "code")];
    for (_, tag) in tags.iter().filter(|(is_on, _)| *is_on) {
        html.extend(["<", tag, ">"]);
    }
    escape_html(words, html);
    for (_, tag) in tags.iter().rev().filter(|(is_on, _)| *is_on) {
        html.extend(["</", tag, ">"]);
    }
}
