//! From an item to a page or a comment.

use sally_core::api::{FindPages, Link};
use sally_core::domain::destination::Action;

use super::app::{SENT, TestApp, soon, words};

#[tokio::test]
async fn requests_per_created_page() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let (before, points) = (app.sandbox.requests().len(), app.sandbox.points());
    let delivery = app.app.send(app.new_page(item, "Importer flag decision")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let requests = app.sandbox.requests().len() - before;
    let points = app.sandbox.points() - points;
    #[expect(clippy::print_stdout, reason = "`cargo xtask bench` reads it")]
    {
        println!("requests_per_page={requests}");
        println!("points_per_send={points}");
    }
    assert!(points <= 3, "what one page costs of the quota that all share: {points}");
    assert_eq!(requests, 1, "creating a page is one request");
    let pages = app.sandbox.pages_titled("Importer flag decision");
    assert_eq!(pages.len(), 1, "exactly that page");
    assert_eq!(pages[0].space, "ENG", "in the space that was chosen");
    assert_eq!(pages[0].text, "As agreed:\nbehind a flag\nfrom Monday", "with every word");
}

#[tokio::test]
async fn a_comment_arrives_on_its_page() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    let comments = app.sandbox.comments();
    assert_eq!(comments.len(), 1, "exactly that comment");
    assert_eq!(
        (comments[0].page_title.as_str(), comments[0].text.as_str()),
        ("Rollout of the flag", "Seen in the weekly.")
    );
}

#[tokio::test]
async fn an_item_shows_where_it_went_and_opens_it() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = meeting.items[0].id;
    let delivery = app.app.send(app.new_page(item, "Where it went")).await.unwrap();
    app.settled(&delivery).await;
    let app = app.restarted().await;
    let shown = app.app.open_meeting(meeting.id).await.unwrap().items.remove(0).deliveries;
    assert_eq!(shown.len(), 1, "the item remembers");
    assert_eq!(shown[0].state, SENT);
    app.app.open_link(Link::Delivery { id: delivery.id }).await.unwrap();
    assert_eq!(app.opened()[0].as_str(), app.sandbox.pages_titled("Where it went")[0].url, "the page itself");
}

#[tokio::test]
async fn the_destination_is_remembered_for_the_next_item() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let first = app.compose(meeting.items[0].id, Action::CreatePage).await;
    assert_eq!(first.organization, None, "with two organizations there is nothing to guess");
    assert_eq!(first.title, meeting.items[0].text, "the title is the item's own words");
    let text = first.document.text();
    assert!(text.contains("Weekly product sync"), "with a line of context: {text}");
    let delivery = app.app.send(app.new_page(meeting.items[0].id, "First")).await.unwrap();
    app.settled(&delivery).await;
    let next = app.compose(meeting.items[1].id, Action::CreatePage).await;
    assert_eq!(
        (next.organization, next.space),
        (Some(app.acme()), Some(app.engineering())),
        "where the last one went"
    );
}

#[tokio::test]
async fn what_is_typed_survives_a_restart_and_is_gone_once_it_is_sent() {
    let mut app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    let mut draft = app.compose(item, Action::CreatePage).await;
    draft.document = words("Half a thought");
    app.app.save_draft(draft).await.unwrap();
    app = app.restarted().await;
    let kept = app.compose(item, Action::CreatePage).await;
    assert_eq!((kept.document.text().as_str(), kept.kept), ("Half a thought", true), "nothing typed is lost");
    let delivery = app.app.send(app.new_page(item, "Whole thought")).await.unwrap();
    app.settled(&delivery).await;
    assert!(!app.compose(item, Action::CreatePage).await.kept, "a draft that was sent is done with");
}

#[tokio::test]
async fn pages_are_found_by_title() {
    let app = TestApp::connected().await;
    let page = app.page();
    let find = async |query: &str| {
        let wanted =
            FindPages { organization: Some(app.acme()), space: None, query: query.to_owned(), parent: false };
        app.app.find_pages(wanted).await.unwrap()
    };
    let found = find("rollout fl").await;
    assert_eq!(found.organization, app.acme());
    let pages: Vec<_> = found.pages.into_iter().map(|found| (found.page, found.space)).collect();
    assert_eq!(pages, [(page, Some(app.engineering()))], "by the beginning of its words, with its space");
    let injected = find("\" or type = page or title ~ \"").await.pages;
    assert!(
        injected.iter().all(|found| found.page.title.to_lowercase().contains("type")),
        "words stay words: {injected:?}"
    );
}

#[tokio::test]
async fn a_newer_search_cancels_the_one_before() {
    let app = TestApp::connected().await;
    app.sandbox.order(sandbox::Fault::LoseAnswer.on("GET", "/wiki/rest/api/search"));
    let find = |query: &str| FindPages {
        organization: Some(app.acme()),
        space: None,
        query: query.to_owned(),
        parent: false,
    };
    let (stale, fresh) = tokio::join!(app.app.find_pages(find("im")), async {
        // The first search must be under way before the second one begins.
        let asked = async {
            while app.sandbox.count("GET", "/wiki/rest/api/search") == 0 {
                tokio::task::yield_now().await;
            }
        };
        soon("the first search is under way", asked).await;
        app.app.find_pages(find("decisions")).await
    });
    assert_eq!(
        stale.unwrap_err().view().code,
        sally_core::api::ErrorCode::Superseded,
        "the stale one is dropped"
    );
    assert!(fresh.is_ok(), "the newer one is answered: {fresh:?}");
}
