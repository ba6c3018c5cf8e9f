//! Hands `sally://` addresses to the core, whether they reach the running app or start it. They are parsed
//! there; their content is never logged and never reaches the web view.

use tauri::{AppHandle, Manager as _};
use tauri_plugin_deep_link::DeepLinkExt as _;

use super::core::Core;

/// The scheme of the app's addresses.
#[cfg(any(target_os = "linux", target_os = "windows"))]
const SCHEME: &str = "sally";

/// Listens for addresses.
pub(super) fn listen(handle: &AppHandle) {
    let to_core = handle.clone();
    handle.deep_link().on_open_url(move |event| {
        for address in event.urls() {
            hand_over(&to_core, address.into());
        }
    });
    // A start by an address does not fire the listener.
    if let Ok(Some(addresses)) = handle.deep_link().get_current() {
        for address in addresses {
            hand_over(handle, address.into());
        }
    }
}

fn hand_over(handle: &AppHandle, address: String) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(app) = handle.state::<Core>().app().await {
            app.callback(&address).await;
        }
    });
}

/// Makes this program the handler of the scheme for this user. A login needs it, and nothing else does, so it is done
/// when one begins: it starts helper programs, which would only hold up the window. An installed app is registered by
/// its package, which this must not shadow.
#[cfg(any(target_os = "linux", target_os = "windows"))]
pub(super) async fn register(handle: &AppHandle) {
    if cfg!(target_os = "linux") && std::env::current_exe().is_ok_and(|path| path.starts_with("/usr")) {
        return;
    }
    let handle = handle.clone();
    let registered = tauri::async_runtime::spawn_blocking(move || handle.deep_link().register_all()).await;
    if !matches!(registered, Ok(Ok(()))) {
        tracing::warn!("sally: addresses could not be registered; the browser cannot come back by itself");
    }
}

/// macOS knows the scheme from the app's bundle.
#[cfg(target_os = "macos")]
#[expect(clippy::unused_async, reason = "as on the other systems")]
pub(super) async fn register(_: &AppHandle) {}

/// Takes back what [`register`] did, also in an earlier run or by a build in another place.
#[cfg(any(target_os = "linux", target_os = "windows"))]
pub(super) async fn unregister(handle: &AppHandle) -> Result<(), String> {
    let handle = handle.clone();
    let taken_back = tauri::async_runtime::spawn_blocking(move || {
        handle.deep_link().unregister(SCHEME).map_err(|error| error.to_string())?;
        // On Linux the plugin leaves an entry that opens nothing.
        #[cfg(target_os = "linux")]
        delete_entry(&handle).map_err(|error| error.to_string())?;
        Ok(())
    });
    taken_back.await.unwrap_or_else(|error| Err(error.to_string()))
}

/// macOS knows the scheme from the app's bundle, and forgets it with that.
#[cfg(target_os = "macos")]
#[expect(clippy::unused_async, reason = "as on the other systems")]
pub(super) async fn unregister(_: &AppHandle) -> Result<(), String> {
    Ok(())
}

/// Deletes the entry that the plugin makes, by the name that it has there.
#[cfg(target_os = "linux")]
fn delete_entry(handle: &AppHandle) -> Result<(), Box<dyn std::error::Error>> {
    let program = std::env::current_exe()?;
    let name = format!("{}-handler.desktop", program.file_name().unwrap_or_default().to_string_lossy());
    let entry = handle.path().data_dir()?.join("applications").join(name);
    Ok(sally_core::disk::remove(&entry)?)
}
