//! API tokens: created by a person in their Atlassian account, and sent with their e-mail address as basic authentication.
//! A classic token has all permissions of the person, one with scopes only those. An invalid token is rejected without
//! a reason. Called by the gateway.

use jiff::{SignedDuration, Timestamp};

use crate::random::Random;
use crate::site::Person;

/// The scopes that the product wants of a token.
pub const TOKEN_SCOPES: [&str; 8] = [
    "read:space:confluence",
    "write:page:confluence",
    "write:comment:confluence",
    "search:confluence",
    "read:confluence-user",
    "read:page:confluence",
    "read:comment:confluence",
    "read:content-details:confluence",
];

/// Others that can be chosen.
pub(crate) const OTHER_SCOPES: [&str; 6] = [
    "read:confluence-content.all",
    "read:confluence-content.summary",
    "write:confluence-content",
    "write:confluence-file",
    "write:space:confluence",
    "delete:page:confluence",
];

/// Atlassian lets no token live longer.
pub(crate) const MAX_LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);

/// The two sorts of API tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Can do all that its owner can, at the gateway and at the site's own address.
    Classic,
    /// Can do what these scopes allow, at the gateway only.
    Scoped(Vec<String>),
}

/// A token, and whose it is.
#[derive(Debug)]
pub(crate) struct ApiToken {
    text: String,
    pub(crate) person: &'static Person,
    pub(crate) label: String,
    pub(crate) kind: TokenKind,
    pub(crate) expires: Timestamp,
    pub(crate) is_revoked: bool,
}

impl ApiToken {
    /// Its scopes; `None` for one that needs none.
    pub(crate) fn scopes(&self) -> Option<&[String]> {
        match &self.kind {
            TokenKind::Classic => None,
            TokenKind::Scoped(scopes) => Some(scopes),
        }
    }
}

/// Everybody's tokens, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct ApiTokens {
    made: Vec<ApiToken>,
}

impl ApiTokens {
    /// Makes a token, and answers its text.
    pub(crate) fn make(
        &mut self,
        random: &mut Random,
        person: &'static Person,
        label: &str,
        kind: TokenKind,
        expires: Timestamp,
    ) -> String {
        let text = write(random);
        self.made.push(ApiToken {
            text: text.clone(),
            person,
            label: label.to_owned(),
            kind,
            expires,
            is_revoked: false,
        });
        text
    }

    /// The token, if it is this person's and still good.
    pub(crate) fn good(&self, email: &str, token: &str, now: Timestamp) -> Option<&ApiToken> {
        let token = self.made.iter().find(|made| made.text == token)?;
        let is_good = !token.is_revoked && now < token.expires;
        (is_good && token.person.email.eq_ignore_ascii_case(email)).then_some(token)
    }

    /// Revokes a token. Answers whether there is one.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let token = self.made.iter_mut().find(|made| made.text == token);
        token.map(|token| token.is_revoked = true).is_some()
    }

    /// Revokes a person's token by its place.
    pub(crate) fn revoke_at(&mut self, person: &Person, place: usize) {
        if let Some(token) = self.made.get_mut(place).filter(|token| token.person == person) {
            token.is_revoked = true;
        }
    }

    /// A person's tokens that were not revoked, with their places.
    pub(crate) fn of<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = (usize, &'a ApiToken)> {
        self.made.iter().enumerate().filter(move |(_, token)| token.person == person && !token.is_revoked)
    }
}

/// 192 characters, as Atlassian's have: their beginning, noise, and a checksum behind a sign that some take for the
/// end.
fn write(random: &mut Random) -> String {
    let mut noise: String = (0..6).map(|_| random.word()).collect();
    let checksum = noise.split_off(184).to_uppercase();
    noise.truncate(176);
    format!("ATATT3x{noise}={checksum}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_as_long_as_atlassians() {
        let token = write(&mut Random::new(1));
        assert_eq!((token.len(), token.as_bytes()[183]), (192, b'='), "{token}");
    }
}
