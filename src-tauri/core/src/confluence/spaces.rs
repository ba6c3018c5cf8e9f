//! Spaces: how many there are, the list of them, those whose names hold some words, and what may be done in one.
//!
//! Each space in an answer costs a point of the quota that all users of the app share, so a list is for organizations with few
//! spaces, and a search for the others.

use url::Url;

use super::client::CURRENT_USER;
use super::search::{folded, plain_words, quoted};
use super::{Confluence, Error, wire};
use crate::domain::destination::{Space, SpaceKind};
use crate::domain::id::{AccountId, OrganizationId, PageId, SpaceId};

/// Most spaces that one search answers, in entries.
const MAX_FOUND: &str = "10";

/// A space, and what tells it from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSpace {
    /// The space.
    pub space: Space,
    /// What sort of space.
    pub kind: SpaceKind,
    /// Whose it is, where the answer says so.
    pub owner: Option<AccountId>,
    /// Whether it is closed: it can be read, and takes nothing new.
    pub is_archived: bool,
}

/// A page of an organization's spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpacePage {
    /// The spaces.
    pub spaces: Vec<FoundSpace>,
    /// The cursor of the next page; `None` after the last.
    pub next: Option<String>,
}

/// Spaces that were searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundSpaces {
    /// The best matches; at most 10.
    pub spaces: Vec<FoundSpace>,
    /// How many match in all, among them some that the account may not see.
    pub total: u32,
}

/// Which spaces a search is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// All.
    All,
    /// Those that are nobody's own.
    Shared,
}

/// What an account may make in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Pages.
    pub pages: bool,
    /// Comments.
    pub comments: bool,
}

impl Confluence {
    /// The spaces after a cursor, by name: `limit` of them, at most 250, and only those of one `type` of Confluence's where one
    /// is given.
    pub async fn spaces(
        &self,
        organization: &OrganizationId,
        of_type: Option<&str>,
        cursor: Option<&str>,
        limit: u8,
    ) -> Result<SpacePage, Error> {
        let mut url = self.wiki(organization, &["api", "v2", "spaces"]);
        url.query_pairs_mut()
            .append_pair("limit", &limit.to_string())
            .append_pair("status", "current")
            .append_pair("sort", "name")
            .extend_pairs(of_type.map(|of_type| ("type", of_type)))
            .extend_pairs(cursor.map(|cursor| ("cursor", cursor)));
        let answer: wire::ResultPage<wire::Space> = self.get(url).await?;
        Ok(SpacePage {
            spaces: answer.results.into_iter().map(FoundSpace::from).collect(),
            next: answer.links.next.as_deref().and_then(cursor_of),
        })
    }

    /// The space with this key, and its home page where it has one.
    pub async fn space(
        &self,
        organization: &OrganizationId,
        key: &str,
    ) -> Result<Option<(FoundSpace, Option<PageId>)>, Error> {
        Ok(self.space_by(organization, "keys", key).await?.map(|mut found| {
            let home = found.homepage_id.take().map(PageId);
            (found.into(), home)
        }))
    }

    /// How many spaces there are, with those that the account may not see.
    pub async fn count_spaces(&self, organization: &OrganizationId, among: Among) -> Result<u32, Error> {
        let answer: wire::ResultPage<wire::Hit> =
            self.get(self.search_for_spaces(organization, among, None, "1")).await?;
        Ok(answer.total())
    }

    /// Spaces whose names hold these words; the last one may be unfinished. Signs alone find nothing.
    pub async fn search_spaces(
        &self,
        organization: &OrganizationId,
        among: Among,
        words: &str,
    ) -> Result<FoundSpaces, Error> {
        let words = plain_words(&folded(words));
        if words.is_empty() {
            return Ok(FoundSpaces { spaces: Vec::new(), total: 0 });
        }
        let url = self.search_for_spaces(organization, among, Some(&words), MAX_FOUND);
        let answer: wire::ResultPage<wire::Hit> = self.get(url).await?;
        let total = answer.total();
        let spaces = answer.results.into_iter().filter_map(|hit| hit.space?.found()).collect();
        Ok(FoundSpaces { spaces, total })
    }

