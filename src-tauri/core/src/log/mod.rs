//! The log that a person can find and hand on: a file in the folder `logs` of the app's data, for what standard error tells
//! to nobody on a desktop. Lines go to a thread of its own, so that no disk holds up whoever logs; what does not fit into the
//! queue is left out and counted. Two files of at most 1 MiB are kept, the newer and the older one.
//!
//! Refuses words of meetings, tokens and the queries of addresses ([`words`]), and to fail: a file that cannot be written costs
//! its lines. Called by the shell; whatever else logs does it by `tracing`.

mod layer;
mod panics;
mod rolling;
pub mod words;

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use self::rolling::Rolling;

pub use panics::{PANIC, note_panics};

/// The folder in that of the app's data.
pub const FOLDER: &str = "logs";
/// The file that is written.
pub const FILE: &str = "sally-desktop.log";
/// The one before it.
pub const OLDER_FILE: &str = "sally-desktop.old.log";

/// How many lines may wait for the disk.
const QUEUE: usize = 1024;
/// How many bytes of lines wait until it is known where the file lies.
const MAX_BUFFERED: usize = 64 * 1024;
/// How long an end of the app, or a panic, waits for the disk.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(2);

/// The log. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    tell: SyncSender<Order>,
    left_out: Arc<AtomicU64>,
    folder: Arc<OnceLock<PathBuf>>,
}

enum Order {
    Line(String),
    LieIn(PathBuf),
    Flush(SyncSender<()>),
    Remove(SyncSender<io::Result<()>>),
}

impl Log {
    /// Starts the thread that writes. What is logged before [`Log::lie_in`] is kept until then.
    pub fn start() -> Self {
        let (tell, orders) = sync_channel(QUEUE);
        let left_out = Arc::<AtomicU64>::default();
        let counted = left_out.clone();
        // Without a thread nothing listens, and the app goes on without a file.
        let _thread = thread::Builder::new().name("log".to_owned()).spawn(move || write(&orders, &counted));
        Self { tell, left_out, folder: Arc::default() }
    }

    /// Puts the file into the folder `logs` of the app's data. Only the first call counts.
    pub fn lie_in(&self, data: &Path) {
        let folder = data.join(FOLDER);
        if self.folder.set(folder.clone()).is_ok() {
            let _unheard = self.tell.try_send(Order::LieIn(folder));
        }
    }

