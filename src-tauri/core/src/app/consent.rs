//! What only the person may allow, such as a host that the app has not talked to before. It is asked in a dialog of the
//! system: a script in a page could answer any other. Decides nothing about what has to be asked. Called by `sync` and
//! `links`.

use std::sync::Arc;

use tokio::sync::{Mutex, oneshot};

use super::{Desktop, Question};

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Consent(Arc<Inner>);

struct Inner {
    desktop: Arc<dyn Desktop>,
    /// Held while a dialog is open.
    asking: Mutex<()>,
}

impl Consent {
    pub(super) fn new(desktop: Arc<dyn Desktop>) -> Self {
        Self(Arc::new(Inner { desktop, asking: Mutex::default() }))
    }

    /// Whether the person allows it. While one dialog is open there is no second one, which a person who is used to agreeing
    /// might not read: then the answer is no.
    pub(super) async fn ask(&self, question: Question) -> bool {
        let Ok(_asking) = self.0.asking.try_lock() else { return false };
        let (answer, answered) = oneshot::channel();
        self.0.desktop.ask(question, answer);
        answered.await.unwrap_or(false)
    }
}
