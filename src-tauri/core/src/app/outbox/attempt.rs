//! One attempt at a delivery: post it, and answer the outcome. Refuses to try again, except once in a plainer form
//! where Confluence definitely refused the document. Called by `queue`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Error, Outbox};
use crate::adf::Document;
use crate::confluence::{self, Confluence, Made, NewPage};
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Destination, Page};
use crate::domain::problem::{self, Problem, TitleClash, Token, TokenTrouble};
use crate::domain::title::with_date_suffix;
use crate::domain::transitions::AttemptOutcome;
use crate::store::Listed;

/// How long the same words are looked for before a comment goes.
const LOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// States of what may have arrived without being known to.
const IN_DOUBT: [State; 4] =
    [State::Sending, State::Reconciling, State::RetryUnconfirmed, State::NotConfirmed];

/// The result of an attempt.
pub(super) struct Tried {
    /// Outcome.
    pub(super) posted: AttemptOutcome,
    /// What the person is told: why it did not arrive, or how.
    pub(super) why: Option<Problem>,
    /// What was made.
    pub(super) made: Option<Made>,
    /// Not before this moment, as Confluence asked.
    pub(super) until: Option<Timestamp>,
}

impl Outbox {
    /// Posts a delivery, signing as `confluence` does; `why` is what stood in its way before.
    pub(super) async fn attempt(
        &self,
        confluence: &Confluence,
        delivery: &Delivery,
        document: Document,
        why: Option<&Problem>,
    ) -> Tried {
        let document = sent(&delivery.destination, document);
        // A person has decided about what was asked about, or may have arrived.
        let is_decided = matches!(why, Some(Problem::Delivery(_)));
        if !is_decided && let Some(at) = self.sent_elsewhere(confluence, delivery, &document).await {
            let target = (&delivery.destination).into();
            let why = Problem::Delivery(problem::Delivery::SentElsewhere { target, at });
            return Tried { posted: AttemptOutcome::Refused, why: Some(why), made: None, until: None };
        }
        let mut note = None;
        let mut posted = post(confluence, &delivery.destination, &document).await;
        // A definite refusal of the document itself, never a lost answer: nothing was made, so the same words may go
        // once more in a simpler form, if there is one.
        if matches!(posted, Err(confluence::Error::Unconvertible))
            && let plain = document.clone().plain_lists()
            && plain != document
        {
            posted = post(confluence, &delivery.destination, &plain).await;
            note = Some(Problem::Delivery(problem::Delivery::WentPlain));
        }
        let error = match posted {
            Ok(made) => {
                return Tried { posted: AttemptOutcome::Arrived, why: note, made: Some(made), until: None };
            }
            Err(error) => error,
        };
        tracing::info!(
            delivery = %delivery.id, error = &error as &dyn std::error::Error, "a delivery did not get through"
        );
        let until = match &error {
            confluence::Error::RateLimited { until } => *until,
            _ => None,
        };
        let taken = matches!(error, confluence::Error::TitleExists);
        let error = self.0.signers.noticed(delivery.destination.organization(), error);
        let posted = match &error {
            _ if taken => AttemptOutcome::TitleTaken,
            error if error.is_ambiguous() => AttemptOutcome::Lost,
            error if error.is_passing() => AttemptOutcome::Deferred,
            // Its token has ended, and the same account signs by its login from now on.
            error if is_refused_token(error) && self.goes_otherwise(delivery) => AttemptOutcome::Deferred,
            _ => AttemptOutcome::Refused,
        };
        let why = match posted {
            AttemptOutcome::Lost => Problem::Delivery(problem::Delivery::InDoubt {
                because: Box::new(error.problem()),
                target: (&delivery.destination).into(),
            }),
            _ if matches!(error, Error::Confluence(confluence::Error::Denied)) => {
                Problem::Confluence(match read_only(confluence, &delivery.destination).await {
                    Some(page) => problem::Confluence::ReadOnly { page },
                    None => problem::Confluence::PlaceDenied((&delivery.destination).into()),
                })
            }
            _ => error.problem(),
        };
        Tried { posted, why: Some(why), made: None, until }
    }

