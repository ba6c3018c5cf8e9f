//! Attempts at delivering. A row is on disk before the first byte leaves; one without an end was cut off.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Error;
use crate::domain::id::DeliveryId;

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptId(i64);

/// Reads.
#[derive(Debug)]
pub struct Attempts<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct AttemptsMut<'a>(pub(super) &'a Connection);

impl Attempts<'_> {
    /// How many attempts were made at a delivery.
    pub fn count(&self, delivery: DeliveryId) -> Result<u32, Error> {
        self.0
            .query_row("SELECT count(*) FROM attempts WHERE delivery_id = ?", [delivery.0], |row| row.get(0))
            .map_err(Error::of)
    }
}

impl AttemptsMut<'_> {
    /// Records that an attempt begins.
    pub fn begin(&self, delivery: DeliveryId, now: Timestamp) -> Result<AttemptId, Error> {
        self.0
            .execute(
                "INSERT INTO attempts (delivery_id, started_at) VALUES (?, ?)",
                params![delivery.0, now.as_millisecond()],
            )
            .map_err(Error::of)?;
        Ok(AttemptId(self.0.last_insert_rowid()))
    }

    /// Records how an attempt ended, in a word.
    pub fn end(&self, attempt: AttemptId, outcome: &str, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE attempts SET ended_at = ?, outcome = ? WHERE id = ?",
                params![now.as_millisecond(), outcome, attempt.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}
