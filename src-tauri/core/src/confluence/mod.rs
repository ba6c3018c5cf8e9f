//! The client of Confluence Cloud, and the only module that knows Atlassian's addresses. Each function is one request (two
//! where an expired token has to be renewed first). No keyring, no SQL, and no retry of a request with an unknown outcome.
//! Called by `app`.
//!
//! APIs and scopes: reading pages and comments by v2 needs scopes that the login does not request, so pages are found by CQL
//! search (v1), and v2 is used for spaces and for creating pages and comments. An API token may have those scopes; then
//! a request with a lost response is looked up by v2, which has no index lag.

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
pub use pages::{NewPage, ReadPage};
pub use search::SearchHit;
pub use sites::{SiteAddress, site_name};
pub use spaces::{Among, FoundSpace, FoundSpaces, Rights, SpacePage};

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
