//! `cargo fuzz` on the targets of `tests/fuzz`, which are no part of the workspace.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::suite::Tally;
use crate::{step, tools};

/// How long one input may take to be read, instrumented, on a busy machine.
const INPUT_SECONDS: u32 = 10;

/// The program, at the version that the targets were written for.
const FUZZER: &str = "cargo-fuzz@0.13.2";

/// A target, and where its first inputs lie.
const TARGETS: [(&str, Option<&str>); 2] = [("importers", Some("tests/meetings")), ("word", None)];

const ADVICE: &str =
    "The input that does it lies in tests/fuzz/artifacts; write a test with it before you mend it.";

/// Runs each target for so many seconds. What was found interesting is kept for the next run.
pub(crate) fn run(seconds: u32, tally: &mut Tally) -> Result<()> {
    let place = tools::target().join("fuzz-tools");
    install(&place)?;
    let corpora = tools::target().join("fuzz-corpus");
    for (name, first) in TARGETS {
        let corpus = corpora.join(name);
        fs::create_dir_all(&corpus)?;
        let mut fuzz = tools::cargo_at(&place.join("bin/cargo-fuzz"));
        fuzz.args(["fuzz", "run", "--fuzz-dir=tests/fuzz", name]).arg(&corpus);
        fuzz.args(first.map(|folder| tools::root().join(folder)));
        // A stable compiler has what fuzzing needs, where it is told that it may be used.
        fuzz.env("RUSTC_BOOTSTRAP", "1").env("CARGO_TARGET_DIR", tools::target().join("fuzz"));
        fuzz.args(["--", &format!("-max_total_time={seconds}"), &format!("-timeout={INPUT_SECONDS}")]);
        fuzz.arg("-print_final_stats=1");
        tally.step(&format!("Fuzzing: {name}, for {seconds} s"), ADVICE, fuzz);
    }
    Ok(())
}

fn install(place: &Path) -> Result<()> {
    let mut cargo: Command = tools::cargo(&["install", "--locked", "--quiet", FUZZER, "--root"]);
    cargo.arg(place);
    step::run("Install cargo-fuzz", "Check the network, and run it again.", cargo)
}
