//! What the app and the desktop around it have with each other: tray, shortcut, start at login.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::FoundItem;

/// What the desktop lends the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Desktop {
    /// Whether it has a tray.
    pub tray: bool,
    /// Whether the chosen shortcut works.
    pub shortcut: Shortcut,
    /// What opens the quick-send window from outside, for a desktop's own keyboard settings.
    pub command: String,
    /// Whether the app starts when the person logs in.
    pub autostart: bool,
}

/// Whether the chosen shortcut works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Shortcut {
    /// It opens the quick-send window.
    Works,
    /// The person wants none.
    None,
    /// Another program has these keys, or the desktop refuses them.
    Taken,
    /// The desktop (Wayland) lets no application have keys of its own.
    NotAllowed,
}

/// A screen of the main window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    /// As it was left.
    AsItWas,
    /// The outbox.
    Outbox,
    /// Settings → General.
    Settings,
    /// Settings → Integrations.
    Integrations,
}

/// What the tray shows. It is no part of the web view's wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tray {
    /// How many deliveries are not sent yet.
    pub unsent: u32,
    /// Whether one of them needs the person.
    pub needs_you: bool,
    /// The last items of the last meetings.
    pub recent: Vec<FoundItem>,
    /// The keys that open the quick-send window.
    pub shortcut: String,
}
