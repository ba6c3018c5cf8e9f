//! Chaos: many deliveries through the core, while the sandbox delays, resets, loses answers, answers with nonsense, lags
//! its index and expires tokens, and while the program is killed with SIGKILL and started again. What happens is decided
//! by a seed. At the end, what the app says is compared with what Confluence has. Its last line is
//! `sent N, waiting N, lost N, doubled N`; it fails unless the last two are 0.
//!
//! Run by `cargo xtask chaos`, in a world of its own with a real message bus and a real keyring. The same program is the
//! app that is killed: [`app`].
#![expect(clippy::print_stdout, reason = "a report to be read")]

mod app;
#[path = "../shared/backup.rs"]
mod backup;
#[path = "../shared/browser.rs"]
mod browser;
mod clock;
#[path = "../shared/desktop.rs"]
mod desktop;
mod full;
#[path = "../shared/item.rs"]
mod item;
mod report;
mod run;
mod sent;
mod trouble;
mod world;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Deliveries in bad times: are all of them there once?")]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    /// Decides everything that is left to chance
    #[arg(long, default_value_t = 1, global = true)]
    seed: u64,
    /// How many pages and comments to send
    #[arg(long, default_value_t = 60, global = true)]
    deliveries: usize,
}

#[derive(Subcommand)]
enum Role {
    /// In the world of its own
    Inside,
    /// The app that is killed
    App,
}

pub(crate) fn main() -> Result<ExitCode> {
    let Arguments { role, seed, deliveries } = Arguments::parse();
    match role {
        None => world::enter(seed, deliveries),
        Some(Role::Inside) => {
            let _keyring = world::Keyring::start()?;
            let report = tokio::runtime::Runtime::new()?.block_on(run::run(seed, deliveries))?;
            println!("{report}");
            Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Some(Role::App) => {
            tokio::runtime::Runtime::new()?.block_on(app::run())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
