//! Selects the tools for lists, summaries and transcripts, and maps their arguments, from the names and JSON schemas that the
//! server publishes: neither is documented, and other servers use other names.
//!
//! Never invents an argument: if a tool requires an unknown one, the error names it. Called by `mod`.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rmcp::model::{JsonObject, Tool as Described};
use serde_json::Value;

use super::Error;
use crate::domain::problem::ServerPart;
use crate::sources::files::words;

/// How many recordings a page of the list should have, where the server lets the app choose: few requests, and still an
/// answer of some kilobytes.
const PAGE_SIZE: u64 = 50;

/// What an argument means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The recording's identifier.
    Id,
    /// Where the page before ended, in the server's own words.
    Cursor,
    /// How many recordings a page has.
    Size,
    /// The number of a page.
    Page,
    /// How many recordings to pass over.
    Offset,
    /// Only what was held since.
    From,
    /// Only what was held until.
    To,
    /// Words to find.
    Query,
    /// Whose recordings.
    Company,
}

/// Names by their words: a role belongs to the first line with a word that the name has.
const ROLES: &[(Role, &[&str])] = &[
    (Role::Cursor, &["cursor", "continuation", "token"]),
    (Role::Size, &["size", "limit", "count", "perpage", "per", "take", "top", "max"]),
    (Role::Offset, &["offset", "skip"]),
    (Role::Page, &["page", "pagenumber", "pageindex"]),
    (Role::Id, &["id", "ids", "uuid", "guid", "identifier"]),
    (Role::From, &["from", "since", "after", "start", "begin", "startdate", "datefrom"]),
    (Role::To, &["to", "until", "before", "end", "enddate", "dateto"]),
    (Role::Company, &["company", "organization", "organisation", "tenant", "workspace", "account"]),
    (Role::Query, &["query", "q", "search", "keyword", "keywords", "term", "terms", "text", "subject"]),
];

/// What a list of recordings is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Ask<'a> {
    pub(super) page: Option<u64>,
    pub(super) offset: Option<u64>,
    pub(super) cursor: Option<&'a str>,
    pub(super) since: Option<Timestamp>,
    pub(super) id: Option<&'a str>,
    pub(super) company: Option<&'a str>,
}

/// A tool, as far as it is understood.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: String,
    arguments: Vec<Argument>,
}

#[derive(Debug)]
struct Argument {
    name: String,
    role: Option<Role>,
    required: bool,
    schema: Value,
}

impl Tool {
    pub(super) fn read(tool: &Described) -> Self {
        let schema = &tool.input_schema;
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = schema.get("properties").and_then(Value::as_object);
        let arguments = properties
            .into_iter()
            .flatten()
            .map(|(name, schema)| Argument {
                role: role(name, schema),
                required: required.contains(&name.as_str()),
                name: name.clone(),
                schema: schema.clone(),
            })
            .collect();
        Self { name: tool.name.to_string(), arguments }
    }

    /// Whether it takes an argument of this meaning.
    pub(super) fn has(&self, role: Role) -> bool {
        self.named(role).is_some()
    }

    /// The name of the argument of this meaning.
    pub(super) fn named(&self, role: Role) -> Option<&str> {
        self.arguments
            .iter()
            .find(|argument| argument.role == Some(role))
            .map(|argument| argument.name.as_str())
    }

    /// The number of the first page, where the schema tells it.
    pub(super) fn first_page(&self) -> Option<u64> {
        let page = self.arguments.iter().find(|argument| argument.role == Some(Role::Page))?;
        ["default", "minimum"]
            .into_iter()
            .find_map(|name| page.schema.get(name)?.as_u64())
            .filter(|first| *first < 2)
    }

    /// Whether it cannot do without.
    pub(super) fn requires(&self, role: Role) -> bool {
        self.arguments.iter().any(|argument| argument.role == Some(role) && argument.required)
    }

    /// The arguments of a call.
    pub(super) fn arguments(&self, ask: &Ask<'_>) -> Result<JsonObject, Error> {
        let mut call = JsonObject::new();
        for argument in &self.arguments {
            let value =
                argument.value(ask).or_else(|| argument.required.then(|| argument.filler()).flatten());
            match value {
                Some(value) => {
                    call.insert(argument.name.clone(), value);
                }
                None if argument.required => {
                    return Err(Error::ArgumentUnknown {
                        tool: self.name.clone(),
                        argument: argument.name.clone(),
                    });
                }
                None => {}
            }
        }
        Ok(call)
    }
}

impl Argument {
    fn value(&self, ask: &Ask<'_>) -> Option<Value> {
        let number =
            |number: u64| if self.is("string") { number.to_string().into() } else { Value::from(number) };
        match self.role? {
            Role::Id => ask.id.map(|id| if self.is("array") { vec![id].into() } else { self.text(id) }),
            Role::Cursor => ask.cursor.map(Value::from),
            Role::Size => {
                let most = self.schema.get("maximum").and_then(Value::as_u64).unwrap_or(PAGE_SIZE);
                Some(number(most.clamp(1, PAGE_SIZE)))
            }
            Role::Page => ask.page.map(number),
            Role::Offset => ask.offset.map(number),
            Role::From => ask.since.map(|since| self.moment(since)),
            Role::Company => ask.company.map(Value::from),
            Role::To | Role::Query => None,
        }
    }

