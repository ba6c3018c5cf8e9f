//! The arguments and results of the tools, in each form. Those of the real server are not documented; the forms differ in every
//! name and structure that the app must not depend on.

use std::fmt::Write as _;

use jiff::Timestamp;
use rmcp::model::{CallToolResult, ContentBlock, JsonObject};
use serde_json::{Value, json};

use super::{Form, Recording};

/// Most recordings that a caller may ask for at once.
const MAX_PAGE_SIZE: usize = 100;

impl Form {
    /// The tools with their descriptions and schemas.
    pub(super) fn tools(self) -> Vec<(&'static str, &'static str, Value)> {
        let one = |name: &str| {
            json!({ "type": "object", "properties": { (name): { "type": "string",
                "description": "The identifier of the recording" } }, "required": [name] })
        };
        let search = json!({ "type": "object", "properties": { "query": { "type": "string" } }, "required": ["query"] });
        let (list, id) = match self {
            Self::Structured => (
                json!({ "type": "object", "properties": {
                    "page": { "type": "integer", "minimum": 1, "default": 1, "description": "Page number" },
                    "pageSize": { "type": "integer", "maximum": MAX_PAGE_SIZE, "description": "Recordings on a page" },
                    "from": { "type": "string", "format": "date-time", "description": "Start of the time frame" },
                    "to": { "type": "string", "format": "date-time", "description": "End of the time frame" },
                    "attendee": { "type": "string" } } }),
                "recordingId",
            ),
            Self::Json => (
                json!({ "type": "object", "properties": {
                    "cursor": { "type": ["string", "null"], "description": "Where the page before ended" },
                    "limit": { "type": "integer", "maximum": MAX_PAGE_SIZE },
                    "date_from": { "type": "string", "format": "date" } }, "required": ["limit"] }),
                "recording_id",
            ),
            Self::Markdown => (
                json!({ "type": "object", "properties": {
                    "offset": { "type": "integer", "description": "How many recordings to skip" },
                    "limit": { "type": "integer", "maximum": MAX_PAGE_SIZE } } }),
                "id",
            ),
            Self::Prose => (json!({ "type": "object", "properties": {} }), "id"),
        };
        vec![
            ("search_appointments", "Finds appointments by subject, attendee or time frame.", search.clone()),
            ("search_summaries", "Full-text search in summaries.", search),
            ("get_recordings", "Lists the recordings, with subject, date, attendees and duration.", list),
            ("get_summary", "The summary of one recording: key facts, decisions, action items.", one(id)),
            ("get_transcription", "What was said in one recording.", one(id)),
        ]
    }

    /// The identifier that a call names.
    pub(super) fn id_in(self, arguments: &JsonObject) -> Option<&str> {
        let name = match self {
            Self::Structured => "recordingId",
            Self::Json => "recording_id",
            Self::Markdown | Self::Prose => "id",
        };
        arguments.get(name)?.as_str()
    }

    /// A page of the list; `recordings` come newest first.
    pub(super) fn list(
        self,
        recordings: &[Recording],
        page: usize,
        arguments: &JsonObject,
    ) -> CallToolResult {
        let number =
            |name: &str| arguments.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let since = |name: &str| {
            let text = arguments.get(name).and_then(Value::as_str)?;
            let day = || text.parse::<jiff::civil::Date>().ok()?.in_tz("UTC").ok().map(|at| at.timestamp());
            text.parse::<Timestamp>().ok().or_else(day)
        };
        let from = since("from").or_else(|| since("date_from")).unwrap_or(Timestamp::MIN);
        let all: Vec<&Recording> = recordings.iter().filter(|one| one.held >= from).collect();
        let size = number("pageSize").or_else(|| number("limit")).unwrap_or(page).clamp(1, page);
        let cursor =
            arguments.get("cursor").and_then(Value::as_str).and_then(|text| text.strip_prefix("after-"));
        let start = match self {
            Self::Structured => (number("page").unwrap_or(1).max(1) - 1) * size,
            Self::Json => cursor.and_then(|text| text.parse().ok()).unwrap_or(0),
            Self::Markdown => number("offset").unwrap_or(0),
            Self::Prose => 0,
        };
        let size = if self == Self::Prose { all.len() } else { size };
        let shown: Vec<&Recording> = all.iter().skip(start).take(size).copied().collect();
        match self {
            Self::Structured => CallToolResult::structured(json!({
                "recordings": shown.iter().map(|one| camel(one)).collect::<Vec<_>>(),
                "page": start / size + 1, "totalPages": all.len().div_ceil(size), "totalCount": all.len(),
            })),
            Self::Json => {
                let next = (start + size < all.len()).then(|| format!("after-{}", start + size));
                let items: Vec<Value> = shown.iter().map(|one| snake(one)).collect();
                text(&json!({ "items": items, "next_cursor": next }).to_string())
            }
            Self::Markdown | Self::Prose => {
                let mut page = format!("## Recordings ({} in all)\n\n", all.len());
                for one in shown {
                    page.push_str(&line(one));
                }
                text(&page)
            }
        }
    }

