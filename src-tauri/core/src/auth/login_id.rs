//! The identifier of a login. Used by the session, API tokens and `app` to tell logins apart.

use uuid::Uuid;

/// One login of this run, the connection of an earlier one, or an API token: whose tokens sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginId(Uuid);

impl LoginId {
    pub(super) fn new() -> Self {
        Self(Uuid::new_v4())
    }
}
