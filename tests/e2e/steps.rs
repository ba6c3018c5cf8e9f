//! Steps that a person can watch: each is printed with its time and result, and one that fails leaves a
//! picture of the window and the app's log.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures::FutureExt;

use crate::app;
use crate::window::Window;

/// The longest step; a longer one hangs.
const LIMIT: Duration = Duration::from_secs(90);

/// The steps of one test.
pub(crate) struct Steps {
    window: Window,
    log: PathBuf,
}

impl Steps {
    pub(crate) fn new(title: &str, window: Window, log: PathBuf) -> Self {
        println!("\n  {title}");
        Self { window, log }
    }

    /// One step. Its failure carries its name.
    pub(crate) async fn step<T>(&self, name: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        let started = Instant::now();
        let outcome = AssertUnwindSafe(tokio::time::timeout(LIMIT, work)).catch_unwind().await;
        let took = started.elapsed().as_secs_f64();
        if matches!(outcome, Ok(Ok(Ok(_)))) {
            println!("  ✓ {name:<64} {took:>6.2} s");
        } else {
            println!("  ✗ {name:<64} {took:>6.2} s");
            self.leave_evidence(name).await;
        }
        match outcome {
            Ok(Ok(result)) => result.with_context(|| format!("step “{name}”")),
            Ok(Err(_)) => anyhow::bail!("step “{name}” did not end within {LIMIT:?}"),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Something that the person who watches wants to know, such as an address.
    pub(crate) fn tell(&self, line: &str) {
        let _ = self;
        println!("    {line}");
    }

    async fn leave_evidence(&self, name: &str) {
        let file: String =
            name.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
        match tokio::time::timeout(LIMIT, self.window.screenshot(&format!("failed-{file}"))).await {
            Ok(Ok(path)) => println!("    the window then: {}", path.display()),
            _ => println!("    no picture of the window could be taken"),
        }
        app::print(&self.log);
    }
}
