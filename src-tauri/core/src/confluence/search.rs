//! Finds pages by CQL. User input is quoted and stripped of operators, so it cannot change the query.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use url::Url;

use super::organizations::Person;
use super::{Confluence, Content, Error, wire};
use crate::domain::destination::{Page, Space};
use crate::domain::id::{OrganizationId, PageId};
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
    /// Pages whose title holds these words (the last one may be unfinished): first those with the very signs that were typed,
    /// such as `C++`, which no search can look for, then the last changed. Nothing typed finds the pages changed last, and
    /// signs alone find nothing. `space` is a space's key.
    pub async fn find_pages(
        &self,
        organization: &OrganizationId,
        space: Option<&str>,
        words: &str,
    ) -> Result<Vec<SearchHit>, Error> {
        let mut clauses = vec!["type = page".to_owned()];
        let typed = folded(words.trim());
        let words = plain_words(&typed);
        if words.is_empty() && !typed.is_empty() {
            return Ok(Vec::new());
        }
        if !words.is_empty() {
            clauses.push(format!("title ~ {}", quoted(&format!("{words}*"))));
        }
        if let Some(space) = space {
            clauses.push(format!("space = {}", quoted(space)));
        }
        let cql = format!("{} order by lastmodified desc", clauses.join(" and "));
        let mut found = self.search(organization, &cql).await?;
        found.sort_by_key(|hit| !folded(&hit.page.title).contains(&typed));
        Ok(found)
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
        let words = plain_words(&folded(words));
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
        let mut url = self.search_url(organization, cql, MAX_RESULTS);
        url.query_pairs_mut().append_pair("expand", "content.space");
        let answer: wire::ResultPage<wire::Hit> = self.get(url).await?;
        let pages = answer.results.into_iter().filter_map(|hit| hit.content).map(|content| {
            let of = content.space.unwrap_or_default();
            let page = Page { id: PageId(content.id), title: content.title, space: of.name.clone() };
            (SearchHit { page, space: of.found().map(|found| found.space) }, content.kind)
        });
        Ok(pages.collect())
    }

    /// Where search is asked, without the excerpts that would mark what was searched for.
    pub(super) fn search_url(&self, organization: &OrganizationId, cql: &str, limit: &str) -> Url {
        let mut url = self.wiki(organization, &["rest", "api", "search"]);
        url.query_pairs_mut()
            .append_pair("cql", cql)
            .append_pair("limit", limit)
            .append_pair("excerpt", "none");
        url
    }
}

/// As letters are compared: an accent of its own joins its letter, and case does not matter. What is written in capital
/// letters could be an operator of the search, such as `OR`.
pub(super) fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// `~` reads its operand as a query of its own, with operators: only letters, digits and spaces go in.
pub(super) fn plain_words(words: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let plain: String = words.chars().map(|c| if is_part(c) { c } else { ' ' }).collect();
    // A mark that belongs to no letter is no word.
    let words = plain.split_whitespace().filter(|word| word.contains(char::is_alphanumeric));
    words.collect::<Vec<_>>().join(" ")
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
    }

    #[test]
    fn no_word_is_an_operator_and_no_sign_a_word() {
        for (typed, words) in [
            (r#"plan" OR *: (2026)"#, "plan or 2026"),
            ("NOT this AND that", "not this and that"),
            ("C++", "c"),
            ("Q3-Plan", "q3 plan"),
            ("Gro\u{308}ße", "größe"),
            ("हिन्दी", "हिन्दी"),
            ("🚀 ++ \u{308}", ""),
        ] {
            assert_eq!(plain_words(&folded(typed)), words, "{typed}");
        }
    }
}
