//! The app under test: its program, its surroundings, its life.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::browser::TestBrowser;
use crate::driver::Driver;
use crate::locator::LIMIT;
use crate::session::Session;
use crate::steps::Steps;
use crate::window::{Page, Window};

/// The Atlassian and the Sally that the app talks to.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    /// Where a person logs in.
    pub(crate) auth_url: String,
    /// Where the app asks.
    pub(crate) api_url: String,
    /// Where Sally is.
    pub(crate) sally_url: String,
    /// The app's registration.
    pub(crate) client_id: String,
    /// Its secret.
    pub(crate) client_secret: String,
    /// Where the browser comes back to; the app's own scheme where there is none.
    pub(crate) redirect_uri: Option<String>,
}

/// How the app is started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The program.
    pub(crate) program: PathBuf,
    /// What it talks to.
    pub(crate) backend: Option<Backend>,
    /// Its command line.
    pub(crate) arguments: Vec<String>,
    /// What is in its environment besides.
    pub(crate) variables: Vec<(&'static str, String)>,
}

impl Launch {
    /// The given program of the build, as it comes.
    pub(crate) fn program(name: &str) -> Result<Self> {
        Ok(Self { program: built(name)?, backend: None, arguments: Vec::new(), variables: Vec::new() })
    }

    /// Sally, or the program that `SALLY_E2E_APP` names, on a backend.
    pub(crate) fn sally(backend: Backend) -> Result<Self> {
        Ok(Self { backend: Some(backend), ..Self::sally_itself()? })
    }

    /// The same with Atlassian's and Sally's own addresses.
    pub(crate) fn sally_itself() -> Result<Self> {
        let program = match std::env::var_os("SALLY_E2E_APP") {
            Some(program) => program.into(),
            None => built("sally-desktop")?,
        };
        Ok(Self { program, backend: None, arguments: Vec::new(), variables: Vec::new() })
    }

    fn environment(&self, session: &Session, browser: &TestBrowser) -> Result<Vec<(&'static str, String)>> {
        let mut environment = vec![
            ("SALLY_DATA_DIR", session.path("data").display().to_string()),
            ("SALLY_LOG", std::env::var("SALLY_LOG").unwrap_or_else(|_| "info".into())),
            ("SALLY_BROWSER", beside_tests("sally-test-browser")?.display().to_string()),
            ("SALLY_TEST_BROWSER_PORT", browser.port()?.to_string()),
            ("RUST_BACKTRACE", "1".into()),
        ];
        if let Some(backend) = &self.backend {
            environment.extend([
                ("SALLY_ATLASSIAN_AUTH_URL", backend.auth_url.clone()),
                ("SALLY_ATLASSIAN_API_URL", backend.api_url.clone()),
                ("SALLY_MCP_URL", backend.sally_url.clone()),
                ("SALLY_ATLASSIAN_CLIENT_ID", backend.client_id.clone()),
                ("SALLY_ATLASSIAN_CLIENT_SECRET", backend.client_secret.clone()),
            ]);
            environment.extend(
                backend.redirect_uri.clone().map(|address| ("SALLY_ATLASSIAN_REDIRECT_URI", address)),
            );
        }
        // Last, so that they hold.
        environment.extend(self.variables.iter().cloned());
        Ok(environment)
    }
}

/// The running app.
pub(crate) struct App<'s> {
    session: &'s Session,
    launch: Launch,
    browser: TestBrowser,
    /// `None` only while it is being restarted.
    driver: Option<Driver>,
    window: Window,
    log: PathBuf,
}

impl<'s> App<'s> {
    /// Starts the app and waits until its page says that it is ready.
    pub(crate) async fn start(session: &'s Session, launch: Launch) -> Result<Self> {
        let browser = TestBrowser::start().await?;
        let log = session.path("app.log");
        let (driver, window) = open(session, &launch, &browser, &log).await.inspect_err(|_| print(&log))?;
        Ok(Self { session, launch, browser, driver: Some(driver), window, log })
    }

    /// Ends the app, and starts it again with other arguments on the same desktop and data.
    #[cfg(target_os = "linux")]
    pub(crate) async fn restart(&mut self, arguments: &[&str]) -> Result<()> {
        self.launch.arguments = arguments.iter().map(ToString::to_string).collect();
        self.driver = None;
        self.session.wait_until_no_instance()?;
        let (driver, window) = open(self.session, &self.launch, &self.browser, &self.log).await?;
        self.driver = Some(driver);
        self.window = window;
        Ok(())
    }

    /// Starts the program a second time, as "open with" and the command line do while it runs, and waits for
    /// this second one to hand over and end.
    pub(crate) fn open_again(&self, arguments: &[&str]) -> Result<()> {
        let mut command = self.session.command(&self.launch.program);
        command.args(arguments).envs(self.launch.environment(self.session, &self.browser)?);
        let output = command.output()?;
        anyhow::ensure!(output.status.success(), "the second start failed: {output:?}");
        Ok(())
    }

    /// The window.
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }

    /// Turns to another window of the app: [`Self::window`] is that one from then on.
    pub(crate) async fn turn_to(&self, page: Page) -> Result<()> {
        self.window.turn_to(page).await
    }

    /// Waits until the app has logged these words so often, over all its starts.
    pub(crate) async fn wait_for_log(&self, words: &str, times: usize) -> Result<()> {
        let deadline = tokio::time::Instant::now() + LIMIT;
        while self.log().matches(words).count() < times {
            anyhow::ensure!(tokio::time::Instant::now() < deadline, "“{words}” was not logged {times} times");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The browser that the app opens addresses in.
    pub(crate) fn browser(&self) -> &TestBrowser {
        &self.browser
    }

    /// Steps to be watched; one that fails leaves a picture and the app's log.
    pub(crate) fn steps(&self, title: &str) -> Steps {
        Steps::new(title, self.window.clone(), self.log.clone())
    }

    /// All that the app and its driver have said so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for App<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print(&self.log);
        }
    }
}

async fn open(
    session: &Session,
    launch: &Launch,
    browser: &TestBrowser,
    log: &Path,
) -> Result<(Driver, Window)> {
    let environment = launch.environment(session, browser)?;
    let driver = Driver::start(session, &launch.program, &launch.arguments, &environment, log).await?;
    let window = Window::new(driver.remote.clone());
    window.wait_until_ready().await?;
    Ok((driver, window))
}

/// Prints the end of the app's log.
pub(crate) fn print(log: &Path) {
    const LINES: usize = 80;
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    println!("    ── the app's log, last lines ──");
    for line in &lines[lines.len().saturating_sub(LINES)..] {
        println!("    {line}");
    }
    println!("    ──");
}

/// A program of the same build; it must be there.
fn built(name: &str) -> Result<PathBuf> {
    let path = beside_tests(name)?;
    anyhow::ensure!(path.exists(), "{} is not built: run the tests by `cargo xtask e2e`", path.display());
    Ok(path)
}

fn beside_tests(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let directory = test.parent().and_then(Path::parent).context("the test runs outside of a build")?;
    Ok(directory.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}
