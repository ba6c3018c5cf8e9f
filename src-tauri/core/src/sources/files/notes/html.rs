//! Converts HTML to Markdown parser events, so that one outline reads both. A single pass over the tags: missing and
//! misplaced end tags are repaired as browsers do it, and the nesting depth is bounded.

use std::ops::Range;

use html5gum::{DefaultEmitter, EndTag, StartTag, Token, Tokenizer};
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

mod elements;

use elements::{Element, attribute, is_block, is_bold, is_hidden};

/// Most elements that are open at once; deeper ones are read as if they were not there.
const MAX_OPEN: usize = 100;

/// Whether a text is HTML: it starts with a tag of a page or of its text.
pub(in super::super) fn begins(text: &str) -> bool {
    const FIRST: [&str; 25] = [
        "!doctype", "html", "head", "body", "meta", "title", "style", "div", "section", "article", "main",
        "header", "p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "span", "b", "strong", "link", "?xml",
    ];
    let mut text = text.trim_start();
    while let Some(comment) = text.strip_prefix("<!--") {
        text = comment.split_once("-->").map_or("", |(_, rest)| rest.trim_start());
    }
    let Some(tag) = text.strip_prefix('<') else { return false };
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
    let is_first = FIRST.iter().any(|first| first.eq_ignore_ascii_case(&tag[..end]));
    // A Markdown file may start with a tag; its headings and lists are not HTML.
    is_first && (end > 4 || tag[..end].eq_ignore_ascii_case("html") || text.contains("</"))
}

/// What a page says of itself: the words of its `title`.
pub(super) fn title(html: &str) -> Option<String> {
    let mut tokens = tokenizer(html);
    let mut inside = false;
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) if *tag.name == b"title" => inside = true,
            Token::String(text) if inside => {
                return Some(String::from_utf8_lossy(&text.value).trim().to_owned());
            }
            Token::EndTag(_) if inside => return None,
            Token::StartTag(tag) if *tag.name == b"body" => return None,
            _ => {}
        }
    }
    None
}

/// The words of HTML, a line for each line that a browser shows.
pub(super) fn lines(html: &str) -> String {
    let mut lines = String::new();
    events(html, |event, _| match event {
        Event::Text(words) => lines.push_str(&words),
        Event::HardBreak
        | Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableRow | Tag::List(_))
        | Event::End(
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::List(_) | TagEnd::Table,
        ) if !lines.ends_with('\n') => {
            lines.push('\n');
        }
        _ => {}
    });
    lines
}

/// Hands over the events, each with the byte range of its tag or text in the source.
pub(super) fn events(html: &str, take: impl FnMut(Event<'static>, Range<usize>)) {
    let mut reader = Reader { take, open: Vec::new(), hidden: None, spaced: true, rows: 0 };
    let mut tokens = tokenizer(html);
    while let Some(Ok(token)) = tokens.next() {
        match token {
            Token::StartTag(tag) => reader.start(&tag, tag.span.start..tag.span.end),
            Token::EndTag(tag) => reader.end(&tag),
            Token::String(text) if reader.hidden.is_none() => {
                reader.words(&String::from_utf8_lossy(&text.value), &(text.span.start..text.span.end));
            }
            _ => {}
        }
    }
    reader.close_to(0, &(html.len()..html.len()));
}

fn tokenizer(html: &str) -> Tokenizer<html5gum::StringReader<'_>, DefaultEmitter<usize>> {
    let mut emitter = DefaultEmitter::new_with_span();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter)
}

struct Reader<F> {
    take: F,
    open: Vec<Element>,
    /// The element of which nothing is shown, while it is open.
    hidden: Option<Vec<u8>>,
    /// Whether the words so far end with a space or a line's end, so that another space would not show.
    spaced: bool,
    /// Rows of the table so far.
    rows: usize,
}

