//! How the outside is reached: the proxy in between, and the name and the password for it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::auth::TypedPassword;

/// How Atlassian is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Network {
    /// The proxy in between; `null` for none.
    pub proxy: Option<ProxyInUse>,
    /// Whether the system chooses its proxy by a script that the app does not run.
    pub script: bool,
}

/// The proxy in between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ProxyInUse {
    /// Its host and port.
    pub name: String,
    /// Who names it.
    pub origin: ProxyOrigin,
    /// Whether a name and a password are kept for it.
    pub password: ProxyPasswordKept,
}

/// Who names a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyOrigin {
    /// A variable of the environment.
    Environment,
    /// The settings of the system.
    System,
}

/// Whether a name and a password are kept for a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProxyPasswordKept {
    /// None are.
    No,
    /// Until the app ends: the keyring did not take them.
    ForThisRun,
    /// In the keyring.
    InKeyring,
}

/// A name and a password for a proxy.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct EnterProxyPassword {
    /// The host and port of the proxy, as they were shown.
    pub proxy: String,
    /// The name.
    pub name: String,
    /// The password. It goes to the keyring, and is never given back.
    #[ts(type = "string")]
    pub password: TypedPassword,
}
