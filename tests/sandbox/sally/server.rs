//! The MCP endpoint: the official SDK's server over streamable HTTP, with or without sessions and event streams. Responses are
//! buffered, so that every fault can apply to them.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation, ListToolsResult,
    PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde_json::Value;

use super::Sally;
use crate::call::{Answer, Call};
use crate::faults::failure;

/// Largest answer that is collected, in bytes.
const MAX_ANSWER_LEN: usize = 64 << 20;

/// Takes requests and answers them by the SDK.
pub(crate) struct Service {
    sally: Sally,
    with_sessions: Endpoint,
    /// Each request stands alone, and is answered as JSON.
    plain: Endpoint,
}

type Endpoint = StreamableHttpService<Sally, LocalSessionManager>;

impl Service {
    pub(crate) fn new(sally: &Sally) -> Self {
        let endpoint = |config: StreamableHttpServerConfig| {
            let sally = sally.clone();
            StreamableHttpService::new(move || Ok(sally.clone()), Arc::default(), config)
        };
        let config = StreamableHttpServerConfig::default;
        Self {
            sally: sally.clone(),
            with_sessions: endpoint(config()),
            plain: endpoint(config().with_legacy_session_mode(false).with_json_response(true)),
        }
    }

    /// Answers one request.
    pub(super) async fn answer(&self, call: &Call) -> Answer {
        let mut request = Request::new(Body::from(call.body.clone()));
        *request.headers_mut() = call.headers.clone();
        let (Ok(method), Ok(uri)) = (call.method.parse(), super::PATH.parse()) else { return failure(500) };
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        let endpoint = if self.sally.account().plain { &self.plain } else { &self.with_sessions };
        let (parts, body) = endpoint.handle(request).await.into_parts();
        match to_bytes(Body::new(body), MAX_ANSWER_LEN).await {
            Ok(body) => Answer { status: parts.status, headers: parts.headers, body },
            Err(_) => failure(500),
        }
    }
}

impl ServerHandler for Sally {
    fn get_info(&self) -> ServerConfig {
        let mut info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build());
        info.server_info = Implementation::new("Sally", "1.0.0");
        info
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let account = self.account();
        let tools = account.form.tools().into_iter().filter(|(name, ..)| !account.without.contains(*name));
        let tools = tools.filter_map(|(name, description, schema)| match schema {
            Value::Object(schema) => Some(Tool::new(name, description, Arc::new(schema))),
            _ => None,
        });
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let account = self.account();
        let arguments = request.arguments.unwrap_or_default();
        let fail = |why: &str| Ok(CallToolResult::error(vec![ContentBlock::text(why)]).into());
        if account.without.contains(&*request.name) {
            return Err(ErrorData::invalid_params("There is no such tool.", None));
        }
        if request.name == "get_recordings" {
            let mut recordings = account.recordings.clone();
            recordings.sort_by_key(|one| std::cmp::Reverse(one.held));
            return Ok(account.form.list(&recordings, account.page, &arguments).into());
        }
        let Some(id) = account.form.id_in(&arguments) else { return fail("The identifier is missing.") };
        let Some(recording) = account.recordings.iter().find(|one| one.id == id) else {
            return fail("There is no such recording.");
        };
        if account.broken.contains(id) {
            return fail("An internal error occurred while the summary was loaded.");
        }
        match &*request.name {
            "get_summary" => Ok(account.form.summary(recording).into()),
            "get_transcription" => Ok(account.form.transcript(recording).into()),
            _ => Ok(CallToolResult::success(Vec::new()).into()),
        }
    }
}
