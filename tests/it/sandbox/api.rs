//! Spaces, pages and comments: what is taken, what is refused, and in which words.

use reqwest::{Method, RequestBuilder, StatusCode};
use sandbox::{ARCHIVED_TITLE, Access, Quirk};
use serde_json::{Value, json};

use super::{Caller, body, json_of, refusal};

#[tokio::test]
async fn a_missing_scope_is_told_before_anything_else() {
    let mut caller = Caller::start().await;
    let mismatch = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
    for (method, path) in [
        (Method::GET, "/api/v2/pages/1"),
        (Method::GET, "/api/v2/pages"),
        (Method::GET, "/api/v2/pages/1/footer-comments"),
        (Method::GET, "/rest/api/search/user?cql=x"),
        (Method::POST, "/api/v2/pages/1/properties"),
    ] {
        let answer = caller.call(method, "acme", path).send().await.unwrap();
        assert_eq!(json_of(answer, StatusCode::UNAUTHORIZED).await, mismatch, "{path} wants another scope");
    }
    caller.token = caller.sandbox.issue(&["read:me", "offline_access"]).access;
    for request in [
        caller.call(Method::POST, "acme", "/api/v2/pages").body("not JSON"),
        caller.call(Method::POST, "acme", "/api/v2/footer-comments"),
        caller.call(Method::GET, "acme", "/api/v2/spaces?limit=99999"),
        caller.search("acme", "not CQL ("),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(json_of(answer, StatusCode::UNAUTHORIZED).await, mismatch, "before it is read");
    }
}

#[tokio::test]
async fn a_token_that_is_no_longer_good_is_not_a_401() {
    let caller = Caller::start().await;
    caller.sandbox.expire_access_tokens();
    assert_eq!(
        refusal(caller.create("ENG", "A").send().await.unwrap(), StatusCode::NOT_FOUND).await,
        "Not Found"
    );
    for path in ["/rest/api/search?cql=type=page", "/rest/api/user/current"] {
        let answer = caller.call(Method::GET, "acme", path).send().await.unwrap();
        let message = json_of(answer, StatusCode::FORBIDDEN).await["message"].to_string();
        assert!(message.contains("Confluence"), "v1 says that the caller may not use Confluence: {message}");
    }
}

#[tokio::test]
async fn removed_endpoints_are_gone() {
    let caller = Caller::start().await;
    for path in
        ["/rest/api/content", "/rest/api/space", "/rest/api/content/1", "/rest/api/content/1/child/comment"]
    {
        let answer = caller.call(Method::GET, "acme", path).send().await.unwrap();
        let message = json_of(answer, StatusCode::GONE).await["message"].to_string();
        assert!(message.contains("GoneException"), "{path}: {message}");
    }
}

#[tokio::test]
async fn all_of_1200_spaces_come_page_by_page() {
    let caller = Caller::start().await;
    let mut keys: Vec<String> = Vec::new();
    let mut next = Some("/api/v2/spaces?limit=250&status=current&sort=name".to_owned());
    let mut pages = 0;
    while let Some(path) = next {
        let answer = caller.call(Method::GET, "globex", &path).send().await.unwrap();
        let link = answer.headers()["link"].to_str().unwrap().to_owned();
        let list = json_of(answer, StatusCode::OK).await;
        keys.extend(list["results"].as_array().unwrap().iter().map(|space| space["key"].to_string()));
        next = list["_links"]["next"].as_str().map(|path| path.strip_prefix("/wiki").unwrap().to_owned());
        assert_eq!(next.is_some(), link.contains("rel=\"next\""), "header and body agree");
        pages += 1;
    }
    assert_eq!((pages, keys.len()), (5, 1_200));
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 1_200, "no space comes twice");

    let one = caller.call(Method::GET, "globex", "/api/v2/spaces?keys=LOGBER").send().await.unwrap();
    let one = json_of(one, StatusCode::OK).await;
    assert_eq!(one["results"][0]["name"], "Logistics Berlin");
    for wrong in ["limit=251", "limit=0", "sort=size", "status=open", "cursor=abc"] {
        let answer =
            caller.call(Method::GET, "globex", &format!("/api/v2/spaces?{wrong}")).send().await.unwrap();
        refusal(answer, StatusCode::BAD_REQUEST).await;
    }
}

