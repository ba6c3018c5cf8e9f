//! What can go wrong with the database.

use super::folder_check::Unfit;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file was written by a newer version, whose tables this one does not know.
    #[error("the database was made by a newer version of Sally Desktop")]
    Newer,
    /// The disk is full.
    #[error("the disk is full")]
    Full(#[source] rusqlite::Error),
    /// The folder or the file cannot be written.
    #[error("the database cannot be written in {folder}")]
    ReadOnly {
        /// The data folder.
        folder: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The database may not lie in this folder.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Another program holds the file.
    #[error("another program is using the database")]
    Busy(#[source] rusqlite::Error),
    /// Anything else that SQLite says.
    #[error("the database could not be read or written")]
    Sql(#[from] rusqlite::Error),
    /// The tables could not be brought to this version.
    #[error("the database could not be brought to this version of Sally Desktop")]
    Migration(#[source] rusqlite_migration::Error),
    /// A stored document does not read back.
    #[error("the database holds something that cannot be understood")]
    Document(#[from] serde_json::Error),
    /// The work was cut off or refused, as happens only when the app ends.
    #[error("the app is ending")]
    Ending,
}

impl Error {
    pub(super) fn of(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full(error),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Self::Busy(error)
            }
            _ => Self::Sql(error),
        }
    }
}

/// Why something was not written: because of the store itself, or for a reason of the caller's.
pub trait Refusal: From<Error> + Send + 'static {
    /// What the store said, where that is the reason.
    fn of_store(&self) -> Option<&Error>;
}

impl Refusal for Error {
    fn of_store(&self) -> Option<&Error> {
        Some(self)
    }
}
