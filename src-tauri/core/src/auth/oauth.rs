//! The OAuth 2.0 requests, by the crate `oauth2`: the authorization address and the token endpoint. Decides by HTTP statuses
//! and OAuth error codes only, never by prose. Called by `session` and `refresh`.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use serde::Deserialize;
use url::Url;

use super::config::Settings;
use super::error::{EndReason, Error};
use super::token::{Secret, Token};
use super::{callback, scopes};
use crate::http::{Fault, Http};

/// What the token must be good for, in Atlassian's name for it.
const AUDIENCE: &str = "api.atlassian.com";

/// Bytes of randomness in a login's state.
const STATE_BYTES: u32 = 32;

/// Timeout of one request to the token endpoint, which does little work. Three attempts of a renewal stay far
/// within the ten minutes in which Atlassian accepts a used refresh token again.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// Lifetime of an access token where the answer has no `expires_in`: Atlassian's documented one.
const DEFAULT_LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// What must be remembered between opening the browser and its return.
pub(super) struct Pending {
    pub(super) state: Secret,
    verifier: Secret,
}

/// What the token endpoint gave.
pub(super) struct Grant {
    pub(super) access: Token,
    pub(super) refresh: Option<Token>,
    pub(super) lifetime: SignedDuration,
    pub(super) scopes: Option<Vec<String>>,
}

/// Why the token endpoint gave nothing.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// It does not accept the code or the refresh token, and never will.
    #[error("the grant is not accepted: {0}")]
    Grant(String),
    #[error(transparent)]
    Other(Error),
}

/// A new login: the address for the browser, and what to remember.
pub(super) fn authorize(settings: &Settings) -> Result<(Url, Pending), Error> {
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = client(settings)?;
    let (mut address, state) = client
        .authorize_url(|| CsrfToken::new_random_len(STATE_BYTES))
        .add_scopes(scopes::names().map(|name| Scope::new(name.to_owned())))
        .add_extra_param("audience", AUDIENCE)
        .add_extra_param("prompt", "consent")
        // Atlassian does not check it for apps that have a secret; it costs nothing, and helps on the day
        // it does.
        .set_pkce_challenge(challenge)
        .url();
    // The form encoding writes a space as “+”, which Atlassian's documentation never shows; “%20” it does.
    // A plus sign itself is “%2B” here, so nothing else is touched.
    let query = address.query().map(|query| query.replace('+', "%20"));
    address.set_query(query.as_deref());
    let pending =
        Pending { state: Secret::new(state.into_secret()), verifier: Secret::new(verifier.into_secret()) };
    Ok((address, pending))
}

/// Exchanges the code of a finished login.
pub(super) async fn exchange(
    settings: &Settings,
    http: &Http,
    now: Timestamp,
    pending: Pending,
    code: &Secret,
) -> Result<Grant, Error> {
    let sender = Sender { http, now };
    let client = client(settings)?;
    let answer = client
        .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.expose().to_owned()))
        .request_async(&sender)
        .await;
    match answer {
        Ok(answer) => Ok(grant(&answer)),
        Err(error) => Err(match failure(error) {
            Failure::Grant(reason) => Error::LoginRefused { reason },
            Failure::Other(error) => error,
        }),
    }
}

/// Exchanges a refresh token for a new pair.
pub(super) async fn refresh(
    settings: &Settings,
    http: &Http,
    now: Timestamp,
    token: &Token,
) -> Result<Grant, Error> {
    let sender = Sender { http, now };
    let client = client(settings)?;
    let token = RefreshToken::new(token.expose().to_owned());
    match client.exchange_refresh_token(&token).request_async(&sender).await {
        Ok(answer) => Ok(grant(&answer)),
        Err(error) => Err(match failure(error) {
            Failure::Grant(_) => Error::ReconnectNeeded { why: EndReason::Refused },
            Failure::Other(error) => error,
        }),
    }
}

type Client = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

