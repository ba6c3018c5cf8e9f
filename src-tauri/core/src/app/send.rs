//! Sending: check, store, ring the bell. And what a person may do with a delivery afterwards.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::accounts::{ASKED_FOR, name_of};
use super::compose::{from_delivery, subject};
use super::error::Field;
use super::status::ErrorView;
use super::unreadable::{document_of, salvaged};
use super::{App, Error, Event};
use crate::adf::{self, Document};
use crate::api::{DeliveryView, Draft, Send};
use crate::domain::course;
use crate::domain::delivery::{Delivery, Sender, State};
use crate::domain::destination::{Destination, TITLE_MAX};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::store::{self, Listed, Next, WriteTx};

/// Sending the same again within this time is asked about first.
const SLIP: SignedDuration = SignedDuration::from_hours(24);

/// Nobody waits longer for `Undo`, in seconds.
const LONGEST_HOLD: u8 = 60;

impl App {
    /// Stores a delivery and starts sending it. What can be known to be wrong is said now, and not later.
    pub async fn send(&self, request: Send) -> Result<DeliveryView, Error> {
        let ready = self.checked(request).await?;
        let hold = self.settings().await?.hold_seconds;
        let mut stored = self.store_all(vec![ready], hold).await?;
        stored.pop().ok_or(OFF_THE_LIST)
    }

    /// Finds what is wrong with something that is to be sent, as far as that can be known without Confluence.
    pub(super) async fn checked(&self, request: Send) -> Result<Ready, Error> {
        let Send { items, destination, document, replaces, again } = request;
        if !self.is_connected() {
            return Err(self.not_connected_to(destination.organization()));
        }
        let destination = with_clean_title(destination)?;
        if !self.organizations().iter().any(|o| o.id == *destination.organization()) {
            return Err(Error::invalid(
                Field::Organization,
                "The connection does not reach this organization. Choose another one, or reconnect.",
            ));
        }
        check(&document)?;
        let sender = self.sender_to(destination.organization())?;
        let (subject, meeting) = self.subject(&items).await?;
        let series = self.series_of(meeting).await?;
        Ok(Ready {
            items,
            destination,
            document,
            sender,
            replaces,
            again,
            meeting,
            series,
            draft: Some(subject),
        })
    }

