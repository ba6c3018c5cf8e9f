//! Each form of a link that people copy, and what is none.

use proptest::prelude::*;

use super::*;

fn organization(url: &str) -> Organization {
    Organization { id: "acme".into(), name: "Acme".to_owned(), url: url.to_owned() }
}

fn acme() -> Organization {
    organization("https://acme.atlassian.net")
}

fn gateway() -> Url {
    Url::parse("https://api.atlassian.com").unwrap()
}

fn within(link: &str, organization: &Organization) -> Option<Linked> {
    Link::all(link).first()?.within(organization, &gateway())
}

fn page(space: Option<&str>, id: &str) -> Linked {
    Linked { space: space.map(str::to_owned), content: Content::Page(id.into()) }
}

fn titled(space: &str, title: &str) -> Linked {
    Linked { space: Some(space.to_owned()), content: Content::Titled(title.to_owned()) }
}

#[test]
fn only_what_may_be_an_organizations_own_address_is_one() {
    let own = |api: &str, link: &str| {
        let link = Link::all(link).pop().unwrap();
        link.own_address(&Url::parse(api).unwrap()).map(String::from)
    };
    let atlassian = "https://api.atlassian.com/";
    for (link, address) in [
        ("https://wiki.acme.example/wiki/spaces/ENG/pages/1", Some("https://wiki.acme.example/")),
        ("http://wiki.acme.example/wiki/x/ew", Some("https://wiki.acme.example/")),
        ("https://acme.atlassian.net/wiki/spaces/ENG", None),
        ("https://home.atlassian.com/wiki/x", None),
        ("https://wiki.acme.example/pages/1", None),
        ("https://ada:pass@wiki.acme.example/wiki/x", None),
        ("https://wiki.acme.example:8443/wiki/x", None),
        ("https://192.168.0.1/wiki/x", None),
        ("https://[fe80::1]/wiki/x", None),
        ("https://localhost/wiki/x", None),
        ("https://intranet/wiki/x", None),
    ] {
        assert_eq!(own(atlassian, link).as_deref(), address, "{link}");
    }
    let sandbox = "http://127.0.0.1:4711";
    assert_eq!(
        own(sandbox, "http://localhost:4711/site/acme/wiki/x/ew").as_deref(),
        Some("http://localhost:4711/site/acme/")
    );
    assert_eq!(own(sandbox, "http://127.0.0.1:4711/site/acme/wiki/x/ew"), None, "it stands for Atlassian's");
    assert_eq!(own(sandbox, "https://wiki.acme.example/wiki/x/ew"), None, "nothing leaves the machine");
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
        ("/wiki/spaces/ENG/overview?homepageId=123", page(Some("ENG"), "123")),
        ("/wiki/pages/viewinfo.action?pageId=123", page(None, "123")),
        ("/wiki/rest/api/content/123?expand=body", page(None, "123")),
        ("/wiki/api/v2/pages/123", page(None, "123")),
        ("/wiki/x/ew", page(None, "123")),
        ("/wiki/x/0-TJU", page(None, "1355412691")),
        ("/wiki/x/_AozKw?focusedCommentId=9#comment-9", page(None, "724765432")),
        ("/wiki/x/---------38", page(None, "9223372036854775807")),
        ("/wiki/pages/tinyurl.action?urlIdentifier=0-TJU", page(None, "1355412691")),
        ("/wiki/display/ENG/C%2B%2B+%26+more?x=1", titled("ENG", "C++ & more")),
        ("/wiki/display/~ada/%C3%9Cbersicht", titled("~ada", "Übersicht")),
        ("/wiki/pages/viewpage.action?spaceKey=ENG&title=Go+live", titled("ENG", "Go live")),
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
        ("/wiki/spaces/ENG/blog/2026/11/05/123/News", Content::Other(NoPage::BlogPost)),
        ("/wiki/spaces/ENG/whiteboard/123", Content::Other(NoPage::Whiteboard)),
        ("/wiki/spaces/ENG/database/123", Content::Other(NoPage::Database)),
        ("/wiki/display/ENG", Content::Space),
        ("/wiki/display/ENG/2026/11/05/News", Content::Other(NoPage::BlogPost)),
        ("/wiki/spaces/ENG/folder/123", Content::Folder("123".into())),
        ("/wiki/spaces/ENG/folder/123?atlOrigin=x", Content::Folder("123".into())),
        ("/wiki/spaces/ENG/folder/12a", Content::Other(NoPage::Other)),
        ("/wiki/pages/resumedraft.action?draftId=123", Content::Other(NoPage::Draft)),
        ("/l/cp/1aB2c3D4", Content::Other(NoPage::Share)),
        ("/wiki/l/c/1aB2c3D4", Content::Other(NoPage::Share)),
        ("/wiki/x/", Content::Other(NoPage::Other)),
        ("/wiki/x/AAAAA", Content::Other(NoPage::Other)),
        ("/wiki/x/AAAAAAAAAAB", Content::Other(NoPage::Other)),
        ("/wiki/x/0-TJU0-TJU0-TJU", Content::Other(NoPage::Other)),
        ("/wiki/x/0%2FTJU", Content::Other(NoPage::Other)),
        ("/wiki/x/----------8", Content::Other(NoPage::Other)),
        ("/wiki/pages/tinyurl.action", Content::Other(NoPage::Other)),
        ("/wiki/rest/api/content/search?cql=x", Content::Other(NoPage::Other)),
        ("/wiki/spaces/ENG/pages", Content::Other(NoPage::Other)),
        ("/wiki/pages/viewpage.action?pageId=", Content::Other(NoPage::Other)),
        ("/wiki/pages/viewpage.action?pageId=12a", Content::Other(NoPage::Other)),
        ("/wiki/pages/viewpage.action?pageId=%D9%A1", Content::Other(NoPage::Other)),
        ("/wiki/search?pageId=123", Content::Other(NoPage::Other)),
        ("/browse/ENG-123?pageId=123", Content::Other(NoPage::Other)),
        ("/pages/123", Content::Other(NoPage::Other)),
        ("/wikis/pages/123", Content::Other(NoPage::Other)),
        ("", Content::Other(NoPage::Other)),
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
fn the_gateway_is_of_the_organization_that_it_names() {
    for (path, expected) in [
        ("/ex/confluence/acme/wiki/api/v2/pages/123", Some(page(None, "123"))),
        ("/ex/confluence/acme/rest/api/content/123", Some(page(None, "123"))),
        ("/ex/confluence/globex/wiki/api/v2/pages/123", None),
        ("/ex/jira/acme/rest/api/content/123", None),
        ("/wiki/api/v2/pages/123", None),
    ] {
        assert_eq!(within(&format!("https://api.atlassian.com{path}"), &acme()), expected, "{path}");
    }
    let elsewhere = "https://api.example.com/ex/confluence/acme/wiki/api/v2/pages/123";
    assert_eq!(within(elsewhere, &acme()), None, "of another host");
}

#[test]
fn links_are_found_with_words_around_them() {
    let one = "https://acme.atlassian.net/wiki/pages/123";
    for text in [
        " \n\thttps://acme.atlassian.net/wiki/pages/123\u{a0}\n",
        "see https://acme.atlassian.net/wiki/pages/123, please",
        "Roadmap - https://acme.atlassian.net/wiki/pages/123.",
        "[Roadmap](https://acme.atlassian.net/wiki/pages/123)",
        "(https://acme.atlassian.net/wiki/pages/123).",
        "<https://acme.atlassian.net/wiki/pages/123|Roadmap>",
        "“HTTPS://acme.atlassian.net/wiki/pages/123”",
        "<a href=\"https://acme.atlassian.net/wiki/pages/123\">",
        "ftp://x.example https://acme.atlassian.net/wiki/pages/123",
    ] {
        assert_eq!(Link::all(text), [Link(Url::parse(one).unwrap())], "{text:?}");
    }
    let kept = "https://acme.atlassian.net/wiki/display/ENG/Plan+(2026)";
    assert_eq!(within(kept, &acme()), Some(titled("ENG", "Plan (2026)")), "brackets of its own stay");
    assert_eq!(Link::all(&format!("{one} and {kept}")).len(), 2);
    for text in [
        "plan for 2026",
        "123456",
        "acme.atlassian.net/wiki/pages/123",
        "https:acme.atlassian.net/wiki/pages/123",
        "https:///acme.atlassian.net/wiki/pages/123",
        "ftp://acme.atlassian.net/wiki/pages/123",
        "javascript://acme.atlassian.net/wiki/pages/123",
        "https://",
        "://",
        "",
    ] {
        assert_eq!(Link::all(text), [], "{text:?}");
    }
}

#[test]
fn a_link_within_a_link_is_found() {
    let safe =
        "https://eur01.safelinks.example/?url=https%3A%2F%2Facme.atlassian.net%2Fwiki%2Fx%2Few&data=05";
    let [link] = Link::all(safe).try_into().unwrap();
    assert_eq!(link.within(&acme(), &gateway()), None);
    let [inner] = link.wrapped().try_into().unwrap();
    assert_eq!(inner.within(&acme(), &gateway()), Some(page(None, "123")));
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
        assert_eq!(Link::all(link)[0].site(), site, "of {link}");
    }
}

