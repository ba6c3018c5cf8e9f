//! Overwrites what SQLite leaves of deleted words in the file. `secure_delete` overwrites a row where it stands, and FTS5's
//! `secure-delete` takes it out of an index. What neither reaches is swept up here, a stretch at a time:
//!
//! - A row that moves to another page when its own is full leaves its bytes behind, in the part of the page that is free.
//! - Between the leaves of an index stand the first letters of words, also of words that are in it no more.
//! - An index that was written without `secure-delete` keeps words with the note that they count no more, and a page that was
//!   freed without `secure_delete` keeps its bytes, also behind what is written to it next. Both come from versions that did
//!   not know better, so only the first sweep looks for them.
//!
//! Called by [`super::Store`].

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Error;
use super::index::INDEXES;

/// So many pages, or words between leaves, are looked at in one transaction: it takes some milliseconds.
const STRETCH: u32 = 512;

/// So many pages of an index are written anew in one transaction.
const MERGED: i32 = 256;

/// How long whoever reads may hold up the emptying of the journal.
const PATIENCE: Duration = Duration::from_millis(500);

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
    db.busy_timeout(PATIENCE).map_err(Error::of)?;
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

    /// Sweeps the next stretch, within a transaction. Answers whether there is more.
    pub(super) fn step(&mut self, tx: &Connection) -> Result<bool, Error> {
        let next = match &self.at {
            At::Merging(index, is_begun) => {
                let done = merge(tx, INDEXES[*index], *is_begun)?;
                Some(match (done, index + 1 < INDEXES.len()) {
                    (false, _) => At::Merging(*index, true),
                    (true, true) => At::Merging(index + 1, false),
                    (true, false) => At::Tails(0),
                })
            }
            At::Tails(number) => {
                Some(if tails(tx, *number)? { At::Tails(number + 1) } else { At::first_word(0) })
            }
            At::Words(index, segment, term) => Some(match words(tx, INDEXES[*index], *segment, term)? {
                Some((segment, term)) => At::Words(*index, segment, term),
                None if index + 1 < INDEXES.len() => At::first_word(index + 1),
                None => At::Freed,
            }),
            At::Freed => {
                freed(tx)?;
                Some(At::Page(1))
            }
            At::Page(page) => pages(tx, *page)?.map(At::Page),
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

/// Writes a part of an index anew, without what counts no more. Answers whether that is done.
fn merge(tx: &Connection, index: &str, is_begun: bool) -> Result<bool, Error> {
    // As FTS5 documents it: a negative number begins, positive ones go on, and fewer than two changes are the end.
    let pages = if is_begun { MERGED } else { -MERGED };
    let before = tx.total_changes();
    tx.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)"), [pages])
        .map_err(Error::of)?;
    Ok(is_begun && tx.total_changes() - before < 2)
}

/// Overwrites what is free behind the long rows of one table or index of the schema, which end on pages of their own: a page
/// that is overwritten when it is freed leaves nothing there. Answers whether there is one of that number.
fn tails(tx: &Connection, number: usize) -> Result<bool, Error> {
    let name: Option<String> = tx
        .query_row(
            "SELECT name FROM sqlite_schema WHERE rootpage > 0 ORDER BY rootpage LIMIT 1 OFFSET ?",
            [number],
            |row| row.get(0),
        )
        .optional()
        .map_err(Error::of)?;
    let Some(name) = name else { return Ok(false) };
    let ends: Vec<(u32, usize)> = tx
        .prepare_cached(
            "SELECT pageno, unused FROM dbstat WHERE name = ? AND pagetype = 'overflow' AND unused > 0",
        )
        .and_then(|mut query| query.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
        .map_err(Error::of)?;
    for (number, unused) in ends {
        if let Some(mut bytes) = page(tx, number)?
            && let Some(tail) = bytes.len().checked_sub(unused).and_then(|from| bytes.get_mut(from..))
            && clear(tail)
        {
            put_page(tx, number, &bytes)?;
        }
    }
    Ok(true)
}

/// Looks at some of the words that stand between the leaves of an index, and puts the first word of its leaf in the place of
/// one that does not begin any word there. Answers the last one that was looked at.
fn words(tx: &Connection, index: &str, segment: i64, term: &[u8]) -> Result<Option<(i64, Vec<u8>)>, Error> {
    let found: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = tx
        .prepare_cached(&format!(
            "SELECT i.segid, CAST(i.term AS BLOB), d.block
             FROM {index}_idx i LEFT JOIN {index}_data d ON d.id = (i.segid << 37) + (i.pgno >> 1)
             WHERE (i.segid, i.term) > (?, ?) ORDER BY i.segid, i.term LIMIT ?"
        ))
        .and_then(|mut query| {
            query
                .query_map(params![segment, term, STRETCH], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })
        .map_err(Error::of)?;
    for (segment, term, leaf) in &found {
        let Some(leaf) = leaf else {
            // Its leaf was merged into another segment already, so that it leads nowhere.
            tx.prepare_cached(&format!("DELETE FROM {index}_idx WHERE segid = ? AND term = ?"))
                .and_then(|mut delete| delete.execute(params![segment, term]))
                .map_err(Error::of)?;
            continue;
        };
        let Some(first) = first_word(leaf) else { continue };
        if !first.starts_with(term) {
            tx.prepare_cached(&format!("UPDATE {index}_idx SET term = ? WHERE segid = ? AND term = ?"))
                .and_then(|mut update| update.execute(params![first, segment, term]))
                .map_err(Error::of)?;
        }
    }
    Ok(found.into_iter().next_back().map(|(segment, term, _)| (segment, term)))
}

/// The first word of a leaf of an index, which alone stands there in full. Two bytes say where the leaf's own words end;
/// behind them is where each begins.
fn first_word(leaf: &[u8]) -> Option<&[u8]> {
    let end = u16::from_be_bytes([*leaf.get(2)?, *leaf.get(3)?]).into();
    let (at, _) = number(leaf.get(end..)?)?;
    let (length, word) = number(leaf.get(at..)?)?;
    word.get(..length)
}

/// A number of a variable length, and what comes behind it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0;
    // Longer ones do not occur within a page.
    for (at, byte) in bytes.iter().enumerate().take(4) {
        value = value << 7 | usize::from(byte & 0x7F);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(at + 1..)?));
        }
    }
    None
}

