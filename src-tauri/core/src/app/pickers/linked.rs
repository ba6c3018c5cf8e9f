//! What a pasted link leads to, from the organization whose link it is. Page numbers of one organization mean other pages in
//! the next, so a link of none that is connected is not looked up at all.

use super::{Pickers, found_page};
use crate::api::{FoundPage, FoundPages};
use crate::app::login::Identity;
use crate::app::{Error, words};
use crate::confluence::{self, Content, Link, Linked, ReadPage};
use crate::domain::destination::{Organization, Page, Space};
use crate::domain::id::{OrganizationId, PageId};
use crate::domain::problem::{self, Content as NoPage};

impl Pickers {
    /// The page that the first of these links leads to which is one of a connected organization. For a `parent`, a folder is
    /// as good as a page.
    pub(super) async fn linked_page(&self, links: Vec<Link>, parent: bool) -> Result<FoundPages, Error> {
        let own = self.0.store.read(|db| db.own_addresses().all()).await?;
        let (Linked { space: key, content }, organization) = self.owner(&links, &own)?;
        self.0.signers.restored().await;
        let identity = self.identity(&organization.id)?;
        let place = Place { identity, organization, key };
        let found = self.found(&place, content, parent).await?;
        Ok(FoundPages { organization: place.organization.id, pages: vec![found] })
    }

    /// Asks the site of the first link that may be an organization's own address whose Confluence it is, and remembers it.
    pub(in crate::app) async fn ask_site(&self, text: &str) -> Result<(), Error> {
        self.0.signers.restored().await;
        let links = Link::all(text);
        let site = links.first().map(Link::site).unwrap_or_default();
        let foreign = || Error::from(problem::Link::Foreign { site: site.clone() });
        let address = links.iter().find_map(|link| link.own_address(&self.0.gateway)).ok_or_else(foreign)?;
        let (organizations, identity) = {
            let accounts = self.0.signers.now();
            let organizations = accounts.organizations();
            let identity = organizations.first().and_then(|any| accounts.identity_of(&any.id));
            (organizations, identity.ok_or_else(|| accounts.not_connected())?)
        };
        let owner = match identity.confluence.organization_at(&address).await {
            Ok(owner) => owner,
            Err(error @ (confluence::Error::Unreachable { .. } | confluence::Error::RateLimited { .. })) => {
                return Err(error.into());
            }
            Err(error) => {
                tracing::info!(%error, "a site did not say whose it is");
                return Err(foreign());
            }
        };
        if !organizations.iter().any(|one| one.id == owner) {
            return Err(foreign());
        }
        self.0.store.write(move |tx| tx.own_addresses_mut().put(address.as_str(), &owner)).await?;
        Ok(())
    }

    /// Whose link it is, and where it leads there; `own` are addresses of organizations besides Atlassian's. No request.
    fn owner(
        &self,
        links: &[Link],
        own: &[(String, OrganizationId)],
    ) -> Result<(Linked, Organization), Error> {
        let accounts = self.0.signers.now();
        let organizations = accounts.organizations();
        if organizations.is_empty() {
            return Err(accounts.not_connected());
        }
        let inner: Vec<Link> = links.iter().flat_map(Link::wrapped).collect();
        let elsewhere = own.iter().filter_map(|(url, owner)| {
            let one = organizations.iter().find(|one| one.id == *owner)?;
            Some((Organization { url: url.clone(), ..one.clone() }, one))
        });
        let homes: Vec<_> = organizations.iter().map(|one| (one.clone(), one)).chain(elsewhere).collect();
        let owned = links.iter().chain(&inner).find_map(|link| {
            homes.iter().find_map(|(home, one)| Some((link.within(home, &self.0.gateway)?, (*one).clone())))
        });
        owned.ok_or_else(|| {
            let site = links.first().map(Link::site).unwrap_or_default();
            let is_own = links.first().is_some_and(|link| link.own_address(&self.0.gateway).is_some());
            let why =
                if is_own { problem::Link::OwnAddress { site } } else { problem::Link::Foreign { site } };
            why.into()
        })
    }

