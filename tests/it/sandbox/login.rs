//! The login: consent, codes, tokens and their rotation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use reqwest::{Response, StatusCode};
use sandbox::{Options, Quirk, SCOPES, Sandbox, browser};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{Http, json_of};

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123";

struct Login {
    sandbox: Sandbox,
    http: Http,
}

impl Login {
    async fn start() -> Self {
        Self { sandbox: Sandbox::start(Options::default()).await.unwrap(), http: Http::new() }
    }

    fn authorize_url(&self, change: impl Fn(&mut Vec<(&'static str, String)>)) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut query = vec![
            ("audience", "api.atlassian.com".to_owned()),
            ("client_id", self.sandbox.client_id()),
            ("scope", SCOPES.join(" ")),
            ("redirect_uri", "sally://oauth/callback".to_owned()),
            ("state", "st&te=1".to_owned()),
            ("response_type", "code".to_owned()),
            ("prompt", "consent".to_owned()),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256".to_owned()),
        ];
        change(&mut query);
        Url::parse_with_params(&format!("{}/authorize", self.sandbox.url()), query).unwrap().to_string()
    }

    async fn code(&self) -> String {
        let back = browser::accept(&self.authorize_url(|_| ())).await.unwrap();
        parameter(&back, "code").unwrap()
    }

    async fn token(&self, fields: Value) -> Response {
        let mut body =
            json!({ "client_id": self.sandbox.client_id(), "client_secret": self.sandbox.client_secret() });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.http.post(&format!("{}/oauth/token", self.sandbox.url())).json(&body).send().await.unwrap()
    }

    async fn redeem(&self, code: &str) -> Response {
        self.token(json!({
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "sally://oauth/callback",
            "code_verifier": VERIFIER,
        }))
        .await
    }

    async fn refresh(&self, token: &str) -> Response {
        self.token(json!({ "grant_type": "refresh_token", "refresh_token": token })).await
    }

    async fn resources(&self, token: &str) -> Response {
        let url = format!("{}/oauth/token/accessible-resources", self.sandbox.url());
        self.http.get(&url).bearer_auth(token).send().await.unwrap()
    }
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_person_who_accepts_is_connected() {
    let login = Login::start().await;
    let back = browser::accept(&login.authorize_url(|_| ())).await.unwrap();
    assert!(back.starts_with("sally://oauth/callback?"), "the browser must return to the app: {back}");
    assert_eq!(parameter(&back, "state").unwrap(), "st&te=1", "the state comes back unchanged");

    let tokens = json_of(login.redeem(&parameter(&back, "code").unwrap()).await, StatusCode::OK).await;
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(text(&tokens, "scope"), SCOPES.join(" "));
    let access = text(&tokens, "access_token");
    assert!(access.starts_with("sandbox-access-"), "leak tests look for this beginning");

    let resources = json_of(login.resources(&access).await, StatusCode::OK).await;
    let names: Vec<&str> =
        resources.as_array().unwrap().iter().map(|site| site["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Acme", "Globex Worldwide"]);
    let me =
        login.http.get(&format!("{}/me", login.sandbox.url())).bearer_auth(&access).send().await.unwrap();
    assert_eq!(json_of(me, StatusCode::OK).await["name"], "Ada Lovelace");
}

#[tokio::test]
async fn a_person_who_cancels_is_not() {
    let login = Login::start().await;
    let back = browser::cancel(&login.authorize_url(|_| ())).await.unwrap();
    assert_eq!(parameter(&back, "error").unwrap(), "access_denied");
    assert_eq!(
        parameter(&back, "state").unwrap(),
        "st&te=1",
        "the app must be able to tell which login it was"
    );
    assert_eq!(parameter(&back, "code"), None);
}

#[tokio::test]
async fn a_request_that_is_not_right_never_returns_to_the_app() {
    let login = Login::start().await;
    let set = |name: &'static str, value: &'static str| {
        login.authorize_url(move |query| {
            query.retain(|(key, _)| *key != name);
            if !value.is_empty() {
                query.push((name, value.to_owned()));
            }
        })
    };
    for (name, value) in [
        ("audience", ""),
        ("client_id", "somebody-else"),
        ("redirect_uri", "sally://oauth/callback/"),
        ("redirect_uri", "https://evil.example/callback"),
        ("response_type", "token"),
        ("prompt", ""),
        ("state", ""),
        ("scope", ""),
        ("scope", "read:page:confluence"),
        ("code_challenge_method", "plain"),
    ] {
        let outcome = browser::accept(&set(name, value)).await;
        assert!(
            matches!(outcome, Err(browser::BrowserError::Refused { .. })),
            "{name}={value:?} must end on an error page, not {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_code_works_once_and_only_for_its_own_login() {
    let login = Login::start().await;
    let code = login.code().await;
    json_of(login.redeem(&code).await, StatusCode::OK).await;
    let again = json_of(login.redeem(&code).await, StatusCode::FORBIDDEN).await;
    assert_eq!(again["error"], "invalid_grant", "a code is single-use");

    for (name, value) in [("redirect_uri", "sally://oauth/other"), ("code_verifier", "another-verifier")] {
        let mut fields = json!({
            "grant_type": "authorization_code",
            "code": login.code().await,
            "redirect_uri": "sally://oauth/callback",
        });
        fields[name] = value.into();
        let refused = json_of(login.token(fields).await, StatusCode::FORBIDDEN).await;
        assert_eq!(refused["error"], "invalid_grant", "a code is bound to its {name}");
    }

    let late = login.code().await;
    login.sandbox.advance(SignedDuration::from_mins(6));
    json_of(login.redeem(&late).await, StatusCode::FORBIDDEN).await;
}

#[tokio::test]
async fn a_client_without_its_secret_is_refused_as_a_client() {
    let login = Login::start().await;
    let code = login.code().await;
    for secret in ["", "wrong"] {
        let fields = json!({ "grant_type": "authorization_code", "code": code, "client_secret": secret });
        let refused = json_of(login.token(fields).await, StatusCode::UNAUTHORIZED).await;
        assert_eq!(refused, json!({ "error": "access_denied", "error_description": "Unauthorized" }));
    }
    json_of(login.redeem(&code).await, StatusCode::OK).await;
}

#[tokio::test]
async fn the_token_endpoint_takes_forms_too() {
    let login = Login::start().await;
    let (id, secret, code) = (login.sandbox.client_id(), login.sandbox.client_secret(), login.code().await);
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &id),
        ("client_secret", &secret),
        ("code", &code),
        ("redirect_uri", "sally://oauth/callback"),
    ];
    let url = format!("{}/oauth/token", login.sandbox.url());
    json_of(login.http.post(&url).form(&fields).send().await.unwrap(), StatusCode::OK).await;
}

#[tokio::test]
async fn refresh_tokens_rotate_with_ten_minutes_of_leeway() {
    let login = Login::start().await;
    let first = json_of(login.redeem(&login.code().await).await, StatusCode::OK).await;
    let old = text(&first, "refresh_token");
    let second = json_of(login.refresh(&old).await, StatusCode::OK).await;
    assert_ne!(text(&second, "refresh_token"), old, "every refresh answers a new refresh token");

    login.sandbox.advance(SignedDuration::from_mins(9));
    json_of(login.refresh(&old).await, StatusCode::OK).await;
    login.sandbox.advance(SignedDuration::from_mins(2));
    let rotated_out = json_of(login.refresh(&old).await, StatusCode::FORBIDDEN).await;
    assert_eq!(rotated_out["error"], "unauthorized_client", "eleven minutes after the rotation it is over");
    assert_eq!(rotated_out["error_description"], "refresh_token is invalid");

    login.sandbox.revoke();
    let revoked = json_of(login.refresh(&text(&second, "refresh_token")).await, StatusCode::FORBIDDEN).await;
    assert_eq!(revoked["error"], "invalid_grant");
    assert_eq!(revoked["error_description"], "Unknown or invalid refresh token.");
}

#[tokio::test]
async fn access_tokens_last_an_hour_and_refresh_tokens_ninety_days() {
    let login = Login::start().await;
    let tokens = json_of(login.redeem(&login.code().await).await, StatusCode::OK).await;
    let access = text(&tokens, "access_token");
    login.sandbox.advance(SignedDuration::from_mins(59));
    json_of(login.resources(&access).await, StatusCode::OK).await;
    login.sandbox.advance(SignedDuration::from_mins(1));
    json_of(login.resources(&access).await, StatusCode::UNAUTHORIZED).await;
    login.sandbox.advance(SignedDuration::from_hours(90 * 24));
    let refused = json_of(login.refresh(&text(&tokens, "refresh_token")).await, StatusCode::FORBIDDEN).await;
    assert_eq!(refused["error"], "invalid_grant");
}

#[tokio::test]
async fn consent_can_grant_less_than_was_asked() {
    let login = Login::start().await;
    login.sandbox.grant_only(Some(&["read:me", "search:confluence"]));
    let tokens = json_of(login.redeem(&login.code().await).await, StatusCode::OK).await;
    assert_eq!(text(&tokens, "scope"), "read:me search:confluence");
    assert_eq!(tokens.get("refresh_token"), None, "without offline_access there is nothing to refresh with");
}

#[tokio::test]
async fn the_list_of_sites_has_the_known_oddities() {
    let login = Login::start().await;
    let token = login.sandbox.issue(&SCOPES).access;
    let count = |list: &Value| list.as_array().unwrap().len();

    login.sandbox.set_quirk(Quirk::DuplicateSites, true);
    login.sandbox.set_quirk(Quirk::OtherSite, true);
    let list = json_of(login.resources(&token).await, StatusCode::OK).await;
    assert_eq!(count(&list), 5, "two sites twice, and one without Confluence");
    assert_eq!(list[0]["id"], list[1]["id"]);
    assert_ne!(list[0]["scopes"], list[1]["scopes"]);

    login.sandbox.set_quirk(Quirk::OtherSite, false);
    login.sandbox.set_quirk(Quirk::NoSites, true);
    assert_eq!(count(&json_of(login.resources(&token).await, StatusCode::OK).await), 0);
    browser::accept(&login.authorize_url(|_| ())).await.unwrap();
}

#[tokio::test]
async fn the_log_of_requests_holds_no_secret() {
    let login = Login::start().await;
    let tokens = json_of(login.redeem(&login.code().await).await, StatusCode::OK).await;
    json_of(login.resources(&text(&tokens, "access_token")).await, StatusCode::OK).await;
    let log = format!("{:?}", login.sandbox.requests());
    for secret in ["sandbox-access-", "sandbox-refresh-", "sandbox-code-", "sandbox-secret-", VERIFIER] {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
    assert_eq!(login.sandbox.count("POST", "/oauth/token"), 1);
}
