//! Parses links copied from the browser. The host identifies the organization; page ids are unique within one organization
//! only. No requests. Called by `app`.

use url::Url;

use crate::domain::destination::Organization;
use crate::domain::id::PageId;

/// Longest site that is named to a person, in characters. Confluence's own are shorter than a domain's 253.
const MAX_HOST_LEN: usize = 253;

/// An address of the web that somebody pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(Url);

/// What a link leads to in its organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The key of the space, where the link has it. The page may have moved since.
    pub(crate) space: Option<String>,
    /// What.
    pub(crate) content: Content,
}

/// What can be linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A page.
    Page(PageId),
    /// A space.
    Space,
    /// A post of a space's blog.
    BlogPost,
    /// A whiteboard.
    Whiteboard,
    /// A database.
    Database,
    /// A folder.
    Folder,
    /// Anything else.
    Other,
}

impl Link {
    /// The link that a text is, with white space around it or not. A text that merely holds one is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // The parser would guess: it takes any number of slashes, and drops line ends.
        let rest = text.split_once(':')?.1.strip_prefix("//")?;
        if rest.starts_with(['/', '\\']) || text.contains(char::is_whitespace) {
            return None;
        }
        Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http")).map(Self)
    }

    /// The site that it leads to, for people: the host, and the path before `/wiki`, which at Atlassian's own
    /// sites is nothing.
    pub(crate) fn site(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let host = self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut path = segments(&self.0);
        path.truncate(path.iter().position(|segment| *segment == "wiki").unwrap_or(0));
        path.insert(0, &host);
        path.join("/").chars().take(MAX_HOST_LEN).collect()
    }

    /// What it leads to in an organization; nothing if it is not one of its links.
    pub(crate) fn within(&self, organization: &Organization) -> Option<Linked> {
        let home = Url::parse(&organization.url).ok()?;
        // Neither the scheme nor a port that is the scheme's own tells sites apart.
        if host(&home)? != host(&self.0)? || home.port() != self.0.port() {
            return None;
        }
        let path = segments(&self.0);
        let path = path.strip_prefix(segments(&home).as_slice())?;
        let Some(path) = path.strip_prefix(&["wiki"]) else {
            return Some(Linked { space: None, content: Content::Other });
        };
        let (space, path) = match path {
            ["spaces", key, path @ ..] => (Some((*key).to_owned()), path),
            path => (None, path),
        };
        let content = match path {
            // `/pages/123/Title` and `/pages/edit-v2/123`.
            ["pages", id, ..] | ["pages", _, id, ..] if is_id(id) => Content::Page(PageId((*id).to_owned())),
            ["pages", ..] => self.asked_page().map_or(Content::Other, Content::Page),
            ["blog", ..] => Content::BlogPost,
            ["whiteboard", ..] => Content::Whiteboard,
            ["database", ..] => Content::Database,
            ["folder", ..] => Content::Folder,
            ["overview", ..] | [] if space.is_some() => Content::Space,
            _ => Content::Other,
        };
        Some(Linked { space, content })
    }

    /// The page in a query, as in `/pages/viewpage.action?pageId=123`.
    fn asked_page(&self) -> Option<PageId> {
        let (_, id) = self.0.query_pairs().find(|(name, _)| name == "pageId")?;
        is_id(&id).then(|| PageId(id.into_owned()))
    }
}

/// The host, without the dot that a full name may end with. The parser has made its letters small.
fn host(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.strip_suffix('.').unwrap_or(host))
}

fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).collect()
}

