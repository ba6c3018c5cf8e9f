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
