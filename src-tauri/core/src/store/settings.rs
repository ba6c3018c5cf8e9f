//! What the person chose, kept whole as JSON: the settings and the watched folder. And what the person was told once.

use rusqlite::Connection;
use serde::Serialize;

use super::{Error, rows};
use crate::domain::draft::WatchedFolder;
use crate::domain::settings;

/// Reads.
#[derive(Debug)]
pub struct Settings<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct SettingsMut<'a>(pub(super) &'a Connection);

impl Settings<'_> {
    /// The settings.
    pub fn get(&self) -> Result<Option<settings::Settings>, Error> {
        rows::json(self.0, "SELECT json FROM settings", [])
    }

    /// The folder that is watched.
    pub fn watched_folder(&self) -> Result<Option<WatchedFolder>, Error> {
        rows::json(self.0, "SELECT json FROM watched_folder", [])
    }
}

impl SettingsMut<'_> {
    /// Keeps the settings.
    pub fn put(&self, settings: &settings::Settings) -> Result<(), Error> {
        self.put_json("INSERT OR REPLACE INTO settings (one, json) VALUES (1, ?)", settings)
    }

    /// Keeps which folder is watched.
    pub fn put_watched_folder(&self, folder: &WatchedFolder) -> Result<(), Error> {
        self.put_json("INSERT OR REPLACE INTO watched_folder (one, json) VALUES (1, ?)", folder)
    }

    /// Forgets which folder is watched.
    pub fn delete_watched_folder(&self) -> Result<(), Error> {
        self.0.execute("DELETE FROM watched_folder", []).map_err(Error::of)?;
        Ok(())
    }

    /// Marks a one-time notice as shown. Answers whether this was the first time.
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

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::super::{Error, FILE_NAME, scratch};
    use crate::domain::draft::WatchedFolder;
    use crate::domain::settings::Settings;

    #[tokio::test]
    async fn the_last_settings_are_the_settings() {
        let (folder, store) = scratch();
        let there = || store.read(|db| db.settings().get());
        assert_eq!(there().await.unwrap(), None, "none are chosen yet");
        for keep_sent_days in [7, 30] {
            let chosen = Settings { keep_sent_days, ..Settings::default() };
            let kept = chosen.clone();
            store.write(move |tx| tx.settings_mut().put(&kept)).await.unwrap();
            assert_eq!(there().await.unwrap(), Some(chosen));
        }
        let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
        db.execute("UPDATE settings SET json = '7'", []).unwrap();
        assert!(
            matches!(there().await, Err(Error::Document(_))),
            "what is not understood is not taken for none"
        );
    }

    #[tokio::test]
    async fn one_folder_is_watched_or_none() {
        let (_folder, store) = scratch();
        let watched = || store.read(|db| db.settings().watched_folder());
        assert_eq!(watched().await.unwrap(), None);
        for path in ["/one", "/two"] {
            let folder = WatchedFolder { folder: path.into() };
            let kept = folder.clone();
            store.write(move |tx| tx.settings_mut().put_watched_folder(&kept)).await.unwrap();
            assert_eq!(watched().await.unwrap(), Some(folder));
        }
        store.write(|tx| tx.settings_mut().delete_watched_folder()).await.unwrap();
        assert_eq!(watched().await.unwrap(), None);
        assert_eq!(store.read(|db| db.settings().get()).await.unwrap(), None, "it is no setting");
    }

    #[tokio::test]
    async fn what_is_told_once_is_told_once() {
        let (_folder, store) = scratch();
        let tell = |what: &'static str| store.write(move |tx| tx.settings_mut().tell_once(what));
        assert!(tell("a").await.unwrap());
        assert!(!tell("a").await.unwrap(), "it was told");
        assert!(tell("b").await.unwrap(), "this was not");
    }
}
