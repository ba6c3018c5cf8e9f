//! Which proxy stands between the app and an address, and what it says where it lets nothing through.
//!
//! The environment decides, else the system, which is asked before each request: a laptop that leaves the office needs no
//! restart. An address of this machine never goes through a proxy. Names and passwords are `auth`'s ([`SignIns`]); a proxy gets
//! them only once it has asked. Called by `http`, and by `app` for what the settings show.

mod ask;

use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::header::HeaderValue;
use url::Url;

use super::is_loopback;
use crate::domain::problem::Network;
use ask::Answer;

/// How long the system may think about its proxy. One that reads a script from a network that is gone does not get further.
const SYSTEM_TIMEOUT: Duration = Duration::from_secs(5);

/// What the library says where a proxy answers 407; its type is not public.
const ASKS_WHO: &str = "tunnel error: proxy authorization required";
/// The same where the proxy is not there.
const IS_NOT_THERE: &str = "tunnel error: failed to create underlying connection";
/// The same where it answers anything but yes.
const SAYS_NO: &str = "tunnel error: unsuccessful";
/// The same where a certificate is of nobody whom the system trusts.
const UNTRUSTED: &str = "invalid peer certificate: UnknownIssuer";

/// What the environment says of proxies.
#[derive(Clone, Default)]
pub struct Variables {
    http: String,
    https: String,
    all: String,
    /// Where no proxy is used, whoever names one.
    except: String,
}

impl Variables {
    /// Reads the environment through `lookup`: each variable in capitals, else in small letters.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let either = |name: &str| lookup(name).or_else(|| lookup(&name.to_ascii_lowercase()));
        let read = |name| either(name).unwrap_or_default().trim().to_owned();
        Self {
            http: read("HTTP_PROXY"),
            https: read("HTTPS_PROXY"),
            all: read("ALL_PROXY"),
            except: read("NO_PROXY"),
        }
    }

    fn of(&self, url: &Url) -> &str {
        let own = if url.scheme() == "http" { &self.http } else { &self.https };
        if own.is_empty() { &self.all } else { own }
    }
}

/// Without its values: an address of a proxy may hold a password.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variables").finish_non_exhaustive()
    }
}

/// What the system says of the proxy for an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SystemProxy {
    /// The proxy, such as `http://proxy.example:3128`, or `proxy.example:3128`.
    pub proxy: Option<String>,
    /// Where it is not used, as `NO_PROXY` says it; empty where the system has decided that.
    pub except: String,
    /// Whether the system chooses by a script that nobody here runs.
    pub script: bool,
}

/// The settings of the system.
pub trait SystemProxies: Send + Sync + 'static {
    /// The proxy for an address, as the settings are now. May block.
    fn ask(&self, url: &Url) -> SystemProxy;
}

/// A system without settings for proxies.
pub struct NoSystemProxies;

impl SystemProxies for NoSystemProxies {
    fn ask(&self, _url: &Url) -> SystemProxy {
        SystemProxy::default()
    }
}

/// Names and passwords for proxies, by their host and port, as the header that a proxy is shown.
pub trait SignIns: Send + Sync + 'static {
    /// What the proxy asked for in this run. Asks no keyring.
    fn known(&self, proxy: &str) -> Option<HeaderValue>;
    /// What is kept for the proxy, which asks who asks.
    fn look_up<'a>(&'a self, proxy: &'a str) -> BoxFuture<'a, Option<HeaderValue>>;
    /// The proxy asks, although it was shown this: what is kept is not shown again then. Answers whether anything was refused.
    fn refused(&self, proxy: &str, shown: Option<&HeaderValue>) -> bool;
}

/// Nothing is kept.
pub struct NoSignIns;

impl SignIns for NoSignIns {
    fn known(&self, _proxy: &str) -> Option<HeaderValue> {
        None
    }

    fn look_up<'a>(&'a self, _proxy: &'a str) -> BoxFuture<'a, Option<HeaderValue>> {
        Box::pin(std::future::ready(None))
    }

    fn refused(&self, _proxy: &str, shown: Option<&HeaderValue>) -> bool {
        shown.is_some()
    }
}

/// Who names a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment.
    Environment,
    /// The settings of the system.
    System,
}

/// A proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Its host and port.
    pub name: String,
    /// Who names it.
    pub origin: Origin,
    scheme: String,
    host: String,
    port: u16,
    /// What it is shown. Not printed.
    sign_in: Option<HeaderValue>,
}

impl Proxy {
    /// The proxy that a setting names for an address, unless the address is an exception.
    fn named(setting: &str, except: &str, url: &Url, origin: Origin) -> Option<Self> {
        let uri = url.as_str().parse().ok()?;
        let found = Matcher::builder().all(setting).no(except).build().intercept(&uri)?;
        let scheme = found.uri().scheme_str()?.to_owned();
        let host = found.uri().host()?.to_owned();
        let port = found.uri().port_u16().unwrap_or(match &*scheme {
            "http" => 80,
            "https" => 443,
            _ => 1080,
        });
        let name = format!("{host}:{port}");
        Some(Self { name, origin, scheme, host, port, sign_in: found.basic_auth().cloned() })
    }

    /// As the client takes it.
    pub(super) fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::all(format!("{}://{}", self.scheme, self.name))?;
        Ok(match &self.sign_in {
            Some(sign_in) => proxy.custom_http_auth(sign_in.clone()),
            None => proxy,
        })
    }

    /// The same, shown something else.
    #[must_use]
    pub(super) fn shown(self, sign_in: HeaderValue) -> Self {
        Self { sign_in: Some(sign_in), ..self }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// The way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The proxy in between, if any.
    pub proxy: Option<Proxy>,
    /// Whether the system would choose one by a script that nobody here runs.
    pub script: bool,
}

