//! What the person chose.

use super::events::Events;
use super::{Error, Event};
use crate::api;
use crate::domain::settings::Settings;
use crate::store::Store;

pub(super) async fn load(store: &Store) -> Result<Settings, Error> {
    Ok(store.read(|db| db.settings().get()).await?.unwrap_or_default())
}

pub(super) async fn save(
    store: &Store,
    events: &Events,
    settings: api::Settings,
) -> Result<api::Settings, Error> {
    let stored = Settings::from(settings.clone());
    store.write(move |tx| tx.settings_mut().put(&stored)).await?;
    events.emit(Event::Settings(Box::new(settings.clone())));
    Ok(settings)
}