    /// Since when the same words of the same person stand on the page of a comment, if this computer did not send them: a
    /// person may have two. A page is not asked about, since its title keeps it from being made twice. Only a help: where it
    /// cannot be found out, the comment goes.
    async fn sent_elsewhere(
        &self,
        confluence: &Confluence,
        delivery: &Delivery,
        document: &Document,
    ) -> Option<Timestamp> {
        let Destination::Comment { organization, page } = &delivery.destination else { return None };
        let text = document.stored_text();
        let words = document.stored_words();
        let looking = confluence.comments_like(organization, &page.id, &words);
        // Nobody's comment waits for a help that does not come.
        let mut found = tokio::time::timeout(LOOK_TIMEOUT, looking).await.ok()?.ok()?;
        found.retain(|one| one.text == text);
        if found.is_empty() {
            return None;
        }
        let ids: Vec<String> = found.iter().map(|one| one.id.clone()).collect();
        let (own, place) = (delivery.id, delivery.destination.place());
        let (made, is_doubted) = self
            .0
            .store
            .read(move |db| {
                let doubts = db.deliveries().in_states(&IN_DOUBT)?;
                let is_here = |other: &Delivery| other.id != own && other.destination.place().is(&place);
                let mut doubts = doubts.into_iter().filter_map(Listed::readable);
                Ok((db.deliveries().made(&ids)?, doubts.any(|(other, _)| is_here(&other))))
            })
            .await
            .ok()?;
        // What was found may be another one of this computer's, of which it is not known yet whether it arrived.
        if is_doubted {
            return None;
        }
        found.iter().filter(|one| !made.contains(&one.id)).map(|one| one.created).max()
    }

    fn goes_otherwise(&self, delivery: &Delivery) -> bool {
        let Some(sender) = &delivery.sender else { return false };
        self.0.signers.now().identity_for(delivery.destination.organization(), &sender.id).is_some()
    }

    /// What a person is told whose title is taken, with the page that has it, so that they can go there.
    pub(super) async fn title_taken(
        &self,
        confluence: &Confluence,
        destination: &Destination,
    ) -> Option<Problem> {
        let Destination::NewPage { organization, space, title, .. } = destination else { return None };
        // Only a help: the index may not know the page yet, and archived pages are never found.
        let page = confluence.page_titled(organization, &space.key, title).await.unwrap_or_default();
        self.clash(destination, page.map(|found| found.page))
    }

    /// The same with a page that was found already.
    pub(super) fn clash(&self, destination: &Destination, page: Option<Page>) -> Option<Problem> {
        let Destination::NewPage { space, title, .. } = destination else { return None };
        let today = self.0.clock.now().to_zoned(TimeZone::system()).date();
        let clash = Some(Box::new(TitleClash {
            title: title.clone(),
            space: space.name.clone(),
            suggestion: with_date_suffix(title, today),
            page,
        }));
        Some(Problem::Confluence(problem::Confluence::TitleTaken { clash }))
    }
}

/// The document that is posted: a comment holds less than a page.
pub(super) fn sent(destination: &Destination, document: Document) -> Document {
    match destination {
        Destination::NewPage { .. } => document,
        Destination::Comment { .. } => document.for_comment(),
    }
}

async fn post(
    confluence: &Confluence,
    destination: &Destination,
    document: &Document,
) -> Result<Made, confluence::Error> {
    let body = document.to_json();
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

fn is_refused_token(error: &Error) -> bool {
    let Error::Problem(problem) = error else { return false };
    matches!(**problem, Problem::Token(Token { what: TokenTrouble::Refused { .. }, .. }))
}

/// The title of the page that took no comment, if the account may read it. Only a help: where it cannot be found out, nothing
/// is said.
async fn read_only(confluence: &Confluence, destination: &Destination) -> Option<String> {
    let Destination::Comment { organization, page } = destination else { return None };
    let found = confluence.by_id(organization, &page.id).await.ok()?;
    found.map(|(hit, _)| hit.page.title)
}
