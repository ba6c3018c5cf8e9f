//! `cargo xtask cross`: the code for Windows and macOS, checked, linted and partly tested on Debian 12. What that
//! proves of each system, and what it cannot, is in docs/SYSTEMS.md.

mod toolchain;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::ValueEnum;

pub(crate) use toolchain::Toolchain;

use crate::suite::Tally;
use crate::{product, schema, setup};

/// The system that the code is for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    Windows,
    Macos,
}

/// What is done with the code.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Job {
    /// Type-check all of it
    #[default]
    Check,
    /// The same with every lint
    Clippy,
    /// The tests beside the code, under Wine (Windows only)
    Test,
    /// The journeys on the core, under Wine (Windows only)
    Journeys,
}

impl System {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Windows, Self::Macos];

    fn target(self) -> &'static str {
        match self {
            Self::Windows => "x86_64-pc-windows-gnu",
            Self::Macos => "aarch64-apple-darwin",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Macos => "macOS",
        }
    }
}

/// Everything, tests included.
const EVERYTHING: &[&str] = &["--workspace", "--all-targets", "--features", product::ALL_FEATURES];

/// What has tests beside its code. Those of these verbs call programs of this machine, which Wine does not run.
const TESTED: [(&str, &[&str]); 2] = [
    ("The core's tests", &["--package=sally-core", "--lib"]),
    ("The shell's tests", &["--package=sally-desktop", "--bins", "--features=sally-desktop/custom-protocol"]),
];

const ADVICE: &str = "It names file and line above; `cargo xtask cross SYSTEM JOB` does this step alone.";

const UNDER_WINE: &str = "The failing tests are named above. They ran under Wine, which is not Windows.";

/// Does one job for one system, with what it needs.
pub(crate) fn cross(system: System, job: Job) -> Result<ExitCode> {
    if system == System::Macos && matches!(job, Job::Test | Job::Journeys) {
        bail!(
            "nothing runs for macOS here: what programs are linked with there is to be had from Apple alone. \
             `check` and `clippy` work"
        );
    }
    let toolchain = Toolchain::set_up()?;
    setup::pages()?;
    if !product::has_ui() {
        product::build_ui()?;
    }
    let mut tally = Tally::default();
    run(&toolchain, system, job, &mut tally)?;
    Ok(tally.close())
}

/// Does one job, and counts.
pub(crate) fn run(toolchain: &Toolchain, system: System, job: Job, tally: &mut Tally) -> Result<()> {
    let name = system.name();
    match job {
        Job::Check => {
            let mut cargo = toolchain.cargo(system, "check");
            cargo.args(EVERYTHING).args(["-Zwarnings", "--config=build.warnings=\"deny\""]);
            tally.step(&format!("Types for {name}"), ADVICE, cargo);
        }
        Job::Clippy => {
            let mut cargo = toolchain.cargo(system, "clippy");
            cargo.args(EVERYTHING).args(["--", "--deny=warnings"]);
            tally.step(&format!("clippy for {name}"), ADVICE, cargo);
        }
        Job::Test => {
            for (what, which) in TESTED {
                let mut cargo = toolchain.cargo(system, "test");
                cargo.arg("--no-fail-fast").args(which);
                tally.tests(&format!("{what} for {name}"), UNDER_WINE, cargo);
            }
        }
        Job::Journeys => {
            schema::fetch()?;
            let mut cargo = toolchain.cargo(system, "test");
            cargo.args(["--no-fail-fast", "--package=sally-tests", "--lib", "--test=it"]);
            tally.tests(&format!("The journeys on the core for {name}"), UNDER_WINE, cargo);
        }
    }
    Ok(())
}
