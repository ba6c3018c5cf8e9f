//! Watches a folder and reports new and changed files once they are complete: no longer open for writing, where the system
//! reports that, and with the same size and modification time for a few polls. Never reads a file, follows a link out of
//! the folder or descends into subfolders. Called by `app` only.
//!
//! A folder may be on a network share that hangs, so a dedicated thread does all file system calls. It sleeps until the
//! system reports an event. Not every system reports that the folder was moved or replaced, so the thread also checks its
//! identity every two seconds. Timestamps are those of the file system, so the app's clock is not used.

mod identity;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::{mpsc as tokio_mpsc, oneshot};

use identity::Identity;

/// Interval between polls of the files that are not known to be complete.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How many polls in a row a file must keep its size and time to count as complete: after the system reported that its
/// writer closed it, and where the system does not report that.
const STABLE_POLLS_CLOSED: u32 = 1;
const STABLE_POLLS_UNKNOWN: u32 = 6;
/// The same after a write without a reported close (30 seconds): the report may have been missed.
const STABLE_POLLS_OPEN: u32 = 300;
/// Delay of the first retry of a file that could not be imported, in polls (3 seconds). It doubles with each retry, at most
/// [`MAX_RETRY_DOUBLINGS`] times (6.4 minutes).
const RETRY_POLLS: u32 = 30;
const MAX_RETRY_DOUBLINGS: u32 = 7;
/// Interval between polls of the folder itself, whether it is there or missing.
const FOLDER_POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Polls of files for each poll of the folder.
const POLLS_PER_FOLDER_POLL: u32 = 20;

/// Names of files that programs write into until they give them their own.
const UNFINISHED: [&str; 6] = [".part", ".partial", ".crdownload", ".download", ".tmp", ".temp"];

/// An event in the folder.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// A file is new or changed, and complete.
    File(PathBuf),
    /// The folder is no longer there.
    Gone,
    /// It is there again.
    Back,
}

/// The errors of watching a folder.
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
    tell: mpsc::Sender<Heard>,
    seen: tokio_mpsc::UnboundedReceiver<Seen>,
}

/// A message to the thread.
#[derive(Debug)]
enum Heard {
    /// Something happened in the folder, says the system to the one that listened as the so manyth.
    Told(u64, notify::Result<Event>),
    /// A file is to be handed over again, after so many looks.
    Again(PathBuf, u32),
    /// Nobody watches the folder any more.
    Stop,
}

impl Watch {
    /// Starts to watch. Reports the files that are there already first.
    pub async fn begin(folder: &Path) -> Result<Self, Error> {
        let (answer, begun) = oneshot::channel();
        let watch = Self::on_a_thread(folder, move |folder| {
            let listens = folder.listen();
            let is_watched = listens.is_ok();
            // Whoever asked may have gone away.
            answer.send(listens).is_ok() && is_watched
        })?;
        begun.await.unwrap_or(Err(Error::Missing))?;
        Ok(watch)
    }

    /// A folder that is not there, and is watched once it is.
    pub fn missing(folder: &Path) -> Result<Self, Error> {
        Self::on_a_thread(folder, |_| true)
    }

    /// Waits for the next event.
    pub async fn next(&mut self) -> Seen {
        match self.seen.recv().await {
            Some(seen) => seen,
            // The thread lives as long as this does.
            None => std::future::pending().await,
        }
    }

    /// Reports a file again after a delay that grows with `times`, the number of retries so far: it could not be imported, or
    /// its content could not be parsed and may be incomplete.
    pub fn again(&self, path: PathBuf, times: u32) {
        // The thread lives as long as this does.
        let _ = self.tell.send(Heard::Again(path, RETRY_POLLS << times.min(MAX_RETRY_DOUBLINGS)));
    }

    /// Looks at the folder on a thread, if `begin` says so.
    fn on_a_thread(
        folder: &Path,
        begin: impl FnOnce(&mut Folder) -> bool + Send + 'static,
    ) -> Result<Self, Error> {
        let ((tell, heard), (see, seen)) = (mpsc::channel(), tokio_mpsc::unbounded_channel());
        let mut folder = Folder::new(folder, tell.clone());
        let work = move || {
            if begin(&mut folder) {
                folder.work(&heard, &see);
            }
        };
        thread::Builder::new().name("watched folder".to_owned()).spawn(work).map_err(notify::Error::io)?;
        Ok(Self { tell, seen })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.tell.send(Heard::Stop);
    }
}

