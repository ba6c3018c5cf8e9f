//! What the outbox has under way, and what has to wait.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use tokio::task::{Id, JoinError, JoinSet};

use super::{Accounts, Error, Outbox, UNREACHED_DELAY};
use crate::domain::id::OrganizationId;
use crate::domain::transitions;

/// See the module.
#[derive(Default)]
pub(super) struct InFlight {
    pub(super) queues: JoinSet<Result<(), Error>>,
    pub(super) busy: HashMap<Id, OrganizationId>,
    pub(super) reconciling: JoinSet<Result<(), Error>>,
    /// Searches that failed in a row, and the moment before which there is no other.
    pub(super) reconcile_failures: (u32, Option<Timestamp>),
    /// Organizations whose queue broke off: what was on its way there may have arrived.
    pub(super) broken: HashSet<OrganizationId>,
    /// Who was connected when what waits was looked at last: nothing is claimed in another name.
    pub(super) accounts: Accounts,
    /// Somebody was connected, and what waits has not been looked at since.
    pub(super) has_new_signer: bool,
}

impl InFlight {
    pub(super) fn queue_ended(&mut self, outbox: &Outbox, ended: Result<(Id, Result<(), Error>), JoinError>) {
        let (id, broken) = match ended {
            Ok((id, Ok(()))) => (id, None),
            Ok((id, Err(error))) => (id, Some(error)),
            Err(error) => (error.id(), Some(error.into())),
        };
        let Some(organization) = self.busy.remove(&id) else { return };
        if let Some(error) = broken {
            outbox.report_failure(&error);
            self.broken.insert(organization);
        }
    }

    pub(super) fn reconcile_ended(&mut self, outbox: &Outbox, ended: Result<Result<(), Error>, JoinError>) {
        let failed = match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(error) => Some(error.into()),
        };
        let Some(error) = failed else {
            self.reconcile_failures = (0, None);
            return;
        };
        outbox.report_failure(&error);
        // It asked Confluence before it failed, so it waits longer each time.
        let (failures, _) = self.reconcile_failures;
        let pause = SignedDuration::try_from(transitions::backoff(failures, 0))
            .unwrap_or(UNREACHED_DELAY)
            .max(UNREACHED_DELAY);
        self.reconcile_failures = (failures + 1, outbox.0.clock.now().saturating_add(pause).ok());
    }
}
