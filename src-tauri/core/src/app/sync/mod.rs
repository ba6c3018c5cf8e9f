//! Reading what is new on the servers that meetings come from: when the person opens the meeting list or presses `Sync
//! now`, and at no other time. First the list, then the meetings in it that are new or changed, the newest first. What
//! is waiting to be read is on disk, and each meeting is stored in one step with the note that it was read, so that a
//! kill at any moment costs nothing but the request that was under way.
//!
//! Refuses to delete a meeting, to bring back one that the person deleted, and to give up on all because of one.

mod progress;
mod recording;
mod servers;

use std::sync::{Arc, Mutex, MutexGuard};

use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;
use uuid::Uuid;

use progress::Progress;
use recording::store_recording;
use servers::Known;

use super::consent::Consent;
use super::events::Events;
use super::library::{Change, digest};
use super::reader::{Ended, Reader};
use super::tasks::Tasks;
use super::{Error, Event, lock, words};
use crate::api::{SyncMeetings, SyncState, SyncWarning};
use crate::auth::{SallySettings, Servers};
use crate::clock::Clock;
use crate::http::Http;
use crate::sources::sally::{self, Listed, Omitted};
use crate::store::{Culprit, Recording, Source, Store};

/// How many meetings are read at a time: a server of a company has other callers too.
const CONCURRENCY: usize = 3;
/// An automatic sync is skipped within this time of the last run.
const AUTO_SYNC_INTERVAL: SignedDuration = SignedDuration::from_mins(15);
/// How far the list is read behind the newest recording that is known: summaries come later than their meetings, and
/// are corrected.
const OVERLAP: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How often the same is asked again after it failed in passing, or the server asked to wait.
const MAX_TRIES: u32 = 4;
/// The first pause before the same is asked again; each next one is twice as long.
const FIRST_RETRY_DELAY: SignedDuration = SignedDuration::from_secs(2);
/// So many meetings in a row that fail without the server saying why mean that it is not about them.
const MAX_FAILURES_IN_A_ROW: u32 = 3;
/// Most warnings that are kept of one run.
const MAX_WARNINGS: usize = 200;

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Sync(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    events: Events,
    tasks: Tasks,
    http: Http,
    reader: Reader,
    consent: Consent,
    /// Where Sally is.
    sally: SallySettings,
    /// The tokens of servers.
    tokens: Servers,
    progress: Mutex<Progress>,
}

/// What [`Sync`] is made with.
pub(super) struct Parts {
    pub(super) store: Store,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) events: Events,
    pub(super) tasks: Tasks,
    pub(super) http: Http,
    pub(super) reader: Reader,
    pub(super) consent: Consent,
    pub(super) sally: SallySettings,
    pub(super) tokens: Servers,
}

