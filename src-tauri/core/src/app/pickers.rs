//! The pickers: spaces, pages and people, from Confluence. Asks only while a picker is open.

mod linked;
mod rights;
mod spaces;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::events::Events;
use super::login::{Identity, Signers};
use super::tasks::Tasks;
use super::{Error, lock};
use crate::api::{FindPages, FindPeople, FoundPage, FoundPages, Mentionable};
use crate::clock::Clock;
use crate::confluence::{self, Link, SearchHit};
use crate::domain::id::{OrganizationId, SpaceId};
use crate::domain::problem::{Field, Problem, Program};
use crate::store::Store;

/// How long nothing is asked where Confluence asks to wait and does not say how long.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Pickers(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    events: Events,
    tasks: Tasks,
    signers: Signers,
    /// The address of Atlassian's API, which stands in links that its answers hold.
    gateway: Url,
    /// The search for pages that is under way.
    finding: Mutex<CancellationToken>,
    /// Since when and until when nothing is asked of an organization.
    pauses: Mutex<HashMap<OrganizationId, (Timestamp, Timestamp)>>,
    /// Held while the spaces of an organization are being fetched.
    refreshing: Mutex<HashMap<OrganizationId, Arc<tokio::sync::Mutex<()>>>>,
    /// How far lists are gone through that are read as somebody scrolls.
    paging: Mutex<HashMap<OrganizationId, spaces::Paging>>,
    /// The search for spaces that is under way.
    searching_spaces: Mutex<CancellationToken>,
    /// Spaces in which everything may be made: who found that out, and when.
    open_spaces: Mutex<HashMap<(OrganizationId, SpaceId), (Identity, Timestamp)>>,
}

impl Pickers {
    pub(super) fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        events: Events,
        tasks: Tasks,
        signers: Signers,
        gateway: Url,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            clock,
            events,
            tasks,
            signers,
            gateway,
            finding: Mutex::default(),
            pauses: Mutex::default(),
            refreshing: Mutex::default(),
            paging: Mutex::default(),
            searching_spaces: Mutex::default(),
            open_spaces: Mutex::default(),
        }))
    }

    /// Who is asked about an organization; nobody while it asks to wait.
    fn identity(&self, organization: &OrganizationId) -> Result<Identity, Error> {
        if let Some(until) = self.paused_until(organization) {
            return Err(confluence::Error::RateLimited { until: Some(until) }.into());
        }
        let accounts = self.0.signers.now();
        accounts.identity_of(organization).ok_or_else(|| accounts.not_connected_to(organization))
    }

    /// What an error means for the connection, and for what is asked next: where Confluence asks to wait, nothing more is
    /// asked of that organization, whatever is typed.
    fn noticed(&self, organization: &OrganizationId, error: confluence::Error) -> Error {
        if let confluence::Error::RateLimited { until } = error {
            let until = until.unwrap_or_else(|| self.0.clock.after(PAUSE));
            lock(&self.0.pauses).insert(organization.clone(), (self.0.clock.now(), until));
        }
        self.0.signers.noticed(organization, error)
    }

    fn paused_until(&self, organization: &OrganizationId) -> Option<Timestamp> {
        let (since, until) = lock(&self.0.pauses).get(organization).copied()?;
        // A clock that was set back holds nothing up.
        (since..until).contains(&self.0.clock.now()).then_some(until)
    }

    /// Pages by title or link, from Confluence. The search before this one is cancelled.
    pub(super) async fn find_pages(&self, wanted: FindPages) -> Result<FoundPages, Error> {
        superseding(&self.0.finding, self.search_pages(wanted)).await
    }

    async fn search_pages(&self, wanted: FindPages) -> Result<FoundPages, Error> {
        let FindPages { organization, space, query, parent } = wanted;
        let links = Link::all(&query);
        if !links.is_empty() {
            return self.linked_page(links, parent).await;
        }
        let organization = organization.ok_or(Field::NoOrganization)?;
        self.0.signers.restored().await;
        let key = match space {
            Some(space) => {
                let organization = organization.clone();
                self.0.store.read(move |db| db.spaces().by_id(&organization, &space)).await?
            }
            None => None,
        };
        let key = key.as_ref().map(|space| space.key.as_str());
        let asked = self.identity(&organization)?.confluence.find_pages(&organization, key, &query).await;
        let found = asked.map_err(|error| self.noticed(&organization, error))?;
        Ok(FoundPages { organization, pages: found.into_iter().map(found_page).collect() })
    }

    /// Cancels the search that is under way.
    pub(super) fn stop_finding(&self) {
        lock(&self.0.finding).cancel();
    }

    /// The people of an organization whose names have words that begin so.
    pub(super) async fn find_people(&self, wanted: FindPeople) -> Result<Vec<Mentionable>, Error> {
        self.0.signers.restored().await;
        let confluence = self.identity(&wanted.organization)?.confluence;
        let found = confluence.find_people(&wanted.organization, &wanted.query).await;
        let found = found.map_err(|error| self.noticed(&wanted.organization, error))?;
        Ok(found.into_iter().map(|person| Mentionable { id: person.id, name: person.name }).collect())
    }
}

/// Searches, and cancels the search before this one.
async fn superseding<T>(
    latest: &Mutex<CancellationToken>,
    search: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mine = CancellationToken::new();
    std::mem::replace(&mut *lock(latest), mine.clone()).cancel();
    tokio::select! {
        biased;
        () = mine.cancelled() => Err(Problem::Program(Program::Superseded).into()),
        found = search => found,
    }
}

fn found_page(SearchHit { page, space }: SearchHit) -> FoundPage {
    FoundPage { page, space }
}
