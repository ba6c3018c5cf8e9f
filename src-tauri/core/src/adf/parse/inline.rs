//! Parses inline nodes.

use serde_json::{Map, Value};

use super::super::inline::{Color, Date, Emoji, Inline, Inlines, Mention, Run, Status};
use super::super::invalid::{Fault, Invalid};
use super::super::text::{Link, Marks, Style, Text};
use super::node::{Attrs, Node, object};
use super::{nothing, text};

/// Whether nodes of this type stand in lines.
pub(super) fn is_inline(kind: &str) -> bool {
    matches!(kind, "text" | "hardBreak" | "mention" | "emoji" | "date" | "status" | "inlineCard")
}

/// Reads a line.
pub(super) fn line(content: Option<Vec<Value>>) -> Result<Inlines, Invalid> {
    let mut line = Inlines::new();
    for (index, value) in content.unwrap_or_default().into_iter().enumerate() {
        let read = object(value).and_then(|map| push(&mut line, map));
        read.map_err(|invalid| invalid.within("content", index))?;
    }
    Ok(line)
}

/// Reads the text of a code block.
pub(super) fn code(content: Option<Vec<Value>>) -> Result<Option<Text>, Invalid> {
    let mut code = String::new();
    for (index, value) in content.unwrap_or_default().into_iter().enumerate() {
        let read = object(value).and_then(|map| {
            if !is_text(&map) {
                return Err(Fault::misplaced(kind(&map), "a code block").here());
            }
            let (text, marks) = run(map)?;
            match (text, marks == Marks::default()) {
                (text, true) => Ok(text),
                (_, false) => Err(Fault::misplaced("marks", "a code block").here()),
            }
        });
        let text = read.map_err(|invalid| invalid.within("content", index))?;
        code.push_str(text.as_ref().map_or("", Text::as_str));
    }
    Ok(Text::new(code))
}

fn kind(map: &Map<String, Value>) -> &str {
    map.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn is_text(map: &Map<String, Value>) -> bool {
    kind(map) == "text"
}

fn push(line: &mut Inlines, map: Map<String, Value>) -> Result<(), Invalid> {
    if is_text(&map) {
        // Text of nothing but characters that XML cannot hold leaves nothing to add.
        if let (Some(text), marks) = run(map)? {
            line.push(Run { text, marks });
        }
        return Ok(());
    }
    let Node { kind, mut attrs, content } = Node::new(map)?;
    let inline = match kind.as_str() {
        "hardBreak" => {
            // The format has an attribute that can only say what a break is anyway.
            if attrs.text("text")?.is_some_and(|text| text.as_str() != "\n") {
                return Err(Fault::not_a("text", "a line break").here());
            }
            Inline::HardBreak
        }
        "mention" => Mention { id: attrs.needed("id")?, text: attrs.text("text")? }.into(),
        "emoji" => Emoji { short_name: attrs.needed("shortName")?, text: attrs.text("text")? }.into(),
        "date" => {
            let moment = attrs.needed("timestamp")?;
            let date = moment.as_str().parse().ok().and_then(Date::from_millisecond);
            date.ok_or(Fault::not_a("timestamp", "milliseconds, as text").here())?.into()
        }
        "status" => Status { text: attrs.needed("text")?, color: attrs.one_of("color", &Color::ALL)? }.into(),
        "inlineCard" => {
            let url = attrs.needed("url")?;
            match Link::new(url.as_str()) {
                Some(address) => Inline::Card(address),
                None => Run { text: url, marks: Marks::default() }.into(),
            }
        }
        kind => {
            return Err(if super::is_block(kind) {
                Fault::misplaced(kind, "a line")
            } else {
                Fault::unknown("the node", kind)
            }
            .here());
        }
    };
    attrs.finish()?;
    nothing(content)?;
    line.push(inline);
    Ok(())
}

/// Reads a text node; the text is absent if XML can hold nothing of it.
fn run(map: Map<String, Value>) -> Result<(Option<Text>, Marks), Invalid> {
    let (mut words, mut marks) = (None, Marks::default());
    for (name, value) in map {
        match (name.as_str(), value) {
            ("type", _) => {}
            ("text", Value::String(empty)) if empty.is_empty() => return Err(Fault::Empty("text").here()),
            ("text", value) => words = Some(text(value, "text")?),
            ("marks", Value::Array(list)) => marks = read_marks(list)?,
            ("marks", _) => return Err(Fault::not_a("marks", "a list").here()),
            (other, _) => return Err(Fault::unknown("the property", other).here()),
        }
    }
    Ok((words.ok_or(Fault::Missing("text").here())?, marks))
}

fn read_marks(list: Vec<Value>) -> Result<Marks, Invalid> {
    let mut marks = Marks::default();
    let mut linked = false;
    for (index, value) in list.into_iter().enumerate() {
        mark(&mut marks, &mut linked, value).map_err(|invalid| invalid.within("marks", index))?;
    }
    Ok(marks)
}

fn mark(marks: &mut Marks, linked: &mut bool, value: Value) -> Result<(), Invalid> {
    let Node { kind, mut attrs, content } = Node::of(value)?;
    nothing(content)?;
    let (style, name) = match kind.as_str() {
        "link" => {
            let href = attrs.string("href")?.ok_or(Fault::Missing("href").here())?;
            attrs.finish()?;
            if std::mem::replace(linked, true) {
                return Err(Fault::Marks("link").here());
            }
            marks.link = Link::new(&href);
            return Ok(());
        }
        "subsup" => shift(&mut attrs)?,
        "em" => (Style::EM, "em"),
        "strong" => (Style::STRONG, "strong"),
        "strike" => (Style::STRIKE, "strike"),
        "underline" => (Style::UNDERLINE, "underline"),
        "code" => (Style::CODE, "code"),
        kind => return Err(Fault::unknown("the mark", kind).here()),
    };
    attrs.finish()?;
    let both = marks.style.with(style);
    // Styles that exclude each other are not both there afterwards; a style twice says nothing new.
    if !both.has(marks.style) || !both.has(style) {
        return Err(Fault::Marks(name).here());
    }
    marks.style = both;
    Ok(())
}

fn shift(attrs: &mut Attrs) -> Result<(Style, &'static str), Invalid> {
    Ok((attrs.one_of("type", &[(Style::SUB, "sub"), (Style::SUP, "sup")])?, "subsup"))
}
