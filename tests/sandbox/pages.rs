//! Pages of v2: by id and by title (from the database, so without index lag), `POST pages`, `PUT pages/{id}` and
//! `PUT pages/{id}/title`.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::adf;
use crate::call::Answer;
use crate::gateway::Visit;
use crate::input;
use crate::problem::Problem;
use crate::site::{Access, Body, Kind, Page, Site, Status, fold};
use crate::spaces::time;
use crate::v2::{self, Representation, ResultPage};
use crate::world::{Quirk, World};

/// Longest title, in UTF-16 code units, as Confluence's database counts them.
const MAX_TITLE_LEN: usize = 255;

const SORTS: [&str; 8] =
    ["id", "-id", "created-date", "-created-date", "modified-date", "-modified-date", "title", "-title"];

/// `GET pages`.
pub(crate) fn list(world: &World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let call = visit.call;
    let results = ResultPage::read(call)?;
    let ids = v2::ids(call, "id")?;
    let spaces = v2::ids(call, "space-id")?;
    let statuses = v2::some_of(call, "status", &["current", "archived", "deleted", "trashed"])?;
    let statuses = statuses.unwrap_or_else(|| vec!["current", "archived"]);
    let sort = v2::one_of(call, "sort", &SORTS)?.unwrap_or("id");
    let representation = Representation::of_many(call)?;
    let is_live = v2::one_of(call, "subtype", &["live", "page"])?.map(|subtype| subtype == "live");
    let title = call.query("title").map(fold);
    let exactly = call.query("title").filter(|_| world.has(Quirk::LookUpWithCase));

    let site = &world.sites[visit.site];
    let wanted = |page: &&Page| {
        title.as_ref().is_none_or(|title| page.folded == *title)
            && exactly.is_none_or(|title| page.title == title)
            && is_live.is_none_or(|is_live| page.is_live == is_live)
            && !(page.status == Status::Archived
                && title.is_some()
                && world.has(Quirk::LookUpWithoutArchived))
            && statuses.contains(&page.status.as_str())
            && ids.as_ref().is_none_or(|ids| ids.contains(&page.id))
            && spaces.as_ref().is_none_or(|spaces| spaces.contains(&site.spaces[page.space].id))
            && page.kind == Kind::Page
            && site.page_access(page) != Access::Hidden
    };
    let pages = site.pages.iter().map(Arc::as_ref).filter(|_| !visit.is_blocked);
    let mut found: Vec<&Page> = pages.filter(wanted).collect();
    match sort.trim_start_matches('-') {
        "created-date" => found.sort_by_key(|page| page.created),
        "modified-date" => found.sort_by_key(|page| page.changed),
        "title" => found.sort_by(|a, b| a.folded.cmp(&b.folded)),
        _ => found.sort_by_key(|page| page.id),
    }
    if sort.starts_with('-') {
        found.reverse();
    }
    let is_changed = world.has(Quirk::ListedAsChanged);
    let show = |page: &&Page| {
        let mut shown = shown(site, page, representation);
        if is_changed {
            shown["version"]["number"] = (page.version + 1).into();
        }
        shown
    };
    Ok(results.answer(&found, show, &world.base(visit.site), "pages", results.next(found.len())))
}

/// `GET pages/{id}`.
pub(crate) fn get(world: &World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let call = visit.call;
    v2::refuse_extras(call)?;
    let wants_draft = input::flag(call, "get-draft")?;
    let known = ["current", "archived", "trashed", "deleted", "historical", "draft"];
    let statuses = v2::some_of(call, "status", &known)?;
    let mut representation = Representation::of_one(call)?;
    if world.has(Quirk::BodiesNotTold) {
        representation = Representation::Absent;
    }
    let number = v2::id(id, "id")?;
    let site = &world.sites[visit.site];
    let is_wanted = |page: &&Arc<Page>| match &statuses {
        Some(statuses) => statuses.contains(&page.status.as_str()),
        None => wants_draft || page.status != Status::Draft,
    };
    let page = site.page(number).filter(is_wanted).filter(|page| page.kind == Kind::Page);
    let page = page.filter(|page| !visit.is_blocked && site.page_access(page) != Access::Hidden);
    let page = page.ok_or_else(|| Problem::missing("page", id))?;
    Ok(single(world, visit, page, representation))
}

