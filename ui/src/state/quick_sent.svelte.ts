// What was sent from Quick send: held back for some seconds, in which it can be taken back, and then on its way.

import { BackendError, type Backend } from '../ipc/backend';
import type { DeliveryId, DeliveryView, ErrorView, Target } from '../ipc/bindings';
import { targetPlace } from '../words/places';

/** What one press of Enter sent. */
export interface Batch {
  /** Tells one from the next. */
  serial: number;
  /** Where to, in words. */
  place: string;
  /** Those that are still held back. */
  held: DeliveryId[];
  /** When they go, in milliseconds. */
  until: number;
  /** How long they are held back in all, in milliseconds. */
  hold: number;
}

export class QuickSent {
  /** What is held back, the newest first. */
  batches = $state.raw<Batch[]>([]);
  /** Seconds until the newest goes. */
  left = $state(0);
  /** What was sent from here and needs the person. */
  trouble = $state.raw<DeliveryView | null>(null);
  problem = $state.raw<ErrorView | null>(null);

  readonly newest = $derived<Batch | null>(this.batches[0] ?? null);

  /** Runs when nothing is held back any more, because it goes. */
  onover: (() => void) | null = null;

  readonly #backend: Backend;
  /** Everything that was sent from here since the window was opened first. */
  #mine: DeliveryId[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #serial = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async listen(): Promise<void> {
    await Promise.all([
      this.#backend.on('delivery', (delivery) => {
        if (!this.#mine.includes(delivery.id)) return;
        if (delivery.state.kind !== 'held') this.#gone([delivery.id]);
        if (delivery.state.kind === 'needs_you') this.trouble = delivery;
      }),
      this.#backend.on('delivery_gone', (id) => {
        // Taken back, here or in the outbox.
        this.#take([id]);
        if (this.trouble?.id === id) this.trouble = null;
      }),
    ]);
  }

  /** Takes over what was stored just now. */
  add(deliveries: DeliveryView[], target: Target): void {
    this.#mine.push(...deliveries.map(({ id }) => id));
    const held = deliveries.filter(({ state }) => state.kind === 'held');
    const ends = held.map(({ state }) => (state.kind === 'held' ? Date.parse(state.until) : 0));
    if (!held.length) {
      if (!this.batches.length) this.onover?.();
      return;
    }
    const until = Math.max(...ends);
    const batch = { serial: ++this.#serial, place: targetPlace(target), held: held.map(({ id }) => id), until, hold: until - Date.now() };
    this.batches = [batch, ...this.batches];
    this.#count();
    this.#timer ??= setInterval(() => this.#count(), 250);
  }

  /** Takes the newest back; answers whether nothing of it was sent. */
  async undo(): Promise<boolean> {
    const batch = this.newest;
    if (!batch) return false;
    this.problem = null;
    let all = true;
    for (const id of batch.held) {
      try {
        await this.#backend.call('cancel', id);
        this.#take([id]);
      } catch (thrown) {
        all = false;
        this.problem = BackendError.from(thrown).view;
      }
    }
    return all;
  }

  /** They go. */
  #gone(ids: DeliveryId[]): void {
    if (this.#take(ids) && !this.batches.length) this.onover?.();
  }

  /** They are no longer held back. Answers whether any of them was. */
  #take(ids: DeliveryId[]): boolean {
    if (!this.batches.some(({ held }) => held.some((id) => ids.includes(id)))) return false;
    this.batches = this.batches.map((one) => ({ ...one, held: one.held.filter((id) => !ids.includes(id)) })).filter(({ held }) => held.length);
    this.#count();
    return true;
  }

  #count(): void {
    const now = Date.now();
    const over = this.batches.filter(({ until }) => until <= now).flatMap(({ held }) => held);
    this.left = this.newest ? Math.ceil((this.newest.until - now) / 1_000) : 0;
    if (!this.batches.length) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    if (over.length) this.#gone(over);
  }
}
