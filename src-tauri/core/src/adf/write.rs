//! Serialises documents to ADF's JSON. Attributes with their default value are omitted.
//!
//! Written by hand instead of derived: brackets, names and type of a node are one string literal, which makes large
//! documents several times faster to serialise.

use std::fmt::Write as _;

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::Value;

use super::Document;
use super::block::{
    Cell, CodeBlock, DecisionItem, DecisionList, Heading, List, ListItem, Numbering, OneOrMore, Panel,
    Paragraph, Quote, Row, Rule, Table, Task, TaskItem, TaskList, TaskState,
};
use super::inline::{Inline, Inlines, Run};
use super::text::{Marks, Style, Text, has_byte};

impl Document {
    /// The document as JSON, as Confluence's `atlas_doc_format` wants it (inside a string).
    pub fn to_json(&self) -> String {
        // Room for short blocks at once, so that a long document is not moved for each time its size doubles.
        let mut json = String::with_capacity(64 + self.content.len() * 512);
        json.push_str(r#"{"version":1,"type":"doc","content":"#);
        self.content.write(&mut json);
        json.push('}');
        json
    }
}

/// A document travels inside other values as what it is, not as a text.
impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: Value = serde_json::from_str(&self.to_json()).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

/// What has a form in JSON.
pub(super) trait Write {
    fn write(&self, json: &mut String);
}

/// Writes things with commas between them.
fn write_all<'a, T: Write + 'a>(all: impl IntoIterator<Item = &'a T>, json: &mut String) {
    json.push('[');
    let mut first = true;
    for one in all {
        if !std::mem::take(&mut first) {
            json.push(',');
        }
        one.write(json);
    }
    json.push(']');
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, json: &mut String) {
        write_all(self, json);
    }
}

impl<T: Write> Write for OneOrMore<T> {
    fn write(&self, json: &mut String) {
        write_all(self.iter(), json);
    }
}

/// Writes the content and the end of a node.
fn end(content: &impl Write, json: &mut String) {
    json.push_str(r#","content":"#);
    content.write(json);
    json.push('}');
}

/// Writes the content, if there is any, and the end of a node that holds a line.
fn end_line(line: &Inlines, json: &mut String) {
    if !line.is_empty() {
        json.push_str(r#","content":"#);
        write_all(line, json);
    }
    json.push('}');
}

/// Writes text between quotation marks.
fn quoted(text: &str, json: &mut String) {
    json.push('"');
    unquoted(text, json);
    json.push('"');
}

/// Writes text as it stands between quotation marks.
fn unquoted(text: &str, json: &mut String) {
    // Most text needs nothing escaped.
    if has_byte(text, |b| b < 0x20 || b == b'"' || b == b'\\') {
        escaped(text, json);
    } else {
        json.push_str(text);
    }
}

/// Writes text with backslashes. All characters that JSON asks to be escaped are one byte long.
fn escaped(text: &str, json: &mut String) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            // No other control character gets into a text.
            _ => continue,
        };
        json.push_str(&text[from..at]);
        json.push_str(escaped);
        from = at + 1;
    }
    json.push_str(&text[from..]);
}

fn number(number: impl Into<u64>, json: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(json, "{}", number.into());
}

impl Write for Paragraph {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"paragraph""#);
        end_line(&self.0, json);
    }
}

impl Write for Heading {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"heading","attrs":{"level":"#);
        number(self.level.get(), json);
        json.push('}');
        end_line(&self.content, json);
    }
}

impl Write for List {
    fn write(&self, json: &mut String) {
        match self.numbering {
            Numbering::Bullets => json.push_str(r#"{"type":"bulletList""#),
            Numbering::From(order) => {
                json.push_str(r#"{"type":"orderedList","attrs":{"order":"#);
                number(order, json);
                json.push('}');
            }
        }
        end(&self.items, json);
    }
}

impl Write for ListItem {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"listItem""#);
        end(&self.0, json);
    }
}

impl Write for TaskList {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"taskList","attrs":{"localId":"#);
        quoted(self.local_id.as_str(), json);
        json.push_str(r#"},"content":"#);
        write_all(self.tasks(), json);
        json.push('}');
    }
}

impl Write for Task {
    fn write(&self, json: &mut String) {
        match self {
            Self::Item(item) => item.write(json),
            Self::Nested(list) => list.write(json),
        }
    }
}

impl TaskState {
    fn name(self) -> &'static str {
        match self {
            Self::Todo => "TODO",
            Self::Done => "DONE",
        }
    }
}

impl Write for TaskItem {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"taskItem","attrs":{"localId":"#);
        quoted(self.local_id.as_str(), json);
        json.push_str(r#","state":"#);
        quoted(self.state.name(), json);
        json.push('}');
        end_line(&self.content, json);
    }
}

impl Write for DecisionList {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"decisionList","attrs":{"localId":"#);
        quoted(self.local_id.as_str(), json);
        json.push('}');
        end(&self.items, json);
    }
}

impl Write for DecisionItem {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"decisionItem","attrs":{"localId":"#);
        quoted(self.local_id.as_str(), json);
        json.push_str(r#","state":"DECIDED"}"#);
        end_line(&self.content, json);
    }
}

impl Write for Quote {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"blockquote""#);
        end(&self.0, json);
    }
}

impl Write for CodeBlock {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"codeBlock""#);
        if let Some(language) = &self.language {
            json.push_str(r#","attrs":{"language":"#);
            quoted(language.as_str(), json);
            json.push('}');
        }
        if let Some(code) = &self.code {
            json.push_str(r#","content":[{"type":"text","text":"#);
            quoted(code.as_str(), json);
            json.push_str("}]");
        }
        json.push('}');
    }
}

impl Write for Rule {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"rule"}"#);
    }
}

impl Write for Panel {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"panel","attrs":{"panelType":"#);
        quoted(self.kind.name(), json);
        json.push('}');
        end(&self.content, json);
    }
}

impl Write for Table {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"table""#);
        end(&self.0, json);
    }
}

