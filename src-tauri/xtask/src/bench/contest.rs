//! A contest: how much of a corpus the core reads in a second, and how much programs in other languages do. Each runs in
//! a process of its own, on the same corpus, and says in one JSON line what its best run took.
//!
//! Refuses to compare with nothing: one of the others must have run. Called by the bench.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{step, tools};

/// All are run in turn so often, so that what the machine does besides falls on all of them.
const ROUNDS: usize = 3;

/// How many megabytes a second each can do.
pub(super) struct Speeds {
    pub(super) ours: f64,
    /// The fastest of the others.
    pub(super) theirs: f64,
}

/// The last line of each program.
#[derive(Deserialize)]
struct Best {
    bytes: f64,
    seconds: f64,
}

/// What is compared, and with whom.
pub(super) struct Contest {
    /// The core's example that makes the corpus and measures itself.
    example: &'static str,
    /// The corpus by its file's name.
    corpus: &'static str,
    /// What is done with it.
    task: &'static str,
    /// Runs of the core in one process.
    runs: u32,
    /// Where the others are, below `tests/bench`.
    folder: &'static str,
    /// Programs for node.
    node: &'static [Other],
    /// A program for Python.
    python: Other,
}

/// Somebody else's program.
struct Other {
    name: &'static str,
    script: &'static str,
    /// Runs in one process: some seconds, after which a machine that compiles while it runs has done so.
    runs: u32,
}

/// Markdown to the document format; all go from the text of the Markdown to the text that Confluence takes.
pub(super) const MARKDOWN: Contest = Contest {
    example: "adf_bench",
    corpus: "corpus.md",
    task: "Convert a megabyte of Markdown",
    runs: 150,
    folder: "markdown",
    node: &[
        Other { name: "marklassian (npm)", script: "marklassian.mjs", runs: 20 },
        Other { name: "@atlaskit/editor-markdown-transformer (npm)", script: "atlaskit.mjs", runs: 8 },
    ],
    python: Other { name: "markdown-to-confluence (PyPI)", script: "storage.py", runs: 2 },
};

/// A transcript's bytes to who said what and when; the core makes a whole meeting of it.
pub(super) const TRANSCRIPT: Contest = Contest {
    example: "vtt_bench",
    corpus: "corpus.vtt",
    task: "Read ten megabytes of WebVTT",
    runs: 50,
    folder: "transcripts",
    node: &[Other { name: "subsrt-ts (npm)", script: "subsrt.mjs", runs: 20 }],
    python: Other { name: "webvtt-py (PyPI)", script: "webvtt_py.py", runs: 2 },
};

struct Converter {
    name: &'static str,
    program: PathBuf,
    script: Option<PathBuf>,
    runs: u32,
    /// Megabytes a second of the best run so far.
    fastest: f64,
}

/// Builds and fetches what is needed, and measures.
pub(super) fn measure(contest: &Contest) -> Result<Speeds> {
    let example = format!("--example={}", contest.example);
    let cargo = tools::cargo(&["build", "--release", "--package=sally-core", &example]);
    step::run("Build the core for release (some minutes)", "The compiler says above what is wrong.", cargo)?;
    let ours = tools::built("release", &format!("examples/{}", contest.example));
    let corpus = tools::target().join("bench").join(contest.corpus);
    fs::create_dir_all(corpus.with_file_name(""))?;
    let made = Command::new(&ours).arg("--make").arg(&corpus).status().context("the core did not start")?;
    ensure!(made.success(), "the corpus was not written");

    let sources = tools::root().join("tests/bench").join(contest.folder);
    let others = |program: PathBuf, other: &Other| Converter {
        name: other.name,
        program,
        script: Some(sources.join(other.script)),
        runs: other.runs,
        fastest: 0.0,
    };
    let mut converters =
        vec![Converter { name: "sally-core", program: ours, script: None, runs: contest.runs, fastest: 0.0 }];
    converters.extend(contest.node.iter().map(|other| others(PathBuf::from("node"), other)));
    install(&sources)?;
    match python(contest.folder, &sources) {
        Ok(program) => converters.push(others(program, &contest.python)),
        Err(error) => println!("  {} is not compared with: {error:#}", contest.python.name),
    }
    step::perform(contest.task, || {
        for _ in 0..ROUNDS {
            run(&mut converters, &corpus)?;
        }
        compare(&converters)
    })
}

