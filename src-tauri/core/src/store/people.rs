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

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn who_was_mentioned_last_comes_first_and_once() {
        let (_folder, store) = scratch();
        let at = |second| Timestamp::from_second(second).unwrap();
        let (all, after) = store
            .write(move |tx| {
                let people = tx.people_mut();
                for (id, name, second) in
                    [("a", "Ada", 1), ("g", "Grace", 2), ("b", "Bob", 2), ("a", "Ada Lovelace", 3)]
                {
                    people.put(&id.into(), name, at(second))?;
                }
                let all = tx.people().all()?;
                people.clear()?;
                Ok((all, tx.people().all()?))
            })
            .await
            .unwrap();
        let names: Vec<&str> = all.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["Ada Lovelace", "Bob", "Grace"], "by the name that each has now");
        assert_eq!(after, [], "another account knows others");
    }
}
