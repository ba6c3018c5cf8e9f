//! Of files and of meetings of servers: why they could not be read, and what of them was skipped.
//!
//! Longer than 400 lines: each reason has its words here, and once more in the test.

use crate::domain::reading::{Failure, Location, Refusal, Reservation, Skipped, Warning};
use crate::sources::files::Format;

const KIB: usize = 1024;
const MIB: u64 = 1024 * 1024;

/// A location in a file, such as "line 3, column 14".
pub(in crate::app) fn location(location: &Location) -> String {
    match location {
        Location::Line(line) => format!("line {line}"),
        Location::LineColumn { line, column } => format!("line {line}, column {column}"),
        Location::Path(path) => path.clone(),
    }
}

/// Why nothing can be read of a file.
pub(in crate::app) fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NotLocal => {
            "This address leads to no file of this computer. Copy the file here, and open it then."
        }
        Refusal::NotFound => "There is no file at this path.",
        Refusal::NotPermitted => "Your account may not read this file.",
        Refusal::System { error } => return format!("The system could not read this file: {error}."),
        Refusal::Folder => "This is a folder; choose the files in it.",
        Refusal::NotRegular => "This is not a regular file.",
        Refusal::Link => {
            "This is a link, and none is followed in the watched folder. To import what it leads to, use “Import files…”."
        }
        Refusal::TooLarge { size, max } => {
            let (size, max) = (size.div_ceil(MIB), max / MIB);
            return format!("The file has {size} MiB; files of up to {max} MiB can be read.");
        }
        Refusal::LeftAlone => {
            "Sally Desktop ended while it was reading this file, or gave it up since that took too long, so it is left \
             alone. To try it again, import it with “Import files…” or drop it on the window."
        }
        Refusal::TooSlow { seconds } => {
            return format!(
                "It could not be read in {seconds} seconds, so it was given up. It is not read again by itself, only when \
                 you ask for it."
            );
        }
        Refusal::ReadersBusy => {
            "Nothing was read of it, since files that were given up before are still being read. Quit Sally Desktop and \
             start it again."
        }
        Refusal::ReaderFailed => "The reader of Sally Desktop failed on it. Please report this.",
        Refusal::Empty => "The file is empty.",
        Refusal::Pdf => "This is a PDF; export the notes as a Word file, Markdown or text instead.",
        Refusal::OldWord => "This is a Word file of the older kind; save it as .docx and import that.",
        Refusal::RichText => "This is rich text (RTF); save it as .docx or as plain text and import that.",
        Refusal::Compressed => "This is a compressed file; unpack it and import what is in it.",
        Refusal::ZeroByte => "The file is not text: it holds a zero byte here.",
        Refusal::NotUtf8 => "The file is not UTF-8 text here; save it as UTF-8 and import it again.",
        Refusal::NotUtf16 => "The file is not valid UTF-16 text here.",
        Refusal::HalfCharacter => "The UTF-16 text ends in the middle of a character.",
        Refusal::NotWord => {
            "This archive is not a Word document; unpack it, and import the files that are in it."
        }
        Refusal::TooManyParts { max } => {
            return format!("This archive has more than {max} parts; a Word document has a few dozen.");
        }
        Refusal::DamagedArchive => {
            "The file starts like a Word document and is damaged or incomplete; get it anew."
        }
        Refusal::DamagedWord => {
            "The Word document is damaged; open it in Word, save it again and import that."
        }
        Refusal::Locked => "The document is locked with a password; save it without one.",
        Refusal::TooLargeUnpacked { max } => {
            return format!(
                "The document unfolds to more than {} MiB of text, which no meeting has; it was not read.",
                max / MIB
            );
        }
        Refusal::JsonEnds => "The JSON ends before it is complete.",
        Refusal::JsonDepth => "The JSON is nested too deeply to be a meeting.",
        Refusal::JsonValues { max } => return format!("The JSON has more than {max} values, which no meeting has."),
        Refusal::NotJson { error } => return format!("This is not valid JSON: {error}."),
        Refusal::JsonWithoutMeeting => {
            "The JSON is valid, but no part of it is named as a meeting's: no insights, decisions, next steps, tasks or \
             transcript."
        }
        Refusal::LongNotes { size, max } => {
            let mib = 1024 * 1024;
            let (size, max) = (size.div_ceil(mib), max / mib);
            return format!("The notes have {size} MiB; notes of up to {max} MiB can be read.");
        }
        Refusal::NotAMeeting => {
            "No meeting was recognised: this is neither structured JSON nor a transcript, and it has none of the headings \
             of meeting notes, such as “Decisions” or “Action items”."
        }
        Refusal::NoCues => "The transcript has no cues.",
        Refusal::NoReadableCue { first } => return format!("No cue could be read. {}", skipped(first)),
    }
    .to_owned()
}

