//! The only room that can name a token. It logs a person in at Atlassian, keeps the tokens in the operating
//! system's keyring, renews them, and lends a signature to requests.
//!
//! Refuses SQL, Confluence's addresses, handing out a token, and signing a request to any host but the one
//! it is for. `app` starts and ends connections here; `confluence` asks for signatures.

mod access;
mod api_tokens;
mod bundle;
pub mod callback;
pub mod config;
mod entry;
pub mod error;
pub mod keychain;
mod login_id;
mod loopback;
mod marks;
mod oauth;
mod pasted;
mod refresh;
pub mod scopes;
pub mod servers;
pub mod session;
pub mod token;
mod tokens;

#[cfg(test)]
mod tests;

pub use access::{Access, Signature};
pub use api_tokens::{ApiTokens, KeptToken, SiteToken};
pub use config::Settings;
pub use error::{EndReason, Error};
pub use keychain::{Keychain, MemoryKeychain, OsKeychain};
pub use login_id::LoginId;
pub use marks::Marks;
pub use pasted::{NotAToken, PastedToken};
pub use servers::{SallySettings, Servers, Signer};
pub use session::{Granted, Kept, LOCK_FILE, LoginStart, Refusal, Remedy, Restored, Session, Signed};
