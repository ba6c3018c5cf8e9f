//! What goes by itself, and what waits for a person: each delivery belongs to the account that sent it, and no other one sends
//! it unless a person says so; what was asked for long ago is asked about. Called by the outbox, in its transactions.

use jiff::{SignedDuration, Timestamp};

use super::{Error, Outbox, Outcome, Senders};
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::domain::problem::{self, Originator, Problem};
use crate::store::{self, Listed, Next, WriteTx};

/// An action of a person lasts so long. What waited for longer is not sent by a start or a login without a question.
pub(super) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What became of deliveries, for the window.
pub(super) type Changes = Vec<Outcome>;

impl Outbox {
    /// What waited too long to go without a question goes now: the person asked.
    pub(in crate::app) async fn send_waiting(&self) -> Result<(), Error> {
        let refused = {
            let accounts = self.0.signers.now();
            (!accounts.is_connected()).then(|| accounts.not_connected())
        };
        if let Some(error) = refused {
            return Err(error);
        }
        let now = self.0.clock.now();
        let changes = self
            .0
            .store
            .write(move |tx| {
                let mut changes = Vec::new();
                for delivery in asked_about(tx)? {
                    let state =
                        if delivery.state == State::NeedsYou { State::Queued } else { State::Reconciling };
                    tx.deliveries_mut().asked(delivery.id, now)?;
                    changes.extend(put(tx, delivery, state, None, now)?);
                }
                Ok(changes)
            })
            .await?;
        self.announce_all(changes);
        self.0.wake.notify_one();
        Ok(())
    }

    /// The way out of this network is another one now: what waited for that goes on.
    pub(in crate::app) async fn network_changed(&self) -> Result<(), Error> {
        let now = self.0.clock.now();
        let changes = self.0.store.write(move |tx| resume_barred(tx, now)).await?;
        self.announce_all(changes);
        self.0.wake.notify_one();
        Ok(())
    }

    /// Asks about what waits because a person asked for it long ago.
    pub(super) async fn ask_about_waiting(&self) -> Result<(), Error> {
        let old = self.0.store.read(asked_about).await?;
        let Some(first) = old.iter().map(|delivery| delivery.created).min() else { return Ok(()) };
        self.0.events.notice(&Problem::Delivery(problem::Delivery::SeveralWaitedLong {
            count: old.len(),
            since: first,
        }));
        Ok(())
    }
}

/// What waits because nothing got out of this network: it goes on at once.
pub(super) fn resume_barred(tx: &WriteTx<'_>, now: Timestamp) -> Result<Changes, store::Error> {
    let mut changes = Vec::new();
    for (delivery, why) in tx.deliveries().open()? {
        if delivery.state == State::Waiting && matches!(why, Some(Problem::Network(_))) {
            changes.extend(put(tx, delivery, State::Queued, None, now)?);
        }
    }
    Ok(changes)
}

/// Why a delivery waits that another account sent, or nobody knows which.
pub(super) fn of_another(sender: Option<&Sender>, me: &Sender) -> Problem {
    let sender = match sender {
        Some(Sender { name: Some(name), .. }) => Originator::Named(name.clone()),
        Some(Sender { name: None, .. }) => Originator::Nameless,
        None => Originator::NotNoted,
    };
    let me = me.name.clone().unwrap_or_else(|| me.id.to_string());
    Problem::Delivery(problem::Delivery::OfAnother { sender, me })
}

/// Why a delivery is not confirmed that may have arrived, and that only another account could look for.
pub(super) fn unverifiable(sender: Option<&Sender>) -> Problem {
    let sender = sender.and_then(|sender| sender.name.clone());
    Problem::Delivery(problem::Delivery::Unverifiable { sender })
}

pub(super) const UNREADABLE: Problem = Problem::Delivery(problem::Delivery::Unreadable);

