//! `search/user` of v1: finds people by the prefixes of their names or by account id. Has its own fields and rejects those of
//! content.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::lexer::{Token, lex};
use crate::call::Answer;
use crate::data::PEOPLE;
use crate::gateway::Visit;
use crate::people;
use crate::problem::Problem;
use crate::site::Person;
use crate::spaces::time;
use crate::world::World;

const DEFAULT_LIMIT: usize = 25;

/// One condition that a person must fulfil.
#[derive(Debug, PartialEq)]
enum Clause {
    /// `type = user`.
    Anybody,
    /// Each of these begins a word of the name.
    Named(Vec<String>),
    Account(String),
}

/// `GET search/user?cql=`.
pub(crate) fn search(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let text = visit.call.query("cql").unwrap_or_default();
    let invalid = |message: &str| Problem::v1(StatusCode::BAD_REQUEST, "BadRequestException", message);
    let clauses = read(text).map_err(|why| invalid(&format!("Could not parse cql : {text}")).because(why))?;
    let number = |name: &str, default| match visit.call.query(name).map(str::parse::<usize>) {
        None => Ok(default),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(invalid(&format!("{name} must be a number"))),
    };
    let (start, limit) = (number("start", 0)?, number("limit", DEFAULT_LIMIT)?);
    let site = &world.sites[visit.site];
    let found: Vec<&Person> = PEOPLE
        .into_iter()
        .filter(|person| site.admits(person) && clauses.iter().all(|clause| clause.holds(person)))
        .collect();
    let results: Vec<Value> = found.iter().skip(start).take(limit).map(|person| show(person)).collect();
    let body = json!({
        "results": results,
        "start": start,
        "limit": limit,
        "size": results.len(),
        "totalSize": found.len(),
        "cqlQuery": text,
        "searchDuration": 3,
        "_links": { "base": world.base(visit.site), "context": "/wiki" },
    });
    Ok(Answer::json(StatusCode::OK, &body))
}

impl Clause {
    fn holds(&self, person: &Person) -> bool {
        match self {
            Self::Anybody => true,
            Self::Named(terms) => {
                let name = person.name.to_lowercase();
                terms.iter().all(|term| name.split(' ').any(|word| word.starts_with(term.as_str())))
            }
            Self::Account(id) => person.account_id == id,
        }
    }
}

fn show(person: &Person) -> Value {
    json!({
        "user": people::user(person),
        "title": person.name,
        "excerpt": "",
        "url": format!("/people/{}", person.account_id),
        "breadcrumbs": [],
        "entityType": "user",
        "iconCssClass": "aui-icon content-type-profile",
        "lastModified": time(Timestamp::UNIX_EPOCH),
        "score": 0.0,
    })
}

fn read(text: &str) -> Result<Vec<Clause>, String> {
    let tokens = lex(text)?;
    let is_and = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("and"));
    tokens.split(is_and).map(clause).collect()
}

fn clause(tokens: &[Token]) -> Result<Clause, String> {
    let [Token::Word(field), Token::Sign(sign), Token::Word(value) | Token::Quoted(value)] = tokens else {
        return Err("expected a field, an operator and a value".to_owned());
    };
    match (field.to_ascii_lowercase().as_str(), *sign) {
        ("type", "=") if value.eq_ignore_ascii_case("user") => Ok(Clause::Anybody),
        ("user.fullname", "~") => named(value),
        ("user" | "user.accountid", "=") if !value.is_empty() => Ok(Clause::Account(value.clone())),
        _ => Err(format!("{field} {sign} is not for people")),
    }
}

/// A term is the beginning of a word, with or without the sign that says so.
fn named(value: &str) -> Result<Clause, String> {
    let begin = |term: &str| term.strip_suffix('*').unwrap_or(term).to_lowercase();
    let terms: Vec<String> = value.split_whitespace().map(begin).collect();
    if terms.is_empty() || terms.iter().any(|term| term.is_empty() || term.contains(['*', '?'])) {
        return Err(format!("\"{value}\" is not the beginning of a name"));
    }
    Ok(Clause::Named(terms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_name_stays_in_the_name() {
        let clauses = read(r#"type = user and user.fullname ~ "O\" and type = \"page*""#).unwrap();
        let terms = ["o\"", "and", "type", "=", "\"page"].map(str::to_owned);
        assert_eq!(clauses, [Clause::Anybody, Clause::Named(terms.to_vec())]);
    }
}
