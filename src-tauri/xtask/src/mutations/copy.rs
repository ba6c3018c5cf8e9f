//! The copy of the source in which defects are planted: kept equal to the source, built with a target folder of its own, and
//! asked whether a test fails. Called by `mutations`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Catcher, Mutation, Run, verdict};
use crate::{schema, step, tools};

/// No run of those that are named takes nearly as long.
const LONGEST: Duration = Duration::from_secs(300);

/// The copy of the source in which defects are planted, with builds of its own.
pub(super) struct SourceCopy {
    pub(super) source: PathBuf,
    target: PathBuf,
}

impl SourceCopy {
    pub(super) fn new() -> Result<Self> {
        let folder = tools::target().join("mutations");
        let copy = Self { source: folder.join("source"), target: folder.join("target") };
        step::perform("A copy of the source", || copy.synchronise())?;
        Ok(copy)
    }

    /// Makes the copy equal to the source. What is equal is not touched, so that it is not built again.
    fn synchronise(&self) -> Result<()> {
        let root = tools::root();
        let listed = tools::answer(
            "git",
            &["-C", &root.display().to_string(), "ls-files", "--cached", "--others", "--exclude-standard"],
        );
        let wanted: BTreeSet<PathBuf> = listed
            .context("git lists the files")?
            .lines()
            .map(PathBuf::from)
            // One that is listed may be deleted.
            .filter(|file| root.join(file).is_file())
            .collect();
        for file in &wanted {
            let (from, to) = (fs::read(root.join(file))?, self.source.join(file));
            if fs::read(&to).is_ok_and(|there| there == from) {
                continue;
            }
            fs::create_dir_all(to.parent().context("it is in the copy")?)?;
            fs::write(to, from)?;
        }
        for file in files_in(&self.source)? {
            if !wanted.contains(file.strip_prefix(&self.source)?) {
                fs::remove_file(file)?;
            }
        }
        Ok(())
    }

    /// Runs each test once without any defect.
    pub(super) fn without_defects(&self, all: &[Mutation]) -> Result<BTreeMap<Catcher, Run>> {
        let catchers: BTreeSet<&Catcher> = all.iter().map(|one| &one.catcher).collect();
        let mut ended = BTreeMap::new();
        step::perform("The same tests without any defect", || {
            for catcher in catchers {
                let program = self.build(catcher)?;
                let (end, text) = self.end_of(catcher, &program)?;
                if end != Run::Passed {
                    println!("{text}");
                }
                ended.insert(catcher.clone(), end);
            }
            Ok(ended)
        })
    }

    /// Plants a defect. Fails unless it is caught.
    pub(super) fn tried(&self, one: &Mutation) -> Result<()> {
        one.apply(&self.source, &[])?;
        let program = self.build(&one.catcher).context("it does not compile")?;
        let (end, text) = self.end_of(&one.catcher, &program)?;
        if end == Run::Broken {
            println!("{text}");
        }
        match end {
            Run::Failed => Ok(()),
            Run::Passed => bail!("not caught: “{}” passes although {}", one.catcher, one.defect),
            Run::Nothing => bail!("there is nothing by the name of “{}” any more", one.catcher),
            Run::Broken => bail!("“{}” neither passes nor fails", one.catcher),
        }
    }

    /// Builds the tests of a catcher. Answers the program.
    fn build(&self, catcher: &Catcher) -> Result<PathBuf> {
        let (package, what, _) = catcher.program();
        let mut cargo =
            tools::cargo(&["test", "--quiet", "--no-run", "--message-format=json-render-diagnostics"]);
        // What a defect leaves unused is no news.
        cargo.args(["--package", package]).args(what);
        cargo.current_dir(&self.source).env("CARGO_TARGET_DIR", &self.target);
        let mut said = output(&self.target)?;
        // Of no use unless it fails: a defect leaves things unused.
        cargo.stdout(Stdio::piped()).stderr(said.try_clone()?);
        let mut child = cargo.spawn().context("cargo did not start")?;
        let mut program = None;
        for line in BufReader::new(child.stdout.take().context("the output was piped")?).lines() {
            let Ok(message) = serde_json::from_str::<serde_json::Value>(&line?) else { continue };
            let is_test = message["profile"]["test"] == true;
            program = message["executable"].as_str().filter(|_| is_test).map(PathBuf::from).or(program);
        }
        if !child.wait()?.success() {
            bail!("cargo could not build the tests of {package}:\n{}", read_all(&mut said)?);
        }
        program.context("cargo built no test")
    }

    /// Runs what must catch a defect. Answers how that ended, and what it wrote.
    fn end_of(&self, catcher: &Catcher, program: &Path) -> Result<(Run, String)> {
        let (_, _, folder) = catcher.program();
        let mut said = output(&self.target)?;
        let mut child = Command::new(program)
            .args(catcher.arguments())
            .current_dir(self.source.join(folder))
            .env("SALLY_ADF_SCHEMA", schema::path())
            .stdout(said.try_clone()?)
            .stderr(said.try_clone()?)
            .spawn()
            .with_context(|| format!("{} did not start", program.display()))?;
        let limit = Instant::now() + LONGEST;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if Instant::now() > limit {
                child.kill()?;
                child.wait()?;
                break None;
            }
            std::thread::sleep(Duration::from_millis(50));
        };
        let text = read_all(&mut said)?;
        let end = status.map_or(Run::Broken, |status| verdict(catcher, &text, status.success()));
        Ok((end, text))
    }
}

/// An empty file for what a program writes.
fn output(folder: &Path) -> Result<fs::File> {
    fs::create_dir_all(folder)?;
    let path = folder.join("output");
    let _gone = fs::remove_file(&path);
    Ok(fs::File::options().create_new(true).read(true).append(true).open(path)?)
}

fn read_all(file: &mut fs::File) -> Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let into = if entry.file_type()?.is_dir() { &mut folders } else { &mut files };
            into.push(entry.path());
        }
    }
    Ok(files)
}
