//! One trial of a Confluence site: the main journey through the core without a window, then requests of its own about what
//! the app counts on and the sandbox only assumes. Everything is in a temporary folder and in keyrings in memory. Refuses
//! to delete anything, to look at pages that it did not make beyond the title of one archived page, and to send the
//! person's token anywhere but to Atlassian, or to a sandbox on this machine.

mod app;
pub(crate) mod checks;
#[path = "../../shared/desktop.rs"]
mod desktop;
mod documents;
mod facts;
pub(crate) mod http;
#[path = "../../shared/item.rs"]
mod item;
mod journey;
mod login;
mod pages;
pub(crate) mod redact;
mod relay;
mod report;
mod search;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use futures::future::BoxFuture;
use sally_core::auth;
use sally_core::clock::Clock;
use url::Url;

pub(crate) use self::report::{Report, Verdict};

use self::app::Around;
use self::http::{Credential, Http, Wiki};
use self::login::Logins;
use self::report::Notes;

/// Where a setting comes from: the environment, in a trial by a person.
pub(crate) type Lookup = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// How a trial is let in.
#[derive(Clone)]
pub(crate) enum Way {
    /// By an API token of this account.
    Token {
        /// The account's e-mail address.
        email: String,
        /// The token.
        token: String,
    },
    /// By logging in, twice, with the app registration of the environment.
    Login,
}

/// How long is waited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// For search to know something new: longer differs from what the app counts on.
    pub(crate) index: Duration,
    /// Between two looks.
    pub(crate) look: Duration,
    /// For a delivery.
    pub(crate) delivery: Duration,
    /// For a person who logs in.
    pub(crate) login: Duration,
}

impl Timeouts {
    /// With the real Confluence.
    pub(crate) const STANDARD: Self = Self {
        index: Duration::from_secs(60),
        look: Duration::from_secs(1),
        delivery: Duration::from_secs(6 * 60),
        login: Duration::from_secs(10 * 60),
    };
}

/// Whom the trial speaks to.
pub(crate) trait Hands: Send + Sync {
    /// A line for the person.
    fn say(&self, line: &str);

    /// The person is to open this address, and to accept.
    fn open(&self, address: &Url);

    /// Time passes.
    fn wait(&self, time: Duration) -> BoxFuture<'_, ()>;
}

/// What a trial is told.
#[derive(Clone)]
pub(crate) struct Settings {
    /// The site, as the person wrote it.
    pub(crate) site: String,
    /// How it is let in.
    pub(crate) way: Way,
    /// The key of the space in which everything is made.
    pub(crate) space: String,
    /// A folder in that space, if there is one.
    pub(crate) folder: Option<String>,
    /// Whether what needs an hour is done, too.
    pub(crate) wait: bool,
    /// The settings of the app.
    pub(crate) lookup: Lookup,
    /// How long is waited.
    pub(crate) timeouts: Timeouts,
    /// Makes the app's clock.
    pub(crate) clock: fn() -> Arc<dyn Clock>,
    /// Whom it speaks to.
    pub(crate) hands: Arc<dyn Hands>,
}

impl Settings {
    fn atlassian(&self) -> Result<auth::Settings> {
        Ok(auth::Settings::read(|name| (self.lookup)(name))?)
    }
}

/// What the requests of a trial go by.
struct Trial {
    settings: Settings,
    notes: Notes,
    http: Http,
    /// Begins the titles of everything that is made.
    stamp: String,
}

/// Makes the trial. Fails where it cannot even begin.
pub(crate) async fn run(settings: Settings) -> Result<Report> {
    let atlassian = settings.atlassian()?;
    let http = Http::new(&atlassian.api_url)?;
    let site = http::site_address(&settings.site, &atlassian.api_url)
        .context("SALLY_LIVE_SITE is not the address of a site, such as acme.atlassian.net")?;
    let stamp = (settings.clock)().now().strftime("Sally trial %Y-%m-%d %H%M%S").to_string();
    let mut notes = Notes::new(Arc::clone(&settings.hands));
    notes.hide_settings(&settings, &site);
    let mut trial = Trial { settings, notes, http, stamp };
    if let Err(error) = trial.perform(&atlassian, site).await {
        trial.notes.stopped(&error);
    }
    Ok(trial.notes.close())
}

impl Trial {
    async fn perform(&mut self, atlassian: &auth::Settings, site: Url) -> Result<()> {
        let mut logins = match &self.settings.way {
            Way::Token { .. } => None,
            Way::Login => Some(Logins::begin(self, atlassian).await?),
        };
        let credential = match (&self.settings.way, &logins) {
            (Way::Token { email, token }, _) => {
                Credential::Basic { email: email.clone(), token: token.clone() }
            }
            (Way::Login, Some(logins)) => Credential::Bearer(logins.access.clone()),
            (Way::Login, None) => Credential::Nobody,
        };
        let id = self.tenant(&site).await?;
        self.notes.hide(&id, "CLOUD");
        let mut wiki = Wiki::new(&self.http, &atlassian.api_url, site, &id, credential);
        self.token_facts(&wiki).await;
        if let Some(logins) = &logins {
            logins.sites(self, &wiki).await;
        }
        let around = Around::new()?;
        let mut journey = self.connect(&around, &wiki, None).await?;
        if let Some(logins) = &mut logins {
            logins.second(self).await;
            wiki.credential = Credential::Bearer(logins.access.clone());
        }
        let space = self.spaces(&journey, &wiki).await?;
        self.send_both(&mut journey, &space).await?;
        self.read_back(&journey, &wiki).await;
        self.space_facts(&wiki, &space).await;
        let made = self.page_facts(&wiki, &space).await;
        self.search_facts(&journey, &wiki, &space, &made).await;
        journey.end().await;
        self.lose_answers(&around, &wiki, &space).await?;
        if let Some(logins) = &logins {
            logins.late(self, &wiki).await;
        }
        Ok(())
    }

    /// A title that nothing else has.
    fn title(&self, what: &str) -> String {
        format!("{} {what}", self.stamp)
    }
}
