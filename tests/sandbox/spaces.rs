//! `GET spaces` and `GET spaces/{id}` of v2.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::cursor;
use crate::data::ADA;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::{Access, Space};
use crate::world::{Quirk, World};

const LIMIT_MAX: usize = 250;
const LIMIT: usize = 25;

const TYPES: [&str; 7] =
    ["global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space"];

/// A time as Confluence writes it.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `GET spaces`.
pub(crate) fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let call = visit.call;
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => LIMIT,
        Some(Ok(limit @ 1..=LIMIT_MAX)) => limit,
        Some(_) => return Err(Problem::invalid(format!("limit must be between 1 and {LIMIT_MAX}"))),
    };
    let kind = one_of(call.query("type"), "type", &TYPES)?;
    let status = one_of(call.query("status"), "status", &["current", "archived"])?;
    let sort = one_of(call.query("sort"), "sort", &["id", "-id", "key", "-key", "name", "-name"])?;
    let ids = several(call.query("ids"), "ids")?;
    let keys = several(call.query("keys"), "keys")?;

    let wanted = |space: &&Space| {
        kind.is_none_or(|kind| space.kind == kind)
            && status.is_none_or(|status| (status == "archived") == space.is_archived)
            && ids.as_ref().is_none_or(|ids| ids.contains(&space.id.to_string()))
            && keys.as_ref().is_none_or(|keys| keys.iter().any(|key| space.key.eq_ignore_ascii_case(key)))
    };
    let mut found: Vec<&Space> =
        world.sites[visit.site].visible_spaces().map(|(_, space)| space).filter(wanted).collect();
    match sort.unwrap_or("id").trim_start_matches('-') {
        "key" => found.sort_by_key(|space| space.key.to_lowercase()),
        "name" => found.sort_by_key(|space| space.name.to_lowercase()),
        _ => found.sort_by_key(|space| space.id),
    }
    if sort.is_some_and(|sort| sort.starts_with('-')) {
        found.reverse();
    }

    // A cursor belongs to its list: the same filters and the same order.
    let mut of = url::form_urlencoded::Serializer::new(String::new());
    of.extend_pairs(call.query.iter().filter(|(name, _)| name != "cursor"));
    let of = of.finish();
    let from = match call.query("cursor") {
        None => 0,
        Some(text) => cursor::read(&of, text).ok_or_else(|| Problem::invalid("Invalid cursor"))?,
    };
    let results: Vec<Value> = found.iter().skip(from).take(limit).map(|space| show(space)).collect();

    let base = world.base(visit.site);
    let mut links = json!({ "base": base });
    let mut header = format!("<{base}>; rel=\"base\"");
    if from + limit < found.len() {
        let joint = if of.is_empty() { "" } else { "&" };
        let to = if from > 0 && world.has(Quirk::SpacesInACircle) { 0 } else { from + limit };
        let next = format!("/wiki/api/v2/spaces?{of}{joint}cursor={}", cursor::make(&of, to));
        header = format!("<{next}>; rel=\"next\", {header}");
        links["next"] = next.into();
    }
    Ok(Answer::json(StatusCode::OK, &json!({ "results": results, "_links": links })).with("link", &header))
}

/// `GET spaces/{id}`.
pub(crate) fn get(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let site = &world.sites[visit.site];
    let (_, space) = site
        .space_by_id(id)
        .filter(|(place, _)| site.space_access(*place) != Access::Hidden)
        .ok_or_else(|| Problem::missing("space", id))?;
    let mut shown = show(space);
    shown["_links"]["base"] = world.base(visit.site).into();
    Ok(Answer::json(StatusCode::OK, &shown))
}

fn show(space: &Space) -> Value {
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": if space.is_archived { "archived" } else { "current" },
        "authorId": ADA.account_id,
        "spaceOwnerId": ADA.account_id,
        "currentActiveAlias": space.key,
        "createdAt": time(space.created),
        "homepageId": space.homepage.to_string(),
        "description": null,
        "icon": null,
        "_links": { "webui": format!("/spaces/{}", space.key) },
    })
}

fn one_of<'a>(value: Option<&'a str>, name: &str, known: &[&str]) -> Result<Option<&'a str>, Problem> {
    match value {
        Some(value) if !known.contains(&value) => {
            Err(Problem::invalid(format!("Provided value {{{value}}} for '{name}' is not the correct type")))
        }
        value => Ok(value),
    }
}

fn several(value: Option<&str>, name: &str) -> Result<Option<Vec<String>>, Problem> {
    let Some(value) = value else { return Ok(None) };
    let values: Vec<String> = value.split(',').map(|part| part.trim().to_owned()).collect();
    if values.len() > LIMIT_MAX || values.iter().any(String::is_empty) {
        return Err(Problem::invalid(format!("{name} must be 1 to {LIMIT_MAX} values")));
    }
    Ok(Some(values))
}
