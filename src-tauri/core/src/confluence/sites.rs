//! Sites that are connected by an API token: resolves the address and the organization, checks that the token is accepted, and
//! probes its permissions with requests that fail validation even if they are permitted.

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::client::{CURRENT_USER, below};
use super::organizations::Person;
use super::{Confluence, Error, wire};
use crate::auth::{Access, SiteToken};
use crate::domain::id::OrganizationId;
use crate::domain::site::Need;
use crate::http::is_loopback;

/// Where Atlassian's sites are.
const SITES: &str = ".atlassian.net";

/// An identifier that no content has.
const NOTHING: &str = "0";

/// A site of Confluence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteAddress(Url);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

impl SiteAddress {
    /// For people, such as `acme.atlassian.net`.
    pub fn name(&self) -> String {
        site_name(&self.0)
    }

    /// What the organization is called, as far as its address says so.
    pub fn organization_name(&self) -> String {
        let label = match self.0.host_str().and_then(|host| host.strip_suffix(SITES)) {
            Some(label) => label,
            None => self.0.path().trim_matches('/').rsplit('/').next().unwrap_or_default(),
        };
        let mut letters = label.chars();
        letters.next().map_or_else(|| self.name(), |first| first.to_uppercase().chain(letters).collect())
    }

    /// As links begin.
    pub fn url(&self) -> String {
        self.0.as_str().trim_end_matches('/').to_owned()
    }

    fn below(&self, path: &[&str]) -> Url {
        below(&self.0, path)
    }
}

/// A site's address for people: without scheme.
pub fn site_name(url: &Url) -> String {
    format!("{}{}", url.authority(), url.path().trim_end_matches('/'))
}

/// The site that a person typed: its address, any link of it, or its name alone. Only Atlassian's own sites, so that a
/// token goes nowhere else; only those of the sandbox, where `api` is one.
fn parse(text: &str, api: &Url) -> Option<SiteAddress> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else if text.contains(['.', ':', '/']) {
        format!("https://{text}")
    } else {
        format!("https://{text}{SITES}")
    };
    let mut url = Url::parse(&whole).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    if is_loopback(api) {
        url.set_scheme(api.scheme()).ok()?;
        if url.origin() != api.origin() {
            return None;
        }
        let path = url.path_segments()?.take_while(|segment| !matches!(*segment, "wiki" | "_edge" | ""));
        let path = path.chain([""]).collect::<Vec<_>>().join("/");
        url.set_path(&path);
    } else {
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        let label = host.strip_suffix(SITES)?;
        let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if label.is_empty() || !label.chars().all(is_label) || url.port().is_some() {
            return None;
        }
        url = Url::parse(&format!("https://{host}/")).ok()?;
    }
    url.set_query(None);
    url.set_fragment(None);
    Some(SiteAddress(url))
}

impl Confluence {
    /// The site that a person typed, if it is one.
    pub fn site(&self, text: &str) -> Option<SiteAddress> {
        parse(text, &self.api)
    }

    /// The same, signing with an API token that can do so much.
    #[must_use]
    pub fn with(&self, token: SiteToken, able: &[Need]) -> Self {
        let wiki = Some(token.base().clone());
        Self { wiki, access: Access::Token(token), able: able.into(), ..self.clone() }
    }

    /// The organization whose site this is. Asks the site without a token.
    pub async fn organization_of(&self, site: &SiteAddress) -> Result<OrganizationId, Error> {
        self.organization_at(&site.0).await
    }

