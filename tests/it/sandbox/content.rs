//! What only a trial asks: labels, templates, people of a page, live docs, folders as parents, and spaces by CQL.

use reqwest::{Method, StatusCode};
use sandbox::{Access, Options, Sandbox, TokenKind};
use serde_json::{Value, json};

use super::{Caller, Http, body, json_of, refusal};

/// A caller whose token needs no scopes.
async fn whole() -> (Caller, String) {
    let caller = Caller::start().await;
    let page = json_of(caller.create("ENG", "A page").send().await.unwrap(), StatusCode::OK).await;
    (caller, page["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn labels_are_added_once_and_only_where_one_may() {
    let (caller, page) = whole().await;
    let path = format!("/rest/api/content/{page}/label");
    let add =
        async |label: Value| caller.call(Method::POST, "acme", &path).json(&label).send().await.unwrap();
    let one = json!({ "prefix": "global", "name": "Trial" });
    for label in [one.clone(), json!([one])] {
        let list = json_of(add(label).await, StatusCode::OK).await;
        assert_eq!((list["size"].as_u64(), list["results"][0]["name"].as_str()), (Some(1), Some("trial")));
        for name in ["id", "label", "name", "prefix"] {
            assert!(list["results"][0][name].is_string(), "{name} is documented");
        }
    }
    for wrong in [
        json!({ "name": "trial" }),
        json!({ "prefix": "global", "name": "two words" }),
        json!({ "prefix": "global", "name": "" }),
        json!({ "prefix": "mine", "name": "trial" }),
        json!("trial"),
    ] {
        assert_eq!(add(wrong.clone()).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
    caller.sandbox.set_page_access("acme", &page, Access::ReadOnly);
    assert_eq!(add(one.clone()).await.status(), StatusCode::FORBIDDEN, "it may only be read");
    caller.sandbox.set_page_access("acme", &page, Access::Hidden);
    assert_eq!(add(one).await.status(), StatusCode::NOT_FOUND, "it is not to be seen");
}

#[tokio::test]
async fn templates_are_listed_by_space_and_for_the_site() {
    let (caller, _) = whole().await;
    let list = async |query: &str| {
        let path = format!("/rest/api/template/page{query}");
        caller.call(Method::GET, "acme", &path).send().await.unwrap()
    };
    let of_space = json_of(list("?spaceKey=ENG").await, StatusCode::OK).await;
    assert_eq!(
        (of_space["size"].as_u64(), &of_space["results"][0]["space"]["key"]),
        (Some(2), &json!("ENG"))
    );
    for name in ["_links", "description", "labels", "name", "templateId", "templateType"] {
        assert!(!of_space["results"][0][name].is_null(), "{name} is documented");
    }
    let of_site = json_of(list("?limit=1&start=1").await, StatusCode::OK).await;
    assert_eq!((of_site["size"].as_u64(), of_site["results"][0].get("space")), (Some(1), None));
    assert_eq!(list("?spaceKey=NONE").await.status(), StatusCode::FORBIDDEN);
    assert_eq!(list("?limit=x").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_people_of_a_page_are_told_to_those_who_ask() {
    let (caller, page) = whole().await;
    let history = async |expand: &str| {
        let query = [("cql", format!("id={page}")), ("expand", expand.to_owned())];
        let request = caller.call(Method::GET, "acme", "/rest/api/content/search").query(&query);
        json_of(request.send().await.unwrap(), StatusCode::OK).await["results"][0]["history"].clone()
    };
    let told = history("history.contributors").await;
    assert_eq!(told["contributors"]["publishers"]["users"][0]["displayName"], "Ada Lovelace");
    let untold = history("history").await;
    assert!(untold["contributors"].is_null() && untold["_expandable"]["contributors"].is_string());
}

#[tokio::test]
async fn a_live_doc_and_a_page_in_a_folder_say_what_they_are() {
    let (caller, _) = whole().await;
    let space = caller.sandbox.space_id("acme", "ENG").unwrap();
    let create = async |title: &str, name: &str, value: &str| {
        let mut page = json!({ "spaceId": space, "title": title, "body": body("Agreed.") });
        page[name] = value.into();
        caller.call(Method::POST, "acme", "/api/v2/pages").json(&page).send().await.unwrap()
    };
    let live = json_of(create("Live", "subtype", "live").await, StatusCode::OK).await;
    assert_eq!(live["subtype"], "live");
    let title = refusal(create("Other", "subtype", "page").await, StatusCode::BAD_REQUEST).await;
    assert!(title.contains("subtype"), "{title}");
    let comment = caller.comment(live["id"].as_str().unwrap(), "Seen.").send().await.unwrap();
    assert_eq!(comment.status(), StatusCode::CREATED);
    let folder = caller.sandbox.add_folder("acme", "ENG").unwrap();
    let below = json_of(create("Below", "parentId", &folder).await, StatusCode::OK).await;
    assert_eq!((&below["parentId"], &below["parentType"]), (&json!(folder), &json!("folder")));
    let elsewhere = caller.sandbox.add_folder("acme", "PROD").unwrap();
    refusal(create("Elsewhere", "parentId", &elsewhere).await, StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn pages_are_listed_by_their_sort() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let token = sandbox.make_token(TokenKind::Classic, None);
    let (site, email) = (sandbox.site_url("acme").unwrap(), sandbox.email());
    let list = async |subtype: &str| {
        let url = format!("{site}/wiki/api/v2/pages?limit=250&subtype={subtype}");
        Http::new().get(&url).basic_auth(&email, Some(&token)).send().await.unwrap()
    };
    assert!(json_of(list("live").await, StatusCode::OK).await["results"].as_array().unwrap().is_empty());
    assert!(!json_of(list("page").await, StatusCode::OK).await["results"].as_array().unwrap().is_empty());
    refusal(list("doc").await, StatusCode::BAD_REQUEST).await;
}

#[tokio::test]
async fn spaces_are_found_by_their_names() {
    let (caller, _) = whole().await;
    let cql = "type = space and space.title ~ \"eng*\"";
    assert_eq!(caller.titles("acme", cql).await, ["Engineering"]);
    assert_eq!(caller.titles("acme", "type = space and space.title = \"design\"").await, ["Design"]);
    assert!(caller.titles("acme", "type = page and space.title ~ \"Design\"").await.len() > 3);
    let refused = caller.search("acme", "space.title > \"x\"").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
}
