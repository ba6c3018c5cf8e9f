//! The tokens that a person pasted for servers that meetings come from: Sally's, and others that speak MCP. One entry
//! of the keyring holds them all, each with the one address that it may be sent to, so that nothing which is changed
//! outside of the keyring can lead a token elsewhere.
//!
//! Refuses to give a token back, to sign a request to any other address, and addresses that would carry a token
//! unencrypted over a network. `app` connects and disconnects; `sources::sally` has its requests signed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use url::Url;

use super::config::Refused;
use super::keychain::{self, Keychain, OsKeychain};
use super::token::Secret;
use crate::domain::id::ServerId;
use crate::http::is_loopback;

/// Another address for Sally's own server, for a sandbox.
const URL: &str = "SALLY_MCP_URL";

/// Sally's MCP server.
const SALLY: &str = "https://app.sally.io/api/v1/McpExternal";

/// Longest token, in bytes: the longest seen are signed ones of two thousand.
const LONGEST_TOKEN: usize = 8_192;

/// Why a token or its server cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no token for this server.
    #[error("there is no token for this server")]
    NotConnected,
    /// The keyring.
    #[error(transparent)]
    Keychain(#[from] keychain::Error),
    /// A request to another address than the token's.
    #[error("a request to another address must not carry the token")]
    ForeignAddress,
    /// The address cannot be used.
    #[error("the address cannot be used: {0}")]
    Address(&'static str),
    /// What was pasted cannot be a token.
    #[error("this is not a token: {0}")]
    NotAToken(&'static str),
}

/// A token as a person pasted it. It has neither `Display` nor `Serialize`, `Debug` tells nothing, and it is wiped when
/// it is dropped.
#[derive(Clone)]
pub struct PastedToken(SecretString);

impl PastedToken {
    /// What was pasted, without the space around it, if a header can carry it.
    fn checked(&self) -> Result<Self, Error> {
        let text = self.0.expose_secret().trim();
        // People copy it from examples with the scheme in front.
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        if text.is_empty() {
            return Err(Error::NotAToken("it is empty"));
        }
        if text.len() > LONGEST_TOKEN {
            return Err(Error::NotAToken("it is too long"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::NotAToken("it has characters that no token has"));
        }
        Ok(Self(text.to_owned().into()))
    }
}

impl From<String> for PastedToken {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for PastedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PastedToken(…)")
    }
}

impl<'de> Deserialize<'de> for PastedToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// Where Sally is: its own address, or that of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SallySettings {
    address: Url,
}

impl SallySettings {
    /// Reads the environment through `lookup`. An empty value counts as none.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Refused> {
        let set = lookup(URL).filter(|text| !text.is_empty());
        let address = parse(set.as_deref().unwrap_or(SALLY)).map_err(|error| match error {
            Error::Address(why) => Refused { variable: URL, why },
            _ => Refused { variable: URL, why: "it is not an address" },
        })?;
        Ok(Self { address })
    }

    /// Sally's server.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// The host with its port, where it is not Sally's own: a sandbox.
    pub fn sandbox(&self) -> Option<String> {
        (self.address.as_str() != SALLY).then(|| self.address.authority().to_owned())
    }
}

impl OsKeychain {
    /// The entry for the tokens of meeting servers. A sandbox has an entry of its own, so that it is never shown the
    /// token of the real one.
    pub fn of_servers(settings: &SallySettings) -> Self {
        Self::named(
            settings.sandbox().map_or_else(|| "sally".to_owned(), |host| format!("sandbox sally {host}")),
        )
    }
}

/// The address of a server, as a person typed it.
pub fn parse(text: &str) -> Result<Url, Error> {
    let url = Url::parse(text.trim())
        .map_err(|_| Error::Address("it is not an address such as https://example.com"))?;
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !is_safe {
        return Err(Error::Address("only https is accepted, since a token is sent there"));
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() || !url.has_host() {
        return Err(Error::Address("it may hold only scheme, host, port, path and query"));
    }
    Ok(url)
}

/// Signs requests to one address with its token. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    address: Url,
    token: PastedToken,
}

impl Signer {
    /// Signs with a token that was just pasted, and is not kept yet.
    pub fn new(address: Url, token: &PastedToken) -> Result<Self, Error> {
        Ok(Self { address, token: token.checked()? })
    }