/// `POST pages`.
pub(crate) fn create(world: &mut World, visit: &Visit<'_>) -> Result<Answer, Problem> {
    let fields = input::read(visit.call, &["spaceId", "status", "title", "parentId", "body", "subtype"])?;
    let is_private = input::flag(visit.call, "private")?;
    let at_root = input::flag(visit.call, "root-level")?;
    input::flag(visit.call, "embedded")?;
    let space_id = input::required(&fields, "spaceId")?;
    let status = read_status(&fields)?;
    let title = read_title(&fields, status)?;
    let subtype = input::text(&fields, "subtype")?;
    if subtype.is_some_and(|subtype| subtype != "live" || world.has(Quirk::LiveDocsUnknown)) {
        return Err(Problem::invalid("Property 'subtype' must be live"));
    }
    let parent = input::text(&fields, "parentId")?;
    if at_root && parent.is_some() {
        return Err(Problem::invalid("A parentId may not be given for a page at the root level"));
    }
    let document = input::document(fields.get("body"), world, &input::IN_PAGES)?;

    let site = &world.sites[visit.site];
    let unknown_space = || Problem::missing("space", space_id);
    let (place, space) = site.space_by_id(space_id).ok_or_else(unknown_space)?;
    if visit.is_blocked || space.is_archived || site.space_access(place) != Access::Full {
        return Err(unknown_space().because("no permission to create pages here"));
    }
    if is_private {
        // Making it private needs a scope for restrictions, whose lack shows as a page not found.
        return Err(Problem::v2(StatusCode::NOT_FOUND, "NOT_FOUND", "Not Found").because("private=true"));
    }
    let parent = match parent {
        Some(id) => Some(find_parent(world, visit, place, id)?),
        None if at_root => None,
        None => Some(space.homepage),
    };
    if status == Status::Current {
        refuse_taken(world, visit, place, title, None)?;
    }
    let searchable_from = world.searchable_from(visit.now);
    let id = world.sites[visit.site].add_page(Page {
        id: 0,
        space: place,
        parent,
        title: title.to_owned(),
        folded: fold(title),
        status,
        author: visit.person,
        created: visit.now,
        changed: visit.now,
        version: 1,
        searchable_from,
        is_live: subtype.is_some(),
        kind: Kind::Page,
        body: Body::Written(document.unwrap_or_else(|| Arc::new(adf::empty()))),
    });
    show(world, visit, id)
}

/// `PUT pages/{id}`: publishes a draft, or writes a page's next version.
pub(crate) fn update(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let known = ["id", "status", "title", "spaceId", "parentId", "ownerId", "body", "version"];
    let fields = input::read(visit.call, &known)?;
    if input::required(&fields, "id")? != id {
        return Err(Problem::invalid("The id in the body is not the one in the path"));
    }
    if fields.get("status").is_none() {
        return Err(Problem::invalid("Property 'status' is required"));
    }
    let status = read_status(&fields)?;
    let title = read_title(&fields, status)?;
    let number = fields.get("version").and_then(|version| version["number"].as_u64());
    let number = number.ok_or_else(|| Problem::invalid("Property 'version.number' is required"))?;
    let document = input::document(fields.get("body"), world, &input::IN_PAGES)?
        .ok_or_else(|| Problem::invalid("Property 'body' is required"))?;

    let page = writable(world, visit, id)?;
    let (place, was) = (page.space, page.status);
    if input::text(&fields, "spaceId")?.is_some_and(|space| site_space(world, visit, place) != space) {
        return Err(Problem::invalid("A page cannot be moved to another space"));
    }
    let expected = match (was, status) {
        (Status::Draft, _) => 1,
        (_, Status::Draft) => return Err(Problem::invalid("A published page cannot become a draft here")),
        _ => page.version + 1,
    };
    let is_repeated =
        was == Status::Current && number == page.version && world.has(Quirk::DraftsPublishedTwice);
    if number != expected && !is_repeated {
        let title = format!(
            "Version must be incremented when updating a page. Current Version: [{}]. Provided version: [{number}]",
            page.version
        );
        return Err(Problem::v2(StatusCode::CONFLICT, "CONFLICT", title));
    }
    let parent = match input::text(&fields, "parentId")? {
        Some(parent) => Some(find_parent(world, visit, place, parent)?),
        None => page.parent,
    };
    let id = page.id;
    if status == Status::Current {
        refuse_taken(world, visit, place, title, Some(id))?;
    }
    let searchable_from = world.searchable_from(visit.now);
    let site = &mut world.sites[visit.site];
    site.retitle(id, title);
    if let Some(page) = site.page_mut(id) {
        if page.status == Status::Draft && status == Status::Current {
            page.searchable_from = searchable_from;
        }
        page.status = status;
        page.parent = parent;
        page.version = expected;
        page.changed = visit.now;
        page.body = Body::Written(document);
    }
    show(world, visit, id)
}

/// `PUT pages/{id}/title`.
pub(crate) fn retitle(world: &mut World, visit: &Visit<'_>, id: &str) -> Result<Answer, Problem> {
    let fields = input::read(visit.call, &["status", "title"])?;
    input::required(&fields, "status")?;
    let status = read_status(&fields)?;
    let title = input::required(&fields, "title").and_then(|_| read_title(&fields, status))?;
    let page = writable(world, visit, id)?;
    if page.status != status {
        return Err(Problem::missing("page", id));
    }
    let (id, place) = (page.id, page.space);
    if status == Status::Current {
        refuse_taken(world, visit, place, title, Some(id))?;
    }
    let site = &mut world.sites[visit.site];
    site.retitle(id, title);
    if let Some(page) = site.page_mut(id) {
        page.version += u64::from(status == Status::Current);
        page.changed = visit.now;
    }
    show(world, visit, id)
}

