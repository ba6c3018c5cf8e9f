//! `cargo xtask mutations`: plants each defect of `tests/chaos/mutations` in a copy of the source, and expects the run that is
//! named there to fail. A run that passes all the same is a test that finds nothing.
//!
//! A defect is a patch. Two lines before it say what it plants, and what must catch it:
//!
//! ```text
//! Defect: an edit is stored although what it replaces has arrived.
//! Caught-by: journey an_edit_of_what_arrived
//! ```
//!
//! `journey` and `core` take a part of a test's name, `chaos` takes its arguments. Refuses to take a patch that does not
//! compile, or a run that does not end, for a defect that was caught.

mod copy;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use self::copy::SourceCopy;
use crate::setup::Need;
use crate::suite::{self, Tally};
use crate::{schema, setup, step, tools};

/// Where the defects lie.
const FOLDER: &str = "tests/chaos/mutations";

/// What a failure means.
const ADVICE: &str =
    "`cargo xtask mutations NAME` tries one defect again; what it plants stands in tests/chaos/mutations.";

/// What must catch a defect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Catcher {
    /// Tests of the core whose names contain this.
    Core(String),
    /// Journeys whose names contain this.
    Journey(String),
    /// A run of chaos with these arguments.
    Chaos(Vec<String>),
}

impl Catcher {
    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(' ')?;
        let rest = rest.trim();
        let one = !rest.is_empty() && !rest.contains(' ');
        match kind {
            "core" if one => Some(Self::Core(rest.to_owned())),
            "journey" if one => Some(Self::Journey(rest.to_owned())),
            "chaos" if rest.starts_with("--seed ") => {
                Some(Self::Chaos(rest.split(' ').map(str::to_owned).collect()))
            }
            _ => None,
        }
    }

    /// The package, what of it is built, and where its tests run.
    fn program(&self) -> (&'static str, &'static [&'static str], &'static str) {
        match self {
            Self::Core(_) => ("sally-core", &["--lib"], "src-tauri/core"),
            Self::Journey(_) => ("sally-tests", &["--test=it"], "tests"),
            Self::Chaos(_) => ("sally-tests", &["--test=chaos"], "tests"),
        }
    }

    fn arguments(&self) -> Vec<&str> {
        match self {
            Self::Core(name) | Self::Journey(name) => vec![name],
            Self::Chaos(arguments) => arguments.iter().map(String::as_str).collect(),
        }
    }
}

impl std::fmt::Display for Catcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match self {
            Self::Core(_) => "core",
            Self::Journey(_) => "journey",
            Self::Chaos(_) => "chaos",
        };
        write!(f, "{kind} {}", self.arguments().join(" "))
    }
}

/// A defect that can be planted.
struct Mutation {
    /// Of its file.
    name: String,
    file: PathBuf,
    /// What it plants.
    defect: String,
    catcher: Catcher,
}

impl Mutation {
    fn read(file: PathBuf) -> Result<Self> {
        let text = fs::read_to_string(&file)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut lines = text.lines();
        let mut line = |start: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(start)).map(str::trim);
            line.filter(|line| !line.is_empty()).map(str::to_owned)
        };
        let defect = line("Defect: ").with_context(|| format!("{name}: no line “Defect: …”"))?;
        let catcher = line("Caught-by: ").with_context(|| format!("{name}: no line “Caught-by: …”"))?;
        let catcher = Catcher::read(&catcher).with_context(|| {
            format!("{name}: “{catcher}” is no test of the core, no journey and no chaos")
        })?;
        Ok(Self { name, file, defect, catcher })
    }

    /// All of them, by their names.
    fn all() -> Result<Vec<Self>> {
        let mut files: Vec<PathBuf> = fs::read_dir(tools::root().join(FOLDER))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| file.extension().is_some_and(|ending| ending == "patch"));
        files.sort();
        files.into_iter().map(Self::read).collect()
    }

    /// Applies the patch in a folder, which need not be a repository.
    fn apply(&self, folder: &Path, options: &[&str]) -> Result<()> {
        let mut git = Command::new("git");
        git.arg("apply").args(options).arg(&self.file).current_dir(folder);
        // Within a repository, git would take its paths as from the repository's root.
        git.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder));
        let output = git.output().context("git did not start")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} applies no more: {}", self.name, said.trim());
        Ok(())
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Passed,
    /// A test failed, or chaos lost or doubled something.
    Failed,
    /// Nothing has the name.
    Nothing,
    /// It ended without a word, or did not end.
    Broken,
}

