//! Taking everything of the app off this computer: tokens first, then the data. Before anything is taken, the keyring is
//! asked whether it lets the app in, since a token that stays behind is worse than a program that does. From there on
//! whatever fails is named, and the rest goes all the same. It can be done again at any time, in the same run and in the next
//! one: it goes by what is there, and the database goes last, so that a kill in the middle leaves an app that shows what
//! it still has.

use std::path::Path;

use super::outbox::LOCK_FILE;
use super::{App, Error, words};
use crate::auth::{self, keychain};
use crate::disk;

/// The lock of the tokens as earlier versions had it, in the data folder.
const OLDER_LOCK_FILE: &str = "tokens.lock";

/// What the keyring holds of the app.
#[derive(Clone, Copy)]
pub(super) enum Secret {
    /// The tokens of a login.
    Login,
    /// API tokens of sites.
    ApiTokens,
    /// The tokens of meeting servers.
    ServerTokens,
    /// Names and passwords for proxies.
    ProxyPasswords,
    /// How often each file of data was used.
    RunCounters,
}

impl App {
    /// Whether everything can be removed; the keyring may ask for a password first. Nothing was taken where it cannot.
    pub async fn can_remove_everything(&self) -> Result<(), Error> {
        if self.0.tasks.ending().is_cancelled() {
            // It was begun, and goes on.
            return Ok(());
        }
        self.0.login.signers().restored().await;
        let [login, sites] = self.0.login.look_at_keyrings().await;
        let proxies = self.0.network.look_at_keyring().await;
        let asked = [login, sites, self.0.sync.look_at_keyring().await, proxies];
        let was_used = self.has_used_keyring().await;
        for answer in asked {
            match answer {
                // What nobody can read can be deleted.
                Ok(()) | Err(keychain::Error::Damaged) => {}
                // There is none, and there never was.
                Err(keychain::Error::NoKeyring { .. }) if !was_used => {}
                Err(error) => return Err(auth::Error::from(error).into()),
            }
        }
        Ok(())
    }

    /// Ends the app, and deletes its tokens and its data. Answers what is left, each in words; nothing more can be done with
    /// this app but to call it again. What somebody else put into the data folder stays there.
    pub async fn remove_everything(&self) -> Vec<String> {
        let mut removing = self.0.removing.lock().await;
        let was_used = match *removing {
            Some(was_used) => was_used,
            None => self.has_used_keyring().await,
        };
        *removing = Some(was_used);
        self.end().await;
        let mut left = Vec::new();
        let deleted = [
            (Secret::Login, self.0.login.delete_tokens().await),
            (Secret::ApiTokens, self.0.login.delete_api_tokens().await.map_err(auth::Error::from)),
            (Secret::ServerTokens, self.0.sync.delete_tokens().await.map_err(auth::Error::from)),
            (Secret::ProxyPasswords, self.0.network.delete_passwords().await.map_err(auth::Error::from)),
            (Secret::RunCounters, self.0.outbox.delete_marks().await.map_err(auth::Error::from)),
        ];
        for (what, deleted) in deleted {
            match deleted {
                Ok(()) => {}
                Err(auth::Error::Keychain(keychain::Error::NoKeyring { .. })) if !was_used => {}
                Err(error) => left.push(words::left_in_keyring(what, &Error::from(error).problem())),
            }
        }
        let (store, folder, locks) = (self.0.store.clone(), self.0.folder.clone(), self.0.locks.clone());
        let removed = tokio::task::spawn_blocking(move || {
            let mut left = Vec::new();
            for lock in locks.into_iter().chain([OLDER_LOCK_FILE, LOCK_FILE].map(|name| folder.join(name))) {
                note(&mut left, &lock, disk::remove(&lock));
                // Only where nothing is in it: what else is there is not the app's.
                let _kept = lock.parent().map(std::fs::remove_dir);
            }
            for (path, error) in store.remove() {
                note(&mut left, &path, Err(error));
            }
            // Only where nothing is in it: what else is there is not the app's.
            let _kept = std::fs::remove_dir(&folder);
            left
        });
        match removed.await {
            Ok(more) => left.extend(more),
            Err(error) => left.push(format!("{}: {error}", self.0.folder.display())),
        }
        left
    }

    /// Whether the keyring ever took anything of this data. What cannot be read may have been there.
    async fn has_used_keyring(&self) -> bool {
        let read = self.0.store.read(|db| {
            let in_keyring = db.installations().get()?.is_some_and(|file| file.in_keyring);
            let account = db.account().get()?.is_some_and(|account| account.remembered);
            let site = db.sites().all()?.iter().any(|site| site.remembered);
            let server = db.servers().all()?.iter().any(|server| server.remembered);
            Ok(in_keyring || account || site || server)
        });
        read.await.unwrap_or(true)
    }
}

fn note(left: &mut Vec<String>, path: &Path, removed: std::io::Result<()>) {
    if let Err(error) = removed {
        left.push(format!("{}: {error}", path.display()));
    }
}
