//! Cached spaces: the API cannot filter by name, so all are kept and found here.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Error;
use crate::domain::destination::Space;
use crate::domain::id::{OrganizationId, SpaceId};

/// Most spaces that one search answers: a picker shows no more.
const MAX_MATCHES: usize = 50;

/// Reads.
#[derive(Debug)]
pub struct Spaces<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct SpacesMut<'a>(pub(super) &'a Connection);

impl Spaces<'_> {
    /// Spaces whose name holds the words or whose key starts with them: the recently used first, then exact
    /// keys, then by name. Answers at most 50, and how many match in all.
    pub fn find(&self, organization: &OrganizationId, query: &str) -> Result<(Vec<Space>, u32), Error> {
        let folded = query.trim().to_lowercase();
        let mut find = self
            .0
            .prepare_cached(
                "SELECT s.id, s.key, s.name, count(*) OVER () FROM spaces s
                 LEFT JOIN recent_spaces r ON r.organization = s.organization AND r.space_id = s.id
                 WHERE s.organization = ?1
                   AND (?2 = '' OR instr(s.name_folded, ?2) > 0 OR instr(lower(s.key), ?2) = 1)
                 ORDER BY lower(s.key) = ?2 DESC, r.used_at DESC NULLS LAST,
                          instr(s.name_folded, ?2) = 1 DESC, s.name_folded
                 LIMIT ?3",
            )
            .map_err(Error::of)?;
        let mut total = 0;
        let spaces = find
            .query_map(params![organization.as_str(), folded, MAX_MATCHES], |row| {
                total = row.get(3)?;
                Ok(Space { id: SpaceId(row.get(0)?), key: row.get(1)?, name: row.get(2)? })
            })
            .map_err(Error::of)?
            .collect::<Result<_, _>>()
            .map_err(Error::of)?;
        Ok((spaces, total))
    }

    /// How many spaces of an organization are cached.
    pub fn count(&self, organization: &OrganizationId) -> Result<u32, Error> {
        self.0
            .query_row("SELECT count(*) FROM spaces WHERE organization = ?", [organization.as_str()], |row| {
                row.get(0)
            })
            .map_err(Error::of)
    }

    /// A space by its id.
    pub fn by_id(&self, organization: &OrganizationId, id: &SpaceId) -> Result<Option<Space>, Error> {
        self.0
            .query_row(
                "SELECT id, key, name FROM spaces WHERE organization = ? AND id = ?",
                [organization.as_str(), id.as_str()],
                |row| Ok(Space { id: SpaceId(row.get(0)?), key: row.get(1)?, name: row.get(2)? }),
            )
            .optional()
            .map_err(Error::of)
    }

    /// When all spaces of an organization were last fetched.
    pub fn refreshed(&self, organization: &OrganizationId) -> Result<Option<Timestamp>, Error> {
        let at: Option<i64> = self
            .0
            .query_row(
                "SELECT at FROM space_refreshes WHERE organization = ?",
                [organization.as_str()],
                |row| row.get(0),
            )
            .optional()
            .map_err(Error::of)?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }
}

