//! Lists spaces. The API cannot filter by name, so the app fetches all and searches locally.

use super::{Confluence, Error, wire};
use crate::domain::destination::Space;
use crate::domain::id::{OrganizationId, PageId, SpaceId};

/// Spaces per page of results: the maximum of the API.
const PAGE_SIZE: &str = "250";

/// A page of an organization's spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpacePage {
    /// The spaces.
    pub spaces: Vec<Space>,
    /// The cursor of the next page; `None` after the last.
    pub next: Option<String>,
}

impl Confluence {
    /// The spaces after a cursor, by name.
    pub async fn spaces(
        &self,
        organization: &OrganizationId,
        cursor: Option<&str>,
    ) -> Result<SpacePage, Error> {
        let mut url = self.wiki(organization, &["api", "v2", "spaces"]);
        url.query_pairs_mut()
            .append_pair("limit", PAGE_SIZE)
            .append_pair("status", "current")
            .append_pair("sort", "name")
            .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let answer: wire::ResultPage<wire::Space> = self.get(url).await?;
        Ok(SpacePage {
            spaces: answer.results.into_iter().map(space).collect(),
            next: answer.links.next.as_deref().and_then(cursor_of),
        })
    }

    /// The space with this key, and its home page where it has one.
    pub async fn space(
        &self,
        organization: &OrganizationId,
        key: &str,
    ) -> Result<Option<(Space, Option<PageId>)>, Error> {
        let mut url = self.wiki(organization, &["api", "v2", "spaces"]);
        url.query_pairs_mut().append_pair("keys", key).append_pair("limit", "1");
        let answer: wire::ResultPage<wire::Space> = self.get(url).await?;
        Ok(answer.results.into_iter().next().map(|mut found| {
            let home = found.homepage_id.take().map(PageId);
            (space(found), home)
        }))
    }
}

fn space(wire::Space { id, key, name, .. }: wire::Space) -> Space {
    Space { id: SpaceId(id), key, name }
}

/// The cursor in the link to the next page. Only the cursor is taken: the link is relative to the site, and
/// requests must stay on the gateway.
pub(super) fn cursor_of(link: &str) -> Option<String> {
    let (_, query) = link.split_once('?')?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "cursor")
        .map(|(_, cursor)| cursor.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_cursor_of_a_link_is_taken() {
        assert_eq!(
            cursor_of("https://elsewhere.example/wiki/api/v2/spaces?limit=250&cursor=a%3Db%2B").as_deref(),
            Some("a=b+"),
            "the host of a link must never decide where the next request goes"
        );
        assert_eq!(cursor_of("/wiki/api/v2/spaces"), None, "a link without a cursor is the end");
    }
}
