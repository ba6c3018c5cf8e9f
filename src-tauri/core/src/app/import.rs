//! Bringing meetings in from files. The same file twice adds nothing; a second file about the same meeting adds
//! what is new in it; a file that cannot be read does not keep the others out.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};

use super::{App, Error, Event};
use crate::api::{ImportFailure, ImportReport, ImportText};
use crate::domain::id::MeetingId;
use crate::domain::meeting::{HeldAt, Meeting};
use crate::sources::files::{self, Format, Parsed, Unreadable};
use crate::store::{self, Origin, Writing};

/// What pasted text is called where a file has its name.
const PASTED: &str = "Pasted meeting";

/// A file on its way in.
#[derive(Default)]
pub(super) struct Incoming {
    folder: Option<PathBuf>,
    /// Of the file, and of the transcript that joined it.
    digests: Vec<String>,
    meetings: Vec<Parsed>,
    /// The meeting that the file brought when it was shorter.
    pub(super) onto: Option<MeetingId>,
    /// Whether nobody asked for it: then it brings nothing back that a person deleted.
    pub(super) by_itself: bool,
}

impl App {
    /// Imports files, and answers what came of it.
    pub async fn import(&self, paths: Vec<PathBuf>) -> Result<ImportReport, Error> {
        let mut report = ImportReport::default();
        let mut batch = Vec::new();
        for path in paths {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            let read = {
                let path = path.clone();
                tokio::task::spawn_blocking(move || files::read(&path))
                    .await
                    .map_err(|_| store::Error::Ending)?
            };
            match read {
                Ok(bytes) => {
                    let folder = path.parent().map(Path::to_owned);
                    self.take_in(name, folder, bytes, &mut batch, &mut report).await?;
                }
                Err(unreadable) => report.failed.push(failure(&name, unreadable)),
            }
        }
        join_transcripts(&mut batch);
        for incoming in batch {
            self.store_file(incoming, false, &mut report).await?;
        }
        Ok(report)
    }

    /// Imports files that no command was waiting for: from the command line, "open with" or drag and drop.
    pub async fn import_unasked(&self, paths: Vec<PathBuf>) {
        match self.import(paths).await {
            Ok(report) => self.tell(Event::Imported(report)),
            Err(error) => self.notice(error.view()),
        }
    }

    /// Imports text that a person pasted, as if it were a file.
    pub async fn import_text(&self, pasted: ImportText) -> Result<ImportReport, Error> {
        let (mut batch, mut report) = (Vec::new(), ImportReport::default());
        self.take_in(PASTED.to_owned(), None, pasted.text.into_bytes(), &mut batch, &mut report).await?;
        for incoming in batch {
            self.store_file(incoming, false, &mut report).await?;
        }
        Ok(report)
    }

    /// Imports the sample meetings.
    pub async fn load_samples(&self) -> Result<ImportReport, Error> {
        let (mut batch, mut report) = (Vec::new(), ImportReport::default());
        for (name, content) in files::samples() {
            self.take_in(name.to_owned(), None, content.as_bytes().to_vec(), &mut batch, &mut report).await?;
        }
        for incoming in batch {
            self.store_file(incoming, true, &mut report).await?;
        }
        Ok(report)
    }

    /// Imports the sample meetings at the start, and tells the window if that brought any.
    pub async fn load_samples_unasked(&self) {
        match self.load_samples().await {
            Ok(report) if report.added.is_empty() => {}
            Ok(report) => self.tell(Event::Imported(report)),
            Err(error) => self.notice(error.view()),
        }
    }

    /// Deletes the sample meetings.
    pub async fn remove_samples(&self) -> Result<(), Error> {
        Ok(self.0.store.write(|tx| tx.meetings_mut().delete_samples()).await?)
    }

    /// Parses a file, unless its very bytes were imported before.
    pub(super) async fn take_in(
        &self,
        name: String,
        folder: Option<PathBuf>,
        bytes: Vec<u8>,
        batch: &mut Vec<Incoming>,
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        let (digest, bytes) = tokio::task::spawn_blocking(move || (digest(&bytes), bytes))
            .await
            .map_err(|_| store::Error::Ending)?;
        let key = digest.clone();
        if let Some(known) = self.0.store.read(move |db| db.imports().meetings_of(&key)).await? {
            report.unchanged.extend(known);
            return Ok(());
        }
        let file = name.clone();
        let parsed = tokio::task::spawn_blocking(move || files::parse(&file, &bytes))
            .await
            .map_err(|_| store::Error::Ending)?;
        match parsed {
            Ok(meetings) => {
                for warning in meetings.iter().flat_map(|parsed| &parsed.warnings) {
                    report.warnings.push(ImportFailure {
                        file: name.clone(),
                        place: warning.place.clone(),
                        reason: warning.reason.clone(),
                    });
                }
                batch.push(Incoming { folder, digests: vec![digest], meetings, ..Incoming::default() });
            }
            Err(unreadable) => report.failed.push(failure(&name, unreadable)),
        }
        Ok(())
    }

