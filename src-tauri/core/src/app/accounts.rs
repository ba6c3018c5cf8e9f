//! Whose deliveries: each belongs to the account that sent it, and no other one sends it unless a person says so. What has
//! no account that can send it now waits for a person. Called by the outbox, and when an account was connected.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::sites::Connected;
use super::status::ErrorView;
use super::{App, Error, lock};
use crate::api::{Account, DeliveryView, ErrorCode, Hint};
use crate::auth::{self, LoginId};
use crate::confluence::{self, Confluence};
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::destination::Organization;
use crate::domain::id::{AccountId, DeliveryId, OrganizationId};
use crate::domain::site::Site;
use crate::store::{self, Listed, Next, WriteTx};

/// An action of a person lasts so long. What waited for longer is not sent by a start or a login without a question.
pub(super) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// In whose name things are sent to an organization, and who signs.
#[derive(Clone)]
pub(super) struct Identity {
    pub(super) sender: Sender,
    pub(super) login: LoginId,
    pub(super) confluence: Confluence,
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

/// Who sends to which organization. Nobody where nobody is connected.
#[derive(Clone, Debug, Default)]
pub(super) struct Senders {
    first: BTreeMap<OrganizationId, Sender>,
    /// Everybody who is connected there, or has a token there that does nothing at the moment.
    known: Vec<(OrganizationId, AccountId)>,
}

impl Senders {
    /// Who sends to an organization from now on.
    pub(super) fn to(&self, organization: &OrganizationId) -> Option<&Sender> {
        self.first.get(organization)
    }

