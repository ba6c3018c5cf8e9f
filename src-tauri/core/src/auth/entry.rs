//! Several secrets of a kind in one keyring entry, read lazily, since the keyring may ask for a password. Used by `servers` and
//! `api_tokens`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keychain::{self, Keychain};
use super::token::Secret;

/// A secret, and the form in which the keyring has it. Only this room sees that form.
pub(super) trait Kept: Clone + Send + 'static {
    /// As the entry holds it.
    type Stored: Serialize + DeserializeOwned + From<Self> + Into<Self>;
}

/// The secrets, each by what it is for. Cheap to clone; all clones are the same.
pub(super) struct Entry<K, V>(Arc<Inner<K, V>>);

struct Inner<K, V> {
    keychain: Arc<dyn Keychain>,
    /// Locked while the keyring entry, which has all of them, is changed.
    write_lock: tokio::sync::Mutex<()>,
    /// `None` until the keyring was read.
    held: Mutex<Option<BTreeMap<K, V>>>,
    /// All were deleted for good, and none is kept from then on.
    is_over: AtomicBool,
}

impl<K, V> Clone for Entry<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Ord + Clone + Serialize + DeserializeOwned, V: Kept> Entry<K, V> {
    /// Reads nothing yet.
    pub(super) fn new(keychain: Arc<dyn Keychain>) -> Self {
        Self(Arc::new(Inner {
            keychain,
            write_lock: tokio::sync::Mutex::default(),
            held: Mutex::default(),
            is_over: AtomicBool::new(false),
        }))
    }

