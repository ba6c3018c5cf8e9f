//! Confluence Cloud, and the only room that knows Atlassian's addresses. Each function is one request (a
//! second one only where an expired token has to be replaced first). Refuses the keyring, SQL, and repeating
//! a request whose outcome is not known. Called by `app`.
//!
//! Which API takes which scopes: reading pages and comments by v2 needs scopes that a login does not ask for, so pages are
//! found by CQL search (v1), and only spaces, page creation and comments use v2. An API token may have those scopes; then a
//! lost answer is read by v2, which knows at once what was made.

mod candidates;
mod client;
mod comments;
mod error;
mod links;
mod organizations;
mod pages;
mod search;
mod sites;
mod spaces;
mod wire;

pub use candidates::{Candidate, Candidates};
pub use client::Confluence;
pub use error::Error;
pub use links::Content;
pub(crate) use links::{Link, Linked};
pub use organizations::{Person, Reachable};
pub use pages::NewPage;
pub use search::Found;
pub use sites::{SiteAddress, site_name};
pub use spaces::SpacePage;

/// Something that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its identifier, where the answer says it.
    pub id: Option<String>,
    /// Where a person finds it. It was made even where the answer does not say where; there is no link then.
    pub url: Option<String>,
}

impl From<wire::Created> for Made {
    fn from(created: wire::Created) -> Self {
        Self { id: created.id, url: created.links.browser_url(None) }
    }
}
