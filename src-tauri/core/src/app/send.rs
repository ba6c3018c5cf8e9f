//! Sending: check, store, ring the bell. And what a person may do with a delivery afterwards.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::compose::{from_delivery, subject};
use super::error::Field;
use super::status::ErrorView;
use super::{App, Error, Event};
use crate::adf::{self, Document};
use crate::api::{DeliveryView, Draft, Send};
use crate::domain::course;
use crate::domain::delivery::{Delivery, State};
use crate::domain::destination::{Destination, TITLE_MAX};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::store::{self, Next, Writing};

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
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let Send { items, destination, document, replaces, again } = request;
        let destination = with_clean_title(destination)?;
        if !self.organizations().iter().any(|o| o.id == *destination.organization()) {
            return Err(Error::invalid(
                Field::Organization,
                "The connection does not reach this organization. Choose another one, or reconnect.",
            ));
        }
        check(&document)?;
        let (subject, meeting) = self.subject(&items).await?;
        if !again {
            self.check_sent_before(&items, &destination, replaces).await?;
        }
        let series = self.series_of(meeting).await?;
        Ok(Ready { items, destination, document, replaces, meeting, series, draft: Some(subject) })
    }

    /// Stores deliveries, all or none, and starts sending them when they were held for so many seconds.
    pub(super) async fn store_all(&self, all: Vec<Ready>, hold: u8) -> Result<Vec<DeliveryView>, Error> {
        let now = self.now();
        let hold = SignedDuration::from_secs(hold.min(LONGEST_HOLD).into());
        let due = (!hold.is_zero()).then(|| now.saturating_add(hold).unwrap_or(now));
        let replaced: Vec<DeliveryId> = all.iter().filter_map(|one| one.replaces).collect();
        let stored = self
            .0
            .store
            .write(move |tx| {
                all.into_iter().map(|one| one.store(tx, due, now)).collect::<Result<Vec<_>, _>>()
            })
            .await?;
        for old in replaced {
            self.tell(Event::DeliveryGone(old));
        }
        self.0.bell.notify_one();
        stored
            .into_iter()
            .map(|found| found.map(|(delivery, why)| self.view(delivery, why)).ok_or(OFF_THE_LIST))
            .collect()
    }

    /// All deliveries, newest first.
    pub async fn deliveries(&self) -> Result<Vec<DeliveryView>, Error> {
        let all = self.0.store.read(|db| db.deliveries().all()).await?;
        Ok(all.into_iter().map(|(delivery, why)| self.view(delivery, why)).collect())
    }

    /// Tries a waiting or failed delivery again, unchanged.
    pub async fn retry(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::Waiting, State::NeedsYou], |_| State::Queued).await
    }

    /// Sends a delivery whose outcome is not known once more.
    pub async fn post_anyway(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::NotConfirmed], |_| State::Queued).await
    }

    /// Looks again for a delivery whose outcome is not known.
    pub async fn check_again(&self, id: DeliveryId) -> Result<DeliveryView, Error> {
        self.go_on(id, &[State::NotConfirmed], |delivery| course::in_doubt_of(delivery.destination.action()))
            .await
    }

    /// Puts a delivery into a state in which the outbox acts, at once.
    async fn go_on(
        &self,
        id: DeliveryId,
        from: &'static [State],
        to: impl Fn(&Delivery) -> State + std::marker::Send + 'static,
    ) -> Result<DeliveryView, Error> {
        if !self.is_connected() {
            return Err(self.not_connected());
        }
        let now = self.now();
        let (changed, found) = self
            .0
            .store
            .write(move |tx| {
                let Some((delivery, why)) = tx.deliveries().get::<ErrorView>(id)? else {
                    return Ok((false, None));
                };
                let next = Next { why: why.as_ref(), ..Next::plain(to(&delivery)) };
                let changed = tx.deliveries_mut().change(id, from, &next, now)?;
                // Those before it in the line would hold it up.
                tx.deliveries_mut().hurry(delivery.destination.organization(), now)?;
                Ok((changed, tx.deliveries().get(id)?))
            })
            .await?;
        let (delivery, why) = found.ok_or(OFF_THE_LIST)?;
        if !changed {
            return Err(Error::NotNow("This delivery has gone on in the meantime."));
        }
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
                let Some((delivery, _)) = tx.deliveries().get::<ErrorView>(id)? else { return Ok(false) };
                let is_unsent = delivery.state.is_open() || delivery.state == State::NotConfirmed;
                if !(is_unsent && tx.deliveries_mut().delete(id, &[delivery.state])?) {
                    return Ok(false);
                }
                let (action, Some(subject)) = (delivery.destination.action(), subject(&delivery.items))
                else {
                    return Ok(true);
                };
                // What was typed since is newer.
                if tx.documents().draft::<Draft>(subject, action)?.is_none() {
                    let draft = Draft { replaces: None, ..from_delivery(delivery, None) };
                    tx.documents_mut().put_draft(subject, action, &draft, now)?;
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

    /// The same items to the same place within a day are most likely a slip. What was cancelled is gone, and what is
    /// replaced does not count.
    async fn check_sent_before(
        &self,
        items: &[ItemId],
        destination: &Destination,
        replaces: Option<DeliveryId>,
    ) -> Result<(), Error> {
        let since = self.now().saturating_sub(SLIP).unwrap_or(Timestamp::MIN);
        let (items, place) = (items.to_vec(), destination.place());
        let before = self
            .0
            .store
            .read(move |db| {
                db.deliveries().sent_before(&items, since, |delivery| {
                    delivery.destination.place().is(&place) && Some(delivery.id) != replaces
                })
            })
            .await?;
        match before {
            Some(before) => {
                let place = match &before.destination {
                    Destination::NewPage { space, title, .. } => format!("{} as “{title}”", space.name),
                    Destination::Comment { page, .. } => format!("“{}”", page.title),
                };
                Err(Error::SentBefore { place, at: before.created })
            }
            None => Ok(()),
        }
    }
}

/// Something that was found right, and is to be stored.
pub(super) struct Ready {
    items: Vec<ItemId>,
    destination: Destination,
    document: Document,
    replaces: Option<DeliveryId>,
    meeting: MeetingId,
    series: String,
    /// What the draft is kept under that goes with it.
    draft: Option<Uuid>,
}

impl Ready {
    /// The same, not made of what was typed in a dialog: a draft stays.
    pub(super) fn beside_drafts(self) -> Self {
        Self { draft: None, ..self }
    }

    fn store(
        self,
        tx: &Writing<'_>,
        due: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<(Delivery, Option<ErrorView>)>, store::Error> {
        let delivery = Delivery {
            id: DeliveryId::new(),
            items: self.items,
            words: None,
            meeting: Some(self.meeting),
            meeting_title: None,
            destination: self.destination,
            document: self.document,
            state: State::Queued,
            url: None,
            due,
            tries: 0,
            created: now,
            changed: now,
        };
        if let Some(old) = self.replaces {
            tx.deliveries_mut().delete(old, &State::OPEN)?;
        }
        tx.deliveries_mut().insert(&delivery, self.meeting)?;
        if let Some(subject) = self.draft {
            tx.documents_mut().delete_draft(subject, delivery.destination.action())?;
        }
        for mention in delivery.document.mentions() {
            tx.people_mut().put(&mention.id.as_str().into(), mention.words().trim_start_matches('@'), now)?;
        }
        tx.documents_mut().remember_destination(&self.series, &delivery.destination, now)?;
        tx.targets_mut().used(&delivery.destination.target(), now)?;
        if let Destination::NewPage { organization, space, .. } = &delivery.destination {
            tx.spaces_mut().used(organization, &space.id, now)?;
        }
        tx.deliveries().get(delivery.id)
    }
}

const OFF_THE_LIST: Error = Error::Gone("This delivery is no longer on the list.");

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
