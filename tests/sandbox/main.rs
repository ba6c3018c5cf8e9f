//! The sandbox as a program: for `cargo xtask run`, and for trying the app without an account at Atlassian or Sally. All data
//! is in memory.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use clap::Parser;
use sandbox::{Options, Sandbox, TOKEN_SCOPES, TokenKind};
use serde_json::json;
use tokio::sync::oneshot;

/// A stand-in on 127.0.0.1 for Atlassian (login, API and a web view of the pages that are made) and for Sally (MCP).
#[derive(Debug, Parser)]
#[command(name = "sally-sandbox", version)]
struct Arguments {
    /// The port; any that is free by default
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// An address to which a login may return; can be given several times
    #[arg(long = "redirect-uri", default_value = "sally://oauth/callback")]
    redirect_uris: Vec<String>,
    /// The client id that the app must send
    #[arg(long)]
    client_id: Option<String>,
    /// The client secret that the app must send
    #[arg(long)]
    client_secret: Option<String>,
    /// How long search lags behind what is written
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    index_lag: u64,
    /// Decides the tokens
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print the app's settings as one line of JSON, with the origin, when ready
    #[arg(long)]
    print_env: bool,
    /// End when standard input closes, that is, when the program that started this one ends
    #[arg(long)]
    until_stdin_closes: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let defaults = Options::default();
    let sandbox = Sandbox::start(Options {
        port: arguments.port,
        seed: arguments.seed,
        client_id: arguments.client_id.unwrap_or(defaults.client_id),
        client_secret: arguments.client_secret.unwrap_or(defaults.client_secret),
        redirect_uris: arguments.redirect_uris,
        index_lag: Duration::from_millis(arguments.index_lag),
        clock: defaults.clock,
    })
    .await?;
    let api_token = sandbox.make_token(TokenKind::Scoped(TOKEN_SCOPES.map(str::to_owned).to_vec()), None);
    let site = sandbox.site_url("acme").unwrap_or_default();
    let line = if arguments.print_env {
        let mut told = json!({
            "origin": sandbox.url(),
            "sally_token": sandbox.sally_token(),
            "site": site,
            "email": sandbox.email(),
            "api_token": api_token,
        });
        for (name, value) in sandbox.environment() {
            told[name] = value.into();
        }
        told.to_string()
    } else {
        format!(
            "The sandbox listens on {}; Sally's server is {}, with the token {}\n\
             Confluence's site is {site}; {} has the API token {api_token}",
            sandbox.url(),
            sandbox.sally_address(),
            sandbox.sally_token(),
            sandbox.email()
        )
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    drop(out);
    wait_for_the_end(arguments.until_stdin_closes).await
}

async fn wait_for_the_end(until_stdin_closes: bool) -> anyhow::Result<()> {
    let closed = async {
        if !until_stdin_closes {
            return std::future::pending().await;
        }
        let (end, ended) = oneshot::channel::<()>();
        // A plain thread: the runtime would wait for one of its own, which reads, before it ends.
        std::thread::spawn(move || {
            let mut buffer = [0; 256];
            while std::io::stdin().read(&mut buffer).is_ok_and(|read| read > 0) {}
            drop(end);
        });
        // The channel carries nothing; that its other end is gone is the message.
        let _closed = ended.await;
    };
    tokio::select! {
        () = closed => Ok(()),
        result = tokio::signal::ctrl_c() => Ok(result?),
        result = terminated() => result,
    }
}

#[cfg(unix)]
async fn terminated() -> anyhow::Result<()> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?.recv().await;
    Ok(())
}

#[cfg(not(unix))]
async fn terminated() -> anyhow::Result<()> {
    std::future::pending().await
}
