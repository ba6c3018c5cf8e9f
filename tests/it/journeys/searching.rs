//! Finding pages by what is typed: each word is a word, and nothing is asked while Confluence asks to wait.

use jiff::SignedDuration;
use sally_core::api::{ErrorCode, FindPages, FindPeople, Hint};
use sally_core::app::Error;
use sally_core::domain::id::OrganizationId;
use sandbox::{Fault, RetryAfter};

use super::app::TestApp;

fn wanted(organization: OrganizationId, query: &str) -> FindPages {
    FindPages { organization: Some(organization), space: None, query: query.to_owned(), parent: false }
}

impl TestApp {
    /// The titles that are found in Acme.
    async fn titled(&self, query: &str) -> Result<Vec<String>, Error> {
        let found = self.app.find_pages(wanted(self.acme(), query)).await?;
        Ok(found.pages.into_iter().map(|found| found.page.title).collect())
    }

    fn searches(&self) -> usize {
        self.sandbox.count("GET", "/wiki/rest/api/search")
    }
}

#[tokio::test]
async fn each_word_is_a_word_whatever_it_means_to_a_search() {
    let app = TestApp::connected().await;
    for title in ["Zq NOT now", "Zq now", "Zq this OR that", "Zq this"] {
        app.sandbox.add_page("acme", "ENG", title).unwrap();
    }
    for (query, found) in [
        ("zq NOT now", &["Zq NOT now"][..]),
        ("zq this OR that", &["Zq this OR that"]),
        ("zq OR that", &["Zq this OR that"]),
        ("zq\" or type = page or title ~ \"", &[]),
    ] {
        assert_eq!(app.titled(query).await.unwrap(), found, "{query}");
    }
}

#[tokio::test]
async fn titles_with_the_signs_that_were_typed_come_first() {
    let app = TestApp::connected().await;
    for title in ["Zq-Plan 2", "Zqc++ rules", "Zqc rules", "Zqc# rules", "Zq Plan 1"] {
        app.sandbox.add_page("acme", "ENG", title).unwrap();
        app.sandbox.clock().advance(SignedDuration::from_mins(1));
    }
    for (query, found) in [
        ("Zqc++", ["Zqc++ rules", "Zqc# rules", "Zqc rules"].as_slice()),
        ("zqc#", &["Zqc# rules", "Zqc rules", "Zqc++ rules"]),
        ("zq-plan", &["Zq-Plan 2", "Zq Plan 1"]),
        ("zqc", &["Zqc# rules", "Zqc rules", "Zqc++ rules"]),
    ] {
        assert_eq!(app.titled(query).await.unwrap(), found, "{query}");
    }
}

#[tokio::test]
async fn an_accent_of_its_own_finds_the_letter_that_has_it() {
    let app = TestApp::connected().await;
    app.sandbox.add_page("acme", "ENG", "Zqgröße").unwrap();
    assert_eq!(app.titled("zqgro\u{308}ße").await.unwrap(), ["Zqgröße"]);
}

#[tokio::test]
async fn signs_alone_find_nothing_and_ask_nobody() {
    let app = TestApp::connected().await;
    for query in ["🚀", "++", "\u{308}", "—"] {
        assert_eq!(app.titled(query).await.unwrap(), Vec::<String>::new(), "{query}");
    }
    assert_eq!(app.searches(), 0);
    assert!(!app.titled("").await.unwrap().is_empty(), "nothing typed finds what changed last");
}

#[tokio::test]
async fn nothing_is_asked_of_an_organization_that_asks_to_wait() {
    let app = TestApp::connected().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("GET", "/wiki/rest/api/search"));
    let why = app.titled("decisions").await.unwrap_err().view();
    assert!(matches!(why.hint, Some(Hint::TryAgain { at: Some(_) })), "it says until when: {why:?}");
    let asked = app.sandbox.requests().len();
    let page = app.page();
    let link = app.sandbox.page_url("acme", page.id.as_str()).unwrap();
    for query in ["decisions l", "decisions lo", &link] {
        let again = app.titled(query).await.unwrap_err().view();
        assert_eq!((again.code, &again.hint), (ErrorCode::Failed, &why.hint), "{query}");
    }
    let people = FindPeople { organization: app.acme(), query: "grace".to_owned() };
    assert!(app.app.find_people(people).await.is_err());
    assert!(app.refresh_spaces(app.acme()).await.is_err());
    assert_eq!(app.sandbox.requests().len(), asked, "not a request");
    let elsewhere = app.app.find_pages(wanted(app.globex(), "decisions")).await.unwrap();
    assert!(!elsewhere.pages.is_empty(), "another organization is asked");
    app.clock.advance(SignedDuration::from_secs(61));
    assert!(!app.titled("decisions").await.unwrap().is_empty(), "and this one again in time");
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_the_wait() {
    let app = TestApp::connected().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("GET", "/wiki/rest/api/search"));
    app.titled("decisions").await.unwrap_err();
    app.clock.advance(SignedDuration::from_hours(-48));
    assert!(!app.titled("decisions").await.unwrap().is_empty());
}
