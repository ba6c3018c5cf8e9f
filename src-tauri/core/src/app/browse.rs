//! Looking: the meeting list, one meeting, and the pickers for spaces and pages.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, civil};
use tokio_util::sync::CancellationToken;

use super::error::Field;
use super::{App, Error, Event, lock};
use crate::api::{
    FindPages, FindSpaces, FoundPage, FoundPages, ItemView, ListMeetings, MeetingFilter, MeetingList,
    MeetingRow, MeetingView, Spaces, SpacesProgress,
};
use crate::auth;
use crate::confluence::{Content, Found, Link, Linked};
use crate::domain::id::{ItemId, MeetingId, OrganizationId};
use crate::domain::meeting::HeldAt;
use crate::store::Filter;

/// Longest stretch of the meeting list.
const LONGEST_STRETCH: u32 = 500;

/// How long fetched spaces count as fresh. Spaces come and go rarely, and fetching all of them costs a large
/// organization several requests.
const SPACES_STAY_FRESH: SignedDuration = SignedDuration::from_mins(10);

impl App {
    /// A stretch of the meeting list.
    pub async fn list_meetings(&self, wanted: ListMeetings) -> Result<MeetingList, Error> {
        let limit = wanted.limit.min(LONGEST_STRETCH);
        let filter = filter(wanted.filter);
        let found = self
            .0
            .store
            .read(move |db| db.meetings().find(&wanted.query, &filter, wanted.offset, limit))
            .await?;
        let rows = found.rows.into_iter().map(|row| {
            let (day, time) = day_and_time(row.held_at);
            MeetingRow {
                id: row.id,
                title: row.title,
                day,
                time,
                items: row.items,
                sent: row.sent,
                hit: row.hit,
            }
        });
        Ok(MeetingList { total: found.total, more: found.more, rows: rows.collect() })
    }

    /// One meeting, whole.
    pub async fn open_meeting(&self, id: MeetingId) -> Result<MeetingView, Error> {
        let (meeting, edited, deliveries, notes) = self
            .0
            .store
            .read(move |db| {
                let edited = db.meetings().edited(id)?;
                Ok((db.meetings().get(id)?, edited, db.deliveries().of_meeting(id)?, db.notes().of(id)?))
            })
            .await?;
        let mut meeting = meeting.ok_or(Error::MEETING_GONE)?;
        let views = self.views();
        let mut by_item: HashMap<ItemId, Vec<_>> = HashMap::new();
        for (delivery, why) in deliveries {
            let view = views.of(delivery, why);
            for item in &view.items {
                by_item.entry(*item).or_default().push(view.clone());
            }
        }
        // Sections follow one another; within a section the source's order stays.
        meeting.items.sort_by_key(|item| item.kind);
        let items = meeting.items.into_iter().map(|item| ItemView {
            deliveries: by_item.remove(&item.id).unwrap_or_default(),
            edited: edited.contains(&item.id),
            id: item.id,
            kind: item.kind,
            text: item.text,
            owner: item.owner,
            due: item.due,
            done: item.done,
        });
        let (day, time) = day_and_time(meeting.held_at);
        Ok(MeetingView {
            id,
            title: meeting.title,
            day,
            time,
            minutes: meeting.minutes,
            participants: meeting.participants,
            has_recording: meeting.recording.is_some(),
            source: meeting.source,
            items: items.collect(),
            transcript: meeting.transcript,
            notes,
        })
    }

    /// Cached spaces that match.
    pub async fn find_spaces(&self, wanted: FindSpaces) -> Result<Spaces, Error> {
        let answer = self.0.store.read(move |db| {
            let (spaces, total) = db.spaces().find(&wanted.organization, &wanted.query)?;
            Ok(Spaces { spaces, total, cached: db.spaces().count(&wanted.organization)? })
        });
        Ok(answer.await?)
    }

    /// Fetches an organization's spaces, unless they are fresh. Where they are being fetched already, that is waited for.
    pub async fn refresh_spaces(&self, organization: OrganizationId) -> Result<(), Error> {
        self.restored().await;
        let turn = Arc::clone(lock(&self.0.refreshing).entry(organization.clone()).or_default());
        let fetch = async {
            let _turn = turn.lock().await;
            self.fetch_spaces(&organization).await
        };
        tokio::select! {
            fetched = fetch => fetched,
            () = self.0.ending.cancelled() => Ok(()),
        }
    }

