//! What the desktop around the window shows: the tray's menu, and notifications of what was sent or needs the person.
//! Decides what is told, when, and once; the shell shows it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::dialogs::found_item;
use super::events::Events;
use super::outbox::Outcome;
use super::ports::Desktop;
use super::tasks::Tasks;
use super::{Error, Notification, Opens, settings, words};
use crate::api::{FoundItem, Tray};
use crate::domain::delivery::State;
use crate::domain::problem::{Problem, Program};
use crate::domain::title::truncate_utf16;
use crate::store::Store;

/// How many items the tray's menu offers.
const RECENT_ITEMS: u32 = 6;

/// Longest entry of the tray's menu, in UTF-16 code units: menus do not wrap.
const MAX_ENTRY_LEN: usize = 60;

/// The tray is told at most so often, however much is written.
const TRAY_THROTTLE: Duration = Duration::from_millis(200);

/// What happens within this time is told as one: after a night without a connection, hundreds may arrive at once.
const NOTIFICATION_DEBOUNCE: Duration = Duration::from_millis(700);

/// Told once each.
const STAYS_IN_TRAY: &str = "stays_in_tray";
const NO_TRAY: &str = "no_tray";

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(super) struct Around {
    store: Store,
    events: Events,
    desktop: Arc<dyn Desktop>,
}

impl Around {
    pub(super) fn new(store: Store, events: Events, desktop: Arc<dyn Desktop>) -> Self {
        Self { store, events, desktop }
    }

    /// Starts to keep the desktop up to date.
    pub(super) fn start(&self, tasks: &Tasks, outcomes: UnboundedReceiver<Outcome>) {
        let (tray, notifications) = (self.clone(), self.clone());
        tasks.spawn_until_ending(async move { tray.keep_tray().await });
        tasks.spawn_until_ending(async move { notifications.keep_notifying(outcomes).await });
    }

    async fn keep_tray(&self) {
        let mut shown = None;
        loop {
            match self.tray().await {
                Ok(tray) if shown.as_ref() != Some(&tray) => {
                    self.desktop.show_tray(tray.clone());
                    shown = Some(tray);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the tray is not up to date");
                }
            }
            self.store.written().await;
            tokio::time::sleep(TRAY_THROTTLE).await;
        }
    }

    async fn tray(&self) -> Result<Tray, Error> {
        let (unsent, needs_you, recent, settings) = self
            .store
            .read(|db| {
                let needs_you = db.deliveries().has(&[State::NeedsYou, State::NotConfirmed])?;
                let settings = db.settings().get()?.unwrap_or_default();
                Ok((db.deliveries().unsent()?, needs_you, db.items().newest(RECENT_ITEMS)?, settings))
            })
            .await?;
        let entry = |item: FoundItem| FoundItem {
            text: truncate_utf16(&one_line(&item.text), MAX_ENTRY_LEN),
            ..item
        };
        let recent = recent.into_iter().map(|placed| entry(found_item(placed))).collect();
        Ok(Tray { unsent, needs_you, recent, shortcut: settings.shortcut })
    }

    async fn keep_notifying(&self, mut outcomes: UnboundedReceiver<Outcome>) {
        while let Some(first) = outcomes.recv().await {
            tokio::time::sleep(NOTIFICATION_DEBOUNCE).await;
            let mut together = vec![first];
            while let Ok(next) = outcomes.try_recv() {
                together.push(next);
            }
            if !settings::load(&self.store).await.is_ok_and(|settings| settings.notifications) {
                continue;
            }
            let (sent, stuck): (Vec<_>, Vec<_>) =
                together.into_iter().partition(|(delivery, _)| delivery.state.is_sent());
            for notification in [sent_words(&sent), stuck_words(&stuck)].into_iter().flatten() {
                self.desktop.notify(notification);
            }
        }
    }

    /// The person closed the main window. Answers whether the app stays in the tray, where there is one.
    pub(super) async fn main_window_closed(&self, tray: bool) -> Result<bool, Error> {
        if !tray || !settings::load(&self.store).await?.keep_in_tray {
            return Ok(false);
        }
        if self.store.write(|tx| tx.settings_mut().tell_once(STAYS_IN_TRAY)).await? {
            let (title, body) = words::stays_in_tray();
            self.desktop.notify(Notification { title, body, opens: Opens::Settings });
        }
        Ok(true)
    }

    /// The desktop has no tray, which is said once.
    pub(super) async fn no_tray(&self) -> Result<(), Error> {
        if self.store.write(|tx| tx.settings_mut().tell_once(NO_TRAY)).await? {
            self.events.notice(&Problem::Program(Program::NoTray));
        }
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sent_words(sent: &[Outcome]) -> Option<Notification> {
    match sent {
        [] => None,
        [(one, note)] => Some(Notification {
            title: words::arrived(one.destination.action()),
            body: match note {
                Some(note) => format!("{}\n{}", one.destination.page_title(), words::view(note).message),
                None => one.destination.page_title().to_owned(),
            },
            opens: Opens::Delivery(one.id),
        }),
        several => Some(Notification {
            title: words::several_arrived(several.len()),
            body: titles(several),
            opens: Opens::Outbox,
        }),
    }
}

/// The first titles of several.
fn titles(several: &[Outcome]) -> String {
    several.iter().map(|(one, _)| one.destination.page_title()).take(3).collect::<Vec<_>>().join("\n")
}

fn stuck_words(stuck: &[Outcome]) -> Option<Notification> {
    match stuck {
        [] => None,
        [(one, why)] => Some(Notification {
            title: match one.state {
                State::NotConfirmed => words::not_confirmed(one.destination.page_title()),
                _ => words::needs_you(one.destination.page_title()),
            },
            body: why.as_ref().map_or_else(String::new, |why| words::view(why).message),
            opens: Opens::Outbox,
        }),
        several => Some(Notification {
            title: words::several_need_you(several.len()),
            body: titles(several),
            opens: Opens::Outbox,
        }),
    }
}