fn addresses() -> impl Strategy<Value = String> {
    let host = "(acme|globex|[a-z0-9.-]{1,12})(\\.atlassian\\.net)?(:[0-9]{1,6})?";
    let path = "(/(wiki|spaces|pages|ENG|edit-v2|[0-9]{1,9}|[^ ]{0,6})){0,8}(\\?pageId=[0-9a]{0,4})?";
    ("(https?|HTTP|ftp)?(://|:/|:|//)?", host, path).prop_map(|(scheme, host, path)| scheme + &host + &path)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_foreign_host_never_leads_to_a_page(text in prop_oneof![addresses(), any::<String>()]) {
        let links = Link::all(&text);
        prop_assert!(links.iter().all(|link| link.site().chars().count() <= MAX_HOST_LEN));
        let ([link], Some((_, rest))) = (links.as_slice(), text.split_once("://")) else { return Ok(()) };
        let is_end = |c: char| matches!(c, '/' | '?' | '#' | '\\') || c.is_whitespace() || ENDS.contains(&c);
        let authority = rest.split(is_end).next().unwrap_or_default().to_lowercase();
        let name = authority.rsplit('@').next().and_then(|host| host.split(':').next()).unwrap_or_default();
        let is_acmes = trimmed(name) == "acme.atlassian.net";
        prop_assert!(is_acmes || link.within(&acme(), &gateway()).is_none(), "{text} is taken for a link of Acme");
        let elsewhere = organization("https://acme.atlassian.net/site/x");
        prop_assert!(is_acmes || link.within(&elsewhere, &gateway()).is_none(), "nor with a path");
    }

    #[test]
    fn a_short_link_is_the_number_of_its_page(id in 1..i64::MAX) {
        let code = STANDARD.encode(id.to_le_bytes()).replace('/', "-").replace('+', "_");
        let code = code.trim_end_matches('=').trim_end_matches('A');
        prop_assert_eq!(short(code), Content::Page(PageId(id.to_string())), "{}", code);
    }
}