/// When the folder is looked at: in even steps, however much is heard in between.
#[derive(Debug, Default)]
struct Pace {
    due: Option<Instant>,
}

impl Pace {
    /// What is heard next; nothing when it is time to look, which is so long after the last time.
    fn next(&mut self, heard: &mpsc::Receiver<Heard>, pause: Duration) -> Option<Heard> {
        let now = Instant::now();
        // A shorter pause holds at once.
        let due = self.due.map_or(now + pause, |due| due.min(now + pause));
        self.due = Some(due);
        if due > now {
            match heard.recv_timeout(due - now) {
                Ok(heard) => return Some(heard),
                Err(RecvTimeoutError::Disconnected) => return Some(Heard::Stop),
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        self.due = None;
        None
    }
}

/// The state of the watched folder, owned by its thread.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Where the system's notifications go.
    tell: mpsc::Sender<Heard>,
    /// Nothing while the folder is gone.
    listening: Option<Listening>,
    /// How often it began to listen.
    begun: u64,
    /// Files that were seen and are not known to be whole.
    waiting: HashMap<PathBuf, Waiting>,
    /// How often the files were looked at since the folder was.
    looks: u32,
}

/// A subscription to the system's events.
#[derive(Debug)]
struct Listening {
    _watcher: RecommendedWatcher,
    /// The folder that the system watches; another folder may have the path by now.
    to: Identity,
    /// It may have fallen silent.
    is_doubtful: bool,
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

impl Folder {
    fn new(path: &Path, tell: mpsc::Sender<Heard>) -> Self {
        Self { path: path.to_owned(), tell, listening: None, begun: 0, waiting: HashMap::new(), looks: 0 }
    }

    fn work(mut self, heard: &mpsc::Receiver<Heard>, see: &tokio_mpsc::UnboundedSender<Seen>) {
        let mut pace = Pace::default();
        loop {
            let seen = match pace.next(heard, self.pause()) {
                Some(Heard::Stop) => return,
                Some(Heard::Told(by, told)) => self.hear(by, told),
                Some(Heard::Again(path, looks)) => {
                    self.wait_for(path, looks);
                    Vec::new()
                }
                None => self.look(),
            };
            if !seen.into_iter().all(|seen| see.send(seen).is_ok()) {
                return;
            }
        }
    }

    /// Asks the system for notifications, and looks at what is there.
    fn listen(&mut self) -> Result<(), Error> {
        self.listening = None;
        self.begun += 1;
        // Before the system is asked: if it is another folder by then, the next look finds that.
        let to = Identity::of(&self.path).map_err(|_| Error::Missing)?;
        let (tell, begun) = (self.tell.clone(), self.begun);
        let mut watcher = notify::recommended_watcher(move |event| {
            // Nobody listens once the folder is no longer watched.
            let _ = tell.send(Heard::Told(begun, event));
        })?;
        watcher.watch(&self.path, RecursiveMode::NonRecursive)?;
        self.listening = Some(Listening { _watcher: watcher, to, is_doubtful: false });
        self.look_through();
        Ok(())
    }

    /// How long after the last look there is a next one.
    fn pause(&self) -> Duration {
        if self.listening.is_some() && !self.waiting.is_empty() {
            POLL_INTERVAL
        } else {
            FOLDER_POLL_INTERVAL
        }
    }

    /// Takes a notification, and looks at the folder where it says that this may be gone.
    fn hear(&mut self, by: u64, told: notify::Result<Event>) -> Vec<Seen> {
        // What was told of a folder before it was gone says nothing of the one that is there now.
        if self.listening.is_none() || by != self.begun || !self.take(told) {
            return Vec::new();
        }
        self.look_at_folder()
    }