/// Overwrites the pages that are free.
fn freed(tx: &Connection) -> Result<(), Error> {
    let long = |bytes: &[u8], at: usize| {
        bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes)
    };
    // A page that lists free pages has the number of the next such page, how many it lists, and their numbers.
    let mut lists = page(tx, 1)?.and_then(|first| long(&first, 32)).unwrap_or(0);
    while lists != 0 {
        let Some(mut list) = page(tx, lists)? else { break };
        let count = long(&list, 4).unwrap_or(0);
        let free: Vec<u32> = (0..count).map_while(|one| long(&list, 8 + 4 * one as usize)).collect();
        for number in free {
            if let Some(bytes) = page(tx, number)?
                && bytes.iter().any(|byte| *byte != 0)
            {
                put_page(tx, number, &vec![0; bytes.len()])?;
            }
        }
        if let Some(rest) = list.get_mut(8 + 4 * count as usize..)
            && clear(rest)
        {
            put_page(tx, lists, &list)?;
        }
        lists = long(&list, 0).unwrap_or(0);
    }
    Ok(())
}

/// Sweeps some pages. Answers the next one.
fn pages(tx: &Connection, from: u32) -> Result<Option<u32>, Error> {
    for number in from..from + STRETCH {
        let Some(mut bytes) = page(tx, number)? else { return Ok(None) };
        if clear_page(&mut bytes, if number == 1 { 100 } else { 0 }) {
            put_page(tx, number, &bytes)?;
        }
    }
    Ok(Some(from + STRETCH))
}

