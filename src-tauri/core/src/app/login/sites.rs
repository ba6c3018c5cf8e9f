//! Sites that are connected by API tokens. A token is tried before it is kept: whose it is, where it is let in, and what it
//! can do. It lasts until Confluence does not know it any more, or the person disconnects it. Called by the shell, and by
//! everything that asks who sends where.

use futures::future::try_join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Login;
use super::accounts::{Identity, sender_of_site};
use super::tokens::need_view;
use crate::api::{ApiToken, ConnectToken};
use crate::app::error::keyring;
use crate::app::{Error, Event, lock, words};
use crate::auth::{self, KeptToken, SiteToken};
use crate::confluence::{self, Confluence, SiteAddress, site_name};
use crate::domain::destination::Organization;
use crate::domain::id::OrganizationId;
use crate::domain::problem::{Field, Problem, Token, TokenTrouble};
use crate::domain::site::{Need, Site};

/// A site in this run.
#[derive(Clone)]
pub(super) struct Connected {
    pub(super) site: Site,
    /// The token, and who signs with it. Nothing until the keyring was read.
    signs: Option<(SiteToken, Confluence)>,
    trouble: Option<TokenTrouble>,
}

impl Connected {
    pub(super) fn is_working(&self) -> bool {
        self.trouble.is_none()
    }

    /// Whether the keyring has its token.
    pub(super) fn came_from_keyring(&self) -> bool {
        self.signs.is_some() && self.site.remembered
    }

    /// Who sends with its token, and signs.
    pub(super) fn identity(&self) -> Option<Identity> {
        let (token, confluence) = self.signs.as_ref().filter(|_| self.is_working())?;
        Some(Identity {
            sender: sender_of_site(&self.site),
            login: token.login(),
            confluence: confluence.clone(),
        })
    }

    pub(super) fn trouble(&self) -> Option<Token> {
        self.trouble.clone().map(|what| self.in_trouble(what))
    }

    fn in_trouble(&self, what: TokenTrouble) -> Token {
        let Site { organization, expires, .. } = &self.site;
        let (site, organization) = (name_of(organization), organization.id.clone());
        Token { organization, site, expires: *expires, what }
    }

    fn view(&self) -> ApiToken {
        let site = &self.site;
        ApiToken {
            organization: site.organization.clone(),
            site: name_of(&site.organization),
            account: site.account.clone(),
            name: site.name.clone(),
            email: site.email.clone(),
            expires: site.expires,
            needs: Need::ALL.iter().map(|need| need_view(*need, site.able.contains(need))).collect(),
            remembered: site.remembered,
            trouble: self.trouble().map(|trouble| words::view(&Problem::Token(trouble))),
        }
    }
}

impl Login {
    /// The sites that are connected by tokens, by name.
    pub(in crate::app) fn tokens(&self) -> Vec<ApiToken> {
        let mut views: Vec<ApiToken> = self.0.accounts.borrow().sites.values().map(Connected::view).collect();
        views.sort_by_key(|view| (view.organization.name.to_lowercase(), view.site.clone()));
        views
    }

    /// Connects a site by an API token, once it has shown whose it is, in the place of the token before it.
    pub(in crate::app) async fn connect_token(&self, wanted: ConnectToken) -> Result<ApiToken, Error> {
        let address = self.0.confluence.site(&wanted.site).ok_or(Field::NotASite)?;
        let email = checked_email(&wanted.email)?;
        if wanted.expires.is_some_and(|day| day < self.today()) {
            return Err(Field::TokenEnded.into());
        }
        self.restored().await;
        let id = self.0.confluence.organization_of(&address).await.map_err(|error| match error {
            confluence::Error::Denied
            | confluence::Error::Unreadable(_)
            | confluence::Error::Refused { .. } => {
                Error::from(Field::NoConfluenceAt { site: address.name() })
            }
            error => error.into(),
        })?;
        let disconnects = self.disconnects(&id);
        let (confluence, token, person) = self.let_in(&id, &address, &email, &wanted).await?;
        let able = try_join_all(Need::ALL.map(async |need| {
            let able = need == Need::Account || confluence.is_able(&id, need).await?;
            Ok::<_, confluence::Error>((need, able))
        }));
        let able = able.await?.into_iter().filter_map(|(need, able)| able.then_some(need)).collect();
        let site = Site {
            organization: Organization { id, name: address.organization_name(), url: address.url() },
            account: person.id,
            name: person.name,
            email,
            expires: wanted.expires,
            able,
            remembered: true,
            refused: None,
        };
        self.keep_site(site, token, disconnects).await
    }

