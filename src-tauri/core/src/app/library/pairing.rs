//! Files of one folder that tell of the same meeting.

use super::import::Incoming;
use crate::sources::files::{Format, Parsed};

/// Tools write the summary and the transcript of a meeting as two files side by side. A transcript that names no
/// meeting joins the one meeting of its folder; so the first of each is kept back until the folder is over, or a second one
/// shows that it is a folder of many meetings.
#[derive(Default)]
pub(super) struct Pairing {
    summary: Option<Incoming>,
    transcript: Option<Incoming>,
    many: bool,
}

impl Pairing {
    /// Takes a file, and answers those that wait for no other.
    pub(super) fn take(&mut self, incoming: Incoming) -> Vec<Incoming> {
        let place = match incoming.meetings.as_slice() {
            // What was written beside the meeting is not its transcript.
            [parsed] if parsed.format == Format::Chat => None,
            [parsed] if is_bare_transcript(parsed) => Some(&mut self.transcript),
            [_] => Some(&mut self.summary),
            _ => None,
        };
        match place {
            Some(place) if !self.many && place.is_none() => {
                *place = Some(incoming);
                Vec::new()
            }
            Some(_) => {
                self.many = true;
                self.summary.take().into_iter().chain(self.transcript.take()).chain([incoming]).collect()
            }
            None => vec![incoming],
        }
    }

    /// What is left when the folder is over.
    pub(super) fn rest(self) -> Vec<Incoming> {
        match (self.summary, self.transcript) {
            (Some(summary), Some(transcript)) if !has_transcript(&summary) => {
                vec![joined(summary, transcript)]
            }
            (summary, transcript) => summary.into_iter().chain(transcript).collect(),
        }
    }
}

fn is_bare_transcript(parsed: &Parsed) -> bool {
    !parsed.titled && parsed.meeting.items.is_empty() && !parsed.meeting.transcript.is_empty()
}

fn has_transcript(incoming: &Incoming) -> bool {
    incoming.meetings.iter().any(|parsed| !parsed.meeting.transcript.is_empty())
}

fn joined(mut summary: Incoming, mut transcript: Incoming) -> Incoming {
    summary.names.append(&mut transcript.names);
    summary.digests.append(&mut transcript.digests);
    if let (Some(target), Some(joining)) = (summary.meetings.first_mut(), transcript.meetings.pop()) {
        let (target, joining) = (&mut target.meeting, joining.meeting);
        target.transcript = joining.transcript;
        target.minutes = target.minutes.or(joining.minutes);
        if target.participants.is_empty() {
            target.participants = joining.participants;
        }
    }
    summary
}