    /// The organization that has its Confluence at an address. Asks there without a token.
    pub async fn organization_at(&self, address: &Url) -> Result<OrganizationId, Error> {
        let url = below(address, &["_edge", "tenant_info"]);
        let host = url.host_str().unwrap_or_default().to_owned();
        let request = self.http.request(Method::GET, url)?;
        let request =
            request.build().map_err(|error| Error::Unreachable { host, source: error.without_url() })?;
        let answer = self.http.execute(request).await?;
        if answer.status.is_client_error() && answer.status != StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::Denied);
        }
        if !answer.status.is_success() {
            return Err(self.refusal(&answer));
        }
        let Tenant { cloud_id } = answer.json().map_err(Error::Unreadable)?;
        // It becomes a part of addresses.
        let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if cloud_id.is_empty() || !cloud_id.chars().all(is_id) {
            return Err(Error::Denied);
        }
        Ok(OrganizationId(cloud_id))
    }

    /// Where requests to an organization may go with a token: the gateway takes every token, the site itself only those
    /// without scopes.
    pub fn homes(&self, organization: &OrganizationId, site: &SiteAddress) -> [Url; 2] {
        let gateway = self.gateway(&["ex", "confluence", organization.as_str(), "wiki", ""]);
        [gateway, site.below(&["wiki", ""])]
    }

    /// The person whose token signs.
    pub async fn current_user(&self, organization: &OrganizationId) -> Result<Person, Error> {
        let user: wire::User = self.get(self.current_user_address(organization)).await?;
        // A site that is open to everybody answers about nobody to a token that it does not know.
        user.person().ok_or(Error::Denied)
    }

    pub(super) fn current_user_address(&self, organization: &OrganizationId) -> Url {
        self.wiki(organization, &CURRENT_USER)
    }

    /// Whether the token can do something. Nothing is made, whatever the answer.
    pub async fn is_able(&self, organization: &OrganizationId, need: Need) -> Result<bool, Error> {
        let at = |path: &[&str]| self.wiki(organization, path);
        let asked = |mut url: Url, query: &[(&str, &str)]| {
            url.query_pairs_mut().extend_pairs(query);
            url
        };
        let adf = json!({ "representation": "atlas_doc_format", "value": "" });
        let answered: Result<Value, Error> = match need {
            Need::Account => self.get(self.current_user_address(organization)).await,
            Need::Spaces => self.get(asked(at(&["api", "v2", "spaces"]), &[("limit", "1")])).await,
            Need::Search => {
                let query = [("cql", "type = page"), ("limit", "1"), ("excerpt", "none")];
                self.get(asked(at(&["rest", "api", "search"]), &query)).await
            }
            Need::CreatePages => {
                let page = json!({ "spaceId": NOTHING, "status": "current", "title": "", "body": adf });
                self.post(at(&["api", "v2", "pages"]), &page).await
            }
            Need::AddComments => {
                let comment = json!({ "pageId": NOTHING, "body": adf });
                self.post(at(&["api", "v2", "footer-comments"]), &comment).await
            }
            Need::ReadPages => self.get(at(&["api", "v2", "pages", NOTHING])).await,
            Need::ReadComments => self.get(at(&["api", "v2", "footer-comments", NOTHING])).await,
            Need::People => {
                let query = [("cql", "type = user and user.fullname ~ \"0\""), ("limit", "1")];
                self.get(asked(at(&["rest", "api", "search", "user"]), &query)).await
            }
        };
        match answered {
            Ok(_)
            | Err(Error::Denied | Error::Refused { .. } | Error::Unconvertible | Error::TitleExists) => {
                Ok(true)
            }
            Err(Error::ScopeMissing) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> Url {
        Url::parse("https://api.atlassian.com/").unwrap()
    }

    #[test]
    fn a_site_is_known_by_its_name_its_address_and_any_of_its_links() {
        for text in [
            "acme",
            "acme.atlassian.net",
            " ACME.atlassian.net/ ",
            "http://acme.atlassian.net",
            "https://acme.atlassian.net./wiki/spaces/ENG/pages/1/Title?x=1#y",
            "https://acme.atlassian.net/jira/your-work",
        ] {
            let site = parse(text, &api()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (site.url().as_str(), site.name().as_str()),
                ("https://acme.atlassian.net", "acme.atlassian.net"),
                "{text}"
            );
            assert_eq!(site.organization_name(), "Acme");
        }
    }

    #[test]
    fn a_token_goes_to_no_other_host() {
        for text in [
            "",
            "https://",
            "acme.example.com",
            "acme.atlassian.net.example.com",
            "https://example.com/acme.atlassian.net",
            "https://ada:secret@acme.atlassian.net",
            "https://example.com@acme.atlassian.net",
            "https://acme.atlassian.net:8443",
            "https://a.b.atlassian.net",
            ".atlassian.net",
            "atlassian.net",
            "http://127.0.0.1:9000/site/acme",
        ] {
            assert_eq!(parse(text, &api()), None, "{text:?}");
        }
    }

    #[test]
    fn a_sandbox_has_sites_of_its_own_and_no_others() {
        let sandbox = Url::parse("http://127.0.0.1:9000/").unwrap();
        for text in ["http://127.0.0.1:9000/site/acme", "127.0.0.1:9000/site/acme/wiki/spaces/ENG"] {
            let site = parse(text, &sandbox).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(site.url(), "http://127.0.0.1:9000/site/acme", "{text}");
            assert_eq!(site.organization_name(), "Acme");
        }
        for text in ["acme", "acme.atlassian.net", "http://127.0.0.1:9001/site/acme"] {
            assert_eq!(parse(text, &sandbox), None, "{text}: a token of the sandbox stays there");
        }
    }
}
