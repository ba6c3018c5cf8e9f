//! Spaces and pages to choose from.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::destination::{Page, Space};
use crate::domain::id::{OrganizationId, SpaceId};

/// Which spaces.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindSpaces {
    /// Where.
    pub organization: OrganizationId,
    /// Words of the name, or the start of the key; empty for all.
    pub query: String,
}

/// Cached spaces.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Spaces {
    /// The best matches, recently used ones first; at most 50.
    pub spaces: Vec<Space>,
    /// How many match in all.
    pub total: u32,
    /// How many are cached.
    pub cached: u32,
}

/// How far a refresh of the cached spaces is.
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
