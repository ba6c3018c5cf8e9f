//! Why a file or a meeting of a server could not be read, and what of it was skipped: codes with values, in no language.
//! `app::words` makes sentences of them. They are shown at once and never stored, so they may change.

use std::fmt;

use serde::Serialize;

use super::code;

/// A place in what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A line, counted from 1.
    Line(usize),
    /// A line and the character in it, both counted from 1.
    LineColumn {
        /// The line.
        line: usize,
        /// The character.
        column: usize,
    },
    /// The path in structured data, such as `decisions[2]`.
    Path(String),
}

/// As a log may have it: a path consists of a stranger's words, and stands in quotation marks.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "{line}"),
            Self::LineColumn { line, column } => write!(f, "{line}:{column}"),
            Self::Path(path) => write!(f, "“{path}”"),
        }
    }
}

/// Why nothing can be read of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// An address that leads to no file of this machine.
    NotLocal,
    /// There is no file at the path.
    NotFound,
    /// The account may not read it.
    NotPermitted,
    /// The system could not read it.
    System {
        /// What the system said.
        error: String,
    },
    /// It is a folder.
    Folder,
    /// It is a pipe, a device or the like.
    NotRegular,
    /// It is a link, in a folder where none is followed.
    Link,
    /// It is too large.
    TooLarge {
        /// Its size, in bytes.
        size: u64,
        /// What is read, in bytes.
        max: u64,
    },
    /// It ended the app when it was read before, or took too long.
    LeftAlone,
    /// Reading it took too long, and was given up.
    TooSlow {
        /// How long is waited, in seconds.
        seconds: u64,
    },
    /// Nothing is read until some of what was given up comes to an end.
    ReadersBusy,
    /// Its reader panicked.
    ReaderFailed,
    /// It has no text.
    Empty,
    /// A PDF.
    Pdf,
    /// Word's format before `.docx`.
    OldWord,
    /// Rich text (RTF).
    RichText,
    /// It is compressed, as with gzip.
    Compressed,
    /// It holds a zero byte, which no text does.
    ZeroByte,
    /// It is in no known encoding: it is no UTF-8 here.
    NotUtf8,
    /// It begins as UTF-16, and is none here.
    NotUtf16,
    /// Its UTF-16 ends in the middle of a character.
    HalfCharacter,
    /// A ZIP archive that is no Word document.
    NotWord,
    /// A ZIP archive with too many parts.
    TooManyParts {
        /// How many are read.
        max: usize,
    },
    /// A ZIP archive that is damaged, or not whole.
    DamagedArchive,
    /// A Word document that is damaged.
    DamagedWord,
    /// A Word document with a password.
    Locked,
    /// A Word document that is too large once it is unpacked.
    TooLargeUnpacked {
        /// How much text is read, in bytes.
        max: u64,
    },
    /// JSON that ends early.
    JsonEnds,
    /// JSON that is nested too deeply.
    JsonDepth,
    /// JSON with too many values.
    JsonValues {
        /// How many are read.
        max: usize,
    },
    /// It begins as JSON, and is none.
    NotJson {
        /// What the parser said.
        error: String,
    },
    /// JSON about something else than a meeting.
    JsonWithoutMeeting,
    /// Notes that are too long.
    LongNotes {
        /// Their size, in bytes.
        size: usize,
        /// What is read, in bytes.
        max: usize,
    },
    /// Text that has no mark of a meeting.
    NotAMeeting,
    /// A transcript without cues.
    NoCues,
    /// A transcript whose cues were all skipped.
    NoReadableCue {
        /// Why the first one was.
        first: Skipped,
    },
}

impl Refusal {
    /// Its code, such as `too_large`.
    pub fn code(&self) -> String {
        code::of(self, 1)
    }
}

