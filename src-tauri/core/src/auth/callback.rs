//! Parses the OAuth callback: `sally://oauth/callback?code=…&state=…`, or `error` instead of `code`. Any program can open such
//! an address, so nothing in it is trusted before the state is compared. Other addresses, repeated parameters and long input
//! are rejected.

use std::fmt;

use url::Url;

use super::token::Secret;

/// Where the login's answer arrives, whichever way it takes.
pub const ADDRESS: &str = "sally://oauth/callback";

/// Longest callback address, in bytes. Atlassian's codes are signed tokens of one or two kilobytes; browsers and operating systems pass
/// on twice this much without harm.
const MAX_ADDRESS_LEN: usize = 8 * 1024;

/// Longest `error` code, in bytes; OAuth's own are shorter than 30.
const MAX_REASON_LEN: usize = 40;

/// An answer to a login.
pub(super) struct Callback {
    /// Says which login it answers.
    pub(super) state: Secret,
    /// What it says.
    pub(super) outcome: Outcome,
}

/// What the authorization server decided.
pub(super) enum Outcome {
    /// Access was granted: a code to exchange for tokens.
    Code(Secret),
    /// The person declined.
    Declined,
    /// Anything else, in the server's own word.
    Refused(String),
}

/// Why an address is not an answer to a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is not the address of the callback.
    #[error("the address that was opened is not the answer to a login")]
    Address,
    /// It is longer than an answer can be.
    #[error("the answer to the login is too long")]
    TooLong,
    /// A parameter is given twice, or both a code and an error.
    #[error("the answer to the login contradicts itself about “{0}”")]
    Twice(&'static str),
    /// A parameter is missing or empty.
    #[error("the answer to the login is incomplete: “{0}” is missing")]
    Missing(&'static str),
}

impl Callback {
    pub(super) fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > MAX_ADDRESS_LEN {
            return Err(Malformed::TooLong);
        }
        let url = Url::parse(text).map_err(|_| Malformed::Address)?;
        let mut bare = url.clone();
        bare.set_query(None);
        if bare.as_str() != ADDRESS {
            return Err(Malformed::Address);
        }
        let (mut state, mut code, mut error) = (None, None, None);
        for (name, value) in url.query_pairs() {
            let (slot, name) = match &*name {
                "state" => (&mut state, "state"),
                "code" => (&mut code, "code"),
                "error" => (&mut error, "error"),
                // Such as error_description, which is a stranger's prose and is shown to nobody.
                _ => continue,
            };
            if slot.replace(value.into_owned()).is_some() {
                return Err(Malformed::Twice(name));
            }
        }
        let given = |value: Option<String>| value.filter(|text| !text.is_empty());
        let state = Secret::new(given(state).ok_or(Malformed::Missing("state"))?);
        let outcome = match (given(code), given(error)) {
            (Some(_), Some(_)) => return Err(Malformed::Twice("code")),
            (None, None) => return Err(Malformed::Missing("code")),
            (Some(code), None) => Outcome::Code(Secret::new(code)),
            (None, Some(error)) if error == "access_denied" => Outcome::Declined,
            (None, Some(error)) => Outcome::Refused(reason(&error)),
        };
        Ok(Self { state, outcome })
    }
}

/// Only the shape of an OAuth error word gets through, so that a forged answer cannot put words into the
/// app's mouth.
pub(super) fn reason(error: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    if error.len() <= MAX_REASON_LEN && error.chars().all(is_word) {
        error.to_owned()
    } else {
        "unknown_error".to_owned()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match &self.outcome {
            Outcome::Code(_) => "code",
            Outcome::Declined => "declined",
            Outcome::Refused(reason) => reason,
        };
        write!(f, "Callback({outcome})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<Callback, Malformed> {
        Callback::parse(&format!("{ADDRESS}{query}"))
    }

    #[test]
    fn a_code_is_read_with_its_state() {
        let callback = parse("?code=c%2Bd&state=s&session_hint=x").unwrap();
        assert_eq!(callback.state.expose(), "s", "the state is what makes it believable");
        let Outcome::Code(code) = callback.outcome else { panic!("a code was given") };
        assert_eq!(code.expose(), "c+d", "the code is decoded once");
    }

    #[test]
    fn a_refusal_is_read_without_its_prose() {
        let declined = parse("?error=access_denied&error_description=call+0900&state=s").unwrap();
        assert!(matches!(declined.outcome, Outcome::Declined), "Atlassian's word for Cancel");
        let Outcome::Refused(reason) = parse("?error=invalid_scope&state=s").unwrap().outcome else {
            panic!("an error was given")
        };
        assert_eq!(reason, "invalid_scope", "OAuth's words are kept");
        let Outcome::Refused(reason) = parse("?error=Call%200900%20now&state=s").unwrap().outcome else {
            panic!("an error was given")
        };
        assert_eq!(reason, "unknown_error", "a stranger's sentence must not reach the person");
    }

    #[test]
    fn other_addresses_are_refused() {
        for text in [
            "sally://oauth/callback/?code=c&state=s",
            "sally://oauth/other?code=c&state=s",
            "sally://oauth:80/callback?code=c&state=s",
            "sally://user@oauth/callback?code=c&state=s",
            "sally://oauth/callback?code=c&state=s#fragment",
            "sally:oauth/callback?code=c&state=s",
            "https://oauth/callback?code=c&state=s",
            "file:///etc/passwd",
            "",
        ] {
            assert_eq!(Callback::parse(text).unwrap_err(), Malformed::Address, "not the callback: {text}");
        }
    }

    #[test]
    fn contradictions_and_gaps_are_refused() {
        for (query, why) in [
            ("?code=a&code=b&state=s", Malformed::Twice("code")),
            ("?code=a&state=s&state=t", Malformed::Twice("state")),
            ("?error=a&error=b&state=s", Malformed::Twice("error")),
            ("?code=a&error=b&state=s", Malformed::Twice("code")),
            ("?code=a", Malformed::Missing("state")),
            ("?code=a&state=", Malformed::Missing("state")),
            ("?state=s", Malformed::Missing("code")),
            ("?code=&state=s", Malformed::Missing("code")),
            ("", Malformed::Missing("state")),
        ] {
            assert_eq!(parse(query).unwrap_err(), why, "{query}");
        }
        let long = format!("?code={}&state=s", "x".repeat(MAX_ADDRESS_LEN));
        assert_eq!(parse(&long).unwrap_err(), Malformed::TooLong, "memory is not for strangers to fill");
    }

    #[test]
    fn debug_tells_only_the_kind() {
        let shown = format!("{:?}", parse("?code=private&state=hidden").unwrap());
        assert_eq!(shown, "Callback(code)", "logs must not hold codes or states");
    }
}
