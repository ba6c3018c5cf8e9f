//! Secret strings. No `Display` or `Serialize`, a redacted `Debug`, and access to the content inside `auth` only. Wiped from
//! memory on drop.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// An access or refresh token.
#[derive(Clone)]
pub(super) struct Token(SecretString);

impl Token {
    pub(super) fn new(text: String) -> Self {
        Self(text.into())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        same(self.expose(), other.expose())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Anything else that must stay secret: the client's secret, what the keyring holds, the state of a login.
/// Other rooms may pass one on, and cannot read it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub(super) fn new(text: String) -> Self {
        Self(text.into())
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        same(self.expose(), other.expose())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// In constant time, so that how long a refusal takes does not tell how much of a guess was right.
fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_nothing() {
        let shown = format!("{:?} {:?}", Token::new("abc".into()), Secret::new("xyz".into()));
        assert_eq!(shown, "Token(…) Secret(…)", "logs print structures with {{:?}}");
    }

    #[test]
    fn sameness_is_of_the_whole_content() {
        let secret = Secret::new("state".into());
        assert!(secret.is_same(&Secret::new("state".into())), "equal strings are the same");
        assert!(!secret.is_same(&Secret::new("stat".into())), "a prefix is not the same");
        assert!(!secret.is_same(&Secret::new("State".into())), "case matters");
    }
}
