//! The connected account, kept whole as JSON.

use rusqlite::Connection;

use super::{Error, rows};
use crate::domain::account;

/// Reads.
#[derive(Debug)]
pub struct Account<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct AccountMut<'a>(pub(super) &'a Connection);

impl Account<'_> {
    /// The connected account.
    pub fn get(&self) -> Result<Option<account::Account>, Error> {
        rows::json(self.0, "SELECT json FROM account", [])
    }
}

impl AccountMut<'_> {
    /// Keeps the connected account.
    pub fn put(&self, account: &account::Account) -> Result<(), Error> {
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

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use crate::domain::account::Account;

    fn account(name: &str) -> Account {
        Account {
            id: name.into(),
            name: name.to_owned(),
            email: None,
            organizations: Vec::new(),
            remembered: true,
            missing_scopes: Vec::new(),
        }
    }

    #[tokio::test]
    async fn one_account_is_connected_or_none() {
        let (_folder, store) = scratch();
        let connected = || store.read(|db| db.account().get());
        assert_eq!(connected().await.unwrap(), None);
        for name in ["ada", "grace"] {
            store.write(move |tx| tx.account_mut().put(&account(name))).await.unwrap();
            assert_eq!(connected().await.unwrap(), Some(account(name)));
        }
        store.write(|tx| tx.account_mut().delete()).await.unwrap();
        assert_eq!(connected().await.unwrap(), None);
    }
}
