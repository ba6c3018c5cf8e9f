//! Names and passwords for proxies, kept in one entry of the keyring by the host and port that they may be shown to, and never
//! returned but as the header for that proxy. What a proxy did not accept is not shown to it again in this run: companies lock
//! accounts after a few wrong passwords. `app` keeps and forgets them; `http` shows them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, Kept};
use super::keychain::{self, Keychain};
use super::lock::EntryLock;
use super::pasted::{self, PastedToken, Written};
use crate::http::proxy::SignIns;

/// Longest name or password, in bytes.
const MAX_LEN: usize = 1_024;

/// A password as a person typed it, which is kept from view as a token that was pasted.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct TypedPassword(PastedToken);

impl From<String> for TypedPassword {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// What a proxy is shown.
#[derive(Clone, Debug)]
pub struct ProxySignIn {
    name: String,
    password: TypedPassword,
}

impl ProxySignIn {
    /// A name and a password, if a header can carry them.
    pub fn new(name: &str, password: &TypedPassword) -> Option<Self> {
        let typed = password.0.expose();
        let fits = |text: &str| text.len() <= MAX_LEN && !text.chars().any(char::is_control);
        // The first colon ends the name.
        let is_usable = !name.is_empty() && !name.contains(':') && fits(name) && fits(typed);
        is_usable.then(|| Self { name: name.to_owned(), password: password.clone() })
    }

    /// As a proxy is shown it.
    pub fn header(&self) -> Option<HeaderValue> {
        pasted::basic(&self.name, self.password.0.expose()).ok()
    }
}

/// As the keyring's entry holds it.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    name: String,
    password: Written,
}

impl Kept for ProxySignIn {
    type Stored = Stored;
}

impl From<ProxySignIn> for Stored {
    fn from(ProxySignIn { name, password }: ProxySignIn) -> Self {
        Self { name, password: Written(password.0) }
    }
}

impl From<Stored> for ProxySignIn {
    fn from(Stored { name, password }: Stored) -> Self {
        Self { name, password: TypedPassword(password.0) }
    }
}

/// What is kept for proxies. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct ProxyPasswords(Arc<Inner>);

struct Inner {
    entry: Entry<String, ProxySignIn>,
    noted: Mutex<Noted>,
}

/// What was found out in this run.
#[derive(Default)]
struct Noted {
    /// Proxies that did not accept what is kept.
    refused: BTreeSet<String>,
    /// The keyring did not answer, and is not asked again before the person does something.
    is_out_of_reach: bool,
}

impl ProxyPasswords {
    /// Reads nothing yet: a keyring may ask for a password first.
    pub fn new(keychain: Arc<dyn Keychain>, lock: EntryLock) -> Self {
        Self(Arc::new(Inner { entry: Entry::new(keychain, lock), noted: Mutex::default() }))
    }

    /// Keeps a name and a password for the proxy at a host and port, in the place of those before. An error means that they are
    /// kept for this run only.
    pub async fn keep(&self, proxy: &str, sign_in: ProxySignIn) -> Result<(), keychain::Error> {
        let kept = self.0.entry.keep(proxy.to_owned(), sign_in).await;
        let mut noted = self.noted();
        noted.refused.remove(proxy);
        noted.is_out_of_reach = false;
        kept
    }

    /// Whether there is something for a proxy, and whether the proxy has accepted it as far as is known.
    pub async fn has(&self, proxy: &str) -> Result<bool, keychain::Error> {
        Ok(self.0.entry.get(&proxy.to_owned()).await?.is_some())
    }

    /// Whether what there is for a proxy is for this run only.
    pub fn is_for_this_run(&self, proxy: &str) -> bool {
        self.0.entry.is_unsaved(&proxy.to_owned())
    }

    /// Deletes what is kept for a proxy. An error means that the keyring still has it.
    pub async fn forget(&self, proxy: &str) -> Result<(), keychain::Error> {
        self.noted().refused.remove(proxy);
        self.0.entry.forget(&proxy.to_owned()).await
    }

    /// Whether the keyring lets the app in. It may ask for a password first.
    pub async fn look_at_keyring(&self) -> Result<(), keychain::Error> {
        self.0.entry.look().await
    }

    /// Deletes all of it. Nothing is kept from then on.
    pub async fn clear(&self) -> Result<(), keychain::Error> {
        self.0.entry.clear().await
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_refused(&self, proxy: &str) -> bool {
        self.noted().refused.contains(proxy)
    }
}

impl SignIns for ProxyPasswords {
    fn known(&self, proxy: &str) -> Option<HeaderValue> {
        if self.is_refused(proxy) {
            return None;
        }
        self.0.entry.peek(&proxy.to_owned())?.header()
    }