/// Overwrites what is free of a page of a table or an index, and leaves every other page alone. Answers whether anything was
/// there. The layout is section 1.6 of <https://sqlite.org/fileformat2.html>.
fn clear_page(page: &mut [u8], head: usize) -> bool {
    let short = |page: &[u8], at: usize| {
        page.get(at..at + 2).map_or(0, |two| usize::from(u16::from_be_bytes([two[0], two[1]])))
    };
    let pointers = match page.get(head) {
        Some(2 | 5) => head + 12,
        Some(10 | 13) => head + 8,
        // A page of a long row begins with a page's number: so high only in files of over a hundred gigabytes.
        _ => return false,
    };
    let from = pointers + 2 * short(page, head + 3);
    let to = match short(page, head + 5) {
        0 => 65_536,
        to => to,
    };
    let Some(gap) = page.get_mut(from..to) else { return false };
    let mut cleared = clear(gap);
    // Holes among the rows, each with where the next one is and how long itself is.
    let mut hole = short(page, head + 1);
    while hole >= to {
        let (next, length) = (short(page, hole), short(page, hole + 2));
        let Some(rest) = page.get_mut(hole + 4..hole + length) else { break };
        cleared |= clear(rest);
        if next <= hole {
            break;
        }
        hole = next;
    }
    cleared
}

/// Answers whether anything was there.
fn clear(bytes: &mut [u8]) -> bool {
    let is_used = bytes.iter().any(|byte| *byte != 0);
    if is_used {
        bytes.fill(0);
    }
    is_used
}

fn page(tx: &Connection, number: u32) -> Result<Option<Vec<u8>>, Error> {
    tx.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?")
        .and_then(|mut query| query.query_row([number], |row| row.get(0)).optional())
        .map_err(Error::of)
}

