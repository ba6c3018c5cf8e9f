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

use client::Client;
use content::Content;
pub use error::Error;
pub use listing::Listed;
pub use reading::Read;
use tools::{Ask, Role, Tool, Toolbox};
use transport::HttpTransport;

use crate::auth::Signer;
use crate::clock::Clock;
use crate::domain::problem::McpFault;
use crate::domain::reading::{Failure, Reservation};
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
        let client = Client::connect(HttpTransport { http, signer, clock }).await?;
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
        let mut or_note =
            |answer: Option<Result<Content, Error>>, note: fn(Failure) -> Reservation| match answer {
                Some(Ok(content)) => Ok(Some(content)),
                Some(Err(error)) => {
                    let failure = match &error {
                        Error::Tool { tool, reason } => {
                            Failure::Tool { tool: tool.clone(), reason: reason.clone() }
                        }
                        Error::Unreadable { .. } => Failure::Unreadable,
                        _ => return Err(error),
                    };
                    tracing::info!(
                        error = &error as &dyn std::error::Error,
                        "a part of a recording is missing"
                    );
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

    async fn about(&self, tool: Option<&Tool>, listed: &Listed) -> Option<Result<Content, Error>> {
        let tool = tool?;
        let ask = Ask { id: Some(&listed.key), company: self.company.as_deref(), ..Ask::default() };
        let answer = async { self.client.call(&tool.name, tool.arguments(&ask)?).await };
        Some(answer.await.map(Content::from))
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
    summary: Option<Content>,
    transcript: Option<Content>,
    reservations: Vec<Reservation>,
    /// The tool's name, for people.
    source: String,
}

impl Answered {
    /// Makes a meeting of it.
    pub fn read(self, listed: &Listed) -> Read {
        let mut read = reading::put_together(listed, self.summary, self.transcript, &self.source);
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

impl Pages {
    /// The next page's recordings that no page before had; `None` when there are no more.
    pub async fn next(&mut self, server: &Server) -> Result<Option<Vec<Listed>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let tool = &server.tools.list;
        // Where the schema does not tell whether pages count from 0 or from 1, the first page is what the server gives
        // without being told a number. Asked for the page "1" it then gives the second one, or the first one again,
        // which has nothing new.
        let further = |count: u64| (self.page > 0).then_some(count);
        let first = tool.first_page();
        let ask = Ask {
            page: further(self.page + first.unwrap_or(0)),
            offset: further(self.offset),
            cursor: self.cursor.as_deref(),
            since: self.since,
            company: server.company.as_deref(),
            id: None,
        };
        let answer = Content::from(server.client.call(&tool.name, tool.arguments(&ask)?).await?);
        let page = listing::read(&answer, server.id())
            .ok_or_else(|| Error::Unreadable { why: McpFault::NoList { tool: tool.name.clone() } })?;
        let listed = page.recordings.len() as u64;
        let new: Vec<Listed> =
            page.recordings.into_iter().filter(|one| self.seen.insert(one.key.clone())).collect();
        let counts = tool.has(Role::Page) || tool.has(Role::Offset);
        let goes_on = match (&page.cursor, tool.has(Role::Cursor)) {
            (Some(cursor), true) => self.cursor.as_ref() != Some(cursor),
            (None, true) if !counts => false,
            _ => counts && (!new.is_empty() || (self.page == 1 && first.is_none() && listed > 0)),
        };
        self.cursor = page.cursor.filter(|_| tool.has(Role::Cursor));
        self.page += 1;
        self.offset += listed;
        let all = page.total.is_some_and(|total| self.seen.len() as u64 >= total);
        let enough = all || self.page >= MAX_PAGES || self.offset >= MAX_RECORDINGS;
        self.ended = !goes_on || page.more == Some(false) || enough;
        Ok(Some(new))
    }
}
