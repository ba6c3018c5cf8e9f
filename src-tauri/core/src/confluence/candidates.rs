//! Looks up what a request with a lost response may have created. By v2 where the credentials have the scopes to read pages
//! and comments, since v2 has no index lag; else by v1, as the login does not request these scopes. Returns candidates;
//! the caller decides which of them it created.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::search::{folded, plain_words, quoted};
use super::spaces::cursor_of;
use super::{Confluence, Error, wire};
use crate::adf;
use crate::domain::destination::Space;
use crate::domain::id::{AccountId, OrganizationId, PageId, SpaceId};
use crate::domain::site::Need;

/// A page or comment that may have been created by the lost request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Confluence's identifier.
    pub id: String,
    /// Its title, if it is a page.
    pub title: String,
    /// The account that created it.
    pub author: AccountId,
    /// When it was created.
    pub created: Timestamp,
    /// The version; 1 if it was never edited.
    pub version: u64,
    /// Its text, as they are stored; see [`adf::stored_text`].
    pub text: String,
    /// Where a person sees it.
    pub url: Option<String>,
}

/// The candidates, and the time by Confluence's clock if the response has a `Date` header.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// The candidates, in no particular order.
    pub all: Vec<Candidate>,
    /// The time of the response.
    pub now: Option<Timestamp>,
}

/// How much earlier than `since` the CQL query starts: its times are in the account's time zone, which is unknown here.
const TIME_ZONE_TOLERANCE: SignedDuration = SignedDuration::from_hours(26);

/// Greatest assumed error of this machine's clock, when comments are read back to a time.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_hours(26);

/// Comments per page of results, and most pages of results that are read: beyond that, search is used.
const COMMENTS_PER_PAGE: &str = "100";
const MAX_RESULT_PAGES: usize = 10;

/// How many words of a comment are searched for: enough to tell it from others.
const WORDS_ALIKE: usize = 12;

const EXPAND: &str = "history,version,body.storage";

impl Confluence {
    /// The pages with exactly this title in a space, whatever the case of its letters: all of them where pages may be read,
    /// else those that search knows, which are never archived ones.
    pub async fn page_candidates(
        &self,
        organization: &OrganizationId,
        space: &Space,
        title: &str,
    ) -> Result<Candidates, Error> {
        if self.able.contains(&Need::ReadPages) {
            match self.pages_read(organization, &space.id, title).await {
                Err(Error::Denied | Error::Refused { .. } | Error::ScopeMissing) => {}
                read => return read,
            }
        }
        let cql = format!("type = page and space = {} and title = {}", quoted(&space.key), quoted(title));
        self.search_candidates(organization, &cql).await
    }

    /// The comments on a page that were made since a moment. Asks the page itself where that is still possible, which
    /// knows them at once, and search where it is not.
    pub async fn comment_candidates(
        &self,
        organization: &OrganizationId,
        page: &PageId,
        since: Timestamp,
    ) -> Result<Candidates, Error> {
        if self.able.contains(&Need::ReadComments) {
            match self.comments_read(organization, page, since).await {
                Ok(Some(candidates)) => return Ok(candidates),
                Ok(None) | Err(Error::Denied | Error::Refused { .. } | Error::ScopeMissing) => {}
                Err(error) => return Err(error),
            }
        }
        match self.descendant_comments(organization, page).await {
            Ok(Some(candidates)) => return Ok(candidates),
            // The call is deprecated, and gone in places.
            Ok(None)
            | Err(Error::Denied | Error::Refused { .. } | Error::Server { .. } | Error::ScopeMissing) => {}
            Err(error) => return Err(error),
        }
        let day =
            since.saturating_sub(TIME_ZONE_TOLERANCE).unwrap_or(since).strftime("%Y-%m-%d %H:%M").to_string();
        let cql = |place: &str| {
            format!(
                "type = comment{place} and creator = currentUser() and created >= {} order by created desc",
                quoted(&day)
            )
        };
        match self
            .search_candidates(organization, &cql(&format!(" and container = {}", quoted(page.as_str()))))
            .await
        {
            // The field is not documented everywhere; without it, comments on other pages come too.
            Err(Error::Refused { .. }) => self.search_candidates(organization, &cql("")).await,
            found => found,
        }
    }

    /// The account's own comments of the last day on a page that hold these words, as far as search knows them: it lags behind.
    /// Nothing where it cannot be asked so.
    pub async fn comments_like(
        &self,
        organization: &OrganizationId,
        page: &PageId,
        words: &str,
    ) -> Result<Vec<Candidate>, Error> {
        let words: Vec<String> =
            plain_words(&folded(words)).split(' ').take(WORDS_ALIKE).map(str::to_owned).collect();
        let words = words.join(" ");
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let cql = format!(
            "type = comment and container = {} and creator = currentUser() and created >= now(\"-1d\") and text ~ {}",
            quoted(page.as_str()),
            quoted(&words)
        );
        match self.search_candidates(organization, &cql).await {
            Err(Error::Refused { .. } | Error::Denied | Error::ScopeMissing) => Ok(Vec::new()),
            found => Ok(found?.all),
        }
    }

    async fn pages_read(
        &self,
        organization: &OrganizationId,
        space: &SpaceId,
        title: &str,
    ) -> Result<Candidates, Error> {
        let mut url = self.wiki(organization, &["api", "v2", "pages"]);
        url.query_pairs_mut()
            .append_pair("space-id", space.as_str())
            .append_pair("title", title)
            .append_pair("body-format", "storage")
            .append_pair("limit", "50");
        let (answer, now): (wire::ResultPage<Read>, _) = self.get_dated(url).await?;
        let base = answer.links.base;
        Ok(Candidates {
            all: answer.results.into_iter().filter_map(|one| one.candidate(base.as_deref())).collect(),
            now,
        })
    }

