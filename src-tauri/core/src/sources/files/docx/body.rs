//! Converts the paragraphs, lists and tables of a Word document to HTML.

use std::collections::HashMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader};

use super::styles::{self, Style};
use crate::adf::escape_html;

/// Deepest list that is kept as one.
const MAX_DEPTH: u8 = 8;

/// Turns `word/document.xml` into HTML.
pub(super) fn to_html(
    xml: &str,
    styles: &HashMap<String, Style>,
    links: &HashMap<String, String>,
) -> Result<String, Error> {
    let mut body = Body::new(styles, links);
    let mut reader = Reader::from_str(xml);
    let mut skipped = 0_usize;
    loop {
        let event = reader.read_event()?;
        if skipped > 0 {
            match event {
                Event::Start(_) => skipped += 1,
                Event::End(_) => skipped -= 1,
                Event::Eof => break,
                _ => {}
            }
            continue;
        }
        match event {
            Event::Start(tag) if is_beside_the_text(tag.local_name().as_ref()) => skipped = 1,
            Event::Start(tag) => body.start(&tag),
            Event::Empty(tag) => {
                body.start(&tag);
                body.end(tag.local_name().as_ref());
            }
            Event::End(tag) => body.end(tag.local_name().as_ref()),
            Event::Text(text) if body.in_text => body.say(&text.xml10_content()),
            Event::GeneralRef(entity) if body.in_text => match entity.resolve_char_ref() {
                Ok(Some(c)) => body.say(c.encode_utf8(&mut [0; 4])),
                _ => body.say(quick_xml::escape::resolve_xml_entity(&entity).unwrap_or_default()),
            },
            Event::Eof => break,
            _ => {}
        }
    }
    body.close_lists(0);
    Ok(body.html)
}

/// Drawings, what was deleted or moved elsewhere, and what stands in for what an older Word cannot show.
fn is_beside_the_text(name: &str) -> bool {
    matches!(
        name,
        "drawing" | "pict" | "object" | "Fallback" | "del" | "moveFrom" | "instrText" | "tblPr" | "sectPr"
    )
}

/// How words are set.
#[derive(Clone, Copy, Default)]
struct Run {
    bold: bool,
    italic: bool,
    struck: bool,
}

struct Body<'a> {
    styles: &'a HashMap<String, Style>,
    links: &'a HashMap<String, String>,
    html: String,
    /// Lists that are open in `html`.
    lists: u8,
    /// The words of the open paragraph.
    line: String,
    style: Style,
    /// Whether a number of its own says that the paragraph is in a list, and how deep.
    numbered: Option<bool>,
    depth: Option<u8>,
    in_properties: bool,
    in_text: bool,
    run: Run,
    linked: bool,
}

impl<'a> Body<'a> {
    fn new(styles: &'a HashMap<String, Style>, links: &'a HashMap<String, String>) -> Self {
        Self {
            styles,
            links,
            html: String::new(),
            lists: 0,
            line: String::new(),
            style: Style::default(),
            numbered: None,
            depth: None,
            in_properties: false,
            in_text: false,
            run: Run::default(),
            linked: false,
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        let is_on = || {
            styles::value(tag, "val").is_none_or(|value| !matches!(value.as_str(), "0" | "false" | "none"))
        };
        match tag.local_name().as_ref() {
            "p" => {
                self.line.clear();
                (self.style, self.numbered, self.depth) = (Style::default(), None, None);
            }
            "pPr" => self.in_properties = true,
            "pStyle" => {
                let id = styles::value(tag, "val").unwrap_or_default();
                self.style = self.styles.get(&id).copied().unwrap_or_default();
            }
            "outlineLvl" if self.in_properties => {
                let level = styles::number(tag).filter(|level| *level < 6);
                self.style.heading = level.map(|level| level + 1).or(self.style.heading);
            }
            // The list with the number 0 is none.
            "numId" => self.numbered = Some(is_on()),
            "ilvl" => self.depth = styles::number(tag),
            "r" => self.run = Run::default(),
            "b" if !self.in_properties => self.run.bold = is_on(),
            "i" if !self.in_properties => self.run.italic = is_on(),
            "strike" if !self.in_properties => self.run.struck = is_on(),
            "t" => self.in_text = true,
            "br" | "cr" => self.line.push_str("<br>"),
            "tab" if !self.in_properties => self.line.push('\t'),
            "noBreakHyphen" => self.line.push('-'),
            "hyperlink" => {
                let address = styles::value(tag, "id").and_then(|id| self.links.get(&id));
                if let Some(address) = address {
                    self.line.push_str("<a href=\"");
                    escape_html(address, &mut self.line);
                    self.line.push_str("\">");
                    self.linked = true;
                }
            }
            "tbl" => {
                self.close_lists(0);
                self.html.push_str("<table>\n");
            }
            "tr" => self.html.push_str("<tr>"),
            "tc" => self.html.push_str("<td>"),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "p" => self.end_paragraph(),
            "pPr" => self.in_properties = false,
            "t" => self.in_text = false,
            "hyperlink" if self.linked => {
                self.line.push_str("</a>");
                self.linked = false;
            }
            "tbl" => self.html.push_str("</table>\n"),
            "tr" => self.html.push_str("</tr>\n"),
            "tc" => {
                self.close_lists(0);
                self.html.push_str("</td>");
            }
            _ => {}
        }
    }

    fn say(&mut self, words: &str) {
        let marks = [(self.run.bold, "strong"), (self.run.italic, "em"), (self.run.struck, "s")];
        for (_, tag) in marks.iter().filter(|(is_on, _)| *is_on) {
            self.line.extend(["<", tag, ">"]);
        }
        // Teams sets names apart from times by spaces, which HTML would make one of.
        let bare = words.trim_end_matches(' ');
        escape_html(bare, &mut self.line);
        match words.len() - bare.len() {
            0 => {}
            1 => self.line.push(' '),
            _ => self.line.push('\t'),
        }
        for (_, tag) in marks.iter().rev().filter(|(is_on, _)| *is_on) {
            self.line.extend(["</", tag, ">"]);
        }
    }

    fn end_paragraph(&mut self) {
        let line = std::mem::take(&mut self.line);
        let is_listed = self.numbered.unwrap_or(self.style.list.is_some());
        if is_listed && self.style.heading.is_none() {
            let depth = self.depth.or(self.style.list).unwrap_or_default().min(MAX_DEPTH - 1) + 1;
            self.close_lists(depth);
            if self.lists == depth {
                self.html.push_str("</li><li>");
            }
            while self.lists < depth {
                self.html.push_str("<ul><li>");
                self.lists += 1;
            }
            self.html.push_str(&line);
            self.html.push('\n');
            return;
        }
        self.close_lists(0);
        let tag = match self.style.heading {
            Some(1) => "h1",
            Some(2) => "h2",
            Some(3) => "h3",
            Some(4) => "h4",
            Some(5) => "h5",
            Some(_) => "h6",
            None => "p",
        };
        self.html.extend(["<", tag, ">", &line, "</", tag, ">\n"]);
    }

    /// Closes lists until this many are open.
    fn close_lists(&mut self, depth: u8) {
        while self.lists > depth {
            self.html.push_str("</li></ul>\n");
            self.lists -= 1;
        }
    }
}