/// One round. A converter of somebody else that does not work is left out from then on.
fn run(converters: &mut Vec<Converter>, corpus: &Path) -> Result<()> {
    let mut works = Vec::new();
    for mut converter in converters.drain(..) {
        match converter.best(corpus) {
            Ok(found) => {
                converter.fastest = converter.fastest.max(found);
                works.push(converter);
            }
            Err(error) if converter.script.is_some() => {
                println!("  {} is not compared with: {error:#}", converter.name);
            }
            Err(error) => return Err(error),
        }
    }
    *converters = works;
    Ok(())
}

fn compare(converters: &[Converter]) -> Result<Speeds> {
    for Converter { name, fastest, .. } in converters {
        println!("  {name:<46} {fastest:>8.2} MB/s");
    }
    let is_node = |converter: &&Converter| converter.program == Path::new("node");
    ensure!(converters.iter().any(|one| is_node(&one)), "none of the programs from npm could be run");
    let of = |ours: bool| {
        let those = converters.iter().filter(|converter| converter.script.is_none() == ours);
        those.map(|converter| converter.fastest).fold(0.0, f64::max)
    };
    Ok(Speeds { ours: of(true), theirs: of(false) })
}

impl Converter {
    /// Runs it in a process of its own. Megabytes a second.
    fn best(&self, corpus: &Path) -> Result<f64> {
        let mut command = Command::new(&self.program);
        command.args(&self.script).arg(corpus).arg(self.runs.to_string());
        let output = command.output().with_context(|| format!("{} did not start", self.name))?;
        let said = String::from_utf8_lossy(&output.stderr);
        let reason = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
        ensure!(output.status.success(), "{}: {reason}", output.status);
        speed(&String::from_utf8_lossy(&output.stdout))
    }
}

fn speed(said: &str) -> Result<f64> {
    let line = said.lines().last().context("it printed nothing")?;
    let Best { bytes, seconds } =
        serde_json::from_str(line).with_context(|| format!("it printed “{line}”"))?;
    ensure!(bytes > 0.0 && seconds > 0.0, "it measured nothing: “{line}”");
    Ok(bytes / 1e6 / seconds)
}

/// The packages of the others, which nothing but this bench needs.
fn install(sources: &Path) -> Result<()> {
    let mut npm = tools::npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    npm.current_dir(sources);
    step::run("Install what is compared with", "Check the network, and run it again.", npm)
}

/// A Python of its own with the package in it.
fn python(folder: &str, sources: &Path) -> Result<PathBuf> {
    ensure!(tools::is_there("python3"), "there is no python3");
    let own = tools::target().join("bench/python").join(folder);
    let program = own.join("bin/python3");
    let requirements = sources.join("requirements.txt");
    if !program.is_file() {
        run_quietly(Command::new("python3").args(["-m", "venv"]).arg(&own))?;
    }
    let mut pip = Command::new(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run_quietly(pip.arg(requirements))?;
    Ok(program)
}

fn run_quietly(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.lines().last().unwrap_or("it says nothing"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converter(name: &'static str, program: &str, script: Option<&str>, fastest: f64) -> Converter {
        Converter { name, program: program.into(), script: script.map(PathBuf::from), runs: 1, fastest }
    }

    #[test]
    fn the_last_line_says_the_speed() {
        let found = speed("warming up\n{\"bytes\":1000000,\"seconds\":0.01}\n").unwrap();
        assert!((found - 100.0).abs() < 1e-9, "a megabyte in a hundredth of a second: {found}");
        assert!(speed("{\"bytes\":0,\"seconds\":1}").is_err(), "an empty corpus measures nothing");
        assert!(speed("").is_err(), "nor does silence");
    }

    #[test]
    fn the_fastest_of_the_others_counts() {
        let ours = || converter("ours", "adf_bench", None, 100.0);
        let slow = || converter("slow", "python3", Some("slow.py"), 1.0);
        let fast = converter("fast", "node", Some("fast.mjs"), 5.0);
        let Speeds { ours: value, theirs } = compare(&[ours(), slow(), fast]).unwrap();
        assert!((value - 100.0).abs() < 1e-9 && (theirs - 5.0).abs() < 1e-9, "{value} to {theirs}");
        assert!(compare(&[ours(), slow()]).is_err(), "without any from npm there is no comparison");
    }

    #[test]
    fn others_that_do_not_work_are_left_out() {
        let mut converters = vec![converter("gone", "no-such-program", Some("x.mjs"), 0.0)];
        run(&mut converters, Path::new("corpus.md")).unwrap();
        assert!(converters.is_empty(), "it is not tried again");
        let mut converters = vec![converter("ours", "no-such-program", None, 0.0)];
        assert!(run(&mut converters, Path::new("corpus.md")).is_err(), "ours has to work");
    }
}
