//! What goes by itself, and what waits for a person: each delivery belongs to the account that sent it, and no other one sends
//! it unless a person says so; what was asked for long ago is asked about. Called by the outbox, in its transactions.

use jiff::{SignedDuration, Timestamp};

use super::{Error, Outbox, Outcome, Senders};
use crate::api::{ErrorCode, ErrorView, Hint};
use crate::app::tell;
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::id::{DeliveryId, OrganizationId};
use crate::store::{self, Listed, Next, Writing};

/// An action of a person lasts so long. What waited for longer is not sent by a start or a login without a question.
pub(super) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What became of deliveries, for the window.
pub(super) type Told = Vec<Outcome>;

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
        let told = self
            .0
            .store
            .write(move |tx| {
                let mut told = Vec::new();
                for delivery in asked_about(tx)? {
                    let state =
                        if delivery.state == State::NeedsYou { State::Queued } else { State::Looking };
                    tx.deliveries_mut().asked(delivery.id, now)?;
                    told.extend(put(tx, delivery, state, None, now)?);
                }
                Ok(told)
            })
            .await?;
        self.tell_all(told);
        self.0.wake.notify_one();
        Ok(())
    }

    /// Asks about what waits because a person asked for it long ago.
    pub(super) async fn ask_about_waiting(&self) -> Result<(), Error> {
        let old = self.0.store.read(asked_about).await?;
        let Some(first) = old.iter().map(|delivery| delivery.created).min() else { return Ok(()) };
        let verb = if old.len() == 1 { "waits" } else { "wait" };
        self.0.events.notice(ErrorView {
            code: ErrorCode::WaitedLong,
            message: format!("{} from {} {verb}.", old.len(), tell::day(first)),
            hint: Some(Hint::SendWaiting),
        });
        Ok(())
    }
}

/// What a person is told of a delivery that another account sent, or nobody knows which.
pub(super) fn of_another(sender: Option<&Sender>, me: &Sender) -> ErrorView {
    let who = match sender {
        Some(Sender { name: Some(name), .. }) => format!("{name} sent this."),
        Some(Sender { name: None, .. }) => "Another account sent this.".to_owned(),
        None => "It is not known which account sent this.".to_owned(),
    };
    ErrorView {
        code: ErrorCode::AnotherAccount,
        message: format!("{who} You are connected as {}.", name_of(me)),
        hint: Some(Hint::SendAs { name: name_of(me).to_owned() }),
    }
}

pub(super) fn name_of(sender: &Sender) -> &str {
    sender.name.as_deref().unwrap_or("another account")
}

/// What a person is told whose delivery may have arrived, and who cannot look for it.
pub(super) fn hopeless(sender: Option<&Sender>) -> ErrorView {
    let who = sender.map_or("another account", name_of);
    ErrorView {
        code: ErrorCode::Failed,
        message: format!(
            "It was sent by {who}, and its answer was lost. The account that is connected now cannot look for it."
        ),
        hint: None,
    }
}

pub(super) fn unreadable() -> ErrorView {
    ErrorView {
        code: ErrorCode::Failed,
        message: "It is stored in a form that this version cannot read. Edit shows its words; Cancel takes it off the list and \
                  keeps them."
            .to_owned(),
        hint: None,
    }
}

