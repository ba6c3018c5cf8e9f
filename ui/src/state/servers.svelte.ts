// The servers that meetings come from: connecting them, and reading what is new. Reads when the meeting list comes into
// view or the person asks, and at no other time; the core says how often that is. Refuses to keep a token: it goes to
// the core and is forgotten.

import { BackendError, type Backend } from '../ipc/backend';
import type { ConnectServer, ErrorView, Hint, MeetingServer, ServerId, SyncState } from '../ipc/bindings';
import { count } from '../words/deliveries';
import type { Meetings } from './meetings.svelte';
import type { Navigation, Screen } from './navigation.svelte';
import type { Notices } from './notices.svelte';
import { Throttle } from './throttle';

/** How often the list is brought up to date while meetings come in or deliveries go out, in milliseconds. */
export const RELOAD_EVERY = 1_000;

export class Servers {
  list = $state.raw<MeetingServer[]>([]);
  sync = $state.raw<SyncState>({ kind: 'idle' });
  /** A token is being tried. */
  connecting = $state(false);
  /** What is wrong with what was pasted. */
  problem = $state.raw<ErrorView | null>(null);
  /** The form is open: for a new server, or for a new token of one; and which screen comes after it. */
  form = $state.raw<{ again: MeetingServer | null; back: Screen } | null>(null);
  /** The report of the last run was closed. */
  read = $state(false);

  readonly running = $derived(['looking', 'reading', 'waiting'].includes(this.sync.kind));
  readonly report = $derived(this.sync.kind === 'ended' ? this.sync : null);

  readonly #backend: Backend;
  readonly #notices: Notices;
  readonly #meetings: Meetings;
  readonly #navigation: Navigation;
  readonly #reload = new Throttle(() => void this.#show());
  #asked = false;
  /** How many events there were. */
  #events = 0;

  constructor(backend: Backend, notices: Notices, meetings: Meetings, navigation: Navigation) {
    this.#backend = backend;
    this.#notices = notices;
    this.#meetings = meetings;
    this.#navigation = navigation;
  }

  async listen(): Promise<void> {
    await Promise.all([
      this.#backend.on('servers', (servers) => (this.list = servers)),
      this.#backend.on('sync', (state) => this.#follow(state)),
    ]);
  }

  /** What the status says at the start. */
  begin(servers: MeetingServer[], sync: SyncState): void {
    this.list = servers;
    this.sync = sync;
  }

  /** To the form: for a new server, or for a new token of one. */
  open(again: MeetingServer | null = null): void {
    this.problem = null;
    this.form = { again, back: this.#navigation.screen };
    this.#navigation.settings('integrations');
  }

  close(): void {
    this.form = null;
    this.problem = null;
  }

  /** The server let the person in: back to where the form was asked for. */
  connected(): void {
    const back = this.form?.back;
    this.close();
    if (back) this.#navigation.go(back);
  }

  /** Answers whether the server let the person in. Where they do not allow a new one, nothing is wrong. */
  async connect(request: ConnectServer): Promise<boolean> {
    this.connecting = true;
    this.problem = null;
    try {
      const server = await this.#backend.call('connect_server', request);
      if (!server) return false;
      this.list = [...this.list.filter((one) => one.id !== server.id), server].sort((one, other) => one.id.localeCompare(other.id));
      return true;
    } catch (thrown) {
      this.problem = BackendError.from(thrown).view;
      return false;
    } finally {
      this.connecting = false;
    }
  }

  async disconnect(id: ServerId): Promise<boolean> {
    try {
      await this.#backend.call('disconnect_server', id);
      this.list = this.list.filter((one) => one.id !== id);
      return true;
    } catch (thrown) {
      this.#notices.failed(thrown);
      return false;
    }
  }

  /** The person pressed `Sync now`. */
  now(): Promise<void> {
    return this.#start(true);
  }

  /** The meeting list came into view. */
  async looked(): Promise<void> {
    if (this.list.length) await this.#start(false);
  }

  cancel(): void {
    this.#backend.call('cancel_sync', null).catch(this.#notices.failed);
  }

  /** The way on that a problem of reading offers. */
  follow(hint: Hint): void {
    if (hint.kind === 'new_token') this.open(this.list.find(({ trouble }) => trouble !== null) ?? this.list[0] ?? null);
    else if (hint.kind === 'try_again') void this.now();
  }

  async #start(asked: boolean): Promise<void> {
    if (asked) this.#asked = true;
    const events = this.#events;
    try {
      const state = await this.#backend.call('sync_meetings', { asked });
      // Events of the run that began may be here already, and even its end.
      if (events === this.#events) this.sync = state;
    } catch (thrown) {
      this.#notices.failed(thrown);
    }
  }

  #follow(state: SyncState): void {
    this.#events += 1;
    this.sync = state;
    this.read = false;
    if (state.kind === 'reading' && state.done > 0) this.#reload.ask(RELOAD_EVERY);
    if (state.kind !== 'ended') return;
    this.#reload.ask(0);
    const asked = this.#asked;
    this.#asked = false;
    if (asked && !state.problem && !state.cancelled && !state.warnings.length) {
      const parts = [state.added && `${count(state.added, 'meeting')} added`, state.updated && `${state.updated} updated`].filter(Boolean);
      this.#notices.show({ id: 'sync', tone: parts.length ? 'good' : 'plain', message: parts.join(', ') || 'No new meetings' });
    }
  }

  /** Several are read at a time, so the first one that is there need not be the newest. */
  #settled(): boolean {
    return !this.running || (this.sync.kind === 'reading' && this.sync.done > 3);
  }

  async #show(): Promise<void> {
    await this.#meetings.reload();
    const first = this.#meetings.row(0);
    if (this.#meetings.chosen !== null) await this.#meetings.refreshOpen();
    else if (first && this.#settled()) await this.#meetings.choose(first.id);
  }
}
