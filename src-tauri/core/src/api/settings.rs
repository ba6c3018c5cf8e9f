//! What the person chose.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::destination::Place;
use crate::domain::settings;

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light, dark, or as the desktop says.
    pub appearance: Appearance,
    /// How long something is held back after `Create`, so that it can be undone; in seconds, at most 60.
    pub hold_seconds: u8,
    /// The same for what is sent from the quick-send window.
    pub quick_hold_seconds: u8,
    /// Whether closing the main window leaves the app in the tray.
    pub keep_in_tray: bool,
    /// Whether the desktop tells what was sent and what needs the person.
    pub notifications: bool,
    /// The keys that open the quick-send window wherever the person is, such as `CmdOrCtrl+Shift+Space`; empty for none.
    pub shortcut: String,
    /// How long what was sent is kept in the outbox and beside its items, in days; 0 for always.
    pub keep_sent_days: u16,
    /// What the dialogs open with.
    pub templates: Templates,
    /// What they open with for some destinations instead. Each destination stands here once.
    pub own_templates: Vec<OwnTemplates>,
}

impl Default for Settings {
    fn default() -> Self {
        settings::Settings::default().into()
    }
}

impl From<settings::Settings> for Settings {
    fn from(stored: settings::Settings) -> Self {
        Self {
            appearance: stored.appearance.into(),
            hold_seconds: stored.hold_seconds,
            quick_hold_seconds: stored.quick_hold_seconds,
            keep_in_tray: stored.keep_in_tray,
            notifications: stored.notifications,
            shortcut: stored.shortcut,
            keep_sent_days: stored.keep_sent_days,
            templates: stored.templates.into(),
            own_templates: stored.own_templates.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Settings> for settings::Settings {
    fn from(wire: Settings) -> Self {
        Self {
            appearance: wire.appearance.into(),
            hold_seconds: wire.hold_seconds,
            quick_hold_seconds: wire.quick_hold_seconds,
            keep_in_tray: wire.keep_in_tray,
            notifications: wire.notifications,
            shortcut: wire.shortcut,
            keep_sent_days: wire.keep_sent_days,
            templates: wire.templates.into(),
            own_templates: wire.own_templates.into_iter().map(Into::into).collect(),
        }
    }
}

/// The templates of one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OwnTemplates {
    /// Which.
    pub place: Place,
    /// Its templates: of pages for a space, of comments for a page.
    pub templates: Templates,
}

impl From<settings::OwnTemplates> for OwnTemplates {
    fn from(settings::OwnTemplates { place, templates }: settings::OwnTemplates) -> Self {
        Self { place, templates: templates.into() }
    }
}

impl From<OwnTemplates> for settings::OwnTemplates {
    fn from(OwnTemplates { place, templates }: OwnTemplates) -> Self {
        Self { place, templates: templates.into() }
    }
}

/// What the dialogs open with. Titles are plain text, bodies are Markdown; both may hold fields such as `{meeting}`,
/// which `app::dialogs::template` lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Templates {
    /// The title of a page made of one item.
    pub item_title: String,
    /// The body of a page made of one item.
    pub item_body: String,
    /// The title of a page made of several items.
    pub meeting_title: String,
    /// The body of a page made of several items.
    pub meeting_body: String,
    /// The body of a comment.
    pub comment_body: String,
}

impl Default for Templates {
    fn default() -> Self {
        settings::Templates::default().into()
    }
}

impl From<settings::Templates> for Templates {
    fn from(stored: settings::Templates) -> Self {
        Self {
            item_title: stored.item_title,
            item_body: stored.item_body,
            meeting_title: stored.meeting_title,
            meeting_body: stored.meeting_body,
            comment_body: stored.comment_body,
        }
    }
}

impl From<Templates> for settings::Templates {
    fn from(wire: Templates) -> Self {
        Self {
            item_title: wire.item_title,
            item_body: wire.item_body,
            meeting_title: wire.meeting_title,
            meeting_body: wire.meeting_body,
            comment_body: wire.comment_body,
        }
    }
}

/// Light, dark, or as the desktop says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// As the desktop says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl From<settings::Appearance> for Appearance {
    fn from(stored: settings::Appearance) -> Self {
        match stored {
            settings::Appearance::System => Self::System,
            settings::Appearance::Light => Self::Light,
            settings::Appearance::Dark => Self::Dark,
        }
    }
}

impl From<Appearance> for settings::Appearance {
    fn from(wire: Appearance) -> Self {
        match wire {
            Appearance::System => Self::System,
            Appearance::Light => Self::Light,
            Appearance::Dark => Self::Dark,
        }
    }
}
