//! The SDK's transport over the app's HTTP client: one signed request, one response, as JSON or as server-sent events. A
//! stream is read up to the response; other messages of the server are ignored.
//!
//! Does not open the standalone server-to-client stream, since no request may happen without an action of the person; the
//! limits of `http` apply, also to all answers of a connection together. Called by the SDK.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Method, StatusCode};
use rmcp::model::{ClientJsonRpcMessage, JsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpError, StreamableHttpPostResponse,
};
use sse_stream::{Sse, SseStream};

use super::Error;
use crate::auth::Signer;
use crate::clock::Clock;
use crate::domain::problem::McpFault;
use crate::http::{Answer, Fault, Http, Opened};

/// Which session a request belongs to.
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// An error, in the type of the SDK.
type Failure = StreamableHttpError<Error>;

/// Carries the messages of one connection.
#[derive(Clone)]
pub(super) struct HttpTransport {
    pub(super) http: Http,
    pub(super) signer: Signer,
    pub(super) clock: Arc<dyn Clock>,
    /// How many bytes the answers of this connection had so far.
    pub(super) received: Arc<AtomicU64>,
}

impl HttpTransport {
    async fn send(
        &self,
        method: Method,
        body: Option<&ClientJsonRpcMessage>,
        session: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<Opened, Error> {
        let max = self.http.limits().sync;
        // A session may be ended all the same.
        if method == Method::POST && self.received.load(Ordering::Relaxed) > max {
            return Err(Error::TooMuch { max });
        }
        let unreadable =
            |error: &dyn std::error::Error| Error::Unreadable { why: McpFault::Told(error.to_string()) };
        let mut request = self
            .http
            .request(method, self.signer.address().clone())?
            .header(ACCEPT, format!("{JSON}, {EVENTS}"));
        if let Some(session) = session {
            request = request.header(SESSION, session);
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut request = request.build().map_err(|error| unreadable(&error.without_url()))?;
        self.signer.sign(&mut request)?;
        let mut opened = self.http.stream(request).await?;
        let received = Arc::clone(&self.received);
        let count = move |chunk: &Bytes| {
            received.fetch_add(chunk.len() as u64, Ordering::Relaxed);
        };
        opened.chunks = opened.chunks.inspect_ok(count).boxed();
        Ok(opened)
    }

    /// What an answer that is not a success means.
    fn refusal(&self, answer: &Answer, session: bool) -> Failure {
        let error = match answer.status {
            StatusCode::UNAUTHORIZED if says_expired(answer) => Error::TokenExpired,
            StatusCode::UNAUTHORIZED => Error::TokenRefused,
            StatusCode::FORBIDDEN => Error::Disabled,
            StatusCode::TOO_MANY_REQUESTS => {
                Error::RateLimited { until: answer.retry_after(self.clock.now()) }
            }
            // The SDK begins another session, and asks again.
            StatusCode::NOT_FOUND if session => return Failure::SessionExpired,
            StatusCode::SERVICE_UNAVAILABLE if answer.retry_after(self.clock.now()).is_some() => {
                Error::RateLimited { until: answer.retry_after(self.clock.now()) }
            }
            status if status.is_server_error() => Error::Server { status: status.as_u16() },
            status => Error::NotMcp { why: McpFault::Status(status.as_u16()) },
        };
        Failure::Client(error)
    }
}

impl StreamableHttpClient for HttpTransport {
    type Error = Error;

    async fn post_message(
        &self,
        _uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        _auth: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let opened = self
            .send(Method::POST, Some(&message), session.as_deref(), headers)
            .await
            .map_err(Failure::Client)?;
        let new_session =
            opened.headers.get(SESSION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        if !opened.status.is_success() {
            let answer = opened.read().await.map_err(|fault| Failure::Client(fault.into()))?;
            // Some servers say what they think of a request both in the status and in MCP's own words.
            let told = serde_json::from_slice::<ServerJsonRpcMessage>(&answer.body);
            return match (answer.status, told) {
                (StatusCode::BAD_REQUEST, Ok(message @ JsonRpcMessage::Error(_))) => {
                    Ok(StreamableHttpPostResponse::Json(message, new_session))
                }
                _ => Err(self.refusal(&answer, session.is_some())),
            };
        }
        let JsonRpcMessage::Request(question) = message else {
            return Ok(StreamableHttpPostResponse::Accepted);
        };
        let message = match media_type(&opened.headers) {
            Some(EVENTS) => of_events(opened).await?,
            Some(JSON) => {
                let answer = opened.read().await.map_err(|fault| Failure::Client(fault.into()))?;
                parsed(answer.body).await?
            }
            other => {
                let other = other.map(str::to_owned);
                let why = other.map_or(McpFault::NoMediaType, McpFault::MediaType);
                return Err(Failure::Client(Error::NotMcp { why }));
            }
        };
        Ok(StreamableHttpPostResponse::Json(answer_to(&question.id, message)?, new_session))
    }

    async fn delete_session(
        &self,
        _uri: Arc<str>,
        session: Arc<str>,
        _auth: Option<String>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<(), Failure> {
        // Best effort: whatever comes back, the session is over.
        self.send(Method::DELETE, None, Some(&session), headers).await.map(drop).map_err(Failure::Client)
    }

    async fn get_stream(
        &self,
        _uri: Arc<str>,
        _session: Option<Arc<str>>,
        _last_event: Option<String>,
        _auth: Option<String>,
        _headers: HashMap<HeaderName, HeaderValue>,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        Err(Failure::ServerDoesNotSupportSse)
    }
}

/// The answer in a stream of events. A request that goes out alone has a stream to itself, so the first answer in it is
/// the one.
async fn of_events(opened: Opened) -> Result<ServerJsonRpcMessage, Failure> {
    let mut events = SseStream::from_bytes_stream(opened.chunks);
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| match error {
            SseError::Body(source) => match source.downcast::<Fault>() {
                Ok(fault) => Failure::Client((*fault).into()),
                Err(source) => Failure::Sse(SseError::Body(source)),
            },
            other => Failure::Sse(other),
        })?;
        let Some(data) = event.data.filter(|data| !data.trim().is_empty()) else { continue };
        let message = parsed(data.into_bytes()).await?;
        if matches!(message, JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_)) {
            return Ok(message);
        }
    }
    Err(Failure::Client(Error::Unreadable { why: McpFault::NoAnswer }))
}

/// A message, parsed on a thread for it: it may be as long as an answer may be.
async fn parsed(body: Vec<u8>) -> Result<ServerJsonRpcMessage, Failure> {
    match tokio::task::spawn_blocking(move || serde_json::from_slice(&body)).await {
        Ok(parsed) => Ok(parsed?),
        Err(failed) => {
            tracing::error!(error = &failed as &dyn std::error::Error, "an answer could not be parsed");
            Err(Failure::Client(Error::Unreadable { why: McpFault::NoAnswer }))
        }
    }
}

/// The message, if it answers the question. The SDK would pass over any other, and wait for the answer for ever.
fn answer_to(question: &RequestId, message: ServerJsonRpcMessage) -> Result<ServerJsonRpcMessage, Failure> {
    match message {
        // An error need not say what it is about; here there is only one question that it can be.
        JsonRpcMessage::Error(error) => Ok(ServerJsonRpcMessage::error(error.error, Some(question.clone()))),
        JsonRpcMessage::Response(answer) if answer.id.to_string() == question.to_string() => {
            Ok(JsonRpcMessage::Response(answer))
        }
        _ => Err(Failure::Client(Error::Unreadable { why: McpFault::AnotherAnswer })),
    }
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    let said = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(said.split(';').next().unwrap_or_default().trim())
}

/// Whether a refused token was right once. The standard has a phrase for it (RFC 6750); others say so in the body.
fn says_expired(answer: &Answer) -> bool {
    let header = answer.headers.get(WWW_AUTHENTICATE).map(HeaderValue::as_bytes).unwrap_or_default();
    let body = &answer.body[..answer.body.len().min(2_000)];
    [header, body].into_iter().any(|said| String::from_utf8_lossy(said).to_lowercase().contains("expired"))
}