/// Leaves to a person what nobody who is connected may send: `not_connected` says why nobody is.
pub(super) fn set_aside_strays(
    tx: &Writing<'_>,
    senders: &Senders,
    not_connected: impl Fn(&OrganizationId) -> ErrorView,
    now: Timestamp,
) -> Result<Told, store::Error> {
    let mut told = Vec::new();
    let waiting = tx.deliveries().in_states::<ErrorView>(&[State::Queued, State::Waiting, State::Doubted])?;
    for (delivery, _) in waiting.into_iter().filter_map(Listed::readable) {
        let in_doubt = delivery.state == State::Doubted;
        let organization = delivery.destination.organization();
        let account = delivery.sender.as_ref().map(|sender| &sender.id);
        if !senders.is_stray(organization, account, in_doubt) {
            continue;
        }
        let (state, why) = match senders.to(organization) {
            None => (State::NeedsYou, not_connected(organization)),
            Some(_) if in_doubt => (State::NotConfirmed, hopeless(delivery.sender.as_ref())),
            Some(me) => (State::NeedsYou, of_another(delivery.sender.as_ref(), me)),
        };
        told.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(told)
}

/// Leaves to a person what cannot be read.
pub(super) fn set_aside_unreadable(tx: &Writing<'_>, now: Timestamp) -> Result<(), store::Error> {
    let going = [State::Queued, State::Waiting, State::Sending, State::Doubted, State::Looking];
    for one in tx.deliveries().in_states::<ErrorView>(&going)? {
        let Listed::Unreadable(one) = one else { continue };
        let Unreadable { id, state, .. } = *one;
        let may_have_left = !state.is_open();
        let next = if may_have_left { State::NotConfirmed } else { State::NeedsYou };
        tx.deliveries_mut().change(
            id,
            &[state],
            &Next { why: Some(&unreadable()), ..Next::plain(next) },
            now,
        )?;
    }
    Ok(())
}

/// What waited for an account that is connected now: it goes on, unless that was long ago.
pub(super) fn take_up(tx: &Writing<'_>, senders: &Senders, now: Timestamp) -> Result<Told, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let old: Vec<DeliveryId> = tx
        .deliveries()
        .asked_before::<ErrorView>(&State::OPEN, long_ago)?
        .into_iter()
        .map(|(one, _)| one.id)
        .collect();
    let mut told = Vec::new();
    for (delivery, before) in tx.deliveries().open::<ErrorView>()? {
        let waited = before.as_ref().is_some_and(|why| {
            matches!(
                why.code,
                ErrorCode::NotConnected | ErrorCode::ReconnectNeeded | ErrorCode::AnotherAccount
            )
        });
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
            told.extend(put(tx, delivery, state, why, now)?);
        }
    }
    Ok(told)
}

/// Asks before anything goes that a person asked for long ago. Answers what is asked about.
pub(super) fn ask_about_old(tx: &Writing<'_>, now: Timestamp) -> Result<Told, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let going = [State::Queued, State::Waiting, State::Doubted, State::Looking];
    let mut told = Vec::new();
    for (delivery, _) in tx.deliveries().asked_before::<ErrorView>(&going, long_ago)? {
        let state = if delivery.state.is_open() { State::NeedsYou } else { State::NotConfirmed };
        let why = waited_long(&delivery);
        told.extend(set_aside(tx, delivery, state, why, now)?);
    }
    Ok(told)
}

/// What waits for an answer to that.
fn asked_about(db: &store::Reading<'_>) -> Result<Vec<Delivery>, store::Error> {
    let open = db.deliveries().open::<ErrorView>()?;
    let old =
        open.into_iter().filter(|(_, why)| why.as_ref().is_some_and(|why| why.code == ErrorCode::WaitedLong));
    Ok(old.map(|(delivery, _)| delivery).collect())
}

/// Why something that waited for long is not sent.
fn waited_long(delivery: &Delivery) -> ErrorView {
    let day = tell::day(delivery.created);
    let message = if delivery.state.is_open() {
        format!("It has waited since {day}, so it is not sent without your word.")
    } else {
        format!(
            "It was sent on {day} and its answer was lost, so it may have arrived. Nobody has looked since."
        )
    };
    ErrorView { code: ErrorCode::WaitedLong, message, hint: Some(Hint::SendWaiting) }
}

/// Puts a delivery into a state in which it waits for a person, if it still is where it was seen.
pub(super) fn set_aside(
    tx: &Writing<'_>,
    delivery: Delivery,
    state: State,
    why: ErrorView,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<ErrorView>)>, store::Error> {
    put(tx, delivery, state, Some(why), now)
}

/// Puts a delivery into a state, from which it starts anew, if it still is where it was seen.
fn put(
    tx: &Writing<'_>,
    delivery: Delivery,
    state: State,
    why: Option<ErrorView>,
    now: Timestamp,
) -> Result<Option<(Delivery, Option<ErrorView>)>, store::Error> {
    let next = Next { why: why.as_ref(), ..Next::plain(state) };
    let changed = tx.deliveries_mut().change(delivery.id, &[delivery.state], &next, now)?;
    Ok(changed.then_some((Delivery { state, changed: now, due: None, tries: 0, ..delivery }, why)))
}
