//! Lines of a document: the whole document as one line, and the part of a line with a given text. For items, which are one
//! line each in every source.

use super::Document;
use super::fit::flatten;
use super::inline::{Inline, Inlines, Run};
use super::text::Marks;
use super::visit::Visit as _;

impl Document {
    /// Everything that is to be read, on one line; what stood in a block of its own begins after a break.
    pub fn into_line(self) -> Inlines {
        let mut line = Inlines::new();
        self.into_blocks().into_iter().for_each(|block| flatten(block, &mut line));
        line
    }
}

impl Inlines {
    /// The plain text; hard breaks are line breaks.
    pub fn text(&self) -> String {
        self.iter().map(text_of).collect()
    }

    /// Whether it is text and breaks without any marks.
    pub fn is_plain(&self) -> bool {
        self.iter().all(|inline| match inline {
            Inline::Text(run) => run.marks == Marks::default(),
            Inline::HardBreak => true,
            _ => false,
        })
    }

    /// The first part of the line with exactly this text; `None` if there is none, or if it would begin or end
    /// inside of a node that is not text.
    pub fn part(&self, text: &str) -> Option<Self> {
        let start = self.text().find(text)?;
        let end = start + text.len();
        let (mut part, mut from) = (Self::new(), 0);
        for inline in self {
            let to = from + text_of(inline).len();
            let (first, last) = (start.max(from), end.min(to));
            if first < last {
                match inline {
                    Inline::Text(Run { text, marks }) => {
                        part.push(Run::new(&text.as_str()[first - from..last - from], marks.clone())?);
                    }
                    whole if (first, last) == (from, to) => part.push(whole.clone()),
                    _ => return None,
                }
            }
            from = to;
        }
        Some(part)
    }
}

pub(super) fn text_of(inline: &Inline) -> String {
    let mut text = String::new();
    inline.visit(&mut |leaf| {
        text.push_str(leaf.text());
        true
    });
    text
}

#[cfg(test)]
mod tests {
    use crate::adf::{from_html, from_markdown};

    #[test]
    fn a_part_of_a_line_keeps_its_marks() {
        let line = from_markdown(
            "Ada: ship **the _importer_** [now](https://example.com) — Friday",
            &mut String::new,
        )
        .into_line();
        let part = line.part("ship the importer now").unwrap();
        assert_eq!(part.text(), "ship the importer now");
        assert_eq!(part.iter().count(), 5, "plain, strong, both, plain, link: {part:?}");
        assert!(!part.is_plain(), "what is marked is seen to be");
        assert!(line.part("ship an importer").is_none(), "other words are no part of it");
    }

    #[test]
    fn blocks_become_lines() {
        let line = from_html("<p>One <b>two</b></p><ul><li>three<li>four</ul>", &mut String::new).into_line();
        assert_eq!(line.text(), "One two\n• three\n• four");
        assert!(
            from_html("<p>plain<br>text</p>", &mut String::new).into_line().is_plain(),
            "a break is no mark"
        );
    }
}
