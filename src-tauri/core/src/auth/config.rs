//! The addresses of Atlassian and the registration of the app: from the environment, else from the build, else Atlassian's
//! defaults. Only Atlassian's hosts and loopback addresses (for the sandbox) are accepted, so that no setting can send
//! a login elsewhere.

use std::net::Ipv4Addr;

use url::{Host, Url};

use super::callback;
use super::token::Secret;
use crate::domain::problem::AddressFault;
use crate::http::is_loopback;

const AUTH_URL: &str = "SALLY_ATLASSIAN_AUTH_URL";
const API_URL: &str = "SALLY_ATLASSIAN_API_URL";
const CLIENT_ID: &str = "SALLY_ATLASSIAN_CLIENT_ID";
/// The variable with the secret of the app that is registered with Atlassian.
pub const CLIENT_SECRET: &str = "SALLY_ATLASSIAN_CLIENT_SECRET";
const REDIRECT_URI: &str = "SALLY_ATLASSIAN_REDIRECT_URI";

const ATLASSIAN_AUTH: &str = "https://auth.atlassian.com/";
const ATLASSIAN_API: &str = "https://api.atlassian.com/";

/// Path of a redirect address on this machine.
const LOOPBACK_PATH: &str = "/callback";

/// How the app finds Atlassian.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The authorization server; ends with a slash.
    pub auth_url: Url,
    /// The gateway to the APIs; ends with a slash.
    pub api_url: Url,
    /// Names the app to Atlassian.
    pub client_id: Option<String>,
    /// Proves that it is the app; Atlassian requires it of desktop apps too.
    pub client_secret: Option<Secret>,
    /// Where the browser returns after the login, byte for byte as it is registered with Atlassian.
    pub redirect_uri: String,
    pub(super) redirect: Redirect,
}

/// How the answer to a login comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redirect {
    /// The operating system opens `sally://…`: at once, or from a relay page that forwards to it.
    DeepLink,
    /// The browser asks this port of this machine.
    Loopback {
        /// The port.
        port: u16,
        /// Whether it finds this machine by its name: then it may ask by IPv6 as well.
        by_name: bool,
    },
}

/// Why a setting cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} cannot be used ({why:?})")]
pub struct Refused {
    /// The environment variable.
    pub variable: &'static str,
    /// Why.
    pub why: AddressFault,
}

impl Settings {
    /// Reads the environment through `lookup`.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Refused> {
        Self::layered(lookup, built)
    }

    /// The environment's values go before those of the build. An empty value counts as none.
    fn layered(
        environment: impl Fn(&str) -> Option<String>,
        built: impl Fn(&str) -> Option<&'static str>,
    ) -> Result<Self, Refused> {
        let value = |name: &str| {
            let set = |text: &String| !text.is_empty();
            environment(name).filter(set).or_else(|| built(name).map(str::to_owned).filter(set))
        };
        let redirect_uri = value(REDIRECT_URI).unwrap_or_else(|| callback::ADDRESS.to_owned());
        let auth_url = server(AUTH_URL, value(AUTH_URL).as_deref(), ATLASSIAN_AUTH)?;
        let api_url = server(API_URL, value(API_URL).as_deref(), ATLASSIAN_API)?;
        // Tokens of the one must not go to the other.
        match (auth_url.as_str() == ATLASSIAN_AUTH, api_url.as_str() == ATLASSIAN_API) {
            (true, false) => return Err(Refused { variable: API_URL, why: AddressFault::OnlyOneHere }),
            (false, true) => return Err(Refused { variable: AUTH_URL, why: AddressFault::OnlyOneHere }),
            (true, true) | (false, false) => {}
        }
        Ok(Self {
            auth_url,
            api_url,
            client_id: value(CLIENT_ID),
            client_secret: value(CLIENT_SECRET).map(Secret::new),
            redirect: redirect(&redirect_uri)?,
            redirect_uri,
        })
    }

    /// The host of the authorization server with its port, where it is not Atlassian's own: a sandbox.
    pub fn sandbox(&self) -> Option<String> {
        if self.auth_url.as_str() == ATLASSIAN_AUTH {
            return None;
        }
        let host = self.auth_url.host_str()?;
        Some(self.auth_url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    /// The environment variables without which nobody can log in, and which are not set.
    pub fn missing(&self) -> Vec<&'static str> {
        let id = self.client_id.is_none().then_some(CLIENT_ID);
        let secret = self.client_secret.is_none().then_some(CLIENT_SECRET);
        id.into_iter().chain(secret).collect()
    }

    /// The name of the keyring's entry for the connection. A sandbox has entries of its own, here and below, so that it is
    /// never shown the tokens of the real Atlassian. They are named after both of its hosts.
    pub fn keychain_entry(&self) -> String {
        self.entry_prefix().unwrap_or_else(|| "atlassian".to_owned())
    }

    fn entry_prefix(&self) -> Option<String> {
        let host = self.sandbox()?;
        let (auth, api) = (self.auth_url.authority(), self.api_url.authority());
        Some(if auth == api { format!("sandbox {host}") } else { format!("sandbox {host} {api}") })
    }

    /// The name of the entry beside it for [`Marks`](super::Marks).
    pub fn marks_entry(&self) -> String {
        format!("{} runs", self.keychain_entry())
    }

    /// The name of the entry for [`ApiTokens`](super::ApiTokens).
    pub fn api_tokens_entry(&self) -> String {
        self.entry_prefix().map_or_else(|| "api tokens".to_owned(), |prefix| format!("{prefix} api tokens"))
    }

    /// The name of the entry for [`ProxyPasswords`](super::ProxyPasswords).
    pub fn proxies_entry(&self) -> String {
        self.entry_prefix().map_or_else(|| "proxies".to_owned(), |prefix| format!("{prefix} proxies"))
    }

    /// The client id and secret, if both are set.
    pub(super) fn client(&self) -> Option<(&str, &Secret)> {
        self.client_id.as_deref().zip(self.client_secret.as_ref())
    }
}