fn read_status(fields: &Map<String, Value>) -> Result<Status, Problem> {
    match input::text(fields, "status")? {
        None | Some("current") => Ok(Status::Current),
        Some("draft") => Ok(Status::Draft),
        Some(_) => Err(Problem::invalid("Property 'status' must be current or draft")),
    }
}

fn read_title(fields: &Map<String, Value>, status: Status) -> Result<&str, Problem> {
    let title = input::text(fields, "title")?.unwrap_or_default().trim();
    if title.is_empty() && status != Status::Draft {
        return Err(Problem::invalid("A title is required for a page that is not a draft"));
    }
    if title.encode_utf16().count() > MAX_TITLE_LEN {
        return Err(Problem::invalid(format!("A title may not be longer than {MAX_TITLE_LEN} characters")));
    }
    Ok(title)
}

fn find_parent(world: &World, visit: &Visit<'_>, space: usize, id: &str) -> Result<u64, Problem> {
    let site = &world.sites[visit.site];
    if let Some(folder) = id.parse().ok().and_then(|number| site.folder(number)) {
        // Neither read nor listed here: that wants scopes which no app of this sort has.
        let is_fit = folder.space == space && !world.has(Quirk::FoldersRefused);
        return if is_fit { Ok(folder.id) } else { Err(Problem::missing("page", id)) };
    }
    let page = id.parse().ok().and_then(|number| site.page(number));
    let page = page.filter(|page| page.status == Status::Current && site.page_access(page) != Access::Hidden);
    let page = page.ok_or_else(|| Problem::missing("page", id))?;
    if page.space != space {
        return Err(Problem::invalid("The parent page is in another space"));
    }
    Ok(page.id)
}

fn refuse_taken(
    world: &World,
    visit: &Visit<'_>,
    space: usize,
    title: &str,
    own: Option<u64>,
) -> Result<(), Problem> {
    let is_free = |page: &Page| {
        (page.status == Status::Archived && world.has(Quirk::ArchivedTitlesFree))
            || (page.title != title && world.has(Quirk::TitlesWithCase))
    };
    match world.sites[visit.site].titled(space, title) {
        Some(page) if Some(page.id) != own && !is_free(page) => Err(Problem::v2(
            StatusCode::BAD_REQUEST,
            "BAD_REQUEST",
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        )),
        _ => Ok(()),
    }
}

/// A page that the account may change.
fn writable<'a>(world: &'a World, visit: &Visit<'_>, id: &str) -> Result<&'a Page, Problem> {
    let site = &world.sites[visit.site];
    let page = id.parse().ok().and_then(|number| site.page(number));
    let page = page.filter(|page| !visit.is_blocked && site.page_access(page) == Access::Full);
    page.map(Arc::as_ref).ok_or_else(|| Problem::missing("page", id))
}

fn site_space(world: &World, visit: &Visit<'_>, place: usize) -> String {
    world.sites[visit.site].spaces[place].id.to_string()
}

fn show(world: &World, visit: &Visit<'_>, id: u64) -> Result<Answer, Problem> {
    let page = world.sites[visit.site].page(id);
    let page = page.ok_or_else(|| Problem::missing("page", &id.to_string()))?;
    Ok(single(world, visit, page, Representation::Absent))
}

fn single(world: &World, visit: &Visit<'_>, page: &Page, representation: Representation) -> Answer {
    let mut body = shown(&world.sites[visit.site], page, representation);
    body["_links"]["base"] = world.base(visit.site).into();
    Answer::json(StatusCode::OK, &body)
}

fn shown(site: &Site, page: &Page, representation: Representation) -> Value {
    let mut shown = json!({
        "id": page.id.to_string(),
        "status": page.status.as_str(),
        "title": page.title,
        "spaceId": site.spaces[page.space].id.to_string(),
        "parentId": page.parent.map(|parent| parent.to_string()),
        "parentType": page.parent.map(|id| if site.folder(id).is_some() { "folder" } else { "page" }),
        "position": 0,
        "authorId": page.author.account_id,
        "ownerId": page.author.account_id,
        "lastOwnerId": null,
        "createdAt": time(page.created),
        "version": v2::version(page.version, page.author, page.changed),
        "body": representation.show(&page.document()),
        "_links": {
            "editui": format!("/pages/resumedraft.action?draftId={}", page.id),
            "webui": site.webui(page),
            "tinyui": format!("/x/{}", page.id),
        },
    });
    if page.is_live {
        shown["subtype"] = "live".into();
    }
    shown
}
