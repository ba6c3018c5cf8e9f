//! Sources of meetings. A source reads what another tool exported or serves and returns
//! [`Meeting`](crate::domain::meeting::Meeting)s, without changing their content. No SQL and no keyring. Called by `app`
//! only.

pub mod files;
pub mod sally;
pub mod watch;
