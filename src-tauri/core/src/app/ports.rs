//! What the outside lends the app: a browser, and a window to tell things to.

use url::Url;

use crate::api::{Connection, DeliveryView, ErrorView, ImportReport, SpacesProgress};
use crate::domain::id::DeliveryId;

/// Opens addresses for a person.
pub trait Browser: Send + Sync + 'static {
    /// Opens an address in the browser. Returns as soon as the browser was told.
    fn open(&self, address: &Url) -> std::io::Result<()>;
}

/// Shows what happened without being asked.
pub trait Window: Send + Sync + 'static {
    /// Tells the window. Never blocks.
    fn tell(&self, event: Event);

    /// Brings the window to the front: a person comes back from the browser.
    fn come_to_front(&self);
}

/// What there is to tell; each is a field of [`crate::api::Events`].
#[derive(Clone, Debug)]
pub enum Event {
    /// The connection changed.
    Connection(Box<Connection>),
    /// A delivery changed.
    Delivery(Box<DeliveryView>),
    /// A delivery was taken off the list.
    DeliveryGone(DeliveryId),
    /// Files were imported that no command was waiting for.
    Imported(ImportReport),
    /// The cached spaces changed.
    Spaces(SpacesProgress),
    /// Something that the person should know.
    Notice(ErrorView),
}