    fn search_for_spaces(
        &self,
        organization: &OrganizationId,
        among: Among,
        words: Option<&str>,
        limit: &str,
    ) -> Url {
        let mut clauses = vec!["type = space".to_owned()];
        if among == Among::Shared {
            clauses.push("space.type != personal".to_owned());
        }
        if let Some(words) = words {
            clauses.push(format!("title ~ {}", quoted(&format!("{words}*"))));
        }
        self.search_url(organization, &clauses.join(" and "), limit)
    }

    /// The account's own space, where it has one.
    pub async fn own_space(&self, organization: &OrganizationId) -> Result<Option<FoundSpace>, Error> {
        let mut url = self.wiki(organization, &CURRENT_USER);
        url.query_pairs_mut().append_pair("expand", "personalSpace");
        let user: wire::User = self.get(url).await?;
        let owner = user.account_id.map(AccountId);
        Ok(user.personal_space.and_then(wire::SpaceOf::found).map(|found| FoundSpace { owner, ..found }))
    }

    /// What the account may make in a space; nothing where the answer does not say even that it may read it.
    pub async fn rights(
        &self,
        organization: &OrganizationId,
        space: &SpaceId,
    ) -> Result<Option<Rights>, Error> {
        let url = self.wiki(organization, &["api", "v2", "spaces", space.as_str(), "operations"]);
        let answer: wire::Operations = self.get(url).await?;
        let may = |operation: &str, of: &str| {
            answer.operations.iter().any(|one| one.operation == operation && one.target_type == of)
        };
        let rights = Rights { pages: may("create", "page"), comments: may("create", "comment") };
        Ok(may("read", "space").then_some(rights))
    }

    /// Whether a space was archived.
    pub async fn is_archived(&self, organization: &OrganizationId, space: &SpaceId) -> Result<bool, Error> {
        let found = self.space_by(organization, "ids", space.as_str()).await?;
        Ok(found.is_some_and(|found| is_archived(found.status.as_deref())))
    }

    /// The space, open or archived, that a filter of the list names.
    async fn space_by(
        &self,
        organization: &OrganizationId,
        filter: &str,
        value: &str,
    ) -> Result<Option<wire::Space>, Error> {
        let mut url = self.wiki(organization, &["api", "v2", "spaces"]);
        url.query_pairs_mut().append_pair(filter, value).append_pair("limit", "1");
        let answer: wire::ResultPage<wire::Space> = self.get(url).await?;
        Ok(answer.results.into_iter().next())
    }
}

impl From<wire::Space> for FoundSpace {
    fn from(wire::Space { id, key, name, kind, status, owner, .. }: wire::Space) -> Self {
        Self {
            space: Space { id: SpaceId(id), key, name },
            kind: kind_of(kind.as_deref()),
            owner: owner.map(AccountId),
            is_archived: is_archived(status.as_deref()),
        }
    }
}

impl wire::SpaceOf {
    /// A space that v1 names; nothing where it leaves out what names it.
    pub(super) fn found(self) -> Option<FoundSpace> {
        let space = Space { id: SpaceId(self.id?.into_text()), key: self.key?, name: self.name };
        Some(FoundSpace {
            space,
            kind: kind_of(self.kind.as_deref()),
            owner: None,
            is_archived: is_archived(self.status.as_deref()),
        })
    }
}

fn is_archived(status: Option<&str>) -> bool {
    status == Some("archived")
}

/// What Confluence calls it; what is new to this version is a space like any other.
fn kind_of(kind: Option<&str>) -> SpaceKind {
    match kind {
        Some("personal") => SpaceKind::Personal,
        Some("collaboration") => SpaceKind::Collaboration,
        Some("knowledge_base") => SpaceKind::KnowledgeBase,
        _ => SpaceKind::Team,
    }
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
