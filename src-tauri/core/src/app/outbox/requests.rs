//! What a person asks of the outbox: to take something in, to try it again, to look again. Each is one transaction, and wakes
//! the outbox.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::triage::{ASKED_FOR, of_another};
use super::{Error, Event, Outbox};
use crate::adf::Document;
use crate::api::DeliveryView;
use crate::domain::delivery::{Delivery, Sender, State};
use crate::domain::destination::{Action, Destination};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::domain::problem::{self, Gone, NotNow, Problem};
use crate::domain::transitions;
use crate::store::{self, Listed, Next, WriteTx};

/// Sending the same again within this time is asked about first.
const DUPLICATE_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Nobody waits longer for `Undo`, in seconds.
const MAX_HOLD: u8 = 60;

impl Outbox {
    /// Stores deliveries, all or none, and starts sending them when they were held for so many seconds. Whether they may be
    /// stored is found out in the same transaction: what they replace may have gone on, and the same may have been sent.
    pub(in crate::app) async fn enqueue(
        &self,
        all: Vec<Ready>,
        hold: u8,
    ) -> Result<Vec<DeliveryView>, Error> {
        let now = self.0.clock.now();
        let hold = SignedDuration::from_secs(hold.min(MAX_HOLD).into());
        let due = (!hold.is_zero()).then(|| now.saturating_add(hold).unwrap_or(now));
        let stored = self
            .0
            .store
            .decide(move |tx| {
                all.into_iter().map(|one| one.store(tx, due, now)).collect::<Result<Vec<_>, Error>>()
            })
            .await?;
        let mut views = Vec::new();
        for Stored { delivery, replaced } in stored {
            if let Some(old) = replaced {
                self.0.events.emit(Event::DeliveryGone(old));
            }
            tracing::info!(delivery = %delivery.id, organization = %delivery.destination.organization(), "queued");
            views.push(self.views().of(delivery, None));
        }
        self.0.wake.notify_one();
        Ok(views)
    }

    /// All deliveries, newest first.
    pub(in crate::app) async fn deliveries(&self) -> Result<Vec<DeliveryView>, Error> {
        let all = self.0.store.read(|db| db.deliveries().all()).await?;
        let views = self.views();
        Ok(all
            .into_iter()
            .map(|one| match one {
                Listed::Delivery(delivery, why) => views.of(*delivery, why.as_ref()),
                Listed::Unreadable(unreadable) => views.of_unreadable(*unreadable),
            })
            .collect())
    }

    /// Tries a waiting or failed delivery again, unchanged.
    pub(in crate::app) async fn retry(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.requeue(id, &[State::Waiting, State::NeedsYou], |_, _, _| Ok(State::Queued)).await
    }

    /// Sends a delivery whose outcome is not known once more.
    pub(in crate::app) async fn post_anyway(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.requeue(id, &[State::NotConfirmed], |_, _, _| Ok(State::Queued)).await
    }

    /// Looks again for a delivery whose outcome is not known.
    pub(in crate::app) async fn check_again(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        let long_ago = self.0.clock.now().saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
        self.requeue(id, &[State::NotConfirmed], move |tx, delivery, _| {
            // A look makes nothing. A page is posted again only where its title is likely to be the same as then.
            let first = tx.attempts().first(id)?;
            let is_recent = first.is_some_and(|first| first.started >= long_ago);
            Ok(if is_recent {
                transitions::after_lost_answer(delivery.destination.action())
            } else {
                State::Reconciling
            })
        })
        .await
    }

