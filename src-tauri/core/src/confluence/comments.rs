//! Adds footer comments.

use super::{Confluence, Error, Made, wire};
use crate::domain::id::{OrganizationId, PageId};

impl Confluence {
    /// Adds a comment at the foot of a page: one request. `body` is a serialised ADF document.
    pub async fn add_comment(
        &self,
        organization: &OrganizationId,
        page: &PageId,
        body: &str,
    ) -> Result<Made, Error> {
        let body = wire::NewComment { page_id: page.as_str(), body: wire::Body::adf(body) };
        let url = self.wiki(organization, &["api", "v2", "footer-comments"]);
        Ok(self.post::<wire::Created>(url, &body).await?.into())
    }
}
