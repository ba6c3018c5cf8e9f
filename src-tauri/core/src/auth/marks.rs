//! Run counters of data files, stored in the keyring: a file whose own counter is lower is an older copy. Never the first
//! access to the keyring, which may ask for a password. Called by `app`.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keychain::{Error, Keychain};
use super::token::Secret;

/// Data files that are known at once: a person has one, and a developer some.
const MAX_FILES: usize = 16;

/// The numbers of data files.
#[derive(Clone)]
pub struct Marks(Arc<dyn Keychain>);

/// The form in the keyring, the file that ran last at the end.
#[derive(Default, Serialize, Deserialize)]
struct Stored {
    runs: Vec<(Uuid, u64)>,
}

impl Marks {
    /// The numbers in an entry of their own.
    pub fn new(keychain: Arc<dyn Keychain>) -> Self {
        Self(keychain)
    }

    /// The number of a file, if it has one.
    pub async fn of(&self, file: Uuid) -> Result<Option<u64>, Error> {
        let stored = self.ask(load).await?;
        Ok(stored.runs.into_iter().find(|(known, _)| *known == file).map(|(_, number)| number))
    }

    /// Raises the number of a file to this one. Another process may have raised it further.
    pub async fn raise(&self, file: Uuid, number: u64) -> Result<(), Error> {
        self.ask(move |keychain| {
            let mut runs = load(keychain)?.runs;
            let known = runs.iter().position(|(known, _)| *known == file).map(|at| runs.remove(at));
            runs.push((file, known.map_or(number, |(_, known)| known.max(number))));
            let stored = Stored { runs: runs.split_off(runs.len().saturating_sub(MAX_FILES)) };
            let json = serde_json::to_string(&stored).map_err(|_| Error::Damaged)?;
            keychain.save(&Secret::new(json))
        })
        .await
    }

    /// Forgets the numbers of all files.
    pub async fn clear(&self) -> Result<(), Error> {
        self.ask(Keychain::delete).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let keychain = Arc::clone(&self.0);
        tokio::task::spawn_blocking(move || ask(&*keychain))
            .await
            .unwrap_or_else(|error| Err(Error::Other { why: error.to_string() }))
    }
}

/// An entry that cannot be read tells nothing, and is written anew.
fn load(keychain: &dyn Keychain) -> Result<Stored, Error> {
    match keychain.load() {
        Ok(Some(secret)) => Ok(serde_json::from_str(secret.expose()).unwrap_or_default()),
        Ok(None) | Err(Error::Damaged) => Ok(Stored::default()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::MemoryKeychain;

    #[tokio::test]
    async fn each_file_has_a_number_that_only_grows() {
        let marks = Marks::new(Arc::new(MemoryKeychain::new()));
        let [one, other] = [1, 2].map(Uuid::from_u128);
        assert_eq!(marks.of(one).await, Ok(None), "nothing is known yet");
        marks.raise(one, 5).await.unwrap();
        marks.raise(other, 2).await.unwrap();
        marks.raise(one, 4).await.unwrap();
        assert_eq!((marks.of(one).await, marks.of(other).await), (Ok(Some(5)), Ok(Some(2))));
    }

    #[tokio::test]
    async fn the_entry_does_not_grow_for_ever() {
        let keychain = Arc::new(MemoryKeychain::new());
        let marks = Marks::new(Arc::clone(&keychain) as Arc<dyn Keychain>);
        for file in 0..100 {
            marks.raise(Uuid::from_u128(file), 1).await.unwrap();
            marks.raise(Uuid::from_u128(7_000), 1).await.unwrap();
        }
        assert!(keychain.load().unwrap().unwrap().expose().len() < 1_000, "a keyring's entry is small");
        assert_eq!(marks.of(Uuid::from_u128(7_000)).await, Ok(Some(1)), "one that is used is kept");
        keychain.save(&Secret::new("not ours".to_owned())).unwrap();
        assert_eq!(marks.of(Uuid::from_u128(7_000)).await, Ok(None), "a damaged one tells nothing");
        marks.raise(Uuid::from_u128(7_000), 3).await.unwrap();
        assert_eq!(marks.of(Uuid::from_u128(7_000)).await, Ok(Some(3)), "and is written anew");
    }
}
