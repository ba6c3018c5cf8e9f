//! What a page hears: only what is said to its window here, by the channel that it handed over with the command `listen`.
//! Tauri's own events are closed to the pages, since plugins broadcast there what no page is told: the addresses of
//! callbacks, and the paths of dropped files.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sally_core::api::Event;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, WebviewWindow};

/// The channels of the pages that listen, by the labels of their windows.
#[derive(Default)]
pub(super) struct Listeners(Mutex<HashMap<String, Channel<Event>>>);

impl Listeners {
    fn channels(&self) -> MutexGuard<'_, HashMap<String, Channel<Event>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// From now on this page hears by this channel; an earlier page of its window, nothing more.
pub(super) fn listen(page: &WebviewWindow, channel: Channel<Event>) {
    page.state::<Listeners>().channels().insert(page.label().to_owned(), channel);
}

/// Tells one window.
pub(super) fn tell(handle: &AppHandle, label: &str, event: Event) {
    let channel = handle.state::<Listeners>().channels().get(label).cloned();
    if let Some(channel) = channel {
        say(label, &channel, event);
    }
}

/// Tells both windows.
pub(super) fn tell_all(handle: &AppHandle, event: &Event) {
    let channels = handle.state::<Listeners>().channels().clone();
    for (label, channel) in channels {
        say(&label, &channel, event.clone());
    }
}

fn say(label: &str, channel: &Channel<Event>, event: Event) {
    if let Err(error) = channel.send(event) {
        tracing::warn!(%error, label, "the window could not be told");
    }
}
