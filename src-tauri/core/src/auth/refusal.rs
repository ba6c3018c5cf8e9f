//! How a signed request may be refused, and what follows. Called by `access` and `session`.

/// How a signed request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A 401 that does not speak of scopes: the token itself was refused.
    Token,
    /// A 403 or 404 that says that nobody is known: for an expired token, and for an account that a site does not let in.
    Stranger,
    /// Any other 403 or 404, which Confluence says for an expired token too.
    Unclear,
}

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Sign the request anew and repeat it, once: there are newer tokens.
    Repeat,
    /// Ask Confluence whether it knows the account: nothing else tells.
    Ask,
    /// The refusal means what it says.
    Accept,
}
