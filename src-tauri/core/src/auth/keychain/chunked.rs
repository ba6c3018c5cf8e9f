//! Splits a secret into several keyring entries, as Windows' entries are shorter than Atlassian's tokens. A keyring is only
//! atomic per entry, so the parts are written first and then the head entry that refers to them: a crash leaves either
//! the old or the new secret.
//!
//! There are two sets of parts; a save writes the set that the head does not refer to. A set is written upwards and
//! deleted downwards, so it never has gaps and the leftovers of a crash can be found without an index.

use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Error;
use crate::auth::token::Secret;

/// How often a secret is read again that another process changes at the same time.
const MAX_ATTEMPTS: usize = 3;

/// Named entries of bytes.
pub(super) trait Entries: Send + Sync + 'static {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error>;
    fn set(&self, name: &str, bytes: &[u8]) -> Result<(), Error>;
    /// Succeeds if there is no such entry.
    fn delete(&self, name: &str) -> Result<(), Error>;
}

pub(super) struct ChunkedSecret<E> {
    entries: E,
    name: String,
    /// Bytes that an entry can hold; none if there is no bound.
    limit: Option<usize>,
}

/// What the head entry says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Head {
    /// It fits.
    Whole(String),
    /// It does not.
    Parts {
        set: Set,
        count: usize,
        /// SHA-256 of the whole, by which a mixture of two saves is recognised.
        digest: [u8; 32],
    },
    /// It says nothing that this program understands.
    #[serde(skip)]
    Foreign,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Set {
    A,
    B,
}

impl<E: Entries> ChunkedSecret<E> {
    pub(super) fn new(entries: E, name: String, limit: Option<usize>) -> Self {
        Self { entries, name, limit }
    }

    pub(super) fn load(&self) -> Result<Option<Secret>, Error> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(head) = self.head()? else { return Ok(None) };
            let whole = match head {
                Head::Whole(text) => Some(text),
                Head::Parts { set, count, digest } => self.join(set, count, &digest)?,
                Head::Foreign => None,
            };
            if let Some(text) = whole {
                return Ok(Some(Secret::new(text)));
            }
        }
        Err(Error::Damaged)
    }

    pub(super) fn save(&self, secret: &Secret) -> Result<(), Error> {
        let whole = encode(&Head::Whole(secret.expose().to_owned()))?;
        let Some(limit) = self.limit else { return self.entries.set(&self.name, &whole) };
        if whole.len() <= limit {
            self.entries.set(&self.name, &whole)?;
            self.clear(Set::A)?;
            return self.clear(Set::B);
        }
        let (new, old) = match self.head()? {
            Some(Head::Parts { set: Set::A, .. }) => (Set::B, Set::A),
            _ => (Set::A, Set::B),
        };
        self.clear(new)?;
        let bytes = secret.expose().as_bytes();
        let mut count = 0;
        for part in bytes.chunks(limit) {
            self.entries.set(&self.part(new, count), part)?;
            count += 1;
        }
        let head = Head::Parts { set: new, count, digest: Sha256::digest(bytes).into() };
        self.entries.set(&self.name, &encode(&head)?)?;
        self.clear(old)
    }

    pub(super) fn delete(&self) -> Result<(), Error> {
        self.entries.delete(&self.name)?;
        if self.limit.is_some() {
            self.clear(Set::A)?;
            self.clear(Set::B)?;
        }
        Ok(())
    }

    fn head(&self) -> Result<Option<Head>, Error> {
        let bytes = self.entries.get(&self.name)?;
        Ok(bytes.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Head::Foreign)))
    }

    /// The whole, or none if the parts are not those that the head meant.
    fn join(&self, set: Set, count: usize, digest: &[u8; 32]) -> Result<Option<String>, Error> {
        let mut whole = Zeroizing::new(Vec::new());
        for index in 0..count {
            let Some(part) = self.entries.get(&self.part(set, index))? else { return Ok(None) };
            whole.extend_from_slice(&part);
        }
        let is_meant = <[u8; 32]>::from(Sha256::digest(whole.as_slice())) == *digest;
        Ok(is_meant.then(|| String::from_utf8(whole.to_vec()).ok()).flatten())
    }

    /// Deletes a set of parts, the last one first.
    fn clear(&self, set: Set) -> Result<(), Error> {
        let mut count = 0;
        while self.entries.get(&self.part(set, count))?.is_some() {
            count += 1;
        }
        (0..count).rev().try_for_each(|index| self.entries.delete(&self.part(set, index)))
    }

    fn part(&self, set: Set, index: usize) -> String {
        let set = if set == Set::A { 'a' } else { 'b' };
        format!("{} {set}{index}", self.name)
    }
}

