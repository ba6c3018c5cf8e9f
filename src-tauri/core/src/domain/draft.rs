//! What a person typed and did not send or save, as it is stored.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::destination::{Action, Page, Space};
use super::id::{DeliveryId, ItemId, OrganizationId};
use super::meeting::ItemKind;
use crate::adf::Document;

/// What was typed into the dialog of a page or a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The items that it is about, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// The delivery that this replaces, where the person edits one that did not get through.
    pub replaces: Option<DeliveryId>,
    /// `Organization`.
    pub organization: Option<OrganizationId>,
    /// `Space`.
    pub space: Option<Space>,
    /// `Parent page`; the space's home where there is none.
    pub parent: Option<Page>,
    /// `Page`.
    pub page: Option<Page>,
    /// `Title`.
    pub title: String,
    /// `Description`.
    pub document: Document,
}

/// What was typed into the dialog of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemWords {
    /// Its section.
    pub kind: ItemKind,
    /// Its words.
    pub text: String,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due, in any words.
    pub due: Option<String>,
    /// Whether it is done.
    pub done: bool,
}

/// The folder that is watched for meetings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchedFolder {
    /// Its path.
    pub folder: PathBuf,
}
