//! Meetings from Sally and from other MCP servers, through the official SDK. Tools with their arguments and results are
//! discovered from the server; only the names of Sally's own tools are known in advance.
//!
//! Read-only. Does not retry (`app` does), and an error in one recording does not fail the others. Called by `app::sync`
//! during an action of the person.

mod client;
mod content;
mod error;
mod listing;
mod reading;
mod tools;
mod transport;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use rmcp::model::CallToolResult;

use client::Client;
use content::Content;
pub use error::Error;
pub use listing::{Listed, Omitted};
pub use reading::Read;
use tools::{Ask, Role, Tool, Toolbox};
use transport::HttpTransport;

use crate::auth::Signer;
use crate::clock::Clock;
use crate::domain::problem::McpFault;
use crate::domain::reading::{Failure, Reservation, Skipped};
use crate::http::Http;

/// Most pages of a list, and most recordings of a server: ten a day for half a century. A server that never ends is not
/// followed for ever.
const MAX_PAGES: u64 = 20_000;
const MAX_RECORDINGS: u64 = 200_000;

/// A connection to a server, ready to be asked.
pub struct Server {
    client: Client,
    tools: Toolbox,
    company: Option<String>,
    /// The tool's name, for people.
    name: String,
}

impl Server {
    /// Connects, and looks at the tools.
    pub async fn connect(
        http: Http,
        signer: Signer,
        clock: Arc<dyn Clock>,
        name: &str,
        company: Option<&str>,
    ) -> Result<Self, Error> {
        let transport = HttpTransport { http, signer, clock, received: Arc::default() };
        let client = Client::connect(transport).await?;
        let tools = Toolbox::choose(&client.tools().await?)?;
        // What a report needs that says which server is not understood. It holds no word of a meeting.
        tracing::debug!(?tools, "the tools of a server that meetings come from");
        Ok(Self { client, tools, company: company.map(str::to_owned), name: name.to_owned() })
    }

    /// The list of recordings, from its start; only of what was held since a moment, where the server can do that.
    pub fn pages(&self, since: Option<Timestamp>) -> Pages {
        Pages { since, page: 0, offset: 0, cursor: None, seen: HashSet::new(), ended: false }
    }

    /// Asks for one recording. A summary or a transcript that the server fails to give is a reservation, as long as it
    /// gives the other.
    pub async fn ask(&self, listed: &Listed) -> Result<Answered, Error> {
        let summary = match self.about(self.tools.summary.as_ref(), listed).await {
            Some(Err(error)) if !matches!(error, Error::Tool { .. } | Error::Unreadable { .. }) => {
                return Err(error);
            }
            answer => answer,
        };
        let transcript = self.about(self.tools.transcript.as_ref(), listed).await;
        let mut missing = Vec::new();
        let mut or_note = |answer: Option<Result<CallToolResult, Error>>,
                           note: fn(Failure) -> Reservation| match answer {
            Some(Ok(result)) => Ok(Some(result)),
            Some(Err(error)) => {
                let failure = match &error {
                    Error::Tool { tool, reason } => {
                        Failure::Tool { tool: tool.clone(), reason: reason.clone() }
                    }
                    Error::Unreadable { .. } => Failure::Unreadable,
                    _ => return Err(error),
                };
                tracing::info!(error = &error as &dyn std::error::Error, "a part of a recording is missing");
                missing.push((note(failure), error));
                Ok(None)
            }
            None => Ok(None),
        };
        let summary = or_note(summary, Reservation::NoSummary)?;
        let transcript = or_note(transcript, Reservation::NoTranscript)?;
        if summary.is_none()
            && transcript.is_none()
            && let Some((_, error)) = missing.pop()
        {
            return Err(error);
        }
        let reservations = missing.into_iter().map(|(reservation, _)| reservation).collect();
        Ok(Answered { summary, transcript, reservations, source: self.name.clone() })
    }

    /// Ends the session.
    pub async fn end(self) {
        self.client.end().await;
    }

    async fn about(&self, tool: Option<&Tool>, listed: &Listed) -> Option<Result<CallToolResult, Error>> {
        let tool = tool?;
        let ask = Ask { id: Some(&listed.key), company: self.company.as_deref(), ..Ask::default() };
        let answer = async { self.client.call(&tool.name, tool.arguments(&ask)?).await };
        Some(answer.await)
    }

    /// The name by which the tools ask for a recording.
    fn id(&self) -> Option<&str> {
        let tools = [&self.tools.summary, &self.tools.transcript];
        tools.into_iter().flatten().find_map(|tool| tool.named(Role::Id))
    }
}

