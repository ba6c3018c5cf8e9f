//! How far reading is.

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::api::{SyncReport, SyncState};
use crate::app::{Error, words};

#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) state: SyncState,
    pub(super) running: Option<CancellationToken>,
    /// When reading was begun last, in this run.
    pub(super) began: Option<Timestamp>,
    pub(super) report: SyncReport,
    pub(super) done: u32,
    pub(super) total: u32,
    /// End of the current back-off: nobody asks before this moment, since the server said so.
    pub(super) not_before: Option<Timestamp>,
}

impl Progress {
    /// Nothing runs any more. Whoever begins to read anew finds either what ran or that it ended.
    pub(super) fn end(&mut self, result: Option<Result<(), Error>>) {
        self.running = None;
        let mut report = std::mem::take(&mut self.report);
        match result {
            None => report.cancelled = true,
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "reading meetings ended early");
                report.problem = Some(words::view(&error.problem()));
            }
        }
        self.state = SyncState::Ended(report);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_does_not_run_and_what_it_brought_is_told_once() {
        let mut now = Progress { running: Some(CancellationToken::new()), ..Progress::default() };
        now.report.added = 3;
        now.end(None);
        assert!(now.running.is_none(), "another may begin");
        let SyncState::Ended(report) = &now.state else { panic!("it is shown as ended: {:?}", now.state) };
        assert_eq!((report.added, report.cancelled), (3, true));
        now.end(Some(Err(Error::not_now(crate::domain::problem::NotNow::NoWords))));
        let SyncState::Ended(report) = &now.state else { panic!("it is shown as ended: {:?}", now.state) };
        assert_eq!((report.added, report.cancelled), (0, false), "the next report begins anew");
        assert_eq!(
            report.problem.as_ref().map(|problem| problem.message.as_str()),
            Some("An item needs words.")
        );
    }
}
