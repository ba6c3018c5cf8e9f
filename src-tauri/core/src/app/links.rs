//! Opens things in the browser. The web view names a thing; the address is known here. That of a recording is a stranger's, so
//! the person agrees to its host once.

use std::sync::Arc;

use url::Url;

use super::consent::Consent;
use super::login::Signers;
use super::{Browser, Error, words};
use crate::adf;
use crate::api::Link;
use crate::clock::Clock;
use crate::domain::destination::Destination;
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::domain::problem::Gone;
use crate::http::is_loopback;
use crate::store::Store;

/// Where Atlassian lists the apps that an account is connected to.
const CONNECTED_APPS: &str = "https://id.atlassian.com/manage-profile/apps";

/// Where Atlassian makes API tokens.
const TOKEN_PAGE: &str = "https://id.atlassian.com/manage-profile/security/api-tokens";

/// How to register an Atlassian app and set this one up.
const SETUP_GUIDE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/maintainer.md");

/// See the module.
pub(super) struct Links {
    store: Store,
    clock: Arc<dyn Clock>,
    signers: Signers,
    browser: Arc<dyn Browser>,
    consent: Consent,
}

impl Links {
    pub(super) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        signers: Signers,
        browser: Arc<dyn Browser>,
        consent: Consent,
    ) -> Self {
        Self { store, clock, signers, browser, consent }
    }

    /// Opens something in the browser. A recording whose host the person does not agree to stays closed.
    pub(super) async fn open(&self, link: Link) -> Result<(), Error> {
        let gone = Error::gone(Gone::Address);
        let is_recording = matches!(link, Link::Recording { .. });
        let address = match link {
            Link::Delivery { id } => self.delivery_address(id).await?,
            Link::Page { organization, page } => self
                .site(&organization)
                .map(|site| format!("{site}/wiki/pages/viewpage.action?pageId={page}")),
            Link::Recording { meeting } => self
                .store
                .read(move |db| db.meetings().head(meeting))
                .await?
                .and_then(|meeting| meeting.recording),
            Link::ConnectedApps => Some(CONNECTED_APPS.to_owned()),
            Link::TokenPage => Some(TOKEN_PAGE.to_owned()),
            Link::SetupGuide => Some(SETUP_GUIDE.to_owned()),
        };
        // Addresses come from Confluence and from files, so only what a browser shows is opened.
        let address =
            address.and_then(|address| Url::parse(&address).ok()).filter(opens_safely).ok_or(gone)?;
        if is_recording && !self.is_agreed(&address).await? {
            return Ok(());
        }
        self.browser.open(&address).map_err(Error::Browser)
    }

    /// Whether the person agrees to the host of a recording. They are asked once.
    async fn is_agreed(&self, address: &Url) -> Result<bool, Error> {
        let Some(host) = adf::Link::new(address.as_str()).map(|link| link.host()) else { return Ok(false) };
        let asked = host.clone();
        if self.store.read(move |db| db.recording_hosts().is_agreed(&asked)).await? {
            return Ok(true);
        }
        if !self.consent.ask(words::open_recording(&host)).await {
            return Ok(false);
        }
        let now = self.clock.now();
        self.store.write(move |tx| tx.recording_hosts_mut().agree(&host, now)).await?;
        Ok(true)
    }

    async fn delivery_address(&self, id: DeliveryId) -> Result<Option<String>, Error> {
        let found = self.store.read(move |db| db.deliveries().get(id)).await?;
        let Some((delivery, _)) = found else { return Ok(None) };
        if delivery.url.is_some() {
            return Ok(delivery.url);
        }
        // Not confirmed: the place where it would be.
        let site = self.site(delivery.destination.organization());
        Ok(site.map(|site| match &delivery.destination {
            Destination::NewPage { space, .. } => format!("{site}/wiki/spaces/{}/pages", space.key),
            Destination::Comment { page, .. } => {
                format!("{site}/wiki/pages/viewpage.action?pageId={}", page.id)
            }
        }))
    }

    fn site(&self, organization: &OrganizationId) -> Option<String> {
        let found = self.signers.now().organizations().into_iter().find(|o| o.id == *organization)?;
        Some(found.url.trim_end_matches('/').to_owned())
    }
}

fn opens_safely(address: &Url) -> bool {
    address.scheme() == "https" || (address.scheme() == "http" && is_loopback(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_are_opened() {
        for (address, opens) in [
            ("https://acme.atlassian.net/wiki/spaces/ENG/pages/1", true),
            ("http://127.0.0.1:8080/site/acme/wiki", true),
            ("http://acme.atlassian.net/wiki", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("sally://oauth/callback?code=x", false),
        ] {
            assert_eq!(opens_safely(&Url::parse(address).unwrap()), opens, "{address}");
        }
    }

    #[test]
    fn the_setup_guide_is_there() {
        let guide = SETUP_GUIDE.strip_prefix(concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/")).unwrap();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(root.join(guide).is_file(), "{guide} is in the repository");
    }
}
