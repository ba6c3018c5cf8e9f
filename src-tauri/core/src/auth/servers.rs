//! The tokens of meeting servers: Sally's, and those of other MCP servers. One keyring entry has them all, each with the one
//! address that it may be sent to, so that no setting outside of the keyring can redirect a token.
//!
//! Never returns a token, signs a request to another address, or accepts an address that would send a token unencrypted over
//! a network. `app` connects and disconnects; `sources::sally` has requests signed.

use std::fmt;
use std::sync::Arc;

use reqwest::header::AUTHORIZATION;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use url::Url;

use super::config::Refused;
use super::entry::{Entry, Kept};
use super::keychain::{self, Keychain};
use super::lock::EntryLock;
use super::pasted::{self, NotAToken, PastedToken, Written};
use crate::domain::id::ServerId;
use crate::domain::problem::AddressFault;
use crate::http::is_loopback;

/// Another address for Sally's own server, for a sandbox.
const URL: &str = "SALLY_MCP_URL";

/// Sally's MCP server.
const SALLY: &str = "https://app.sally.io/api/v1/McpExternal";

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
    #[error("the address cannot be used ({0:?})")]
    Address(AddressFault),
    /// What was pasted cannot be a token.
    #[error(transparent)]
    NotAToken(#[from] NotAToken),
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
        let address = address(set.as_deref().unwrap_or(SALLY)).and_then(|address| {
            // A line in somebody's environment would be enough to collect tokens under Sally's name.
            let is_known = address.as_str() == SALLY || is_loopback(&address);
            is_known.then_some(address).ok_or(AddressFault::NotSally)
        });
        Ok(Self { address: address.map_err(|why| Refused { variable: URL, why })? })
    }

    /// Sally's server.
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// The host with its port, where it is not Sally's own: a sandbox.
    pub fn sandbox(&self) -> Option<String> {
        (self.address.as_str() != SALLY).then(|| self.address.authority().to_owned())
    }

    /// The name of the keyring's entry for the tokens of meeting servers. A sandbox has an entry of its own, so that it is
    /// never shown the token of the real one.
    pub fn keychain_entry(&self) -> String {
        self.sandbox().map_or_else(|| "sally".to_owned(), |host| format!("sandbox sally {host}"))
    }
}

/// The address of a server, as a person typed it.
pub fn parse(text: &str) -> Result<Url, Error> {
    address(text).map_err(Error::Address)
}