    /// The folder of the file, once it is known.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.get().map(PathBuf::as_path)
    }

    /// Waits until everything up to here is written, or for two seconds.
    pub fn flush(&self) {
        let (done, wait) = sync_channel(1);
        if self.tell.try_send(Order::Flush(done)).is_ok() {
            let _too_late = wait.recv_timeout(FLUSH_TIMEOUT);
        }
    }

    /// Deletes the files and, where nothing else is in it, their folder. Nothing is written from then on.
    pub fn remove(&self) -> io::Result<()> {
        let (done, wait) = sync_channel(1);
        if self.tell.send(Order::Remove(done)).is_err() {
            // There is no thread, so nobody has ever written one.
            return Ok(());
        }
        wait.recv_timeout(FLUSH_TIMEOUT * 3).unwrap_or_else(|_| Err(io::ErrorKind::ResourceBusy.into()))
    }

    fn line(&self, line: String) {
        if self.tell.try_send(Order::Line(line)).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes what comes, until nobody can log any more.
fn write(orders: &Receiver<Order>, left_out: &AtomicU64) {
    let (mut place, mut lines, mut is_removed) = (None::<Rolling>, String::new(), false);
    while let Ok(first) = orders.recv() {
        let mut done = Vec::new();
        // What came in the meantime is written in one piece.
        for order in std::iter::once(first).chain(orders.try_iter()) {
            match order {
                Order::Line(line) if place.is_some() || lines.len() + line.len() <= MAX_BUFFERED => {
                    lines.push_str(&line);
                }
                Order::Line(_) => {
                    left_out.fetch_add(1, Ordering::Relaxed);
                }
                Order::LieIn(folder) => place = Some(Rolling::new(folder)),
                Order::Flush(tell) => done.push(tell),
                Order::Remove(tell) => {
                    is_removed = true;
                    let _gone = tell.send(place.as_ref().map_or(Ok(()), Rolling::remove));
                }
            }
        }
        if is_removed {
            lines.clear();
        } else if let Some(place) = &place {
            let left_out = left_out.swap(0, Ordering::Relaxed);
            if left_out > 0 {
                let _infallible = writeln!(lines, "({left_out} lines were left out)");
            }
            // It cannot be said anywhere that a log cannot be written.
            let _lost = place.append(&lines);
            lines.clear();
        }
        for tell in done {
            let _gone = tell.send(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::registry;

    use super::*;

    /// The log of what was done while it lay in this folder.
    fn logged(data: &Path, what: impl FnOnce(&Log)) -> String {
        let log = Log::start();
        tracing::subscriber::with_default(registry().with(log.layer()), || what(&log));
        log.lie_in(data);
        log.flush();
        fs::read_to_string(data.join(FOLDER).join(FILE)).unwrap_or_default()
    }

    #[test]
    fn a_line_says_when_how_grave_and_where() {
        let data = tempfile::tempdir().unwrap();
        let text = logged(data.path(), |_| {
            tracing::info_span!("run", number = 7)
                .in_scope(|| tracing::info!(count = 3, label = "main", "it goes on"));
            tracing::debug!("too much");
            tracing::info!(target: "hyper", "too much of others");
            tracing::warn!(target: "hyper", "of others");
        });
        let lines: Vec<_> = text.lines().collect();
        let [ours, others] = lines[..] else { panic!("two lines: {text}") };
        let (time, rest) = ours.split_once("  INFO ").expect(ours);
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "RFC 3339 in UTC: {time}");
        assert_eq!(rest, "run{number=7}: sally_core::log::tests: it goes on count=3 label=\"main\"");
        assert!(
            others.ends_with("WARN hyper: of others"),
            "what was logged before the folder was known is there: {others}"
        );
    }

    #[derive(Debug, thiserror::Error)]
    #[error("it was refused: “{0}”")]
    struct Refused(&'static str, #[source] serde_json::Error);

    #[test]
    fn no_word_of_a_stranger_and_no_secret_gets_in() {
        let data = tempfile::tempdir().unwrap();
        let cause = serde_json::from_str::<u32>("\"The Budget\"").unwrap_err();
        let error = Refused("The Layoffs are a title already", cause);
        let text = logged(data.path(), |_| {
            tracing::info!(error = &error as &dyn std::error::Error, "it did not get through");
            tracing::warn!(%error, place = ?Some("The Merger"), "nor this");
            let address = "https://example.com/wiki?title=Offer";
            tracing::warn!(address, "asked {address} with Bearer abc.def, code=onceonly&state=4");
        });
        for word in ["Budget", "Layoffs", "Merger", "Offer", "abc", "onceonly"] {
            assert!(!text.contains(word), "{word} is in {text}");
        }
        assert!(text.contains("it was refused: “…”: invalid type"), "the reason's own words stay: {text}");
        assert!(text.contains("https://example.com/wiki?…"), "and the address without its query: {text}");
    }

    #[test]
    fn a_file_that_cannot_be_written_stops_nobody() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(FOLDER), "in the way").unwrap();
        assert_eq!(logged(data.path(), |_| tracing::warn!("something")), "");
    }

    #[test]
    fn what_is_removed_is_not_begun_again() {
        let data = tempfile::tempdir().unwrap();
        let log = Log::start();
        log.lie_in(data.path());
        log.line("first\n".to_owned());
        log.flush();
        assert!(log.folder().unwrap().join(FILE).is_file());
        log.remove().unwrap();
        log.line("second\n".to_owned());
        log.flush();
        assert!(!data.path().join(FOLDER).exists(), "the folder is gone");
    }

    #[test]
    fn somebody_elses_file_in_the_folder_stays() {
        let data = tempfile::tempdir().unwrap();
        let log = Log::start();
        log.lie_in(data.path());
        log.line("first\n".to_owned());
        log.flush();
        let kept = data.path().join(FOLDER).join("mine.txt");
        fs::write(&kept, "").unwrap();
        log.remove().unwrap();
        assert!(kept.is_file() && !data.path().join(FOLDER).join(FILE).exists());
    }
}