fn put_page(tx: &Connection, number: u32, bytes: &[u8]) -> Result<(), Error> {
    tx.prepare_cached("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?")
        .and_then(|mut update| update.execute(params![bytes, number]))
        .map(|_| ())
        .map_err(Error::of)
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::meeting;
    use super::super::{FILE_NAME, Store, open, scratch};
    use super::*;
    use crate::domain::id::{ItemId, MeetingId};
    use crate::domain::meeting::Cue;
    use std::path::Path;

    /// Numbers that seem to follow no order, and are the same in each run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % end
        }

        fn place(&mut self, places: usize) -> usize {
            usize::try_from(self.below(places.try_into().unwrap())).unwrap()
        }

        /// Words that no other meeting has, among some that many have.
        fn words(&mut self, number: u64, most: u64) -> String {
            const COMMON: [&str; 4] = ["harbour", "lighthouse", "quay", "boat"];
            let count = 1 + self.below(most);
            let words: Vec<String> = (0..count)
                .map(|_| match self.below(3) {
                    0 => format!("zq{number:04}x{}", self.below(1_000)),
                    _ => COMMON[self.place(4)].to_owned(),
                })
                .collect();
            words.join(" ")
        }
    }

    /// Which of these meetings have left words in the file.
    fn left(folder: &Path, gone: &[u64]) -> Vec<u64> {
        let bytes = std::fs::read(folder.join(FILE_NAME)).unwrap();
        let mut seen = std::collections::HashSet::new();
        for window in bytes.windows(6).filter(|window| window.starts_with(b"zq")) {
            seen.extend(std::str::from_utf8(&window[2..]).ok().and_then(|number| number.parse::<u64>().ok()));
        }
        gone.iter().copied().filter(|number| seen.contains(number)).collect()
    }

    /// Meetings come, change and go, all of them by the book. Answers which are gone.
    async fn live(store: &Store, dice: &mut Dice, count: u64) -> Vec<u64> {
        super::super::lock(&store.0.writer).pragma_update(None, "synchronous", "OFF").unwrap();
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        for number in 0..count {
            let texts: Vec<String> = (0..=dice.below(12)).map(|_| dice.words(number, 40)).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let (mut one, origin) = meeting(&dice.words(number, 6), Some("2026-11-12"), &texts);
            // Places that do not grow, so that rows go in between others.
            let id = |dice: &mut Dice| uuid::Uuid::from_u64_pair(dice.below(1 << 31) << 32, number);
            one.id = MeetingId(id(dice));
            one.items.iter_mut().for_each(|item| item.id = ItemId(id(dice)));
            one.transcript = (0..dice.below(60))
                .map(|_| Cue { start_ms: 1, end_ms: 2, speaker: None, text: dice.words(number, 60) })
                .collect();
            there.push((number, one.id, one.items[0].clone()));
            store.write(move |tx| tx.meetings_mut().insert(&one, &origin)).await.unwrap();
            let at = dice.place(there.len());
            let (number, id, mut item) = there[at].clone();
            if dice.below(2) == 0 {
                item.text = dice.words(number, 60);
                let now = jiff::Timestamp::UNIX_EPOCH;
                store.write(move |tx| tx.meetings_mut().edit_item(&item, now)).await.unwrap();
            }
            if number % 3 == 0 {
                there.swap_remove(at);
                gone.push(number);
                store.write(move |tx| tx.meetings_mut().delete(id)).await.unwrap();
            }
        }
        gone
    }

    fn is_sound(folder: &Path) {
        let db = rusqlite::Connection::open(folder.join(FILE_NAME)).unwrap();
        let verdict: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        for index in INDEXES {
            db.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)"), [])
                .unwrap();
        }
    }

    #[tokio::test]
    async fn what_was_left_where_rows_were_before_is_overwritten() {
        let (folder, store) = scratch();
        store.sweep().await.unwrap();
        let gone = live(&store, &mut Dice(7), 300).await;
        assert!(super::super::lock(&store.0.writer).execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").is_ok());
        let before = left(folder.path(), &gone);
        assert!(!before.is_empty(), "SQLite leaves some: of {} meetings", gone.len());
        store.write(|tx| note_deletion(tx.0.0)).await.unwrap();
        assert!(store.sweep().await.unwrap(), "nobody reads the journal");
        assert_eq!(left(folder.path(), &gone), Vec::<u64>::new(), "before: {before:?}");
        is_sound(folder.path());
        let words = store.read(|db| db.meetings().find("lighthouse", &super::super::Filter::default(), 0, 1));
        assert!(words.await.unwrap().total > 50, "what is there is found");
    }

    #[tokio::test]
    async fn what_an_older_version_left_is_overwritten() {
        let (folder, store) = scratch();
        {
            let db = super::super::lock(&store.0.writer);
            db.pragma_update(None, "secure_delete", false).unwrap();
            for index in INDEXES {
                db.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', 0)"), [])
                    .unwrap();
            }
        }
        let gone = live(&store, &mut Dice(11), 200).await;
        store.close();
        let before = left(folder.path(), &gone);
        assert!(before.len() > gone.len() / 2, "it leaves much: {} of {}", before.len(), gone.len());
        drop(store);
        let store = open::open(folder.path()).unwrap().store;
        assert!(store.sweep().await.unwrap());
        assert_eq!(left(folder.path(), &gone), Vec::<u64>::new(), "the first sweep does");
        is_sound(folder.path());
    }

    #[tokio::test]
    async fn a_sweep_goes_on_while_others_write_and_after_it_was_cut_off() {
        let (folder, store) = scratch();
        live(&store, &mut Dice(13), 60).await;
        let mut cut_off = Sweep::of(&super::super::lock(&store.0.writer)).unwrap().unwrap();
        for _ in 0..4 {
            super::super::swept_on(&mut super::super::lock(&store.0.writer), &mut cut_off).unwrap();
        }
        let other = store.clone();
        let writing = tokio::spawn(async move { live(&other, &mut Dice(17), 60).await });
        store.sweep().await.unwrap();
        writing.await.unwrap();
        store.write(|tx| note_deletion(tx.0.0)).await.unwrap();
        store.sweep().await.unwrap();
        is_sound(folder.path());
    }
}