impl Write for Row {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"tableRow""#);
        end(&self.0, json);
    }
}

impl Write for Cell {
    fn write(&self, json: &mut String) {
        json.push_str(if self.header { r#"{"type":"tableHeader""# } else { r#"{"type":"tableCell""# });
        let mut attrs = Vec::new();
        for (name, cells) in [("colspan", self.colspan.get()), ("rowspan", self.rowspan.get())] {
            if cells > 1 {
                attrs.push(format!(r#""{name}":{cells}"#));
            }
        }
        if !self.colwidth.is_empty() {
            let widths: Vec<String> = self.colwidth.iter().map(u32::to_string).collect();
            attrs.push(format!(r#""colwidth":[{}]"#, widths.join(",")));
        }
        if !attrs.is_empty() {
            json.push_str(r#","attrs":{"#);
            json.push_str(&attrs.join(","));
            json.push('}');
        }
        end(&self.content, json);
    }
}

impl Write for Inline {
    fn write(&self, json: &mut String) {
        match self {
            Self::Text(run) => return run.write(json),
            Self::HardBreak => return json.push_str(r#"{"type":"hardBreak"}"#),
            Self::Mention(mention) => {
                json.push_str(r#"{"type":"mention","attrs":{"id":"#);
                quoted(mention.id.as_str(), json);
                write_text(mention.text.as_ref(), json);
            }
            Self::Emoji(emoji) => {
                json.push_str(r#"{"type":"emoji","attrs":{"shortName":"#);
                quoted(emoji.short_name.as_str(), json);
                write_text(emoji.text.as_ref(), json);
            }
            Self::Date(date) => {
                json.push_str(r#"{"type":"date","attrs":{"timestamp":"#);
                quoted(&date.as_millisecond().to_string(), json);
            }
            Self::Status(status) => {
                json.push_str(r#"{"type":"status","attrs":{"text":"#);
                quoted(status.text.as_str(), json);
                json.push_str(r#","color":"#);
                quoted(status.color.name(), json);
            }
            Self::Card(link) => {
                json.push_str(r#"{"type":"inlineCard","attrs":{"url":"#);
                quoted(link.as_str(), json);
            }
        }
        json.push_str("}}");
    }
}

/// Writes the attribute for what is shown, if there is one.
fn write_text(text: Option<&Text>, json: &mut String) {
    if let Some(text) = text {
        json.push_str(r#","text":"#);
        quoted(text.as_str(), json);
    }
}

impl Write for Run {
    fn write(&self, json: &mut String) {
        json.push_str(r#"{"type":"text","text":""#);
        unquoted(self.text.as_str(), json);
        if self.marks.style.is_plain() && self.marks.link.is_none() {
            return json.push_str(r#""}"#);
        }
        json.push_str(r#"","marks":["#);
        write_marks(&self.marks, json);
        json.push_str("]}");
    }
}

/// Writes marks in the order in which editors keep them.
fn write_marks(marks: &Marks, json: &mut String) {
    const MARKS: [(Style, &str); 7] = [
        (Style::EM, r#"{"type":"em"}"#),
        (Style::STRONG, r#"{"type":"strong"}"#),
        (Style::STRIKE, r#"{"type":"strike"}"#),
        (Style::SUB, r#"{"type":"subsup","attrs":{"type":"sub"}}"#),
        (Style::SUP, r#"{"type":"subsup","attrs":{"type":"sup"}}"#),
        (Style::UNDERLINE, r#"{"type":"underline"}"#),
        (Style::CODE, r#"{"type":"code"}"#),
    ];
    let mut comma = "";
    if let Some(link) = &marks.link {
        json.push_str(r#"{"type":"link","attrs":{"href":"#);
        quoted(link.as_str(), json);
        json.push_str("}}");
        comma = ",";
    }
    for (_, mark) in MARKS.iter().filter(|(style, _)| marks.style.has(*style)) {
        json.push_str(comma);
        json.push_str(mark);
        comma = ",";
    }
}
