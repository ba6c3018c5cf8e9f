//! The names that tools and people give to the parts of a meeting. A new synonym is a new line in a table. Names are compared
//! [`fold`]ed, so `actionItems`, `action_items` and `Action items` are equal. Within a table, earlier names take precedence.
//!
//! Longer than 400 lines: tables of names with one line for each, and the few functions that look names up.

use crate::domain::meeting::ItemKind;

use ItemKind::{Decision, Insight, NextStep, Task};

/// Names of lists of items: keys in data, headings in notes, `type` of a single item.
const SECTIONS: &[(&str, ItemKind)] = &[
    ("insights", Insight),
    ("highlights", Insight),
    ("keypoints", Insight),
    ("keyfacts", Insight),
    ("keytakeaways", Insight),
    ("takeaways", Insight),
    ("keyfindings", Insight),
    ("findings", Insight),
    ("keylearnings", Insight),
    ("learnings", Insight),
    ("mainpoints", Insight),
    ("importantpoints", Insight),
    ("facts", Insight),
    ("erkenntnisse", Insight),
    ("highlightsdesmeetings", Insight),
    ("kernpunkte", Insight),
    ("kernaussagen", Insight),
    ("wichtigepunkte", Insight),
    ("wichtigstepunkte", Insight),
    ("wichtigeerkenntnisse", Insight),
    ("wichtigsteerkenntnisse", Insight),
    ("fakten", Insight),
    ("decisions", Decision),
    ("decisionpoints", Decision),
    ("agreements", Decision),
    ("resolutions", Decision),
    ("entscheidungen", Decision),
    ("beschlüsse", Decision),
    ("beschlusse", Decision),
    ("beschluesse", Decision),
    ("vereinbarungen", Decision),
    ("nextsteps", NextStep),
    ("targets", NextStep),
    ("followups", NextStep),
    ("followupitems", NextStep),
    ("nächsteschritte", NextStep),
    ("nachsteschritte", NextStep),
    ("naechsteschritte", NextStep),
    ("dienächstenschritte", NextStep),
    ("weiteresvorgehen", NextStep),
    ("tasks", Task),
    ("actionitems", Task),
    ("actions", Task),
    ("actionpoints", Task),
    ("todos", Task),
    ("todoitems", Task),
    ("todolist", Task),
    ("aufgaben", Task),
    ("offeneaufgaben", Task),
    ("opentasks", Task),
    ("openactionitems", Task),
    ("maßnahmen", Task),
    ("massnahmen", Task),
];

/// The same names in the singular. A heading or a `type` may use them; as a key in data they name a list
/// only where the value is one, since items use them for their own text.
const SINGULAR: &[(&str, ItemKind)] = &[
    ("insight", Insight),
    ("highlight", Insight),
    ("keypoint", Insight),
    ("keyfact", Insight),
    ("keytakeaway", Insight),
    ("takeaway", Insight),
    ("finding", Insight),
    ("learning", Insight),
    ("fact", Insight),
    ("erkenntnis", Insight),
    ("decision", Decision),
    ("agreement", Decision),
    ("resolution", Decision),
    ("entscheidung", Decision),
    ("beschluss", Decision),
    ("nextstep", NextStep),
    ("target", NextStep),
    ("followup", NextStep),
    ("nächsterschritt", NextStep),
    ("task", Task),
    ("actionitem", Task),
    ("action", Task),
    ("actionpoint", Task),
    ("todo", Task),
    ("aufgabe", Task),
    ("maßnahme", Task),
    ("massnahme", Task),
];

/// Words around a section's name that do not change what it is. "Open", "proposed" or "previous" do.
const QUALIFIERS: &[&str] = &[
    "key",
    "main",
    "important",
    "tentative",
    "final",
    "agreed",
    "new",
    "our",
    "the",
    "meeting",
    "suggested",
    "top",
    "major",
    "made",
    "taken",
    "reached",
    "list",
    "getroffene",
    "wichtige",
    "wichtigste",
    "neue",
    "die",
];

/// Headings that end a list of items even where they stand below its heading.
const OTHER_HEADINGS: &[&str] = &[
    "notes",
    "discussion",
    "discussions",
    "summary",
    "overview",
    "agenda",
    "background",
    "context",
    "links",
    "references",
    "resources",
    "details",
    "risks",
    "questions",
    "openquestions",
    "topics",
    "tldr",
    "parkinglot",
    "appendix",
    "metadata",
    "minutes",
    "notizen",
    "zusammenfassung",
    "diskussion",
    "offenefragen",
    "themen",
    "tagesordnung",
];

