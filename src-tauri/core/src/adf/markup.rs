//! Renders a line as HTML and as Markdown. Used by exports of meetings and by importers that normalise their input to HTML;
//! Confluence gets ADF only.

use super::excerpt::text_of;
use super::from_markdown;
use super::inline::{Inline, Inlines, Run};
use super::text::Style;

/// The styles that HTML has an element for.
const ELEMENTS: [(Style, &str); 7] = [
    (Style::STRONG, "strong"),
    (Style::EM, "em"),
    (Style::STRIKE, "s"),
    (Style::UNDERLINE, "u"),
    (Style::SUB, "sub"),
    (Style::SUP, "sup"),
    (Style::CODE, "code"),
];

/// The styles that Markdown has signs for, and those. Code has its own rules.
const SIGNS: [(Style, &str); 3] = [(Style::STRIKE, "~~"), (Style::STRONG, "**"), (Style::EM, "*")];

impl Inlines {
    /// As HTML. What is no text is its words.
    pub fn to_html(&self) -> String {
        let mut html = String::new();
        for inline in self {
            match inline {
                Inline::HardBreak => html.push_str("<br>"),
                Inline::Text(run) => html.push_str(&html_of(run)),
                other => escape_html(&text_of(other), &mut html),
            }
        }
        html
    }

    /// As Markdown, on one line or, with breaks, on several. `None` where Markdown cannot say it, such as emphasis that
    /// begins within a word.
    pub fn to_markdown(&self) -> Option<String> {
        let mut markdown = String::new();
        for inline in self {
            match inline {
                Inline::HardBreak => markdown.push_str("\\\n"),
                Inline::Text(run) => markdown.push_str(&markdown_of(run)),
                other => markdown.push_str(&escape_markdown(&text_of(other))),
            }
        }
        let back = from_markdown(&markdown, &mut String::new).into_line();
        (back == *self).then_some(markdown)
    }
}

fn html_of(Run { text, marks }: &Run) -> String {
    let mut html = String::new();
    escape_html(text.as_str(), &mut html);
    html = html.replace('\n', "<br>");
    for (style, element) in ELEMENTS {
        if marks.style.has(style) {
            html = format!("<{element}>{html}</{element}>");
        }
    }
    match &marks.link {
        Some(link) => {
            let mut whole = "<a href=\"".to_owned();
            escape_html(link.as_str(), &mut whole);
            whole + "\">" + &html + "</a>"
        }
        None => html,
    }
}

fn markdown_of(Run { text, marks }: &Run) -> String {
    let text = text.as_str();
    // Signs stand beside words, never beside white space.
    let core = text.trim();
    if core.is_empty() {
        return text.to_owned();
    }
    let (before, after) = (&text[..text.len() - text.trim_start().len()], &text[text.trim_end().len()..]);
    let mut inner = if marks.style.has(Style::CODE) { code(core) } else { escape_markdown(core) };
    for (style, sign) in SIGNS {
        if marks.style.has(style) {
            inner = format!("{sign}{inner}{sign}");
        }
    }
    if let Some(link) = &marks.link {
        inner = format!("[{inner}](<{}>)", link.as_str().replace('<', "%3C").replace('>', "%3E"));
    }
    format!("{before}{inner}{after}")
}

/// Between more signs than stand side by side in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Adds words as HTML that shows the same words.
pub fn escape_html(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        html.push_str(&rest[..at]);
        html.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

/// Words as Markdown that shows the same words.
pub fn escape_markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    let mut at_start = true;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let is_sign = match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => true,
            // It would be read as the character that it names.
            '&' => after.split_once(';').is_some_and(|(name, _)| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
            }),
            // These begin a list, or make a heading of the line above.
            '-' | '+' | '=' => at_start,
            '.' | ')' => {
                let line = escaped.rsplit('\n').next().unwrap_or_default();
                !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        };
        if is_sign {
            escaped.push('\\');
        }
        escaped.push(c);
        at_start = c == '\n';
        rest = after;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::{Link, Marks, from_html};
    use super::*;

    fn line(pieces: &[(&str, Style, Option<&str>)]) -> Inlines {
        pieces.iter().fold(Inlines::new(), |line, (text, style, href)| {
            line.with_text(text, Marks { style: *style, link: href.and_then(Link::new) })
        })
    }

    #[test]
    fn emphasis_and_links_are_written_and_read_again() {
        let line = line(&[
            ("See ", Style::PLAIN, None),
            ("the plan", Style::STRONG, Some("https://example.com/a_b?c=1&d=2")),
            (" & ", Style::PLAIN, None),
            ("not <this>", Style::STRIKE, None),
            (", or ", Style::PLAIN, None),
            ("a `b`", Style::CODE, None),
            (" ", Style::PLAIN, None),
            ("2*3", Style::EM, None),
        ]);
        let html = line.to_html();
        assert_eq!(from_html(&html, &mut String::new).into_line(), line, "{html}");
        let markdown = line.to_markdown().unwrap();
        assert!(markdown.contains("[**the plan**](<https://example.com/a_b?c=1&d=2>)"), "{markdown}");
    }

    #[test]
    fn what_markdown_cannot_say_is_said() {
        let within = line(&[
            ("un", Style::PLAIN, None),
            ("(believ)", Style::STRONG, None),
            ("able", Style::PLAIN, None),
        ]);
        assert_eq!(within.to_markdown(), None);
        assert_eq!(line(&[("H", Style::PLAIN, None), ("2", Style::SUB, None)]).to_markdown(), None);
    }

    #[test]
    fn words_stay_words() {
        for text in [
            "1. first",
            "- dash",
            "+ plus",
            "2026) closed",
            "&amp; so",
            "a_b*c`d",
            "R&D",
            "[x] [y](z)",
            "# no",
            "==",
        ] {
            let markdown = escape_markdown(text);
            let back = from_markdown(&markdown, &mut String::new).into_line();
            assert_eq!(back.text(), text, "{markdown}");
            assert!(back.is_plain(), "{markdown}");
        }
        assert_eq!(escape_markdown("R&D, 3.5 - 4"), "R&D, 3.5 - 4", "people read it, too");
    }
}