    /// Puts a delivery into a state in which the outbox acts, at once. Which, is said for the account that is connected.
    async fn requeue(
        &self,
        id: DeliveryId,
        from: &'static [State],
        to: impl FnOnce(&WriteTx<'_>, &mut Delivery, &Sender) -> Result<State, store::Error>
        + std::marker::Send
        + 'static,
    ) -> Result<DeliveryView, Error> {
        let (signers, now) = (self.0.signers.clone(), self.0.clock.now());
        let (delivery, why) = self
            .0
            .store
            .decide(move |tx| {
                let (mut delivery, why) =
                    tx.deliveries().get(id)?.ok_or_else(|| Error::gone(Gone::Delivery))?;
                let organization = delivery.destination.organization().clone();
                let me = signers.now().sender_to(&organization);
                let me = me?;
                let next = Next { why: why.as_ref(), ..Next::plain(to(tx, &mut delivery, &me)?) };
                // Only who sent it can find it again; nobody else sends it without saying so.
                if next.state != State::Reconciling && !delivery.is_of(&me.id) {
                    return Err(of_another(delivery.sender.as_ref(), &me).into());
                }
                if !tx.deliveries_mut().change(id, from, &next, now)? {
                    return Err(Error::not_now(NotNow::GoneOn));
                }
                tx.deliveries_mut().asked(id, now)?;
                // Those before it in the line would hold it up.
                tx.deliveries_mut().make_due(&organization, now)?;
                tx.deliveries().get(id)?.ok_or_else(|| Error::gone(Gone::Delivery))
            })
            .await?;
        let view = self.views().of(delivery, why.as_ref());
        self.0.wake.notify_one();
        Ok(view)
    }

    /// The connected account sends what another one was to send.
    pub(in crate::app) async fn send_as(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.requeue(id, &[State::NeedsYou, State::NotConfirmed], move |tx, delivery, me| {
            tx.deliveries_mut().set_sender(id, me)?;
            delivery.sender = Some(me.clone());
            Ok(State::Queued)
        })
        .await
    }

    /// Something was taken off the list: those behind it need not wait any longer.
    pub(in crate::app) fn removed(&self, id: DeliveryId) {
        self.0.events.emit(Event::DeliveryGone(id));
        self.0.wake.notify_one();
    }
}

/// The same items to the same place within a day are most likely a slip. What was cancelled is gone, and what is replaced
/// does not count.
fn check_sent_before(
    tx: &WriteTx<'_>,
    items: &[ItemId],
    destination: &Destination,
    replaced: Option<DeliveryId>,
    now: Timestamp,
) -> Result<(), Error> {
    let since = now.saturating_sub(DUPLICATE_WINDOW).unwrap_or(Timestamp::MIN);
    let place = destination.place();
    let before = tx.deliveries().sent_before(items, since, |delivery| {
        delivery.destination.place().is(&place) && Some(delivery.id) != replaced
    })?;
    let Some(before) = before else { return Ok(()) };
    let target = (&before.destination).into();
    Err(problem::Delivery::SentBefore { target, at: before.created }.into())
}

/// What is to be replaced is taken off the list, if nothing of it has left. Answers whether it was there.
fn replace(tx: &WriteTx<'_>, old: DeliveryId, now: Timestamp) -> Result<bool, Error> {
    match tx.deliveries().listed(old)? {
        None => Ok(false),
        Some(Listed::Delivery(old, _)) if old.state.is_sent() => {
            Err(problem::Delivery::SentMeanwhile { delivery: old.id, at: old.changed, now }.into())
        }
        Some(_) if tx.deliveries_mut().delete(old, &State::OPEN)? => Ok(true),
        Some(_) => Err(Error::not_now(NotNow::OnItsWay)),
    }
}

/// Something that was found right, and is to be stored.
pub(in crate::app) struct Ready {
    pub(in crate::app) items: Vec<ItemId>,
    pub(in crate::app) destination: Destination,
    pub(in crate::app) document: Document,
    pub(in crate::app) sender: Sender,
    pub(in crate::app) replaces: Option<DeliveryId>,
    /// The person knows that the same was sent within a day.
    pub(in crate::app) again: bool,
    pub(in crate::app) meeting: MeetingId,
    pub(in crate::app) series: String,
    /// What the draft is kept under that goes with it.
    pub(in crate::app) draft: Option<Uuid>,
}

/// Something that was stored.
struct Stored {
    delivery: Delivery,
    /// What it took the place of.
    replaced: Option<DeliveryId>,
}

impl Ready {
    /// The same, not made of what was typed in a dialog: a draft stays.
    pub(in crate::app) fn beside_drafts(self) -> Self {
        Self { draft: None, ..self }
    }

    fn store(self, tx: &WriteTx<'_>, due: Option<Timestamp>, now: Timestamp) -> Result<Stored, Error> {
        let replaced = match self.replaces {
            Some(old) if replace(tx, old, now)? => Some(old),
            _ => None,
        };
        if !self.again {
            check_sent_before(tx, &self.items, &self.destination, replaced, now)?;
        }
        let delivery = Delivery {
            id: DeliveryId::new(),
            items: self.items,
            words: None,
            meeting: Some(self.meeting),
            meeting_title: None,
            destination: self.destination,
            sender: Some(self.sender),
            state: State::Queued,
            url: None,
            due,
            tries: 0,
            created: now,
            changed: now,
        };
        tx.deliveries_mut().insert(&delivery, &self.document, self.meeting)?;
        if self.again && delivery.destination.action() == Action::AddComment {
            // The person has decided, so that an attempt need not ask whether another computer sent the same.
            let target = (&delivery.destination).into();
            let why = Problem::Delivery(problem::Delivery::SentBefore { target, at: now });
            let next = Next { why: Some(&why), due, ..Next::plain(State::Queued) };
            tx.deliveries_mut().change(delivery.id, &[State::Queued], &next, now)?;
        }
        if let Some(subject) = self.draft {
            tx.drafts_mut().delete(subject, delivery.destination.action())?;
        }
        for mention in self.document.mentions() {
            tx.people_mut().put(&mention.id.as_str().into(), mention.text().trim_start_matches('@'), now)?;
        }
        let target = delivery.destination.target();
        tx.targets_mut().remember_target(&self.series, &target, now)?;
        tx.targets_mut().used(&target, now)?;
        if let Destination::NewPage { organization, space, .. } = &delivery.destination {
            tx.spaces_mut().used(organization, &space.id, now)?;
        }
        let (delivery, _) = tx.deliveries().get(delivery.id)?.ok_or_else(|| Error::gone(Gone::Delivery))?;
        Ok(Stored { delivery, replaced })
    }
}
