//! The session against a token endpoint over real HTTP. The endpoint rotates refresh tokens and accepts used ones as long as a
//! test wants, as Atlassian does for ten minutes.

mod login;
mod renewal;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Json, Router};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use url::Url;

use super::keychain::{self, Keychain, MemoryKeychain};
use super::token::Secret;
use super::{EntryLock, Error, LoginStart, Session, Settings, Signed};
use crate::clock::{Clock, ManualClock};
use crate::http::Http;

/// Needs encoding in a form, so that a wrong encoding shows.
const CLIENT_SECRET: &str = "s3cret+/= &é";

/// Something that a request meets instead of an answer.
#[derive(Clone, Copy)]
enum Trouble {
    /// The request is carried out, and its answer lost.
    Lose,
    /// The request is refused with this status and body.
    Refuse(u16, &'static str),
    /// 200 with something that is not a token.
    Garbage,
}

/// The token endpoint.
struct Endpoint {
    books: Mutex<Books>,
    /// Told when a request has arrived.
    arrived: Notify,
    /// A request takes a permit on its way, and gives it back.
    gate: Semaphore,
}

struct Books {
    /// The forms that were posted.
    log: Vec<HashMap<String, String>>,
    troubles: VecDeque<Trouble>,
    /// Refresh tokens that are accepted, used ones included.
    accepted: BTreeSet<String>,
    /// How many pairs were given.
    given: u32,
    gives_refresh: bool,
}

impl Endpoint {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    fn trouble(&self, troubles: &[Trouble]) {
        self.books().troubles.extend(troubles);
    }

    /// The refresh tokens that came, in order.
    fn renewals(&self) -> Vec<String> {
        self.books().log.iter().filter_map(|form| form.get("refresh_token").cloned()).collect()
    }

    fn requests(&self) -> usize {
        self.books().log.len()
    }
}

async fn token(State(endpoint): State<Arc<Endpoint>>, Form(form): Form<HashMap<String, String>>) -> Response {
    endpoint.books().log.push(form.clone());
    endpoint.arrived.notify_one();
    let _passed = endpoint.gate.acquire().await.unwrap();
    let mut books = endpoint.books();
    let trouble = books.troubles.pop_front();
    match trouble {
        Some(Trouble::Refuse(status, body)) => {
            return (StatusCode::from_u16(status).unwrap(), body).into_response();
        }
        Some(Trouble::Garbage) => return "{\"access_token\":\"hidden".into_response(),
        Some(Trouble::Lose) | None => {}
    }
    if form["client_secret"] != CLIENT_SECRET {
        let body = json!({"error": "access_denied", "error_description": "Unauthorized"});
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    if form["grant_type"] == "refresh_token" && !books.accepted.contains(&form["refresh_token"]) {
        let body = json!({"error": "unauthorized_client", "error_description": "refresh_token is invalid"});
        return (StatusCode::FORBIDDEN, Json(body)).into_response();
    }
    books.given += 1;
    let given = books.given;
    let mut pair = json!({
        "access_token": format!("access-{given}"),
        "expires_in": 3600,
        "scope": "offline_access read:me",
        "token_type": "Bearer",
    });
    if books.gives_refresh {
        books.accepted.insert(format!("refresh-{given}"));
        pair["refresh_token"] = format!("refresh-{given}").into();
    }
    if trouble.is_some() {
        let broken = futures::stream::iter([Ok(Bytes::from("{")), Err(std::io::Error::other("lost"))]);
        return ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(broken)).into_response();
    }
    Json(pair).into_response()
}

/// A session with everything around it.
struct Stage {
    endpoint: Arc<Endpoint>,
    server: JoinHandle<()>,
    address: String,
    http: Http,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
    keychain: Arc<dyn Keychain>,
    session: Session,
}

impl Stage {
    async fn new() -> Self {
        Self::with(Arc::new(MemoryKeychain::new()), "sally://oauth/callback").await
    }

