//! Quick send: finding items, knowing where they can go at once, and sending them there as the templates make them.

use std::collections::HashSet;

use super::{Dialogs, Error, settings};
use crate::api::{
    DeliveryView, Favourite, FindItems, FoundItem, QuickLinks, QuickOpened, QuickSend, QuickTarget,
    RenderTemplates, RenderedTemplates, Send,
};
use crate::app::library::day_and_time;
use crate::app::outbox::Ready;
use crate::domain::destination::Target;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::problem::{Gone, NotNow};
use crate::domain::title::series;
use crate::store::Placed;

/// Most items that one search answers.
const MAX_ITEMS: u32 = 100;

/// How many of the targets used last are offered.
const RECENT_TARGETS: u32 = 8;

impl Dialogs {
    /// The items that match best; for an empty query the newest of all.
    pub(in crate::app) async fn find_items(&self, wanted: FindItems) -> Result<Vec<FoundItem>, Error> {
        let most = wanted.limit.min(MAX_ITEMS);
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
    pub(in crate::app) async fn quick_opened(&self, item: Option<ItemId>) -> QuickOpened {
        let Some(id) = item else { return QuickOpened { item: None } };
        let found = self.0.store.read(move |db| db.items().get(id)).await;
        QuickOpened { item: found.ok().flatten().map(found_item) }
    }

    /// Where these items can go at once: the favourites, then what the series of their meeting used last, then what the
    /// person did.
    pub(in crate::app) async fn targets(&self, items: Vec<ItemId>) -> Result<Vec<QuickTarget>, Error> {
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
        let organizations = self.0.signers.now().organizations();
        let senders = self.0.signers.names_to_show(&self.0.store).await?;
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
    pub(in crate::app) async fn set_favourite(&self, wanted: Favourite) -> Result<(), Error> {
        let since = wanted.favourite.then(|| self.0.clock.now());
        Ok(self.0.store.write(move |tx| tx.targets_mut().set_favourite(&wanted.target, since)).await?)
    }

    /// The hosts that items would link to if they were sent now, each once. A link's text may name another one.
    pub(in crate::app) async fn link_hosts(&self, wanted: QuickLinks) -> Result<Vec<String>, Error> {
        let (mut hosts, mut seen) = (Vec::new(), HashSet::new());
        for items in self.by_meeting(wanted.items).await? {
            let document = self.rendered_for(&items, &wanted.target).await?.document;
            hosts.extend(document.link_hosts().into_iter().filter(|host| seen.insert(host.clone())));
        }
        Ok(hosts)
    }

    /// Sends items as the templates of their destination make them: one page or comment for each meeting that they are
    /// of, all of them or none. What a person typed about an item in a dialog stays there.
    pub(in crate::app) async fn quick_send(&self, wanted: QuickSend) -> Result<Vec<DeliveryView>, Error> {
        let QuickSend { items, target, again } = wanted;
        let mut ready = Vec::new();
        for items in self.by_meeting(items).await? {
            let RenderedTemplates { title, document } = self.rendered_for(&items, &target).await?;
            let destination = target.clone().titled(title);
            ready.push(self.checked(Send { items, destination, document, replaces: None, again }).await?);
        }
        let hold = settings::load(&self.0.store).await?.quick_hold_seconds;
        self.0.outbox.enqueue(ready.into_iter().map(Ready::beside_drafts).collect(), hold).await
    }

    /// What the templates of a destination make of items of one meeting.
    async fn rendered_for(&self, items: &[ItemId], target: &Target) -> Result<RenderedTemplates, Error> {
        let (action, place) = (target.action(), Some(target.place()));
        self.render_templates(RenderTemplates { items: items.to_vec(), action, place }).await
    }

    /// Items by the meetings that they are of, in the order in which they were chosen.
    async fn by_meeting(&self, items: Vec<ItemId>) -> Result<Vec<Vec<ItemId>>, Error> {
        if items.is_empty() {
            return Err(Error::not_now(NotNow::NothingToSend));
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
        let groups = found.ok_or_else(|| Error::gone(Gone::Item))?;
        Ok(groups.into_iter().map(|(_, items)| items).collect())
    }
}

pub(in crate::app) fn found_item(placed: Placed) -> FoundItem {
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
