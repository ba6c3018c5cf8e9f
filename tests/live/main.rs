//! A trial of a real Confluence site, for a person who has one for trials: the main journey of the app, and what is known
//! of Confluence only by hearsay. It asks before it writes, prints each check as it is made, writes a report that holds
//! no secret to `target/live/report.md`, and fails if anything differs from what is expected. Run by `cargo xtask live`;
//! settings come from the environment.
#![expect(clippy::print_stdout, reason = "it speaks to the person at the terminal")]

mod trial;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Parser, Subcommand};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sally_core::clock::{Clock, SystemClock};
use url::Url;

use trial::{Hands, Settings, Timeouts, Verdict, Way};

#[derive(Parser)]
#[command(about = "Does a real Confluence do what the app counts on?")]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
}

#[derive(Subcommand)]
enum Role {
    /// Make the trial
    Try(Manner),
}

#[derive(Args)]
struct Manner {
    /// Do not ask before writing
    #[arg(long)]
    yes: bool,
    /// Also do what needs an hour
    #[arg(long)]
    wait: bool,
}

/// The terminal.
struct Terminal;

impl Hands for Terminal {
    fn say(&self, line: &str) {
        println!("{line}");
    }

    fn open(&self, address: &Url) {
        println!("\nOpen this address in your browser, and accept:\n\n  {address}\n");
    }

    fn wait(&self, time: Duration) -> BoxFuture<'_, ()> {
        println!("Waiting for {} minutes…", time.as_secs().div_ceil(60));
        tokio::time::sleep(time).boxed()
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn needed(name: &'static str) -> Result<String> {
    variable(name)
        .with_context(|| format!("{name} is not set; see docs/DEVELOPING.md, “Try it on a real site”"))
}

fn main() -> ExitCode {
    // Whoever runs all tests does not mean this one.
    let Some(Role::Try(manner)) = Arguments::parse().role else {
        println!("A trial is made by `cargo xtask live`.");
        return ExitCode::SUCCESS;
    };
    match run(&manner) {
        Ok(code) => code,
        Err(error) => {
            println!("\n✗ {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(manner: &Manner) -> Result<ExitCode> {
    let way = match variable("SALLY_LIVE_TOKEN") {
        Some(token) => Way::Token { email: needed("SALLY_LIVE_EMAIL")?, token },
        None if variable("SALLY_ATLASSIAN_CLIENT_ID").is_some() => Way::Login,
        None => Way::Token { email: needed("SALLY_LIVE_EMAIL")?, token: needed("SALLY_LIVE_TOKEN")? },
    };
    let settings = Settings {
        site: needed("SALLY_LIVE_SITE")?,
        way,
        space: needed("SALLY_LIVE_SPACE")?,
        folder: variable("SALLY_LIVE_FOLDER"),
        wait: manner.wait,
        lookup: Arc::new(variable),
        timeouts: Timeouts::STANDARD,
        clock: || Arc::new(SystemClock) as Arc<dyn Clock>,
        hands: Arc::new(Terminal),
    };
    if !manner.yes && !agreed(&settings)? {
        println!("Nothing was asked, and nothing was made.");
        return Ok(ExitCode::SUCCESS);
    }
    let report = tokio::runtime::Runtime::new()?.block_on(trial::run(settings))?;
    let path = report_path();
    std::fs::create_dir_all(path.parent().context("a folder")?)?;
    std::fs::write(&path, &report.markdown)
        .with_context(|| format!("{} cannot be written", path.display()))?;
    if !report.made.is_empty() {
        println!("\nWhat was made. It stays: the app has no right to delete, so delete it by hand.");
        for (what, link) in &report.made {
            println!("  {what}\n    {link}");
        }
    }
    println!("\nThe report, which can be pasted into an issue: {}", path.display());
    let [ok, differs, not_done] = report.counts;
    println!("{ok} ok, {differs} differ, {not_done} not done");
    let is_good = report.with(Verdict::Differs).is_empty() && report.is_whole;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn agreed(settings: &Settings) -> Result<bool> {
    print!("This creates pages and comments in space {} of {}. Go on? [y/N] ", settings.space, settings.site);
    std::io::stdout().flush()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn report_path() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = variable("CARGO_TARGET_DIR").unwrap_or_else(|| "target".to_owned());
    root.join(target).join("live").join("report.md")
}
