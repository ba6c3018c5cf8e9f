// The meeting list, of which only the visited pages are loaded, and the open meeting.

import { SvelteMap } from 'svelte/reactivity';
import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, MeetingFilter, MeetingId, MeetingRow, MeetingView } from '../ipc/bindings';
import { everything, restrictions } from '../words/filters';
import { termsOf } from '../words/marks';
import type { Deliveries } from './deliveries.svelte';

/** Meetings in one request. */
export const STRETCH = 100;

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
  problem = $state.raw<ErrorView | null>(null);

  /** The meeting that was asked for; `open` follows. */
  chosen = $state<MeetingId | null>(null);
  open = $state.raw<MeetingView | null>(null);
  openProblem = $state.raw<ErrorView | null>(null);

  readonly #backend: Backend;
  readonly #deliveries: Deliveries;
  /** By number; one that was asked for and is not there yet is empty. */
  readonly #stretches = new SvelteMap<number, MeetingRow[]>();
  #visible: [number, number] = [0, 0];
  #generation = 0;

  constructor(backend: Backend, deliveries: Deliveries) {
    this.#backend = backend;
    this.#deliveries = deliveries;
  }

  /** The meeting at a place of the list, where it was loaded. */
  row(index: number): MeetingRow | undefined {
    return this.#stretches.get(Math.floor(index / STRETCH))?.[index % STRETCH];
  }

  /** Where in the list a meeting is, if that page was loaded. */
  placeOf(id: MeetingId): number | null {
    for (const [number, rows] of this.#stretches) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return number * STRETCH + at;
    }
    return null;
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
    const generation = ++this.#generation;
    const { query, filter } = this;
    const numbers = this.#numbers();
    try {
      const answers = await Promise.all(numbers.map((number) => this.#ask(query, filter, number)));
      if (generation !== this.#generation) return;
      this.#stretches.clear();
      answers.forEach((answer, i) => {
        const number = numbers[i] ?? 0;
        this.#stretches.set(number, answer.rows);
        this.total = answer.total;
        this.more = answer.more;
      });
      this.answered = query;
      this.applied = filter;
      this.problem = null;
    } catch (thrown) {
      if (generation === this.#generation) this.problem = BackendError.from(thrown).view;
    }
  }

  /** Loads a page of the list and the row before it, which decides about the day's heading. */
  show(first: number, last: number): void {
    this.#visible = [Math.max(0, first - 1), last];
    const generation = this.#generation;
    for (const number of this.#numbers()) {
      if (this.#stretches.has(number)) continue;
      this.#stretches.set(number, []);
      this.#ask(this.answered, this.applied, number).then(
        ({ rows }) => {
          if (generation === this.#generation) this.#stretches.set(number, rows);
        },
        (thrown: unknown) => {
          if (generation !== this.#generation) return;
          this.#stretches.delete(number);
          this.problem = BackendError.from(thrown).view;
        },
      );
    }
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
    this.#visible = [0, 0];
    return this.reload();
  }

  #numbers(): number[] {
    const [first, last] = this.#visible.map((index) => Math.floor(index / STRETCH)) as [number, number];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  #ask(query: string, filter: MeetingFilter, number: number) {
    return this.#backend.call('list_meetings', { query, filter, offset: number * STRETCH, limit: STRETCH });
  }
}
