//! Finding meetings while somebody types, among many years of them. Refuses to look at every match: a search takes the
//! newest [`MAX_MATCHES`] and puts those first whose title or people hold the words, then those whose items do, then those in
//! which it was only said; each newest first. Called through [`Meetings`].

use std::collections::HashSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use rusqlite::{Rows, params};

use super::Error;
use super::index::{DATED, position};
use super::meetings::Meetings;
use super::notes::Notes;
use super::rows::{held_at, kind_word};
use super::words::Typed;
use crate::domain::id::MeetingId;
use crate::domain::meeting::{HeldAt, ItemKind};

/// So many matches are counted and ranked; nobody scrolls further, and a search for "a" would match everything.
pub const MAX_MATCHES: u32 = 1000;

/// So many lines of transcripts are looked through for the snippets of one page of results.
const LINES: u32 = 3000;

/// Which meetings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With items of one of these kinds; empty for all.
    pub kinds: Vec<ItemKind>,
    /// With this person: there, owning an item, or speaking.
    pub person: String,
    /// Held at this moment or later.
    pub from: Option<Timestamp>,
    /// Held before this moment.
    pub before: Option<Timestamp>,
    /// Of which something was sent, or nothing.
    pub sent: Option<bool>,
}

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

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matches {
    /// How many match, at most [`MAX_MATCHES`] where words or people are looked for.
    pub total: u32,
    /// Whether more match than were counted.
    pub more: bool,
    /// The page of results.
    pub rows: Vec<Summary>,
}

/// How far a transcript was looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookedIn {
    /// In this line the words are.
    Found(u32),
    /// They are in none of the lines before this one.
    Until(u32),
    /// They are in no line.
    All,
}

const SENT: &str =
    "(SELECT m.seq FROM deliveries d JOIN meetings m ON m.id = d.meeting_id WHERE d.state = 'sent')";

impl Filter {
    fn range(&self) -> (i64, i64) {
        let from = self.from.map_or(i64::MIN, |at| position(Some(at)));
        let before = self.before.map(|at| position(Some(at)) - 1);
        // A meeting without a date was held neither before nor after a day.
        let last = before.unwrap_or(if self.from.is_some() { DATED.1 } else { i64::MAX });
        (from, last)
    }

    /// What is asked of the indexes beside the words.
    fn terms(&self) -> Vec<String> {
        let mut terms = Vec::new();
        if !self.kinds.is_empty() {
            let kinds: Vec<String> = self
                .kinds
                .iter()
                .map(|kind| format!("\"\u{E000}{}\"", kind_word(*kind).replace('_', "")))
                .collect();
            terms.push(format!("({})", kinds.join(" OR ")));
        }
        let person = Typed::read(&self.person);
        if !person.is_empty() {
            terms.push(format!("people : ({})", person.to_query()));
        }
        terms
    }

    fn sent(&self, column: &str) -> String {
        match self.sent {
            Some(true) => format!("AND {column} IN {SENT}"),
            Some(false) => format!("AND {column} NOT IN {SENT}"),
            None => String::new(),
        }
    }
}

