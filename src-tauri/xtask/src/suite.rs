//! `cargo xtask test` and `check`: one step after the other, on through failures, and a count at the end.

use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::cross::{self, Job, System, Toolchain};
use crate::setup::Need;
use crate::{audit, chaos, product, schema, setup, step, tools};

/// What has been counted. A test counts as one; so does a step that is no test.
#[derive(Default)]
pub(crate) struct Tally {
    /// Good ones.
    pub(crate) passed: u64,
    /// Bad ones.
    pub(crate) failed: u64,
    problems: Vec<String>,
}

/// Everything. The code for the other systems where its compilers are there, or are to be installed.
pub(crate) fn test(cross: bool) -> ExitCode {
    suite(true, cross)
}

/// Everything that needs no window.
pub(crate) fn check() -> ExitCode {
    suite(false, false)
}

/// Some of the end-to-end tests, with what they need. Other systems than Linux have the embedded driver only.
pub(crate) fn e2e(embedded: bool, filter: Option<&str>) -> Result<ExitCode> {
    setup::setup(Need::Window)?;
    schema::fetch()?;
    product::build_ui()?;
    let mut tally = Tally::default();
    if embedded || !cfg!(target_os = "linux") {
        tally.embedded(filter);
    } else {
        product::build_app()?;
        tally.tests("The end-to-end tests", EVIDENCE, e2e_tests(filter));
    }
    Ok(tally.close())
}

/// The end-to-end tests, each with a window of its own, one after the other. Cargo builds the sandbox's programs
/// with them.
pub(crate) fn e2e_tests(filter: Option<&str>) -> Command {
    let mut cargo = tools::cargo(&["test", "--package=sally-tests", "--test=e2e", "--"]);
    cargo.args(filter).args(["--test-threads=1", "--nocapture"]);
    cargo
}

/// The short run of chaos: some seconds, with dozens of kills.
const SEED: u64 = 4;
const SHORT: usize = 60;

/// Where a failed test of the window shows why.
pub(crate) const EVIDENCE: &str =
    "Each failed step left a picture in target/e2e; `cargo xtask e2e NAME` runs one test again.";

fn suite(window: bool, cross: bool) -> ExitCode {
    let started = Instant::now();
    let mut tally = Tally::default();
    let need = if window { Need::Window } else { Need::Core };
    if let Err(error) = setup::setup(need).and_then(|()| schema::fetch()) {
        tally.fail(format!("{error:#}"));
        return tally.close();
    }
    if !audit::without_network(&mut tally) {
        println!(
            "\nLeft out: licences and sources of the crates. `cargo xtask audit` installs what that needs."
        );
    }
    tally.step("rustfmt", "Run `cargo fmt --all`.", tools::cargo(&["fmt", "--all", "--check"]));
    let npm = |script| tools::npm(&["run", "--silent", script]);
    tally.step("svelte-check", "It names file and line above.", npm("check"));
    tally.step(
        "ESLint",
        "It names file and line above; `npm run lint -- --fix` in ui fixes some.",
        npm("lint"),
    );
    tally.vitest();
    // The app embeds the built UI: without one, new or old, the shell does not compile.
    let has_ui = (product::has_ui() && !window) || tally.count(&product::build_ui());
    if has_ui {
        let clippy = tools::cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            product::ALL_FEATURES,
            "--",
            "--deny=warnings",
        ]);
        tally.step("clippy", "It names file and line above; `cargo clippy --fix` fixes some.", clippy);
        let mut doc = tools::cargo(&["doc", "--no-deps", "--workspace", "--document-private-items"]);
        doc.env("RUSTDOCFLAGS", "--deny=warnings");
        tally.step("rustdoc", "It names file and line above: a link in a comment leads nowhere.", doc);
    } else {
        tally.fail(
            "clippy, rustdoc and the tests of the shell did not run: there is no UI for the app to embed"
                .into(),
        );
    }
    if window && has_ui {
        tally.other_systems(cross);
    }
    let named = "The failing tests are named above.";
    let core = tools::cargo(&["test", "--no-fail-fast", "--package=sally-core"]);
    tally.tests("The core's tests", named, core);
    tally.tests("The tests of these verbs", named, tools::cargo(&["test", "--package=xtask"]));
    let journeys = tools::cargo(&["test", "--no-fail-fast", "--package=sally-tests", "--lib", "--test=it"]);
    tally.tests("The journeys on the core", named, journeys);
    if cfg!(target_os = "linux") {
        tally.step("Chaos, a short run", chaos::ADVICE, chaos::command(SEED, SHORT));
    }
    if has_ui {
        tally.tests("The shell's tests", named, product::shell_tests());
    }
    if window && has_ui {
        tally.embedded(None);
        // Elsewhere there is no other driver.
        if cfg!(target_os = "linux") && tally.count(&product::build_app()) {
            tally.tests("The end-to-end tests", EVIDENCE, e2e_tests(None));
        }
    } else if window {
        tally.fail("the end-to-end tests did not run: there is no UI for the app to embed".into());
    }
    println!("\nTook {}.", step::time(started.elapsed()));
    tally.close()
}

