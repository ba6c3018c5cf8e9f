//! Who is connected, and who signs: what [`Login`](super::Login) publishes and everybody else reads. Each delivery belongs to
//! the account that sent it, and no other one sends it unless a person says so.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::phase::Phase;
use super::sites::Connected;
use crate::app::Error;
use crate::auth::{self, LoginId};
use crate::confluence::Confluence;
use crate::domain::account::Account;
use crate::domain::delivery::{Delivery, Sender};
use crate::domain::destination::Organization;
use crate::domain::id::{AccountId, OrganizationId};
use crate::domain::problem::{Connection, Problem};
use crate::domain::site::Site;
use crate::store::{self, Store};

/// In whose name things are sent to an organization, and who signs.
#[derive(Clone)]
pub(in crate::app) struct Identity {
    pub(in crate::app) sender: Sender,
    pub(in crate::app) login: LoginId,
    pub(in crate::app) confluence: Confluence,
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        (&self.sender, self.login) == (&other.sender, other.login)
    }
}

/// Who logged in, and may send to these organizations.
#[derive(Clone)]
pub(super) struct LoggedIn {
    pub(super) identity: Identity,
    pub(super) organizations: Vec<OrganizationId>,
}

/// Who is connected, and how.
#[derive(Clone, Default)]
pub(in crate::app) struct Accounts {
    /// The state of the login.
    pub(super) phase: Phase,
    /// Who logged in. Nobody until the keyring was read.
    pub(super) logged_in: Option<LoggedIn>,
    /// The sites that are connected by API tokens.
    pub(super) sites: BTreeMap<OrganizationId, Connected>,
    /// Whether the keyring was read.
    pub(super) is_restored: bool,
}

/// Who sends to which organization. Nobody where nobody is connected.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct Senders {
    first: BTreeMap<OrganizationId, Sender>,
    /// Everybody who is connected there, or has a token there that does nothing at the moment.
    known: Vec<(OrganizationId, AccountId)>,
}

impl Senders {
    /// Who sends to an organization from now on.
    pub(in crate::app) fn to(&self, organization: &OrganizationId) -> Option<&Sender> {
        self.first.get(organization)
    }

    /// Whether nobody who is connected may send what an account sent there, nor find it again, so that a person must decide.
    pub(in crate::app) fn is_stray(
        &self,
        organization: &OrganizationId,
        account: Option<&AccountId>,
        in_doubt: bool,
    ) -> bool {
        match self.to(organization) {
            _ if in_doubt && account.is_some_and(|account| self.knows(organization, account)) => false,
            Some(me) => account != Some(&me.id),
            // What may have arrived is found out when somebody is connected.
            None => !in_doubt,
        }
    }

    /// Whether an account is connected there, or will be once its token is renewed.
    fn knows(&self, organization: &OrganizationId, account: &AccountId) -> bool {
        self.known.iter().any(|(of, id)| of == organization && id == account)
    }
}

impl Accounts {
    /// Who may sign for an organization now; nobody before the keyring was read, and while nobody is connected. A token is for
    /// this site alone, so it has priority over a login that reaches the site as well.
    fn identities_of(&self, organization: &OrganizationId) -> impl Iterator<Item = Identity> {
        let by_token = self.sites.get(organization).and_then(Connected::identity);
        let reaches = |one: &&LoggedIn| one.organizations.contains(organization);
        let by_login = self.logged_in.as_ref().filter(reaches).map(|one| one.identity.clone());
        by_token.into_iter().chain(by_login)
    }

    /// Who sends to an organization now, and signs.
    pub(in crate::app) fn identity_of(&self, organization: &OrganizationId) -> Option<Identity> {
        self.identities_of(organization).next()
    }

    /// Who signs for what an account sent: that account, also where another one's token goes first now.
    pub(in crate::app) fn identity_for(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
    ) -> Option<Identity> {
        self.identities_of(organization).find(|identity| identity.sender.id == *account)
    }

    /// Whether somebody signs who did not before: a login or a token is new.
    pub(in crate::app) fn has_new_signer(&self, before: &Self) -> bool {
        self.logins().any(|login| !before.logins().any(|other| other == login))
    }

    fn logins(&self) -> impl Iterator<Item = LoginId> {
        let by_token = self.sites.values().filter_map(Connected::identity).map(|identity| identity.login);
        self.logged_in.iter().map(|one| one.identity.login).chain(by_token)
    }

    /// Who looks for a delivery that may have arrived. Nobody while the token of who sent it does nothing: it may be renewed.
    pub(in crate::app) fn reconciler_for(&self, delivery: &Delivery) -> Option<Identity> {
        let organization = delivery.destination.organization();
        let account = delivery.sender.as_ref().map(|sender| &sender.id);
        account.and_then(|account| self.identity_for(organization, account)).or_else(|| {
            let waits = account.is_some_and(|account| self.senders().knows(organization, account));
            self.identity_of(organization).filter(|_| !waits)
        })
    }

    /// Who sends where from now on, whether or not the keyring was read.
    pub(in crate::app) fn senders(&self) -> Senders {
        let mut senders = Senders::default();
        if let Some(account) = self.account() {
            for organization in &account.organizations {
                senders.known.push((organization.id.clone(), account.id.clone()));
                senders.first.insert(organization.id.clone(), sender_of(account));
            }
        }
        for connected in self.sites.values() {
            let (id, site) = (&connected.site.organization.id, &connected.site);
            senders.known.push((id.clone(), site.account.clone()));
            if connected.is_working() {
                senders.first.insert(id.clone(), sender_of_site(site));
            }
        }
        senders
    }

