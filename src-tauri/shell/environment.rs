//! The settings of the process's environment, read once, before anything else. The secret is then taken out of it: the
//! browser, the web view's processes and whatever else is started inherit the rest.

use std::env;

use sally_core::auth::{CLIENT_SECRET, Refused, SallySettings, Settings};
use sally_core::http::proxy::Variables;

/// What the environment says of the servers, or which variable cannot be used.
pub(crate) struct Environment {
    /// Of Atlassian.
    pub(super) atlassian: Result<Settings, Refused>,
    /// Of Sally.
    pub(super) sally: Result<SallySettings, Refused>,
    /// Of proxies.
    pub(super) proxies: Variables,
}

impl Environment {
    /// The first thing that `main` does: afterwards there are other threads.
    pub(crate) fn take() -> Self {
        let variable = |name: &str| env::var(name).ok();
        let read = Self {
            atlassian: Settings::read(variable),
            sally: SallySettings::read(variable),
            proxies: Variables::read(variable),
        };
        #[expect(unsafe_code, reason = "the standard library has no other way to take a variable out")]
        // SAFETY: there is one thread yet, so nobody reads the environment meanwhile.
        unsafe {
            env::remove_var(CLIENT_SECRET);
        }
        read
    }
}