/// What a field of an item means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Its words, or their first line where a [`Field::Detail`] follows.
    Lead,
    /// More of its words; all of them where there is no [`Field::Lead`].
    Detail,
    /// Its words once more, with emphasis and links, as HTML.
    Marked,
    /// Who does it.
    Owner,
    /// When it is due.
    Due,
    /// Whether it is done: a truth value, or a word such as "completed".
    Done,
    /// When it was said: a clock time, or seconds.
    At,
    /// When it was said, in milliseconds.
    AtMillis,
    /// The items below it: it is a group, not an item.
    Children,
    /// The section it belongs to.
    Kind,
}

const FIELDS: &[(&str, Field)] = &[
    ("action", Field::Lead),
    ("actionitem", Field::Lead),
    ("task", Field::Lead),
    ("todo", Field::Lead),
    ("decision", Field::Lead),
    ("highlight", Field::Lead),
    ("target", Field::Lead),
    ("insight", Field::Lead),
    ("nextstep", Field::Lead),
    ("followup", Field::Lead),
    ("keypoint", Field::Lead),
    ("keyfact", Field::Lead),
    ("takeaway", Field::Lead),
    ("point", Field::Lead),
    ("fact", Field::Lead),
    ("item", Field::Lead),
    ("statement", Field::Lead),
    ("title", Field::Lead),
    ("headline", Field::Lead),
    ("subject", Field::Lead),
    ("name", Field::Lead),
    ("what", Field::Lead),
    ("aufgabe", Field::Lead),
    ("entscheidung", Field::Lead),
    ("text", Field::Detail),
    ("description", Field::Detail),
    ("content", Field::Detail),
    ("body", Field::Detail),
    ("details", Field::Detail),
    ("detail", Field::Detail),
    ("summary", Field::Detail),
    ("value", Field::Detail),
    ("beschreibung", Field::Detail),
    ("html", Field::Marked),
    ("owner", Field::Owner),
    ("owners", Field::Owner),
    ("ownername", Field::Owner),
    ("assignee", Field::Owner),
    ("assignees", Field::Owner),
    ("assigneename", Field::Owner),
    ("assignedto", Field::Owner),
    ("assigned", Field::Owner),
    ("responsible", Field::Owner),
    ("responsibleperson", Field::Owner),
    ("responsibleuser", Field::Owner),
    ("who", Field::Owner),
    ("dri", Field::Owner),
    ("verantwortlich", Field::Owner),
    ("zuständig", Field::Owner),
    ("wer", Field::Owner),
    ("due", Field::Due),
    ("duedate", Field::Due),
    ("dueby", Field::Due),
    ("dueon", Field::Due),
    ("dueat", Field::Due),
    ("deadline", Field::Due),
    ("bywhen", Field::Due),
    ("fällig", Field::Due),
    ("fälligam", Field::Due),
    ("fälligkeit", Field::Due),
    ("frist", Field::Due),
    ("biswann", Field::Due),
    ("done", Field::Done),
    ("isdone", Field::Done),
    ("completed", Field::Done),
    ("iscompleted", Field::Done),
    ("complete", Field::Done),
    ("checked", Field::Done),
    ("status", Field::Done),
    ("state", Field::Done),
    ("timestamp", Field::At),
    ("at", Field::At),
    ("recordingtimestamp", Field::At),
    ("start", Field::At),
    ("starttime", Field::At),
    ("time", Field::At),
    ("startms", Field::AtMillis),
    ("atms", Field::AtMillis),
    ("timestampms", Field::AtMillis),
    ("items", Field::Children),
    ("points", Field::Children),
    ("bullets", Field::Children),
    ("entries", Field::Children),
    ("children", Field::Children),
    ("type", Field::Kind),
    ("kind", Field::Kind),
    ("category", Field::Kind),
];

/// What a field of a meeting means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The title. An object under one of these names is an envelope.
    Title,
    /// When it was held.
    Date,
    /// When it ended.
    End,
    /// Who was there.
    People,
    /// How long it took, in minutes.
    Minutes,
    /// How long it took, in seconds.
    Seconds,
    /// How long it took, in words, or as a number without a unit.
    Duration,
    /// Where the recording is.
    Recording,
    /// The tool's own identifier.
    Key,
    /// What was said.
    Transcript,
    /// Text that may hold headings and lists.
    Prose,
    /// An object with parts of the meeting, or a list of meetings.
    Envelope,
    /// A list of items, each with its kind.
    Mixed,
}

