//! The one task that delivers: the oldest stored delivery first. An attempt is on disk before the first byte
//! leaves, and its outcome is recorded in the transaction that ends it.

use jiff::tz::TimeZone;

use super::compose::dated;
use super::error::TitleClash;
use super::status::ErrorView;
use super::{App, Error, Event};
use crate::adf::Document;
use crate::api::{ErrorCode, Hint};
use crate::confluence::{self, Made, NewPage};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Destination, Page};

/// What a person is told whose tasks and decisions Confluence did not take as such.
const WENT_PLAIN: &str =
    "Confluence did not take the text as it was, so its tasks and decisions went as plain lists.";

/// What came of an attempt.
enum Outcome {
    /// It arrived; with what the person should know about how.
    Sent(Made, Option<ErrorView>),
    /// It did not leave, or Confluence asked to wait.
    Wait(ErrorView),
    /// A person must decide.
    NeedsYou(ErrorView),
    /// The answer was lost.
    Unknown(ErrorView),
}

impl App {
    /// Doubts what was on the wire when the last run ended, and starts the task.
    pub(super) async fn start_drain(&self) -> Result<(), Error> {
        let now = self.now();
        let why = ErrorView {
            code: ErrorCode::Failed,
            message:
                "Sally Desktop ended while this was on its way, so it may have arrived. Look in Confluence \
                      before you post it again."
                    .to_owned(),
            hint: None,
        };
        self.0.store.write(move |tx| tx.deliveries_mut().doubt_interrupted(&why, now)).await?;
        let app = self.clone();
        tokio::spawn(async move { app.drain().await });
        Ok(())
    }

