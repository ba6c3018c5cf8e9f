//! The test API of a running sandbox: inspect the stored data, order faults, move the clock, and act as administrator, as
//! other people and as the owner of the account.
//!
//! Longer than 400 lines: one list of all that a test can do to the sandbox.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::auth::Tokens;
use crate::clock::Clock;
use crate::data::{ADA, LARGE, PEOPLE};
use crate::faults::Order;
use crate::log::Record;
use crate::site::{Access, Body, Kind, Page, Person, Site, Status, fold};
use crate::tokens::{MAX_LIFETIME, TokenKind};
use crate::world::Quirk;
use crate::{Sandbox, adf, profile};

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organization {
    /// Such as "Globex Worldwide".
    pub name: String,
    /// By which this library's functions name it: `acme`, `globex` or `vandelay`.
    pub slug: String,
    /// Atlassian's identifier of the site.
    pub cloud_id: String,
}

/// A page that was made since the start.
#[derive(Clone, Debug)]
pub struct StoredPage {
    /// Its identifier.
    pub id: String,
    /// The organization's slug.
    pub organization: String,
    /// The key of its space.
    pub space: String,
    /// Its title.
    pub title: String,
    /// Its parent's identifier.
    pub parent: Option<String>,
    /// `current`, `draft` or `archived`.
    pub status: String,
    /// The account that made it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// 1 for a page that nobody changed.
    pub version: u64,
    /// Its content.
    pub document: Arc<Value>,
    /// Its content's words, one line for each block.
    pub text: String,
    /// Where a person opens it.
    pub url: String,
}

/// A comment that was made since the start.
#[derive(Clone, Debug)]
pub struct StoredComment {
    /// Its identifier.
    pub id: String,
    /// The organization's slug.
    pub organization: String,
    /// The page that it is on.
    pub page: String,
    /// That page's title.
    pub page_title: String,
    /// The comment that it replies to.
    pub reply_to: Option<String>,
    /// The account that made it.
    pub author: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its content.
    pub document: Arc<Value>,
    /// Its content's words, one line for each block.
    pub text: String,
    /// Where a person opens it.
    pub url: String,
}

/// What there is, and what was asked.
impl Sandbox {
    /// The app's client id.
    pub fn client_id(&self) -> String {
        self.shared.world().auth.client.id.clone()
    }

    /// The app's client secret.
    pub fn client_secret(&self) -> String {
        self.shared.world().auth.client.secret.clone()
    }

    /// All that nobody but the app may have: its secret, codes that were redeemed, and every token.
    pub fn secrets(&self) -> Vec<String> {
        self.shared.world().auth.secrets()
    }

