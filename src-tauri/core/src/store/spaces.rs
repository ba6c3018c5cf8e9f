//! Cached spaces: all of an organization that has few, and of the others those that a person met.

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Error;
use crate::domain::destination::{ListedSpace, Space, SpaceKind, SpaceListing};
use crate::domain::id::{OrganizationId, SpaceId};

/// Most spaces that one search answers: a picker shows no more.
const MAX_MATCHES: usize = 50;

/// How long a space is kept that was met once and never sent to, where not all are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What was learnt when an organization's spaces were last asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpaceRefresh {
    /// When it began.
    pub at: Timestamp,
    /// Which are kept.
    pub listing: SpaceListing,
    /// How many there are, as Confluence counts them; zero where it does not say.
    pub total: u32,
}

const LISTINGS: [(SpaceListing, &str); 3] =
    [(SpaceListing::Whole, "whole"), (SpaceListing::Searched, "searched"), (SpaceListing::Paged, "paged")];

const KINDS: [(SpaceKind, &str); 4] = [
    (SpaceKind::Team, "team"),
    (SpaceKind::Collaboration, "collaboration"),
    (SpaceKind::KnowledgeBase, "knowledge_base"),
    (SpaceKind::Personal, "personal"),
];

/// A value's name in a table.
fn name_of<T: PartialEq>(names: &[(T, &'static str)], value: &T) -> ToSqlOutput<'static> {
    names.iter().find(|(other, _)| other == value).map_or("", |(_, name)| *name).into()
}

fn named<T: Copy>(names: &[(T, &'static str)], value: ValueRef<'_>) -> FromSqlResult<T> {
    let text = value.as_str()?;
    names.iter().find(|(_, name)| *name == text).map(|(value, _)| *value).ok_or(FromSqlError::InvalidType)
}

impl ToSql for SpaceListing {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(name_of(&LISTINGS, self))
    }
}

impl FromSql for SpaceListing {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        named(&LISTINGS, value)
    }
}

impl ToSql for SpaceKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(name_of(&KINDS, self))
    }
}

impl FromSql for SpaceKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        named(&KINDS, value)
    }
}

/// Reads.
#[derive(Debug)]
pub struct Spaces<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct SpacesMut<'a>(pub(super) &'a Connection);

impl Spaces<'_> {
    /// Spaces whose name holds the words or whose key starts with them: an exact key first, then the recently used, the
    /// account's own, and the others by name. Answers at most 50, and how many match in all.
    pub fn find(&self, organization: &OrganizationId, query: &str) -> Result<(Vec<ListedSpace>, u32), Error> {
        let folded = query.trim().to_lowercase();
        let mut find = self
            .0
            .prepare_cached(
                "SELECT s.id, s.key, s.name, s.kind, count(*) OVER () FROM spaces s
                 LEFT JOIN recent_spaces r ON r.organization = s.organization AND r.space_id = s.id
                 WHERE s.organization = ?1
                   AND (?2 = '' OR instr(s.name_folded, ?2) > 0 OR instr(lower(s.key), ?2) = 1)
                 ORDER BY lower(s.key) = ?2 DESC, r.used_at DESC NULLS LAST,
                          s.kind = 'personal' DESC, instr(s.name_folded, ?2) = 1 DESC, s.name_folded
                 LIMIT ?3",
            )
            .map_err(Error::of)?;
        let mut total = 0;
        let spaces = find
            .query_map(params![organization.as_str(), folded, MAX_MATCHES], |row| {
                total = row.get(4)?;
                Ok(ListedSpace { space: space(row)?, kind: row.get(3)? })
            })
            .map_err(Error::of)?
            .collect::<Result<_, _>>()
            .map_err(Error::of)?;
        Ok((spaces, total))
    }

    /// A space by its id.
    pub fn by_id(&self, organization: &OrganizationId, id: &SpaceId) -> Result<Option<Space>, Error> {
        self.0
            .query_row(
                "SELECT id, key, name FROM spaces WHERE organization = ? AND id = ?",
                [organization.as_str(), id.as_str()],
                space,
            )
            .optional()
            .map_err(Error::of)
    }

    /// When an organization's spaces were last asked for, and what was learnt.
    pub fn refreshed(&self, organization: &OrganizationId) -> Result<Option<SpaceRefresh>, Error> {
        let read = |row: &Row<'_>| {
            let at = Timestamp::from_millisecond(row.get(0)?).ok();
            let (listing, total) = (row.get(1)?, row.get(2)?);
            Ok(at.map(|at| SpaceRefresh { at, listing, total }))
        };
        self.0
            .query_row(
                "SELECT at, listing, total FROM space_refreshes WHERE organization = ?",
                [organization.as_str()],
                read,
            )
            .optional()
            .map(Option::flatten)
            .map_err(Error::of)
    }
}

fn space(row: &Row<'_>) -> rusqlite::Result<Space> {
    Ok(Space { id: SpaceId(row.get(0)?), key: row.get(1)?, name: row.get(2)? })
}

