//! Exports a meeting: as Markdown, and as JSON that the import reads without loss.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::record::item::html;
use crate::adf::{Inlines, escape_markdown};
use crate::domain::meeting::{HeldAt, Item, ItemKind, Meeting, SECTIONS};

/// Longest name of a file, in characters, without its ending.
const MAX_FILE_NAME_LEN: usize = 80;

/// A meeting on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Export<'a> {
    /// The meeting.
    pub meeting: &'a Meeting,
    /// How its source knows it, as the store keeps that.
    pub key: Option<&'a str>,
}

impl Export<'_> {
    /// For programs. The names are those that `names` knows.
    pub fn to_json(&self) -> String {
        let meeting = self.meeting;
        let mut root = serde_json::Map::new();
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                root.insert(name.to_owned(), value);
            }
        };
        put("id", self.key.and_then(|key| key.strip_prefix("id:")).into());
        put("title", meeting.title.clone().into());
        put("date", meeting.held_at.map(held_at).into());
        put("duration_minutes", meeting.minutes.into());
        put("participants", meeting.participants.clone().into());
        put("recording_url", meeting.recording.clone().into());
        put("items", meeting.items.iter().map(json_item).collect());
        let cues: Vec<Value> = meeting
            .transcript
            .iter()
            .map(|cue| json!({"start_ms": cue.start_ms, "end_ms": cue.end_ms, "speaker": cue.speaker, "text": cue.text}))
            .collect();
        put("transcript", cues.into());
        format!("{:#}\n", Value::Object(root))
    }

    /// For people.
    pub fn to_markdown(&self) -> String {
        let meeting = self.meeting;
        let mut text = format!("# {}\n", escape_markdown(&meeting.title));
        let facts = [
            meeting.held_at.map(|at| format!("Date: {}", held_at(at))),
            meeting.minutes.map(|minutes| format!("Duration: {minutes} min")),
            (!meeting.participants.is_empty())
                .then(|| format!("Participants: {}", escape_markdown(&meeting.participants.join(", ")))),
        ];
        for fact in facts.into_iter().flatten() {
            // Writing to a string cannot fail, here and below.
            let _ = write!(text, "\n{fact}\n");
        }
        for (kind, heading) in SECTIONS {
            let items: Vec<&Item> = meeting.items.iter().filter(|item| item.kind == kind).collect();
            if items.is_empty() {
                continue;
            }
            let _ = write!(text, "\n## {heading}\n\n");
            for item in items {
                let _ = writeln!(text, "- {}", markdown_item(item));
            }
        }
        if !meeting.transcript.is_empty() {
            text.push_str("\n## Transcript\n\n");
        }
        for cue in &meeting.transcript {
            let seconds = cue.start_ms / 1000;
            let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
            let speaker =
                cue.speaker.as_ref().map(|name| format!("{}: ", escape_markdown(name))).unwrap_or_default();
            let _ = writeln!(
                text,
                "[{hours:02}:{minutes:02}:{seconds:02}] {speaker}{}\n",
                escape_markdown(&cue.text)
            );
        }
        text
    }
}

fn json_item(item: &Item) -> Value {
    let due = item.due.as_ref().map(|due| due.text.as_str());
    let mut value = json!({
        "type": item.kind, "text": item.text, "owner": item.owner, "due": due, "done": item.done, "timestamp_ms": item.at_ms,
    });
    if let Some(line) = &item.formatted {
        value["html"] = line.to_html().into();
    } else if html(&item.text).is_some() {
        // Words about HTML, which an import would take for HTML.
        value["html"] = Inlines::from(item.text.as_str()).to_html().into();
    }
    value
}

fn markdown_item(item: &Item) -> String {
    let tick = match (item.kind, item.done) {
        (ItemKind::Task, true) => "[x] ",
        (ItemKind::Task, false) => "[ ] ",
        _ => "",
    };
    let marked = item.formatted.as_ref().and_then(Inlines::to_markdown);
    let text = marked.unwrap_or_else(|| escape_markdown(&item.text).replace('\n', "\\\n"));
    let marks = [
        item.owner.as_ref().map(|owner| format!("owner: {}", escape_markdown(owner))),
        item.due.as_ref().map(|due| format!("due: {}", escape_markdown(&due.text))),
    ];
    let marks = marks.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let marks = if marks.is_empty() { marks } else { format!(" ({marks})") };
    // Behind the first line, where people, too, look for them.
    match text.split_once("\\\n") {
        Some((first, below)) => format!("{tick}{first}{marks}\\\n  {}", below.replace('\n', "\n  ")),
        None => format!("{tick}{text}{marks}"),
    }
}

fn held_at(at: HeldAt) -> String {
    match at {
        HeldAt::Moment(at) => at.to_string(),
        HeldAt::Day(day) => day.to_string(),
    }
}

