//! The one way out of the machine: one set of limits, one user agent, and one answer to the question that
//! decides whether something may be sent again: has the request left?
//!
//! Refuses to follow redirects (a redirect would carry a request to a host that nobody chose), to keep
//! cookies, to repeat a request, and to answer more than [`Limits::body`] bytes. `auth`, `confluence` and
//! `sources` call it; nothing else names `reqwest::Client`.
#![expect(clippy::disallowed_types, reason = "the one owner of the clients")]

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Method, Request, RequestBuilder, StatusCode, redirect};
use serde::de::DeserializeOwned;
use url::{Host, Url};

/// As Atlassian's logs see the app.
const USER_AGENT: &str = concat!("Sally-Desktop/", env!("CARGO_PKG_VERSION"));

/// Longest wait that a server's Retry-After is granted. Atlassian's quotas are counted by the hour, so no
/// honest answer is longer, and a wrong one cannot hold the outbox all day.
pub const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For DNS, TCP and TLS together.
    pub connect: Duration,
    /// Without a byte of the answer.
    pub read: Duration,
    /// From the first to the last byte of the exchange.
    pub total: Duration,
    /// Bytes of an answer's body.
    pub body: usize,
}

impl Limits {
    /// What the app uses.
    pub const STANDARD: Self = Self {
        // A server that takes longer is out of reach for a person who waits.
        connect: Duration::from_secs(10),
        // Confluence converts a large page before its first byte comes back; that takes it up to half a
        // minute. The clock of this limit starts with the request, so it covers the upload too.
        read: Duration::from_secs(60),
        // A page of 5 MB, Confluence's own limit, on a line of 1 Mbit/s takes 40 s each way.
        total: Duration::from_secs(120),
        // The largest honest answers, a list of 250 spaces or a meeting with its transcript, stay well
        // below; a wrong or hostile one must not fill the memory.
        body: 16 * 1024 * 1024,
    };
}

/// The client. Cheap to clone, and cheap to have: certificates are read when the first request is made.
#[derive(Clone)]
pub struct Http(Arc<Clients>);

struct Clients {
    outside: OnceLock<Client>,
    loopback: OnceLock<Client>,
    limits: Limits,
}

impl Default for Http {
    fn default() -> Self {
        Self::with_limits(Limits::STANDARD)
    }
}

impl Http {
    /// A client with limits of the caller's own.
    pub fn with_limits(limits: Limits) -> Self {
        Self(Arc::new(Clients { outside: OnceLock::new(), loopback: OnceLock::new(), limits }))
    }

    /// Starts a request. [`Http::execute`] sends it.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Fault> {
        Ok(self.client(&url)?.request(method, url))
    }

    /// Sends a request and reads the whole answer, whatever its status.
    pub async fn execute(&self, request: Request) -> Result<Answer, Fault> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answered = self.exchange(request, &host).await;
        match &answered {
            Ok(answer) => tracing::debug!(%method, host, path, status = answer.status.as_u16(), "answered"),
            Err(fault) => tracing::debug!(%method, host, path, %fault, "not answered"),
        }
        answered
    }

    async fn exchange(&self, request: Request, host: &str) -> Result<Answer, Fault> {
        self.open(request, host).await?.read().await
    }

    /// Sends a request, and hands over the answer's body as it comes in: for answers that are read until they have said
    /// what they were asked for. Dropping it ends the exchange.
    pub async fn stream(&self, request: Request) -> Result<Opened, Fault> {
        let host = request.url().host_str().unwrap_or_default().to_owned();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let opened = self.open(request, &host).await;
        match &opened {
            Ok(opened) => tracing::debug!(%method, host, path, status = opened.status.as_u16(), "answering"),
            Err(fault) => tracing::debug!(%method, host, path, %fault, "not answered"),
        }
        opened
    }

    async fn open(&self, request: Request, host: &str) -> Result<Opened, Fault> {
        let mut response = self.client(request.url())?.execute(request).await.map_err(|error| {
            // The address is left out: its query may hold what a person searched for.
            let error = error.without_url();
            if error.is_connect() || error.is_builder() {
                Fault::NotSent { host: host.to_owned(), source: error }
            } else {
                Fault::Lost { host: host.to_owned(), source: Loss::Transport(error) }
            }
        })?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let (host, limit) = (host.to_owned(), self.0.limits.body);
        let chunks = futures::stream::try_unfold((response, limit), move |(mut response, left)| {
            let host = host.clone();
            async move {
                let lost = |why: Loss| Fault::Lost { host, source: why };
                match response.chunk().await {
                    Err(error) => Err(lost(Loss::Transport(error.without_url()))),
                    Ok(None) => Ok(None),
                    Ok(Some(chunk)) => match left.checked_sub(chunk.len()) {
                        Some(left) => Ok(Some((chunk, (response, left)))),
                        None => Err(lost(Loss::TooLarge { limit })),
                    },
                }
            }
        });
        Ok(Opened { status, headers, chunks: chunks.boxed() })
    }

    /// The client for an address, built where it is asked for the first time. Without certificates to trust there
    /// is none, and nothing can be sent.
    fn client(&self, url: &Url) -> Result<&Client, Fault> {
        let Clients { outside, loopback, limits } = &*self.0;
        // Two clients, because a proxy of the environment is right for the outside, and would send what is
        // meant for this machine (a sandbox) to another one.
        let (client, builder) = if is_loopback(url) {
            (loopback, builder(*limits).no_proxy())
        } else {
            (outside, builder(*limits))
        };
        if let Some(client) = client.get() {
            return Ok(client);
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let built = builder.build().map_err(|source| Fault::NotSent { host, source })?;
        Ok(client.get_or_init(|| built))
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

fn builder(limits: Limits) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(limits.connect)
        .read_timeout(limits.read)
        .timeout(limits.total)
}

/// Whether an address leads to this machine itself.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An answer that is still coming in.
pub struct Opened {
    /// The status, whatever it is.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, piece by piece; at most [`Limits::body`] bytes of it.
    pub chunks: BoxStream<'static, Result<Bytes, Fault>>,
}

impl Opened {
    /// The whole answer.
    pub async fn read(mut self) -> Result<Answer, Fault> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunks.next().await {
            body.extend_from_slice(&chunk?);
        }
        Ok(Answer { status: self.status, headers: self.headers, body })
    }
}