impl SpacesMut<'_> {
    /// Adds or corrects spaces that a refresh brought; `refresh` is the moment that it began.
    pub fn put(
        &self,
        organization: &OrganizationId,
        spaces: &[Space],
        refresh: Timestamp,
    ) -> Result<(), Error> {
        let mut put = self
            .0
            .prepare_cached(
                "INSERT OR REPLACE INTO spaces (organization, id, key, name, name_folded, seen)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for space in spaces {
            put.execute(params![
                organization.as_str(),
                space.id.as_str(),
                space.key,
                space.name,
                space.name.to_lowercase(),
                refresh.as_millisecond()
            ])
            .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Ends a refresh that fetched all spaces: those that it did not see are gone.
    pub fn finish(&self, organization: &OrganizationId, refresh: Timestamp) -> Result<(), Error> {
        let at = refresh.as_millisecond();
        self.0
            .execute(
                "DELETE FROM spaces WHERE organization = ? AND seen < ?",
                params![organization.as_str(), at],
            )
            .and_then(|_| {
                self.0.execute(
                    "INSERT OR REPLACE INTO space_refreshes (organization, at) VALUES (?, ?)",
                    params![organization.as_str(), at],
                )
            })
            .map_err(Error::of)?;
        Ok(())
    }

    /// Marks a space as used.
    pub fn used(&self, organization: &OrganizationId, space: &SpaceId, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO recent_spaces (organization, space_id, used_at) VALUES (?, ?, ?)",
                params![organization.as_str(), space.as_str(), now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets everything about an organization's spaces: another account sees others.
    pub fn clear_of(&self, organization: &OrganizationId) -> Result<(), Error> {
        for table in ["spaces", "space_refreshes", "recent_spaces"] {
            self.0
                .execute(&format!("DELETE FROM {table} WHERE organization = ?"), [organization.as_str()])
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// The same of all organizations.
    pub fn clear(&self) -> Result<(), Error> {
        self.0
            .execute_batch("DELETE FROM spaces; DELETE FROM space_refreshes; DELETE FROM recent_spaces;")
            .map_err(Error::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    fn space(key: &str, name: &str) -> Space {
        Space { id: SpaceId(format!("1{key}")), key: key.to_owned(), name: name.to_owned() }
    }

    #[tokio::test]
    async fn found_by_name_or_key_and_recent_first() {
        let (_folder, store) = scratch();
        let org = OrganizationId::from("acme");
        let first: Timestamp = "2026-11-12T10:00:00Z".parse().unwrap();
        let keys = store
            .write(move |tx| {
                let spaces =
                    [space("ENG", "Engineering"), space("OPS", "Größere Engpässe"), space("PR", "People")];
                tx.spaces_mut().put(&org, &spaces, first)?;
                tx.spaces_mut().used(&org, &SpaceId::from("1OPS"), first)?;
                let keys = |query: &str| -> Result<Vec<String>, Error> {
                    Ok(tx.spaces().find(&org, query)?.0.into_iter().map(|s| s.key).collect())
                };
                let found = [keys("")?, keys("eng")?, keys("GRÖSS")?, keys("GRÖ")?];
                // A later refresh no longer sees People.
                let later = first + jiff::SignedDuration::from_hours(1);
                tx.spaces_mut().put(&org, &spaces[..2], later)?;
                tx.spaces_mut().finish(&org, later)?;
                Ok((found, keys("")?))
            })
            .await
            .unwrap();
        let (found, after) = keys;
        assert_eq!(found[0], ["OPS", "ENG", "PR"], "without a query the recently used space comes first");
        assert_eq!(found[1], ["ENG", "OPS"], "an exact key comes before a recent match in a name");
        assert!(found[2].is_empty(), "ß is not folded to ss");
        assert_eq!(found[3], ["OPS"], "letters outside ASCII are found in either case");
        assert_eq!(after, ["OPS", "ENG"], "a space that a full refresh did not see is gone");
    }

    #[tokio::test]
    async fn each_organization_has_its_own_spaces_and_forgets_them_alone() {
        let (_folder, store) = scratch();
        let [acme, globex] = ["acme", "globex"].map(OrganizationId::from);
        let at = Timestamp::from_second(100).unwrap();
        store
            .write(move |tx| {
                let (spaces, spaces_mut) = (tx.spaces(), tx.spaces_mut());
                assert_eq!(
                    (spaces.count(&acme)?, spaces.refreshed(&acme)?),
                    (0, None),
                    "nothing is known yet"
                );
                for organization in [&acme, &globex] {
                    spaces_mut.put(organization, &[space("ENG", "Engineering")], at)?;
                    spaces_mut.finish(organization, at)?;
                }
                let id = SpaceId::from("1ENG");
                assert_eq!(spaces.by_id(&acme, &id)?, Some(space("ENG", "Engineering")));
                assert_eq!(spaces.by_id(&acme, &"other".into())?, None);
                spaces_mut.put(&acme, &[space("ENG", "New name")], at)?;
                assert_eq!(spaces.by_id(&acme, &id)?.unwrap().name, "New name", "it is the same space");
                assert_eq!(spaces.by_id(&globex, &id)?.unwrap().name, "Engineering", "and another one there");
                spaces_mut.clear_of(&acme)?;
                assert_eq!((spaces.count(&acme)?, spaces.refreshed(&acme)?), (0, None));
                assert_eq!((spaces.count(&globex)?, spaces.refreshed(&globex)?), (1, Some(at)));
                spaces_mut.clear()?;
                assert_eq!((spaces.count(&globex)?, spaces.refreshed(&globex)?), (0, None));
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_search_answers_no_more_than_a_picker_shows_and_says_how_many_there_are() {
        let (_folder, store) = scratch();
        let org = OrganizationId::from("acme");
        let many: Vec<Space> = (0..70).map(|n| space(&format!("K{n:02}"), &format!("Team {n:02}"))).collect();
        let (found, total) = store
            .write(move |tx| {
                tx.spaces_mut().put(&org, &many, Timestamp::UNIX_EPOCH)?;
                tx.spaces().find(&org, "team")
            })
            .await
            .unwrap();
        assert_eq!((found.len(), total), (MAX_MATCHES, 70));
    }
}