/// What a server answered about a recording, not read yet.
#[derive(Debug)]
pub struct Answered {
    summary: Option<CallToolResult>,
    transcript: Option<CallToolResult>,
    reservations: Vec<Reservation>,
    /// The tool's name, for people.
    source: String,
}

impl Answered {
    /// Makes a meeting of it. Takes as long as the answers are long: not for a thread of the runtime.
    pub fn read(self, listed: &Listed) -> Read {
        let [summary, transcript] = [self.summary, self.transcript].map(|result| result.map(Content::from));
        let mut read = reading::put_together(listed, summary, transcript, &self.source);
        read.reservations.extend(self.reservations);
        read
    }
}

/// A list that is read page by page. After an error the same page can be asked for again.
#[derive(Debug)]
pub struct Pages {
    since: Option<Timestamp>,
    /// How many pages were read.
    page: u64,
    /// How many recordings were read.
    offset: u64,
    cursor: Option<String>,
    seen: HashSet<String>,
    ended: bool,
}

/// A page of the list.
#[derive(Debug)]
pub struct Found {
    /// The recordings that no page before had.
    pub recordings: Vec<Listed>,
    /// What was not taken.
    pub omitted: Vec<Omitted>,
}

impl Pages {
    /// The next page; `None` when there are no more.
    pub async fn next(&mut self, server: &Server) -> Result<Option<Found>, Error> {
        if self.ended {
            return Ok(None);
        }
        let tool = &server.tools.list;
        // Where the schema does not tell whether pages count from 0 or from 1, the first page is what the server gives
        // without being told a number. Asked for the page "1" it then gives the second one, or the first one again,
        // which has nothing new.
        let further = |count: u64| (self.page > 0).then_some(count);
        let ask = Ask {
            page: further(self.page + tool.first_page().unwrap_or(0)),
            offset: further(self.offset),
            cursor: self.cursor.as_deref(),
            since: self.since,
            company: server.company.as_deref(),
            id: None,
        };
        let answer = server.client.call(&tool.name, tool.arguments(&ask)?).await?;
        let page = listing::read_aside(answer, server.id().map(str::to_owned)).await;
        let page =
            page.ok_or_else(|| Error::Unreadable { why: McpFault::NoList { tool: tool.name.clone() } })?;
        Ok(Some(self.take(page, tool)))
    }

    /// Takes a page, and decides whether there is another one.
    fn take(&mut self, page: listing::Page, tool: &Tool) -> Found {
        let listed = page.count;
        let recordings: Vec<Listed> =
            page.recordings.into_iter().filter(|one| self.seen.insert(one.key.clone())).collect();
        let counts = tool.has(Role::Page) || tool.has(Role::Offset);
        let is_first_again = self.page == 1 && tool.first_page().is_none() && listed > 0;
        let goes_on = match (&page.cursor, tool.has(Role::Cursor)) {
            (Some(cursor), true) => self.cursor.as_ref() != Some(cursor),
            (None, true) if !counts => false,
            _ => counts && (!recordings.is_empty() || is_first_again),
        };
        self.cursor = page.cursor.filter(|_| tool.has(Role::Cursor));
        self.page += 1;
        self.offset += listed;
        let all = page.total.is_some_and(|total| self.seen.len() as u64 >= total);
        let is_over = !goes_on || page.more == Some(false) || all;
        let is_enough = self.page >= MAX_PAGES || self.offset >= MAX_RECORDINGS;
        self.ended = is_over || is_enough;
        let mut omitted = page.omitted;
        if is_enough && !is_over {
            omitted.push(Omitted { title: None, reason: Skipped::TooManyRecordings { max: MAX_RECORDINGS } });
        }
        Found { recordings, omitted }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_without_end_is_not_followed_for_ever() {
        let schema =
            json!({ "type": "object", "properties": { "page": { "type": "integer", "minimum": 1 } } });
        let tool =
            Tool::read(&rmcp::model::Tool::new("list", "", Arc::new(schema.as_object().unwrap().clone())));
        let mut pages =
            Pages { since: None, page: 0, offset: 0, cursor: None, seen: HashSet::new(), ended: false };
        let mut number = 0;
        let mut page = || {
            number += 1;
            let recording = json!({ "id": number.to_string(), "title": "Weekly" });
            listing::read(&Content::Data(json!([recording])), None).unwrap()
        };
        assert!(pages.take(page(), &tool).omitted.is_empty() && !pages.ended);
        pages.offset = MAX_RECORDINGS - 1;
        let last = pages.take(page(), &tool);
        assert_eq!(last.recordings.len(), 1);
        let too_many = Skipped::TooManyRecordings { max: MAX_RECORDINGS };
        assert_eq!(last.omitted, [Omitted { title: None, reason: too_many }], "it is said");
        assert!(pages.ended, "and no further page is asked for");
    }
}
