//! The points that requests cost: one each, and for reading one more for each thing in the answer, two for each person. All
//! users of an app share a pool of them, which is filled each hour. What comes with a person's own token costs none.

use std::sync::{Mutex, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;

use crate::call::{Answer, Call};

/// Points an hour.
const POOL: u64 = 65_000;

/// Seconds in an hour.
const HOUR: i64 = 3_600;

/// What was used of the pool.
#[derive(Debug, Default)]
pub(crate) struct Points(Mutex<Used>);

#[derive(Debug, Default)]
struct Used {
    /// Hours since 1970.
    hour: i64,
    in_hour: u64,
    in_all: u64,
}

impl Points {
    /// Counts what an answer cost, and says what is left, as Atlassian does.
    pub(crate) fn count(&self, call: &Call, answer: Answer, now: Timestamp) -> Answer {
        if !call.path.starts_with("/ex/confluence/") || call.bearer().is_none() {
            return answer;
        }
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = now.as_second().div_euclid(HOUR);
        if used.hour != hour {
            used.hour = hour;
            used.in_hour = 0;
        }
        let cost = cost(call, &answer);
        used.in_hour += cost;
        used.in_all += cost;
        let left = POOL.saturating_sub(used.in_hour);
        let seconds = (hour + 1) * HOUR - now.as_second();
        let reset = Timestamp::from_second((hour + 1) * HOUR).unwrap_or(now);
        told(answer, left, reset, seconds)
    }

    /// What was used since the start.
    pub(crate) fn used(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).in_all
    }
}

/// An answer that says what is left of the pool, and that it is filled at a moment, in so many seconds.
pub(crate) fn told(answer: Answer, left: u64, reset: Timestamp, seconds: i64) -> Answer {
    answer
        .with("x-ratelimit-limit", &POOL.to_string())
        .with("x-ratelimit-remaining", &left.to_string())
        .with("x-ratelimit-reset", &reset.strftime("%Y-%m-%dT%H:%MZ").to_string())
        .with("x-ratelimit-nearlimit", if left < POOL / 5 { "true" } else { "false" })
        .with("beta-ratelimit-policy", &format!("\"global-app-quota\";q={POOL};w={HOUR}"))
        .with("beta-ratelimit", &format!("\"global-app-quota\";r={left};t={seconds}"))
}

fn cost(call: &Call, answer: &Answer) -> u64 {
    if call.method != "GET" || answer.status != StatusCode::OK {
        return 1;
    }
    let Ok(shown) = serde_json::from_slice::<Value>(&answer.body) else { return 1 };
    let things = shown["results"].as_array().map_or(1, |results| results.len() as u64);
    let is_of_people = call.path.contains("/user");
    let own_space = u64::from(shown["personalSpace"].is_object());
    1 + things * if is_of_people { 2 } else { 1 } + own_space
}
