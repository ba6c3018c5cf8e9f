//! Error responses in Atlassian's four formats: v2, v1, the gateway and the authorization server. Everything that can reject
//! a request returns a [`Problem`].

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    body: Value,
    /// What Atlassian does not tell and a developer wants to know; in the header `sandbox-reason`.
    reason: Option<String>,
}

impl Problem {
    /// v2's shape. Clients tell cases apart by `title`: the codes vary by source.
    pub(crate) fn v2(status: StatusCode, code: &str, title: impl Into<String>) -> Self {
        let title = title.into();
        let body = json!({ "errors": [{ "status": status.as_u16(), "code": code, "title": title, "detail": null }] });
        Self { status, body, reason: None }
    }

    /// v2's 400.
    pub(crate) fn invalid(title: impl Into<String>) -> Self {
        Self::v2(StatusCode::BAD_REQUEST, "INVALID_REQUEST_PARAMETER", title)
    }

    /// v2's 404, which also stands for "no permission".
    pub(crate) fn missing(what: &str, id: &str) -> Self {
        Self::v2(StatusCode::NOT_FOUND, "NOT_FOUND", format!("Cannot find a {what} with id [{id}]"))
    }

    /// v1's shape.
    pub(crate) fn v1(status: StatusCode, exception: &str, message: &str) -> Self {
        let body = json!({
            "statusCode": status.as_u16(),
            "data": { "authorized": true, "valid": true, "errors": [], "successful": status.is_success() },
            "message": format!("com.atlassian.confluence.api.service.exceptions.{exception}: {message}"),
        });
        Self { status, body, reason: None }
    }

    /// v1's answer for endpoints that Atlassian removed.
    pub(crate) fn gone() -> Self {
        let body = json!({
            "statusCode": 410,
            "data": { "authorized": true, "valid": true, "errors": [], "successful": true },
            "message": "com.atlassian.confluence.api.service.exceptions.pagesmodes.GoneException: \
                        This deprecated endpoint has been removed.",
        });
        Self { status: StatusCode::GONE, body, reason: None }
    }

    /// The gateway's shape.
    pub(crate) fn gateway(status: StatusCode, message: &str) -> Self {
        Self { status, body: json!({ "code": status.as_u16(), "message": message }), reason: None }
    }

    /// The gateway's answer where the token lacks a scope. Refreshing does not help.
    pub(crate) fn scope() -> Self {
        Self::gateway(StatusCode::UNAUTHORIZED, "Unauthorized; scope does not match")
    }

    /// The authorization server's shape.
    pub(crate) fn oauth(status: StatusCode, error: &str, description: &str) -> Self {
        Self { status, body: json!({ "error": error, "error_description": description }), reason: None }
    }

    /// What the sandbox knows of but does not do.
    pub(crate) fn not_modelled(path: &str) -> Self {
        Self::gateway(StatusCode::NOT_IMPLEMENTED, &format!("The sandbox does not model {path}"))
    }

    /// Adds what a developer wants to know.
    #[must_use]
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        let answer = Answer::json(problem.status, &problem.body);
        match problem.reason {
            // Headers are one line of plain characters.
            Some(reason) => {
                let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
                answer.with("sandbox-reason", &reason.chars().take(500).map(plain).collect::<String>())
            }
            None => answer,
        }
    }
}
