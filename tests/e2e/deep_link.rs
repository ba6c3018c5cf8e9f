//! Addresses of the app's own scheme, opened as the operating system opens them.

use anyhow::{Context, Result};

use crate::session::Session;

/// Opens an address by `xdg-open`, which asks the desktop who handles it.
pub(crate) fn open(session: &Session, address: &str) -> Result<()> {
    session.run("xdg-open", &[address], &[]).with_context(|| format!("{address} was not opened"))
}
