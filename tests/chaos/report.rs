//! The count at the end: what the app says, what Confluence has, and what the file holds. What is not to be there is there for a
//! reason that has a name.
#![expect(clippy::disallowed_types, reason = "looks at the store's file from outside")]

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use anyhow::Result;
use rusqlite::Connection;
use sally_core::adf::Document;
use sally_core::domain::id::DeliveryId;
use sally_core::store::FILE_NAME;
use tempfile::TempDir;

use super::app::Standing;
use super::run::Chaos;
use super::sent::{Fate, Sent};

/// What is counted at the end.
pub(crate) struct Report {
    sent: usize,
    waiting: usize,
    /// What waits, by its state.
    states: BTreeMap<String, usize>,
    lost: Vec<String>,
    doubled: Vec<String>,
    forgotten: usize,
    kills: usize,
    posts: usize,
    told: usize,
    logins: usize,
    tokens: usize,
    restores: usize,
    troubles: Troubles,
    unreadable: usize,
}

/// What else went wrong, how often.
#[derive(Clone, Copy, Default)]
pub(super) struct Troubles {
    /// No file could grow.
    pub(super) full: usize,
    /// The database could not grow.
    pub(super) full_databases: usize,
    /// What was sent then was refused.
    pub(super) refused: usize,
    /// The program was started on a full disk.
    pub(super) full_starts: usize,
    /// It refused to start then.
    pub(super) refused_starts: usize,
    /// What is sent was held back from then on.
    pub(super) holds: usize,
    /// A delivery was to be taken back.
    pub(super) cancels: usize,
    /// It was.
    pub(super) cancelled: usize,
    /// An edit was to take the place of a delivery.
    pub(super) edits: usize,
    /// It did.
    pub(super) replaced: usize,
    /// The machine's clock was wrong.
    pub(super) jumps: usize,
    /// A day and an hour went by.
    pub(super) days: usize,
    /// A meeting was deleted for good.
    pub(super) meetings: usize,
    /// An item was sent at once.
    pub(super) quick: usize,
}

impl Report {
    /// Whether nothing is lost and nothing doubled.
    pub(crate) fn is_good(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lost.iter().chain(&self.doubled) {
            writeln!(f, "  {line}")?;
        }
        let Self { kills, logins, tokens, posts, told, restores, forgotten, unreadable, .. } = self;
        let Troubles { full, full_databases, refused, full_starts, refused_starts, .. } = self.troubles;
        let Troubles { jumps, days, meetings, quick, holds, .. } = self.troubles;
        let Troubles { cancels, cancelled, edits, replaced, .. } = self.troubles;
        writeln!(
            f,
            "killed {kills} times; {logins} logins, {tokens} API tokens; {posts} requests to make something"
        )?;
        writeln!(
            f,
            "{cancelled} of {cancels} cancels and {replaced} of {edits} edits took effect, and {told} edits were told that \
             what they replace had gone; sending was held back {holds} times; {quick} items were sent at once"
        )?;
        writeln!(
            f,
            "no file could grow {full} times, and the database {full_databases} times, which refused {refused}; \
             of {full_starts} starts on a full disk {refused_starts} were refused"
        )?;
        writeln!(
            f,
            "an older file was put back {restores} times, which forgot {forgotten}; {unreadable} rows were made unreadable; \
             the clock was wrong {jumps} times, and a day went by {days} times; {meetings} meetings were deleted"
        )?;
        for (state, count) in &self.states {
            writeln!(f, "waiting as {state}: {count}")?;
        }
        let (lost, doubled) = (self.lost.len(), self.doubled.len());
        write!(f, "sent {}, waiting {}, lost {lost}, doubled {doubled}", self.sent, self.waiting)
    }
}

/// A delivery, as the last run left it on disk.
pub(super) struct Stored {
    words: String,
    account: String,
}

