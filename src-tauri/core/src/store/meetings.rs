//! Meetings, their items and transcripts, and the words to find them by.

use std::collections::HashSet;

use jiff::{Timestamp, civil};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::edits::digest;
use super::{Error, search};
use crate::adf::{Document, Inlines, Paragraph};
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::{Cue, Due, HeldAt, Item, ItemKind, Meeting};

/// The indexes of words.
pub(super) const INDEXES: [&str; 2] = ["meeting_words", "meeting_heads"];

/// Reads.
#[derive(Debug)]
pub struct Meetings<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct MeetingsMut<'a>(pub(super) &'a Connection);

/// A meeting in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Which.
    pub id: MeetingId,
    /// Its title.
    pub title: String,
    /// When it was held.
    pub held_at: Option<HeldAt>,
    /// How many items it has.
    pub items: u32,
    /// How many of them were sent.
    pub sent: u32,
    /// A few words around the hit, where the title does not show it.
    pub hit: Option<String>,
}

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

impl Meetings<'_> {
    /// One meeting, whole.
    pub fn get(&self, id: MeetingId) -> Result<Option<Meeting>, Error> {
        let Some(mut meeting) = self.head(id)? else { return Ok(None) };
        meeting.items = self.items(id)?;
        let mut cues = self
            .0
            .prepare_cached(
                "SELECT start_ms, end_ms, speaker, text FROM cues WHERE meeting_id = ? ORDER BY position",
            )
            .map_err(Error::of)?;
        meeting.transcript = cues
            .query_map([id.0], |row| {
                Ok(Cue {
                    start_ms: row.get(0)?,
                    end_ms: row.get(1)?,
                    speaker: row.get(2)?,
                    text: row.get(3)?,
                })
            })
            .and_then(Iterator::collect)
            .map_err(Error::of)?;
        Ok(Some(meeting))
    }

    fn items(&self, meeting: MeetingId) -> Result<Vec<Item>, Error> {
        self.0
            .prepare_cached(&format!("SELECT {ITEM} FROM items WHERE meeting_id = ? ORDER BY position"))
            .and_then(|mut query| query.query_map([meeting.0], item)?.collect())
            .map_err(Error::of)
    }

    /// A meeting without its items and transcript.
    pub fn head(&self, id: MeetingId) -> Result<Option<Meeting>, Error> {
        let found = self
            .0
            .prepare_cached(
                "SELECT title, held_at, held_on, minutes, participants, recording, source
                 FROM meetings WHERE id = ?",
            )
            .and_then(|mut query| {
                query
                    .query_row([id.0], |row| {
                        let participants: String = row.get(4)?;
                        let meeting = Meeting {
                            id,
                            title: row.get(0)?,
                            held_at: held_at(row.get(1)?, row.get::<_, Option<String>>(2)?.as_deref()),
                            minutes: row.get(3)?,
                            participants: Vec::new(),
                            recording: row.get(5)?,
                            items: Vec::new(),
                            transcript: Vec::new(),
                            source: row.get(6)?,
                        };
                        Ok((meeting, participants))
                    })
                    .optional()
            })
            .map_err(Error::of)?;
        found
            .map(|(meeting, participants)| {
                Ok(Meeting { participants: serde_json::from_str(&participants)?, ..meeting })
            })
            .transpose()
    }

    /// An item, and the meeting that it belongs to.
    pub fn item(&self, id: ItemId) -> Result<Option<(MeetingId, Item)>, Error> {
        self.0
            .prepare_cached(&format!("SELECT {ITEM}, meeting_id FROM items WHERE id = ?"))
            .and_then(|mut query| {
                query.query_row([id.0], |row| Ok((MeetingId(row.get("meeting_id")?), item(row)?))).optional()
            })
            .map_err(Error::of)
    }

    /// A meeting with those of its items that were asked for, in the meeting's order, and without its transcript. Items
    /// of other meetings are left out.
    pub fn with_items(&self, items: &[ItemId]) -> Result<Option<Meeting>, Error> {
        let Some((id, _)) = items.first().map(|first| self.item(*first)).transpose()?.flatten() else {
            return Ok(None);
        };
        let Some(mut meeting) = self.head(id)? else { return Ok(None) };
        meeting.items = self.items(id)?;
        let wanted: HashSet<&ItemId> = items.iter().collect();
        meeting.items.retain(|item| wanted.contains(&item.id));
        Ok(Some(meeting))
    }

    /// The meeting that a source knows by this key.
    pub fn by_source_key(&self, key: &str) -> Result<Option<MeetingId>, Error> {
        self.0
            .query_row("SELECT id FROM meetings WHERE source_key = ?", [key], |row| row.get(0).map(MeetingId))
            .optional()
            .map_err(Error::of)
    }

    /// Whether any sample meeting is there.
    pub fn has_samples(&self) -> Result<bool, Error> {
        self.0
            .query_row("SELECT EXISTS (SELECT 1 FROM meetings WHERE sample)", [], |row| row.get(0))
            .map_err(Error::of)
    }
}

