//! `/authorize`: the consent page, as HTML that a person can use and a program can parse. As at Atlassian, an invalid request
//! is answered with an error page and never redirected to the app.

use std::collections::{BTreeSet, HashMap};

use axum::http::StatusCode;
use jiff::Timestamp;
use maud::{Markup, html};
use url::Url;

use crate::auth::Code;
use crate::call::{Answer, Call};
use crate::scopes::SCOPES;
use crate::web::page;
use crate::world::World;

/// A request that waits for the person's decision.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    redirect_uri: String,
    state: String,
    scopes: Vec<String>,
    challenge: Option<String>,
}

/// Consents that wait.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    waiting: HashMap<String, Pending>,
    /// Scopes that a consent grants at most; all that were asked for where it is `None`.
    pub(crate) only: Option<Vec<String>>,
}

/// `GET /authorize`.
pub(crate) fn ask(world: &mut World, call: &Call) -> Answer {
    let pending = match read(world, call) {
        Ok(pending) => pending,
        Err(refusal) => return refusal.show(),
    };
    let ticket = world.auth.random.word();
    let body = form(world, &pending, &ticket, None);
    world.desk.waiting.insert(ticket, pending);
    Answer::html(StatusCode::OK, body)
}

/// `POST /authorize/consent`.
pub(crate) fn decide(world: &mut World, call: &Call, now: Timestamp) -> Answer {
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let ticket = field("ticket");
    let Some(pending) = world.desk.waiting.get(ticket).cloned() else {
        return Refusal::new("invalid_request", "This consent was decided already, or was never asked for.")
            .show();
    };
    let chosen: BTreeSet<usize> = fields
        .iter()
        .filter(|(key, _)| key == "site")
        .filter_map(|(_, id)| world.sites.iter().position(|site| site.cloud_id == *id))
        .collect();
    let location = match field("decision") {
        "accept" if chosen.is_empty() && world.has_sites() => {
            let again = form(world, &pending, ticket, Some("Choose at least one site."));
            return Answer::html(StatusCode::UNPROCESSABLE_ENTITY, again);
        }
        "accept" => {
            let granted = |scope: &&String| world.desk.only.as_ref().is_none_or(|only| only.contains(scope));
            let scopes = pending.scopes.iter().filter(granted).cloned().collect();
            let consent = world.auth.consent_of(world.at_browser, scopes, &chosen);
            let code = format!("sandbox-code-{}", world.auth.random.word());
            let redirect_uri = pending.redirect_uri.clone();
            let made = Code { redirect_uri, challenge: pending.challenge.clone(), consent, issued: now };
            world.auth.codes.insert(code.clone(), made);
            back(&pending, &[("code", &code)])
        }
        "cancel" => {
            let why = "User did not authorize the request";
            back(&pending, &[("error", "access_denied"), ("error_description", why)])
        }
        _ => return Refusal::new("invalid_request", "The decision is neither accept nor cancel.").show(),
    };
    world.desk.waiting.remove(ticket);
    Answer::see_other(&location)
}

/// The address that brings the browser back to the app.
fn back(pending: &Pending, answer: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(answer).append_pair("state", &pending.state);
    let joint = if pending.redirect_uri.contains('?') { '&' } else { '?' };
    format!("{}{joint}{}", pending.redirect_uri, query.finish())
}

/// Why a request is not asked of the person.
struct Refusal {
    error: &'static str,
    description: String,
}

impl Refusal {
    fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self { error, description: description.into() }
    }

    fn show(&self) -> Answer {
        let body = html! {
            main.card {
                h1 { "Something is wrong with this login" }
                p { "The app that sent you here asked in a way that is not accepted. Nothing was shared with it." }
                dl {
                    dt { "Error" } dd { code { (self.error) } }
                    dt { "Description" } dd { (self.description) }
                }
            }
        };
        Answer::html(StatusCode::BAD_REQUEST, page("Error · Sandbox Atlassian", &body))
    }
}

