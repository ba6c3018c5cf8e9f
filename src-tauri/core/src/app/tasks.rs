//! What runs beside the commands, and its end: nothing new is begun, what is under way is waited for, and what hangs is
//! abandoned.

use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The tasks of the app. Cheap to clone; all clones are one.
#[derive(Clone, Default)]
pub(super) struct Tasks {
    ending: CancellationToken,
    running: TaskTracker,
    abandoned: CancellationToken,
}

impl Tasks {
    /// Starts a task that the end of the app waits for.
    pub(super) fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) {
        self.running.spawn(self.abandoned.clone().run_until_cancelled_owned(task));
    }

    /// Starts a task that the end of the app cuts off: nothing of it has to be finished.
    pub(super) fn spawn_until_ending<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) {
        tokio::spawn(self.ending.clone().run_until_cancelled_owned(task));
    }

    /// Cancelled when the app ends.
    pub(super) fn ending(&self) -> &CancellationToken {
        &self.ending
    }

    /// Begins nothing new from now on.
    pub(super) fn begin_to_end(&self) {
        self.ending.cancel();
        self.running.close();
    }

    /// Waits for what is under way, and abandons it after `limit`. By no clock of the app's: that may be set back, and a
    /// person waits for this.
    pub(super) async fn wait_or_abandon(&self, limit: Duration) {
        if tokio::time::timeout(limit, self.running.wait()).await.is_err() {
            tracing::warn!("the app ends although something is still on its way");
            self.abandoned.cancel();
        }
    }

    /// Waits for what is under way.
    pub(super) async fn wait(&self) {
        self.running.wait().await;
    }
}
