//! The browser of the end-to-end tests: the app is told by `SALLY_BROWSER` to open addresses with it. With
//! `SALLY_TEST_BROWSER_PORT` it hands the address to the test, which then acts as the browser. Without, it
//! presses `Accept` itself and opens what comes of it; any other address it just loads.

use std::process::Command;

use anyhow::{Context as _, bail};
use sandbox::browser;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use url::Url;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), None) = (arguments.next(), arguments.next()) else {
        bail!("Usage: sally-test-browser ADDRESS");
    };
    if let Ok(port) = std::env::var("SALLY_TEST_BROWSER_PORT") {
        let port: u16 = port.parse().context("SALLY_TEST_BROWSER_PORT is not a port")?;
        return hand_over(&address, port).await;
    }
    let url = Url::parse(&address).with_context(|| format!("{address} is not an address"))?;
    if url.path() == "/authorize" {
        let back = browser::accept(&address).await?;
        open(&back).await
    } else {
        open(&address).await
    }
}

async fn hand_over(address: &str, port: u16) -> anyhow::Result<()> {
    let mut test = TcpStream::connect(("127.0.0.1", port)).await.context("The test does not listen")?;
    test.write_all(format!("{address}\n").as_bytes()).await?;
    test.shutdown().await?;
    Ok(())
}

async fn open(address: &str) -> anyhow::Result<()> {
    if address.starts_with("http://") || address.starts_with("https://") {
        let status = browser::open(address).await?;
        if status >= 400 {
            bail!("The page answers {status}");
        }
        return Ok(());
    }
    let status = Command::new("xdg-open").arg(address).status().context("xdg-open cannot be started")?;
    if !status.success() {
        bail!("xdg-open cannot open the address ({status})");
    }
    Ok(())
}