fn encode(head: &Head) -> Result<Zeroizing<Vec<u8>>, Error> {
    serde_json::to_vec(head).map(Zeroizing::new).map_err(|error| Error::Other { why: error.to_string() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Enough for a head, and too little for the secrets below.
    const LIMIT: usize = 256;

    #[derive(Clone, Default)]
    struct Memory {
        entries: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
        /// Changes that still succeed; none for no end.
        left: Arc<Mutex<Option<usize>>>,
    }

    impl Memory {
        fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) -> Result<(), Error> {
            let mut left = self.left.lock().unwrap();
            if *left == Some(0) {
                return Err(Error::Other { why: "the power is gone".into() });
            }
            *left = left.map(|left| left - 1);
            change(&mut self.entries.lock().unwrap());
            Ok(())
        }

        fn names(&self) -> Vec<String> {
            self.entries.lock().unwrap().keys().cloned().collect()
        }
    }

    impl Entries for Memory {
        fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
            Ok(self.entries.lock().unwrap().get(name).cloned().map(Zeroizing::new))
        }

        fn set(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
            assert!(bytes.len() <= LIMIT, "Windows would refuse {} bytes for {name}", bytes.len());
            self.change(|entries| drop(entries.insert(name.to_owned(), bytes.to_vec())))
        }

        fn delete(&self, name: &str) -> Result<(), Error> {
            self.change(|entries| drop(entries.remove(name)))
        }
    }

    fn chunked(memory: &Memory) -> ChunkedSecret<Memory> {
        ChunkedSecret::new(memory.clone(), "test".into(), Some(LIMIT))
    }

    fn secret(letter: &str, length: usize) -> Secret {
        Secret::new(letter.repeat(length))
    }

    fn loaded(chunked: &ChunkedSecret<Memory>) -> Option<String> {
        chunked.load().unwrap().map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn secrets_of_any_length_come_back_and_leave_nothing_behind() {
        let memory = Memory::default();
        let chunked = chunked(&memory);
        assert_eq!(loaded(&chunked), None, "there is nothing yet");
        for length in [1, 200, 244, 245, 256, 257, 5_000, 300, 10, 2_560] {
            chunked.save(&secret("x", length)).unwrap();
            assert_eq!(loaded(&chunked), Some("x".repeat(length)), "{length} bytes");
            let parts = if length <= 244 { 0 } else { length.div_ceil(LIMIT) };
            assert_eq!(memory.names().len(), 1 + parts, "old parts are deleted: {:?}", memory.names());
        }
        chunked.delete().unwrap();
        assert_eq!(memory.names(), Vec::<String>::new(), "disconnecting leaves no piece of a token");
    }

    #[test]
    fn without_a_bound_there_is_one_entry() {
        let memory = Memory::default();
        let chunked = ChunkedSecret::new(memory.clone(), "test".into(), None);
        chunked.save(&secret("x", 200)).unwrap();
        assert_eq!(memory.names(), ["test"], "no parts are needed");
        assert_eq!(loaded(&chunked).map(|text| text.len()), Some(200), "and it comes back");
    }

    #[test]
    fn a_crash_at_any_moment_leaves_the_old_secret_or_the_new() {
        for (old, new) in [(1_000, 1_000), (1_000, 3_000), (3_000, 1_000), (100, 1_000), (1_000, 100)] {
            let mut moments = 0;
            loop {
                let memory = Memory::default();
                let chunked = chunked(&memory);
                chunked.save(&secret("o", old)).unwrap();
                *memory.left.lock().unwrap() = Some(moments);
                let result = chunked.save(&secret("n", new));
                *memory.left.lock().unwrap() = None;

                let text = loaded(&chunked).expect("a secret is always there");
                let is_old = text == "o".repeat(old);
                let is_new = text == "n".repeat(new);
                assert!(is_old || is_new, "{old} → {new}, after {moments} changes: a mixture");
                assert!(is_new || result.is_err(), "a save that says it succeeded has");

                // Life goes on after the crash, and cleans up.
                chunked.save(&secret("l", 600)).unwrap();
                assert_eq!(loaded(&chunked), Some("l".repeat(600)), "after {moments} changes");
                assert_eq!(memory.names().len(), 4, "{old} → {new}, leftovers: {:?}", memory.names());
                chunked.delete().unwrap();
                assert_eq!(memory.names().len(), 0, "{old} → {new}, leftovers: {:?}", memory.names());
                if result.is_ok() {
                    break;
                }
                moments += 1;
            }
            assert!(moments > 0, "at least one change can fail, else this tests nothing");
        }
    }

    #[test]
    fn a_crash_while_deleting_leaves_nothing_that_can_be_loaded() {
        let memory = Memory::default();
        let chunked = chunked(&memory);
        chunked.save(&secret("x", 1_000)).unwrap();
        *memory.left.lock().unwrap() = Some(2);
        chunked.delete().unwrap_err();
        *memory.left.lock().unwrap() = None;
        assert_eq!(loaded(&chunked), None, "disconnected is disconnected");
        chunked.delete().unwrap();
        assert_eq!(memory.names(), Vec::<String>::new(), "deleting again finds the rest");
    }

    #[test]
    fn damage_is_told_from_absence() {
        let memory = Memory::default();
        let chunked = chunked(&memory);
        memory.set("test", b"not ours").unwrap();
        assert_eq!(chunked.load().unwrap_err(), Error::Damaged, "an entry of somebody else");
        chunked.save(&secret("x", 1_000)).unwrap();
        memory.delete("test a1").unwrap();
        assert_eq!(chunked.load().unwrap_err(), Error::Damaged, "a part is missing");
        chunked.save(&secret("y", 1_000)).unwrap();
        assert_eq!(loaded(&chunked), Some("y".repeat(1_000)), "a new login mends it");
    }
}
