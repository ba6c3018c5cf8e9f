//! Finds pages by CQL. User input is quoted and stripped of operators, so it cannot change the query.

use super::organizations::Person;
use super::{Confluence, Content, Error, wire};
use crate::domain::destination::{Page, Space};
use crate::domain::id::{OrganizationId, PageId, SpaceId};
use crate::domain::site::Need;

/// Most results of one search, in entries. Each costs a point of the quota that all users of the app share.
const MAX_RESULTS: &str = "10";

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchHit {
    /// The page.
    pub page: Page,
    /// The space that it lives in, where the answer says all of it.
    pub space: Option<Space>,
}

impl Confluence {
    /// Pages whose title holds these words (the last one may be unfinished), the last changed first; without
    /// words the pages changed last. `space` is a space's key.
    pub async fn find_pages(
        &self,
        organization: &OrganizationId,
        space: Option<&str>,
        words: &str,
    ) -> Result<Vec<SearchHit>, Error> {
        let mut clauses = vec!["type = page".to_owned()];
        let words = plain_words(words);
        if !words.is_empty() {
            clauses.push(format!("title ~ {}", quoted(&format!("{words}*"))));
        }
        if let Some(space) = space {
            clauses.push(format!("space = {}", quoted(space)));
        }
        self.search(organization, &format!("{} order by lastmodified desc", clauses.join(" and "))).await
    }

    /// What has this id, if the account may see it and search knows it already. Its kind says what it is.
    pub async fn by_id(
        &self,
        organization: &OrganizationId,
        id: &PageId,
    ) -> Result<Option<(SearchHit, Content)>, Error> {
        let found = self.search_all(organization, &format!("id = {}", quoted(id.as_str()))).await?;
        let of_kind = |(hit, kind): (SearchHit, Option<String>)| {
            let content = Content::of_kind(kind.as_deref(), hit.page.id.clone());
            (hit, content)
        };
        Ok(found.into_iter().next().map(of_kind))
    }

    /// The page with exactly this title in a space, if search knows it already: the index lags behind, and
    /// archived pages keep their title without being found.
    pub async fn page_titled(
        &self,
        organization: &OrganizationId,
        space: &str,
        title: &str,
    ) -> Result<Option<SearchHit>, Error> {
        let cql = format!("type = page and space = {} and title = {}", quoted(space), quoted(title));
        Ok(self.search(organization, &cql).await?.into_iter().next())
    }

    /// People whose names have words that begin so; nobody without words, and where it may not be asked.
    pub async fn find_people(
        &self,
        organization: &OrganizationId,
        words: &str,
    ) -> Result<Vec<Person>, Error> {
        let words = plain_words(words);
        if !self.able.contains(&Need::People) || words.is_empty() {
            return Ok(Vec::new());
        }
        let mut url = self.wiki(organization, &["rest", "api", "search", "user"]);
        let cql = format!("type = user and user.fullname ~ {}", quoted(&format!("{words}*")));
        url.query_pairs_mut().append_pair("cql", &cql).append_pair("limit", MAX_RESULTS);
        let answer: wire::ResultPage<wire::UserHit> = self.get(url).await?;
        Ok(answer.results.into_iter().filter_map(|hit| hit.user?.person()).collect())
    }

    async fn search(&self, organization: &OrganizationId, cql: &str) -> Result<Vec<SearchHit>, Error> {
        Ok(self.search_all(organization, cql).await?.into_iter().map(|(hit, _)| hit).collect())
    }

    /// What is found, with the kind that Confluence names.
    async fn search_all(
        &self,
        organization: &OrganizationId,
        cql: &str,
    ) -> Result<Vec<(SearchHit, Option<String>)>, Error> {
        let mut url = self.wiki(organization, &["rest", "api", "search"]);
        url.query_pairs_mut()
            .append_pair("cql", cql)
            .append_pair("limit", MAX_RESULTS)
            .append_pair("excerpt", "none")
            .append_pair("expand", "content.space");
        let answer: wire::ResultPage<wire::Hit> = self.get(url).await?;
        let pages = answer.results.into_iter().filter_map(|hit| hit.content).map(|content| {
            let of = content.space.unwrap_or_default();
            let space = of.id.zip(of.key).map(|(id, key)| Space {
                id: SpaceId(id.into_text()),
                key,
                name: of.name.clone(),
            });
            let page = Page { id: PageId(content.id), title: content.title, space: of.name };
            (SearchHit { page, space }, content.kind)
        });
        Ok(pages.collect())
    }
}

/// `~` reads its operand as a query of its own, with operators: only letters, digits and spaces go in.
fn plain_words(words: &str) -> String {
    let plain: String = words.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_does_not_end_the_operand() {
        assert_eq!(
            quoted(r#"a" or type = "x\"#),
            r#""a\" or type = \"x\\""#,
            "injection would widen the search"
        );
        assert_eq!(
            plain_words(r#"plan" OR *: (2026)"#),
            "plan OR 2026",
            "operators of the text search are dropped"
        );
    }
}
