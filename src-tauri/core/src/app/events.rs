//! What happened without being asked for: kept until the window listens, handed on at once from then on.

use std::sync::{Arc, Mutex};

use super::lock;
use super::ports::Window;
use super::words;
use crate::api::Event;
use crate::domain::problem::Problem;

/// The way to the window. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Events(Arc<Inner>);

struct Inner {
    window: Arc<dyn Window>,
    /// Events until the window listens; `None` afterwards.
    buffered: Mutex<Option<Vec<Event>>>,
}

impl Events {
    pub(super) fn new(window: Arc<dyn Window>) -> Self {
        Self(Arc::new(Inner { window, buffered: Mutex::new(Some(Vec::new())) }))
    }

    /// Tells the window, as soon as it listens.
    pub(super) fn emit(&self, event: Event) {
        match &mut *lock(&self.0.buffered) {
            Some(buffered) => buffered.push(event),
            None => self.0.window.tell(event),
        }
    }

    /// Tells the person something that nobody waited for.
    pub(super) fn notice(&self, problem: &Problem) {
        self.emit(Event::Notice(words::view(problem)));
    }

    /// Takes back what a notice said, since it is over.
    pub(super) fn notice_over(&self, problem: &Problem) {
        self.emit(Event::NoticeOver(words::view(problem)));
    }

    /// The window listens from now on.
    pub(super) fn flush_buffered(&self) {
        for event in lock(&self.0.buffered).take().into_iter().flatten() {
            self.0.window.tell(event);
        }
    }

    /// Brings the window to the front.
    pub(super) fn come_to_front(&self) {
        self.0.window.come_to_front();
    }
}
