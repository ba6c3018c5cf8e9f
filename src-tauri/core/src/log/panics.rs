//! A panic's own words, its place and, where `RUST_BACKTRACE` asks for it, the way there, in the log before anything else
//! happens: whoever panicked may end the process next.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};

use super::Log;

/// The target of these lines, which standard error has already by the hook before this one.
pub const PANIC: &str = "sally_core::log::panic";

/// Notes panics in the log, then does what was done of them before.
pub fn note_panics(log: Log) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |about| {
        note(about);
        log.flush();
        before(about);
    }));
}

fn note(about: &PanicHookInfo<'_>) {
    let payload = about.payload();
    let words = payload.downcast_ref::<&str>().copied();
    let words = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no words");
    let location = about.location().map(ToString::to_string).unwrap_or_default();
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(target: PANIC, location, %backtrace, "panicked: {words}");
    } else {
        tracing::error!(target: PANIC, location, "panicked: {words}");
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, thread};

    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::registry;

    use super::super::{FILE, FOLDER};
    use super::*;

    #[test]
    fn a_panic_is_in_the_file_when_the_thread_has_ended() {
        let data = tempfile::tempdir().unwrap();
        let log = Log::start();
        log.lie_in(data.path());
        note_panics(log.clone());
        let subscriber = registry().with(log.layer());
        let ended = thread::spawn(move || {
            tracing::subscriber::with_default(subscriber, || {
                let (title, middle) = ("Größe der Abteilung", 3);
                title[middle..].len()
            })
        });
        ended.join().unwrap_err();
        // No flush: the hook has waited for it.
        let text = fs::read_to_string(data.path().join(FOLDER).join(FILE)).unwrap();
        let _ours = panic::take_hook();
        assert!(text.contains("ERROR sally_core::log::panic: panicked: "), "{text}");
        assert!(
            text.contains("src/log/panics.rs") || text.contains(r"src\\log\\panics.rs"),
            "its place: {text}"
        );
        assert!(!text.contains("Abteilung"), "not what it was about: {text}");
    }
}