    /// Who sends to an organization from now on.
    pub(in crate::app) fn sender_to(&self, organization: &OrganizationId) -> Result<Sender, Error> {
        self.senders().to(organization).cloned().ok_or_else(|| self.not_connected_to(organization))
    }

    /// The organizations that can be reached, or could last, by name.
    pub(in crate::app) fn organizations(&self) -> Vec<Organization> {
        let mut all = self.organizations_of_login().to_vec();
        all.retain(|one| !self.sites.contains_key(&one.id));
        all.extend(self.sites.values().map(|connected| connected.site.organization.clone()));
        all.sort_by_key(|one| (one.name.to_lowercase(), one.url.clone()));
        all
    }

    /// The account that is logged in: while a new login is under way, the old one still serves.
    pub(super) fn account(&self) -> Option<&Account> {
        let (account, connected) = self.phase.account()?;
        connected.then_some(account)
    }

    /// The organizations that the login reaches, or reached last.
    fn organizations_of_login(&self) -> &[Organization] {
        self.phase.account().map(|(account, _)| account.organizations.as_slice()).unwrap_or_default()
    }

    /// Whether something can be sent somewhere.
    pub(in crate::app) fn is_connected(&self) -> bool {
        self.account().is_some() || self.sites.values().any(Connected::is_working)
    }

    /// Whether the keyring was read, and had who is connected.
    pub(in crate::app) fn came_from_keyring(&self) -> bool {
        let login = self.logged_in.is_some() && self.account().is_some_and(|account| account.remembered);
        self.is_restored && (login || self.sites.values().any(Connected::came_from_keyring))
    }

    /// Why nothing can be sent.
    pub(in crate::app) fn not_connected(&self) -> Error {
        match &self.phase {
            Phase::NeedsReconnecting(..) => {
                Error::Auth(auth::Error::ReconnectNeeded { why: auth::EndReason::Refused })
            }
            _ => Error::Auth(auth::Error::NotConnected),
        }
    }

    /// Why nothing can be sent to an organization.
    pub(in crate::app) fn not_connected_to(&self, organization: &OrganizationId) -> Error {
        let of_login = || self.organizations_of_login().iter().any(|one| one.id == *organization);
        match self.sites.get(organization).and_then(Connected::trouble) {
            Some(trouble) => trouble.into(),
            None if self.is_connected() && !of_login() => Problem::Connection(Connection::NotReached).into(),
            None => self.not_connected(),
        }
    }
}

pub(super) fn sender_of(account: &Account) -> Sender {
    Sender { id: account.id.clone(), name: Some(account.name.clone()) }
}

pub(super) fn sender_of_site(site: &Site) -> Sender {
    Sender { id: site.account.clone(), name: Some(site.name.clone()) }
}

/// What is done with an error of a request about an organization.
type Report = dyn Fn(&OrganizationId, Error) -> Error + Send + Sync;

/// What a part of the app is lent that asks Confluence: who signs, and whom to tell that a connection has ended. Cheap to
/// clone.
#[derive(Clone)]
pub(in crate::app) struct Signers {
    accounts: watch::Receiver<Accounts>,
    report: Arc<Report>,
}

impl Signers {
    pub(super) fn new(accounts: watch::Receiver<Accounts>, report: Arc<Report>) -> Self {
        Self { accounts, report }
    }

    /// Who is connected now. Held for a moment only: whoever changes it waits.
    pub(in crate::app) fn now(&self) -> watch::Ref<'_, Accounts> {
        self.accounts.borrow()
    }

    /// To await changes from now on.
    pub(in crate::app) fn changes(&self) -> watch::Receiver<Accounts> {
        let mut changes = self.accounts.clone();
        changes.mark_unchanged();
        changes
    }

    /// Waits until the keyring was read.
    pub(in crate::app) async fn restored(&self) {
        // The sender lives as long as the app.
        let _ = self.accounts.clone().wait_for(|accounts| accounts.is_restored).await;
    }

    /// Takes an error of a request about an organization, and notices where it means that a connection has ended.
    pub(in crate::app) fn noticed(&self, organization: &OrganizationId, error: impl Into<Error>) -> Error {
        (self.report)(organization, error.into())
    }

    /// The name of the account that things are sent as, by organization, where there are two: that of another token, or one
    /// whose deliveries are on the list.
    pub(in crate::app) async fn names_to_show(
        &self,
        store: &Store,
    ) -> Result<BTreeMap<OrganizationId, String>, store::Error> {
        let Senders { first: senders, .. } = self.now().senders();
        let mut accounts: Vec<&AccountId> = senders.values().map(|sender| &sender.id).collect();
        accounts.sort();
        accounts.dedup();
        let are_two = match accounts[..] {
            [] => return Ok(BTreeMap::new()),
            [only] => {
                let only = only.clone();
                store.read(move |db| db.deliveries().has_others(&only)).await?
            }
            _ => true,
        };
        let named =
            senders.into_iter().filter_map(|(organization, sender)| Some((organization, sender.name?)));
        Ok(if are_two { named.collect() } else { BTreeMap::new() })
    }
}
