//! The web view, and the two programs.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use reqwest::StatusCode;
use serde_json::Value;

use super::{Caller, Http, json_of};

#[tokio::test]
async fn the_front_page_shows_what_was_made_and_nothing_hidden() {
    let caller = Caller::start().await;
    let title = "<img src=x onerror=alert(1)> & more";
    json_of(caller.create("ENG", title).send().await.unwrap(), StatusCode::OK).await;
    let shown = caller.http.get(&caller.sandbox.url()).send().await.unwrap();
    let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "no script can run: {policy}");
    let text = shown.text().await.unwrap();
    assert!(text.contains("&lt;img src=x"), "the title is shown as text: {text}");
    assert!(!text.contains("<img"), "and not as markup");

    for path in ["/site/acme", "/site/acme/wiki/spaces/ENG", "/site/globex/wiki/spaces/LOGBER/overview"] {
        let answer = caller.http.get(&format!("{}{path}", caller.sandbox.url())).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
    let nothing = caller.http.get(&format!("{}/site/acme/wiki/spaces/ENG/pages/1", caller.sandbox.url()));
    assert_eq!(nothing.send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_program_says_where_it_listens_and_ends_with_its_input() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_sally-sandbox"))
        .args(["--print-env", "--until-stdin-closes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let settings: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(settings["SALLY_ATLASSIAN_AUTH_URL"], settings["origin"]);
    let origin = settings["origin"].as_str().unwrap().to_owned();
    assert_eq!(Http::new().get(&origin).send().await.unwrap().status(), StatusCode::OK);
    let (site, email, token) = (&settings["site"], &settings["email"], &settings["api_token"]);
    let http = Http::new();
    let tenant = http.get(&format!("{}/_edge/tenant_info", site.as_str().unwrap())).send().await.unwrap();
    let cloud_id = json_of(tenant, StatusCode::OK).await["cloudId"].as_str().unwrap().to_owned();
    let spaces = http.get(&format!("{origin}/ex/confluence/{cloud_id}/wiki/api/v2/spaces"));
    let spaces = spaces.basic_auth(email.as_str().unwrap(), token.as_str()).send().await.unwrap();
    json_of(spaces, StatusCode::OK).await;
    drop(program.stdin.take());
    let status = tokio::task::spawn_blocking(move || program.wait()).await.unwrap().unwrap();
    assert!(status.success(), "it ends by itself: {status}");
}

#[tokio::test]
async fn the_test_browser_hands_the_address_to_the_test() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let address = "http://127.0.0.1:1/authorize?state=a%20b";
    let mut browser = Command::new(env!("CARGO_BIN_EXE_sally-test-browser"))
        .arg(address)
        .env("SALLY_TEST_BROWSER_PORT", port)
        .spawn()
        .unwrap();
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        BufReader::new(listener.accept().unwrap().0).read_line(&mut line).unwrap();
        line
    });
    assert_eq!(line.await.unwrap(), format!("{address}\n"));
    assert!(browser.wait().unwrap().success());
}
