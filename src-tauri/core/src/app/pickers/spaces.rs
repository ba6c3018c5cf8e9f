//! Spaces to choose from, at a price that does not grow with the organization: each space in an answer costs a point of a quota
//! that all users of the app share. An organization with few spaces is listed once a day; in the others, Confluence is asked
//! for what is typed; and where its search knows no spaces, its list is gone through as somebody scrolls. Of people's own
//! spaces, only that of the account is offered.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Pickers, superseding};
use crate::api::{FindSpaces, RefreshSpaces, Spaces, SpacesProgress};
use crate::app::login::Identity;
use crate::app::{Error, Event, lock};
use crate::auth;
use crate::confluence::{self, Among, FoundSpace, SpacePage};
use crate::domain::destination::{ListedSpace, Space, SpaceKind, SpaceListing};
use crate::domain::id::OrganizationId;
use crate::store::SpaceRefresh;

/// How long spaces count as fresh, and what may be done in one: they change rarely, and asking costs points.
const FRESH: SignedDuration = SignedDuration::from_hours(24);

/// Most spaces of an organization that are listed.
const MAX_LISTED: u32 = 500;

/// Spaces per request of the whole list: the maximum of the API.
const LIST_PAGE: u8 = 250;

/// Spaces per request where the list is gone through as somebody scrolls.
const SCROLL_PAGE: u8 = 25;

/// All of Confluence's types of spaces but that of people's own. Its list takes one at a time.
const SHARED: [Option<&str>; 6] = [
    Some("global"),
    Some("collaboration"),
    Some("knowledge_base"),
    Some("system"),
    Some("onboarding"),
    Some("xflow_sample_space"),
];

/// How an organization's spaces are to be offered.
enum Way {
    /// The list of these types.
    List(&'static [Option<&'static str>]),
    /// By what is typed, out of so many.
    Search(u32),
    /// Page by page.
    Page,
}

/// How far a list is gone through that is read as somebody scrolls.
pub(super) struct Paging {
    identity: Identity,
    began: Timestamp,
    types: &'static [Option<&'static str>],
    cursor: Option<String>,
}

impl Pickers {
    /// Spaces that match, out of those that are kept. No request.
    pub(in crate::app) async fn find_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        let answer = self.0.store.read(move |db| {
            let (spaces, matching) = db.spaces().find(&wanted.organization, &wanted.query)?;
            let refreshed = db.spaces().refreshed(&wanted.organization)?;
            let all = refreshed.map_or(0, |refresh| refresh.total);
            let total = if wanted.query.is_empty() { matching.max(all) } else { matching };
            Ok(Spaces { spaces, total, listing: refreshed.map(|refresh| refresh.listing) })
        });
        Ok(answer.await?)
    }

    /// Brings an organization's spaces up to date, unless they are. Where that is under way already, it is waited for.
    pub(in crate::app) async fn refresh_spaces(&self, wanted: RefreshSpaces) -> Result<(), Error> {
        let RefreshSpaces { organization, again } = wanted;
        self.0.signers.restored().await;
        let (refreshing, came) = (self.refreshing(&organization), self.0.clock.now());
        let refresh = async {
            let _refreshing = refreshing.lock().await;
            let refreshed = self.refreshed(&organization).await?;
            // Who waited for another one's refresh has what it brought.
            if refreshed.is_some_and(|refresh| self.is_fresh(refresh.at) && !(again && refresh.at < came)) {
                return Ok(());
            }
            let identity = self.identity(&organization)?;
            if again {
                lock(&self.0.open_spaces).retain(|(of, _), _| *of != organization);
            }
            Asking { pickers: self, organization: &organization, identity, began: self.0.clock.now() }
                .refresh()
                .await
        };
        tokio::select! {
            refreshed = refresh => refreshed,
            () = self.0.tasks.ending().cancelled() => Ok(()),
        }
    }

    /// Spaces that match, also those that are not kept where not all are. The search before this one is cancelled.
    pub(in crate::app) async fn search_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        superseding(&self.0.searching_spaces, self.ask_for_spaces(wanted)).await
    }

    async fn ask_for_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        self.0.signers.restored().await;
        let kept = self.find_spaces(wanted.clone()).await?;
        let by_words = match kept.listing {
            None | Some(SpaceListing::Whole) => return Ok(kept),
            Some(SpaceListing::Searched) => true,
            Some(SpaceListing::Paged) => false,
        };
        let FindSpaces { organization, query } = &wanted;
        let identity = self.identity(organization)?;
        let asking = Asking { pickers: self, organization, identity, began: self.0.clock.now() };
        let (mut found, mut total) = if by_words { asking.search(query).await? } else { (Vec::new(), 0) };
        let is_key = |space: &Space| space.key.eq_ignore_ascii_case(query.trim());
        let has_key = kept.spaces.iter().map(|one| &one.space).chain(found.iter().map(|one| &one.space));
        if looks_like_a_key(query) && !has_key.into_iter().any(is_key) {
            let keyed = asking.keyed(query.trim()).await?;
            total += u32::from(keyed.is_some());
            found.extend(keyed);
        }
        let (id, at, met) = (organization.clone(), asking.began, found.clone());
        self.0.store.write(move |tx| tx.spaces_mut().put(&id, &met, at)).await?;
        // What was found may match in a way that only Confluence knows.
        let mut spaces = self.find_spaces(wanted).await?;
        for one in found {
            if !spaces.spaces.iter().any(|other| other.space.id == one.space.id) {
                spaces.spaces.push(one);
            }
        }
        let shown = u32::try_from(spaces.spaces.len()).unwrap_or(u32::MAX);
        spaces.total = spaces.total.max(total).max(shown);
        Ok(spaces)
    }

    /// The next spaces of a list that is gone through as somebody scrolls. Answers whether there may be more.
    pub(in crate::app) async fn more_spaces(&self, organization: OrganizationId) -> Result<bool, Error> {
        self.0.signers.restored().await;
        let refreshing = self.refreshing(&organization);
        let _refreshing = refreshing.lock().await;
        let refreshed = self.refreshed(&organization).await?;
        if refreshed.is_none_or(|refresh| refresh.listing != SpaceListing::Paged) {
            return Ok(false);
        }
        let identity = self.identity(&organization)?;
        let paging = lock(&self.0.paging).remove(&organization);
        let paging = paging.filter(|paging| paging.identity == identity);
        let began = paging.as_ref().map_or_else(|| self.0.clock.now(), |paging| paging.began);
        Asking { pickers: self, organization: &organization, identity, began }.page(paging).await
    }

    /// Held while an organization's spaces are being fetched.
    fn refreshing(&self, organization: &OrganizationId) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(lock(&self.0.refreshing).entry(organization.clone()).or_default())
    }

    /// What was learnt when they were fetched last.
    async fn refreshed(&self, organization: &OrganizationId) -> Result<Option<SpaceRefresh>, Error> {
        let id = organization.clone();
        Ok(self.0.store.read(move |db| db.spaces().refreshed(&id)).await?)
    }

    pub(super) fn is_fresh(&self, at: Timestamp) -> bool {
        let age = self.0.clock.now().duration_since(at);
        // An age below zero means that the clock was set back: not fresh, then.
        !age.is_negative() && age < FRESH
    }
}

