//! What a person changes of meetings by hand: items corrected, added, merged and removed, and meetings deleted for good.
//! What was done by hand is marked, and [`MeetingsMut::merge_from_source`] leaves it alone. Called by `app`.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::meetings::{Meetings, MeetingsMut};
use super::rows::{due_columns, formatted, kind_word};
use super::{Error, index, removed};
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::Item;

/// An item that was removed, whole, so that it can be put back.
#[derive(Clone, Debug)]
pub struct Removed {
    item: Item,
    meeting: MeetingId,
    position: i64,
    edited_at: Option<i64>,
    source: Option<(String, String)>,
    origin: Option<String>,
}

impl Removed {
    /// Which.
    pub fn id(&self) -> ItemId {
        self.item.id
    }

    /// Whose it was.
    pub fn meeting(&self) -> MeetingId {
        self.meeting
    }
}

impl MeetingsMut<'_> {
    /// Adds an item at the end of a meeting. Answers whether the meeting is there.
    pub fn add_item(&self, meeting: MeetingId, item: &Item, now: Timestamp) -> Result<bool, Error> {
        let position: Option<i64> = self
            .0
            .query_row(
                "SELECT (SELECT coalesce(max(position) + 1, 0) FROM items WHERE meeting_id = m.id) FROM meetings m
                 WHERE m.id = ?",
                [meeting.0],
                |row| row.get(0),
            )
            .optional()
            .map_err(Error::of)?;
        let Some(position) = position else { return Ok(false) };
        let edited_at = Some(now.as_millisecond());
        index::changing(self.0, meeting, || {
            self.put_item(&Removed {
                item: item.clone(),
                meeting,
                position,
                edited_at,
                source: None,
                origin: None,
            })
        })?;
        Ok(true)
    }

    /// Changes an item. Its words keep their emphasis and links only as long as they stay the same. Answers whether it is
    /// there.
    pub fn edit_item(&self, item: &Item, now: Timestamp) -> Result<bool, Error> {
        let Some((meeting, old)) = Meetings(self.0).item(item.id)? else { return Ok(false) };
        let line = if old.text == item.text { old.formatted } else { None };
        let (due, date) = due_columns(item);
        index::changing(self.0, meeting, || {
            self.0
                .execute(
                    "UPDATE items SET kind = ?, text = ?, owner = ?, due_text = ?, due_date = ?, done = ?, formatted = ?,
                            edited_at = ? WHERE id = ?",
                    params![
                        kind_word(item.kind),
                        item.text,
                        item.owner,
                        due,
                        date,
                        item.done,
                        formatted(line),
                        now.as_millisecond(),
                        item.id.0,
                    ],
                )
                .map(|_| ())
                .map_err(Error::of)
        })?;
        Ok(true)
    }

    /// Makes one item of several of a meeting: the first gets all their words, a line for each, and what only the others
    /// knew. The others are removed. Answers the one that is left; `None` where there are not two.
    pub fn merge_items(&self, items: &[ItemId], now: Timestamp) -> Result<Option<ItemId>, Error> {
        let Some(meeting) = Meetings(self.0).with_items(items)? else { return Ok(None) };
        let Some(([first], others)) = meeting.items.split_at_checked(1) else { return Ok(None) };
        if others.is_empty() {
            return Ok(None);
        }
        let mut merged = first.clone();
        for other in others {
            merged.text = format!("{}\n{}", merged.text, other.text);
            merged.owner = merged.owner.or_else(|| other.owner.clone());
            merged.due = merged.due.or_else(|| other.due.clone());
            merged.done &= other.done;
            self.remove_item(other.id)?;
        }
        self.edit_item(&merged, now)?;
        Ok(Some(merged.id))
    }

    /// Removes an item; what its source calls by the same words does not come back. Its deliveries stay.
    pub fn remove_item(&self, id: ItemId) -> Result<Option<Removed>, Error> {
        let Some((meeting, item)) = Meetings(self.0).item(id)? else { return Ok(None) };
        let taken = self
            .0
            .query_row(
                "SELECT position, edited_at, source_kind, source_text, origin FROM items WHERE id = ?",
                [id.0],
                |row| {
                    let source: (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
                    let source = source.0.zip(source.1);
                    let (position, edited_at, origin) = (row.get(0)?, row.get(1)?, row.get(4)?);
                    Ok(Removed { item, meeting, position, edited_at, source, origin })
                },
            )
            .map_err(Error::of)?;
        index::changing(self.0, meeting, || {
            if let Some((kind, text)) = &taken.source {
                removed::note_item(self.0, meeting, kind, text)?;
            }
            self.0.execute("DELETE FROM items WHERE id = ?", [id.0]).map(|_| ()).map_err(Error::of)
        })?;
        Ok(Some(taken))
    }

    /// Puts a removed item back where it was, unless it is back already. Answers whether its meeting is still there.
    pub fn put_back(&self, put: &Removed) -> Result<bool, Error> {
        if Meetings(self.0).head(put.meeting)?.is_none() {
            return Ok(false);
        }
        if Meetings(self.0).item(put.item.id)?.is_some() {
            return Ok(true);
        }
        index::changing(self.0, put.meeting, || {
            if let Some((kind, text)) = &put.source {
                removed::forget_item(self.0, put.meeting, kind, text)?;
            }
            self.put_item(put)
        })?;
        Ok(true)
    }

    fn put_item(&self, put: &Removed) -> Result<(), Error> {
        self.append_items(
            put.meeting,
            usize::try_from(put.position).unwrap_or(0),
            std::slice::from_ref(&put.item),
            put.origin.as_deref(),
        )?;
        let source = put.source.as_ref();
        self.0
            .execute(
                "UPDATE items SET edited_at = ?, source_kind = ?, source_text = ? WHERE id = ?",
                params![put.edited_at, source.map(|s| &s.0), source.map(|s| &s.1), put.item.id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Deletes a meeting for good, with what was typed about it and not sent. Its deliveries stay, and neither a sync nor
    /// the watched folder brings it back. Answers whether it was there. In [`Store::erase`](super::Store::erase) nothing
    /// is left of its words.
    pub fn delete(&self, id: MeetingId) -> Result<bool, Error> {
        index::unindex(self.0, id)?;
        if let Some(key) = Meetings(self.0).source_key(id)? {
            removed::note_meeting(self.0, &key)?;
        }
        removed::note_imports_of(self.0, id)?;
        for sql in [
            "UPDATE recordings SET entry = '{}', state = 'read' WHERE meeting_id = ?",
            "DELETE FROM drafts WHERE meeting_id = ?",
            "DELETE FROM item_drafts WHERE meeting_id = ?",
        ] {
            self.0.execute(sql, [id.0]).map_err(Error::of)?;
        }
        self.0
            .execute("DELETE FROM meetings WHERE id = ?", [id.0])
            .map(|deleted| deleted > 0)
            .map_err(Error::of)
    }
}

impl Meetings<'_> {
    /// Which items of a meeting were changed or added by hand.
    pub fn edited(&self, meeting: MeetingId) -> Result<Vec<ItemId>, Error> {
        self.0
            .prepare_cached("SELECT id FROM items WHERE meeting_id = ? AND edited_at IS NOT NULL")
            .and_then(|mut query| query.query_map([meeting.0], |row| row.get(0).map(ItemId))?.collect())
            .map_err(Error::of)
    }

    /// Whether a person deleted the meeting that a source knows by this key.
    pub fn was_removed(&self, key: &str) -> Result<bool, Error> {
        removed::has_meeting(self.0, key)
    }

    /// How a source knows a meeting.
    pub fn source_key(&self, id: MeetingId) -> Result<Option<String>, Error> {
        self.0
            .query_row("SELECT source_key FROM meetings WHERE id = ?", [id.0], |row| row.get(0))
            .optional()
            .map(Option::flatten)
            .map_err(Error::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, found, meeting};
    use super::super::{Store, scratch};
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    async fn items(store: &Store, id: MeetingId) -> Vec<Item> {
        store.read(move |db| db.meetings().get(id)).await.unwrap().unwrap().items
    }

    #[tokio::test]
    async fn what_was_done_by_hand_outlives_the_next_sync() {
        let (_folder, store) = scratch();
        let (first, origin) = meeting("Weekly", Some("2026-11-12"), &["One", "Two", "Three", "Four"]);
        let (id, again) = (first.id, first.clone());
        filled(&store, vec![(first, origin)]).await;
        let before = items(&store, id).await;
        let mut edited = before[0].clone();
        edited.text = "One, put right".to_owned();
        edited.owner = None;
        let (removed, merged) = (before[1].id, [before[2].id, before[3].id]);
        store
            .write(move |tx| {
                let tx = tx.meetings_mut();
                tx.edit_item(&edited, NOW)?;
                tx.remove_item(removed)?;
                tx.merge_items(&merged, NOW)
            })
            .await
            .unwrap();
        let changed =
            store.write(move |tx| tx.meetings_mut().merge_from_source(id, &again, None)).await.unwrap();
        assert!(!changed, "the source has nothing that is new");
        let after = items(&store, id).await;
        let texts: Vec<_> = after.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(texts, ["One, put right", "Three\nFour"], "nothing is overwritten and nothing comes back");
        assert_eq!(after[0].owner, None, "not even in a field that was emptied");
        assert_eq!(store.read(move |db| db.meetings().edited(id)).await.unwrap().len(), 2, "both are marked");
        assert_eq!(found(&store, "right").await.len(), 1, "the new words are found");
        assert!(found(&store, "two").await.is_empty(), "and the old ones are not");
    }

    #[tokio::test]
    async fn a_removed_item_can_be_put_back() {
        let (_folder, store) = scratch();
        let (first, origin) = meeting("Weekly", None, &["One", "Two"]);
        let id = first.id;
        let expected = first.items.clone();
        let one = first.items[0].id;
        filled(&store, vec![(first, origin)]).await;
        let removed = store.write(move |tx| tx.meetings_mut().remove_item(one)).await.unwrap().unwrap();
        assert_eq!(items(&store, id).await.len(), 1);
        assert!(store.write(move |tx| tx.meetings_mut().put_back(&removed)).await.unwrap());
        assert_eq!(items(&store, id).await, expected, "as it was, and where it was");
    }

    #[tokio::test]
    async fn a_deleted_meeting_is_gone_and_known_as_deleted() {
        let (_folder, store) = scratch();
        let (first, mut origin) = meeting("Weekly", None, &["One"]);
        origin.source_key = Some("id:1".to_owned());
        let id = first.id;
        filled(&store, vec![(first.clone(), origin.clone())]).await;
        assert!(store.write(move |tx| tx.meetings_mut().delete(id)).await.unwrap());
        assert!(found(&store, "weekly").await.is_empty(), "its words are gone too");
        assert!(store.read(|db| db.meetings().was_removed("id:1")).await.unwrap(), "a sync can know");
        filled(&store, vec![(first, origin)]).await;
        assert!(
            !store.read(|db| db.meetings().was_removed("id:1")).await.unwrap(),
            "an import brings it back"
        );
    }
}