/// What of a file was skipped or changed, and why.
pub(in crate::app) fn skipped(skipped: &Skipped) -> String {
    match skipped {
        Skipped::OutsideOfCues => "This text belongs to no cue; it was not taken.",
        Skipped::CueTimes => "The times of this cue cannot be read; it was not taken.",
        Skipped::CueEnd => "This cue ends before it starts; its end was not taken.",
        Skipped::CutOffCue => "The file ends in the middle of a cue; it was not taken.",
        Skipped::SilentCues { count: 1 } => "1 cue has times but no words.",
        Skipped::SilentCues { count } => return format!("{count} cues have times but no words."),
        Skipped::EntryWithoutText => "This entry has no text; it was not taken.",
        Skipped::FrontMatter { error } => {
            return format!("The front matter is not valid YAML and was not taken: {error}.");
        }
        Skipped::SectionWithoutList { heading } => {
            return format!("“{heading}” has text but no list; nothing was taken from it.");
        }
        Skipped::TableWithoutText => {
            "No column of this table is named as the text of an item; nothing was taken from it."
        }
        Skipped::UnmarkedLists { count: 1 } => {
            "This list stands under no heading that names insights, decisions, next steps or tasks; nothing was taken from \
             it."
        }
        Skipped::UnmarkedLists { count } => {
            return format!(
                "From here on {count} lists stand under no heading that names insights, decisions, next steps or tasks; \
                 nothing was taken from them."
            );
        }
        Skipped::UnmarkedTranscript => {
            "The transcript has neither times such as [00:00:15] nor speakers; it was not taken."
        }
        Skipped::NothingMarked => {
            "Nothing here is marked as an insight, a decision, a next step, a task or a transcript."
        }
        Skipped::TooManyItems { count, max } => {
            return format!("The meeting has {count} items; the first {max} were taken.");
        }
        Skipped::TooManyCues { count, max } => {
            return format!("The transcript has {count} cues; the first {max} were taken.");
        }
        Skipped::LongEntry { size, max } => {
            return format!(
                "The list says {} KiB about this meeting, and up to {} KiB are read; it was not taken.",
                size.div_ceil(KIB),
                max / KIB
            );
        }
        Skipped::TooManyRecordings { max } => {
            return format!("The list has more than {max} meetings; the others were not taken.");
        }
        Skipped::More { count } => return format!("There are {count} more warnings like these."),
    }
    .to_owned()
}

/// What a person should know about how a meeting of a server was read.
pub(in crate::app) fn reservation(reservation: &Reservation) -> String {
    let kept = |why: &str| format!("Kept as it came, in the notes: {why}");
    match reservation {
        Reservation::NothingMarked => {
            kept("nothing in it is marked as an insight, a decision, a next step or a task")
        }
        Reservation::TranscriptWithoutTimes => kept("the transcript has no times"),
        Reservation::Skipped(warnings) => kept(&warnings.iter().map(located).collect::<Vec<_>>().join(" ")),
        Reservation::NoSummary(why) => format!("The summary could not be read: {}", failure(why)),
        Reservation::NoTranscript(why) => format!("The transcript could not be read: {}", failure(why)),
    }
}

/// What is said of a meeting of a server that is read again at the next sync, behind why it was not.
pub(in crate::app) fn tried_again(why: &str) -> String {
    format!("{why} It is tried again the next time.")
}

/// What text is called that a person pasted, where a file has its name.
pub(in crate::app) fn pasted_meeting() -> String {
    "Pasted meeting".to_owned()
}

/// Where a meeting is from: the name of its format, else the source as it is stored, which is the name of a server, or the
/// format's name in the words of an earlier version.
pub(in crate::app) fn source(stored: &str) -> String {
    let Some(format) = Format::of(stored) else { return stored.to_owned() };
    match format {
        Format::Json => "Structured summary",
        Format::Markdown => "Markdown notes",
        Format::Html => "HTML notes",
        Format::Docx => "Word document",
        Format::WebVtt => "WebVTT transcript",
        Format::SubRip => "SubRip transcript",
        Format::Text => "Text transcript",
        Format::Chat => "Meeting chat",
    }
    .to_owned()
}

