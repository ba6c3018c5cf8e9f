//! Fault injection. An order matches requests by method and a part of the path, and selects some of them: the n-th, the first
//! few, each, or a seeded random share. Called by the server around every request; knows nothing about their meaning.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

use crate::call::{Answer, Call};
use crate::points;
use crate::random::draw;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is processed this much later, whether or not the caller still waits.
    Delay(Duration),
    /// The connection is reset; nothing was processed.
    ResetBefore,
    /// It is processed, and the connection is reset instead of an answer.
    ResetAfter,
    /// It is processed, and no answer comes until the caller gives up.
    LoseAnswer,
    /// It is refused with 429 and Atlassian's rate limit headers.
    TooManyRequests(RetryAfter),
    /// It is answered with a 5xx.
    Fail {
        /// Such as 503.
        status: u16,
        /// Whether it was processed all the same.
        committed: bool,
    },
    /// It is processed and answered with its status and a body that is not JSON.
    Garbage,
    /// It is processed, and the answer's body ends in the middle.
    Truncate,
    /// It does not get here: somebody between answers with a page, or leads to one (302).
    Portal {
        /// Such as 200.
        status: u16,
    },
}

/// How a 429 says when to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// `Retry-After` in seconds.
    Seconds(u32),
    /// `Retry-After` as an HTTP date, this many seconds from now by the sandbox's clock.
    Date(u32),
    /// No `Retry-After`.
    Absent,
}

impl Fault {
    /// Orders it for the first request that matches: a method (empty for any) and a part of the path
    /// (empty for any).
    #[must_use]
    pub fn on(self, method: &str, path: &str) -> Order {
        Order { fault: self, method: method.to_owned(), path: path.to_owned(), strikes: Strikes::Nth(1) }
    }

    fn is_delay(self) -> bool {
        matches!(self, Self::Delay(_))
    }
}

/// A fault, and the requests that it strikes.
#[derive(Clone, Debug)]
pub struct Order {
    fault: Fault,
    method: String,
    path: String,
    strikes: Strikes,
}

#[derive(Clone, Copy, Debug)]
enum Strikes {
    Nth(u64),
    First(u64),
    Each,
    Some(f64),
}

impl Order {
    /// Strikes the `n`-th request that matches, counted from 1 and from now.
    #[must_use]
    pub fn nth(mut self, n: u64) -> Self {
        self.strikes = Strikes::Nth(n);
        self
    }

    /// Strikes the first `n` requests that match.
    #[must_use]
    pub fn first(mut self, n: u64) -> Self {
        self.strikes = Strikes::First(n);
        self
    }

    /// Strikes every request that matches.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.strikes = Strikes::Each;
        self
    }

    /// Strikes each request that matches with this probability, by the sandbox's seed.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.strikes = Strikes::Some(probability);
        self
    }

    fn matches(&self, call: &Call) -> bool {
        (self.method.is_empty() || self.method.eq_ignore_ascii_case(&call.method))
            && call.path.contains(&self.path)
    }

    fn strikes(&self, seed: u64, count: u64) -> bool {
        match self.strikes {
            Strikes::Nth(n) => count == n,
            Strikes::First(n) => count <= n,
            Strikes::Each => true,
            Strikes::Some(probability) => draw(seed, count) < probability,
        }
    }
}

/// What was decided for one request.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
}

/// The orders that stand.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: u64,
    /// Each with how many matching requests it has seen.
    orders: Vec<(Order, u64)>,
}

impl Faults {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, orders: Vec::new() }
    }

    pub(crate) fn add(&mut self, order: Order) {
        self.orders.push((order, 0));
    }

    pub(crate) fn clear(&mut self) {
        self.orders.clear();
    }

    /// Delays add up; of all other faults that strike, the one ordered first happens.
    pub(crate) fn plan(&mut self, call: &Call) -> Plan {
        let mut plan = Plan::default();
        for (place, (order, seen)) in (0_u64..).zip(&mut self.orders) {
            if !order.matches(call) {
                continue;
            }
            *seen += 1;
            if !order.strikes(self.seed.wrapping_add(place), *seen) {
                continue;
            }
            match order.fault {
                Fault::Delay(by) => plan.delay += by,
                fault if plan.fault.is_none() && !fault.is_delay() => plan.fault = Some(fault),
                _ => {}
            }
        }
        plan
    }
}

/// The answer of Atlassian's rate limiter.
pub(crate) fn too_many_requests(retry_after: RetryAfter, now: Timestamp) -> Answer {
    let seconds = match retry_after {
        RetryAfter::Seconds(seconds) | RetryAfter::Date(seconds) => seconds,
        RetryAfter::Absent => 60,
    };
    let wait = i64::from(seconds);
    let reset = now.saturating_add(SignedDuration::from_secs(wait)).unwrap_or(now);
    let body = serde_json::json!({ "code": 429, "message": "Rate limit exceeded" });
    let answer = Answer::json(StatusCode::TOO_MANY_REQUESTS, &body)
        .with("ratelimit-reason", "confluence-quota-global-based");
    let answer = points::told(answer, 0, reset, wait);
    match retry_after {
        RetryAfter::Seconds(seconds) => answer.with("retry-after", &seconds.to_string()),
        RetryAfter::Date(_) => match DateTimePrinter::new().timestamp_to_rfc9110_string(&reset) {
            Ok(date) => answer.with("retry-after", &date),
            Err(_) => answer,
        },
        RetryAfter::Absent => answer,
    }
}

/// The answer of a gateway whose upstream is not well.
pub(crate) fn failure(status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or("Error");
    Answer::html(
        status,
        format!("<html><head><title>{status}</title></head><body><h1>{reason}</h1></body></html>"),
    )
}
