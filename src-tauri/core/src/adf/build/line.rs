//! The line under construction, with the marks that are active.

use super::super::MAX_BYTES;
use super::super::inline::{Inline, Inlines, Run};
use super::super::text::{Link, Marks, Style, Text, has_byte};

/// Styles in the order of their counters.
const STYLES: [Style; 7] =
    [Style::EM, Style::STRONG, Style::STRIKE, Style::SUB, Style::SUP, Style::UNDERLINE, Style::CODE];

/// A line, and what marks the text that comes next. Marks may begin and end in any order.
pub(in super::super) struct Line {
    /// The line up to its last run. Neighbouring runs differ in their marks.
    content: Vec<Inline>,
    /// The end of the line, which has not become a run yet: text comes in pieces, and a run grows at a price.
    open: String,
    /// Whether a colon is in it, without which it holds no address.
    colon: bool,
    /// How often each style is on.
    styles: [u32; STYLES.len()],
    /// The links that are on; those that may not be clicked are on without an address.
    links: Vec<Option<Link>>,
    /// What styles and links make together.
    marks: Marks,
    /// How many bytes of addresses may still be written. Every marked piece of text repeats the address, so
    /// that without an end a small text could make a huge document.
    addresses: usize,
    /// How many bytes of text were written.
    written: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            content: Vec::new(),
            open: String::new(),
            colon: false,
            styles: [0; STYLES.len()],
            links: Vec::new(),
            marks: Marks::default(),
            addresses: MAX_BYTES,
            written: 0,
        }
    }
}

impl Line {
    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.content.is_empty()
    }

    /// How many bytes of text were written so far, in this line and those before.
    pub(in super::super) fn written(&self) -> usize {
        self.written
    }

    /// Adds text as it is.
    pub(in super::super) fn text(&mut self, text: &str) {
        self.written += text.len();
        self.open.push_str(text);
    }

    /// Makes a run of the text that has been written with the marks as they are.
    #[inline]
    fn close_run(&mut self) {
        if !self.open.is_empty() {
            self.colon |= has_byte(&self.open, |b| b == b':');
            self.run();
            self.open.clear();
        }
    }

    /// Apart from [`Self::close_run`], so that the usual case of nothing to do is inlined.
    #[inline(never)]
    fn run(&mut self) {
        if let Some(Inline::Text(last)) = self.content.last_mut()
            && last.marks == self.marks
        {
            return last.text.append(&self.open);
        }
        if let Some(text) = Text::copy(&self.open) {
            self.content.push(Inline::Text(Run { text, marks: self.marks.clone() }));
        }
        if let Some(link) = &self.marks.link {
            self.addresses = self.addresses.saturating_sub(link.as_str().len());
            if self.addresses == 0 {
                self.marks.link = None;
            }
        }
    }

    /// Adds text as HTML shows it: white space is one space, and none at the beginning.
    pub(in super::super) fn words(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c.is_ascii_whitespace()) {
            let (word, more) = rest.split_at(at);
            rest = more.trim_start_matches(|c: char| c.is_ascii_whitespace());
            self.word(word);
            self.close_run();
            let open = match self.content.last() {
                None | Some(Inline::HardBreak) => false,
                Some(Inline::Text(run)) => !run.text.as_str().ends_with(' '),
                Some(_) => true,
            };
            if open {
                self.text(" ");
            }
        }
        self.word(rest);
    }

    fn word(&mut self, word: &str) {
        if !word.is_empty() {
            self.text(word);
        }
    }

    /// Adds a line break within the block.
    pub(in super::super) fn hard_break(&mut self) {
        self.close_run();
        if !self.content.is_empty() {
            self.content.push(Inline::HardBreak);
        }
    }

    /// Puts a style on.
    pub(in super::super) fn begin(&mut self, style: Style) {
        self.count(style, |count| count.saturating_add(1));
    }

    /// Takes a style off.
    pub(in super::super) fn end(&mut self, style: Style) {
        self.count(style, |count| count.saturating_sub(1));
    }

    fn count(&mut self, style: Style, change: impl Fn(u32) -> u32) {
        self.close_run();
        self.marks.style = Style::PLAIN;
        for (count, known) in self.styles.iter_mut().zip(STYLES) {
            if known == style {
                *count = change(*count);
            }
            if *count > 0 {
                self.marks.style = self.marks.style.with(known);
            }
        }
    }

    /// Begins a link. Within another link the outer one holds.
    pub(in super::super) fn begin_link(&mut self, link: Option<Link>) {
        self.close_run();
        self.links.push(link);
        self.link();
    }

    /// Ends the link that began last.
    pub(in super::super) fn end_link(&mut self) {
        self.close_run();
        self.links.pop();
        self.link();
    }

    /// Ends all links.
    pub(in super::super) fn end_links(&mut self) {
        self.close_run();
        self.links.clear();
        self.marks.link = None;
    }

    fn link(&mut self) {
        let link = self.links.first().cloned().flatten();
        self.marks.link = link.filter(|_| self.addresses > 0);
    }

    /// Takes all marks off.
    pub(in super::super) fn end_marks(&mut self) {
        if self.marks.style != Style::PLAIN || !self.links.is_empty() {
            self.close_run();
            self.styles = [0; STYLES.len()];
            self.links.clear();
            self.marks = Marks::default();
        }
    }

    /// Leaves out white space and breaks at the end.
    fn trim_end(&mut self) {
        while let Some(last) = self.content.last_mut() {
            match last {
                Inline::HardBreak => {}
                Inline::Text(run) => {
                    if run.text.trim_end() {
                        return;
                    }
                }
                _ => return,
            }
            self.content.pop();
        }
    }

    /// The line, without white space at its end and with addresses as links.
    pub(super) fn take(&mut self) -> Inlines {
        self.open.truncate(self.open.trim_end().len());
        self.close_run();
        self.trim_end();
        let content = Inlines::take(&mut self.content);
        if std::mem::take(&mut self.colon) { content.with_links() } else { content }
    }
}