    /// Stores deliveries, all or none, and starts sending them when they were held for so many seconds. Whether they may be
    /// stored is found out in the same transaction: what they replace may have gone on, and the same may have been sent.
    pub(super) async fn store_all(&self, all: Vec<Ready>, hold: u8) -> Result<Vec<DeliveryView>, Error> {
        let now = self.now();
        let hold = SignedDuration::from_secs(hold.min(LONGEST_HOLD).into());
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
                self.tell(Event::DeliveryGone(old));
            }
            views.push(self.view(delivery, None));
        }
        self.0.bell.notify_one();
        Ok(views)
    }

    /// All deliveries, newest first.
    pub async fn deliveries(&self) -> Result<Vec<DeliveryView>, Error> {
        let all = self.0.store.read(|db| db.deliveries().all()).await?;
        Ok(all
            .into_iter()
            .map(|one| match one {
                Listed::Delivery(delivery, why) => self.view(*delivery, why),
                Listed::Unreadable(unreadable) => self.unreadable_view(*unreadable),
            })
            .collect())
    }

    /// Tries a waiting or failed delivery again, unchanged.
    pub async fn retry(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::Waiting, State::NeedsYou], |_, _, _| Ok(State::Queued)).await
    }

    /// Sends a delivery whose outcome is not known once more.
    pub async fn post_anyway(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::NotConfirmed], |_, _, _| Ok(State::Queued)).await
    }

    /// Looks again for a delivery whose outcome is not known.
    pub async fn check_again(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        let long_ago = self.now().saturating_sub(ASKED_FOR).unwrap_or(Timestamp::MIN);
        self.go_on(id, &[State::NotConfirmed], move |tx, delivery, _| {
            // A look makes nothing. A page is posted again only where its title is likely to be the same as then.
            let first = tx.attempts().first(id)?;
            let is_recent = first.is_some_and(|first| first.started >= long_ago);
            Ok(if is_recent { course::in_doubt_of(delivery.destination.action()) } else { State::Looking })
        })
        .await
    }

    /// Puts a delivery into a state in which the outbox acts, at once. Which, is said for the account that is connected.
    pub(super) async fn go_on(
        &self,
        id: DeliveryId,
        from: &'static [State],
        to: impl FnOnce(&WriteTx<'_>, &mut Delivery, &Sender) -> Result<State, store::Error>
        + std::marker::Send
        + 'static,
    ) -> Result<DeliveryView, Error> {
        let (app, now, senders) = (self.clone(), self.now(), self.senders());
        let (delivery, why) = self
            .0
            .store
            .decide(move |tx| {
                let (mut delivery, why) = tx.deliveries().get::<ErrorView>(id)?.ok_or(OFF_THE_LIST)?;
                let organization = delivery.destination.organization().clone();
                let me = senders.to(&organization).ok_or_else(|| app.not_connected_to(&organization))?;
                let next = Next { why: why.as_ref(), ..Next::plain(to(tx, &mut delivery, me)?) };
                // Only who sent it can find it again; nobody else sends it without saying so.
                if next.state != State::Looking && !delivery.is_of(&me.id) {
                    let sender = delivery.sender.as_ref().map_or("Somebody else", name_of).to_owned();
                    return Err(Error::AnotherAccount { sender, me: name_of(me).to_owned() });
                }
                if !tx.deliveries_mut().change(id, from, &next, now)? {
                    return Err(GONE_ON);
                }
                tx.deliveries_mut().asked(id, now)?;
                // Those before it in the line would hold it up.
                tx.deliveries_mut().hurry(&organization, now)?;
                tx.deliveries().get(id)?.ok_or(OFF_THE_LIST)
            })
            .await?;
        let view = self.view(delivery, why);
        self.0.bell.notify_one();
        Ok(view)
    }

    /// Takes an unsent delivery off the list, and keeps its words for the next time that its dialog opens. One whose
    /// outcome is not known may go too: the person decides.
    pub async fn cancel(&self, id: DeliveryId) -> Result<(), Error> {
        let now = self.now();
        let deleted = self
            .0
            .store
            .write(move |tx| {
                let found =
                    tx.deliveries().listed::<ErrorView>(id)?.zip(tx.deliveries().stored_document(id)?);
                let Some((listed, stored)) = found else { return Ok(false) };
                let (state, meeting, draft) = match listed {
                    Listed::Delivery(delivery, _) => (
                        delivery.state,
                        delivery.meeting,
                        from_delivery(*delivery, document_of(&stored), None),
                    ),
                    Listed::Unreadable(unreadable) => {
                        (unreadable.state, unreadable.meeting, salvaged(*unreadable, &stored))
                    }
                };
                let is_unsent = state.is_open() || state == State::NotConfirmed;
                if !(is_unsent && tx.deliveries_mut().delete(id, &[state])?) {
                    return Ok(false);
                }
                let (Some(subject), Some(meeting)) = (subject(&draft.items), meeting) else {
                    return Ok(true);
                };
                // What was typed since is newer.
                let action = draft.action;
                if tx.drafts().get::<Draft>(subject, action)?.is_none() {
                    let draft = Draft { replaces: None, problem: None, ..draft };
                    tx.drafts_mut().put(subject, meeting, action, &draft, now)?;
                }
                Ok(true)
            })
            .await?;
        if !deleted {
            return Err(Error::NotNow(
                "This delivery is on its way or has arrived, so it cannot be cancelled.",
            ));
        }
        self.tell(Event::DeliveryGone(id));
        // Those behind it need not wait any longer.
        self.0.bell.notify_one();
        Ok(())
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
    let since = now.saturating_sub(SLIP).unwrap_or(Timestamp::MIN);
    let place = destination.place();
    let before = tx.deliveries().sent_before(items, since, |delivery| {
        delivery.destination.place().is(&place) && Some(delivery.id) != replaced
    })?;
    let Some(before) = before else { return Ok(()) };
    let place = match &before.destination {
        Destination::NewPage { space, title, .. } => format!("{} as “{title}”", space.name),
        Destination::Comment { page, .. } => format!("“{}”", page.title),
    };
    Err(Error::SentBefore { place, at: before.created })
}

/// What is to be replaced is taken off the list, if nothing of it has left. Answers whether it was there.
fn replace(tx: &WriteTx<'_>, old: DeliveryId, now: Timestamp) -> Result<bool, Error> {
    match tx.deliveries().listed::<ErrorView>(old)? {
        None => Ok(false),
        Some(Listed::Delivery(old, _)) if old.state.is_sent() => {
            Err(Error::SentMeanwhile { delivery: old.id, at: old.changed, now })
        }
        Some(_) if tx.deliveries_mut().delete(old, &State::OPEN)? => Ok(true),
        Some(_) => Err(Error::NotNow(
            "What you are changing is on its way, or may have arrived. Wait until the Outbox says what became of it.",
        )),
    }
}

/// Something that was found right, and is to be stored.
pub(super) struct Ready {
    items: Vec<ItemId>,
    destination: Destination,
    document: Document,
    sender: Sender,
    replaces: Option<DeliveryId>,
    /// The person knows that the same was sent within a day.
    again: bool,
    meeting: MeetingId,
    series: String,
    /// What the draft is kept under that goes with it.
    draft: Option<Uuid>,
}

/// Something that was stored.
struct Stored {
    delivery: Delivery,
    /// What it took the place of.
    replaced: Option<DeliveryId>,
}

impl Ready {
    /// The same, not made of what was typed in a dialog: a draft stays.
    pub(super) fn beside_drafts(self) -> Self {
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
        if let Some(subject) = self.draft {
            tx.drafts_mut().delete(subject, delivery.destination.action())?;
        }
        for mention in self.document.mentions() {
            tx.people_mut().put(&mention.id.as_str().into(), mention.words().trim_start_matches('@'), now)?;
        }
        let target = delivery.destination.target();
        tx.targets_mut().remember_target(&self.series, &target, now)?;
        tx.targets_mut().used(&target, now)?;
        if let Destination::NewPage { organization, space, .. } = &delivery.destination {
            tx.spaces_mut().used(organization, &space.id, now)?;
        }
        let (delivery, _) = tx.deliveries().get::<ErrorView>(delivery.id)?.ok_or(OFF_THE_LIST)?;
        Ok(Stored { delivery, replaced })
    }
}

pub(super) const OFF_THE_LIST: Error = Error::Gone("This delivery is no longer on the list.");
const GONE_ON: Error = Error::NotNow("This delivery has gone on in the meantime.");

fn with_clean_title(destination: Destination) -> Result<Destination, Error> {
    let Destination::NewPage { organization, space, parent, title } = destination else {
        return Ok(destination);
    };
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = title.encode_utf16().count();
    if length == 0 {
        return Err(Error::invalid(Field::Title, "A page needs a title."));
    }
    if length > TITLE_MAX {
        let reason = format!("The title has {length} characters; Confluence takes {TITLE_MAX}.");
        return Err(Error::invalid(Field::Title, reason));
    }
    Ok(Destination::NewPage { organization, space, parent, title })
}

fn check(document: &Document) -> Result<(), Error> {
    if document.is_empty() {
        return Err(Error::invalid(
            Field::Description,
            "There is nothing to send: the description is empty.",
        ));
    }
    let length = document.to_json().len();
    if length > adf::MAX_BYTES {
        let reason = format!(
            "The description is too long: it makes {} kB, and Confluence takes {} kB.",
            length / 1024,
            adf::MAX_BYTES / 1024
        );
        return Err(Error::invalid(Field::Description, reason));
    }
    Ok(())
}
