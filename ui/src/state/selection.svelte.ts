// Which items of a meeting are sent together: chosen one by one, by section, or from one to another.
// Refuses to send by itself; it hands them to the dialog, and is still there if the dialog is left.

import { SvelteSet } from 'svelte/reactivity';
import type { Action, ItemId, ItemView, MeetingView } from '../ipc/bindings';
import { inSections } from '../words/items';
import type { Composer } from './composer.svelte';

export class Selection {
  /** The meeting to choose from; `null` while nobody chooses. */
  meeting = $state.raw<MeetingView | null>(null);

  readonly sections = $derived(inSections(this.meeting?.items ?? []));
  readonly #order = $derived(this.sections.flatMap(({ items }) => items.map(({ id }) => id)));
  readonly #chosen = new SvelteSet<ItemId>();
  readonly #composer: Composer;
  /** Where a range starts: what was chosen last, and all that was chosen then, so that a range can shrink again. */
  #anchor: { id: ItemId; chosen: ItemId[] } | null = null;

  constructor(composer: Composer) {
    this.#composer = composer;
  }

  /** How many can be chosen. */
  readonly total = $derived(this.#order.length);

  get count(): number {
    return this.#chosen.size;
  }

  open(meeting: MeetingView): void {
    this.#chosen.clear();
    this.#anchor = null;
    this.meeting = meeting;
  }

  close(): void {
    this.meeting = null;
  }

  has(id: ItemId): boolean {
    return this.#chosen.has(id);
  }

  /** Whether all of some items are chosen, or none, or some. */
  of(items: ItemView[]): boolean | 'mixed' {
    const chosen = items.filter(({ id }) => this.#chosen.has(id)).length;
    return chosen === 0 ? false : chosen === items.length || 'mixed';
  }

  toggle(id: ItemId): void {
    this.#put([id], !this.#chosen.has(id));
    this.#anchor = { id, chosen: [...this.#chosen] };
  }

  /** Makes everything from the item chosen last to this one like that one. */
  extendTo(id: ItemId): void {
    if (!this.#anchor) return this.toggle(id);
    const { id: from, chosen } = this.#anchor;
    const [first, last] = [this.#order.indexOf(from), this.#order.indexOf(id)].sort((a, b) => a - b) as [number, number];
    const range = this.#order.slice(first, last + 1);
    const like = chosen.includes(from);
    this.#put(this.#order, false);
    this.#put(chosen, true);
    this.#put(range, like);
  }

  /** The item that the keyboard steps to from another; with `extend`, the range goes along. */
  step(from: ItemId, by: number | 'first' | 'last', extend: boolean): ItemId | null {
    const at = this.#order.indexOf(from);
    const to = this.#order[by === 'first' ? 0 : by === 'last' ? this.#order.length - 1 : at + by];
    if (to === undefined) return null;
    if (extend) {
      if (!this.#anchor) this.toggle(from);
      this.extendTo(to);
    }
    return to;
  }

  /** All of them; none, where all are chosen already. */
  toggleAll(items: ItemView[]): void {
    this.#put(items.map(({ id }) => id), this.of(items) !== true);
    this.#anchor = null;
  }

  /** On to the dialog. What is chosen stays until it was sent. */
  async send(action: Action): Promise<void> {
    const items = this.#order.filter((id) => this.#chosen.has(id));
    if (items.length) await this.#composer.open({ items, action }, () => this.close());
  }

  #put(ids: ItemId[], chosen: boolean): void {
    for (const id of ids) {
      if (chosen) this.#chosen.add(id);
      else this.#chosen.delete(id);
    }
  }
}
