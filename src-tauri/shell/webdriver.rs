//! A `WebDriver` in the app, by which a test drives its window where the system brings no driver for it. Only in builds
//! with the feature `webdriver`, only where the environment names a port, and only for programs on this machine.

use tauri::{Builder, Wry};

#[cfg(not(debug_assertions))]
compile_error!(
    "the feature `webdriver` lets any program on the machine use the app: it is for debug builds alone"
);

/// The port that the driver listens on; without it there is no driver.
const PORT: &str = "SALLY_WEBDRIVER_PORT";

/// Adds the driver, where one is asked for.
pub(super) fn offer(builder: Builder<Wry>) -> Builder<Wry> {
    match std::env::var(PORT).ok().and_then(|port| port.parse().ok()) {
        Some(port) => builder.plugin(tauri_plugin_wdio_webdriver::init_with_port(port)),
        None => builder,
    }
}
