//! Whose deliveries: each belongs to the account that sent it, and no other one sends it unless a person says so. What has
//! no account that can send it now waits for a person. Called by the outbox, and when an account was connected.

use jiff::{SignedDuration, Timestamp};

use super::status::ErrorView;
use super::{App, Error};
use crate::api::{DeliveryView, ErrorCode, Hint};
use crate::auth::LoginId;
use crate::domain::delivery::{Delivery, Sender, State, Unreadable};
use crate::domain::id::DeliveryId;
use crate::store::{self, Listed, Next, Writing};

/// An action of a person lasts so long. What waited for longer is not sent by a start or a login without a question.
pub(super) const ASKED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// In whose name things are sent, and with which tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) sender: Sender,
    pub(super) login: LoginId,
}

/// What became of deliveries, for the window.
pub(super) type Told = Vec<(Delivery, Option<ErrorView>)>;

impl App {
    /// Who sends now; nobody before the keyring was read, and while nobody is connected.
    pub(super) fn identity(&self) -> Option<Identity> {
        self.0.identity.borrow().clone()
    }

    /// The name of the account that things are sent as, where there is another one whose deliveries are on the list.
    pub(super) async fn sender_to_show(&self) -> Result<Option<String>, Error> {
        let Some(me) = self.sender() else { return Ok(None) };
        let id = me.id.clone();
        let has_others = self.0.store.read(move |db| db.deliveries().has_others(&id)).await?;
        Ok(me.name.filter(|_| has_others))
    }

    /// The connected account sends what another one was to send.
    pub async fn send_as(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::NeedsYou, State::NotConfirmed], move |tx, delivery, me| {
            tx.deliveries_mut().set_sender(id, me)?;
            delivery.sender = Some(me.clone());
            Ok(State::Queued)
        })
        .await
    }

    /// What waited too long to go without a question goes now: the person asked.
    pub async fn send_waiting(&self) -> Result<(), Error> {
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let now = self.now();
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
        self.0.bell.notify_one();
        Ok(())
    }

    /// Asks about what waits because a person asked for it long ago.
    pub(super) async fn ask_about_waiting(&self) -> Result<(), Error> {
        let old = self.0.store.read(asked_about).await?;
        let Some(first) = old.iter().map(|delivery| delivery.created).min() else { return Ok(()) };
        let verb = if old.len() == 1 { "waits" } else { "wait" };
        self.notice(ErrorView {
            code: ErrorCode::WaitedLong,
            message: format!("{} from {} {verb}.", old.len(), super::tell::day(first)),
            hint: Some(Hint::SendWaiting),
        });
        Ok(())
    }

    pub(super) fn tell_all(&self, told: Told) {
        for (delivery, why) in told {
            self.tell_delivery(delivery, why);
        }
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
    me: Option<&Sender>,
    not_connected: &ErrorView,
    now: Timestamp,
) -> Result<Told, store::Error> {
    let mut told = Vec::new();
    let waiting = tx.deliveries().in_states::<ErrorView>(&[State::Queued, State::Waiting, State::Doubted])?;
    for (delivery, _) in waiting.into_iter().filter_map(Listed::readable) {
        let in_doubt = delivery.state == State::Doubted;
        let (state, why) = match me {
            // What may have arrived is found out when somebody is connected.
            None if in_doubt => continue,
            None => (State::NeedsYou, not_connected.clone()),
            Some(me) if delivery.is_of(&me.id) => continue,
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
pub(super) fn take_up(tx: &Writing<'_>, me: &Sender, now: Timestamp) -> Result<Told, store::Error> {
    let long_ago = now.saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
    let old: Vec<DeliveryId> = tx
        .deliveries()
        .asked_before::<ErrorView>(&State::OPEN, long_ago)?
        .into_iter()
        .map(|(one, _)| one.id)
        .collect();
    let mut told = Vec::new();
    for (delivery, why) in tx.deliveries().open::<ErrorView>()? {
        let waited = why.is_some_and(|why| {
            matches!(
                why.code,
                ErrorCode::NotConnected | ErrorCode::ReconnectNeeded | ErrorCode::AnotherAccount
            )
        });
        if !waited || delivery.state != State::NeedsYou {
            continue;
        }
        let (state, why) = if !delivery.is_of(&me.id) {
            (State::NeedsYou, Some(of_another(delivery.sender.as_ref(), me)))
        } else if old.contains(&delivery.id) {
            (State::NeedsYou, Some(waited_long(&delivery)))
        } else {
            (State::Queued, None)
        };
        told.extend(put(tx, delivery, state, why, now)?);
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
    let day = super::tell::day(delivery.created);
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