const PARTS: &[(&str, Part)] = &[
    ("meetingtitle", Part::Title),
    ("meetingname", Part::Title),
    ("meetingtopic", Part::Title),
    ("title", Part::Title),
    ("subject", Part::Title),
    ("meeting", Part::Title),
    ("name", Part::Title),
    ("topic", Part::Title),
    ("titel", Part::Title),
    ("betreff", Part::Title),
    ("thema", Part::Title),
    ("meetingdate", Part::Date),
    ("date", Part::Date),
    ("meetingdatetime", Part::Date),
    ("datetime", Part::Date),
    ("heldat", Part::Date),
    ("happenedat", Part::Date),
    ("meetingstarttime", Part::Date),
    ("start", Part::Date),
    ("starttime", Part::Date),
    ("startedat", Part::Date),
    ("startsat", Part::Date),
    ("startdate", Part::Date),
    ("startdatetime", Part::Date),
    ("scheduledstarttime", Part::Date),
    ("recordingstarttime", Part::Date),
    ("recordedat", Part::Date),
    ("datestring", Part::Date),
    ("when", Part::Date),
    ("datum", Part::Date),
    ("created", Part::Date),
    ("createdat", Part::Date),
    ("createdtime", Part::Date),
    ("meetingendtime", Part::End),
    ("end", Part::End),
    ("endtime", Part::End),
    ("endedat", Part::End),
    ("endsat", Part::End),
    ("enddate", Part::End),
    ("enddatetime", Part::End),
    ("scheduledendtime", Part::End),
    ("recordingendtime", Part::End),
    ("participants", Part::People),
    ("attendees", Part::People),
    ("meetingattendees", Part::People),
    ("meetingparticipants", Part::People),
    ("calendarinvitees", Part::People),
    ("invitees", Part::People),
    ("people", Part::People),
    ("present", Part::People),
    ("who", Part::People),
    ("teilnehmer", Part::People),
    ("teilnehmerinnen", Part::People),
    ("teilnehmende", Part::People),
    ("anwesend", Part::People),
    ("anwesende", Part::People),
    ("speakers", Part::People),
    ("durationminutes", Part::Minutes),
    ("durationmin", Part::Minutes),
    ("durationinminutes", Part::Minutes),
    ("durationseconds", Part::Seconds),
    ("durationinseconds", Part::Seconds),
    ("durationsec", Part::Seconds),
    ("duration", Part::Duration),
    ("meetingduration", Part::Duration),
    ("length", Part::Duration),
    ("dauer", Part::Duration),
    ("recordingurl", Part::Recording),
    ("recordinglink", Part::Recording),
    ("recording", Part::Recording),
    ("videourl", Part::Recording),
    ("shareurl", Part::Recording),
    ("aufzeichnung", Part::Recording),
    ("audiourl", Part::Recording),
    ("meetingid", Part::Key),
    ("recordingid", Part::Key),
    ("sessionid", Part::Key),
    ("transcriptid", Part::Key),
    ("uuid", Part::Key),
    ("id", Part::Key),
    ("transcript", Part::Transcript),
    ("transcription", Part::Transcript),
    ("sentences", Part::Transcript),
    ("segments", Part::Transcript),
    ("utterances", Part::Transcript),
    ("cues", Part::Transcript),
    ("speakerblocks", Part::Transcript),
    ("transkript", Part::Transcript),
    ("wortlaut", Part::Transcript),
    ("summarymarkdown", Part::Prose),
    ("notesmarkdown", Part::Prose),
    ("markdowncontent", Part::Prose),
    ("markdownformatted", Part::Prose),
    ("markdown", Part::Prose),
    ("notes", Part::Prose),
    ("summary", Part::Prose),
    ("minutes", Part::Prose),
    ("content", Part::Prose),
    ("data", Part::Envelope),
    ("meetings", Part::Envelope),
    ("recordings", Part::Envelope),
    ("appointments", Part::Envelope),
    ("results", Part::Envelope),
    ("records", Part::Envelope),
    ("result", Part::Envelope),
    ("payload", Part::Envelope),
    ("response", Part::Envelope),
    ("body", Part::Envelope),
    ("call", Part::Envelope),
    ("event", Part::Envelope),
    ("info", Part::Envelope),
    ("details", Part::Envelope),
    ("metadata", Part::Envelope),
    ("meetinginfo", Part::Envelope),
    ("meetingdetails", Part::Envelope),
    ("meetingsummary", Part::Envelope),
    ("aisummary", Part::Envelope),
    ("defaultsummary", Part::Envelope),
    ("items", Part::Mixed),
    ("summaryitems", Part::Mixed),
];

/// What a heading stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    /// Lists below it are items.
    Items(ItemKind),
    /// Lists below it are the people who were there.
    People,
    /// What was said.
    Transcript,
    /// Something that is known to be none of these.
    Other,
}

/// A name as it is compared: lower case, letters and digits only.
pub(super) fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn find<T: Copy>(table: &[(&str, T)], folded: &str) -> Option<(usize, T)> {
    table.iter().position(|(name, _)| *name == folded).map(|rank| (rank, table[rank].1))
}

