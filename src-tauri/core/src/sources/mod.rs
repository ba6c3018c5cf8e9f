//! Where meetings come from. A source reads what another tool wrote and hands over
//! [`Meeting`](crate::domain::meeting::Meeting)s; it adds nothing of its own. Refuses SQL, the keyring and
//! any opinion on what to do with a meeting. `app` is its only caller.

pub mod files;
pub mod sally;
pub mod watch;