/// What came back.
pub struct Answer {
    /// The status, whatever it is.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }

    /// When the server wants to be asked again: Retry-After, as seconds or as a date, at most
    /// [`LONGEST_RETRY_AFTER`] after `now`.
    pub fn retry_after(&self, now: Timestamp) -> Option<Timestamp> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = if let Ok(seconds) = text.parse::<u64>() {
            SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
        } else {
            // Measured by the server's own clock where it tells it, because this machine's may be wrong.
            date(text)?.duration_since(self.date().unwrap_or(now))
        };
        now.checked_add(wait.clamp(SignedDuration::ZERO, LONGEST_RETRY_AFTER)).ok()
    }

    /// The time by the server's clock, where it says so.
    pub fn date(&self) -> Option<Timestamp> {
        date(self.headers.get(DATE)?.to_str().ok()?)
    }
}

/// A date as HTTP writes it.
fn date(text: &str) -> Option<Timestamp> {
    Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()
}

/// Without the headers and the body: they may hold tokens or what people wrote.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No byte of the request left: DNS, a refused connection, TLS, or a time-out while connecting. It can
    /// be sent again without harm.
    #[error("{host} cannot be reached, so nothing was sent")]
    NotSent {
        /// The host that was asked for.
        host: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// The request may have left, and its answer is not there: it may have been carried out or not.
    #[error("the answer of {host} was lost")]
    Lost {
        /// The host that was asked.
        host: String,
        /// What became of the answer.
        source: Loss,
    },
}

/// How an answer was lost.
#[derive(Debug, thiserror::Error)]
pub enum Loss {
    /// A time-out, a reset, or an answer that is not HTTP.
    #[error("the connection failed before the answer was complete")]
    Transport(#[source] reqwest::Error),
    /// The answer's body is longer than it may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// Bytes.
        limit: usize,
    },
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    fn quick() -> Http {
        let limits = Limits {
            connect: Duration::from_secs(5),
            read: Duration::from_millis(200),
            total: Duration::from_secs(5),
            body: 1024,
        };
        Http::with_limits(limits)
    }

