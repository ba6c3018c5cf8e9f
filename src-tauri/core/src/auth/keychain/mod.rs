//! Persistent storage of secrets. Never in files or anywhere else that other programs can read. Called on blocking threads
//! only, since a keyring may ask for a password.

mod chunked;
mod os;

use std::sync::Mutex;

use super::token::Secret;

pub use os::OsKeychain;

/// Keeps one secret. Its calls may block.
pub trait Keychain: Send + Sync + 'static {
    /// The secret, if there is one.
    fn load(&self) -> Result<Option<Secret>, Error>;
    /// Puts a secret in the place of the one before. Whatever happens meanwhile, the old or the new one is
    /// there afterwards.
    fn save(&self, secret: &Secret) -> Result<(), Error>;
    /// Deletes the secret, if there is one.
    fn delete(&self) -> Result<(), Error>;
}

/// Why the keyring did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No keyring runs on this machine.
    #[error("this machine has no keyring that can be reached ({why})")]
    NoKeyring {
        /// What the operating system said.
        why: String,
    },
    /// There is a keyring, and it does not let the app in.
    #[error("the keyring is locked ({why})")]
    Locked {
        /// What the operating system said.
        why: String,
    },
    /// What the keyring holds was not written by this app, or not in full.
    #[error("what the keyring holds for Sally Desktop is damaged")]
    Damaged,
    /// Another process of the person changes what it holds, and does not come to an end.
    #[error("another process uses what the keyring holds for Sally Desktop")]
    InUse,
    /// Everything of the app was removed from it in this run, so nothing is kept any more.
    #[error("everything was removed from the keyring")]
    Removed,
    /// Anything else.
    #[error("the keyring failed ({why})")]
    Other {
        /// What the operating system said.
        why: String,
    },
}

/// Keeps the secret for this run only, and counts as remembering it: for tests, and for programs that must
/// not touch the person's keyring.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<Option<Secret>>);

impl MemoryKeychain {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn slot(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Keychain for MemoryKeychain {
    fn load(&self) -> Result<Option<Secret>, Error> {
        Ok(self.slot().clone())
    }

    fn save(&self, secret: &Secret) -> Result<(), Error> {
        *self.slot() = Some(secret.clone());
        Ok(())
    }

    fn delete(&self) -> Result<(), Error> {
        *self.slot() = None;
        Ok(())
    }
}
