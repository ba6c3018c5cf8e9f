//! A relay on this machine between the app and Atlassian that drops an answer when it is told to: the request has gone
//! through by then, and the app must find out. It looks like a sandbox to the app. Refuses any other host than the two it
//! was made for, and adds nothing to what it carries.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::http::{Http, below};

/// How the site is named here.
const SITE: &str = "site/trial";

/// Largest request that is carried.
const MOST: usize = 16 << 20;

/// Headers of a request and of an answer that mean something to the other side.
const REQUEST_HEADERS: [&str; 4] = ["authorization", "content-type", "accept", "user-agent"];
const ANSWER_HEADERS: [&str; 4] = ["content-type", "link", "location", "retry-after"];

struct Ends {
    http: Http,
    api: Url,
    site: Url,
    order: Mutex<Order>,
}

/// Which answer is to be dropped.
#[derive(Default)]
struct Order {
    /// The end of the path.
    path: &'static str,
    /// Whether it is still to be done.
    stands: bool,
    /// How often something was posted there since.
    posts: usize,
}

/// A running relay. It ends when it is dropped.
pub(super) struct Relay {
    url: Url,
    ends: Arc<Ends>,
    server: JoinHandle<()>,
}

impl Relay {
    /// Starts it on a port that is free.
    pub(super) async fn start(api: &Url, site: &Url) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
        let ends = Arc::new(Ends {
            http: Http::new(api)?,
            api: api.clone(),
            site: site.clone(),
            order: Mutex::default(),
        });
        let router = Router::new().fallback(carry).with_state(Arc::clone(&ends));
        let server = tokio::spawn(async move {
            // It serves until it is aborted.
            let _never = axum::serve(listener, router).await;
        });
        Ok(Self { url, ends, server })
    }

    /// Where the app finds the gateway.
    pub(super) fn url(&self) -> String {
        self.url.to_string()
    }

    /// Where the app finds the site.
    pub(super) fn site(&self) -> String {
        below(&self.url, SITE).to_string()
    }

    /// Drops the answer of the next POST to such a path.
    pub(super) fn lose(&self, path: &'static str) {
        *self.order() = Order { path, stands: true, posts: 0 };
    }

    /// Whether that was done.
    pub(super) fn has_lost(&self) -> bool {
        !self.order().stands
    }

    /// How often something was posted there since.
    pub(super) fn posts(&self) -> usize {
        self.order().posts
    }

    fn order(&self) -> MutexGuard<'_, Order> {
        self.ends.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn carry(State(ends): State<Arc<Ends>>, request: Request) -> Result<Response<Body>, Infallible> {
    Ok(forward(&ends, request).await.unwrap_or_else(|_| plain(StatusCode::BAD_GATEWAY)))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

async fn forward(ends: &Ends, request: Request) -> Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MOST).await?;
    let path = parts.uri.path();
    let mut url = match path.strip_prefix(&format!("/{SITE}")) {
        Some(rest) => below(&ends.site, rest),
        None => below(&ends.api, path),
    };
    url.set_query(parts.uri.query());
    let is_lost = {
        let mut order = ends.order.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = parts.method == "POST" && path.ends_with(order.path);
        order.posts += usize::from(is_it);
        is_it && std::mem::take(&mut order.stands)
    };
    let mut onward = ends.http.request(parts.method, url).body(body.to_vec());
    for (name, value) in chosen(&parts.headers, &REQUEST_HEADERS) {
        onward = onward.header(name, value);
    }
    let answer = onward.send().await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let bytes = answer.bytes().await?;
    let body = if is_lost { broken() } else { Body::from(bytes) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in chosen(&headers, &ANSWER_HEADERS) {
        response.headers_mut().insert(name, value.clone());
    }
    Ok(response)
}

fn chosen<'a>(
    headers: &'a HeaderMap,
    names: &'static [&'static str],
) -> impl Iterator<Item = (&'static str, &'a axum::http::HeaderValue)> {
    names.iter().filter_map(|name| Some((*name, headers.get(*name)?)))
}

/// A body that never comes: the connection ends instead.
fn broken() -> Body {
    let gone = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Body::from_stream(futures::stream::iter([Err::<Bytes, _>(gone)]))
}
