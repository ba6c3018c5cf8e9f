//! Pasted links: their host decides which organization is asked, and nobody else is.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sally_core::api::{
    ErrorCode, ErrorView, Favourite, FindPages, FoundPage, FoundPages, Hint, QuickSend, Send,
};
use sally_core::app::Error;
use sally_core::domain::destination::{Action, Destination, Page, Space, Target};
use sally_core::domain::id::{ItemId, OrganizationId, PageId, SpaceId};
use sandbox::{Access, TokenKind};

use super::app::{SENT, TestApp, words};

const TITLE: &str = "Decisions log – Accounting Amsterdam";

impl TestApp {
    /// What the page field finds with Acme chosen.
    pub(super) async fn paste(&self, text: &str) -> Result<FoundPages, Error> {
        let wanted =
            FindPages { organization: Some(self.acme()), space: None, query: text.to_owned(), parent: false };
        self.app.find_pages(wanted).await
    }

    pub(super) async fn refused(&self, text: &str) -> ErrorView {
        self.paste(text).await.unwrap_err().view()
    }

    /// A page of Globex, and its link.
    pub(super) fn globex_page(&self) -> (Page, String) {
        let id = self.sandbox.page_id("globex", "ACCAMS", TITLE).unwrap();
        let link = self.sandbox.page_url("globex", &id).unwrap();
        let page = Page { id: PageId(id), title: TITLE.to_owned(), space: "Accounting Amsterdam".to_owned() };
        (page, link)
    }

    fn globex_space(&self) -> Space {
        Space {
            id: SpaceId(self.sandbox.space_id("globex", "ACCAMS").unwrap()),
            key: "ACCAMS".to_owned(),
            name: "Accounting Amsterdam".to_owned(),
        }
    }

    /// How often an organization was asked for something.
    fn asked(&self, organization: &OrganizationId) -> usize {
        self.sandbox.count("", &format!("/ex/confluence/{organization}/"))
    }

    /// Sends an item as a page beneath another one, or in a folder, that was found.
    async fn send_beneath(
        &mut self,
        item: ItemId,
        organization: OrganizationId,
        chosen: FoundPage,
        title: &str,
    ) {
        let mut send = self.new_page(item, title);
        send.destination = Destination::NewPage {
            organization,
            space: chosen.space.unwrap(),
            parent: Some(chosen.page),
            title: title.to_owned(),
        };
        let delivery = self.app.send(send).await.unwrap();
        assert_eq!(self.settled(&delivery).await, SENT);
    }

    /// Connects to Acme alone.
    pub(super) async fn connect_to_acme(&self) {
        let address = self.start_login().await;
        let callback = sandbox::browser::accept_on(&address, self.acme().as_str()).await.unwrap();
        self.app.callback(&callback).await;
    }
}

#[tokio::test]
async fn a_link_is_looked_up_where_it_leads_whatever_is_chosen() {
    let app = TestApp::connected().await;
    let (page, link) = app.globex_page();
    let by_number = link.split_once("/spaces/").unwrap().0.to_owned();
    for link in [
        link.clone(),
        format!("  {link}?focusedCommentId=5#comment-5\n"),
        link.replace("/pages/", "/pages/edit-v2/"),
        format!("{by_number}/pages/viewpage.action?pageId={}", page.id),
        link.replacen("http://", "HTTP://", 1),
        format!("{by_number}/x/{}?atlOrigin=x#Heading", short(&page.id)),
        format!("{by_number}/pages/tinyurl.action?urlIdentifier={}", short(&page.id)),
        format!("{by_number}/rest/api/content/{}", page.id),
        format!("{}/ex/confluence/{}/wiki/api/v2/pages/{}", app.sandbox.url(), app.globex(), page.id),
        format!("{by_number}/display/ACCAMS/{}", TITLE.replace(' ', "+")),
        format!("See [the log]({link}), it is all there."),
        format!("https://links.example/?url={}&data=1", percent(&link)),
    ] {
        let found = app.paste(&link).await.unwrap();
        assert_eq!(found.organization, app.globex(), "{link}");
        let pages: Vec<_> = found.pages.into_iter().map(|found| (found.page, found.space)).collect();
        assert_eq!(pages, [(page.clone(), Some(app.globex_space()))], "{link}");
    }
    assert_eq!((app.asked(&app.globex()), app.asked(&app.acme())), (12, 0), "once each, and nobody else");
    let unchosen = FindPages { organization: None, space: None, query: link, parent: false };
    assert_eq!(app.app.find_pages(unchosen).await.unwrap().organization, app.globex(), "nothing chosen");
    let own = app.page();
    let link = app.sandbox.page_url("acme", own.id.as_str()).unwrap();
    let found = app.paste(&link).await.unwrap();
    assert_eq!((found.organization, &found.pages[0].page), (app.acme(), &own), "the chosen one's own");
}