    async fn found(&self, place: &Place, content: Content, parent: bool) -> Result<FoundPage, Error> {
        let Place { identity, organization, key } = place;
        let noticed = |error| self.noticed(&organization.id, error);
        let confluence = &identity.confluence;
        match content {
            Content::Page(id) => self.numbered(place, &id, parent).await,
            Content::Titled(title) => {
                let key = key.as_deref().unwrap_or_default();
                let found = confluence.page_titled(&organization.id, key, &title).await.map_err(noticed)?;
                found.map(found_page).ok_or_else(|| place.missing())
            }
            Content::Space => {
                let key = key.as_deref().unwrap_or_default();
                let found = confluence.space(&organization.id, key).await.map_err(noticed)?;
                let home = found.and_then(|(_, home)| home).ok_or_else(|| place.missing())?;
                self.numbered(place, &home, parent).await
            }
            Content::Folder(id) if parent => self.folder(place, id).await,
            Content::Folder(_) => Err(no_page(NoPage::Folder)),
            Content::Other(kind) => Err(no_page(kind)),
        }
    }

    /// What has this number: search says what it is, and knows neither what is new nor what is archived. So a token that may
    /// read pages is used, too.
    async fn numbered(&self, place: &Place, id: &PageId, parent: bool) -> Result<FoundPage, Error> {
        let Place { identity, organization, .. } = place;
        let noticed = |error| self.noticed(&organization.id, error);
        let confluence = &identity.confluence;
        match confluence.by_id(&organization.id, id).await.map_err(noticed)? {
            Some((_, Content::Other(kind))) => return Err(no_page(kind)),
            Some((_, Content::Folder(_))) if !parent => return Err(no_page(NoPage::Folder)),
            Some((hit, _)) => return Ok(found_page(hit)),
            None => {}
        }
        match confluence.read_page(&organization.id, id).await.map_err(noticed)? {
            Some(ReadPage::Current { title, space }) => {
                let organization = organization.id.clone();
                let known = self.0.store.read(move |db| db.spaces().by_id(&organization, &space)).await?;
                Ok(placed(id.clone(), title, known))
            }
            Some(ReadPage::Other(other)) => Err(no_page(other)),
            None => Err(place.missing()),
        }
    }

    /// A folder. Confluence may not find it, and no app of this sort may read it; its number is enough.
    async fn folder(&self, place: &Place, id: PageId) -> Result<FoundPage, Error> {
        let Place { identity, organization, key } = place;
        let noticed = |error| self.noticed(&organization.id, error);
        let confluence = &identity.confluence;
        if let Some((hit, Content::Folder(_))) =
            confluence.by_id(&organization.id, &id).await.map_err(noticed)?
        {
            return Ok(found_page(hit));
        }
        let Some(key) = key else { return Err(place.missing()) };
        let found = confluence.space(&organization.id, key).await.map_err(noticed)?;
        let (space, _) = found.ok_or_else(|| place.missing())?;
        let title = words::folder(&id);
        Ok(placed(id, title, Some(space.space)))
    }
}

/// Where a link leads.
struct Place {
    identity: Identity,
    organization: Organization,
    /// The key of the space, where the link has it.
    key: Option<String>,
}

impl Place {
    fn missing(&self) -> Error {
        problem::Link::Missing { organization: self.organization.name.clone(), space: self.key.clone() }
            .into()
    }
}

fn no_page(kind: NoPage) -> Error {
    problem::Link::NotAPage(kind).into()
}

fn placed(id: PageId, title: String, space: Option<Space>) -> FoundPage {
    let name = space.as_ref().map(|space| space.name.clone()).unwrap_or_default();
    FoundPage { page: Page { id, title, space: name }, space }
}