    async fn fetch_spaces(&self, organization: &OrganizationId) -> Result<(), Error> {
        let (id, now) = (organization.clone(), self.now());
        let refreshed = self.0.store.read(move |db| db.spaces().refreshed(&id)).await?;
        // An age below zero means that the clock was set back: not fresh, then.
        let age = refreshed.map(|at| now.duration_since(at));
        if age.is_some_and(|age| !age.is_negative() && age < SPACES_STAY_FRESH) {
            return Ok(());
        }
        let identity = self.identity_of(organization).ok_or_else(|| self.not_connected_to(organization))?;
        let (mut cursor, mut seen) = (None::<String>, HashSet::new());
        let mut loaded = 0;
        loop {
            let asked = identity.confluence.spaces(organization, cursor.as_deref()).await;
            let stretch = asked.map_err(|error| self.noticed(organization, error))?;
            // Another account sees other spaces.
            if self.identity_of(organization).as_ref() != Some(&identity) {
                return Err(Error::Auth(auth::Error::LoginChanged));
            }
            loaded += u32::try_from(stretch.spaces.len()).unwrap_or(0);
            let (id, complete) = (organization.clone(), stretch.next.is_none());
            self.0
                .store
                .write(move |tx| {
                    tx.spaces_mut().put(&id, &stretch.spaces, now)?;
                    if complete { tx.spaces_mut().finish(&id, now) } else { Ok(()) }
                })
                .await?;
            self.tell(Event::Spaces(SpacesProgress { organization: organization.clone(), loaded, complete }));
            // A server that leads in a circle would keep us here for ever.
            match stretch.next {
                Some(next) if seen.insert(next.clone()) => cursor = Some(next),
                _ => return Ok(()),
            }
        }
    }

    /// Pages by title or link, from Confluence. The search before this one is cancelled.
    pub async fn find_pages(&self, wanted: FindPages) -> Result<FoundPages, Error> {
        let mine = CancellationToken::new();
        std::mem::replace(&mut *lock(&self.0.finding), mine.clone()).cancel();
        tokio::select! {
            biased;
            () = mine.cancelled() => Err(Error::Superseded),
            found = self.search_pages(wanted) => found,
        }
    }

    async fn search_pages(&self, wanted: FindPages) -> Result<FoundPages, Error> {
        let FindPages { organization, space, query } = wanted;
        if let Some(link) = Link::parse(&query) {
            return self.linked_page(&link).await;
        }
        let organization =
            organization.ok_or_else(|| Error::invalid(Field::Organization, "Choose an organization."))?;
        self.restored().await;
        let key = match space {
            Some(space) => {
                let organization = organization.clone();
                self.0.store.read(move |db| db.spaces().by_id(&organization, &space)).await?
            }
            None => None,
        };
        let key = key.as_ref().map(|space| space.key.as_str());
        let asked = self.confluence_of(&organization)?.find_pages(&organization, key, &query).await;
        let found = asked.map_err(|error| self.noticed(&organization, error))?;
        Ok(FoundPages { organization, pages: found.into_iter().map(found_page).collect() })
    }

    /// The page that a link leads to, from the organization whose link it is. Page numbers of one organization mean
    /// other pages in the next, so a link of none that is connected is not looked up at all.
    async fn linked_page(&self, link: &Link) -> Result<FoundPages, Error> {
        let organizations = self.organizations();
        if organizations.is_empty() {
            return Err(self.not_connected());
        }
        let found = organizations.into_iter().find_map(|one| Some((link.within(&one)?, one)));
        let (Linked { space, content }, organization) =
            found.ok_or_else(|| Error::ForeignLink { site: link.site() })?;
        let Content::Page(id) = content else { return Err(Error::NotAPage(content)) };
        self.restored().await;
        let asked = self.confluence_of(&organization.id)?.page(&organization.id, &id).await;
        let Some(found) = asked.map_err(|error| self.noticed(&organization.id, error))? else {
            return Err(Error::LinkedPageMissing { organization: organization.name, space });
        };
        Ok(FoundPages { organization: organization.id, pages: vec![found_page(found)] })
    }

    /// Cancels the search that is under way.
    pub fn stop_finding(&self) {
        lock(&self.0.finding).cancel();
    }
}

fn found_page(Found { page, space }: Found) -> FoundPage {
    FoundPage { page, space }
}

/// The days of a filter as moments, in the person's time zone.
fn filter(wanted: MeetingFilter) -> Filter {
    let start = |day: civil::Date| Some(day.to_zoned(TimeZone::system()).ok()?.timestamp());
    Filter {
        kinds: wanted.kinds,
        person: wanted.person,
        from: wanted.from.and_then(start),
        before: wanted.to.and_then(|day| day.tomorrow().ok()).and_then(start),
        sent: wanted.sent,
    }
}

/// The day (ISO 8601) and the time of day, in the person's time zone.
pub(super) fn day_and_time(held_at: Option<HeldAt>) -> (Option<String>, Option<String>) {
    match held_at {
        Some(HeldAt::Moment(at)) => {
            let local = at.to_zoned(TimeZone::system());
            (Some(local.date().to_string()), Some(local.strftime("%H:%M").to_string()))
        }
        Some(HeldAt::Day(day)) => (Some(day.to_string()), None),
        None => (None, None),
    }
}