    /// What the app is told by its environment to work on this sandbox.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let mut environment = vec![
            ("SALLY_ATLASSIAN_AUTH_URL", self.url()),
            ("SALLY_ATLASSIAN_API_URL", self.url()),
            ("SALLY_ATLASSIAN_CLIENT_ID", self.client_id()),
            ("SALLY_ATLASSIAN_CLIENT_SECRET", self.client_secret()),
            ("SALLY_MCP_URL", self.sally_address()),
        ];
        let redirect = self.redirect_uris().into_iter().next();
        environment.extend(redirect.map(|address| ("SALLY_ATLASSIAN_REDIRECT_URI", address)));
        environment
    }

    /// The same for one variable; `None` for any other.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.environment().into_iter().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The addresses to which a login may return.
    pub fn redirect_uris(&self) -> Vec<String> {
        self.shared.world().auth.client.redirect_uris.clone()
    }

    /// Registers another address to which a login may return.
    pub fn register_redirect_uri(&self, uri: &str) {
        self.shared.world().auth.client.redirect_uris.push(uri.to_owned());
    }

    /// How many points the requests of the app cost so far.
    pub fn points(&self) -> u64 {
        self.shared.points.used()
    }

    /// Founds one more organization, Vandelay Industries, which has 10,000 spaces. Whoever consents from now on can let the
    /// app into it.
    pub fn found_large_organization(&self) -> Organization {
        let sites = &mut self.shared.world().sites;
        let site = Site::new(sites.len() as u64, &LARGE);
        let organization = shown(&site);
        sites.push(site);
        organization
    }

    /// The organizations: Acme, then Globex Worldwide.
    pub fn organizations(&self) -> Vec<Organization> {
        self.shared.world().sites.iter().map(shown).collect()
    }

    /// Pages that were made since the start, drafts too, in the order in which each organization got them.
    pub fn pages(&self) -> Vec<StoredPage> {
        let world = self.shared.world();
        let sites = world.sites.iter().enumerate();
        sites
            .flat_map(|(place, site)| site.made_pages().iter().map(move |page| (place, site, page)))
            .map(|(place, site, page)| {
                let document = page.document();
                StoredPage {
                    id: page.id.to_string(),
                    organization: site.slug.to_owned(),
                    space: site.spaces[page.space].key.clone(),
                    title: page.title.clone(),
                    parent: page.parent.map(|parent| parent.to_string()),
                    status: page.status.as_str().to_owned(),
                    author: page.author.account_id.to_owned(),
                    created: page.created,
                    version: page.version,
                    text: adf::plain(&document),
                    document,
                    url: format!("{}{}", world.base(place), site.webui(page)),
                }
            })
            .collect()
    }

    /// Those of [`pages`](Self::pages) with exactly this title.
    pub fn pages_titled(&self, title: &str) -> Vec<StoredPage> {
        self.pages().into_iter().filter(|page| page.title == title).collect()
    }

    /// Comments that were made since the start, in the order in which each organization got them.
    pub fn comments(&self) -> Vec<StoredComment> {
        let world = self.shared.world();
        let sites = world.sites.iter().enumerate();
        sites
            .flat_map(|(place, site)| site.comments.iter().map(move |comment| (place, site, comment)))
            .filter_map(|(place, site, comment)| {
                let page = site.page(comment.page)?;
                Some(StoredComment {
                    id: comment.id.to_string(),
                    organization: site.slug.to_owned(),
                    page: comment.page.to_string(),
                    page_title: page.title.clone(),
                    reply_to: comment.reply_to.map(|parent| parent.to_string()),
                    author: comment.author.account_id.to_owned(),
                    created: comment.created,
                    document: Arc::clone(&comment.document),
                    text: adf::plain(&comment.document),
                    url: format!("{}{}", world.base(place), site.comment_webui(page, comment.id)),
                })
            })
            .collect()
    }

    /// Every request so far, in the order in which they came, those of the web view too.
    pub fn requests(&self) -> Vec<Record> {
        self.shared.log.all()
    }

    /// How many requests had this method (empty for any) and this in their path.
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.shared.log.count(method, path)
    }

    /// The identifier of a space, by its key.
    pub fn space_id(&self, organization: &str, key: &str) -> Option<String> {
        let world = self.shared.world();
        let site = world.sites.iter().find(|site| site.slug == organization)?;
        site.space_by_key(key).map(|(_, space)| space.id.to_string())
    }

    /// The identifier of a page, by its space's key and its title.
    pub fn page_id(&self, organization: &str, key: &str, title: &str) -> Option<String> {
        let world = self.shared.world();
        let site = world.sites.iter().find(|site| site.slug == organization)?;
        let (space, _) = site.space_by_key(key)?;
        site.titled(space, title).map(|page| page.id.to_string())
    }

    /// The address of a page, as a browser shows it.
    pub fn page_url(&self, organization: &str, id: &str) -> Option<String> {
        let world = self.shared.world();
        let place = world.sites.iter().position(|site| site.slug == organization)?;
        let site = world.sites.get(place)?;
        let page = site.page(id.parse().ok()?)?;
        Some(format!("{}{}", world.base(place), site.webui(page)))
    }
}

/// Time, tokens and faults.
impl Sandbox {
    /// The clock, to move it.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) {
        self.shared.clock.advance(by);
    }

    /// How far search lags behind what is written from now on.
    pub fn set_index_lag(&self, lag: Duration) {
        self.shared.world().settings.index_lag = lag;
    }

    /// Orders a fault. Orders stand until [`forgive`](Self::forgive).
    pub fn order(&self, order: Order) {
        self.shared.faults().add(order);
    }

    /// Takes all orders back.
    pub fn forgive(&self) {
        self.shared.faults().clear();
    }

    /// Tokens for these scopes and both organizations, without a login.
    pub fn issue(&self, scopes: &[&str]) -> Tokens {
        let now = self.shared.clock.now();
        let mut world = self.shared.world();
        let sites: BTreeSet<usize> = (0..world.sites.len()).collect();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let person = world.at_browser;
        let consent = world.auth.consent_of(person, scopes, &sites);
        world.auth.start(consent, now)
    }

    /// Who is logged in at Atlassian in the browser from now on. Answers whether there is such a person.
    pub fn log_in_as(&self, name: &str) -> bool {
        let person = PEOPLE.into_iter().find(|person| person.name == name);
        if let Some(person) = person {
            self.shared.world().at_browser = person;
        }
        person.is_some()
    }

    /// Ends the life of all access tokens; refresh tokens still work.
    pub fn expire_access_tokens(&self) {
        let now = self.shared.clock.now();
        self.shared.world().auth.expire_access(now);
    }

    /// The person removes the app from their Atlassian account: no token works any more.
    pub fn revoke(&self) {
        self.shared.world().auth.revoke();
    }

    /// Consents grant at most these scopes from now on, whatever is asked; all again with `None`.
    pub fn grant_only(&self, scopes: Option<&[&str]>) {
        let scopes = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect());
        self.shared.world().desk.only = scopes;
    }
}

