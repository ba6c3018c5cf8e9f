//! Where something is sent: a new page in a space, or a comment on a page.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::id::{OrganizationId, PageId, SpaceId};

/// Longest page title that Confluence takes, in UTF-16 code units as its database counts them.
pub const TITLE_MAX: usize = 255;

/// The two verbs of the Confluence menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// `Create a page in Confluence`.
    CreatePage,
    /// `Add a comment to a Confluence page`.
    AddComment,
}

/// An organization (Atlassian site) that the connection reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Organization {
    /// Atlassian's cloud id.
    pub id: OrganizationId,
    /// The site's name.
    pub name: String,
    /// The site's address, such as `https://acme.atlassian.net`; for people to tell sites apart.
    pub url: String,
}

/// A space, as pickers show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Space {
    /// What the API wants.
    pub id: SpaceId,
    /// The short key that people know, such as `ENG`.
    pub key: String,
    /// The name.
    pub name: String,
}

/// What sort of space it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SpaceKind {
    /// Of a team or a topic, as most are.
    #[default]
    Team,
    /// For working together, as Confluence calls it.
    Collaboration,
    /// Answers to questions.
    KnowledgeBase,
    /// A person's own.
    Personal,
}

/// Which spaces of an organization are kept, and so how the others are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SpaceListing {
    /// All.
    Whole,
    /// Those that were met, out of more than a list may cost: Confluence is asked for what is typed.
    Searched,
    /// Those that were looked through so far, where Confluence's search knows no spaces.
    Paged,
}

/// A space that is offered, with what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListedSpace {
    /// The space.
    pub space: Space,
    /// What sort of space.
    pub kind: SpaceKind,
}

/// A page, as pickers show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Page {
    /// What the API wants.
    pub id: PageId,
    /// Its title.
    pub title: String,
    /// The name of the space that it lives in, for people to tell pages apart.
    pub space: String,
}

/// A destination that things are sent to again and again: a space for pages, a page for comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// New pages in a space.
    Space {
        /// The organization.
        organization: OrganizationId,
        /// The space.
        space: Space,
    },
    /// Comments on a page.
    Page {
        /// The organization.
        organization: OrganizationId,
        /// The page.
        page: Page,
    },
}

impl Place {
    /// Whether both are the same destination, whatever it was called when it was chosen.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Space { organization, space }, Self::Space { organization: theirs, space: other }) => {
                (organization, &space.id) == (theirs, &other.id)
            }
            (Self::Page { organization, page }, Self::Page { organization: theirs, page: other }) => {
                (organization, &page.id) == (theirs, &other.id)
            }
            _ => false,
        }
    }
}

/// A destination without what is new each time: pages in a space or beneath a page, or comments on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// New pages.
    NewPage {
        /// The organization.
        organization: OrganizationId,
        /// The space.
        space: Space,
        /// The parent page; the space's home where there is none.
        parent: Option<Page>,
    },
    /// Comments on a page.
    Comment {
        /// The organization.
        organization: OrganizationId,
        /// The page.
        page: Page,
    },
}

impl Target {
    /// The organization that it lies in.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::NewPage { organization, .. } | Self::Comment { organization, .. } => organization,
        }
    }

    /// Which verb leads here.
    pub fn action(&self) -> Action {
        match self {
            Self::NewPage { .. } => Action::CreatePage,
            Self::Comment { .. } => Action::AddComment,
        }
    }

    /// The same as a place with templates of its own.
    pub fn place(&self) -> Place {
        match self {
            Self::NewPage { organization, space, .. } => {
                Place::Space { organization: organization.clone(), space: space.clone() }
            }
            Self::Comment { organization, page } => {
                Place::Page { organization: organization.clone(), page: page.clone() }
            }
        }
    }

    /// The same for the same target, whatever it was called when it was chosen.
    pub fn key(&self) -> String {
        match self {
            Self::NewPage { organization, space, parent } => {
                let parent = parent.as_ref().map_or("", |page| page.id.as_str());
                format!("{organization}/space/{}/{parent}", space.id)
            }
            Self::Comment { organization, page } => format!("{organization}/page/{}", page.id),
        }
    }

    /// A destination here; the title is of no use for a comment.
    pub fn titled(self, title: String) -> Destination {
        match self {
            Self::NewPage { organization, space, parent } => {
                Destination::NewPage { organization, space, parent, title }
            }
            Self::Comment { organization, page } => Destination::Comment { organization, page },
        }
    }
}

/// Where a delivery goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Destination {
    /// A new page.
    NewPage {
        /// The organization.
        organization: OrganizationId,
        /// The space.
        space: Space,
        /// The parent page; the space's home where there is none.
        parent: Option<Page>,
        /// The new page's title.
        title: String,
    },
    /// A footer comment on a page that exists.
    Comment {
        /// The organization.
        organization: OrganizationId,
        /// The page.
        page: Page,
    },
}

impl Destination {
    /// The organization that it lies in: deliveries keep their order per organization.
    pub fn organization(&self) -> &OrganizationId {
        match self {
            Self::NewPage { organization, .. } | Self::Comment { organization, .. } => organization,
        }
    }

    /// Which verb leads here.
    pub fn action(&self) -> Action {
        match self {
            Self::NewPage { .. } => Action::CreatePage,
            Self::Comment { .. } => Action::AddComment,
        }
    }

    /// The same as a place with templates of its own.
    pub fn place(&self) -> Place {
        self.target().place()
    }

    /// The same without the title of a new page.
    pub fn target(&self) -> Target {
        match self {
            Self::NewPage { organization, space, parent, .. } => Target::NewPage {
                organization: organization.clone(),
                space: space.clone(),
                parent: parent.clone(),
            },
            Self::Comment { organization, page } => {
                Target::Comment { organization: organization.clone(), page: page.clone() }
            }
        }
    }

    /// The title of the page that is made or commented on.
    pub fn page_title(&self) -> &str {
        match self {
            Self::NewPage { title, .. } => title,
            Self::Comment { page, .. } => &page.title,
        }
    }
}
