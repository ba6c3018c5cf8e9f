//! `api.atlassian.com`, and the same API at a site's own address: authenticates the caller, checks scopes, and routes to the
//! endpoint. As at Atlassian, scopes are checked before the path and the parameters: 401 means that a scope is missing, any
//! other error that it is present. Called by the server.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::auth::Consent;
use crate::call::{Answer, Call};
use crate::problem::Problem;
use crate::site::Person;
use crate::world::{Quirk, World};
use crate::{comments, labels, pages, people, scopes, search, spaces, templates, web};

/// A call that may be made, on its way to its endpoint.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) call: &'a Call,
    /// The place of the site that is called.
    pub(crate) site: usize,
    pub(crate) now: Timestamp,
    /// Who calls.
    pub(crate) person: &'static Person,
    /// A data policy hides what the site holds from this call.
    pub(crate) is_blocked: bool,
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

/// A credential as it was sent, before anybody knows whether it is good.
enum Credential<'a> {
    Bearer(&'a str),
    ApiToken(String, String),
}

impl<'a> Credential<'a> {
    fn of(call: &'a Call) -> Option<Self> {
        let api_token = || call.basic().map(|(email, token)| Self::ApiToken(email, token));
        call.bearer().map(Self::Bearer).or_else(api_token)
    }
}

/// What a good credential lets through.
struct Pass<'a> {
    person: &'static Person,
    /// `None` for a classic API token, to which scopes mean nothing.
    scopes: Option<&'a [String]>,
    /// A data policy keeps apps out, and what comes with a person's own token is no app.
    is_app: bool,
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
    let credential =
        Credential::of(call).ok_or_else(|| Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"))?;
    let site = world.sites.iter().position(|site| site.cloud_id == cloud_id).ok_or_else(unknown)?;
    refuse_fenced(world, site)?;
    // Neither is a 401: a credential that is no longer good makes the caller a stranger, who sees nothing.
    let pass = match &credential {
        Credential::Bearer(token) => {
            let at = if world.has(Quirk::AccessForEver) { Timestamp::UNIX_EPOCH } else { now };
            let consent = world.auth.consent(token, at).ok_or_else(|| refused(world, path))?;
            if !consent.sites.contains(&site) {
                return Err(Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized")
                    .because("no consent for this site"));
            }
            Pass { person: consent.person, scopes: Some(&consent.scopes), is_app: true }
        }
        Credential::ApiToken(email, token) => {
            let Some(token) = world.tokens.good(email, token, now) else {
                return if world.has(Quirk::OpenToEverybody) {
                    visitor(path)
                } else {
                    Err(refused(world, path))
                };
            };
            if token.scopes().is_none() && world.has(Quirk::ClassicAtSiteOnly) {
                return Err(refused(world, path));
            }
            Pass { person: token.person, scopes: token.scopes(), is_app: false }
        }
    };
    if let Some(sets) = scopes::wanted(&call.method, path) {
        let holds = |scope: &&str| pass.scopes.is_none_or(|held| held.iter().any(|held| held == scope));
        if !sets.iter().any(|set| set.iter().all(holds)) {
            return Err(Problem::scope().because(format!("this endpoint wants {sets:?}")));
        }
    } else if scopes::is_removed(path) {
        return Err(Problem::gone());
    } else {
        return Err(unknown());
    }
    let (person, is_app) = (pass.person, pass.is_app);
    enter(world, call, path, site, person, is_app, now)
}

/// `/site/{slug}/wiki/api/v2/…` and `/site/{slug}/wiki/rest/…`: the API at a site's own address, which takes classic
/// API tokens only.
pub(crate) fn at_site(
    world: &mut World,
    call: &Call,
    slug: &str,
    path: &[&str],
    now: Timestamp,
) -> Result<Answer, Problem> {
    let Some(site) = world.sites.iter().position(|site| site.slug == slug) else {
        return Ok(web::not_found());
    };
    refuse_fenced(world, site)?;
    let person = match Credential::of(call) {
        None => return Err(stranger(path).because("nobody is logged in")),
        Some(Credential::Bearer(_)) => return Ok(unauthorized()),
        Some(Credential::ApiToken(email, token)) => {
            let token = world.tokens.good(&email, &token, now).ok_or_else(|| stranger(path))?;
            if token.scopes().is_some() && !world.has(Quirk::ScopedTokensAtSite) {
                return Ok(unauthorized());
            }
            token.person
        }
    };
    if scopes::wanted(&call.method, path).is_some() {
        enter(world, call, path, site, person, false, now)
    } else if scopes::is_removed(path) {
        Err(Problem::gone())
    } else {
        Ok(web::not_found())
    }
}

