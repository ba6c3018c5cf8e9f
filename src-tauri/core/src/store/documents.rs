//! Small things that are kept whole, as JSON: the account, the settings, the watched folder, drafts, the last
//! destinations. And what the person was told once.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Error;
use super::edits::digest;
use crate::domain::destination::{Action, Target};
use crate::domain::id::MeetingId;

/// Reads.
#[derive(Debug)]
pub struct Documents<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct DocumentsMut<'a>(pub(super) &'a Connection);

pub(super) fn action_word(action: Action) -> &'static str {
    match action {
        Action::CreatePage => "create_page",
        Action::AddComment => "add_comment",
    }
}

/// What is kept of the name of a series, which is made of the words of a title.
pub(super) fn series_digest(series: &str) -> Vec<u8> {
    if series.is_empty() { Vec::new() } else { digest(series).to_vec() }
}

impl Documents<'_> {
    /// The connected account.
    pub fn account<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.json("SELECT json FROM account", [])
    }

    /// The settings.
    pub fn settings<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.json("SELECT json FROM settings", [])
    }

    /// The folder that is watched.
    pub fn watched_folder<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        self.json("SELECT json FROM watched_folder", [])
    }

    /// What was typed into a dialog and not sent. The subject is an item's id, or stands for several items.
    pub fn draft<T: DeserializeOwned>(&self, subject: Uuid, action: Action) -> Result<Option<T>, Error> {
        self.json(
            "SELECT json FROM drafts WHERE subject = ? AND action = ?",
            params![subject, action_word(action)],
        )
    }

    /// What was typed into the dialog of an item and not saved. The subject is an item's id, or that of the meeting that one
    /// is added to, made of what was said there.
    pub fn item_draft<T: DeserializeOwned>(&self, subject: Uuid, said: &str) -> Result<Option<T>, Error> {
        self.json("SELECT json FROM item_drafts WHERE subject = ? AND said = ?", params![subject, said])
    }

    /// Where something went last in a series of meetings, else from the person.
    pub fn last_target(&self, series: &str, action: Action) -> Result<Option<Target>, Error> {
        self.json(
            "SELECT json FROM last_destinations WHERE series IN (?, x'') AND action = ? ORDER BY series DESC LIMIT 1",
            params![series_digest(series), action_word(action)],
        )
    }

    /// Where something went last in a series of meetings, the last one first.
    pub fn last_targets(&self, series: &str) -> Result<Vec<Target>, Error> {
        let json: Vec<String> = self
            .0
            .prepare_cached(
                "SELECT json FROM last_destinations WHERE series = ? ORDER BY used_at DESC, action",
            )
            .and_then(|mut query| query.query_map([series_digest(series)], |row| row.get(0))?.collect())
            .map_err(Error::of)?;
        Ok(json.iter().map(|json| serde_json::from_str(json)).collect::<Result<_, _>>()?)
    }

    fn json<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Option<T>, Error> {
        let json: Option<String> = self
            .0
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row(params, |row| row.get(0)).optional())
            .map_err(Error::of)?;
        Ok(json.map(|json| serde_json::from_str(&json)).transpose()?)
    }
}

