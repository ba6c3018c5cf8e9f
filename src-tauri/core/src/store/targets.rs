//! Where things can go at once: the person's favourites and what was used last; and where something of a series of meetings
//! went last.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::removed::digest;
use super::rows::action_word;
use super::{Error, rows};
use crate::domain::destination::{Action, Target};

/// Reads.
#[derive(Debug)]
pub struct Targets<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct TargetsMut<'a>(pub(super) &'a Connection);

/// What is kept of the name of a series, which is made of the words of a title.
pub(super) fn series_digest(series: &str) -> Vec<u8> {
    if series.is_empty() { Vec::new() } else { digest(series).to_vec() }
}

impl Targets<'_> {
    /// The favourites, the oldest first.
    pub fn favourites(&self) -> Result<Vec<Target>, Error> {
        self.select("SELECT json FROM targets WHERE favourite_at IS NOT NULL ORDER BY favourite_at, key", [])
    }

    /// Those used last, at most so many, the last one first.
    pub fn recent(&self, most: u32) -> Result<Vec<Target>, Error> {
        self.select(
            "SELECT json FROM targets WHERE used_at IS NOT NULL ORDER BY used_at DESC, key LIMIT ?",
            [most],
        )
    }

    /// Where something went last in a series of meetings, else from the person.
    pub fn last_target(&self, series: &str, action: Action) -> Result<Option<Target>, Error> {
        rows::json(
            self.0,
            "SELECT json FROM last_destinations WHERE series IN (?, x'') AND action = ? ORDER BY series DESC LIMIT 1",
            params![series_digest(series), action_word(action)],
        )
    }

    /// Where something went last in a series of meetings, the last one first.
    pub fn last_targets(&self, series: &str) -> Result<Vec<Target>, Error> {
        self.select(
            "SELECT json FROM last_destinations WHERE series = ? ORDER BY used_at DESC, action",
            [series_digest(series)],
        )
    }

    fn select(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<Target>, Error> {
        rows::jsons(self.0, sql, params)
    }
}

impl TargetsMut<'_> {
    /// Something goes there now. Spaces and pages may have got other names since the last time.
    pub fn used(&self, target: &Target, now: Timestamp) -> Result<(), Error> {
        self.put(target, "used_at", Some(now))
    }

    /// Makes it a favourite, since when; or no longer one.
    pub fn set_favourite(&self, target: &Target, since: Option<Timestamp>) -> Result<(), Error> {
        self.put(target, "favourite_at", since)
    }

    /// Remembers where something went, for the series of the meeting and for the person.
    pub fn remember_target(&self, series: &str, target: &Target, now: Timestamp) -> Result<(), Error> {
        let json = serde_json::to_string(target)?;
        for series in [series, ""] {
            self.0
                .execute(
                    "INSERT OR REPLACE INTO last_destinations (series, action, json, used_at) VALUES (?, ?, ?, ?)",
                    params![series_digest(series), action_word(target.action()), json, now.as_millisecond()],
                )
                .map_err(Error::of)?;
        }
        Ok(())
    }

    fn put(&self, target: &Target, column: &str, at: Option<Timestamp>) -> Result<(), Error> {
        let sql = format!(
            "INSERT INTO targets (key, organization, json, {column}) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (key) DO UPDATE SET json = excluded.json, {column} = excluded.{column}"
        );
        self.0
            .execute(
                &sql,
                params![
                    target.key(),
                    target.organization().as_str(),
                    serde_json::to_string(target)?,
                    at.map(Timestamp::as_millisecond)
                ],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;
    use crate::domain::destination::{Page, Space};

    fn space(key: &str, name: &str) -> Target {
        let space = Space { id: key.into(), key: key.to_owned(), name: name.to_owned() };
        Target::NewPage { organization: "o".into(), space, parent: None }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[tokio::test]
    async fn the_last_one_used_comes_first_and_once() {
        let (_folder, store) = scratch();
        store
            .write(|tx| {
                tx.targets_mut().used(&space("A", "Old name"), at(1))?;
                tx.targets_mut().used(&space("B", "B"), at(2))?;
                tx.targets_mut().used(&space("A", "New name"), at(3))
            })
            .await
            .unwrap();
        let recent = store.read(|db| db.targets().recent(9)).await.unwrap();
        assert_eq!(recent, [space("A", "New name"), space("B", "B")], "with the name that it has now");
        let one = store.read(|db| db.targets().recent(1)).await.unwrap();
        assert_eq!(one.len(), 1, "no more than asked for");
    }

    #[tokio::test]
    async fn a_favourite_stays_one_when_it_is_used() {
        let (_folder, store) = scratch();
        let page = Page { id: "7".into(), title: "Log".to_owned(), space: "Eng".to_owned() };
        let comment = Target::Comment { organization: "o".into(), page };
        let wanted = comment.clone();
        store
            .write(move |tx| {
                tx.targets_mut().set_favourite(&space("A", "A"), Some(at(5)))?;
                tx.targets_mut().set_favourite(&comment, Some(at(4)))?;
                tx.targets_mut().used(&comment, at(9))?;
                tx.targets_mut().set_favourite(&space("A", "A"), None)
            })
            .await
            .unwrap();
        let (favourites, recent) =
            store.read(|db| Ok((db.targets().favourites()?, db.targets().recent(9)?))).await.unwrap();
        assert_eq!(favourites, std::slice::from_ref(&wanted), "and the one that was taken back is none");
        assert_eq!(recent, [wanted], "a favourite that was never used is not recent");
    }

    #[tokio::test]
    async fn a_series_of_meetings_goes_where_it_went_last_and_any_other_where_anything_did() {
        let (folder, store) = scratch();
        let page = Page { id: "7".into(), title: "Log".to_owned(), space: "Eng".to_owned() };
        let comment = Target::Comment { organization: "o".into(), page };
        let wanted = comment.clone();
        let last =
            |series: &'static str, action| store.read(move |db| db.targets().last_target(series, action));
        assert_eq!(last("weekly", Action::CreatePage).await.unwrap(), None, "nothing went anywhere yet");
        store
            .write(move |tx| {
                tx.targets_mut().remember_target("weekly", &space("A", "A"), at(1))?;
                tx.targets_mut().remember_target("weekly", &comment, at(2))?;
                tx.targets_mut().remember_target("retro", &space("B", "B"), at(3))
            })
            .await
            .unwrap();
        assert_eq!(last("weekly", Action::CreatePage).await.unwrap(), Some(space("A", "A")));
        assert_eq!(last("weekly", Action::AddComment).await.unwrap(), Some(wanted.clone()));
        assert_eq!(
            last("planning", Action::CreatePage).await.unwrap(),
            Some(space("B", "B")),
            "the person's last"
        );
        let all = store.read(|db| db.targets().last_targets("weekly")).await.unwrap();
        assert_eq!(all, [wanted, space("A", "A")], "the last one first");
        assert_eq!(store.read(|db| db.targets().last_targets("planning")).await.unwrap(), []);
        let db = rusqlite::Connection::open(folder.path().join(super::super::FILE_NAME)).unwrap();
        let named = "SELECT count(*) FROM last_destinations WHERE instr(series, 'weekly') > 0";
        let named: u32 = db.query_row(named, [], |row| row.get(0)).unwrap();
        assert_eq!(named, 0, "no word of a title is kept");
    }
}
