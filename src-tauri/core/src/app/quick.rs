//! Quick send: finding items, knowing where they can go at once, and sending them there as the templates make them.

use std::collections::HashSet;

use super::browse::day_and_time;
use super::compose::series;
use super::send::Ready;
use super::{App, Error};
use crate::api::{
    DeliveryView, Favourite, Filled, FindItems, FoundItem, QuickOpened, QuickSend, QuickTarget, Refill, Send,
};
use crate::domain::destination::Target;
use crate::domain::id::{ItemId, MeetingId};
use crate::store::Placed;

/// Most items that one search answers.
const MOST_ITEMS: u32 = 100;

/// How many of the targets used last are offered.
const RECENT_TARGETS: u32 = 8;

impl App {
    /// The items that match best; for an empty query the newest of all.
    pub async fn find_items(&self, wanted: FindItems) -> Result<Vec<FoundItem>, Error> {
        let most = wanted.limit.min(MOST_ITEMS);
        let found = self.0.store.read(move |db| {
            if wanted.query.trim().is_empty() {
                db.items().newest(most)
            } else {
                db.items().find(&wanted.query, most)
            }
        });
        Ok(found.await?.into_iter().map(found_item).collect())
    }

    /// What the quick-send window opens with, when an item was chosen elsewhere. One that is gone is not chosen.
    pub async fn quick_opened(&self, item: Option<ItemId>) -> QuickOpened {
        let Some(id) = item else { return QuickOpened { item: None } };
        let found = self.0.store.read(move |db| db.items().get(id)).await;
        QuickOpened { item: found.ok().flatten().map(found_item) }
    }

    /// Where these items can go at once: the favourites, then what the series of their meeting used last, then what the
    /// person did.
    pub async fn targets(&self, items: Vec<ItemId>) -> Result<Vec<QuickTarget>, Error> {
        let (favourites, used) = self
            .0
            .store
            .read(move |db| {
                let title = match items.first() {
                    Some(first) => db.items().get(*first)?.map(|placed| placed.meeting_title),
                    None => None,
                };
                let of_series = match title.map(|title| series(&title)).filter(|series| !series.is_empty()) {
                    Some(series) => db.targets().last_targets(&series)?,
                    None => Vec::new(),
                };
                let recent = db.targets().recent(RECENT_TARGETS)?;
                let used: Vec<Target> = of_series.into_iter().chain(recent).collect();
                Ok((db.targets().favourites()?, used))
            })
            .await?;
        let (organizations, senders) = (self.organizations(), self.senders_to_show().await?);
        let mut seen = HashSet::new();
        let favourite = favourites.into_iter().map(|target| (target, true));
        let all = favourite.chain(used.into_iter().map(|target| (target, false)));
        let reachable = all.filter_map(|(target, favourite)| {
            // One in an organization that the connection no longer reaches is of no use.
            let organization = organizations.iter().find(|o| o.id == *target.organization())?.name.clone();
            let sender = senders.get(target.organization()).cloned();
            seen.insert(target.key()).then_some(QuickTarget { target, organization, favourite, sender })
        });
        Ok(reachable.collect())
    }

    /// Makes a target a favourite, or no longer one.
    pub async fn set_favourite(&self, wanted: Favourite) -> Result<(), Error> {
        let since = wanted.favourite.then(|| self.now());
        Ok(self.0.store.write(move |tx| tx.targets_mut().set_favourite(&wanted.target, since)).await?)
    }

    /// Sends items as the templates of their destination make them: one page or comment for each meeting that they are
    /// of, all of them or none. What a person typed about an item in a dialog stays there.
    pub async fn quick_send(&self, wanted: QuickSend) -> Result<Vec<DeliveryView>, Error> {
        let QuickSend { items, target, again } = wanted;
        let mut ready = Vec::new();
        for items in self.by_meeting(items).await? {
            let (action, place) = (target.action(), target.place());
            let Filled { title, document } =
                self.refill(Refill { items: items.clone(), action, place: Some(place) }).await?;
            let destination = target.clone().titled(title);
            ready.push(self.checked(Send { items, destination, document, replaces: None, again }).await?);
        }
        let hold = self.settings().await?.quick_hold_seconds;
        self.store_all(ready.into_iter().map(Ready::beside_drafts).collect(), hold).await
    }

    /// Items by the meetings that they are of, in the order in which they were chosen.
    async fn by_meeting(&self, items: Vec<ItemId>) -> Result<Vec<Vec<ItemId>>, Error> {
        if items.is_empty() {
            return Err(Error::NotNow("There is nothing to send: no item was chosen."));
        }
        let found = self
            .0
            .store
            .read(move |db| {
                let mut groups: Vec<(MeetingId, Vec<ItemId>)> = Vec::new();
                for id in items {
                    let Some((meeting, _)) = db.meetings().item(id)? else { return Ok(None) };
                    match groups.iter_mut().find(|(of, _)| *of == meeting) {
                        Some((_, group)) if group.contains(&id) => {}
                        Some((_, group)) => group.push(id),
                        None => groups.push((meeting, vec![id])),
                    }
                }
                Ok(Some(groups))
            })
            .await?;
        let groups = found.ok_or(Error::ITEM_GONE)?;
        Ok(groups.into_iter().map(|(_, items)| items).collect())
    }
}

pub(super) fn found_item(placed: Placed) -> FoundItem {
    let Placed { item, meeting, meeting_title, held_at, sent } = placed;
    let (day, _) = day_and_time(held_at);
    FoundItem {
        id: item.id,
        kind: item.kind,
        text: item.text,
        owner: item.owner,
        due: item.due,
        done: item.done,
        sent,
        meeting,
        meeting_title,
        day,
    }
}
