//! How long the outbox takes for a thousand pages, and how long a bare loop takes that posts the same pages one after the
//! other: both to a sandbox on this machine, in turn. The outbox keeps its promises meanwhile: each attempt is on disk
//! before it leaves, with `synchronous=FULL`. Prints `drain_ms=…` and `bare_ms=…`, which `cargo xtask bench` reads.
#![expect(clippy::print_stdout, reason = "the numbers are read")]
#![expect(clippy::disallowed_types, reason = "the bare loop has a client of its own")]

#[path = "../shared/browser.rs"]
mod browser;
#[path = "../shared/desktop.rs"]
mod desktop;
#[path = "../shared/item.rs"]
mod item;

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use sally_core::adf;
use sally_core::api::{DeliveryState, Send};
use sally_core::app::{App, Browser, Event, Outside, READ_TIMEOUT, Setup, Window};
use sally_core::auth::{MemoryKeychain, SallySettings, Settings};
use sally_core::clock::SystemClock;
use sally_core::domain::destination::{Destination, Space};
use sally_core::domain::id::{ItemId, OrganizationId, SpaceId};
use sally_core::http::Limits;
use sandbox::{Options, Sandbox};
use serde_json::json;
use tokio::sync::mpsc;

use self::browser::NotedBrowser;
use self::desktop::BareDesktop;
use self::item::sample_items;

const PAGES: usize = 1000;

/// Of so many rounds the best counts, for each of both.
const ROUNDS: usize = 3;

const WORDS: &str = "As agreed:\n\n- behind a flag\n- from Monday\n\nFrom the meeting “Weekly product sync”.";

/// Tells how many pages have arrived.
struct Counter(mpsc::UnboundedSender<()>);

impl Window for Counter {
    fn tell(&self, event: Event) {
        if let Event::Delivery(view) = event
            && matches!(view.state, DeliveryState::Sent { .. })
        {
            let _over = self.0.send(());
        }
    }

    fn come_to_front(&self) {}
}

#[tokio::main]
async fn main() -> Result<()> {
    let (mut drain, mut bare) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        bare = bare.min(post_bare().await?);
        drain = drain.min(drain_outbox().await?);
    }
    println!("bare_ms={}", bare.as_millis());
    println!("drain_ms={}", drain.as_millis());
    Ok(())
}

async fn post_bare() -> Result<Duration> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let tokens = sandbox.issue(&sandbox::SCOPES);
    let space = sandbox.space_id("acme", "ENG").context("a space")?;
    let cloud = sandbox.organizations()[0].cloud_id.clone();
    let address = format!("{}/ex/confluence/{cloud}/wiki/api/v2/pages", sandbox.url());
    let client = reqwest::Client::builder().no_proxy().build()?;
    let value = adf::from_markdown(WORDS, &mut String::new).to_json();
    let started = Instant::now();
    for number in 0..PAGES {
        let body = json!({
            "spaceId": space, "status": "current", "title": format!("Page {number}"),
            "body": { "representation": "atlas_doc_format", "value": value },
        });
        let answer = client.post(&address).bearer_auth(&tokens.access).json(&body).send().await?;
        ensure!(answer.status().is_success(), "the sandbox refused: {}", answer.status());
        let _made: serde_json::Value = answer.json().await?;
    }
    Ok(started.elapsed())
}

async fn drain_outbox() -> Result<Duration> {
    let sandbox = Sandbox::start(Options::default()).await?;
    let folder = tempfile::tempdir()?;
    let browser = Arc::new(NotedBrowser::default());
    let (tell, mut sent) = mpsc::unbounded_channel();
    let app = App::start(Setup {
        folder: folder.path().to_owned(),
        older_folder: None,
        atlassian: Settings::read(|name| sandbox.variable(name))?,
        keychain: Arc::new(MemoryKeychain::default()),
        marks: Arc::new(MemoryKeychain::default()),
        machine: None,
        sally: SallySettings::read(|name| sandbox.variable(name))?,
        token_keychain: Arc::new(MemoryKeychain::default()),
        server_keychain: Arc::new(MemoryKeychain::default()),
        lock_folder: folder.path().to_owned(),
        clock: Arc::new(SystemClock),
        browser: Arc::clone(&browser) as Arc<dyn Browser>,
        window: Arc::new(Counter(tell)),
        desktop: Arc::new(BareDesktop),
        outside: Outside::direct(),
        limits: Limits::STANDARD,
        read_timeout: READ_TIMEOUT,
    })
    .await?;
    app.status().await?;
    app.connect().await?;
    let address = browser.opened().pop().context("an address")?;
    app.callback(&sandbox::browser::accept(address.as_str()).await?).await;
    let item = sample_items(&app).await?[0];
    sandbox.go_offline().await;
    let mut first = None;
    for number in 0..PAGES {
        let id = app.send(page(&sandbox, item, number)?).await?.id;
        first.get_or_insert(id);
    }
    let started = Instant::now();
    sandbox.go_online().await?;
    let first = first.context("a delivery")?;
    // The first one waits for the network by now, or will in a moment.
    while app.retry(first).await.is_err() {
        tokio::task::yield_now().await;
    }
    for _ in 0..PAGES {
        sent.recv().await.context("the app is there")?;
    }
    let took = started.elapsed();
    ensure!(sandbox.pages().len() == PAGES, "each page is there once");
    app.end().await;
    Ok(took)
}

fn page(sandbox: &Sandbox, item: ItemId, number: usize) -> Result<Send> {
    let destination = Destination::NewPage {
        organization: OrganizationId(sandbox.organizations()[0].cloud_id.clone()),
        space: Space {
            id: SpaceId(sandbox.space_id("acme", "ENG").context("a space")?),
            key: "ENG".to_owned(),
            name: "Engineering".to_owned(),
        },
        parent: None,
        title: format!("Page {number}"),
    };
    let document = adf::from_markdown(WORDS, &mut String::new);
    Ok(Send { items: vec![item], destination, document, replaces: None, again: true })
}
