//! `cargo xtask nightly`: what takes too long for `test`.

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use crate::cross::{self, Job, System, Toolchain};
use crate::setup::Need;
use crate::suite::{self, Tally};
use crate::{audit, chaos, fuzz, mutations, product, schema, setup, workflows};

/// Ten times bad luck, each of another kind.
const CHAOS: chaos::Runs = chaos::Runs { seed: 1, seeds: 10, deliveries: 300 };

/// For each target.
const FUZZ_SECONDS: u32 = 300;

/// The pictures of every screen.
const PICTURES: &str = "every_screen_in_light_and_in_dark";

/// What it consists of.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Windows' tests and journeys under Wine
    Wine,
    /// Ten seeds of chaos
    Chaos,
    /// Each known defect, planted in a copy of the source
    Mutations,
    /// Each target of tests/fuzz for five minutes
    Fuzz,
    /// Pictures of every screen, light and dark, in target/e2e
    Pictures,
    /// The workflows of CI, read for mistakes
    Workflows,
    /// What the lock files bring in
    Audit,
}

/// Does the parts, or all where none is named. Goes on through failures, and counts.
pub(crate) fn nightly(parts: &[Part]) -> Result<ExitCode> {
    let wants = |part| parts.is_empty() || parts.contains(&part);
    setup::setup(Need::Window)?;
    schema::fetch()?;
    product::build_ui()?;
    let mut tally = Tally::default();
    if wants(Part::Wine) {
        under_wine(&mut tally);
    }
    if wants(Part::Chaos) {
        chaos::run(CHAOS, &mut tally);
    }
    if wants(Part::Mutations)
        && let Err(error) = mutations::run(&[], &mut tally)
    {
        tally.fail(format!("{error:#}"));
    }
    if wants(Part::Fuzz)
        && let Err(error) = fuzz::run(FUZZ_SECONDS, &mut tally)
    {
        tally.fail(format!("{error:#}"));
    }
    if wants(Part::Pictures) {
        product::build_app()?;
        tally.tests("Pictures of every screen", suite::EVIDENCE, suite::e2e_tests(Some(PICTURES)));
    }
    if wants(Part::Workflows)
        && let Err(error) = workflows::check()
    {
        tally.fail(format!("{error:#}"));
    }
    if wants(Part::Audit) {
        audit::run(&mut tally);
    }
    Ok(tally.close())
}

fn under_wine(tally: &mut Tally) {
    let ran = Toolchain::set_up().and_then(|toolchain| {
        [Job::Test, Job::Journeys]
            .iter()
            .try_for_each(|job| cross::run(&toolchain, System::Windows, *job, tally))
    });
    if let Err(error) = ran {
        tally.fail(format!("nothing ran under Wine: {error:#}"));
    }
}
