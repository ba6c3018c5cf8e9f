//! Requests beside those of the core: they carry the person's own credential, in this process only. Refuses any address
//! but Atlassian's and a sandbox's on this machine, redirects, and failing where nobody answers: that is an answer, too.

use std::time::Duration;

use anyhow::Result;
use reqwest::{Method, RequestBuilder, redirect};
use serde_json::Value;
use url::{Host, Url};

/// Longest wait for an answer.
const LIMIT: Duration = Duration::from_secs(60);

/// Longest sentence of Atlassian's that is quoted.
const QUOTE_MAX: usize = 160;

/// A bare client.
#[derive(Clone)]
pub(super) struct Http(
    #[expect(clippy::disallowed_types, reason = "what is asked here is not asked by the product")]
    reqwest::Client,
);

impl Http {
    /// A client for Atlassian, or for a sandbox, which no proxy reaches.
    #[expect(clippy::disallowed_types, reason = "what is asked here is not asked by the product")]
    pub(super) fn new(api: &Url) -> Result<Self> {
        let builder = reqwest::Client::builder().redirect(redirect::Policy::none()).timeout(LIMIT);
        let builder = if is_loopback(api) { builder.no_proxy() } else { builder };
        Ok(Self(builder.build()?))
    }

    /// Starts a request, unsigned.
    pub(super) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.0.request(method, url)
    }
}

/// Who asks.
#[derive(Clone)]
pub(super) enum Credential {
    /// Somebody with an API token.
    Basic { email: String, token: String },
    /// Somebody who has logged in.
    Bearer(String),
    /// Anybody.
    Nobody,
}

impl Credential {
    fn sign(&self, request: RequestBuilder) -> RequestBuilder {
        match self {
            Self::Basic { email, token } => request.basic_auth(email, Some(token)),
            Self::Bearer(token) => request.bearer_auth(token),
            Self::Nobody => request,
        }
    }

    /// The same person, with a credential that was never made.
    pub(super) fn wrong(&self) -> Self {
        let wrong = "ATATT3xFfGF0sallyTrialWrongOnPurpose".to_owned();
        match self {
            Self::Basic { email, .. } => Self::Basic { email: email.clone(), token: wrong },
            Self::Bearer(_) | Self::Nobody => Self::Bearer(wrong),
        }
    }
}

/// One site's Confluence, by the gateway and by its own address.
#[derive(Clone)]
pub(super) struct Wiki {
    http: Http,
    gateway: Url,
    /// The site's own address.
    pub(super) site: Url,
    /// Atlassian's identifier of the site.
    pub(super) id: String,
    /// Who asks.
    pub(super) credential: Credential,
}

impl Wiki {
    /// The site with this identifier, below the gateway.
    pub(super) fn new(http: &Http, api: &Url, site: Url, id: &str, credential: Credential) -> Self {
        let gateway = below(api, &format!("ex/confluence/{id}/wiki"));
        Self { http: http.clone(), gateway, site, id: id.to_owned(), credential }
    }

    /// The same with another credential.
    pub(super) fn with(&self, credential: Credential) -> Self {
        Self { credential, ..self.clone() }
    }

    /// Asks the gateway.
    pub(super) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Answer {
        let request = self.http.request(Method::GET, below(&self.gateway, path)).query(query);
        exchange(self.credential.sign(request)).await
    }

    /// Asks the site's own address.
    pub(super) async fn get_at_site(&self, path: &str) -> Answer {
        let url = below(&self.site, &format!("wiki/{path}"));
        exchange(self.credential.sign(self.http.request(Method::GET, url))).await
    }

    /// Posts to the gateway.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.write(Method::POST, path, body).await
    }

    /// Puts to the gateway.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.write(Method::PUT, path, body).await
    }

    async fn write(&self, method: Method, path: &str, body: &Value) -> Answer {
        let request = self.http.request(method, below(&self.gateway, path)).json(body);
        exchange(self.credential.sign(request)).await
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// 0 where nobody answered.
    pub(super) status: u16,
    /// Whether it is a page of the web.
    pub(super) is_html: bool,
    text: String,
}

impl Answer {
    /// What it holds, if that is JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A text in it, at a pointer.
    pub(super) fn text_at(&self, pointer: &str) -> Option<String> {
        self.json().pointer(pointer)?.as_str().map(str::to_owned)
    }

    /// The entries of a list.
    pub(super) fn results(&self) -> Vec<Value> {
        self.json()["results"].as_array().cloned().unwrap_or_default()
    }

    /// What Atlassian says in words.
    pub(super) fn sentence(&self) -> String {
        let found = ["/errors/0/title", "/message", "/error_description", "/error"]
            .iter()
            .find_map(|pointer| self.text_at(pointer));
        let found = found.unwrap_or_default();
        // v1 puts the name of a class before it.
        found.split_once("Exception: ").map_or(found.as_str(), |(_, said)| said).to_owned()
    }

    /// Whether a scope is missing, which says nothing of what was asked.
    pub(super) fn lacks_scope(&self) -> bool {
        self.status == 401 && self.sentence().contains("scope does not match")
    }

    /// For people: the status, and what is said.
    pub(super) fn brief(&self) -> String {
        let sentence: String = self.sentence().chars().take(QUOTE_MAX).collect();
        match (self.status, sentence.as_str()) {
            (0, _) => format!("no answer ({})", self.text),
            (status, "") if self.is_html => format!("{status}, HTML"),
            (200..300, _) | (_, "") => self.status.to_string(),
            (status, sentence) => format!("{status} “{sentence}”"),
        }
    }
}

/// Sends a request, and reads the answer to its end.
pub(super) async fn exchange(request: RequestBuilder) -> Answer {
    let read = async {
        let answer = request.send().await?;
        let media = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let is_html = media.is_some_and(|media| media.starts_with("text/html"));
        Ok::<_, reqwest::Error>(Answer {
            status: answer.status().as_u16(),
            is_html,
            text: answer.text().await?,
        })
    };
    // The address is left out: its query may hold a title.
    read.await.unwrap_or_else(|error| Answer {
        status: 0,
        is_html: false,
        text: error.without_url().to_string(),
    })
}

/// An address below another one, which ends with a slash or not.
pub(super) fn below(url: &Url, path: &str) -> Url {
    let mut url = url.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path.split('/').filter(|part| !part.is_empty()));
    }
    url
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The site that a person wrote: one of Atlassian's, or one of the sandbox that `api` is. Nothing else gets a token.
pub(crate) fn site_address(text: &str, api: &Url) -> Option<Url> {
    let text = text.trim();
    let is_name = !text.contains(['.', ':', '/']);
    let whole = match text.contains("://") {
        true => text.to_owned(),
        false if is_name => format!("https://{text}.atlassian.net"),
        false => format!("https://{text}"),
    };
    let mut url = Url::parse(&whole).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    if is_loopback(api) {
        let path: Vec<&str> = url.path_segments()?.take_while(|part| *part != "wiki").collect();
        let path = path.join("/");
        url.set_path(&path);
        return (url.origin() == api.origin()).then_some(url);
    }
    url.set_path("");
    let is_label = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let label = url.host_str()?.strip_suffix(".atlassian.net")?;
    let is_site = !label.is_empty() && label.chars().all(is_label) && url.scheme() == "https";
    (is_site && url.port().is_none() && url.username().is_empty()).then_some(url)
}
