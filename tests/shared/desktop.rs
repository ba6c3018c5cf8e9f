//! A desktop without a tray and without notifications, for all that start the core and look at neither.

use sally_core::api::Tray;
use sally_core::app::{Desktop, Notification};

pub(crate) struct BareDesktop;

impl Desktop for BareDesktop {
    fn show_tray(&self, _: Tray) {}

    fn notify(&self, _: Notification) {}
}
