//! How the outside is reached, as the settings show it, and the name and the password for the proxy in between. They are tried
//! before they are kept.

use url::Url;

use super::Error;
use super::outbox::Outbox;
use crate::api::{self, EnterProxyPassword, ProxyInUse, ProxyOrigin, ProxyPasswordKept};
use crate::auth::{self, ProxyPasswords, ProxySignIn, keychain};
use crate::domain::problem::{Field, Network as Problem, Problem as Any};
use crate::http::Http;
use crate::http::proxy::{Origin, Proxy, Route};

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Network {
    pub(super) http: Http,
    pub(super) passwords: ProxyPasswords,
    pub(super) outbox: Outbox,
    /// What the way is shown to.
    pub(super) api: Url,
}

impl Network {
    /// How Atlassian is reached.
    pub(super) async fn show(&self) -> api::Network {
        let Route { proxy, script } = self.http.proxies().route(&self.api).await;
        let script = script && proxy.is_none();
        let Some(proxy) = proxy else { return api::Network { proxy: None, script } };
        let password = self.kept(&proxy).await;
        let origin = match proxy.origin {
            Origin::Environment => ProxyOrigin::Environment,
            Origin::System => ProxyOrigin::System,
        };
        api::Network { proxy: Some(ProxyInUse { name: proxy.name, origin, password }), script }
    }

    async fn kept(&self, proxy: &Proxy) -> ProxyPasswordKept {
        match self.passwords.has(&proxy.name).await {
            Ok(true) if self.passwords.is_for_this_run(&proxy.name) => ProxyPasswordKept::ForThisRun,
            Ok(true) => ProxyPasswordKept::InKeyring,
            Ok(false) => ProxyPasswordKept::No,
            Err(error) => {
                tracing::warn!(%error, "whether something is kept for the proxy is not known");
                ProxyPasswordKept::No
            }
        }
    }

    /// Keeps a name and a password, once the proxy has accepted them. Where the keyring does not take them they are there for
    /// this run.
    pub(super) async fn enter_password(&self, wanted: EnterProxyPassword) -> Result<api::Network, Error> {
        let EnterProxyPassword { proxy: shown, name, password } = wanted;
        let sign_in = ProxySignIn::new(name.trim(), &password).ok_or(Field::NotAProxyPassword)?;
        let header = sign_in.header().ok_or(Field::NotAProxyPassword)?;
        let route = self.http.proxies().route(&self.api).await;
        // It is for the proxy that the person saw.
        let Some(proxy) = route.proxy.filter(|proxy| proxy.name == shown) else {
            return Err(Field::OtherProxy { proxy: shown }.into());
        };
        let limit = self.http.limits().connect;
        let tried = self.http.proxies().try_sign_in(&proxy, &self.api, &header, limit).await;
        tried.map_err(|why: Problem| Error::from(Any::Network(why)))?;
        match self.passwords.keep(&proxy.name, sign_in).await {
            Ok(()) => {}
            Err(error @ keychain::Error::Removed) => return Err(auth::Error::from(error).into()),
            Err(error) => tracing::warn!(%error, "the password for the proxy is kept for this run only"),
        }
        self.outbox.network_changed().await?;
        Ok(self.show().await)
    }

    /// Deletes what is kept for a proxy.
    pub(super) async fn forget_password(&self, proxy: &str) -> Result<api::Network, Error> {
        self.passwords.forget(proxy).await.map_err(auth::Error::from)?;
        Ok(self.show().await)
    }

    /// Whether the keyring lets the app in.
    pub(super) async fn look_at_keyring(&self) -> Result<(), keychain::Error> {
        self.passwords.look_at_keyring().await
    }

    /// Deletes what is kept for all proxies.
    pub(super) async fn delete_passwords(&self) -> Result<(), keychain::Error> {
        self.passwords.clear().await
    }
}
