//! Sites that are connected by API tokens. A token is tried before it is kept: whose it is, where it is let in, and what it
//! can do. It lasts until Confluence does not know it any more, or the person disconnects it. Called by the shell, and by
//! everything that asks who sends where.

use futures::future::try_join_all;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::accounts::{self, Identity, Told};
use super::error::{Field, TokenTrouble, Trouble};
use super::{App, Error, Event, lock};
use crate::api::{ApiToken, ConnectToken, ErrorCode, ErrorView, Hint, TokenNeed};
use crate::auth::{self, KeptToken, SiteToken};
use crate::confluence::{self, Confluence, SiteAddress, site_name};
use crate::domain::destination::Organization;
use crate::domain::id::OrganizationId;
use crate::domain::site::{Need, Site};

/// How long before its last day a token is warned of.
const WARNED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How often it is looked whether a token ends soon.
const LOOK: SignedDuration = SignedDuration::from_hours(6);

/// A site in this run.
pub(super) struct Connected {
    pub(super) site: Site,
    /// Nothing until the keyring was read.
    token: Option<SiteToken>,
    trouble: Option<Trouble>,
}

impl Connected {
    pub(super) fn is_working(&self) -> bool {
        self.trouble.is_none()
    }

    fn trouble(&self) -> Option<TokenTrouble> {
        self.trouble.clone().map(|what| self.in_trouble(what))
    }

    fn in_trouble(&self, what: Trouble) -> TokenTrouble {
        let Site { organization, expires, .. } = &self.site;
        let (site, organization) = (name_of(organization), organization.id.clone());
        TokenTrouble { organization, site, expires: *expires, what }
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
            trouble: self.trouble().map(|trouble| Error::Token(trouble).view()),
        }
    }
}

impl App {
    /// The sites that are connected by tokens, by name.
    pub(super) fn tokens(&self) -> Vec<ApiToken> {
        let mut views: Vec<ApiToken> = lock(&self.0.sites).values().map(Connected::view).collect();
        views.sort_by_key(|view| (view.organization.name.to_lowercase(), view.site.clone()));
        views
    }

