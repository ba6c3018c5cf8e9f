//! What is left of deleted words in the indexes.

use rusqlite::{Connection, params};

use super::STRETCH;
use crate::store::Error;

/// So many pages of an index are written anew in one transaction.
const MERGED: i32 = 256;

/// Rewrites a part of an index without its tombstones. Answers whether that is done.
pub(super) fn merge(tx: &Connection, index: &str, is_begun: bool) -> Result<bool, Error> {
    // As FTS5 documents it: a negative number begins, positive ones go on, and fewer than two changes are the end.
    let pages = if is_begun { MERGED } else { -MERGED };
    let before = tx.total_changes();
    tx.execute(&format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)"), [pages])
        .map_err(Error::of)?;
    Ok(is_begun && tx.total_changes() - before < 2)
}

/// Looks at some of the words that stand between the leaves of an index, and puts the first word of its leaf in the place of
/// one that does not begin any word there. Answers the last one that was looked at.
pub(super) fn words(
    tx: &Connection,
    index: &str,
    segment: i64,
    term: &[u8],
) -> Result<Option<(i64, Vec<u8>)>, Error> {
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
