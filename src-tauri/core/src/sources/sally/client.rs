//! A session with an MCP server: lists its tools and calls one. Declares no client capabilities: no tasks, sampling or
//! elicitation. Called by `mod`.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResult, ClientConfig, Implementation, JsonObject, PaginatedRequestParams,
    Tool,
};
use rmcp::service::{ClientInitializeError, RunningService, ServiceError, serve_client};
use rmcp::transport::streamable_http_client::{StreamableHttpClientTransportConfig, StreamableHttpError};
use rmcp::transport::{DynamicTransportError, StreamableHttpClientTransport};
use rmcp::{ErrorData, RoleClient};

use super::Error;
use super::transport::HttpTransport;
use crate::adf::is_deceptive;
use crate::domain::problem::McpFault;

/// Most pages of tools: the servers seen have one, of a dozen tools.
const MAX_TOOL_PAGES: usize = 20;
/// Timeout for closing a session.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Longest reason that a tool may give, in characters: for one line on the screen.
const MAX_REASON_LEN: usize = 200;

/// A connection.
pub(super) struct Client(RunningService<RoleClient, ClientConfig>);

impl Client {
    /// Begins a session.
    pub(super) async fn connect(transport: HttpTransport) -> Result<Self, Error> {
        let address: Arc<str> = transport.signer.address().as_str().into();
        let config = StreamableHttpClientTransportConfig::with_uri(address);
        let transport = StreamableHttpClientTransport::with_client(transport, config);
        let mut about = ClientConfig::default();
        about.client_info = Implementation::new("Sally Desktop", env!("CARGO_PKG_VERSION"));
        serve_client(about, transport).await.map(Self).map_err(Error::from)
    }

    /// All tools, on as many pages as there may be.
    pub(super) async fn tools(&self) -> Result<Vec<Tool>, Error> {
        let (mut tools, mut cursor) = (Vec::new(), None);
        for _ in 0..MAX_TOOL_PAGES {
            let page = PaginatedRequestParams::default().with_cursor(cursor);
            let page = self.0.list_tools(Some(page)).await?;
            tools.extend(page.tools);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(tools)
    }

    /// Calls a tool. A tool that says that it failed is an error.
    pub(super) async fn call(&self, tool: &str, arguments: JsonObject) -> Result<CallToolResult, Error> {
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.0.call_tool(request).await.map_err(|error| match error {
            ServiceError::McpError(error) => failed(tool, &error),
            other => other.into(),
        })?;
        if result.is_error == Some(true) {
            let said: Vec<&str> =
                result.content.iter().filter_map(|content| Some(content.as_text()?.text.as_str())).collect();
            return Err(Error::Tool { tool: tool.to_owned(), reason: short(&said.join(" ")) });
        }
        Ok(result)
    }

    /// Ends the session. A server that does not take notice is not waited for.
    pub(super) async fn end(mut self) {
        if let Err(error) = self.0.close_with_timeout(CLOSE_TIMEOUT).await {
            tracing::debug!(%error, "the session did not end as it should");
        }
    }
}

fn failed(tool: &str, error: &ErrorData) -> Error {
    Error::Tool { tool: tool.to_owned(), reason: short(&error.message) }
}

/// As one line, cut where a line on the screen would end.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|&c| !c.is_control() && !is_deceptive(c)).collect();
    match line.char_indices().nth(MAX_REASON_LEN) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

impl From<ClientInitializeError> for Error {
    fn from(error: ClientInitializeError) -> Self {
        match error {
            ClientInitializeError::TransportError { error, .. } => match error.into() {
                Self::Unreadable { why } => Self::NotMcp { why },
                other => other,
            },
            ClientInitializeError::JsonRpcError(error) => {
                Self::NotMcp { why: McpFault::Told(short(&error.message)) }
            }
            other => Self::NotMcp { why: McpFault::Told(short(&other.to_string())) },
        }
    }
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::TransportSend(error) => error.into(),
            other => Self::Unreadable { why: McpFault::Told(short(&other.to_string())) },
        }
    }
}

/// Unwraps the error of `HttpTransport`, which the SDK boxes.
impl From<DynamicTransportError> for Error {
    fn from(error: DynamicTransportError) -> Self {
        match error.error.downcast::<StreamableHttpError<Self>>() {
            Ok(error) => match *error {
                StreamableHttpError::Client(error) => error,
                other => Self::Unreadable { why: McpFault::Told(short(&other.to_string())) },
            },
            Err(other) => Self::Unreadable { why: McpFault::Told(short(&other.to_string())) },
        }
    }
}
