//! What the tables of this room have in common: the words that stand for values, lists of columns, and how a row is read.

use jiff::{Timestamp, civil};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;

use super::Error;
use crate::adf::{Document, Inlines, Paragraph};
use crate::domain::destination::Action;
use crate::domain::id::ItemId;
use crate::domain::meeting::{Due, HeldAt, Item, ItemKind};

pub(super) fn kind_word(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Insight => "insight",
        ItemKind::Decision => "decision",
        ItemKind::NextStep => "next_step",
        ItemKind::Task => "task",
    }
}

fn kind(word: &str) -> ItemKind {
    match word {
        "decision" => ItemKind::Decision,
        "next_step" => ItemKind::NextStep,
        "task" => ItemKind::Task,
        // The table's CHECK lets nothing else in.
        _ => ItemKind::Insight,
    }
}

pub(super) fn held_at(moment: Option<i64>, day: Option<&str>) -> Option<HeldAt> {
    match moment {
        Some(ms) => Timestamp::from_millisecond(ms).ok().map(HeldAt::Moment),
        None => day?.parse::<civil::Date>().ok().map(HeldAt::Day),
    }
}

pub(super) fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let due: Option<String> = row.get(4)?;
    let date: Option<String> = row.get(5)?;
    Ok(Item {
        id: ItemId(row.get(0)?),
        kind: kind(&row.get::<_, String>(1)?),
        text: row.get(2)?,
        owner: row.get(3)?,
        due: due.map(|text| Due { text, date: date.and_then(|date| date.parse().ok()) }),
        done: row.get(6)?,
        at_ms: row.get(7)?,
        // Only a newer version could have kept what this one cannot read; the plain words are there in any case.
        formatted: row
            .get::<_, Option<String>>(8)?
            .and_then(|json| Document::parse(&json).ok())
            .map(Document::into_line),
    })
}

/// The columns that [`item`] reads, in its order.
pub(super) const ITEM: &str = "id, kind, text, owner, due_text, due_date, done, at_ms, formatted";

pub(super) fn due_columns(item: &Item) -> (Option<&str>, Option<String>) {
    let due = item.due.as_ref();
    (due.map(|due| due.text.as_str()), due.and_then(|due| due.date).map(|date| date.to_string()))
}

/// A line with its emphasis and links, as it is kept.
pub(super) fn formatted(line: Option<Inlines>) -> Option<String> {
    line.map(|line| Document::new().with(Paragraph(line)).to_json())
}

pub(super) fn action_word(action: Action) -> &'static str {
    match action {
        Action::CreatePage => "create_page",
        Action::AddComment => "add_comment",
    }
}

/// A document that a row keeps whole, as JSON.
pub(super) fn json<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, Error> {
    let json: Option<String> = db
        .prepare_cached(sql)
        .and_then(|mut query| query.query_row(params, |row| row.get(0)).optional())
        .map_err(Error::of)?;
    Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
}

/// Several of them.
pub(super) fn jsons<T: DeserializeOwned>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, Error> {
    let jsons: Vec<String> = db
        .prepare_cached(sql)
        .and_then(|mut query| query.query_map(params, |row| row.get(0))?.collect())
        .map_err(Error::of)?;
    Ok(jsons.iter().map(|json| serde_json::from_str(json)).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_a_kind_is_read_as_that_kind() {
        for one in [ItemKind::Insight, ItemKind::Decision, ItemKind::NextStep, ItemKind::Task] {
            assert_eq!(kind(kind_word(one)), one);
        }
    }

    #[test]
    fn a_meeting_is_held_at_a_moment_or_on_a_day_or_nobody_knows() {
        assert_eq!(held_at(Some(5_000), None), Timestamp::from_second(5).ok().map(HeldAt::Moment));
        assert_eq!(held_at(None, Some("2026-11-12")), Some(HeldAt::Day(civil::date(2026, 11, 12))));
        assert_eq!(held_at(None, Some("some day")), None);
        assert_eq!(held_at(None, None), None);
    }
}
