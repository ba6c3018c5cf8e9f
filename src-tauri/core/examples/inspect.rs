//! Says what Sally Desktop would take from files, without importing anything: one JSON line for each file.
//!
//! ```text
//! cargo run -p sally-core --example inspect -- notes.md transcript.vtt
//! ```
//!
//! A file that cannot be read gets a line with `error`, and the exit code is then 1; the others still get
//! theirs. The counts of a file with several meetings are their sums.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use sally_core::domain::meeting::{HeldAt, ItemKind};
use sally_core::domain::reading::Unreadable;
use sally_core::sources::files::{Links, Parsed, parse, read};
use serde::Serialize;

/// What a file holds.
#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    format: &'static str,
    title: &'a str,
    /// A day or a moment (ISO 8601), as exactly as the file says.
    date: Option<String>,
    participants: Vec<&'a str>,
    insights: usize,
    decisions: usize,
    next_steps: usize,
    tasks: usize,
    /// Items with an owner.
    owners: usize,
    /// Items that say when they are due.
    due_dates: usize,
    cues: usize,
    /// Each as the code, and the place if there is one.
    warnings: Vec<String>,
}

/// Why nothing could be taken.
#[derive(Serialize)]
struct Refusal<'a> {
    file: &'a str,
    /// Its code, and the place in the file if there is one, as `not_json at 3:14`.
    error: String,
}

fn main() -> io::Result<ExitCode> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    if files.is_empty() {
        writeln!(io::stderr(), "Name at least one file: inspect FILE…")?;
        return Ok(ExitCode::from(2));
    }
    let mut out = io::stdout().lock();
    let mut all_read = true;
    for file in &files {
        let shown = file.to_string_lossy();
        match inspect(Path::new(file)) {
            Ok(meetings) => line(&mut out, &report(&shown, &meetings))?,
            Err(refused) => {
                all_read = false;
                line(&mut out, &Refusal { file: &shown, error: refused.to_string() })?;
            }
        }
    }
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn inspect(path: &Path) -> Result<Vec<Parsed>, Unreadable> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parse(&name, &read(path, Links::Follow)?)
}

fn report<'a>(file: &'a str, meetings: &'a [Parsed]) -> Report<'a> {
    let items = || meetings.iter().flat_map(|parsed| &parsed.meeting.items);
    let count = |kind: ItemKind| items().filter(|item| item.kind == kind).count();
    let first = meetings.first();
    let mut participants: Vec<&str> = Vec::new();
    for name in meetings.iter().flat_map(|parsed| &parsed.meeting.participants) {
        if !participants.contains(&name.as_str()) {
            participants.push(name);
        }
    }
    Report {
        file,
        format: first.map_or("", |parsed| parsed.format.as_str()),
        title: first.map_or("", |parsed| &parsed.meeting.title),
        date: first.and_then(|parsed| parsed.meeting.held_at).map(|held_at| match held_at {
            HeldAt::Moment(moment) => moment.to_string(),
            HeldAt::Day(day) => day.to_string(),
        }),
        participants,
        insights: count(ItemKind::Insight),
        decisions: count(ItemKind::Decision),
        next_steps: count(ItemKind::NextStep),
        tasks: count(ItemKind::Task),
        owners: items().filter(|item| item.owner.is_some()).count(),
        due_dates: items().filter(|item| item.due.is_some()).count(),
        cues: meetings.iter().map(|parsed| parsed.meeting.transcript.len()).sum(),
        warnings: meetings.iter().flat_map(|parsed| &parsed.warnings).map(ToString::to_string).collect(),
    }
}

fn line(out: &mut impl io::Write, value: &impl Serialize) -> io::Result<()> {
    writeln!(out, "{}", serde_json::to_string(value)?)
}
