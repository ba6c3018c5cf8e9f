//! Several secrets of a kind in one keyring entry, read lazily, since the keyring may ask for a password, and changed under a
//! lock between processes. Used by `servers`, `api_tokens` and `proxies`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::keychain::{self, Keychain};
use super::lock::{EntryLock, SHORT_TIMEOUT};
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
    /// Held between processes while the entry, which has all of them, is changed.
    lock: EntryLock,
    /// The same between tasks.
    write_lock: tokio::sync::Mutex<()>,
    held: Mutex<Held<K, V>>,
    /// All were deleted for good, and none is kept from then on.
    is_over: AtomicBool,
}

/// The secrets in memory.
struct Held<K, V> {
    all: BTreeMap<K, V>,
    /// Those that the keyring did not take: they are for this run only.
    unsaved: BTreeSet<K>,
    /// Whether the keyring was read.
    is_read: bool,
}

impl<K: Ord + Clone, V> Held<K, V> {
    /// What was just read, with what is for this run only.
    fn with_unsaved(&self, mut read: BTreeMap<K, V>) -> BTreeMap<K, V>
    where
        V: Clone,
    {
        let unsaved = self.unsaved.iter().filter_map(|key| Some((key.clone(), self.all.get(key)?.clone())));
        read.extend(unsaved);
        read
    }
}

impl<K, V> Clone for Entry<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Ord + Clone + Serialize + DeserializeOwned, V: Kept> Entry<K, V> {
    /// Reads nothing yet.
    pub(super) fn new(keychain: Arc<dyn Keychain>, lock: EntryLock) -> Self {
        Self(Arc::new(Inner {
            keychain,
            lock,
            write_lock: tokio::sync::Mutex::default(),
            held: Mutex::new(Held { all: BTreeMap::new(), unsaved: BTreeSet::new(), is_read: false }),
            is_over: AtomicBool::new(false),
        }))
    }

