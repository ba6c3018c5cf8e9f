//! `id.atlassian.com`: the account page for creating and revoking API tokens. Works without scripts, and shows a token once,
//! in the response to its creation. Rejects what Atlassian rejects: a token without a name, without an expiry within a year,
//! or with scopes but none selected.

use axum::http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use crate::call::{Answer, Call};
use crate::consent::{initials, meaning};
use crate::tokens::{MAX_LIFETIME, OTHER_SCOPES, TOKEN_SCOPES, TokenKind};
use crate::web::{not_found, page};
use crate::world::{Quirk, World};

/// Where the page is.
pub(crate) const PATH: &str = "/manage-profile/security/api-tokens";

/// What the form holds.
#[derive(Debug, Default)]
struct Draft {
    label: String,
    expires: String,
    is_scoped: bool,
    scopes: Vec<String>,
}

/// `GET`.
pub(crate) fn show(world: &World, now: Timestamp) -> Answer {
    if world.has(Quirk::NoTokenPage) {
        return not_found();
    }
    let draft = Draft { expires: last_day(now).to_string(), is_scoped: true, ..Draft::default() };
    Answer::html(StatusCode::OK, form(world, &draft, now, None, None))
}

/// `POST`: makes a token or revokes one, whichever button was pressed.
pub(crate) fn act(world: &mut World, call: &Call, now: Timestamp) -> Answer {
    if world.has(Quirk::NoTokenPage) {
        return not_found();
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(&call.body).into_owned().collect();
    let field =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    if let Ok(place) = field("revoke").parse() {
        let person = world.at_browser;
        world.tokens.revoke_at(person, place);
        return Answer::see_other(PATH);
    }
    let draft = Draft {
        label: field("label").trim().to_owned(),
        expires: field("expires").to_owned(),
        is_scoped: field("kind") != "classic",
        scopes: fields.iter().filter(|(key, _)| key == "scope").map(|(_, value)| value.clone()).collect(),
    };
    match read(&draft, now) {
        Ok((kind, expires)) => {
            let token = world.make_token(world.at_browser, &draft.label, kind, expires);
            let next = Draft { expires: draft.expires, is_scoped: true, ..Draft::default() };
            Answer::html(StatusCode::OK, form(world, &next, now, None, Some(&token)))
        }
        Err(complaint) => {
            let again = form(world, &draft, now, Some(complaint), None);
            Answer::html(StatusCode::UNPROCESSABLE_ENTITY, again)
        }
    }
}

fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

fn last_day(now: Timestamp) -> Date {
    today(now).saturating_add(MAX_LIFETIME)
}

/// The token that is asked for, and the end of its last day.
fn read(draft: &Draft, now: Timestamp) -> Result<(TokenKind, Timestamp), &'static str> {
    if draft.label.is_empty() {
        return Err("Name the token.");
    }
    let wrong_day = "Choose a day within the next year.";
    let day: Date = draft.expires.parse().map_err(|_| wrong_day)?;
    if day <= today(now) || day > last_day(now) {
        return Err(wrong_day);
    }
    let after = day.saturating_add(SignedDuration::from_hours(24));
    let expires = after.to_zoned(TimeZone::UTC).map_err(|_| wrong_day)?.timestamp();
    if !draft.is_scoped {
        return Ok((TokenKind::Classic, expires));
    }
    let is_known = |scope: &str| TOKEN_SCOPES.contains(&scope) || OTHER_SCOPES.contains(&scope);
    if draft.scopes.is_empty() || !draft.scopes.iter().all(|scope| is_known(scope)) {
        return Err("Choose at least one scope.");
    }
    Ok((TokenKind::Scoped(draft.scopes.clone()), expires))
}

/// The page. Its words are for people; programs go by the names of the fields and by the identifier `token`.
fn form(world: &World, draft: &Draft, now: Timestamp, complaint: Option<&str>, made: Option<&str>) -> String {
    let body = html! {
        main.card {
            p.account {
                span.avatar aria-hidden="true" { (initials(world.at_browser.name)) }
                (world.at_browser.name) span.quiet { (world.at_browser.email) }
            }
            h1 { "API tokens" }
            @if let Some(complaint) = complaint {
                p.complaint role="alert" { (complaint) }
            }
            @if let Some(token) = made {
                div.field role="status" {
                    label for="token" { "Your new API token. You cannot see it again: copy it now." }
                    input #token type="text" readonly autofocus spellcheck="false" value=(token);
                }
            }
            form method="post" action=(PATH) {
                div.field {
                    label for="label" { "Name" }
                    input #label type="text" name="label" required autocomplete="off" value=(draft.label);
                }
                div.field {
                    label for="expires" { "Expires on" }
                    input #expires type="date" name="expires" required value=(draft.expires)
                        min=(today(now).saturating_add(SignedDuration::from_hours(24))) max=(last_day(now));
                }
                fieldset {
                    legend { "It can do" }
                    label { input type="radio" name="kind" value="scoped" checked[draft.is_scoped]; "What is chosen below (a token with scopes)" }
                    label { input type="radio" name="kind" value="classic" checked[!draft.is_scoped]; "Everything that you can do (a classic token)" }
                }
                fieldset {
                    legend { "Scopes" }
                    @for scope in TOKEN_SCOPES.iter().chain(&OTHER_SCOPES) {
                        label {
                            input type="checkbox" name="scope" value=(scope) checked[draft.scopes.iter().any(|held| held == scope)];
                            (meaning(scope)) " " code { (scope) }
                        }
                    }
                }
                div.buttons { button.primary type="submit" { "Create" } }
            }
            (yours(world))
            p.quiet { "This is the sandbox. Nothing here reaches Atlassian." }
        }
    };
    page("API tokens · Sandbox Atlassian", &body)
}

fn yours(world: &World) -> Markup {
    let mut tokens = world.tokens.of(world.at_browser).peekable();
    html! {
        @if tokens.peek().is_some() {
            h2 { "Your tokens" }
            form method="post" action=(PATH) {
                table.list {
                    thead { tr { th { "Name" } th { "Kind" } th { "Expires" } th { "" } } }
                    tbody {
                        @for (place, token) in tokens {
                            tr {
                                td { (token.label) }
                                td { (if token.kind == TokenKind::Classic { "classic" } else { "with scopes" }) }
                                td { (token.expires.strftime("%Y-%m-%d %H:%M UTC").to_string()) }
                                td { button type="submit" name="revoke" value=(place) aria-label=(format!("Revoke {}", token.label)) { "Revoke" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