    /// Finds out whose token it is, and which of the site's two addresses takes it.
    async fn let_in(
        &self,
        id: &OrganizationId,
        address: &SiteAddress,
        email: &str,
        wanted: &ConnectToken,
    ) -> Result<(Confluence, SiteToken, confluence::Person), Error> {
        let [gateway, site] = self.0.confluence.homes(id, address);
        let token = SiteToken::new(gateway, email, &wanted.token)?;
        for token in [token.clone(), token.at(site)] {
            let confluence = self.0.confluence.with(token.clone(), &[]);
            match confluence.current_user(id).await {
                Ok(person) => return Ok((confluence, token, person)),
                // It is let in, and may not say whose it is.
                Err(confluence::Error::ScopeMissing) => {
                    let scope = Need::Account.scope().to_owned();
                    return Err(Field::TokenWithoutOwner { scope }.into());
                }
                // A token without scopes is taken by the site, whatever the gateway says.
                Err(
                    confluence::Error::Auth(auth::Error::TokenRefused { .. }) | confluence::Error::Denied,
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Field::TokenNotAccepted { site: address.name(), email: email.to_owned() }.into())
    }

    /// Keeps a site, unless it was disconnected since `disconnects` were counted. Keyring, store and memory have the same
    /// afterwards, whichever of them fails.
    async fn keep_site(&self, mut site: Site, token: SiteToken, disconnects: u64) -> Result<ApiToken, Error> {
        let _writing = self.0.sites_write_lock.lock().await;
        let id = site.organization.id.clone();
        if self.disconnects(&id) != disconnects {
            return Err(Error::Auth(auth::Error::LoginChanged));
        }
        let kept = KeptToken { token: token.clone(), account: site.account.clone() };
        let kept = self.0.api_tokens.keep(&id, kept).await;
        if let Err(error) = &kept {
            tracing::warn!(%error, "the token is kept for this run only");
        }
        site.remembered = kept.is_ok();
        let signs = Some((token.clone(), self.0.confluence.with(token, &site.able)));
        let connected = Connected { site: site.clone(), signs, trouble: None };
        let view = connected.view();
        // Before it is stored: whoever notes that the token before it is refused goes by what is known.
        let before = self.put_site(&id, Some(connected));
        if let Err(error) = self.remember_site(site, before.as_ref().map(|before| &before.site)).await {
            self.put_site_back(&id, before).await;
            return Err(error);
        }
        self.tell_tokens();
        Ok(view)
    }

    async fn remember_site(&self, site: Site, before: Option<&Site>) -> Result<(), Error> {
        let now = self.0.clock.now();
        let of_login = self.0.accounts.borrow().account().cloned().filter(|account| {
            account.organizations.iter().any(|organization| organization.id == site.organization.id)
        });
        let account =
            before.map(|before| before.account.clone()).or_else(|| of_login.map(|account| account.id));
        let is_another = account.is_some_and(|account| account != site.account);
        Ok(self
            .0
            .store
            .write(move |tx| {
                if is_another {
                    // It sees other spaces.
                    tx.spaces_mut().clear_of(&site.organization.id)?;
                }
                tx.people_mut().put(&site.account, &site.name, now)?;
                tx.sites_mut().put(&site)
            })
            .await?)
    }

    /// Answers what was there before.
    fn put_site(&self, id: &OrganizationId, site: Option<Connected>) -> Option<Connected> {
        let mut before = None;
        self.0.accounts.send_modify(|accounts| {
            before = match site {
                Some(site) => accounts.sites.insert(id.clone(), site),
                None => accounts.sites.remove(id),
            };
        });
        before
    }

    /// What signs must be what is known, also for the next start.
    async fn put_site_back(&self, id: &OrganizationId, before: Option<Connected>) {
        let kept = before.as_ref().and_then(|before| {
            let (token, _) = before.signs.as_ref()?;
            Some(KeptToken { token: token.clone(), account: before.site.account.clone() })
        });
        self.put_site(id, before);
        let put_back = match kept {
            Some(kept) => self.0.api_tokens.keep(id, kept).await,
            None => self.0.api_tokens.forget(id).await,
        };
        if let Err(error) = put_back {
            tracing::warn!(%error, "the keyring has a token of a site that is not connected");
        }
    }

    /// How often an organization's site was disconnected in this run.
    fn disconnects(&self, id: &OrganizationId) -> u64 {
        lock(&self.0.disconnects).get(id).copied().unwrap_or_default()
    }

    /// Deletes the token of an organization's site. Where the keyring does not delete it, the site stays on the list, so that
    /// it can be tried again; nothing is sent with it all the same.
    pub(in crate::app) async fn disconnect_token(&self, organization: OrganizationId) -> Result<(), Error> {
        self.restored().await;
        // Also one that is being connected now.
        *lock(&self.0.disconnects).entry(organization.clone()).or_default() += 1;
        let _writing = self.0.sites_write_lock.lock().await;
        self.0.accounts.send_modify(|accounts| {
            if let Some(connected) = accounts.sites.get_mut(&organization) {
                connected.signs = None;
                connected.trouble = Some(TokenTrouble::Lost);
            }
        });
        let forgotten = self.0.api_tokens.forget(&organization).await;
        if let Err(error) = forgotten {
            self.0.accounts.send_modify(|accounts| {
                if let Some(connected) = accounts.sites.get_mut(&organization) {
                    connected.trouble = Some(TokenTrouble::Keyring(keyring(&error)));
                }
            });
            self.tell_tokens();
            return Err(auth::Error::from(error).into());
        }
        let id = organization.clone();
        self.0
            .store
            .write(move |tx| {
                tx.sites_mut().delete(&id)?;
                tx.spaces_mut().clear_of(&id)
            })
            .await?;
        self.put_site(&organization, None);
        self.tell_tokens();
        Ok(())
    }

    /// Shows the sites that are known as connected.
    pub(super) async fn restore_sites(&self) -> Result<(), Error> {
        let known = self.0.store.read(|db| db.sites().all()).await?;
        let known = known.into_iter().filter(|site| site.remembered).map(|site| {
            let trouble = site.refused.map(|_| TokenTrouble::Refused { ended: self.has_ended(site.expires) });
            (site.organization.id.clone(), Connected { site, signs: None, trouble })
        });
        let sites = known.collect();
        self.0.accounts.send_modify(|accounts| accounts.sites = sites);
        Ok(())
    }

    /// Reads their tokens from the keyring, which may ask for a password first.
    pub(super) async fn restore_tokens(&self) {
        let known: Vec<OrganizationId> = self.0.accounts.borrow().sites.keys().cloned().collect();
        for id in known {
            let read = self.0.api_tokens.get(&id).await;
            // It is asked once: each question may be one for a password.
            let is_over = read.is_err();
            self.0.accounts.send_modify(|accounts| match read {
                Ok(kept) => {
                    let waits = accounts.sites.get_mut(&id).filter(|connected| connected.signs.is_none());
                    if let Some(connected) = waits {
                        self.restore_token(connected, kept);
                    }
                }
                Err(error) => {
                    for connected in accounts.sites.values_mut().filter(|one| one.signs.is_none()) {
                        connected.trouble = Some(TokenTrouble::Keyring(keyring(&error)));
                    }
                }
            });
            if is_over {
                break;
            }
        }
        self.tell_tokens();
    }

    fn restore_token(&self, connected: &mut Connected, kept: Option<KeptToken>) {
        match kept {
            // Keyring and store were cut off from each other: nobody may send in another's name.
            Some(kept) if kept.account != connected.site.account => {
                connected.trouble = Some(TokenTrouble::Another);
            }
            Some(KeptToken { token, .. }) => {
                let confluence = self.0.confluence.with(token.clone(), &connected.site.able);
                connected.signs = Some((token, confluence));
            }
            None => connected.trouble = Some(TokenTrouble::Lost),
        }
    }

    /// What a scope that is missing means where a token is used: only another one has it.
    pub(super) fn token_is_narrow(&self, organization: &OrganizationId) -> Option<Error> {
        let accounts = self.0.accounts.borrow();
        let connected = accounts.sites.get(organization).filter(|connected| connected.is_working())?;
        let has_not = |need: &&Need| !connected.site.able.contains(need);
        let missing = Need::ALL.iter().filter(has_not).map(|need| need.scope().to_owned()).collect();
        Some(connected.in_trouble(TokenTrouble::Narrow { missing }).into())
    }

    /// Notes that Confluence does not know a token any more. Answers what the person is told.
    pub(super) fn token_refused(&self, login: auth::LoginId) -> Error {
        let mut refused = None;
        self.0.accounts.send_if_modified(|accounts| {
            let is_it = |connected: &&mut Connected| {
                connected.signs.as_ref().is_some_and(|(token, _)| token.login() == login)
            };
            let Some(connected) = accounts.sites.values_mut().find(is_it) else { return false };
            connected.site.refused = Some(self.0.clock.now());
            let trouble = TokenTrouble::Refused { ended: self.has_ended(connected.site.expires) };
            connected.trouble = Some(trouble.clone());
            refused = Some((connected.site.organization.id.clone(), connected.in_trouble(trouble)));
            true
        });
        // It was replaced meanwhile, or disconnected.
        let Some((organization, trouble)) = refused else {
            return Error::Auth(auth::Error::LoginChanged);
        };
        self.tell_tokens();
        let login = self.clone();
        self.0.tasks.spawn(async move {
            let store = login.0.store.clone();
            let noted = move |tx: &crate::store::WriteTx<'_>| {
                // It may have been replaced, or disconnected, since.
                let now = login.0.accounts.borrow().sites.get(&organization).map(|one| one.site.clone());
                now.map_or(Ok(()), |site| tx.sites_mut().put(&site))
            };
            if let Err(error) = store.write(noted).await {
                // The next run finds it out again.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a token that is refused was not noted"
                );
            }
        });
        trouble.into()
    }

    fn tell_tokens(&self) {
        self.0.events.emit(Event::Tokens(self.tokens()));
    }

    pub(super) fn today(&self) -> Date {
        self.0.clock.now().to_zoned(TimeZone::system()).date()
    }

    fn has_ended(&self, expires: Option<Date>) -> bool {
        expires.is_some_and(|day| day <= self.today())
    }
}

fn checked_email(text: &str) -> Result<String, Error> {
    let email = text.trim();
    let is_one = email.contains('@') && !email.contains([':', ' ']) && email.chars().all(|c| !c.is_control());
    if is_one { Ok(email.to_owned()) } else { Err(Field::NotAnEmail.into()) }
}

/// A site for people, such as `acme.atlassian.net`.
pub(in crate::app) fn name_of(organization: &Organization) -> String {
    url::Url::parse(&organization.url).map_or_else(|_| organization.name.clone(), |url| site_name(&url))
}
