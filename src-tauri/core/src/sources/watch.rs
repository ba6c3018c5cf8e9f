//! A folder whose new and changed files are handed over as soon as they are whole. A file counts as whole when it is
//! no longer open for writing, where the system says so, and has kept its size and its time for a moment. Refuses to
//! read files and to look into folders below; `app` is its only caller.
//!
//! While nothing happens in the folder nothing runs: the system's notifications are waited for. Time here is that of
//! the file system, so it is not taken from the app's clock.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;
use tokio::time::sleep;

/// How often a file that was seen is looked at until it is whole.
const LOOK: Duration = Duration::from_millis(100);
/// For how many looks a file must keep its size: where the writer has closed it, and where nobody can tell.
const CLOSED: u32 = 1;
const UNKNOWN: u32 = 6;
/// The same where the writer was seen at work and has not closed the file: it may have been missed.
const OPEN: u32 = 300;
/// How many looks there are until a file that could not be understood is handed over again.
const AGAIN: u32 = 30;
/// How often a folder that is gone is looked for.
const SEARCH: Duration = Duration::from_secs(2);

/// Names of files that programs write into until they give them their own.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".crdownload", ".download", ".tmp", ".temp"];

/// What there is to know about the folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// A file is there and whole.
    File(PathBuf),
    /// The folder is no longer there.
    Gone,
    /// It is there again.
    Back,
}

/// Why a folder cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not there, or is no folder.
    #[error("the folder is not there")]
    Missing,
    /// The system refuses.
    #[error("the folder cannot be watched")]
    Refused(#[from] notify::Error),
}

/// A folder that is watched until this is dropped.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    told: mpsc::UnboundedReceiver<notify::Result<Event>>,
    /// Nothing while the folder is gone.
    watcher: Option<RecommendedWatcher>,
    /// Files that were seen and are not known to be whole.
    waiting: HashMap<PathBuf, Waiting>,
    /// Files that are whole.
    whole: Vec<PathBuf>,
}

#[derive(Debug)]
struct Waiting {
    size: u64,
    changed: Option<SystemTime>,
    /// For how many looks it has been the same.
    still: u32,
    /// For how many it has to be.
    needed: u32,
}

impl Watch {
    /// Begins to watch. The files that are there already are handed over first.
    pub fn begin(folder: &Path) -> Result<Self, Error> {
        let (watcher, told) = listen(folder)?;
        let mut watch = Self {
            folder: folder.to_owned(),
            told,
            watcher: Some(watcher),
            waiting: HashMap::new(),
            whole: Vec::new(),
        };
        watch.look_through();
        Ok(watch)
    }

    /// A folder that is not there, and is watched once it is.
    pub fn missing(folder: &Path) -> Self {
        let (_, told) = mpsc::unbounded_channel();
        Self { folder: folder.to_owned(), told, watcher: None, waiting: HashMap::new(), whole: Vec::new() }
    }

    /// What happens next; waits for it.
    pub async fn next(&mut self) -> Seen {
        loop {
            if self.watcher.is_none() {
                sleep(SEARCH).await;
                if let Ok((watcher, told)) = listen(&self.folder) {
                    (self.watcher, self.told) = (Some(watcher), told);
                    self.look_through();
                    return Seen::Back;
                }
                continue;
            }
            if let Some(path) = self.whole.pop() {
                return Seen::File(path);
            }
            let is_waiting = !self.waiting.is_empty();
            tokio::select! {
                told = self.told.recv() => {
                    if told.is_none_or(|told| self.take(told)) && !self.folder.is_dir() {
                        self.watcher = None;
                        self.waiting.clear();
                        return Seen::Gone;
                    }
                }
                () = sleep(LOOK), if is_waiting => self.look(),
            }
        }
    }

    /// Hands a file over once more in some seconds: what it holds could not be understood, and may only be half of it.
    pub fn again(&mut self, path: PathBuf) {
        self.wait_for(path, AGAIN);
    }