    /// The summary of a recording.
    pub(super) fn summary(self, recording: &Recording) -> CallToolResult {
        let Recording { insights, decisions, next_steps, tasks, .. } = recording;
        match self {
            Self::Structured => {
                let tasks: Vec<Value> = tasks
                    .iter()
                    .map(|task| json!({ "title": task.text, "assignee": task.assignee, "dueDate": task.due }))
                    .collect();
                CallToolResult::structured(json!({ "recordingId": recording.id, "subject": recording.subject,
                    "insights": insights, "decisions": decisions, "nextSteps": next_steps, "tasks": tasks }))
            }
            Self::Json => {
                let tasks: Vec<Value> = tasks
                    .iter()
                    .map(|task| json!({ "action": task.text, "owner": { "name": task.assignee }, "due": task.due }))
                    .collect();
                let summary = json!({ "key_facts": insights, "decisions": decisions, "next_steps": next_steps,
                    "action_items": tasks });
                text(&json!({ "data": { "summary": summary } }).to_string())
            }
            Self::Markdown => text(&markdown(recording)),
            Self::Prose => {
                let all: Vec<&str> = insights.iter().chain(decisions).map(String::as_str).collect();
                text(&format!("In this meeting the following came up. {}.", all.join(". ")))
            }
        }
    }

    /// What was said.
    pub(super) fn transcript(self, recording: &Recording) -> CallToolResult {
        let lines: Vec<String> = recording
            .transcript
            .iter()
            .map(|(at, who, what)| {
                format!("[{:02}:{:02}:{:02}] {who}: {what}", at / 3600, at / 60 % 60, at % 60)
            })
            .collect();
        match self {
            Self::Structured => CallToolResult::structured(json!({ "transcription": lines.join("\n") })),
            Self::Json => text(&json!(lines).to_string()),
            Self::Markdown | Self::Prose => text(&lines.join("\n")),
        }
    }
}

fn text(text: &str) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}

fn camel(one: &Recording) -> Value {
    let attendees: Vec<Value> =
        one.attendees.iter().map(|name| json!({ "name": name, "email": null })).collect();
    json!({ "recordingId": one.id, "appointmentId": format!("apt-{}", one.id), "subject": one.subject,
        "date": one.held.to_string(), "durationInMinutes": one.minutes, "attendees": attendees })
}

fn snake(one: &Recording) -> Value {
    json!({ "id": one.id, "title": one.subject, "start_time": one.held.to_string(),
        "duration_seconds": one.minutes * 60, "participants": one.attendees })
}

fn line(one: &Recording) -> String {
    let when = one.held.strftime("%Y-%m-%d %H:%M UTC");
    let who = one.attendees.join(", ");
    format!(
        "- **{}**\n  - ID: `{}`\n  - Date: {when}\n  - Duration: {} min\n  - Attendees: {who}\n",
        one.subject, one.id, one.minutes
    )
}

fn markdown(one: &Recording) -> String {
    let mut page = format!("# {}\n", one.subject);
    for (heading, lines) in
        [("Key facts", &one.insights), ("Decisions", &one.decisions), ("Next steps", &one.next_steps)]
    {
        if !lines.is_empty() {
            let _ = write!(page, "\n## {heading}\n\n");
            for line in lines {
                let _ = writeln!(page, "- {line}");
            }
        }
    }
    if !one.tasks.is_empty() {
        page.push_str("\n## Tasks\n\n");
        for task in &one.tasks {
            let owner = task.assignee.as_ref().map(|who| format!("**{who}**: ")).unwrap_or_default();
            let due = task.due.as_ref().map(|due| format!(" (due {due})")).unwrap_or_default();
            let _ = writeln!(page, "- [ ] {owner}{}{due}", task.text);
        }
    }
    page
}
