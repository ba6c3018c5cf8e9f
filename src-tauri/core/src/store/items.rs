//! Items of all meetings: the newest, and those that hold certain words.

use rusqlite::{Connection, Row};

use super::Error;
use super::index::{DATED, UNDATED};
use super::rows::{ITEM, held_at, item};
use super::words::Typed;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{HeldAt, Item};

/// Reads.
#[derive(Debug)]
pub struct Items<'a>(pub(super) &'a Connection);

/// An item with what tells it apart from others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The item.
    pub item: Item,
    /// Its meeting.
    pub meeting: MeetingId,
    /// That meeting's title.
    pub meeting_title: String,
    /// When that meeting was held.
    pub held_at: Option<HeldAt>,
    /// Whether it arrived in Confluence.
    pub sent: bool,
}

/// The items of so many meetings are looked through.
const MEETINGS: u32 = 300;

/// What is told beside an item, of its meeting `m`.
const BESIDE: &str = "m.id AS of_meeting, m.title AS meeting_title, m.held_at, m.held_on,
       EXISTS (SELECT 1 FROM delivery_items di JOIN deliveries d ON d.id = di.delivery_id
               WHERE di.item_id = i.id AND d.state = 'sent') AS sent";

fn placed(row: &Row<'_>) -> rusqlite::Result<Placed> {
    Ok(Placed {
        item: item(row)?,
        meeting: MeetingId(row.get("of_meeting")?),
        meeting_title: row.get("meeting_title")?,
        held_at: held_at(row.get("held_at")?, row.get::<_, Option<String>>("held_on")?.as_deref()),
        sent: row.get("sent")?,
    })
}

