//! Spaces and pages to choose from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::ErrorView;
use crate::domain::destination::{ListedSpace, Page, Space, SpaceListing};
use crate::domain::id::{OrganizationId, SpaceId};

/// Which spaces.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindSpaces {
    /// Where.
    pub organization: OrganizationId,
    /// Words of the name, or the start of the key; empty for all.
    pub query: String,
}

/// Spaces that match.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Spaces {
    /// The best matches: the recently used first; at most 60.
    pub spaces: Vec<ListedSpace>,
    /// How many match in all.
    pub total: u32,
    /// Which spaces are kept here; nothing before Confluence was asked for the first time.
    pub listing: Option<SpaceListing>,
}

/// Whose spaces are to be brought up to date.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RefreshSpaces {
    /// Where.
    pub organization: OrganizationId,
    /// Also where that was done today.
    pub again: bool,
}

/// A space that somebody picked.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PickedSpace {
    /// Where.
    pub organization: OrganizationId,
    /// Which.
    pub space: Space,
}

/// What may be made in a space. Nothing is in the way where Confluence does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SpaceRights {
    /// Why no page can be created in it.
    pub pages: Option<ErrorView>,
    /// Why no comment can be added to its pages.
    pub comments: Option<ErrorView>,
}

/// How far the list of an organization's spaces is.
#[derive(Clone, Debug, Serialize, TS)]
pub struct SpacesProgress {
    /// Where.
    pub organization: OrganizationId,
    /// How many were loaded so far.
    pub loaded: u32,
    /// Whether that was all.
    pub complete: bool,
}

/// Which pages.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindPages {
    /// Where. A link says itself where it leads, so none needs to be chosen for one.
    pub organization: Option<OrganizationId>,
    /// Only in this space. A link leads where it leads.
    pub space: Option<SpaceId>,
    /// Words of the title, or a text with a page's link; empty for the pages changed last.
    pub query: String,
    /// Whether it is for a parent: a folder is as good as a page then.
    #[serde(default)]
    pub parent: bool,
}

/// Pages that were found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundPages {
    /// The organization that all of them are of: the one that was named, or the one of the link.
    pub organization: OrganizationId,
    /// The pages; at most 10.
    pub pages: Vec<FoundPage>,
}

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FoundPage {
    /// The page.
    pub page: Page,
    /// The space that it lives in, where Confluence says which.
    pub space: Option<Space>,
}
