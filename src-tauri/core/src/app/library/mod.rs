//! The library: the meeting list and one meeting, and what changes them: imports, the watched folder, and edits by hand. It
//! sees neither login nor outbox.

mod edit;
mod export;
mod import;
mod pairing;
mod storing;
mod transcript;
mod watch;

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use jiff::civil;
use jiff::tz::TimeZone;

pub(super) use import::digest;
pub(super) use storing::{Change, store_meeting};

use super::events::Events;
use super::outbox::Views;
use super::reader::Reader;
use super::tasks::Tasks;
use super::upkeep::Upkeep;
use super::{Error, lock, words};
use crate::api::{ItemView, ListMeetings, MeetingFilter, MeetingList, MeetingRow, MeetingView};
use crate::clock::Clock;
use crate::domain::id::{ItemId, MeetingId};
use crate::domain::meeting::HeldAt;
use crate::domain::problem::Gone;
use crate::store::{Filter, Removed, Store};

use import::Importing;
use watch::Watching;

/// Longest page of the meeting list, in meetings.
const MAX_PAGE_LEN: u32 = 500;

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Library(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    events: Events,
    tasks: Tasks,
    reader: Reader,
    upkeep: Upkeep,
    /// The imports that are under way.
    importing: Mutex<Importing>,
    /// The folder that is watched for meetings.
    watching: Mutex<Option<Watching>>,
    /// Items that were removed and can be put back.
    removed: Mutex<VecDeque<Removed>>,
    /// Counts the searches in transcripts: the last one goes on.
    searches: AtomicU64,
}

/// What [`Library`] is made with.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: Events,
    pub(super) tasks: Tasks,
    pub(super) reader: Reader,
    pub(super) upkeep: Upkeep,
}

impl Library {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { store, clock, events, tasks, reader, upkeep } = parts;
        Self(Arc::new(Inner {
            store,
            clock,
            events,
            tasks,
            reader,
            upkeep,
            importing: Mutex::default(),
            watching: Mutex::default(),
            removed: Mutex::default(),
            searches: AtomicU64::default(),
        }))
    }

    /// A page of the meeting list.
    pub(super) async fn list(&self, wanted: ListMeetings) -> Result<MeetingList, Error> {
        let limit = wanted.limit.min(MAX_PAGE_LEN);
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

    /// One meeting.
    pub(super) async fn open(&self, id: MeetingId, views: &Views) -> Result<MeetingView, Error> {
        let ((meeting, edited, mut origins, transcript_lines), deliveries, notes) = self
            .0
            .store
            .read(move |db| {
                let of = db.meetings();
                let parts =
                    (of.without_transcript(id)?, of.edited(id)?, of.origins(id)?, of.transcript_lines(id)?);
                Ok((parts, db.deliveries().of_meeting(id)?, db.notes().of(id)?))
            })
            .await?;
        let mut meeting = meeting.ok_or_else(|| Error::gone(Gone::Meeting))?;
        let mut by_item: HashMap<ItemId, Vec<_>> = HashMap::new();
        for (delivery, why) in deliveries {
            let view = views.of(delivery, why.as_ref());
            for item in &view.items {
                by_item.entry(*item).or_default().push(view.clone());
            }
        }
        let recording = meeting.recording_host();
        // Sections follow one another; within a section the source's order stays.
        meeting.items.sort_by_key(|item| item.kind);
        let items = meeting.items.into_iter().map(|item| ItemView {
            deliveries: by_item.remove(&item.id).unwrap_or_default(),
            edited: edited.contains(&item.id),
            origin: origins.remove(&item.id),
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
            recording,
            source: words::source(&meeting.source),
            items: items.collect(),
            transcript_lines,
            notes,
        })
    }
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
