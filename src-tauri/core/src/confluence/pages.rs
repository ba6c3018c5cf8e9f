//! Creates pages, and reads one where a token may.

use super::{Confluence, Error, Made, wire};
use crate::domain::id::{OrganizationId, PageId, SpaceId};
use crate::domain::problem::Content as NoPage;
use crate::domain::site::Need;

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

/// A page that was read, or what it is instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadPage {
    /// A page, and the id of its space.
    Current {
        /// Its title.
        title: String,
        /// The space.
        space: SpaceId,
    },
    /// One that is archived, in the trash or not published yet.
    Other(NoPage),
}

impl Confluence {
    /// Reads a page, which needs no index, and so tells of what search does not find. `None` where it is not there, or where
    /// the account may not read pages this way.
    pub async fn read_page(
        &self,
        organization: &OrganizationId,
        id: &PageId,
    ) -> Result<Option<ReadPage>, Error> {
        if !self.able.contains(&Need::ReadPages) {
            return Ok(None);
        }
        let mut url = self.wiki(organization, &["api", "v2", "pages", id.as_str()]);
        let statuses = ["current", "archived", "trashed", "draft"];
        url.query_pairs_mut().extend_pairs(statuses.map(|status| ("status", status)));
        let page: wire::Page = match self.get(url).await {
            Err(Error::Denied | Error::ScopeMissing) => return Ok(None),
            page => page?,
        };
        Ok(Some(match page.status.as_str() {
            "archived" => ReadPage::Other(NoPage::Archived),
            "trashed" | "deleted" => ReadPage::Other(NoPage::Trashed),
            "draft" => ReadPage::Other(NoPage::Draft),
            _ => ReadPage::Current { title: page.title, space: SpaceId(page.space_id) },
        }))
    }

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