/// Tries the defects whose names contain the words, or all.
pub(crate) fn mutations(names: &[String]) -> Result<ExitCode> {
    setup::setup(Need::Core)?;
    schema::fetch()?;
    let mut tally = Tally::default();
    run(names, &mut tally)?;
    Ok(tally.close())
}

/// The same, counted with others.
pub(crate) fn run(names: &[String], tally: &mut Tally) -> Result<()> {
    let mut all = Mutation::all()?;
    all.retain(|one| names.is_empty() || names.iter().any(|name| one.name.contains(name)));
    ensure!(!all.is_empty(), "no defect in {FOLDER} has that name");
    if !cfg!(target_os = "linux") {
        all.retain(|one| !matches!(one.catcher, Catcher::Chaos(_)));
    }
    let copy = SourceCopy::new()?;
    let good = copy.without_defects(&all)?;
    // Those that need the core alone, and then those that need the journeys too.
    all.sort_by(|a, b| (a.catcher.program(), &a.name).cmp(&(b.catcher.program(), &b.name)));
    let mut rows = Vec::new();
    for one in &all {
        let started = Instant::now();
        let outcome = match good.get(&one.catcher) {
            Some(Run::Passed) => copy.tried(one),
            Some(Run::Nothing) => Err(anyhow::anyhow!("there is nothing by the name of “{}”", one.catcher)),
            _ => Err(anyhow::anyhow!("“{}” fails without any defect", one.catcher)),
        };
        // As it was, also where the source has been changed meanwhile.
        let _never_applied = one.apply(&copy.source, &["--reverse"]);
        let mark = if outcome.is_ok() { step::CHECK } else { step::CROSS };
        println!("{mark} {}: {}", one.name, step::time(started.elapsed()));
        match outcome {
            Ok(()) => tally.passed += 1,
            Err(error) => {
                let problem = format!("{}: {error:#}\n  {ADVICE}", one.name);
                println!("  {problem}");
                tally.fail(problem);
            }
        }
        rows.push((mark, one, started.elapsed()));
    }
    println!("\n  {:>7}  Defect, and what must catch it", "seconds");
    for (mark, one, took) in rows {
        println!("{mark} {:>7}  {}\n{:11}{}", took.as_secs(), one.defect, "", one.catcher);
    }
    Ok(())
}

/// How a run ended that wrote this.
fn verdict(catcher: &Catcher, text: &str, success: bool) -> Run {
    if matches!(catcher, Catcher::Chaos(_)) {
        let counted = text.lines().next_back().is_some_and(|last| last.starts_with("sent "));
        return match (counted, success) {
            (true, true) => Run::Passed,
            (true, false) => Run::Failed,
            (false, _) => Run::Broken,
        };
    }
    match text.lines().find_map(suite::closing) {
        Some((0, 0)) => Run::Nothing,
        Some((_, 0)) if success => Run::Passed,
        Some((_, 1..)) if !success => Run::Failed,
        _ => Run::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_can_be_planted() {
        let all = Mutation::all().unwrap();
        assert!(all.len() >= 12, "there are {}", all.len());
        let broken: Vec<String> = all
            .iter()
            .filter_map(|one| one.apply(&tools::root(), &["--check"]).err())
            .map(|e| e.to_string())
            .collect();
        assert!(broken.is_empty(), "make them anew against the source as it is: {broken:#?}");
    }

    #[test]
    fn only_a_failed_test_catches_a_defect() {
        let core = Catcher::read("core auth::").unwrap();
        let line =
            |passed, failed| format!("\ntest result: ok. {passed} passed; {failed} failed; 0 ignored\n");
        assert_eq!(verdict(&core, &line(2, 0), true), Run::Passed);
        assert_eq!(verdict(&core, &line(1, 1), false), Run::Failed);
        assert_eq!(verdict(&core, &line(0, 0), true), Run::Nothing, "a name that nothing has");
        assert_eq!(verdict(&core, "Segmentation fault", false), Run::Broken, "no test said anything");
        let chaos = Catcher::read("chaos --seed 4 --deliveries 60").unwrap();
        assert_eq!(verdict(&chaos, "sent 3, waiting 0, lost 1, doubled 0\n", false), Run::Failed);
        assert_eq!(verdict(&chaos, "Error: dbus-run-session did not start\n", false), Run::Broken);
        assert_eq!(Catcher::read("core two words"), None, "a filter is one word");
        assert_eq!(Catcher::read("e2e journey"), None, "the window is not part of it");
    }
}