fn is_id(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn organization(url: &str) -> Organization {
        Organization { id: "acme".into(), name: "Acme".to_owned(), url: url.to_owned() }
    }

    fn acme() -> Organization {
        organization("https://acme.atlassian.net")
    }

    fn within(link: &str, organization: &Organization) -> Option<Linked> {
        Link::parse(link).and_then(|link| link.within(organization))
    }

    fn page(space: Option<&str>, id: &str) -> Linked {
        Linked { space: space.map(str::to_owned), content: Content::Page(id.into()) }
    }

    #[test]
    fn pages_are_known_in_each_form_that_people_copy() {
        for (path, expected) in [
            ("/wiki/spaces/ENG/pages/123/Some+title", page(Some("ENG"), "123")),
            ("/wiki/spaces/ENG/pages/123", page(Some("ENG"), "123")),
            ("/wiki/spaces/~ada/pages/123/Notes?atlOrigin=x#Heading", page(Some("~ada"), "123")),
            ("/wiki/spaces/ENG/pages/edit-v2/123?draftShareId=9", page(Some("ENG"), "123")),
            ("/wiki/spaces/ENG/pages/123/2026?pageId=7", page(Some("ENG"), "123")),
            ("/wiki/pages/viewpage.action?pageId=123", page(None, "123")),
            ("/wiki/pages/viewpage.action?spaceKey=A&pageId=123&x=1", page(None, "123")),
            ("/wiki//pages/123/", page(None, "123")),
        ] {
            let link = format!("https://acme.atlassian.net{path}");
            assert_eq!(within(&link, &acme()), Some(expected), "in {link}");
        }
    }

    #[test]
    fn what_is_no_page_is_not_taken_for_one() {
        for (path, content) in [
            ("/wiki/spaces/ENG/overview", Content::Space),
            ("/wiki/spaces/ENG", Content::Space),
            ("/wiki/spaces/ENG/blog/2026/11/05/123/News", Content::BlogPost),
            ("/wiki/spaces/ENG/whiteboard/123", Content::Whiteboard),
            ("/wiki/spaces/ENG/database/123", Content::Database),
            ("/wiki/spaces/ENG/folder/123", Content::Folder),
            ("/wiki/spaces/ENG/pages", Content::Other),
            ("/wiki/pages/viewpage.action?pageId=", Content::Other),
            ("/wiki/pages/viewpage.action?pageId=12a", Content::Other),
            ("/wiki/pages/viewpage.action?pageId=%D9%A1", Content::Other),
            ("/wiki/search?pageId=123", Content::Other),
            ("/browse/ENG-123?pageId=123", Content::Other),
            ("/pages/123", Content::Other),
            ("/wikis/pages/123", Content::Other),
            ("", Content::Other),
        ] {
            let link = format!("https://acme.atlassian.net{path}");
            let linked = within(&link, &acme()).unwrap();
            assert_eq!(linked.content, content, "in {link}");
        }
    }

    #[test]
    fn the_host_decides_whose_a_link_is() {
        const PATH: &str = "/wiki/spaces/ENG/pages/123/T";
        for (site, home, is_its) in [
            ("https://acme.atlassian.net", "https://acme.atlassian.net", true),
            ("HTTPS://ACME.Atlassian.NET", "https://acme.atlassian.net/", true),
            ("https://acme.atlassian.net:443", "https://acme.atlassian.net", true),
            ("http://acme.atlassian.net", "https://acme.atlassian.net", true),
            ("https://acme.atlassian.net.", "https://acme.atlassian.net", true),
            ("https://ada@acme.atlassian.net", "https://acme.atlassian.net", true),
            ("https://globex.atlassian.net", "https://acme.atlassian.net", false),
            ("https://acme.atlassian.net.example", "https://acme.atlassian.net", false),
            ("https://evil-acme.atlassian.net", "https://acme.atlassian.net", false),
            ("https://acme.atlassian.net@evil.example", "https://acme.atlassian.net", false),
            ("https://evil.example/acme.atlassian.net", "https://acme.atlassian.net", false),
            ("https://acme.atlassian.net:8443", "https://acme.atlassian.net", false),
            ("https://аcme.atlassian.net", "https://acme.atlassian.net", false),
            ("http://127.0.0.1:7781/site/acme", "http://127.0.0.1:7781/site/acme", true),
            ("http://127.0.0.1:7781/site/globex", "http://127.0.0.1:7781/site/acme", false),
            ("http://127.0.0.1:7781/site/acmeco", "http://127.0.0.1:7781/site/acme", false),
            ("http://127.0.0.1:7782/site/acme", "http://127.0.0.1:7781/site/acme", false),
            ("http://127.0.0.1:7781/site/acme/../globex", "http://127.0.0.1:7781/site/acme", false),
            ("https://acme.atlassian.net", "", false),
            ("https://acme.atlassian.net", "acme", false),
        ] {
            let linked = within(&format!("{site}{PATH}"), &organization(home));
            assert_eq!(linked.is_some(), is_its, "{site} of {home}: {linked:?}");
            if is_its {
                assert_eq!(linked, Some(page(Some("ENG"), "123")), "{site}");
            }
        }
    }

    #[test]
    fn only_an_address_by_itself_is_a_link() {
        for (text, is_link) in [
            (" \n\thttps://acme.atlassian.net/wiki/pages/123\u{a0}\n", true),
            ("https://acme.atlassian.net", true),
            ("plan for 2026", false),
            ("123456", false),
            ("acme.atlassian.net/wiki/pages/123", false),
            ("see https://acme.atlassian.net/wiki/pages/123", false),
            ("https://acme.atlassian.net/wiki/pages/123 is it", false),
            ("https://acme.atlassian.net/wiki/\npages/123", false),
            ("https:acme.atlassian.net/wiki/pages/123", false),
            ("ftp://acme.atlassian.net/wiki/pages/123", false),
            ("javascript://acme.atlassian.net/wiki/pages/123", false),
            ("https://", false),
            ("", false),
        ] {
            assert_eq!(Link::parse(text).is_some(), is_link, "{text:?}");
        }
    }

    #[test]
    fn a_site_is_named_as_its_address_has_it() {
        let long = format!("https://x.example/{}/wiki", "a".repeat(9_999));
        for (link, site) in [
            ("https://Globex.atlassian.net/wiki/spaces/A/pages/1", "globex.atlassian.net"),
            ("https://globex.example:8443/browse/A-1", "globex.example:8443"),
            ("http://127.0.0.1:7781/site/globex/wiki/pages/1", "127.0.0.1:7781/site/globex"),
            // No letter of another script passes for one of this.
            ("https://аcme.atlassian.net/wiki", "xn--cme-5cd.atlassian.net"),
            (long.as_str(), &format!("x.example/{}", "a".repeat(243))),
        ] {
            assert_eq!(Link::parse(link).unwrap().site(), site, "of {link}");
        }
    }

    fn addresses() -> impl Strategy<Value = String> {
        let host = "(acme|globex|[a-z0-9.-]{1,12})(\\.atlassian\\.net)?(:[0-9]{1,6})?";
        let path = "(/(wiki|spaces|pages|ENG|edit-v2|[0-9]{1,9}|[^ ]{0,6})){0,8}(\\?pageId=[0-9a]{0,4})?";
        ("(https?|HTTP|ftp)?(://|:/|:|//)?", host, path)
            .prop_map(|(scheme, host, path)| scheme + &host + &path)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_foreign_host_never_leads_to_a_page(text in prop_oneof![addresses(), any::<String>()]) {
            let Some(link) = Link::parse(&text) else { return Ok(()) };
            prop_assert!(link.site().chars().count() <= MAX_HOST_LEN);
            let authority = text.trim().to_lowercase();
            let authority = authority.split(['/', '?', '#', '\\']).nth(2).unwrap_or_default();
            let name = authority.rsplit('@').next().and_then(|host| host.split(':').next());
            let is_acmes = matches!(name, Some("acme.atlassian.net" | "acme.atlassian.net."));
            prop_assert!(is_acmes || link.within(&acme()).is_none(), "{text} is taken for a link of Acme");
            prop_assert!(
                is_acmes || link.within(&organization("https://acme.atlassian.net/site/x")).is_none(),
                "nor with a path"
            );
        }
    }
}