pub(super) fn stored(folder: &TempDir) -> Result<HashMap<DeliveryId, Stored>> {
    let db = Connection::open(folder.path().join(FILE_NAME))?;
    let mut query = db.prepare("SELECT id, document, account_id FROM deliveries")?;
    let rows =
        query.query_map([], |row| Ok((DeliveryId(row.get(0)?), row.get::<_, String>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (id, document, account) = row?;
        Ok((id, Stored { words: Document::parse(&document)?.text(), account }))
    })
    .collect()
}

impl Sent {
    /// Whether the file has its words.
    fn is_in(&self, stored: &Stored) -> bool {
        if self.quick { !stored.words.is_empty() } else { stored.words == self.words }
    }
}

impl Chaos {
    /// Compares what the app says with what Confluence has.
    pub(super) fn count(
        &self,
        all: &[Sent],
        standings: &[Standing],
        stored: &HashMap<DeliveryId, Stored>,
    ) -> Report {
        let mut there: HashMap<&str, Vec<&str>> = HashMap::new();
        let (pages, comments) = (self.sandbox.pages(), self.sandbox.comments());
        let made = pages.iter().map(|page| (page.text.as_str(), page.author.as_str()));
        for (text, author) in made.chain(comments.iter().map(|one| (one.text.as_str(), one.author.as_str())))
        {
            there.entry(text).or_default().push(author);
        }
        let by_id: HashMap<DeliveryId, &Standing> = standings.iter().map(|one| (one.id, one)).collect();
        let mut report = Report {
            sent: 0,
            waiting: 0,
            states: BTreeMap::new(),
            lost: Vec::new(),
            doubled: Vec::new(),
            forgotten: 0,
            kills: self.kills,
            posts: self.sandbox.count("POST", "/api/v2/"),
            told: self.told,
            logins: self.logins,
            tokens: self.tokens.len(),
            restores: self.restores,
            troubles: self.troubles,
            unreadable: 0,
        };
        for sent in all {
            // An item as it is says the same each time, but each on a page of its own.
            let on_page = comments.iter().filter(|one| one.page_title == sent.destination.page_title());
            let authors = if sent.quick {
                on_page.map(|one| one.author.as_str()).collect()
            } else {
                there.get(sent.words.as_str()).cloned().unwrap_or_default()
            };
            let (title, copies) = (sent.destination.page_title(), authors.len());
            let stored = sent.id.and_then(|id| stored.get(&id));
            let standing = sent.id.and_then(|id| by_id.get(&id));
            if copies > 1 {
                report.doubled.push(format!("{title} is there {copies} times"));
            }
            match (sent.fate, standing.map(|one| one.state.as_str())) {
                (Fate::Forgotten, _) => report.forgotten += 1,
                (Fate::Replaced, _) => {
                    if copies > 0 {
                        report.doubled.push(format!("{title} was replaced by an edit, and is there"));
                    }
                }
                (Fate::Cancelled, _) => {
                    if copies > 0 {
                        report.doubled.push(format!("{title} was cancelled, and is there"));
                    }
                }
                (Fate::Unreadable, state) => {
                    report.unreadable += 1;
                    if copies > 0 {
                        report.doubled.push(format!("{title} cannot be read, and is there"));
                    }
                    if state != Some("needs_you") || stored.is_none_or(|stored| !sent.is_in(stored)) {
                        report
                            .lost
                            .push(format!("{title} cannot be read, and its words are gone ({state:?})"));
                    }
                }
                (Fate::Counts, Some("sent")) => {
                    report.sent += 1;
                    if copies == 0 {
                        report.lost.push(format!("{title} is sent, and not there"));
                    }
                    // As good as lost to who sent it.
                    if authors.iter().any(|author| stored.is_none_or(|stored| stored.account != **author)) {
                        report.lost.push(format!("{title} is there in another name"));
                    }
                }
                (Fate::Counts, Some(state)) => {
                    report.waiting += 1;
                    *report.states.entry(state.to_owned()).or_default() += 1;
                    if stored.is_none_or(|stored| !sent.is_in(stored)) {
                        report.lost.push(format!("the words of {title} ({state}) are not there any more"));
                    }
                    // One that a person may send again must not be there; one that was not found may be.
                    if copies > 0 && state != "not_confirmed" {
                        report.doubled.push(format!("{title} may be sent again ({state}), and is there"));
                    }
                }
                (Fate::Counts, None) => report.lost.push(format!("{title} is not on the list")),
            }
        }
        report
    }
}
