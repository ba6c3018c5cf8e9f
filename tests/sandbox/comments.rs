//! Comments: of v2 `POST footer-comments`, `GET footer-comments/{id}` and the list below a page; of v1 the old
//! list below a page. Both lists read the database, and so without the search index's lag.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::call::Answer;
use crate::content;
use crate::gateway::Visit;
use crate::input;
use crate::problem::Problem;
use crate::site::{Access, Comment, Page, Site, Status};
use crate::v2::{self, Representation, ResultPage};
use crate::world::{Quirk, World};

const CONTAINERS: [&str; 5] = ["pageId", "blogPostId", "parentCommentId", "attachmentId", "customContentId"];

/// `POST footer-comments`.
pub(crate) fn create(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let known = [&CONTAINERS[..], &["body"]].concat();
    let fields = input::read(visit.call, &known)?;
    let (page, reply_to) = container(world, visit, &fields)?;
    let document = input::document(fields.get("body"), world, &input::IN_COMMENTS)?
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
    let (on, made) = site.page(page).zip(site.comment(id)).ok_or_else(missing)?;
    let body = single(world, visit, made, on, Representation::Absent);
    let location = format!("/wiki/api/v2/footer-comments/{id}");
    Ok(Answer::json(StatusCode::CREATED, &body).with("location", &location))
}

/// `GET footer-comments/{id}`.
pub(crate) fn get(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    v2::refuse_extras(visit.call)?;
    let representation = Representation::of_one(visit.call)?;
    let number = v2::id(id, "comment-id")?;
    let missing = || Problem::missing("comment", id);
    let site = &world.sites[visit.site];
    let comment = site.comment(number).filter(|_| !visit.is_blocked).ok_or_else(missing)?;
    let page = site.page(comment.page).filter(|page| site.page_access(page) != Access::Hidden);
    let page = page.ok_or_else(missing)?;
    Ok(Answer::json(StatusCode::OK, &single(world, visit, comment, page, representation)))
}

/// `GET pages/{id}/footer-comments`: those that reply to none.
pub(crate) fn of_page(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let call = visit.call;
    let results = ResultPage::read(call)?;
    let sorts = ["created-date", "-created-date", "modified-date", "-modified-date"];
    let is_reversed = v2::one_of(call, "sort", &sorts)?.is_some_and(|sort| sort.starts_with('-'));
    let known = ["current", "archived", "trashed", "deleted", "historical", "draft"];
    let is_wanted = v2::some_of(call, "status", &known)?.is_none_or(|list| list.contains(&"current"));
    let representation = Representation::of_many(call)?;
    let number = v2::id(id, "id")?;
    let site = &world.sites[visit.site];
    let is_readable = |page: &Page| page.status != Status::Draft && site.page_access(page) != Access::Hidden;
    let page = site.page(number).filter(|page| !visit.is_blocked && is_readable(page));
    let page = page.ok_or_else(|| Problem::missing("page", id))?;
    let is_wanted = is_wanted && !world.has(Quirk::CommentsListedLate);
    let roots = site.comments_on(page.id).filter(|comment| is_wanted && comment.reply_to.is_none());
    let mut found: Vec<&Comment> = roots.collect();
    found.sort_by_key(|comment| (comment.created, comment.id));
    if is_reversed {
        found.reverse();
    }
    let path = format!("pages/{id}/footer-comments");
    let show = |comment: &&Comment| shown(site, comment, page, representation);
    Ok(results.answer(&found, show, &world.base(visit.site), &path, results.next(found.len())))
}

fn single(
    world: &World,
    visit: &Visit<'_>,
    comment: &Comment,
    page: &Page,
    representation: Representation,
) -> Value {
    let mut body = shown(&world.sites[visit.site], comment, page, representation);
    body["_links"]["base"] = world.base(visit.site).into();
    if let Some(parent) = comment.reply_to {
        body["parentCommentId"] = parent.to_string().into();
    }
    body
}

fn shown(site: &Site, comment: &Comment, page: &Page, representation: Representation) -> Value {
    json!({
        "id": comment.id.to_string(),
        "status": "current",
        "title": format!("Re: {}", page.title),
        "pageId": page.id.to_string(),
        "version": v2::version(1, comment.author, comment.created),
        "body": representation.show(&comment.document),
        "_links": { "webui": site.comment_webui(page, comment.id) },
    })
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
            let is_silent = |page: &Page| page.is_live && world.has(Quirk::LiveDocsSilent);
            let page = page.filter(|page| !visit.is_blocked && may_comment(site.page_access(page), page));
            let page = page.filter(|page| !is_silent(page));
            page.map(|page| (page.id, None)).ok_or_else(|| missing_page(world, id))
        }
        "parentCommentId" => {
            let parent = id.parse().ok().and_then(|number| site.comment(number));
            let missing = || Problem::missing("comment", id);
            let parent = parent.ok_or_else(missing)?;
            let page = site.page(parent.page).filter(|page| may_comment(site.page_access(page), page));
            page.filter(|_| !visit.is_blocked).map(|page| (page.id, Some(parent.id))).ok_or_else(missing)
        }
        // There are no blog posts, attachments or custom contents here.
        other => Err(Problem::missing(other.trim_end_matches("Id"), id)),
    }
}

fn missing_page(world: &World, id: &str) -> Problem {
    if world.has(Quirk::MissingUnnamed) {
        return Problem::v2(StatusCode::NOT_FOUND, "NOT_FOUND", "Not found.");
    }
    Problem::missing("page", id)
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
    let page = page.filter(|page| !visit.is_blocked && site.page_access(page) != Access::Hidden);
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
