//! Overwrites what SQLite leaves of deleted words in the file. `secure_delete` overwrites a row where it stands, and FTS5's
//! `secure-delete` takes it out of an index. What neither reaches is swept up here, step by step:
//!
//! - A row that moves to another page when its own is full leaves its bytes behind, in the part of the page that is free.
//! - Between the leaves of an index are the first letters of words, also of deleted ones.
//! - An index that was written without `secure-delete` keeps deleted words as tombstones, and a page that was
//!   freed without `secure_delete` keeps its bytes, also behind what is written to it next. Both come from versions that did
//!   not know better, so only the first sweep looks for them.
//!
//! Called by [`super::Store`].

mod index;
mod pages;

use std::time::Duration;

use rusqlite::Connection;

use super::Error;
use super::index::INDEXES;

/// So many pages, or words between leaves, are looked at in one transaction: it takes some milliseconds.
const STRETCH: u32 = 512;

/// How long whoever reads may hold up the emptying of the journal.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);

/// How often something was deleted for good. A file that does not say so, such as one that was put together from what could
/// be read of another, was never swept.
pub(super) fn deletions(db: &Connection) -> Result<i64, Error> {
    db.query_row("SELECT coalesce(max(deletions), 1) FROM sweeps", [], |row| row.get(0)).map_err(Error::of)
}

/// After how many deletions the file was swept last.
pub(super) fn swept(db: &Connection) -> Result<i64, Error> {
    db.query_row("SELECT coalesce(max(swept), 0) FROM sweeps", [], |row| row.get(0)).map_err(Error::of)
}

/// Notes that something was deleted for good.
pub(super) fn note_deletion(db: &Connection) -> Result<(), Error> {
    db.execute(
        "INSERT INTO sweeps VALUES (1, 2, 0, NULL) ON CONFLICT (one) DO UPDATE SET deletions = deletions + 1",
        [],
    )
    .map(|_| ())
    .map_err(Error::of)
}

/// Empties the journal. Answers whether it is empty: SQLite says in a row, and not as an error, that somebody reads what
/// stands in it.
pub(super) fn empty_journal(db: &Connection, patience_after: Duration) -> Result<bool, Error> {
    db.busy_timeout(BUSY_TIMEOUT).map_err(Error::of)?;
    let is_busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
    db.busy_timeout(patience_after).map_err(Error::of)?;
    is_busy.map(|is_busy| !is_busy).map_err(Error::of)
}

/// A sweep of the whole file, which goes on from where it was.
#[derive(Debug)]
pub(super) struct Sweep {
    /// The deletions that it follows.
    deletions: i64,
    at: At,
}

/// Where a sweep is.
#[derive(Debug)]
enum At {
    /// An index is written anew; whether that was begun.
    Merging(usize, bool),
    /// At the long rows of this table or index of the schema.
    Tails(usize),
    /// Behind this row of an index.
    Words(usize, i64, Vec<u8>),
    /// At the pages that are free.
    Freed,
    /// At this page.
    Page(u32),
}

impl Sweep {
    /// The sweep that a file needs, if it needs one.
    pub(super) fn of(db: &Connection) -> Result<Option<Self>, Error> {
        let (deletions, swept) = (deletions(db)?, swept(db)?);
        // What older versions left is in every sweep's way but the first one's.
        let at = if swept == 0 { At::Merging(0, false) } else { At::first_word(0) };
        Ok((swept < deletions).then_some(Self { deletions, at }))
    }

    /// Sweeps the next step, within a transaction. Answers whether there is more.
    pub(super) fn step(&mut self, tx: &Connection) -> Result<bool, Error> {
        let next = match &self.at {
            At::Merging(index, is_begun) => {
                let done = index::merge(tx, INDEXES[*index], *is_begun)?;
                Some(match (done, index + 1 < INDEXES.len()) {
                    (false, _) => At::Merging(*index, true),
                    (true, true) => At::Merging(index + 1, false),
                    (true, false) => At::Tails(0),
                })
            }
            At::Tails(number) => {
                Some(if pages::tails(tx, *number)? { At::Tails(number + 1) } else { At::first_word(0) })
            }
            At::Words(index, segment, term) => {
                Some(match index::words(tx, INDEXES[*index], *segment, term)? {
                    Some((segment, term)) => At::Words(*index, segment, term),
                    None if index + 1 < INDEXES.len() => At::first_word(index + 1),
                    None => At::Freed,
                })
            }
            At::Freed => {
                pages::freed(tx)?;
                Some(At::Page(1))
            }
            At::Page(page) => pages::pages(tx, *page)?.map(At::Page),
        };
        if let Some(next) = next {
            self.at = next;
            return Ok(true);
        }
        tx.execute(
            "INSERT INTO sweeps VALUES (1, ?1, ?1, NULL) ON CONFLICT (one) DO UPDATE SET swept = max(swept, ?1)",
            [self.deletions],
        )
        .map_err(Error::of)?;
        Ok(false)
    }
}

impl At {
    fn first_word(index: usize) -> Self {
        Self::Words(index, -1, Vec::new())
    }
}

#[cfg(test)]
mod tests;
