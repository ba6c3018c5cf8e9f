//! What the person chose, kept whole as JSON: the settings and the watched folder. And what the person was told once.

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Error, rows};

/// Reads.
#[derive(Debug)]
pub struct Settings<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct SettingsMut<'a>(pub(super) &'a Connection);

impl Settings<'_> {
    /// The settings.
    pub fn get<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        rows::json(self.0, "SELECT json FROM settings", [])
    }

    /// The folder that is watched.
    pub fn watched_folder<T: DeserializeOwned>(&self) -> Result<Option<T>, Error> {
        rows::json(self.0, "SELECT json FROM watched_folder", [])
    }
}

impl SettingsMut<'_> {
    /// Keeps the settings.
    pub fn put(&self, settings: &impl Serialize) -> Result<(), Error> {
        self.put_json("INSERT OR REPLACE INTO settings (one, json) VALUES (1, ?)", settings)
    }

    /// Keeps which folder is watched.
    pub fn put_watched_folder(&self, folder: &impl Serialize) -> Result<(), Error> {
        self.put_json("INSERT OR REPLACE INTO watched_folder (one, json) VALUES (1, ?)", folder)
    }

    /// Forgets which folder is watched.
    pub fn delete_watched_folder(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM watched_folder", []).map_err(Error::of)?;
        Ok(())
    }

    /// Notes that the person was told something that is told once. Answers whether this was the first time.
    pub fn tell_once(&self, what: &str) -> Result<bool, Error> {
        let added =
            self.0.execute("INSERT OR IGNORE INTO told (what) VALUES (?)", [what]).map_err(Error::of)?;
        Ok(added > 0)
    }

    fn put_json(&self, sql: &str, value: &impl Serialize) -> Result<(), Error> {
        self.0.execute(sql, [serde_json::to_string(value)?]).map_err(Error::of)?;
        Ok(())
    }
}
