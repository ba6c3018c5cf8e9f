//! The credentials for Confluence: an OAuth login, whose tokens are renewed, or an API token for one site. Hides the
//! difference from `confluence`.

use reqwest::Request;

use super::api_tokens::SiteToken;
use super::error::Error;
use super::login_id::LoginId;
use super::refusal::{Refusal, Remedy};
use super::session::{Session, Signed};

/// Signs requests.
#[derive(Clone)]
pub enum Access {
    /// In the name of who logged in.
    Login(Session),
    /// In the name of whose API token it is.
    Token(SiteToken),
}

/// What a request was signed with.
#[derive(Clone, Copy, Debug)]
pub enum Signature {
    /// The tokens of a login.
    Login(Signed),
    /// An API token.
    Token,
}

impl Access {
    /// Signs a request. Refuses every host that the access is not for.
    pub async fn sign(&self, request: &mut Request) -> Result<Signature, Error> {
        match self {
            Self::Login(session) => session.sign(request).await.map(Signature::Login),
            Self::Token(token) => token.sign(request).map(|()| Signature::Token),
        }
    }

    /// What a refusal asks for: a login may have newer tokens.
    pub async fn after_refusal(&self, signature: Signature, refusal: Refusal) -> Result<Remedy, Error> {
        match (self, signature) {
            (Self::Login(session), Signature::Login(signed)) => {
                session.refresh_after_refusal(signed, refusal).await
            }
            // Where a site is open to everybody, a token that it does not know may not look like one.
            _ => Ok(Remedy::Ask),
        }
    }

    /// Reports that Confluence does not know the signing account.
    pub fn refused(&self) -> Error {
        match self {
            Self::Login(_) => Error::NotConnected,
            Self::Token(token) => Error::TokenRefused { login: token.login() },
        }
    }

    /// The same for one login only.
    #[must_use]
    pub fn of(&self, login: LoginId) -> Self {
        match self {
            Self::Login(session) => Self::Login(session.of(login)),
            Self::Token(token) => Self::Token(token.clone()),
        }
    }
}
