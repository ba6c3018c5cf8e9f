//! Bringing meetings in from files. The same file twice adds nothing; a second file about the same meeting adds
//! what is new in it; a file that cannot be read or stored does not keep the others out. However many files there are, no
//! more than two of them are held in memory.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::pairing::Pairing;
use super::storing::{Change, append, is_unwanted, source_key, store_meeting};
use super::{Error, Library, lock};
use crate::adf::is_deceptive;
use crate::api::{ImportFailure, ImportProgress, ImportReport, ImportText};
use crate::app::Event;
use crate::app::reader::Ended;
use crate::app::words;
use crate::domain::id::MeetingId;
use crate::domain::reading::{Refusal, Unreadable};
use crate::sources::files::{self, Links, Parsed};
use crate::store::{Culprit, Source};

/// An import that is over by then needs no progress.
const PROGRESS_DELAY: SignedDuration = SignedDuration::from_secs(1);

/// What a file holds.
pub(super) struct Bytes {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: String,
}

impl Bytes {
    /// Takes as long as the bytes are many.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self { digest: digest(&bytes), bytes }
    }
}

/// What came of a file that was looked at.
pub(super) enum TakenIn {
    /// Its very bytes were imported before, and brought these.
    Known(Vec<MeetingId>),
    /// It was read.
    Read(Incoming),
    /// Nothing can be taken of it.
    Unreadable(Unreadable),
    /// It ended the app before, or took too long, and is not read.
    LeftAlone,
}

/// The imports that are under way.
#[derive(Default)]
pub(super) struct Importing {
    /// How many there are.
    runs: usize,
    progress: ImportProgress,
    began: Option<Timestamp>,
    /// Whether the window shows how far they are.
    told: bool,
    stop: CancellationToken,
}

/// A file on its way in.
#[derive(Default)]
pub(super) struct Incoming {
    /// Of the file, and of the transcript that joined it.
    pub(super) names: Vec<String>,
    pub(super) digests: Vec<String>,
    pub(super) meetings: Vec<Parsed>,
    /// The meeting that the file brought when it was shorter.
    pub(super) onto: Option<MeetingId>,
    /// Whether nobody asked for it: then it brings nothing back that a person deleted.
    pub(super) by_itself: bool,
    /// Whether nobody asked for it and it was downloaded: then it is a meeting of its own, whatever it says that it is about.
    pub(super) is_from_web: bool,
}

impl Library {
    /// Imports files for a person who asks for it now, and answers what came of each. It fails only when the app ends.
    pub(in crate::app) async fn import(&self, paths: Vec<PathBuf>) -> Result<ImportReport, Error> {
        self.import_files(paths, Ended::TryAgain).await
    }

    /// Imports files that no command was waiting for: from the command line, "open with" or drag and drop.
    pub(in crate::app) async fn import_unasked(&self, paths: Vec<PathBuf>, ended: Ended) {
        match self.import_files(paths, ended).await {
            Ok(report) => self.0.events.emit(Event::Imported(report)),
            Err(error) => self.0.events.notice(&error.problem()),
        }
    }

    /// Says of addresses that were to be opened that they lead to no file of this machine.
    pub(in crate::app) fn refuse_addresses(&self, addresses: Vec<String>) {
        let refused = Unreadable::whole(Refusal::NotLocal);
        let failed = addresses.into_iter().map(|address| failure(&address, &refused)).collect();
        self.0.events.emit(Event::Imported(ImportReport { failed, ..ImportReport::default() }));
    }

    /// Stops the imports that are under way before their next file. What came in stays.
    pub(in crate::app) fn cancel_import(&self) {
        lock(&self.0.importing).stop.cancel();
    }

    #[tracing::instrument(name = "import", skip_all, fields(run = %Uuid::now_v7(), files = paths.len()))]
    async fn import_files(&self, paths: Vec<PathBuf>, ended: Ended) -> Result<ImportReport, Error> {
        let stop = self.import_began(paths.len());
        let report = self.import_each(paths, ended, &stop).await;
        self.import_ended();
        if let Ok(report) = &report {
            let (added, failed) = (report.added.len(), report.failed.len());
            tracing::info!(added, failed, "the import ended");
        }
        report
    }