    /// Whether nobody who is connected may send what an account sent there, nor find it again, so that a person must decide.
    pub(super) fn is_stray(
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

/// What became of deliveries, for the window.
pub(super) type Told = Vec<(Delivery, Option<ErrorView>)>;

impl App {
    /// Who may sign for an organization now; nobody before the keyring was read, and while nobody is connected. A token is for
    /// this site alone, so it goes before a login that reaches the site as well.
    fn identities_of(&self, organization: &OrganizationId) -> impl Iterator<Item = Identity> {
        let of_login = {
            let logged_in = self.0.logged_in.borrow();
            let reaches = |one: &&LoggedIn| one.organizations.contains(organization);
            logged_in.as_ref().filter(reaches).map(|one| one.identity.clone())
        };
        self.identity_by_token(organization).into_iter().chain(of_login)
    }

    /// Who sends to an organization now, and signs.
    pub(super) fn identity_of(&self, organization: &OrganizationId) -> Option<Identity> {
        self.identities_of(organization).next()
    }

    /// Who signs for what an account sent: that account, also where another one's token goes first now.
    pub(super) fn identity_for(
        &self,
        organization: &OrganizationId,
        account: &AccountId,
    ) -> Option<Identity> {
        self.identities_of(organization).find(|identity| identity.sender.id == *account)
    }

    /// Who looks for a delivery that may have arrived. Nobody while the token of who sent it does nothing: it may be renewed.
    pub(super) fn looker_for(&self, delivery: &Delivery) -> Option<Identity> {
        let organization = delivery.destination.organization();
        let account = delivery.sender.as_ref().map(|sender| &sender.id);
        account.and_then(|account| self.identity_for(organization, account)).or_else(|| {
            let waits = account.is_some_and(|account| self.senders().knows(organization, account));
            self.identity_of(organization).filter(|_| !waits)
        })
    }

    /// Who is asked about an organization.
    pub(super) fn confluence_of(&self, organization: &OrganizationId) -> Result<Confluence, Error> {
        match self.identity_of(organization) {
            Some(identity) => Ok(identity.confluence),
            None => Err(self.not_connected_to(organization)),
        }
    }

    /// Who sends where from now on, whether or not the keyring was read.
    pub(super) fn senders(&self) -> Senders {
        self.senders_of(self.logged_in_account().as_ref())
    }

    /// The same once this account is logged in.
    pub(super) fn senders_with(&self, account: &Account) -> Senders {
        self.senders_of(Some(account))
    }

    fn senders_of(&self, account: Option<&Account>) -> Senders {
        let mut senders = Senders::default();
        if let Some(account) = account {
            for organization in &account.organizations {
                senders.known.push((organization.id.clone(), account.id.clone()));
                senders.first.insert(organization.id.clone(), sender_of(account));
            }
        }
        for connected in lock(&self.0.sites).values() {
            let (id, site) = (&connected.site.organization.id, &connected.site);
            senders.known.push((id.clone(), site.account.clone()));
            if connected.is_working() {
                senders.first.insert(id.clone(), sender_of_site(site));
            }
        }
        senders
    }

    /// Who sends to an organization from now on.
    pub(super) fn sender_to(&self, organization: &OrganizationId) -> Result<Sender, Error> {
        self.senders().to(organization).cloned().ok_or_else(|| self.not_connected_to(organization))
    }

    /// The organizations that can be reached, or could last, by name.
    pub(super) fn organizations(&self) -> Vec<Organization> {
        let mut all = self.organizations_of_login();
        let sites = lock(&self.0.sites);
        all.retain(|one| !sites.contains_key(&one.id));
        all.extend(sites.values().map(|connected| connected.site.organization.clone()));
        all.sort_by_key(|one| (one.name.to_lowercase(), one.url.clone()));
        all
    }

    /// Whether something can be sent somewhere.
    pub(super) fn is_connected(&self) -> bool {
        self.logged_in_account().is_some() || lock(&self.0.sites).values().any(Connected::is_working)
    }

    /// Why nothing can be sent to an organization.
    pub(super) fn not_connected_to(&self, organization: &OrganizationId) -> Error {
        let of_login = || self.organizations_of_login().iter().any(|one| one.id == *organization);
        match self.token_trouble(organization) {
            Some(trouble) => trouble,
            None if self.is_connected() && !of_login() => Error::NotReached,
            None => self.not_connected(),
        }
    }

    /// Takes an error of a request about an organization, and notices where it means that a connection has ended.
    pub(super) fn noticed(&self, organization: &OrganizationId, error: impl Into<Error>) -> Error {
        match error.into() {
            error @ Error::Confluence(confluence::Error::ScopeMissing) => {
                self.token_is_narrow(organization).unwrap_or(error)
            }
            Error::Auth(auth::Error::TokenRefused { login })
            | Error::Confluence(confluence::Error::Auth(auth::Error::TokenRefused { login })) => {
                self.token_refused(login)
            }
            error => {
                self.watch_connection(&error);
                error
            }
        }
    }

    /// The name of the account that things are sent as, by organization, where there are two: that of another token, or one
    /// whose deliveries are on the list.
    pub(super) async fn senders_to_show(&self) -> Result<BTreeMap<OrganizationId, String>, Error> {
        let Senders { first: senders, .. } = self.senders();
        let mut accounts: Vec<&AccountId> = senders.values().map(|sender| &sender.id).collect();
        accounts.sort();
        accounts.dedup();
        let are_two = match accounts[..] {
            [] => return Ok(BTreeMap::new()),
            [only] => {
                let only = only.clone();
                self.0.store.read(move |db| db.deliveries().has_others(&only)).await?
            }
            _ => true,
        };
        let named =
            senders.into_iter().filter_map(|(organization, sender)| Some((organization, sender.name?)));
        Ok(if are_two { named.collect() } else { BTreeMap::new() })
    }

    /// The connected account sends what another one was to send.
    pub async fn send_as(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::NeedsYou, State::NotConfirmed], move |tx, delivery, me| {
            tx.deliveries_mut().set_sender(id, me)?;
            delivery.sender = Some(me.clone());
            Ok(State::Queued)
        })
        .await
    }

    /// What waited too long to go without a question goes now: the person asked.
    pub async fn send_waiting(&self) -> Result<(), Error> {
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let now = self.now();
        let told = self
            .0
            .store
            .write(move |tx| {
                let mut told = Vec::new();
                for delivery in asked_about(tx)? {
                    let state =
                        if delivery.state == State::NeedsYou { State::Queued } else { State::Looking };
                    tx.deliveries_mut().asked(delivery.id, now)?;
                    told.extend(put(tx, delivery, state, None, now)?);
                }
                Ok(told)
            })
            .await?;
        self.tell_all(told);
        self.0.bell.notify_one();
        Ok(())
    }