    /// Stores what a file holds, and answers its meetings.
    pub(super) async fn store_file(
        &self,
        incoming: Incoming,
        sample: bool,
        report: &mut ImportReport,
    ) -> Result<Vec<MeetingId>, Error> {
        let now = self.now();
        let stored = self
            .0
            .store
            .write(move |tx| {
                let mut stored = Vec::new();
                for parsed in &incoming.meetings {
                    stored.push(match incoming.onto {
                        Some(there) if tx.meetings().head(there)?.is_some() => go_on(tx, there, parsed)?,
                        _ if incoming.by_itself && is_unwanted(tx, &incoming, parsed)? => continue,
                        _ => store_meeting(tx, parsed, sample, now)?,
                    });
                }
                let ids: Vec<_> = stored.iter().map(|(id, _)| *id).collect();
                for digest in &incoming.digests {
                    if ids.len() == incoming.meetings.len() {
                        tx.imports_mut().record(digest, &ids)?;
                    } else {
                        tx.imports_mut().leave_out(digest)?;
                    }
                }
                Ok(stored)
            })
            .await?;
        let ids = stored.iter().map(|(id, _)| *id).collect();
        for (id, change) in stored {
            let list = match change {
                Change::Added => &mut report.added,
                Change::Updated => &mut report.updated,
                Change::None => &mut report.unchanged,
            };
            // Two files of one import may tell of the same meeting.
            if !list.contains(&id) {
                list.push(id);
            }
        }
        Ok(ids)
    }
}

enum Change {
    Added,
    Updated,
    None,
}

/// Whether a person deleted this meeting.
fn is_unwanted(tx: &Writing<'_>, incoming: &Incoming, parsed: &Parsed) -> Result<bool, store::Error> {
    match source_key(parsed) {
        Some(key) => tx.meetings().was_removed(&key),
        None => Ok(incoming.onto.is_some()),
    }
}

/// Stores what a file holds that was shorter when it was imported first.
fn go_on(tx: &Writing<'_>, there: MeetingId, parsed: &Parsed) -> Result<(MeetingId, Change), store::Error> {
    let longer = tx.meetings_mut().go_on(there, &parsed.meeting.transcript)?;
    let more = tx.meetings_mut().extend(there, &parsed.meeting)?;
    Ok((there, if longer || more { Change::Updated } else { Change::None }))
}

fn store_meeting(
    tx: &Writing<'_>,
    parsed: &Parsed,
    sample: bool,
    now: Timestamp,
) -> Result<(MeetingId, Change), store::Error> {
    let key = source_key(parsed);
    if let Some(key) = &key
        && let Some(there) = tx.meetings().by_source_key(key)?
    {
        let changed = tx.meetings_mut().extend(there, &parsed.meeting)?;
        return Ok((there, if changed { Change::Updated } else { Change::None }));
    }
    let origin = Origin { source_key: key, sample, sort_at: sort_at(&parsed.meeting), imported_at: now };
    tx.meetings_mut().insert(&parsed.meeting, &origin)?;
    Ok((parsed.meeting.id, Change::Added))
}

/// How the same meeting is known again: by the source's own id, else by title and date where the file names
/// both. Without either, two files are two meetings.
fn source_key(parsed: &Parsed) -> Option<String> {
    if let Some(key) = &parsed.key {
        return Some(format!("id:{key}"));
    }
    let held_at = parsed.meeting.held_at.filter(|_| parsed.titled)?;
    let when = match held_at {
        HeldAt::Moment(at) => at.to_string(),
        HeldAt::Day(day) => day.to_string(),
    };
    Some(format!("title:{}@{when}", parsed.meeting.title.to_lowercase()))
}

/// Where a meeting stands in the list.
pub(super) fn sort_at(meeting: &Meeting) -> Option<Timestamp> {
    match meeting.held_at? {
        HeldAt::Moment(at) => Some(at),
        HeldAt::Day(day) => Some(day.to_zoned(TimeZone::system()).ok()?.timestamp()),
    }
}

/// Tools write the summary and the transcript of a meeting as two files side by side. A transcript that names no
/// meeting joins the one meeting of its folder.
fn join_transcripts(batch: &mut Vec<Incoming>) {
    let mut summaries: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    let mut transcripts: HashMap<PathBuf, Vec<usize>> = HashMap::new();
    for (at, incoming) in batch.iter().enumerate() {
        let (Some(folder), [parsed]) = (&incoming.folder, incoming.meetings.as_slice()) else { continue };
        // What was written beside the meeting is not its transcript.
        if parsed.format == Format::Chat {
            continue;
        }
        let bare = !parsed.titled && parsed.meeting.items.is_empty() && !parsed.meeting.transcript.is_empty();
        let group = if bare { &mut transcripts } else { &mut summaries };
        group.entry(folder.clone()).or_default().push(at);
    }
    for (folder, transcripts) in transcripts {
        let ([transcript], Some([summary])) =
            (transcripts.as_slice(), summaries.get(&folder).map(Vec::as_slice))
        else {
            continue;
        };
        let has_one = |at: &usize| batch[*at].meetings.iter().any(|p| !p.meeting.transcript.is_empty());
        if has_one(summary) {
            continue;
        }
        let mut joining = std::mem::take(&mut batch[*transcript]);
        let target = &mut batch[*summary];
        target.digests.append(&mut joining.digests);
        if let (Some(target), Some(joining)) = (target.meetings.first_mut(), joining.meetings.pop()) {
            let (target, joining) = (&mut target.meeting, joining.meeting);
            target.transcript = joining.transcript;
            target.minutes = target.minutes.or(joining.minutes);
            if target.participants.is_empty() {
                target.participants = joining.participants;
            }
        }
    }
    batch.retain(|incoming| !incoming.meetings.is_empty());
}

pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(super) fn failure(name: &str, unreadable: Unreadable) -> ImportFailure {
    ImportFailure { file: name.to_owned(), place: unreadable.place, reason: unreadable.reason }
}
