//! `cargo xtask bench`: what the app costs and how fast it is, each as a ratio to something measured in the same run
//! (a bare Tauri window of the same versions, profile and environment; other converters), or to a limit.

mod contest;
mod desktop;
mod probe;
mod report;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::setup::Need;
use crate::{product, schema, setup, step, tools};
use contest::Speeds;
use desktop::Desktop;
use probe::Sample;
use report::Row;

/// A row of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Id {
    /// From exec until the meeting list is interactive
    Start,
    /// Memory of the whole process tree when idle
    Memory,
    /// Size of the release binary
    Binary,
    /// HTTP requests that one created page costs
    RequestsPerPage,
    /// Points of Atlassian's quota that one created page costs
    PointsPerSend,
    /// Points that a space costs which is searched for and picked for the first time, among 10,000
    PointsPerColdPicker,
    /// Megabytes of Markdown a second, against converters from npm and `PyPI`
    AdfMarkdown,
    /// Megabytes of `WebVTT` a second, against parsers from npm and `PyPI`
    VttImport,
    /// From the click until the dialog can be written in, for one item and for all items of a meeting with 500
    DialogOpen,
    /// How long a thousand queued pages take, against a bare loop of the same requests
    Drain,
    /// How long the window is busy with a key in a description of 5,000 words
    Typing,
    /// From the shortcut until Quick send can be typed into
    QuickSendOpen,
    /// A search in 100,000 meetings, after each letter, against the same in the `sqlite3` shell
    SearchP99,
    /// Opening one of 100,000 meetings
    MeetingOpen,
    /// The start with 100,000 meetings, against that with three
    StartFull,
    /// Memory with 100,000 meetings, against that with three
    MemoryFull,
}

/// Each of both windows is opened so often; the median counts.
const RUNS: usize = 9;

/// The most that start and memory may be, as a ratio to the bare window.
const LIMIT: f64 = 1.3;

/// How many times as fast as the fastest other converter the core is to be.
const TIMES_AS_FAST: f64 = 20.0;

/// The same for the import of transcripts, and how many megabytes it is to read in a second at least.
const TIMES_AS_FAST_TO_IMPORT: f64 = 10.0;
const IMPORT_SPEED: f64 = 50.0;

/// The most points that a page may cost, and a space that is picked for the first time.
const POINTS_PER_SEND: f64 = 3.0;
const POINTS_PER_COLD_PICKER: f64 = 30.0;

/// The most that the outbox may take, as a ratio to a loop that promises nothing.
const PROMISES: f64 = 1.5;

/// What a person takes for at once, in milliseconds.
const AT_ONCE: f64 = 100.0;

/// The most that a search may take, as a ratio to the same in the bare shell of `SQLite`.
const OVER_SHELL: f64 = 2.0;

/// Within a frame of a screen that shows sixty a second, in milliseconds.
const ONE_FRAME: f64 = 16.0;

const APP: &str = "sally-desktop";
const BARE: &str = "bare-window";