    /// Asks about what waits because a person asked for it long ago.
    pub(super) async fn ask_about_waiting(&self) -> Result<(), Error> {
        let old = self.0.store.read(asked_about).await?;
        let Some(first) = old.iter().map(|delivery| delivery.created).min() else { return Ok(()) };
        let verb = if old.len() == 1 { "waits" } else { "wait" };
        self.notice(ErrorView {
            code: ErrorCode::WaitedLong,
            message: format!("{} from {} {verb}.", old.len(), super::tell::day(first)),
            hint: Some(Hint::SendWaiting),
        });
        Ok(())
    }

    pub(super) fn tell_all(&self, told: Told) {
        for (delivery, why) in told {
            self.tell_delivery(delivery, why);
        }
    }
}

/// What a person is told of a delivery that another account sent, or nobody knows which.
pub(super) fn of_another(sender: Option<&Sender>, me: &Sender) -> ErrorView {
    let who = match sender {
        Some(Sender { name: Some(name), .. }) => format!("{name} sent this."),
        Some(Sender { name: None, .. }) => "Another account sent this.".to_owned(),
        None => "It is not known which account sent this.".to_owned(),
    };
    ErrorView {
        code: ErrorCode::AnotherAccount,
        message: format!("{who} You are connected as {}.", name_of(me)),
        hint: Some(Hint::SendAs { name: name_of(me).to_owned() }),
    }
}

pub(super) fn sender_of(account: &Account) -> Sender {
    Sender { id: account.id.clone(), name: Some(account.name.clone()) }
}

pub(super) fn sender_of_site(site: &Site) -> Sender {
    Sender { id: site.account.clone(), name: Some(site.name.clone()) }
}

pub(super) fn name_of(sender: &Sender) -> &str {
    sender.name.as_deref().unwrap_or("another account")
}

/// What a person is told whose delivery may have arrived, and who cannot look for it.
pub(super) fn hopeless(sender: Option<&Sender>) -> ErrorView {
    let who = sender.map_or("another account", name_of);
    ErrorView {
        code: ErrorCode::Failed,
        message: format!(
            "It was sent by {who}, and its answer was lost. The account that is connected now cannot look for it."
        ),
        hint: None,
    }
}

pub(super) fn unreadable() -> ErrorView {
    ErrorView {
        code: ErrorCode::Failed,
        message: "It is stored in a form that this version cannot read. Edit shows its words; Cancel takes it off the list and \
                  keeps them."
            .to_owned(),
        hint: None,
    }
}

/// Leaves to a person what nobody who is connected may send: `not_connected` says why nobody is.
pub(super) fn set_aside_strays(
    tx: &WriteTx<'_>,
    senders: &Senders,
    not_connected: impl Fn(&OrganizationId) -> ErrorView,
    now: Timestamp,
) -> Result<Told, store::Error> {
    let mut told = Vec::new();
    let waiting = tx.deliveries().in_states::<ErrorView>(&[State::Queued, State::Waiting, State::Doubted])?;
    for (delivery, _) in waiting.into_iter().filter_map(Listed::readable) {
        let in_doubt = delivery.state == State::Doubted;
        let organization = delivery.destination.organization();
        let account = delivery.sender.as_ref().map(|sender| &sender.id);
        if !senders.is_stray(organization, account, in_doubt) {
            continue;
        }
        let (state, why) = match senders.to(organization) {
            None => (State::NeedsYou, not_connected(organization)),
            Some(_) if in_doubt => (State::NotConfirmed, hopeless(delivery.sender.as_ref())),
            Some(me) => (State::NeedsYou, of_another(delivery.sender.as_ref(), me)),
        };
        told.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(told)
}

/// Leaves to a person what cannot be read.
pub(super) fn set_aside_unreadable(tx: &WriteTx<'_>, now: Timestamp) -> Result<(), store::Error> {
    let going = [State::Queued, State::Waiting, State::Sending, State::Doubted, State::Looking];
    for one in tx.deliveries().in_states::<ErrorView>(&going)? {
        let Listed::Unreadable(one) = one else { continue };
        let Unreadable { id, state, .. } = *one;
        let may_have_left = !state.is_open();
        let next = if may_have_left { State::NotConfirmed } else { State::NeedsYou };
        tx.deliveries_mut().change(
            id,
            &[state],
            &Next { why: Some(&unreadable()), ..Next::plain(next) },
            now,
        )?;
    }
    Ok(())
}

/// What waited for an account that is connected now: it goes on, unless that was long ago.
pub(super) fn take_up(tx: &WriteTx<'_>, senders: &Senders, now: Timestamp) -> Result<Told, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let old: Vec<DeliveryId> = tx
        .deliveries()
        .asked_before::<ErrorView>(&State::OPEN, long_ago)?
        .into_iter()
        .map(|(one, _)| one.id)
        .collect();
    let mut told = Vec::new();
    for (delivery, before) in tx.deliveries().open::<ErrorView>()? {
        let waited = before.as_ref().is_some_and(|why| {
            matches!(
                why.code,
                ErrorCode::NotConnected | ErrorCode::ReconnectNeeded | ErrorCode::AnotherAccount
            )
        });
        if !waited || delivery.state != State::NeedsYou {
            continue;
        }
        let Some(me) = senders.to(delivery.destination.organization()) else { continue };
        let (state, why) = if !delivery.is_of(&me.id) {
            (State::NeedsYou, Some(of_another(delivery.sender.as_ref(), me)))
        } else if old.contains(&delivery.id) {
            (State::NeedsYou, Some(waited_long(&delivery)))
        } else {
            (State::Queued, None)
        };
        if (state, &why) != (delivery.state, &before) {
            told.extend(put(tx, delivery, state, why, now)?);
        }
    }
    Ok(told)
}

/// Asks before anything goes that a person asked for long ago. Answers what is asked about.
pub(super) fn ask_about_old(tx: &WriteTx<'_>, now: Timestamp) -> Result<Told, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let going = [State::Queued, State::Waiting, State::Doubted, State::Looking];
    let mut told = Vec::new();
    for (delivery, _) in tx.deliveries().asked_before::<ErrorView>(&going, long_ago)? {
        let state = if delivery.state.is_open() { State::NeedsYou } else { State::NotConfirmed };
        let why = waited_long(&delivery);
        told.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(told)
}

/// What waits for an answer to that.
fn asked_about(db: &store::ReadTx<'_>) -> Result<Vec<Delivery>, store::Error> {
    let open = db.deliveries().open::<ErrorView>()?;
    let old =
        open.into_iter().filter(|(_, why)| why.as_ref().is_some_and(|why| why.code == ErrorCode::WaitedLong));
    Ok(old.map(|(delivery, _)| delivery).collect())
}

/// Why something that waited for long is not sent.
fn waited_long(delivery: &Delivery) -> ErrorView {
    let day = super::tell::day(delivery.created);
    let message = if delivery.state.is_open() {
        format!("It has waited since {day}, so it is not sent without your word.")
    } else {
        format!(
            "It was sent on {day} and its answer was lost, so it may have arrived. Nobody has looked since."
        )
    };
    ErrorView { code: ErrorCode::WaitedLong, message, hint: Some(Hint::SendWaiting) }
}

/// Puts a delivery into a state in which it waits for a person, if it still is where it was seen.
pub(super) fn set_aside(
    tx: &WriteTx<'_>,
    delivery: Delivery,
    state: State,
    why: ErrorView,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<ErrorView>)>, store::Error> {
    put(tx, delivery, state, Some(why), now)
}

/// Puts a delivery into a state, from which it starts anew, if it still is where it was seen.
fn put(
    tx: &WriteTx<'_>,
    delivery: Delivery,
    state: State,
    why: Option<ErrorView>,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<ErrorView>)>, store::Error> {
    let next = Next { why: why.as_ref(), ..Next::plain(state) };
    let changed = tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
    Ok(changed.then_some((Delivery { state, changed: now, due: None, tries: 0, ..delivery }, why)))
}