/// What a field of an item means, and its rank.
pub(super) fn field(name: &str) -> Option<(usize, Field)> {
    find(FIELDS, &fold(name))
}

/// What a field of a meeting means, and its rank.
pub(super) fn part(name: &str) -> Option<(usize, Part)> {
    find(PARTS, &fold(name))
}

/// The section that a key names, however much it is qualified: `keyDecisions`, `tentative decisions`.
pub(super) fn section(name: &str) -> Option<ItemKind> {
    find(SECTIONS, &fold(name)).or_else(|| find(SECTIONS, &unqualified(name))).map(|(_, kind)| kind)
}

/// The section that a name in the singular stands for, such as the `type` of an item.
pub(super) fn singular(name: &str) -> Option<ItemKind> {
    section(name).or_else(|| find(SINGULAR, &fold(name)).map(|(_, kind)| kind))
}

/// What a heading of notes stands for. A heading with several names counts only if each is a section's; the
/// first then decides.
pub(super) fn heading(text: &str) -> Option<Heading> {
    let text = text.split(['(', '[']).next().unwrap_or_default().trim();
    let text = text.trim_start_matches(|c: char| !c.is_alphabetic());
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    if OTHER_HEADINGS.contains(&folded.as_str()) {
        return Some(Heading::Other);
    }
    let mut parts = text
        .split(['&', '/', ',', '+'])
        .flat_map(|part| part.split(" and "))
        .flat_map(|part| part.split(" und "));
    if let Some(kind) = parts.next().and_then(of_heading)
        && parts.all(|part| of_heading(part).is_some())
    {
        return Some(Heading::Items(kind));
    }
    match part(text)?.1 {
        Part::People => Some(Heading::People),
        Part::Transcript => Some(Heading::Transcript),
        _ => None,
    }
}

fn of_heading(text: &str) -> Option<ItemKind> {
    singular(text).or_else(|| find(SINGULAR, &unqualified(text)).map(|(_, kind)| kind))
}

/// The folded name without its qualifiers at either end.
fn unqualified(name: &str) -> String {
    let words = words(name);
    let plain = |word: &String| !QUALIFIERS.contains(&word.as_str());
    let start = words.iter().position(plain).unwrap_or(words.len());
    let end = words.iter().rposition(plain).map_or(start, |last| last + 1);
    words[start..end].concat()
}

/// The words of a name in any spelling, in lower case: `keyDecisions`, `key_decisions`, `Key decisions`.
pub(in crate::sources) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            words.last_mut().into_iter().for_each(|word| word.extend(c.to_lowercase()));
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_one() {
        for name in ["actionItems", "action_items", "Action items", "ACTION-ITEMS", "action items:"] {
            assert_eq!(section(name), Some(Task), "{name} names tasks");
        }
        for name in ["decisions", "keyDecisions", "Tentative Decisions", "decisions_made", "Entscheidungen"] {
            assert_eq!(section(name), Some(Decision), "{name} names decisions");
        }
    }

    #[test]
    fn qualifiers_that_change_the_meaning_are_not_read_over() {
        for name in
            ["pending decisions", "proposed_decisions", "previousActionItems", "decisions needed", "topics"]
        {
            assert_eq!(section(name), None, "{name} does not name what the meeting decided or set as a task");
        }
    }

    #[test]
    fn headings_are_known_in_the_ways_people_write_them() {
        for (text, expected) in [
            ("✅ Action items", Some(Heading::Items(Task))),
            ("3. Decisions made (2)", Some(Heading::Items(Decision))),
            ("Decision", Some(Heading::Items(Decision))),
            ("Next steps & action items", Some(Heading::Items(NextStep))),
            ("Nächste Schritte", Some(Heading::Items(NextStep))),
            ("Wichtige Erkenntnisse", Some(Heading::Items(Insight))),
            ("Follow-ups", Some(Heading::Items(NextStep))),
            ("To-dos", Some(Heading::Items(Task))),
            ("Attendees", Some(Heading::People)),
            ("Transcript", Some(Heading::Transcript)),
            ("Notes", Some(Heading::Other)),
            ("Decisions and discussion", None),
            ("Client updates", None),
            ("✅", None),
        ] {
            assert_eq!(heading(text), expected, "heading “{text}”");
        }
    }

    #[test]
    fn tables_hold_folded_names_once() {
        let mut all = [SECTIONS, SINGULAR].concat().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        all.extend(OTHER_HEADINGS);
        let fields = FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        let parts = PARTS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        for mut names in [all, fields, parts] {
            for name in &names {
                assert_eq!(fold(name), *name, "a name that is not folded never matches");
            }
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "a name that stands twice hides a meaning");
        }
    }
}