impl<F: FnMut(Event<'static>, Range<usize>)> Reader<F> {
    fn say(&mut self, event: Event<'static>, range: &Range<usize>) {
        (self.take)(event, range.clone());
    }

    fn has(&self, wanted: Element) -> bool {
        self.open.contains(&wanted)
    }

    fn push(&mut self, open: Element, tag: Tag<'static>, range: &Range<usize>) {
        if self.open.len() < MAX_OPEN {
            self.open.push(open);
            self.say(Event::Start(tag), range);
            self.spaced = true;
        }
    }

    /// Closes everything above this depth.
    fn close_to(&mut self, depth: usize, range: &Range<usize>) {
        while self.open.len() > depth {
            if let Some(end) = self.open.pop().and_then(Element::end) {
                self.spaced |= end != TagEnd::Strong;
                self.say(Event::End(end), range);
            }
        }
    }

    /// Closes the innermost of these, and what is open in it, unless a `wall` stands before it.
    fn close(&mut self, is_it: impl Fn(Element) -> bool, wall: &[Element], range: &Range<usize>) -> bool {
        let found = self.open.iter().rposition(|open| is_it(*open));
        let walled = self.open.iter().rposition(|open| wall.contains(open));
        match found {
            Some(at) if walled.is_none_or(|wall| wall < at) => {
                self.close_to(at, range);
                true
            }
            _ => false,
        }
    }

    /// Ends the line that words stand in.
    fn end_line(&mut self, range: &Range<usize>) {
        if self.has(Element::Table) {
            self.break_line(range);
        } else {
            self.close(Element::is_line, &[Element::Item], range);
        }
    }

    fn break_line(&mut self, range: &Range<usize>) {
        if !self.spaced {
            self.say(Event::HardBreak, range);
            self.spaced = true;
        }
    }

    fn start(&mut self, tag: &StartTag<usize>, range: Range<usize>) {
        let name = tag.name.as_slice();
        if self.hidden.is_some() {
            return;
        }
        if is_hidden(name) {
            // A drawing that holds nothing is not waited for.
            self.hidden = (!(tag.self_closing && name == b"svg")).then(|| name.to_vec());
            return;
        }
        if self.start_inline(name, tag, &range) || self.start_table(name, tag, &range) {
            return;
        }
        if self.has(Element::Table) {
            if is_block(name) {
                self.break_line(&range);
            }
            return;
        }
        match name {
            b"ul" | b"ol" | b"menu" => {
                self.end_line(&range);
                self.push(Element::List, Tag::List(None), &range);
            }
            b"li" => {
                self.close(|open| open == Element::Item, &[Element::List], &range);
                if self.open.last() != Some(&Element::List) {
                    self.end_line(&range);
                    self.push(Element::List, Tag::List(None), &range);
                }
                self.push(Element::Item, Tag::Item, &range);
                if let Some(checked) = attribute(tag, b"data-checked") {
                    self.say(Event::TaskListMarker(checked == "true"), &range);
                }
            }
            [b'h', digit @ b'1'..=b'6'] => {
                self.end_line(&range);
                let level = HeadingLevel::try_from(usize::from(digit - b'0')).unwrap_or(HeadingLevel::H6);
                let tag = Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() };
                self.push(Element::Heading(level), tag, &range);
            }
            b"pre" => {
                self.end_line(&range);
                self.push(Element::Code, Tag::Paragraph, &range);
            }
            b"p" => {
                self.end_line(&range);
                self.push(Element::Paragraph, Tag::Paragraph, &range);
            }
            name if is_block(name) => {
                self.end_line(&range);
                // Words of an entry may stand in it without a paragraph.
                if self.open.last() == Some(&Element::Item) {
                    self.break_line(&range);
                }
            }
            _ => {}
        }
    }

    fn start_inline(&mut self, name: &[u8], tag: &StartTag<usize>, range: &Range<usize>) -> bool {
        match name {
            // Google's clipboard wraps everything in such an element.
            b"b" if attribute(tag, b"style").is_some_and(|style| style.contains("font-weight:normal")) => {}
            b"b" | b"strong" => {
                let name = if name == b"b" { "b" } else { "strong" };
                self.start_line(range);
                self.strong(name, range);
            }
            b"span" if is_bold(tag) => {
                self.start_line(range);
                self.strong("span", range);
            }
            b"span" => {
                if self.open.len() < MAX_OPEN {
                    self.open.push(Element::Span);
                }
            }
            b"i" | b"em" | b"u" | b"s" | b"del" | b"code" | b"a" | b"mark" => {
                if self.open.iter().any(|open| open.is_line() || *open == Element::Item) {
                    self.say(Event::Start(Tag::Emphasis), range);
                }
            }
            b"br" => {
                self.say(Event::HardBreak, range);
                self.spaced = true;
            }
            b"input" => {
                let is_box =
                    attribute(tag, b"type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox"));
                if is_box && self.has(Element::Item) {
                    let checked = attribute(tag, b"checked").is_some();
                    self.say(Event::TaskListMarker(checked), range);
                }
            }
            _ => return false,
        }
        true
    }

    fn strong(&mut self, name: &'static str, range: &Range<usize>) {
        if self.open.len() < MAX_OPEN {
            self.open.push(Element::Strong(name));
            self.say(Event::Start(Tag::Strong), range);
        }
    }

    fn start_table(&mut self, name: &[u8], tag: &StartTag<usize>, range: &Range<usize>) -> bool {
        let inside = self.has(Element::Table);
        match name {
            // Mail programs lay pages out with tables.
            b"table" if attribute(tag, b"role").is_some_and(|role| role == "presentation") => {
                self.end_line(range);
            }
            b"table" if !inside && !self.has(Element::Item) => {
                self.end_line(range);
                self.push(Element::Table, Tag::Table(Vec::new()), range);
                self.rows = 0;
            }
            b"tr" if inside => {
                self.close(|open| open == Element::Row, &[Element::Table], range);
                // The first row names the columns.
                let head = if self.rows == 0 { Tag::TableHead } else { Tag::TableRow };
                self.push(Element::Row, head, range);
                self.rows += 1;
            }
            b"td" | b"th" if inside => {
                self.close(|open| open == Element::Cell, &[Element::Row], range);
                if self.open.last() == Some(&Element::Row) {
                    self.push(Element::Cell, Tag::TableCell, range);
                }
            }
            _ => return false,
        }
        true
    }

    fn end(&mut self, tag: &EndTag<usize>) {
        let (name, range) = (tag.name.as_slice(), tag.span.start..tag.span.end);
        if let Some(hidden) = &self.hidden {
            if hidden == name {
                self.hidden = None;
            }
            return;
        }
        let range = &range;
        let block = [Element::Item, Element::Cell];
        match name {
            b"b" | b"strong" | b"span" => {
                let is_it = |open| match open {
                    Element::Strong(by) => by.as_bytes() == name,
                    Element::Span => name == b"span",
                    _ => false,
                };
                let line = self.open.iter().rposition(|open| open.is_line() || block.contains(open));
                if self.open.iter().rposition(|open| is_it(*open)) > line {
                    self.close(is_it, &block, range);
                }
            }
            b"td" | b"th" => _ = self.close(|open| open == Element::Cell, &[Element::Table], range),
            b"tr" => _ = self.close(|open| open == Element::Row, &[Element::Table], range),
            b"table" => _ = self.close(|open| open == Element::Table, &[], range),
            name if self.has(Element::Table) && is_block(name) => self.break_line(range),
            _ if self.has(Element::Table) => {}
            b"ul" | b"ol" | b"menu" => _ = self.close(|open| open == Element::List, &[], range),
            b"li" => _ = self.close(|open| open == Element::Item, &[Element::List], range),
            name if is_block(name) => self.end_line(range),
            _ => {}
        }
    }

    /// Words outside of any element that holds them stand in a paragraph of their own.
    fn start_line(&mut self, range: &Range<usize>) {
        let holds = |open: &Element| open.is_line() || matches!(open, Element::Item | Element::Table);
        if !self.open.iter().any(holds) {
            self.push(Element::Paragraph, Tag::Paragraph, range);
        }
    }

    fn words(&mut self, text: &str, range: &Range<usize>) {
        if self.has(Element::Table) && !self.has(Element::Cell) {
            return;
        }
        if self.has(Element::Code) {
            return self.say(Event::Text(text.to_owned().into()), range);
        }
        if text.trim().is_empty()
            && (self.spaced || !self.open.iter().any(|open| open.is_line() || *open == Element::Item))
        {
            return;
        }
        self.start_line(range);
        let mut words = String::with_capacity(text.len());
        for c in text.chars() {
            // Tabs tell a name from a time; a browser would show a space.
            let is_space = c.is_whitespace();
            if !(is_space && self.spaced) {
                words.push(if is_space && c != '\t' { ' ' } else { c });
            }
            self.spaced = is_space;
        }
        if !words.is_empty() {
            self.say(Event::Text(words.into()), range);
        }
    }
}