/// API tokens.
impl Sandbox {
    /// Makes Ada an API token, which lasts a year unless another end is given.
    pub fn make_token(&self, kind: TokenKind, expires: Option<Timestamp>) -> String {
        self.token_for(ADA, kind, expires)
    }

    /// The same for another person, by their e-mail address; nothing where there is no such person.
    pub fn make_token_of(&self, email: &str, kind: TokenKind, expires: Option<Timestamp>) -> Option<String> {
        Some(self.token_for(person(email)?, kind, expires))
    }

    fn token_for(&self, person: &'static Person, kind: TokenKind, expires: Option<Timestamp>) -> String {
        let last = self.shared.clock.now().saturating_add(MAX_LIFETIME).unwrap_or(Timestamp::MAX);
        self.shared.world().make_token(person, "Made by a test", kind, expires.unwrap_or(last))
    }

    /// Revokes an API token. Answers whether there is one.
    pub fn revoke_token(&self, token: &str) -> bool {
        self.shared.world().tokens.revoke(token)
    }

    /// The address of the page on which a person makes API tokens.
    pub fn token_page(&self) -> String {
        format!("{}{}", self.url(), profile::PATH)
    }

    /// The e-mail address of the person who is logged in at Atlassian in the browser.
    pub fn email(&self) -> String {
        self.shared.world().at_browser.email.to_owned()
    }

    /// The address of an organization's site, which stands for that of `SITE.atlassian.net`.
    pub fn site_url(&self, organization: &str) -> Option<String> {
        let world = self.shared.world();
        let place = world.sites.iter().position(|site| site.slug == organization)?;
        Some(world.site_url(place))
    }

    /// Somebody may not use an organization's Confluence any more, as a guest may not. Answers whether both exist.
    pub fn lock_out(&self, email: &str, organization: &str) -> bool {
        let lock = |site: &mut Site| {
            site.locked_out.insert(person(email)?.account_id);
            Some(())
        };
        self.in_site(organization, lock).is_some()
    }

    /// Takes [`lock_out`](Self::lock_out) back.
    pub fn let_in(&self, email: &str, organization: &str) -> bool {
        let unlock = |site: &mut Site| Some(site.locked_out.remove(person(email)?.account_id));
        self.in_site(organization, unlock).is_some()
    }
}

/// What the account has, and may.
impl Sandbox {
    /// Switches a quirk on or off; all are off at the start.
    pub fn set_quirk(&self, quirk: Quirk, is_on: bool) {
        let quirks = &mut self.shared.world().settings.quirks;
        if is_on {
            quirks.insert(quirk);
        } else {
            quirks.remove(&quirk);
        }
    }

    /// Sets what the account may do in a space. Answers whether there is one.
    pub fn set_space_access(&self, organization: &str, key: &str, access: Access) -> bool {
        self.in_site(organization, |site| {
            let place = site.space_by_key(key)?.0;
            site.space_access.insert(place, access);
            Some(())
        })
        .is_some()
    }

    /// Adds this many spaces to an organization, half of them Grace's and nobody else's. Answers whether there is one.
    pub fn add_spaces(&self, organization: &str, count: usize) -> bool {
        let add = |site: &mut Site| {
            for n in 0..count {
                let is_own = n % 2 == 1;
                let (kind, owner) = if is_own { ("personal", PEOPLE[1]) } else { ("global", ADA) };
                site.add_space(&format!("ADD{n}"), &format!("Added {n:04}"), kind, owner);
            }
            Some(())
        };
        self.in_site(organization, add).is_some()
    }

