//! The web view of created pages. All content is escaped; only web and mail addresses become links. No scripts, which the
//! content security policy enforces.

mod document;

use axum::http::StatusCode;
use maud::{DOCTYPE, Markup, html};

use crate::call::{Answer, Call};
use crate::log::Log;
use crate::profile;
use crate::site::{Access, Page, Site, Status};
use crate::spaces::time;
use crate::world::World;

const STYLE: &str = include_str!("style.css");

/// How many of the latest pages and comments the front page shows.
const MAX_LATEST: usize = 50;

/// Any address that is not the API's or the authorization server's.
pub(crate) fn visit(world: &World, log: &Log, call: &Call) -> Answer {
    if call.method != "GET" && call.method != "HEAD" {
        return not_found();
    }
    let segments = call.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        [] => front(world, log),
        ["style.css"] => Answer::css(STYLE),
        ["site", slug, path @ ..] => match world.sites.iter().find(|site| site.slug == *slug) {
            Some(site) => in_site(site, path),
            None => not_found(),
        },
        _ => not_found(),
    }
}

fn in_site(site: &Site, path: &[&str]) -> Answer {
    match path {
        [] | ["wiki"] => overview(site),
        ["wiki", "spaces", key] | ["wiki", "spaces", key, "overview" | "pages"] => space(site, key),
        ["wiki", "spaces", _, "pages", id] | ["wiki", "spaces", _, "pages", id, _] | ["wiki", "x", id] => {
            let page = id.parse().ok().and_then(|id| site.page(id));
            match page.filter(|page| site.page_access(page) != Access::Hidden) {
                Some(page) => one(site, page),
                None => not_found(),
            }
        }
        _ => not_found(),
    }
}

/// A page of HTML with this title and content.
pub(crate) fn page(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body { (body) }
        }
    }
    .into_string()
}

fn framed(title: &str, trail: &[(&str, String)], body: &Markup) -> Answer {
    let body = html! {
        header.top {
            a.brand href="/" { "Sandbox" }
            @for (name, href) in trail { span aria-hidden="true" { "/" } a href=(href) { (name) } }
        }
        main { (body) }
    };
    Answer::html(StatusCode::OK, page(&format!("{title} · Sandbox"), &body))
}

/// Where nothing is.
pub(crate) fn not_found() -> Answer {
    let body = html! {
        main.card {
            h1 { "Nothing is here" }
            p { "The page was never made, or you may not see it." }
            p { a href="/" { "To the front page" } }
        }
    };
    Answer::html(StatusCode::NOT_FOUND, page("Not found · Sandbox", &body))
}

fn home(site: &Site) -> String {
    format!("/site/{}/wiki", site.slug)
}

fn link(site: &Site, page: &Page) -> String {
    format!("{}{}", home(site), site.webui(page))
}

fn front(world: &World, log: &Log) -> Answer {
    let mut made: Vec<(String, Markup)> = Vec::new();
    for site in &world.sites {
        let hidden = |page: &Page| site.page_access(page) == Access::Hidden;
        for page in site.made_pages().iter().rev().filter(|page| !hidden(page)).take(MAX_LATEST) {
            let row = html! {
                td { (if page.status == Status::Draft { "Draft" } else { "Page" }) }
                td { a href=(link(site, page)) { (page.title) } }
                td { (site.name) " · " (site.spaces[page.space].name) }
            };
            made.push((time(page.created), row));
        }
        for comment in site.comments.iter().rev().take(MAX_LATEST) {
            let Some(on) = site.page(comment.page).filter(|page| !hidden(page)) else { continue };
            let row = html! {
                td { "Comment" }
                td { "on " a href=(format!("{}{}", home(site), site.comment_webui(on, comment.id))) { (on.title) } }
                td { (site.name) " · " (site.spaces[on.space].name) }
            };
            made.push((time(comment.created), row));
        }
    }
    made.sort_by(|a, b| b.0.cmp(&a.0));
    made.truncate(MAX_LATEST);
    let body = html! {
        h1 { "Sandbox Atlassian" }
        p.quiet { "A stand-in for Confluence, for trying things out. Nothing here reaches Atlassian." }
        p { strong { (log.of_the_app()) } " requests of the app so far" }
        p { a href=(profile::PATH) { "API tokens" } }
        h2 { "Made lately" }
        @if made.is_empty() {
            p.quiet { "Nothing yet. Pages and comments that are sent appear here." }
        } @else {
            table.list {
                thead { tr { th { "Kind" } th { "What" } th { "Where" } th { "When" } } }
                tbody {
                    @for (when, row) in &made { tr { (row) td { time datetime=(when) { (when) } } } }
                }
            }
        }
        h2 { "Organizations" }
        ul {
            @for site in &world.sites {
                li { a href=(home(site)) { (site.name) } " " span.quiet { (site.visible_spaces().count()) " spaces" } }
            }
        }
    };
    framed("Front page", &[], &body)
}

fn overview(site: &Site) -> Answer {
    let body = html! {
        h1 { (site.name) }
        ul.columns {
            @for (_, space) in site.visible_spaces() {
                li { a href=(format!("{}/spaces/{}", home(site), space.key)) { (space.name) } " " span.quiet { (space.key) } }
            }
        }
    };
    framed(site.name, &[(site.name, home(site))], &body)
}

fn space(site: &Site, key: &str) -> Answer {
    let Some((place, space)) =
        site.space_by_key(key).filter(|(place, _)| site.space_access(*place) != Access::Hidden)
    else {
        return not_found();
    };
    let is_here =
        |page: &&std::sync::Arc<Page>| page.space == place && site.page_access(page) != Access::Hidden;
    let body = html! {
        h1 { (space.name) " " span.quiet { (space.key) } }
        ul {
            @for page in site.pages.iter().filter(is_here) {
                li {
                    a href=(link(site, page)) { (if page.title.is_empty() { "Untitled" } else { page.title.as_str() }) }
                    @if page.status != Status::Current { " " span.lozenge { (page.status.as_str()) } }
                }
            }
        }
    };
    framed(&space.name, &[(site.name, home(site))], &body)
}

fn one(site: &Site, page: &Page) -> Answer {
    let space = &site.spaces[page.space];
    let comments: Vec<_> = site.comments_on(page.id).collect();
    let body = html! {
        article {
            h1 { (page.title) }
            p.quiet {
                (page.author.name) " · " time datetime=(time(page.created)) { (time(page.created)) }
                " · version " (page.version)
                @if page.status != Status::Current { " · " span.lozenge { (page.status.as_str()) } }
            }
            (document::render(&page.document()))
        }
        section.comments aria-label="Comments" {
            h2 { (comments.len()) (if comments.len() == 1 { " comment" } else { " comments" }) }
            @for comment in comments {
                div.comment.reply[comment.reply_to.is_some()] id=(format!("comment-{}", comment.id)) {
                    p.quiet { (comment.author.name) " · " (time(comment.created)) }
                    (document::render(&comment.document))
                }
            }
        }
    };
    let trail =
        [(site.name, home(site)), (space.name.as_str(), format!("{}/spaces/{}", home(site), space.key))];
    framed(&page.title, &trail, &body)
}
