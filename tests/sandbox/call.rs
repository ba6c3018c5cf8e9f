//! The types of a whole request and a whole response, used by everything behind the HTTP server. Never rejects a request for
//! its content; the endpoints do.

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Largest request that is read at all, in bytes; what Confluence takes is smaller and checked where it applies.
const MAX_REQUEST_LEN: usize = 64 << 20;

/// Whether a path is one of Confluence's API, at the gateway or at a site's own address.
pub(crate) fn is_api(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).take(5).collect();
    matches!(
        parts.as_slice(),
        ["ex", ..] | ["site", _, "wiki", "rest", ..] | ["site", _, "wiki", "api", "v2"]
    )
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// As sent, without the query.
    pub(crate) path: String,
    /// As sent.
    pub(crate) raw_query: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// Reads a request to its end; fails if the caller breaks off or sends too much.
    pub(crate) async fn read(request: Request) -> Result<Self, axum::Error> {
        let (parts, body) = request.into_parts();
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        Ok(Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: url::form_urlencoded::parse(raw_query.as_bytes()).into_owned().collect(),
            raw_query,
            headers: parts.headers,
            body: axum::body::to_bytes(body, MAX_REQUEST_LEN).await?,
        })
    }

    /// The path's segments, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
        self.path.split('/').filter(|part| !part.is_empty()).map(decode).collect()
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The token of the `Authorization` header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.authorization("bearer")
    }

    /// The e-mail address and the API token of the `Authorization` header.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let pair = String::from_utf8(STANDARD.decode(self.authorization("basic")?).ok()?).ok()?;
        let (email, token) = pair.split_once(':')?;
        Some((email.to_owned(), token.to_owned()))
    }

    fn authorization(&self, wanted: &str) -> Option<&str> {
        let value = self.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, rest) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case(wanted).then_some(rest.trim())
    }

    /// Whether the body is said to be of this media type.
    pub(crate) fn is(&self, media_type: &str) -> bool {
        let said =
            self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(media_type))
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    fn new(status: StatusCode, media_type: &'static str, body: Bytes) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, headers, body }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string().into())
    }

    pub(crate) fn html(status: StatusCode, page: impl Into<String>) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.into().into())
            // Everything on these pages comes from somebody's meeting or from a query.
            .with(
                "content-security-policy",
                "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
            )
            .with("referrer-policy", "no-referrer")
            .with("x-content-type-options", "nosniff")
    }

    pub(crate) fn css(sheet: &'static str) -> Self {
        Self::new(StatusCode::OK, "text/css; charset=utf-8", Bytes::from_static(sheet.as_bytes()))
    }

    /// Sends the browser elsewhere, with GET.
    pub(crate) fn see_other(location: &str) -> Self {
        Self::new(StatusCode::FOUND, "text/plain; charset=utf-8", Bytes::new()).with("location", location)
    }

    /// Sets a header; one that HTTP cannot carry is left out.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    pub(crate) fn into_response(self, body: Body) -> Response<Body> {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
