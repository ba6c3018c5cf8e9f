//! Shared by the v2 endpoints: strict query parameters, cursor pagination, versions, and body representations. Rejects known
//! parameters that are not modelled.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::site::Person;
use crate::spaces::time;
use crate::{adf, cursor};

const MAX_LIMIT: usize = 250;
const DEFAULT_LIMIT: usize = 25;

/// A parameter that has one of these values.
pub(crate) fn one_of<'a>(call: &'a Call, name: &str, known: &[&str]) -> Result<Option<&'a str>, Problem> {
    match call.query(name) {
        Some(value) if !known.contains(&value) => Err(wrong_type(value, name)),
        value => Ok(value),
    }
}

/// A parameter that is a list, with commas or given several times.
pub(crate) fn several<'a>(call: &'a Call, name: &str) -> Result<Option<Vec<&'a str>>, Problem> {
    let given = call.query.iter().filter(|(key, _)| key == name);
    let values: Vec<&str> = given.flat_map(|(_, value)| value.split(',')).map(str::trim).collect();
    if values.len() > MAX_LIMIT || values.iter().any(|value| value.is_empty()) {
        return Err(Problem::invalid(format!("{name} must be 1 to {MAX_LIMIT} values")));
    }
    Ok((!values.is_empty()).then_some(values))
}

/// A list of some of these values.
pub(crate) fn some_of<'a>(
    call: &'a Call,
    name: &str,
    known: &[&str],
) -> Result<Option<Vec<&'a str>>, Problem> {
    let values = several(call, name)?;
    match values.iter().flatten().find(|value| !known.contains(value)) {
        Some(value) => Err(wrong_type(value, name)),
        None => Ok(values),
    }
}

/// A list of identifiers.
pub(crate) fn ids(call: &Call, name: &str) -> Result<Option<Vec<u64>>, Problem> {
    let Some(values) = several(call, name)? else { return Ok(None) };
    values.into_iter().map(|value| id(value, name)).collect::<Result<_, _>>().map(Some)
}

/// An identifier, which is a `long`; one that is below zero is nobody's.
pub(crate) fn id(text: &str, name: &str) -> Result<u64, Problem> {
    let number: i64 = text.parse().map_err(|_| wrong_type(text, name))?;
    Ok(number.try_into().unwrap_or_default())
}

fn wrong_type(value: &str, name: &str) -> Problem {
    Problem::invalid(format!("Provided value {{{value}}} for '{name}' is not the correct type"))
}

/// Refuses to leave out silently what these parameters of a single page or comment would add.
pub(crate) fn refuse_extras(call: &Call) -> Result<(), Problem> {
    let is_extra = |(name, value): &&(String, String)| match name.as_str() {
        "version" => true,
        "include-version" => value != "true",
        name => name.starts_with("include-") && value != "false",
    };
    match call.query.iter().find(is_extra) {
        Some((name, _)) => Err(Problem::not_modelled(&format!("{name} of {}", call.path))),
        None => Ok(()),
    }
}

/// The part of a list that one call gets.
#[derive(Debug)]
pub(crate) struct ResultPage {
    /// A cursor belongs to its list: the same filters and the same order.
    of: String,
    pub(crate) from: usize,
    limit: usize,
}

impl ResultPage {
    /// Reads `limit` and `cursor`.
    pub(crate) fn read(call: &Call) -> Result<Self, Problem> {
        let limit = match call.query("limit").map(str::parse::<usize>) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit @ 1..=MAX_LIMIT)) => limit,
            Some(_) => return Err(Problem::invalid(format!("limit must be between 1 and {MAX_LIMIT}"))),
        };
        let mut of = url::form_urlencoded::Serializer::new(String::new());
        of.extend_pairs(call.query.iter().filter(|(name, _)| name != "cursor"));
        let of = of.finish();
        let from = match call.query("cursor") {
            None => 0,
            Some(text) => cursor::read(&of, text).ok_or_else(|| Problem::invalid("Invalid cursor"))?,
        };
        Ok(Self { of, from, limit })
    }

    /// Where the list goes on after this results, if it does.
    pub(crate) fn next(&self, count: usize) -> Option<usize> {
        let to = self.from.saturating_add(self.limit);
        (to < count).then_some(to)
    }

    /// The entries of this results, with links to the web view and to what comes next, in the body and in the header.
    pub(crate) fn answer<T>(
        &self,
        all: &[T],
        show: impl Fn(&T) -> Value,
        base: &str,
        path: &str,
        next: Option<usize>,
    ) -> Answer {
        let results: Vec<Value> = all.iter().skip(self.from).take(self.limit).map(show).collect();
        let mut links = json!({ "base": base });
        let mut header = format!("<{base}>; rel=\"base\"");
        if let Some(next) = next {
            let joint = if self.of.is_empty() { "" } else { "&" };
            let next =
                format!("/wiki/api/v2/{path}?{}{joint}cursor={}", self.of, cursor::make(&self.of, next));
            header = format!("<{next}>; rel=\"next\", {header}");
            links["next"] = next.into();
        }
        Answer::json(StatusCode::OK, &json!({ "results": results, "_links": links })).with("link", &header)
    }
}

/// In which form a body is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Representation {
    Absent,
    Storage,
    Document,
}

impl Representation {
    /// `body-format` of a list.
    pub(crate) fn of_many(call: &Call) -> Result<Self, Problem> {
        Ok(match one_of(call, "body-format", &["storage", "atlas_doc_format"])? {
            None => Self::Absent,
            Some("storage") => Self::Storage,
            Some(_) => Self::Document,
        })
    }

    /// `body-format` of a single page or comment, which knows more.
    pub(crate) fn of_one(call: &Call) -> Result<Self, Problem> {
        let others = ["view", "export_view", "anonymous_export_view", "styled_view", "editor"];
        match call.query("body-format") {
            Some(other) if others.contains(&other) => {
                Err(Problem::not_modelled(&format!("the body format {other}")))
            }
            _ => Self::of_many(call),
        }
    }

    /// The property `body`.
    pub(crate) fn show(self, document: &Value) -> Value {
        match self {
            Self::Absent => json!({}),
            Self::Storage => {
                json!({ "storage": { "value": adf::storage(document), "representation": "storage" } })
            }
            Self::Document => json!({
                "atlas_doc_format": { "value": document.to_string(), "representation": "atlas_doc_format" },
            }),
        }
    }
}

/// The property `version`.
pub(crate) fn version(number: u64, author: &Person, at: Timestamp) -> Value {
    json!({
        "number": number,
        "message": "",
        "minorEdit": false,
        "authorId": author.account_id,
        "createdAt": time(at),
    })
}