#[tokio::test]
async fn a_page_is_made_in_its_space_below_its_home() {
    let caller = Caller::start().await;
    let made = json_of(caller.create("ENG", "Ship the importer").send().await.unwrap(), StatusCode::OK).await;
    let space = caller.sandbox.space_id("acme", "ENG").unwrap();
    assert_eq!(made["spaceId"], space);
    assert_eq!(made["parentId"], caller.sandbox.page_id("acme", "ENG", "Engineering").unwrap());
    assert_eq!(made["version"]["number"], 1);

    let stored = caller.sandbox.pages_titled("Ship the importer");
    assert_eq!(stored.len(), 1);
    assert_eq!((stored[0].space.as_str(), stored[0].text.as_str()), ("ENG", "Agreed."));
    let link =
        format!("{}{}", made["_links"]["base"].as_str().unwrap(), made["_links"]["webui"].as_str().unwrap());
    assert_eq!(stored[0].url, link);
    let shown = caller.http.get(&link).send().await.unwrap().text().await.unwrap();
    assert!(
        shown.contains("Ship the importer") && shown.contains("Agreed."),
        "a person can open it: {shown}"
    );
}

#[tokio::test]
async fn a_title_is_unique_in_its_space() {
    let caller = Caller::start().await;
    let taken =
        "A page with this title already exists: A page already exists with the same TITLE in this space";
    for title in ["Decisions log", "DECISIONS LOG", ARCHIVED_TITLE] {
        let answer = caller.create("ENG", title).send().await.unwrap();
        assert_eq!(refusal(answer, StatusCode::BAD_REQUEST).await, taken, "{title} is taken");
    }
    json_of(caller.create("DES", "Decisions log").send().await.unwrap(), StatusCode::OK).await;
    let answer = caller.create("DES", "decisions LOG").send().await.unwrap();
    assert_eq!(refusal(answer, StatusCode::BAD_REQUEST).await, taken, "also by what was just made");
}

async fn refused(caller: &Caller, change: impl Fn(&mut Value), status: StatusCode) -> String {
    let space = caller.sandbox.space_id("acme", "ENG").unwrap();
    let mut page = json!({ "spaceId": space, "status": "current", "title": "Never made", "body": body("x") });
    change(&mut page);
    let answer = caller.call(Method::POST, "acme", "/api/v2/pages").json(&page).send().await.unwrap();
    refusal(answer, status).await
}

#[tokio::test]
async fn only_the_string_of_a_valid_document_passes() {
    let caller = Caller::start().await;
    let conversion = "Error converting ADF to storage format";
    for value in [
        r#"{"foo":"bar"}"#,
        "plain text",
        r#"{"type":"doc","content":[]}"#,
        r#"{"version":1,"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":""}]}]}"#,
        r#"{"version":1,"type":"doc","content":[{"type":"taskList","attrs":{"localId":"a"},"content":[{"type":"taskItem",
            "attrs":{"localId":"b","state":"TODO"},"content":[{"type":"paragraph","content":[]}]}]}]}"#,
    ] {
        let change = |page: &mut Value| page["body"]["value"] = value.into();
        assert_eq!(
            refused(&caller, change, StatusCode::BAD_REQUEST).await,
            conversion,
            "{value} is no valid document"
        );
    }
    let object =
        |page: &mut Value| page["body"]["value"] = json!({ "version": 1, "type": "doc", "content": [] });
    assert_eq!(
        refused(&caller, object, StatusCode::BAD_REQUEST).await,
        "Invalid message",
        "an object is no string"
    );
    assert!(caller.sandbox.pages().is_empty(), "nothing that was refused was made");
}

#[tokio::test]
async fn a_page_takes_the_documented_properties_and_no_others() {
    let caller = Caller::start().await;
    let wrong: [&dyn Fn(&mut Value); 6] = [
        &|page| page["spaceId"] = 1.into(),
        &|page| page["spaceKey"] = "ENG".into(),
        &|page| page["title"] = " ".into(),
        &|page| page["title"] = "x".repeat(256).into(),
        &|page| page["status"] = "published".into(),
        &|page| page["body"]["representation"] = "view".into(),
    ];
    for change in wrong {
        refused(&caller, change, StatusCode::BAD_REQUEST).await;
    }
    refused(&caller, |page| page["spaceId"] = "1".into(), StatusCode::NOT_FOUND).await;
    refused(&caller, |page| page["parentId"] = "1".into(), StatusCode::NOT_FOUND).await;
    let elsewhere = caller.sandbox.page_id("acme", "PROD", "Decisions log").unwrap();
    refused(&caller, |page| page["parentId"] = elsewhere.clone().into(), StatusCode::BAD_REQUEST).await;
    refused(&caller, |page| page["title"] = "x".repeat(6 << 20).into(), StatusCode::PAYLOAD_TOO_LARGE).await;
    assert!(caller.sandbox.pages().is_empty(), "nothing that was refused was made");
}

