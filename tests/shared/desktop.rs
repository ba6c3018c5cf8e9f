//! A desktop without a tray and without notifications, where nobody answers, for all that start the core and need neither.

use sally_core::api::Tray;
use sally_core::app::{Desktop, Notification, Question};
use tokio::sync::oneshot;

pub(crate) struct BareDesktop;

impl Desktop for BareDesktop {
    fn show_tray(&self, _: Tray) {}

    fn notify(&self, _: Notification) {}

    fn ask(&self, _: Question, _: oneshot::Sender<bool>) {}
}