    fn look_up<'a>(&'a self, proxy: &'a str) -> BoxFuture<'a, Option<HeaderValue>> {
        async move {
            if self.is_refused(proxy) || self.noted().is_out_of_reach {
                return None;
            }
            match self.0.entry.get(&proxy.to_owned()).await {
                Ok(kept) => kept?.header(),
                Err(error) => {
                    tracing::warn!(%error, "what is kept for the proxy cannot be read");
                    self.noted().is_out_of_reach = true;
                    None
                }
            }
        }
        .boxed()
    }

    fn refused(&self, proxy: &str, shown: Option<&HeaderValue>) -> bool {
        let kept = self.0.entry.peek(&proxy.to_owned()).and_then(|kept| kept.header());
        let mut noted = self.noted();
        // Another one may come from an address in the environment.
        if shown.is_some() && shown == kept.as_ref() {
            noted.refused.insert(proxy.to_owned());
        }
        shown.is_some() || noted.refused.contains(proxy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemoryKeychain;

    const PROXY: &str = "proxy.example:3128";

    fn sign_in(name: &str, password: &str) -> Option<ProxySignIn> {
        ProxySignIn::new(name, &password.to_owned().into())
    }

    struct Person {
        keychain: Arc<MemoryKeychain>,
        locks: tempfile::TempDir,
    }

    impl Person {
        fn new() -> Self {
            Self { keychain: Arc::default(), locks: tempfile::tempdir().unwrap() }
        }

        fn run(&self) -> ProxyPasswords {
            let keychain = Arc::clone(&self.keychain) as Arc<dyn Keychain>;
            ProxyPasswords::new(keychain, EntryLock::new(self.locks.path(), "proxies"))
        }
    }

    #[test]
    fn a_password_cannot_be_printed() {
        let sign_in = sign_in("ada", "secret word").unwrap();
        let shown = format!("{sign_in:?} {:?}", sign_in.header());
        assert!(!shown.contains("secret") && !shown.contains("YWRh"), "{shown}");
        assert_eq!(sign_in.header().unwrap(), "Basic YWRhOnNlY3JldCB3b3Jk");
    }

    #[test]
    fn what_no_header_can_carry_is_not_taken() {
        for (name, password) in [("", "x"), ("a:b", "x"), ("ada", "x\n"), ("ada", &"x".repeat(MAX_LEN + 1))] {
            assert!(sign_in(name, password).is_none(), "{name:?}");
        }
        for (name, password) in [("ACME\\ada", "ä:ö €"), ("ada@acme.example", "")] {
            assert!(sign_in(name, password).unwrap().header().is_some(), "{name:?}");
        }
    }

    #[tokio::test]
    async fn it_is_kept_for_one_proxy_and_can_be_forgotten() {
        let ada = Person::new();
        ada.run().keep(PROXY, sign_in("ada", "x").unwrap()).await.unwrap();
        let next_run = ada.run();
        assert_eq!(next_run.known(PROXY), None, "nobody has asked for it yet");
        assert!(next_run.look_up(PROXY).await.is_some());
        assert!(next_run.known(PROXY).is_some(), "from then on it is known");
        for other in ["proxy.example:3129", "proxy.example", "other.example:3128"] {
            assert!(next_run.look_up(other).await.is_none() && next_run.known(other).is_none(), "{other}");
        }
        next_run.forget(PROXY).await.unwrap();
        assert_eq!(next_run.known(PROXY), None);
        assert!(ada.keychain.load().unwrap().is_none(), "nothing is left in the keyring");
    }

    #[tokio::test]
    async fn what_was_refused_is_not_shown_again_until_there_is_another() {
        let run = Person::new().run();
        run.keep(PROXY, sign_in("ada", "wrong").unwrap()).await.unwrap();
        assert!(!run.refused(PROXY, None), "nothing was shown");
        let other = sign_in("ada", "of the environment").unwrap().header();
        assert!(run.refused(PROXY, other.as_ref()));
        let kept = run.known(PROXY);
        assert!(kept.is_some(), "what is kept was not shown yet");
        assert!(run.refused(PROXY, kept.as_ref()));
        assert!(run.known(PROXY).is_none() && run.look_up(PROXY).await.is_none());
        assert!(run.refused(PROXY, None), "and that is why it asks again");
        run.keep(PROXY, sign_in("ada", "right").unwrap()).await.unwrap();
        assert!(run.known(PROXY).is_some());
    }
}