impl Tally {
    /// Reads a line of a test program's output, and counts what it closes with.
    pub(crate) fn read(&mut self, line: &str) {
        if let Some((passed, failed)) = closing(line) {
            self.passed += passed;
            self.failed += failed;
        }
    }

    /// Runs a program as a step, and counts it as one.
    pub(crate) fn step(&mut self, name: &str, advice: &str, command: Command) {
        self.count(&step::run(name, advice, command));
    }

    /// Counts a step as one, and answers whether it went well.
    pub(crate) fn count(&mut self, outcome: &Result<()>) -> bool {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => self.fail(format!("{error:#}")),
        }
        outcome.is_ok()
    }

    /// Counts one that failed.
    pub(crate) fn fail(&mut self, problem: String) {
        self.failed += 1;
        self.problems.push(problem);
    }

    /// Runs test programs, and counts their tests.
    pub(crate) fn tests(&mut self, name: &str, advice: &str, command: Command) {
        let failed = self.failed;
        if let Err(error) = step::watch(name, advice, command, |line| self.read(line)) {
            self.problems.push(format!("{error:#}"));
            // It did not compile, or crashed before it could count.
            if self.failed == failed {
                self.failed += 1;
            }
        }
    }

    /// Lints the code for the other systems, which checks its types as well.
    fn other_systems(&mut self, set_up: bool) {
        let toolchain = match Toolchain::found() {
            Some(toolchain) => Ok(toolchain),
            None if set_up => Toolchain::set_up(),
            None => {
                println!("\nLeft out: the code for other systems. `test --cross` installs what that needs.");
                return;
            }
        };
        let linted = toolchain.and_then(|toolchain| {
            System::ALL.iter().try_for_each(|system| cross::run(&toolchain, *system, Job::Clippy, self))
        });
        if let Err(error) = linted {
            self.fail(format!("{error:#}"));
        }
    }

    /// The main journey by the driver in the app, which is built for it.
    fn embedded(&mut self, filter: Option<&str>) {
        if self.count(&product::build_driven_app()) {
            let mut tests = e2e_tests(filter.or(Some("journey::")));
            tests.env("SALLY_E2E_DRIVER", "embedded").env("SALLY_E2E_OUT", "target/e2e/embedded");
            self.tests("The main journey by the embedded driver", EVIDENCE, tests);
        }
    }

    fn vitest(&mut self) {
        let report = tools::target().join("xtask/vitest.json");
        let _ = fs::remove_file(&report);
        let mut npm = tools::npm(&["run", "--silent", "test", "--", "--reporter=default", "--reporter=json"]);
        npm.arg(format!("--outputFile.json={}", report.display()));
        let outcome = step::run("Vitest", "The failing tests are named above.", npm);
        let counted = fs::read(&report).context("Vitest left no report").and_then(|report| {
            let report: serde_json::Value = serde_json::from_slice(&report)?;
            let number = |name: &str| report[name].as_u64().with_context(|| format!("no {name} in it"));
            Ok((number("numPassedTests")?, number("numFailedTests")?))
        });
        let (passed, failed) = counted.unwrap_or_default();
        self.passed += passed;
        self.failed += failed;
        if let Err(error) = outcome {
            self.problems.push(format!("{error:#}"));
            self.failed += u64::from(failed == 0);
        }
    }

    /// Says what failed, and last the count.
    pub(crate) fn close(self) -> ExitCode {
        for problem in &self.problems {
            println!("\n{} {problem}", step::CROSS);
        }
        println!("\n{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The counts in a line such as `test result: ok. 3 passed; 0 failed; …`.
pub(crate) fn closing(line: &str) -> Option<(u64, u64)> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let number = |word: &str| {
        let part = counts.split("; ").find(|part| part.ends_with(word))?;
        part.split(' ').next()?.parse().ok()
    };
    Some((number(" passed")?, number(" failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_test_program_is_counted() {
        let line = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(closing(line), Some((12, 2)), "both counts are read");
        assert_eq!(closing("test store::tests::it_keeps ... ok"), None, "other lines count nothing");
    }

    #[test]
    fn counts_add_up() {
        let mut tally = Tally::default();
        tally.read(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
        );
        tally.fail("something".into());
        assert_eq!((tally.passed, tally.failed), (3, 1), "tests and steps are one sum");
    }
}
