//! Of the tray, its menu and the system's dialogs, which the shell shows.

use crate::api::Tray;

/// Opens Quick send.
pub const QUICK_SEND: &str = "Quick send…";
/// The last items of the last meetings.
pub const RECENT: &str = "Recent";
/// Opens the main window.
pub const OPEN: &str = "Open Sally";
/// Opens the settings.
pub const SETTINGS: &str = "Settings";
/// Ends the app, in the tray's menu.
pub const QUIT: &str = "Quit";
/// Ends the app, in the menu bar of macOS.
pub const QUIT_APP: &str = "Quit Sally Desktop";
/// Over the dialog that chooses files to import.
pub const IMPORT: &str = "Import meetings";
/// The files that are meetings.
pub const MEETINGS: &str = "Meetings";
/// Those and all others.
pub const ALL_FILES: &str = "All files";
/// Over the dialog that chooses a folder to watch.
pub const WATCH: &str = "Watch a folder";
/// Over the dialog that chooses where an export goes.
pub const EXPORT: &str = "Export a meeting";

/// What `Remove everything…` could not take from the desktop.
#[derive(Clone, Copy, Debug)]
pub enum Leftover {
    /// The start at login.
    Autostart,
    /// The handler of `sally:` links.
    LinkHandler,
    /// The log.
    Log,
}

/// What is left, and why in the system's own words.
pub fn left(what: Leftover, why: &str) -> String {
    let what = match what {
        Leftover::Autostart => "The start at login",
        Leftover::LinkHandler => "The handler of sally: links",
        Leftover::Log => "The log",
    };
    format!("{what}: {why}")
}

/// What the tray's icon says.
pub fn tooltip(tray: &Tray) -> String {
    match tray.unsent {
        0 => "Sally Desktop".to_owned(),
        1 if tray.needs_you => "Sally Desktop: 1 delivery needs you".to_owned(),
        many => format!("Sally Desktop: {many} in the Outbox"),
    }
}

/// The entry that opens the Outbox.
pub fn outbox(tray: &Tray) -> String {
    match tray.unsent {
        0 => "Outbox".to_owned(),
        many => format!("Outbox ({many})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tray_says_how_much_waits() {
        let tray = |unsent, needs_you| Tray { unsent, needs_you, ..Tray::default() };
        let said = [(0, false), (1, true), (1, false), (2, true)].map(|(unsent, needs_you)| {
            let tray = tray(unsent, needs_you);
            (tooltip(&tray), outbox(&tray))
        });
        let expected = [
            ("Sally Desktop", "Outbox"),
            ("Sally Desktop: 1 delivery needs you", "Outbox (1)"),
            ("Sally Desktop: 1 in the Outbox", "Outbox (1)"),
            ("Sally Desktop: 2 in the Outbox", "Outbox (2)"),
        ];
        assert_eq!(said, expected.map(|(icon, entry)| (icon.to_owned(), entry.to_owned())));
    }

    #[test]
    fn what_is_left_is_named_with_the_reason() {
        assert_eq!(left(Leftover::Log, "it is in use"), "The log: it is in use");
    }
}
