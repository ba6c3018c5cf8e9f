//! The log of requests, for assertions in tests. Contains no secrets: no headers, bodies, form values or queries of the
//! authorization server, only the names of a body's properties and its size.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::call::{Call, is_api};

/// A request, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Such as `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The query of a call of Confluence's API; empty elsewhere, where it may hold codes.
    pub query: String,
    /// What was answered; `None` while it is under way, and where no answer was given.
    pub status: Option<u16>,
    /// How many others with the same path were under way when it came in.
    pub beside: usize,
    /// When it came in, by the sandbox's clock.
    pub at: Timestamp,
    /// The names of the body's fields and its size, such as `body, spaceId, title (812 bytes)`.
    pub body: String,
}

#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<Vec<Record>>);

impl Log {
    fn records(&self) -> MutexGuard<'_, Vec<Record>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request, and answers its place.
    pub(crate) fn open(&self, call: &Call, at: Timestamp) -> usize {
        let mut records = self.records();
        let under_way = |record: &&Record| record.status.is_none() && record.path == call.path;
        let record = Record {
            beside: records.iter().filter(under_way).count(),
            method: call.method.clone(),
            path: call.path.clone(),
            query: if is_api(&call.path) { call.raw_query.clone() } else { String::new() },
            status: None,
            at,
            body: summary(call),
        };
        records.push(record);
        records.len() - 1
    }

    pub(crate) fn close(&self, place: usize, status: u16) {
        // Cleared in the meantime: nothing to note.
        if let Some(record) = self.records().get_mut(place) {
            record.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<Record> {
        self.records().clone()
    }

    pub(crate) fn count(&self, method: &str, path: &str) -> usize {
        let fits = |record: &&Record| {
            (method.is_empty() || record.method.eq_ignore_ascii_case(method)) && record.path.contains(path)
        };
        self.records().iter().filter(fits).count()
    }

    /// Requests of the app: those of the web view are a person's who looks around.
    pub(crate) fn of_the_app(&self) -> usize {
        let of_the_app = |record: &&Record| {
            is_api(&record.path)
                || record.path.ends_with("/_edge/tenant_info")
                || ["/oauth/", "/me", "/api/v1/"].iter().any(|part| record.path.starts_with(part))
        };
        self.records().iter().filter(of_the_app).count()
    }
}

fn summary(call: &Call) -> String {
    if call.body.is_empty() {
        return String::new();
    }
    let names: Vec<String> = if call.is("application/json") {
        match serde_json::from_slice::<serde_json::Value>(&call.body) {
            Ok(serde_json::Value::Object(fields)) => fields.keys().cloned().collect(),
            _ => vec!["unreadable".to_owned()],
        }
    } else if call.is("application/x-www-form-urlencoded") {
        url::form_urlencoded::parse(&call.body).map(|(name, _)| name.into_owned()).collect()
    } else {
        vec!["other".to_owned()]
    };
    format!("{} ({} bytes)", names.join(", "), call.body.len())
}