    /// One of them. Reads the keyring, the first time.
    pub(super) async fn get(&self, key: &K) -> Result<Option<V>, keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        self.load().await?;
        Ok(self.held().as_ref().and_then(|held| held.get(key).cloned()))
    }

    /// Keeps one, in the place of the one before. An error means that it is kept for this run only.
    pub(super) async fn keep(&self, key: K, value: V) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        if self.0.is_over.load(Ordering::Relaxed) {
            return Err(keychain::Error::Removed);
        }
        let read = self.load().await;
        let all = {
            let mut held = self.held();
            let held = held.get_or_insert_default();
            held.insert(key, value);
            held.clone()
        };
        match read {
            // What nobody can read may be replaced.
            Ok(()) | Err(keychain::Error::Damaged) => self.save(all).await,
            // The others that are in there would be lost.
            Err(error) => Err(error),
        }
    }

    /// Deletes one. An error means that the keyring still has it.
    pub(super) async fn forget(&self, key: &K) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        self.load().await?;
        let all = {
            let mut held = self.held();
            let held = held.get_or_insert_default();
            held.remove(key);
            held.clone()
        };
        self.save(all).await
    }

    /// Whether the keyring lets the app in. It may ask for a password first.
    pub(super) async fn look(&self) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        self.ask(Keychain::load).await.map(drop)
    }

    /// Deletes all of them, also what nobody can read. None is kept from then on.
    pub(super) async fn clear(&self) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        self.0.is_over.store(true, Ordering::Relaxed);
        *self.held() = Some(BTreeMap::new());
        self.ask(Keychain::delete).await
    }

    fn held(&self) -> MutexGuard<'_, Option<BTreeMap<K, V>>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn load(&self) -> Result<(), keychain::Error> {
        if self.held().is_some() {
            return Ok(());
        }
        let mut all = BTreeMap::new();
        if let Some(secret) = self.ask(Keychain::load).await? {
            let stored: BTreeMap<K, V::Stored> =
                serde_json::from_str(secret.expose()).map_err(|_| keychain::Error::Damaged)?;
            all.extend(stored.into_iter().map(|(key, stored)| (key, stored.into())));
        }
        *self.held() = Some(all);
        Ok(())
    }

    async fn save(&self, all: BTreeMap<K, V>) -> Result<(), keychain::Error> {
        if all.is_empty() {
            return self.ask(Keychain::delete).await;
        }
        let stored: BTreeMap<K, V::Stored> =
            all.into_iter().map(|(key, value)| (key, V::Stored::from(value))).collect();
        let secret = Secret::new(serde_json::to_string(&stored).map_err(|_| keychain::Error::Damaged)?);
        self.ask(move |keychain| keychain.save(&secret)).await
    }

    /// Asks the keyring, on a thread that may block.
    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, keychain::Error> + Send + 'static,
    ) -> Result<T, keychain::Error> {
        let keychain = Arc::clone(&self.0.keychain);
        tokio::task::spawn_blocking(move || ask(&*keychain))
            .await
            .unwrap_or_else(|error| Err(keychain::Error::Other { why: error.to_string() }))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::auth::MemoryKeychain;

    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
    struct Word(String);

    impl Kept for Word {
        type Stored = Self;
    }

    /// A keyring that a person may leave locked.
    #[derive(Default)]
    struct Locking {
        kept: MemoryKeychain,
        is_locked: AtomicBool,
    }

    impl Keychain for Locking {
        fn load(&self) -> Result<Option<Secret>, keychain::Error> {
            if self.is_locked.load(Ordering::Relaxed) {
                return Err(keychain::Error::Locked { why: "dismissed".to_owned() });
            }
            self.kept.load()
        }

        fn save(&self, secret: &Secret) -> Result<(), keychain::Error> {
            self.kept.save(secret)
        }

        fn delete(&self) -> Result<(), keychain::Error> {
            self.kept.delete()
        }
    }

    fn entry(keychain: &Arc<Locking>) -> Entry<String, Word> {
        Entry::new(Arc::clone(keychain) as Arc<dyn Keychain>)
    }

    fn word(text: &str) -> (String, Word) {
        (text.to_owned(), Word(text.to_owned()))
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_not_written_over() {
        let keychain = Arc::new(Locking::default());
        let (one, two) = (word("one"), word("two"));
        entry(&keychain).keep(one.0.clone(), one.1.clone()).await.unwrap();
        keychain.is_locked.store(true, Ordering::Relaxed);
        let run = entry(&keychain);
        assert!(run.keep(two.0.clone(), two.1.clone()).await.is_err(), "it is for this run only");
        assert_eq!(run.get(&two.0).await.unwrap(), Some(two.1), "and there for that long");
        keychain.is_locked.store(false, Ordering::Relaxed);
        assert_eq!(entry(&keychain).get(&one.0).await.unwrap(), Some(one.1), "the other one is not lost");
    }

    #[tokio::test]
    async fn what_nobody_can_read_is_replaced() {
        let keychain = Arc::new(Locking::default());
        keychain.save(&Secret::new("not ours".to_owned())).unwrap();
        let (one, word) = word("one");
        entry(&keychain).keep(one.clone(), word.clone()).await.unwrap();
        assert_eq!(entry(&keychain).get(&one).await.unwrap(), Some(word), "and remembered");
    }

    #[tokio::test]
    async fn what_was_removed_for_good_does_not_come_back() {
        let keychain = Arc::new(Locking::default());
        let (one, two) = (word("one"), word("two"));
        let run = entry(&keychain);
        run.keep(one.0.clone(), one.1.clone()).await.unwrap();
        keychain.is_locked.store(true, Ordering::Relaxed);
        assert!(matches!(run.look().await, Err(keychain::Error::Locked { .. })), "it is asked first");
        keychain.is_locked.store(false, Ordering::Relaxed);
        run.look().await.unwrap();
        run.clear().await.unwrap();
        assert!(keychain.load().unwrap().is_none() && run.get(&one.0).await.unwrap().is_none());
        assert!(run.keep(two.0, two.1).await.is_err(), "who was on the way to keep one comes too late");
        assert!(keychain.load().unwrap().is_none());
    }
}
