//! Search: what CQL finds, what it refuses, and how late it is.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use sandbox::{Access, Clock, Options, Quirk};

use super::{Caller, json_of};

#[tokio::test]
async fn titles_are_found_by_words_beginnings_and_exactly() {
    let caller = Caller::start().await;
    let found = caller.titles("acme", "type = page and title ~ \"deci*\" and space = \"ENG\"").await;
    assert_eq!(found, ["Decisions log"]);
    assert_eq!(caller.titles("acme", "type = page and title = \"decisions LOG\"").await.len(), 2);
    assert_eq!(
        caller.titles("acme", "type = page and title ~ \"log decisions\" and space != ENG").await.len(),
        1
    );
    assert!(
        caller.titles("acme", "type = page and space = NOSUCH").await.is_empty(),
        "unknown is not an error"
    );
    assert!(
        caller.titles("acme", "type = page and title ~ \"Importer design 2024\"").await.is_empty(),
        "archived"
    );
    assert!(
        caller.titles("acme", "type = page and title ~ \"Lessons learned\"").await.is_empty(),
        "archived space"
    );
    let spaces = caller.titles("acme", "type = space and title ~ \"eng*\"").await;
    assert_eq!(spaces, ["Engineering"]);

    let id = caller.sandbox.page_id("acme", "OPS", "Runbooks").unwrap();
    assert_eq!(caller.titles("acme", &format!("id = {id}")).await, ["Runbooks"]);
    let either = caller
        .titles("acme", "title = Runbooks or (type = page and title = \"Threat model\") order by title desc");
    assert_eq!(either.await, ["Threat model", "Runbooks"]);
}

#[tokio::test]
async fn a_title_in_a_query_stays_a_title_only_when_it_is_escaped() {
    let caller = Caller::start().await;
    let title = r#"Say "yes" or type = "page" \ end"#;
    caller.sandbox.add_page("acme", "ENG", title).unwrap();
    let escaped = title.replace('\\', "\\\\").replace('"', "\\\"");
    assert_eq!(caller.titles("acme", &format!("title = \"{escaped}\"")).await, [title]);

    let hostile = r#"x" or type = "page"#;
    let all = caller.titles("acme", &format!("title = \"{hostile}\"")).await;
    assert!(all.len() > 50, "without escapes the title takes over the query, as at the real one");
    let escaped = hostile.replace('"', "\\\"");
    assert!(caller.titles("acme", &format!("title = \"{escaped}\"")).await.is_empty());
}

#[tokio::test]
async fn what_is_not_cql_is_refused_in_confluences_words() {
    let caller = Caller::start().await;
    for cql in ["title ~ \"open", "title ~ \"\"", "type=page and", "nonsense = 1", ""] {
        let answer = caller.search("acme", cql).send().await.unwrap();
        let message = json_of(answer, StatusCode::BAD_REQUEST).await["message"].to_string();
        assert!(message.contains("BadRequestException: Could not parse cql : "), "{cql:?}: {message}");
    }
}

#[tokio::test]
async fn what_is_written_is_found_after_the_lag() {
    let clock = Clock::still("2026-11-12T09:30:20Z".parse::<Timestamp>().unwrap());
    let options = Options { clock, index_lag: Duration::from_secs(60), ..Options::default() };
    let caller = Caller::start_with(options).await;
    json_of(caller.create("ENG", "Fresh").send().await.unwrap(), StatusCode::OK).await;
    let page = caller.sandbox.page_id("acme", "ENG", "Fresh").unwrap();
    json_of(caller.comment(&page, "A remark").send().await.unwrap(), StatusCode::CREATED).await;

    let comments = format!("type = comment and container = {page} and creator = currentUser()");
    caller.sandbox.advance(SignedDuration::from_secs(59));
    assert!(caller.titles("acme", "title = Fresh").await.is_empty());
    assert!(caller.titles("acme", &comments).await.is_empty());
    caller.sandbox.advance(SignedDuration::from_secs(1));
    assert_eq!(caller.titles("acme", "title = Fresh").await, ["Fresh"]);
    assert_eq!(caller.titles("acme", &comments).await, ["Re: Fresh"]);

    // Half past nine in UTC is half past ten for the account, whose time zone is an hour ahead.
    assert_eq!(caller.titles("acme", "type = page and created >= \"2026-11-12 10:30\"").await, ["Fresh"]);
    assert!(caller.titles("acme", "type = page and created >= \"2026-11-12 10:31\"").await.is_empty());
    assert_eq!(caller.titles("acme", "type = page and created > now(\"-1h\")").await, ["Fresh"]);
    assert_eq!(caller.titles("acme", "type = comment and text ~ remark").await, ["Re: Fresh"]);

    caller.sandbox.set_quirk(Quirk::ContainerUnknown, true);
    let answer = caller.search("acme", &comments).send().await.unwrap();
    json_of(answer, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn content_search_spells_out_what_is_expanded() {
    let caller = Caller::start().await;
    caller.create("ENG", "Spelled out").send().await.unwrap();
    let query = [("cql", "title = \"Spelled out\""), ("expand", "history,version,body.storage,space")];
    let answer =
        caller.call(Method::GET, "acme", "/rest/api/content/search").query(&query).send().await.unwrap();
    let found = json_of(answer, StatusCode::OK).await["results"][0].take();
    assert_eq!(found["body"]["storage"]["value"], "<p>Agreed.</p>");
    assert_eq!(found["version"]["number"], 1);
    assert_eq!(found["space"]["key"], "ENG");
    assert_eq!(found["history"]["createdBy"]["displayName"], "Ada Lovelace");
    assert!(found.get("container").is_none(), "what is not asked for is not there");
}

#[tokio::test]
async fn ten_thousand_pages_come_by_cursor_and_start_is_ignored() {
    let caller = Caller::start().await;
    caller.sandbox.set_space_access("globex", "LOGBER", Access::Hidden);

    let mut seen = 0;
    let mut short = 0;
    let mut next =
        Some("/rest/api/search?cql=type%3Dpage%20order%20by%20created&limit=250&excerpt=none".to_owned());
    while let Some(path) = next {
        let answer = caller.call(Method::GET, "globex", &path).send().await.unwrap();
        let found = json_of(answer, StatusCode::OK).await;
        let count = found["results"].as_array().unwrap().len();
        assert_eq!(found["totalSize"], 10_000, "it counts what the account may not see");
        next = found["_links"]["next"].as_str().map(str::to_owned);
        short += usize::from(count < 250 && next.is_some());
        seen += count;
    }
    assert!(short > 0, "a short page is not the last one");
    assert_eq!(seen, 9_992, "all but the hidden space's home and seven others");

    let first = |start: &'static str| {
        let request =
            caller.search("globex", "type = page order by title").query(&[("limit", "1"), ("start", start)]);
        async move { json_of(request.send().await.unwrap(), StatusCode::OK).await["results"][0]["title"].clone() }
    };
    assert_eq!(first("0").await, first("5").await);
}

#[tokio::test]
async fn hits_are_marked_unless_that_is_declined() {
    let caller = Caller::start().await;
    let query = [("cql", "type = page and title ~ \"runb*\""), ("expand", "content.space")];
    let answer = caller.call(Method::GET, "acme", "/rest/api/search").query(&query).send().await.unwrap();
    let found = json_of(answer, StatusCode::OK).await["results"][0].take();
    assert_eq!(found["title"], "@@@hl@@@Runbooks@@@endhl@@@");
    assert_eq!(found["content"]["title"], "Runbooks");
    assert_eq!(found["content"]["space"]["name"], "Operations");
}
