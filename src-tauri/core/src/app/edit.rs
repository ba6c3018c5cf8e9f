//! What a person does to meetings by hand: correcting items, adding, merging and removing them, exporting a meeting and
//! deleting it for good. An import never undoes it; that is for [`MeetingsMut::extend`](crate::store::MeetingsMut::extend)
//! to see to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use uuid::Uuid;

use super::{App, Error, lock};
use crate::api::{
    AddItem, DamagedFile, Draft, EditItem, ExportFormat, ExportMeeting, ItemDialog, ItemDraft, ItemWords,
    Unsent,
};
use crate::disk;
use crate::domain::destination::{Action, Destination};
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Due, Item};
use crate::sources::files::{self, Export};
use crate::store::{self, Aside};

/// So many removed items can be put back.
const REMEMBERED: usize = 50;

impl App {
    /// What was typed into the dialog of an item and not saved.
    pub async fn item_draft(&self, dialog: ItemDialog) -> Result<Option<ItemWords>, Error> {
        let (subject, said) = key(dialog);
        Ok(self.0.store.read(move |db| db.drafts().get_item(subject, &said)).await?)
    }

    /// Keeps what is typed into the dialog of an item, or forgets it.
    pub async fn keep_item_draft(&self, draft: ItemDraft) -> Result<(), Error> {
        let ((subject, said), now) = (key(draft.dialog), self.now());
        let keep = move |tx: &store::WriteTx<'_>| match draft.words {
            Some(words) => tx.drafts_mut().put_item(subject, &said, &words, now),
            None => tx.drafts_mut().delete_item(subject, &said),
        };
        Ok(self.0.store.write(keep).await?)
    }

    /// Adds an item to a meeting. What was typed for it is no draft any more.
    pub async fn add_item(&self, wanted: AddItem) -> Result<ItemId, Error> {
        let item = Item { at_ms: wanted.at_ms, ..item(ItemId::new(), wanted.words)? };
        let (id, meeting, said, now) = (item.id, wanted.meeting, wanted.said, self.now());
        let add = move |tx: &store::WriteTx<'_>| {
            tx.drafts_mut().delete_item(meeting.0, &said)?;
            tx.meetings_mut().add_item(meeting, &item, now)
        };
        if self.0.store.write(add).await? { Ok(id) } else { Err(Error::MEETING_GONE) }
    }

    /// Changes an item. What was typed for it is no draft any more.
    pub async fn edit_item(&self, wanted: EditItem) -> Result<(), Error> {
        let (item, now) = (item(wanted.item, wanted.words)?, self.now());
        let change = move |tx: &store::WriteTx<'_>| {
            tx.drafts_mut().delete_item(item.id.0, "")?;
            tx.meetings_mut().edit_item(&item, now)
        };
        if self.0.store.write(change).await? { Ok(()) } else { Err(Error::ITEM_GONE) }
    }

    /// Makes one item of several of a meeting, and answers which is left.
    pub async fn merge_items(&self, items: Vec<ItemId>) -> Result<ItemId, Error> {
        let now = self.now();
        let left = self.0.store.write(move |tx| tx.meetings_mut().merge_items(&items, now)).await?;
        left.ok_or(Error::NotNow("There is nothing to merge: choose two items of one meeting."))
    }

    /// Removes an item, and remembers it for a while.
    pub async fn delete_item(&self, id: ItemId) -> Result<(), Error> {
        let removed = self.0.store.write(move |tx| tx.meetings_mut().remove_item(id)).await?;
        let mut remembered = lock(&self.0.removed);
        remembered.push_back(removed.ok_or(Error::ITEM_GONE)?);
        if remembered.len() > REMEMBERED {
            remembered.pop_front();
        }
        Ok(())
    }

    /// Puts a removed item back. It is remembered until it is back, so that what failed can be done again.
    pub async fn put_back_item(&self, id: ItemId) -> Result<(), Error> {
        let removed = lock(&self.0.removed).iter().find(|removed| removed.id() == id).cloned();
        let removed = removed.ok_or(Error::ITEM_GONE)?;
        let there = self.0.store.write(move |tx| tx.meetings_mut().put_back(&removed)).await?;
        lock(&self.0.removed).retain(|removed| removed.id() != id);
        if there { Ok(()) } else { Err(Error::MEETING_GONE) }
    }

    /// Deletes a meeting for good: its words are in no file of the app any more, as soon as the copy of the cache is made
    /// anew. What was sent of it stays.
    pub async fn delete_meeting(&self, id: MeetingId) -> Result<(), Error> {
        let there = self.0.store.erase(move |tx| tx.meetings_mut().delete(id)).await?;
        lock(&self.0.removed).retain(|removed| removed.meeting() != id);
        self.0.outdated.notify_one();
        if there { Ok(()) } else { Err(Error::MEETING_GONE) }
    }

    /// The damaged files that were put aside, with what was not sent and exists only there. They may hold what was deleted
    /// for good.
    pub async fn damaged_files(&self) -> Result<Vec<DamagedFile>, Error> {
        let files = self.0.store.put_aside::<Draft, ItemWords>().await?;
        Ok(files.into_iter().map(damaged_file).collect())
    }

    /// Deletes damaged files that were put aside.
    pub async fn delete_damaged_files(&self, names: Vec<String>) -> Result<(), Error> {
        Ok(self.0.store.delete_aside(names).await?)
    }

    /// The name that a meeting's file may have.
    pub async fn export_name(&self, wanted: ExportMeeting) -> Result<String, Error> {
        let head = self.0.store.read(move |db| db.meetings().head(wanted.meeting)).await?;
        let extension = match wanted.format {
            ExportFormat::Markdown => "md",
            ExportFormat::Json => "json",
        };
        Ok(files::file_name(&head.ok_or(Error::MEETING_GONE)?.title, extension))
    }

    /// Writes a meeting to a file.
    pub async fn export_meeting(&self, wanted: ExportMeeting, path: &Path) -> Result<(), Error> {
        let id = wanted.meeting;
        let read = move |db: &store::ReadTx<'_>| Ok((db.meetings().get(id)?, db.meetings().source_key(id)?));
        let (meeting, key) = self.0.store.read(read).await?;
        let export = Export { meeting: &meeting.ok_or(Error::MEETING_GONE)?, key: key.as_deref() };
        let text = match wanted.format {
            ExportFormat::Markdown => export.to_markdown(),
            ExportFormat::Json => export.to_json(),
        };
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || replace(&path, |mut file| file.write_all(text.as_bytes())))
            .await?
            .map_err(Error::File)
    }
}

