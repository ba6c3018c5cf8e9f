//! The quick-send window: built once, hidden, and only shown when it is wanted, so that it is there at once. It lies
//! over everything and needs no other window.

#[cfg(target_os = "linux")]
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sally_core::api::Event;
use sally_core::domain::id::ItemId;
use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager as _, PhysicalPosition, WebviewWindow, WebviewWindowBuilder, WindowEvent};

use super::core::Core;
#[cfg(feature = "bench")]
use super::ready;
use super::{ending, listeners, window};

pub(super) const LABEL: &str = "quick";

/// How long after the main window's page the window is built: the start belongs to the main window.
const AFTER_START: Duration = Duration::from_millis(900);

static TURNS: Turns = Turns { current: AtomicU32::new(0), focused: AtomicU32::new(0) };

/// How long the focus may be away before the window hides.
const MOMENT: Duration = Duration::from_millis(200);

/// Builds the window when the start is over.
pub(super) fn prepare(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(AFTER_START).await;
        let here = handle.clone();
        let asked = handle.run_on_main_thread(move || {
            if let Err(error) = built(&here) {
                tracing::error!(%error, "the quick-send window could not be built");
            }
        });
        if let Err(error) = asked {
            tracing::debug!(%error, "the app ended before its start was over");
        }
    });
}

/// Opens the window, with an item that was chosen elsewhere.
pub(super) fn open(handle: &AppHandle, item: Option<ItemId>) {
    if ending::is_under_way(handle) {
        return;
    }
    let here = handle.clone();
    let asked = handle.run_on_main_thread(move || {
        let shown = built(&here).and_then(|window| {
            place(&window)?;
            window.show()
        });
        if let Err(error) = shown {
            return tracing::error!(%error, "the quick-send window could not be shown");
        }
        let turn = TURNS.begin();
        window::focus(&here, LABEL, move || TURNS.is(turn));
        tauri::async_runtime::spawn(async move {
            if let Ok(app) = here.state::<Core>().app().await {
                let opened = Event::QuickOpened(Box::new(app.quick_opened(item).await));
                listeners::tell(&here, LABEL, opened);
            }
        });
    });
    if let Err(error) = asked {
        tracing::debug!(%error, "the app is ending");
    }
}

/// In the middle of the screen where the pointer is, somewhat above it in height, where eyes are.
fn place(window: &WebviewWindow) -> tauri::Result<()> {
    let pointer = window.cursor_position()?;
    let Some(screen) = window.monitor_from_point(pointer.x, pointer.y)?.or(window.primary_monitor()?) else {
        return window.center();
    };
    let (area, size) = (screen.work_area(), window.outer_size()?);
    let middle = |length: u32, own: u32| i32::try_from(length.saturating_sub(own) / 2).unwrap_or(0);
    let x = area.position.x + middle(area.size.width, size.width);
    let y = area.position.y + middle(area.size.height, size.height) * 2 / 3;
    window.set_position(PhysicalPosition::new(x, y))
}

/// Opens the window, or hides it where it is open: it is not open without the focus for longer than a moment.
pub(super) fn toggle(handle: &AppHandle) {
    if handle.get_webview_window(LABEL).is_some_and(|window| window.is_visible().unwrap_or(false)) {
        hide(handle);
    } else {
        open(handle, None);
    }
}

/// Hides the window; its page stays as it is.
pub(super) fn hide(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    TURNS.begin();
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the quick-send window could not be hidden");
    }
}

/// Who turns to something else is done with the window. Keys that are held by the system, such as the shortcut's own, take
/// the focus away for a moment only.
fn hide_unless_it_comes_back(handle: &AppHandle) {
    let Some(turn) = TURNS.unfocus() else { return };
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(MOMENT).await;
        if TURNS.is(turn)
            && handle.get_webview_window(LABEL).is_some_and(|window| !window.is_focused().unwrap_or(false))
        {
            hide(&handle);
        }
    });
}

/// The window. On the main thread.
fn built(handle: &AppHandle) -> tauri::Result<WebviewWindow> {
    if let Some(window) = handle.get_webview_window(LABEL) {
        return Ok(window);
    }
    let builder = WebviewWindowBuilder::from_config(handle, &window::config(handle, LABEL)?)?;
    #[cfg(feature = "bench")]
    let builder =
        ready::watch(builder, ready::QUICK_SCRIPT).on_document_title_changed(|_, title| ready::tell(&title));
    let window = beside_main(handle, builder)
        .on_navigation(window::own_pages(handle))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .build()?;
    let to_hide = handle.clone();
    window.on_window_event(move |event| match event {
        // It is kept, whoever closes it.
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            hide(&to_hide);
        }
        WindowEvent::Focused(true) => TURNS.focus(),
        WindowEvent::Focused(false) => hide_unless_it_comes_back(&to_hide),
        _ => {}
    });
    Ok(window)
}

/// Both windows share one process of the web view, which halves what they need.
#[cfg(target_os = "linux")]
fn beside_main<'a>(
    handle: &'a AppHandle,
    builder: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    thread_local! {
        /// Handed from the closure below to here, both on the main thread.
        static VIEW: Cell<Option<webkit2gtk::WebView>> = const { Cell::new(None) };
    }
    let main = handle.get_webview_window(window::LABEL);
    let asked = main.map(|main| main.with_webview(|view| VIEW.set(Some(view.inner()))));
    match (asked, VIEW.take()) {
        (Some(Ok(())), Some(view)) => builder.with_related_view(view),
        _ => builder,
    }
}

/// The other systems' web views decide by themselves.
#[cfg(not(target_os = "linux"))]
fn beside_main<'a>(
    _: &'a AppHandle,
    builder: WebviewWindowBuilder<'a, tauri::Wry, AppHandle>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    builder
}

/// Counts how often the window was opened and hidden: what was begun before is then no longer wanted.
struct Turns {
    current: AtomicU32,
    /// The one that had the focus last.
    focused: AtomicU32,
}

impl Turns {
    /// The window is opened or hidden.
    fn begin(&self) -> u32 {
        self.current.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn is(&self, turn: u32) -> bool {
        self.current.load(Ordering::Relaxed) == turn
    }

    /// The window has the focus.
    fn focus(&self) {
        self.focused.store(self.current.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The window has it no longer. Answers in which turn, where it had it in that one: on a busy desktop the word of an
    /// earlier loss comes late.
    fn unfocus(&self) -> Option<u32> {
        let turn = self.focused.load(Ordering::Relaxed);
        self.is(turn).then_some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_focus_that_was_had_since_the_window_was_opened_can_be_lost() {
        let turns = Turns { current: AtomicU32::new(0), focused: AtomicU32::new(0) };
        let first = turns.begin();
        assert_eq!(turns.unfocus(), None, "it was not there yet");
        turns.focus();
        assert_eq!(turns.unfocus(), Some(first), "the person turned to something else");
        turns.begin();
        let third = turns.begin();
        assert_eq!(turns.unfocus(), None, "the word of hiding comes when the window is open again");
        turns.focus();
        assert_eq!(turns.unfocus(), Some(third), "and then it counts again");
    }
}
