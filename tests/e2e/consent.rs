//! What only the person may allow, in the system's own dialogs: a server that is new, and the host of a recording. A script in
//! the page can have the dialog shown, and cannot answer it.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::desk;
use crate::locator::{Want, starts};
use crate::quick;
use crate::window::out;

/// What a script in the page does to connect a server, and to get around the question.
const CONNECT: &str = "
    const [address] = arguments;
    const { invoke } = window.__TAURI_INTERNALS__;
    const connect = () => invoke('connect_server', { request: { token: 'zqtoken', company: null, address, again: null } });
    const told = (promise) => promise.then((answer) => JSON.stringify(answer), (refusal) => JSON.stringify(refusal));
    window.first = null;
    told(connect()).then((answer) => (window.first = answer));";

const GO_AROUND: &str = "
    const [address, done] = arguments;
    const { invoke } = window.__TAURI_INTERNALS__;
    const connect = () => invoke('connect_server', { request: { token: 'zqtoken', company: null, address, again: null } });
    const told = (promise) => promise.then((answer) => JSON.stringify(answer), (refusal) => String(refusal));
    for (const type of ['keydown', 'keyup']) {
        document.activeElement.dispatchEvent(new KeyboardEvent(type, { key: 'Enter', code: 'Enter', bubbles: true }));
    }
    Promise.all([
        told(connect()),
        told(invoke('plugin:dialog|message', { message: 'x' })),
        told(invoke('plugin:dialog|confirm', { message: 'x' })),
    ]).then(done);";

/// A server on this machine that counts who speaks to it: its address, its host, and the count.
fn listening() -> Result<(String, String, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let host = listener.local_addr()?.to_string();
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    Ok((format!("http://{host}/mcp"), host, heard))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_script_in_a_page_connects_a_server() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &["--samples"]).await?;
    let window = app.window();
    let (address, host, heard) = listening()?;
    let dialog = format!("^Connect to {host}\\?$");
    let steps = app.steps("A script in the page connects a server of its own");
    steps
        .step("The system asks, and nothing was sent", async {
            window.execute(CONNECT, vec![json!(address)]).await?;
            session.wait_for_active(&dialog)?;
            session.picture(&out()?.join("consent-server.png"))?;
            ensure!(heard.load(Ordering::SeqCst) == 0, "it heard nothing");
            Ok(())
        })
        .await?;
    steps
        .step("The page cannot answer it, nor have a second one shown", async {
            let answers = window.execute_async(GO_AROUND, vec![json!(address)]).await?;
            let answers: Vec<String> = serde_json::from_value(answers)?;
            ensure!(answers[0] == "null", "the second is not asked: {answers:?}");
            ensure!(answers[1..].iter().all(|answer| answer.contains("not allowed")), "{answers:?}");
            session.wait_for_window(&dialog, true)?;
            ensure!(
                window.execute("return window.first", vec![]).await?.is_null(),
                "the first is still open"
            );
            ensure!(heard.load(Ordering::SeqCst) == 0, "it heard nothing");
            Ok(())
        })
        .await?;
    steps
        .step("Escape is a no, and nothing is sent", async {
            session.press_until_gone("Escape", &dialog)?;
            window.settle().await;
            ensure!(
                window.execute("return window.first", vec![]).await? == json!("null"),
                "a no is no failure"
            );
            ensure!(heard.load(Ordering::SeqCst) == 0, "it heard nothing");
            Ok(())
        })
        .await?;
    steps
        .step("A person who allows it sends the request", async {
            window.execute(CONNECT, vec![json!(address)]).await?;
            session.wait_for_active(&dialog)?;
            session.press_until_gone("Return", &dialog)?;
            let told = "const [done] = arguments;
                const look = () => (window.first === null ? setTimeout(look, 20) : done(window.first));
                look();";
            window.execute_async(told, vec![]).await?;
            ensure!(heard.load(Ordering::SeqCst) > 0, "now it was asked");
            Ok(())
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_the_person_allows_is_shown_with_its_host() -> Result<()> {
    let session = quick::desktop()?;
    let (sandbox, other) = (desk::sandbox().await?, desk::sandbox().await?);
    let app = desk::app(&session, &sandbox, &[]).await?;
    let window = app.window();
    let address = other.sally_address();
    let host = address.strip_prefix("http://").and_then(|rest| rest.split('/').next()).context("a host")?;
    let dialog = format!("^Connect to {host}\\?$");
    let steps = app.steps("Another server by its address");
    let card = window.get("dialog", "Add integration").get("group", "Sally");
    steps
        .step("No keeps the form as it is", async {
            window.get("button", "Connect Sally").click().await?;
            card.get("textbox", "Personal access token").fill(&other.sally_token()).await?;
            card.get("textbox", "Company name").fill("Globex").await?;
            card.get("text", "Advanced").click().await?;
            card.get("textbox", "Server address").fill(&address).await?;
            card.get("button", "Connect").click().await?;
            session.wait_for_active(&dialog)?;
            session.press_until_gone("Escape", &dialog)?;
            card.get("button", "Connect").wait_for(Want::Enabled).await?;
            ensure!(other.requests().is_empty(), "nobody was asked: {:?}", other.requests());
            Ok(())
        })
        .await?;
    steps
        .step("Yes connects it, and its card says where it is", async {
            card.get("button", "Connect").click().await?;
            session.wait_for_active(&dialog)?;
            session.press_until_gone("Return", &dialog)?;
            window.get("dialog", "Add integration").wait_for(Want::Gone).await?;
            window.get("link", "Settings").click().await?;
            window.get("tab", "Integrations").click().await?;
            window.get("text", starts(&format!("Globex · {host}"))).wait_for(Want::There).await?;
            window.screenshot("consent-card").await.map(drop)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_recording_opens_a_new_host_without_a_person() -> Result<()> {
    let session = quick::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::app(&session, &sandbox, &[]).await?;
    let window = app.window();
    let steps = app.steps("Recordings of two meetings");
    for name in ["one", "two"] {
        let recording = format!("https://{name}.example/rec?d=1");
        let meeting = json!({ "title": format!("Zq{name}"), "date": "2026-11-12", "recording_url": recording,
            "decisions": ["One"] });
        let path = session.path(&format!("{name}.json"));
        std::fs::write(&path, meeting.to_string())?;
        app.open_again(&[path.to_str().context("a name")?])?;
        window.get("link", starts(&format!("Zq{name}"))).wait_for(Want::There).await?;
    }
    steps
        .step("Its host stands beside it, and the system asks", async {
            desk::open_meeting(window, "Zqone").await?;
            window.get("text", "one.example").wait_for(Want::There).await?;
            window.get("link", "Recording").click().await?;
            session.wait_for_active("^Open one.example\\?$")?;
            session.picture(&out()?.join("consent-recording.png"))?;
            session.press_until_gone("Escape", "^Open one.example\\?$")
        })
        .await?;
    steps
        .step("Nothing was opened; where the person agrees it is", async {
            desk::open_meeting(window, "Zqtwo").await?;
            window.get("link", "Recording").click().await?;
            session.wait_for_active("^Open two.example\\?$")?;
            session.press_until_gone("Return", "^Open two.example\\?$")?;
            let address = app.browser().next_address().await?;
            ensure!(address.host_str() == Some("two.example"), "the first that was opened: {address}");
            Ok(())
        })
        .await?;
    steps
        .step("The same host is not asked about again", async {
            window.get("link", "Recording").click().await?;
            let address = app.browser().next_address().await?;
            ensure!(address.host_str() == Some("two.example"), "{address}");
            session.wait_for_window("^Open ", false)
        })
        .await
}