/// Makes a file of what is written, or leaves what was there: it is written beside it first. A link stays one, and a file
/// that may not be written is not replaced either.
fn replace(path: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let before = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => Some(file.metadata()?),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    // A device has nothing to lose, and nothing can be put in its place.
    if before.as_ref().is_some_and(|about| !about.is_file()) {
        return write(&File::create(&path)?);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.part", Uuid::new_v4().simple()));
    let new = match OpenOptions::new().write(true).create_new(true).open(&beside) {
        Ok(new) => new,
        // Of a folder that is not the person's only this file may be written.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && before.is_some() => {
            return write(&File::create(&path)?);
        }
        Err(error) => return Err(error),
    };
    let written = (|| {
        if let Some(about) = &before {
            new.set_permissions(about.permissions())?;
        }
        write(&new)?;
        new.sync_all()
    })();
    drop(new);
    written.and_then(|()| disk::rename(&beside, &path)).inspect_err(|_| {
        // What is half written is of no use; if it cannot be removed, that is not what to tell.
        let _ = disk::remove(&beside);
    })
}

fn damaged_file(file: Aside<Draft, ItemWords>) -> DamagedFile {
    let page = |title: &str, space: Option<&str>| match space {
        Some(space) => format!("Page “{title}” in {space}"),
        None => format!("Page “{title}”"),
    };
    let comment =
        |page: Option<&str>| page.map_or("Comment".to_owned(), |page| format!("Comment on “{page}”"));
    let deliveries = file.deliveries.into_iter().map(|(destination, document)| Unsent {
        what: match &destination {
            Destination::NewPage { space, title, .. } => page(title, Some(&space.name)),
            Destination::Comment { page, .. } => comment(Some(&page.title)),
        },
        words: document.into_line().words(),
    });
    let drafts = file.drafts.into_iter().map(|draft| Unsent {
        what: match draft.action {
            Action::CreatePage => page(&draft.title, draft.space.as_ref().map(|space| space.name.as_str())),
            Action::AddComment => comment(draft.page.as_ref().map(|page| page.title.as_str())),
        },
        words: draft.document.into_line().words(),
    });
    let items = file.item_drafts.into_iter();
    let items = items.map(|words| Unsent { what: "Item of a meeting".to_owned(), words: words.text });
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
    let text = trimmed(Some(words.text)).ok_or(Error::NotNow("An item needs words."))?;
    let due = trimmed(words.due).map(|text| Due { date: files::only_day(&text), text });
    let (kind, done) = (words.kind, words.done);
    Ok(Item { id, kind, text, formatted: None, owner: trimmed(words.owner), due, done, at_ms: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn what_was_there_stays_if_writing_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meeting.md");
        let full = |mut file: &File| {
            file.write_all(b"half of i")?;
            Err(ErrorKind::StorageFull.into())
        };
        assert_eq!(replace(&path, full).unwrap_err().kind(), ErrorKind::StorageFull);
        assert!(names(folder.path()).is_empty(), "half a file is none");
        fs::write(&path, "what was there").unwrap();
        assert_eq!(replace(&path, full).unwrap_err().kind(), ErrorKind::StorageFull);
        assert_eq!(fs::read_to_string(&path).unwrap(), "what was there");
        replace(&path, |mut file| file.write_all(b"new")).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), names(folder.path()).len()), ("new", 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_stays_what_it_was_beside_its_content() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("kept.md"), folder.path().join("link.md"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, |mut file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink(), "a link still leads there");
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640, "for the same people");
    }
}
