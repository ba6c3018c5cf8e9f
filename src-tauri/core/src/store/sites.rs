//! Sites that are connected by API tokens, without the tokens.

use rusqlite::{Connection, params};

use super::Error;
use crate::domain::id::OrganizationId;
use crate::domain::site::Site;

/// Reads.
#[derive(Debug)]
pub struct Sites<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct SitesMut<'a>(pub(super) &'a Connection);

impl Sites<'_> {
    /// All that can be read.
    pub fn all(&self) -> Result<Vec<Site>, Error> {
        let rows: Vec<String> = self
            .0
            .prepare_cached("SELECT json FROM sites ORDER BY organization")
            .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
            .map_err(Error::of)?;
        let read = |json: &String| {
            serde_json::from_str(json)
                .inspect_err(|error| tracing::warn!(%error, "a site cannot be read, so it is not connected"))
                .ok()
        };
        Ok(rows.iter().filter_map(read).collect())
    }
}

impl SitesMut<'_> {
    /// Keeps a site, in the place of what was known of it.
    pub fn put(&self, site: &Site) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO sites (organization, json) VALUES (?, ?)",
                params![site.organization.id.as_str(), serde_json::to_string(site)?],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets a site.
    pub fn delete(&self, organization: &OrganizationId) -> Result<(), Error> {
        self.0
            .execute("DELETE FROM sites WHERE organization = ?", [organization.as_str()])
            .map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FILE_NAME, scratch};
    use super::*;
    use crate::domain::destination::Organization;
    use crate::domain::site::Need;

    fn site(id: &str, email: &str) -> Site {
        Site {
            organization: Organization {
                id: id.into(),
                name: id.to_owned(),
                url: format!("https://{id}.atlassian.net"),
            },
            account: "ada".into(),
            name: "Ada".to_owned(),
            email: email.to_owned(),
            expires: "2027-01-31".parse().ok(),
            able: Need::ALL.to_vec(),
            remembered: true,
            refused: None,
        }
    }

    #[tokio::test]
    async fn each_organization_has_one_site_and_one_that_cannot_be_read_hides_no_other() {
        let (folder, store) = scratch();
        let all = || store.read(|db| db.sites().all());
        let [globex, old, acme] = [
            site("globex", "ada@globex.example"),
            site("acme", "old@acme.example"),
            site("acme", "ada@acme.example"),
        ];
        let wanted = [acme.clone(), globex.clone()];
        store
            .write(move |tx| [&globex, &old, &acme].into_iter().try_for_each(|site| tx.sites_mut().put(site)))
            .await
            .unwrap();
        assert_eq!(all().await.unwrap(), wanted, "the newer one in the place of the older");
        let db = rusqlite::Connection::open(folder.path().join(FILE_NAME)).unwrap();
        db.execute("UPDATE sites SET json = '{}' WHERE organization = 'acme'", []).unwrap();
        assert_eq!(all().await.unwrap(), wanted[1..], "it is not connected");
        store.write(|tx| tx.sites_mut().delete(&"globex".into())).await.unwrap();
        assert_eq!(all().await.unwrap(), []);
    }
}
