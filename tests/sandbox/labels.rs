//! `POST content/{id}/label` of v1: adds one or more labels to a page and returns all of its labels. A label that exists
//! already is no error. Rejects invalid labels and pages without write permission.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::call::Answer;
use crate::gateway::Visit;
use crate::problem::Problem;
use crate::site::{Access, Status};
use crate::world::{Quirk, World};

/// Longest name that Confluence accepts, in characters.
const MAX_NAME_LEN: usize = 255;

/// Signs that no label has.
const FORBIDDEN: [char; 20] =
    [':', ';', ',', '.', '?', '&', '[', ']', '(', ')', '#', '^', '*', '!', '@', ' ', '<', '>', '\\', '/'];

/// Answers it.
pub(crate) fn add(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let refuse = |message: &str| Problem::v1(StatusCode::BAD_REQUEST, "BadRequestException", message);
    let forbidden = |message: &str| Problem::v1(StatusCode::FORBIDDEN, "PermissionException", message);
    if world.has(Quirk::LabelsForbidden) {
        return Err(forbidden("Not permitted to add labels"));
    }
    if !visit.call.is("application/json") {
        return Err(Problem::v1(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "not JSON"));
    }
    let wanted: Vec<Value> = match serde_json::from_slice(&visit.call.body) {
        Ok(Value::Array(several)) => several,
        Ok(one @ Value::Object(_)) => vec![one],
        _ => return Err(refuse("The body is neither a label nor a list of labels")),
    };
    let wanted = wanted
        .iter()
        .map(|label| read(label).ok_or_else(|| refuse("A label has a prefix and a name without spaces")))
        .collect::<Result<Vec<_>, Problem>>()?;
    let site = &mut world.sites[visit.site];
    let page = id.parse().ok().and_then(|number| site.page(number));
    let access = |page: &crate::site::Page| {
        if visit.is_blocked || page.status == Status::Archived {
            Access::Hidden
        } else {
            site.page_access(page)
        }
    };
    let number = match page.map(|page| (page.id, access(page))) {
        Some((number, Access::Full)) => number,
        Some((_, Access::ReadOnly)) => return Err(forbidden("Not permitted to add labels")),
        Some((_, Access::Hidden)) | None => {
            let message = format!("No content found with id: ContentId{{id={id}}}");
            return Err(Problem::v1(StatusCode::NOT_FOUND, "NotFoundException", &message));
        }
    };
    let labels = site.labels.entry(number).or_default();
    labels.extend(wanted);
    let results: Vec<Value> = labels
        .iter()
        .enumerate()
        .map(|(place, (prefix, name))| {
            let id = format!("{number}{place:03}");
            json!({ "id": id, "prefix": prefix, "name": name, "label": name })
        })
        .collect();
    let count = results.len();
    let body = json!({ "results": results, "start": 0, "limit": 200, "size": count, "_links": {} });
    Ok(Answer::json(StatusCode::OK, &body))
}

fn read(label: &Value) -> Option<(String, String)> {
    let fields: &Map<String, Value> = label.as_object()?;
    let text = |name: &str| fields.get(name)?.as_str();
    let (prefix, name) = (text("prefix")?, text("name")?);
    let is_prefix = matches!(prefix, "global" | "my" | "team");
    let is_name = !name.is_empty() && name.len() <= MAX_NAME_LEN && !name.contains(FORBIDDEN);
    (is_prefix && is_name).then(|| (prefix.to_owned(), name.to_lowercase()))
}