    /// The newest comments of a page, back to a moment. `None` where there are more than are read.
    async fn comments_read(
        &self,
        organization: &OrganizationId,
        page: &PageId,
        since: Timestamp,
    ) -> Result<Option<Candidates>, Error> {
        let (mut candidates, mut cursor) = (Candidates::default(), None::<String>);
        for _ in 0..MAX_RESULT_PAGES {
            let mut url = self.wiki(organization, &["api", "v2", "pages", page.as_str(), "footer-comments"]);
            url.query_pairs_mut()
                .append_pair("body-format", "storage")
                .append_pair("sort", "-created-date")
                .append_pair("limit", COMMENTS_PER_PAGE)
                .extend_pairs(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let (answer, now): (wire::ResultPage<Read>, _) = self.get_dated(url).await?;
            candidates.now = now;
            let base = answer.links.base;
            let read = answer.results.into_iter().filter_map(|one| one.candidate(base.as_deref()));
            let before = candidates.all.len();
            candidates.all.extend(read);
            // Whatever this machine's clock says: the ones before are older still.
            let is_past = candidates.all[before..]
                .iter()
                .any(|candidate| candidate.created < since.saturating_sub(CLOCK_TOLERANCE).unwrap_or(since));
            cursor = answer.links.next.as_deref().and_then(cursor_of);
            if cursor.is_none() || is_past {
                return Ok(Some(candidates));
            }
        }
        Ok(None)
    }

    /// `None` where the page has more comments than are read.
    async fn descendant_comments(
        &self,
        organization: &OrganizationId,
        page: &PageId,
    ) -> Result<Option<Candidates>, Error> {
        let path = ["rest", "api", "content", page.as_str(), "descendant", "comment"];
        let (mut candidates, mut start) = (Candidates::default(), 0);
        for _ in 0..MAX_RESULT_PAGES {
            let mut url = self.wiki(organization, &path);
            url.query_pairs_mut()
                .append_pair("depth", "all")
                .append_pair("limit", COMMENTS_PER_PAGE)
                .append_pair("start", &start.to_string())
                .append_pair("expand", EXPAND);
            let (answer, now): (wire::ResultPage<Made>, _) = self.get_dated(url).await?;
            candidates.now = now;
            let read = answer.results.len();
            let base = answer.links.base;
            candidates
                .all
                .extend(answer.results.into_iter().filter_map(|made| made.candidate(base.as_deref())));
            start += read;
            if read == 0 || answer.links.next.is_none() {
                return Ok(Some(candidates));
            }
        }
        Ok(None)
    }

    async fn search_candidates(&self, organization: &OrganizationId, cql: &str) -> Result<Candidates, Error> {
        let mut url = self.wiki(organization, &["rest", "api", "content", "search"]);
        url.query_pairs_mut()
            .append_pair("cql", cql)
            .append_pair("limit", "50")
            .append_pair("expand", EXPAND);
        let (answer, now): (wire::ResultPage<Made>, _) = self.get_dated(url).await?;
        let base = answer.links.base;
        let mut seen = HashSet::new();
        let candidates = answer.results.into_iter().filter_map(|made| made.candidate(base.as_deref()));
        Ok(Candidates {
            all: candidates.filter(|candidate| seen.insert(candidate.id.clone())).collect(),
            now,
        })
    }
}

/// A page or a comment as v2 has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    id: String,
    #[serde(default)]
    title: String,
    /// Of a page. A comment has those of its first version.
    author_id: Option<String>,
    created_at: Option<Timestamp>,
    version: Option<ReadVersion>,
    body: Option<Body>,
    #[serde(default, rename = "_links")]
    links: wire::Links,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadVersion {
    number: u64,
    author_id: Option<String>,
    created_at: Option<Timestamp>,
}

impl Read {
    /// `None` where it does not say who made it and when. Of a comment that was changed nobody knows who made it; such a one
    /// is not ours as it was sent.
    fn candidate(self, base: Option<&str>) -> Option<Candidate> {
        let version = self.version?;
        let storage = self.body.and_then(|body| body.storage).map(|storage| storage.value);
        Some(Candidate {
            author: AccountId(self.author_id.or(version.author_id)?),
            created: self.created_at.or(version.created_at)?,
            version: version.number,
            text: adf::stored_text(&storage.unwrap_or_default()),
            url: self.links.browser_url(base),
            id: self.id,
            title: self.title,
        })
    }
}

#[derive(Deserialize)]
struct Made {
    id: String,
    #[serde(default)]
    title: String,
    history: Option<History>,
    version: Option<Version>,
    body: Option<Body>,
    #[serde(default, rename = "_links")]
    links: wire::Links,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    created_by: Option<Author>,
    created_date: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Author {
    account_id: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    number: u64,
}

#[derive(Deserialize)]
struct Body {
    storage: Option<Storage>,
}

#[derive(Deserialize)]
struct Storage {
    #[serde(default)]
    value: String,
}

impl Made {
    /// `None` where it does not say who made it and when: then nobody can tell whose it is.
    fn candidate(self, base: Option<&str>) -> Option<Candidate> {
        let history = self.history?;
        let storage = self.body.and_then(|body| body.storage).map(|storage| storage.value);
        Some(Candidate {
            author: AccountId(history.created_by?.account_id?),
            created: history.created_date?,
            version: self.version.map_or(1, |version| version.number),
            text: adf::stored_text(&storage.unwrap_or_default()),
            url: self.links.browser_url(base),
            id: self.id,
            title: self.title,
        })
    }
}
