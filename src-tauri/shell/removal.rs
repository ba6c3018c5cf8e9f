//! `Remove everything…`: what the desktop and the web view keep for the app goes here, and the core takes the rest. What is
//! written until the process is gone goes last.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use sally_core::api::ErrorView;
use sally_core::app::desktop_words::{Leftover, left as leftover};
use sally_core::disk;
use sally_core::log::Log;
use tauri::{AppHandle, Manager as _};

use super::core::Core;
use super::{deep_link, desktop, ending};

/// What web views keep in the folder of the app's data, by its names: `WebKitGTK`, and `WebView2`. Other things in there are
/// somebody's.
const OF_WEB_VIEW: [&str; 13] = [
    "CacheStorage",
    "EBWebView",
    "WebKitCache",
    "cookies",
    "databases",
    "deviceidhashsalts",
    "hsts-storage.sqlite",
    "hsts-storage.sqlite-shm",
    "hsts-storage.sqlite-wal",
    "localstorage",
    "mediakeys",
    "serviceworkers",
    "storage",
];

/// Whether the process leaves nothing behind when it ends.
#[derive(Default)]
pub(super) struct Removal(AtomicBool);

/// Removes everything, and ends the app. Answers what is left; then the app stays, so that its window can say so. Fails where
/// nothing was taken.
pub(super) async fn remove_everything(handle: &AppHandle) -> Result<Vec<String>, ErrorView> {
    let app = handle.state::<Core>().app().await?;
    app.can_remove_everything().await.map_err(|error| error.view())?;
    let mut left = Vec::new();
    // The desktop's first: while the data is there, a removal that was cut off can be seen, and begun again.
    if let Err(error) = desktop::forget_autostart(handle) {
        left.push(leftover(Leftover::Autostart, &error.to_string()));
    }
    if let Err(error) = deep_link::unregister(handle).await {
        left.push(leftover(Leftover::LinkHandler, &error));
    }
    left.extend(remove_log(handle).await);
    left.extend(app.remove_everything().await);
    handle.state::<Removal>().0.store(true, Ordering::Relaxed);
    if left.is_empty() {
        ending::quit(handle);
    }
    Ok(left)
}

/// The log before the data, whose folder it lies in. What is left after that is for the window to say.
async fn remove_log(handle: &AppHandle) -> Option<String> {
    let log = handle.state::<Log>().inner().clone();
    let removed = tauri::async_runtime::spawn_blocking(move || log.remove()).await;
    let error = match removed {
        Ok(removed) => removed.err()?.to_string(),
        Err(error) => error.to_string(),
    };
    Some(leftover(Leftover::Log, &error))
}

/// Deletes what was written until now, after everybody else has written: the windows' places, and what the web view keeps.
pub(super) fn finish(handle: &AppHandle) {
    if !handle.state::<Removal>().0.load(Ordering::Relaxed) {
        return;
    }
    let paths = handle.path();
    if let Ok(config) = paths.app_config_dir() {
        delete(&config.join(tauri_plugin_window_state::DEFAULT_FILENAME));
        delete_if_empty(&config);
    }
    // Windows has caches and data in one folder.
    if cfg!(not(windows))
        && let Ok(cache) = paths.app_cache_dir()
    {
        delete(&cache);
    }
    if let Ok(data) = paths.app_local_data_dir() {
        for name in OF_WEB_VIEW {
            delete(&data.join(name));
        }
        delete_if_empty(&data);
    }
}

fn delete(path: &Path) {
    let deleted = if path.is_dir() { std::fs::remove_dir_all(path) } else { disk::remove(path) };
    if let Err(error) = deleted {
        tracing::warn!(%error, path = %path.display(), "this is left");
    }
}

fn delete_if_empty(folder: &Path) {
    // What else is in there is not the app's.
    if let Err(error) = std::fs::remove_dir(folder) {
        tracing::debug!(%error, folder = %folder.display(), "it is kept");
    }
}