impl Meetings<'_> {
    /// A page of the meetings that hold all these words, or words that start with them, and pass the filter; the best
    /// first, without words the newest first.
    pub fn find(&self, words: &str, filter: &Filter, offset: u32, limit: u32) -> Result<Matches, Error> {
        let typed = Typed::read(words);
        if typed.is_empty() && !words.trim().is_empty() {
            return Ok(Matches { total: 0, more: false, rows: Vec::new() });
        }
        let mut terms = filter.terms();
        if typed.is_empty() && terms.is_empty() {
            return self.stretch(filter, offset, limit);
        }
        let ranked = if typed.is_empty() {
            self.newest("meeting_heads", &terms.join(" AND "), filter, filter.range(), MAX_MATCHES + 1)?
        } else {
            let query = typed.to_query();
            terms.push(format!("({query})"));
            self.ranked(&terms, &query, filter)?
        };
        let more = ranked.len() > MAX_MATCHES as usize;
        let ranked = &ranked[..ranked.len().min(MAX_MATCHES as usize)];
        let page: Vec<i64> = ranked.iter().skip(offset as usize).take(limit as usize).copied().collect();
        let mut rows = self.at_positions(&page)?;
        self.add_hits(&mut rows, &typed)?;
        Ok(Matches { total: u32::try_from(ranked.len()).unwrap_or(MAX_MATCHES), more, rows })
    }

    /// The positions of the best matches, one more than are shown if there are more.
    fn ranked(&self, terms: &[String], words: &str, filter: &Filter) -> Result<Vec<i64>, Error> {
        let all = terms.join(" AND ");
        let most = MAX_MATCHES + 1;
        let heads = self.newest("meeting_heads", &all, filter, filter.range(), most)?;
        if heads.len() == most as usize {
            return Ok(heads);
        }
        let anywhere = self.newest("meeting_words", &all, filter, filter.range(), most)?;
        if anywhere.len() == heads.len() {
            return Ok(heads);
        }
        let mut seen: HashSet<i64> = heads.iter().copied().collect();
        let mut ranked = heads;
        // Of the newest, those that hold the words in their items are a stretch of the index that is as short.
        if let (Some(last), Some(first)) = (anywhere.last(), anywhere.first()) {
            let terms = &terms[..terms.len() - 1];
            let mut narrow = format!("{{title people items}} : ({words})");
            for term in terms {
                // Writing to a string cannot fail.
                let _ = write!(narrow, " AND {term}");
            }
            let in_items = self.newest("meeting_words", &narrow, filter, (*last, *first), most)?;
            ranked.extend(in_items.into_iter().filter(|position| seen.insert(*position)));
        }
        ranked.extend(anywhere.into_iter().filter(|position| seen.insert(*position)));
        Ok(ranked)
    }

    /// The newest positions at which an index matches: its last rows.
    fn newest(
        &self,
        index: &str,
        query: &str,
        filter: &Filter,
        (from, to): (i64, i64),
        most: u32,
    ) -> Result<Vec<i64>, Error> {
        let sent = filter.sent("rowid");
        self.0
            .prepare_cached(&format!(
                "SELECT rowid FROM {index} WHERE {index} MATCH ? AND rowid BETWEEN ? AND ? {sent}
                 ORDER BY rowid DESC LIMIT ?"
            ))
            .and_then(|mut find| find.query_map(params![query, from, to, most], |row| row.get(0))?.collect())
            .map_err(Error::of)
    }

    /// A page of the list where no index is needed.
    fn stretch(&self, filter: &Filter, offset: u32, limit: u32) -> Result<Matches, Error> {
        let (from, to) = filter.range();
        let sent = filter.sent("seq");
        let total = if *filter == Filter::default() {
            self.0.query_row("SELECT meetings FROM library", [], |row| row.get(0))
        } else {
            let sql = format!("SELECT count(*) FROM meetings WHERE seq BETWEEN ? AND ? {sent}");
            self.0.prepare_cached(&sql).and_then(|mut count| count.query_row([from, to], |row| row.get(0)))
        };
        let positions: Vec<i64> = self
            .0
            .prepare_cached(&format!(
                "SELECT seq FROM meetings WHERE seq BETWEEN ? AND ? {sent} ORDER BY seq DESC LIMIT ? OFFSET ?"
            ))
            .and_then(|mut find| {
                find.query_map(params![from, to, limit, offset], |row| row.get(0))?.collect()
            })
            .map_err(Error::of)?;
        Ok(Matches { total: total.map_err(Error::of)?, more: false, rows: self.at_positions(&positions)? })
    }

    /// The meetings at these positions, in this order.
    fn at_positions(&self, positions: &[i64]) -> Result<Vec<Summary>, Error> {
        let mut query = self
            .0
            .prepare_cached(
                "SELECT m.id, m.title, m.held_at, m.held_on,
                        (SELECT count(*) FROM items i WHERE i.meeting_id = m.id),
                        (SELECT count(DISTINCT di.item_id) FROM deliveries d
                         JOIN delivery_items di ON di.delivery_id = d.id
                         WHERE d.meeting_id = m.id AND d.state = 'sent')
                 FROM meetings m WHERE m.seq = ?",
            )
            .map_err(Error::of)?;
        positions
            .iter()
            .map(|position| {
                query.query_row([position], |row| {
                    Ok(Summary {
                        id: MeetingId(row.get(0)?),
                        title: row.get(1)?,
                        held_at: held_at(row.get(2)?, row.get::<_, Option<String>>(3)?.as_deref()),
                        items: row.get(4)?,
                        sent: row.get(5)?,
                        hit: None,
                    })
                })
            })
            .collect::<Result<_, _>>()
            .map_err(Error::of)
    }

    /// Adds the words around the hit where the title does not show it.
    fn add_hits(&self, rows: &mut [Summary], typed: &Typed) -> Result<(), Error> {
        let mut lines = LINES;
        for row in rows {
            if typed.is_empty() || typed.around(&row.title).is_some() {
                continue;
            }
            row.hit = self.hit(row.id, typed, &mut lines)?;
        }
        Ok(())
    }

    fn hit(&self, id: MeetingId, typed: &Typed, lines: &mut u32) -> Result<Option<String>, Error> {
        for sql in [
            "SELECT text || coalesce(' · ' || owner, '') FROM items WHERE meeting_id = ? ORDER BY position LIMIT ?",
            "SELECT group_concat(value, ' · ') FROM (SELECT value FROM meetings m, json_each(m.participants)
             WHERE m.id = ?) LIMIT ?",
            "SELECT text FROM cues WHERE meeting_id = ? ORDER BY position LIMIT ?",
            "SELECT text FROM notes WHERE meeting_id = ? LIMIT ?",
            "SELECT DISTINCT speaker FROM cues WHERE meeting_id = ? AND speaker IS NOT NULL LIMIT ?",
        ] {
            let mut query = self.0.prepare_cached(sql).map_err(Error::of)?;
            let texts = query.query(params![id.0, *lines]).map_err(Error::of)?;
            if let Some((_, hit)) = first_hit(texts, typed, lines)? {
                return Ok(Some(hit));
            }
        }
        Ok(None)
    }

    /// Looks in some lines of a meeting's transcript for the first with words that stand in nothing else that is shown of it;
    /// of a phrase that goes on in the next line, that one. `from` is counted from 0.
    pub fn look_in_transcript(
        &self,
        id: MeetingId,
        words: &str,
        from: u32,
        lines: u32,
    ) -> Result<LookedIn, Error> {
        let Some(meeting) = self.without_transcript(id)? else { return Ok(LookedIn::All) };
        let notes = Notes(self.0).of(id)?;
        let mut shown = vec![meeting.title.as_str()];
        shown.extend(meeting.participants.iter().map(String::as_str));
        shown.extend(
            meeting.items.iter().flat_map(|item| [Some(item.text.as_str()), item.owner.as_deref()]).flatten(),
        );
        shown.extend(notes.as_deref());
        let typed = Typed::read(words).not_in(&shown);
        if typed.is_empty() {
            return Ok(LookedIn::All);
        }
        // A phrase may begin in the line before.
        let start = from.saturating_sub(1);
        let mut left = lines + (from - start);
        let mut query = self
            .0
            .prepare_cached(
                "SELECT text FROM cues WHERE meeting_id = ? AND position >= ? ORDER BY position LIMIT ?",
            )
            .map_err(Error::of)?;
        let texts = query.query(params![id.0, start, left]).map_err(Error::of)?;
        Ok(match first_hit(texts, &typed, &mut left)? {
            Some((number, _)) => LookedIn::Found(start + number),
            None if left > 0 => LookedIn::All,
            None => LookedIn::Until(from + lines),
        })
    }
}

/// The first of these texts that holds any of the words: its number, and the words around the hit. Takes the texts that were
/// looked through from `lines`.
fn first_hit(mut texts: Rows<'_>, typed: &Typed, lines: &mut u32) -> Result<Option<(u32, String)>, Error> {
    let mut before = String::new();
    let mut number = 0;
    while let Some(row) = texts.next().map_err(Error::of)? {
        *lines = lines.saturating_sub(1);
        let text = row.get_ref(0).map_err(Error::of)?;
        let text = text.as_str_or_null().ok().flatten().unwrap_or_default();
        let hit = if typed.has_phrase() {
            // It may begin in the line before.
            let both = format!("{before} {text}");
            text.clone_into(&mut before);
            typed.around(&both)
        } else {
            typed.around(text)
        };
        if let Some(hit) = hit {
            return Ok(Some((number, hit)));
        }
        number += 1;
    }
    Ok(None)
}
