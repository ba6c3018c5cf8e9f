//! Attempts at delivering. A row is on disk before the first byte leaves; one without an end was cut off.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::Error;
use crate::domain::id::{AccountId, DeliveryId};

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptId(i64);

/// Reads.
#[derive(Debug)]
pub struct Attempts<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct AttemptsMut<'a>(pub(super) &'a Connection);

/// When a delivery was first tried, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAttempt {
    /// When its request may have left at the earliest.
    pub started: Timestamp,
    /// The account that was connected.
    pub account: AccountId,
}

impl Attempts<'_> {
    /// The first attempt at a delivery, if there was one.
    pub fn first(&self, delivery: DeliveryId) -> Result<Option<FirstAttempt>, Error> {
        self.0
            .query_row(
                "SELECT started_at, account_id FROM attempts WHERE delivery_id = ? ORDER BY started_at LIMIT 1",
                [delivery.0],
                |row| {
                    let started = Timestamp::from_millisecond(row.get(0)?).unwrap_or_default();
                    Ok(FirstAttempt { started, account: AccountId(row.get(1)?) })
                },
            )
            .optional()
            .map_err(Error::of)
    }
}

impl AttemptsMut<'_> {
    /// Records that an attempt begins.
    pub fn begin(
        &self,
        delivery: DeliveryId,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<AttemptId, Error> {
        self.0
            .prepare_cached("INSERT INTO attempts (delivery_id, account_id, started_at) VALUES (?, ?, ?)")
            .and_then(|mut insert| insert.insert(params![delivery.0, account.as_str(), now.as_millisecond()]))
            .map(AttemptId)
            .map_err(Error::of)
    }

    /// Records how an attempt ended, in a word.
    pub fn end(&self, attempt: AttemptId, outcome: &str, now: Timestamp) -> Result<(), Error> {
        self.0
            .prepare_cached("UPDATE attempts SET ended_at = ?, outcome = ? WHERE id = ?")
            .and_then(|mut update| update.execute(params![now.as_millisecond(), outcome, attempt.0]))
            .map_err(Error::of)?;
        Ok(())
    }

    /// Takes back an attempt that was never made.
    pub fn take_back(&self, attempt: AttemptId) -> Result<(), Error> {
        self.0.execute("DELETE FROM attempts WHERE id = ?", [attempt.0]).map_err(Error::of)?;
        Ok(())
    }
}
