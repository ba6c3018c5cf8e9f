//! `cargo xtask nightly`: what takes too long for `test`.

use std::process::ExitCode;

use anyhow::Result;

use crate::cross::{self, Job, System, Toolchain};
use crate::setup::Need;
use crate::suite::{self, Tally};
use crate::{chaos, fuzz, product, schema, setup};

/// Ten times bad luck, each of another kind.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;
const DELIVERIES: usize = 300;

/// For each target.
const FUZZ_SECONDS: u32 = 300;

/// The pictures of every screen.
const PICTURES: &str = "every_screen_in_light_and_in_dark";

/// Goes on through failures, and counts.
pub(crate) fn nightly() -> Result<ExitCode> {
    setup::setup(Need::Window)?;
    schema::fetch()?;
    product::build_ui()?;
    let mut tally = Tally::default();
    match Toolchain::set_up() {
        Ok(toolchain) => {
            for job in [Job::Test, Job::Journeys] {
                cross::run(&toolchain, System::Windows, job, &mut tally)?;
            }
        }
        Err(error) => tally.fail(format!("nothing ran under Wine: {error:#}")),
    }
    for seed in SEEDS {
        tally.step(&format!("Chaos, seed {seed}"), chaos::ADVICE, chaos::command(seed, DELIVERIES));
    }
    if let Err(error) = fuzz::run(FUZZ_SECONDS, &mut tally) {
        tally.fail(format!("{error:#}"));
    }
    product::build_app()?;
    tally.tests("Pictures of every screen", suite::EVIDENCE, suite::e2e_tests(Some(PICTURES)));
    Ok(tally.close())
}