    /// One of them. Reads the keyring, the first time.
    pub(super) async fn get(&self, key: &K) -> Result<Option<V>, keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        let (known, is_read) = {
            let held = self.held();
            (held.all.get(key).cloned(), held.is_read)
        };
        if known.is_some() || is_read {
            return Ok(known);
        }
        let read = self.read().await?;
        let mut held = self.held();
        held.all = held.with_unsaved(read);
        held.is_read = true;
        Ok(held.all.get(key).cloned())
    }

    /// One of them, if it is in memory. Reads no keyring.
    pub(super) fn peek(&self, key: &K) -> Option<V> {
        self.held().all.get(key).cloned()
    }

    /// Whether the keyring did not take one of them, so that it is for this run only.
    pub(super) fn is_unsaved(&self, key: &K) -> bool {
        self.held().unsaved.contains(key)
    }

    /// Keeps one, in the place of the one before. An error means that it is kept for this run only.
    pub(super) async fn keep(&self, key: K, value: V) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        if self.0.is_over.load(Ordering::Relaxed) {
            return Err(keychain::Error::Removed);
        }
        let kept = self.change(|all| drop(all.insert(key.clone(), value.clone())), true).await;
        if kept.is_err() {
            let mut held = self.held();
            held.all.insert(key.clone(), value);
            held.unsaved.insert(key);
        }
        kept
    }

    /// Deletes one. An error means that the keyring still has it.
    pub(super) async fn forget(&self, key: &K) -> Result<(), keychain::Error> {
        let _write_lock = self.0.write_lock.lock().await;
        self.change(|all| drop(all.remove(key)), false).await
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
        *self.held() = Held { all: BTreeMap::new(), unsaved: BTreeSet::new(), is_read: true };
        // Without the lock, at worst another process keeps one at this moment.
        let _lock = self.lock().await;
        self.ask(Keychain::delete).await
    }

    fn held(&self) -> MutexGuard<'_, Held<K, V>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn lock(&self) -> Result<File, keychain::Error> {
        self.0.lock.take(SHORT_TIMEOUT, || ()).await.map_err(|error| {
            tracing::warn!(%error, "an entry of the keyring cannot be locked");
            match error.kind() {
                io::ErrorKind::TimedOut => keychain::Error::InUse,
                _ => keychain::Error::Other { why: error.to_string() },
            }
        })
    }

    /// Changes the entry as it is now, since another process may have changed it after this one read it. What nobody can read
    /// may be replaced, where that is wanted.
    async fn change(
        &self,
        change: impl FnOnce(&mut BTreeMap<K, V>),
        replaces_damaged: bool,
    ) -> Result<(), keychain::Error> {
        let _lock = self.lock().await?;
        let read = match self.read().await {
            Err(keychain::Error::Damaged) if replaces_damaged => BTreeMap::new(),
            // The others that are in there would be lost.
            read => read?,
        };
        let mut all = self.held().with_unsaved(read);
        change(&mut all);
        let saved = self.save(all.clone()).await;
        let mut held = self.held();
        if saved.is_ok() {
            held.unsaved.clear();
        } else {
            // What was taken out is gone in this run.
            held.unsaved.retain(|key| all.contains_key(key));
        }
        (held.all, held.is_read) = (all, true);
        saved
    }

    async fn read(&self) -> Result<BTreeMap<K, V>, keychain::Error> {
        let Some(secret) = self.ask(Keychain::load).await? else { return Ok(BTreeMap::new()) };
        let stored: BTreeMap<K, V::Stored> =
            serde_json::from_str(secret.expose()).map_err(|_| keychain::Error::Damaged)?;
        Ok(stored.into_iter().map(|(key, stored)| (key, stored.into())).collect())
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
    use crate::disk;

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

    /// A process of the person.
    struct Person {
        keychain: Arc<Locking>,
        locks: tempfile::TempDir,
    }

    impl Person {
        fn new() -> Self {
            Self { keychain: Arc::default(), locks: tempfile::tempdir().unwrap() }
        }

        fn entry(&self) -> Entry<String, Word> {
            Entry::new(
                Arc::clone(&self.keychain) as Arc<dyn Keychain>,
                EntryLock::new(self.locks.path(), "words"),
            )
        }
    }

    fn word(text: &str) -> (String, Word) {
        (text.to_owned(), Word(text.to_owned()))
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_not_written_over() {
        let ada = Person::new();
        let (one, two) = (word("one"), word("two"));
        ada.entry().keep(one.0.clone(), one.1.clone()).await.unwrap();
        ada.keychain.is_locked.store(true, Ordering::Relaxed);
        let run = ada.entry();
        assert!(run.keep(two.0.clone(), two.1.clone()).await.is_err(), "it is for this run only");
        assert_eq!(run.get(&two.0).await.unwrap(), Some(two.1), "and there for that long");
        ada.keychain.is_locked.store(false, Ordering::Relaxed);
        assert_eq!(ada.entry().get(&one.0).await.unwrap(), Some(one.1), "the other one is not lost");
    }

    #[tokio::test]
    async fn what_nobody_can_read_is_replaced() {
        let ada = Person::new();
        ada.keychain.save(&Secret::new("not ours".to_owned())).unwrap();
        let (one, word) = word("one");
        ada.entry().keep(one.clone(), word.clone()).await.unwrap();
        assert_eq!(ada.entry().get(&one).await.unwrap(), Some(word), "and remembered");
    }

    #[tokio::test]
    async fn what_was_removed_for_good_does_not_come_back() {
        let ada = Person::new();
        let (one, two) = (word("one"), word("two"));
        let run = ada.entry();
        run.keep(one.0.clone(), one.1.clone()).await.unwrap();
        ada.keychain.is_locked.store(true, Ordering::Relaxed);
        assert!(matches!(run.look().await, Err(keychain::Error::Locked { .. })), "it is asked first");
        ada.keychain.is_locked.store(false, Ordering::Relaxed);
        run.look().await.unwrap();
        run.clear().await.unwrap();
        assert!(ada.keychain.load().unwrap().is_none() && run.get(&one.0).await.unwrap().is_none());
        assert!(run.keep(two.0, two.1).await.is_err(), "who was on the way to keep one comes too late");
        assert!(ada.keychain.load().unwrap().is_none());
    }

    #[tokio::test]
    async fn what_another_process_deleted_is_not_written_back() {
        let ada = Person::new();
        let (one, two) = (word("one"), word("two"));
        let (first, second) = (ada.entry(), ada.entry());
        first.keep(one.0.clone(), one.1).await.unwrap();
        assert!(second.get(&one.0).await.unwrap().is_some(), "the second has read it");
        first.forget(&one.0).await.unwrap();
        second.keep(two.0.clone(), two.1.clone()).await.unwrap();
        assert_eq!(ada.entry().get(&one.0).await.unwrap(), None, "what was deleted stays deleted");
        assert_eq!(ada.entry().get(&two.0).await.unwrap(), Some(two.1));
        assert_eq!(second.get(&one.0).await.unwrap(), None, "also for who had read it");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_several_processes_keep_at_once_is_lost_by_none() {
        let ada = Person::new();
        let words: Vec<_> = (0..8).map(|number| word(&number.to_string())).collect();
        let keeping = words.iter().map(|(key, word)| {
            let process = ada.entry();
            async move { process.keep(key.clone(), word.clone()).await }
        });
        futures::future::try_join_all(keeping).await.unwrap();
        let next_run = ada.entry();
        for (key, word) in words {
            assert_eq!(next_run.get(&key).await.unwrap(), Some(word), "{key}");
        }
    }

    #[tokio::test]
    async fn what_is_for_this_run_only_is_kept_once_the_keyring_takes_it() {
        let ada = Person::new();
        let (one, two) = (word("one"), word("two"));
        let run = ada.entry();
        ada.keychain.is_locked.store(true, Ordering::Relaxed);
        assert!(run.keep(one.0.clone(), one.1.clone()).await.is_err());
        ada.keychain.is_locked.store(false, Ordering::Relaxed);
        run.keep(two.0, two.1).await.unwrap();
        assert_eq!(ada.entry().get(&one.0).await.unwrap(), Some(one.1));
    }

    #[tokio::test]
    async fn an_entry_that_another_process_holds_is_not_changed() {
        let ada = Person::new();
        let (one, word) = word("one");
        let held = disk::try_lock(EntryLock::new(ada.locks.path(), "words").file()).unwrap().unwrap();
        let run = ada.entry();
        assert_eq!(run.keep(one.clone(), word.clone()).await, Err(keychain::Error::InUse));
        assert_eq!(run.get(&one).await.unwrap(), Some(word), "it is there for this run");
        assert!(ada.keychain.load().unwrap().is_none());
        drop(held);
    }
}
