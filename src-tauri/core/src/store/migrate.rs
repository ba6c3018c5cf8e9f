//! Brings a cache file to this version's tables, all or nothing. A migration that was released is never
//! changed; a new one is added at the end.

use rusqlite::Connection;
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};

use super::Error;

const STEPS: &[M<'static>] = &[
    M::up(include_str!("migrations/0001_meetings.sql")),
    M::up(include_str!("migrations/0002_sending.sql")),
    M::up(include_str!("migrations/0003_rich.sql")),
];

pub(super) fn to_latest(db: &mut Connection) -> Result<(), Error> {
    Migrations::from_slice(STEPS).to_latest(db).map_err(|error| match error {
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => Error::Newer,
        MigrationError::RusqliteError { err, .. } => Error::of(err),
        other => Error::Migration(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let mut db = Connection::open_in_memory().unwrap();
        db.pragma_update(None, "user_version", 9_999).unwrap();
        assert!(matches!(to_latest(&mut db), Err(Error::Newer)), "its tables are not known here");
        let version: i32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(version, 9_999, "nothing was written to it");
    }
}
