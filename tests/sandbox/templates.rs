//! `GET template/page` of v1: lists the templates of a space, or those of the site if no space is given. List only, without
//! bodies.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::Access;
use crate::world::{Quirk, World};

/// What each space has, and the site as well.
const NAMES: [&str; 2] = ["Decision", "Meeting notes"];

const DEFAULT_LIMIT: usize = 25;

/// Answers it.
pub(crate) fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let forbidden =
        || Problem::v1(StatusCode::FORBIDDEN, "PermissionException", "Not permitted to view templates");
    if world.has(Quirk::TemplatesForbidden) || visit.is_blocked {
        return Err(forbidden());
    }
    let invalid = |name: &str| {
        let message = format!("{name} must be a number that is not negative");
        Problem::v1(StatusCode::BAD_REQUEST, "BadRequestException", &message)
    };
    let number = |name: &str, default| match visit.call.query(name).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(invalid(name)),
    };
    let (start, limit) = (number("start", 0)?, number("limit", DEFAULT_LIMIT)?);
    if visit.call.query("expand").is_some_and(|expand| !expand.is_empty()) {
        return Err(Problem::not_modelled("the bodies of templates"));
    }
    let site = &world.sites[visit.site];
    let space = match visit.call.query("spaceKey") {
        None => None,
        Some(key) => {
            let found = site.space_by_key(key);
            let found = found.filter(|(place, _)| site.space_access(*place) != Access::Hidden);
            Some(found.ok_or_else(forbidden)?.1)
        }
    };
    let show = |(place, name): (usize, &&str)| {
        let mut shown = json!({
            "templateId": (space.map_or(0, |space| space.id) * 10 + place as u64).to_string(),
            "name": name,
            "description": "",
            "labels": [],
            "templateType": "page",
            "editorVersion": "v2",
            "_expandable": { "body": "" },
            "_links": {},
        });
        if let Some(space) = space {
            shown["space"] = crate::content::space(space);
        }
        shown
    };
    let results: Vec<Value> = NAMES.iter().enumerate().skip(start).take(limit).map(show).collect();
    let count = results.len();
    let links = json!({ "base": world.base(visit.site), "context": "/wiki" });
    let body = json!({ "results": results, "start": start, "limit": limit, "size": count, "_links": links });
    Ok(Answer::json(StatusCode::OK, &body))
}
