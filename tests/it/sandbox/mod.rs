//! The contract of the sandbox over HTTP, on which the journeys rely.

mod api;
mod content;
mod faults;
mod login;
mod search;
mod tokens;
mod web;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sandbox::{Options, SCOPES, Sandbox};
use serde_json::{Value, json};

/// A sandbox, and a caller that holds an access token for it.
pub(crate) struct Caller {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: Http,
    pub(crate) token: String,
}

/// A bare client: what is tested is the other side.
#[derive(Clone)]
pub(crate) struct Http(
    #[expect(clippy::disallowed_types, reason = "a client of the sandbox, not of the product")]
    reqwest::Client,
);

impl Http {
    #[expect(clippy::disallowed_types, reason = "a client of the sandbox, not of the product")]
    pub(crate) fn new() -> Self {
        let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        Self(builder.build().unwrap())
    }

    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.0.request(method, url)
    }

    pub(crate) fn get(&self, url: &str) -> RequestBuilder {
        self.0.get(url)
    }

    pub(crate) fn post(&self, url: &str) -> RequestBuilder {
        self.0.post(url)
    }
}

impl Caller {
    pub(crate) async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    pub(crate) async fn start_with(options: Options) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let token = sandbox.issue(&SCOPES).access;
        Self { sandbox, http: Http::new(), token }
    }

    /// A call below an organization's `/wiki`.
    pub(crate) fn call(&self, method: Method, organization: &str, path: &str) -> RequestBuilder {
        let organizations = self.sandbox.organizations();
        let site = organizations.iter().find(|site| site.slug == organization).unwrap();
        let url = format!("{}/ex/confluence/{}/wiki{path}", self.sandbox.url(), site.cloud_id);
        self.http.request(method, &url).bearer_auth(&self.token)
    }

    pub(crate) fn create(&self, key: &str, title: &str) -> RequestBuilder {
        let space = self.sandbox.space_id("acme", key).unwrap();
        let page = json!({ "spaceId": space, "status": "current", "title": title, "body": body("Agreed.") });
        self.call(Method::POST, "acme", "/api/v2/pages").json(&page)
    }

    pub(crate) fn comment(&self, page: &str, text: &str) -> RequestBuilder {
        let comment = json!({ "pageId": page, "body": body(text) });
        self.call(Method::POST, "acme", "/api/v2/footer-comments").json(&comment)
    }

    pub(crate) fn search(&self, organization: &str, cql: &str) -> RequestBuilder {
        self.call(Method::GET, organization, "/rest/api/search").query(&[("cql", cql), ("excerpt", "none")])
    }

    /// The titles that a query finds, in their order.
    pub(crate) async fn titles(&self, organization: &str, cql: &str) -> Vec<String> {
        let answer = self.search(organization, cql).query(&[("limit", "250")]).send().await.unwrap();
        let found = json_of(answer, StatusCode::OK).await;
        let title = |result: &Value| result["title"].as_str().unwrap().to_owned();
        found["results"].as_array().unwrap().iter().map(title).collect()
    }
}

/// A body of one paragraph, as the API takes it.
pub(crate) fn body(text: &str) -> Value {
    let document = json!({ "version": 1, "type": "doc", "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": text }] },
    ] });
    json!({ "representation": "atlas_doc_format", "value": document.to_string() })
}

/// The answer's JSON, after a look at its status.
pub(crate) async fn json_of(answer: Response, expected: StatusCode) -> Value {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, expected, "unexpected status; the answer was {text}");
    serde_json::from_str(&text).unwrap()
}

/// The title of a v2 error.
pub(crate) async fn refusal(answer: Response, expected: StatusCode) -> String {
    json_of(answer, expected).await["errors"][0]["title"].as_str().unwrap().to_owned()
}