    async fn with(keychain: Arc<dyn Keychain>, redirect_uri: &str) -> Self {
        let books = Books {
            log: Vec::new(),
            troubles: VecDeque::new(),
            accepted: BTreeSet::new(),
            given: 0,
            gives_refresh: true,
        };
        let endpoint = Arc::new(Endpoint {
            books: Mutex::new(books),
            arrived: Notify::new(),
            gate: Semaphore::new(1_000),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/oauth/token", post(token)).with_state(Arc::clone(&endpoint));
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let clock = Arc::new(ManualClock::new("2026-11-12T10:00:00Z".parse().unwrap()));
        let folder = tempfile::tempdir().unwrap();
        let http = Http::default();
        let session = session(&address, redirect_uri, &http, &keychain, &clock, &folder);
        Self { endpoint, server, address, http, clock, folder, keychain, session }
    }

    /// Another process with the same keyring, folder and clock.
    fn sibling(&self) -> Session {
        session(
            &self.address,
            "sally://oauth/callback",
            &self.http,
            &self.keychain,
            &self.clock,
            &self.folder,
        )
    }

    /// A stage whose session is connected, with `access-1` and `refresh-1`.
    async fn connected() -> Self {
        let stage = Self::new().await;
        stage.log_in().await;
        stage
    }

    async fn log_in(&self) -> super::Kept {
        let start = self.session.start_login().await.unwrap();
        self.keep(&answer(&start)).await
    }

    /// The browser came back, and it is known who has logged in.
    async fn keep(&self, callback: &str) -> super::Kept {
        let granted = self.session.finish_login(callback).await.unwrap();
        self.session.keep(granted.login, &"ada".into()).await.unwrap()
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Takes the endpoint off the network.
    async fn stop(&mut self) {
        self.server.abort();
        (&mut self.server).await.unwrap_err();
    }

    fn request(&self) -> reqwest::Request {
        let url = Url::parse(&format!("{}/me", self.address)).unwrap();
        self.http.request(Method::GET, url).unwrap().build().unwrap()
    }

    /// What a request is signed with.
    async fn sign(&self) -> Result<String, Error> {
        self.sign_with(&self.session).await.map(|(value, _)| value)
    }

    async fn sign_with(&self, session: &Session) -> Result<(String, Signed), Error> {
        let mut request = self.request();
        let signed = session.sign(&mut request).await?;
        Ok((request.headers()["authorization"].to_str().unwrap().to_owned(), signed))
    }

    /// What the keyring holds.
    fn stored(&self) -> String {
        self.keychain.load().unwrap().map(|secret| secret.expose().to_owned()).unwrap_or_default()
    }
}

fn session(
    address: &str,
    redirect_uri: &str,
    http: &Http,
    keychain: &Arc<dyn Keychain>,
    clock: &Arc<ManualClock>,
    folder: &tempfile::TempDir,
) -> Session {
    let lookup = |name: &str| {
        let value = match name {
            "SALLY_ATLASSIAN_AUTH_URL" | "SALLY_ATLASSIAN_API_URL" => address,
            "SALLY_ATLASSIAN_CLIENT_ID" => "client",
            "SALLY_ATLASSIAN_CLIENT_SECRET" => CLIENT_SECRET,
            "SALLY_ATLASSIAN_REDIRECT_URI" => redirect_uri,
            _ => return None,
        };
        Some(value.to_owned())
    };
    let settings = Settings::read(lookup).unwrap();
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let lock = EntryLock::new(folder.path(), &settings.keychain_entry());
    Session::new(settings, http.clone(), Arc::clone(keychain), clock, lock)
}

/// A parameter of the address that the browser opens.
fn parameter(start: &LoginStart, name: &str) -> Option<String> {
    start.authorize.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// What Atlassian answers to a login that the person accepts.
fn answer(start: &LoginStart) -> String {
    format!("sally://oauth/callback?code=the-code&state={}", parameter(start, "state").unwrap())
}

/// A keyring that lets nobody in.
struct LockedKeychain;

impl Keychain for LockedKeychain {
    fn load(&self) -> Result<Option<Secret>, keychain::Error> {
        Err(keychain::Error::Locked { why: "it is".into() })
    }

    fn save(&self, _: &Secret) -> Result<(), keychain::Error> {
        self.delete()
    }

    fn delete(&self) -> Result<(), keychain::Error> {
        self.load().map(drop)
    }
}