/// A name that every system takes for a file.
pub fn file_name(title: &str, extension: &str) -> String {
    let safe: String = title
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '(' | ')' | ',') { c } else { ' ' })
        .take(MAX_FILE_NAME_LEN)
        .collect();
    let words = safe.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{}.{extension}", if words.is_empty() { "Meeting" } else { &words })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::adf::from_markdown;
    use crate::domain::id::{ItemId, MeetingId};
    use crate::domain::meeting::{Cue, Due};
    use crate::sources::files;

    fn meeting() -> Meeting {
        let item = |kind, text: &str| Item {
            id: ItemId::new(),
            kind,
            text: text.to_owned(),
            formatted: None,
            owner: Some("Grace Hopper".to_owned()),
            due: Some(Due { text: "20 Nov 2026".to_owned(), date: "2026-11-20".parse().ok() }),
            done: kind == ItemKind::Task,
            at_ms: Some(65_250),
        };
        let cue = |start_ms, speaker: Option<&str>, text: &str| Cue {
            start_ms,
            end_ms: start_ms + 900,
            speaker: speaker.map(str::to_owned),
            text: text.to_owned(),
        };
        Meeting {
            id: MeetingId::new(),
            title: "Roadmap: *next* year".to_owned(),
            held_at: Some(HeldAt::Moment("2026-11-12T09:30:00Z".parse().unwrap())),
            minutes: Some(45),
            participants: vec!["Grace Hopper".to_owned(), "René, the second".to_owned()],
            recording: Some("https://example.com/r/1".to_owned()),
            items: vec![
                item(ItemKind::Insight, "Two lines\nof an insight"),
                item(ItemKind::Decision, "Keep _the_ flag"),
                item(ItemKind::NextStep, "Pilot"),
                item(ItemKind::Task, "Write the guide"),
                Item {
                    formatted: Some(
                        from_markdown("Read *the* [plan](https://example.com/plan)", &mut String::new)
                            .into_line(),
                    ),
                    ..item(ItemKind::Task, "Read the plan")
                },
                item(ItemKind::Task, "Close every <b>tag</b>  & all"),
            ],
            transcript: vec![cue(1_250, Some("Ada"), "Hello"), cue(2_500, None, "Hi")],
            source: "markdown".to_owned(),
        }
    }

    #[test]
    fn json_comes_back_without_loss() {
        let there = meeting();
        let json = Export { meeting: &there, key: Some("id:abc") }.to_json();
        let back = files::parse("x.json", json.as_bytes()).unwrap().remove(0);
        assert_eq!(back.key.as_deref(), Some("abc"), "the same meeting is known again");
        assert!(back.warnings.is_empty(), "{:?}", back.warnings);
        let mut expected = there.clone();
        // What each import gives anew.
        expected.id = back.meeting.id;
        expected.source.clone_from(&back.meeting.source);
        for (item, back) in expected.items.iter_mut().zip(&back.meeting.items) {
            item.id = back.id;
        }
        assert_eq!(back.meeting, expected, "{json}");
    }

    #[test]
    fn markdown_shows_the_words_as_they_are() {
        let there = meeting();
        let text = Export { meeting: &there, key: None }.to_markdown();
        assert!(text.starts_with("# Roadmap: \\*next\\* year\n"), "no word becomes a mark: {text}");
        let back = files::parse("x.md", text.as_bytes()).unwrap().remove(0).meeting;
        assert_eq!(back.title, there.title);
        assert!(back.items[1].text.starts_with("Keep _the_ flag"), "{text}");
        for (back, there) in back.items.iter().zip(&there.items).skip(2) {
            let said = |item: &Item| {
                let marked = item.formatted.as_ref().map(Inlines::to_html);
                (item.kind, item.text.clone(), marked, item.owner.clone(), item.due.clone(), item.done)
            };
            assert_eq!(said(back), said(there), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_words_come_back_from_json(text in r"[\PC\n]{1,80}") {
            // Signs alone are no item to an import.
            prop_assume!(text.contains(char::is_alphanumeric));
            let mut there = meeting();
            let text: Vec<_> = text.trim().lines().map(str::trim_end).collect();
            there.items[1].text = text.join("\n");
            let json = Export { meeting: &there, key: None }.to_json();
            let back = files::parse("x.json", json.as_bytes()).unwrap().remove(0).meeting;
            prop_assert_eq!(&back.items[1].text, &there.items[1].text, "{}", json);
        }

        #[test]
        fn any_line_comes_back_from_markdown(text in r"[!-~é…]{1,8}( [!-~é…]{1,8}){0,6}") {
            let mut there = meeting();
            text.clone_into(&mut there.items[3].text);
            let markdown = Export { meeting: &there, key: None }.to_markdown();
            let back = files::parse("x.md", markdown.as_bytes()).unwrap().remove(0).meeting;
            prop_assert_eq!(&back.items[3].text, &there.items[3].text, "{}", markdown);
        }
    }

    #[test]
    fn a_file_name_is_safe() {
        assert_eq!(file_name("Q3: plan / ../etc", "md"), "Q3 plan etc.md");
        assert_eq!(file_name("…", "json"), "Meeting.json");
    }
}
