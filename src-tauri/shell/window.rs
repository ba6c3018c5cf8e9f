//! The main window: built here, told what happens, and shown in the light that the person chose. Closing it leaves the
//! app in the tray, or ends it.

use std::time::Duration;

use sally_core::api::{Appearance, Compose, Event, Screen};
use sally_core::app::{App, Window};
use tauri::utils::config::WindowConfig;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{AppHandle, DragDropEvent, Manager as _, Theme, Url, WebviewWindowBuilder, WindowEvent};

use super::core::Core;
#[cfg(feature = "bench")]
use super::ready;
use super::{ending, files, listeners, quick, screens, shortcut, tray};

pub(super) const LABEL: &str = "main";

/// What `tauri.conf.json` says of a window.
pub(super) fn config(handle: &AppHandle, label: &str) -> tauri::Result<WindowConfig> {
    let found = handle.config().app.windows.iter().find(|window| window.label == label);
    found.cloned().ok_or(tauri::Error::WindowNotFound)
}

/// Builds the window at once; it fills itself by commands.
pub(super) fn open(handle: &AppHandle, visible: bool) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::from_config(handle, &config(handle, LABEL)?)?.visible(visible);
    #[cfg(feature = "bench")]
    let builder = ready::watch(builder, ready::SCRIPT);
    let window = builder
        // The title bar and the task switcher name the meeting that is open.
        .on_document_title_changed(|window, title| {
            if let Err(error) = window.set_title(&title) {
                tracing::debug!(%error, "the window's title could not be set");
            }
            #[cfg(feature = "bench")]
            ready::tell(&title);
        })
        .on_navigation(own_pages(handle))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, page| {
            if page.event() == PageLoadEvent::Finished {
                quick::prepare(window.app_handle());
            }
        })
        .build()?;
    let handle = handle.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::DragDrop(event) => on_drag(&handle, event),
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            close(&handle);
        }
        _ => {}
    });
    Ok(())
}

/// Nothing but the app's own pages is ever shown in its windows. While developing, a server of this machine has them.
pub(super) fn own_pages(handle: &AppHandle) -> impl Fn(&Url) -> bool + Send + use<> {
    let server = handle.config().build.dev_url.clone().filter(|_| tauri::is_dev());
    move |url| is_own_page(server.as_ref(), url)
}

fn is_own_page(server: Option<&Url>, url: &Url) -> bool {
    match server {
        Some(server) => url.origin() == server.origin(),
        // Windows knows no schemes of programs.
        None if cfg!(windows) => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        None => url.scheme() == "tauri",
    }
}

/// The window goes at once; whether the app does is for the core to say.
fn close(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window could not be hidden");
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let stays = match handle.state::<Core>().app().await {
            Ok(app) => app.main_window_closed(tray::is_there().await).await.unwrap_or(false),
            // Without a core there is nothing to come back to.
            Err(_) => false,
        };
        if !stays {
            ending::quit(&handle);
        }
    });
}

/// The app starts without its window: in the tray, or as a button of the task bar where there is no tray.
pub(super) fn start_hidden(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let Some(window) = handle.get_webview_window(LABEL) else { return };
        if tray::is_there().await {
            return;
        }
        for step in [window.show(), window.minimize()] {
            if let Err(error) = step {
                tracing::debug!(%error, "the window could not be minimised");
            }
        }
    });
}

/// Brings the window to the front, at a screen.
pub(super) fn go_to(handle: &AppHandle, screen: Screen) {
    come_to_front(handle);
    listeners::tell(handle, LABEL, Event::GoTo(screen));
}

/// Brings the window to the front, with a dialog.
pub(super) fn open_dialog(handle: &AppHandle, request: Compose) {
    come_to_front(handle);
    listeners::tell(handle, LABEL, Event::OpenDialog(Box::new(request)));
}