    async fn listen() -> (TcpListener, Url) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url =
            Url::parse(&format!("http://{}/path?query=private", listener.local_addr().unwrap())).unwrap();
        (listener, url)
    }

    async fn read_request(listener: &TcpListener) -> (TcpStream, String) {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        (stream, String::from_utf8(request).unwrap())
    }

    async fn get(http: &Http, url: &Url) -> Result<Answer, Fault> {
        http.execute(http.request(Method::GET, url.clone())?.build().unwrap()).await
    }

    /// One exchange with a server that says `raw`.
    async fn answer(raw: String) -> Result<Answer, Fault> {
        let (listener, url) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = read_request(&listener).await;
            stream.write_all(raw.as_bytes()).await.unwrap();
        });
        let answer = get(&quick(), &url).await;
        server.await.unwrap();
        answer
    }

    fn with_headers(headers: &[(HeaderName, &str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        Answer { status: StatusCode::TOO_MANY_REQUESTS, headers, body: Vec::new() }
    }

    #[tokio::test]
    async fn a_refused_connection_sent_nothing() {
        let (listener, url) = listen().await;
        drop(listener);
        let fault = get(&quick(), &url).await.unwrap_err();
        assert!(matches!(fault, Fault::NotSent { .. }), "nobody listened, so no byte left: {fault:?}");
        assert!(!format!("{fault:?}").contains("private"), "a fault must not carry the query: {fault:?}");
    }

    #[tokio::test]
    async fn a_failed_handshake_sent_nothing() {
        let (listener, url) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"this is not TLS").await.unwrap();
            stream.read_u8().await.unwrap();
        });
        let secure = Url::parse(&url.as_str().replace("http:", "https:")).unwrap();
        let fault = get(&quick(), &secure).await.unwrap_err();
        assert!(matches!(fault, Fault::NotSent { .. }), "the request waits for the handshake: {fault:?}");
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_connection_closed_after_the_request_lost_the_answer() {
        let (listener, url) = listen().await;
        let server = tokio::spawn(async move { drop(read_request(&listener).await) });
        let fault = get(&quick(), &url).await.unwrap_err();
        assert!(matches!(fault, Fault::Lost { .. }), "the server had the whole request: {fault:?}");
        assert!(!format!("{fault:?}").contains("private"), "a fault must not carry the query: {fault:?}");
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_never_answers_lost_the_answer() {
        let (listener, url) = listen().await;
        let server = tokio::spawn(async move { read_request(&listener).await });
        let fault = get(&quick(), &url).await.unwrap_err();
        assert!(matches!(fault, Fault::Lost { .. }), "the server had the whole request: {fault:?}");
        drop(server.await.unwrap());
    }

    #[tokio::test]
    async fn a_truncated_body_lost_the_answer() {
        let fault = answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".into()).await.unwrap_err();
        assert!(matches!(fault, Fault::Lost { .. }), "half an answer is none: {fault:?}");
    }

    #[tokio::test]
    async fn a_body_over_the_limit_lost_the_answer() {
        let whole = |length: usize| {
            answer(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}", "x".repeat(length)))
        };
        let answer = whole(1024).await.unwrap();
        assert_eq!(answer.body.len(), 1024, "exactly the limit is allowed");
        let fault = whole(1025).await.unwrap_err();
        let too_large = matches!(fault, Fault::Lost { source: Loss::TooLarge { limit: 1024 }, .. });
        assert!(too_large, "the request was carried out, only its answer is unusable: {fault:?}");
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer() {
        let answer = answer("HTTP/1.1 302 Found\r\nlocation: /other\r\ncontent-length: 0\r\n\r\n".into());
        assert_eq!(answer.await.unwrap().status, StatusCode::FOUND, "it is for the caller to refuse");
    }

    #[tokio::test]
    async fn a_request_says_who_asks() {
        let (listener, url) = listen().await;
        let server = tokio::spawn(async move {
            let (mut stream, request) = read_request(&listener).await;
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n42").await.unwrap();
            request
        });
        let answer = get(&quick(), &url).await.unwrap();
        assert_eq!(answer.json::<u8>().unwrap(), 42, "the body is read as JSON");
        let request = server.await.unwrap();
        let agent = format!("user-agent: {USER_AGENT}\r\n");
        assert!(request.contains(&agent), "Atlassian asks apps to name themselves: {request}");
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_capped() {
        let now: Timestamp = "2026-11-12T10:00:00Z".parse().unwrap();
        let at = |headers: &[(HeaderName, &str)]| {
            with_headers(headers).retry_after(now).map(|at| at.duration_since(now).as_secs())
        };
        assert_eq!(at(&[(RETRY_AFTER, "30")]), Some(30), "seconds");
        assert_eq!(at(&[(RETRY_AFTER, "Thu, 12 Nov 2026 10:02:00 GMT")]), Some(120), "a date");
        let by_server =
            [(DATE, "Thu, 12 Nov 2026 08:00:00 GMT"), (RETRY_AFTER, "Thu, 12 Nov 2026 08:01:00 GMT")];
        assert_eq!(at(&by_server), Some(60), "a date is meant by the server's clock, not by ours");
        assert_eq!(at(&[(RETRY_AFTER, "Thu, 12 Nov 2026 09:00:00 GMT")]), Some(0), "a date that has passed");
        assert_eq!(
            at(&[(RETRY_AFTER, "18446744073709551615")]),
            Some(3600),
            "no server may stop us for good"
        );
        assert_eq!(at(&[(RETRY_AFTER, "soon")]), None, "nonsense is no moment");
        assert_eq!(at(&[]), None, "no header, no moment");
    }

    #[test]
    fn an_answer_hides_its_content_from_logs() {
        let mut answer = with_headers(&[(RETRY_AFTER, "30")]);
        answer.body = b"secret".to_vec();
        let shown = format!("{answer:?}");
        assert!(!shown.contains("secret"), "a body may hold tokens: {shown}");
        assert!(shown.contains("6 bytes"), "its size helps to see what happened: {shown}");
    }
}
