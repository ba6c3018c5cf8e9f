//! All tokens together: whether the keyring has them, what is said of API tokens (what each scope is for, what an
//! administrator has to allow, that one ends soon), and deleting them.

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Login;
use super::sites::name_of;
use crate::api::TokenNeed;
use crate::app::{Error, words};
use crate::auth;
use crate::domain::destination::Organization;
use crate::domain::problem::{Problem, Token, TokenTrouble};
use crate::domain::site::Need;

/// How long before its last day a token is warned of.
const EXPIRY_WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How often it is looked whether a token ends soon.
const CHECK_INTERVAL: SignedDuration = SignedDuration::from_hours(6);

impl Login {
    /// Whether the keyrings let the app in.
    pub(in crate::app) async fn look_at_keyrings(&self) -> [Result<(), auth::keychain::Error>; 2] {
        [self.0.session.look_at_keyring().await, self.0.api_tokens.look_at_keyring().await]
    }

    /// Deletes the tokens of the login.
    pub(in crate::app) async fn delete_tokens(&self) -> Result<(), auth::Error> {
        self.0.session.disconnect().await
    }

    /// Deletes the API tokens of all sites.
    pub(in crate::app) async fn delete_api_tokens(&self) -> Result<(), auth::keychain::Error> {
        self.0.api_tokens.clear().await
    }

    /// Warns of tokens that end soon, once for each, at the start and by the clock.
    pub(in crate::app) fn start_expiry_watch(&self) {
        let login = self.clone();
        self.0.tasks.spawn_until_ending(async move {
            loop {
                if let Err(error) = login.warn_of_ends().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "no token was warned of");
                }
                let next = login.0.clock.after(CHECK_INTERVAL);
                login.0.clock.until(next).await;
            }
        });
    }

    async fn warn_of_ends(&self) -> Result<(), Error> {
        let soon = self.0.clock.after(EXPIRY_WARNING);
        let soon = soon.to_zoned(TimeZone::system()).date();
        let ending: Vec<(Organization, Date)> = self
            .0
            .accounts
            .borrow()
            .sites
            .values()
            .filter(|connected| connected.is_working())
            .filter_map(|connected| Some((connected.site.organization.clone(), connected.site.expires?)))
            .filter(|(_, expires)| *expires <= soon)
            .collect();
        for (organization, expires) in ending {
            let key = format!("token of {} ends {expires}", organization.id);
            if self.0.store.write(move |tx| tx.settings_mut().tell_once(&key)).await? {
                let (site, passed) = (name_of(&organization), expires < self.today());
                self.0.events.notice(&Problem::Token(Token {
                    organization: organization.id,
                    site,
                    expires: Some(expires),
                    what: TokenTrouble::Ends { passed },
                }));
            }
        }
        Ok(())
    }
}

/// What an administrator has to know who is to allow the app.
pub(in crate::app) fn administrator_text() -> String {
    let scopes: Vec<&str> = Need::ALL.iter().map(|need| need.scope()).collect();
    words::administrator_text(&scopes)
}

pub(super) fn need_view(need: Need, met: bool) -> TokenNeed {
    let (name, without) = words::need(need);
    TokenNeed { name, scope: need.scope().to_owned(), met, without }
}
