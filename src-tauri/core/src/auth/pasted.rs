//! Validates a pasted token, for a meeting server or for a Confluence site.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::de::Deserializer;
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::domain::problem::TokenFault;

/// Longest token, in bytes: the longest seen are signed ones of two thousand.
const MAX_TOKEN_LEN: usize = 8_192;

/// What was pasted cannot be a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token ({0:?})")]
pub struct NotAToken(pub TokenFault);

/// A token as a person pasted it. It has neither `Display` nor `Serialize`, `Debug` tells nothing, and it is wiped when
/// it is dropped.
#[derive(Clone)]
pub struct PastedToken(SecretString);

impl PastedToken {
    /// What was pasted, without the space around it, if a header can carry it.
    pub(super) fn checked(&self) -> Result<Self, NotAToken> {
        let text = self.0.expose_secret().trim();
        // People copy it from examples with the scheme in front.
        let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
        if text.is_empty() {
            return Err(NotAToken(TokenFault::Empty));
        }
        if text.len() > MAX_TOKEN_LEN {
            return Err(NotAToken(TokenFault::TooLong));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(NotAToken(TokenFault::BadCharacters));
        }
        Ok(Self(text.to_owned().into()))
    }

    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// The value of a header that holds a secret, and is not shown.
pub(super) fn header(text: &Zeroizing<String>) -> Result<HeaderValue, NotAToken> {
    let mut value = HeaderValue::from_str(text).map_err(|_| NotAToken(TokenFault::BadCharacters))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The same of a name and a secret, as HTTP's Basic scheme has them.
pub(super) fn basic(name: &str, secret: &str) -> Result<HeaderValue, NotAToken> {
    let pair = Zeroizing::new(format!("{name}:{secret}"));
    let coded = Zeroizing::new(BASE64_STANDARD.encode(pair.as_bytes()));
    header(&Zeroizing::new(format!("Basic {}", *coded)))
}

/// A token as the keyring's entry holds it: the only form that can be written down.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Written(pub(super) PastedToken);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl From<String> for PastedToken {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for PastedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PastedToken(…)")
    }
}

impl<'de> Deserialize<'de> for PastedToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pasted_is_tidied_and_checked() {
        for text in ["sally_pat_x", "  sally_pat_x\n", "Bearer sally_pat_x"] {
            let token = PastedToken::from(text.to_owned()).checked().unwrap();
            assert_eq!(token.expose(), "sally_pat_x", "{text:?}");
        }
        for (text, why) in [
            ("", TokenFault::Empty),
            ("  ", TokenFault::Empty),
            ("two words", TokenFault::BadCharacters),
            ("tökén", TokenFault::BadCharacters),
            (&"x".repeat(MAX_TOKEN_LEN + 1), TokenFault::TooLong),
        ] {
            let refused = PastedToken::from(text.to_owned()).checked();
            assert_eq!(refused.err(), Some(NotAToken(why)), "{text:?} cannot be sent in a header");
        }
    }
}