/// The items that a source knows more of, and that nobody changed by hand. All seven parameters are named, so that one list
/// fits both who ask and who change.
const LACKING: &str = "meeting_id = ?1 AND source_kind = ?2 AND source_text = ?3 AND edited_at IS NULL
    AND (owner IS NULL AND ?4 IS NOT NULL OR due_text IS NULL AND coalesce(?5, ?6) IS NOT NULL OR NOT done AND ?7)";

pub(super) fn due_columns(item: &Item) -> (Option<&str>, Option<String>) {
    let due = item.due.as_ref();
    (due.map(|due| due.text.as_str()), due.and_then(|due| due.date).map(|date| date.to_string()))
}

/// A line with its emphasis and links, as it is kept.
pub(super) fn formatted(line: Option<Inlines>) -> Option<String> {
    line.map(|line| Document::new().with(Paragraph(line)).to_json())
}

/// Where a meeting came from, as far as the store keeps it.
#[derive(Clone, Debug)]
pub struct Origin {
    /// How the same meeting is known again in another file.
    pub source_key: Option<String>,
    /// Whether it is one of the samples that come with the app.
    pub sample: bool,
    /// Where it stands in the list; `None` for a meeting without a date.
    pub sort_at: Option<Timestamp>,
    /// Now.
    pub imported_at: Timestamp,
}

