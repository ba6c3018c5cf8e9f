//! `GET spaces`, `GET spaces/{id}` and `GET spaces/{id}/operations` of v2.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::data::ADA;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::{Access, Space};
use crate::v2::{self, ResultPage};
use crate::world::{Quirk, World};

const TYPES: [&str; 7] =
    ["global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space"];

/// What somebody may do in a space who may do everything.
const OPERATIONS: [(&str, &str); 10] = [
    ("read", "space"),
    ("create", "page"),
    ("create", "blogpost"),
    ("create", "comment"),
    ("create", "attachment"),
    ("delete", "page"),
    ("delete", "blogpost"),
    ("delete", "comment"),
    ("delete", "attachment"),
    ("archive", "page"),
];

/// A time as Confluence writes it.
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// `GET spaces`.
pub(crate) fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let call = visit.call;
    let results = ResultPage::read(call)?;
    let kind = v2::one_of(call, "type", &TYPES)?;
    let status = v2::one_of(call, "status", &["current", "archived"])?;
    let sort = v2::one_of(call, "sort", &["id", "-id", "key", "-key", "name", "-name"])?;
    let ids = v2::several(call, "ids")?;
    let keys = v2::several(call, "keys")?;

    let wanted = |space: &&Space| {
        kind.is_none_or(|kind| space.kind == kind)
            && status.is_none_or(|status| (status == "archived") == space.is_archived)
            && ids.as_ref().is_none_or(|ids| ids.contains(&space.id.to_string().as_str()))
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
    let is_round = results.from > 0 && world.has(Quirk::SpacesInACircle);
    let next = if is_round { Some(0) } else { results.next(found.len()) };
    Ok(results.answer(&found, |space| show(space), &world.base(visit.site), "spaces", next))
}

/// `GET spaces/{id}`.
pub(crate) fn get(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let (_, space) = visible(world, visit, id)?;
    let mut shown = show(space);
    shown["_links"]["base"] = world.base(visit.site).into();
    Ok(Answer::json(StatusCode::OK, &shown))
}

/// `GET spaces/{id}/operations`.
pub(crate) fn operations(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    if world.has(Quirk::OperationsForbidden) {
        return Err(Problem::v2(StatusCode::FORBIDDEN, "FORBIDDEN", "Forbidden"));
    }
    let (place, space) = visible(world, visit, id)?;
    let is_open = !space.is_archived && world.sites[visit.site].space_access(place) == Access::Full;
    let permitted = if is_open { &OPERATIONS[..] } else { &OPERATIONS[..1] };
    let show = |(operation, target): &(&str, &str)| json!({ "operation": operation, "targetType": target });
    let operations: Vec<Value> = permitted.iter().map(show).collect();
    Ok(Answer::json(StatusCode::OK, &json!({ "operations": operations })))
}

fn visible<'a>(world: &'a World, visit: &Visit<'_>, id: &str) -> Result<(usize, &'a Space), Problem> {
    let site = &world.sites[visit.site];
    let space = site.space_by_id(id).filter(|(place, _)| site.space_access(*place) != Access::Hidden);
    space.ok_or_else(|| Problem::missing("space", id))
}

fn show(space: &Space) -> Value {
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": if space.is_archived { "archived" } else { "current" },
        "authorId": ADA.account_id,
        "spaceOwnerId": space.owner,
        "currentActiveAlias": space.key,
        "createdAt": time(space.created),
        "homepageId": space.homepage.to_string(),
        "description": null,
        "icon": null,
        "_links": { "webui": format!("/spaces/{}", space.key) },
    })
}