    async fn import_each(
        &self,
        paths: Vec<PathBuf>,
        ended: Ended,
        stop: &CancellationToken,
    ) -> Result<ImportReport, Error> {
        let mut report = ImportReport::default();
        for files in by_folder(paths) {
            let mut pairing = Pairing::default();
            for path in files {
                if stop.is_cancelled() {
                    report.left_out += 1;
                    continue;
                }
                let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
                let read =
                    tokio::task::spawn_blocking(move || files::read(&path, Links::Follow).map(Bytes::of));
                // It may lie on a network that does not answer.
                let read = tokio::select! {
                    read = read => read?,
                    () = stop.cancelled() => {
                        report.left_out += 1;
                        continue;
                    }
                };
                let ready = match read {
                    Ok(bytes) => match self.take_in(&name, bytes, ended).await {
                        Ok(taken) => told(&mut report, &name, taken).map(|incoming| pairing.take(incoming)),
                        Err(error) => {
                            report.failed.push(unstored(&name, &error));
                            None
                        }
                    },
                    Err(unreadable) => {
                        report.failed.push(failure(&name, &unreadable));
                        None
                    }
                };
                self.store_files(ready.into_iter().flatten(), &mut report).await;
                self.import_goes_on();
            }
            self.store_files(pairing.rest(), &mut report).await;
        }
        Ok(report)
    }

    fn import_began(&self, files: usize) -> CancellationToken {
        let (now, mut importing) = (self.0.clock.now(), lock(&self.0.importing));
        if importing.runs == 0 {
            *importing = Importing { began: Some(now), ..Importing::default() };
        }
        importing.runs += 1;
        importing.progress.total += u32::try_from(files).unwrap_or(u32::MAX);
        importing.stop.clone()
    }

    /// Another file is done with. Who waits for longer than a moment sees how far it is.
    fn import_goes_on(&self) {
        let (now, mut importing) = (self.0.clock.now(), lock(&self.0.importing));
        importing.progress.done += 1;
        importing.told |= importing.began.is_some_and(|began| now.duration_since(began) >= PROGRESS_DELAY);
        if importing.told {
            self.0.events.emit(Event::Importing(Some(importing.progress)));
        }
    }

    fn import_ended(&self) {
        let mut importing = lock(&self.0.importing);
        importing.runs -= 1;
        if importing.runs == 0 && importing.told {
            self.0.events.emit(Event::Importing(None));
        }
    }

    /// Stores files. One that cannot be stored does not keep the others out.
    async fn store_files(&self, files: impl IntoIterator<Item = Incoming>, report: &mut ImportReport) {
        for incoming in files {
            let names = incoming.names.clone();
            if let Err(error) = self.store_file(incoming, false, report).await {
                report.failed.extend(names.iter().map(|name| unstored(name, &error)));
            }
        }
    }

    /// Imports text that a person pasted, as if it were a file.
    pub(in crate::app) async fn import_text(&self, pasted: ImportText) -> Result<ImportReport, Error> {
        let mut report = ImportReport::default();
        self.import_words(&words::pasted_meeting(), pasted.text, false, &mut report).await?;
        Ok(report)
    }

    /// Imports the sample meetings.
    pub(in crate::app) async fn load_samples(&self) -> Result<ImportReport, Error> {
        let mut report = ImportReport::default();
        for (name, content) in files::samples() {
            self.import_words(name, content.to_owned(), true, &mut report).await?;
        }
        Ok(report)
    }

    async fn import_words(
        &self,
        name: &str,
        words: String,
        sample: bool,
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        let bytes = tokio::task::spawn_blocking(move || Bytes::of(words.into_bytes())).await?;
        let taken = self.take_in(name, bytes, Ended::TryAgain).await?;
        if let Some(incoming) = told(report, name, taken) {
            self.store_file(incoming, sample, report).await?;
        }
        Ok(())
    }

    /// Imports the sample meetings at the start, and tells the window if that brought any.
    pub(in crate::app) async fn load_samples_unasked(&self) {
        match self.load_samples().await {
            Ok(report) if report.added.is_empty() => {}
            Ok(report) => self.0.events.emit(Event::Imported(report)),
            Err(error) => self.0.events.notice(&error.problem()),
        }
    }