    /// Archives a space, or opens it again. Answers whether there is one.
    pub fn set_space_archived(&self, organization: &str, key: &str, is_so: bool) -> bool {
        self.in_site(organization, |site| {
            let place = site.space_by_key(key)?.0;
            Arc::make_mut(&mut site.spaces)[place].is_archived = is_so;
            Some(())
        })
        .is_some()
    }

    /// Sets what the account may do with a page. Answers whether there is one.
    pub fn set_page_access(&self, organization: &str, id: &str, access: Access) -> bool {
        self.in_site(organization, |site| {
            let id = site.page(id.parse().ok()?)?.id;
            site.page_access.insert(id, access);
            Some(())
        })
        .is_some()
    }

    /// An organization is called something else from now on.
    pub fn rename(&self, organization: &str, name: &'static str) -> bool {
        self.in_site(organization, |site| {
            site.name = name;
            Some(())
        })
        .is_some()
    }

    /// An administrator's data policy keeps apps out of an organization, or no longer. A call with an API token is
    /// none of an app.
    pub fn set_blocked_by_policy(&self, organization: &str, is_so: bool) -> bool {
        self.in_site(organization, |site| {
            site.is_blocked = is_so;
            Some(())
        })
        .is_some()
    }

    /// An administrator's list of addresses keeps this machine out of an organization, or no longer.
    pub fn set_blocked_by_address(&self, organization: &str, is_so: bool) -> bool {
        self.in_site(organization, |site| {
            site.is_fenced = is_so;
            Some(())
        })
        .is_some()
    }

    /// Somebody else makes a page; it can be found at once. Answers its identifier, or nothing where the
    /// space is unknown or the title taken.
    pub fn add_page(&self, organization: &str, key: &str, title: &str) -> Option<String> {
        self.add(organization, key, title, Kind::Page)
    }

    /// Somebody writes a post for the blog of a space. Answers its identifier.
    pub fn add_blog_post(&self, organization: &str, key: &str, title: &str) -> Option<String> {
        self.add(organization, key, title, Kind::BlogPost)
    }

    fn add(&self, organization: &str, key: &str, title: &str, kind: Kind) -> Option<String> {
        let now = self.shared.clock.now();
        self.in_site(organization, |site| {
            let (place, space) = site.space_by_key(key)?;
            let parent = Some(space.homepage);
            if site.titled(place, title).is_some() {
                return None;
            }
            let id = site.add_page(Page {
                id: 0,
                space: place,
                parent,
                title: title.to_owned(),
                folded: fold(title),
                status: Status::Current,
                author: PEOPLE[1],
                created: now,
                changed: now,
                version: 1,
                searchable_from: now,
                is_live: false,
                kind,
                body: Body::Sample,
            });
            Some(id.to_string())
        })
    }

    /// Somebody makes a folder. Answers its identifier, or nothing where the space is unknown.
    pub fn add_folder(&self, organization: &str, key: &str) -> Option<String> {
        self.in_site(organization, |site| {
            let place = site.space_by_key(key)?.0;
            Some(site.add_folder(place).to_string())
        })
    }

    /// Archives a page: it is found no longer, and still holds its title. Answers whether there is one.
    pub fn archive_page(&self, organization: &str, id: &str) -> bool {
        self.set_status(organization, id, Status::Archived)
    }

    /// Moves a page to the trash.
    pub fn trash_page(&self, organization: &str, id: &str) -> bool {
        self.set_status(organization, id, Status::Trashed)
    }

    /// Takes back that a page was published.
    pub fn unpublish_page(&self, organization: &str, id: &str) -> bool {
        self.set_status(organization, id, Status::Draft)
    }

    fn set_status(&self, organization: &str, id: &str, status: Status) -> bool {
        self.in_site(organization, |site| {
            site.page_mut(id.parse().ok()?)?.status = status;
            Some(())
        })
        .is_some()
    }

    fn in_site<T>(&self, organization: &str, change: impl FnOnce(&mut Site) -> Option<T>) -> Option<T> {
        let mut world = self.shared.world();
        change(world.sites.iter_mut().find(|site| site.slug == organization)?)
    }
}

fn shown(site: &Site) -> Organization {
    Organization {
        name: site.name.to_owned(),
        slug: site.slug.to_owned(),
        cloud_id: site.cloud_id.to_owned(),
    }
}

fn person(email: &str) -> Option<&'static Person> {
    PEOPLE.into_iter().find(|person| person.email.eq_ignore_ascii_case(email))
}