fn read(world: &World, call: &Call) -> Result<Pending, Refusal> {
    let one = |name: &'static str| {
        let mut values = call.query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Ok(value),
            (_, Some(_)) => {
                Err(Refusal::new("invalid_request", format!("The parameter {name} is given twice")))
            }
            _ => Err(Refusal::new("invalid_request", format!("The parameter {name} is missing"))),
        }
    };
    let client_id = one("client_id")?;
    if client_id != world.auth.client.id {
        return Err(Refusal::new("unauthorized_client", format!("Unknown client: {client_id}")));
    }
    let redirect_uri = one("redirect_uri")?;
    if !world.auth.client.redirect_uris.iter().any(|known| known == redirect_uri) {
        let why = format!("redirect_uri is not registered for client: {client_id}");
        return Err(Refusal::new("unauthorized_client", why));
    }
    for (name, wanted) in
        [("audience", "api.atlassian.com"), ("response_type", "code"), ("prompt", "consent")]
    {
        let value = one(name)?;
        if value != wanted {
            return Err(Refusal::new("invalid_request", format!("The parameter {name} must be {wanted}")));
        }
    }
    let mut scopes: Vec<String> = Vec::new();
    for scope in one("scope")?.split(' ').filter(|scope| !scope.is_empty()) {
        if !SCOPES.contains(&scope) {
            let why = format!("The scope {scope} is not enabled for this app");
            return Err(Refusal::new("invalid_scope", why));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    let challenge = match (call.query("code_challenge"), call.query("code_challenge_method")) {
        (None, None) => None,
        (Some(challenge), Some("S256")) if challenge.len() == 43 => Some(challenge.to_owned()),
        _ => {
            let why = "The code challenge must be an S256 one";
            return Err(Refusal::new("invalid_request", why));
        }
    };
    let state = one("state")?.to_owned();
    Ok(Pending { redirect_uri: redirect_uri.to_owned(), state, scopes, challenge })
}

/// The form. Its words are for people; programs go by the names `ticket`, `site` and `decision`.
fn form(world: &World, pending: &Pending, ticket: &str, complaint: Option<&str>) -> String {
    let returns_to = Url::parse(&pending.redirect_uri).map_or_else(
        |_| pending.redirect_uri.clone(),
        |url| match url.host_str() {
            Some(host) if url.scheme().starts_with("http") => host.to_owned(),
            _ => format!("the app behind {}: links", url.scheme()),
        },
    );
    let body = html! {
        main.card {
            p.account {
                span.avatar aria-hidden="true" { (initials(world.at_browser.name)) }
                (world.at_browser.name) span.quiet { (world.at_browser.email) }
            }
            h1 { "Sally Desktop wants access to your Confluence" }
            @if let Some(complaint) = complaint {
                p.complaint role="alert" { (complaint) }
            }
            form method="post" action="/authorize/consent" {
                input type="hidden" name="ticket" value=(ticket);
                (sites(world))
                h2 { "It will be able to" }
                ul.scopes {
                    @for scope in &pending.scopes { li { (meaning(scope)) " " code { (scope) } } }
                }
                p.quiet { "Afterwards you return to " strong { (returns_to) } "." }
                div.buttons {
                    button type="submit" name="decision" value="cancel" { "Cancel" }
                    button.primary type="submit" name="decision" value="accept" { "Accept" }
                }
            }
            p.quiet { "This is the sandbox. Nothing here reaches Atlassian." }
        }
    };
    page("Authorize · Sandbox Atlassian", &body)
}

/// What stands for a person's picture.
pub(crate) fn initials(name: &str) -> String {
    name.split(' ').filter_map(|word| word.chars().next()).collect()
}

fn sites(world: &World) -> Markup {
    html! {
        @if world.has_sites() {
            fieldset {
                legend { "Use it on" }
                @for site in &world.sites {
                    label {
                        input type="checkbox" name="site" value=(site.cloud_id) checked;
                        (site.name) " " span.quiet { (site.host()) }
                    }
                }
            }
        } @else {
            p { "Your account has no site with Confluence." }
        }
    }
}

/// What a scope allows, in the words of a person.
pub(crate) fn meaning(scope: &str) -> &'static str {
    match scope {
        "offline_access" => "Stay connected until you disconnect it",
        "read:me" => "See who you are",
        "write:confluence-content" => "Change content",
        "read:confluence-space.summary" | "read:space:confluence" => "See your spaces",
        "write:confluence-file" => "Upload files",
        "write:space:confluence" => "Create and change spaces",
        "delete:page:confluence" => "Delete pages",
        "read:page:confluence" => "Read pages",
        "read:comment:confluence" => "Read comments",
        "read:content-details:confluence" => "Look people and content up",
        "read:confluence-content.all" => "Read content",
        "read:confluence-content.summary" => "See what content there is",
        "read:confluence-user" => "See who people are",
        "readonly:content.attachment:confluence" => "Read attachments",
        "search:confluence" => "Search",
        "write:page:confluence" => "Create and change pages",
        "write:comment:confluence" => "Add and change comments",
        _ => "Use",
    }
}
