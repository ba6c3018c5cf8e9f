//! How the app ends: in one way, whoever asks for it. The windows go at once, their pages keep what was typed last, the
//! core waits for what is on its way, and then the process ends. Each step has a limit, so that nothing that hangs keeps
//! the process alive.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sally_core::log::Log;
use tauri::{AppHandle, ExitRequestApi, Manager as _, WebviewWindow};
use tokio::sync::watch;

use super::core::Core;
use super::{removal, tray, window};

/// How long the pages have for what was typed last. They need some milliseconds; one that draws a long document is busy
/// for a moment, and one that hangs or is still loading has nothing to say.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(3);

/// How long the core has, which has a limit of its own: this one is for a core that is still starting.
const CORE_TIMEOUT: Duration = Duration::from_secs(15);

/// How long the core has where the system does not ask, but tells: Windows ends a program after five seconds.
const TOLD_TIMEOUT: Duration = Duration::from_secs(4);

/// How long the process has to end by itself when everything is done.
const EXIT_TIMEOUT: Duration = Duration::from_secs(5);

/// How far the end is.
#[derive(Default)]
pub(super) struct Ending {
    stage: watch::Sender<Stage>,
    /// A start of the app while it was ending, with its folder: it comes after the end.
    next: Mutex<Option<(Vec<String>, PathBuf)>>,
}

#[derive(Default)]
enum Stage {
    #[default]
    Running,
    /// With the windows that kept what was typed.
    Ending(HashSet<String>),
    Over,
}

/// Ends the app. To ask for it again changes nothing.
pub(super) fn quit(handle: &AppHandle) {
    begin(handle, 0);
}

/// Whether the app has hidden its windows and tray.
pub(super) fn is_under_way(handle: &AppHandle) -> bool {
    !matches!(*handle.state::<Ending>().stage.borrow(), Stage::Running)
}

/// A window has kept all that was typed in it.
pub(super) fn pages_flushed(page: &WebviewWindow) {
    page.state::<Ending>().stage.send_if_modified(|stage| match stage {
        Stage::Ending(said) => said.insert(page.label().to_owned()),
        Stage::Running | Stage::Over => false,
    });
}

/// Whether a start of the program comes too late for this process: then it gets one of its own, when this one has ended.
pub(super) fn comes_too_late(handle: &AppHandle, arguments: &[String], folder: &str) -> bool {
    let is_late = is_under_way(handle);
    if is_late {
        let next = (arguments.iter().skip(1).cloned().collect(), PathBuf::from(folder));
        *handle.state::<Ending>().next.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
    }
    is_late
}

/// The process is to end: not before everything is done.
pub(super) fn on_exit_requested(handle: &AppHandle, code: Option<i32>, api: &ExitRequestApi) {
    if !matches!(*handle.state::<Ending>().stage.borrow(), Stage::Over) {
        api.prevent_exit();
        begin(handle, code.unwrap_or_default());
    }
}

/// The process ends. Where the system told it to without asking (`Quit` in the macOS Dock, the end of a session on
/// Windows, a restart), the core is waited for here. The pages cannot be: this thread is theirs.
pub(super) fn on_exit(handle: &AppHandle) {
    if !matches!(*handle.state::<Ending>().stage.borrow(), Stage::Over) {
        tauri::async_runtime::block_on(end_core(handle, TOLD_TIMEOUT));
    }
    removal::finish(handle);
    let next = handle.state::<Ending>().next.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((arguments, folder)) = next {
        start_again(handle, &arguments, folder);
    }
    handle.state::<Log>().flush();
}

fn begin(handle: &AppHandle, code: i32) {
    let is_first = handle.state::<Ending>().stage.send_if_modified(|stage| {
        let is_first = matches!(stage, Stage::Running);
        if is_first {
            *stage = Stage::Ending(HashSet::new());
        }
        is_first
    });
    if !is_first {
        return;
    }
    for window in handle.webview_windows().into_values() {
        if let Err(error) = window.hide() {
            tracing::debug!(%error, "a window could not be hidden");
        }
    }
    tray::remove(handle);
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        flush_pages(&handle).await;
        end_core(&handle, CORE_TIMEOUT).await;
        handle.state::<Ending>().stage.send_replace(Stage::Over);
        handle.exit(code);
        tokio::time::sleep(EXIT_TIMEOUT).await;
        tracing::error!("the window's thread hangs");
        handle.state::<Log>().flush();
        std::process::exit(code);
    });
}

/// Has each window keep what was typed in it.
async fn flush_pages(handle: &AppHandle) {
    let mut stage = handle.state::<Ending>().stage.subscribe();
    let windows: HashSet<String> = handle.webview_windows().into_keys().collect();
    window::ask_for_last_words(handle);
    let all_said = stage.wait_for(|stage| match stage {
        Stage::Ending(said) => said.is_superset(&windows),
        Stage::Running | Stage::Over => true,
    });
    if tokio::time::timeout(FLUSH_TIMEOUT, all_said).await.is_err() {
        tracing::warn!("a page did not say that it kept what was typed");
    }
}

async fn end_core(handle: &AppHandle, limit: Duration) {
    if tokio::time::timeout(limit, handle.state::<Core>().end()).await.is_err() {
        tracing::warn!("the app ends without its core");
    }
}

/// Starts the program anew, for whoever started it while this process was ending.
fn start_again(handle: &AppHandle, arguments: &[String], folder: PathBuf) {
    tauri_plugin_single_instance::destroy(handle);
    let started = tauri::process::current_binary(&handle.env()).and_then(|program| {
        Command::new(program).args(arguments).current_dir(folder).stdin(Stdio::null()).spawn()
    });
    if let Err(error) = started {
        tracing::error!(%error, "the app could not be started again");
    }
}

/// Ends the app when its process is told to end: by the desktop at the end of a session, by a terminal, by `kill`. Told
/// once more, it ends at once.
pub(super) fn follow_signals(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let mut signals = match Signals::listen() {
            Ok(signals) => signals,
            Err(error) => return tracing::warn!(%error, "signals end the app without waiting"),
        };
        signals.next().await;
        quit(&handle);
        signals.next().await;
        std::process::exit(1);
    });
}

#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 3]);

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self([
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
            signal(SignalKind::hangup())?,
        ]))
    }

    async fn next(&mut self) {
        let [terminate, interrupt, hangup] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = hangup.recv() => {}
        }
    }
}

/// Windows tells a program with windows of its end through them, as `RunEvent::Exit`; a console is there only while
/// developing.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