    async fn drain(&self) {
        self.restored().await;
        loop {
            match self.0.store.read(|db| db.deliveries().next()).await {
                Ok(Some(delivery)) if !self.0.ending.is_cancelled() => {
                    if let Err(error) = self.deliver(delivery).await {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "a delivery could not be recorded"
                        );
                        self.notice(error.view());
                        self.rest().await;
                    }
                }
                Ok(_) => self.rest().await,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "deliveries could not be read");
                    self.rest().await;
                }
            }
            if self.0.ending.is_cancelled() {
                return;
            }
        }
    }

    /// Waits until the bell rings or the app ends.
    async fn rest(&self) {
        tokio::select! {
            () = self.0.bell.notified() => {}
            () = self.0.ending.cancelled() => {}
        }
    }

    async fn deliver(&self, mut delivery: Delivery) -> Result<(), Error> {
        let (id, now) = (delivery.id, self.now());
        let attempt = self
            .0
            .store
            .write(move |tx| {
                // The person may have taken it back since it was read.
                if !tx.deliveries_mut().change(
                    id,
                    &[State::Queued],
                    State::Sending,
                    None::<&ErrorView>,
                    now,
                )? {
                    return Ok(None);
                }
                tx.attempts_mut().begin(id, now).map(Some)
            })
            .await?;
        let Some(attempt) = attempt else { return Ok(()) };
        (delivery.state, delivery.changed) = (State::Sending, now);
        self.tell(Event::Delivery(Box::new(self.view(delivery.clone(), None))));

        let outcome = self.attempt(&delivery).await;
        let now = self.now();
        let (state, why, word) = match &outcome {
            Outcome::Sent(_, note) => (State::Sent, note.as_ref(), "sent"),
            Outcome::Wait(why) => (State::Waiting, Some(why), "wait"),
            Outcome::NeedsYou(why) => (State::NeedsYou, Some(why), "needs_you"),
            Outcome::Unknown(why) => (State::NotConfirmed, Some(why), "unknown"),
        };
        let why = why.cloned();
        let url = match outcome {
            Outcome::Sent(made, _) => made.url,
            _ => None,
        };
        (delivery.state, delivery.changed, delivery.url) = (state, now, url.clone());
        let view = self.view(delivery, why.clone());
        self.0
            .store
            .write(move |tx| {
                tx.attempts_mut().end(attempt, word, now)?;
                if state.is_sent() {
                    return tx.deliveries_mut().arrived(id, url.as_deref(), why.as_ref(), now);
                }
                tx.deliveries_mut().change(id, &[State::Sending], state, why.as_ref(), now)?;
                Ok(())
            })
            .await?;
        self.tell(Event::Delivery(Box::new(view)));
        Ok(())
    }

    async fn attempt(&self, delivery: &Delivery) -> Outcome {
        let document = match delivery.destination {
            Destination::NewPage { .. } => delivery.document.clone(),
            Destination::Comment { .. } => delivery.document.clone().for_comment(),
        };
        let mut note = None;
        let mut posted = self.post(&delivery.destination, &document).await;
        // A definite refusal of the document itself, never a lost answer: nothing was made, so the same words may go
        // once more in a simpler form, if there is one.
        if matches!(posted, Err(confluence::Error::Unconvertible))
            && let plain = document.clone().plain_lists()
            && plain != document
        {
            posted = self.post(&delivery.destination, &plain).await;
            note = Some(ErrorView { code: ErrorCode::Failed, message: WENT_PLAIN.to_owned(), hint: None });
        }
        let error = match posted {
            Ok(made) => return Outcome::Sent(made, note),
            Err(error) => self.explained(error, &delivery.destination).await,
        };
        tracing::info!(
            delivery = %delivery.id, error = &error as &dyn std::error::Error, "a delivery did not get through"
        );
        self.watch_connection(&error);
        let why = error.view();
        if error.is_ambiguous() {
            Outcome::Unknown(doubt(&delivery.destination, &why))
        } else if error.is_passing() {
            Outcome::Wait(why)
        } else {
            Outcome::NeedsYou(place(&delivery.destination, &error).unwrap_or(why))
        }
    }

    async fn post(&self, destination: &Destination, document: &Document) -> Result<Made, confluence::Error> {
        let (confluence, body) = (&self.0.confluence, document.to_json());
        match destination {
            Destination::NewPage { organization, space, parent, title } => {
                let parent = parent.as_ref().map(|parent| &parent.id);
                let page = NewPage { space: &space.id, parent, title, body: &body };
                confluence.create_page(organization, page).await
            }
            Destination::Comment { organization, page } => {
                confluence.add_comment(organization, &page.id, &body).await
            }
        }
    }

    /// Looks the page up that has the title already, so that the person can go there.
    async fn explained(&self, error: confluence::Error, destination: &Destination) -> Error {
        match (error, destination) {
            (confluence::Error::TitleExists, Destination::NewPage { organization, space, title, .. }) => {
                // Only a help: the index may not know the page yet, and archived pages are never found.
                let page = self.0.confluence.page_titled(organization, &space.key, title).await;
                let today = self.now().to_zoned(TimeZone::system()).date();
                Error::TitleExists(Box::new(TitleClash {
                    title: title.clone(),
                    space: space.name.clone(),
                    suggestion: dated(title, today),
                    page: page.unwrap_or_default(),
                }))
            }
            (error, _) => error.into(),
        }
    }
}

/// Where Confluence says that something is missing or not permitted, which place it was about.
fn place(destination: &Destination, error: &Error) -> Option<ErrorView> {
    if !matches!(error, Error::Confluence(confluence::Error::Denied)) {
        return None;
    }
    let (code, place) = match destination {
        Destination::NewPage { parent: Some(Page { title, .. }), space, .. } => {
            (ErrorCode::InvalidSpace, format!("below “{title}” in {}", space.name))
        }
        Destination::NewPage { space, .. } => (ErrorCode::InvalidSpace, format!("in {}", space.name)),
        Destination::Comment { page, .. } => (ErrorCode::InvalidPage, format!("on “{}”", page.title)),
    };
    let what = match destination {
        Destination::NewPage { .. } => "create a page",
        Destination::Comment { .. } => "comment",
    };
    Some(ErrorView {
        code,
        message: format!(
            "Confluence does not let you {what} {place}: it is gone, or your account may not do that there."
        ),
        hint: Some(Hint::ChooseAnotherPlace),
    })
}

fn doubt(destination: &Destination, why: &ErrorView) -> ErrorView {
    let what = match destination {
        Destination::NewPage { title, .. } => format!("The page “{title}” may exist or not"),
        Destination::Comment { page, .. } => format!("The comment on “{}” may exist or not", page.title),
    };
    ErrorView {
        code: ErrorCode::Failed,
        message: format!("{} {what}: look in Confluence before you post it again.", why.message),
        hint: None,
    }
}