impl Route {
    const DIRECT: Self = Self { proxy: None, script: false };
}

/// The ways to all addresses. Cheap to clone.
#[derive(Clone)]
pub struct Proxies {
    variables: Arc<Variables>,
    system: Arc<dyn SystemProxies>,
    sign_ins: Arc<dyn SignIns>,
}

impl Proxies {
    /// By these settings.
    pub fn new(variables: Variables, system: Arc<dyn SystemProxies>, sign_ins: Arc<dyn SignIns>) -> Self {
        Self { variables: Arc::new(variables), system, sign_ins }
    }

    /// No proxy at all.
    pub fn none() -> Self {
        Self::new(Variables::default(), Arc::new(NoSystemProxies), Arc::new(NoSignIns))
    }

    /// The way to an address, as the settings are now.
    pub async fn route(&self, url: &Url) -> Route {
        if is_loopback(url) {
            return Route::DIRECT;
        }
        let set = self.variables.of(url);
        let mut route = if set.is_empty() {
            self.system_route(url).await
        } else {
            let proxy = Proxy::named(set, &self.variables.except, url, Origin::Environment);
            Route { proxy, script: false }
        };
        if let Some(proxy) = &mut route.proxy
            && let Some(known) = self.sign_ins.known(&proxy.name)
        {
            proxy.sign_in = Some(known);
        }
        route
    }

    async fn system_route(&self, url: &Url) -> Route {
        let (system, address) = (Arc::clone(&self.system), url.clone());
        let asked = tokio::task::spawn_blocking(move || system.ask(&address));
        let told = match tokio::time::timeout(SYSTEM_TIMEOUT, asked).await {
            Ok(Ok(told)) => told,
            Ok(Err(_)) => SystemProxy::default(),
            Err(_) => {
                tracing::warn!("the system does not say which proxy it uses");
                SystemProxy { script: true, ..SystemProxy::default() }
            }
        };
        let except = format!("{},{}", told.except, self.variables.except);
        let proxy = told.proxy.and_then(|proxy| Proxy::named(&proxy, &except, url, Origin::System));
        Route { proxy, script: told.script }
    }

    /// The same proxy with what is kept for it, if that is something else than what it was shown.
    pub(super) async fn with_kept(&self, proxy: &Proxy) -> Option<Proxy> {
        let kept = self.sign_ins.look_up(&proxy.name).await?;
        (proxy.sign_in.as_ref() != Some(&kept)).then(|| proxy.clone().shown(kept))
    }

    /// Why nothing got through, as far as it is known.
    pub(super) async fn obstacle(
        &self,
        route: &Route,
        url: &Url,
        error: &reqwest::Error,
        limit: Duration,
    ) -> Option<Network> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if says(error, UNTRUSTED) {
            return Some(Network::Untrusted { host });
        }
        let Some(proxy) = &route.proxy else { return route.script.then_some(Network::Script { host }) };
        let name = proxy.name.clone();
        if says(error, ASKS_WHO) {
            // The library drops the answer, which names what the proxy would take.
            let asked = ask::ask(proxy, url, None, limit).await;
            return Some(self.asks_who(proxy, asked.ok().flatten()));
        }
        if says(error, IS_NOT_THERE) {
            return Some(Network::ProxyUnreachable { proxy: name });
        }
        says(error, SAYS_NO).then_some(Network::ProxyRefused { proxy: name, host })
    }

    fn asks_who(&self, proxy: &Proxy, answer: Option<Answer>) -> Network {
        let name = proxy.name.clone();
        let schemes = answer.map(|answer| answer.schemes).unwrap_or_default();
        if !schemes.is_empty() && !schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic")) {
            return Network::ProxySignIn { proxy: name, schemes };
        }
        let refused = self.sign_ins.refused(&name, proxy.sign_in.as_ref());
        Network::ProxyPassword { proxy: name, refused }
    }

    /// Whether a proxy accepts a name and a password, asked for the way to an address. One that is reached by TLS is not asked.
    pub async fn try_sign_in(
        &self,
        proxy: &Proxy,
        url: &Url,
        sign_in: &HeaderValue,
        limit: Duration,
    ) -> Result<(), Network> {
        let name = proxy.name.clone();
        match ask::ask(proxy, url, Some(sign_in), limit).await {
            Ok(Some(answer)) if answer.status == 407 => {
                Err(match self.asks_who(&proxy.clone().shown(sign_in.clone()), Some(answer)) {
                    Network::ProxyPassword { proxy, .. } => Network::ProxyPassword { proxy, refused: true },
                    other => other,
                })
            }
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::info!(%error, "the proxy did not say whether it accepts a password");
                Err(Network::ProxyUnreachable { proxy: name })
            }
        }
    }
}

/// Whether the app speaks with such a proxy.
pub(super) fn unknown_kind(proxy: &Proxy) -> Option<Network> {
    let is_known = matches!(&*proxy.scheme, "http" | "https");
    (!is_known).then(|| Network::ProxyKind { proxy: proxy.name.clone(), kind: proxy.scheme.clone() })
}

fn says(error: &reqwest::Error, words: &str) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.to_string().contains(words) {
            return true;
        }
        source = error.source();
    }
    false
}

#[cfg(test)]
mod tests;
