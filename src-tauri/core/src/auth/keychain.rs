//! Where tokens survive the end of the program: the operating system's keyring, through the crate
//! `keyring`. Refuses files, and anything else that another program could read. Called by `session`, always
//! on a thread that may block, because a keyring may ask the person for a password first.
#![expect(clippy::disallowed_types, reason = "the one owner of the keyring")]

use std::sync::Mutex;

use keyring::Entry;
use secrecy::zeroize::Zeroizing;

use super::config::Settings;
use super::parted::{Entries, Parted};
use super::token::Secret;

/// Groups the app's entries in the keyring; the same on every system.
const SERVICE: &str = "app.sally-desktop.SallyDesktop";

/// Bytes that one entry may hold: Windows' `CRED_MAX_CREDENTIAL_BLOB_SIZE`. Tokens of Atlassian's are longer
/// than that. The other systems' entries have room.
const LIMIT: Option<usize> = if cfg!(windows) { Some(5 * 512) } else { None };

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
    /// Anything else.
    #[error("the keyring failed ({why})")]
    Other {
        /// What the operating system said.
        why: String,
    },
}

/// The operating system's keyring.
pub struct OsKeychain(Parted<OsEntries>);

impl OsKeychain {
    /// The entry of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(Parted::new(OsEntries, name.into(), LIMIT))
    }

    /// The entry for the connection to the Atlassian of these settings. A sandbox has an entry of its own,
    /// so that it is never shown the tokens of the real one.
    pub fn of(settings: &Settings) -> Self {
        Self::named(entry_of(settings))
    }

    /// The entry beside it for [`Marks`](super::Marks).
    pub fn of_marks(settings: &Settings) -> Self {
        Self::named(format!("{} runs", entry_of(settings)))
    }
}

fn entry_of(settings: &Settings) -> String {
    settings.sandbox().map_or_else(|| "atlassian".to_owned(), |host| format!("sandbox {host}"))
}

impl Keychain for OsKeychain {
    fn load(&self) -> Result<Option<Secret>, Error> {
        self.0.load()
    }

    fn save(&self, secret: &Secret) -> Result<(), Error> {
        self.0.save(secret)
    }

    fn delete(&self) -> Result<(), Error> {
        self.0.delete()
    }
}

struct OsEntries;

impl OsEntries {
    fn entry(name: &str) -> Result<Entry, Error> {
        Entry::new(SERVICE, name).map_err(Error::from)
    }
}

impl Entries for OsEntries {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
        match Self::entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        Ok(Self::entry(name)?.set_secret(bytes)?)
    }

    fn delete(&self, name: &str) -> Result<(), Error> {
        match Self::entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<keyring::Error> for Error {
    /// Keeps the words and drops the error itself: its `Debug` prints the bytes of a damaged entry.
    fn from(error: keyring::Error) -> Self {
        match &error {
            keyring::Error::NoDefaultStore => {
                let status = Entry::store_status().as_ref().err();
                Self::NoKeyring { why: status.unwrap_or(&error).to_string() }
            }
            keyring::Error::NoStorageAccess(_) => Self::Locked { why: error.to_string() },
            keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => Self::Damaged,
            _ => Self::Other { why: error.to_string() },
        }
    }
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
