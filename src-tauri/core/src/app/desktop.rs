//! What the desktop around the window shows: the tray's menu, and notifications of what was sent or needs the person.
//! Decides what is told, when, and once; the shell shows it.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::compose::cut;
use super::quick::found_item;
use super::{App, Error, Event, Notification, Opens};
use crate::api::{ErrorCode, ErrorView, FoundItem, Settings, Tray};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::Action;

/// How many items the tray's menu offers.
const RECENT: u32 = 6;

/// Longest entry of the tray's menu, in UTF-16 code units: menus do not wrap.
const LONGEST_ENTRY: usize = 60;

/// The tray is told at most so often, however much is written.
const BREATH: Duration = Duration::from_millis(200);

/// What happens within this time is told as one: after a night without a connection, hundreds may arrive at once.
const TOGETHER: Duration = Duration::from_millis(700);

/// Told once each.
const STAYS_IN_TRAY: &str = "stays_in_tray";
const NO_TRAY: &str = "no_tray";

impl App {
    /// Starts to keep the desktop up to date.
    pub(super) fn start_desktop(&self, news: UnboundedReceiver<(Delivery, Option<ErrorView>)>) {
        let (tray, notifications) = (self.clone(), self.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = tray.keep_tray() => {}
                () = tray.0.ending.cancelled() => {}
            }
        });
        tokio::spawn(async move {
            tokio::select! {
                () = notifications.keep_notifying(news) => {}
                () = notifications.0.ending.cancelled() => {}
            }
        });
    }

    async fn keep_tray(&self) {
        let mut shown = None;
        loop {
            match self.tray().await {
                Ok(tray) if shown.as_ref() != Some(&tray) => {
                    self.0.desktop.show_tray(tray.clone());
                    shown = Some(tray);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the tray is not up to date");
                }
            }
            self.0.store.written().await;
            tokio::time::sleep(BREATH).await;
        }
    }

    async fn tray(&self) -> Result<Tray, Error> {
        let (unsent, needs_you, recent, settings) = self
            .0
            .store
            .read(|db| {
                let needs_you = db.deliveries().has(&[State::NeedsYou, State::NotConfirmed])?;
                let settings = db.settings().get::<Settings>()?.unwrap_or_default();
                Ok((db.deliveries().unsent()?, needs_you, db.items().newest(RECENT)?, settings))
            })
            .await?;
        let entry = |item: FoundItem| FoundItem { text: cut(&one_line(&item.text), LONGEST_ENTRY), ..item };
        let recent = recent.into_iter().map(|placed| entry(found_item(placed))).collect();
        Ok(Tray { unsent, needs_you, recent, shortcut: settings.shortcut })
    }

    async fn keep_notifying(&self, mut news: UnboundedReceiver<(Delivery, Option<ErrorView>)>) {
        while let Some(first) = news.recv().await {
            tokio::time::sleep(TOGETHER).await;
            let mut together = vec![first];
            while let Ok(next) = news.try_recv() {
                together.push(next);
            }
            if !self.settings().await.is_ok_and(|settings| settings.notifications) {
                continue;
            }
            let (sent, stuck): (Vec<_>, Vec<_>) =
                together.into_iter().partition(|(delivery, _)| delivery.state.is_sent());
            for notification in [sent_words(&sent), stuck_words(&stuck)].into_iter().flatten() {
                self.0.desktop.notify(notification);
            }
        }
    }

    /// The person closed the main window. Answers whether the app stays in the tray, where there is one.
    pub async fn main_window_closed(&self, tray: bool) -> Result<bool, Error> {
        if !tray || !self.settings().await?.keep_in_tray {
            return Ok(false);
        }
        if self.0.store.write(|tx| tx.settings_mut().tell_once(STAYS_IN_TRAY)).await? {
            self.0.desktop.notify(Notification {
                title: "Sally Desktop stays in the tray".to_owned(),
                body: "Its menu has Quick send and Quit. Settings → General says whether it stays."
                    .to_owned(),
                opens: Opens::Settings,
            });
        }
        Ok(true)
    }

    /// The desktop has no tray, which is said once.
    pub async fn no_tray(&self) -> Result<(), Error> {
        if self.0.store.write(|tx| tx.settings_mut().tell_once(NO_TRAY)).await? {
            self.tell(Event::Notice(ErrorView {
                code: ErrorCode::Failed,
                message: "This desktop shows no tray icons, so closing the window ends Sally Desktop. While it is open, \
                          the shortcut in Settings → General opens Quick send."
                    .to_owned(),
                hint: None,
            }));
        }
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn sent_words(sent: &[(Delivery, Option<ErrorView>)]) -> Option<Notification> {
    match sent {
        [] => None,
        [(one, note)] => Some(Notification {
            title: match one.destination.action() {
                Action::CreatePage => "Page created".to_owned(),
                Action::AddComment => "Comment added".to_owned(),
            },
            body: match note {
                Some(note) => format!("{}\n{}", one.destination.page_title(), note.message),
                None => one.destination.page_title().to_owned(),
            },
            opens: Opens::Delivery(one.id),
        }),
        several => Some(Notification {
            title: format!("{} sent to Confluence", several.len()),
            body: titles(several),
            opens: Opens::Outbox,
        }),
    }
}

/// The first titles of several.
fn titles(several: &[(Delivery, Option<ErrorView>)]) -> String {
    several.iter().map(|(one, _)| one.destination.page_title()).take(3).collect::<Vec<_>>().join("\n")
}

fn stuck_words(stuck: &[(Delivery, Option<ErrorView>)]) -> Option<Notification> {
    match stuck {
        [] => None,
        [(one, why)] => Some(Notification {
            title: match one.state {
                State::NotConfirmed => format!("Not confirmed: {}", one.destination.page_title()),
                _ => format!("Needs you: {}", one.destination.page_title()),
            },
            body: why.as_ref().map_or_else(String::new, |why| why.message.clone()),
            opens: Opens::Outbox,
        }),
        several => Some(Notification {
            title: format!("{} deliveries need you", several.len()),
            body: titles(several),
            opens: Opens::Outbox,
        }),
    }
}