    /// Connects a site by an API token, once it has shown whose it is, in the place of the token before it.
    pub async fn connect_token(&self, wanted: ConnectToken) -> Result<ApiToken, Error> {
        let address = self.0.confluence.site(&wanted.site).ok_or_else(not_a_site)?;
        let email = checked_email(&wanted.email)?;
        if wanted.expires.is_some_and(|day| day < self.today()) {
            return Err(Error::invalid(
                Field::Token,
                "The day on which this token ends has passed. Make a new one.",
            ));
        }
        self.restored().await;
        let id = self.0.confluence.organization_of(&address).await.map_err(|error| match error {
            confluence::Error::Denied
            | confluence::Error::Unreadable(_)
            | confluence::Error::Refused { .. } => {
                Error::invalid(Field::Site, format!("There is no Confluence at {}.", address.name()))
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
                    let scope = Need::Account.scope();
                    let reason = format!(
                        "The token lacks the scope {scope}, so it cannot be known whose it is. Make a new one with all scopes: \
                         those of a token cannot be changed."
                    );
                    return Err(Error::invalid(Field::Token, reason));
                }
                // A token without scopes is taken by the site, whatever the gateway says.
                Err(
                    confluence::Error::Auth(auth::Error::TokenRefused { .. }) | confluence::Error::Denied,
                ) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::TokenNotAccepted { site: address.name(), email: email.to_owned() })
    }

    /// Keeps a site, unless it was disconnected since `disconnects` were counted. Memory, keyring and store have the same
    /// afterwards, whichever of them fails.
    async fn keep_site(&self, mut site: Site, token: SiteToken, disconnects: u64) -> Result<ApiToken, Error> {
        let _turn = self.0.sites_turn.lock().await;
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
        let connected = Connected { site: site.clone(), token: Some(token), trouble: None };
        let view = connected.view();
        let before = lock(&self.0.sites).insert(id.clone(), connected);
        let told = match self.remember_site(site, before.as_ref().map(|before| before.site.clone())).await {
            Ok(told) => told,
            Err(error) => {
                self.put_site_back(id, before).await;
                return Err(error);
            }
        };
        self.tell_tokens();
        self.tell_all(told);
        self.0.bell.notify_one();
        self.ask_about_waiting().await?;
        Ok(view)
    }

    /// Stores a site, and takes up what waited for it.
    async fn remember_site(&self, site: Site, before: Option<Site>) -> Result<Told, Error> {
        if site.remembered {
            // Before anything is taken up: the data may be an older copy of itself.
            self.compare_with_keyring().await?;
        }
        let (app, now) = (self.clone(), self.now());
        let of_login = self.logged_in_account().filter(|account| {
            account.organizations.iter().any(|organization| organization.id == site.organization.id)
        });
        let account = before.map(|before| before.account).or_else(|| of_login.map(|account| account.id));
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
                tx.sites_mut().put(&site)?;
                accounts::take_up(tx, &app.senders(), now)
            })
            .await?)
    }

    /// What signs must be what is known, also for the next start.
    async fn put_site_back(&self, id: OrganizationId, before: Option<Connected>) {
        let kept = before.as_ref().and_then(|before| {
            Some(KeptToken { token: before.token.clone()?, account: before.site.account.clone() })
        });
        {
            let mut sites = lock(&self.0.sites);
            match before {
                Some(before) => drop(sites.insert(id.clone(), before)),
                None => drop(sites.remove(&id)),
            }
        }
        let put_back = match kept {
            Some(kept) => self.0.api_tokens.keep(&id, kept).await,
            None => self.0.api_tokens.forget(&id).await,
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
    pub async fn disconnect_token(&self, organization: OrganizationId) -> Result<(), Error> {
        self.restored().await;
        // Also one that is being connected now.
        *lock(&self.0.disconnects).entry(organization.clone()).or_default() += 1;
        let _turn = self.0.sites_turn.lock().await;
        if let Some(connected) = lock(&self.0.sites).get_mut(&organization) {
            connected.token = None;
            connected.trouble = Some(Trouble::Lost);
        }
        let forgotten = self.0.api_tokens.forget(&organization).await;
        if let Err(error) = forgotten {
            if let Some(connected) = lock(&self.0.sites).get_mut(&organization) {
                connected.trouble = Some(Trouble::Keyring(error.clone()));
            }
            self.tell_tokens();
            self.0.bell.notify_one();
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
        lock(&self.0.sites).remove(&organization);
        self.tell_tokens();
        self.0.bell.notify_one();
        Ok(())
    }

    /// Shows the sites that are known as connected.
    pub(super) async fn restore_sites(&self) -> Result<(), Error> {
        let known = self.0.store.read(|db| db.sites().all()).await?;
        let known = known.into_iter().filter(|site| site.remembered).map(|site| {
            let trouble = site.refused.map(|_| Trouble::Refused { ended: self.has_ended(site.expires) });
            (site.organization.id.clone(), Connected { site, token: None, trouble })
        });
        *lock(&self.0.sites) = known.collect();
        Ok(())
    }

    /// Reads their tokens from the keyring, which may ask for a password first.
    pub(super) async fn restore_tokens(&self) {
        let known: Vec<OrganizationId> = lock(&self.0.sites).keys().cloned().collect();
        for id in known {
            let read = self.0.api_tokens.get(&id).await;
            let mut sites = lock(&self.0.sites);
            let Some(connected) = sites.get_mut(&id).filter(|connected| connected.token.is_none()) else {
                continue;
            };
            match read {
                // Keyring and store were cut off from each other: nobody may send in another's name.
                Ok(Some(kept)) if kept.account != connected.site.account => {
                    connected.trouble = Some(Trouble::Another);
                }
                Ok(Some(kept)) => connected.token = Some(kept.token),
                Ok(None) => connected.trouble = Some(Trouble::Lost),
                Err(error) => {
                    // It is asked once: each question may be one for a password.
                    for connected in sites.values_mut().filter(|connected| connected.token.is_none()) {
                        connected.trouble = Some(Trouble::Keyring(error.clone()));
                    }
                    break;
                }
            }
        }
        self.tell_tokens();
    }

    /// Whether the keyring has any of their tokens.
    pub(super) fn has_remembered_token(&self) -> bool {
        lock(&self.0.sites).values().any(|connected| connected.token.is_some() && connected.site.remembered)
    }

    /// Who sends to an organization by a token, and signs.
    pub(super) fn identity_by_token(&self, organization: &OrganizationId) -> Option<Identity> {
        let sites = lock(&self.0.sites);
        let connected = sites.get(organization).filter(|connected| connected.is_working())?;
        let token = connected.token.clone()?;
        Some(Identity {
            sender: accounts::sender_of_site(&connected.site),
            login: token.login(),
            confluence: self.0.confluence.with(token, &connected.site.able),
        })
    }

    /// Why an organization's token does nothing, if it has one that does not.
    pub(super) fn token_trouble(&self, organization: &OrganizationId) -> Option<Error> {
        lock(&self.0.sites).get(organization)?.trouble().map(Error::Token)
    }

    /// What a scope that is missing means where a token is used: only another one has it.
    pub(super) fn token_is_narrow(&self, organization: &OrganizationId) -> Option<Error> {
        let sites = lock(&self.0.sites);
        let connected = sites.get(organization).filter(|connected| connected.is_working())?;
        let has_not = |need: &&Need| !connected.site.able.contains(need);
        let missing = Need::ALL.iter().filter(has_not).map(|need| need.scope()).collect();
        Some(Error::Token(connected.in_trouble(Trouble::Narrow { missing })))
    }

    /// Notes that Confluence does not know a token any more. Answers what the person is told.
    pub(super) fn token_refused(&self, login: auth::LoginId) -> Error {
        let (organization, error) = {
            let mut sites = lock(&self.0.sites);
            let is_it = |connected: &&mut Connected| {
                connected.token.as_ref().is_some_and(|token| token.login() == login)
            };
            // It was replaced meanwhile, or disconnected.
            let Some(connected) = sites.values_mut().find(is_it) else {
                return Error::Auth(auth::Error::LoginChanged);
            };
            connected.site.refused = Some(self.now());
            connected.trouble = Some(Trouble::Refused { ended: self.has_ended(connected.site.expires) });
            let trouble = connected.trouble().map(Error::Token);
            (
                connected.site.organization.id.clone(),
                trouble.unwrap_or(Error::Auth(auth::Error::NotConnected)),
            )
        };
        self.tell_tokens();
        self.0.bell.notify_one();
        let app = self.clone();
        self.spawn(async move {
            let (store, known) = (app.0.store.clone(), app);
            let noted = move |tx: &crate::store::WriteTx<'_>| {
                // It may have been replaced, or disconnected, since.
                let now = lock(&known.0.sites).get(&organization).map(|connected| connected.site.clone());
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
        error
    }

    fn tell_tokens(&self) {
        self.tell(Event::Tokens(self.tokens()));
    }

    /// Warns of tokens that end soon, once for each, at the start and by the clock.
    pub(super) fn start_token_watch(&self) {
        let app = self.clone();
        self.spawn(async move {
            loop {
                if let Err(error) = app.warn_of_ends().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "no token was warned of");
                }
                let next = app.now().saturating_add(LOOK).unwrap_or(Timestamp::MAX);
                tokio::select! {
                    () = app.0.clock.until(next) => {}
                    () = app.0.ending.cancelled() => return,
                }
            }
        });
    }

    async fn warn_of_ends(&self) -> Result<(), Error> {
        let soon = self.now().saturating_add(WARNED_BEFORE).unwrap_or(Timestamp::MAX);
        let soon = soon.to_zoned(TimeZone::system()).date();
        let ending: Vec<(Organization, Date)> = lock(&self.0.sites)
            .values()
            .filter(|connected| connected.is_working())
            .filter_map(|connected| Some((connected.site.organization.clone(), connected.site.expires?)))
            .filter(|(_, expires)| *expires <= soon)
            .collect();
        for (organization, expires) in ending {
            let key = format!("token of {} ends {expires}", organization.id);
            if self.0.store.write(move |tx| tx.settings_mut().tell_once(&key)).await? {
                self.notice(ErrorView {
                    code: ErrorCode::Failed,
                    message: ends(&name_of(&organization), expires, self.today()),
                    hint: Some(Hint::RenewToken { organization: organization.id }),
                });
            }
        }
        Ok(())
    }

    fn today(&self) -> Date {
        self.now().to_zoned(TimeZone::system()).date()
    }

    fn has_ended(&self, expires: Option<Date>) -> bool {
        expires.is_some_and(|day| day <= self.today())
    }

    /// What an administrator has to know who is to allow the app.
    pub fn administrator_text(&self) -> String {
        let scopes: Vec<&str> = Need::ALL.iter().map(|need| need.scope()).collect();
        format!(
            "Sally Desktop is a program on my computer that brings decisions and tasks of my meetings into Confluence, when I \
             press a button, as me.\n\n\
             It talks to these hosts, over https, and to no other one of Atlassian's:\n\
             - {api} (Confluence's API)\n\
             - auth.atlassian.com (only for logging in without an API token)\n\
             - our site, SITE.atlassian.net (its cloud id; and its API for API tokens without scopes)\n\n\
             With an API token it needs these scopes: {}.\n\
             With a login (OAuth 2.0) it asks for the 13 that its login page lists.\n\n\
             What has to be allowed, where it is not: API tokens for my account (Atlassian Administration, Security, \
             Authentication policies), or the app itself (Connected apps); Confluence for my account; and my network, where \
             an IP allowlist is used.\n\n\
             It never sends: recordings, transcripts, or anything that I did not choose. It has no telemetry and no server \
             of its own. Tokens are kept in the keyring of my computer.\n",
            scopes.join(" "),
            api = "api.atlassian.com",
        )
    }
}

fn not_a_site() -> Error {
    Error::invalid(
        Field::Site,
        "This is not a site of Confluence Cloud. Enter its address, such as acme.atlassian.net, or paste a link of it.",
    )
}

fn checked_email(text: &str) -> Result<String, Error> {
    let email = text.trim();
    let is_one = email.contains('@') && !email.contains([':', ' ']) && email.chars().all(|c| !c.is_control());
    if is_one {
        Ok(email.to_owned())
    } else {
        Err(Error::invalid(Field::Email, "Enter the e-mail address of your Atlassian account."))
    }
}

/// A site for people, such as `acme.atlassian.net`.
pub(super) fn name_of(organization: &Organization) -> String {
    url::Url::parse(&organization.url).map_or_else(|_| organization.name.clone(), |url| site_name(&url))
}

/// What is said of a token that ends soon, or should have by now.
fn ends(site: &str, expires: Date, today: Date) -> String {
    let day = expires.strftime("%-d %B");
    if expires < today {
        format!("The API token for {site} was to end on {day}.")
    } else {
        format!(
            "The API token for {site} ends on {day}. Make a new one before then, so that nothing has to wait."
        )
    }
}

fn need_view(need: Need, met: bool) -> TokenNeed {
    let (name, without) = match need {
        Need::Account => ("Know who you are", "Nothing can be sent."),
        Need::Spaces => ("List spaces", "No space can be chosen, so no page can be created."),
        Need::Search => ("Find pages", "Pages are not found by title, so a comment has no place."),
        Need::CreatePages => ("Create pages", "No page can be created."),
        Need::AddComments => ("Add comments", "No comment can be added."),
        Need::ReadPages => (
            "Read pages that you created",
            "When an answer is lost, the page is searched for, which takes minutes and can fail.",
        ),
        Need::ReadComments => (
            "Read comments that you added",
            "When an answer is lost, the comment is searched for, which takes minutes and can fail.",
        ),
        Need::People => ("Find people", "Only people who are known already can be mentioned."),
    };
    TokenNeed { name: name.to_owned(), scope: need.scope().to_owned(), met, without: without.to_owned() }
}
