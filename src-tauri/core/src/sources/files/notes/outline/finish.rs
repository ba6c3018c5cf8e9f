//! Converts the outline to a meeting, with a warning for each part that was skipped.

use super::super::super::builder::MeetingBuilder;
use super::super::super::record::{head, lists};
use super::super::super::{Format, Parsed, Unreadable, transcript};
use super::super::{Markup, html, items_of};
use super::Outline;

impl Outline<'_> {
    /// Whether nothing in the text is a mark of meeting notes.
    fn is_bare(&self) -> bool {
        self.title.is_none() && !self.recognised && self.labels.is_empty() && self.front.entries().is_empty()
    }

    pub(in super::super) fn finish(self, format: Format, name: &str) -> Result<Parsed, Unreadable> {
        if self.is_bare() {
            return Err(Unreadable::whole(
                "No meeting was recognised: this is neither structured JSON nor a transcript, and it has none of the \
                 headings of meeting notes, such as “Decisions” or “Action items”.",
            ));
        }
        Ok(self.into_builder().finish(format, name))
    }

    fn into_builder(mut self) -> MeetingBuilder {
        let mut builder = MeetingBuilder::default();
        let scopes = [self.front.entries(), &self.labels];
        head::fill(&mut builder, &scopes);
        builder.title = builder.title.or(self.title);
        builder.held_at = builder.held_at.or(self.day);
        if builder.people.is_empty() {
            builder.people = self.people;
        }
        lists::fill(&mut builder, &scopes[..1], items_of);
        builder.items.append(&mut self.items);
        if let Some((start, end)) = self.transcript {
            let said = match self.markup {
                Markup::Markdown => transcript::lines(&self.text[start..end]),
                Markup::Html => transcript::lines(&html::lines(&self.text[start..end])),
            };
            if said.cues.is_empty() && said.loose > 0 {
                self.warnings.push((
                    start,
                    "The transcript has neither times such as [00:00:15] nor speakers; it was not taken."
                        .to_owned(),
                ));
            }
            builder.cues = said.cues;
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
            builder.warn(self.has_lines.then(|| format!("line {line}")), reason);
        }
        builder
    }
}