/// The code of a page in a short link.
fn short(id: &PageId) -> String {
    let number: i64 = id.as_str().parse().unwrap();
    let code = STANDARD.encode(number.to_le_bytes()).replace('/', "-").replace('+', "_");
    code.trim_end_matches('=').trim_end_matches('A').to_owned()
}

/// A text as the value of a query.
fn percent(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test]
async fn a_comment_by_link_arrives_in_the_organization_of_the_link() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let (page, link) = app.globex_page();
    let mut found = app.paste(&link).await.unwrap();
    let destination =
        Destination::Comment { organization: found.organization, page: found.pages.remove(0).page };
    let send =
        Send { items: vec![item], destination, document: words("Seen."), replaces: None, again: false };
    let delivery = app.app.send(send).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let comments = app.sandbox.comments();
    let there: Vec<_> =
        comments.iter().map(|comment| (comment.organization.as_str(), comment.page.as_str())).collect();
    assert_eq!(there, [("globex", page.id.as_str())]);
    assert_eq!(app.asked(&app.acme()), 0, "nothing of it is Acme's business");
}

#[tokio::test]
async fn a_parent_by_link_comes_with_its_organization_and_space() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let (parent, link) = app.globex_page();
    let wanted = FindPages {
        organization: Some(app.acme()),
        space: Some(app.engineering().id),
        query: link,
        parent: true,
    };
    let mut found = app.app.find_pages(wanted).await.unwrap();
    let chosen = found.pages.remove(0);
    app.send_beneath(item, found.organization, chosen, "Beneath").await;
    let pages = app.sandbox.pages_titled("Beneath");
    assert_eq!(pages.len(), 1);
    assert_eq!(
        (pages[0].organization.as_str(), pages[0].space.as_str(), pages[0].parent.as_deref()),
        ("globex", "ACCAMS", Some(parent.id.as_str()))
    );
    assert_eq!(app.asked(&app.acme()), 0);
}

#[tokio::test]
async fn a_link_of_no_connected_organization_is_said_and_not_looked_up() {
    let app = TestApp::connected().await;
    let before = app.sandbox.requests().len();
    for (link, site) in [
        ("https://initech.atlassian.net/wiki/spaces/ENG/pages/20100001/T", "initech.atlassian.net"),
        ("https://initech.atlassian.net/wiki/pages/viewpage.action?pageId=20100001", "initech.atlassian.net"),
        ("https://initech.atlassian.net/wiki/spaces/ENG/overview", "initech.atlassian.net"),
        ("https://wiki.initech.example:8443/pages/20100001", "wiki.initech.example:8443"),
        // The names that the sandbox's sites would really have.
        ("https://acme.atlassian.net/wiki/spaces/ENG/pages/10100001/T", "acme.atlassian.net"),
    ] {
        let why = app.refused(link).await;
        assert_eq!(why.message, format!("This page belongs to {site}, which is not connected."));
        assert_eq!((why.code, why.hint), (ErrorCode::Failed, Some(Hint::ConnectSite)));
    }
    assert_eq!(app.sandbox.requests().len(), before, "no request at all");
}

#[tokio::test]
async fn a_site_that_is_connected_later_makes_its_link_known() {
    let app = TestApp::new().await;
    app.connect_to_acme().await;
    let (page, link) = app.globex_page();
    let requests = app.sandbox.requests().len();
    let why = app.refused(&link).await;
    let site = app.sandbox.url().replace("http://", "") + "/site/globex";
    assert_eq!(why.message, format!("This page belongs to {site}, which is not connected."));
    assert_eq!(app.sandbox.requests().len(), requests, "the number is not tried in Acme");
    let address = app.start_login().await;
    app.app.callback(&sandbox::browser::accept(&address).await.unwrap()).await;
    let found = app.paste(&link).await.unwrap();
    assert_eq!((found.organization, &found.pages[0].page), (app.globex(), &page));
}

