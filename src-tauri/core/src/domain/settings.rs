//! What the person chose, as it is stored. A field that is missing has its default; what is stored once is read for ever
//! after (`tests/schema/*.json`).

use serde::{Deserialize, Serialize};

use super::destination::Place;

/// The shortcut of the quick-send window until the person chooses another one.
const DEFAULT_SHORTCUT: &str = "CmdOrCtrl+Shift+Space";

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        Self {
            appearance: Appearance::default(),
            hold_seconds: 0,
            quick_hold_seconds: 5,
            keep_in_tray: true,
            notifications: true,
            shortcut: DEFAULT_SHORTCUT.to_owned(),
            keep_sent_days: 0,
            templates: Templates::default(),
            own_templates: Vec::new(),
        }
    }
}

/// The templates of one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTemplates {
    /// Which.
    pub place: Place,
    /// Its templates: of pages for a space, of comments for a page.
    pub templates: Templates,
}

/// What the dialogs open with. Titles are plain text, bodies are Markdown; both may hold fields such as `{meeting}`,
/// which `app::dialogs::template` lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        let body = "{items}\n\n{context}";
        Self {
            item_title: "{item}".to_owned(),
            item_body: body.to_owned(),
            meeting_title: "{meeting}".to_owned(),
            meeting_body: "{context}\n\n{items}".to_owned(),
            comment_body: body.to_owned(),
        }
    }
}

/// Light, dark, or as the desktop says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
