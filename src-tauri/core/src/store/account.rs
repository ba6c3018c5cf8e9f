//! The connected account, kept whole as JSON.

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Error, rows};

/// Reads.
#[derive(Debug)]
pub struct Account<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct AccountMut<'a>(pub(super) &'a Connection);

impl Account<'_> {
    /// The connected account.
    pub fn get<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        rows::json(self.0, "SELECT json FROM account", [])
    }
}

impl AccountMut<'_> {
    /// Keeps the connected account.
    pub fn put(&self, account: &impl Serialize) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO account (one, json) VALUES (1, ?)",
                [serde_json::to_string(account)?],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets the connected account.
    pub fn delete(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM account", []).map_err(Error::of)?;
        Ok(())
    }
}