/// A part of a file or of a server's list that was skipped or changed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Skipped {
    /// A text that belongs to no cue.
    OutsideOfCues,
    /// A cue whose times cannot be read.
    CueTimes,
    /// The end of a cue that ends before it starts.
    CueEnd,
    /// A cue in the middle of which the file ends.
    CutOffCue,
    /// Cues without words.
    SilentCues {
        /// How many.
        count: usize,
    },
    /// An entry of a list without text.
    EntryWithoutText,
    /// Front matter that is not valid YAML.
    FrontMatter {
        /// What the parser said.
        error: String,
    },
    /// A section of items that has text, and no list.
    SectionWithoutList {
        /// Its heading.
        heading: String,
    },
    /// A table without a column for the text of an item.
    TableWithoutText,
    /// Lists under headings that name no kind of item.
    UnmarkedLists {
        /// How many, from the first one on.
        count: usize,
    },
    /// A transcript with neither times nor speakers.
    UnmarkedTranscript,
    /// There is no item and no transcript.
    NothingMarked,
    /// Items beyond the limit.
    TooManyItems {
        /// How many there are.
        count: usize,
        /// How many were taken.
        max: usize,
    },
    /// Cues beyond the limit.
    TooManyCues {
        /// How many there are.
        count: usize,
        /// How many were taken.
        max: usize,
    },
    /// An entry of a server's list that is too long.
    LongEntry {
        /// Its size, in bytes.
        size: usize,
        /// What is read, in bytes.
        max: usize,
    },
    /// Recordings of a server's list beyond the limit.
    TooManyRecordings {
        /// How many are taken.
        max: u64,
    },
    /// More of the same.
    More {
        /// How many.
        count: usize,
    },
}

impl Skipped {
    /// Its code, such as `cue_times`.
    pub fn code(&self) -> String {
        code::of(self, 1)
    }
}

/// A part of a file that was skipped or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where.
    pub location: Option<Location>,
    /// What, and why.
    pub reason: Skipped,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        located(f, self.location.as_ref(), &self.reason.code())
    }
}

/// The error of a file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Unreadable {
    /// Where.
    pub location: Option<Location>,
    /// Why.
    pub reason: Refusal,
}

impl Unreadable {
    /// Because of all of it.
    pub fn whole(reason: Refusal) -> Self {
        Self { location: None, reason }
    }

    /// Because of one place in it.
    pub fn at(location: Location, reason: Refusal) -> Self {
        Self { location: Some(location), reason }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        located(f, self.location.as_ref(), &self.reason.code())
    }
}

fn located(f: &mut fmt::Formatter<'_>, location: Option<&Location>, code: &str) -> fmt::Result {
    match location {
        Some(location) => write!(f, "{code} at {location}"),
        None => f.write_str(code),
    }
}

/// What a person should know about how a meeting of a server was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// A text without a mark of an item is kept as notes.
    NothingMarked,
    /// A transcript without times is kept as notes.
    TranscriptWithoutTimes,
    /// A summary of which something was skipped is kept as notes, too.
    Skipped(Vec<Warning>),
    /// The server did not give the summary.
    NoSummary(Failure),
    /// The server did not give the transcript.
    NoTranscript(Failure),
}

/// Why a server did not give a part of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A tool failed.
    Tool {
        /// Which.
        tool: String,
        /// What it said.
        reason: String,
    },
    /// The answer cannot be understood.
    Unreadable,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_log_has_of_them_is_no_word_of_a_file() {
        let bad = Refusal::NotJson { error: "secret".into() };
        let told = Unreadable::at(Location::LineColumn { line: 3, column: 14 }, bad).to_string();
        assert_eq!(told, "not_json at 3:14");
        let warning = Warning {
            location: Some(Location::Path("decisions.Budget[1]".into())),
            reason: Skipped::SectionWithoutList { heading: "secret".into() },
        };
        assert_eq!(
            warning.to_string(),
            "section_without_list at “decisions.Budget[1]”",
            "a log leaves out what is quoted"
        );
        assert_eq!(Unreadable::whole(Refusal::Pdf).to_string(), "pdf");
    }
}
