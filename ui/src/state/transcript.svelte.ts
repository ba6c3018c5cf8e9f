// The transcript of a meeting, of which only the visited stretches are loaded, and which of its lines are picked to become
// an item.

import { SvelteSet } from 'svelte/reactivity';
import { BackendError, type Backend } from '../ipc/backend';
import type { Cue, ErrorView, MeetingId } from '../ipc/bindings';
import { termsOf } from '../words/marks';
import { STRETCH, Stretches } from './stretches.svelte';

/** So many lines become one item at most: somebody is to read it. */
export const MOST_PICKED = 500;

export class Transcript {
  /** The first line with words that were looked for and stand nowhere else in the meeting. */
  first = $state<number | null>(null);
  readonly meeting: MeetingId;
  readonly picked = new SvelteSet<number>();

  readonly #backend: Backend;
  readonly #cues: Stretches<Cue>;
  /** Why it could not be looked through. */
  #notFound = $state.raw<ErrorView | null>(null);
  /** Where a range starts. */
  #anchor: number | null = null;
  #asked = 0;

  constructor(backend: Backend, meeting: MeetingId) {
    this.#backend = backend;
    this.meeting = meeting;
    this.#cues = new Stretches(async (offset) => ({ rows: await backend.call('read_transcript', { meeting, offset, limit: STRETCH }) }));
  }

  get problem(): ErrorView | null {
    return this.#cues.problem ?? this.#notFound;
  }

  /** A line, where it was loaded. */
  line(number: number): Cue | undefined {
    return this.#cues.at(number);
  }

  /** Loads what is seen of it. */
  show(first: number, last: number, current = first): void {
    this.#cues.show(first, last, current);
  }

  /** Loads anew what is seen of it: it may have grown. */
  async reload(): Promise<void> {
    await this.#cues.reload();
  }

  /** Looks for the line to begin with. */
  async find(query: string): Promise<void> {
    const asked = ++this.#asked;
    let first: number | null = null;
    let problem: ErrorView | null = null;
    try {
      if (termsOf(query).length) first = await this.#backend.call('find_in_transcript', { meeting: this.meeting, query });
    } catch (thrown) {
      problem = BackendError.from(thrown).view;
    }
    if (asked !== this.#asked) return;
    this.first = first;
    this.#notFound = problem;
  }

  /** Picks a line or no longer; with `extend`, picks everything from the line picked last to this one. */
  pick(line: number, extend: boolean): void {
    if (extend && this.#anchor !== null) {
      const [first, last] = [this.#anchor, line].sort((a, b) => a - b) as [number, number];
      for (let one = first; one <= last; one += 1) this.picked.add(one);
    } else if (!this.picked.delete(line)) this.picked.add(line);
    this.#anchor = line;
  }

  clear(): void {
    this.picked.clear();
    this.#anchor = null;
  }

  /** What was said in the picked lines. */
  async said(): Promise<{ text: string; at_ms: number | null }> {
    const cues = await this.#cues.rows([...this.picked].sort((a, b) => a - b));
    return { text: cues.map(({ text }) => text).join(' '), at_ms: cues[0]?.start_ms ?? null };
  }
}
