// The meeting list, of which only the visited pages are loaded, and the open meeting.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, MeetingFilter, MeetingId, MeetingList, MeetingRow, MeetingView } from '../ipc/bindings';
import { everything, restrictions } from '../words/filters';
import { termsOf } from '../words/marks';
import type { Deliveries } from './deliveries.svelte';
import { STRETCH, Stretches } from './stretches.svelte';
import { Transcript } from './transcript.svelte';

export class Meetings {
  query = $state('');
  filter = $state.raw<MeetingFilter>(everything);
  /** How many meetings match, as far as they are counted; `null` before the first answer. */
  total = $state<number | null>(null);
  /** Whether more match than were counted. */
  more = $state(false);
  /** The query and the filter that `total` and the rows answer. */
  answered = $state('');
  applied = $state.raw<MeetingFilter>(everything);
  /** What is marked. */
  readonly terms = $derived(termsOf(this.answered));

  /** The meeting that was asked for; `open` follows. */
  chosen = $state<MeetingId | null>(null);
  open = $state.raw<MeetingView | null>(null);
  openProblem = $state.raw<ErrorView | null>(null);

  readonly #backend: Backend;
  readonly #deliveries: Deliveries;
  readonly #rows: Stretches<MeetingRow, MeetingList>;

  constructor(backend: Backend, deliveries: Deliveries) {
    this.#backend = backend;
    this.#deliveries = deliveries;
    this.#rows = new Stretches(this.#ask('', everything));
  }

  get problem(): ErrorView | null {
    return this.#rows.problem;
  }

  /** The meeting at a place of the list, where it was loaded. */
  row(index: number): MeetingRow | undefined {
    return this.#rows.at(index);
  }

  /** Where in the list a meeting is, if that page was loaded. */
  placeOf(id: MeetingId): number | null {
    return this.#rows.indexOf((row) => row.id === id);
  }

  /** Whether the list shows some of the meetings, and not all. */
  get narrowed(): boolean {
    return this.answered !== '' || restrictions(this.applied).length > 0;
  }

  /** Looks for words. What is there stays until the answer comes. */
  search(query: string): Promise<void> {
    this.query = query;
    return this.#anew();
  }

  /** Shows some of the meetings, or more of them again. */
  narrow(change: Partial<MeetingFilter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    return this.#anew();
  }

  /** Asks anew for what is visible: the list may have changed. */
  async reload(): Promise<void> {
    const { query, filter } = this;
    const answer = await this.#rows.reload(this.#ask(query, filter));
    if (!answer) return;
    this.total = answer.total;
    this.more = answer.more;
    this.answered = query;
    this.applied = filter;
  }

  /** Loads a page of the list. */
  show(first: number, last: number, current = first): void {
    this.#rows.show(first, last, current);
  }

  async choose(id: MeetingId): Promise<void> {
    this.chosen = id;
    this.openProblem = null;
    try {
      const meeting = await this.#backend.call('open_meeting', id);
      if (this.chosen !== id) return;
      for (const item of meeting.items) for (const delivery of item.deliveries) this.#deliveries.absorb(delivery);
      this.open = meeting;
    } catch (thrown) {
      if (this.chosen !== id) return;
      this.open = null;
      this.openProblem = BackendError.from(thrown).view;
    }
  }

  /** The transcript of a meeting. */
  transcriptOf(id: MeetingId): Transcript {
    return new Transcript(this.#backend, id);
  }

  /** The open meeting again, such as after an import that changed it. */
  async refreshOpen(): Promise<void> {
    if (this.chosen !== null) await this.choose(this.chosen);
  }

  /** The open meeting and the list again, after a change by hand. */
  async refresh(): Promise<void> {
    await Promise.all([this.refreshOpen(), this.reload()]);
  }

  leave(): void {
    this.chosen = null;
    this.open = null;
    this.openProblem = null;
  }

  #anew(): Promise<void> {
    this.#rows.rewind();
    return this.reload();
  }

  #ask(query: string, filter: MeetingFilter) {
    return (offset: number) => this.#backend.call('list_meetings', { query, filter, offset, limit: STRETCH });
  }
}