/// Whether the person has the window before them.
pub(super) fn is_looked_at(handle: &AppHandle) -> bool {
    let window = handle.get_webview_window(LABEL);
    window.is_some_and(|window| window.is_visible().unwrap_or(false) && window.is_focused().unwrap_or(false))
}

fn on_drag(handle: &AppHandle, event: &DragDropEvent) {
    match event {
        DragDropEvent::Enter { paths, .. } => {
            listeners::tell(handle, LABEL, Event::Dragging(!paths.is_empty()));
        }
        DragDropEvent::Drop { paths, .. } => {
            listeners::tell(handle, LABEL, Event::Dragging(false));
            files::import_dropped(handle, paths.clone());
        }
        DragDropEvent::Leave => listeners::tell(handle, LABEL, Event::Dragging(false)),
        _ => {}
    }
}

/// Shows the window over the others and gives it the focus.
pub(super) fn come_to_front(handle: &AppHandle) {
    if ending::is_under_way(handle) {
        return;
    }
    let Some(window) = handle.get_webview_window(LABEL) else { return };
    for step in [window.unminimize(), screens::bring_within_reach(&window), window.show()] {
        if let Err(error) = step {
            tracing::debug!(%error, "the window could not be brought to the front");
        }
    }
    focus(handle, LABEL, || true);
}

/// Gives a window the focus that was just shown, if it is still wanted. That takes a moment: one that is not yet there
/// takes no focus.
pub(super) fn focus(handle: &AppHandle, label: &'static str, wanted: impl Fn() -> bool + Send + 'static) {
    const PATIENCE: Duration = Duration::from_secs(2);
    const PAUSE: Duration = Duration::from_millis(2);
    let Some(window) = handle.get_webview_window(label) else { return };
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let shown = tokio::time::timeout(PATIENCE, async {
            while !window.is_visible().unwrap_or(true) {
                tokio::time::sleep(PAUSE).await;
            }
        });
        if shown.await.is_err() {
            tracing::warn!(label, "the window was not shown");
        }
        // Giving the focus shows a window, so it must not come after hiding it: both are asked for in one order.
        let here = handle.clone();
        let asked = handle.run_on_main_thread(move || {
            if wanted()
                && !ending::is_under_way(&here)
                && let Err(error) = window.set_focus()
            {
                tracing::debug!(%error, "the window could not be given the focus");
            }
        });
        if let Err(error) = asked {
            tracing::debug!(%error, "the app is ending");
        }
    });
}

/// Applies what was chosen in an earlier run.
pub(super) async fn show_as_chosen(handle: &AppHandle, app: &App) {
    if let Ok(settings) = app.settings().await {
        // The desktop's own is what there is already, and to set it again would have everything drawn anew.
        if settings.appearance != Appearance::System {
            apply(handle, settings.appearance);
        }
        shortcut::take(handle, &settings.shortcut);
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

/// Has both pages keep what was typed; each answers with the command `pages_flushed`.
pub(super) fn ask_for_last_words(handle: &AppHandle) {
    listeners::tell_all(handle, &Event::FlushPages);
}

/// Tells the core's events to the windows.
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
        listeners::tell_all(&self.handle, &event);
    }

    fn come_to_front(&self) {
        come_to_front(&self.handle);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_pages_are_its_own() {
        let is_own = |server: Option<&Url>, address: &str| is_own_page(server, &address.parse().unwrap());
        let page =
            if cfg!(windows) { "http://tauri.localhost/index.html" } else { "tauri://localhost/index.html" };
        assert!(is_own(None, page));
        let server = "http://localhost:1420".parse().unwrap();
        assert!(is_own(Some(&server), "http://localhost:1420/quick.html"));
        for strange in [
            "https://acme.atlassian.net/",
            "http://localhost:1420/",
            "http://tauri.localhost:8080/",
            "http://tauri.localhost.example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
        ] {
            assert!(!is_own(None, strange), "{strange}");
        }
        assert!(!is_own(Some(&server), "http://localhost:1421/") && !is_own(Some(&server), page));
    }
}
