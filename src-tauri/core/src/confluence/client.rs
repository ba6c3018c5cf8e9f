//! Builds, signs and sends a request, and maps error responses to [`Error`].

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::{Error, wire};
use crate::auth::{self, Access, LoginId, Refusal, Remedy, Session, Signature};
use crate::clock::Clock;
use crate::domain::id::OrganizationId;
use crate::domain::site::Need;
use crate::http::{Answer, Http};

/// Set by Confluence when an administrator's data policy keeps apps out.
const POLICY_HEADER: &str = "Atlassian-DataSecurityPolicy";

/// Where Confluence says who asks.
pub(super) const CURRENT_USER: [&str; 4] = ["rest", "api", "user", "current"];

/// Confluence, as the connected account sees it. Cheap to clone.
#[derive(Clone)]
pub struct Confluence {
    pub(super) http: Http,
    pub(super) access: Access,
    pub(super) api: Url,
    /// Where Confluence is, if it is one site; ends with a slash.
    pub(super) wiki: Option<Url>,
    /// What the token that signs was found to be able to do: nothing while it is tried, and for a login.
    pub(super) able: Arc<[Need]>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Confluence {
    /// Talks to the gateway at `api`, signing with `session`.
    pub fn new(http: Http, session: Session, api: Url, clock: Arc<dyn Clock>) -> Self {
        let access = Access::Login(session);
        Self { http, access, api, wiki: None, able: Arc::default(), clock }
    }

    /// The same, in the name of one login only.
    #[must_use]
    pub fn of(&self, login: LoginId) -> Self {
        Self { access: self.access.of(login), ..self.clone() }
    }

    /// An address at the gateway's root.
    pub(super) fn gateway(&self, path: &[&str]) -> Url {
        below(&self.api, path)
    }

    /// An address of an organization's Confluence.
    pub(super) fn wiki(&self, organization: &OrganizationId, path: &[&str]) -> Url {
        match &self.wiki {
            Some(wiki) => below(wiki, path),
            None => below(&self.gateway(&["ex", "confluence", organization.as_str(), "wiki"]), path),
        }
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Error> {
        self.exchange(Method::GET, url, None::<&()>).await.map(|(answer, _)| answer)
    }

    /// The same with the time by the server's clock, where it says so.
    pub(super) async fn get_dated<T: DeserializeOwned>(
        &self,
        url: Url,
    ) -> Result<(T, Option<Timestamp>), Error> {
        self.exchange(Method::GET, url, None::<&()>).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        url: Url,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.exchange(Method::POST, url, Some(body)).await.map(|(answer, _)| answer)
    }

    async fn exchange<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<&impl Serialize>,
    ) -> Result<(T, Option<Timestamp>), Error> {
        let (mut answer, signed) = self.send(&method, &url, body).await?;
        // An expired token is not always a 401: v2 answers a 404 without a name, v1 a 403. Nothing was carried
        // out then, so the same request may be sent again, once, if there is a fresher token.
        if let Some(refusal) = rejected_token(&answer).or_else(|| self.doubtful(&answer)) {
            match self.access.after_refusal(signed, refusal).await? {
                Remedy::Repeat => (answer, _) = self.send(&method, &url, body).await?,
                Remedy::Ask if self.is_stranger(&url).await? => return Err(self.access.refused().into()),
                Remedy::Ask | Remedy::Accept => {}
            }
        }
        if answer.status.is_success() {
            return Ok((answer.json().map_err(Error::Unreadable)?, answer.date()));
        }
        Err(self.refusal(&answer))
    }

    /// Where a site is open to everybody, what is not there for a visitor may mean a token that is not known any more.
    fn doubtful(&self, answer: &Answer) -> Option<Refusal> {
        (!self.able.is_empty() && answer.status == StatusCode::NOT_FOUND).then_some(Refusal::Unclear)
    }

    /// Whether Confluence does not know the signing account; `refused` is the refused address. Failing to find out is
    /// a transient error: the refused request was not carried out.
    async fn is_stranger(&self, refused: &Url) -> Result<bool, Error> {
        let Some(wiki) = &self.wiki else { return Ok(true) };
        let url = below(wiki, &CURRENT_USER);
        if url == *refused {
            return Ok(true);
        }
        let (answer, _) = self.send(&Method::GET, &url, None::<&()>).await.map_err(|error| match error {
            Error::Auth(error) => Error::Auth(error),
            _ => Error::Auth(auth::Error::Interrupted),
        })?;
        if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Error::Auth(auth::Error::Server { status: answer.status.as_u16(), until: None }));
        }
        let user = answer.status.is_success().then(|| answer.json::<wire::User>().ok()?.person());
        // Where a site is open to everybody, it answers about nobody.
        let is_refused = matches!(rejected_token(&answer), Some(Refusal::Token | Refusal::Stranger));
        Ok(is_refused || user.is_some_and(|person| person.is_none()))
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&impl Serialize>,
    ) -> Result<(Answer, Signature), Error> {
        let mut request = self.http.request(method.clone(), url.clone())?;
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut request = request.build().map_err(|error| Error::Unreachable {
            host: url.host_str().unwrap_or_default().to_owned(),
            source: error.without_url(),
        })?;
        let signed = self.access.sign(&mut request).await?;
        let answer = self.http.execute(request).await?;
        if is_foreign(&answer) {
            return Err(Error::Foreign { host: url.host_str().unwrap_or_default().to_owned() });
        }
        Ok((answer, signed))
    }

    pub(super) fn refusal(&self, answer: &Answer) -> Error {
        if answer.headers.get(POLICY_HEADER).is_some_and(|value| value.as_bytes() == b"app_access_blocked") {
            return Error::Blocked;
        }
        match answer.status {
            StatusCode::TOO_MANY_REQUESTS => {
                Error::RateLimited { until: answer.retry_after(self.clock.now()) }
            }
            StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge,
            StatusCode::UNAUTHORIZED => Error::ScopeMissing,
            StatusCode::FORBIDDEN if wire::says_network_refused(&answer.body) => Error::NetworkRefused,
            StatusCode::FORBIDDEN if wire::says_stranger(&answer.body) => Error::NotAdmitted,
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Error::Denied,
            status if status.is_server_error() => Error::Server { status: status.as_u16() },
            status => {
                let reason = wire::reason(&answer.body).unwrap_or_else(|| format!("HTTP status {status}"));
                if wire::says_title_exists(&reason) {
                    Error::TitleExists
                } else if status == StatusCode::BAD_REQUEST && wire::says_unconvertible(&reason) {
                    Error::Unconvertible
                } else {
                    Error::Refused { reason }
                }
            }
        }
    }
}

/// An address below another one.
pub(super) fn below(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path);
    }
    url
}

/// Whether somebody answered in Confluence's place, such as the sign-in page of a hotel or the filter of a company: its API
/// leads nowhere else, and answers with a page only where it refuses a token or fails.
fn is_foreign(answer: &Answer) -> bool {
    let is_page = || {
        let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.trim_start().to_ascii_lowercase().starts_with("text/html")
    };
    match answer.status {
        StatusCode::NETWORK_AUTHENTICATION_REQUIRED | StatusCode::PROXY_AUTHENTICATION_REQUIRED => true,
        status if status.is_redirection() => true,
        status => (status.is_success() || status == StatusCode::FORBIDDEN) && is_page(),
    }
}

/// How an answer may mean that the token is not accepted (any more).
fn rejected_token(answer: &Answer) -> Option<Refusal> {
    match answer.status {
        StatusCode::UNAUTHORIZED if !wire::says_scope_missing(&answer.body) => Some(Refusal::Token),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND if wire::says_stranger(&answer.body) => {
            Some(Refusal::Stranger)
        }
        StatusCode::FORBIDDEN if !wire::says_network_refused(&answer.body) => Some(Refusal::Unclear),
        _ => None,
    }
}
