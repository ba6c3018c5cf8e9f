//! Logins beside the app's own, to see what becomes of their tokens: Atlassian's page is opened twice, once for the trial
//! and once for the app. Refuses any callback but one on this machine, and keeps the tokens in memory.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use sally_core::auth;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;
use uuid::Uuid;

use super::Trial;
use super::checks::Check;
use super::http::{Answer, Credential, Http, Wiki, below, exchange};

/// How long a refresh token that was used is good, and a bit.
const LEEWAY: Duration = Duration::from_secs(11 * 60);

/// How long an access token is good, and a bit.
const HOUR: Duration = Duration::from_secs(61 * 60);

/// Largest request of a browser that is read.
const CALLBACK_MAX: usize = 16 * 1024;

/// The app's registration.
struct Client {
    id: String,
    secret: String,
    redirect: String,
    port: u16,
    auth: Url,
    api: Url,
    http: Http,
}

/// The first login.
pub(super) struct Logins {
    client: Client,
    /// What signs now.
    pub(super) access: String,
    /// What signed first.
    first: String,
    refresh: String,
    since: Instant,
    is_rotated: bool,
}

impl Logins {
    /// Has the person log in, and looks on the way whether the client secret is needed.
    pub(super) async fn begin(trial: &mut Trial, atlassian: &auth::Settings) -> Result<Self> {
        let value = |name: &str| (trial.settings.lookup)(name).filter(|value| !value.is_empty());
        let redirect = atlassian.redirect_uri.clone();
        let url = Url::parse(&redirect)?;
        ensure!(
            url.scheme() == "http",
            "for a trial SALLY_ATLASSIAN_REDIRECT_URI must be on this machine: http://127.0.0.1:PORT/callback"
        );
        let client = Client {
            id: value("SALLY_ATLASSIAN_CLIENT_ID").context("SALLY_ATLASSIAN_CLIENT_ID is not set")?,
            secret: value("SALLY_ATLASSIAN_CLIENT_SECRET")
                .context("SALLY_ATLASSIAN_CLIENT_SECRET is not set")?,
            port: url.port().context("SALLY_ATLASSIAN_REDIRECT_URI has no port")?,
            redirect,
            auth: atlassian.auth_url.clone(),
            api: atlassian.api_url.clone(),
            http: trial.http.clone(),
        };
        let (code, verifier) = client.ask(trial).await?;
        let bare = client.exchange(&code, &verifier, false).await;
        let is_so = bare.status == 401 && bare.sentence() == "Unauthorized";
        trial.notes.judge(Check::Secret, &bare, is_so, &bare.brief());
        let mut tokens =
            if bare.status == 200 { bare } else { client.exchange(&code, &verifier, true).await };
        if tokens.status != 200 {
            trial.settings.hands.say("That try has used up the login. Please accept once more.");
            let (code, verifier) = client.ask(trial).await?;
            tokens = client.exchange(&code, &verifier, true).await;
        }
        let token = |name: &str| tokens.text_at(&format!("/{name}"));
        let access = token("access_token").with_context(|| format!("no token: {}", tokens.brief()))?;
        let refresh = token("refresh_token").context("no refresh token")?;
        trial.notes.hide(&access, "TOKEN");
        trial.notes.hide(&refresh, "TOKEN");
        let first = access.clone();
        Ok(Self { client, access, first, refresh, since: Instant::now(), is_rotated: false })
    }

    /// The sites that the login reaches.
    pub(super) async fn sites(&self, trial: &mut Trial, wiki: &Wiki) {
        let url = below(&self.client.api, "oauth/token/accessible-resources");
        let answer = exchange(self.client.http.request(Method::GET, url).bearer_auth(&self.access)).await;
        let list = answer.json().as_array().cloned().unwrap_or_default();
        for site in &list {
            for (name, placeholder) in [("name", "SITE"), ("url", "SITE"), ("id", "CLOUD")] {
                trial.notes.hide(site[name].as_str().unwrap_or_default(), placeholder);
            }
        }
        let same = list.iter().filter(|site| site["id"] == wiki.id.as_str()).count();
        let seen = format!("{}, {} entries, {same} of the site", answer.brief(), list.len());
        trial.notes.judge(Check::Sites, &answer, same == 1, &seen);
    }

