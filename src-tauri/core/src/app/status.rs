//! The state of the app when the window opens.

use super::{App, Error, words};
use crate::api::{Scope, Status};
use crate::auth::scopes;
use crate::domain::site::Need;

impl App {
    /// The app and its state. The window asks for it first, and listens to events from then on.
    pub async fn status(&self) -> Result<Status, Error> {
        self.0.events.flush_buffered();
        let servers = self.0.sync.servers().await?;
        let (settings, has_samples, unsent) = self
            .0
            .store
            .read(|db| {
                let settings = db.settings().get()?.unwrap_or_default();
                Ok((settings, db.meetings().has_samples()?, db.deliveries().unsent()?))
            })
            .await?;
        Ok(Status {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_folder: self.0.folder.display().to_string(),
            sandbox: self.0.sandbox.clone(),
            connection: self.0.login.connection(),
            servers,
            sync: self.0.sync.state(),
            settings: settings.into(),
            watched: self.0.library.watched(),
            has_samples,
            unsent,
            scopes: scopes::Scope::ALL.into_iter().map(scope_view).collect(),
            tokens: self.0.login.tokens(),
            token_scopes: Need::ALL.iter().map(|need| need.scope().to_owned()).collect(),
        })
    }
}

fn scope_view(scope: scopes::Scope) -> Scope {
    let (allows, used_for) = words::scope(scope);
    Scope { name: scope.name().to_owned(), allows, used_for }
}
