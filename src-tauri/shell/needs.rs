//! What the desktop must have before anything starts. The libraries below would end the process in the middle of their
//! own work, or run without it; this says what is missing, and what to do. Refuses to try anything else.

use std::fmt;

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(dead_code, reason = "no system can lack all of it")]
pub(crate) enum Missing {
    /// Nothing to show a window on.
    Display,
    /// No message bus of the person's session: a second start, a `sally:` link and the keyring come by it.
    Bus,
    /// Windows has no `WebView2`.
    WebView,
}

impl Missing {
    /// `EX_UNAVAILABLE` of the BSD system: something that the program needs is not there.
    pub(crate) const EXIT_CODE: u8 = 69;
}

impl std::error::Error for Missing {}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Display => {
                "Sally Desktop has no screen to show its window on. Start it in a desktop session; over ssh or in a \
                 container, set DISPLAY or WAYLAND_DISPLAY to one that can be reached."
            }
            Self::Bus => {
                "Sally Desktop found no message bus of a desktop session, by which links, the keyring and a second start \
                 reach it. Start it in a desktop session, or as: dbus-run-session sally-desktop"
            }
            Self::WebView => {
                "Sally Desktop needs Microsoft Edge WebView2, which is missing or damaged on this computer. Install it \
                 from https://developer.microsoft.com/microsoft-edge/webview2 and start Sally Desktop again."
            }
        })
    }
}

/// Whether everything is there.
#[cfg(target_os = "linux")]
pub(super) fn look() -> Result<(), Missing> {
    zbus::blocking::Connection::session().map(drop).map_err(|error| {
        tracing::debug!(%error, "the session has no bus");
        Missing::Bus
    })?;
    // The toolkit is begun only once, whoever begins it; but only here may it fail.
    gtk::init().map_err(|error| {
        tracing::debug!(%error, "the toolkit found no display");
        Missing::Display
    })
}

/// Whether everything is there.
#[cfg(windows)]
pub(super) fn look() -> Result<(), Missing> {
    tauri::webview_version().map(drop).map_err(|error| {
        tracing::debug!(%error, "the web view says no version");
        Missing::WebView
    })
}

/// Whether everything is there. macOS itself has all of it.
#[cfg(target_os = "macos")]
#[expect(clippy::unnecessary_wraps, reason = "as on the other systems")]
pub(super) fn look() -> Result<(), Missing> {
    Ok(())
}

/// Tells the person. A terminal may be all there is.
#[expect(clippy::print_stderr, reason = "whoever started the program has to see it, whatever is logged")]
pub(crate) fn tell(missing: Missing) {
    eprintln!("{missing}");
    // Windows gives a program with windows no terminal.
    #[cfg(windows)]
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("Sally Desktop")
        .set_description(missing.to_string())
        .show();
}
