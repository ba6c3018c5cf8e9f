//! The core, started beside the window: the window appears while the database is opened, and commands wait for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sally_core::api::ErrorView;
use sally_core::app::{App, Error, Outside, READ_TIMEOUT, Setup};
use sally_core::auth::OsKeychain;
use sally_core::clock::SystemClock;
use sally_core::domain::problem;
use sally_core::http::Limits;
use tauri::{AppHandle, Manager as _};
use tokio::sync::watch;

use super::browser::SystemBrowser;
use super::desktop::Lent;
use super::environment::Environment;
use super::proxies::System;
use super::window::MainWindow;

type Started = Result<App, ErrorView>;

/// The core, or why it could not be started.
pub(super) struct Core(watch::Receiver<Option<Started>>);

impl Core {
    /// Starts the core in the background.
    pub(super) fn start(handle: &AppHandle, environment: Environment) -> Self {
        let (tell, started) = watch::channel(None);
        let handle = handle.clone();
        tauri::async_runtime::spawn(async move {
            let core = start(&handle, environment).await;
            if let Ok(app) = &core {
                super::window::show_as_chosen(&handle, app).await;
            }
            tell.send_replace(Some(core));
        });
        Self(started)
    }

    /// The core, as soon as it is there.
    pub(super) async fn app(&self) -> Started {
        let mut started = self.0.clone();
        let core = started.wait_for(Option::is_some).await.map_err(|_| ending())?;
        core.clone().unwrap_or_else(|| Err(ending()))
    }

    /// Ends the core as soon as it is there, if it can be started.
    pub(super) async fn end(&self) {
        if let Ok(app) = self.app().await {
            app.end().await;
        }
    }
}

async fn start(handle: &AppHandle, environment: Environment) -> Started {
    let atlassian = environment.atlassian.map_err(|refused| Error::Auth(refused.into()).view())?;
    let sally = environment.sally.map_err(|refused| Error::Auth(refused.into()).view())?;
    let (folder, older_folder) = data_folder(handle)?;
    let lock_folder = lock_folder(handle).unwrap_or_else(|| folder.clone());
    let outside = Outside {
        variables: environment.proxies,
        system: Arc::new(System),
        keychain: Arc::new(OsKeychain::named(atlassian.proxies_entry())),
    };
    let setup = Setup {
        folder,
        older_folder,
        keychain: Arc::new(OsKeychain::named(atlassian.keychain_entry())),
        token_keychain: Arc::new(OsKeychain::named(atlassian.api_tokens_entry())),
        marks: Arc::new(OsKeychain::named(atlassian.marks_entry())),
        machine: machine().await,
        atlassian,
        server_keychain: Arc::new(OsKeychain::named(sally.keychain_entry())),
        lock_folder,
        sally,
        clock: Arc::new(SystemClock),
        browser: Arc::new(SystemBrowser::new(handle.clone())),
        window: Arc::new(MainWindow::new(handle.clone())),
        desktop: Arc::new(handle.state::<Lent>().inner().clone()),
        outside,
        limits: Limits::STANDARD,
        read_timeout: READ_TIMEOUT,
    };
    App::start(setup).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "the core could not be started");
        error.view()
    })
}

/// The machine's own id. Some systems start a program to find it.
async fn machine() -> Option<String> {
    let asked = tokio::task::spawn_blocking(|| machine_uid::get().map_err(|error| error.to_string())).await;
    match asked.unwrap_or_else(|error| Err(error.to_string())) {
        Ok(id) => Some(id),
        Err(error) => {
            tracing::info!(error, "this machine has no id of its own");
            None
        }
    }
}

/// Where the data lies, and where earlier versions had it. On Windows that is a folder which companies copy from one computer
/// to the next (`Roaming`); elsewhere it is the same one.
pub(super) fn data_folder(handle: &AppHandle) -> Result<(PathBuf, Option<PathBuf>), ErrorView> {
    if let Some(folder) = std::env::var_os("SALLY_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return Ok((PathBuf::from(folder), None));
    }
    let folder =
        handle.path().app_local_data_dir().map_err(|_| Error::from(problem::Desktop::NoDataFolder).view())?;
    Ok((folder, handle.path().app_data_dir().ok()))
}

/// Where the locks of the keyring's entries lie: the keyring is the person's, whatever data folder they use. Linux has a folder
/// for each person that is logged in; elsewhere it is the one for the app's data.
fn lock_folder(handle: &AppHandle) -> Option<PathBuf> {
    let runtime = handle.path().runtime_dir().ok().filter(|folder| is_own(folder));
    match runtime {
        Some(folder) => Some(folder.join(&handle.config().identifier)),
        None => handle.path().app_local_data_dir().ok(),
    }
}

/// Whether a folder belongs to who runs the app. A program that is started in another person's place may be given theirs.
#[cfg(unix)]
fn is_own(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    folder.metadata().is_ok_and(|about| about.uid() == rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
fn is_own(folder: &Path) -> bool {
    folder.is_dir()
}

fn ending() -> ErrorView {
    Error::Store(sally_core::store::Error::Ending).view()
}
