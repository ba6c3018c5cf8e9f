//! Lines out of documents: all of a document on one line, and the part of a line that has certain words. For items,
//! which are one line each wherever they come from.

use super::Document;
use super::fit::flatten;
use super::inline::{Inline, Inlines, Run};
use super::text::Marks;
use super::words::Words as _;

impl Document {
    /// Everything that is to be read, on one line; what stood in a block of its own begins after a break.
    pub fn into_line(self) -> Inlines {
        let mut line = Inlines::new();
        self.into_blocks().into_iter().for_each(|block| flatten(block, &mut line));
        line
    }
}

impl Inlines {
    /// Its words; breaks are line breaks.
    pub fn words(&self) -> String {
        self.iter().map(words_of).collect()
    }

    /// Whether it is text and breaks without any marks.
    pub fn is_plain(&self) -> bool {
        self.iter().all(|inline| match inline {
            Inline::Text(run) => run.marks == Marks::default(),
            Inline::HardBreak => true,
            _ => false,
        })
    }

    /// The first part of the line that has exactly these words; `None` if there is none, or if it would begin or end
    /// within something that is no text.
    pub fn part(&self, words: &str) -> Option<Self> {
        let start = self.words().find(words)?;
        let end = start + words.len();
        let (mut part, mut from) = (Self::new(), 0);
        for inline in self {
            let to = from + words_of(inline).len();
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

pub(super) fn words_of(inline: &Inline) -> String {
    let mut words = String::new();
    inline.show(&mut |shown| {
        words.push_str(shown.words());
        true
    });
    words
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
        assert_eq!(part.words(), "ship the importer now");
        assert_eq!(part.iter().count(), 5, "plain, strong, both, plain, link: {part:?}");
        assert!(!part.is_plain(), "what is marked is seen to be");
        assert!(line.part("ship an importer").is_none(), "other words are no part of it");
    }

    #[test]
    fn blocks_become_lines() {
        let line = from_html("<p>One <b>two</b></p><ul><li>three<li>four</ul>", &mut String::new).into_line();
        assert_eq!(line.words(), "One two\n• three\n• four");
        assert!(
            from_html("<p>plain<br>text</p>", &mut String::new).into_line().is_plain(),
            "a break is no mark"
        );
    }
}
