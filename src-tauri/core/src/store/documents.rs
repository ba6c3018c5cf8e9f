//! Small things that are kept whole, as JSON: the account, the settings, the watched folder, drafts, the last
//! destinations. And what the person was told once.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::Error;
use crate::domain::destination::{Action, Destination};

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

    /// What was typed into a dialog and not sent. The subject is an item's id, or a meeting's for several items.
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

    /// The destination used last in a series of meetings, else by the person.
    pub fn last_destination(&self, series: &str, action: Action) -> Result<Option<Destination>, Error> {
        self.json(
            "SELECT json FROM last_destinations WHERE series IN (?, '') AND action = ? ORDER BY series DESC LIMIT 1",
            params![series, action_word(action)],
        )
    }

    /// The destinations used last in a series of meetings, the last one first.
    pub fn last_destinations(&self, series: &str) -> Result<Vec<Destination>, Error> {
        let json: Vec<String> = self
            .0
            .prepare_cached(
                "SELECT json FROM last_destinations WHERE series = ? ORDER BY used_at DESC, action",
            )
            .and_then(|mut query| query.query_map([series], |row| row.get(0))?.collect())
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

    /// Keeps what is typed into a dialog.
    pub fn put_draft(
        &self,
        subject: Uuid,
        action: Action,
        draft: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO drafts (subject, action, json, changed_at) VALUES (?, ?, ?, ?)",
                params![subject, action_word(action), serde_json::to_string(draft)?, now.as_millisecond()],
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

    /// Keeps what is typed into the dialog of an item.
    pub fn put_item_draft(
        &self,
        subject: Uuid,
        said: &str,
        draft: &impl Serialize,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO item_drafts (subject, said, json, changed_at) VALUES (?, ?, ?, ?)",
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

    /// Remembers a destination, for the series of the meeting and for the person.
    pub fn remember_destination(
        &self,
        series: &str,
        destination: &Destination,
        now: Timestamp,
    ) -> Result<(), Error> {
        let json = serde_json::to_string(destination)?;
        for series in [series, ""] {
            self.0
                .execute(
                    "INSERT OR REPLACE INTO last_destinations (series, action, json, used_at) VALUES (?, ?, ?, ?)",
                    params![series, action_word(destination.action()), json, now.as_millisecond()],
                )
                .map_err(Error::of)?;
        }
        Ok(())
    }
}
