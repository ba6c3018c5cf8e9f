//! Damaged files that were put aside. They are kept, since they may hold what exists nowhere else; they may hold what was
//! deleted for good as well, so a person may look at what was not sent, and delete them. Called by [`super::Store`].

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Row};

use super::Error;
use super::files::{JOURNALS, names};
use crate::adf::Document;
use crate::disk;
use crate::domain::destination::Destination;
use crate::domain::draft::{Draft, ItemWords};

/// A damaged file that was put aside.
#[derive(Clone, Debug)]
pub struct Aside {
    /// Its name in the data folder.
    pub name: String,
    /// Whether all of what was typed could be read.
    pub is_whole: bool,
    /// Deliveries that did not arrive, as far as it knows, and that are not in the database.
    pub deliveries: Vec<(Destination, Document)>,
    /// What was typed into a dialog that sends, where the database has nothing for that dialog.
    pub drafts: Vec<Draft>,
    /// The same of the dialog of an item.
    pub item_drafts: Vec<ItemWords>,
}

/// The files that were put aside, with what exists only there.
pub(super) fn list(folder: &Path, here: &Connection) -> Result<Vec<Aside>, Error> {
    let names = names(folder).map_err(|source| read_only(folder, source))?;
    Ok(names.into_iter().map(|name| look_into(folder.join(&name), name, here)).collect())
}

fn look_into(path: PathBuf, name: String, here: &Connection) -> Aside {
    let mut found =
        Aside { name, is_whole: true, deliveries: Vec::new(), drafts: Vec::new(), item_drafts: Vec::new() };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(from) = Connection::open_with_flags(path, flags) else {
        return Aside { is_whole: false, ..found };
    };
    let wholes = [
        rows(
            &from,
            "SELECT destination, document, id FROM deliveries WHERE state <> 'sent' ORDER BY id",
            |row| {
                let (destination, document): (String, String) = (row.get(0)?, row.get(1)?);
                let id: Vec<u8> = row.get(2)?;
                let is_here = here.prepare_cached("SELECT 1 FROM deliveries WHERE id = ?")?.exists([id])?;
                let parsed = (serde_json::from_str(&destination), serde_json::from_str(&document));
                if let (false, (Ok(destination), Ok(document))) = (is_here, parsed) {
                    found.deliveries.push((destination, document));
                }
                Ok(())
            },
        ),
        rows(&from, "SELECT json, subject, action FROM drafts ORDER BY changed_at", |row| {
            let (json, subject, action): (String, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let known = "SELECT 1 FROM drafts WHERE subject = ? AND action = ?";
            let is_here = here.prepare_cached(known)?.exists((subject, action))?;
            found.drafts.extend((!is_here).then(|| serde_json::from_str(&json).ok()).flatten());
            Ok(())
        }),
        rows(&from, "SELECT json, subject, said FROM item_drafts ORDER BY changed_at", |row| {
            let (json, subject, said): (String, Vec<u8>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let known = "SELECT 1 FROM item_drafts WHERE subject = ? AND said = ?";
            let is_here = here.prepare_cached(known)?.exists((subject, said))?;
            found.item_drafts.extend((!is_here).then(|| serde_json::from_str(&json).ok()).flatten());
            Ok(())
        }),
    ];
    found.is_whole = wholes.into_iter().all(|is_whole| is_whole);
    found
}

/// Takes the rows of a damaged file as far as they can be read. Answers whether all could.
fn rows(from: &Connection, sql: &str, mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>) -> bool {
    let mut take_all = || -> rusqlite::Result<()> {
        let mut query = from.prepare(sql)?;
        let mut found = query.query([])?;
        while let Some(row) = found.next()? {
            take(row)?;
        }
        Ok(())
    };
    take_all().is_ok()
}

/// Deletes files that were put aside. Other names are skipped.
pub(super) fn delete(folder: &Path, wanted: &[String]) -> Result<(), Error> {
    let there = names(folder).map_err(|source| read_only(folder, source))?;
    for name in there.iter().filter(|name| wanted.contains(name)) {
        // The database last: what could not be deleted is offered again.
        for ending in JOURNALS.into_iter().chain([""]) {
            disk::remove(&folder.join(format!("{name}{ending}")))
                .map_err(|source| read_only(folder, source))?;
        }
    }
    Ok(())
}

fn read_only(folder: &Path, source: std::io::Error) -> Error {
    Error::ReadOnly { folder: folder.display().to_string(), source }
}
