//! The use cases, and the only room that joins the others. [`App`] is a facade: each of its public functions is one thing that
//! a person does, and belongs to one of the parts below, which own what they need and see nothing else. Refuses Tauri, SQL
//! and Atlassian's JSON. Called by the shell's commands and by the journeys.

mod consent;
mod desktop;
mod dialogs;
mod error;
mod events;
mod facade;
mod library;
mod links;
mod login;
mod network;
mod outbox;
mod pickers;
mod ports;
mod reader;
mod remove;
mod settings;
mod start;
mod status;
mod sync;
mod tasks;
mod upkeep;
mod words;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use crate::api::Event;
pub use error::Error;
pub use ports::{Browser, Desktop, Notification, Opens, Question, Window};
pub use reader::{Ended, READ_TIMEOUT};
pub use start::{Outside, Setup};
pub use words::desktop as desktop_words;

use crate::store::Store;

/// How long the end of the app waits for what is on its way. Confluence answers within a second or two, and needs some
/// more for a large page; whoever quits does not expect a program to stay for longer.
pub const END_TIMEOUT: Duration = Duration::from_secs(8);

/// How long the end of the app then waits for the disk.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// The app. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    folder: PathBuf,
    /// The files of the locks of the keyring's entries.
    locks: [PathBuf; 4],
    /// The name of the sandbox, where Atlassian is one.
    sandbox: Option<String>,
    store: Store,
    events: events::Events,
    tasks: tasks::Tasks,
    login: login::Login,
    outbox: outbox::Outbox,
    network: network::Network,
    sync: sync::Sync,
    library: library::Library,
    dialogs: dialogs::Dialogs,
    pickers: pickers::Pickers,
    links: links::Links,
    around: desktop::Around,
    /// Held while everything is removed; whether the keyring had anything of this data.
    removing: tokio::sync::Mutex<Option<bool>>,
}

impl App {
    /// Ends the app: nothing new is begun, what is on its way is waited for and recorded, and the database is closed. Returns
    /// within seconds, whatever hangs: what was not answered by then is doubted by the next start.
    pub async fn end(&self) {
        self.0.tasks.begin_to_end();
        self.0.store.give_up();
        self.0.tasks.wait_or_abandon(END_TIMEOUT).await;
        let closed = async {
            self.0.tasks.wait().await;
            self.0.store.settled().await;
            let store = self.0.store.clone();
            tokio::task::spawn_blocking(move || store.close()).await
        };
        if tokio::time::timeout(CLOSE_TIMEOUT, closed).await.is_err() {
            tracing::warn!("the app ends although the disk is busy");
        }
    }

    /// Lets the database grow to so many pages and no further, or as far as it has grown already, as a full disk does. For
    /// tests: a release build does not have it, and no command calls it.
    #[cfg(debug_assertions)]
    pub async fn limit_pages(&self, most: u32) -> Result<(), Error> {
        Ok(self.0.store.limit_pages(most).await?)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these locks guard is changed in one step, so a panic elsewhere leaves it whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