    /// After a second login: whether the first one lives, and whether its old refresh token works once more.
    pub(super) async fn second(&mut self, trial: &mut Trial) {
        let answer = self.client.refresh(&self.refresh).await;
        trial.notes.judge(Check::SecondLogin, &answer, answer.status == 200, &answer.brief());
        let Some(access) = answer.text_at("/access_token") else {
            trial.notes.not_done(Check::RefreshTwice, "the first login has ended");
            return;
        };
        trial.notes.hide(&access, "TOKEN");
        (self.access, self.is_rotated) = (access, true);
        let answer = self.client.refresh(&self.refresh).await;
        trial.notes.judge(Check::RefreshTwice, &answer, answer.status == 200, &answer.brief());
    }

    /// What needs eleven minutes, and an hour.
    pub(super) async fn late(&self, trial: &mut Trial, wiki: &Wiki) {
        let hands = std::sync::Arc::clone(&trial.settings.hands);
        if !trial.settings.wait {
            for check in [Check::RefreshLate, Check::Expired] {
                trial.notes.not_done(check, "needs --wait");
            }
            return;
        }
        if self.is_rotated {
            hands.wait(LEEWAY).await;
            let answer = self.client.refresh(&self.refresh).await;
            trial.notes.judge(Check::RefreshLate, &answer, answer.status == 403, &answer.brief());
        } else {
            trial.notes.not_done(Check::RefreshLate, "the first login has ended");
        }
        hands.wait(HOUR.saturating_sub(self.since.elapsed())).await;
        let old = wiki.with(Credential::Bearer(self.first.clone()));
        let v2 = old.get("api/v2/spaces", &[("limit", "1")]).await;
        let v1 = old.get("rest/api/search", &[("cql", "type=page"), ("limit", "1")]).await;
        let is_so = v2.status == 404 && v2.sentence() == "Not Found" && v1.status == 403;
        trial.notes.judge(Check::Expired, &v2, is_so, &format!("v2: {}; v1: {}", v2.brief(), v1.brief()));
    }
}

impl Client {
    /// Opens Atlassian's page, and waits for the browser to come back. Answers the code, and what belongs to it.
    async fn ask(&self, trial: &Trial) -> Result<(String, String)> {
        let listener =
            TcpListener::bind(("127.0.0.1", self.port)).await.context("the callback's port is taken")?;
        let random = || format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let (state, verifier) = (random(), random());
        let mut address = below(&self.auth, "authorize");
        address
            .query_pairs_mut()
            .append_pair("audience", "api.atlassian.com")
            .append_pair("client_id", &self.id)
            .append_pair("scope", &auth::scopes::names().collect::<Vec<_>>().join(" "))
            .append_pair("redirect_uri", &self.redirect)
            .append_pair("state", &state)
            .append_pair("response_type", "code")
            .append_pair("prompt", "consent")
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)))
            .append_pair("code_challenge_method", "S256");
        trial.settings.hands.open(&address);
        let came = tokio::time::timeout(trial.settings.timeouts.login, called_back(&listener, &state));
        Ok((came.await.context("nobody came back from the browser")??, verifier))
    }

    async fn exchange(&self, code: &str, verifier: &str, with_secret: bool) -> Answer {
        let mut body = json!({
            "grant_type": "authorization_code",
            "client_id": self.id,
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": verifier,
        });
        if with_secret {
            body["client_secret"] = self.secret.as_str().into();
        }
        self.token(&body).await
    }

    async fn refresh(&self, token: &str) -> Answer {
        self.token(&json!({
            "grant_type": "refresh_token",
            "client_id": self.id,
            "client_secret": self.secret,
            "refresh_token": token,
        }))
        .await
    }

    async fn token(&self, body: &Value) -> Answer {
        exchange(self.http.request(Method::POST, below(&self.auth, "oauth/token")).json(body)).await
    }
}

/// The code that the browser brings.
async fn called_back(listener: &TcpListener, state: &str) -> Result<String> {
    loop {
        let (mut stream, _) = listener.accept().await?;
        let mut read = Vec::new();
        while !read.windows(4).any(|end| end == b"\r\n\r\n") && read.len() < CALLBACK_MAX {
            if stream.read_buf(&mut read).await? == 0 {
                break;
            }
        }
        let line = String::from_utf8_lossy(&read);
        let target = line.split(' ').nth(1).unwrap_or_default();
        let Ok(url) = Url::parse(&format!("http://127.0.0.1{target}")) else { continue };
        let text = "You can close this page, and go back to the terminal.";
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        let value = |wanted: &str| {
            url.query_pairs().find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        match (value("state"), value("code"), value("error")) {
            (Some(came), Some(code), None) if came == state => return Ok(code),
            (_, _, Some(error)) => bail!("the login was refused: {error}"),
            _ => {}
        }
    }
}