impl Sync {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { store, clock, events, tasks, http, reader, consent, sally, tokens } = parts;
        let progress = Mutex::default();
        Self(Arc::new(Inner { store, clock, events, tasks, http, reader, consent, sally, tokens, progress }))
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.0.progress)
    }

    /// The next look at the meeting list reads, however short ago the last one was.
    fn forget_last_run(&self) {
        self.progress().began = None;
    }

    /// How far reading is.
    pub(super) fn state(&self) -> SyncState {
        self.progress().state.clone()
    }

    /// Begins to read what is new, unless that is under way. Where the person did not ask for it, servers that need the
    /// person are skipped, and so are all of them within [`AUTO_SYNC_INTERVAL`] of the last run.
    pub(super) async fn start(&self, wanted: SyncMeetings) -> Result<SyncState, Error> {
        let mut servers = self.known_servers().await?;
        if !wanted.asked {
            servers.retain(|server| server.trouble.is_none());
        }
        let ended = if wanted.asked { Ended::TryAgain } else { Ended::LeaveAlone };
        let cancel = {
            let (now, mut sync) = (self.0.clock.now(), self.progress());
            let lately = sync.began.is_some_and(|began| now.duration_since(began).abs() < AUTO_SYNC_INTERVAL);
            if sync.running.is_some() || servers.is_empty() || (!wanted.asked && lately) {
                return Ok(sync.state.clone());
            }
            let cancel = self.0.tasks.ending().child_token();
            *sync = Progress {
                state: SyncState::Looking { found: 0 },
                running: Some(cancel.clone()),
                began: Some(now),
                // To stop and to begin anew does not shorten what a server asked for.
                not_before: sync.not_before,
                ..Progress::default()
            };
            self.0.events.emit(Event::Sync(sync.state.clone()));
            cancel
        };
        let sync = self.clone();
        let span = tracing::info_span!("sync", run = %Uuid::now_v7());
        let run = async move {
            let result = tokio::select! {
                biased;
                () = cancel.cancelled() => None,
                result = sync.read_all(&servers, ended) => Some(result),
            };
            sync.ended(result);
        };
        self.0.tasks.spawn(run.instrument(span));
        Ok(SyncState::Looking { found: 0 })
    }

    /// Stops reading.
    pub(super) fn cancel(&self) -> SyncState {
        if let Some(running) = &self.progress().running {
            running.cancel();
        }
        self.state()
    }

    fn ended(&self, result: Option<Result<(), Error>>) {
        self.show(|sync| sync.end(result));
        tracing::info!("reading ended");
    }

    /// Changes what is shown, and tells the window, in the order of the changes.
    fn show(&self, change: impl FnOnce(&mut Progress)) {
        let mut sync = self.progress();
        change(&mut sync);
        self.0.events.emit(Event::Sync(sync.state.clone()));
    }

    /// Reads all servers. One that fails does not keep the others from being read.
    async fn read_all(&self, servers: &[Known], ended: Ended) -> Result<(), Error> {
        let mut failed = Ok(());
        for server in servers {
            if let Err(error) = self.read_server(server, ended).await {
                if let Error::Server(cause) = &error
                    && cause.needs_person()
                {
                    let (id, why) = (server.id, error.problem());
                    self.0.store.write(move |tx| tx.servers_mut().troubled(id, &why)).await?;
                    self.tell_servers().await?;
                }
                failed = Err(error);
            }
        }
        failed
    }

    #[tracing::instrument(skip_all, fields(server = %server.id))]
    async fn read_server(&self, server: &Known, ended: Ended) -> Result<(), Error> {
        self.show(|sync| sync.state = SyncState::Looking { found: 0 });
        let signer = self.0.tokens.signer(server.id).await?;
        let mut tries = Tries::default();
        let reached = loop {
            self.wait_for_backoff().await;
            let reached = self.reach(signer.clone(), server.company.as_deref()).await;
            if let Some(reached) = self.retry_or_fail(reached, &mut tries)? {
                break reached;
            }
        };
        let read = self.read_from(server, &reached, ended).await;
        reached.end().await;
        read?;
        let (id, now) = (server.id, self.0.clock.now());
        self.0.store.write(move |tx| tx.servers_mut().synced(id, now)).await?;
        self.tell_servers().await
    }

    async fn read_from(&self, server: &Known, reached: &sally::Server, ended: Ended) -> Result<(), Error> {
        self.read_list(server, reached).await?;
        let id = server.id;
        let waiting = self.0.store.read(move |db| db.recordings().waiting(id)).await?;
        let total = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
        self.show(|sync| {
            (sync.done, sync.total) = (0, total);
            sync.state = SyncState::Reading { done: 0, total };
        });
        let mut reads = futures::stream::iter(waiting)
            .map(|one| self.read_one(server, reached, one, ended))
            .buffer_unordered(CONCURRENCY);
        let mut failures = 0;
        while let Some(read) = reads.next().await {
            match read {
                Ok(()) => failures = 0,
                Err((title, Error::Server(error))) if error.is_about_one() => {
                    failures += u32::from(!matches!(error, sally::Error::Tool { .. }));
                    if failures >= MAX_FAILURES_IN_A_ROW {
                        return Err(error.into());
                    }
                    self.warn(title, words::tried_again(&Error::Server(error).view().message));
                }
                Err((_, error)) => return Err(error),
            }
            self.show(|sync| {
                sync.done += 1;
                sync.state = SyncState::Reading { done: sync.done, total: sync.total };
            });
        }
        Ok(())
    }

    /// Reads the list, and notes on disk what waits to be read.
    async fn read_list(&self, server: &Known, reached: &sally::Server) -> Result<(), Error> {
        let behind = |at: Timestamp| at.saturating_sub(OVERLAP).unwrap_or(Timestamp::MIN);
        let mut pages = reached.pages(server.listed_to.map(behind));
        let thin = behind(self.0.clock.now());
        let (mut found, mut newest) = (0, server.listed_to);
        let mut tries = Tries::default();
        loop {
            self.wait_for_backoff().await;
            let Some(page) = self.retry_or_fail(pages.next(reached).await, &mut tries)? else { continue };
            let Some(sally::Found { recordings: page, omitted }) = page else { break };
            tries = Tries::default();
            for Omitted { title, reason } in omitted {
                self.warn(title.unwrap_or_else(|| self.name_of(&server.address)), words::skipped(&reason));
            }
            found += u32::try_from(page.len()).unwrap_or(u32::MAX);
            newest = page.iter().filter_map(|one| one.held).chain(newest).max();
            let is_old = is_behind(&page, server.listed_to);
            let (id, address) = (server.id, server.address.clone());
            let page: Vec<Recording> = page.into_iter().map(recording).collect();
            let seen = self.0.store.write(move |tx| tx.recordings_mut().seen(id, &address, &page, thin));
            let waiting = seen.await?;
            self.show(|sync| sync.state = SyncState::Looking { found });
            if is_old && waiting == 0 {
                break;
            }
        }
        if let Some(newest) = newest {
            // A recording that is dated into the future must not hide those that come before it.
            let (id, to) = (server.id, newest.min(self.0.clock.now()));
            self.0.store.write(move |tx| tx.servers_mut().listed(id, to)).await?;
        }
        Ok(())
    }

    async fn read_one(
        &self,
        server: &Known,
        reached: &sally::Server,
        one: Recording,
        ended: Ended,
    ) -> Result<(), (String, Error)> {
        let listed = Listed { key: one.key, entry: one.entry, digest: one.digest, held: one.held };
        let title = || listed.head().map_or_else(words::untitled_recording, |parsed| parsed.meeting.title);
        let mut tries = Tries::default();
        let answered = loop {
            self.wait_for_backoff().await;
            let answered = self.retry_or_fail(reached.ask(&listed).await, &mut tries);
            if let Some(answered) = answered.map_err(|error| (title(), error))? {
                break answered;
            }
        };
        let title = title();
        let (address, key, now) = (server.address.clone(), listed.key.clone(), self.0.clock.now());
        let known_as = digest(format!("{}#{}#{}", server.address, listed.key, listed.digest).as_bytes());
        let what = Culprit { name: title.clone(), source: Source::Server };
        let read = self.0.reader.read(known_as, what, ended, move || Ok(answered.read(&listed))).await;
        let read = match read.map_err(|error| (title.clone(), error))? {
            // It ended the app before, and a start said so.
            None => return Ok(()),
            Some(Err(unreadable)) => {
                self.warn(title, words::refusal(&unreadable.reason));
                return Ok(());
            }
            Some(Ok(read)) => read,
        };
        let title = read.meeting.title.clone();
        let reservations: Vec<_> = read.reservations.iter().map(words::reservation).collect();
        let stored = self.0.store.write(move |tx| store_recording(tx, &address, &key, &read, now)).await;
        let change = stored.map_err(|error| (title.clone(), error.into()))?;
        for reason in reservations {
            self.warn(title.clone(), reason);
        }
        let mut sync = self.progress();
        sync.report.added += u32::from(change == Change::Added);
        sync.report.updated += u32::from(change == Change::Updated);
        Ok(())
    }

    /// End of the current back-off.
    fn held_until(&self) -> Option<Timestamp> {
        let now = self.0.clock.now();
        self.progress().not_before.filter(|until| *until > now)
    }

    fn warn(&self, title: String, reason: String) {
        let warnings = &mut self.progress().report.warnings;
        if warnings.len() < MAX_WARNINGS {
            warnings.push(SyncWarning { title, reason });
        }
    }

    /// Waits until the server may be asked.
    async fn wait_for_backoff(&self) {
        while let Some(until) = self.held_until() {
            self.0.clock.until(until).await;
        }
    }

    /// What to do about an answer: `None` for asking again, after the back-off, since it failed in passing. Then the pause
    /// grows, or is as the server asked for; it is shown, and everybody else waits for its end too.
    fn retry_or_fail<T>(
        &self,
        answer: Result<T, sally::Error>,
        tries: &mut Tries,
    ) -> Result<Option<T>, Error> {
        let error = match answer {
            Ok(answer) => return Ok(Some(answer)),
            Err(error) if error.is_passing() && tries.failed + 1 < MAX_TRIES => error,
            Err(error) => return Err(error.into()),
        };
        let asked_for = match error {
            sally::Error::RateLimited { until } => until,
            _ => None,
        };
        let pause = FIRST_RETRY_DELAY.saturating_mul(1 << tries.failed);
        tries.failed += 1;
        let until = asked_for.unwrap_or_else(|| self.0.clock.after(pause));
        self.show(|sync| {
            let until = sync.not_before.map_or(until, |other| other.max(until));
            sync.not_before = Some(until);
            sync.state = SyncState::Waiting { until, done: sync.done, total: sync.total };
        });
        Ok(None)
    }
}

/// How often the same was asked in vain.
#[derive(Clone, Copy, Debug, Default)]
struct Tries {
    failed: u32,
}

/// Whether a page is of what the last list had, newest first, so that what follows it is older still.
fn is_behind(page: &[Listed], listed_to: Option<Timestamp>) -> bool {
    let Some(listed_to) = listed_to else { return false };
    let newest_first = page.iter().map(|one| one.held).is_sorted_by(|one, next| one >= next);
    // An empty page says nothing: a server may give the first one twice.
    !page.is_empty() && newest_first && page.iter().all(|one| one.held.is_some_and(|held| held <= listed_to))
}

fn recording(listed: Listed) -> Recording {
    Recording { key: listed.key, digest: listed.digest, entry: listed.entry, held: listed.held }
}
