//! `POST footer-comments` of v2, and the comments below a page in v1, which reads them from the database
//! and so without the search index's lag.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::call::Answer;
use crate::content;
use crate::gateway::Visit;
use crate::input;
use crate::problem::Problem;
use crate::site::{Access, Comment, Page, Status};
use crate::spaces::time;
use crate::world::{Quirk, World};

const CONTAINERS: [&str; 5] = ["pageId", "blogPostId", "parentCommentId", "attachmentId", "customContentId"];

/// `POST footer-comments`.
pub(crate) fn create(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let known = [&CONTAINERS[..], &["body"]].concat();
    let fields = input::read(visit.call, &known)?;
    let (page, reply_to) = container(world, visit, &fields)?;
    let document = input::document(fields.get("body"), world)?
        .filter(|document| !crate::adf::children(document).is_empty())
        .ok_or_else(|| Problem::invalid("A comment's body must not be empty"))?;
    let searchable_from = world.searchable_from(visit.now);
    let site = &mut world.sites[visit.site];
    let id = site.add_comment(Comment {
        id: 0,
        page,
        reply_to,
        author: visit.person,
        created: visit.now,
        searchable_from,
        document,
    });
    let site = &world.sites[visit.site];
    let missing = || Problem::missing("page", &page.to_string());
    let on = site.page(page).ok_or_else(missing)?;
    let mut body = json!({
        "id": id.to_string(),
        "status": "current",
        "title": format!("Re: {}", on.title),
        "pageId": page.to_string(),
        "version": {
            "number": 1,
            "message": "",
            "minorEdit": false,
            "authorId": visit.person.account_id,
            "createdAt": time(visit.now),
        },
        "body": {},
        "_links": { "webui": site.comment_webui(on, id), "base": world.base(visit.site) },
    });
    if let Some(parent) = reply_to {
        body["parentCommentId"] = parent.to_string().into();
    }
    let location = format!("/wiki/api/v2/footer-comments/{id}");
    Ok(Answer::json(StatusCode::CREATED, &body).with("location", &location))
}

/// The page that is commented on, and the comment that is replied to.
fn container(
    world: &World,
    visit: &Visit<'_>,
    fields: &Map<String, Value>,
) -> Result<(u64, Option<u64>), Problem> {
    let mut given = CONTAINERS.iter().filter(|name| fields.get(**name).is_some_and(|value| !value.is_null()));
    let (Some(name), None) = (given.next(), given.next()) else {
        return Err(Problem::invalid(
            "Exactly one of pageId, blogPostId, parentCommentId, attachmentId and customContentId must be given",
        ));
    };
    let id = input::required(fields, name)?;
    let site = &world.sites[visit.site];
    match *name {
        "pageId" => {
            let page = id.parse().ok().and_then(|number| site.page(number));
            let page = page.filter(|page| !site.is_blocked && may_comment(site.page_access(page), page));
            page.map(|page| (page.id, None)).ok_or_else(|| Problem::missing("page", id))
        }
        "parentCommentId" => {
            let parent = id.parse().ok().and_then(|number| site.comment(number));
            let missing = || Problem::missing("comment", id);
            let parent = parent.ok_or_else(missing)?;
            let page = site.page(parent.page).filter(|page| may_comment(site.page_access(page), page));
            page.filter(|_| !site.is_blocked).map(|page| (page.id, Some(parent.id))).ok_or_else(missing)
        }
        // There are no blog posts, attachments or custom contents here.
        other => Err(Problem::missing(other.trim_end_matches("Id"), id)),
    }
}

fn may_comment(access: Access, page: &Page) -> bool {
    access == Access::Full && page.status == Status::Current
}

/// `GET content/{id}/descendant/comment`.
pub(crate) fn descendants(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    if world.has(Quirk::DescendantsRemoved) {
        return Err(Problem::gone());
    }
    let site = &world.sites[visit.site];
    let page = id.parse().ok().and_then(|number| site.page(number));
    let page = page.filter(|page| !site.is_blocked && site.page_access(page) != Access::Hidden);
    let missing = || {
        let message = format!("No content found with id: ContentId{{id={id}}}");
        Problem::v1(StatusCode::NOT_FOUND, "NotFoundException", &message)
    };
    let page = page.ok_or_else(missing)?;
    let number = |name, default| visit.call.query(name).and_then(|text| text.parse().ok()).unwrap_or(default);
    let (start, limit): (usize, usize) = (number("start", 0), number("limit", 25).min(250));
    let of_all_depths = visit.call.query("depth").unwrap_or("all") == "all";
    let wanted = |comment: &&Comment| of_all_depths || comment.reply_to.is_none();
    let all: Vec<&Comment> = site.comments_on(page.id).filter(wanted).collect();
    let expand = content::expand(visit.call, "");
    let results: Vec<Value> =
        all.iter().skip(start).take(limit).map(|comment| content::comment(site, comment, &expand)).collect();
    let mut links = json!({ "base": world.base(visit.site), "context": "/wiki" });
    if start + limit < all.len() {
        let next = start + limit;
        links["next"] =
            format!("/rest/api/content/{id}/descendant/comment?limit={limit}&start={next}").into();
    }
    let count = results.len();
    let body = json!({ "results": results, "start": start, "limit": limit, "size": count, "_links": links });
    Ok(Answer::json(StatusCode::OK, &body))
}