    /// The value for "none", where the tool requires one.
    fn filler(&self) -> Option<Value> {
        if let Some(value) = self.schema.get("default").or_else(|| self.schema.get("const")) {
            return Some(value.clone());
        }
        if let Some(first) =
            self.schema.get("enum").and_then(Value::as_array).and_then(|one_of| one_of.first())
        {
            return Some(first.clone());
        }
        if self.is("null") {
            return Some(Value::Null);
        }
        match self.role {
            Some(Role::Query) => Some("".into()),
            Some(Role::Page | Role::Offset) => self.schema.get("minimum").cloned().or(Some(0.into())),
            Some(Role::From) => Some(self.moment(Timestamp::UNIX_EPOCH)),
            _ if self.is("boolean") => Some(false.into()),
            _ => None,
        }
    }

    /// Whether the schema lets a value be of this type.
    fn is(&self, kind: &str) -> bool {
        match self.schema.get("type") {
            Some(Value::String(one)) => one == kind,
            Some(Value::Array(several)) => several.iter().any(|one| one == kind),
            _ => false,
        }
    }

    fn text(&self, id: &str) -> Value {
        match id.parse::<u64>() {
            Ok(number) if self.is("integer") || self.is("number") => number.into(),
            _ => id.into(),
        }
    }

    fn moment(&self, at: Timestamp) -> Value {
        let description = self.schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let day = self.schema.get("format").and_then(Value::as_str) == Some("date")
            || description.to_uppercase().contains("YYYY-MM-DD") && !description.contains('T');
        if self.is("integer") || self.is("number") {
            return at.as_second().into();
        }
        if day {
            at.to_zoned(TimeZone::UTC).date().to_string().into()
        } else {
            at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
        }
    }
}

/// What an argument means, by its name, else by what is said of it.
fn role(name: &str, schema: &Value) -> Option<Role> {
    let find = |words: &[String]| {
        ROLES
            .iter()
            .find(|(_, known)| words.iter().any(|word| known.contains(&word.as_str())))
            .map(|(role, _)| *role)
    };
    let named = find(&words(name));
    if named.is_some() {
        return named;
    }
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let says = |word: &str| description.contains(word);
    if says("cursor") {
        Some(Role::Cursor)
    } else if says("page number") {
        Some(Role::Page)
    } else if says("identifier") || says(" id of") || says("the id ") {
        Some(Role::Id)
    } else if says("search") {
        Some(Role::Query)
    } else {
        None
    }
}

/// The tools that meetings are read with.
#[derive(Debug)]
pub(super) struct Toolbox {
    /// Lists the recordings.
    pub(super) list: Tool,
    /// Gives the summary of one.
    pub(super) summary: Option<Tool>,
    /// Gives what was said in one.
    pub(super) transcript: Option<Tool>,
}

/// What meetings are called, in the plural, the best first.
const SEVERAL: [&str; 8] =
    ["recordings", "meetings", "transcripts", "calls", "conversations", "documents", "notes", "appointments"];

impl Toolbox {
    /// Chooses: Sally's own tools by their documented names, those of other servers by their words.
    pub(super) fn choose(tools: &[Described]) -> Result<Self, Error> {
        let all: Vec<Tool> = tools.iter().map(Tool::read).collect();
        let find_tool = |name: &str, fits: &dyn Fn(&Tool) -> bool| {
            all.iter().position(|tool| tool.name == name).or_else(|| all.iter().position(fits))
        };
        let about_one = |tool: &Tool, known: &[&str]| {
            tool.has(Role::Id)
                && words(&tool.name).iter().any(|word| known.iter().any(|one| word.starts_with(one)))
        };
        let list = all.iter().position(|tool| tool.name == "get_recordings").or_else(|| {
            SEVERAL.iter().find_map(|several| {
                all.iter().position(|tool| {
                    !tool.requires(Role::Id) && words(&tool.name).iter().any(|word| word == several)
                })
            })
        });
        let transcript = find_tool("get_transcription", &|tool| about_one(tool, &["transcri"]));
        let summary = find_tool("get_summary", &|tool| about_one(tool, &["summar"]))
            .or_else(|| all.iter().position(|tool| about_one(tool, &["notes", "minutes"])))
            .or_else(|| {
                let other = |at: usize| Some(at) != transcript && Some(at) != list;
                (0..all.len()).find(|at| {
                    other(*at)
                        && about_one(&all[*at], &["meeting", "recording", "call", "conversation", "document"])
                })
            });
        let missing = |what| Error::ToolMissing { what };
        let list = list.ok_or(missing(ServerPart::Recordings))?;
        if summary.is_none() && transcript.is_none() {
            return Err(missing(ServerPart::Summary));
        }
        let mut all: Vec<Option<Tool>> = all.into_iter().map(Some).collect();
        let mut take = |at: usize| all.get_mut(at).and_then(Option::take);
        Ok(Self {
            list: take(list).ok_or(missing(ServerPart::Recordings))?,
            summary: summary.and_then(&mut take),
            transcript: transcript.and_then(&mut take),
        })
    }
}

#[cfg(test)]
mod tests;