    /// Takes a notification; answers whether the folder itself may be gone.
    fn take(&mut self, told: notify::Result<Event>) -> bool {
        let Ok(event) = told else { return true };
        if event.need_rescan() {
            self.look_through();
            return true;
        }
        // Only Linux says when a file is closed.
        let is_told = cfg!(target_os = "linux");
        let needed = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => CLOSED,
            // Reading a file is not news.
            EventKind::Access(_) => return false,
            EventKind::Modify(ModifyKind::Data(_)) if is_told => OPEN,
            _ => UNKNOWN,
        };
        let is_about_folder = event.paths.contains(&self.folder);
        for path in event.paths {
            if path.parent() == Some(self.folder.as_path()) {
                self.wait_for(path, needed);
            }
        }
        is_about_folder || matches!(event.kind, EventKind::Remove(_) | EventKind::Any | EventKind::Other)
    }

    fn wait_for(&mut self, path: PathBuf, needed: u32) {
        match state(&path) {
            Some((size, changed)) if !is_unfinished(&path) => {
                // A file that was made and not written yet has nothing to be whole.
                let needed = if size == 0 { needed.max(OPEN) } else { needed };
                self.waiting.insert(path, Waiting { size, changed, still: 0, needed });
            }
            _ => drop(self.waiting.remove(&path)),
        }
    }

    fn look_through(&mut self) {
        let Ok(entries) = self.folder.read_dir() else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            self.wait_for(path, UNKNOWN);
        }
    }

    fn look(&mut self) {
        let whole = &mut self.whole;
        self.waiting.retain(|path, waiting| {
            let Some(state) = state(path) else { return false };
            if state == (waiting.size, waiting.changed) {
                waiting.still += 1;
            } else {
                (waiting.size, waiting.changed, waiting.still) = (state.0, state.1, 0);
            }
            let is_whole = waiting.still >= waiting.needed;
            if is_whole {
                whole.push(path.clone());
            }
            !is_whole
        });
        // The first one first.
        whole.sort_by(|one, other| other.cmp(one));
    }
}

type Told = mpsc::UnboundedReceiver<notify::Result<Event>>;

fn listen(folder: &Path) -> Result<(RecommendedWatcher, Told), Error> {
    if !folder.is_dir() {
        return Err(Error::Missing);
    }
    let (tell, told) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event| {
        // Nobody listens once the folder is no longer watched.
        let _ = tell.send(event);
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok((watcher, told))
}

/// Size and time of a regular file.
fn state(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let about = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((about.len(), about.modified().ok()))
}

/// Whether the name says that the file is hidden, a lock, or still on its way.
fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with(['.', '~']) || UNFINISHED.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write as _;

    use tokio::time::{Instant, timeout};

    use super::*;

    async fn next(watch: &mut Watch) -> Seen {
        timeout(Duration::from_secs(20), watch.next()).await.unwrap()
    }

    async fn nothing(watch: &mut Watch, during: Duration) {
        let seen = timeout(during, watch.next()).await;
        assert!(seen.is_err(), "nothing is whole yet, and {seen:?} was handed over");
    }

    #[tokio::test]
    async fn files_are_handed_over_within_a_second() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old.md");
        fs::write(&old, "# T").unwrap();
        fs::create_dir(folder.path().join("below")).unwrap();
        let mut watch = Watch::begin(folder.path()).unwrap();
        assert_eq!(next(&mut watch).await, Seen::File(old.clone()), "what was there before counts as well");
        let new = folder.path().join("new.md");
        let started = Instant::now();
        fs::write(&new, "# T").unwrap();
        assert_eq!(next(&mut watch).await, Seen::File(new.clone()));
        assert!(started.elapsed() < Duration::from_secs(1), "it took {:?}", started.elapsed());
        fs::write(&old, "# U").unwrap();
        assert_eq!(next(&mut watch).await, Seen::File(old), "so does one that changes");
        fs::read(&new).unwrap();
        nothing(&mut watch, Duration::from_secs(1)).await;
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_file_is_not_handed_over_while_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::begin(folder.path()).unwrap();
        let path = folder.path().join("slow.vtt");
        let mut file = File::create(&path).unwrap();
        for _ in 0..3 {
            file.write_all(b"WEBVTT\n").unwrap();
            nothing(&mut watch, Duration::from_millis(800)).await;
        }
        drop(file);
        assert_eq!(next(&mut watch).await, Seen::File(path), "once it is closed it is whole");
    }

    #[tokio::test]
    async fn a_file_under_another_name_is_on_its_way() {
        let folder = tempfile::tempdir().unwrap();
        let mut watch = Watch::begin(folder.path()).unwrap();
        let (part, whole) = (folder.path().join("x.md.part"), folder.path().join("x.md"));
        fs::write(&part, "# T").unwrap();
        fs::write(folder.path().join(".hidden"), "# T").unwrap();
        nothing(&mut watch, Duration::from_secs(1)).await;
        fs::rename(&part, &whole).unwrap();
        assert_eq!(next(&mut watch).await, Seen::File(whole.clone()));
        watch.again(whole.clone());
        assert_eq!(next(&mut watch).await, Seen::File(whole), "what was not understood comes once more");
    }

    #[tokio::test]
    async fn a_folder_that_goes_and_comes_back_is_noticed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("meetings");
        assert!(matches!(Watch::begin(&folder), Err(Error::Missing)), "there is nothing to watch");
        fs::create_dir(&folder).unwrap();
        let mut watch = Watch::begin(&folder).unwrap();
        fs::rename(&folder, parent.path().join("elsewhere")).unwrap();
        assert_eq!(next(&mut watch).await, Seen::Gone);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.md"), "# T").unwrap();
        assert_eq!(next(&mut watch).await, Seen::Back);
        assert_eq!(next(&mut watch).await, Seen::File(folder.join("a.md")), "with what came meanwhile");
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(next(&mut watch).await, Seen::Gone);
    }
}
