//! The test's browser: the app hands an address to the program `sally-test-browser`, which passes it on to
//! the test over a loopback port. What a person would then do in the browser, the test does.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use url::Url;

/// How long the app may take to open the browser.
const LIMIT: Duration = Duration::from_secs(20);

/// Where the addresses arrive.
pub(crate) struct TestBrowser {
    listener: TcpListener,
}

impl TestBrowser {
    /// Listens on a port of its own.
    pub(crate) async fn start() -> Result<Self> {
        Ok(Self { listener: TcpListener::bind(("127.0.0.1", 0)).await? })
    }

    /// For `SALLY_TEST_BROWSER_PORT`.
    pub(crate) fn port(&self) -> Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// The next address that the app opens; one connection carries one line.
    pub(crate) async fn next_address(&self) -> Result<Url> {
        let line = tokio::time::timeout(LIMIT, async {
            let (stream, _) = self.listener.accept().await?;
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).await?;
            anyhow::Ok(line)
        })
        .await
        .context("the app opened no address in the browser")??;
        line.trim().parse().with_context(|| format!("the app opened something else than an address: {line}"))
    }
}