#[tokio::test]
async fn what_is_no_page_of_a_connected_organization_is_said_and_not_looked_up() {
    let app = TestApp::connected().await;
    let requests = app.sandbox.requests().len();
    for (path, message) in [
        (
            "wiki/spaces/ACCAMS/blog/2026/11/05/20100001/News",
            "This is the link of a blog post, not of a page.",
        ),
        ("wiki/spaces/ACCAMS/whiteboard/20100001", "This is the link of a whiteboard, not of a page."),
        ("wiki/spaces/ACCAMS/database/20100001", "This is the link of a database, not of a page."),
        (
            "wiki/spaces/ACCAMS/folder/20100001",
            "This is the link of a folder. Pages can be made in it, but it takes no comments.",
        ),
        (
            "wiki/pages/resumedraft.action?draftId=20100001",
            "This page is a draft. Publish it in Confluence first.",
        ),
        (
            "l/cp/1aB2c3D4",
            "Only Confluence can tell where this link leads. Open it in your browser, and paste the address that it \
             shows then.",
        ),
        ("wiki/home", "This link does not lead to a page."),
    ] {
        let why = app.refused(&format!("{}/site/globex/{path}", app.sandbox.url())).await;
        assert_eq!((why.message.as_str(), why.hint), (message, None));
    }
    assert_eq!(app.sandbox.requests().len(), requests, "no request at all");
}

/// As search tells it, which a login has: one request.
#[tokio::test]
async fn a_link_that_does_not_say_what_it_leads_to_is_looked_up_once() {
    let app = TestApp::connected().await;
    let post = app.sandbox.add_blog_post("globex", "ACCAMS", "News of November").unwrap();
    let (page, link) = app.globex_page();
    app.sandbox.set_page_access("globex", page.id.as_str(), Access::Hidden);
    let missing = "This page was not found in Globex Worldwide (ACCAMS). It may be new, a draft, archived, in the \
                   trash, or closed to your account.";
    for (link, message) in [
        (format!("x/{}", short(&post.as_str().into())), "This is the link of a blog post, not of a page."),
        (link.split_once("/wiki/").unwrap().1.to_owned(), missing),
        ("display/ACCAMS/No+such+page".to_owned(), missing),
        ("spaces/ACCAMS/pages/987654321/T".to_owned(), missing),
    ] {
        let before = app.asked(&app.globex());
        let why = app.refused(&format!("{}/site/globex/wiki/{link}", app.sandbox.url())).await;
        assert_eq!((why.message.as_str(), why.hint), (message, None), "{link}");
        assert_eq!((app.asked(&app.globex()) - before, app.asked(&app.acme())), (1, 0), "{link}");
    }
}