impl DocumentsMut<'_> {
    /// Keeps the connected account.
    pub fn put_account(&self, account: &impl Serialize) -> Result<(), Error> {
        self.put("INSERT OR REPLACE INTO account (one, json) VALUES (1, ?)", account)
    }

    /// Forgets the connected account.
    pub fn delete_account(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM account", []).map_err(Error::of)?;
        Ok(())
    }

    /// Keeps the settings.
    pub fn put_settings(&self, settings: &impl Serialize) -> Result<(), Error> {
        self.put("INSERT OR REPLACE INTO settings (one, json) VALUES (1, ?)", settings)
    }

    /// Notes that the person was told something that is told once. Answers whether this was the first time.
    pub fn tell_once(&self, what: &str) -> Result<bool, Error> {
        let added =
            self.0.execute("INSERT OR IGNORE INTO told (what) VALUES (?)", [what]).map_err(Error::of)?;
        Ok(added > 0)
    }

    /// Keeps which folder is watched.
    pub fn put_watched_folder(&self, folder: &impl Serialize) -> Result<(), Error> {
        self.put("INSERT OR REPLACE INTO watched_folder (one, json) VALUES (1, ?)", folder)
    }

    /// Forgets which folder is watched.
    pub fn delete_watched_folder(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM watched_folder", []).map_err(Error::of)?;
        Ok(())
    }

    fn put(&self, sql: &str, value: &impl Serialize) -> Result<(), Error> {
        self.0.execute(sql, [serde_json::to_string(value)?]).map_err(Error::of)?;
        Ok(())
    }

    /// Keeps what is typed into a dialog, for as long as its meeting is there.
    pub fn put_draft(
        &self,
        subject: Uuid,
        meeting: MeetingId,
        action: Action,
        draft: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO drafts (subject, action, json, changed_at, meeting_id)
                 SELECT ?, ?, ?, ?, id FROM meetings WHERE id = ?",
                params![
                    subject,
                    action_word(action),
                    serde_json::to_string(draft)?,
                    now.as_millisecond(),
                    meeting.0
                ],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets what was typed into a dialog.
    pub fn delete_draft(&self, subject: Uuid, action: Action) -> Result<(), Error> {
        self.0
            .execute(
                "DELETE FROM drafts WHERE subject = ? AND action = ?",
                params![subject, action_word(action)],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Keeps what is typed into the dialog of an item, for as long as its meeting is there.
    pub fn put_item_draft(
        &self,
        subject: Uuid,
        said: &str,
        draft: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), Error> {
        // An item that was removed can be put back, and what is typed about it meanwhile is kept.
        self.0
            .execute(
                "INSERT OR REPLACE INTO item_drafts (subject, said, json, changed_at, meeting_id)
                 SELECT ?1, ?2, ?3, ?4, meeting FROM
                   (SELECT id AS meeting FROM meetings WHERE id = ?1
                    UNION SELECT meeting_id FROM items WHERE id = ?1
                    UNION SELECT meeting_id FROM item_drafts WHERE subject = ?1)
                 WHERE meeting IS NOT NULL LIMIT 1",
                params![subject, said, serde_json::to_string(draft)?, now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets what was typed into the dialog of an item.
    pub fn delete_item_draft(&self, subject: Uuid, said: &str) -> Result<(), Error> {
        self.0
            .execute("DELETE FROM item_drafts WHERE subject = ? AND said = ?", params![subject, said])
            .map_err(Error::of)?;
        Ok(())
    }

    /// Finds out whose words drafts are about of which that is not known, and drops those that are about nothing that is
    /// there: nobody can open them.
    pub(super) fn attribute_drafts(&self) -> rusqlite::Result<()> {
        self.0.execute_batch(
            "UPDATE drafts SET meeting_id = coalesce(
                (SELECT meeting_id FROM items WHERE id = subject),
                (SELECT i.meeting_id FROM json_each(iif(json_valid(drafts.json), drafts.json, '{}'), '$.items') about
                   JOIN items i ON i.id = unhex(about.value, '-') ORDER BY about.key LIMIT 1))
             WHERE meeting_id IS NULL;
             UPDATE item_drafts SET meeting_id = coalesce(
                (SELECT id FROM meetings WHERE id = subject), (SELECT meeting_id FROM items WHERE id = subject))
             WHERE meeting_id IS NULL;
             DELETE FROM drafts WHERE coalesce(meeting_id NOT IN (SELECT id FROM meetings), true);
             DELETE FROM item_drafts WHERE coalesce(meeting_id NOT IN (SELECT id FROM meetings), true);",
        )
    }

    /// Remembers where something went, for the series of the meeting and for the person.
    pub fn remember_target(&self, series: &str, target: &Target, now: Timestamp) -> Result<(), Error> {
        let json = serde_json::to_string(target)?;
        for series in [series, ""] {
            self.0
                .execute(
                    "INSERT OR REPLACE INTO last_destinations (series, action, json, used_at) VALUES (?, ?, ?, ?)",
                    params![series_digest(series), action_word(target.action()), json, now.as_millisecond()],
                )
                .map_err(Error::of)?;
        }
        Ok(())
    }
}
