//! The watched folder: what is put there becomes meetings by itself. Its path is chosen in a dialog of the system and
//! kept apart from the settings, so that the window can show it and not set it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use tokio_util::sync::CancellationToken;

use super::import::{Bytes, TakenIn, digest, failure, told};
use super::{Error, Library, lock};
use crate::api::{ImportReport, WatchedFolder};
use crate::app::Event;
use crate::app::reader::Ended;
use crate::app::words;
use crate::domain::draft;
use crate::domain::id::MeetingId;
use crate::domain::problem::{Folder, Problem};
use crate::domain::reading::{Refusal, Unreadable};
use crate::sources::files::{self, Contents, Links};
use crate::sources::watch::{Seen, Watch};

/// Endings of files that are meant to be read; others in the folder are passed over where they cannot be.
const MEANT: [&str; 9] = ["json", "md", "markdown", "txt", "vtt", "srt", "html", "htm", "docx"];

/// The folder that is being watched.
pub(super) struct Watching {
    folder: PathBuf,
    problem: Option<Folder>,
    stop: CancellationToken,
}

/// What a file of the folder brought in this run.
#[derive(Clone)]
struct Brought {
    size: usize,
    digest: String,
    meeting: MeetingId,
    /// Whether it is a meeting of its own, since the file was downloaded.
    is_from_web: bool,
}

/// A file of the folder that was read.
struct LookedAt {
    file: Bytes,
    /// The meeting that it goes on with.
    onto: Option<MeetingId>,
    /// Whether it is marked as downloaded.
    is_from_web: bool,
}

/// What is known of the folder's files.
#[derive(Default)]
struct Files {
    brought: HashMap<PathBuf, Brought>,
    /// Files that could not be understood, by the digest of their bytes: they may be half-written.
    doubtful: HashMap<PathBuf, String>,
    /// Files that could not be stored, and how often in a row.
    waiting: HashMap<PathBuf, u32>,
}

impl Library {
    /// Watches a folder from now on, in place of the one before.
    pub(in crate::app) async fn watch_folder(&self, folder: PathBuf) -> Result<WatchedFolder, Error> {
        let watch =
            Watch::begin(&folder).await.map_err(|error| Error::Watch { folder: folder.clone(), error })?;
        let kept = draft::WatchedFolder { folder: folder.clone() };
        self.0.store.write(move |tx| tx.settings_mut().put_watched_folder(&kept)).await?;
        Ok(self.watch(folder, Some(watch)))
    }

    /// Watches no folder any more. What came from it stays.
    pub(in crate::app) async fn stop_watching(&self) -> Result<(), Error> {
        self.0.store.write(|tx| tx.settings_mut().delete_watched_folder()).await?;
        if let Some(watching) = lock(&self.0.watching).take() {
            watching.stop.cancel();
        }
        Ok(())
    }

    /// The watched folder, for people.
    pub(in crate::app) fn watched(&self) -> Option<WatchedFolder> {
        lock(&self.0.watching).as_ref().map(Watching::view)
    }

