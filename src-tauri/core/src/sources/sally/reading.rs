//! Builds a meeting from the results of the tools: list entry, summary and transcript. JSON and Markdown are parsed by
//! `files`; a text without recognised items is kept as the meeting's notes, and said. Called by `mod`.

use serde_json::{Value, json};

use super::content::Content;
use super::listing::Listed;
use crate::adf::is_deceptive;
use crate::domain::meeting::{Item, Meeting};
use crate::domain::reading::Reservation;
use crate::sources::files::{self, Parsed};

/// Longest notes that are kept, in characters: a long summary many times over.
const MAX_NOTES_LEN: usize = 200_000;
/// Shortest string in JSON that counts as content, in characters; shorter ones are names and labels.
const MIN_TEXT_LEN: usize = 25;

/// A meeting, read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The meeting, with fresh identifiers.
    pub meeting: Meeting,
    /// What was not understood, as it came.
    pub notes: Option<String>,
    /// What the person should know about how it was read.
    pub reservations: Vec<Reservation>,
    /// Whether the server had its summary. What has none yet may get one later.
    pub complete: bool,
}

/// Puts a meeting together. `source` is the tool's name, for people.
pub(super) fn put_together(
    listed: &Listed,
    summary: Option<Content>,
    transcript: Option<Content>,
    source: &str,
) -> Read {
    let head = listed.head();
    let mut read = Read {
        meeting: head.map_or_else(empty, |parsed| parsed.meeting),
        notes: None,
        reservations: Vec::new(),
        complete: false,
    };
    source.clone_into(&mut read.meeting.source);
    // A list may have items in it already.
    read.complete = !read.meeting.items.is_empty();
    if let Some(summary) = summary {
        read.add_summary(summary);
    }
    if let Some(transcript) = transcript {
        read.add_transcript(transcript);
    }
    read
}

fn empty() -> Meeting {
    Meeting {
        id: crate::domain::id::MeetingId::new(),
        title: "Untitled meeting".to_owned(),
        held_at: None,
        minutes: None,
        participants: Vec::new(),
        recording: None,
        items: Vec::new(),
        transcript: Vec::new(),
        source: String::new(),
    }
}

impl Read {
    fn add_summary(&mut self, content: Content) {
        let (parsed, text) = match content {
            Content::Data(data) => {
                let text = texts(&data);
                (files::parse_json("", &data.to_string()).ok(), text)
            }
            Content::Text(text) => (files::parse_notes("", &text).ok(), text),
        };
        let said = !text.trim().is_empty();
        let Some(Parsed { meeting, warnings, titled, .. }) = parsed else {
            if said {
                self.keep(&text, Reservation::NothingMarked);
            }
            return;
        };
        self.fill(&meeting, titled);
        let found = !meeting.items.is_empty();
        self.complete |= found;
        self.add_items(meeting.items);
        if found && !warnings.is_empty() {
            self.keep(&text, Reservation::Skipped(warnings));
        } else if !found && said {
            self.keep(&text, Reservation::NothingMarked);
        }
    }

    fn add_transcript(&mut self, content: Content) {
        let (data, text) = match content {
            Content::Data(Value::Array(list)) => (json!({ "transcript": list }), String::new()),
            Content::Data(data) => (data, String::new()),
            Content::Text(text) => (json!({ "transcript": text }), text),
        };
        let parsed = files::parse_json("", &data.to_string()).ok();
        let (cues, speakers) = parsed
            .map(|Parsed { meeting, .. }| (meeting.transcript, meeting.participants))
            .unwrap_or_default();
        if cues.is_empty() {
            if !text.trim().is_empty() {
                self.keep(&text, Reservation::TranscriptWithoutTimes);
            }
            return;
        }
        if self.meeting.participants.is_empty() {
            self.meeting.participants = speakers;
        }
        self.meeting.transcript = cues;
    }

    /// What the summary says of the meeting, where the list did not.
    fn fill(&mut self, more: &Meeting, titled: bool) {
        let meeting = &mut self.meeting;
        if titled && meeting.title == "Untitled meeting" {
            meeting.title.clone_from(&more.title);
        }
        meeting.held_at = meeting.held_at.or(more.held_at);
        meeting.minutes = meeting.minutes.or(more.minutes);
        if meeting.participants.is_empty() {
            meeting.participants.clone_from(&more.participants);
        }
        if meeting.recording.is_none() {
            meeting.recording.clone_from(&more.recording);
        }
    }

    fn add_items(&mut self, items: Vec<Item>) {
        for item in items {
            if !self.meeting.items.iter().any(|old| old.kind == item.kind && old.text == item.text) {
                self.meeting.items.push(item);
            }
        }
        // The order of a server's fields says nothing.
        self.meeting.items.sort_by_key(|item| item.kind);
    }

    /// Keeps what was not understood.
    fn keep(&mut self, text: &str, why: Reservation) {
        let kept: String = text
            .trim()
            .chars()
            .filter(|&c| (!c.is_control() || matches!(c, '\n' | '\t')) && !is_deceptive(c))
            .take(MAX_NOTES_LEN)
            .collect();
        let notes = self.notes.get_or_insert_default();
        if !notes.is_empty() {
            notes.push_str("\n\n");
        }
        notes.push_str(&kept);
        self.reservations.push(why);
    }
}

