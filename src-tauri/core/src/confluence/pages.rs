//! Creates pages.

use super::{Confluence, Error, Made, wire};
use crate::domain::id::{OrganizationId, PageId, SpaceId};

/// A page to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewPage<'a> {
    /// The space.
    pub space: &'a SpaceId,
    /// The parent; the space's home page where there is none.
    pub parent: Option<&'a PageId>,
    /// The title; unique in the space, whatever the case of its letters, archived pages included.
    pub title: &'a str,
    /// A serialised ADF document.
    pub body: &'a str,
}

impl Confluence {
    /// Creates a page: one request.
    pub async fn create_page(&self, organization: &OrganizationId, page: NewPage<'_>) -> Result<Made, Error> {
        let body = wire::NewPage {
            space_id: page.space.as_str(),
            status: "current",
            title: page.title,
            parent_id: page.parent.map(PageId::as_str),
            body: wire::Body::adf(page.body),
        };
        let url = self.wiki(organization, &["api", "v2", "pages"]);
        Ok(self.post::<wire::Created>(url, &body).await?.into())
    }
}