/// What was set while the app was built.
fn built(name: &str) -> Option<&'static str> {
    match name {
        AUTH_URL => option_env!("SALLY_ATLASSIAN_AUTH_URL"),
        API_URL => option_env!("SALLY_ATLASSIAN_API_URL"),
        CLIENT_ID => option_env!("SALLY_ATLASSIAN_CLIENT_ID"),
        CLIENT_SECRET => option_env!("SALLY_ATLASSIAN_CLIENT_SECRET"),
        REDIRECT_URI => option_env!("SALLY_ATLASSIAN_REDIRECT_URI"),
        _ => None,
    }
}

fn server(variable: &'static str, value: Option<&str>, atlassian: &str) -> Result<Url, Refused> {
    let refuse = |why| Refused { variable, why };
    let mut url = Url::parse(value.unwrap_or(atlassian)).map_err(|_| refuse(AddressFault::NotAnAddress))?;
    // Without a slash at the end, joining a path would replace the last part of it.
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if url.as_str() == atlassian || (is_web && is_plain && is_loopback(&url)) {
        Ok(url)
    } else if is_loopback(&url) {
        Err(refuse(AddressFault::MoreThanPath))
    } else {
        Err(refuse(AddressFault::NotAtlassian))
    }
}

fn redirect(uri: &str) -> Result<Redirect, Refused> {
    let refuse = |why| Refused { variable: REDIRECT_URI, why };
    if uri == callback::ADDRESS {
        return Ok(Redirect::DeepLink);
    }
    let url = Url::parse(uri).map_err(|_| refuse(AddressFault::NotARedirect))?;
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(refuse(AddressFault::MoreThanPath));
    }
    match (url.scheme(), url.host(), url.port()) {
        ("https", Some(_), _) => Ok(Redirect::DeepLink),
        ("http", Some(host @ (Host::Ipv4(Ipv4Addr::LOCALHOST) | Host::Domain("localhost"))), Some(port)) => {
            let is_usable = url.path() == LOOPBACK_PATH && port != 0;
            let loopback = Redirect::Loopback { port, by_name: matches!(host, Host::Domain(_)) };
            is_usable.then_some(loopback).ok_or(refuse(AddressFault::OtherPath))
        }
        _ => Err(refuse(AddressFault::NotARedirect)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, Refused> {
        Settings::layered(lookup(values), |_| None)
    }

    fn lookup(values: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |name| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn without_an_environment_atlassian_is_asked() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.auth_url.as_str(), "https://auth.atlassian.com/");
        assert_eq!(settings.api_url.as_str(), "https://api.atlassian.com/");
        assert_eq!(settings.redirect_uri, "sally://oauth/callback");
        assert_eq!(settings.sandbox(), None, "the real Atlassian is no sandbox");
        assert_eq!(settings.missing(), [CLIENT_ID, CLIENT_SECRET], "nobody can log in without them");
        assert!(settings.client().is_none(), "and nobody gets to try");
    }

    #[test]
    fn the_environment_goes_before_the_build() {
        let built = |name: &str| (name == CLIENT_ID || name == CLIENT_SECRET).then_some("built");
        let settings = Settings::layered(lookup(&[(CLIENT_ID, "set"), (CLIENT_SECRET, "")]), built).unwrap();
        let (id, secret) = settings.client().unwrap();
        assert_eq!(id, "set", "a developer overrides what was built in");
        assert_eq!(secret.expose(), "built", "an empty value counts as none");
        assert!(!format!("{settings:?}").contains("built"), "the secret must not reach a log");
    }

    #[test]
    fn a_sandbox_stands_on_this_machine() {
        for address in
            ["http://127.0.0.1:9000", "http://127.8.8.8/", "https://[::1]:1/auth", "http://localhost:9000/"]
        {
            let settings = read(&[(AUTH_URL, address), (API_URL, address)]).unwrap();
            assert!(settings.auth_url.path().ends_with('/'), "paths are joined to it: {address}");
            assert!(settings.sandbox().is_some(), "the app says that it is not the real one: {address}");
        }
    }

    #[test]
    fn a_sandbox_is_never_shown_the_tokens_of_the_real_one() {
        let names = |settings: &Settings| {
            [settings.keychain_entry(), settings.marks_entry(), settings.api_tokens_entry()]
        };
        let real = names(&read(&[]).unwrap());
        assert_eq!(real, ["atlassian", "atlassian runs", "api tokens"], "earlier versions wrote to these");
        for (auth, api, prefix) in [
            ("http://127.0.0.1:9000/auth", "http://127.0.0.1:9000/api", "sandbox 127.0.0.1:9000"),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9001", "sandbox 127.0.0.1:9000 127.0.0.1:9001"),
        ] {
            let sandbox = names(&read(&[(AUTH_URL, auth), (API_URL, api)]).unwrap());
            let expected = [prefix.to_owned(), format!("{prefix} runs"), format!("{prefix} api tokens")];
            assert_eq!(sandbox, expected, "what one of them has been shown is not shown to another");
        }
    }

    #[test]
    fn a_token_of_atlassian_goes_to_no_port_of_this_machine() {
        let local = "http://127.0.0.1:9000";
        for (variable, other) in [(API_URL, AUTH_URL), (AUTH_URL, API_URL)] {
            let refused = read(&[(variable, local)]).unwrap_err();
            assert_eq!(refused, Refused { variable, why: AddressFault::OnlyOneHere });
            assert!(read(&[(variable, local), (other, local)]).is_ok(), "both of a sandbox are");
        }
    }

    #[test]
    fn other_servers_are_refused() {
        for address in [
            "http://auth.atlassian.com",
            "https://auth.atlassian.com.example.com",
            "https://auth.atlassian.com:8443",
            "https://auth.atlassian.com/elsewhere",
            "https://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://user@127.0.0.1:9000",
            "http://127.0.0.1:9000/?redirect=https://example.com",
            "ftp://127.0.0.1/",
            "127.0.0.1:9000",
            "nonsense",
        ] {
            for variable in [AUTH_URL, API_URL] {
                let refused = read(&[(variable, address)]).unwrap_err();
                assert_eq!(refused.variable, variable, "the message names what to mend: {address}");
            }
        }
        assert!(
            read(&[(AUTH_URL, "https://api.atlassian.com")]).is_err(),
            "each address has its own purpose"
        );
    }

    #[test]
    fn redirects_are_of_three_kinds() {
        for (uri, kind) in [
            ("sally://oauth/callback", Redirect::DeepLink),
            ("https://example.github.io/callback/", Redirect::DeepLink),
            ("http://127.0.0.1:8976/callback", Redirect::Loopback { port: 8976, by_name: false }),
            ("http://localhost:8976/callback", Redirect::Loopback { port: 8976, by_name: true }),
        ] {
            let settings = read(&[(REDIRECT_URI, uri)]).unwrap();
            assert_eq!(settings.redirect, kind, "{uri}");
            assert_eq!(settings.redirect_uri, uri, "it is sent byte for byte as it was set");
        }
        for uri in [
            "sally://oauth/other",
            "other://oauth/callback",
            "http://example.com/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.2:8976/callback",
            "http://127.0.0.1:8976/elsewhere",
            "http://127.0.0.1:8976/callback?x=1",
            "https://user@example.com/",
            "nonsense",
        ] {
            let refused = read(&[(REDIRECT_URI, uri)]).unwrap_err();
            assert_eq!(refused.variable, REDIRECT_URI, "an answer could not come back from {uri}");
        }
        let why = |uri: &str| read(&[(REDIRECT_URI, uri)]).unwrap_err().why;
        assert_eq!(why("nonsense"), AddressFault::NotARedirect);
        assert_eq!(why("http://127.0.0.1:8976/elsewhere"), AddressFault::OtherPath);
        assert_eq!(why("http://127.0.0.1:8976/callback?x=1"), AddressFault::MoreThanPath);
    }
}
