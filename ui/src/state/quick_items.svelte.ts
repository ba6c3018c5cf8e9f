// The items of Quick send: what was typed, what was found, which one is active, and which are marked.

import { BackendError, type Backend } from '../ipc/backend';
import type { ErrorView, FoundItem, ItemId, MeetingId } from '../ipc/bindings';

/** As many as somebody looks through before typing one more letter. */
const MOST = 40;

/** The meetings that items are of, each once. */
export function meetingsOf(items: FoundItem[]): MeetingId[] {
  return items.map(({ meeting }) => meeting).filter((meeting, i, all) => all.indexOf(meeting) === i);
}

/** What there was before it was sent. */
export interface Taken {
  query: string;
  at: number;
  marked: FoundItem[];
  /** The one item that was shown, where it was not looked for. */
  only: FoundItem | null;
  /** What is to be sent. */
  chosen: Promise<FoundItem[]>;
}

export class QuickItems {
  query = $state('');
  /** `null` until the first answer. */
  found = $state.raw<FoundItem[] | null>(null);
  /** What `found` is the answer to. */
  answered = $state('');
  /** The place of the active item; -1 for none. */
  at = $state(0);
  /** In the order of marking; they stay marked while others are looked for. */
  marked = $state.raw<FoundItem[]>([]);
  problem = $state.raw<ErrorView | null>(null);

  readonly active = $derived<FoundItem | null>(this.found?.[this.at] ?? null);
  /** What Enter sends: the marked items, or the active one. */
  readonly chosen = $derived(this.marked.length ? this.marked : this.active ? [this.active] : []);

  readonly #backend: Backend;
  /** Questions to the core so far, and which of them is answered. */
  #turn = 0;
  #answer = 0;
  /** What is found for the last question, also if there is another one by then. */
  #asked: Promise<FoundItem[]> = Promise.resolve([]);
  #only: FoundItem | null = null;
  /** Whether nothing is active until the person does something. */
  #resting = false;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Looks again for what was typed, since there may be new items. */
  async find(): Promise<void> {
    this.#only = null;
    this.#resting = false;
    await this.#ask();
  }

  async type(query: string): Promise<void> {
    this.query = query;
    await this.find();
  }

  /** Shows one item and no other, chosen. */
  only(item: FoundItem): void {
    this.#only = item;
    this.#resting = false;
    this.query = '';
    this.marked = [];
    this.problem = null;
    this.#show(++this.#turn, [item], '');
  }

  /** To an item that many places further down. */
  move(by: number): void {
    this.go(this.at + by);
  }

  go(place: number): void {
    this.at = Math.max(0, Math.min(place, (this.found?.length ?? 0) - 1));
  }

  isMarked(id: ItemId): boolean {
    return this.marked.some((one) => one.id === id);
  }

  /** Marks an item, or no longer. */
  mark(item: FoundItem | null): void {
    if (!item) return;
    this.marked = this.isMarked(item.id) ? this.marked.filter(({ id }) => id !== item.id) : [...this.marked, item];
  }

  unmark(): void {
    this.marked = [];
  }

  /** Whether nothing is chosen, nor will be by an answer that is still to come. */
  get none(): boolean {
    return !this.chosen.length && this.#answer === this.#turn;
  }

  /** What is marked or active; of what was typed last, even where the answer is still to come. */
  choose(): Promise<FoundItem[]> {
    const late = !this.marked.length && this.#answer !== this.#turn;
    return late ? this.#asked.then((found) => found.slice(0, 1)) : Promise.resolve(this.chosen);
  }

  /** Hands over what is chosen, and makes room for the next ones: what is typed from now on belongs to them. */
  take(): Taken {
    const taken = { query: this.query, at: this.at, marked: this.marked, only: this.#only, chosen: this.choose() };
    this.query = '';
    this.marked = [];
    this.#only = null;
    // A second press of Enter must not send what nobody chose.
    this.#resting = true;
    this.at = -1;
    void this.#ask();
    return taken;
  }

  /** Everything as it was. */
  async restore({ query, at, marked, only }: Taken): Promise<void> {
    this.query = query;
    if (only) this.only(only);
    else await this.find();
    this.marked = marked;
    this.go(at);
  }

  #ask(): Promise<FoundItem[]> {
    this.#asked = this.#find(++this.#turn, this.query);
    return this.#asked;
  }

  async #find(turn: number, query: string): Promise<FoundItem[]> {
    try {
      const found = await this.#backend.call('find_items', { query: query.trim(), limit: MOST });
      if (turn === this.#turn) {
        this.problem = null;
        this.#show(turn, found, query);
      }
      return found;
    } catch (thrown) {
      if (turn === this.#turn) {
        // What was found before would not be what was typed.
        this.#show(turn, [], query);
        this.problem = BackendError.from(thrown).view;
      }
      return [];
    }
  }

  #show(turn: number, found: FoundItem[], query: string): void {
    this.#answer = turn;
    this.found = found;
    this.answered = query.trim();
    this.at = this.#resting ? -1 : 0;
  }
}