#[tokio::test]
async fn no_permission_looks_like_not_there() {
    let caller = Caller::start().await;
    let page = caller.sandbox.page_id("acme", "PROD", "Decisions log").unwrap();
    assert!(caller.sandbox.set_space_access("acme", "ENG", Access::ReadOnly));
    assert!(caller.sandbox.set_page_access("acme", &page, Access::ReadOnly));
    for request in [caller.create("ENG", "Not allowed"), caller.comment(&page, "Not allowed")] {
        let title = refusal(request.send().await.unwrap(), StatusCode::NOT_FOUND).await;
        assert!(title.starts_with("Cannot find a "), "it names the thing, unlike a bad token: {title}");
    }
    assert_eq!(caller.titles("acme", "title = \"Decisions log\"").await.len(), 2, "both can still be read");
    caller.sandbox.set_space_access("acme", "ENG", Access::Hidden);
    assert_eq!(caller.titles("acme", "title = \"Decisions log\"").await.len(), 1, "hidden is not found");

    caller.sandbox.set_blocked_by_policy("acme", true);
    let answer = caller.search("acme", "type = page").send().await.unwrap();
    assert_eq!(answer.headers()["atlassian-datasecuritypolicy"], "app_access_blocked");
}

#[tokio::test]
async fn a_draft_is_published_by_its_id_and_only_once() {
    let caller = Caller::start().await;
    let space = caller.sandbox.space_id("acme", "ENG").unwrap();
    let draft = json!({ "spaceId": space, "status": "draft", "title": "Decisions log", "body": body("x") });
    let draft = caller.call(Method::POST, "acme", "/api/v2/pages").json(&draft).send().await.unwrap();
    let id = json_of(draft, StatusCode::OK).await["id"].as_str().unwrap().to_owned();
    let publish = |title: &str| -> RequestBuilder {
        let page = json!({
            "id": id, "status": "current", "title": title, "body": body("x"), "version": { "number": 1 },
        });
        caller.call(Method::PUT, "acme", &format!("/api/v2/pages/{id}")).json(&page)
    };
    refusal(publish("Decisions log").send().await.unwrap(), StatusCode::BAD_REQUEST).await;
    json_of(publish("Another title").send().await.unwrap(), StatusCode::OK).await;
    refusal(publish("Another title").send().await.unwrap(), StatusCode::CONFLICT).await;
    assert_eq!(caller.sandbox.pages_titled("Another title").len(), 1);
}

#[tokio::test]
async fn a_comment_is_made_on_its_page() {
    let caller = Caller::start().await;
    let page = caller.sandbox.page_id("acme", "ENG", "Decisions log").unwrap();
    let answer = caller.comment(&page, "Agreed on Tuesday").send().await.unwrap();
    assert!(answer.headers()["location"].to_str().unwrap().starts_with("/wiki/api/v2/footer-comments/"));
    let made = json_of(answer, StatusCode::CREATED).await;
    assert_eq!(made["pageId"], page);

    let reply = json!({ "parentCommentId": made["id"], "body": body("Seconded") });
    let reply =
        caller.call(Method::POST, "acme", "/api/v2/footer-comments").json(&reply).send().await.unwrap();
    assert_eq!(json_of(reply, StatusCode::CREATED).await["pageId"], page, "a reply is on the same page");
    let texts: Vec<String> = caller.sandbox.comments().into_iter().map(|comment| comment.text).collect();
    assert_eq!(texts, ["Agreed on Tuesday", "Seconded"]);

    refusal(caller.comment("1", "x").send().await.unwrap(), StatusCode::NOT_FOUND).await;
    for wrong in [
        json!({ "body": body("x") }),
        json!({ "pageId": page, "parentCommentId": made["id"], "body": body("x") }),
        json!({ "pageId": page }),
    ] {
        let answer =
            caller.call(Method::POST, "acme", "/api/v2/footer-comments").json(&wrong).send().await.unwrap();
        refusal(answer, StatusCode::BAD_REQUEST).await;
    }
    assert_eq!(caller.sandbox.comments().len(), 2, "nothing that was refused was made");
}

#[tokio::test]
async fn the_old_list_of_comments_answers_or_is_gone() {
    let caller = Caller::start().await;
    let page = caller.sandbox.page_id("acme", "ENG", "Decisions log").unwrap();
    caller.comment(&page, "A < B").send().await.unwrap();
    let path =
        format!("/rest/api/content/{page}/descendant/comment?depth=all&expand=body.storage,version,history");
    let list = caller.call(Method::GET, "acme", &path).send().await.unwrap();
    let list = json_of(list, StatusCode::OK).await;
    assert_eq!(list["results"][0]["body"]["storage"]["value"], "<p>A &lt; B</p>");
    assert_eq!(list["results"][0]["history"]["createdBy"]["displayName"], "Ada Lovelace");
    caller.sandbox.set_quirk(Quirk::DescendantsRemoved, true);
    let gone = caller.call(Method::GET, "acme", &path).send().await.unwrap();
    json_of(gone, StatusCode::GONE).await;
}
