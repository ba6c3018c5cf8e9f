//! A desktop that records what it should show.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sally_core::api::Tray;
use sally_core::app::{Desktop, Notification, Question};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::oneshot;

/// Something that it is to show.
#[derive(Clone, Debug)]
pub(crate) enum Shown {
    /// The tray's menu and badge.
    Tray(Tray),
    /// A notification.
    Notification(Notification),
    /// A question.
    Question(Question),
}

pub(crate) struct NotedDesktop {
    note: UnboundedSender<Shown>,
    /// What the person answers.
    allows: Arc<AtomicBool>,
}

impl NotedDesktop {
    /// The desktop of somebody who answers so, and what it notes.
    pub(crate) fn new(allows: Arc<AtomicBool>) -> (Self, UnboundedReceiver<Shown>) {
        let (note, noted) = mpsc::unbounded_channel();
        (Self { note, allows }, noted)
    }
}

impl Desktop for NotedDesktop {
    fn show_tray(&self, tray: Tray) {
        // Who does not look has dropped the other end.
        let _ = self.note.send(Shown::Tray(tray));
    }

    fn notify(&self, notification: Notification) {
        let _ = self.note.send(Shown::Notification(notification));
    }

    fn ask(&self, question: Question, answer: oneshot::Sender<bool>) {
        let _ = self.note.send(Shown::Question(question));
        let _ = answer.send(self.allows.load(Ordering::SeqCst));
    }
}
