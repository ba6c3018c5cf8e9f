// A long list of which only the stretches that were looked at are loaded.

import { SvelteMap } from 'svelte/reactivity';
import { BackendError } from '../ipc/backend';
import type { ErrorView } from '../ipc/bindings';

/** Rows in one request. */
export const STRETCH = 100;

/** Asks for a stretch that begins at a row. */
type Ask<A> = (offset: number) => Promise<A>;

const stretchOf = (index: number) => Math.floor(index / STRETCH);

export class Stretches<T, A extends { rows: T[] } = { rows: T[] }> {
  problem = $state.raw<ErrorView | null>(null);

  #ask: Ask<A>;
  /** By number. */
  readonly #loaded = new SvelteMap<number, T[]>();
  /** What was asked for, also where the answer is not there yet. */
  #asked: Record<number, Promise<T[]> | undefined> = {};
  /** The first and the last row that are seen, and the one that has the focus. */
  #visible: [number, number, number] = [0, 0, 0];
  /** The list that is shown: what was asked for of an earlier one is not of this one. */
  #generation = 0;
  #reloads = 0;

  constructor(ask: Ask<A>) {
    this.#ask = ask;
  }

  /** The row at a place of the list, where it was loaded. */
  at(index: number): T | undefined {
    return this.#loaded.get(stretchOf(index))?.[index % STRETCH];
  }

  /** Where in the list the first such row is, if it was loaded. */
  indexOf(is: (row: T) => boolean): number | null {
    for (const [number, rows] of this.#loaded) {
      const at = rows.findIndex(is);
      if (at >= 0) return number * STRETCH + at;
    }
    return null;
  }

  /** Loads what is seen of the list, and the row that has the focus, wherever that is. */
  show(first: number, last: number, current = first): void {
    this.#visible = [first, last, current];
    this.#fill();
  }

  /** These rows, loaded where they are not yet. What is beyond the end is left out. */
  async rows(indices: number[]): Promise<T[]> {
    const rows = indices.map(async (index) => (await this.#load(stretchOf(index)))[index % STRETCH]);
    return (await Promise.all(rows)).filter((row) => row !== undefined);
  }

  /** What is seen is the beginning of the list. */
  rewind(): void {
    this.#visible = [0, 0, 0];
  }

  /**
   * Asks anew for what is seen, perhaps for another list. What is there stays until the answer comes, of which the last
   * part is answered; `null` if it is not wanted any more.
   */
  async reload(ask: Ask<A> = this.#ask): Promise<A | null> {
    const reload = ++this.#reloads;
    try {
      const numbers = this.#numbers();
      const answers = await Promise.all(numbers.map((number) => ask(number * STRETCH)));
      if (reload !== this.#reloads) return null;
      this.#generation += 1;
      this.#ask = ask;
      this.#loaded.clear();
      this.#asked = {};
      answers.forEach(({ rows }, i) => {
        this.#loaded.set(numbers[i] ?? 0, rows);
        this.#asked[numbers[i] ?? 0] = Promise.resolve(rows);
      });
      this.problem = null;
      // Something else may be seen by now.
      this.#fill();
      return answers.at(-1) ?? null;
    } catch (thrown) {
      if (reload === this.#reloads) this.problem = BackendError.from(thrown).view;
      return null;
    }
  }

  #fill(): void {
    const generation = this.#generation;
    for (const number of this.#numbers()) {
      this.#load(number).catch((thrown: unknown) => {
        if (generation === this.#generation) this.problem = BackendError.from(thrown).view;
      });
    }
  }

  #load(number: number): Promise<T[]> {
    const known = this.#asked[number];
    if (known) return known;
    const generation = this.#generation;
    const asked = this.#ask(number * STRETCH).then(
      ({ rows }) => {
        if (generation === this.#generation) this.#loaded.set(number, rows);
        return rows;
      },
      (thrown: unknown) => {
        if (generation === this.#generation) this.#asked[number] = undefined;
        throw thrown;
      },
    );
    this.#asked[number] = asked;
    return asked;
  }

  /** The stretches of what is seen. A row looks different after one that is like it, so the one before counts, too. */
  #numbers(): number[] {
    const [first, last, current] = this.#visible;
    const from = stretchOf(Math.max(0, first - 1));
    const seen = Array.from({ length: stretchOf(last) - from + 1 }, (_, i) => from + i);
    const focused = [Math.max(0, current - 1), current].map(stretchOf);
    return [...seen, ...focused].filter((number, i, all) => all.indexOf(number) === i);
  }
}