    /// The address that requests may go to.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Signs a request.
    pub fn sign(&self, request: &mut reqwest::Request) -> Result<(), Error> {
        if *request.url() != self.address {
            return Err(Error::ForeignAddress);
        }
        let text = Zeroizing::new(format!("Bearer {}", self.token.0.expose_secret()));
        let mut value = HeaderValue::from_str(&text)
            .map_err(|_| Error::NotAToken("it has characters that no token has"))?;
        value.set_sensitive(true);
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("host", &self.address.host_str()).finish_non_exhaustive()
    }
}

/// As the keyring's entry holds it.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    address: Url,
    token: std::borrow::Cow<'a, str>,
}

/// The tokens of all servers. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Servers(Arc<Inner>);

struct Inner {
    keychain: Arc<dyn Keychain>,
    /// Held by whoever changes the keyring's entry, which has all of them.
    turn: tokio::sync::Mutex<()>,
    /// `None` until the keyring was read.
    held: Mutex<Option<BTreeMap<ServerId, Signer>>>,
}

impl Servers {
    /// Reads nothing yet: a keyring may ask for a password first.
    pub fn new(keychain: Arc<dyn Keychain>) -> Self {
        Self(Arc::new(Inner { keychain, turn: tokio::sync::Mutex::default(), held: Mutex::default() }))
    }

    /// Who signs requests to a server. Reads the keyring, the first time.
    pub async fn signer(&self, id: ServerId) -> Result<Signer, Error> {
        let _turn = self.0.turn.lock().await;
        self.load().await?;
        self.held().as_ref().and_then(|held| held.get(&id).cloned()).ok_or(Error::NotConnected)
    }

    /// Keeps a token, in the place of the one before. An error means that it is kept for this run only.
    pub async fn keep(&self, id: ServerId, signer: Signer) -> Result<(), Error> {
        let _turn = self.0.turn.lock().await;
        // What a keyring that cannot be read holds may be replaced: the person connects anew.
        let read = self.load().await;
        let all = {
            let mut held = self.held();
            let held = held.get_or_insert_default();
            held.insert(id, signer);
            held.clone()
        };
        read.and(self.save(&all).await)
    }

    /// Deletes a token. An error means that the keyring still has it.
    pub async fn forget(&self, id: ServerId) -> Result<(), Error> {
        let _turn = self.0.turn.lock().await;
        self.load().await?;
        let all = {
            let mut held = self.held();
            let held = held.get_or_insert_default();
            held.remove(&id);
            held.clone()
        };
        self.save(&all).await
    }