/// One request or several to an organization, in one name.
pub(super) struct Asking<'a> {
    pub(super) pickers: &'a Pickers,
    pub(super) organization: &'a OrganizationId,
    pub(super) identity: Identity,
    pub(super) began: Timestamp,
}

impl Asking<'_> {
    async fn refresh(&self) -> Result<(), Error> {
        match self.way().await? {
            Way::List(types) => self.list(types).await,
            Way::Search(total) => {
                let own = self.own().await?;
                self.keep(self.offered(own.into_iter().collect()), Some((SpaceListing::Searched, total)))
                    .await
            }
            Way::Page => self.page(None).await.map(|_| ()),
        }
    }

    async fn way(&self) -> Result<Way, Error> {
        Ok(match self.count(Among::All).await? {
            None => Way::Page,
            Some(all) if all <= MAX_LISTED => Way::List(&[None]),
            Some(all) => match self.count(Among::Shared).await? {
                Some(shared) if shared <= MAX_LISTED => Way::List(&SHARED),
                shared => Way::Search(shared.unwrap_or(all)),
            },
        })
    }

    /// How many spaces there are; nothing where search does not know. That is not documented.
    async fn count(&self, among: Among) -> Result<Option<u32>, Error> {
        match self.identity.confluence.count_spaces(self.organization, among).await {
            Ok(0) | Err(confluence::Error::Refused { .. }) => Ok(None),
            counted => self.asked(counted).map(Some),
        }
    }

    /// All spaces of these types, and the account's own.
    async fn list(&self, types: &[Option<&str>]) -> Result<(), Error> {
        let mut loaded = 0;
        for of_type in types {
            let (mut cursor, mut seen) = (None::<String>, HashSet::new());
            loop {
                let SpacePage { spaces, next } = self.listed(*of_type, cursor.as_deref(), LIST_PAGE).await?;
                loaded += u32::try_from(spaces.len()).unwrap_or(0);
                self.keep(self.offered(spaces), None).await?;
                self.tell(loaded, false);
                // A server that leads in a circle would keep us here for ever.
                match next {
                    Some(next) if seen.insert(next.clone()) => cursor = Some(next),
                    _ => break,
                }
            }
        }
        // The list of everything has the account's own, too.
        let own = if types.contains(&None) { None } else { self.own().await? };
        self.keep(self.offered(own.into_iter().collect()), Some((SpaceListing::Whole, 0))).await?;
        self.tell(loaded, true);
        Ok(())
    }

    /// The account's own space. Where that is not told, the others are enough.
    async fn own(&self) -> Result<Option<FoundSpace>, Error> {
        use confluence::Error as E;
        match self.identity.confluence.own_space(self.organization).await {
            Err(E::ScopeMissing | E::Denied | E::Refused { .. }) => Ok(None),
            own => self.asked(own),
        }
    }

    /// The next page of the list. Answers whether there may be more.
    async fn page(&self, paging: Option<Paging>) -> Result<bool, Error> {
        let is_first = paging.is_none();
        let own = if is_first { self.own().await? } else { None };
        let (mut types, cursor) = paging.map_or((&SHARED[..], None), |paging| (paging.types, paging.cursor));
        let Some(of_type) = types.first() else { return Ok(false) };
        let SpacePage { mut spaces, next } = self.listed(*of_type, cursor.as_deref(), SCROLL_PAGE).await?;
        spaces.extend(own);
        // A circle ends with the type that it is in.
        let next = next.filter(|next| cursor.as_ref() != Some(next));
        if next.is_none() {
            types = &types[1..];
        }
        let is_more = !types.is_empty();
        let listing = if is_more { SpaceListing::Paged } else { SpaceListing::Whole };
        // What is left of an old listing stays until all are seen.
        let ends = (is_first || !is_more).then_some((listing, 0));
        self.keep(self.offered(spaces), ends).await?;
        if is_more {
            let paging = Paging { identity: self.identity.clone(), began: self.began, types, cursor: next };
            lock(&self.pickers.0.paging).insert(self.organization.clone(), paging);
        }
        self.tell(0, true);
        Ok(is_more)
    }

    async fn listed(
        &self,
        of_type: Option<&str>,
        cursor: Option<&str>,
        limit: u8,
    ) -> Result<SpacePage, Error> {
        let confluence = &self.identity.confluence;
        self.asked(confluence.spaces(self.organization, of_type, cursor, limit).await)
    }

    /// Spaces by words of their names, and how many match in all.
    async fn search(&self, words: &str) -> Result<(Vec<ListedSpace>, u32), Error> {
        let confluence = &self.identity.confluence;
        let mut found = confluence.search_spaces(self.organization, Among::Shared, words).await;
        if matches!(found, Err(confluence::Error::Refused { .. })) {
            found = confluence.search_spaces(self.organization, Among::All, words).await;
        }
        let found = self.asked(found)?;
        Ok((self.offered(found.spaces), found.total))
    }

    /// The space with this key.
    async fn keyed(&self, key: &str) -> Result<Option<ListedSpace>, Error> {
        let found = self.asked(self.identity.confluence.space(self.organization, key).await)?;
        Ok(self.offered(found.map(|(space, _)| space).into_iter().collect()).pop())
    }

    /// What can be offered: neither what is closed nor what is another person's own.
    fn offered(&self, found: Vec<FoundSpace>) -> Vec<ListedSpace> {
        let is_offered = |one: &FoundSpace| {
            let is_own = one.owner.as_ref() == Some(&self.identity.sender.id);
            !one.is_archived && (one.kind != SpaceKind::Personal || is_own)
        };
        let listed = |FoundSpace { space, kind, .. }| ListedSpace { space, kind };
        found.into_iter().filter(is_offered).map(listed).collect()
    }

    /// Keeps spaces, and with `ends` what is known of an organization's.
    async fn keep(&self, spaces: Vec<ListedSpace>, ends: Option<(SpaceListing, u32)>) -> Result<(), Error> {
        let (id, at) = (self.organization.clone(), self.began);
        let kept = self.pickers.0.store.write(move |tx| {
            tx.spaces_mut().put(&id, &spaces, at)?;
            match ends {
                Some((listing, total)) => tx.spaces_mut().finish(&id, SpaceRefresh { at, listing, total }),
                None => Ok(()),
            }
        });
        Ok(kept.await?)
    }

    fn tell(&self, loaded: u32, complete: bool) {
        let organization = self.organization.clone();
        self.pickers.0.events.emit(Event::Spaces(SpacesProgress { organization, loaded, complete }));
    }

    /// What was answered, if it is still of use.
    pub(super) fn asked<T>(&self, answer: Result<T, confluence::Error>) -> Result<T, Error> {
        let answer = answer.map_err(|error| self.pickers.noticed(self.organization, error))?;
        // Another account sees other spaces.
        if self.pickers.0.signers.now().identity_of(self.organization).as_ref() != Some(&self.identity) {
            return Err(Error::Auth(auth::Error::LoginChanged));
        }
        Ok(answer)
    }
}

/// Whether somebody may have typed a key: letters and digits without a space, and of a person's own a `~` before them.
fn looks_like_a_key(query: &str) -> bool {
    let query = query.trim();
    let key = query.strip_prefix('~').unwrap_or(query);
    !key.is_empty() && key.len() <= 255 && key.chars().all(|c| c.is_ascii_alphanumeric())
}