    /// Deletes the sample meetings.
    pub(in crate::app) async fn remove_samples(&self) -> Result<(), Error> {
        Ok(self.0.store.write(|tx| tx.meetings_mut().delete_samples()).await?)
    }

    /// Reads what a file holds, unless its very bytes were imported before.
    pub(super) async fn take_in(&self, name: &str, file: Bytes, ended: Ended) -> Result<TakenIn, Error> {
        let Bytes { bytes, digest } = file;
        let key = digest.clone();
        if let Some(known) = self.0.store.read(move |db| db.imports().meetings_of(&key)).await? {
            return Ok(TakenIn::Known(known));
        }
        let what = Culprit { name: name.to_owned(), source: Source::File };
        let file = name.to_owned();
        let read =
            self.0.reader.read(digest.clone(), what, ended, move || files::parse(&file, &bytes)).await?;
        Ok(match read {
            None => TakenIn::LeftAlone,
            Some(Err(unreadable)) => TakenIn::Unreadable(unreadable),
            Some(Ok(meetings)) => TakenIn::Read(Incoming {
                names: vec![name.to_owned()],
                digests: vec![digest],
                meetings,
                ..Incoming::default()
            }),
        })
    }

    /// Stores what a file holds, and answers its meetings.
    pub(super) async fn store_file(
        &self,
        incoming: Incoming,
        sample: bool,
        report: &mut ImportReport,
    ) -> Result<Vec<MeetingId>, Error> {
        let now = self.0.clock.now();
        let stored = self
            .0
            .store
            .write(move |tx| {
                let mut stored = Vec::new();
                // The transcript that joined it brought no items.
                let name = incoming.names.first().map(|name| plain(name));
                let name = name.as_deref();
                for parsed in &incoming.meetings {
                    stored.push(match incoming.onto {
                        Some(there) if tx.meetings().head(there)?.is_some() => {
                            append(tx, there, parsed, name)?
                        }
                        _ if incoming.by_itself && is_unwanted(tx, &incoming, parsed)? => continue,
                        _ => {
                            let key = source_key(parsed).filter(|_| !incoming.is_from_web);
                            store_meeting(tx, &parsed.meeting, key, name, sample, now)?
                        }
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

/// Files by their folders, in the order in which they were named.
fn by_folder(paths: Vec<PathBuf>) -> Vec<Vec<PathBuf>> {
    let mut folders: HashMap<Option<PathBuf>, usize> = HashMap::new();
    let mut all: Vec<Vec<PathBuf>> = Vec::new();
    for path in paths {
        let at = *folders.entry(path.parent().map(Path::to_owned)).or_insert(all.len());
        match all.get_mut(at) {
            Some(files) => files.push(path),
            None => all.push(vec![path]),
        }
    }
    all
}

/// Says what came of a file, and answers what there is to store of it.
pub(super) fn told(report: &mut ImportReport, name: &str, taken: TakenIn) -> Option<Incoming> {
    match taken {
        TakenIn::Known(known) => report.unchanged.extend(known),
        TakenIn::Unreadable(unreadable) => report.failed.push(failure(name, &unreadable)),
        TakenIn::LeftAlone => {
            report.failed.push(failure(name, &Unreadable::whole(Refusal::LeftAlone)));
        }
        TakenIn::Read(incoming) => {
            for warning in incoming.meetings.iter().flat_map(|parsed| &parsed.warnings) {
                report.warnings.push(ImportFailure {
                    file: name.to_owned(),
                    place: warning.location.as_ref().map(words::location),
                    reason: words::skipped(&warning.reason),
                });
            }
            return (!incoming.meetings.is_empty()).then_some(incoming);
        }
    }
    None
}

/// The name of a file as it reads: whoever wrote the file chose it.
fn plain(name: &str) -> String {
    name.chars().filter(|&c| !c.is_control() && !is_deceptive(c)).collect()
}

pub(in crate::app) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub(super) fn failure(name: &str, unreadable: &Unreadable) -> ImportFailure {
    ImportFailure {
        file: name.to_owned(),
        place: unreadable.location.as_ref().map(words::location),
        reason: words::refusal(&unreadable.reason),
    }
}

fn unstored(name: &str, error: &Error) -> ImportFailure {
    ImportFailure { file: name.to_owned(), place: None, reason: error.view().message }
}
