//! `cargo xtask`: the developer's verbs. Each installs what it needs, shows what it does and how long that
//! takes, and says on failure what failed and what to do.
//!
//! Refuses to know the product: it does not depend on the core or on Tauri, so that it is there in seconds.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, reason = "it speaks to the person at the terminal")]
#![expect(
    clippy::disallowed_methods,
    reason = "the app's rules for time and files are not the developer's tools'"
)]

mod audit;
mod bench;
mod bundle;
mod chaos;
mod cross;
#[cfg(test)]
mod docs;
mod fuzz;
#[cfg(test)]
mod lengths;
mod live;
mod mutations;
mod nightly;
mod product;
mod python;
mod run;
mod schema;
#[cfg(test)]
mod sentences;
mod setup;
mod step;
mod suite;
#[cfg(test)]
mod systems;
mod tools;
mod workflows;

use std::ffi::OsString;
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
        /// Use the real Atlassian: by your API token, or by the app registration in your own environment
        #[arg(long)]
        real: bool,
        /// Meetings to open instead of the samples
        files: Vec<PathBuf>,
    },
    /// Everything: format, lints, types, tests, and the end-to-end tests in the real window
    Test {
        /// The code for the other systems too, with what that needs; without this, where it is there already
        #[arg(long)]
        cross: bool,
    },
    /// The fast inner loop: as `test`, without the window
    Check,
    /// The end-to-end tests whose names contain the words, or all
    E2e {
        /// Drive the window by the driver in the app, as on every system, and not by that of Linux: the main journey
        #[arg(long)]
        embedded: bool,
        /// A part of a test's name
        filter: Option<String>,
    },
    /// Measure the app against a bare window, other converters and limits; table and target/bench/report.json
    Bench {
        /// The rows to measure; all where none is named
        ids: Vec<bench::Id>,
    },
    /// Check, lint or test the code for another system on Debian 12
    Cross {
        /// The system
        system: cross::System,
        /// What to do; the tests run under Wine
        #[arg(default_value = "check")]
        job: cross::Job,
    },
    /// What takes too long for `test`
    Nightly {
        /// The parts to do; all where none is named
        parts: Vec<nightly::Part>,
    },
    /// Deliveries in bad times: is each of them there once? Its last line is `sent N, waiting N, lost N, doubled N`
    Chaos {
        /// Decides everything that is left to chance
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many runs, with this seed and those after it; a table at the end
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
        seeds: u64,
        /// How many pages and comments each run sends
        #[arg(long, default_value_t = 1000)]
        deliveries: usize,
    },
    /// Plant each known defect in a copy of the source: does the test that must find it fail?
    Mutations {
        /// Parts of the defects' names; all where none is named
        names: Vec<String>,
    },
    /// Try the real Confluence: a site for trials, from your environment
    Live {
        /// Do not ask before pages and comments are made
        #[arg(long)]
        yes: bool,
        /// Also do what needs an hour
        #[arg(long)]
        wait: bool,
    },
    /// Build the packages for this system, and check them
    Bundle {
        /// Also install the .deb in a clean root, use it there, and remove it; needs root
        #[arg(long)]
        r#try: bool,
        /// Not optimised, so that a try of the packaging itself takes less time
        #[arg(long)]
        debug: bool,
    },
    /// What the lock files bring in: vulnerabilities, licences, sources, twins and ages; bills of materials in target/audit
    Audit,
    /// Read the workflows of CI for mistakes
    Workflows,
    /// Write ui/src/ipc/bindings.ts anew from the wire types
    Bindings,
    /// Fetch the official schema of Atlassian's document format into target/adf-schema
    Schema,
    /// Install what is missing
    Setup,
}

fn main() -> ExitCode {
    match perform(Arguments::parse_from(without_separator(std::env::args_os())).verb) {
        Ok(code) => code,
        Err(error) => {
            println!("\n{} {error:#}", step::CROSS);
            ExitCode::FAILURE
        }
    }
}

/// Takes `cargo xtask run -- --real` for `cargo xtask run --real`: people put the separator before what is not
/// cargo's, and do not know that the verb is not cargo's either.
fn without_separator(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(2).is_some_and(|argument| argument == "--") {
        arguments.remove(2);
    }
    arguments
}

fn perform(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Run { headless, real, files } => run::run(headless, real, &files)?,
        Verb::Test { cross } => return Ok(suite::test(cross)),
        Verb::Check => return Ok(suite::check()),
        Verb::E2e { embedded, filter } => return suite::e2e(embedded, filter.as_deref()),
        Verb::Bench { ids } => return bench::bench(&ids),
        Verb::Cross { system, job } => return cross::cross(system, job),
        Verb::Nightly { parts } => return nightly::nightly(&parts),
        Verb::Chaos { seed, seeds, deliveries } => {
            return chaos::chaos(chaos::Runs { seed, seeds, deliveries });
        }
        Verb::Mutations { names } => return mutations::mutations(&names),
        Verb::Live { yes, wait } => return live::live(yes, wait),
        Verb::Bundle { r#try, debug } => bundle::bundle(r#try, debug)?,
        Verb::Audit => return Ok(audit::audit()),
        Verb::Workflows => workflows::check()?,
        Verb::Bindings => product::write_bindings()?,
        Verb::Schema => schema::fetch()?,
        Verb::Setup => setup::setup(setup::Need::Window)?,
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Verb {
        Arguments::parse_from(without_separator(words.iter().map(OsString::from))).verb
    }

    #[test]
    fn options_may_follow_a_separator() {
        let real = |words: &[&str]| matches!(parse(words), Verb::Run { real: true, .. });
        assert!(real(&["xtask", "run", "--", "--real"]), "as the documents write it");
        assert!(real(&["xtask", "run", "--real"]), "as it is also written");
        let Verb::Run { files, .. } = parse(&["xtask", "run", "--", "--", "--real"]) else { panic!("run") };
        assert_eq!(files, [PathBuf::from("--real")], "a second separator means files");
    }
}