impl SpacesMut<'_> {
    /// Adds or corrects spaces that were seen at a moment: the one when a refresh began, or that of a search.
    pub fn put(
        &self,
        organization: &OrganizationId,
        spaces: &[ListedSpace],
        seen: Timestamp,
    ) -> Result<(), Error> {
        let mut put = self
            .0
            .prepare_cached(
                "INSERT OR REPLACE INTO spaces (organization, id, key, name, name_folded, seen, kind)
                 VALUES (?, ?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for ListedSpace { space, kind } in spaces {
            put.execute(params![
                organization.as_str(),
                space.id.as_str(),
                space.key,
                space.name,
                space.name.to_lowercase(),
                seen.as_millisecond(),
                kind
            ])
            .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Ends a refresh. Where all spaces are kept, those that it did not see are gone; else those that nobody met for a month
    /// and nothing was sent to.
    pub fn finish(&self, organization: &OrganizationId, refresh: SpaceRefresh) -> Result<(), Error> {
        let SpaceRefresh { at, listing, total } = refresh;
        let is_whole = listing == SpaceListing::Whole;
        let oldest = if is_whole { at } else { at.saturating_sub(KEPT).unwrap_or(Timestamp::MIN) };
        self.0
            .execute(
                "DELETE FROM spaces WHERE organization = ?1 AND seen < ?2
                   AND (?3 OR id NOT IN (SELECT space_id FROM recent_spaces WHERE organization = ?1))",
                params![organization.as_str(), oldest.as_millisecond(), is_whole],
            )
            .and_then(|_| {
                self.0.execute(
                    "INSERT OR REPLACE INTO space_refreshes (organization, at, listing, total) VALUES (?, ?, ?, ?)",
                    params![organization.as_str(), at.as_millisecond(), listing, total],
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

    fn space(key: &str, name: &str) -> ListedSpace {
        let space = Space { id: SpaceId(format!("1{key}")), key: key.to_owned(), name: name.to_owned() };
        ListedSpace { space, kind: SpaceKind::Team }
    }

    fn whole(at: Timestamp) -> SpaceRefresh {
        SpaceRefresh { at, listing: SpaceListing::Whole, total: 0 }
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
                    Ok(tx.spaces().find(&org, query)?.0.into_iter().map(|s| s.space.key).collect())
                };
                let found = [keys("")?, keys("eng")?, keys("GRÖSS")?, keys("GRÖ")?];
                // A later refresh no longer sees People.
                let later = first + jiff::SignedDuration::from_hours(1);
                tx.spaces_mut().put(&org, &spaces[..2], later)?;
                tx.spaces_mut().finish(&org, whole(later))?;
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
                let count = |of| spaces.find(of, "").map(|(_, total)| total);
                assert_eq!((count(&acme)?, spaces.refreshed(&acme)?), (0, None), "nothing is known yet");
                for organization in [&acme, &globex] {
                    spaces_mut.put(organization, &[space("ENG", "Engineering")], at)?;
                    spaces_mut.finish(organization, whole(at))?;
                }
                let id = SpaceId::from("1ENG");
                assert_eq!(spaces.by_id(&acme, &id)?, Some(space("ENG", "Engineering").space));
                assert_eq!(spaces.by_id(&acme, &"other".into())?, None);
                spaces_mut.put(&acme, &[space("ENG", "New name")], at)?;
                assert_eq!(spaces.by_id(&acme, &id)?.unwrap().name, "New name", "it is the same space");
                assert_eq!(spaces.by_id(&globex, &id)?.unwrap().name, "Engineering", "and another one there");
                spaces_mut.clear_of(&acme)?;
                assert_eq!((count(&acme)?, spaces.refreshed(&acme)?), (0, None));
                assert_eq!((count(&globex)?, spaces.refreshed(&globex)?), (1, Some(whole(at))));
                spaces_mut.clear()?;
                assert_eq!((count(&globex)?, spaces.refreshed(&globex)?), (0, None));
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn where_not_all_are_kept_those_go_that_nobody_met_for_a_month() {
        let (_folder, store) = scratch();
        let org = OrganizationId::from("acme");
        let first: Timestamp = "2026-11-12T10:00:00Z".parse().unwrap();
        let later = first + jiff::SignedDuration::from_hours(31 * 24);
        store
            .write(move |tx| {
                let (spaces, spaces_mut) = (tx.spaces(), tx.spaces_mut());
                spaces_mut.put(&org, &[space("OLD", "Met once"), space("USED", "Sent to")], first)?;
                spaces_mut.used(&org, &SpaceId::from("1USED"), first)?;
                let own = ListedSpace { kind: SpaceKind::Personal, ..space("~me", "My own") };
                spaces_mut.put(&org, &[own.clone(), space("NEW", "Met of late")], later)?;
                let refresh = SpaceRefresh { at: later, listing: SpaceListing::Searched, total: 7_000 };
                spaces_mut.finish(&org, refresh)?;
                assert_eq!(spaces.refreshed(&org)?, Some(refresh));
                let (kept, _) = spaces.find(&org, "")?;
                let keys: Vec<&str> = kept.iter().map(|one| one.space.key.as_str()).collect();
                assert_eq!(keys, ["USED", "~me", "NEW"]);
                assert!(kept.contains(&own), "with what sort of space it is");
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_search_answers_no_more_than_a_picker_shows_and_says_how_many_there_are() {
        let (_folder, store) = scratch();
        let org = OrganizationId::from("acme");
        let many: Vec<ListedSpace> =
            (0..70).map(|n| space(&format!("K{n:02}"), &format!("Team {n:02}"))).collect();
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
