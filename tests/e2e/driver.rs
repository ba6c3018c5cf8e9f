//! `WebKit`'s own driver: it starts the app under automation and drives its window. The app allows it when
//! `TAURI_WEBVIEW_AUTOMATION` is set.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, json};

use crate::process::Process;
use crate::session::Session;

/// How long the app may take to show its window. A session that a crashed app never joins has no other end.
const LIMIT: Duration = Duration::from_secs(40);

/// The longest script: longer than any wait inside the page.
const SCRIPT_LIMIT: Duration = Duration::from_secs(60);

/// A driver with the app that it started.
pub(crate) struct Driver {
    /// For commands to the window.
    pub(crate) client: Client,
    /// Leads the group that the app is in, too.
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
        let port = free_port()?;
        let mut command = session.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        let mut process = Process::spawn(command, log)?;
        wait_for_port(&mut process, port).await?;

        let options = json!({ "binary": app, "args": arguments });
        let capabilities = Map::from_iter([("webkitgtk:browserOptions".to_owned(), options)]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        let client = tokio::time::timeout(LIMIT, builder.connect(&address))
            .await
            .with_context(|| format!("{} showed no window within {LIMIT:?}", app.display()))??;
        client
            .update_timeouts(TimeoutConfiguration::new(Some(SCRIPT_LIMIT), Some(LIMIT), Some(Duration::ZERO)))
            .await?;
        Ok(Self { client, _process: process })
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The driver does not say when it listens, so it is asked.
async fn wait_for_port(process: &mut Process, port: u16) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        if let Some(status) = process.child().try_wait()? {
            bail!("WebKitWebDriver ended at once: {status}");
        }
        if Instant::now() > deadline {
            bail!("WebKitWebDriver does not listen on port {port}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