    /// Watches the folder of earlier runs again. Does not wait for it, since it may lie on a network. Everything else works
    /// without it, so it is only said if it is not known any more.
    pub(in crate::app) async fn resume_watching(&self) {
        match self.0.store.read(|db| db.settings().watched_folder()).await {
            Ok(None) => {}
            Ok(Some(draft::WatchedFolder { folder })) => drop(self.watch(folder, None)),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the watched folder is not known");
                let because = Box::new(Error::Store(error).problem());
                self.0.events.notice(&Problem::Folder(Folder::Forgotten { because }));
            }
        }
    }

    fn watch(&self, folder: PathBuf, begun: Option<Watch>) -> WatchedFolder {
        let stop = self.0.tasks.ending().child_token();
        let watching = Watching { folder: folder.clone(), problem: None, stop: stop.clone() };
        let view = watching.view();
        if let Some(before) = lock(&self.0.watching).replace(watching) {
            before.stop.cancel();
        }
        let library = self.clone();
        self.0.tasks.spawn(stop.run_until_cancelled_owned(async move {
            let watch = match begun {
                Some(watch) => Ok(watch),
                None => Watch::begin(&folder).await.or_else(|error| {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the watched folder cannot be watched"
                    );
                    library.tell_watched(Some(Folder::Gone));
                    Watch::missing(&folder)
                }),
            };
            match watch {
                Ok(watch) => library.take_what_comes(watch).await,
                Err(error) => library.0.events.notice(&Error::Watch { folder, error }.problem()),
            }
        }));
        view
    }

    async fn take_what_comes(&self, mut watch: Watch) {
        let mut known = Files::default();
        loop {
            match watch.next().await {
                Seen::File(path) => match self.take_file(&path, &watch, &mut known).await {
                    Ok(()) => drop(known.waiting.remove(&path)),
                    Err(error) => self.try_again(path, &error, &watch, &mut known).await,
                },
                Seen::Gone => {
                    self.tell_watched(Some(Folder::Gone));
                    self.0.events.notice(&Problem::Folder(Folder::Gone));
                }
                Seen::Back => self.tell_watched(None),
            }
        }
    }

    /// A file that could not be stored, on a disk that is full for hours, say, is tried again until it can be. The person is
    /// told once.
    async fn try_again(&self, path: PathBuf, error: &Error, watch: &Watch, known: &mut Files) {
        let before = std::mem::take(&mut known.waiting);
        // Those that were deleted meanwhile do not come again.
        let still_there = move || before.into_iter().filter(|(path, _)| path.exists()).collect();
        known.waiting = tokio::task::spawn_blocking(still_there).await.unwrap_or_default();
        if known.waiting.is_empty() {
            self.0.events.notice(&error.problem());
        }
        let times = known.waiting.entry(path.clone()).or_default();
        watch.again(path, *times);
        *times = times.saturating_add(1);
    }

    fn tell_watched(&self, problem: Option<Folder>) {
        let view = lock(&self.0.watching).as_mut().map(|watching| {
            watching.problem = problem;
            watching.view()
        });
        if let Some(view) = view {
            self.0.events.emit(Event::Watched(view));
        }
    }

    /// Imports one file. Two files of the folder are two imports, so that a transcript joins no other meeting by chance.
    async fn take_file(&self, path: &Path, watch: &Watch, known: &mut Files) -> Result<(), Error> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let mut report = ImportReport::default();
        let before = known.brought.get(path).cloned();
        let read = {
            let path = path.to_owned();
            tokio::task::spawn_blocking(move || look_at(&path, before)).await?
        };
        let LookedAt { file, onto, is_from_web } = match read {
            Ok(looked_at) => looked_at,
            Err(None) => return Ok(()),
            Err(Some(refused)) => {
                report.failed.push(failure(&name, &refused));
                self.0.events.emit(Event::Imported(report));
                return Ok(());
            }
        };
        let (key, size) = (file.digest.clone(), file.bytes.len());
        let digest_of_it = key.clone();
        if self.0.store.read(move |db| db.imports().was_removed(&digest_of_it)).await? {
            return Ok(());
        }
        let taken = self.take_in(&name, file, Ended::LeaveAlone).await?;
        if matches!(taken, TakenIn::LeftAlone) {
            // It was said when it was given up, or by the start.
            return Ok(());
        }
        let is_given_up =
            matches!(&taken, TakenIn::Unreadable(Unreadable { reason: Refusal::TooSlow { .. }, .. }));
        let incoming = told(&mut report, &name, taken);
        if !report.failed.is_empty() {
            let is_new =
                known.doubtful.insert(path.to_owned(), key.clone()).is_none_or(|before| before != key);
            if is_new && !is_given_up {
                watch.again(path.to_owned(), 0);
            } else if is_meant(path) {
                self.0.events.emit(Event::Imported(report));
            }
            return Ok(());
        }
        known.doubtful.remove(path);
        if let Some(mut incoming) = incoming {
            incoming.onto = onto;
            incoming.by_itself = true;
            incoming.is_from_web = is_from_web;
            let stored = self.store_file(incoming, false, &mut report).await?;
            if let [meeting] = stored[..] {
                known.brought.insert(path.to_owned(), Brought { size, digest: key, meeting, is_from_web });
            }
        }
        if !report.added.is_empty() || !report.updated.is_empty() {
            self.0.events.emit(Event::Imported(report));
        }
        Ok(())
    }
}

/// Reads a file, and answers what it holds, and the meeting that it goes on with where it brought one when it was shorter.
/// If it cannot be read, answers why, where that is worth saying: a file that is gone again is no news, and neither is a
/// film that is too long to be notes. A link is said even if it is new at the path: somebody put it in a file's place.
fn look_at(path: &Path, before: Option<Brought>) -> Result<LookedAt, Option<Unreadable>> {
    let is_there = || path.symlink_metadata().is_ok_and(|about| about.is_file() || about.is_symlink());
    let Contents { bytes, is_from_web } = files::read_with_mark(path, Links::Refuse)
        .map_err(|refused| (is_there() && is_meant(path)).then_some(refused))?;
    // What is downloaded goes on with nothing but itself.
    let onto = before
        .filter(|before| before.is_from_web || !is_from_web)
        .filter(|before| before.size < bytes.len() && digest(&bytes[..before.size]) == before.digest)
        .map(|before| before.meeting);
    Ok(LookedAt { file: Bytes::of(bytes), onto, is_from_web })
}

impl Watching {
    fn view(&self) -> WatchedFolder {
        let problem = self.problem.clone().map(|problem| words::view(&Problem::Folder(problem)));
        WatchedFolder { folder: self.folder.display().to_string(), problem: problem.map(|view| view.message) }
    }
}

fn is_meant(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| MEANT.contains(&ending.as_str()))
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_takes_a_files_place_is_not_followed_out_of_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, notes) = (folder.path().join("secret"), folder.path().join("notes.md"));
        std::fs::write(&secret, "# Sync\n\n## Decisions\n\n- Ship it\n").unwrap();
        // The watcher saw a file there, and named it.
        std::os::unix::fs::symlink(&secret, &notes).unwrap();
        let Err(Some(refused)) = look_at(&notes, None) else { panic!("nothing is read of what it leads to") };
        assert_eq!(refused.reason, Refusal::Link, "and it is said why");
    }
}
