//! Converts Markdown to a document: `CommonMark` with tables, strikethrough, task lists, footnotes and GitHub's alerts.
//! Syntax without an ADF equivalent stays as text.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::Document;
use super::block::{Level, Numbering, PanelKind, Rule, TaskState};
use super::build::{Builder, Frame, Outside, Span};
use super::html;
use super::text::{Link, Style};

/// Reads Markdown. Tasks and the lists they stand in are named by `local_ids`.
pub fn from_markdown(markdown: &str, local_ids: &mut impl FnMut() -> String) -> Document {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    let mut reader = Reader {
        builder: Builder::new(local_ids),
        open: Vec::new(),
        addresses: Vec::new(),
        html: String::new(),
        header: false,
        goes_on: false,
    };
    reader.read(Parser::new_ext(markdown, options));
    reader.builder.finish()
}

struct Reader<'a, 'b> {
    builder: Builder<'b>,
    open: Vec<Outside>,
    /// The links and images that are open, each with how much was written before it.
    addresses: Vec<(CowStr<'a>, usize)>,
    /// The HTML block that is being read.
    html: String,
    /// Whether the cells of this row are headers.
    header: bool,
    /// Whether the next paragraph goes on with the line that has begun.
    goes_on: bool,
}

impl<'a> Reader<'a, '_> {
    /// Reads all events. Each is large, and is looked at where it is rather than handed over.
    fn read(&mut self, events: Parser<'a>) {
        for event in events {
            match &event {
                Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                    self.builder.text(text);
                }
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(*tag),
                Event::Code(code) => {
                    let line = self.builder.line();
                    line.begin(Style::CODE);
                    line.text(code);
                    line.end(Style::CODE);
                }
                Event::SoftBreak => self.builder.text(" "),
                Event::HardBreak => self.builder.line().hard_break(),
                Event::Rule => self.builder.block(Rule),
                Event::Html(html) => self.html.push_str(html),
                Event::InlineHtml(tag) => html::read(&mut self.builder, tag),
                Event::TaskListMarker(done) => {
                    self.builder.check_box(if *done { TaskState::Done } else { TaskState::Todo });
                }
                Event::FootnoteReference(name) => self.footnote(name, ""),
            }
        }
    }

    fn start(&mut self, tag: &Tag<'a>) {
        let frame = match tag {
            Tag::Paragraph => {
                if !std::mem::take(&mut self.goes_on) {
                    self.builder.end_line();
                }
                return;
            }
            Tag::Emphasis => return self.builder.line().begin(Style::EM),
            Tag::Strong => return self.builder.line().begin(Style::STRONG),
            Tag::Strikethrough => return self.builder.line().begin(Style::STRIKE),
            Tag::Superscript => return self.builder.line().begin(Style::SUP),
            Tag::Subscript => return self.builder.line().begin(Style::SUB),
            Tag::Link { link_type, dest_url, .. } => {
                let link = match link_type {
                    LinkType::Email => Link::new(&format!("mailto:{dest_url}")),
                    _ => Link::new(dest_url),
                };
                return self.begin_link(dest_url.clone(), link);
            }
            Tag::Image { dest_url, .. } => {
                let link = Link::new(dest_url);
                return self.begin_link(dest_url.clone(), link);
            }
            Tag::FootnoteDefinition(name) => {
                self.builder.end_line();
                self.footnote(name, " ");
                self.goes_on = true;
                return;
            }
            Tag::Heading { level, .. } => match Level::new(*level as u8) {
                Some(level) => Frame::Heading(level),
                None => return,
            },
            Tag::BlockQuote(None) => Frame::quote(),
            Tag::BlockQuote(Some(kind)) => Frame::panel(match kind {
                BlockQuoteKind::Note => PanelKind::Info,
                BlockQuoteKind::Tip => PanelKind::Tip,
                BlockQuoteKind::Important => PanelKind::Note,
                BlockQuoteKind::Warning => PanelKind::Warning,
                BlockQuoteKind::Caution => PanelKind::Error,
            }),
            Tag::CodeBlock(CodeBlockKind::Indented) => Frame::code(""),
            Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                Frame::code(info.split([' ', '\t', ',']).next().unwrap_or_default())
            }
            Tag::List(first) => Frame::list(match first {
                None => Numbering::Bullets,
                Some(first) => Numbering::From(u32::try_from(*first).unwrap_or(u32::MAX)),
            }),
            Tag::Item => Frame::item(None),
            Tag::Table(_) => Frame::table(),
            Tag::TableHead | Tag::TableRow => {
                self.header = matches!(tag, Tag::TableHead);
                Frame::row()
            }
            Tag::TableCell => Frame::cell(Span { header: self.header, ..Span::default() }),
            Tag::HtmlBlock
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => return self.builder.end_line(),
        };
        self.open.push(self.builder.open_firmly(frame));
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.builder.line().end(Style::EM),
            TagEnd::Strong => self.builder.line().end(Style::STRONG),
            TagEnd::Strikethrough => self.builder.line().end(Style::STRIKE),
            TagEnd::Superscript => self.builder.line().end(Style::SUP),
            TagEnd::Subscript => self.builder.line().end(Style::SUB),
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::Paragraph
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::MetadataBlock(_) => self.end_line(),
            TagEnd::HtmlBlock => {
                let html = std::mem::take(&mut self.html);
                html::read(&mut self.builder, &html);
                self.end_line();
            }
            TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::TableCell => {
                self.end_line();
                if let Some(outside) = self.open.pop() {
                    self.builder.close_firmly(&outside);
                }
            }
        }
    }

    /// Ends the line and with it all marks: what HTML left open must not reach the rest of the document.
    fn end_line(&mut self) {
        self.goes_on = false;
        self.builder.end_line();
        self.builder.line().end_marks();
    }

    fn begin_link(&mut self, address: CowStr<'a>, link: Option<Link>) {
        self.builder.line().begin_link(link);
        self.addresses.push((address, self.builder.line().written()));
    }

    /// Ends a link or an image. Where it has no words, its address is what there is to read.
    fn end_link(&mut self) {
        if let Some((address, written)) = self.addresses.pop()
            && self.builder.line().written() == written
        {
            self.builder.text(&address);
        }
        self.builder.line().end_link();
    }

    fn footnote(&mut self, name: &str, after: &str) {
        let line = self.builder.line();
        line.text("[");
        line.text(name);
        line.text("]");
        line.text(after);
    }
}
