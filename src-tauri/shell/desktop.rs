//! The desktop around the windows: tray, notifications, questions, start at login.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use sally_core::api::{Desktop, ErrorView, Link, Screen, Tray};
use sally_core::app::{Error, Notification, Opens, Question};
use sally_core::domain::problem;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_autostart::ManagerExt as _;
use tauri_plugin_dialog::{DialogExt as _, MessageDialogButtons, MessageDialogKind};
use tauri_plugin_notification::{ActiveNotification, NotificationExt as _};
use tokio::sync::oneshot;

use super::core::Core;
use super::shortcut::Keys;
use super::{markup, tray, window};

/// What opens the quick-send window from outside.
const COMMAND: &str = "sally-desktop --quick-send";

/// So many notifications are still known when they are clicked. Desktops keep older ones, which then open the app.
const KNOWN: usize = 64;

/// Shows what the core has to say.
pub(super) struct SystemDesktop {
    handle: AppHandle,
    /// What a click on the last notifications opens, with their numbers.
    opens: Mutex<(i32, VecDeque<(i32, Opens)>)>,
}

impl SystemDesktop {
    pub(super) fn new(handle: AppHandle) -> Self {
        Self { handle, opens: Mutex::default() }
    }

    fn number(&self, opens: Opens) -> i32 {
        let (last, known) = &mut *self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        *last = last.wrapping_add(1);
        known.push_back((*last, opens));
        if known.len() > KNOWN {
            known.pop_front();
        }
        *last
    }

    fn opens(&self, number: i32) -> Option<Opens> {
        let (_, known) = &*self.opens.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().find(|(known, _)| *known == number).map(|(_, opens)| *opens)
    }
}

/// As the core is lent it: one for both, so that clicks are understood.
#[derive(Clone)]
pub(super) struct Lent(pub(super) std::sync::Arc<SystemDesktop>);

impl sally_core::app::Desktop for Lent {
    fn show_tray(&self, tray: Tray) {
        tray::show(&self.0.handle, tray);
    }

    fn notify(&self, notification: Notification) {
        if window::is_looked_at(&self.0.handle) {
            return;
        }
        let Notification { title, body, opens } = notification;
        let number = self.0.number(opens);
        let handle = self.0.handle.clone();
        tauri::async_runtime::spawn(async move {
            let body = markup::plain(body).await;
            let shown = handle.notification().builder().id(number).title(title).body(body).show();
            if let Err(error) = shown {
                tracing::warn!(%error, "the desktop showed no notification");
            }
        });
    }

    fn ask(&self, question: Question, answer: oneshot::Sender<bool>) {
        let Question { title, text, yes, no } = question;
        let dialog = self.0.handle.dialog().message(text).title(title).kind(MessageDialogKind::Warning);
        dialog.buttons(MessageDialogButtons::OkCancelCustom(yes, no)).show(move |is_yes| {
            // Whoever asked may have given up in the meantime.
            let _ = answer.send(is_yes);
        });
    }
}

/// Follows clicks on notifications.
pub(super) fn follow_clicks(handle: &AppHandle) -> Result<(), tauri_plugin_notification::Error> {
    let here = handle.clone();
    handle.notification().on_action(move |action| {
        let number = action.notification().map(ActiveNotification::id);
        let opens = number.and_then(|number| here.state::<Lent>().0.opens(number));
        match opens {
            Some(Opens::Delivery(id)) => {
                let here = here.clone();
                tauri::async_runtime::spawn(async move {
                    let Ok(app) = here.state::<Core>().app().await else { return };
                    if let Err(error) = app.open_link(Link::Delivery { id }).await {
                        tracing::warn!(%error, "what the notification was about could not be opened");
                        window::go_to(&here, Screen::Outbox);
                    }
                });
            }
            Some(Opens::Outbox) => window::go_to(&here, Screen::Outbox),
            Some(Opens::Settings) => window::go_to(&here, Screen::Settings),
            None => window::go_to(&here, Screen::AsItWas),
        }
    })
}

/// Starts the app at login, in the tray.
pub(super) fn autostart() -> TauriPlugin<tauri::Wry> {
    tauri_plugin_autostart::Builder::new().app_name("Sally Desktop").arg("--minimized").build()
}

/// What the desktop lends the app.
pub(super) async fn state(handle: &AppHandle) -> Desktop {
    Desktop {
        tray: tray::is_there().await,
        shortcut: handle.state::<Keys>().state(),
        command: COMMAND.to_owned(),
        autostart: handle.autolaunch().is_enabled().unwrap_or(false),
    }
}

/// Starts the app when the person logs in, or no longer.
pub(super) async fn set_autostart(handle: &AppHandle, on: bool) -> Result<Desktop, ErrorView> {
    let manager = handle.autolaunch();
    let changed = if on { manager.enable() } else { manager.disable() };
    changed.map_err(|error| {
        tracing::warn!(%error, "the start at login could not be changed");
        Error::from(problem::Desktop::AutostartRefused).view()
    })?;
    Ok(state(handle).await)
}

/// Starts the app no longer when the person logs in.
pub(super) fn forget_autostart(handle: &AppHandle) -> Result<(), tauri_plugin_autostart::Error> {
    handle.autolaunch().disable()
}
