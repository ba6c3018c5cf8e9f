//! The user endpoints of v1, and the v1 representation of a user.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::call::Answer;
use crate::content;
use crate::data::PEOPLE;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::Person;
use crate::world::{Quirk, World};

/// The time zone in which the account reads and writes dates in CQL.
pub(crate) const TIME_ZONE: &str = "Europe/Berlin";

/// A user, as v1 shows one.
pub(crate) fn user(person: &Person) -> Value {
    json!({
        "type": "known",
        "accountId": person.account_id,
        "accountType": "atlassian",
        "email": person.email,
        "publicName": person.name,
        "displayName": person.name,
        "timeZone": TIME_ZONE,
        "isExternalCollaborator": false,
    })
}

/// `GET user/current`.
pub(crate) fn current(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let mut shown = user(visit.person);
    if content::expand(visit.call, "").contains("personalSpace") {
        if world.has(Quirk::OwnSpaceForbidden) {
            return Err(Problem::v1(StatusCode::FORBIDDEN, "PermissionException", "Not permitted"));
        }
        let own = world.sites[visit.site].own_space(visit.person);
        shown["personalSpace"] = own.map_or(Value::Null, content::space);
    }
    Ok(Answer::json(StatusCode::OK, &shown))
}

/// `GET user?accountId=`.
pub(crate) fn by_id(visit: &Visit<'_>) -> Result<Answer, Problem> {
    let id = visit.call.query("accountId").unwrap_or_default();
    let missing =
        || Problem::v1(StatusCode::NOT_FOUND, "NotFoundException", &format!("No user with account id {id}"));
    let person = PEOPLE.iter().find(|person| person.account_id == id).ok_or_else(missing)?;
    Ok(Answer::json(StatusCode::OK, &user(person)))
}

/// `GET user/bulk?accountId=…&accountId=…`. Unknown ones are left out.
pub(crate) fn bulk(visit: &Visit<'_>) -> Answer {
    let asked = |person: &&&Person| {
        visit.call.query.iter().any(|(name, id)| name == "accountId" && id == person.account_id)
    };
    let results: Vec<Value> = PEOPLE.iter().filter(asked).map(|person| user(person)).collect();
    let size = results.len();
    Answer::json(StatusCode::OK, &json!({ "results": results, "start": 0, "limit": 100, "size": size }))
}