/// Measures the rows, all where none is named.
pub(crate) fn bench(ids: &[Id]) -> Result<ExitCode> {
    let wants = |id: Id| ids.is_empty() || ids.contains(&id);
    let windows = wants(Id::Start) || wants(Id::Memory);
    let full = wants(Id::StartFull) || wants(Id::MemoryFull);
    let library = full || wants(Id::SearchP99) || wants(Id::MeetingOpen);
    let driven = wants(Id::DialogOpen) || wants(Id::Typing) || wants(Id::QuickSendOpen);
    ensure!(
        cfg!(target_os = "linux") || !(windows || driven || full),
        "start, memory, dialog_open, typing, quick_send_open, start_full and memory_full are measured on Linux only: they \
         need a screen of their own"
    );
    setup::setup(if windows || driven || library { Need::Window } else { Need::Build })?;
    let mut rows = Vec::new();
    if windows || driven || full || wants(Id::Binary) {
        product::build_ui()?;
        build()?;
    }
    if windows {
        window_rows(wants, &mut rows)?;
    }
    if wants(Id::Binary) {
        let [value, baseline] = [size_mb(APP)?, size_mb(BARE)?];
        rows.push(Row::against_bare("binary", "size of the release binary", value, "MB", baseline, None));
    }
    if wants(Id::RequestsPerPage) || wants(Id::PointsPerSend) {
        schema::fetch()?;
        let [requests, points] =
            counted("requests_per_created_page", ["requests_per_page=", "points_per_send="])?;
        if wants(Id::RequestsPerPage) {
            let what = "HTTP requests per created page";
            rows.push(Row::exactly("requests_per_page", what, requests, 1.0));
        }
        if wants(Id::PointsPerSend) {
            let what = "points of Atlassian's quota per created page";
            rows.push(Row::within("points_per_send", what, points, "points", POINTS_PER_SEND));
        }
    }
    if wants(Id::PointsPerColdPicker) {
        schema::fetch()?;
        let [points] = counted("points_per_cold_picker", ["points_per_cold_picker="])?;
        let what = "points of a space picked for the first time, among 10,000";
        rows.push(Row::within("points_per_cold_picker", what, points, "points", POINTS_PER_COLD_PICKER));
    }
    if wants(Id::AdfMarkdown) {
        let Speeds { ours, theirs } = contest::measure(&contest::MARKDOWN)?;
        let what = "Markdown to ADF, against the fastest other";
        rows.push(Row::faster("adf_markdown", what, ours, "MB/s", theirs, TIMES_AS_FAST));
    }
    if wants(Id::VttImport) {
        let Speeds { ours, theirs } = contest::measure(&contest::TRANSCRIPT)?;
        let what = "WebVTT to a meeting, against the fastest other";
        let row = Row::faster("vtt_import", what, ours, "MB/s", theirs, TIMES_AS_FAST_TO_IMPORT);
        rows.push(row.and_at_least(IMPORT_SPEED));
    }
    if wants(Id::Drain) {
        schema::fetch()?;
        let cargo = tools::cargo(&["bench", "--package=sally-tests", "--bench=drain"]);
        let [drain, bare] = numbers("Deliver a thousand pages", cargo, ["drain_ms=", "bare_ms="])?;
        let what = "1,000 queued pages, against a bare loop";
        rows.push(Row::against_bare("drain", what, drain, "ms", bare, Some(PROMISES)));
    }
    if driven {
        schema::fetch()?;
        let [dialog_open, all, typing, quick] = speed_of_the_windows()?;
        if wants(Id::DialogOpen) {
            let what = "from the click to a dialog to write in, one of 500 items";
            rows.push(Row::within("dialog_open", what, dialog_open, "ms", AT_ONCE));
            let what = "the same for all 500 items at once";
            rows.push(Row::within("dialog_open_all", what, all, "ms", AT_ONCE));
        }
        if wants(Id::Typing) {
            let what = "busy per key in 5,000 words, 99 % of keys";
            rows.push(Row::within("typing", what, typing, "ms", ONE_FRAME));
        }
        if wants(Id::QuickSendOpen) {
            let what = "from the shortcut to a field to type into";
            rows.push(Row::within("quick_send_open", what, quick, "ms", AT_ONCE));
        }
    }
    if library {
        library_rows(wants, &mut rows)?;
    }
    report::write(&rows)?;
    Ok(if rows.iter().all(|row| row.holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The start and the memory of the window.
fn window_rows(wants: impl Fn(Id) -> bool, rows: &mut Vec<Row>) -> Result<()> {
    let (app, bare) = step::perform("Measure start and memory", measure)?;
    if wants(Id::Start) {
        let [value, baseline] = [&app, &bare].map(|samples| median(samples, |sample| sample.start_ms));
        rows.push(Row::against_bare(
            "start",
            "from exec until interactive",
            value,
            "ms",
            baseline,
            Some(LIMIT),
        ));
    }
    if wants(Id::Memory) {
        let [value, baseline] = [&app, &bare].map(|samples| median(samples, |sample| sample.memory_mib));
        rows.push(Row::against_bare(
            "memory",
            "PSS of the process tree, idle",
            value,
            "MiB",
            baseline,
            Some(LIMIT),
        ));
    }
    Ok(())
}

/// A library of many years: searching, opening, and what it costs to have one.
fn library_rows(wants: impl Fn(Id) -> bool, rows: &mut Vec<Row>) -> Result<()> {
    let folder = tools::target().join("bench/library");
    let mut cargo = tools::cargo(&["bench", "--package=sally-tests", "--bench=library"]);
    cargo.env("SALLY_BENCH_LIBRARY", &folder);
    let names = ["search_p99_ms=", "shell_p99_ms=", "meeting_open_ms="];
    let [search, shell, opened] = numbers("Search and open 100,000 meetings", cargo, names)?;
    if wants(Id::SearchP99) {
        let what = "search in 100,000 meetings, 99 % of letters, against the sqlite3 shell";
        let row = Row::against_bare("search_p99", what, search, "ms", shell, Some(OVER_SHELL));
        rows.push(row.and_at_most(ONE_FRAME));
    }
    if wants(Id::MeetingOpen) {
        let what = "open one of 100,000 meetings, 99 % of them";
        rows.push(Row::within("meeting_open", what, opened, "ms", ONE_FRAME));
    }
    if wants(Id::StartFull) || wants(Id::MemoryFull) {
        let (app, empty) =
            step::perform("Measure start and memory with 100,000 meetings", || measure_full(&folder))?;
        if wants(Id::StartFull) {
            let [value, baseline] = [&app, &empty].map(|samples| median(samples, |sample| sample.start_ms));
            let what = "the start with 100,000 meetings, against one with three";
            rows.push(Row::against_bare("start_full", what, value, "ms", baseline, Some(LIMIT)));
        }
        if wants(Id::MemoryFull) {
            let [value, baseline] = [&app, &empty].map(|samples| median(samples, |sample| sample.memory_mib));
            let what = "memory with 100,000 meetings, against that with three";
            rows.push(Row::against_bare("memory_full", what, value, "MiB", baseline, Some(LIMIT)));
        }
    }
    Ok(())
}

fn build() -> Result<()> {
    let cargo = tools::cargo(&[
        "build",
        "--release",
        "--package=sally-desktop",
        "--package=bare-window",
        "--features=sally-desktop/custom-protocol,sally-desktop/bench",
    ]);
    step::run(
        "Build both windows for release (some minutes)",
        "The compiler says above what is wrong.",
        cargo,
    )
}

/// Both windows in turn on one desktop, so that what the machine does besides falls on both.
fn measure() -> Result<(Vec<Sample>, Vec<Sample>)> {
    let desktop = Desktop::start(&tools::target().join("bench/desktop"))?;
    let open =
        |name: &str, arguments: &[&str]| probe::open(&desktop, &tools::built("release", name), arguments);
    // The first start of each fills the system's caches and, in the app, the list of meetings.
    open(BARE, &[])?;
    open(APP, &["--samples"])?;
    let (mut app, mut bare) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let [first, second] = [open(BARE, &[])?, open(APP, &[])?];
        println!("  {run} of {RUNS}: the app {second}; bare {first}");
        bare.push(first);
        app.push(second);
    }
    Ok((app, bare))
}

/// The app with the library and with next to nothing, in turn.
fn measure_full(library: &Path) -> Result<(Vec<Sample>, Vec<Sample>)> {
    let desktop = Desktop::start(&tools::target().join("bench/desktop"))?;
    let app = tools::built("release", APP);
    let open = |arguments: &[&str]| probe::open(&desktop, &app, arguments);
    let open_full = || probe::open_with(&desktop, &app, library);
    open(&["--samples"])?;
    open_full()?;
    let (mut full, mut empty) = (Vec::new(), Vec::new());
    for run in 1..=RUNS {
        let [first, second] = [open(&[])?, open_full()?];
        println!("  {run} of {RUNS}: with 100,000 meetings {second}; with three {first}");
        empty.push(first);
        full.push(second);
    }
    Ok((full, empty))
}

fn median(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[expect(clippy::cast_precision_loss, reason = "a size in megabytes is told to one digit")]
fn size_mb(name: &str) -> Result<f64> {
    let path = tools::built("release", name);
    let size = path.metadata().with_context(|| format!("{} is not there", path.display()))?.len();
    Ok(size as f64 / 1e6)
}

/// A journey on the core, and what it counted of what the sandbox saw.
fn counted<const N: usize>(journey: &str, names: [&str; N]) -> Result<[f64; N]> {
    let cargo = tools::cargo(&["test", "--package=sally-tests", "--test=it", journey, "--", "--nocapture"]);
    numbers("Count what the sandbox was asked", cargo, names)
}

/// The end-to-end tests of speed drive the release build, and print how long the dialogs, a key and Quick send took.
fn speed_of_the_windows() -> Result<[f64; 4]> {
    let mut cargo = tools::cargo(&["test", "--package=sally-tests", "--test=e2e", "speed", "--"]);
    cargo.args(["--test-threads=1", "--nocapture"]).env("SALLY_E2E_APP", tools::built("release", APP));
    numbers(
        "Open dialogs and type",
        cargo,
        ["dialog_open_ms=", "dialog_open_all_ms=", "typing_ms=", "quick_send_open_ms="],
    )
}

/// Runs tests, and answers the number behind each of these names in what they print.
fn numbers<const N: usize>(step: &str, tests: Command, names: [&str; N]) -> Result<[f64; N]> {
    let mut found = [None; N];
    step::watch(step, "The test says above what went wrong.", tests, |line| {
        for (number, name) in found.iter_mut().zip(names) {
            // The test's own line may stand behind the name that the runner prints.
            if let Some((_, text)) = line.split_once(name) {
                *number = text.trim().parse().ok();
            }
        }
    })?;
    let mut numbers = [0.0; N];
    for ((number, found), name) in numbers.iter_mut().zip(found).zip(names) {
        *number = found.with_context(|| format!("no test printed {name}"))?;
    }
    Ok(numbers)
}

/// How long a window may take to be ready.
const READY_LIMIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_run_does_not_move_the_median() {
        let samples: Vec<Sample> =
            [400.0, 5000.0, 410.0, 405.0].map(|start_ms| Sample { start_ms, memory_mib: 0.0 }).into();
        let found = median(&samples, |sample| sample.start_ms);
        assert!((found - 407.5).abs() < 1e-9, "the mean of the middle two: {found}");
    }
}