impl MeetingsMut<'_> {
    /// Stores a meeting that is not there yet.
    pub fn insert(&self, meeting: &Meeting, origin: &Origin) -> Result<(), Error> {
        let (moment, day) = match meeting.held_at {
            Some(HeldAt::Moment(at)) => (Some(at.as_millisecond()), None),
            Some(HeldAt::Day(day)) => (None, Some(day.to_string())),
            None => (None, None),
        };
        let seq = search::free_place(self.0, origin.sort_at)?;
        self.0
            .prepare_cached(
                "INSERT INTO meetings (id, title, held_at, held_on, sort_at, minutes, participants, recording,
                                       source, source_key, sample, imported_at, seq)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    meeting.id.0,
                    meeting.title,
                    moment,
                    day,
                    origin.sort_at.map(Timestamp::as_millisecond),
                    meeting.minutes,
                    serde_json::Value::from(meeting.participants.clone()).to_string(),
                    meeting.recording,
                    meeting.source,
                    origin.source_key,
                    origin.sample,
                    origin.imported_at.as_millisecond(),
                    seq,
                ])
            })
            .map_err(Error::of)?;
        if let Some(key) = &origin.source_key {
            // Somebody wants it back.
            self.0
                .execute("DELETE FROM removed_meetings WHERE digest = ?", [digest(key)])
                .map_err(Error::of)?;
        }
        self.append_items(meeting.id, 0, &meeting.items)?;
        self.put_transcript(meeting.id, &meeting.transcript)?;
        self.index(meeting.id)
    }

    /// Brings in what another file or a sync tells of a meeting that is there already: the one place that decides what of
    /// it is taken. Answers whether there was anything new.
    ///
    /// - An item is known again by its kind and words in the source, whatever a person made of it since.
    /// - One that is not known is added, unless a person removed it or merged it into another.
    /// - One that is known gets an owner and a due date that were missing, and is done once the source says so. One that a
    ///   person changed stays as it is.
    /// - A transcript and participants are taken if there are none.
    pub fn extend(&self, id: MeetingId, more: &Meeting) -> Result<bool, Error> {
        let Some(there) = Meetings(self.0).head(id)? else { return Ok(false) };
        let mut new: Vec<Item> = Vec::new();
        let mut known: Vec<&Item> = Vec::new();
        for item in &more.items {
            let (is_known, is_removed) = self.fate(id, item)?;
            if is_known {
                known.push(item);
            } else if !is_removed && !new.iter().any(|old| old.kind == item.kind && old.text == item.text) {
                new.push(item.clone());
            }
        }
        let has_transcript: bool = self
            .0
            .query_row("SELECT EXISTS (SELECT 1 FROM cues WHERE meeting_id = ?)", [id.0], |row| row.get(0))
            .map_err(Error::of)?;
        let transcript = !has_transcript && !more.transcript.is_empty();
        let participants = there.participants.is_empty() && !more.participants.is_empty();
        let mut changed = !new.is_empty() || transcript || participants;
        if !changed && !self.would_fill(id, &known)? {
            return Ok(false);
        }
        self.changing(id, || {
            for item in known {
                changed |= self.fill_in(id, item)?;
            }
            let position: usize = self
                .0
                .query_row(
                    "SELECT coalesce(max(position) + 1, 0) FROM items WHERE meeting_id = ?",
                    [id.0],
                    |row| row.get(0),
                )
                .map_err(Error::of)?;
            self.append_items(id, position, &new)?;
            if transcript {
                self.put_transcript(id, &more.transcript)?;
            }
            if participants {
                self.0
                    .execute(
                        "UPDATE meetings SET participants = ? WHERE id = ?",
                        params![serde_json::Value::from(more.participants.clone()).to_string(), id.0],
                    )
                    .map_err(Error::of)?;
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// Puts a longer transcript in place of one that it goes on from. Answers whether it was longer.
    pub fn go_on(&self, id: MeetingId, transcript: &[Cue]) -> Result<bool, Error> {
        let Some(there) = Meetings(self.0).get(id)? else { return Ok(false) };
        // The last cue may have been cut in the middle.
        let kept = there.transcript.len().saturating_sub(1);
        let goes_on = transcript.len() >= there.transcript.len()
            && transcript != there.transcript
            && transcript.get(..kept) == there.transcript.get(..kept);
        if goes_on {
            self.changing(id, || {
                self.0.execute("DELETE FROM cues WHERE meeting_id = ?", [id.0]).map_err(Error::of)?;
                self.put_transcript(id, transcript)
            })?;
        }
        Ok(goes_on)
    }

    /// Whether an item of the source is there, and whether a person removed it.
    fn fate(&self, meeting: MeetingId, item: &Item) -> Result<(bool, bool), Error> {
        self.0
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM items WHERE meeting_id = ?1
                                AND (source_kind = ?2 AND source_text = ?3 OR kind = ?2 AND text = ?3)),
                        EXISTS (SELECT 1 FROM removed_items WHERE meeting_id = ?1 AND kind = ?2 AND text = ?3)",
            )
            .and_then(|mut query| {
                query.query_row(params![meeting.0, kind_word(item.kind), item.text], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
            })
            .map_err(Error::of)
    }

    fn would_fill(&self, meeting: MeetingId, known: &[&Item]) -> Result<bool, Error> {
        let mut query =
            self.0.prepare_cached(&format!("SELECT 1 FROM items WHERE {LACKING}")).map_err(Error::of)?;
        for item in known {
            let (due, date) = due_columns(item);
            if query
                .exists(params![meeting.0, kind_word(item.kind), item.text, item.owner, due, date, item.done])
                .map_err(Error::of)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn fill_in(&self, meeting: MeetingId, item: &Item) -> Result<bool, Error> {
        let (due, date) = due_columns(item);
        self.0
            .prepare_cached(&format!(
                "UPDATE items SET owner = coalesce(owner, ?4), due_date = iif(due_text IS NULL, ?6, due_date),
                        due_text = coalesce(due_text, ?5), done = done OR ?7 WHERE {LACKING}"
            ))
            .and_then(|mut update| {
                update.execute(params![
                    meeting.0,
                    kind_word(item.kind),
                    item.text,
                    item.owner,
                    due,
                    date,
                    item.done
                ])
            })
            .map(|filled| filled > 0)
            .map_err(Error::of)
    }

    pub(super) fn append_items(&self, meeting: MeetingId, after: usize, items: &[Item]) -> Result<(), Error> {
        let mut insert = self
            .0
            .prepare_cached(
                "INSERT INTO items (id, meeting_id, position, kind, text, owner, due_text, due_date, done, at_ms,
                                    formatted, source_kind, source_text)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for (position, item) in items.iter().enumerate() {
            let (due, date) = due_columns(item);
            insert
                .execute(params![
                    item.id.0,
                    meeting.0,
                    after + position,
                    kind_word(item.kind),
                    item.text,
                    item.owner,
                    due,
                    date,
                    item.done,
                    item.at_ms,
                    formatted(item.formatted.clone()),
                    kind_word(item.kind),
                    item.text,
                ])
                .map_err(Error::of)?;
        }
        Ok(())
    }

    fn put_transcript(&self, meeting: MeetingId, cues: &[Cue]) -> Result<(), Error> {
        let mut insert = self
            .0
            .prepare_cached(
                "INSERT INTO cues (meeting_id, position, start_ms, end_ms, speaker, text) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .map_err(Error::of)?;
        for (position, cue) in cues.iter().enumerate() {
            insert
                .execute(params![meeting.0, position, cue.start_ms, cue.end_ms, cue.speaker, cue.text])
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Takes a meeting's words out of the indexes. They keep no text of their own and read the one that they forget, so
    /// this comes before each change of it.
    pub(super) fn unindex(&self, meeting: MeetingId) -> Result<(), Error> {
        for index in INDEXES {
            self.0
                .prepare_cached(&format!(
                    "DELETE FROM {index} WHERE rowid = (SELECT seq FROM meetings WHERE id = ?)"
                ))
                .and_then(|mut delete| delete.execute([meeting.0]))
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Puts a meeting's words into the indexes, after a change of them.
    pub(super) fn index(&self, meeting: MeetingId) -> Result<(), Error> {
        for (index, columns) in [
            ("meeting_words", "title, people, kinds, items, transcript"),
            ("meeting_heads", "title, people, kinds"),
        ] {
            self.0
                .prepare_cached(&format!(
                    "INSERT INTO {index} (rowid, {columns}) SELECT seq, {columns} FROM meeting_texts
                     WHERE seq = (SELECT seq FROM meetings WHERE id = ?)"
                ))
                .and_then(|mut insert| insert.execute([meeting.0]))
                .map_err(Error::of)?;
        }
        Ok(())
    }

    /// Deletes the sample meetings. Deliveries of theirs stay.
    pub fn delete_samples(&self) -> Result<(), Error> {
        let samples: Vec<MeetingId> = self
            .0
            .prepare("SELECT id FROM meetings WHERE sample")
            .and_then(|mut query| query.query_map([], |row| row.get(0).map(MeetingId))?.collect())
            .map_err(Error::of)?;
        samples.into_iter().try_for_each(|id| self.unindex(id))?;
        self.0.execute("DELETE FROM meetings WHERE sample", []).map(|_| ()).map_err(Error::of)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{Filter, Store, scratch};
    use super::*;
    use crate::adf::from_markdown;

    pub(crate) fn meeting(title: &str, day: Option<&str>, items: &[&str]) -> (Meeting, Origin) {
        let day: Option<civil::Date> = day.map(|day| day.parse().unwrap());
        let meeting = Meeting {
            id: MeetingId::new(),
            title: title.to_owned(),
            held_at: day.map(HeldAt::Day),
            minutes: Some(45),
            participants: vec!["Ada Lovelace".to_owned(), "René".to_owned()],
            recording: None,
            items: items
                .iter()
                .map(|text| Item {
                    id: ItemId::new(),
                    kind: ItemKind::Task,
                    text: (*text).to_owned(),
                    formatted: Some(from_markdown(&format!("**{text}**"), &mut String::new).into_line()),
                    owner: Some("Grace".to_owned()),
                    due: Some(Due { text: "20 Nov 2026".to_owned(), date: "2026-11-20".parse().ok() }),
                    done: false,
                    at_ms: Some(5_000),
                })
                .collect(),
            transcript: vec![Cue { start_ms: 1, end_ms: 2, speaker: None, text: "Hello".to_owned() }],
            source: "test".to_owned(),
        };
        let origin = Origin {
            source_key: None,
            sample: title.starts_with("Sample"),
            sort_at: day.map(|day| day.in_tz("UTC").unwrap().timestamp()),
            imported_at: Timestamp::UNIX_EPOCH,
        };
        (meeting, origin)
    }

    pub(crate) async fn filled(store: &Store, meetings: Vec<(Meeting, Origin)>) {
        store
            .write(move |tx| {
                meetings.iter().try_for_each(|(meeting, origin)| tx.meetings_mut().insert(meeting, origin))
            })
            .await
            .unwrap();
    }

    pub(crate) async fn found(store: &Store, words: &'static str) -> Vec<(String, Option<String>)> {
        let found = store.read(move |db| db.meetings().find(words, &Filter::default(), 0, 10)).await.unwrap();
        let rows = found.rows;
        assert_eq!(found.total as usize, rows.len(), "the total counts what matches");
        rows.into_iter().map(|row| (row.title, row.hit)).collect()
    }

    #[tokio::test]
    async fn comes_back_as_it_went_in() {
        let (_folder, store) = scratch();
        let (meeting, origin) = meeting("Weekly", Some("2026-11-12"), &["Write the guide", "Pilot"]);
        let expected = meeting.clone();
        filled(&store, vec![(meeting, origin)]).await;
        let id = expected.id;
        let back = store.read(move |db| db.meetings().get(id)).await.unwrap();
        assert_eq!(back, Some(expected), "nothing is lost or invented on the way through the cache");
    }

    #[tokio::test]
    async fn newest_first_and_undated_before_them() {
        let (_folder, store) = scratch();
        filled(
            &store,
            vec![
                meeting("Old", Some("2026-11-01"), &[]),
                meeting("New", Some("2026-11-12"), &[]),
                meeting("Undated", None, &[]),
            ],
        )
        .await;
        let found = store.read(|db| db.meetings().find("", &Filter::default(), 0, 2)).await.unwrap();
        let total = found.total;
        let titles: Vec<_> = found.rows.into_iter().map(|row| row.title).collect();
        assert_eq!(
            (total, titles),
            (3, vec!["Undated".to_owned(), "New".to_owned()]),
            "a stretch of the order"
        );
    }

    #[tokio::test]
    async fn found_by_title_person_and_item_while_typing() {
        let (_folder, store) = scratch();
        filled(
            &store,
            vec![
                meeting("Weekly sync", Some("2026-11-12"), &["Ship the importer behind a flag"]),
                meeting("Other", None, &[]),
            ],
        )
        .await;
        assert_eq!(
            found(&store, "week").await,
            [("Weekly sync".to_owned(), None)],
            "the title shows the hit itself"
        );
        let hit = "Ship the importer behind a flag · Grace".to_owned();
        assert_eq!(
            found(&store, "impor fla").await,
            [("Weekly sync".to_owned(), Some(hit))],
            "prefixes of words"
        );
        assert_eq!(found(&store, "rene").await.len(), 2, "accents do not matter");
        assert!(found(&store, "\" OR title:*").await.is_empty(), "operators are only words");
    }

    #[tokio::test]
    async fn more_of_the_same_meeting_is_added_once() {
        let (_folder, store) = scratch();
        let (first, origin) = meeting("Weekly", Some("2026-11-12"), &["One"]);
        let (more, _) = meeting("Weekly", Some("2026-11-12"), &["One", "Two"]);
        let id = first.id;
        filled(&store, vec![(first, origin)]).await;
        let again = more.clone();
        let changed = store
            .write(move |tx| {
                Ok((tx.meetings_mut().extend(id, &more)?, tx.meetings_mut().extend(id, &again)?))
            })
            .await
            .unwrap();
        assert_eq!(changed, (true, false), "the second time there is nothing new");
        let texts: Vec<_> = store
            .read(move |db| db.meetings().get(id))
            .await
            .unwrap()
            .unwrap()
            .items
            .into_iter()
            .map(|i| i.text)
            .collect();
        assert_eq!(texts, ["One", "Two"], "items keep their order and come once");
        assert_eq!(found(&store, "two").await.len(), 1, "what was added can be found");
    }

    #[tokio::test]
    async fn samples_go_and_leave_the_rest() {
        let (_folder, store) = scratch();
        filled(&store, vec![meeting("Sample", None, &["x"]), meeting("Mine", None, &["y"])]).await;
        store.write(|tx| tx.meetings_mut().delete_samples()).await.unwrap();
        let rows = store.read(|db| db.meetings().find("", &Filter::default(), 0, 9)).await.unwrap().rows;
        assert_eq!(rows.len(), 1, "only the person's own meeting is left");
        assert!(found(&store, "sample").await.is_empty(), "and the samples' words are gone too");
    }
}