/// Leaves to a person what nobody who is connected may send: `not_connected` says why nobody is.
pub(super) fn set_aside_strays(
    tx: &WriteTx<'_>,
    senders: &Senders,
    not_connected: impl Fn(&OrganizationId) -> Problem,
    now: Timestamp,
) -> Result<Changes, store::Error> {
    let mut changes = Vec::new();
    let waiting = tx.deliveries().in_states(&[State::Queued, State::Waiting, State::RetryUnconfirmed])?;
    for (delivery, _) in waiting.into_iter().filter_map(Listed::readable) {
        let in_doubt = delivery.state == State::RetryUnconfirmed;
        let organization = delivery.destination.organization();
        let account = delivery.sender.as_ref().map(|sender| &sender.id);
        if !senders.is_stray(organization, account, in_doubt) {
            continue;
        }
        let (state, why) = match senders.to(organization) {
            None => (State::NeedsYou, not_connected(organization)),
            Some(_) if in_doubt => (State::NotConfirmed, unverifiable(delivery.sender.as_ref())),
            Some(me) => (State::NeedsYou, of_another(delivery.sender.as_ref(), me)),
        };
        changes.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(changes)
}

/// Leaves to a person what cannot be read.
pub(super) fn set_aside_unreadable(tx: &WriteTx<'_>, now: Timestamp) -> Result<(), store::Error> {
    let going = [State::Queued, State::Waiting, State::Sending, State::RetryUnconfirmed, State::Reconciling];
    for one in tx.deliveries().in_states(&going)? {
        let Listed::Unreadable(one) = one else { continue };
        let Unreadable { id, state, .. } = *one;
        let may_have_left = !state.is_open();
        let next = if may_have_left { State::NotConfirmed } else { State::NeedsYou };
        tx.deliveries_mut().change(
            id,
            &[state],
            &Next { why: Some(&UNREADABLE), ..Next::plain(next) },
            now,
        )?;
    }
    Ok(())
}

/// What waited for an account that is connected now: it goes on, unless that was long ago.
pub(super) fn resume_waiting(
    tx: &WriteTx<'_>,
    senders: &Senders,
    now: Timestamp,
) -> Result<Changes, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let old: Vec<DeliveryId> =
        tx.deliveries().asked_before(&State::OPEN, long_ago)?.into_iter().map(|(one, _)| one.id).collect();
    let mut changes = Vec::new();
    for (delivery, before) in tx.deliveries().open()? {
        let waited = before.as_ref().is_some_and(Problem::waits_for_account);
        if !waited || delivery.state != State::NeedsYou {
            continue;
        }
        let Some(me) = senders.to(delivery.destination.organization()) else { continue };
        let (state, why) = if !delivery.is_of(&me.id) {
            (State::NeedsYou, Some(of_another(delivery.sender.as_ref(), me)))
        } else if old.contains(&delivery.id) {
            (State::NeedsYou, Some(waited_long(&delivery)))
        } else {
            (State::Queued, None)
        };
        if (state, &why) != (delivery.state, &before) {
            changes.extend(put(tx, delivery, state, why, now)?);
        }
    }
    Ok(changes)
}

/// Asks before anything goes that a person asked for long ago. Answers what is asked about.
pub(super) fn ask_about_old(tx: &WriteTx<'_>, now: Timestamp) -> Result<Changes, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let going = [State::Queued, State::Waiting, State::RetryUnconfirmed, State::Reconciling];
    let mut changes = Vec::new();
    for (delivery, _) in tx.deliveries().asked_before(&going, long_ago)? {
        let state = if delivery.state.is_open() { State::NeedsYou } else { State::NotConfirmed };
        let why = waited_long(&delivery);
        changes.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(changes)
}

/// What waits for an answer to that.
fn asked_about(db: &store::ReadTx<'_>) -> Result<Vec<Delivery>, store::Error> {
    let open = db.deliveries().open()?;
    let old = open.into_iter().filter(|(_, why)| why.as_ref().is_some_and(Problem::waited_long));
    Ok(old.map(|(delivery, _)| delivery).collect())
}

/// Why something that waited for long is not sent.
fn waited_long(delivery: &Delivery) -> Problem {
    let sent = !delivery.state.is_open();
    Problem::Delivery(problem::Delivery::WaitedLong { since: delivery.created, sent })
}

/// Puts a delivery into a state in which it waits for a person, if it still is where it was seen.
pub(super) fn set_aside(
    tx: &WriteTx<'_>,
    delivery: Delivery,
    state: State,
    why: Problem,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<Problem>)>, store::Error> {
    put(tx, delivery, state, Some(why), now)
}

/// Puts a delivery into a state, from which it starts anew, if it still is where it was seen.
fn put(
    tx: &WriteTx<'_>,
    delivery: Delivery,
    state: State,
    why: Option<Problem>,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<Problem>)>, store::Error> {
    let next = Next { why: why.as_ref(), ..Next::plain(state) };
    let changed = tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
    Ok(changed.then_some((Delivery { state, changed: now, due: None, tries: 0, ..delivery }, why)))
}
