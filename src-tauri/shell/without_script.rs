//! Plugins without the scripts that they put into every page. Those call commands which are closed to the pages, and put
//! functions of their own in the place of the web view's (`alert`, `Notification`).

use serde_json::Value;
use tauri::plugin::{Plugin, TauriPlugin};
use tauri::webview::PageLoadPayload;
use tauri::{AppHandle, RunEvent, Runtime, Url, Webview, Window};

/// The plugin in it does all that it did, but for its script.
pub(super) struct WithoutScript<R: Runtime>(pub(super) TauriPlugin<R>);

impl<R: Runtime> Plugin<R> for WithoutScript<R> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn initialize(&mut self, app: &AppHandle<R>, settings: Value) -> Result<(), Box<dyn std::error::Error>> {
        self.0.initialize(app, settings)
    }

    fn window_created(&mut self, window: Window<R>) {
        self.0.window_created(window);
    }

    fn webview_created(&mut self, webview: Webview<R>) {
        self.0.webview_created(webview);
    }

    fn on_navigation(&mut self, webview: &Webview<R>, url: &Url) -> bool {
        self.0.on_navigation(webview, url)
    }

    fn on_page_load(&mut self, webview: &Webview<R>, payload: &PageLoadPayload<'_>) {
        self.0.on_page_load(webview, payload);
    }

    fn on_event(&mut self, app: &AppHandle<R>, event: &RunEvent) {
        self.0.on_event(app, event);
    }

    fn extend_api(&mut self, invoke: tauri::ipc::Invoke<R>) -> bool {
        self.0.extend_api(invoke)
    }
}
