//! What was typed and not sent or saved, kept whole as JSON: in dialogs that send, and in the dialogs of items.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::rows::action_word;
use super::{Error, rows};
use crate::domain::destination::Action;
use crate::domain::draft::{Draft, ItemWords};
use crate::domain::id::MeetingId;

/// Reads.
#[derive(Debug)]
pub struct Drafts<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct DraftsMut<'a>(pub(super) &'a Connection);

impl Drafts<'_> {
    /// What was typed into a dialog and not sent. The subject is an item's id, or stands for several items.
    pub fn get(&self, subject: Uuid, action: Action) -> Result<Option<Draft>, Error> {
        rows::json(
            self.0,
            "SELECT json FROM drafts WHERE subject = ? AND action = ?",
            params![subject, action_word(action)],
        )
    }

    /// What was typed into the dialog of an item and not saved. The subject is an item's id, or that of the meeting that one
    /// is added to, made of what was said there.
    pub fn get_item(&self, subject: Uuid, said: &str) -> Result<Option<ItemWords>, Error> {
        rows::json(
            self.0,
            "SELECT json FROM item_drafts WHERE subject = ? AND said = ?",
            params![subject, said],
        )
    }
}

impl DraftsMut<'_> {
    /// Keeps what is typed into a dialog, for as long as its meeting is there.
    pub fn put(&self, subject: Uuid, meeting: MeetingId, draft: &Draft, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO drafts (subject, action, json, changed_at, meeting_id)
                 SELECT ?, ?, ?, ?, id FROM meetings WHERE id = ?",
                params![
                    subject,
                    action_word(draft.action),
                    serde_json::to_string(draft)?,
                    now.as_millisecond(),
                    meeting.0
                ],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets what was typed into a dialog.
    pub fn delete(&self, subject: Uuid, action: Action) -> Result<(), Error> {
        self.0
            .execute(
                "DELETE FROM drafts WHERE subject = ? AND action = ?",
                params![subject, action_word(action)],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Keeps what is typed into the dialog of an item, for as long as its meeting is there.
    pub fn put_item(
        &self,
        subject: Uuid,
        said: &str,
        draft: &ItemWords,
        now: Timestamp,
    ) -> Result<(), Error> {
        // An item that was removed can be put back, and what is typed about it meanwhile is kept.
        self.0
            .execute(
                "INSERT OR REPLACE INTO item_drafts (subject, said, json, changed_at, meeting_id)
                 SELECT ?1, ?2, ?3, ?4, meeting FROM
                   (SELECT id AS meeting FROM meetings WHERE id = ?1
                    UNION SELECT meeting_id FROM items WHERE id = ?1
                    UNION SELECT meeting_id FROM item_drafts WHERE subject = ?1)
                 WHERE meeting IS NOT NULL LIMIT 1",
                params![subject, said, serde_json::to_string(draft)?, now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets what was typed into the dialog of an item.
    pub fn delete_item(&self, subject: Uuid, said: &str) -> Result<(), Error> {
        self.0
            .execute("DELETE FROM item_drafts WHERE subject = ? AND said = ?", params![subject, said])
            .map_err(Error::of)?;
        Ok(())
    }

    /// Finds out whose words drafts are about of which that is not known, and drops those that are about nothing that is
    /// there: nobody can open them.
    pub(super) fn attribute(&self) -> rusqlite::Result<()> {
        self.0.execute_batch(
            "UPDATE drafts SET meeting_id = coalesce(
                (SELECT meeting_id FROM items WHERE id = subject),
                (SELECT i.meeting_id FROM json_each(iif(json_valid(drafts.json), drafts.json, '{}'), '$.items') about
                   JOIN items i ON i.id = unhex(about.value, '-') ORDER BY about.key LIMIT 1))
             WHERE meeting_id IS NULL;
             UPDATE item_drafts SET meeting_id = coalesce(
                (SELECT id FROM meetings WHERE id = subject), (SELECT meeting_id FROM items WHERE id = subject))
             WHERE meeting_id IS NULL;
             DELETE FROM drafts WHERE coalesce(meeting_id NOT IN (SELECT id FROM meetings), true);
             DELETE FROM item_drafts WHERE coalesce(meeting_id NOT IN (SELECT id FROM meetings), true);",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, meeting};
    use super::super::{Store, scratch};
    use super::*;
    use crate::adf::Document;
    use crate::domain::id::ItemId;
    use crate::domain::meeting::ItemKind;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn typed(action: Action, title: &str) -> Draft {
        Draft {
            items: Vec::new(),
            action,
            replaces: None,
            organization: None,
            space: None,
            parent: None,
            page: None,
            title: title.to_owned(),
            document: Document::new(),
        }
    }

    fn about(text: &str) -> ItemWords {
        ItemWords { kind: ItemKind::Task, text: text.to_owned(), owner: None, due: None, done: false }
    }

    /// A meeting with one item.
    async fn there(store: &Store) -> (MeetingId, ItemId) {
        let (weekly, origin) = meeting("Weekly", None, &["One"]);
        let ids = (weekly.id, weekly.items[0].id);
        filled(store, vec![(weekly, origin)]).await;
        ids
    }

    #[tokio::test]
    async fn each_dialog_has_what_was_typed_last() {
        let (_folder, store) = scratch();
        let (meeting, item) = there(&store).await;
        let left = store
            .write(move |tx| {
                let drafts = tx.drafts_mut();
                drafts.put(item.0, meeting, &typed(Action::CreatePage, "first"), NOW)?;
                drafts.put(item.0, meeting, &typed(Action::CreatePage, "page"), NOW)?;
                drafts.put(item.0, meeting, &typed(Action::AddComment, "comment"), NOW)?;
                let get = |action| tx.drafts().get(item.0, action);
                assert_eq!(get(Action::CreatePage)?, Some(typed(Action::CreatePage, "page")));
                drafts.delete(item.0, Action::CreatePage)?;
                Ok([get(Action::CreatePage)?, get(Action::AddComment)?])
            })
            .await
            .unwrap();
        assert_eq!(left, [None, Some(typed(Action::AddComment, "comment"))], "the other dialog's is its own");
    }

    #[tokio::test]
    async fn what_was_typed_goes_with_its_meeting() {
        let (_folder, store) = scratch();
        let (meeting, item) = there(&store).await;
        store
            .write(move |tx| {
                let drafts = tx.drafts_mut();
                drafts.put(item.0, MeetingId::new(), &typed(Action::CreatePage, "about nothing"), NOW)?;
                assert_eq!(tx.drafts().get(item.0, Action::CreatePage)?, None, "nobody could open it");
                drafts.put(item.0, meeting, &typed(Action::CreatePage, "page"), NOW)?;
                drafts.put_item(meeting.0, "said", &about("new item"), NOW)
            })
            .await
            .unwrap();
        store.write(move |tx| tx.meetings_mut().delete(meeting)).await.unwrap();
        let left = store
            .read(move |db| {
                let page = db.drafts().get(item.0, Action::CreatePage)?;
                Ok((page, db.drafts().get_item(meeting.0, "said")?))
            })
            .await
            .unwrap();
        assert_eq!(left, (None, None));
    }

    #[tokio::test]
    async fn what_is_typed_of_an_item_outlives_its_removal() {
        let (_folder, store) = scratch();
        let (meeting, item) = there(&store).await;
        store
            .write(move |tx| {
                let drafts = tx.drafts_mut();
                let get = |subject: Uuid, said: &str| tx.drafts().get_item(subject, said);
                drafts.put_item(ItemId::new().0, "", &about("of no item"), NOW)?;
                drafts.put_item(item.0, "", &about("before"), NOW)?;
                tx.meetings_mut().remove_item(item)?;
                drafts.put_item(item.0, "", &about("after"), NOW)?;
                assert_eq!(get(item.0, "")?, Some(about("after")), "it can be put back");
                drafts.put_item(meeting.0, "one thing", &about("1"), NOW)?;
                drafts.put_item(meeting.0, "another", &about("2"), NOW)?;
                drafts.delete_item(meeting.0, "another")?;
                assert_eq!(
                    (get(meeting.0, "one thing")?, get(meeting.0, "another")?),
                    (Some(about("1")), None)
                );
                drafts.delete_item(item.0, "")?;
                assert_eq!(get(item.0, "")?, None);
                Ok(())
            })
            .await
            .unwrap();
    }
}
