//! Steps at the terminal: what is done, the program's own output, how long it took, and on failure what to do.

use std::io::{BufRead, BufReader, IsTerminal, Write, stdout};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Before what worked.
pub(crate) const CHECK: &str = "✓";
/// Before what did not.
pub(crate) const CROSS: &str = "✗";

/// Runs one program as a step. `advice` says what to do where it fails.
pub(crate) fn run(name: &str, advice: &str, mut command: Command) -> Result<()> {
    let started = begin(name);
    let status = command.status().with_context(|| format!("{} did not start", describe(&command)))?;
    end(name, started, status.success());
    ensure(name, advice, &command, status)
}

/// As [`run`], and hands on each line that the program writes to its standard output.
pub(crate) fn watch(name: &str, advice: &str, mut command: Command, mut see: impl FnMut(&str)) -> Result<()> {
    let started = begin(name);
    command.stdout(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("{} did not start", describe(&command)))?;
    let output = child.stdout.take().context("the output was piped")?;
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        stdout().flush()?;
        see(text.trim_end());
        line.clear();
    }
    let status = child.wait()?;
    end(name, started, status.success());
    ensure(name, advice, &command, status)
}

/// A step that is not a program.
pub(crate) fn perform<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = begin(name);
    let outcome = work();
    end(name, started, outcome.is_ok());
    outcome.with_context(|| format!("{name} failed"))
}

/// A time as a person says it.
pub(crate) fn time(took: Duration) -> String {
    match took.as_secs() {
        0..60 => format!("{:.1} s", took.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

fn begin(name: &str) -> Instant {
    println!("\n{}", bold(&format!("▸ {name}")));
    let _ = stdout().flush();
    Instant::now()
}

fn end(name: &str, started: Instant, good: bool) {
    let mark = if good { CHECK } else { CROSS };
    println!("{} {}", bold(&format!("{mark} {name}")), time(started.elapsed()));
}

fn bold(text: &str) -> String {
    if stdout().is_terminal() { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

fn ensure(name: &str, advice: &str, command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("{name} failed ({status}): {}\n  {advice}", describe(command));
    }
    Ok(())
}

fn describe(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    // The program by its name: where it lies says nothing.
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let arguments = command.get_args().map(|argument| format!(" {}", argument.to_string_lossy()));
    std::iter::once(name.to_owned()).chain(arguments).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools;

    #[test]
    fn times_read_well() {
        assert_eq!(time(Duration::from_millis(4_250)), "4.2 s", "seconds have one digit");
        assert_eq!(time(Duration::from_secs(276)), "4 min 36 s", "minutes have none");
    }

    #[test]
    fn a_failing_program_is_named_with_advice() {
        let failing = tools::cargo(&["--no-such-option"]);
        let error = run("Try", "Try again.", failing).unwrap_err().to_string();
        assert!(error.starts_with("Try failed") && error.ends_with("Try again."), "{error}");
    }
}