/// What a recording is called whose title is not known.
pub(in crate::app) fn untitled_recording() -> String {
    "A recording".to_owned()
}

fn located(warning: &Warning) -> String {
    let reason = skipped(&warning.reason);
    match &warning.location {
        Some(at) => format!("{}: {reason}", location(at)),
        None => reason,
    }
}

fn failure(failure: &Failure) -> String {
    match failure {
        Failure::Tool { tool, reason } => format!("the tool {tool} failed: “{reason}”"),
        Failure::Unreadable => "the answer cannot be understood".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_that_is_not_read_says_why_and_what_to_do() {
        let mib = 1024 * 1024;
        for (why, says) in [
            (
                Refusal::NotLocal,
                "This address leads to no file of this computer. Copy the file here, and open it then.",
            ),
            (Refusal::NotFound, "There is no file at this path."),
            (Refusal::NotPermitted, "Your account may not read this file."),
            (
                Refusal::System { error: "Input/output error".into() },
                "The system could not read this file: Input/output error.",
            ),
            (Refusal::Folder, "This is a folder; choose the files in it."),
            (Refusal::NotRegular, "This is not a regular file."),
            (
                Refusal::Link,
                "This is a link, and none is followed in the watched folder. To import what it leads to, use “Import \
                 files…”.",
            ),
            (
                Refusal::TooLarge { size: 64 * mib + 1, max: 64 * mib },
                "The file has 65 MiB; files of up to 64 MiB can be read.",
            ),
            (
                Refusal::LeftAlone,
                "Sally Desktop ended while it was reading this file, or gave it up since that took too long, so it is \
                 left alone. To try it again, import it with “Import files…” or drop it on the window.",
            ),
            (
                Refusal::TooSlow { seconds: 60 },
                "It could not be read in 60 seconds, so it was given up. It is not read again by itself, only when you \
                 ask for it.",
            ),
            (
                Refusal::ReadersBusy,
                "Nothing was read of it, since files that were given up before are still being read. Quit Sally \
                 Desktop and start it again.",
            ),
            (Refusal::ReaderFailed, "The reader of Sally Desktop failed on it. Please report this."),
        ] {
            assert_eq!(refusal(&why), says);
        }
    }

    #[test]
    fn each_content_that_cannot_be_read_is_named_with_the_way_on() {
        let mib = 1024 * 1024;
        for (why, says) in [
            (Refusal::Empty, "The file is empty."),
            (Refusal::Pdf, "This is a PDF; export the notes as a Word file, Markdown or text instead."),
            (Refusal::OldWord, "This is a Word file of the older kind; save it as .docx and import that."),
            (
                Refusal::RichText,
                "This is rich text (RTF); save it as .docx or as plain text and import that.",
            ),
            (Refusal::Compressed, "This is a compressed file; unpack it and import what is in it."),
            (Refusal::ZeroByte, "The file is not text: it holds a zero byte here."),
            (Refusal::NotUtf8, "The file is not UTF-8 text here; save it as UTF-8 and import it again."),
            (Refusal::NotUtf16, "The file is not valid UTF-16 text here."),
            (Refusal::HalfCharacter, "The UTF-16 text ends in the middle of a character."),
            (
                Refusal::NotWord,
                "This archive is not a Word document; unpack it, and import the files that are in it.",
            ),
            (
                Refusal::TooManyParts { max: 10_000 },
                "This archive has more than 10000 parts; a Word document has a few dozen.",
            ),
            (
                Refusal::DamagedArchive,
                "The file starts like a Word document and is damaged or incomplete; get it anew.",
            ),
            (
                Refusal::DamagedWord,
                "The Word document is damaged; open it in Word, save it again and import that.",
            ),
            (Refusal::Locked, "The document is locked with a password; save it without one."),
            (
                Refusal::TooLargeUnpacked { max: 32 * mib },
                "The document unfolds to more than 32 MiB of text, which no meeting has; it was not read.",
            ),
            (Refusal::JsonEnds, "The JSON ends before it is complete."),
            (Refusal::JsonDepth, "The JSON is nested too deeply to be a meeting."),
            (
                Refusal::JsonValues { max: 4_000_000 },
                "The JSON has more than 4000000 values, which no meeting has.",
            ),
            (
                Refusal::NotJson { error: "trailing characters".into() },
                "This is not valid JSON: trailing characters.",
            ),
            (
                Refusal::JsonWithoutMeeting,
                "The JSON is valid, but no part of it is named as a meeting's: no insights, decisions, next steps, \
                 tasks or transcript.",
            ),
            (
                Refusal::LongNotes { size: 8 * 1024 * 1024 + 1, max: 8 * 1024 * 1024 },
                "The notes have 9 MiB; notes of up to 8 MiB can be read.",
            ),
            (
                Refusal::NotAMeeting,
                "No meeting was recognised: this is neither structured JSON nor a transcript, and it has none of the \
                 headings of meeting notes, such as “Decisions” or “Action items”.",
            ),
            (Refusal::NoCues, "The transcript has no cues."),
            (
                Refusal::NoReadableCue { first: Skipped::CueTimes },
                "No cue could be read. The times of this cue cannot be read; it was not taken.",
            ),
        ] {
            assert_eq!(refusal(&why), says);
        }
    }

    #[test]
    fn what_was_skipped_is_counted_and_placed() {
        for (what, says) in [
            (Skipped::SilentCues { count: 1 }, "1 cue has times but no words."),
            (Skipped::SilentCues { count: 2 }, "2 cues have times but no words."),
            (
                Skipped::UnmarkedLists { count: 1 },
                "This list stands under no heading that names insights, decisions, next steps or tasks; nothing was \
                 taken from it.",
            ),
            (
                Skipped::UnmarkedLists { count: 2 },
                "From here on 2 lists stand under no heading that names insights, decisions, next steps or tasks; \
                 nothing was taken from them.",
            ),
            (
                Skipped::LongEntry { size: 64 * KIB + 1, max: 64 * KIB },
                "The list says 65 KiB about this meeting, and up to 64 KiB are read; it was not taken.",
            ),
            (
                Skipped::TooManyRecordings { max: 200_000 },
                "The list has more than 200000 meetings; the others were not taken.",
            ),
            (
                Skipped::TooManyItems { count: 10_001, max: 10_000 },
                "The meeting has 10001 items; the first 10000 were taken.",
            ),
            (
                Skipped::TooManyCues { count: 200_001, max: 200_000 },
                "The transcript has 200001 cues; the first 200000 were taken.",
            ),
            (Skipped::More { count: 7 }, "There are 7 more warnings like these."),
            (
                Skipped::SectionWithoutList { heading: "Decisions".into() },
                "“Decisions” has text but no list; nothing was taken from it.",
            ),
        ] {
            assert_eq!(skipped(&what), says);
        }
        for (location, says) in [
            (Location::Line(12), "line 12"),
            (Location::LineColumn { line: 3, column: 14 }, "line 3, column 14"),
            (Location::Path("decisions[2]".into()), "decisions[2]"),
        ] {
            assert_eq!(super::location(&location), says);
        }
    }

    #[test]
    fn the_source_of_a_meeting_is_named() {
        for (stored, shown) in [
            ("json", "Structured summary"),
            ("markdown", "Markdown notes"),
            ("html", "HTML notes"),
            ("docx", "Word document"),
            ("webvtt", "WebVTT transcript"),
            ("srt", "SubRip transcript"),
            ("text", "Text transcript"),
            ("chat", "Meeting chat"),
            ("Sally", "Sally"),
            ("Markdown notes", "Markdown notes"),
        ] {
            assert_eq!(source(stored), shown);
        }
    }

    #[test]
    fn a_meeting_of_a_server_says_what_is_in_its_notes() {
        let warning = |line, reason| Warning { location: Some(Location::Line(line)), reason };
        let warnings = vec![
            warning(3, Skipped::TableWithoutText),
            Warning { location: None, reason: Skipped::More { count: 2 } },
        ];
        let failed = Failure::Tool { tool: "get_summary".into(), reason: "internal error".into() };
        for (one, says) in [
            (
                Reservation::NothingMarked,
                "Kept as it came, in the notes: nothing in it is marked as an insight, a decision, a next step or a task",
            ),
            (
                Reservation::TranscriptWithoutTimes,
                "Kept as it came, in the notes: the transcript has no times",
            ),
            (
                Reservation::Skipped(warnings),
                "Kept as it came, in the notes: line 3: No column of this table is named as the text of an item; \
                 nothing was taken from it. There are 2 more warnings like these.",
            ),
            (
                Reservation::NoSummary(failed),
                "The summary could not be read: the tool get_summary failed: “internal error”",
            ),
            (
                Reservation::NoTranscript(Failure::Unreadable),
                "The transcript could not be read: the answer cannot be understood",
            ),
        ] {
            assert_eq!(reservation(&one), says);
        }
    }
}
