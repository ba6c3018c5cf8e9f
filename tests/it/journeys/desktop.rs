//! A desktop that records what it should show.

use sally_core::api::Tray;
use sally_core::app::{Desktop, Notification};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// Something that it is to show.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// The tray's menu and badge.
    Tray(Tray),
    /// A notification.
    Notification(Notification),
}

pub(crate) struct NotedDesktop(UnboundedSender<Shown>);

impl NotedDesktop {
    /// The desktop, and what it notes.
    pub(crate) fn new() -> (Self, UnboundedReceiver<Shown>) {
        let (note, noted) = mpsc::unbounded_channel();
        (Self(note), noted)
    }
}

impl Desktop for NotedDesktop {
    fn show_tray(&self, tray: Tray) {
        // Who does not look has dropped the other end.
        let _ = self.0.send(Shown::Tray(tray));
    }

    fn notify(&self, notification: Notification) {
        let _ = self.0.send(Shown::Notification(notification));
    }
}