impl Items<'_> {
    /// The items of the newest meetings, in their meeting's order; those without a date come last.
    pub fn newest(&self, most: u32) -> Result<Vec<Placed>, Error> {
        let mut found = Vec::new();
        for (from, to) in [DATED, UNDATED] {
            let left = most.saturating_sub(u32::try_from(found.len()).unwrap_or(most));
            // In the order of the index, so that nothing is read beyond what is wanted.
            found.extend(self.select(
                "FROM meetings m INDEXED BY meetings_by_seq CROSS JOIN items i ON i.meeting_id = m.id
                 WHERE m.seq BETWEEN ? AND ? ORDER BY m.seq DESC, i.position LIMIT ?",
                rusqlite::params![from, to, left],
            )?);
        }
        Ok(found)
    }

    /// The items that hold all these words, or words that begin with them, in their text, their owner or their meeting's
    /// title; those of the newest meetings first. Meetings are found by the index and their items are looked through, so
    /// that the items' words are kept once.
    pub fn find(&self, words: &str, most: u32) -> Result<Vec<Placed>, Error> {
        let typed = Typed::read(words);
        let mut found = Vec::new();
        if typed.is_empty() {
            return Ok(found);
        }
        let query = format!("{{title people items}} : ({})", typed.to_query());
        let mut meetings = self
            .0
            .prepare_cached(
                "SELECT m.id FROM meeting_words w JOIN meetings m ON m.seq = w.rowid
                 WHERE meeting_words MATCH ? AND w.rowid BETWEEN ? AND ? ORDER BY w.rowid DESC LIMIT ?",
            )
            .map_err(Error::of)?;
        for (from, to) in [DATED, UNDATED] {
            let mut rows = meetings.query(rusqlite::params![query, from, to, MEETINGS]).map_err(Error::of)?;
            while let Some(row) = rows.next().map_err(Error::of)? {
                let meeting: uuid::Uuid = row.get(0).map_err(Error::of)?;
                let items = self.select(
                    "FROM items i JOIN meetings m ON m.id = i.meeting_id WHERE i.meeting_id = ? ORDER BY i.position",
                    [meeting],
                )?;
                found.extend(items.into_iter().filter(|placed| {
                    let owner = placed.item.owner.as_deref().unwrap_or_default();
                    typed.all_in(&[&placed.item.text, owner, &placed.meeting_title])
                }));
                if found.len() >= most as usize {
                    found.truncate(most as usize);
                    return Ok(found);
                }
            }
        }
        Ok(found)
    }

    /// One item.
    pub fn get(&self, id: ItemId) -> Result<Option<Placed>, Error> {
        let found =
            self.select("FROM items i JOIN meetings m ON m.id = i.meeting_id WHERE i.id = ?", [id.0])?;
        Ok(found.into_iter().next())
    }

    fn select(&self, rest: &str, params: impl rusqlite::Params) -> Result<Vec<Placed>, Error> {
        let columns = ITEM.split(", ").map(|column| format!("i.{column}")).collect::<Vec<_>>().join(", ");
        self.0
            .prepare_cached(&format!("SELECT {columns}, {BESIDE} {rest}"))
            .and_then(|mut query| query.query_map(params, placed)?.collect())
            .map_err(Error::of)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil};

    use super::super::{Origin, Store, scratch};
    use super::*;
    use crate::domain::meeting::{ItemKind, Meeting};

    async fn meeting(store: &Store, title: &str, day: Option<civil::Date>, items: &[(&str, Option<&str>)]) {
        let items = items.iter().map(|(text, owner)| Item {
            id: ItemId::new(),
            kind: ItemKind::Task,
            text: (*text).to_owned(),
            formatted: None,
            owner: owner.map(str::to_owned),
            due: None,
            done: false,
            at_ms: None,
        });
        let meeting = Meeting {
            id: MeetingId::new(),
            title: title.to_owned(),
            held_at: day.map(HeldAt::Day),
            minutes: None,
            participants: Vec::new(),
            recording: None,
            items: items.collect(),
            transcript: Vec::new(),
            source: "test".to_owned(),
        };
        let sort_at = day.map(|day| day.in_tz("UTC").unwrap().timestamp());
        let imported_at = Timestamp::UNIX_EPOCH;
        let origin = Origin { source_key: None, name: None, sample: false, sort_at, imported_at };
        store.write(move |tx| tx.meetings_mut().insert(&meeting, &origin)).await.unwrap();
    }

    async fn library() -> (tempfile::TempDir, Store) {
        let (folder, store) = scratch();
        let day = |day| Some(civil::date(2026, 11, day));
        meeting(&store, "Café round", None, &[("Undated", None)]).await;
        meeting(&store, "Old sync", day(1), &[("Ship the importer", Some("Grace")), ("Write a guide", None)])
            .await;
        meeting(&store, "New sync", day(9), &[("Ship the exporter", None)]).await;
        (folder, store)
    }

    fn texts(found: &[Placed]) -> Vec<&str> {
        found.iter().map(|placed| placed.item.text.as_str()).collect()
    }

    #[tokio::test]
    async fn the_newest_meeting_comes_first_and_no_date_last() {
        let (_folder, store) = library().await;
        let all = store.read(|db| db.items().newest(9)).await.unwrap();
        assert_eq!(
            texts(&all),
            ["Ship the exporter", "Ship the importer", "Write a guide", "Undated"],
            "in order"
        );
        assert_eq!(all[0].meeting_title, "New sync", "with its meeting");
        let two = store.read(|db| db.items().newest(2)).await.unwrap();
        assert_eq!(two, all[..2], "no more than asked for");
    }

    #[tokio::test]
    async fn an_item_is_found_by_its_words_its_owner_and_its_meeting() {
        let (_folder, store) = library().await;
        for (query, wanted) in [
            ("ship", &["Ship the exporter", "Ship the importer"][..]),
            ("SHIP imp", &["Ship the importer"]),
            ("grace", &["Ship the importer"]),
            ("old guide", &["Write a guide"]),
            ("cafe", &["Undated"]),
            ("ship\" OR x*", &[]),
            ("nowhere", &[]),
        ] {
            let found = store.read(move |db| db.items().find(query, 9)).await.unwrap();
            assert_eq!(texts(&found), wanted, "{query}");
        }
        let one = store.read(|db| db.items().find("ship", 1)).await.unwrap();
        assert_eq!(texts(&one), ["Ship the exporter"], "the newest, if there is room for one");
        let same = store.read(move |db| db.items().get(one[0].item.id)).await.unwrap();
        assert_eq!(same.unwrap().meeting_title, "New sync", "an item is found by its identifier, too");
    }
}
