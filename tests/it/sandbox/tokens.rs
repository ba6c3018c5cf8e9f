//! API tokens: where they are made, where they work, what is answered where they do not, and the endpoints that they
//! reach.
//!
//! Longer than 400 lines: each answer of one surface has its test, and all share the requests at the top.

use dom_query::Document;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sandbox::{ARCHIVED_TITLE, Access, Clock, Options, Quirk, Sandbox, TOKEN_SCOPES, TokenKind};
use serde_json::{Value, json};

use super::{Caller, Http, body, json_of, refusal};

const ADA: &str = "ada@example.com";
const GRACE: &str = "grace@example.com";

fn scoped(scopes: &[&str]) -> TokenKind {
    TokenKind::Scoped(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

/// Somebody with an API token.
struct Holder {
    sandbox: Sandbox,
    http: Http,
    email: String,
    token: String,
}

impl Holder {
    async fn start(kind: TokenKind) -> Self {
        Self::start_with(Options::default(), kind).await
    }

    async fn start_with(options: Options, kind: TokenKind) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let token = sandbox.make_token(kind, None);
        Self { sandbox, http: Http::new(), email: ADA.to_owned(), token }
    }

    /// Below `/wiki` at the gateway.
    fn call(&self, method: Method, path: &str) -> RequestBuilder {
        let id = &self.sandbox.organizations()[0].cloud_id;
        let url = format!("{}/ex/confluence/{id}/wiki{path}", self.sandbox.url());
        self.http.request(method, &url).basic_auth(&self.email, Some(&self.token))
    }

    async fn get(&self, path: &str) -> Response {
        self.call(Method::GET, path).send().await.unwrap()
    }

    async fn read(&self, path: &str) -> Value {
        json_of(self.get(path).await, StatusCode::OK).await
    }

    /// Below `/wiki` at the site's own address, without a credential.
    fn stranger(&self, path: &str) -> RequestBuilder {
        self.http.get(&format!("{}/wiki{path}", self.sandbox.site_url("acme").unwrap()))
    }

    async fn at_site(&self, path: &str) -> Response {
        self.stranger(path).basic_auth(&self.email, Some(&self.token)).send().await.unwrap()
    }

    async fn comment(&self, page: &str, text: &str) -> String {
        let comment = json!({ "pageId": page, "body": body(text) });
        let made = self.call(Method::POST, "/api/v2/footer-comments").json(&comment).send().await.unwrap();
        json_of(made, StatusCode::CREATED).await["id"].as_str().unwrap().to_owned()
    }
}

/// What a credential that is not good is answered, in both versions of the API.
async fn is_a_strangers(answer: Response, path: &str) {
    if path.starts_with("/api/v2") {
        assert_eq!(refusal(answer, StatusCode::NOT_FOUND).await, "Not Found", "{path}: the bare title");
        return;
    }
    let wanted = if path.starts_with("/rest/api/user") {
        "caller cannot access Confluence"
    } else {
        "Current user not permitted to use Confluence"
    };
    let message = json_of(answer, StatusCode::FORBIDDEN).await["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with(wanted), "{path}: {message}");
}

async fn is_html(answer: Response, expected: StatusCode) -> String {
    assert_eq!(answer.status(), expected);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("text/html"), "a page, not JSON: {kind}");
    answer.text().await.unwrap()
}

const PATHS: [&str; 4] =
    ["/api/v2/spaces?limit=1", "/api/v2/pages/1", "/rest/api/user/current", "/rest/api/search?cql=type=page"];

#[tokio::test]
async fn a_classic_token_works_at_the_gateway_and_at_the_site() {
    let holder = Holder::start(TokenKind::Classic).await;
    assert_eq!(holder.read("/rest/api/user/current").await["displayName"], "Ada Lovelace");
    for path in
        ["/api/v2/spaces?limit=2", "/rest/api/search?cql=title=Runbooks", "/api/v2/pages?title=runbooks"]
    {
        let at_site = json_of(holder.at_site(path).await, StatusCode::OK).await;
        assert_eq!(at_site, holder.read(path).await, "{path} is the same at both");
        assert!(!at_site["results"].as_array().unwrap().is_empty());
    }
    let space = holder.sandbox.space_id("acme", "ENG").unwrap();
    let page = json!({ "spaceId": space, "status": "current", "title": "By token", "body": body("Agreed.") });
    let url = format!("{}/wiki/api/v2/pages", holder.sandbox.site_url("acme").unwrap());
    let made = holder.http.post(&url).basic_auth(ADA, Some(&holder.token)).json(&page).send().await.unwrap();
    json_of(made, StatusCode::OK).await;
    let stored = holder.sandbox.pages_titled("By token");
    assert_eq!(
        holder.http.get(&stored[0].url).send().await.unwrap().status(),
        StatusCode::OK,
        "a person opens it"
    );

    json_of(holder.at_site("/rest/api/content/1").await, StatusCode::GONE).await;
    is_html(holder.at_site("/rest/api/nonsense").await, StatusCode::NOT_FOUND).await;
    json_of(holder.get("/rest/api/nonsense").await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_token_with_scopes_does_what_they_allow_at_the_gateway_only() {
    let mut holder = Holder::start(scoped(&TOKEN_SCOPES)).await;
    for path in [
        "/api/v2/spaces",
        "/rest/api/user/current",
        "/rest/api/search?cql=type=page",
        "/api/v2/pages?limit=1",
    ] {
        holder.read(path).await;
        is_html(holder.at_site(path).await, StatusCode::UNAUTHORIZED).await;
    }
    let mismatch = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    let delete = holder.call(Method::DELETE, "/api/v2/pages/1").send().await.unwrap();
    assert_eq!(json_of(delete, StatusCode::UNAUTHORIZED).await, mismatch);

    // Probes: a missing scope is told apart from what cannot succeed anyway.
    let probes: [(&str, Method, &str); 8] = [
        ("read:space:confluence", Method::GET, "/api/v2/spaces/1"),
        ("write:page:confluence", Method::POST, "/api/v2/pages"),
        ("write:comment:confluence", Method::POST, "/api/v2/footer-comments"),
        ("search:confluence", Method::GET, "/rest/api/search?cql="),
        ("read:confluence-user", Method::GET, "/rest/api/user?accountId=1"),
        ("read:page:confluence", Method::GET, "/api/v2/pages/1"),
        ("read:comment:confluence", Method::GET, "/api/v2/footer-comments/1"),
        ("read:content-details:confluence", Method::GET, "/rest/api/search/user?cql="),
    ];
    assert_eq!(probes.each_ref().map(|probe| probe.0), TOKEN_SCOPES);
    for (scope, method, path) in probes {
        holder.token = holder.sandbox.make_token(scoped(&[scope]), None);
        let status = holder.call(method.clone(), path).json(&json!({})).send().await.unwrap().status();
        let refusals = [StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND];
        assert!(refusals.contains(&status), "{scope} is there, {path} cannot succeed: {status}");
        holder.token = holder.sandbox.make_token(scoped(&["delete:page:confluence"]), None);
        let without = holder.call(method, path).json(&json!({})).send().await.unwrap();
        assert_eq!(json_of(without, StatusCode::UNAUTHORIZED).await, mismatch, "{path} without {scope}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_good_makes_a_stranger() {
    let clock = Clock::still("2026-11-12T09:30:00Z".parse::<Timestamp>().unwrap());
    let options = Options { clock, ..Options::default() };
    let mut holder = Holder::start_with(options, TokenKind::Classic).await;
    let revoked = holder.sandbox.make_token(scoped(&TOKEN_SCOPES), None);
    assert!(holder.sandbox.revoke_token(&revoked));
    assert!(!holder.sandbox.revoke_token("ATATT3x"), "there is no such token");
    let now = holder.sandbox.clock().now();
    let expired = holder.sandbox.make_token(TokenKind::Classic, Some(now));
    let graces = holder.sandbox.make_token_of(GRACE, TokenKind::Classic, None).unwrap();
    let good = holder.token.clone();
    for token in [revoked, expired, graces.clone(), good[..191].to_owned(), String::new()] {
        holder.token = token;
        for path in PATHS {
            is_a_strangers(holder.get(path).await, path).await;
            is_a_strangers(holder.at_site(path).await, path).await;
        }
    }
    GRACE.clone_into(&mut holder.email);
    holder.token = graces;
    assert_eq!(holder.read("/rest/api/user/current").await["displayName"], "Grace Hopper");
    "Ada@Example.com".clone_into(&mut holder.email);
    holder.token = good;
    holder.read("/api/v2/spaces").await;
    holder.sandbox.advance(SignedDuration::from_hours(365 * 24));
    is_a_strangers(holder.get(PATHS[0]).await, PATHS[0]).await;
}

#[tokio::test]
async fn without_a_credential_one_is_a_stranger_at_the_site_and_refused_at_the_gateway() {
    let holder = Holder::start(TokenKind::Classic).await;
    for path in PATHS {
        is_a_strangers(holder.stranger(path).send().await.unwrap(), path).await;
        let bearer = holder.sandbox.issue(&sandbox::SCOPES).access;
        let answer = holder.stranger(path).bearer_auth(bearer).send().await.unwrap();
        let page = is_html(answer, StatusCode::UNAUTHORIZED).await;
        assert!(page.contains("HTTP Status 401"), "as Tomcat says it: {page}");
    }
    let unauthorized = json!({ "code": 401, "message": "Unauthorized" });
    for path in ["/me", "/oauth/token/accessible-resources"] {
        let url = format!("{}{path}", holder.sandbox.url());
        let answer = holder.http.get(&url).basic_auth(ADA, Some(&holder.token)).send().await.unwrap();
        assert_eq!(json_of(answer, StatusCode::UNAUTHORIZED).await, unauthorized, "{path} is for logins");
    }
    let url = format!(
        "{}/ex/confluence/{}/wiki/api/v2/spaces",
        holder.sandbox.url(),
        holder.sandbox.organizations()[0].cloud_id
    );
    let answer = holder.http.get(&url).header("authorization", "Basic ???").send().await.unwrap();
    assert_eq!(json_of(answer, StatusCode::UNAUTHORIZED).await, unauthorized);
}

#[tokio::test]
async fn a_guest_without_confluence_is_a_stranger() {
    let mut holder = Holder::start(TokenKind::Classic).await;
    assert!(holder.sandbox.lock_out(ADA, "acme"));
    assert!(!holder.sandbox.lock_out("nobody@example.com", "acme"));
    assert!(!holder.sandbox.lock_out(ADA, "initech"));
    for path in PATHS {
        is_a_strangers(holder.get(path).await, path).await;
        is_a_strangers(holder.at_site(path).await, path).await;
    }
    let other = format!("{}/wiki/api/v2/spaces", holder.sandbox.site_url("globex").unwrap());
    let other = holder.http.get(&other).basic_auth(ADA, Some(&holder.token)).send().await.unwrap();
    json_of(other, StatusCode::OK).await;

    holder.token = holder.sandbox.make_token_of(GRACE, TokenKind::Classic, None).unwrap();
    GRACE.clone_into(&mut holder.email);
    let found = holder.read("/rest/api/search/user?cql=type=user").await;
    assert_eq!(found["totalSize"], 2, "who may not use Confluence is not found either: {found}");
    assert!(holder.sandbox.let_in(ADA, "acme"));
    assert_eq!(holder.read("/rest/api/search/user?cql=type=user").await["totalSize"], 3);
    assert_eq!(holder.sandbox.make_token_of("nobody@example.com", TokenKind::Classic, None), None);
}

#[tokio::test]
async fn an_address_says_which_site_it_is_of() {
    let holder = Holder::start(TokenKind::Classic).await;
    for organization in holder.sandbox.organizations() {
        let url = format!("{}/_edge/tenant_info", holder.sandbox.site_url(&organization.slug).unwrap());
        let told = json_of(holder.http.get(&url).send().await.unwrap(), StatusCode::OK).await;
        assert_eq!(told, json!({ "cloudId": organization.cloud_id }));
    }
    let unknown = format!("{}/site/initech", holder.sandbox.url());
    for path in ["/_edge/tenant_info", "/wiki/api/v2/spaces"] {
        is_html(holder.http.get(&format!("{unknown}{path}")).send().await.unwrap(), StatusCode::NOT_FOUND)
            .await;
    }
    assert_eq!(holder.sandbox.site_url("initech"), None);
}

#[tokio::test]
async fn a_person_makes_a_token_on_a_page_and_sees_it_once() {
    let clock = Clock::still("2026-11-12T09:30:00Z".parse::<Timestamp>().unwrap());
    let mut holder = Holder::start_with(Options { clock, ..Options::default() }, TokenKind::Classic).await;
    assert!(holder.sandbox.log_in_as("Grace Hopper"));
    holder.email = holder.sandbox.email();
    let url = holder.sandbox.token_page();
    let page = is_html(holder.http.get(&url).send().await.unwrap(), StatusCode::OK).await;
    let page = Document::from(page.as_str());
    assert_eq!(page.select("script").length(), 0);
    assert_eq!(page.select("#token").length(), 0, "nothing was made yet");
    let (label, expires) = (page.select("label[for=label]"), page.select("input[name=expires][type=date]"));
    assert_eq!((label.length(), expires.length()), (1, 1));
    assert_eq!(&*expires.attr("max").unwrap(), "2027-11-12", "a year at most");
    let offered: Vec<String> = page
        .select("label > input[name=scope]")
        .nodes()
        .iter()
        .map(|scope| scope.attr("value").unwrap().to_string())
        .collect();
    assert_eq!(offered[..TOKEN_SCOPES.len()], TOKEN_SCOPES);

    let post = async |fields: &[(&str, &str)]| holder.http.post(&url).form(fields).send().await.unwrap();
    let scopes = TOKEN_SCOPES.map(|scope| ("scope", scope));
    let wanted = [("label", "Sally"), ("expires", "2026-11-13"), ("kind", "scoped")];
    let made = is_html(post(&[&wanted[..], &scopes].concat()).await, StatusCode::OK).await;
    let token = Document::from(made.as_str()).select("input#token[readonly]").attr("value").unwrap();
    assert!(token.starts_with("ATATT3x") && token.len() == 192, "as Atlassian's: {token}");
    let later = is_html(holder.http.get(&url).send().await.unwrap(), StatusCode::OK).await;
    assert!(later.contains("Sally") && !later.contains(&*token), "its name stays, its text does not");

    for wrong in [
        [("label", " "), ("expires", "2026-11-13"), ("kind", "classic")],
        [("label", "Sally"), ("expires", "2026-11-12"), ("kind", "classic")],
        [("label", "Sally"), ("expires", "2027-11-13"), ("kind", "classic")],
        [("label", "Sally"), ("expires", "soon"), ("kind", "classic")],
        [("label", "Sally"), ("expires", "2026-11-13"), ("kind", "scoped")],
    ] {
        let again = is_html(post(&wrong).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(again.contains("role=\"alert\"") && !again.contains("ATATT3x"), "{wrong:?}");
    }
    let classic = [("label", "All"), ("expires", "2027-11-12"), ("kind", "classic")];
    let classic = is_html(post(&classic).await, StatusCode::OK).await;
    let classic = Document::from(classic.as_str()).select("#token").attr("value").unwrap();

    let revoke = post(&[("revoke", "0")]).await;
    assert_eq!(revoke.status(), StatusCode::FOUND);
    let adas = holder.stranger(PATHS[0]).basic_auth(ADA, Some(&holder.token)).send().await.unwrap();
    json_of(adas, StatusCode::OK).await;

    holder.token = token.to_string();
    assert_eq!(holder.read("/rest/api/user/current").await["displayName"], "Grace Hopper");
    holder.sandbox.advance(SignedDuration::from_hours(38));
    holder.read(PATHS[0]).await;
    holder.sandbox.advance(SignedDuration::from_hours(1));
    is_a_strangers(holder.get(PATHS[0]).await, PATHS[0]).await;
    holder.token = classic.to_string();
    json_of(holder.at_site(PATHS[0]).await, StatusCode::OK).await;
    holder.http.post(&url).form(&[("revoke", "2")]).send().await.unwrap();
    is_a_strangers(holder.at_site(PATHS[0]).await, PATHS[0]).await;
}

#[tokio::test]
async fn an_organization_can_forbid_tokens() {
    let mut holder = Holder::start(TokenKind::Classic).await;
    let url = holder.sandbox.token_page();
    holder.sandbox.set_quirk(Quirk::NoTokenPage, true);
    is_html(holder.http.get(&url).send().await.unwrap(), StatusCode::NOT_FOUND).await;
    is_html(holder.http.post(&url).form(&[("revoke", "0")]).send().await.unwrap(), StatusCode::NOT_FOUND)
        .await;
    holder.sandbox.set_quirk(Quirk::NoTokenPage, false);

    // Administrators keep out apps, of which a person's own token is none.
    holder.sandbox.set_blocked_by_policy("acme", true);
    let found = holder.get("/rest/api/search?cql=title=Runbooks").await;
    assert!(!found.headers().contains_key("atlassian-datasecuritypolicy"));
    assert_eq!(json_of(found, StatusCode::OK).await["totalSize"], 1);

    assert!(holder.sandbox.set_blocked_by_address("acme", true));
    for path in PATHS {
        for answer in [holder.get(path).await, holder.at_site(path).await] {
            let told = json_of(answer, StatusCode::FORBIDDEN).await;
            assert_eq!(told["code"], 403);
            assert!(told["message"].as_str().unwrap().contains("IP allowlisting"), "{told}");
        }
    }
    holder.sandbox.set_blocked_by_address("acme", false);
    holder.read(PATHS[0]).await;

    holder.sandbox.set_quirk(Quirk::TokensRevoked, true);
    holder.token = holder.sandbox.make_token(TokenKind::Classic, None);
    is_a_strangers(holder.get(PATHS[0]).await, PATHS[0]).await;
}

#[tokio::test]
async fn pages_are_found_by_their_title_at_once() {
    let options = Options { index_lag: std::time::Duration::from_secs(300), ..Options::default() };
    let holder = Holder::start_with(options, scoped(&TOKEN_SCOPES)).await;
    let space = holder.sandbox.space_id("acme", "ENG").unwrap();
    let page =
        json!({ "spaceId": space, "status": "current", "title": "Café & more", "body": body("A < B") });
    let made = holder.call(Method::POST, "/api/v2/pages").json(&page).send().await.unwrap();
    let made = json_of(made, StatusCode::OK).await;

    let titled = async |title: &str, more: &[(&str, &str)]| {
        let query = [&[("space-id", space.as_str()), ("title", title)][..], more].concat();
        let answer = holder.call(Method::GET, "/api/v2/pages").query(&query).send().await.unwrap();
        json_of(answer, StatusCode::OK).await
    };
    let found = titled("CAFÉ & MORE", &[("status", "current,archived"), ("body-format", "storage")]).await;
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let one = &found["results"][0];
    for name in ["id", "status", "title", "spaceId", "parentId", "authorId", "createdAt", "version"] {
        assert_eq!(one[name], made[name], "{name} is as it was told when the page was made");
    }
    assert_eq!(one["body"]["storage"], json!({ "value": "<p>A &lt; B</p>", "representation": "storage" }));
    assert_eq!(one["_links"]["webui"], made["_links"]["webui"]);
    assert_eq!(one["_links"].get("base"), None, "a list tells it once");
    assert_eq!(found["_links"]["base"], made["_links"]["base"]);
    assert!(titled("Café", &[]).await["results"].as_array().unwrap().is_empty(), "the whole title only");
    let archived = titled(ARCHIVED_TITLE, &[]).await;
    assert_eq!(archived["results"][0]["status"], "archived");
    assert_eq!(archived["results"][0]["body"], json!({}), "no body that was not asked for");
    assert!(titled(ARCHIVED_TITLE, &[("status", "current")]).await["results"].as_array().unwrap().is_empty());

    let one = holder
        .read(&format!("/api/v2/pages/{}?body-format=atlas_doc_format", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(one["_links"]["base"], made["_links"]["base"]);
    let document: Value =
        serde_json::from_str(one["body"]["atlas_doc_format"]["value"].as_str().unwrap()).unwrap();
    assert_eq!(document["content"][0]["content"][0]["text"], "A < B");
    assert_eq!(
        refusal(holder.get("/api/v2/pages/1").await, StatusCode::NOT_FOUND).await,
        "Cannot find a page with id [1]"
    );
    for wrong in [
        "/x",
        "?limit=0",
        "?limit=251",
        "?status=draft",
        "?space-id=ENG",
        "?sort=size",
        "?body-format=view",
        "?cursor=x",
    ] {
        refusal(holder.get(&format!("/api/v2/pages{wrong}")).await, StatusCode::BAD_REQUEST).await;
    }
    for other in ["/1?include-labels=true", "/1?version=1", "/1?body-format=view"] {
        json_of(holder.get(&format!("/api/v2/pages{other}")).await, StatusCode::NOT_IMPLEMENTED).await;
    }

    let mut listed = Vec::new();
    let mut next = Some(format!("/api/v2/pages?space-id={space}&sort=-title&limit=3"));
    while let Some(path) = next {
        let list = holder.read(&path).await;
        listed.extend(
            list["results"]
                .as_array()
                .unwrap()
                .iter()
                .map(|page| page["title"].as_str().unwrap().to_lowercase()),
        );
        next = list["_links"]["next"].as_str().map(|path| path.strip_prefix("/wiki").unwrap().to_owned());
    }
    assert_eq!(listed.len(), 9, "home, six of the start, an archived one, and the new one");
    assert!(listed.is_sorted_by(|a, b| a >= b), "{listed:?}");

    let id = made["id"].as_str().unwrap();
    holder.sandbox.set_page_access("acme", id, Access::Hidden);
    assert!(titled("Café & more", &[]).await["results"].as_array().unwrap().is_empty());
    refusal(holder.get(&format!("/api/v2/pages/{id}")).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn a_draft_is_read_only_by_those_who_ask_for_it() {
    let holder = Holder::start(TokenKind::Classic).await;
    let space = holder.sandbox.space_id("acme", "ENG").unwrap();
    let draft = json!({ "spaceId": space, "status": "draft", "title": "Half", "body": body("x") });
    let draft = holder.call(Method::POST, "/api/v2/pages").json(&draft).send().await.unwrap();
    let id = json_of(draft, StatusCode::OK).await["id"].as_str().unwrap().to_owned();
    refusal(holder.get(&format!("/api/v2/pages/{id}")).await, StatusCode::NOT_FOUND).await;
    refusal(holder.get(&format!("/api/v2/pages/{id}/footer-comments")).await, StatusCode::NOT_FOUND).await;
    for asked in ["get-draft=true", "status=draft,current"] {
        assert_eq!(holder.read(&format!("/api/v2/pages/{id}?{asked}")).await["status"], "draft");
    }
    assert!(holder.read("/api/v2/pages?title=Half").await["results"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn comments_of_a_page_come_at_once_and_without_replies() {
    let clock = Clock::still("2026-11-12T09:30:00Z".parse::<Timestamp>().unwrap());
    let options = Options { clock, index_lag: std::time::Duration::from_secs(300), ..Options::default() };
    let holder = Holder::start_with(options, scoped(&TOKEN_SCOPES)).await;
    let page = holder.sandbox.page_id("acme", "ENG", "Decisions log").unwrap();
    let mut ids = Vec::new();
    for text in ["First", "Second", "Third"] {
        ids.push(holder.comment(&page, text).await);
        holder.sandbox.advance(SignedDuration::from_secs(1));
    }
    let reply = json!({ "parentCommentId": ids[0], "body": body("A reply") });
    let reply = holder.call(Method::POST, "/api/v2/footer-comments").json(&reply).send().await.unwrap();
    let reply = json_of(reply, StatusCode::CREATED).await["id"].as_str().unwrap().to_owned();

    let path = format!("/api/v2/pages/{page}/footer-comments?body-format=storage&sort=-created-date&limit=2");
    let first = holder.read(&path).await;
    let newest = &first["results"][0];
    assert_eq!(newest["id"], ids[2]);
    assert_eq!(
        (&newest["status"], &newest["title"], &newest["pageId"]),
        (&json!("current"), &json!("Re: Decisions log"), &json!(page))
    );
    assert_eq!(newest["body"]["storage"]["value"], "<p>Third</p>");
    assert_eq!(newest["version"]["number"], 1);
    assert_eq!(newest["version"]["createdAt"], "2026-11-12T09:30:02.000Z");
    let me = holder.read("/rest/api/user/current").await;
    assert_eq!(newest["version"]["authorId"], me["accountId"]);
    let link = format!(
        "{}{}",
        first["_links"]["base"].as_str().unwrap(),
        newest["_links"]["webui"].as_str().unwrap()
    );
    assert_eq!(link, holder.sandbox.comments()[2].url);
    let next = first["_links"]["next"].as_str().unwrap().strip_prefix("/wiki").unwrap();
    let last = holder.read(next).await;
    assert_eq!(last["results"].as_array().unwrap().len(), 1, "the reply is not among them: {last}");
    assert_eq!(last["results"][0]["id"], ids[0]);
    assert_eq!(last["_links"].get("next"), None);
    let forward = holder.read(&format!("/api/v2/pages/{page}/footer-comments")).await;
    assert_eq!((&forward["results"][0]["id"], &forward["results"][0]["body"]), (&json!(ids[0]), &json!({})));

    let one = holder.read(&format!("/api/v2/footer-comments/{reply}?body-format=storage")).await;
    assert_eq!((&one["parentCommentId"], &one["pageId"]), (&json!(ids[0]), &json!(page)));
    assert_eq!(one["body"]["storage"]["value"], "<p>A reply</p>");
    assert_eq!(one["_links"]["base"], first["_links"]["base"]);
    let missing = refusal(holder.get("/api/v2/footer-comments/1").await, StatusCode::NOT_FOUND).await;
    assert_eq!(missing, "Cannot find a comment with id [1]");
    let missing = refusal(holder.get("/api/v2/pages/1/footer-comments").await, StatusCode::NOT_FOUND).await;
    assert_eq!(missing, "Cannot find a page with id [1]");
    for wrong in ["sort=id", "limit=251", "cursor=x", "status=open", "body-format=view"] {
        let answer = holder.get(&format!("/api/v2/pages/{page}/footer-comments?{wrong}")).await;
        refusal(answer, StatusCode::BAD_REQUEST).await;
    }
    holder.sandbox.set_page_access("acme", &page, Access::Hidden);
    refusal(holder.get(&format!("/api/v2/footer-comments/{reply}")).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn people_are_found_by_the_beginnings_of_their_names() {
    let holder = Holder::start(scoped(&TOKEN_SCOPES)).await;
    let search = async |cql: &str| {
        let query = [("cql", cql), ("limit", "2")];
        holder.call(Method::GET, "/rest/api/search/user").query(&query).send().await.unwrap()
    };
    let found = json_of(search("user.fullname~\"ada\"").await, StatusCode::OK).await;
    let me = holder.read("/rest/api/user/current").await;
    assert_eq!((&found["results"][0]["user"], &found["results"][0]["title"]), (&me, &json!("Ada Lovelace")));
    assert_eq!(
        (&found["start"], &found["limit"], &found["size"], &found["totalSize"]),
        (&json!(0), &json!(2), &json!(1), &json!(1))
    );
    let account = me["accountId"].as_str().unwrap();
    for (cql, names) in [
        ("type = user and user.fullname ~ \"lovel* a*\"".to_owned(), vec!["Ada Lovelace"]),
        ("user.fullname ~ ovelace".to_owned(), vec![]),
        (format!("user.accountid = \"{account}\""), vec!["Ada Lovelace"]),
        ("user.accountid = \"1\"".to_owned(), vec![]),
        ("type = user".to_owned(), vec!["Ada Lovelace", "Grace Hopper"]),
    ] {
        let found = json_of(search(&cql).await, StatusCode::OK).await;
        let titles: Vec<&str> =
            found["results"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
        assert_eq!(titles, names, "{cql}");
    }
    for wrong in [
        "",
        "type = page",
        "title ~ ada",
        "user.fullname ~ \"\"",
        "user.fullname = ada",
        "type = user and",
        "user.fullname ~ \"ada",
        "type = user or type = user",
    ] {
        let message = json_of(search(wrong).await, StatusCode::BAD_REQUEST).await["message"].to_string();
        assert!(message.contains("Could not parse cql"), "{wrong:?}: {message}");
    }
}

#[tokio::test]
async fn a_space_says_what_may_be_done_in_it() {
    let holder = Holder::start(scoped(&TOKEN_SCOPES)).await;
    let space = holder.sandbox.space_id("acme", "ENG").unwrap();
    let can = async |space: &str, operation: &str, target: &str| {
        let told = holder.read(&format!("/api/v2/spaces/{space}/operations")).await;
        let wanted = json!({ "operation": operation, "targetType": target });
        told["operations"].as_array().unwrap().contains(&wanted)
    };
    assert!(can(&space, "create", "page").await && can(&space, "create", "comment").await);
    let archived = holder.sandbox.space_id("acme", "OLD").unwrap();
    assert!(can(&archived, "read", "space").await && !can(&archived, "create", "page").await);
    holder.sandbox.set_space_access("acme", "ENG", Access::ReadOnly);
    assert!(can(&space, "read", "space").await && !can(&space, "create", "page").await);
    holder.sandbox.set_space_access("acme", "ENG", Access::Hidden);
    let missing =
        refusal(holder.get(&format!("/api/v2/spaces/{space}/operations")).await, StatusCode::NOT_FOUND).await;
    assert_eq!(missing, format!("Cannot find a space with id [{space}]"));
}

#[tokio::test]
async fn a_query_means_by_current_user_who_asks() {
    let mut holder = Holder::start(TokenKind::Classic).await;
    GRACE.clone_into(&mut holder.email);
    holder.token = holder.sandbox.make_token_of(GRACE, TokenKind::Classic, None).unwrap();
    let page = holder.sandbox.page_id("acme", "ENG", "Decisions log").unwrap();
    holder.comment(&page, "By Grace").await;
    let path = "/rest/api/search?cql=type%3Dcomment%20and%20creator%3DcurrentUser()";
    assert_eq!(holder.read(path).await["totalSize"], 1);
    ADA.clone_into(&mut holder.email);
    holder.token = holder.sandbox.make_token(TokenKind::Classic, None);
    assert_eq!(holder.read(path).await["totalSize"], 0);
}

#[tokio::test]
async fn the_log_shows_the_paths_and_no_token() {
    let holder = Holder::start(TokenKind::Classic).await;
    holder.at_site("/api/v2/pages?title=Runbooks").await;
    holder.read("/api/v2/spaces?limit=1").await;
    let fields = [("label", "Logged"), ("expires", "2026-11-13"), ("kind", "classic")];
    holder.http.post(&holder.sandbox.token_page()).form(&fields).send().await.unwrap();
    let records = holder.sandbox.requests();
    assert_eq!(
        (records[0].path.as_str(), records[0].query.as_str()),
        ("/site/acme/wiki/api/v2/pages", "title=Runbooks")
    );
    assert_eq!(records[2].body.split(" (").next().unwrap(), "label, expires, kind");
    let log = format!("{records:?}");
    for secret in ["ATATT3x", "Basic", "Logged"] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}

#[tokio::test]
async fn logins_reach_the_new_endpoints_with_their_scopes() {
    let mut caller = Caller::start().await;
    caller.token = caller.sandbox.issue(&["read:page:confluence", "read:comment:confluence"]).access;
    let page = caller.sandbox.page_id("acme", "ENG", "Decisions log").unwrap();
    for path in [format!("/api/v2/pages/{page}"), format!("/api/v2/pages/{page}/footer-comments")] {
        json_of(caller.call(Method::GET, "acme", &path).send().await.unwrap(), StatusCode::OK).await;
    }
    caller.sandbox.set_blocked_by_policy("acme", true);
    let answer = caller.call(Method::GET, "acme", &format!("/api/v2/pages/{page}")).send().await.unwrap();
    assert_eq!(answer.headers()["atlassian-datasecuritypolicy"], "app_access_blocked");
    refusal(answer, StatusCode::NOT_FOUND).await;
}