    /// Takes a notification; answers whether the folder itself may be gone.
    fn take(&mut self, told: notify::Result<Event>) -> bool {
        let Ok(event) = told else {
            // The next look listens anew: one that fails again and again is not to be asked all the time.
            self.doubt();
            return false;
        };
        if event.need_rescan() {
            self.look_through();
            return true;
        }
        // Only Linux says when a file is closed.
        let is_told = cfg!(target_os = "linux");
        let needed = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::Both)) => STABLE_POLLS_CLOSED,
            // Reading a file is not news.
            EventKind::Access(_) => return false,
            EventKind::Modify(ModifyKind::Data(_)) if is_told => STABLE_POLLS_OPEN,
            _ => STABLE_POLLS_UNKNOWN,
        };
        let mut is_about_folder = false;
        for path in event.paths {
            if let Some(path) = self.here(&path) {
                self.wait_for(path, needed);
            } else {
                is_about_folder = true;
            }
        }
        let is_removed = matches!(event.kind, EventKind::Remove(_));
        if is_about_folder && is_removed {
            // Another one may be there already that cannot be told from it, and nobody tells of that.
            self.doubt();
        }
        is_about_folder || is_removed || matches!(event.kind, EventKind::Any | EventKind::Other)
    }

    /// The path of a file in the folder by the name that the person knows the folder by. The system may know it by another
    /// one: macOS tells where links lead.
    fn here(&self, path: &Path) -> Option<PathBuf> {
        let (parent, name) = (path.parent()?, path.file_name()?);
        let is_here = parent == self.path || self.listening.as_ref().is_some_and(|it| it.to.is_at(parent));
        is_here.then(|| self.path.join(name))
    }

    fn doubt(&mut self) {
        if let Some(listening) = &mut self.listening {
            listening.is_doubtful = true;
        }
    }

    fn wait_for(&mut self, path: PathBuf, needed: u32) {
        match state(&path) {
            Some((size, changed)) if !is_unfinished(&path) => {
                // A file that was made and not written yet has nothing to be whole.
                let needed = if size == 0 { needed.max(STABLE_POLLS_OPEN) } else { needed };
                self.waiting.insert(path, Waiting { size, changed, still: 0, needed });
            }
            _ => drop(self.waiting.remove(&path)),
        }
    }

    fn look_through(&mut self) {
        let Ok(entries) = self.path.read_dir() else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            self.wait_for(path, STABLE_POLLS_UNKNOWN);
        }
    }

    /// Looks whether the folder is there and the one that it was, and listens to the one that is there.
    fn look_at_folder(&mut self) -> Vec<Seen> {
        self.looks = 0;
        let (was_there, is_doubtful) =
            self.listening.as_ref().map_or((false, false), |listening| (true, listening.is_doubtful));
        let is_same = self.listening.as_ref().is_some_and(|it| it.to.is_at(&self.path));
        if is_same && !is_doubtful {
            return Vec::new();
        }
        self.waiting.clear();
        let is_there = self.listen().is_ok();
        // To the person, one that is only listened to anew was never gone.
        let is_gone = was_there && !(is_same && is_there);
        let is_back = is_there && !is_same;
        is_gone.then_some(Seen::Gone).into_iter().chain(is_back.then_some(Seen::Back)).collect()
    }

    /// Looks at the files that are waited for. Where there are none, and from time to time, at the folder.
    fn look(&mut self) -> Vec<Seen> {
        self.looks += 1;
        let seen =
            if self.listening.is_none() || self.waiting.is_empty() || self.looks >= POLLS_PER_FOLDER_POLL {
                self.look_at_folder()
            } else {
                Vec::new()
            };
        if self.listening.is_none() {
            return seen;
        }
        let mut whole = Vec::new();
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
        whole.sort();
        seen.into_iter().chain(whole.into_iter().map(Seen::File)).collect()
    }
}

/// Size and time of a regular file. What a link leads to is not in the folder, and whoever made the link may not be who
/// may read it.
fn state(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let about = std::fs::symlink_metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((about.len(), about.modified().ok()))
}

/// Whether the name says that the file is hidden, a lock, or still on its way.
fn is_unfinished(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with(['.', '~']) || UNFINISHED.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "files come and go as other programs have it")]
mod tests;