    fn held(&self) -> MutexGuard<'_, Option<BTreeMap<ServerId, Signer>>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self) -> Result<(), Error> {
        if self.held().is_some() {
            return Ok(());
        }
        let secret = self.ask(Keychain::load).await?;
        let mut signers = BTreeMap::new();
        if let Some(secret) = secret {
            let kept: BTreeMap<ServerId, Kept<'_>> =
                serde_json::from_str(secret.expose()).map_err(|_| keychain::Error::Damaged)?;
            for (id, Kept { address, token }) in kept {
                let token = PastedToken(token.into_owned().into());
                signers.insert(id, Signer { address, token });
            }
        }
        *self.held() = Some(signers);
        Ok(())
    }

    async fn save(&self, all: &BTreeMap<ServerId, Signer>) -> Result<(), Error> {
        if all.is_empty() {
            return Ok(self.ask(Keychain::delete).await?);
        }
        let kept: BTreeMap<ServerId, Kept<'_>> = all
            .iter()
            .map(|(id, signer)| {
                (*id, Kept { address: signer.address.clone(), token: signer.token.0.expose_secret().into() })
            })
            .collect();
        let text = serde_json::to_string(&kept).map_err(|_| keychain::Error::Damaged)?;
        let secret = Secret::new(text);
        Ok(self.ask(move |keychain| keychain.save(&secret)).await?)
    }

    /// Asks the keyring, on a thread that may block.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, keychain::Error> + Send + 'static,
    ) -> Result<T, keychain::Error> {
        let keychain = Arc::clone(&self.0.keychain);
        tokio::task::spawn_blocking(move || ask(&*keychain))
            .await
            .unwrap_or_else(|error| Err(keychain::Error::Other { why: error.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemoryKeychain;

    const TOKEN: &str = "sally_pat_secret";

    fn signer(address: &str) -> Signer {
        Signer::new(parse(address).unwrap(), &TOKEN.to_owned().into()).unwrap()
    }

    fn request(address: &str) -> reqwest::Request {
        reqwest::Request::new(reqwest::Method::POST, Url::parse(address).unwrap())
    }

    #[test]
    fn a_token_cannot_be_printed() {
        let shown = format!(
            "{:?} {:?} {:?}",
            PastedToken::from(TOKEN.to_owned()),
            signer(SALLY),
            Error::NotAToken("it is empty")
        );
        assert!(!shown.contains("secret"), "logs print structures with {{:?}}: {shown}");
        let mut request = request(SALLY);
        signer(SALLY).sign(&mut request).unwrap();
        assert!(!format!("{request:?}").contains("secret"), "and so do they print requests: {request:?}");
    }

    #[test]
    fn only_the_address_that_the_token_was_pasted_for_is_signed() {
        let signer = signer(SALLY);
        for address in
            ["https://app.sally.io/api/v1/Other", "https://sally.io/api/v1/McpExternal", "http://127.0.0.1/"]
        {
            let mut request = request(address);
            assert_eq!(signer.sign(&mut request), Err(Error::ForeignAddress), "{address}");
            assert!(request.headers().is_empty(), "and nothing is in it: {address}");
        }
    }

    #[test]
    fn what_is_pasted_is_tidied_and_checked() {
        for text in ["sally_pat_x", "  sally_pat_x\n", "Bearer sally_pat_x"] {
            let token = PastedToken::from(text.to_owned()).checked().unwrap();
            assert_eq!(token.0.expose_secret(), "sally_pat_x", "{text:?}");
        }
        for text in ["", "  ", "two words", "tökén", &"x".repeat(LONGEST_TOKEN + 1)] {
            let refused = PastedToken::from(text.to_owned()).checked();
            assert!(matches!(refused, Err(Error::NotAToken(_))), "{text:?} cannot be sent in a header");
        }
    }

    #[test]
    fn tokens_go_over_https_or_nowhere() {
        for address in
            [SALLY, "https://mcp.example.com/mcp?team=1", "http://127.0.0.1:1/mcp", "http://localhost/"]
        {
            assert!(parse(address).is_ok(), "{address}");
        }
        for address in [
            "http://app.sally.io/api/v1/McpExternal",
            "http://localhost.example.com/",
            "https://ada:secret@example.com/",
            "https://example.com/#x",
            "ftp://127.0.0.1/",
            "app.sally.io",
            "",
        ] {
            assert!(matches!(parse(address), Err(Error::Address(_))), "{address:?} must be refused");
        }
        let unsafe_setting = SallySettings::read(|_| Some("http://example.com".to_owned())).unwrap_err();
        assert_eq!(unsafe_setting.variable, URL, "the message names what to mend");
        assert_eq!(SallySettings::read(|_| None).unwrap().sandbox(), None, "the real Sally is no sandbox");
    }

    #[tokio::test]
    async fn each_server_keeps_its_own_token() {
        let keychain = Arc::new(MemoryKeychain::new());
        let servers = Servers::new(Arc::clone(&keychain) as Arc<dyn Keychain>);
        let (one, two) = (ServerId::new(), ServerId::new());
        servers.keep(one, signer(SALLY)).await.unwrap();
        servers.keep(two, signer("https://example.com/mcp")).await.unwrap();
        let next_run = Servers::new(Arc::clone(&keychain) as Arc<dyn Keychain>);
        let address = next_run.signer(two).await.unwrap().address().to_string();
        assert_eq!(address, "https://example.com/mcp", "the address comes from the keyring as well");
        next_run.forget(one).await.unwrap();
        assert!(matches!(next_run.signer(one).await, Err(Error::NotConnected)), "gone at once");
        assert!(next_run.signer(two).await.is_ok(), "and the other one stays");
        next_run.forget(two).await.unwrap();
        assert!(keychain.load().unwrap().is_none(), "nothing is left in the keyring");
    }
}
