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

/// When what a delivery is about may have been made, and as whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAttempt {
    /// When its request may have left at the earliest.
    pub started: Timestamp,
    /// The account that it was signed for.
    pub account: AccountId,
}

impl Attempts<'_> {
    /// The first attempt at a delivery that may have made something, if there was one. What was put off or refused made
    /// nothing.
    pub fn first(&self, delivery: DeliveryId) -> Result<Option<FirstAttempt>, Error> {
        self.0
            .query_row(
                "SELECT started_at, account_id FROM attempts
                 WHERE delivery_id = ? AND (outcome IS NULL OR outcome IN ('lost', 'arrived')) AND account_id <> ''
                 ORDER BY started_at LIMIT 1",
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

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn only_what_may_have_made_something_counts_as_the_first() {
        let (_folder, store) = scratch();
        let delivery = DeliveryId::new();
        let at = |second| Timestamp::from_second(second).unwrap();
        let attempt = |who: &'static str, second, outcome: Option<&'static str>| {
            store.write(move |tx| {
                let attempt = tx.attempts_mut().begin(delivery, &who.into(), at(second))?;
                outcome.map_or(Ok(()), |outcome| tx.attempts_mut().end(attempt, outcome, at(second + 1)))
            })
        };
        let first = || store.read(move |db| db.attempts().first(delivery));
        for outcome in ["put_off", "refused", "title_taken"] {
            attempt("ada", 1, Some(outcome)).await.unwrap();
        }
        assert_eq!(first().await.unwrap(), None, "nothing was made by these");
        attempt("grace", 7, None).await.unwrap();
        attempt("linus", 5, Some("lost")).await.unwrap();
        let wanted = FirstAttempt { started: at(5), account: "linus".into() };
        assert_eq!(first().await.unwrap(), Some(wanted), "the earliest that may have arrived");
    }

    #[tokio::test]
    async fn an_attempt_that_was_never_made_is_none() {
        let (_folder, store) = scratch();
        let (delivery, other) = (DeliveryId::new(), DeliveryId::new());
        let at = |second| Timestamp::from_second(second).unwrap();
        let first = store
            .write(move |tx| {
                let attempts = tx.attempts_mut();
                let never = attempts.begin(delivery, &"ada".into(), at(1))?;
                attempts.begin(other, &"ada".into(), at(2))?;
                attempts.take_back(never)?;
                assert_eq!(tx.attempts().first(delivery)?, None);
                let made = attempts.begin(delivery, &"ada".into(), at(3))?;
                attempts.end(made, "arrived", at(4))?;
                Ok((tx.attempts().first(delivery)?, tx.attempts().first(other)?))
            })
            .await
            .unwrap();
        let started = |first: Option<FirstAttempt>| first.map(|first| first.started);
        assert_eq!(
            (started(first.0), started(first.1)),
            (Some(at(3)), Some(at(2))),
            "each delivery has its own"
        );
    }
}
