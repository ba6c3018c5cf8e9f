//! Search: `search` and `content/search` of v1. As the real one, it ignores `start`, paginates by cursor, lags behind writes,
//! and counts results that the caller may not see.

pub(crate) mod cql;
pub(crate) mod find;
mod lexer;
pub(crate) mod users;

use axum::http::StatusCode;
use serde_json::{Value, json};

use self::cql::{Clause, Expression, Field, Operator};
use self::find::{Hit, find};
use crate::call::Answer;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::Site;
use crate::spaces::time;
use crate::world::{Quirk, World};
use crate::{content, cursor};

const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 250;

/// `GET search`.
pub(crate) fn search(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let found = run(world, visit, true)?;
    let site = &world.sites[visit.site];
    // Marks are put into titles unless they are declined.
    let is_marked = !matches!(visit.call.query("excerpt"), Some("none" | "indexed" | "indexed_unescaped"));
    let mut results: Vec<Value> =
        found.hits.iter().map(|hit| show(visit, site, *hit, &found, is_marked)).collect();
    if world.has(Quirk::FoldersSearched) && is_of_folders(&found.query.filter) {
        let show =
            |id: u64| json!({ "content": { "id": id.to_string(), "type": "folder", "title": "A folder" } });
        results.extend(site.folder_ids().map(show));
    }
    let body = json!({
        "results": results,
        "start": found.from,
        "limit": found.limit,
        "size": results.len(),
        "totalSize": found.total,
        "cqlQuery": visit.call.query("cql"),
        "searchDuration": 12,
        "_links": found.links(world, visit, "/rest/api/search"),
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

/// `GET content/search`.
pub(crate) fn search_content(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let found = run(world, visit, false)?;
    let site = &world.sites[visit.site];
    let expand = content::expand(visit.call, "");
    let is_told = !world.has(Quirk::ContributorsEmpty);
    let show = |hit: &Hit<'_>| match hit {
        Hit::Page(page) => Some(content::page(site, page, &expand, is_told)),
        Hit::Comment(comment, _) => Some(content::comment(site, comment, &expand)),
        Hit::Space(_) => None,
    };
    let results: Vec<Value> = found.hits.iter().filter_map(show).collect();
    let body = json!({
        "results": results,
        "start": found.from,
        "limit": found.limit,
        "size": results.len(),
        "_links": found.links(world, visit, "/rest/api/content/search"),
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

struct Found<'a> {
    query: cql::Query,
    hits: Vec<Hit<'a>>,
    from: usize,
    limit: usize,
    total: usize,
}

fn run<'a>(world: &'a World, visit: &Visit<'_>, with_spaces: bool) -> Result<Found<'a>, Problem> {
    let text = visit.call.query("cql").unwrap_or_default();
    let refuse = |why: &str| {
        Problem::v1(StatusCode::BAD_REQUEST, "BadRequestException", &format!("Could not parse cql : {text}"))
            .because(why)
    };
    let query = cql::parse(text).map_err(|why| refuse(&why))?;
    if world.has(Quirk::ContainerUnknown) && names(&query.filter, Field::Container) {
        return Err(refuse("no field exists with name: container"));
    }
    if world.has(Quirk::SpaceTypeUnknown) && names(&query.filter, Field::SpaceType) {
        return Err(refuse("no field exists with name: space.type"));
    }
    let with_spaces = with_spaces && !world.has(Quirk::SpacesNotSearched);
    let invalid = |message: &str| Problem::v1(StatusCode::BAD_REQUEST, "BadRequestException", message);
    let limit = match visit.call.query("limit").map(str::parse::<usize>) {
        None => DEFAULT_LIMIT,
        Some(Ok(limit)) => limit.min(MAX_LIMIT),
        Some(Err(_)) => return Err(invalid("limit must be a number")),
    };
    // `start` is not looked at: as it is at the real one, where callers that count on it loop for ever.
    let from = match visit.call.query("cursor") {
        None => 0,
        Some(given) => cursor::read(text, given).ok_or_else(|| invalid("Invalid cursor"))?,
    };
    let site = &world.sites[visit.site];
    let mut hits = if visit.is_blocked { Vec::new() } else { find(site, &query, visit, with_spaces) };
    let by_id = names(&query.filter, Field::Id);
    let quirk = if by_id { Quirk::PagesNotFoundById } else { Quirk::PagesNotSearched };
    if with_spaces && world.has(quirk) {
        hits.retain(|hit| !matches!(hit, Hit::Page(_)));
    }
    let total = hits.len();
    hits = hits.into_iter().skip(from).take(limit).filter(|hit| hit.is_visible(site)).collect();
    Ok(Found { query, hits, from, limit, total })
}

impl Found<'_> {
    fn links(&self, world: &World, visit: &Visit<'_>, path: &str) -> Value {
        let mut links = json!({ "base": world.base(visit.site), "context": "/wiki" });
        let to = self.from + self.limit;
        if self.limit > 0 && to < self.total {
            let cql = visit.call.query("cql").unwrap_or_default();
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("next", "true").append_pair("cursor", &cursor::make(cql, to));
            // All but `excerpt` goes on.
            let kept = |(name, _): &&(String, String)| matches!(name.as_str(), "cql" | "expand");
            query.extend_pairs(visit.call.query.iter().filter(kept));
            query.append_pair("limit", &self.limit.to_string()).append_pair("start", &to.to_string());
            links["next"] = format!("{path}?{}", query.finish()).into();
        }
        links
    }
}

fn show(visit: &Visit<'_>, site: &Site, hit: Hit<'_>, found: &Found<'_>, is_marked: bool) -> Value {
    let expand = content::expand(visit.call, "content.");
    let (key, mut shown, space) = match hit {
        Hit::Page(page) => ("content", content::page(site, page, &expand, true), &site.spaces[page.space]),
        Hit::Comment(comment, page) => {
            ("content", content::comment(site, comment, &expand), &site.spaces[page.space])
        }
        Hit::Space(space) => ("space", content::space(space), space),
    };
    let title = shown["title"].as_str().or_else(|| shown["name"].as_str()).unwrap_or_default().to_owned();
    let url = shown["_links"]["webui"].take();
    shown["_links"]["webui"] = url.clone();
    let mut result = json!({
        "title": if is_marked { mark(&title, &found.query.filter) } else { title },
        "excerpt": "",
        "url": url,
        "resultGlobalContainer": { "title": space.name, "displayUrl": format!("/spaces/{}", space.key) },
        "breadcrumbs": [],
        "entityType": key,
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": time(hit.changed()),
        "friendlyLastModified": "recently",
        "score": 0.0,
    });
    result[key] = shown;
    result
}

/// The title with the words that were searched for marked, in the way that surprises those who show it.
fn mark(title: &str, filter: &Expression) -> String {
    let mut wanted = Vec::new();
    collect(filter, &mut wanted);
    let marked = title.split(' ').map(|word| {
        let is_hit =
            wanted.iter().flat_map(|text| text.split_whitespace()).any(|term| find::matches(word, term));
        if is_hit { format!("@@@hl@@@{word}@@@endhl@@@") } else { word.to_owned() }
    });
    marked.collect::<Vec<_>>().join(" ")
}

fn collect<'a>(filter: &'a Expression, wanted: &mut Vec<&'a str>) {
    match filter {
        Expression::Both(left, right) | Expression::Either(left, right) => {
            collect(left, wanted);
            collect(right, wanted);
        }
        Expression::Is(Clause {
            field: Field::Title | Field::Text,
            operator: Operator::Contains,
            values,
        }) => {
            wanted.extend(values.iter().filter_map(|value| match value {
                cql::Value::Text(text) => Some(text.as_str()),
                _ => None,
            }));
        }
        Expression::Not(_) | Expression::Is(_) => {}
    }
}

/// Whether a query asks for folders.
fn is_of_folders(filter: &Expression) -> bool {
    match filter {
        Expression::Both(left, right) => is_of_folders(left) || is_of_folders(right),
        Expression::Is(clause) => {
            clause.field == Field::Type && clause.values.contains(&cql::Value::Text("folder".to_owned()))
        }
        Expression::Either(..) | Expression::Not(_) => false,
    }
}

fn names(filter: &Expression, field: Field) -> bool {
    match filter {
        Expression::Both(left, right) | Expression::Either(left, right) => {
            names(left, field) || names(right, field)
        }
        Expression::Not(inner) => names(inner, field),
        Expression::Is(clause) => clause.field == field,
    }
}