fn address(text: &str) -> Result<Url, AddressFault> {
    let url = Url::parse(text.trim()).map_err(|_| AddressFault::NotAnAddress)?;
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !is_safe {
        return Err(AddressFault::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() || !url.has_host() {
        return Err(AddressFault::MoreThanAddress);
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
        let text = Zeroizing::new(format!("Bearer {}", self.token.expose()));
        request.headers_mut().insert(AUTHORIZATION, pasted::header(&text)?);
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
pub(super) struct Stored {
    address: Url,
    token: Written,
}

impl Kept for Signer {
    type Stored = Stored;
}

impl From<Signer> for Stored {
    fn from(signer: Signer) -> Self {
        Self { address: signer.address, token: Written(signer.token) }
    }
}

impl From<Stored> for Signer {
    fn from(stored: Stored) -> Self {
        Self { address: stored.address, token: stored.token.0 }
    }
}

/// The tokens of all servers. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Servers(Entry<ServerId, Signer>);

impl Servers {
    /// Reads nothing yet: a keyring may ask for a password first.
    pub fn new(keychain: Arc<dyn Keychain>, lock: EntryLock) -> Self {
        Self(Entry::new(keychain, lock))
    }

    /// Who signs requests to a server. Reads the keyring, the first time.
    pub async fn signer(&self, id: ServerId) -> Result<Signer, Error> {
        self.0.get(&id).await?.ok_or(Error::NotConnected)
    }

    /// Keeps a token, in the place of the one before. An error means that it is kept for this run only.
    pub async fn keep(&self, id: ServerId, signer: Signer) -> Result<(), Error> {
        Ok(self.0.keep(id, signer).await?)
    }

    /// Deletes a token. An error means that the keyring still has it.
    pub async fn forget(&self, id: ServerId) -> Result<(), Error> {
        Ok(self.0.forget(&id).await?)
    }

    /// Whether the keyring lets the app in. It may ask for a password first.
    pub async fn look_at_keyring(&self) -> Result<(), keychain::Error> {
        self.0.look().await
    }

    /// Deletes all of them. None is kept from then on.
    pub async fn clear(&self) -> Result<(), keychain::Error> {
        self.0.clear().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemoryKeychain;
    use crate::domain::problem::TokenFault;

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
            Error::NotAToken(NotAToken(TokenFault::Empty))
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
    fn tokens_go_over_https_or_nowhere() {
        for address in
            [SALLY, "https://mcp.example.com/mcp?team=1", "http://127.0.0.1:1/mcp", "http://localhost/"]
        {
            assert!(parse(address).is_ok(), "{address}");
        }
        for (address, why) in [
            ("http://app.sally.io/api/v1/McpExternal", AddressFault::NotHttps),
            ("http://localhost.example.com/", AddressFault::NotHttps),
            ("https://ada:secret@example.com/", AddressFault::MoreThanAddress),
            ("https://example.com/#x", AddressFault::MoreThanAddress),
            ("ftp://127.0.0.1/", AddressFault::NotHttps),
            ("app.sally.io", AddressFault::NotAnAddress),
            ("", AddressFault::NotAnAddress),
        ] {
            assert_eq!(parse(address), Err(Error::Address(why)), "{address:?} must be refused");
        }
        let unsafe_setting = SallySettings::read(|_| Some("http://example.com".to_owned())).unwrap_err();
        assert_eq!(unsafe_setting.variable, URL, "the message names what to mend");
        for foreign in
            ["https://example.com/mcp", "https://app.sally.io/other", "https://app.sally.io.example.com/"]
        {
            let refused = SallySettings::read(|_| Some(foreign.to_owned())).unwrap_err();
            assert_eq!(refused.why, AddressFault::NotSally, "it would be shown as Sally: {foreign}");
        }
        let real = SallySettings::read(|_| None).unwrap();
        assert_eq!(real.sandbox(), None, "the real Sally is no sandbox");
        assert_eq!(real.keychain_entry(), "sally", "earlier versions wrote to this");
        let sandbox = SallySettings::read(|_| Some("http://127.0.0.1:9000/mcp".to_owned())).unwrap();
        assert_eq!(sandbox.keychain_entry(), "sandbox sally 127.0.0.1:9000", "which has an entry of its own");
    }

    #[tokio::test]
    async fn each_server_keeps_its_own_token() {
        let (keychain, locks) = (Arc::new(MemoryKeychain::new()), tempfile::tempdir().unwrap());
        let process = || {
            Servers::new(Arc::clone(&keychain) as Arc<dyn Keychain>, EntryLock::new(locks.path(), "sally"))
        };
        let servers = process();
        let (one, two) = (ServerId::new(), ServerId::new());
        servers.keep(one, signer(SALLY)).await.unwrap();
        servers.keep(two, signer("https://example.com/mcp")).await.unwrap();
        let next_run = process();
        let address = next_run.signer(two).await.unwrap().address().to_string();
        assert_eq!(address, "https://example.com/mcp", "the address comes from the keyring as well");
        next_run.forget(one).await.unwrap();
        assert!(matches!(next_run.signer(one).await, Err(Error::NotConnected)), "gone at once");
        assert!(next_run.signer(two).await.is_ok(), "and the other one stays");
        next_run.forget(two).await.unwrap();
        assert!(keychain.load().unwrap().is_none(), "nothing is left in the keyring");
    }
}
