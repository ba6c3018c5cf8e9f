//! Text, marks and links: the leaves of a document, each valid by construction.

use std::borrow::Cow;
use std::sync::Arc;

use compact_str::CompactString;
use url::Url;

/// Text that the format can hold: never empty, and without characters that XML cannot express, since
/// Confluence stores pages as XML and refuses a document that holds one. Up to 24 bytes are stored inline,
/// without an allocation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text(CompactString);

impl Text {
    /// The text without what cannot be held; `None` if nothing is left.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = clean(text.into());
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// The same as [`Self::new`], for text that is not to be kept: copies it just once.
    #[inline]
    pub(super) fn copy(text: &str) -> Option<Self> {
        if needs_cleaning(text) {
            return Self::new(text);
        }
        (!text.is_empty()).then(|| Self(CompactString::new(text)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Adds more at the end.
    pub(super) fn append(&mut self, more: &str) {
        match cleaned(more) {
            Cow::Borrowed(more) => self.0.push_str(more),
            Cow::Owned(more) => self.0.push_str(&more),
        }
    }

    /// Leaves out white space at the end. Does nothing and answers `false` if nothing else is there.
    pub(super) fn trim_end(&mut self) -> bool {
        let end = self.0.trim_end().len();
        if end > 0 {
            self.0.truncate(end);
        }
        end > 0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0.into()
    }
}

/// The string without the characters that XML 1.0 cannot express, and without those that make it read otherwise than it is.
fn clean(mut text: String) -> String {
    if needs_cleaning(&text) {
        text.retain(is_kept);
    }
    text
}

fn cleaned(text: &str) -> Cow<'_, str> {
    if needs_cleaning(text) { text.chars().filter(|&c| is_kept(c)).collect() } else { text.into() }
}

/// Whether a character has to go. Few texts have a byte that hints at one: `0xEF` begins U+FFFE and U+FFFF, `0xE2` the marks
/// of direction, and `0xF3` tags, each among others.
fn needs_cleaning(text: &str) -> bool {
    has_byte(text, |b| b < 0x20 || matches!(b, 0xE2 | 0xEF | 0xF3)) && !text.chars().all(is_kept)
}

fn is_kept(c: char) -> bool {
    fits_xml(c) && !is_deceptive(c)
}

/// Whether a character is not seen and makes others read otherwise than they are: it embeds, overrides or isolates a
/// direction (`U+202A`–`U+202E`, `U+2066`–`U+2069`), or is a tag (`U+E0000`–`U+E007F`). Joiners and plain marks of direction
/// (`U+200C`–`U+200F`), which some languages need, are none.
pub fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E0000}'..='\u{E007F}')
}

/// Whether a text has a byte of this kind. Looks at sixteen bytes at once, where a search looks at each: in
/// most text there is none to be found.
#[inline]
pub(super) fn has_byte(text: &str, kind: impl Fn(u8) -> bool) -> bool {
    // Numbers rather than truths, as these are what the compiler adds up side by side.
    let any = |chunk: &[u8; 16]| chunk.iter().fold(0, |found, &b| found | u8::from(kind(b))) != 0;
    let bytes = text.as_bytes();
    match bytes.last_chunk() {
        // The last sixteen may overlap those before them, so that no shorter rest is left.
        Some(last) => bytes.as_chunks().0.iter().any(any) || any(last),
        None => bytes.iter().any(|&b| kind(b)),
    }
}

/// XML 1.0's `Char` production: <https://www.w3.org/TR/xml/#charsets>.
fn fits_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

/// The identifier that ADF asks of tasks and decisions. Whoever builds a document chooses it (a UUID, as a
/// rule), so that this room needs no randomness.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LocalId(String);

impl LocalId {
    /// An identifier from this text.
    pub fn new(id: impl Into<String>) -> Self {
        Self(clean(id.into()))
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address that may be clicked: `http`, `https` or `mailto`, nothing else, since meeting text is not
/// trusted. Shared, since each marked piece of a link's text has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link(Arc<str>);

impl Link {
    /// The address, if it is one that may be clicked.
    pub fn new(href: &str) -> Option<Self> {
        let href = href.trim();
        let rest = ["https://", "http://", "mailto:"].iter().find_map(|scheme| {
            let head = href.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| &href[scheme.len()..])
        })?;
        // White space and control characters are not allowed in an address: browsers skip some of
        // them, so they can disguise the target.
        let fits = |c: char| !c.is_control() && !c.is_whitespace() && is_kept(c);
        // Most addresses are ASCII throughout, of which less has to be known.
        let all_fit = !has_byte(href, |b| b <= 0x20 || b >= 0x7F) || href.chars().all(fits);
        (!rest.is_empty() && all_fit).then(|| Self(href.into()))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where it leads, for people: the host, in ASCII and with a port that is not the usual one, or the mail address. An
    /// address that cannot be parsed is told whole.
    pub fn host(&self) -> String {
        let Ok(url) = Url::parse(&self.0) else { return self.0.to_string() };
        match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (Some(host), None) => host.to_owned(),
            (None, _) => url.path().to_owned(),
        }
    }
}

/// How text looks. A set that cannot hold what excludes each other: code stands alone, and text is not
/// raised and lowered at once.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Style(u8);

impl Style {
    /// No style at all.
    pub const PLAIN: Self = Self(0);
    /// Emphasis.
    pub const EM: Self = Self(1);
    /// Strong emphasis.
    pub const STRONG: Self = Self(1 << 1);
    /// Struck through.
    pub const STRIKE: Self = Self(1 << 2);
    /// Lowered.
    pub const SUB: Self = Self(1 << 3);
    /// Raised.
    pub const SUP: Self = Self(1 << 4);
    /// Underlined.
    pub const UNDERLINE: Self = Self(1 << 5);
    /// Code.
    pub const CODE: Self = Self(1 << 6);

