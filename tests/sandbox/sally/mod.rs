//! Sally's MCP server: recordings with summaries and transcripts, read-only, behind a personal access token. The documented
//! parts of the real one are reproduced (address, tool names, header); arguments and results are not documented and come in
//! three forms, so that the app has to discover them from the server. Rejects requests without a valid token. Called by the
//! server for requests to [`PATH`].

mod data;
mod forms;
mod server;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{Answer, Call};

pub(crate) use server::Service;

/// Where the real one has its server too.
pub(crate) const PATH: &str = "/api/v1/McpExternal";

/// The token that the sandbox takes.
const TOKEN: &str = "sally_pat_sandbox-not-a-secret";

/// In which form tools answer, and what their arguments are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Structured content; pages by number.
    #[default]
    Structured,
    /// JSON in text; pages by cursor.
    Json,
    /// Markdown in text; pages by offset.
    Markdown,
    /// Prose in text that marks nothing; all recordings at once.
    Prose,
}

/// A task of a recording's summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub text: String,
    /// By whom.
    pub assignee: Option<String>,
    /// End (ISO 8601).
    pub due: Option<String>,
}

/// A recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// Its identifier.
    pub id: String,
    /// What the meeting was about.
    pub subject: String,
    /// When it began.
    pub held: Timestamp,
    /// How long it took.
    pub minutes: u32,
    /// Who was there.
    pub attendees: Vec<String>,
    /// Key facts.
    pub insights: Vec<String>,
    /// What was decided.
    pub decisions: Vec<String>,
    /// How it goes on.
    pub next_steps: Vec<String>,
    /// Who does what.
    pub tasks: Vec<Task>,
    /// Seconds from the start, who, what.
    pub transcript: Vec<(u32, String, String)>,
}

/// Whether whoever has the right token gets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Entry {
    #[default]
    Open,
    /// The token was deleted.
    Revoked,
    /// Its time is over.
    Expired,
    /// The administrator has not enabled MCP.
    Disabled,
}

/// Everything that can be changed while the sandbox runs.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) form: Form,
    pub(crate) plain: bool,
    pub(crate) recordings: Vec<Recording>,
    pub(crate) entry: Entry,
    pub(crate) without: BTreeSet<String>,
    pub(crate) broken: BTreeSet<String>,
    /// How many recordings a page of the list has.
    pub(crate) page: usize,
}

/// The account, shared by the server's sessions and the test.
#[derive(Clone, Debug)]
pub(crate) struct Sally(Arc<Mutex<Account>>);

impl Sally {
    pub(crate) fn new(now: Timestamp) -> Self {
        let account = Account { recordings: data::recordings(now), page: 20, ..Account::default() };
        Self(Arc::new(Mutex::new(account)))
    }

    pub(crate) fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a request does not get in.
    fn refusal(&self, call: &Call) -> Option<Answer> {
        let entry = self.account().entry;
        let refuse = |status: StatusCode, why: &str| Answer::json(status, &json!({ "message": why }));
        let unauthorized = |challenge: &str| {
            Some(refuse(StatusCode::UNAUTHORIZED, "Unauthorized").with("www-authenticate", challenge))
        };
        match entry {
            _ if call.bearer() != Some(TOKEN) => unauthorized(r#"Bearer error="invalid_token""#),
            Entry::Open => None,
            Entry::Revoked => unauthorized(r#"Bearer error="invalid_token""#),
            Entry::Expired => {
                unauthorized(r#"Bearer error="invalid_token", error_description="The token expired""#)
            }
            Entry::Disabled => Some(refuse(
                StatusCode::FORBIDDEN,
                "The MCP connector is not enabled for your company account.",
            )),
        }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service(…)")
    }
}

/// Answers a request to [`PATH`].
pub(crate) async fn answer(sally: &Sally, service: &Service, call: &Call) -> Answer {
    match sally.refusal(call) {
        Some(refusal) => refusal,
        None => service.answer(call).await,
    }
}

/// The path by which faults and counts name a request: that of the server, with the tool that is called, such as
/// `/api/v1/McpExternal#get_summary`.
pub(crate) fn named(call: &Call) -> String {
    let message: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    match (message["method"].as_str(), message["params"]["name"].as_str()) {
        (Some("tools/call"), Some(tool)) => format!("{PATH}#{tool}"),
        (Some(method), _) => format!("{PATH}#{method}"),
        _ => PATH.to_owned(),
    }
}

/// What a test does to Sally, beside calling her.
impl crate::Sandbox {
    /// The address of her server.
    pub fn sally_address(&self) -> String {
        format!("{}{PATH}", self.url())
    }

    /// The personal access token that she takes.
    pub fn sally_token(&self) -> String {
        TOKEN.to_owned()
    }

    /// The recordings, in no order.
    pub fn recordings(&self) -> Vec<Recording> {
        self.shared.sally.account().recordings.clone()
    }

    /// Adds a recording, in the place of one with the same identifier.
    pub fn record(&self, recording: Recording) {
        let mut account = self.shared.sally.account();
        account.recordings.retain(|one| one.id != recording.id);
        account.recordings.push(recording);
    }

    /// Deletes a recording.
    pub fn delete_recording(&self, id: &str) {
        self.shared.sally.account().recordings.retain(|one| one.id != id);
    }

    /// The tools answer in this form from now on.
    pub fn answer_in(&self, form: Form) {
        self.shared.sally.account().form = form;
    }

    /// Each request stands alone from now on, without a session, and is answered as JSON, not as a stream of events.
    pub fn answer_without_sessions(&self) {
        self.shared.sally.account().plain = true;
    }

    /// How many recordings a page of the list has.
    pub fn set_page_of_recordings(&self, page: usize) {
        self.shared.sally.account().page = page;
    }

    /// Everything is well again with the token and the company.
    pub fn open_sally(&self) {
        self.shared.sally.account().entry = Entry::Open;
    }

    /// The token was deleted.
    pub fn revoke_sally_token(&self) {
        self.shared.sally.account().entry = Entry::Revoked;
    }

    /// The token's time is over.
    pub fn expire_sally_token(&self) {
        self.shared.sally.account().entry = Entry::Expired;
    }

    /// The administrator disables MCP for the company.
    pub fn disable_mcp(&self) {
        self.shared.sally.account().entry = Entry::Disabled;
    }

    /// The server no longer has a tool.
    pub fn remove_tool(&self, tool: &str) {
        self.shared.sally.account().without.insert(tool.to_owned());
    }

    /// The tools fail for one recording, or work again.
    pub fn break_recording(&self, id: &str, broken: bool) {
        let mut account = self.shared.sally.account();
        if broken {
            account.broken.insert(id.to_owned());
        } else {
            account.broken.remove(id);
        }
    }
}
