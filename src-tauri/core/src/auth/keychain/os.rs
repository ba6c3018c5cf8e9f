//! The operating system's keyring, by the crate `keyring`.
#![expect(clippy::disallowed_types, reason = "the one owner of the keyring")]

use keyring::Entry;
use secrecy::zeroize::Zeroizing;

use super::chunked::{ChunkedSecret, Entries};
use super::{Error, Keychain};
use crate::auth::token::Secret;

/// Groups the app's entries in the keyring; the same on every system.
const SERVICE: &str = "app.sally-desktop.SallyDesktop";

/// Bytes that one entry may hold: Windows' `CRED_MAX_CREDENTIAL_BLOB_SIZE`. Tokens of Atlassian's are longer
/// than that. The other systems' entries have room.
const LIMIT: Option<usize> = if cfg!(windows) { Some(5 * 512) } else { None };

/// The operating system's keyring.
pub struct OsKeychain(ChunkedSecret<OsEntries>);

impl OsKeychain {
    /// The entry of this name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(ChunkedSecret::new(OsEntries, name.into(), LIMIT))
    }
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
