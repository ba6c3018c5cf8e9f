//! `api.atlassian.com`: who is calling, may they call this at all, and only then what it is. The scope is
//! looked at before the address is understood or a parameter read, as Atlassian does it: 401 means that a
//! scope is missing, any other refusal that it is there. Called by the server; calls the endpoints.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::Consent;
use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::site::Person;
use crate::world::{Quirk, World};
use crate::{comments, pages, people, scopes, search, spaces};

/// A call that may be made, on its way to its endpoint.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) call: &'a Call,
    /// The place of the site that is called.
    pub(crate) site: usize,
    pub(crate) now: Timestamp,
    /// Who calls.
    pub(crate) person: &'static Person,
}

/// `GET /me`.
pub(crate) fn me(world: &World, call: &Call, now: Timestamp) -> Result<Answer, Problem> {
    let consent = caller(world, call, now)?;
    if !consent.scopes.iter().any(|scope| scope == "read:me") {
        return Err(Problem::scope());
    }
    Ok(Answer::json(
        StatusCode::OK,
        &json!({
            "account_type": "atlassian",
            "account_id": consent.person.account_id,
            "email": consent.person.email,
            "name": consent.person.name,
            "picture": format!("{}/avatar.png", world.origin),
            "account_status": "active",
            "nickname": consent.person.name.split(' ').next().unwrap_or_default().to_lowercase(),
            "zoneinfo": people::TIME_ZONE,
            "locale": "en-GB",
            "extended_profile": { "job_title": "Analyst", "organization": "Acme" },
        }),
    ))
}

/// `GET /oauth/token/accessible-resources`.
pub(crate) fn accessible_resources(world: &World, call: &Call, now: Timestamp) -> Result<Answer, Problem> {
    let consent = caller(world, call, now)?;
    let (granular, classic): (Vec<&str>, Vec<&str>) = consent
        .scopes
        .iter()
        .map(String::as_str)
        .filter(|scope| scope.contains("confluence"))
        .partition(|scope| scope.ends_with(":confluence"));
    let mut list: Vec<Value> = Vec::new();
    for place in consent.sites.iter().filter(|_| world.has_sites()) {
        let entry = |scopes: &[&str]| {
            let site = &world.sites[*place];
            json!({
                "id": site.cloud_id,
                "url": format!("{}/site/{}", world.origin, site.slug),
                "name": site.name,
                "scopes": scopes,
                "avatarUrl": format!("{}/avatar.png", world.origin),
            })
        };
        if world.has(Quirk::DuplicateSites) {
            list.extend([entry(&classic), entry(&granular)]);
        } else {
            list.push(entry(&[classic.as_slice(), granular.as_slice()].concat()));
        }
    }
    if world.has(Quirk::OtherSite) {
        list.push(json!({
            "id": "5a11c0de-0003-4acc-8e1e-000000000003",
            "url": format!("{}/site/umbrella", world.origin),
            "name": "Umbrella",
            "scopes": ["read:jira-work"],
            "avatarUrl": format!("{}/avatar.png", world.origin),
        }));
    }
    Ok(Answer::json(StatusCode::OK, &Value::Array(list)))
}

fn caller<'a>(world: &'a World, call: &Call, now: Timestamp) -> Result<&'a Consent, Problem> {
    let consent = call.bearer().and_then(|token| world.auth.consent(token, now));
    consent.ok_or_else(|| Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"))
}

/// `/ex/confluence/{cloudId}/wiki/…`.
pub(crate) fn confluence(
    world: &mut World,
    call: &Call,
    path: &[&str],
    now: Timestamp,
) -> Result<Answer, Problem> {
    let unknown = || {
        let path = &call.path;
        Problem::gateway(StatusCode::NOT_FOUND, "Not Found").because(format!("nothing is at {path}"))
    };
    let (cloud_id, path) = match path {
        [cloud_id, "wiki", path @ ..] => (*cloud_id, path),
        _ => return Err(unknown()),
    };
    let Some(token) = call.bearer() else {
        return Err(Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"));
    };
    let site = world.sites.iter().position(|site| site.cloud_id == cloud_id).ok_or_else(unknown)?;
    // Neither is a 401: a credential that is no longer good makes the caller a stranger, who sees nothing.
    let consent = world.auth.consent(token, now).ok_or_else(|| stranger(path))?;
    if !consent.sites.contains(&site) {
        return Err(
            Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized").because("no consent for this site")
        );
    }
    if let Some(sets) = scopes::wanted(&call.method, path) {
        let holds = |scope: &&str| consent.scopes.iter().any(|held| held == scope);
        if !sets.iter().any(|set| set.iter().all(holds)) {
            return Err(Problem::scope().because(format!("this endpoint wants {sets:?}")));
        }
    } else if scopes::is_removed(path) {
        return Err(Problem::gone());
    } else {
        return Err(unknown());
    }
    let is_blocked = world.sites[site].is_blocked;
    let visit = Visit { call, site, now, person: consent.person };
    let answer = endpoint(world, &visit, path);
    if is_blocked {
        let answer = answer.unwrap_or_else(Answer::from);
        return Ok(answer.with("atlassian-datasecuritypolicy", "app_access_blocked"));
    }
    answer
}

fn stranger(path: &[&str]) -> Problem {
    match path {
        ["rest", "api", "user", ..] => {
            Problem::v1(StatusCode::FORBIDDEN, "PermissionException", "caller cannot access Confluence")
        }
        ["rest", ..] => {
            let message = "Current user not permitted to use Confluence";
            Problem::v1(StatusCode::FORBIDDEN, "PermissionException", message)
        }
        // The bare title tells it from a page that is not there, which is named.
        _ => Problem::v2(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found"),
    }
}

fn endpoint(world: &mut World, visit: &Visit<'_>, path: &[&str]) -> Result<Answer, Problem> {
    match (visit.call.method.as_str(), path) {
        ("GET", ["api", "v2", "spaces"]) => spaces::list(world, visit),
        ("GET", ["api", "v2", "spaces", id]) => spaces::get(world, visit, id),
        ("POST", ["api", "v2", "pages"]) => pages::create(world, visit),
        ("PUT", ["api", "v2", "pages", id]) => pages::update(world, visit, id),
        ("PUT", ["api", "v2", "pages", id, "title"]) => pages::retitle(world, visit, id),
        ("POST", ["api", "v2", "footer-comments"]) => comments::create(world, visit),
        ("GET", ["rest", "api", "search"]) => search::search(world, visit),
        ("GET", ["rest", "api", "content", "search"]) => search::search_content(world, visit),
        ("GET", ["rest", "api", "content", id, "descendant", "comment"]) => {
            comments::descendants(world, visit, id)
        }
        ("GET", ["rest", "api", "user", "current"]) => Ok(people::current(visit)),
        ("GET", ["rest", "api", "user"]) => people::by_id(visit),
        ("GET", ["rest", "api", "user", "bulk"]) => Ok(people::bulk(visit)),
        _ => Err(Problem::not_modelled(&visit.call.path)),
    }
}
