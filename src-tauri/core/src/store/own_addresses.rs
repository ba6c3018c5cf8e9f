//! Addresses of their own under which organizations have their Confluence.

use rusqlite::{Connection, params};

use super::Error;
use crate::domain::id::OrganizationId;

/// Reads.
#[derive(Debug)]
pub struct OwnAddresses<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct OwnAddressesMut<'a>(pub(super) &'a Connection);

impl OwnAddresses<'_> {
    /// All, with whose they are.
    pub fn all(&self) -> Result<Vec<(String, OrganizationId)>, Error> {
        self.0
            .prepare_cached("SELECT address, organization FROM own_addresses")
            .and_then(|mut query| {
                query.query_map([], |row| Ok((row.get(0)?, OrganizationId(row.get(1)?))))?.collect()
            })
            .map_err(Error::of)
    }
}

impl OwnAddressesMut<'_> {
    /// Remembers whose an address is.
    pub fn put(&self, address: &str, organization: &OrganizationId) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO own_addresses (address, organization) VALUES (?, ?)",
                params![address, organization.as_str()],
            )
            .map(|_| ())
            .map_err(Error::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn an_address_is_of_one_organization() {
        let (_folder, store) = scratch();
        let all = store
            .write(|tx| {
                let [acme, globex] = ["acme", "globex"].map(OrganizationId::from);
                tx.own_addresses_mut().put("https://wiki.acme.example/", &globex)?;
                tx.own_addresses_mut().put("https://wiki.acme.example/", &acme)?;
                tx.own_addresses().all()
            })
            .await
            .unwrap();
        assert_eq!(all, [("https://wiki.acme.example/".to_owned(), OrganizationId::from("acme"))]);
    }
}