/// `/site/{slug}/_edge/tenant_info`: which site an address is of, told to anybody.
pub(crate) fn tenant_info(world: &World, slug: &str) -> Answer {
    match world.sites.iter().find(|site| site.slug == slug) {
        Some(_) if world.has(Quirk::TenantInfoClosed) => unauthorized(),
        Some(site) => Answer::json(StatusCode::OK, &json!({ "cloudId": site.cloud_id })),
        None => web::not_found(),
    }
}

/// What is behind the gateway: Confluence itself, which knows its people.
fn enter(
    world: &mut World,
    call: &Call,
    path: &[&str],
    place: usize,
    person: &'static Person,
    is_app: bool,
    now: Timestamp,
) -> Result<Answer, Problem> {
    let site = &world.sites[place];
    if !site.admits(person) || !(is_app || world.has_sites()) {
        return Err(stranger(path).because("this person may not use Confluence here"));
    }
    let is_blocked = is_app && site.is_blocked;
    let visit = Visit { call, site: place, now, person, is_blocked };
    let answer = endpoint(world, &visit, path);
    if is_blocked {
        let answer = answer.unwrap_or_else(Answer::from);
        return Ok(answer.with("atlassian-datasecuritypolicy", "app_access_blocked"));
    }
    answer
}

fn refuse_fenced(world: &World, site: usize) -> Result<(), Problem> {
    if world.sites[site].is_fenced {
        let message =
            "The IP address has been rejected because your organization has IP allowlisting enabled";
        return Err(Problem::gateway(StatusCode::FORBIDDEN, message));
    }
    Ok(())
}

/// The answer of the server below Confluence, which is a page.
fn unauthorized() -> Answer {
    let title = "HTTP Status 401 – Unauthorized";
    let body = format!(
        "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><h1>{title}</h1><hr class=\"line\" />\
         <p><b>Type</b> Status Report</p><p><b>Description</b> The request has not been applied to the target resource \
         because it lacks valid authentication credentials for that resource.</p></body></html>"
    );
    Answer::html(StatusCode::UNAUTHORIZED, body)
}

fn refused(world: &World, path: &[&str]) -> Problem {
    let quirk = if path.first() == Some(&"rest") {
        Quirk::StrangersUnauthorizedV1
    } else {
        Quirk::StrangersUnauthorizedV2
    };
    if world.has(quirk) {
        return Problem::gateway(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    stranger(path)
}

/// What somebody gets who is not logged in, where a site is open to such people and they may write nothing.
fn visitor(path: &[&str]) -> Result<Answer, Problem> {
    match path {
        ["rest", "api", "user", "current"] => {
            Ok(Answer::json(StatusCode::OK, &json!({ "type": "anonymous", "displayName": "Anonymous" })))
        }
        ["rest", ..] => {
            Err(Problem::v1(StatusCode::FORBIDDEN, "PermissionException", "You are not permitted to do this"))
        }
        _ => Err(Problem::missing("space", "1")),
    }
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
        ("GET", ["api", "v2", "spaces", id, "operations"]) => spaces::operations(world, visit, id),
        ("GET", ["api", "v2", "pages"]) => pages::list(world, visit),
        ("GET", ["api", "v2", "pages", id]) => pages::get(world, visit, id),
        ("GET", ["api", "v2", "pages", id, "footer-comments"]) => comments::of_page(world, visit, id),
        ("POST", ["api", "v2", "pages"]) => pages::create(world, visit),
        ("PUT", ["api", "v2", "pages", id]) => pages::update(world, visit, id),
        ("PUT", ["api", "v2", "pages", id, "title"]) => pages::retitle(world, visit, id),
        ("POST", ["api", "v2", "footer-comments"]) => comments::create(world, visit),
        ("GET", ["api", "v2", "footer-comments", id]) => comments::get(world, visit, id),
        ("GET", ["rest", "api", "search"]) => search::search(world, visit),
        ("GET", ["rest", "api", "search", "user"]) => search::users::search(world, visit),
        ("GET", ["rest", "api", "content", "search"]) => search::search_content(world, visit),
        ("GET", ["rest", "api", "content", id, "descendant", "comment"]) => {
            comments::descendants(world, visit, id)
        }
        ("POST", ["rest", "api", "content", id, "label"]) => labels::add(world, visit, id),
        ("GET", ["rest", "api", "template", "page"]) => templates::list(world, visit),
        ("GET", ["rest", "api", "user", "current"]) => people::current(world, visit),
        ("GET", ["rest", "api", "user"]) => people::by_id(visit),
        ("GET", ["rest", "api", "user", "bulk"]) => Ok(people::bulk(visit)),
        _ => Err(Problem::not_modelled(&visit.call.path)),
    }
}
