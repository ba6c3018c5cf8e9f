//! `cargo xtask chaos`: many deliveries in bad times, and a count of what is lost or doubled. The run itself is in
//! `tests/chaos`; here it is repeated, and its counts are put together.

use std::fmt;
use std::ops::AddAssign;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::setup::Need;
use crate::suite::Tally;
use crate::{schema, setup, step, tools};

/// So many runs, each with a seed of its own.
#[derive(Clone, Copy)]
pub(crate) struct Runs {
    /// The first seed; the others follow it.
    pub(crate) seed: u64,
    pub(crate) seeds: u64,
    /// How many pages and comments each run sends.
    pub(crate) deliveries: usize,
}

/// Does the runs. Fails if one of them loses or doubles something, or does not get to its end. Prints nothing after the
/// count, which is that of all of them.
pub(crate) fn chaos(runs: Runs) -> Result<ExitCode> {
    ensure!(
        cfg!(target_os = "linux"),
        "chaos runs on Linux only: it needs a message bus and a keyring of its own"
    );
    setup::setup(Need::Core)?;
    schema::fetch()?;
    if runs.seeds == 1 {
        let status = command(runs.seed, runs.deliveries).status().context("cargo did not start")?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let mut tally = Tally::default();
    run(runs, &mut tally);
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The same, counted with others.
pub(crate) fn run(runs: Runs, tally: &mut Tally) {
    let Runs { seed, seeds, deliveries } = runs;
    let mut rows = Vec::new();
    for seed in seed..seed.saturating_add(seeds) {
        let (started, mut count) = (Instant::now(), None);
        let name = format!("Chaos, seed {seed}, {deliveries} deliveries");
        let outcome = step::watch(&name, ADVICE, command(seed, deliveries), |line| {
            count = Count::read(line).or(count);
        });
        if let Err(error) = &outcome {
            println!("{} {error:#}", step::CROSS);
        }
        rows.push((seed, outcome.is_ok(), started.elapsed(), count));
        tally.count(&outcome);
    }
    print_table(&rows);
}

fn print_table(rows: &[(u64, bool, Duration, Option<Count>)]) {
    println!(
        "\n  {:>4}  {:>8}  {:>6}  {:>7}  {:>4}  {:>7}",
        "seed", "seconds", "sent", "waiting", "lost", "doubled"
    );
    let mut sum = Count::default();
    for (seed, is_good, took, count) in rows {
        let mark = if *is_good { step::CHECK } else { step::CROSS };
        print!("{mark} {seed:>4}  {:>8}  ", took.as_secs());
        match count {
            Some(count @ Count { sent, waiting, lost, doubled }) => {
                println!("{sent:>6}  {waiting:>7}  {lost:>4}  {doubled:>7}");
                sum += *count;
            }
            None => println!("did not get to its end"),
        }
    }
    println!("{sum}");
}

/// What a failure means.
pub(crate) const ADVICE: &str = "What was lost or doubled is named above; the same seed brings it back.";

/// One run, as a command.
pub(crate) fn command(seed: u64, deliveries: usize) -> Command {
    let mut cargo = tools::cargo(&["test", "--quiet", "--package=sally-tests", "--test=chaos", "--"]);
    cargo.args(["--seed", &seed.to_string(), "--deliveries", &deliveries.to_string()]);
    cargo
}

/// The last line of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    sent: u64,
    waiting: u64,
    lost: u64,
    doubled: u64,
}

impl Count {
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.split(", ");
        let mut number = |name| parts.next()?.strip_prefix(name)?.trim().parse().ok();
        let (sent, waiting, lost, doubled) =
            (number("sent ")?, number("waiting ")?, number("lost ")?, number("doubled ")?);
        Some(Self { sent, waiting, lost, doubled })
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.waiting += other.waiting;
        self.lost += other.lost;
        self.doubled += other.doubled;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sent, waiting, lost, doubled } = self;
        write!(f, "sent {sent}, waiting {waiting}, lost {lost}, doubled {doubled}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counts_of_several_runs_add_up() {
        let last = "sent 67, waiting 23, lost 1, doubled 0";
        let mut sum = Count::read(last).unwrap();
        assert_eq!(sum.to_string(), last, "as a run writes it");
        sum += Count { sent: 3, waiting: 0, lost: 0, doubled: 2 };
        assert_eq!(sum, Count { sent: 70, waiting: 23, lost: 1, doubled: 2 });
        assert_eq!(Count::read("100 of 100 sent, killed 29 times"), None, "another line");
    }
}
