//! The main window: built here, told what happens, and shown in the light that the person chose.

use sally_core::api::Appearance;
use sally_core::app::{App, Event, Window};
use serde::Serialize;
use tauri::{AppHandle, DragDropEvent, Emitter as _, Manager as _, Theme, WebviewWindowBuilder, WindowEvent};

use super::{files, ready};

const LABEL: &str = "main";

/// Builds the window at once; it fills itself by commands.
pub(super) fn open(handle: &AppHandle) -> tauri::Result<()> {
    let Some(config) = handle.config().app.windows.iter().find(|window| window.label == LABEL).cloned()
    else {
        return Err(tauri::Error::WindowNotFound);
    };
    let measured_by = ready::port();
    let mut builder = WebviewWindowBuilder::from_config(handle, &config)?;
    if measured_by.is_some() {
        builder = builder.initialization_script(ready::SCRIPT);
    }
    let window = builder
        // The title bar and the task switcher name the meeting that is open.
        .on_document_title_changed(move |window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "the window's title could not be set");
            }
            if let Some(port) = measured_by {
                ready::tell(port, &title);
            }
        })
        // Nothing but the app's own pages is ever shown in the window.
        .on_navigation(|url| {
            matches!(url.scheme(), "tauri") || matches!(url.host_str(), Some("tauri.localhost" | "localhost"))
        })
        .build()?;
    let handle = handle.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(event) = event {
            on_drag(&handle, event);
        }
    });
    Ok(())
}

fn on_drag(handle: &AppHandle, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } => emit(handle, "dragging", !paths.is_empty()),
        DragDropEvent::Drop { paths, .. } => {
            emit(handle, "dragging", false);
            files::import(handle, paths.clone());
        }
        DragDropEvent::Leave => emit(handle, "dragging", false),
        _ => {}
    }
}

/// Shows the window over the others and gives it the focus.
pub(super) fn come_to_front(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::debug!(%error, "the window could not be brought to the front");
        }
    }
}

/// Applies the appearance that was chosen in an earlier run.
pub(super) async fn show_as_chosen(handle: &AppHandle, app: &App) {
    if let Ok(settings) = app.settings().await {
        apply(handle, settings.appearance);
    }
}

/// Applies an appearance to the window's frame and, through it, to the page.
pub(super) fn apply(handle: &AppHandle, appearance: Appearance) {
    handle.set_theme(match appearance {
        Appearance::System => None,
        Appearance::Light => Some(Theme::Light),
        Appearance::Dark => Some(Theme::Dark),
    });
}

fn emit(handle: &AppHandle, name: &str, payload: impl Serialize + Clone) {
    if let Err(error) = handle.emit_to(LABEL, name, payload) {
        tracing::warn!(%error, name, "the window could not be told");
    }
}

/// Tells the core's events to the window. The names are the fields of `api::Events`.
pub(super) struct MainWindow {
    handle: AppHandle,
}

impl MainWindow {
    pub(super) fn new(handle: AppHandle) -> Self {
        Self { handle }
    }
}

impl Window for MainWindow {
    fn tell(&self, event: Event) {
        let handle = &self.handle;
        match event {
            Event::Connection(connection) => emit(handle, "connection", connection),
            Event::Delivery(delivery) => emit(handle, "delivery", delivery),
            Event::DeliveryGone(id) => emit(handle, "delivery_gone", id),
            Event::Imported(report) => emit(handle, "imported", report),
            Event::Spaces(progress) => emit(handle, "spaces", progress),
            Event::Notice(notice) => emit(handle, "notice", notice),
        }
    }

    fn come_to_front(&self) {
        come_to_front(&self.handle);
    }
}
