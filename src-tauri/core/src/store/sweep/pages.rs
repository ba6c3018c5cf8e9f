//! What is left of deleted words on pages of the file.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::STRETCH;
use crate::store::Error;

/// Overwrites what is free behind the long rows of one table or index of the schema, which end on pages of their own: a page
/// that is overwritten when it is freed leaves nothing there. Answers whether there is one of that number.
pub(super) fn tails(tx: &Connection, number: usize) -> Result<bool, Error> {
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

/// Overwrites the pages that are free.
pub(super) fn freed(tx: &Connection) -> Result<(), Error> {
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
pub(super) fn pages(tx: &Connection, from: u32) -> Result<Option<u32>, Error> {
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