    /// Both styles at once. Code wins over all others; of raised and lowered the latter argument wins.
    #[must_use]
    pub const fn with(self, more: Self) -> Self {
        let both = self.0 | more.0;
        if both & Self::CODE.0 != 0 {
            return Self::CODE;
        }
        let shift = Self::SUB.0 | Self::SUP.0;
        if both & shift == shift {
            let kept = if more.0 & Self::SUP.0 != 0 { Self::SUP.0 } else { Self::SUB.0 };
            return Self((both & !shift) | kept);
        }
        Self(both)
    }

    /// Whether every style of `other` is in this one.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none.
    pub const fn is_plain(self) -> bool {
        self.0 == 0
    }
}

impl std::fmt::Debug for Style {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const NAMES: [(Style, &str); 7] = [
            (Style::EM, "em"),
            (Style::STRONG, "strong"),
            (Style::STRIKE, "strike"),
            (Style::SUB, "sub"),
            (Style::SUP, "sup"),
            (Style::UNDERLINE, "underline"),
            (Style::CODE, "code"),
        ];
        f.debug_set()
            .entries(NAMES.iter().filter(|(style, _)| self.has(*style)).map(|(_, name)| name))
            .finish()
    }
}

/// Everything that marks a run of text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks {
    /// How it looks.
    pub style: Style,
    /// Where it leads.
    pub link: Option<Link>,
}

impl From<Style> for Marks {
    fn from(style: Style) -> Self {
        Self { style, link: None }
    }
}

impl From<Link> for Marks {
    fn from(link: Link) -> Self {
        Self { style: Style::PLAIN, link: Some(link) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_may_be_clicked_are_links() {
        for href in ["https://example.com/a?b=c#d", "HTTP://EXAMPLE.COM", "mailto:ada@example.com"] {
            assert!(Link::new(href).is_some(), "{href} may be clicked");
        }
        for href in [
            "javascript:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://",
            "https://a\u{0}b",
            "https://a b",
            "/relative",
            "",
            "é",
        ] {
            assert!(Link::new(href).is_none(), "{href:?} must not be clicked");
        }
    }

    #[test]
    fn a_link_is_told_by_what_it_leads_to_and_not_by_what_looks_like_it() {
        for (href, host) in [
            ("https://docs.example.com/a?b#c", "docs.example.com"),
            ("https://docs.example.com@evil.example/", "evil.example"),
            ("https://evil.example\\@docs.example.com/", "evil.example"),
            ("https://docs.ex\u{430}mple.com/", "docs.xn--exmple-4nf.com"),
            ("HTTP://EXAMPLE.COM:8080/", "example.com:8080"),
            ("https://example.com:443/", "example.com"),
            ("mailto:ada@example.com?cc=grace@example.com", "ada@example.com"),
            ("https://[broken", "https://[broken"),
        ] {
            assert_eq!(Link::new(href).unwrap().host(), host, "{href}");
        }
    }

    #[test]
    fn text_reads_as_it_is() {
        for (text, seen) in [
            ("Approve \u{202E}000,01\u{202C} €", "Approve 000,01 €"),
            ("a\u{2066}b\u{2069}c", "abc"),
            ("plan\u{E0041}\u{E007F} B", "plan B"),
            ("می\u{200C}خواهم \u{200F}!", "می\u{200C}خواهم \u{200F}!"),
            ("👩\u{200D}🚀 “quoted” – ﬁ", "👩\u{200D}🚀 “quoted” – ﬁ"),
            ("a\u{0}b\u{FFFE}c\td", "abc\td"),
        ] {
            assert_eq!(cleaned(text), seen, "{text:?}");
            assert_eq!(clean(text.to_owned()), seen, "{text:?}");
        }
        assert!(Link::new("https://example.com/\u{202E}gpj").is_none(), "nor is an address disguised");
    }

    #[test]
    fn styles_that_exclude_each_other_do_not_meet() {
        assert_eq!(Style::STRONG.with(Style::CODE), Style::CODE, "code stands alone");
        assert_eq!(Style::CODE.with(Style::EM), Style::CODE, "whatever comes first");
        assert_eq!(Style::SUB.with(Style::SUP), Style::SUP, "text is not raised and lowered at once");
        assert!(Style::STRONG.with(Style::EM).has(Style::STRONG), "others add up");
    }

    #[test]
    fn characters_that_xml_cannot_hold_are_left_out() {
        assert_eq!(
            Text::new("a\u{0}b\u{FFFE}c\u{FF01}").unwrap().as_str(),
            "abc\u{FF01}",
            "Confluence stores XML"
        );
        assert!(Text::new("\u{1}").is_none(), "and what is then empty is no text");
    }
}
