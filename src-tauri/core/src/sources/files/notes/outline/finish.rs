//! From the outline that was read to a meeting, with a warning for each part that was not taken.

use super::super::super::gather::Gathered;
use super::super::super::record::{head, lists};
use super::super::super::{Format, Parsed, Unreadable, spoken};
use super::super::{Markup, html, items_of};
use super::Outline;

impl Outline<'_> {
    /// Whether nothing in the text is a mark of meeting notes.
    fn is_bare(&self) -> bool {
        self.title.is_none() && !self.recognised && self.labels.is_empty() && self.front.entries().is_empty()
    }

    pub(in super::super) fn settle(self, format: Format, name: &str) -> Result<Parsed, Unreadable> {
        if self.is_bare() {
            return Err(Unreadable::whole(
                "No meeting was recognised: this is neither structured JSON nor a transcript, and it has none of the \
                 headings of meeting notes, such as “Decisions” or “Action items”.",
            ));
        }
        Ok(self.gather().settle(format, name))
    }

    fn gather(mut self) -> Gathered {
        let mut gathered = Gathered::default();
        let scopes = [self.front.entries(), &self.labels];
        head::fill(&mut gathered, &scopes);
        gathered.title = gathered.title.or(self.title);
        gathered.held_at = gathered.held_at.or(self.day);
        if gathered.people.is_empty() {
            gathered.people = self.people;
        }
        lists::fill(&mut gathered, &scopes[..1], items_of);
        gathered.items.append(&mut self.items);
        if let Some((start, end)) = self.transcript {
            let said = match self.markup {
                Markup::Markdown => spoken::lines(&self.text[start..end]),
                Markup::Html => spoken::lines(&html::lines(&self.text[start..end])),
            };
            if said.cues.is_empty() && said.loose > 0 {
                self.warnings.push((
                    start,
                    "The transcript has neither times such as [00:00:15] nor speakers; it was not taken."
                        .to_owned(),
                ));
            }
            gathered.cues = said.cues;
        }
        match self.passed_over {
            (0, _) => {}
            (1, offset) => self.warnings.push((
                offset,
                "This list stands under no heading that names insights, decisions, next steps or tasks; nothing was \
                 taken from it."
                    .to_owned(),
            )),
            (count, offset) => self.warnings.push((
                offset,
                format!(
                    "From here on {count} lists stand under no heading that names insights, decisions, next steps or \
                     tasks; nothing was taken from them."
                ),
            )),
        }
        self.warnings.sort_by_key(|(offset, _)| *offset);
        let (mut line, mut read) = (1, 0);
        for (offset, reason) in self.warnings {
            line += self.text[read..offset].matches('\n').count();
            read = offset;
            gathered.warn(self.placed.then(|| format!("line {line}")), reason);
        }
        gathered
    }
}
