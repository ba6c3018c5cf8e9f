//! What the outside lends the app: a browser, a window to tell things to, and the desktop around it.

use tokio::sync::oneshot;
use url::Url;

use crate::api::{Event, Tray};
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

/// What lies around the window.
pub trait Desktop: Send + Sync + 'static {
    /// Shows the tray's menu and badge, where there is a tray. Never blocks.
    fn show_tray(&self, tray: Tray);

    /// Shows a notification, unless the person is looking at the window anyway. Never blocks. Whether the person wants
    /// to be disturbed is the desktop's business.
    fn notify(&self, notification: Notification);

    /// Asks the person in a dialog of the system, which no page can answer. Never blocks. A dropped answer is a no.
    fn ask(&self, question: Question, answer: oneshot::Sender<bool>);
}

/// Something that only the person may allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub title: String,
    /// What it means.
    pub text: String,
    /// The button that allows it.
    pub yes: String,
    /// The button that does not.
    pub no: String,
}

/// Something that the desktop says in passing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// What happened.
    pub title: String,
    /// To what.
    pub body: String,
    /// What a click on it opens.
    pub opens: Opens,
}

/// What a click on a notification opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// What the delivery made, in the browser.
    Delivery(DeliveryId),
    /// The outbox.
    Outbox,
    /// Settings → General.
    Settings,
}
