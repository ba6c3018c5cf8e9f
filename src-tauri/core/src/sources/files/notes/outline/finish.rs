//! Converts the outline to a meeting, with a warning for each part that was skipped.

use super::super::super::builder::MeetingBuilder;
use super::super::super::record::{head, lists};
use super::super::super::{Format, Parsed, transcript};
use super::super::{Markup, html, items_of};
use super::Outline;
use crate::domain::reading::{Location, Refusal, Skipped, Unreadable};

impl Outline<'_> {
    /// Whether nothing in the text is a mark of meeting notes.
    fn is_bare(&self) -> bool {
        self.title.is_none() && !self.recognised && self.labels.is_empty() && self.front.entries().is_empty()
    }

    pub(in super::super) fn finish(self, format: Format, name: &str) -> Result<Parsed, Unreadable> {
        if self.is_bare() {
            return Err(Unreadable::whole(Refusal::NotAMeeting));
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
                self.warnings.push((start, Skipped::UnmarkedTranscript));
            }
            builder.cues = said.cues;
        }
        let (count, offset) = self.passed_over;
        if count > 0 {
            self.warnings.push((offset, Skipped::UnmarkedLists { count }));
        }
        self.warnings.sort_by_key(|(offset, _)| *offset);
        let (mut line, mut read) = (1, 0);
        for (offset, reason) in self.warnings {
            line += self.text[read..offset].matches('\n').count();
            read = offset;
            builder.warn(self.has_lines.then_some(Location::Line(line)), reason);
        }
        builder
    }
}