/// What data says in words.
fn texts(data: &Value) -> String {
    fn collect(data: &Value, texts: &mut Vec<String>) {
        match data {
            Value::String(text) if text.chars().count() >= MIN_TEXT_LEN && !text.starts_with("http") => {
                texts.push(text.trim().to_owned());
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, texts)),
            Value::Object(fields) => fields.values().for_each(|value| collect(value, texts)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(data, &mut found);
    // An identifier of a recording has no space in it.
    found.retain(|text| text.contains(' '));
    found.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::meeting::ItemKind;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

        #[test]
        fn no_text_is_lost(text in "([#*|:`\\[\\] -]|\\n|## Decisions\\n|- \\[ \\] |[0-9]{2}:|\\PC){0,60}") {
            let read = read(Content::Text(text.clone()), Content::Data(json!({ "transcript": text, "x": [text] })));
            let lost = read.meeting.items.is_empty() && !text.trim().is_empty() && read.notes.is_none();
            proptest::prop_assert!(!lost, "what is no item is in the notes");
        }
    }

    fn listed() -> Listed {
        let entry =
            json!({ "id": "r", "title": "Weekly", "date": "2026-11-12", "participants": ["Ada", "Grace"] });
        Listed { key: "r".to_owned(), entry: entry.to_string(), digest: String::new(), held: None }
    }

    fn read(summary: Content, transcript: Content) -> Read {
        put_together(&listed(), Some(summary), Some(transcript), "Sally")
    }

    fn text(text: &str) -> Content {
        Content::Text(text.to_owned())
    }

    #[test]
    fn each_form_gives_the_same_items() {
        let data = json!({ "insights": ["I"], "decisions": [{ "text": "D" }],
            "tasks": [{ "title": "T", "assignee": "Grace", "dueDate": "2026-12-04" }] });
        let enveloped = json!({ "data": { "summary": { "key_facts": ["I"], "decisions": ["D"],
            "action_items": [{ "action": "T", "owner": { "name": "Grace" }, "due": "2026-12-04" }] } } });
        let markdown = "# Weekly\n\n## Key facts\n\n- I\n\n## Decisions\n\n- D\n\n## Tasks\n\n- [ ] **Grace**: T (due \
                        2026-12-04)\n";
        for summary in [Content::Data(data), Content::Data(enveloped), text(markdown)] {
            let read = read(summary.clone(), text("[00:00:15] Ada: Hello"));
            let items: Vec<_> = read
                .meeting
                .items
                .iter()
                .map(|item| (item.kind, item.text.as_str(), item.owner.as_deref()))
                .collect();
            let wanted = [
                (ItemKind::Insight, "I", None),
                (ItemKind::Decision, "D", None),
                (ItemKind::Task, "T", Some("Grace")),
            ];
            assert_eq!(items, wanted, "{summary:?}");
            let due =
                read.meeting.items[2].due.as_ref().and_then(|due| due.date).map(|date| date.to_string());
            assert_eq!(due.as_deref(), Some("2026-12-04"), "{summary:?}");
            assert_eq!(read.meeting.transcript.len(), 1, "with what was said");
            assert_eq!(
                (read.notes, read.complete),
                (None, true),
                "all of it was understood: {:?}",
                read.reservations
            );
        }
    }

    #[test]
    fn what_is_not_understood_is_kept_and_said() {
        let prose = "We spoke about the importer. Nobody objected to a flag.";
        for summary in [text(prose), Content::Data(json!({ "language": "en", "abstract": prose }))] {
            let read = read(summary, text(""));
            assert_eq!(read.notes.as_deref(), Some(prose), "not a word is lost");
            assert_eq!(read.reservations.len(), 1, "and the person is told");
            assert!(read.meeting.items.is_empty(), "nothing is guessed");
            assert!(!read.complete, "a better summary may come later");
            assert_eq!(read.meeting.title, "Weekly", "the meeting is there all the same");
        }
    }

    #[test]
    fn an_empty_summary_is_no_news() {
        let empty = json!({ "insights": [], "decisions": [], "tasks": [], "language": "en" });
        let read = read(Content::Data(empty), text(""));
        assert_eq!((read.notes, read.reservations.len()), (None, 0), "there was nothing to understand");
    }

    #[test]
    fn transcripts_come_in_several_shapes() {
        let line = "[00:00:15] Alice: Good morning";
        let shapes = [
            text(line),
            Content::Data(json!([line])),
            Content::Data(json!({ "transcription": line })),
            Content::Data(
                json!({ "segments": [{ "start": "00:00:15", "speaker": "Alice", "text": "Good morning" }] }),
            ),
        ];
        for shape in shapes {
            let read = read(Content::Data(json!({})), shape.clone());
            let [cue] = read.meeting.transcript.as_slice() else { panic!("one cue of {shape:?}") };
            assert_eq!(
                (cue.start_ms, cue.speaker.as_deref(), cue.text.as_str()),
                (15_000, Some("Alice"), "Good morning"),
                "{shape:?}"
            );
        }
    }
}
