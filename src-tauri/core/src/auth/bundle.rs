//! The tokens of one connection, in memory and in the keyring. Not printable; the only serialised form is the [`Secret`] for
//! the keyring.

use std::borrow::Cow;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::keychain;
use super::oauth::Grant;
use super::scopes;
use super::token::{Secret, Token};
use crate::domain::id::AccountId;

/// How long before its end a token counts as expired: the longest request, so that a token does not
/// expire on the way.
const EXPIRY_MARGIN: SignedDuration = SignedDuration::from_secs(120);
/// How long a token is new.
const NEW_FOR: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone)]
pub(super) struct Bundle {
    pub(super) access: Token,
    /// None if `offline_access` was not granted.
    pub(super) refresh: Option<Token>,
    pub(super) obtained_at: Timestamp,
    pub(super) expires_at: Timestamp,
    /// What was granted.
    pub(super) scopes: Vec<String>,
    /// Whose they are, once that is known.
    pub(super) account: Option<AccountId>,
    /// How often the tokens were renewed since the login; for the log, which must not tell them apart by
    /// their content.
    pub(super) generation: u64,
}

/// The form in the keyring.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    access: Cow<'a, str>,
    refresh: Option<Cow<'a, str>>,
    obtained_at: Timestamp,
    expires_at: Timestamp,
    scopes: Cow<'a, [String]>,
    #[serde(default)]
    account: Option<AccountId>,
    generation: u64,
}

impl Bundle {
    /// What a login brings. A server that does not name the scopes granted all that were asked for
    /// (RFC 6749, section 5.1).
    pub(super) fn first(grant: Grant, now: Timestamp) -> Self {
        Self {
            access: grant.access,
            refresh: grant.refresh,
            obtained_at: now,
            expires_at: end(now, grant.lifetime),
            scopes: grant.scopes.unwrap_or_else(|| scopes::names().map(str::to_owned).collect()),
            account: None,
            generation: 0,
        }
    }

    /// What a renewal brings. A server that sends no new refresh token means the old one to be kept
    /// (RFC 6749, section 6).
    pub(super) fn renewed(&self, grant: Grant, now: Timestamp) -> Self {
        Self {
            access: grant.access,
            refresh: grant.refresh.or_else(|| self.refresh.clone()),
            obtained_at: now,
            expires_at: end(now, grant.lifetime),
            scopes: grant.scopes.unwrap_or_else(|| self.scopes.clone()),
            account: self.account.clone(),
            generation: self.generation + 1,
        }
    }

    /// Whether a request may be signed with it.
    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        !self.is_before(now) && end(now, EXPIRY_MARGIN) < self.expires_at
    }

    /// Whether it was given so lately that another one would be refused as well.
    pub(super) fn is_new(&self, now: Timestamp) -> bool {
        self.is_fresh(now) && now < end(self.obtained_at, NEW_FOR)
    }

    /// Whether the server would refuse it.
    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.is_before(now) || now >= self.expires_at
    }

    /// Whether the clock was set back since the tokens came, so that the expiry says nothing.
    fn is_before(&self, now: Timestamp) -> bool {
        end(now, EXPIRY_MARGIN) < self.obtained_at
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.access.is_same(&other.access)
    }

    pub(super) fn to_secret(&self) -> Result<Secret, keychain::Error> {
        let stored = Stored {
            access: self.access.expose().into(),
            refresh: self.refresh.as_ref().map(|token| token.expose().into()),
            obtained_at: self.obtained_at,
            expires_at: self.expires_at,
            scopes: self.scopes.as_slice().into(),
            account: self.account.clone(),
            generation: self.generation,
        };
        serde_json::to_string(&stored).map(Secret::new).map_err(|_| keychain::Error::Damaged)
    }

    pub(super) fn from_secret(secret: &Secret) -> Result<Self, keychain::Error> {
        // The reason is dropped: serde's message may quote what it stumbled over.
        let stored: Stored<'_> =
            serde_json::from_str(secret.expose()).map_err(|_| keychain::Error::Damaged)?;
        Ok(Self {
            access: Token::new(stored.access.into_owned()),
            refresh: stored.refresh.map(|text| Token::new(text.into_owned())),
            obtained_at: stored.obtained_at,
            expires_at: stored.expires_at,
            scopes: stored.scopes.into_owned(),
            account: stored.account,
            generation: stored.generation,
        })
    }
}

/// Saturating, because a server's lifetime can be any number.
fn end(start: Timestamp, duration: SignedDuration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Bundle {
        let grant = Grant {
            access: Token::new("access".into()),
            refresh: Some(Token::new("refresh".into())),
            lifetime: SignedDuration::from_hours(1),
            scopes: Some(vec!["read:me".into()]),
        };
        Bundle::first(grant, start())
    }

    fn start() -> Timestamp {
        "2026-11-12T10:00:00Z".parse().unwrap()
    }

    fn after(seconds: i64) -> Timestamp {
        start() + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn freshness_ends_two_minutes_early() {
        let bundle = bundle();
        assert!(bundle.is_fresh(after(3_479)), "there is time for a request");
        assert!(!bundle.is_fresh(after(3_480)), "it might expire on the way");
        assert!(!bundle.is_expired(after(3_599)), "and is still accepted until its end");
        assert!(bundle.is_expired(after(3_600)), "but no longer");
    }

    #[test]
    fn a_clock_that_was_set_back_makes_the_expiry_worthless() {
        let bundle = bundle();
        assert!(bundle.is_fresh(after(-60)), "small corrections of the clock are normal");
        assert!(!bundle.is_fresh(after(-86_400)), "a day before it was obtained, nothing can be said");
        assert!(bundle.is_expired(after(-86_400)), "so it is renewed");
    }

    #[test]
    fn the_keyring_form_comes_back_whole() {
        let secret = bundle().to_secret().unwrap();
        let again = Bundle::from_secret(&secret).unwrap();
        assert!(again.is_same(&bundle()), "the access token");
        assert_eq!(again.refresh.unwrap().expose(), "refresh");
        assert_eq!(
            (again.obtained_at, again.expires_at, again.scopes, again.generation),
            (start(), after(3_600), vec!["read:me".to_owned()], 0),
            "and all that is known about it"
        );
        let damaged = Bundle::from_secret(&Secret::new("{\"access\":\"private\"}".into()));
        assert_eq!(damaged.err(), Some(keychain::Error::Damaged), "without a quotation");
    }

    #[test]
    fn a_renewal_keeps_what_the_server_does_not_repeat() {
        let grant = Grant {
            access: Token::new("next".into()),
            refresh: None,
            lifetime: SignedDuration::MAX,
            scopes: None,
        };
        let next = bundle().renewed(grant, after(10));
        assert_eq!(next.refresh.unwrap().expose(), "refresh", "RFC 6749, section 6");
        assert_eq!(next.scopes, ["read:me"], "RFC 6749, section 5.1");
        assert_eq!((next.generation, next.expires_at), (1, Timestamp::MAX), "no overflow");
    }
}
