//! The only module that handles tokens: logs in at Atlassian, stores tokens in the operating system's keyring, renews them,
//! and signs requests.
//!
//! Tokens never leave it, and a request is only signed for the host that its token belongs to. No SQL, and no addresses of
//! Confluence. `app` starts and ends connections; `confluence` and `sources` have requests signed.

mod access;
mod api_tokens;
mod bundle;
pub mod callback;
pub mod config;
mod entry;
pub mod error;
pub mod keychain;
mod lock;
mod login_id;
mod loopback;
mod marks;
mod oauth;
mod pasted;
pub mod proxies;
mod refresh;
mod refusal;
pub mod scopes;
pub mod servers;
pub mod session;
pub mod token;
mod tokens;

#[cfg(test)]
mod tests;

pub use access::{Access, Signature};
pub use api_tokens::{ApiTokens, KeptToken, SiteToken};
pub use config::{CLIENT_SECRET, Refused, Settings};
pub use error::{EndReason, Error};
pub use keychain::{Keychain, MemoryKeychain, OsKeychain};
pub use lock::EntryLock;
pub use login_id::LoginId;
pub use marks::Marks;
pub use pasted::{NotAToken, PastedToken};
pub use proxies::{ProxyPasswords, ProxySignIn, TypedPassword};
pub use refusal::{Refusal, Remedy};
pub use servers::{SallySettings, Servers, Signer};
pub use session::{Granted, Kept, LoginStart, Restored, Session, Signed};
