//! What a person does to meetings by hand: correcting items, adding, merging and removing them, and deleting a meeting for
//! good. An import never undoes it; that is for [`MeetingsMut::merge_from_source`](crate::store::MeetingsMut::merge_from_source)
//! to see to.

use uuid::Uuid;

use super::{Error, Library, lock};
use crate::api::{AddItem, DamagedFile, EditItem, ItemDialog, ItemDraft, ItemWords, Unsent};
use crate::app::words;
use crate::domain::destination::{Action, Destination};
use crate::domain::draft;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Due, Item};
use crate::domain::problem::{Gone, NotNow};
use crate::sources::files;
use crate::store::{self, Aside};

/// So many removed items can be put back.
const MAX_REMEMBERED: usize = 50;

impl Library {
    /// What was typed into the dialog of an item and not saved.
    pub(in crate::app) async fn item_draft(&self, dialog: ItemDialog) -> Result<Option<ItemWords>, Error> {
        let (subject, said) = key(dialog);
        let words = self.0.store.read(move |db| db.drafts().get_item(subject, &said)).await?;
        Ok(words.map(Into::into))
    }

    /// Keeps what is typed into the dialog of an item, or forgets it.
    pub(in crate::app) async fn save_item_draft(&self, draft: ItemDraft) -> Result<(), Error> {
        let ((subject, said), now) = (key(draft.dialog), self.0.clock.now());
        let words = draft.words.map(draft::ItemWords::from);
        let keep = move |tx: &store::WriteTx<'_>| match words {
            Some(words) => tx.drafts_mut().put_item(subject, &said, &words, now),
            None => tx.drafts_mut().delete_item(subject, &said),
        };
        Ok(self.0.store.write(keep).await?)
    }

    /// Adds an item to a meeting. What was typed for it is no draft any more.
    pub(in crate::app) async fn add_item(&self, wanted: AddItem) -> Result<ItemId, Error> {
        let item = Item { at_ms: wanted.at_ms, ..item(ItemId::new(), wanted.words)? };
        let (id, meeting, said, now) = (item.id, wanted.meeting, wanted.said, self.0.clock.now());
        let add = move |tx: &store::WriteTx<'_>| {
            tx.drafts_mut().delete_item(meeting.0, &said)?;
            tx.meetings_mut().add_item(meeting, &item, now)
        };
        if self.0.store.write(add).await? { Ok(id) } else { Err(Error::gone(Gone::Meeting)) }
    }

    /// Changes an item. What was typed for it is no draft any more.
    pub(in crate::app) async fn edit_item(&self, wanted: EditItem) -> Result<(), Error> {
        let (item, now) = (item(wanted.item, wanted.words)?, self.0.clock.now());
        let change = move |tx: &store::WriteTx<'_>| {
            tx.drafts_mut().delete_item(item.id.0, "")?;
            tx.meetings_mut().edit_item(&item, now)
        };
        if self.0.store.write(change).await? { Ok(()) } else { Err(Error::gone(Gone::Item)) }
    }

    /// Makes one item of several of a meeting, and answers which is left.
    pub(in crate::app) async fn merge_items(&self, items: Vec<ItemId>) -> Result<ItemId, Error> {
        let now = self.0.clock.now();
        let left = self.0.store.write(move |tx| tx.meetings_mut().merge_items(&items, now)).await?;
        left.ok_or_else(|| Error::not_now(NotNow::NothingToMerge))
    }

    /// Removes an item, and remembers it for a while.
    pub(in crate::app) async fn delete_item(&self, id: ItemId) -> Result<(), Error> {
        let removed = self.0.store.write(move |tx| tx.meetings_mut().remove_item(id)).await?;
        let mut remembered = lock(&self.0.removed);
        remembered.push_back(removed.ok_or_else(|| Error::gone(Gone::Item))?);
        if remembered.len() > MAX_REMEMBERED {
            remembered.pop_front();
        }
        Ok(())
    }

    /// Puts a removed item back. It is remembered until it is back, so that what failed can be done again.
    pub(in crate::app) async fn put_back_item(&self, id: ItemId) -> Result<(), Error> {
        let removed = lock(&self.0.removed).iter().find(|removed| removed.id() == id).cloned();
        let removed = removed.ok_or_else(|| Error::gone(Gone::Item))?;
        let there = self.0.store.write(move |tx| tx.meetings_mut().put_back(&removed)).await?;
        lock(&self.0.removed).retain(|removed| removed.id() != id);
        if there { Ok(()) } else { Err(Error::gone(Gone::Meeting)) }
    }

    /// Deletes a meeting for good: its words are in no file of the app any more, as soon as the backup is made
    /// anew. What was sent of it stays.
    pub(in crate::app) async fn delete_meeting(&self, id: MeetingId) -> Result<(), Error> {
        let there = self.0.store.erase(move |tx| tx.meetings_mut().delete(id)).await?;
        lock(&self.0.removed).retain(|removed| removed.meeting() != id);
        self.0.upkeep.copy_is_stale();
        if there { Ok(()) } else { Err(Error::gone(Gone::Meeting)) }
    }

    /// The damaged files that were put aside, with what was not sent and exists only there. They may hold what was deleted
    /// for good.
    pub(in crate::app) async fn damaged_files(&self) -> Result<Vec<DamagedFile>, Error> {
        let files = self.0.store.put_aside().await?;
        Ok(files.into_iter().map(damaged_file).collect())
    }

    /// Deletes damaged files that were put aside.
    pub(in crate::app) async fn delete_damaged_files(&self, names: Vec<String>) -> Result<(), Error> {
        Ok(self.0.store.delete_aside(names).await?)
    }
}

fn damaged_file(file: Aside) -> DamagedFile {
    let deliveries = file.deliveries.into_iter().map(|(destination, document)| Unsent {
        what: match &destination {
            Destination::NewPage { space, title, .. } => words::page(title, Some(&space.name)),
            Destination::Comment { page, .. } => words::comment(Some(&page.title)),
        },
        words: document.into_line().text(),
    });
    let drafts = file.drafts.into_iter().map(|draft| Unsent {
        what: match draft.action {
            Action::CreatePage => {
                words::page(&draft.title, draft.space.as_ref().map(|space| space.name.as_str()))
            }
            Action::AddComment => words::comment(draft.page.as_ref().map(|page| page.title.as_str())),
        },
        words: draft.document.into_line().text(),
    });
    let items = file.item_drafts.into_iter();
    let items = items.map(|words| Unsent { what: words::item_of_meeting(), words: words.text });
    DamagedFile {
        name: file.name,
        is_whole: file.is_whole,
        unsent: deliveries.chain(drafts).chain(items).collect(),
    }
}

/// What a draft of this dialog is kept under.
fn key(dialog: ItemDialog) -> (Uuid, String) {
    match dialog {
        ItemDialog::Edit(item) => (item.0, String::new()),
        ItemDialog::Add { meeting, said } => (meeting.0, said),
    }
}

fn item(id: ItemId, words: ItemWords) -> Result<Item, Error> {
    let trimmed =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let text = trimmed(Some(words.text)).ok_or_else(|| Error::not_now(NotNow::NoWords))?;
    let due = trimmed(words.due).map(|text| Due { date: files::only_day(&text), text });
    let (kind, done) = (words.kind, words.done);
    Ok(Item { id, kind, text, formatted: None, owner: trimmed(words.owner), due, done, at_ms: None })
}
