//! A browser that opens nothing, and notes what it was asked to open. For all that start the core without a window.

use std::io;
use std::sync::{Mutex, PoisonError};

use sally_core::app::Browser;
use url::Url;

#[derive(Default)]
pub(crate) struct NotedBrowser(Mutex<Vec<Url>>);

impl NotedBrowser {
    /// The addresses, in their order.
    pub(crate) fn opened(&self) -> Vec<Url> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Browser for NotedBrowser {
    fn open(&self, address: &Url) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(address.clone());
        Ok(())
    }
}
