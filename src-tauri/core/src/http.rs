//! The only HTTP client of the app: limits, user agent, and the classification of failures by whether the request may have
//! been sent, which decides whether it may be repeated.
//!
//! No redirects (they would carry a request to another host), no cookies, no retries, and no body larger than
//! [`Limits::body`] bytes. Called by `auth`, `confluence` and `sources`; `reqwest::Client` is used here only.
#![expect(clippy::disallowed_types, reason = "the one owner of the clients")]

pub mod proxy;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, Method, Request, RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use url::{Host, Url};

use crate::domain::problem::Network;
use proxy::{Proxies, Proxy, Route};

/// As Atlassian's logs see the app.
const USER_AGENT: &str = concat!("Sally-Desktop/", env!("CARGO_PKG_VERSION"));

/// Longest `Retry-After` that is honoured. Atlassian's quotas are counted by the hour, so no
/// honest answer is longer, and a wrong one cannot hold the outbox all day.
pub const MAX_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(1);

/// Timeouts and sizes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Timeout of DNS, TCP and TLS together.
    pub connect: Duration,
    /// Timeout without a byte of the response.
    pub read: Duration,
    /// Timeout of the whole exchange.
    pub total: Duration,
    /// Largest body of a response, in bytes.
    pub body: usize,
    /// Most bytes of all responses of a server of meetings in one sync.
    pub sync: u64,
}

impl Limits {
    /// The limits of the app.
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
        // Some thousand meetings with their transcripts. A server that sends without end must not fill the disk; one
        // with more meetings is asked for the rest in the next sync.
        sync: 512 * 1024 * 1024,
    };
}

/// The client. Cheap to clone, and cheap to have: certificates are read when the first request is made.
#[derive(Clone)]
pub struct Http(Arc<Clients>);

struct Clients {
    direct: OnceLock<Client>,
    /// The last one that goes through a proxy. Its connections end with it: they lead through that proxy.
    proxied: Mutex<Option<(Proxy, Client)>>,
    proxies: Proxies,
    limits: Limits,
}

impl Default for Http {
    fn default() -> Self {
        Self::new(Limits::STANDARD, Proxies::none())
    }
}

impl Http {
    /// A client with limits of the caller's own, which goes through proxies.
    pub fn new(limits: Limits, proxies: Proxies) -> Self {
        let clients = Clients { direct: OnceLock::new(), proxied: Mutex::default(), proxies, limits };
        Self(Arc::new(clients))
    }

    /// The same without any proxy.
    pub fn with_limits(limits: Limits) -> Self {
        Self::new(limits, Proxies::none())
    }

    /// Which proxies it goes through.
    pub fn proxies(&self) -> &Proxies {
        &self.0.proxies
    }

    /// Timeouts and sizes.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Starts a request. [`Http::execute`] sends it.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Fault> {
        let host = url.host_str().unwrap_or_default().to_owned();
        // Whose client a request is made by is of no matter to how it is sent.
        Ok(self.direct(&host)?.request(method, url))
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
        let url = request.url().clone();
        let mut route = self.0.proxies.route(&url).await;
        let again = route.proxy.is_some().then(|| request.try_clone()).flatten();
        let mut sent = self.send(request, &url, &route, host).await;
        // Nothing was sent, so the same request may go once more with what is kept for this proxy.
        if sent.as_ref().is_err_and(Fault::asks_for_password)
            && let (Some(again), Some(proxy)) = (again, &route.proxy)
            && let Some(signed_in) = self.0.proxies.with_kept(proxy).await
        {
            route.proxy = Some(signed_in);
            sent = self.send(again, &url, &route, host).await;
        }
        let mut response = sent?;
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

    async fn send(&self, request: Request, url: &Url, route: &Route, host: &str) -> Result<Response, Fault> {
        let client = match &route.proxy {
            None => self.direct(host)?.clone(),
            Some(proxy) => self.through(proxy, host)?,
        };
        let error = match client.execute(request).await {
            Ok(response) => return Ok(response),
            // The address is left out: its query may hold what a person searched for.
            Err(error) => error.without_url(),
        };
        let host = host.to_owned();
        if !(error.is_connect() || error.is_builder()) {
            return Err(Fault::Lost { host, source: Loss::Transport(error) });
        }
        match self.0.proxies.obstacle(route, url, &error, self.0.limits.connect).await {
            Some(what) => Err(Fault::Barred { host, what: Box::new(what), source: Some(error) }),
            None => Err(Fault::NotSent { host, source: error }),
        }
    }

    /// The client without a proxy, built where it is asked for the first time. Without certificates to trust there
    /// is none, and nothing can be sent.
    fn direct(&self, host: &str) -> Result<&Client, Fault> {
        let Clients { direct, limits, .. } = &*self.0;
        if let Some(client) = direct.get() {
            return Ok(client);
        }
        let built = builder(*limits).build();
        let built = built.map_err(|source| Fault::NotSent { host: host.to_owned(), source })?;
        Ok(direct.get_or_init(|| built))
    }

    /// The client that goes through a proxy.
    fn through(&self, proxy: &Proxy, host: &str) -> Result<Client, Fault> {
        let host = host.to_owned();
        if let Some(what) = proxy::unknown_kind(proxy) {
            return Err(Fault::Barred { host, what: Box::new(what), source: None });
        }
        let mut proxied = self.0.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((through, client)) = &*proxied
            && through == proxy
        {
            return Ok(client.clone());
        }
        let built = proxy.to_reqwest().and_then(|proxy| builder(self.0.limits).proxy(proxy).build());
        let client = built.map_err(|source| Fault::NotSent { host, source })?;
        *proxied = Some((proxy.clone(), client.clone()));
        Ok(client)
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
        // The library would read the environment once, and use it for this machine's own addresses too.
        .no_proxy()
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
    /// [`MAX_RETRY_AFTER`] after `now`.
    pub fn retry_after(&self, now: Timestamp) -> Option<Timestamp> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let wait = if let Ok(seconds) = text.parse::<u64>() {
            SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
        } else {
            // Measured by the server's own clock where it tells it, because this machine's may be wrong.
            date(text)?.duration_since(self.date().unwrap_or(now))
        };
        now.checked_add(wait.clamp(SignedDuration::ZERO, MAX_RETRY_AFTER)).ok()
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
    /// What stands between this network and the outside let nothing through, so no byte of the request left either.
    #[error("{host} cannot be reached from this network ({what:?}), so nothing was sent")]
    Barred {
        /// The host that was asked for.
        host: String,
        /// What stands there.
        what: Box<Network>,
        /// What the network said.
        source: Option<reqwest::Error>,
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

impl Fault {
    /// Whether a proxy asks for a name and a password, or for others.
    fn asks_for_password(&self) -> bool {
        matches!(self, Self::Barred { what, .. } if matches!(**what, Network::ProxyPassword { .. }))
    }
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
mod tests;
