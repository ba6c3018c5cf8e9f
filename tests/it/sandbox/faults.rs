//! Faults: what the caller sees of each, and what was stored all the same.

use std::time::Duration;

use reqwest::StatusCode;
use sandbox::{Fault, RetryAfter};

use super::{Caller, json_of};

const PAGES: &str = "/api/v2/pages";

#[tokio::test]
async fn a_reset_before_the_commit_leaves_nothing() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::ResetBefore.on("POST", PAGES));
    let error = caller.create("ENG", "A").send().await.unwrap_err();
    assert!(!error.is_connect(), "the request left, so the caller cannot know: {error:?}");
    assert!(caller.sandbox.pages().is_empty(), "nothing was processed");
    assert_eq!(caller.sandbox.requests()[0].status, None, "and nothing answered");
    json_of(caller.create("ENG", "A").send().await.unwrap(), StatusCode::OK).await;
}

#[tokio::test]
async fn a_reset_after_the_commit_leaves_the_page() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::ResetAfter.on("POST", PAGES));
    let error = caller.create("ENG", "A").send().await.unwrap_err();
    assert!(!error.is_connect() && !error.is_timeout(), "it breaks at once: {error:?}");
    assert_eq!(caller.sandbox.pages_titled("A").len(), 1, "it was processed before");
    assert_eq!(caller.sandbox.count("POST", PAGES), 1, "no client library repeats it behind our back");
    json_of(caller.create("ENG", "A").send().await.unwrap(), StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn a_reset_on_a_connection_in_use_is_the_same() {
    let caller = Caller::start().await;
    json_of(caller.create("ENG", "First").send().await.unwrap(), StatusCode::OK).await;
    caller.sandbox.order(Fault::ResetAfter.on("POST", PAGES));
    caller.create("ENG", "Second").send().await.unwrap_err();
    assert_eq!(caller.sandbox.pages_titled("Second").len(), 1);
    assert_eq!(caller.sandbox.count("POST", PAGES), 2);
}

#[tokio::test]
async fn a_lost_answer_never_comes() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::LoseAnswer.on("POST", PAGES));
    let timeout = Duration::from_millis(300);
    let error = caller.create("ENG", "A").timeout(timeout).send().await.unwrap_err();
    assert!(error.is_timeout(), "the caller has to give up: {error:?}");
    assert_eq!(caller.sandbox.pages_titled("A").len(), 1);
}

#[tokio::test]
async fn a_delayed_request_is_processed_although_nobody_waits() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::Delay(Duration::from_millis(300)).on("POST", PAGES));
    let error = caller.create("ENG", "A").timeout(Duration::from_millis(50)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
    assert!(caller.sandbox.pages().is_empty(), "not yet");
    let made = async {
        while caller.sandbox.pages_titled("A").is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), made).await.expect("the page must come in the end");
}

#[tokio::test]
async fn too_many_requests_has_atlassians_headers() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(17)).on("POST", PAGES));
    let answer = caller.create("ENG", "A").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["retry-after"], "17");
    for name in [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "ratelimit-reason",
        "beta-ratelimit",
    ] {
        assert!(answer.headers().contains_key(name), "{name} is missing");
    }
    caller.sandbox.forgive();
    caller.sandbox.order(Fault::TooManyRequests(RetryAfter::Date(60)).on("POST", PAGES));
    let answer = caller.create("ENG", "A").send().await.unwrap();
    let date = answer.headers()["retry-after"].to_str().unwrap();
    assert!(date.ends_with(" GMT"), "an HTTP date: {date}");
    assert!(caller.sandbox.pages().is_empty(), "a 429 is definite");
}

#[tokio::test]
async fn a_5xx_may_or_may_not_have_been_processed() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::Fail { status: 503, committed: false }.on("POST", PAGES).nth(1));
    caller.sandbox.order(Fault::Fail { status: 502, committed: true }.on("POST", PAGES).nth(2));
    assert_eq!(caller.create("ENG", "A").send().await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(caller.sandbox.pages().is_empty());
    assert_eq!(caller.create("ENG", "A").send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
    assert_eq!(caller.sandbox.pages_titled("A").len(), 1);
}

#[tokio::test]
async fn garbage_and_half_an_answer_come_after_the_commit() {
    let caller = Caller::start().await;
    caller.sandbox.order(Fault::Garbage.on("POST", PAGES).nth(1));
    caller.sandbox.order(Fault::Truncate.on("POST", PAGES).nth(2));
    let garbage = caller.create("ENG", "A").send().await.unwrap();
    assert_eq!(garbage.status(), StatusCode::OK);
    garbage.json::<serde_json::Value>().await.unwrap_err();
    let half = caller.create("ENG", "B").send().await.unwrap();
    assert_eq!(half.status(), StatusCode::OK, "status and headers arrive");
    half.bytes().await.unwrap_err();
    assert_eq!(caller.sandbox.pages().len(), 2);
}

#[tokio::test]
async fn faults_by_probability_are_the_same_for_the_same_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let caller = Caller::start().await;
        let fault = Fault::Fail { status: 500, committed: false };
        caller.sandbox.order(fault.on("GET", "/rest/api/user/current").with_probability(0.5));
        let mut statuses = Vec::new();
        for _ in 0..32 {
            let request = caller.call(reqwest::Method::GET, "acme", "/rest/api/user/current");
            statuses.push(request.send().await.unwrap().status().as_u16());
        }
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
    let failed = runs[0].iter().filter(|status| **status == 500).count();
    assert!((8..=24).contains(&failed), "about half of 32, not {failed}");
}

#[tokio::test]
async fn offline_refuses_connections_until_it_is_online_again() {
    let caller = Caller::start().await;
    json_of(caller.create("ENG", "Before").send().await.unwrap(), StatusCode::OK).await;
    caller.sandbox.go_offline().await;
    let error = caller.create("ENG", "During").send().await.unwrap_err();
    assert!(error.is_connect(), "no byte left the machine: {error:?}");
    caller.sandbox.go_online().await.unwrap();
    json_of(caller.create("ENG", "After").send().await.unwrap(), StatusCode::OK).await;
    assert_eq!(caller.sandbox.pages().len(), 2);
}
