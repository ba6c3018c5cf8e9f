//! Opens a window, waits until it says that it is ready, and reads what it takes.
//!
//! Ready: with `SALLY_BENCH_READY=<port>` in its environment, a window connects to that loopback port once its page
//! has marked its root with `data-ready`. Without the variable it does nothing of the kind.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::READY_LIMIT;
use super::desktop::Desktop;

/// Idle begins so long after the window is ready.
const SETTLE: Duration = Duration::from_secs(5);

/// What one window took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// From exec until ready, in milliseconds.
    pub(super) start_ms: f64,
    /// Proportional set size of the process tree, in MiB.
    pub(super) memory_mib: f64,
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} ms, {:.0} MiB", self.start_ms, self.memory_mib)
    }
}

/// Opens one window, measures it and closes it.
pub(super) fn open(desktop: &Desktop, program: &Path, arguments: &[&str]) -> Result<Sample> {
    let mut command = desktop.command(program);
    command.args(arguments);
    sample(command)
}

/// The same with the data of another folder.
pub(super) fn open_with(desktop: &Desktop, program: &Path, data: &Path) -> Result<Sample> {
    let mut command = desktop.command(program);
    command.env("SALLY_DATA_DIR", data);
    sample(command)
}

fn sample(mut command: Command) -> Result<Sample> {
    let program = PathBuf::from(command.get_program());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = listener.local_addr()?.port();
    let (tell, ready) = mpsc::channel();
    thread::spawn(move || {
        if let Ok((mut stream, _)) = listener.accept() {
            let at = Instant::now();
            let mut line = String::new();
            let _ = stream.read_to_string(&mut line);
            let _ = tell.send((at, line));
        }
    });
    command.env("SALLY_BENCH_READY", port.to_string());
    let started = Instant::now();
    let child = command.spawn().with_context(|| format!("{} did not start", program.display()))?;
    let mut window = Window { child };
    let at = loop {
        match ready.recv_timeout(Duration::from_millis(200)) {
            Ok((at, _)) => break at,
            Err(_) if started.elapsed() > READY_LIMIT => {
                bail!("{} was not ready within {READY_LIMIT:?}", program.display());
            }
            Err(_) => {
                let ended = window.child.try_wait()?;
                ensure!(ended.is_none(), "{} ended before it was ready: {ended:?}", program.display());
            }
        }
    };
    // Idle is the absence of events: there is none to wait for.
    thread::sleep(SETTLE);
    let memory_mib = window.memory_mib()?;
    let start_ms = at.duration_since(started).as_secs_f64() * 1e3;
    Ok(Sample { start_ms, memory_mib })
}

/// A window with all its processes, which are gone when this is.
struct Window {
    child: Child,
}

impl Window {
    fn tree(&self) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for (process, parent) in processes() {
            children.entry(parent).or_default().push(process);
        }
        let mut tree = vec![self.child.id()];
        let mut at = 0;
        while let Some(process) = tree.get(at) {
            tree.extend(children.remove(process).unwrap_or_default());
            at += 1;
        }
        tree
    }

    #[expect(clippy::cast_precision_loss, reason = "memory is told in whole MiB")]
    fn memory_mib(&self) -> Result<f64> {
        let mut kib = 0;
        for process in self.tree() {
            let path = PathBuf::from(format!("/proc/{process}/smaps_rollup"));
            let text =
                fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            kib += pss_kib(&text).with_context(|| format!("{} tells no Pss", path.display()))?;
        }
        Ok(kib as f64 / 1024.0)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let tree = self.tree();
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The web processes end by themselves when the app is gone; the next window must not pay for them.
        let deadline = Instant::now() + Duration::from_secs(10);
        let lives = |process: &u32| processes().iter().any(|(other, _)| other == process);
        while tree.iter().any(lives) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Every process that has not ended, with its parent.
fn processes() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let read = |entry: fs::DirEntry| {
        let process = entry.file_name().to_str()?.parse().ok()?;
        let parent = living_parent(&fs::read_to_string(entry.path().join("stat")).ok()?)?;
        Some((process, parent))
    };
    entries.flatten().filter_map(read).collect()
}

/// The parent in a line of `/proc/*/stat`: `id (name) state parent …`, where the name may hold anything. `None` for
/// a process that only waits to be collected.
fn living_parent(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if fields.next()? == "Z" { None } else { fields.next()?.parse().ok() }
}

fn pss_kib(rollup: &str) -> Option<u64> {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parent_is_found_whatever_the_name() {
        assert_eq!(living_parent("42 (odd) name) S 7 42 42"), Some(7), "a name may hold a parenthesis");
        assert_eq!(living_parent("42 (gone) Z 7 42 42"), None, "a zombie takes no memory");
    }

    #[test]
    fn pss_is_read_in_kib() {
        let rollup =
            "00400000-7ffc ---p 00000000 00:00 0 [rollup]\nRss:  9000 kB\nPss:  1234 kB\nPss_Anon: 9 kB\n";
        assert_eq!(pss_kib(rollup), Some(1234), "the sum, and not one of its parts");
    }
}
