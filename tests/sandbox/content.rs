//! The v1 representation of pages, comments and spaces; only properties named in `expand` are included.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::adf;
use crate::call::Call;
use crate::people::user;
use crate::site::{Comment, Page, Person, Site, Space};
use crate::spaces::time;

/// What a call wants spelled out below a prefix such as `content.`; `body.storage` counts for `body` too.
pub(crate) fn expand(call: &Call, prefix: &str) -> BTreeSet<String> {
    let lists = call.query.iter().filter(|(name, _)| name == "expand").map(|(_, list)| list.as_str());
    lists
        .flat_map(|list| list.split(','))
        .filter_map(|name| name.trim().strip_prefix(prefix))
        .map(str::to_owned)
        .collect()
}

/// A page, and who wrote it where that is told.
pub(crate) fn page(site: &Site, page: &Page, expand: &BTreeSet<String>, is_told: bool) -> Value {
    let mut shown = json!({
        "id": page.id.to_string(),
        "type": page.kind.as_str(),
        "title": page.title,
        "_links": { "webui": site.webui(page), "tinyui": format!("/x/{}", page.id) },
    });
    let parts = Parts {
        publishers: is_told.then_some(page.author),
        created: (page.author, time(page.created)),
        changed: (page.version, time(page.changed)),
        container: space(&site.spaces[page.space]),
        space: space(&site.spaces[page.space]),
    };
    let storage = || adf::storage(&page.document());
    spell_out(&mut shown, expand, &parts, storage);
    shown
}

/// A comment.
pub(crate) fn comment(site: &Site, comment: &Comment, expand: &BTreeSet<String>) -> Value {
    let on = site.page(comment.page);
    let title = on.map(|page| page.title.as_str()).unwrap_or_default();
    let mut shown = json!({
        "id": comment.id.to_string(),
        "type": "comment",
        "title": format!("Re: {title}"),
        "extensions": { "location": "footer" },
        "_links": { "webui": on.map(|page| site.comment_webui(page, comment.id)) },
    });
    let parts = Parts {
        publishers: Some(comment.author),
        created: (comment.author, time(comment.created)),
        changed: (1, time(comment.created)),
        container: on.map_or(Value::Null, |on| page(site, on, &BTreeSet::new(), true)),
        space: on.map_or(Value::Null, |on| space(&site.spaces[on.space])),
    };
    spell_out(&mut shown, expand, &parts, || adf::storage(&comment.document));
    shown
}

/// A space; v1 numbers it, where v2 has a string.
pub(crate) fn space(space: &Space) -> Value {
    json!({
        "id": space.id,
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": if space.is_archived { "archived" } else { "current" },
        "_links": { "webui": format!("/spaces/{}", space.key) },
    })
}

struct Parts {
    publishers: Option<&'static Person>,
    created: (&'static Person, String),
    changed: (u64, String),
    container: Value,
    space: Value,
}

fn spell_out(shown: &mut Value, expand: &BTreeSet<String>, parts: &Parts, storage: impl Fn() -> String) {
    let wants = |name: &str| {
        expand
            .iter()
            .any(|part| part == name || part.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    };
    let (author, created) = &parts.created;
    let (number, when) = &parts.changed;
    let mut expandable = json!({});
    let mut put = |name: &str, value: &dyn Fn() -> Value| {
        if wants(name) {
            shown[name] = value();
        } else {
            expandable[name] = "".into();
        }
    };
    put("space", &|| parts.space.clone());
    put("container", &|| parts.container.clone());
    let wants_contributors = wants("history.contributors");
    put("history", &|| {
        let mut history = json!({ "latest": true, "createdBy": user(author), "createdDate": created });
        if wants_contributors {
            let users: Vec<Value> = parts.publishers.iter().map(|person| user(person)).collect();
            let keys: Vec<&str> = parts.publishers.iter().map(|person| person.account_id).collect();
            history["contributors"] = json!({ "publishers": { "users": users, "userKeys": keys } });
        } else {
            history["_expandable"] = json!({ "contributors": "" });
        }
        history
    });
    put(
        "version",
        &|| json!({ "by": user(author), "when": when, "number": number, "minorEdit": false, "message": "" }),
    );
    put("body.storage", &|| json!({ "value": storage(), "representation": "storage" }));
    if let Some(body) = shown.as_object_mut().and_then(|shown| shown.remove("body.storage")) {
        shown["body"] = json!({ "storage": body });
    }
    shown["_expandable"] = expandable;
}