fn client(settings: &Settings) -> Result<Client, Error> {
    let not_configured = || Error::NotConfigured { missing: settings.missing() };
    let (id, secret) = settings.client().ok_or_else(not_configured)?;
    let endpoint = |path: &str| {
        let mut url = settings.auth_url.clone();
        url.set_path(&format!("{}{path}", url.path()));
        url
    };
    // Keeps the text as it is, so that both steps send the same bytes.
    let redirect =
        RedirectUrl::new(settings.redirect_uri.clone()).map_err(|_| callback::Malformed::Address)?;
    Ok(BasicClient::new(ClientId::new(id.to_owned()))
        .set_client_secret(ClientSecret::new(secret.expose().to_owned()))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(endpoint("authorize")))
        .set_token_uri(TokenUrl::from_url(endpoint("oauth/token")))
        .set_redirect_uri(redirect))
}

/// Sends to the token endpoint. A type rather than a closure, because the compiler does not see that the
/// future of a closure that borrows may move between threads.
struct Sender<'a> {
    http: &'a Http,
    now: Timestamp,
}

impl<'c> AsyncHttpClient<'c> for Sender<'_> {
    type Error = Failure;
    type Future = BoxFuture<'c, Result<HttpResponse, Failure>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.send(request).boxed()
    }
}

impl Sender<'_> {
    /// Anything but success ends here, because the crate would forget the status.
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Failure> {
        let mut request =
            reqwest::Request::try_from(request).map_err(|_| Failure::Other(Error::Unreadable))?;
        *request.timeout_mut() = Some(REQUEST_TIMEOUT);
        let answer = self.http.execute(request).await.map_err(|fault| {
            Failure::Other(match fault {
                Fault::NotSent { .. } | Fault::Barred { .. } => Error::Offline { source: fault.into() },
                Fault::Lost { .. } => Error::Unanswered { source: fault.into() },
            })
        })?;
        if !answer.status.is_success() {
            let word = answer.json::<Refusal>().ok().map(|refusal| refusal.error);
            let status = answer.status.as_u16();
            return Err(refused(status, word.as_deref(), answer.retry_after(self.now)));
        }
        let mut response = HttpResponse::new(answer.body);
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

/// OAuth's form of a refusal.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

fn refused(status: u16, word: Option<&str>, until: Option<Timestamp>) -> Failure {
    match (status, word) {
        // Before the words, because a broken gateway may say anything.
        (429 | 500.., _) => Failure::Other(Error::Server { status, until }),
        (401, _) | (_, Some("access_denied" | "invalid_client")) => Failure::Other(Error::ClientRefused),
        (_, Some(word @ ("invalid_grant" | "unauthorized_client"))) => Failure::Grant(callback::reason(word)),
        _ => Failure::Other(Error::Server { status, until }),
    }
}

fn failure<R: oauth2::ErrorResponse>(error: RequestTokenError<Failure, R>) -> Failure {
    match error {
        RequestTokenError::Request(failure) => failure,
        // What the crate could not parse is dropped unseen: it may hold tokens.
        _ => Failure::Other(Error::Unreadable),
    }
}

fn grant(answer: &BasicTokenResponse) -> Grant {
    let lifetime = answer.expires_in().map_or(DEFAULT_LIFETIME, |lifetime| {
        SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX)
    });
    Grant {
        access: Token::new(answer.access_token().secret().clone()),
        refresh: answer.refresh_token().map(|token| Token::new(token.secret().clone())),
        lifetime,
        scopes: answer.scopes().map(|scopes| scopes.iter().map(|scope| scope.as_str().to_owned()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sorted_by_what_can_be_done() {
        let other = |status, word| match refused(status, word, None) {
            Failure::Other(error) => error,
            Failure::Grant(reason) => panic!("{status} {word:?} must not end the connection ({reason})"),
        };
        for (status, word) in [(403, "unauthorized_client"), (403, "invalid_grant"), (400, "invalid_grant")] {
            let failure = refused(status, Some(word), None);
            assert!(matches!(failure, Failure::Grant(_)), "only a new login helps: {status} {word}");
        }
        for (status, word) in [(401, Some("access_denied")), (401, None), (400, Some("invalid_client"))] {
            let error = other(status, word);
            assert!(matches!(error, Error::ClientRefused), "logging in again would loop: {status} {word:?}");
        }
        for (status, word) in
            [(429, None), (500, None), (503, Some("invalid_grant")), (403, None), (404, Some("not_found"))]
        {
            assert!(other(status, word).is_passing(), "nothing is known to be over: {status} {word:?}");
        }
    }
}
