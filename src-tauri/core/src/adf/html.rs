//! Converts HTML to a document: exports of meeting tools, and HTML inside of Markdown. A single pass over the tags without
//! a tree, so that the cost is linear however deep they nest. Scripts, styles and other elements that a browser does
//! not render are skipped.

use std::num::NonZeroU16;

use html5gum::{StartTag, State, Token, Tokenizer};

use super::Document;
use super::block::{Level, Numbering, Rule, TaskState};
use super::build::{Builder, Frame, Kind, Span};
use super::text::{Link, Style};

/// Most columns that a cell may take; more is not meant to be seen.
const MAX_COLUMNS: u16 = 50;

/// Reads HTML, a whole page or a piece of one. Tasks and the lists they stand in are named by `local_ids`.
pub fn from_html(html: &str, local_ids: &mut impl FnMut() -> String) -> Document {
    let mut builder = Builder::new(local_ids);
    read(&mut builder, html);
    builder.finish()
}

/// Adds what HTML says to a document. What it leaves open stays open.
pub(super) fn read(builder: &mut Builder<'_>, html: &str) {
    let mut tokens = Tokenizer::new(html);
    let mut hidden: Option<Vec<u8>> = None;
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) if hidden.is_none() => {
                if let Some(state) = raw(&tag.name) {
                    tokens.set_state(state);
                }
                if is_hidden(&tag.name) {
                    hidden = Some(tag.name.0);
                } else {
                    start(builder, &tag);
                }
            }
            Token::EndTag(tag) => match &hidden {
                Some(name) if *name == tag.name.0 => hidden = None,
                Some(_) => {}
                None => end(builder, &tag.name),
            },
            Token::String(text) if hidden.is_none() => words(builder, &String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
}

/// How the content of an element is read that holds no tags.
fn raw(name: &[u8]) -> Option<State> {
    match name {
        b"script" => Some(State::ScriptData),
        b"style" | b"iframe" | b"xmp" | b"noembed" | b"noframes" => Some(State::RawText),
        b"title" | b"textarea" => Some(State::RcData),
        _ => None,
    }
}

/// Elements of which browsers show nothing.
fn is_hidden(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"iframe" | b"noembed" | b"noframes" | b"title" | b"template")
}

fn words(builder: &mut Builder<'_>, text: &str) {
    match builder.code() {
        // A line break right after the tag is not part of the code.
        Some(code) if code.is_empty() => code.push_str(text.strip_prefix('\n').unwrap_or(text)),
        Some(code) => code.push_str(text),
        None => builder.line().words(text),
    }
}

fn start(builder: &mut Builder<'_>, tag: &StartTag<()>) {
    let name = tag.name.as_slice();
    if let Some(style) = style(name) {
        return builder.line().begin(style);
    }
    if let Some(level) = heading(name) {
        builder.open(Frame::Heading(level));
        return;
    }
    let frame = match name {
        b"a" => {
            let link = attribute(tag, b"href").and_then(|href| Link::new(&href));
            builder.line().end_links();
            return builder.line().begin_link(link);
        }
        b"br" => {
            match builder.code() {
                Some(code) => code.push('\n'),
                None => builder.line().hard_break(),
            }
            return;
        }
        b"hr" => return builder.block(Rule),
        b"img" => return image(builder, tag),
        b"input" => {
            if attribute(tag, b"type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox")) {
                builder.check_box(state(attribute(tag, b"checked").is_some()));
            }
            return;
        }
        b"ul" | b"menu" | b"dir" => Frame::list(Numbering::Bullets),
        b"ol" => {
            let first = attribute(tag, b"start").and_then(|first| first.trim().parse().ok());
            Frame::list(Numbering::From(first.unwrap_or(1)))
        }
        b"li" => {
            let checked = attribute(tag, b"data-checked");
            Frame::item(checked.map(|checked| state(checked == "true")))
        }
        b"blockquote" => Frame::quote(),
        b"pre" | b"listing" | b"xmp" => Frame::code(""),
        b"table" => Frame::table(),
        b"tr" => Frame::row(),
        b"td" | b"th" => {
            let columns = attribute(tag, b"colspan").and_then(|columns| columns.trim().parse().ok());
            let columns = columns.map_or(1, |columns: u16| columns.clamp(1, MAX_COLUMNS));
            let columns = NonZeroU16::new(columns).unwrap_or(NonZeroU16::MIN);
            Frame::cell(Span { header: name == b"th", columns })
        }
        name if is_block(name) => return builder.end_line(),
        _ => return,
    };
    builder.open(frame);
}

fn end(builder: &mut Builder<'_>, name: &[u8]) {
    if let Some(style) = style(name) {
        return builder.line().end(style);
    }
    if heading(name).is_some() {
        return builder.close(Kind::Heading);
    }
    match name {
        b"a" => builder.line().end_links(),
        b"ul" | b"ol" | b"menu" | b"dir" => builder.close(Kind::List),
        b"li" => builder.close(Kind::Item),
        b"blockquote" => builder.close(Kind::Quote),
        b"pre" | b"listing" | b"xmp" => builder.close(Kind::Code),
        b"table" => builder.close(Kind::Table),
        b"tr" => builder.close(Kind::Row),
        b"td" | b"th" => builder.close(Kind::Cell),
        name if is_block(name) => builder.end_line(),
        _ => {}
    }
}

/// An image is a link to it, in the words that stand for it. An image without such words is an ornament.
fn image(builder: &mut Builder<'_>, tag: &StartTag<()>) {
    let Some(words) = attribute(tag, b"alt").filter(|words| !words.trim().is_empty()) else { return };
    let line = builder.line();
    line.begin_link(attribute(tag, b"src").and_then(|address| Link::new(&address)));
    line.words(&words);
    line.end_link();
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned())
}

fn state(done: bool) -> TaskState {
    if done { TaskState::Done } else { TaskState::Todo }
}

fn style(name: &[u8]) -> Option<Style> {
    Some(match name {
        b"b" | b"strong" => Style::STRONG,
        b"i" | b"em" | b"cite" | b"dfn" | b"var" => Style::EM,
        b"u" | b"ins" => Style::UNDERLINE,
        b"s" | b"del" | b"strike" => Style::STRIKE,
        b"sub" => Style::SUB,
        b"sup" => Style::SUP,
        b"code" | b"kbd" | b"samp" | b"tt" => Style::CODE,
        _ => return None,
    })
}

fn heading(name: &[u8]) -> Option<Level> {
    match name {
        [b'h', digit @ b'1'..=b'6'] => Level::new(digit - b'0'),
        _ => None,
    }
}

/// Elements that begin on a line of their own.
fn is_block(name: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 37] = [
        b"address",
        b"article",
        b"aside",
        b"body",
        b"caption",
        b"center",
        b"dd",
        b"details",
        b"dialog",
        b"div",
        b"dl",
        b"dt",
        b"fieldset",
        b"figcaption",
        b"figure",
        b"footer",
        b"form",
        b"head",
        b"header",
        b"hgroup",
        b"html",
        b"legend",
        b"main",
        b"nav",
        b"optgroup",
        b"option",
        b"p",
        b"search",
        b"section",
        b"select",
        b"summary",
        b"tbody",
        b"textarea",
        b"tfoot",
        b"thead",
        b"video",
        b"audio",
    ];
    BLOCKS.contains(&name)
}
