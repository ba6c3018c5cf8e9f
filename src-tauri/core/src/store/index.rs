//! The indexes of words, and the positions at which they hold meetings: a position tells the order of the list. An index keeps no
//! text of its own, so everybody who changes a word of a meeting does it through [`changing`].

use jiff::Timestamp;
use rusqlite::Connection;

use super::Error;
use crate::domain::id::MeetingId;

/// The indexes of words.
pub(super) const INDEXES: [&str; 2] = ["meeting_words", "meeting_heads"];

/// The positions in one minute, and the position of the first meeting without a date. The migration numbers alike.
const POSITIONS: i64 = 4096;
const NO_DATE: i64 = 1 << 52;

/// The positions of meetings with a date, and of those without.
pub(super) const DATED: (i64, i64) = (i64::MIN, NO_DATE - 1);
pub(super) const UNDATED: (i64, i64) = (NO_DATE, i64::MAX);

/// The first position of the list's minute.
pub(super) fn position(sort_at: Option<Timestamp>) -> i64 {
    sort_at.map_or(NO_DATE, |at| at.as_second().div_euclid(60) * POSITIONS)
}

/// The next free position for a meeting of this moment.
pub(super) fn free_position(db: &Connection, sort_at: Option<Timestamp>) -> Result<i64, Error> {
    let mut first = position(sort_at);
    // A minute that is full, as an import of thousands with one date may make it, spills into the next.
    loop {
        let end = if sort_at.is_none() { i64::MAX } else { first + POSITIONS - 1 };
        let last: Option<i64> = db
            .prepare_cached("SELECT max(seq) FROM meetings WHERE seq BETWEEN ? AND ?")
            .and_then(|mut query| query.query_row([first, end], |row| row.get(0)))
            .map_err(Error::of)?;
        match last {
            None => return Ok(first),
            Some(last) if last < end => return Ok(last + 1),
            Some(_) => first += POSITIONS,
        }
    }
}

/// Changes the words of a meeting, with the indexes brought along.
pub(super) fn changing(
    db: &Connection,
    meeting: MeetingId,
    change: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    unindex(db, meeting)?;
    change()?;
    index(db, meeting)
}

/// Takes a meeting's words out of the indexes. They keep no text of their own and read the one that they forget, so
/// this comes before each change of it.
pub(super) fn unindex(db: &Connection, meeting: MeetingId) -> Result<(), Error> {
    for index in INDEXES {
        db.prepare_cached(&format!(
            "DELETE FROM {index} WHERE rowid = (SELECT seq FROM meetings WHERE id = ?)"
        ))
        .and_then(|mut delete| delete.execute([meeting.0]))
        .map_err(Error::of)?;
    }
    Ok(())
}

/// Puts a meeting's words into the indexes, after a change of them.
pub(super) fn index(db: &Connection, meeting: MeetingId) -> Result<(), Error> {
    for (index, columns) in [
        ("meeting_words", "title, people, kinds, items, transcript"),
        ("meeting_heads", "title, people, kinds"),
    ] {
        db.prepare_cached(&format!(
            "INSERT INTO {index} (rowid, {columns}) SELECT seq, {columns} FROM meeting_texts
                 WHERE seq = (SELECT seq FROM meetings WHERE id = ?)"
        ))
        .and_then(|mut insert| insert.execute([meeting.0]))
        .map_err(Error::of)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::meetings::tests::{filled, found, meeting};
    use super::super::scratch;
    use super::*;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    #[test]
    fn positions_are_in_the_order_of_the_list() {
        let positions = [at(-120), at(-60), at(0), at(60), None].map(position);
        assert!(positions.is_sorted() && positions[0] < positions[1], "{positions:?}");
        assert_eq!(position(at(0)), position(at(59)), "a minute is one position, for many");
        assert!(positions[..4].iter().all(|position| (DATED.0..=DATED.1).contains(position)));
        assert!((UNDATED.0..=UNDATED.1).contains(&positions[4]));
    }

    #[tokio::test]
    async fn a_minute_that_is_full_spills_into_the_next() {
        let (_folder, store) = scratch();
        let position_of = |minute| store.read(move |db| free_position(db.0, at(minute)));
        let first = position_of(0).await.unwrap();
        let (one, mut origin) = meeting("One", None, &[]);
        origin.sort_at = at(0);
        filled(&store, vec![(one, origin)]).await;
        assert_eq!(position_of(0).await.unwrap(), first + 1);
        assert_eq!(position_of(60).await.unwrap(), first + POSITIONS, "the next minute has its own");
        store
            .write(move |tx| {
                let full = "UPDATE meetings SET seq = ?";
                tx.0.0.execute(full, [first + POSITIONS - 1]).map(|_| ()).map_err(Error::of)
            })
            .await
            .unwrap();
        assert_eq!(position_of(0).await.unwrap(), first + POSITIONS);
    }

    #[tokio::test]
    async fn what_is_changed_is_found_by_its_new_words_alone() {
        let (_folder, store) = scratch();
        let (weekly, origin) = meeting("Weekly", None, &[]);
        let id = weekly.id;
        filled(&store, vec![(weekly, origin)]).await;
        store
            .write(move |tx| {
                let db = tx.0.0;
                changing(db, id, || {
                    db.execute("UPDATE meetings SET title = 'Retro'", []).map(|_| ()).map_err(Error::of)
                })
            })
            .await
            .unwrap();
        assert_eq!((found(&store, "weekly").await.len(), found(&store, "retro").await.len()), (0, 1));
    }
}
