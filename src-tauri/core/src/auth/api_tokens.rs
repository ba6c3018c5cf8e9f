//! API tokens: pasted by a person for one site, stored in the keyring with the base addresses that they may be sent to, and
//! never returned. A request to another address is not signed. `app` connects and disconnects; `confluence` has requests
//! signed.

use std::fmt;
use std::sync::Arc;

use reqwest::Request;
use reqwest::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use url::Url;

use super::entry::{Entry, Kept};
use super::error::Error;
use super::keychain::{self, Keychain};
use super::lock::EntryLock;
use super::login_id::LoginId;
use super::pasted::{self, NotAToken, PastedToken, Written};
use crate::domain::id::{AccountId, OrganizationId};

/// Signs requests to one site with its API token. Cheap to clone.
#[derive(Clone)]
pub struct SiteToken {
    login: LoginId,
    base: Url,
    email: String,
    token: PastedToken,
}

impl SiteToken {
    /// Signs what goes to addresses below `base`, which ends with a slash, with a token that was just pasted.
    pub fn new(base: Url, email: &str, token: &PastedToken) -> Result<Self, NotAToken> {
        Ok(Self { login: LoginId::new(), base, email: email.to_owned(), token: token.checked()? })
    }

    /// The same token, at another address of the same site.
    #[must_use]
    pub fn at(&self, base: Url) -> Self {
        Self { base, ..self.clone() }
    }

    /// Tells it from every other login of this run.
    pub fn login(&self) -> LoginId {
        self.login
    }

    /// What requests may go to.
    pub fn base(&self) -> &Url {
        &self.base
    }

    pub(super) fn sign(&self, request: &mut Request) -> Result<(), Error> {
        let url = request.url();
        if url.origin() != self.base.origin() || !url.path().starts_with(self.base.path()) {
            return Err(Error::ForeignHost { host: url.host_str().unwrap_or_default().to_owned() });
        }
        let value = pasted::basic(&self.email, self.token.expose()).map_err(|_| Error::Unreadable)?;
        request.headers_mut().insert(AUTHORIZATION, value);
        Ok(())
    }
}

impl fmt::Debug for SiteToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteToken").field("host", &self.base.host_str()).finish_non_exhaustive()
    }
}

/// A token with whose it is, so that what is known of it elsewhere can be compared.
#[derive(Clone)]
pub struct KeptToken {
    /// The token.
    pub token: SiteToken,
    /// Whose it is.
    pub account: AccountId,
}

/// As the keyring's entry holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    base: Url,
    email: String,
    token: Written,
    account: AccountId,
}

impl Kept for KeptToken {
    type Stored = Stored;
}

impl From<KeptToken> for Stored {
    fn from(KeptToken { token, account }: KeptToken) -> Self {
        Self { base: token.base, email: token.email, token: Written(token.token), account }
    }
}

impl From<Stored> for KeptToken {
    fn from(stored: Stored) -> Self {
        let Stored { base, email, token, account } = stored;
        Self { token: SiteToken { login: LoginId::new(), base, email, token: token.0 }, account }
    }
}

/// The API tokens of all sites. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct ApiTokens(Entry<OrganizationId, KeptToken>);

impl ApiTokens {
    /// Reads nothing yet: a keyring may ask for a password first.
    pub fn new(keychain: Arc<dyn Keychain>, lock: EntryLock) -> Self {
        Self(Entry::new(keychain, lock))
    }

    /// The token of an organization's site, if there is one. Reads the keyring, the first time.
    pub async fn get(&self, organization: &OrganizationId) -> Result<Option<KeptToken>, keychain::Error> {
        self.0.get(organization).await
    }

    /// Keeps a token, in the place of the one before. An error means that it is kept for this run only.
    pub async fn keep(&self, organization: &OrganizationId, token: KeptToken) -> Result<(), keychain::Error> {
        self.0.keep(organization.clone(), token).await
    }

    /// Deletes a token. An error means that the keyring still has it.
    pub async fn forget(&self, organization: &OrganizationId) -> Result<(), keychain::Error> {
        self.0.forget(organization).await
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

    fn token() -> SiteToken {
        let base = Url::parse("https://api.atlassian.com/ex/confluence/acme/wiki/").unwrap();
        SiteToken::new(base, "ada@example.com", &"ATATT-secret".to_owned().into()).unwrap()
    }

    fn request(address: &str) -> Request {
        Request::new(reqwest::Method::GET, Url::parse(address).unwrap())
    }

    #[test]
    fn only_its_own_site_is_signed() {
        let mut signed = request("https://api.atlassian.com/ex/confluence/acme/wiki/rest/api/user/current");
        token().sign(&mut signed).unwrap();
        assert_eq!(signed.headers()[AUTHORIZATION], "Basic YWRhQGV4YW1wbGUuY29tOkFUQVRULXNlY3JldA==");
        for address in [
            "https://api.atlassian.com/ex/confluence/globex/wiki/rest/api/user/current",
            "https://api.atlassian.com/me",
            "https://api.atlassian.com.example.com/ex/confluence/acme/wiki/",
            "http://api.atlassian.com/ex/confluence/acme/wiki/",
            "https://acme.atlassian.net/wiki/",
            // The parser has taken the dots out by now.
            "https://api.atlassian.com/ex/confluence/acme/wiki/../../globex/wiki/",
        ] {
            let mut foreign = request(address);
            assert!(matches!(token().sign(&mut foreign), Err(Error::ForeignHost { .. })), "{address}");
            assert!(foreign.headers().is_empty(), "and nothing is in it: {address}");
        }
    }

    #[tokio::test]
    async fn it_is_kept_and_cannot_be_printed() {
        let (keychain, locks) = (Arc::new(MemoryKeychain::new()), tempfile::tempdir().unwrap());
        let process = || {
            ApiTokens::new(
                Arc::clone(&keychain) as Arc<dyn Keychain>,
                EntryLock::new(locks.path(), "api tokens"),
            )
        };
        let [acme, globex] = ["acme", "globex"].map(OrganizationId::from);
        let tokens = process();
        tokens.keep(&acme, KeptToken { token: token(), account: "ada".into() }).await.unwrap();
        let next_run = process();
        let kept = next_run.get(&acme).await.unwrap().unwrap();
        let mut signed = request("https://api.atlassian.com/ex/confluence/acme/wiki/x");
        kept.token.sign(&mut signed).unwrap();
        assert_eq!(kept.account, "ada".into());
        let shown = format!("{:?} {signed:?}", kept.token);
        assert!(!shown.contains("secret") && !shown.contains("YWRh"), "{shown}");
        assert!(next_run.get(&globex).await.unwrap().is_none());
        next_run.forget(&acme).await.unwrap();
        assert!(keychain.load().unwrap().is_none(), "nothing is left in the keyring");
    }
}