impl Inlines {
    /// The line with links on the addresses in its text.
    #[must_use]
    pub fn with_links(self) -> Self {
        let holds_address = |inline: &Inline| match inline {
            Inline::Text(run) => may_link(run) && run.text.as_str().contains("://"),
            _ => false,
        };
        if self.iter().any(holds_address) { linked(self) } else { self }
    }
}

fn may_link(run: &Run) -> bool {
    run.marks.link.is_none() && !run.marks.style.has(Style::CODE)
}

fn linked(content: Inlines) -> Inlines {
    let mut linked = Inlines::new();
    for inline in content {
        match inline {
            Inline::Text(run) if may_link(&run) => {
                let style = run.marks.style;
                let mut rest = run.text.as_str();
                while let Some((before, address, after)) = split_address(rest) {
                    linked.extend(run_of(before, run.marks.clone()));
                    linked.extend(run_of(address, Marks { style, link: Link::new(address) }));
                    rest = after;
                }
                linked.extend(run_of(rest, run.marks));
            }
            other => linked.push(other),
        }
    }
    linked
}

fn run_of(text: &str, marks: Marks) -> Option<Inline> {
    Some(Inline::Text(Run { text: Text::copy(text)?, marks }))
}

/// What comes before the first address in a text, the address, and what comes after it.
fn split_address(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let colon = from + text.get(from..)?.find("://")?;
        from = colon + 3;
        let start = ["https", "http"].iter().find_map(|scheme| {
            let start = colon.checked_sub(scheme.len())?;
            let is_scheme = text.get(start..colon)?.eq_ignore_ascii_case(scheme);
            let is_word = !text[..start].ends_with(|c: char| c.is_alphanumeric());
            (is_scheme && is_word).then_some(start)
        });
        let Some(start) = start else { continue };
        let ends = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '`');
        let end = text[from..].find(ends).map_or(text.len(), |length| from + length);
        let address = without_closing(&text[start..end]);
        if address.len() > from - start {
            let end = start + address.len();
            return Some((&text[..start], address, &text[end..]));
        }
    }
}

/// An address without the punctuation of the sentence that it stands in. A bracket at its end belongs to it
/// only if it opens in it too.
fn without_closing(mut address: &str) -> &str {
    loop {
        let shorter = match address.chars().last() {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '“' | '”' | '’') => true,
            Some(')') => address.matches(')').count() > address.matches('(').count(),
            Some(']') => address.matches(']').count() > address.matches('[').count(),
            _ => false,
        };
        if !shorter {
            return address;
        }
        address = &address[..address.len() - address.chars().last().map_or(0, char::len_utf8)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_the_sentence_goes_on() {
        let cases = [
            ("see https://example.com/a.", Some(("see ", "https://example.com/a", "."))),
            ("(https://example.com/a_(b))", Some(("(", "https://example.com/a_(b)", ")"))),
            ("HTTP://EXAMPLE.COM, then", Some(("", "HTTP://EXAMPLE.COM", ", then"))),
            ("xhttps://example.com", None),
            ("ftp://example.com and https://b.org", Some(("ftp://example.com and ", "https://b.org", ""))),
            ("https://", None),
            ("https://. https://", None),
            ("été://é", None),
        ];
        for (text, parts) in cases {
            assert_eq!(split_address(text), parts, "{text}");
        }
    }
}
