//! People who can be mentioned, because their account id is known.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Error;
use crate::domain::id::AccountId;

/// Reads.
#[derive(Debug)]
pub struct People<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct PeopleMut<'a>(pub(super) &'a Connection);

impl People<'_> {
    /// Everybody, the ones mentioned last first: account id and name.
    pub fn all(&self) -> Result<Vec<(AccountId, String)>, Error> {
        let mut query = self
            .0
            .prepare_cached("SELECT account_id, name FROM people ORDER BY used_at DESC, name")
            .map_err(Error::of)?;
        query
            .query_map([], |row| Ok((AccountId(row.get(0)?), row.get(1)?)))
            .and_then(Iterator::collect)
            .map_err(Error::of)
    }
}

impl PeopleMut<'_> {
    /// Remembers somebody.
    pub fn put(&self, id: &AccountId, name: &str, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO people (account_id, name, used_at) VALUES (?, ?, ?)",
                params![id.as_str(), name, now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets everybody: another account knows others.
    pub fn clear(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM people", []).map_err(Error::of)?;
        Ok(())
    }
}
