//! `cargo xtask run`: the main job. On a screen the app's window on the sandbox, until it is closed; without
//! one the same window, driven through the whole journey.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{PathBuf, absolute};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use crate::setup::Need;
use crate::{product, schema, setup, step, suite, tools};

/// See the module.
pub(crate) fn run(headless: bool, real: bool, files: &[PathBuf]) -> Result<()> {
    let files = find(files)?;
    let headless = headless || !(real || has_screen());
    if headless {
        ensure!(cfg!(target_os = "linux"), "driving the window without a screen works on Linux only");
        println!("No screen: the window opens on one of its own, and is driven through the whole journey.");
    }
    setup::setup(if headless { Need::Window } else { Need::Build })?;
    if !real {
        schema::fetch()?;
    }
    product::build_ui()?;
    product::build_app()?;
    if headless {
        return journey(&files);
    }
    if !real {
        product::build_sandbox()?;
    }
    open(real, &files)
}

fn find(files: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let find = |file: &PathBuf| -> Result<PathBuf> {
        ensure!(file.exists(), "there is no file {}", file.display());
        Ok(absolute(file)?)
    };
    files.iter().map(find).collect()
}

fn has_screen() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

fn journey(files: &[PathBuf]) -> Result<()> {
    let out = tools::target().join("run");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("{} cannot be emptied", out.display()))?;
    }
    let mut tests = suite::e2e_tests(Some("journey"));
    tests.env("SALLY_E2E_OUT", &out);
    if !files.is_empty() {
        tests.env("SALLY_E2E_FILES", env::join_paths(files)?);
    }
    let advice = "The step that failed left a picture of the window in target/run, and the app's log above.";
    let mut tally = suite::Tally::default();
    step::watch("The whole journey", advice, tests, |line| tally.read(line))?;
    ensure!(tally.passed > 0, "there is no test of the journey");
    println!("\nPictures of the screens: {}", out.display());
    Ok(())
}

/// The window on a screen, until the person closes it.
fn open(real: bool, files: &[PathBuf]) -> Result<()> {
    let mut app = Command::new(tools::built("debug", "sally-desktop"));
    app.args(files);
    let sandbox = if real { None } else { Some(Sandbox::start()?) };
    if let Some(sandbox) = &sandbox {
        // The sandbox forgets everything between runs: what the app remembers of it would be wrong.
        let data = tools::target().join("run/data");
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("{} cannot be emptied", data.display()))?;
        }
        app.env("SALLY_DATA_DIR", data).envs(sandbox.environment.iter().map(|(name, value)| (name, value)));
        if files.is_empty() {
            app.arg("--samples");
        }
    }
    let advice = "The app says above why it ended.";
    step::run("The app, until you close its window", advice, app)
}

/// The sandbox's program, which ends with this.
struct Sandbox {
    child: Child,
    environment: Vec<(String, String)>,
}

impl Sandbox {
    fn start() -> Result<Self> {
        step::perform("Start the sandbox", || {
            let mut command = Command::new(tools::built("debug", "sally-sandbox"));
            command
                .args(["--print-env", "--until-stdin-closes"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped());
            let mut child = command.spawn().context("the sandbox did not start")?;
            let output = child.stdout.take().context("the output was piped")?;
            let mut sandbox = Self { child, environment: Vec::new() };
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line)?;
            let settings: Map<String, Value> =
                serde_json::from_str(&line).context("the sandbox ended at once; it says above why")?;
            let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
            sandbox.environment = settings.into_iter().filter_map(text).collect();
            let told = |wanted: &str| sandbox.environment.iter().find(|(name, _)| name == wanted);
            if let Some((_, origin)) = told("origin") {
                println!("  Confluence, with the pages that you make: {origin}");
            }
            if let (Some((_, address)), Some((_, token))) = (told("SALLY_MCP_URL"), told("sally_token")) {
                println!(
                    "  Sally, to connect under Settings → Integrations: {address}, with the token {token}"
                );
            }
            if let (Some((_, site)), Some((_, email)), Some((_, token))) =
                (told("site"), told("email"), told("api_token"))
            {
                println!("  To connect with an API token: {site}, {email}, {token}");
            }
            sandbox.environment.retain(|(name, _)| name.starts_with("SALLY_"));
            Ok(sandbox)
        })
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_from_the_root_of_the_disk() {
        let found = find(&[".".into()]).unwrap();
        assert!(found[0].is_absolute(), "the app runs elsewhere: {found:?}");
        assert!(find(&["no such file".into()]).is_err(), "a mistyped name is told before the long build");
    }
}
