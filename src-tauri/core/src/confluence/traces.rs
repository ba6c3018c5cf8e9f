//! Looks for what may have been made by a request whose answer was lost. Everything by v1, since the v2 calls that read
//! pages and comments need scopes that the app does not ask for. Answers what is there; refuses to say whose it is.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::search::quoted;
use super::{Confluence, Error, wire};
use crate::adf;
use crate::domain::id::{AccountId, OrganizationId, PageId};

/// Something in Confluence that may be what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Confluence's identifier.
    pub id: String,
    /// Its title, if it is a page.
    pub title: String,
    /// The name of its space.
    pub space: String,
    /// Who made it.
    pub author: AccountId,
    /// When.
    pub created: Timestamp,
    /// 1 where nobody has changed it since.
    pub version: u64,
    /// Its words, as they are stored; see [`adf::stored_words`].
    pub words: String,
    /// Where a person sees it.
    pub url: Option<String>,
}

/// What was found, and the time by Confluence's clock, where it says so.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// In no order that means something.
    pub all: Vec<Trace>,
    /// Now.
    pub now: Option<Timestamp>,
}

/// How much earlier than needed the query looks: it is in the account's time zone, which is not known here.
const ANY_TIME_ZONE: SignedDuration = SignedDuration::from_hours(26);

/// Comments that one answer holds, and answers that are read: a page with more is left to search.
const COMMENTS: &str = "100";
const ANSWERS: usize = 10;

const EXPAND: &str = "history,version,body.storage,space";

impl Confluence {
    /// The pages with exactly this title in a space, whatever the case of its letters, as far as search knows them.
    /// Archived pages are never found.
    pub async fn page_traces(
        &self,
        organization: &OrganizationId,
        space: &str,
        title: &str,
    ) -> Result<Traces, Error> {
        let cql = format!("type = page and space = {} and title = {}", quoted(space), quoted(title));
        self.search_traces(organization, &cql).await
    }

    /// The comments on a page that were made since a moment. Asks the page itself where that is still possible, which
    /// knows them at once, and search where it is not.
    pub async fn comment_traces(
        &self,
        organization: &OrganizationId,
        page: &PageId,
        since: Timestamp,
    ) -> Result<Traces, Error> {
        match self.descendant_comments(organization, page).await {
            Ok(Some(traces)) => return Ok(traces),
            // The call is deprecated, and gone in places.
            Ok(None)
            | Err(Error::Denied | Error::Refused { .. } | Error::Server { .. } | Error::ScopeMissing) => {}
            Err(error) => return Err(error),
        }
        let day = since.saturating_sub(ANY_TIME_ZONE).unwrap_or(since).strftime("%Y-%m-%d %H:%M").to_string();
        let cql = |place: &str| {
            format!(
                "type = comment{place} and creator = currentUser() and created >= {} order by created desc",
                quoted(&day)
            )
        };
        match self
            .search_traces(organization, &cql(&format!(" and container = {}", quoted(page.as_str()))))
            .await
        {
            // The field is not documented everywhere; without it, comments on other pages come too.
            Err(Error::Refused { .. }) => self.search_traces(organization, &cql("")).await,
            found => found,
        }
    }

    /// `None` where the page has more comments than are read.
    async fn descendant_comments(
        &self,
        organization: &OrganizationId,
        page: &PageId,
    ) -> Result<Option<Traces>, Error> {
        let path = ["rest", "api", "content", page.as_str(), "descendant", "comment"];
        let (mut traces, mut start) = (Traces::default(), 0);
        for _ in 0..ANSWERS {
            let mut url = self.wiki(organization, &path);
            url.query_pairs_mut()
                .append_pair("depth", "all")
                .append_pair("limit", COMMENTS)
                .append_pair("start", &start.to_string())
                .append_pair("expand", EXPAND);
            let (stretch, now): (wire::Stretch<Made>, _) = self.get_dated(url).await?;
            traces.now = now;
            let read = stretch.results.len();
            let base = stretch.links.base;
            traces.all.extend(stretch.results.into_iter().filter_map(|made| made.trace(base.as_deref())));
            start += read;
            if read == 0 || stretch.links.next.is_none() {
                return Ok(Some(traces));
            }
        }
        Ok(None)
    }

    async fn search_traces(&self, organization: &OrganizationId, cql: &str) -> Result<Traces, Error> {
        let mut url = self.wiki(organization, &["rest", "api", "content", "search"]);
        url.query_pairs_mut()
            .append_pair("cql", cql)
            .append_pair("limit", "50")
            .append_pair("expand", EXPAND);
        let (stretch, now): (wire::Stretch<Made>, _) = self.get_dated(url).await?;
        let base = stretch.links.base;
        let mut seen = HashSet::new();
        let traces = stretch.results.into_iter().filter_map(|made| made.trace(base.as_deref()));
        Ok(Traces { all: traces.filter(|trace| seen.insert(trace.id.clone())).collect(), now })
    }
}

#[derive(Deserialize)]
struct Made {
    id: String,
    #[serde(default)]
    title: String,
    space: Option<wire::SpaceOf>,
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
    fn trace(self, base: Option<&str>) -> Option<Trace> {
        let history = self.history?;
        let storage = self.body.and_then(|body| body.storage).map(|storage| storage.value);
        Some(Trace {
            author: AccountId(history.created_by?.account_id?),
            created: history.created_date?,
            version: self.version.map_or(1, |version| version.number),
            words: adf::stored_words(&storage.unwrap_or_default()),
            url: self.links.browser_url(base),
            id: self.id,
            title: self.title,
            space: self.space.map(|space| space.name).unwrap_or_default(),
        })
    }
}