#[tokio::test]
async fn a_space_leads_to_its_home_page() {
    let app = TestApp::connected().await;
    let home = app.sandbox.page_id("globex", "ACCAMS", "Accounting Amsterdam").unwrap();
    for path in ["spaces/ACCAMS/overview", "spaces/ACCAMS", "display/ACCAMS"] {
        let found = app.paste(&format!("{}/site/globex/wiki/{path}", app.sandbox.url())).await.unwrap();
        let found = (found.organization, found.pages[0].page.id.0.as_str(), found.pages[0].space.clone());
        assert_eq!(found, (app.globex(), home.as_str(), Some(app.globex_space())), "{path}");
    }
    let unknown =
        app.refused(&format!("{}/site/globex/wiki/spaces/NOWHERE/overview", app.sandbox.url())).await;
    assert!(
        unknown.message.starts_with("This page was not found in Globex Worldwide (NOWHERE)"),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn a_page_is_made_in_the_folder_of_a_link() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let folder = app.sandbox.add_folder("globex", "ACCAMS").unwrap();
    let link = format!("{}/site/globex/wiki/spaces/ACCAMS/folder/{folder}?atlOrigin=x", app.sandbox.url());
    let wanted = FindPages { organization: Some(app.acme()), space: None, query: link, parent: true };
    let mut found = app.app.find_pages(wanted).await.unwrap();
    let chosen = found.pages.remove(0);
    assert_eq!(chosen.page.title, format!("Folder {folder}"), "nobody tells its name");
    app.send_beneath(item, found.organization, chosen, "In a folder").await;
    let [made] = app.sandbox.pages_titled("In a folder").try_into().unwrap();
    assert_eq!((made.space.as_str(), made.parent), ("ACCAMS", Some(folder)));
}

/// A token that may read pages knows what search does not.
#[tokio::test]
async fn what_search_does_not_find_is_named_where_a_token_may_read_it() {
    let (mut app, _, _) = super::tokens::connected_by(TokenKind::Classic).await;
    let page = |title: &str| app.sandbox.add_page("acme", "ENG", title).unwrap();
    let (archived, trashed, draft, current) = (page("A"), page("T"), page("D"), page("C"));
    assert!(app.sandbox.archive_page("acme", &archived) && app.sandbox.trash_page("acme", &trashed));
    assert!(app.sandbox.unpublish_page("acme", &draft));
    for (id, message) in [
        (archived, "This page is archived. Restore it in Confluence first."),
        (trashed, "This page is in the trash. Restore it in Confluence first."),
        (draft, "This page is a draft. Publish it in Confluence first."),
    ] {
        let link = format!("{}/site/acme/wiki/x/{}", app.sandbox.url(), short(&id.as_str().into()));
        assert_eq!(app.refused(&link).await.message, message);
    }
    app.sandbox.set_index_lag(Duration::from_secs(3600));
    let item = app.sample().await.items.remove(0).id;
    let delivery = app.app.send(app.new_page(item, "N")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    for id in [app.sandbox.pages_titled("N").remove(0).id, current] {
        let link = format!("{}/site/acme/wiki/spaces/ENG/pages/{id}", app.sandbox.url());
        assert_eq!(app.paste(&link).await.unwrap().pages[0].page.id.0, id);
    }
}

#[tokio::test]
async fn a_number_by_itself_is_a_word() {
    let app = TestApp::connected().await;
    let page = app.page();
    let found = app.paste(page.id.as_str()).await.unwrap();
    assert!(found.pages.is_empty(), "no title has it: {found:?}");
    let query = app.sandbox.requests().pop().unwrap().query;
    assert!(query.contains("title") && !query.contains("id+%3D"), "it was searched for as a word: {query}");
}

#[tokio::test]
async fn without_a_connection_a_link_leads_nowhere() {
    let app = TestApp::new().await;
    let (_, link) = app.globex_page();
    assert_eq!(app.refused(&link).await.code, ErrorCode::NotConnected);
    assert!(app.sandbox.requests().is_empty());
    let app = TestApp::connected().await;
    let (_, link) = app.globex_page();
    app.sandbox.revoke();
    assert_eq!(app.refused(&link).await.code, ErrorCode::ReconnectNeeded);
    let foreign = "https://initech.atlassian.net/wiki/spaces/A/pages/1";
    assert_eq!(app.refused(foreign).await.hint, Some(Hint::ConnectSite), "and so does a foreign one");
    assert_eq!(app.asked(&app.acme()), 0, "Acme was never asked");
    let unchosen =
        FindPages { organization: None, space: None, query: "decisions".to_owned(), parent: false };
    let why = app.app.find_pages(unchosen).await.unwrap_err().view();
    assert_eq!(why.code, ErrorCode::InvalidOrganization, "words are searched for somewhere");
}

#[tokio::test]
async fn a_favourite_by_link_stays_in_the_organization_of_the_link() {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let (page, link) = app.globex_page();
    let mut found = app.paste(&link).await.unwrap();
    let target = Target::Comment { organization: found.organization, page: found.pages.remove(0).page };
    app.app.set_favourite(Favourite { target: target.clone(), favourite: true }).await.unwrap();
    let mut app = app.restarted().await;
    let places = app.app.targets(vec![item]).await.unwrap();
    assert_eq!((&places[0].target, places[0].organization.as_str()), (&target, "Globex Worldwide"));
    let quick = QuickSend { items: vec![item], target: target.clone(), again: false };
    let sent = app.app.quick_send(quick).await.unwrap();
    app.clock.advance(jiff::SignedDuration::from_mins(1));
    assert_eq!(app.settled(&sent[0]).await, SENT);
    let comments = app.sandbox.comments();
    assert_eq!((comments[0].organization.as_str(), &comments[0].page), ("globex", &page.id.0));
    assert_eq!(app.asked(&app.acme()), 0);
}

#[tokio::test]
async fn destinations_of_an_organization_that_is_not_connected_are_not_offered() {
    let mut app = TestApp::new().await;
    app.connect().await;
    let meeting = app.sample().await;
    let item = meeting.items[0].id;
    let (page, _) = app.globex_page();
    let target = Target::Comment { organization: app.globex(), page };
    app.app.set_favourite(Favourite { target: target.clone(), favourite: true }).await.unwrap();
    let quick = |again| QuickSend { items: vec![item], target: target.clone(), again };
    let sent = app.app.quick_send(quick(false)).await.unwrap();
    app.clock.advance(jiff::SignedDuration::from_mins(1));
    assert_eq!(app.settled(&sent[0]).await, SENT);
    // The app is taken off Globex at Atlassian, and connected to Acme alone.
    app.app.disconnect().await.unwrap();
    app.sandbox.revoke();
    app.connect_to_acme().await;
    assert_eq!(app.app.targets(vec![item]).await.unwrap(), [], "neither as a favourite nor as the last one");
    let draft = app.compose(meeting.items[1].id, Action::AddComment).await;
    assert_eq!((draft.organization, draft.page), (Some(app.acme()), None), "nor by the dialog");
    let why = app.app.quick_send(quick(true)).await.unwrap_err().view();
    assert_eq!(why.code, ErrorCode::InvalidOrganization, "a window that offers it still sends nothing");
}
