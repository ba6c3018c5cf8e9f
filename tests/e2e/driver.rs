//! Starts the app together with a driver for its window, of either side: `WebKit`'s own starts the app under automation,
//! which allows it when `TAURI_WEBVIEW_AUTOMATION` is set; the embedded one is in the app.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, json};

use crate::process::Process;
use crate::remote::{Remote, Side};
use crate::session::Session;

/// How long the app may take to show its window. A session that a crashed app never joins has no other end.
const LIMIT: Duration = Duration::from_secs(40);

/// The longest script: longer than any wait inside the page.
const SCRIPT_LIMIT: Duration = Duration::from_secs(60);

/// A driver and the app.
pub(crate) struct Driver {
    /// For commands to the window.
    pub(crate) remote: Remote,
    /// The one of the two that started the other, with which both end.
    _process: Process,
}

impl Driver {
    /// Starts the app and takes hold of its window.
    pub(crate) async fn start(
        session: &Session,
        app: &Path,
        arguments: &[String],
        environment: &[(&'static str, String)],
        log: &Path,
    ) -> Result<Self> {
        let side = Side::chosen();
        let port = free_port()?;
        let (mut command, name, options) = match side {
            Side::WebKit => {
                let mut command = session.command("WebKitWebDriver");
                command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
                let options = json!({ "binary": app, "args": arguments });
                (command, "webkitgtk:browserOptions", options)
            }
            Side::Embedded => {
                let mut command = session.command(app);
                command.args(arguments).env("SALLY_WEBDRIVER_PORT", port.to_string());
                (command, "wdio:tauriServiceOptions", json!({ "windowLabel": "main" }))
            }
        };
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut process = Process::spawn(command, log)?;
        wait_for_port(&mut process, port).await?;

        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(Map::from_iter([(name.to_owned(), options)]));
        let address = format!("http://127.0.0.1:{port}");
        let client = tokio::time::timeout(LIMIT, builder.connect(&address))
            .await
            .with_context(|| format!("{} showed no window within {LIMIT:?}", app.display()))??;
        client
            .update_timeouts(TimeoutConfiguration::new(Some(SCRIPT_LIMIT), Some(LIMIT), Some(Duration::ZERO)))
            .await?;
        if side == Side::Embedded {
            wait_for_page(&client).await?;
        }
        Ok(Self { remote: Remote::new(client, side), _process: process })
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// A driver does not say when it listens, so it is asked.
async fn wait_for_port(process: &mut Process, port: u16) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = process.child().try_wait()? {
            bail!("the driver ended at once: {status}");
        }
        if Instant::now() > deadline {
            bail!("no driver listens on port {port}: was the app built with the feature `webdriver`?");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// The embedded driver begins before the window has its page, and a script of that time is lost with the empty page that
/// it ran in.
async fn wait_for_page(client: &Client) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    while !client.current_url().await.is_ok_and(|address| address.scheme() != "about") {
        ensure!(Instant::now() < deadline, "the window had no page within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
