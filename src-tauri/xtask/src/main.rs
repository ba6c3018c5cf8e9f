//! `cargo xtask`: the developer's verbs. Each installs what it needs, shows what it does and how long that
//! takes, and says on failure what failed and what to do.
//!
//! Refuses to know the product: it does not depend on the core or on Tauri, so that it is there in seconds.
#![expect(clippy::print_stdout, reason = "it speaks to the person at the terminal")]

mod bench;
mod bundle;
mod product;
mod run;
mod schema;
mod setup;
mod step;
mod suite;
mod tools;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The developer's verbs")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Do the main job: build everything, start the sandbox, open the app on it
    Run {
        /// Without a screen: drive the same window through the whole journey, with pictures in target/run
        #[arg(long, conflicts_with = "real")]
        headless: bool,
        /// Use the real Atlassian, by the app registration in your own environment
        #[arg(long)]
        real: bool,
        /// Meetings to open instead of the samples
        files: Vec<PathBuf>,
    },
    /// Everything: format, lints, types, tests, and the end-to-end tests in the real window
    Test,
    /// The fast inner loop: as `test`, without the window
    Check,
    /// The end-to-end tests whose names contain the words, or all
    E2e {
        /// A part of a test's name
        filter: Option<String>,
    },
    /// Measure start, memory, size and requests against a bare window; table and target/bench/report.json
    Bench {
        /// The rows to measure; all where none is named
        ids: Vec<bench::Id>,
    },
    /// Build the packages for this system
    Bundle,
    /// Write ui/src/ipc/bindings.ts anew from the wire types
    Bindings,
    /// Fetch the official schema of Atlassian's document format into target/adf-schema
    Schema,
    /// Install what is missing
    Setup,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            println!("\n{} {error:#}", step::CROSS);
            ExitCode::FAILURE
        }
    }
}

fn perform(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Run { headless, real, files } => run::run(headless, real, &files)?,
        Verb::Test => return Ok(suite::test()),
        Verb::Check => return Ok(suite::check()),
        Verb::E2e { filter } => return suite::e2e(filter.as_deref()),
        Verb::Bench { ids } => return bench::bench(&ids),
        Verb::Bundle => bundle::bundle()?,
        Verb::Bindings => product::write_bindings()?,
        Verb::Schema => schema::fetch()?,
        Verb::Setup => setup::setup(setup::Need::Window)?,
    }
    Ok(ExitCode::SUCCESS)
}
